// The calls of XRT's hardware emulation, by their numbers (`xcl_macros.h` in XRT's sources).
#pragma once

#include <cstdint>

namespace tilewright {

enum Api : uint32_t {
  kClose = 1,
  kAllocate = 4,
  kFree = 5,
  kCopyToDevice = 6,
  kCopyToHost = 7,
  kWriteMemory = 8,
  kWriteRegisters = 9,
  kReadMemory = 10,
  kReadRegisters = 11,
  kReadCounters = 14,
  kTraceCount = 15,
  kReadTrace = 16,
  kTimestamp = 17,
  kBusStatus = 18,
  kDebugMessages = 19,
  kSetEnvironment = 20,
  kCopyBuffer = 22,
  kImportBuffer = 27,
  kReadStreamCounters = 32,
  kReadStreamTrace = 33,
};

// Null for a call that this device does not know.
inline const char* apiName(uint32_t api) {
  switch (api) {
    case kClose: return "xclClose";
    case kAllocate: return "xclAllocDeviceBuffer";
    case kFree: return "xclFreeDeviceBuffer";
    case kCopyToDevice: return "xclCopyBufferHost2Device";
    case kCopyToHost: return "xclCopyBufferDevice2Host";
    case kWriteMemory: return "xclWriteAddrSpaceDeviceRam";
    case kWriteRegisters: return "xclWriteAddrKernelCtrl";
    case kReadMemory: return "xclReadAddrSpaceDeviceRam";
    case kReadRegisters: return "xclReadAddrKernelCtrl";
    case kReadCounters: return "xclPerfMonReadCounters";
    case kTraceCount: return "xclPerfMonGetTraceCount";
    case kReadTrace: return "xclPerfMonReadTrace";
    case kTimestamp: return "xclGetDeviceTimestamp";
    case kBusStatus: return "xclReadBusStatus";
    case kDebugMessages: return "xclGetDebugMessages";
    case kSetEnvironment: return "xclSetEnvironment";
    case kCopyBuffer: return "xclCopyBO";
    case kImportBuffer: return "xclImportBO";
    case kReadStreamCounters: return "xclPerfMonReadCounters_Streaming";
    case kReadStreamTrace: return "xclPerfMonReadTrace_Streaming";
    default: return nullptr;
  }
}

}  // namespace tilewright
