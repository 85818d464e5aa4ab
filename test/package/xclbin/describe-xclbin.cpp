// Prints what XRT itself reads in an xclbin: one line a thing, for the test to compare.
#include <cstdio>
#include <experimental/xrt_xclbin.h>

int main(int, char** argv) {
  xrt::xclbin xclbin{std::string(argv[1])};
  const bool emulated = xclbin.get_target_type() == xrt::xclbin::target_type::hw_emu;
  std::printf("%s %s %s\n", emulated ? "hw_emu" : "other", xclbin.get_xsa_name().c_str(),
              xclbin.get_uuid().to_string().c_str());
  for (const auto& mem : xclbin.get_mems())
    std::printf("bank %d %s type %d base %llx KiB %llu used %d\n", mem.get_index(),
                mem.get_tag().c_str(), static_cast<int>(mem.get_type()),
                static_cast<unsigned long long>(mem.get_base_address()),
                static_cast<unsigned long long>(mem.get_size_kb()), mem.get_used());
  for (const auto& kernel : xclbin.get_kernels()) {
    std::printf("kernel %s\n", kernel.get_name().c_str());
    for (const auto& arg : kernel.get_args())
      std::printf("arg %zu %s %s %s size %llx offset %llx\n", arg.get_index(),
                  arg.get_name().c_str(), arg.get_port().c_str(), arg.get_host_type().c_str(),
                  static_cast<unsigned long long>(arg.get_size()),
                  static_cast<unsigned long long>(arg.get_offset()));
    for (const auto& cu : kernel.get_cus()) {
      std::printf("cu %s base %llx size %zx control %d\n", cu.get_name().c_str(),
                  static_cast<unsigned long long>(cu.get_base_address()), cu.get_size(),
                  static_cast<int>(cu.get_control_type()));
      for (const auto& arg : cu.get_args())
        for (const auto& mem : arg.get_mems())
          std::printf("connection %s %s\n", arg.get_name().c_str(), mem.get_tag().c_str());
    }
  }
}
