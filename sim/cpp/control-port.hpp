// The AXI4-Lite master that writes and reads the kernel's registers, over the bus, as a host would.
#pragma once

#include <cstdint>
#include <string>

#include "axi-log.hpp"
#include "failure.hpp"

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

  explicit ControlPort(const ControlSignals& signals) : signals_(signals) { reset(); }

  void reset() {
    *signals_.awaddr = *signals_.araddr = 0;
    *signals_.wdata = 0;
    *signals_.wstrb = 0xF;
    *signals_.awvalid = *signals_.wvalid = *signals_.arvalid = 0;
    *signals_.bready = *signals_.rready = 1;
    writing_ = reading_ = addressTaken_ = dataTaken_ = false;
  }

  void beginWrite(uint32_t offset, uint32_t value) {
    *signals_.awaddr = static_cast<uint16_t>(offset);
    *signals_.wdata = value;
    *signals_.awvalid = *signals_.wvalid = 1;
    addressTaken_ = dataTaken_ = false;
    writing_ = true;
  }

  void beginRead(uint32_t offset) {
    *signals_.araddr = static_cast<uint16_t>(offset);
    *signals_.arvalid = 1;
    addressTaken_ = false;
    reading_ = true;
  }

  bool busy() const { return writing_ || reading_; }
  // Address and data of the write have both been taken; its response may be under way.
  bool writeTaken() const { return writing_ && addressTaken_ && dataTaken_; }
  uint32_t readValue() const { return value_; }

  void drive() {
    if (!busy()) return;
    if (addressTaken_) *signals_.awvalid = *signals_.arvalid = 0;
    if (dataTaken_) *signals_.wvalid = 0;
  }

  bool sample(uint64_t cycle, AxiLog& log) {
    if (!busy()) {
      if (*signals_.bvalid || *signals_.rvalid) {
        brokenRule(kName, cycle, "response-asked",
                   format("%s is high although nothing was asked for",
                          *signals_.bvalid ? "bvalid" : "rvalid"));
      }
      return false;
    }
    return writing_ ? sampleWrite(cycle, log) : sampleRead(cycle, log);
  }

  std::string state() const {
    return format("%s: AW valid=%d ready=%d, W valid=%d ready=%d, B valid=%d, AR valid=%d "
                  "ready=%d, R valid=%d",
                  kName, *signals_.awvalid, *signals_.awready, *signals_.wvalid, *signals_.wready,
                  *signals_.bvalid, *signals_.arvalid, *signals_.arready, *signals_.rvalid);
  }

 private:
  bool sampleWrite(uint64_t cycle, AxiLog& log) {
    const bool answered = addressTaken_ && dataTaken_;
    bool progress = false;
    if (*signals_.bvalid) {
      if (!answered) {
        brokenRule(kName, cycle, "response-asked", "bvalid came before the write was taken");
      }
      checkResponse(cycle, "bresp", *signals_.bresp);
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
    if (*signals_.rvalid) {
      if (!addressTaken_) {
        brokenRule(kName, cycle, "response-asked", "rvalid came before the read was taken");
      }
      checkResponse(cycle, "rresp", *signals_.rresp);
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

  static void checkResponse(uint64_t cycle, const char* signal, uint8_t response) {
    if (response == 0) return;
    brokenRule(kName, cycle, "okay",
               format("%s is %u, an error; the register does not exist?", signal, response));
  }

  ControlSignals signals_;
  bool writing_ = false;
  bool reading_ = false;
  bool addressTaken_ = false;
  bool dataTaken_ = false;
  uint32_t value_ = 0;
};

}  // namespace tilewright
