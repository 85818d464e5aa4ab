// The clock loop: a Verilated kernel, the memory behind its ports, its registers, and the checks.
//
// A cycle is: the memory and the register bus drive the kernel's inputs; the clock falls and the
// kernel's outputs settle; handshakes and rules are sampled; the clock rises.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

#include "axi-log.hpp"
#include "control-port.hpp"
#include "memory-model.hpp"
#include "read-port.hpp"
#include "run-log.hpp"
#include "write-port.hpp"

namespace tilewright {

// Registers of the ap_ctrl protocol.
constexpr uint32_t kControlRegister = 0x00;
constexpr uint32_t kGlobalInterruptEnable = 0x04;
constexpr uint32_t kInterruptEnable = 0x08;
constexpr uint32_t kInterruptStatus = 0x0C;
constexpr uint32_t kStartBit = 1;
constexpr uint32_t kDoneBit = 2;

constexpr unsigned kResetCycles = 8;
// A register answers within a few cycles, or never.
constexpr unsigned kRegisterPatience = 1000;

// How often it is looked whether anything moves, and how long nothing has to. What is registered between a
// process and its port takes a few cycles.
constexpr uint64_t kLookCycles = 256;

struct SimulationConfig {
  MemoryConfig memory;
  // Cycles without a handshake on any port after which a running kernel counts as stuck; 0: as soon as
  // nothing in it moves any more, or after a while where it does not tell.
  uint64_t patience;
  std::string axiLog;  // empty: none
  std::string trace;   // empty: none
};

// A FIFO between two processes of the kernel, as it is now.
struct Stream {
  const char* name;
  bool full;
  bool empty;
};

enum class RunState { running, done };

// `Kernel` is generated: the Verilated top and the binding of its signals.
template <class Kernel>
class Simulation {
 public:
  explicit Simulation(const SimulationConfig& config)
      : patience_(patienceOf(config)),
        context_(std::make_unique<VerilatedContext>()),
        top_(makeTop(*context_, config)),
        kernel_(*top_, config.memory) {
    if (!config.axiLog.empty()) log_.open(config.axiLog);
    openTrace(config.trace);
    reset();
  }

  ~Simulation() {
    try {
      finish();
    } catch (const Failure&) {
      // Told by an explicit `finish`; a destructor has nobody to tell.
    }
  }

  // Closes log and trace; throws when they could not be written whole.
  void finish() {
    // Parts of a model ask for the context of their thread when they end and when they go: that of the last one that
    // was made or ran in it, which another simulation may have taken along.
    Verilated::threadContextp(context_.get());
    if (finished_) return;
    finished_ = true;
#if VM_TRACE
    if (trace_ != nullptr) trace_->close();
#endif
    top_->final();
    log_.close();
  }

  void bind(unsigned port, Mapping mapping) {
    kernel_.eachPort([&](auto& candidate) {
      if (candidate.index() == port) candidate.map.add(mapping);
    });
  }

  void unbind() {
    kernel_.eachPort([](auto& port) { port.map.clear(); });
  }

  void writeRegister(uint32_t offset, uint32_t value) {
    kernel_.control.beginWrite(offset, value);
    awaitRegister("write", offset);
  }

  uint32_t readRegister(uint32_t offset) {
    kernel_.control.beginRead(offset);
    awaitRegister("read", offset);
    const uint32_t value = kernel_.control.readValue();
    if (offset == kControlRegister && (value & kDoneBit) != 0) doneRead_ = true;
    return value;
  }

  // Enables the interrupt and writes ap_start. The kernel runs when this returns, or is done already.
  void start() {
    if (state_ == RunState::running) {
      throw Failure{"PROTOCOL", "the kernel was started while it runs"};
    }
    writeRegister(kGlobalInterruptEnable, 1);
    writeRegister(kInterruptEnable, 1);
    if (kernel_.interrupt()) {
      throw Failure{"PROTOCOL", "the interrupt is high before the kernel was started"};
    }
    kernel_.eachPort([](auto& port) { port.clearCounters(); });
    starting_ = true;
    doneRead_ = false;
    writeRegister(kControlRegister, kStartBit);
  }

