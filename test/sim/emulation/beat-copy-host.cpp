// A host as anybody would write it against XRT's C++ interface: runs both compute units of beat_copy, several
// times, and counts the bytes that are not as they should be: copied, the low 8 of each 64 XORed with a mask.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>

#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

namespace {

constexpr size_t kBytes = 64 * 64;
constexpr uint64_t kMask = 0x0123456789abcdefull;

uint8_t patternAt(size_t index, unsigned seed) {
  return static_cast<uint8_t>(index * 31 + seed * 7 + (index >> 8));
}

uint8_t maskAt(size_t index) {
  return index % 64 < 8 ? static_cast<uint8_t>(kMask >> index % 64 * 8) : 0;
}

void await(xrt::run& run) {
  // A longer wait sleeps whole seconds in hardware emulation.
  while (run.state() != ERT_CMD_STATE_COMPLETED) run.wait(std::chrono::milliseconds(1));
}

int copies(const std::string& file, int rounds, uint32_t fault) {
  auto device = xrt::device(0);
  const auto uuid = device.load_xclbin(file);
  int wrong = 0;
  for (const char* unit : {"beat_copy:{beat_copy_1}", "beat_copy:{beat_copy_2}"}) {
    auto kernel = xrt::kernel(device, uuid, unit);
    auto source = xrt::bo(device, kBytes, kernel.group_id(0));
    auto target = xrt::bo(device, kBytes, kernel.group_id(1));
    auto* in = source.map<uint8_t*>();
    auto* out = target.map<uint8_t*>();
    for (int round = 0; round < rounds; ++round) {
      for (size_t index = 0; index < kBytes; ++index) {
        in[index] = patternAt(index, round);
        out[index] = 0;
      }
      source.sync(XCL_BO_SYNC_BO_TO_DEVICE);
      target.sync(XCL_BO_SYNC_BO_TO_DEVICE);
      auto run = kernel(source, target, kMask, uint32_t{16}, uint32_t{4}, fault);
      await(run);
      target.sync(XCL_BO_SYNC_BO_FROM_DEVICE);
      for (size_t index = 0; index < kBytes; ++index) wrong += out[index] != (in[index] ^ maskAt(index));
    }
    std::printf("%s at 0x%llx and 0x%llx\n", unit,
                static_cast<unsigned long long>(source.address()),
                static_cast<unsigned long long>(target.address()));
  }
  std::printf("%d bytes are wrong\n", wrong);
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  try {
    return copies(words[1], std::stoi(words[2]), count > 3 ? std::stoul(words[3]) : 0);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
