// A host as one writes it for a card: runs each kernel that it is told of on the same two vectors.
#include <cstdint>
#include <cstdio>
#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

int main(int count, char** words) {
  const int length = 100;
  xrt::device device(0);
  const auto uuid = device.load_xclbin(words[1]);
  for (int word = 2; word < count; word++) {
    xrt::kernel kernel(device, uuid, words[word]);
    xrt::bo a(device, length * 4, kernel.group_id(0));
    xrt::bo b(device, length * 4, kernel.group_id(1));
    xrt::bo c(device, length * 4, kernel.group_id(2));
    auto* x = a.map<int32_t*>();
    auto* y = b.map<int32_t*>();
    auto* z = c.map<int32_t*>();
    for (int i = 0; i < length; i++) {
      x[i] = 1000 * i;
      y[i] = i * i + 1;
      z[i] = 0;
    }
    a.sync(XCL_BO_SYNC_BO_TO_DEVICE);
    b.sync(XCL_BO_SYNC_BO_TO_DEVICE);
    c.sync(XCL_BO_SYNC_BO_TO_DEVICE);
    kernel(a, b, c, length).wait();
    c.sync(XCL_BO_SYNC_BO_FROM_DEVICE);
    long long sum = 0;
    for (int i = 0; i < length; i++) sum += z[i];
    std::printf("%s banks %d %d %d: %d %d sum %lld\n", words[word], kernel.group_id(0),
                kernel.group_id(1), kernel.group_id(2), z[1], z[99], sum);
  }
}
