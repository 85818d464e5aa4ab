// hls::stream for g++: a FIFO without a bound, for processes that run one after another. Reading an
// empty one throws tilewright::misuse: hardware would wait for ever.
#ifndef TILEWRIGHT_HLS_STREAM_H
#define TILEWRIGHT_HLS_STREAM_H

#include "tilewright_misuse.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace hls {

template <typename T, int DEPTH = 0> class stream {
public:
  stream() : stream("stream") {}
  explicit stream(const char *name) : name_(name) {}
  ~stream() {
    if (size_ == 0) return;
    std::string &text = tilewright::leftovers();
    if (!text.empty()) text += "; ";
    text += "stream '" + name_ + "': " + std::to_string(size_) + " elements were written and never read";
  }
  stream(const stream &) = delete;
  stream &operator=(const stream &) = delete;

  bool empty() const { return size_ == 0; }
  bool full() const { return false; }
  std::size_t size() const { return size_; }

  void write(const T &value) {
    if (tail_ == per_chunk) grow();
    chunks_.back()[tail_++] = value;
    ++size_;
  }
  T read() {
    if (size_ == 0) tilewright::report_misuse("STREAM_EMPTY", "stream '" + name_ + "' is read but holds nothing");
    if (head_ == per_chunk) shrink();
    --size_;
    return chunks_[first_][head_++];
  }
  void read(T &value) { value = read(); }
  bool read_nb(T &value) {
    if (size_ == 0) return false;
    value = read();
    return true;
  }
  bool write_nb(const T &value) {
    write(value);
    return true;
  }
  void operator<<(const T &value) { write(value); }
  void operator>>(T &value) { value = read(); }

private:
  // Chunks below malloc's mmap threshold are reused without new page faults.
  static constexpr std::size_t per_chunk = sizeof(T) >= 4096 ? 16 : 65536 / sizeof(T);

  void grow() {
    if (spare_) {
      chunks_.push_back(std::move(spare_));
    } else {
      chunks_.emplace_back(new T[per_chunk]);
    }
    tail_ = 0;
  }
  void shrink() {
    spare_ = std::move(chunks_[first_]);
    ++first_;
    head_ = 0;
    // Amortised: the list of chunks is packed when half of it is behind us.
    if (first_ >= 64 && first_ * 2 >= chunks_.size()) {
      chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

  std::string name_;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::unique_ptr<T[]> spare_;
  std::size_t first_ = 0;
  std::size_t head_ = 0;
  std::size_t tail_ = per_chunk;
  std::size_t size_ = 0;
};

} // namespace hls

#endif
