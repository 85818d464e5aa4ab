// What each process, stream and port of a kernel did in a run, for `tilewright profile`: totals, and a
// timeline of a bounded number of bins, however long the run.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "failure.hpp"

namespace tilewright {

// What a process does in a cycle. The order is that of the numbers in the bins.
enum ProcessState { kIdle, kBusy, kInput, kOutput, kMemory, kOwn, kProcessStates };

// What the data channel of a port (R or W) does in a cycle.
enum PortState {
  kQuiet,     // nothing is in flight
  kTransfer,  // a beat
  kWithheld,  // the memory could transfer a beat and withholds it
  kNotReady,  // the kernel does not take the beat that is shown, or owes one that it has announced
  kLatency,   // bursts are in flight, none is due
  kPortStates
};

// A port as it is in a cycle, before its handshakes are carried out.
struct PortView {
  bool addressValid;
  bool addressReady;
  size_t inFlight;
  // Bursts that the memory allows.
  size_t outstanding;
  PortState state;
  bool response;  // a handshake of B
};

// Shares of states over time, for several lanes at once. A bin covers 2^n cycles: when all are full, they
// are folded in pairs.
class Timeline {
 public:
  static constexpr size_t kBins = 400;
  static constexpr size_t kStates = 6;

  explicit Timeline(size_t lanes) : counts_(lanes * kBins) {}

  void clear() {
    std::fill(counts_.begin(), counts_.end(), Counts{});
    bin_ = inBin_ = 0;
    width_ = 1;
  }

  void add(size_t lane, unsigned state, uint64_t cycles) {
    counts_[lane * kBins + bin_][state] += cycles;
  }

  void next() {
    if (++inBin_ < width_) return;
    inBin_ = 0;
    if (++bin_ == kBins) fold();
  }

  uint64_t width() const { return width_; }

  // The bins of a lane as JSON: a list of counts each.
  std::string text(size_t lane, size_t states) const {
    std::string text = "[";
    for (size_t bin = 0; bin < bin_ + (inBin_ > 0 ? 1 : 0); ++bin) {
      text += bin == 0 ? "[" : ",[";
      for (size_t state = 0; state < states; ++state) {
        if (state > 0) text += ',';
        text += std::to_string(counts_[lane * kBins + bin][state]);
      }
      text += ']';
    }
    return text + "]";
  }

 private:
  using Counts = std::array<uint64_t, kStates>;

  void fold() {
    for (size_t first = 0; first < counts_.size(); first += kBins) {
      for (size_t bin = 0; bin < kBins / 2; ++bin) {
        const Counts second = counts_[first + 2 * bin + 1];
        Counts sum = counts_[first + 2 * bin];
        for (size_t state = 0; state < kStates; ++state) sum[state] += second[state];
        counts_[first + bin] = sum;
      }
      std::fill_n(counts_.begin() + static_cast<long>(first + kBins / 2), kBins / 2, Counts{});
    }
    bin_ = kBins / 2;
    width_ *= 2;
  }

  std::vector<Counts> counts_;
  size_t bin_ = 0;
  uint64_t inBin_ = 0;
  uint64_t width_ = 1;
};

inline std::string number(const char* name, uint64_t value) {
  return format(",\"%s\":%llu", name, static_cast<unsigned long long>(value));
}

// Something that a process can wait for: an access to a stream or a memory, or itself.
struct Cause {
  const char* kind;  // write, send, request, response, receive, read, own
  const char* resource;
  ProcessState state;
  // Whether it waits for something to come: older blocks that move on meanwhile make the process busy.
  // One that may not hand something on, or waits for itself, is held up whatever moves.
  bool input;
};

class ProcessProfile {
 public:
  ProcessProfile(const char* name, std::vector<Cause> causes)
      : name_(name), causes_(std::move(causes)), waits_(causes_.size()) {}

  void clear() {
    std::fill(waits_.begin(), waits_.end(), Wait{});
    begins_ = drained_ = own_ = before_ = after_ = pending_ = 0;
    begun_ = false;
  }

