// The AXI4-Lite master that writes and reads the kernel's registers, over the bus, as a host would.
#pragma once

#include <cstdint>
#include <string>

#include "axi-log.hpp"
#include "failure.hpp"
#include "memory-model.hpp"

namespace tilewright {

struct ControlSignals {
  uint16_t* awaddr;
  uint8_t* awvalid;
  const uint8_t* awready;
  uint32_t* wdata;
  uint8_t* wstrb;
  uint8_t* wvalid;
  const uint8_t* wready;
  const uint8_t* bresp;
  const uint8_t* bvalid;
  uint8_t* bready;
  uint16_t* araddr;
  uint8_t* arvalid;
  const uint8_t* arready;
  const uint32_t* rdata;
  const uint8_t* rresp;
  const uint8_t* rvalid;
  uint8_t* rready;
};

class ControlPort {
 public:
  static constexpr const char* kName = "s_axi_control";

  ControlPort(const ControlSignals& signals, const MemoryConfig& config)
      : signals_(signals), stalls_(config.stall, config.seed, kStallsOf) {
    reset();
  }

  void reset() {
    *signals_.awaddr = *signals_.araddr = 0;
    *signals_.wdata = 0;
    *signals_.wstrb = 0xF;
    *signals_.awvalid = *signals_.wvalid = *signals_.arvalid = 0;
    *signals_.bready = *signals_.rready = 1;
    writing_ = reading_ = addressTaken_ = dataTaken_ = waiting_ = false;
  }

  void checkReset(uint64_t cycle) const {
    if (*signals_.bvalid) brokenRule(kName, cycle, "reset", "bvalid is high while ap_rst_n is low");
    if (*signals_.rvalid) brokenRule(kName, cycle, "reset", "rvalid is high while ap_rst_n is low");
  }

  void beginWrite(uint32_t offset, uint32_t value) {
    *signals_.awaddr = static_cast<uint16_t>(offset);
    *signals_.wdata = value;
    addressTaken_ = dataTaken_ = false;
    writing_ = true;
  }

  void beginRead(uint32_t offset) {
    *signals_.araddr = static_cast<uint16_t>(offset);
    addressTaken_ = false;
    reading_ = true;
  }

  bool busy() const { return writing_ || reading_; }
  // Address and data of the write have both been taken; its response may be under way.
  bool writeTaken() const { return writing_ && addressTaken_ && dataTaken_; }
  uint32_t readValue() const { return value_; }

  // Where the memory stalls, this master does too: address before data or after it, and a response that
  // has to wait to be taken. A valid that is up stays up until its handshake.
  void drive() {
    if (!busy()) return;
    stalls_.draw();
    if (writing_) {
      show(signals_.awvalid, addressTaken_, 0);
      show(signals_.wvalid, dataTaken_, 1);
      *signals_.bready = !stalls_.withheld(2);
    } else {
      show(signals_.arvalid, addressTaken_, 0);
      *signals_.rready = !stalls_.withheld(2);
    }
  }

  bool sample(uint64_t cycle, AxiLog& log) {
    if (*signals_.bvalid && !writing_) unasked(cycle, "bvalid is high although no write was made");
    if (*signals_.rvalid && !reading_) unasked(cycle, "rvalid is high although no read was made");
    if (!busy()) return false;
    return writing_ ? sampleWrite(cycle, log) : sampleRead(cycle, log);
  }

  std::string state() const {
    return format("%s: AW valid=%d ready=%d, W valid=%d ready=%d, B valid=%d, AR valid=%d "
                  "ready=%d, R valid=%d",
                  kName, *signals_.awvalid, *signals_.awready, *signals_.wvalid, *signals_.wready,
                  *signals_.bvalid, *signals_.arvalid, *signals_.arready, *signals_.rvalid);
  }

 private:
  // Of the stalls' sequences: the ports of the memory count from 0.
  static constexpr uint64_t kStallsOf = 0xC0;

  void show(uint8_t* valid, bool taken, unsigned channel) {
    *valid = !taken && (*valid || !stalls_.withheld(channel));
  }

  bool sampleWrite(uint64_t cycle, AxiLog& log) {
    const bool answered = addressTaken_ && dataTaken_;
    bool progress = false;
    if (*signals_.bvalid && !answered) unasked(cycle, "bvalid came before the write was taken");
    if (takesResponse(cycle, "b", *signals_.bvalid, *signals_.bready, *signals_.bresp, 0)) {
      writing_ = false;
      progress = true;
      log.handshake(cycle, kName, "B", 0, 0);
    }
    if (*signals_.awvalid && *signals_.awready) {
      addressTaken_ = progress = true;
      log.handshake(cycle, kName, "AW", *signals_.awaddr, 1);
    }
    if (*signals_.wvalid && *signals_.wready) {
      dataTaken_ = progress = true;
      log.handshake(cycle, kName, "W", *signals_.awaddr, 1);
    }
    return progress;
  }

  bool sampleRead(uint64_t cycle, AxiLog& log) {
    bool progress = false;
    if (*signals_.rvalid && !addressTaken_) unasked(cycle, "rvalid came before the read was taken");
    if (takesResponse(cycle, "r", *signals_.rvalid, *signals_.rready, *signals_.rresp,
                      *signals_.rdata)) {
      value_ = *signals_.rdata;
      reading_ = false;
      progress = true;
      log.handshake(cycle, kName, "R", *signals_.araddr, 1);
    }
    if (*signals_.arvalid && *signals_.arready) {
      addressTaken_ = progress = true;
      log.handshake(cycle, kName, "AR", *signals_.araddr, 1);
    }
    return progress;
  }

  // The response channel `channel`, b or r, as this cycle shows it; true when it is taken.
  bool takesResponse(uint64_t cycle, const char* channel, bool valid, bool ready, uint8_t response,
                     uint32_t data) {
    if (waiting_ && !valid) {
      brokenRule(kName, cycle, "valid-held",
                 format("%svalid fell before %sready answered it", channel, channel));
    }
    if (waiting_ && (response != heldResponse_ || data != heldData_)) {
      brokenRule(kName, cycle, "payload-stable",
                 format("%s changed while %svalid waited for %sready",
                        response == heldResponse_ ? "rdata" : format("%sresp", channel).c_str(),
                        channel, channel));
    }
    waiting_ = valid && !ready;
    heldResponse_ = response;
    heldData_ = data;
    if (!valid) return false;
    if (response != 0) {
      brokenRule(kName, cycle, "okay",
                 format("%sresp is %u, an error; the register does not exist?", channel, response));
    }
    return ready;
  }

  [[noreturn]] static void unasked(uint64_t cycle, const char* what) {
    brokenRule(kName, cycle, "response-asked", what);
  }

  ControlSignals signals_;
  Stalls stalls_;
  bool writing_ = false;
  bool reading_ = false;
  bool addressTaken_ = false;
  bool dataTaken_ = false;
  // A response is shown that was not taken; it is held until it is.
  bool waiting_ = false;
  uint8_t heldResponse_ = 0;
  uint32_t heldData_ = 0;
  uint32_t value_ = 0;
};

}  // namespace tilewright
