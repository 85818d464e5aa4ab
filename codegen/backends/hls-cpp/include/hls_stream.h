// hls::stream for g++: a FIFO without a bound, for processes that run one after another. Reading an
// empty one throws tilewright::misuse: hardware would wait for ever.
#ifndef TILEWRIGHT_HLS_STREAM_H
#define TILEWRIGHT_HLS_STREAM_H

#include "tilewright_misuse.h"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

namespace tilewright {

/// Memory for the elements of streams, in blocks of one size. Blocks are kept from run to run, since
/// fresh memory costs a page fault every 4 KiB, which takes longer than the work on it.
class stream_memory {
public:
  static constexpr std::size_t block_bytes = 65536;

  static void *take() {
    stream_memory &memory = instance();
    {
      const std::lock_guard<std::mutex> guard(memory.lock_);
      if (!memory.free_.empty()) {
        void *block = memory.free_.back();
        memory.free_.pop_back();
        return block;
      }
    }
    void *block = std::aligned_alloc(64, block_bytes);
    if (block == nullptr) throw std::bad_alloc();
    return block;
  }
  static void give(void *block) {
    stream_memory &memory = instance();
    const std::lock_guard<std::mutex> guard(memory.lock_);
    memory.free_.push_back(block);
  }
  ~stream_memory() {
    for (void *block : free_) std::free(block);
  }

private:
  static stream_memory &instance() {
    static stream_memory memory;
    return memory;
  }
  std::mutex lock_;
  std::vector<void *> free_;
};

} // namespace tilewright

namespace hls {

template <typename T, int DEPTH = 0> class stream {
  static_assert(std::is_trivially_copyable<T>::value, "elements of a stream are plain data");
  static_assert(sizeof(T) <= tilewright::stream_memory::block_bytes, "an element has at most 64 KiB");

public:
  stream() : stream("stream") {}
  explicit stream(const char *name) : name_(name) {}
  ~stream() {
    while (first_ < blocks_.size()) tilewright::stream_memory::give(blocks_[first_++]);
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
    if (tail_ == per_block) grow();
    new (blocks_.back() + tail_++) T(value);
    ++size_;
  }
  T read() {
    if (size_ == 0) tilewright::report_misuse("STREAM_EMPTY", "stream '" + name_ + "' is read but holds nothing");
    if (head_ == per_block) shrink();
    --size_;
    return blocks_[first_][head_++];
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
  static constexpr std::size_t per_block = tilewright::stream_memory::block_bytes / sizeof(T);

  __attribute__((noinline)) void grow() {
    blocks_.push_back(static_cast<T *>(tilewright::stream_memory::take()));
    tail_ = 0;
  }
  __attribute__((noinline)) void shrink() {
    tilewright::stream_memory::give(blocks_[first_++]);
    head_ = 0;
    // Amortised: the list of blocks is packed when half of it is behind us.
    if (first_ >= 64 && first_ * 2 >= blocks_.size()) {
      blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

  std::string name_;
  std::vector<T *> blocks_;
  std::size_t first_ = 0;
  std::size_t head_ = 0;
  std::size_t tail_ = per_block;
  std::size_t size_ = 0;
};

} // namespace hls

#endif
