// A first-in first-out queue of fixed capacity without allocation while the clock runs.
#pragma once

#include <cstddef>
#include <vector>

namespace tilewright {

template <class Item>
class RingQueue {
 public:
  explicit RingQueue(size_t capacity) {
    size_t size = 1;
    while (size < capacity) size *= 2;
    items_.resize(size);
    mask_ = size - 1;
  }

  bool empty() const { return head_ == tail_; }
  size_t size() const { return head_ - tail_; }
  // The caller keeps to the capacity: a port accepts no burst past its limit.
  void push(const Item& item) { items_[head_++ & mask_] = item; }
  // The one that was pushed last.
  Item& back() { return items_[(head_ - 1) & mask_]; }
  Item& front() { return items_[tail_ & mask_]; }
  const Item& front() const { return items_[tail_ & mask_]; }
  void pop() { ++tail_; }
  void clear() { head_ = tail_ = 0; }
  const Item& at(size_t index) const { return items_[(tail_ + index) & mask_]; }

 private:
  std::vector<Item> items_;
  size_t mask_ = 0;
  size_t head_ = 0;
  size_t tail_ = 0;
};

}  // namespace tilewright
