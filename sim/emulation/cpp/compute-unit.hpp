// A compute unit: an instance of a kernel's model, its registers as the host sees them, its clock.
//
// The registers are the kernel's own, reached over its AXI4-Lite port; only those of the interrupt are
// kept here, because the model uses the interrupt to learn that the kernel is done, and XRT's emulation
// delivers none to the host.
#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "banks.hpp"
#include "emulator-log.hpp"
#include "failure.hpp"
#include "memory-model.hpp"
#include "model-library.hpp"
#include "settings.hpp"
#include "stuck-text.hpp"

namespace tilewright {

class ComputeUnit {
 public:
  // The window of registers of a kernel, of which AXI4-Lite addresses the lower part.
  static constexpr uint64_t kWindowBytes = 0x10000;

  ComputeUnit(const UnitDescription& description, const ModelLibrary& library, Banks& banks,
              const MemoryConfig& memory, const std::string& axiLog, const std::string& trace,
              const EmulatorLog& log)
      : description_(description), library_(library), log_(log) {
    model_ = library_.open(memory.latency, memory.outstanding, memory.stall, memory.seed, 0,
                           axiLog.c_str(), trace.c_str());
    check(library_.failureCode(model_)[0] == '\0' ? 0 : -1);
    for (size_t port = 0; port < description_.ports.size(); ++port) {
      const Bank& bank = banks.at(description_.ports[port].bank);
      check(library_.bind(model_, static_cast<uint32_t>(port), bank.name.c_str(), bank.base,
                          bank.data, bank.bytes));
    }
  }

  ComputeUnit(const ComputeUnit&) = delete;
  ComputeUnit& operator=(const ComputeUnit&) = delete;

  ~ComputeUnit() {
    library_.finish(model_);
    library_.free(model_);
  }

  // Writes trace and log out; throws where they could not be written whole.
  void finish() { check(library_.finish(model_)); }

  const std::string& instance() const { return description_.instance; }
  bool covers(uint64_t address) const { return address - description_.base < kWindowBytes; }
  bool running() const { return running_; }

  void write(uint64_t address, uint32_t value) {
    const auto offset = static_cast<uint32_t>(address - description_.base);
    if (offset == kControl) {
      if ((value & kStart) != 0) start();
    } else if (offset == kInterruptEnable || offset == kGlobalInterrupt) {
      interrupt_[offset == kGlobalInterrupt] = value;
    } else if (offset != kInterruptStatus) {
      check(library_.writeRegister(model_, offset, value));
    }
  }

  uint32_t read(uint64_t address) {
    const auto offset = static_cast<uint32_t>(address - description_.base);
    if (offset == kInterruptEnable || offset == kGlobalInterrupt) {
      return interrupt_[offset == kGlobalInterrupt];
    }
    if (offset == kInterruptStatus) return 0;
    if (offset == kControl && finished_ != 0) {
      // ap_done is there until it was read, as in the kernel's own register.
      const uint32_t value = finished_;
      finished_ = 0;
      return value;
    }
    // A host polls far oftener than a kernel in trouble moves, and a transfer on the register bus is a
    // move: the kernel's own register would say the same, and never would it be found stuck.
    if (offset == kControl && running_) return kStart;
    uint32_t value = 0;
    check(library_.readRegister(model_, offset, &value));
    return value;
  }

  // Clocks the kernel, `cycles` times at most.
  void advance(uint64_t cycles) {
    if (!running_ || check(library_.run(model_, cycles)) == 0) return;
    check(library_.readRegister(model_, kControl, &finished_));
    complete();
  }

  uint64_t cycle() const { return counters()[0]; }

 private:
  static constexpr uint32_t kControl = 0x00, kGlobalInterrupt = 0x04, kInterruptEnable = 0x08,
                            kInterruptStatus = 0x0C;
  static constexpr uint32_t kStart = 1;
  // Runs of which each is logged; later ones only now and then.
  static constexpr uint64_t kLoggedRuns = 1000;

  void start() {
    if (running_) {
      throw Failure{"PROTOCOL", instance() + ": the host started the kernel while it runs"};
    }
    finished_ = 0;
    check(library_.start(model_));
    running_ = true;
  }

  void complete() {
    running_ = false;
    check(library_.acknowledge(model_));
    ++runs_;
    std::istringstream printed(library_.log(model_));
    for (std::string line; std::getline(printed, line);) {
      log_.line(instance() + ": " + printedText(line));
    }
    if (runs_ > kLoggedRuns && runs_ % kLoggedRuns != 0) return;
    const std::vector<uint64_t> counted = counters();
    std::string text = format("%s: run %llu took %llu cycles", instance().c_str(), ull(runs_),
                              ull(counted[2] - counted[1]));
    for (size_t port = 0; port < description_.ports.size(); ++port) {
      text += format(", %s %llu bursts %llu beats", description_.ports[port].name.c_str(),
                     ull(counted[3 + 2 * port]), ull(counted[4 + 2 * port]));
    }
    log_.line(text);
  }

  std::vector<uint64_t> counters() const {
    std::vector<uint64_t> counted(3 + 2 * description_.ports.size());
    library_.counters(model_, counted.data());
    return counted;
  }

  // What a function of the model returned; a failure of the model ends this process.
  int32_t check(int32_t status) const {
    if (status >= 0) return status;
    const std::string code = library_.failureCode(model_);
    const std::string text = library_.failureText(model_);
    if (code == "STUCK") throw Failure{"DEADLOCK", instance() + ": " + stuckText(text)};
    if (code == "ASSERTION") {
      throw Failure{code, instance() + ": assertion failed in process " + printedText(text)};
    }
    throw Failure{code, instance() + ": " + text};
  }

  // `<order> <process> <line> P|F <text>`, as the kernel prints it, for a reader.
  static std::string printedText(const std::string& entry) {
    std::istringstream words(entry);
    std::string order, process, line, kind, text;
    words >> order >> process >> line >> kind;
    std::getline(words >> std::ws, text);
    return process + ", line " + line + ": " + text;
  }


  const UnitDescription& description_;
  const ModelLibrary& library_;
  const EmulatorLog& log_;
  void* model_;
  bool running_ = false;
  // The control register as it was when the kernel was done, until the host has read it.
  uint32_t finished_ = 0;
  uint32_t interrupt_[2] = {0, 0};
  uint64_t runs_ = 0;
};

}  // namespace tilewright
