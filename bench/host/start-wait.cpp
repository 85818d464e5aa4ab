// Starts a kernel and waits for it, again and again, through XRT's C++ interface.
//   start-wait FILE.xclbin RUNS: the median of one start and wait, and of one that reads the output too, microseconds
// The kernel is vector_add (two inputs, one output, a length), over sixteen elements.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

int main(int, char** arguments) {
  xrt::device device(0);
  const auto uuid = device.load_xclbin(arguments[1]);
  xrt::kernel kernel(device, uuid, "vector_add");
  xrt::run run(kernel);
  std::vector<xrt::bo> buffers;
  for (int index = 0; index < 3; index++) {
    buffers.emplace_back(device, 4096, kernel.group_id(index));
    buffers.back().sync(XCL_BO_SYNC_BO_TO_DEVICE);
    run.set_arg(index, buffers.back());
  }
  run.set_arg(3, 16u);
  for (const bool read : {false, true}) {
    std::vector<double> times;
    for (int turn = -50; turn < std::atoi(arguments[2]); turn++) {
      const auto from = std::chrono::steady_clock::now();
      run.start();
      run.wait();
      if (read) buffers.back().sync(XCL_BO_SYNC_BO_FROM_DEVICE);
      const std::chrono::duration<double, std::micro> took =
          std::chrono::steady_clock::now() - from;
      if (turn >= 0) times.push_back(took.count());
    }
    std::sort(times.begin(), times.end());
    std::fprintf(stderr, "%s %.3f\n", read ? "read" : "median", times[times.size() / 2]);
  }
}
