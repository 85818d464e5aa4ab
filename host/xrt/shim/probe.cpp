// Loads the library that it is given as XRT does, and prints what was repaired.
#include <cstdio>
#include <dlfcn.h>

int main(int, char** arguments) {
  void* const library = dlopen(arguments[1], RTLD_LAZY | RTLD_GLOBAL);
  if (library == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  const auto repairs = reinterpret_cast<unsigned (*)()>(dlsym(library, "tilewright_shim_repairs"));
  // OpenCL and XRT look the shim's own functions up through the library that they loaded.
  if (repairs == nullptr || dlsym(library, "xclProbe") == nullptr) return 2;
  std::printf("%u\n", repairs());
}
