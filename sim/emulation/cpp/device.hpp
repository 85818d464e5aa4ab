// The device as the host sees it: its calls, answered from banks and compute units.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "banks.hpp"
#include "channel.hpp"
#include "compute-unit.hpp"
#include "emulator-log.hpp"
#include "failure.hpp"
#include "model-library.hpp"
#include "protocol.hpp"
#include "settings.hpp"
#include "wire.hpp"

namespace tilewright {

class Device {
 public:
  Device(const Platform& platform, const Settings& settings, const EmulatorLog& log)
      : platform_(platform), log_(log) {
    const MemoryConfig memory = memoryConfig(settings.memoryText);
    for (const BankDescription& bank : platform.banks) banks_.add(bank.name, bank.base, bank.bytes);
    for (const UnitDescription& unit : platform.units) {
      const std::string& path = settings.trace.empty() ? unit.library : unit.traceLibrary;
      if (path == "-") {
        throw Failure{"NO_TRACE", "TILEWRIGHT_TRACE asks for a trace, but this package was built "
                                  "without: build it again with tracing"};
      }
      auto& library = libraries_[path];
      if (library == nullptr) library = std::make_unique<ModelLibrary>(path);
      // Units that stall together would hide what stalls apart bring out.
      MemoryConfig own = memory;
      own.seed += units_.size();
      const size_t count = platform.units.size();
      units_.push_back(std::make_unique<ComputeUnit>(
          unit, *library, banks_, own, fileOf(settings.axiLog, unit.instance, count),
          fileOf(settings.trace, unit.instance, count), log));
    }
    log_.line(format("platform %s: %zu banks (%s)", platform.name.c_str(), banks_.size(),
                     banks_.text().c_str()));
    for (const UnitDescription& unit : platform.units) {
      log_.line(format("compute unit %s at 0x%llx", unit.instance.c_str(), ull(unit.base)));
    }
    log_.line(format("memory latency=%u,outstanding=%u,stall=%g,seed=%llu", memory.latency,
                     memory.outstanding, memory.stall, ull(memory.seed)));
  }

  bool running() const {
    return std::any_of(units_.begin(), units_.end(),
                       [](const auto& unit) { return unit->running(); });
  }

  // Clocks what runs for a while: some tens of microseconds at first, so that a short run is answered at
  // once, and an eighth of the time that it has taken so far, so that a host that polls in a tight loop
  // does not slow a long one down.
  void advance() {
    const auto from = Clock::now();
    if (!wasRunning_) since_ = from;
    wasRunning_ = true;
    const double spent = std::chrono::duration<double, std::micro>(from - since_).count();
    const double budget = std::clamp(spent / 8, kShortest, kLongest);
    unsigned running = 0;
    for (const auto& unit : units_) running += unit->running();
    const auto cycles =
        std::max<uint64_t>(1, static_cast<uint64_t>(budget * cyclesPerMicrosecond_ / running));
    uint64_t simulated = 0;
    for (const auto& unit : units_) {
      if (!unit->running()) continue;
      const uint64_t before = unit->cycle();
      unit->advance(cycles);
      simulated += unit->cycle() - before;
    }
    const double took =
        std::chrono::duration<double, std::micro>(Clock::now() - from).count();
    if (simulated >= kMeasurable) {
      const double rate = static_cast<double>(simulated) / std::max(took, 0.1);
      cyclesPerMicrosecond_ += (rate - cyclesPerMicrosecond_) / 4;
    }
    wasRunning_ = this->running();
  }

  // False after the call that closes the device.
  bool answer(Channel& host, const Call& call) {
    const char* name = apiName(call.api);
    if (name == nullptr) {
      throw Failure{"PROTOCOL", format("the host made call %u, which this device does not know",
                                       call.api)};
    }
    const Message message(name, call.message);
    Answer answer;
    switch (call.api) {
      case kAllocate: host.answer(answer.number(1, allocate(message))); break;
      case kFree: host.answer(answer.number(1, banks_.release(message.number(1, "ddraddress")))); break;
      case kCopyToDevice: copyToDevice(host, message); break;
      case kCopyToHost: copyToHost(host, message); break;
      case kWriteMemory: writeMemory(host, message); break;
      case kReadMemory: readMemory(host, message); break;
      case kWriteRegisters: writeRegisters(host, message); break;
      case kReadRegisters: readRegisters(host, message); break;
      case kTimestamp: host.answer(answer.number(1, cycle())); break;
      case kTraceCount: host.answer(answer.number(1, 0)); break;
      case kSetEnvironment: setEnvironment(host, message); break;
      case kDebugMessages:
        host.answer(answer.bytesAhead(1, 0).bytesAhead(2, 0).bytesAhead(3, 0));
        break;
      // Peer-to-peer, which XRT then copies by way of the host.
      case kCopyBuffer:
      case kImportBuffer: host.answer(answer.number(1, false)); break;
      case kClose:
        finish();
        host.answer(answer.number(1, true));
        return false;
      // Counters and traces of XRT's profiling monitors, of which there are none: nothing was counted.
      default: host.answer(answer);
    }
    return true;
  }

  // Writes traces and logs out.
  void finish() {
    for (const auto& unit : units_) unit->finish();
    if (banks_.buffers() == 0) return;
    log_.line(format("%zu buffers were not freed", banks_.buffers()));
  }

