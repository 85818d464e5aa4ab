// The AXI memory model's parameters, its random stalls, and the buffers that a port can reach.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "failure.hpp"

namespace tilewright {

// One 512-bit beat.
constexpr uint64_t kBeatBytes = 64;

struct MemoryConfig {
  uint32_t latency;      // cycles from the AR handshake to the first beat
  uint32_t outstanding;  // bursts in flight a port
  double stall;          // probability that a ready or a valid is withheld in a cycle
  uint64_t seed;
};

// Seeded stalls, independent a port. One draw serves the up to three channels of a port in a cycle, and a
// coin for what else a memory is free to do.
class Stalls {
 public:
  Stalls(double probability, uint64_t seed, uint64_t port)
      : threshold_(static_cast<uint32_t>(std::lround(probability * kRange))) {
    // splitmix64, so that neighbouring seeds give unrelated sequences.
    uint64_t z = seed + (port + 1) * 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    state_ = (z ^ (z >> 31)) | 1;
  }

  // To be called once a cycle.
  void draw() {
    if (threshold_ == 0) return;
    state_ ^= state_ >> 12;  // xorshift64*
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    bits_ = state_ * 0x2545F4914F6CDD1Dull;
  }

  bool withheld(unsigned channel) const {
    return ((bits_ >> (1 + kBits * channel)) & (kRange - 1)) < threshold_;
  }

  // Never heads where nothing is ever withheld.
  bool coin() const { return threshold_ != 0 && (bits_ & 1) != 0; }

 private:
  static constexpr unsigned kBits = 21;
  static constexpr uint32_t kRange = 1u << kBits;
  uint32_t threshold_;
  uint64_t state_;
  uint64_t bits_ = ~0ull;
};

// A buffer at its address on the device. The bytes belong to the host and stay where they are.
struct Mapping {
  std::string name;
  uint64_t base;
  uint64_t bytes;
  uint8_t* data;
};

// What one port can reach during a run.
class AddressMap {
 public:
  void clear() {
    mappings_.clear();
    recent_ = 0;
  }

  void add(Mapping mapping) { mappings_.push_back(std::move(mapping)); }

  const std::vector<Mapping>& mappings() const { return mappings_; }

  // The bytes behind [address, address + bytes), or null when that is not inside one buffer.
  uint8_t* find(uint64_t address, uint64_t bytes) {
    for (size_t tried = 0; tried < mappings_.size(); ++tried) {
      const Mapping& mapping = mappings_[recent_];
      const uint64_t offset = address - mapping.base;
      if (offset < mapping.bytes && bytes <= mapping.bytes - offset) return mapping.data + offset;
      if (++recent_ == mappings_.size()) recent_ = 0;
    }
    return nullptr;
  }

 private:
  std::vector<Mapping> mappings_;
  size_t recent_ = 0;
};

}  // namespace tilewright
