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
    void *block = aligned_alloc(64, block_bytes);
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

/// What a stream needs that does not depend on its elements' type: compiled once, not once a type, of
/// which a kernel may have a hundred.
class stream_blocks {
public:
  explicit stream_blocks(const char *name) : name_(name) {}
  ~stream_blocks() {
    while (first_ < blocks_.size()) stream_memory::give(blocks_[first_++]);
    if (size == 0) return;
    std::string &text = leftovers();
    if (!text.empty()) text += "; ";
    text += "stream '" + name_ + "': " + std::to_string(size) + " elements were written and never read";
  }
  stream_blocks(const stream_blocks &) = delete;
  stream_blocks &operator=(const stream_blocks &) = delete;

  /// A new last block.
  void *grow() {
    blocks_.push_back(stream_memory::take());
    return blocks_.back();
  }
  void *first() const { return blocks_[first_]; }
  /// Gives the first block back; the next one is the first then.
  void shrink() {
    stream_memory::give(blocks_[first_++]);
    // Amortised: the list of blocks is packed when half of it is behind us.
    if (first_ >= 64 && first_ * 2 >= blocks_.size()) {
      blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }
  void report_empty() const {
    report_misuse("STREAM_EMPTY", "stream '" + name_ + "' is read but holds nothing");
  }

  /// Elements in all blocks.
  std::size_t size = 0;

private:
  std::string name_;
  std::vector<void *> blocks_;
  std::size_t first_ = 0;
};

} // namespace tilewright

namespace hls {

template <typename T, int DEPTH = 0> class stream {
  static_assert(std::is_trivially_copyable<T>::value, "elements of a stream are plain data");
  static_assert(sizeof(T) <= tilewright::stream_memory::block_bytes, "an element has at most 64 KiB");

public:
  stream() : stream("stream") {}
  explicit stream(const char *name) : blocks_(name) {}
  stream(const stream &) = delete;
  stream &operator=(const stream &) = delete;

  bool empty() const { return blocks_.size == 0; }
  bool full() const { return false; }
  std::size_t size() const { return blocks_.size; }

  void write(const T &value) {
    if (tail_ == per_block) grow();
    new (last_ + tail_++) T(value);
    ++blocks_.size;
  }
  T read() {
    if (blocks_.size == 0) blocks_.report_empty();
    if (head_ == per_block) next();
    --blocks_.size;
    return first_[head_++];
  }
  void read(T &value) { value = read(); }
  bool read_nb(T &value) {
    if (empty()) return false;
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
    last_ = static_cast<T *>(blocks_.grow());
    tail_ = 0;
    if (first_ == nullptr) first_ = last_;
  }
  __attribute__((noinline)) void next() {
    blocks_.shrink();
    first_ = static_cast<T *>(blocks_.first());
    head_ = 0;
  }

  tilewright::stream_blocks blocks_;
  T *first_ = nullptr;
  T *last_ = nullptr;
  std::size_t head_ = 0;
  std::size_t tail_ = per_block;
};

} // namespace hls

#endif
