// The memory behind one AXI4 write port (AW, W and B), the counterpart of the read port.
//
// At most one AW a cycle, and only while fewer than `outstanding` bursts are in flight. Data beats are
// taken in order, one a cycle, from the cycle after the burst's AW handshake. The response comes
// `latency` - 1 cycles after the burst's last beat (one cycle at least), so that a burst whose data
// follows at once holds its slot for latency + beats cycles, as a read burst does. The slot is free in
// the cycle after the response was taken.
//
// Where it stalls, the memory also does what else AXI allows it: it may take data before their address,
// and may leave an address waiting until its data are shown (but no longer than kLazyCycles, so that a
// kernel that asks for several bursts before it sends any is slow, not stuck).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "address-channel.hpp"
#include "axi-log.hpp"
#include "memory-model.hpp"
#include "profile.hpp"
#include "ring-queue.hpp"

namespace tilewright {

struct WriteSignals {
  AddressSignals aw;
  const uint8_t* wvalid;
  uint8_t* wready;
  const void* wdata;
  const uint64_t* wstrb;
  const uint8_t* wlast;
  uint8_t* bvalid;
  const uint8_t* bready;
  uint8_t* bresp;
};

class WritePort {
 public:
  // `promised`: bursts that the kernel keeps in flight at most, by its manifest.
  WritePort(const char* name, unsigned index, size_t promised, const WriteSignals& signals,
            const MemoryConfig& config)
      : name_(name),
        index_(index),
        promised_(promised),
        signals_(signals),
        aw_(name, "aw", signals.aw),
        stalls_(config.stall, config.seed, index),
        latency_(config.latency),
        outstanding_(config.outstanding),
        pending_(config.outstanding),
        responses_(config.outstanding),
        early_(kEarlyBeats) {
    reset();
  }

  void reset() {
    aw_.reset();
    pending_.clear();
    responses_.clear();
    early_.clear();
    waiting_ = false;
    lazy_ = shownData_ = takesEarly_ = false;
    shownFor_ = 0;
    responding_ = false;
    *signals_.wready = 0;
    *signals_.bvalid = 0;
    *signals_.bresp = 0;
  }

  void drive(uint64_t cycle) {
    stalls_.draw();
    // What the kernel showed in the cycle before: no input may depend on this cycle's outputs.
    const bool awaitsData = lazy_ && !shownData_ && shownFor_ < kLazyCycles;
    aw_.drive(inFlight() < outstanding_ && !stalls_.withheld(0) && !awaitsData);
    const bool takes = !pending_.empty() || (takesEarly_ && early_.size() < kEarlyBeats);
    *signals_.wready = takes && !stalls_.withheld(1);
    if (responding_) return;
    responding_ =
        !responses_.empty() && responses_.front() <= cycle && !stalls_.withheld(2);
    *signals_.bvalid = responding_;
  }

  bool sample(uint64_t cycle, AxiLog& log) {
    // The data first: a beat belongs to a burst of an earlier cycle.
    bool progress = sampleData(cycle, log);
    if (responding_ && *signals_.bready) {
      responding_ = false;
      responses_.pop();
      progress = true;
      log.handshake(cycle, name_, "B", 0, 0);
    }
    shownData_ = *signals_.wvalid != 0;
    shownFor_ += aw_.valid();
    AcceptedBurst accepted;
    if (aw_.sample(cycle, map, accepted)) {
      pending_.push({accepted.data, accepted.address, accepted.beats});
      aw_.checkInFlight(cycle, inFlight(), promised_);
      ++bursts_;
      progress = true;
      log.handshake(cycle, name_, "AW", accepted.address, accepted.beats);
      for (; !early_.empty() && !pending_.empty(); early_.pop()) store(cycle, early_.front().view());
      lazy_ = stalls_.coin();
      shownFor_ = 0;
    }
    takesEarly_ = stalls_.coin();
    return progress;
  }

  void checkReset(uint64_t cycle) const {
    if (aw_.valid()) brokenRule(name_, cycle, "reset", "awvalid is high while ap_rst_n is low");
    if (*signals_.wvalid) brokenRule(name_, cycle, "reset", "wvalid is high while ap_rst_n is low");
  }

  // The channel on which the kernel shows something; null where it shows nothing.
  const char* shows() const {
    return aw_.valid() ? "awvalid" : *signals_.wvalid ? "wvalid" : nullptr;
  }
  // Beats that came without a burst.
  size_t orphans() const { return early_.size(); }

  // The memory will do something by itself: respond, take an address, or take data.
  bool pending() const {
    return (!responses_.empty() && !responding_) ||
           (aw_.valid() && inFlight() < outstanding_) || (*signals_.wvalid && !pending_.empty());
  }
  // The kernel has announced data that it does not send.
  bool owes() const { return !pending_.empty() && !*signals_.wvalid; }

  std::string state() const {
    const bool wvalid = *signals_.wvalid;
    const bool bready = *signals_.bready;
    const char* verdict = responding_ && !bready     ? "the kernel does not take the response"
                          : !pending_.empty() && !wvalid ? "the kernel owes the data of a burst"
                          : (wvalid || !early_.empty()) && pending_.empty()
                              ? "the kernel shows data without having asked for a burst"
                          : aw_.valid() && !aw_.ready()
                              ? "the memory's limit of bursts in flight is reached"
                          : inFlight() == 0 ? "the kernel asks for nothing"
                                            : "the memory is about to answer";
    return format("%s: AW valid=%d ready=%d, W valid=%d ready=%d, B valid=%d ready=%d, "
                  "%zu bursts in flight, %llu bursts and %llu beats done: %s",
                  name_, aw_.valid(), aw_.ready(), wvalid, *signals_.wready != 0, responding_,
                  bready, inFlight(), static_cast<unsigned long long>(bursts_ - inFlight()),
                  static_cast<unsigned long long>(beats_), verdict);
  }