  // `cause`: the first one that holds, the number of causes where none does.
  void sample(bool begins, bool moves, bool holds, size_t cause, size_t lane, Timeline& timeline) {
    if (!holds) {
      settle(kBusy, lane, timeline);
      ++(begun_ ? after_ : before_);
      timeline.add(lane, kIdle, 1);
      return;
    }
    begun_ = true;
    if (begins) {
      settle(kOwn, lane, timeline);
      ++begins_;
      timeline.add(lane, kBusy, 1);
    } else if (cause == causes_.size()) {
      // No block begins although none waits: either the process has yet to find out what comes next, or
      // this was its last one. What follows tells.
      ++pending_;
    } else {
      const bool hidden = moves && causes_[cause].input;
      ++(hidden ? waits_[cause].hidden : waits_[cause].alone);
      timeline.add(lane, hidden ? kBusy : causes_[cause].state, 1);
    }
  }

  std::string text(size_t lane, const Timeline& timeline) const {
    std::string text = format("{\"name\":\"%s\"", name_);
    text += number("begins", begins_) + number("drained", drained_) + number("own", own_) +
            number("idleBefore", before_) + number("idleAfter", after_) + ",\"waits\":[";
    for (size_t cause = 0; cause < causes_.size(); ++cause) {
      if (cause > 0) text += ',';
      text += format("{\"kind\":\"%s\",\"resource\":\"%s\"", causes_[cause].kind,
                     causes_[cause].resource);
      text += number("alone", waits_[cause].alone) + number("hidden", waits_[cause].hidden) + "}";
    }
    return text + "],\"bins\":" + timeline.text(lane, kProcessStates) + "}";
  }

 private:
  struct Wait {
    uint64_t alone;
    uint64_t hidden;  // by older blocks that moved on meanwhile
  };

  void settle(ProcessState state, size_t lane, Timeline& timeline) {
    if (pending_ == 0) return;
    (state == kOwn ? own_ : drained_) += pending_;
    timeline.add(lane, state, pending_);
    pending_ = 0;
  }

  const char* name_;
  std::vector<Cause> causes_;
  std::vector<Wait> waits_;
  uint64_t begins_ = 0;
  uint64_t drained_ = 0;
  uint64_t own_ = 0;
  uint64_t before_ = 0;
  uint64_t after_ = 0;
  uint64_t pending_ = 0;
  bool begun_ = false;
};

class StreamProfile {
 public:
  explicit StreamProfile(const char* name) : name_(name) {}

  void clear() { words_ = full_ = empty_ = sum_ = most_ = 0; }

  void sample(bool push, bool pop, bool full, bool empty) {
    sum_ += held_;
    most_ = std::max(most_, held_);
    full_ += full;
    empty_ += empty;
    words_ += push;
    held_ += push;
    held_ -= pop;
  }

  std::string text() const {
    return format("{\"name\":\"%s\"", name_) + number("words", words_) + number("full", full_) +
           number("empty", empty_) + number("heldSum", sum_) + number("heldMost", most_) + "}";
  }

 private:
  const char* name_;
  uint64_t words_ = 0;
  uint64_t full_ = 0;
  uint64_t empty_ = 0;
  uint64_t sum_ = 0;
  uint64_t most_ = 0;
  // Not cleared: what a run leaves behind is there in the next one.
  uint64_t held_ = 0;
};

class PortProfile {
 public:
  // `slots`: bursts that the kernel itself can keep in flight.
  PortProfile(const char* name, size_t slots) : name_(name), slots_(slots) {}

  void clear() {
    addresses_ = withheld_ = limited_ = responses_ = sum_ = most_ = before_ = quiet_ = 0;
    states_.fill(0);
    used_ = false;
  }

