// A Verilated kernel as a shared library, with the C interface of sim/cpp/c-interface.hpp: the very library
// that simulates the kernel from Node, so that it is built once for both.
#pragma once

#include <dlfcn.h>

#include <cstdint>
#include <string>

#include "failure.hpp"

namespace tilewright {

class ModelLibrary {
 public:
  explicit ModelLibrary(const std::string& path) {
    handle_ = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) {
      throw Failure{"MODEL", format("cannot load the model of a kernel: %s", ::dlerror())};
    }
    take(open, "tw_open");
    take(finish, "tw_finish");
    take(free, "tw_free");
    take(failureCode, "tw_failure_code");
    take(failureText, "tw_failure_text");
    take(log, "tw_log");
    take(bind, "tw_bind");
    take(writeRegister, "tw_write_register");
    take(readRegister, "tw_read_register");
    take(start, "tw_start");
    take(run, "tw_run");
    take(acknowledge, "tw_acknowledge");
    take(counters, "tw_counters");
  }

  ModelLibrary(const ModelLibrary&) = delete;
  ModelLibrary& operator=(const ModelLibrary&) = delete;

  void* (*open)(uint32_t latency, uint32_t outstanding, double stall, uint64_t seed,
                uint64_t patience, const char* axiLog, const char* trace);
  int32_t (*finish)(void*);
  void (*free)(void*);
  const char* (*failureCode)(void*);
  const char* (*failureText)(void*);
  const char* (*log)(void*);
  int32_t (*bind)(void*, uint32_t port, const char* name, uint64_t base, uint8_t* data,
                  uint64_t bytes);
  int32_t (*writeRegister)(void*, uint32_t offset, uint32_t value);
  int32_t (*readRegister)(void*, uint32_t offset, uint32_t* value);
  int32_t (*start)(void*);
  int32_t (*run)(void*, uint64_t cycles);
  int32_t (*acknowledge)(void*);
  void (*counters)(void*, uint64_t*);

 private:
  template <class Function>
  void take(Function& function, const char* name) {
    function = reinterpret_cast<Function>(::dlsym(handle_, name));
    if (function != nullptr) return;
    throw Failure{"MODEL", format("the model of a kernel lacks %s: it and this process were built by "
                                  "different versions of tilewright",
                                  name)};
  }

  void* handle_;
};

}  // namespace tilewright