  // After the inputs have settled, before `sample`.
  PortView view(uint64_t) const {
    const bool valid = *signals_.wvalid != 0;
    const bool ready = *signals_.wready != 0;
    const PortState state = valid && ready           ? kTransfer
                            : !pending_.empty()      ? (valid ? kWithheld : kNotReady)
                            : !responses_.empty()    ? kLatency
                            : valid && aw_.valid()   ? kWithheld
                                                     : kQuiet;
    return {aw_.valid(), aw_.ready(), inFlight(), outstanding_, state,
            responding_ && *signals_.bready != 0};
  }

  void clearCounters() { bursts_ = beats_ = 0; }

  const char* name() const { return name_; }
  unsigned index() const { return index_; }
  size_t inFlight() const { return pending_.size() + responses_.size(); }
  uint64_t bursts() const { return bursts_; }
  uint64_t beats() const { return beats_; }

  AddressMap map;

 private:
  struct Burst {
    uint8_t* data;
    uint64_t address;
    uint32_t beats;
  };

  // A beat where the kernel shows it.
  struct Beat {
    const void* data;
    uint64_t strobe;
    bool last;
  };

  // A beat that is kept.
  struct KeptBeat {
    uint8_t data[kBeatBytes];
    uint64_t strobe;
    bool last;

    void copy(const Beat& beat) {
      std::memcpy(data, beat.data, kBeatBytes);
      strobe = beat.strobe;
      last = beat.last;
    }
    Beat view() const { return {data, strobe, last}; }
  };

  static constexpr unsigned kLazyCycles = 32;
  static constexpr size_t kEarlyBeats = 64;

  bool sampleData(uint64_t cycle, AxiLog& log) {
    const bool valid = *signals_.wvalid;
    if (waiting_) checkHeld(cycle, valid);
    if (!valid) return false;
    const Beat beat{signals_.wdata, *signals_.wstrb, *signals_.wlast != 0};
    if (!*signals_.wready) {
      if (!waiting_) held_.copy(beat);
      waiting_ = true;
      return false;
    }
    waiting_ = false;
    ++beats_;
    // What comes before its address has none yet.
    log.handshake(cycle, name_, "W", pending_.empty() ? 0 : pending_.front().address, 1);
    if (pending_.empty()) {
      early_.push({});
      early_.back().copy(beat);
    } else {
      store(cycle, beat);
    }
    return true;
  }

  void checkHeld(uint64_t cycle, bool valid) const {
    if (!valid) brokenRule(name_, cycle, "valid-held", "wvalid fell before wready answered it");
    const char* changed = std::memcmp(held_.data, signals_.wdata, kBeatBytes) != 0 ? "wdata"
                          : held_.strobe != *signals_.wstrb                        ? "wstrb"
                          : held_.last != (*signals_.wlast != 0)                   ? "wlast"
                                                                                   : nullptr;
    if (changed == nullptr) return;
    brokenRule(name_, cycle, "payload-stable",
               format("%s changed while wvalid waited for wready", changed));
  }

  // A beat of the oldest burst that lacks data.
  void store(uint64_t cycle, const Beat& beat) {
    Burst& burst = pending_.front();
    const bool last = burst.beats == 1;
    if (last != beat.last) {
      brokenRule(name_, cycle, "last-beat",
                 last ? format("wlast is low on the last beat of a burst (address 0x%llx)",
                               static_cast<unsigned long long>(burst.address))
                      : format("wlast is high with %u beats of the burst still to come "
                               "(address 0x%llx)",
                               burst.beats - 1, static_cast<unsigned long long>(burst.address)));
    }
    write(burst.data, beat);
    burst.data += kBeatBytes;
    burst.address += kBeatBytes;
    if (--burst.beats > 0) return;
    pending_.pop();
    responses_.push(cycle + std::max<uint64_t>(latency_ - 1, 1));
  }

  static void write(uint8_t* target, const Beat& beat) {
    const auto* source = static_cast<const uint8_t*>(beat.data);
    if (beat.strobe == ~0ull) {
      std::memcpy(target, source, kBeatBytes);
      return;
    }
    for (unsigned byte = 0; byte < kBeatBytes; ++byte) {
      if (beat.strobe >> byte & 1) target[byte] = source[byte];
    }
  }

  const char* name_;
  unsigned index_;
  size_t promised_;
  WriteSignals signals_;
  AddressChannel aw_;
  Stalls stalls_;
  uint32_t latency_;
  uint32_t outstanding_;
  RingQueue<Burst> pending_;
  RingQueue<uint64_t> responses_;
  RingQueue<KeptBeat> early_;
  bool waiting_ = false;
  bool responding_ = false;
  bool lazy_ = false;
  bool takesEarly_ = false;
  bool shownData_ = false;
  // Cycles for which the address has been shown.
  unsigned shownFor_ = 0;
  KeptBeat held_{};
  uint64_t bursts_ = 0;
  uint64_t beats_ = 0;
};

}  // namespace tilewright
