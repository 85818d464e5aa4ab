// The kernel's AR or AW channel: rules that hold for both, checked every cycle.
#pragma once

#include <cstdint>
#include <string>

#include "failure.hpp"
#include "memory-model.hpp"

namespace tilewright {

struct AddressSignals {
  const uint8_t* valid;
  uint8_t* ready;
  const uint64_t* address;
  const uint8_t* length;  // beats less one
  const uint8_t* size;    // log2 of the bytes in a beat
  const uint8_t* burst;   // 1 is INCR
};

struct AcceptedBurst {
  uint64_t address;
  uint32_t beats;
  uint8_t* data;
};

class AddressChannel {
 public:
  // `channel` is "ar" or "aw".
  AddressChannel(const char* port, const char* channel, const AddressSignals& signals)
      : port_(port), channel_(channel), signals_(signals) {}

  void reset() {
    waiting_ = false;
    *signals_.ready = 0;
  }

  void drive(bool ready) { *signals_.ready = ready; }

  bool valid() const { return *signals_.valid != 0; }
  bool ready() const { return *signals_.ready != 0; }

  // The limit that the manifest gives for the bursts of this port; the one just taken counts.
  void checkInFlight(uint64_t cycle, size_t inFlight, size_t promised) const {
    if (inFlight <= promised) return;
    brokenRule(port_, cycle, "promised-outstanding",
               format("%zu bursts are in flight; the manifest promises %zu at most", inFlight,
                      promised));
  }

  // After the inputs have settled. True when a burst was taken: it is in `burst` then.
  bool sample(uint64_t cycle, AddressMap& map, AcceptedBurst& burst) {
    const bool valid = *signals_.valid;
    if (waiting_) checkHeld(cycle, valid);
    if (!valid) return false;
    if (!*signals_.ready) {
      waiting_ = true;
      held_ = payload();
      return false;
    }
    waiting_ = false;
    accept(cycle, map, burst);
    return true;
  }

 private:
  struct Payload {
    uint64_t address;
    uint8_t length;
    uint8_t size;
    uint8_t burst;
    bool operator==(const Payload& other) const {
      return address == other.address && length == other.length && size == other.size &&
             burst == other.burst;
    }
  };

  Payload payload() const {
    return {*signals_.address, *signals_.length, *signals_.size, *signals_.burst};
  }

  void checkHeld(uint64_t cycle, bool valid) const {
    if (!valid) {
      brokenRule(port_, cycle, "valid-held",
                 format("%svalid fell before %sready answered it (address 0x%llx)", channel_,
                        channel_, hex(held_.address)));
    }
    const Payload now = payload();
    if (now == held_) return;
    brokenRule(port_, cycle, "payload-stable",
               format("%s changed while %svalid waited for %sready: "
                      "address 0x%llx to 0x%llx, len %u to %u, size %u to %u, burst %u to %u",
                      channel_, channel_, channel_, hex(held_.address), hex(now.address),
                      held_.length, now.length, held_.size, now.size, held_.burst, now.burst));
  }

  void accept(uint64_t cycle, AddressMap& map, AcceptedBurst& burst) const {
    const Payload now = payload();
    const uint32_t beats = now.length + 1u;
    const uint64_t bytes = beats * kBeatBytes;
    if (now.size != 6) {
      brokenRule(port_, cycle, "full-width",
                 format("%ssize is %u (%u bytes a beat); a 512-bit port transfers whole beats, "
                        "size 6",
                        channel_, now.size, 1u << now.size));
    }
    if (now.burst != 1) {
      brokenRule(port_, cycle, "incrementing",
                 format("%sburst is %u; only INCR, 1, is supported", channel_, now.burst));
    }
    if (now.address % kBeatBytes != 0) {
      brokenRule(port_, cycle, "aligned",
                 format("%saddr 0x%llx is not a multiple of 64", channel_, hex(now.address)));
    }
    if ((now.address & 0xFFF) + bytes > 0x1000) {
      brokenRule(port_, cycle, "within-4k",
                 format("the burst of %u beats at 0x%llx crosses a 4 KiB boundary", beats,
                        hex(now.address)));
    }
    uint8_t* data = map.find(now.address, bytes);
    if (data == nullptr) outOfRange(cycle, map, now.address, beats);
    burst = {now.address, beats, data};
  }

  [[noreturn]] void outOfRange(uint64_t cycle, const AddressMap& map, uint64_t address,
                               uint32_t beats) const {
    std::string text = format("%saddr 0x%llx (%u beat%s) is outside of every buffer of this port:",
                              channel_, hex(address), beats, beats == 1 ? "" : "s");
    if (map.mappings().empty()) text += " none is bound";
    for (const Mapping& mapping : map.mappings()) {
      text += format(" %s is 0x%llx to 0x%llx (%llu bytes)", mapping.name.c_str(),
                     hex(mapping.base), hex(mapping.base + mapping.bytes - 1), hex(mapping.bytes));
      const auto past = static_cast<int64_t>(address - mapping.base);
      text += format(", so the burst begins at byte %lld;", static_cast<long long>(past));
    }
    if (text.back() == ';') text.pop_back();
    brokenRule(port_, cycle, "mapped", text);
  }

  static unsigned long long hex(uint64_t value) { return value; }

  const char* port_;
  const char* channel_;
  AddressSignals signals_;
  bool waiting_ = false;
  Payload held_{};
};

}  // namespace tilewright
