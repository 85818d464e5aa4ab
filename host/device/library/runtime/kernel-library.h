// A kernel's shared library, with a workspace for each thread that may run it.
#ifndef TILEWRIGHT_KERNEL_LIBRARY_H
#define TILEWRIGHT_KERNEL_LIBRARY_H

#include <cstdint>
#include <dlfcn.h>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "blank-rows.h"
#include "tilewright_entry.h"

namespace tilewright {

/// What one thread has of a kernel.
struct alignas(64) Seat {
  void *workspace = nullptr;
  /// The arguments of a part of the rows.
  std::vector<uint64_t> words;
  KeptRows kept;
  tilewright_outcome outcome{};
};

class KernelLibrary {
public:
  /// @param words of arguments, as tilewright_run takes them.
  /// @param count which word is the number of rows.
  /// @param row bytes of a row by word: at the address of a memory that has a part for each row.
  KernelLibrary(const char *path, std::size_t threads, std::size_t words, std::size_t count,
                const uint64_t *row)
      : library_(dlopen(path, RTLD_NOW | RTLD_LOCAL)), seats_(threads), count_(count),
        row_(row, row + words) {
    if (library_ == nullptr) throw std::runtime_error(dlerror());
    try {
      find(open_, "tilewright_open");
      find(close_, "tilewright_close");
      find(run_, "tilewright_run");
      for (Seat &seat : seats_) seat.words.resize(words);
    } catch (...) {
      dlclose(library_);
      throw;
    }
  }
  ~KernelLibrary() {
    for (Seat &seat : seats_)
      if (seat.workspace != nullptr) close_(seat.workspace);
    dlclose(library_);
  }
  KernelLibrary(const KernelLibrary &) = delete;
  KernelLibrary &operator=(const KernelLibrary &) = delete;

  std::size_t words() const { return row_.size(); }
  uint64_t rows(const uint64_t *arguments) const { return arguments[count_]; }

  /// A run in the thread of a seat. Returns 0 when it is done, 1 when it failed; `outcome` says more.
  int run(std::size_t thread, const uint64_t *arguments) {
    Seat &seat = seats_[thread];
    // Made in the thread that uses it, which has its memory near by, and for no thread that has nothing to do.
    if (seat.workspace == nullptr) seat.workspace = open_();
    if (seat.workspace == nullptr) {
      seat.outcome = {"NATIVE_FAILED", "there is no memory for what the kernel keeps", "", 0};
      return 1;
    }
    seat.outcome = {"", "", "", 0};
    return run_(seat.workspace, arguments, &seat.outcome);
  }

  /// What the kernel says of rows that come to nothing.
  void set_blank(const uint8_t *roles, const uint8_t *patterns, uint32_t unit) {
    blank_ = BlankRows(row_, count_, roles, patterns, unit);
  }
  bool knows_blank_rows() const { return blank_.known(); }

  /// As `run`, of rows `first` to `first + count`. Where many of them are blank the kernel runs over the others.
  int run_rows(std::size_t thread, const uint64_t *arguments, uint64_t first, uint64_t count) {
    Seat &seat = seats_[thread];
    const uint64_t *words = slice(seat, arguments, first, count);
    if (blank_.known()) {
      const uint64_t whole = blank_.whole(words);
      if (blank_.leave_out(seat.kept, words, whole)) {
        const int result = run(thread, seat.kept.words.data());
        if (result != 0 || seat.outcome.log_bytes != 0) return result;
        blank_.put_back(seat.kept, words, whole);
        if (whole == count) return 0;
        words = slice(seat, arguments, first + whole, count - whole);
      }
    }
    return run(thread, words);
  }

  const tilewright_outcome &outcome(std::size_t thread) const { return seats_[thread].outcome; }

private:
  /// The arguments of a run over rows `first` to `first + count`.
  const uint64_t *slice(Seat &seat, const uint64_t *arguments, uint64_t first, uint64_t count) const {
    uint64_t *words = seat.words.data();
    for (std::size_t at = 0; at < row_.size(); ++at) {
      words[at] = arguments[at];
      if (row_[at] == 0) continue;
      const uint64_t bytes = arguments[at + 1];
      // A buffer that is too short has nothing at all for the last rows.
      const uint64_t skipped = first * row_[at] < bytes ? first * row_[at] : bytes;
      words[at] += skipped;
      words[++at] = bytes - skipped;
    }
    words[count_] = count;
    return words;
  }

  template <typename T> void find(T *&function, const char *name) {
    function = reinterpret_cast<T *>(dlsym(library_, name));
    if (function == nullptr) throw std::runtime_error(std::string("it has no function ") + name);
  }

  void *library_;
  std::vector<Seat> seats_;
  std::size_t count_;
  std::vector<uint64_t> row_;
  BlankRows blank_;
  decltype(tilewright_open) *open_ = nullptr;
  decltype(tilewright_close) *close_ = nullptr;
  decltype(tilewright_run) *run_ = nullptr;
};

} // namespace tilewright

#endif