  // Clocks until the kernel is done, `cycles` times at most.
  RunState run(uint64_t cycles) {
    for (uint64_t end = cycle_ + cycles; state_ == RunState::running && cycle_ < end;) step();
    return state_;
  }

  // After a run: ap_done must say so too; the interrupt is acknowledged, so that it can come again.
  void acknowledge() {
    const uint32_t control = readRegister(kControlRegister);
    if (!doneRead_) {
      throw Failure{"PROTOCOL", format("the interrupt came, but the control register reads 0x%x: "
                                       "ap_done (bit 1) is 0",
                                       control)};
    }
    writeRegister(kInterruptStatus, 1);
    if (kernel_.interrupt()) {
      throw Failure{"PROTOCOL", "the interrupt stays high after it was acknowledged"};
    }
  }

  // The profile of the last run as JSON; empty where the model was not built for it.
  std::string profile() const {
    if constexpr (Kernel::kProfiled) return kernel_.profile.text();
    return "";
  }

  // What each process is about, a line each (see emit-watch.ts). The kernel is in reset afterwards.
  std::string ask() {
    std::string told;
    activeWatch() = &told;
    kernel_.reset(true);
    kernel_.clock(0);
    activeWatch() = nullptr;
    kernel_.eachPort([&](auto& port) {
      told += format("PORT %s %zu %d %s\n", port.name(), port.inFlight(), port.owes(),
                     port.state().c_str());
    });
    kernel_.eachStream([&](const Stream& stream) {
      told += format("STREAM %s %s\n", stream.name,
                     stream.full ? "full" : stream.empty ? "empty" : "some");
    });
    return told;
  }

  uint64_t cycle() const { return cycle_; }
  uint64_t startCycle() const { return startCycle_; }
  uint64_t doneCycle() const { return doneCycle_; }
  Kernel& kernel() { return kernel_; }

 private:
  using Top = typename Kernel::Top;

  static std::unique_ptr<Top> makeTop(VerilatedContext& context, const SimulationConfig& config) {
    // Registers without a reset hold anything at power-up: a kernel must not depend on it.
    context.randReset(2);
    context.randSeed(static_cast<int>((config.memory.seed ^ 0x51D) % 0x7FFFFFFE) + 1);
#if VM_TRACE
    context.traceEverOn(true);
#endif
    return std::make_unique<Top>(&context, "");
  }

  void openTrace(const std::string& path) {
    if (path.empty()) return;
#if VM_TRACE
    trace_ = std::make_unique<VerilatedFstC>();
    top_->trace(trace_.get(), 99);
    trace_->open(path.c_str());
    if (!trace_->isOpen()) {
      throw Failure{"FILE_UNWRITABLE", format("cannot write %s", path.c_str())};
    }
#else
    throw Failure{"NO_TRACE", "this model was built without tracing"};
#endif
  }

  // One cycle is ten units of time in the trace: time / 10 is the cycle that messages name.
  void dump(unsigned phase) {
#if VM_TRACE
    if (trace_ != nullptr) trace_->dump(cycle_ * 10 + phase);
#else
    (void)phase;
#endif
  }

  void reset() {
    kernel_.reset(true);
    for (unsigned cycle = 0; cycle < kResetCycles; ++cycle) {
      kernel_.clock(0);
      dump(0);
      // From the second half on: a synchronous reset needs edges, and may be pipelined.
      if (cycle >= kResetCycles / 2) {
        kernel_.control.checkReset(cycle_);
        kernel_.eachPort([&](auto& port) { port.checkReset(cycle_); });
      }
      kernel_.clock(1);
      dump(5);
      ++cycle_;
    }
    kernel_.reset(false);
  }

  void awaitRegister(const char* what, uint32_t offset) {
    const uint64_t since = cycle_;
    while (kernel_.control.busy()) {
      step();
      if (cycle_ - since > kRegisterPatience) {
        throw Failure{"DEADLOCK",
                      format("the %s of register 0x%02x got no answer for %u cycles (cycle %llu)\n%s",
                             what, offset, kRegisterPatience,
                             static_cast<unsigned long long>(cycle_),
                             kernel_.control.state().c_str())};
      }
    }
  }