  void sample(const PortView& view, size_t lane, Timeline& timeline) {
    const bool address = view.addressValid && view.addressReady;
    addresses_ += address;
    withheld_ += view.addressValid && !view.addressReady && view.inFlight < view.outstanding;
    // All of the memory's slots are in use, or all of the kernel's; it counts one from when it shows
    // the address.
    limited_ += view.inFlight + address >= view.outstanding ||
                view.inFlight + view.addressValid >= slots_;
    responses_ += view.response;
    sum_ += view.inFlight;
    most_ = std::max<uint64_t>(most_, view.inFlight);
    ++states_[view.state];
    timeline.add(lane, view.state, 1);
    if (view.addressValid || view.state != kQuiet) {
      used_ = true;
      quiet_ = 0;
    } else {
      ++(used_ ? quiet_ : before_);
    }
  }

  std::string text(size_t lane, const Timeline& timeline) const {
    return format("{\"name\":\"%s\"", name_) + number("addresses", addresses_) +
           number("addressesWithheld", withheld_) + number("limited", limited_) +
           number("responses", responses_) + number("inFlightSum", sum_) +
           number("inFlightMost", most_) + number("unusedBefore", before_) +
           number("unusedAfter", quiet_) + number("quiet", states_[kQuiet]) +
           number("beats", states_[kTransfer]) + number("withheld", states_[kWithheld]) +
           number("notReady", states_[kNotReady]) + number("latency", states_[kLatency]) +
           ",\"bins\":" + timeline.text(lane, kPortStates) + "}";
  }

 private:
  const char* name_;
  size_t slots_;
  std::array<uint64_t, kPortStates> states_{};
  uint64_t addresses_ = 0;
  uint64_t withheld_ = 0;
  uint64_t limited_ = 0;
  uint64_t responses_ = 0;
  uint64_t sum_ = 0;
  uint64_t most_ = 0;
  uint64_t before_ = 0;
  uint64_t quiet_ = 0;  // since it was used last
  bool used_ = false;
};

// Of one run, from the cycle after its start to the one in which it is done, both included.
class Profile {
 public:
  // Ports are in the order of their indices.
  Profile(std::vector<ProcessProfile> processes, std::vector<StreamProfile> streams,
          std::vector<PortProfile> ports)
      : processes_(std::move(processes)),
        streams_(std::move(streams)),
        ports_(std::move(ports)),
        timeline_(processes_.size() + ports_.size()) {}

  void clear() {
    for (auto& process : processes_) process.clear();
    for (auto& stream : streams_) stream.clear();
    for (auto& port : ports_) port.clear();
    timeline_.clear();
    cycles_ = 0;
  }

  void process(size_t index, bool begins, bool moves, bool holds, size_t cause) {
    processes_[index].sample(begins, moves, holds, cause, index, timeline_);
  }

  void stream(size_t index, bool push, bool pop, bool full, bool empty) {
    streams_[index].sample(push, pop, full, empty);
  }

  void port(size_t index, const PortView& view) {
    ports_[index].sample(view, processes_.size() + index, timeline_);
  }

  void next() {
    ++cycles_;
    timeline_.next();
  }

  std::string text() const {
    size_t lane = 0;
    std::string text = format("{\"cycles\":%llu", static_cast<unsigned long long>(cycles_));
    text += number("binCycles", timeline_.width()) + ",\"processes\":[";
    for (const auto& process : processes_) {
      if (lane > 0) text += ',';
      text += process.text(lane++, timeline_);
    }
    text += "],\"streams\":[";
    for (size_t at = 0; at < streams_.size(); ++at) {
      if (at > 0) text += ',';
      text += streams_[at].text();
    }
    text += "],\"ports\":[";
    for (size_t at = 0; at < ports_.size(); ++at) {
      if (at > 0) text += ',';
      text += ports_[at].text(lane++, timeline_);
    }
    return text + "]}";
  }

 private:
  std::vector<ProcessProfile> processes_;
  std::vector<StreamProfile> streams_;
  std::vector<PortProfile> ports_;
  Timeline timeline_;
  uint64_t cycles_ = 0;
};

}  // namespace tilewright
