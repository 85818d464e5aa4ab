// The memory behind one AXI4 read port (AR and R).
//
// At most one AR a cycle, and only while fewer than `outstanding` bursts are in flight. The first beat
// of a burst comes `latency` cycles after its AR handshake, then at most one beat a cycle, in order. A
// burst holds its slot from the AR handshake to the cycle after its last beat. Each ready and each
// valid is withheld with probability `stall`; a valid that is up stays up until its handshake.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "address-channel.hpp"
#include "axi-log.hpp"
#include "memory-model.hpp"
#include "profile.hpp"
#include "ring-queue.hpp"

namespace tilewright {

struct ReadSignals {
  AddressSignals ar;
  uint8_t* rvalid;
  const uint8_t* rready;
  void* rdata;
  uint8_t* rresp;
  uint8_t* rlast;
};

class ReadPort {
 public:
  // `promised`: bursts that the kernel keeps in flight at most, by its manifest.
  ReadPort(const char* name, unsigned index, size_t promised, const ReadSignals& signals,
           const MemoryConfig& config)
      : name_(name),
        index_(index),
        promised_(promised),
        signals_(signals),
        ar_(name, "ar", signals.ar),
        stalls_(config.stall, config.seed, index),
        latency_(config.latency),
        outstanding_(config.outstanding),
        queue_(config.outstanding) {
    reset();
  }

  void reset() {
    ar_.reset();
    queue_.clear();
    showing_ = false;
    *signals_.rvalid = 0;
    *signals_.rresp = 0;
    *signals_.rlast = 0;
  }

  // Ready and valid depend on what is in flight alone, never on this cycle's outputs of the kernel.
  void drive(uint64_t cycle) {
    stalls_.draw();
    ar_.drive(queue_.size() < outstanding_ && !stalls_.withheld(0));
    if (showing_) return;
    showing_ = !queue_.empty() && queue_.front().due <= cycle && !stalls_.withheld(1);
    *signals_.rvalid = showing_;
    if (!showing_) return;
    const Burst& burst = queue_.front();
    std::memcpy(signals_.rdata, burst.data, kBeatBytes);
    *signals_.rlast = burst.beats == 1;
  }

  // After the inputs have settled; true when anything was transferred.
  bool sample(uint64_t cycle, AxiLog& log) {
    AcceptedBurst accepted;
    bool progress = false;
    const bool beat = showing_ && *signals_.rready;
    if (ar_.sample(cycle, map, accepted)) {
      prefetch(accepted);
      queue_.push({accepted.data, accepted.address, cycle + latency_, accepted.beats});
      ar_.checkInFlight(cycle, queue_.size(), promised_);
      ++bursts_;
      progress = true;
      log.handshake(cycle, name_, "AR", accepted.address, accepted.beats);
    }
    if (beat) {
      Burst& burst = queue_.front();
      log.handshake(cycle, name_, "R", burst.address, 1);
      burst.data += kBeatBytes;
      burst.address += kBeatBytes;
      if (--burst.beats == 0) queue_.pop();
      showing_ = false;
      ++beats_;
      progress = true;
    }
    return progress;
  }

  void checkReset(uint64_t cycle) const {
    if (ar_.valid()) brokenRule(name_, cycle, "reset", "arvalid is high while ap_rst_n is low");
  }

  // The channel on which the kernel shows something; null where it shows nothing.
  const char* shows() const { return ar_.valid() ? "arvalid" : nullptr; }
  // Data that came without a burst; a read port has none.
  size_t orphans() const { return 0; }

  // The memory will do something by itself: show a beat that is due, or take an address.
  bool pending() const {
    return (!queue_.empty() && !showing_) || (ar_.valid() && queue_.size() < outstanding_);
  }
  // The kernel has announced data that it does not send; a read port never has.
  bool owes() const { return false; }

  std::string state() const {
    const bool rvalid = *signals_.rvalid;
    const bool rready = *signals_.rready;
    const char* verdict = rvalid && !rready ? "the kernel does not take the data"
                          : ar_.valid() && !ar_.ready()
                              ? "the memory's limit of bursts in flight is reached"
                          : inFlight() == 0 ? "the kernel asks for nothing"
                                            : "the memory is about to answer";
    return format("%s: AR valid=%d ready=%d, R valid=%d ready=%d, %zu bursts in flight, "
                  "%llu bursts and %llu beats done: %s",
                  name_, ar_.valid(), ar_.ready(), rvalid, rready, inFlight(),
                  static_cast<unsigned long long>(bursts_ - inFlight()),
                  static_cast<unsigned long long>(beats_), verdict);
  }

  // After the inputs have settled, before `sample`.
  PortView view(uint64_t cycle) const {
    const PortState state = showing_ ? (*signals_.rready ? kTransfer : kNotReady)
                            : queue_.empty()               ? kQuiet
                            : queue_.front().due <= cycle  ? kWithheld
                                                           : kLatency;
    return {ar_.valid(), ar_.ready(), inFlight(), outstanding_, state, false};
  }

  void clearCounters() { bursts_ = beats_ = 0; }

  const char* name() const { return name_; }
  unsigned index() const { return index_; }
  size_t inFlight() const { return queue_.size(); }
  uint64_t bursts() const { return bursts_; }
  uint64_t beats() const { return beats_; }

  AddressMap map;

 private:
  // The rows of a gather are in no cache of this machine: by the time they are due, they are.
  static void prefetch(const AcceptedBurst& burst) {
    constexpr uint32_t kLines = 8;
    for (uint32_t beat = 0; beat < burst.beats && beat < kLines; ++beat) {
      __builtin_prefetch(burst.data + beat * kBeatBytes);
    }
  }

  struct Burst {
    const uint8_t* data;
    uint64_t address;
    uint64_t due;
    uint32_t beats;
  };

  const char* name_;
  unsigned index_;
  size_t promised_;
  ReadSignals signals_;
  AddressChannel ar_;
  Stalls stalls_;
  uint32_t latency_;
  uint32_t outstanding_;
  RingQueue<Burst> queue_;
  bool showing_ = false;
  uint64_t bursts_ = 0;
  uint64_t beats_ = 0;
};

}  // namespace tilewright