  void step() {
    // Read as $time by the processes' watch_since.
    context_->time(cycle_);
    kernel_.control.drive();
    kernel_.eachPort([&](auto& port) { port.drive(cycle_); });
    kernel_.clock(0);
    dump(0);
    if constexpr (Kernel::kProfiled) {
      if (state_ == RunState::running) kernel_.observe(cycle_);
    }

    bool progress = kernel_.control.sample(cycle_, log_);
    kernel_.eachPort([&](auto& port) {
      if (state_ != RunState::running) checkQuiet(port);
      if (port.sample(cycle_, log_)) progress = true;
    });
    if (progress) lastProgress_ = cycle_;
    if (starting_ && kernel_.control.writeTaken()) {
      starting_ = false;
      state_ = RunState::running;
      startCycle_ = cycle_;
      lastProgress_ = cycle_;
      nextLook_ = cycle_ + kLookCycles;
      if constexpr (Kernel::kProfiled) kernel_.profile.clear();
      log_.mark(cycle_, "start");
    } else if (state_ == RunState::running) {
      if (kernel_.interrupt()) {
        completed();
      } else if (cycle_ >= nextLook_) {
        look();
      }
    }

    kernel_.clock(1);
    dump(5);
    ++cycle_;
  }

  template <class Port>
  void checkQuiet(const Port& port) {
    const char* channel = port.shows();
    if (channel == nullptr) return;
    brokenRule(port.name(), cycle_, "quiet-when-idle",
               format("%s is high although the kernel was not started or is done", channel));
  }

  void completed() {
    state_ = RunState::done;
    doneCycle_ = cycle_;
    log_.mark(cycle_, "done");
    kernel_.eachPort([&](auto& port) {
      const char* channel = port.shows();
      const std::string what =
          port.inFlight() > 0   ? format("%zu bursts still in flight", port.inFlight())
          : port.orphans() > 0  ? format("%zu beats sent that belong to no burst", port.orphans())
          : channel != nullptr  ? format("%s still high", channel)
                                : "";
      if (what.empty()) return;
      brokenRule(port.name(), cycle_, "done-when-done",
                 "the kernel says that it is done with " + what);
    });
  }

  static uint64_t patienceOf(const SimulationConfig& config) {
    if (config.patience > 0 || Kernel::kWatched) return config.patience;
    return 20000 + 10 * static_cast<uint64_t>(config.memory.latency);
  }

  // For certain stuck: no port had a handshake and no process moved for a while, and the memory has
  // nothing under way. A kernel that does not tell of its processes gets the patience instead.
  void look() {
    nextLook_ = cycle_ + kLookCycles;
    const uint64_t quiet = cycle_ - lastProgress_;
    if (patience_ > 0) {
      if (quiet > patience_) stuck(lastProgress_);
      nextLook_ = std::min(nextLook_, lastProgress_ + patience_ + 1);
    }
    if constexpr (Kernel::kWatched) {
      bool pending = false;
      kernel_.eachPort([&](auto& port) { pending = pending || port.pending(); });
      const uint64_t moved = std::max(lastProgress_, kernel_.lastMove());
      if (!pending && cycle_ - moved >= kLookCycles) stuck(moved);
    }
  }

  [[noreturn]] void stuck(uint64_t since) {
    throw Failure{"STUCK", format("NOW %llu %llu\n", static_cast<unsigned long long>(since),
                                  static_cast<unsigned long long>(cycle_)) +
                               ask()};
  }

  uint64_t patience_;
  AxiLog log_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Top> top_;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> trace_;
#endif
  Kernel kernel_;
  uint64_t cycle_ = 0;
  uint64_t lastProgress_ = 0;
  uint64_t nextLook_ = 0;
  uint64_t startCycle_ = 0;
  uint64_t doneCycle_ = 0;
  RunState state_ = RunState::done;
  bool starting_ = false;
  // ap_done is cleared when it is read: whoever polls it takes it away.
  bool doneRead_ = false;
  bool finished_ = false;
};

}  // namespace tilewright