 private:
  using Clock = std::chrono::steady_clock;
  // Microseconds of a turn of the clock.
  static constexpr double kShortest = 20, kLongest = 2000;
  // Cycles from which a turn says something of the model's speed.
  static constexpr uint64_t kMeasurable = 20;

  bool allocate(const Message& message) {
    const uint64_t address = message.number(1, "ddraddress");
    const uint64_t bytes = message.number(2, "size");
    if (banks_.allocate(address, bytes)) return true;
    log_.line(format("refused a buffer of %llu bytes at 0x%llx, which is in no bank: %s",
                     ull(bytes), ull(address), banks_.text().c_str()));
    return false;
  }

  void copyToDevice(Channel& host, const Message& message) {
    const Bytes source = message.bytes(4, "src");
    const uint64_t size = message.number(5, "size");
    if (source.size != size) mismatch("xclCopyBufferHost2Device", size, source.size);
    const uint64_t address = message.number(3, "dest") + message.number(6, "seek");
    std::memcpy(memory("a copy to the device", address, size), source.data, size);
    host.answer(Answer().number(1, size));
  }

  void copyToHost(Channel& host, const Message& message) {
    const uint64_t size = message.number(5, "size");
    const uint64_t address = message.number(4, "src") + message.number(6, "skip");
    const Bytes bytes{memory("a copy to the host", address, size), static_cast<size_t>(size)};
    host.answer(Answer().number(1, size).bytesAhead(2, bytes.size), bytes);
  }

  void writeMemory(Channel& host, const Message& message) {
    const Bytes source = message.bytes(4, "data");
    const uint64_t size = message.number(3, "size");
    if (source.size != size) mismatch("xclWriteAddrSpaceDeviceRam", size, source.size);
    std::memcpy(memory("a write", message.number(2, "addr"), size), source.data, size);
    host.answer(Answer().number(1, true));
  }

  void readMemory(Channel& host, const Message& message) {
    const uint64_t size = message.number(3, "size");
    const Bytes bytes{memory("a read", message.number(2, "addr"), size), static_cast<size_t>(size)};
    host.answer(Answer().number(1, true).bytesAhead(2, bytes.size), bytes);
  }

  void writeRegisters(Channel& host, const Message& message) {
    const Bytes data = message.bytes(4, "data");
    const uint64_t size = message.number(3, "size");
    if (data.size != size) mismatch("xclWriteAddrKernelCtrl", size, data.size);
    const uint64_t address = message.number(2, "addr");
    for (uint64_t at = 0; at < size; at += 4) {
      uint32_t value;
      ComputeUnit& unit = unitAt("a write", address + at, size - at);
      std::memcpy(&value, data.data + at, sizeof value);
      unit.write(address + at, value);
    }
    host.answer(Answer().number(1, true));
  }

  void readRegisters(Channel& host, const Message& message) {
    const uint64_t size = message.number(3, "size");
    const uint64_t address = message.number(2, "addr");
    std::vector<uint8_t> data;
    for (uint64_t at = 0; at < size; at += 4) {
      const uint32_t value = unitAt("a read", address + at, size - at).read(address + at);
      const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
      data.insert(data.end(), bytes, bytes + sizeof value);
    }
    host.answer(Answer().number(1, true).bytes(2, {data.data(), data.size()}));
  }

  // What xrt.ini says is meant for AMD's simulators.
  void setEnvironment(Channel& host, const Message& message) {
    message.each(3, [&](const Message& pair) {
      log_.line("xrt.ini: " + pair.text(1) + "=" + pair.text(2));
    });
    host.answer(Answer().number(1, true));
  }

  uint8_t* memory(const char* what, uint64_t address, uint64_t bytes) const {
    uint8_t* found = banks_.find(address, bytes);
    if (found != nullptr) return found;
    throw Failure{"ADDRESS", format("%s of %llu bytes at 0x%llx is not inside one bank: %s", what,
                                    ull(bytes), ull(address), banks_.text().c_str())};
  }

  ComputeUnit& unitAt(const char* what, uint64_t address, uint64_t bytes) const {
    if (address % 4 != 0 || bytes < 4) {
      throw Failure{"ADDRESS", format("%s of registers at 0x%llx is not one of whole 32-bit words",
                                      what, ull(address))};
    }
    for (const auto& unit : units_) {
      if (unit->covers(address)) return *unit;
    }
    throw Failure{"ADDRESS", format("%s of a register at 0x%llx, where no compute unit is", what,
                                    ull(address))};
  }

  // The time of the device: of the unit that was clocked most.
  uint64_t cycle() const {
    uint64_t latest = 0;
    for (const auto& unit : units_) latest = std::max(latest, unit->cycle());
    return latest;
  }

  [[noreturn]] static void mismatch(const char* call, uint64_t announced, size_t sent) {
    throw Failure{"PROTOCOL", format("the message %s announces %llu bytes and has %zu", call,
                                     ull(announced), sent)};
  }


  const Platform& platform_;
  const EmulatorLog& log_;
  Banks banks_;
  std::map<std::string, std::unique_ptr<ModelLibrary>> libraries_;
  std::vector<std::unique_ptr<ComputeUnit>> units_;
  double cyclesPerMicrosecond_ = 1;
  bool wasRunning_ = false;
  Clock::time_point since_;
};

}  // namespace tilewright
