// Rows that come to nothing: left out of a run of some rows, and written beside it.
#ifndef TILEWRIGHT_BLANK_ROWS_H
#define TILEWRIGHT_BLANK_ROWS_H

#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

namespace tilewright {

/// What a thread keeps of the rows that it is at.
struct KeptRows {
  /// Of each row, whether it is not blank.
  std::vector<uint8_t> kept;
  /// The rows that are kept, of each memory that is read and has a part for each row, by word.
  std::vector<std::vector<uint8_t>> gathered;
  /// The arguments of the run over them.
  std::vector<uint64_t> words;
};

class BlankRows {
public:
  BlankRows() = default;
  /// @param row bytes of a row by word of the arguments.
  /// @param roles by word, 1: where all rows that are blank look like the pattern, 2: what is written for them.
  /// @param patterns a row of each of these, one behind the other.
  /// @param unit of so many rows each memory has whole beats.
  BlankRows(const std::vector<uint64_t> &row, std::size_t count, const uint8_t *roles,
            const uint8_t *patterns, uint32_t unit)
      : row_(row), count_(count), unit_(unit), roles_(roles, roles + row.size()), patterns_(row.size()) {
    for (std::size_t at = 0; at < row.size(); ++at) {
      if (roles_[at] == 0) continue;
      patterns_[at].assign(patterns, patterns + row[at]);
      patterns += row[at];
    }
  }

  bool known() const { return unit_ != 0; }

  /// How many of the rows of a run can be looked at: whole beats of all memories, which must hold them.
  uint64_t whole(const uint64_t *words) const {
    const uint64_t rows = words[count_] - words[count_] % unit_;
    for (std::size_t at = 0; at < row_.size(); ++at)
      if (row_[at] != 0 && words[at + 1] / row_[at] < rows) return 0;
    return rows;
  }

  /// Whether leaving out what is blank of the first `rows` rows is worth it; then `kept.words` are the arguments of
  /// the run over the others.
  bool leave_out(KeptRows &kept, const uint64_t *words, uint64_t rows) const {
    try {
      kept.kept.resize(rows);
      kept.gathered.resize(row_.size());
      const uint64_t left = mark(kept.kept.data(), words, rows);
      if (rows == 0 || 8 * (rows - left) < rows) return false;
      kept.words.assign(words, words + row_.size());
      kept.words[count_] = left;
      for (std::size_t at = 0; at < row_.size(); ++at) {
        if (row_[at] == 0) continue;
        const uint64_t bytes = (left * row_[at] + 63) / 64 * 64;
        kept.words[at + 1] = bytes;
        if (roles_[at] != 2) kept.words[at] = gather(at, kept, words, rows, bytes);
      }
      return true;
    } catch (const std::bad_alloc &) {
      // The run over all of them needs no memory.
      return false;
    }
  }

  /// The run over the rows that were kept wrote them side by side: each goes to its place, the last one first.
  void put_back(const KeptRows &kept, const uint64_t *words, uint64_t rows) const {
    for (std::size_t at = 0; at < row_.size(); ++at)
      if (roles_[at] == 2)
        with_size(row_[at], [&](auto bytes) {
          uint8_t *const first = const_cast<uint8_t *>(bytes_at(words[at]));
          const uint8_t *const blank = patterns_[at].data();
          uint64_t left = kept.words[count_];
          for (uint64_t i = rows; i > left; --i) {
            const bool keep = kept.kept[i - 1] != 0;
            left -= keep;
            // Chosen without a branch: nobody foresees which rows are blank.
            const uint8_t *const from = keep ? first + left * bytes() : blank;
            std::memcpy(first + (i - 1) * bytes(), from, bytes());
          }
        });
  }

private:
  /// Which rows are not blank, and how many.
  uint64_t mark(uint8_t *__restrict kept, const uint64_t *words, uint64_t rows) const {
    std::memset(kept, 0, rows);
    for (std::size_t at = 0; at < row_.size(); ++at)
      if (roles_[at] == 1)
        with_size(row_[at], [&](auto bytes) {
          const uint8_t *__restrict row = bytes_at(words[at]);
          const uint8_t *const blank = patterns_[at].data();
          if constexpr (bytes.fixed == 4) {
            uint32_t value, wanted;
            std::memcpy(&wanted, blank, 4);
            for (uint64_t i = 0; i < rows; ++i) {
              std::memcpy(&value, row + 4 * i, 4);
              kept[i] |= value != wanted;
            }
          } else {
            for (uint64_t i = 0; i < rows; ++i, row += bytes()) kept[i] |= std::memcmp(row, blank, bytes()) != 0;
          }
        });
    uint64_t left = 0;
    for (uint64_t i = 0; i < rows; ++i) left += kept[i];
    return left;
  }

  /// The rows that are kept of a memory that is read: side by side, where it returns.
  uint64_t gather(std::size_t at, KeptRows &kept, const uint64_t *words, uint64_t rows, uint64_t beats) const {
    std::vector<uint8_t> &gathered = kept.gathered[at];
    // With room for a row that is written without being kept.
    if (gathered.size() < beats + row_[at]) gathered.resize(beats + row_[at]);
    with_size(row_[at], [&](auto bytes) {
      const uint8_t *__restrict row = bytes_at(words[at]);
      const uint8_t *__restrict const keep = kept.kept.data();
      uint8_t *__restrict to = gathered.data();
      for (uint64_t i = 0; i < rows; ++i, row += bytes()) {
        std::memcpy(to, row, bytes());
        to += keep[i] * bytes();
      }
    });
    return reinterpret_cast<uint64_t>(gathered.data());
  }

  static const uint8_t *bytes_at(uint64_t address) { return reinterpret_cast<const uint8_t *>(address); }

  /// Rows of the usual sizes are copied and compared without a call.
  template <uint64_t size> struct Fixed {
    static constexpr uint64_t fixed = size;
    constexpr uint64_t operator()() const { return size; }
  };
  struct Any {
    static constexpr uint64_t fixed = 0;
    uint64_t bytes;
    uint64_t operator()() const { return bytes; }
  };
  template <typename Work> static void with_size(uint64_t bytes, Work work) {
    if (bytes == 4) work(Fixed<4>());
    else if (bytes == 64) work(Fixed<64>());
    else if (bytes == 128) work(Fixed<128>());
    else work(Any{bytes});
  }

  std::vector<uint64_t> row_;
  std::size_t count_ = 0;
  uint32_t unit_ = 0;
  std::vector<uint8_t> roles_;
  std::vector<std::vector<uint8_t>> patterns_;
};

} // namespace tilewright

#endif
