// The banks of device memory, at their real addresses, and the buffers that the host keeps in them.
#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "failure.hpp"
#include "wire.hpp"

namespace tilewright {

struct Bank {
  std::string name;
  uint64_t base;
  uint64_t bytes;
  uint8_t* data;
};

class Banks {
 public:
  Banks() = default;
  Banks(const Banks&) = delete;
  Banks& operator=(const Banks&) = delete;

  ~Banks() {
    for (const Bank& bank : banks_) ::munmap(bank.data, bank.bytes);
  }

  // A bank takes memory of this machine only where something was written.
  void add(std::string name, uint64_t base, uint64_t bytes) {
    void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED) {
      throw Failure{"MEMORY", format("no room for bank %s of %llu bytes: %s", name.c_str(),
                                     ull(bytes), std::strerror(errno))};
    }
    banks_.push_back({std::move(name), base, bytes, static_cast<uint8_t*>(data)});
  }

  size_t size() const { return banks_.size(); }
  const Bank& at(size_t index) const { return banks_[index]; }

  // False where [address, address + bytes) is not inside one bank.
  bool allocate(uint64_t address, uint64_t bytes) {
    if (find(address, bytes) == nullptr) return false;
    buffers_[address] = bytes;
    return true;
  }

  // Gives the pages that belong to the buffer alone back to this machine.
  bool release(uint64_t address) {
    const auto buffer = buffers_.find(address);
    if (buffer == buffers_.end()) return false;
    constexpr uint64_t kPage = 4096;
    const uint64_t whole = buffer->second / kPage * kPage;
    uint8_t* data = find(address, buffer->second);
    if (address % kPage == 0 && whole > 0) ::madvise(data, whole, MADV_DONTNEED);
    buffers_.erase(buffer);
    return true;
  }

  size_t buffers() const { return buffers_.size(); }

  // The bytes behind [address, address + bytes); null where that is not inside one bank.
  uint8_t* find(uint64_t address, uint64_t bytes) const {
    for (const Bank& bank : banks_) {
      const uint64_t offset = address - bank.base;
      if (address >= bank.base && offset < bank.bytes && bytes <= bank.bytes - offset) {
        return bank.data + offset;
      }
    }
    return nullptr;
  }

  // `DDR[0] 0x0 to 0x3ffffffff, DDR[1] …`
  std::string text() const {
    std::string text;
    for (const Bank& bank : banks_) {
      text += format("%s%s 0x%llx to 0x%llx", text.empty() ? "" : ", ", bank.name.c_str(),
                     ull(bank.base), ull(bank.base + bank.bytes - 1));
    }
    return text;
  }

 private:

  std::vector<Bank> banks_;
  std::map<uint64_t, uint64_t> buffers_;
};

}  // namespace tilewright
