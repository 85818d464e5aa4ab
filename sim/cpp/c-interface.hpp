// The functions that Node calls: 0 or more is well, -1 says that the handle holds a failure.
//
// To be included once, after `tilewright::Kernel`, which is generated.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "run-log.hpp"
#include "simulation.hpp"

// Everything else stays inside: two models in one process must not share a symbol.
#define TILEWRIGHT_API extern "C" __attribute__((visibility("default")))

namespace tilewright {

struct Model {
  std::unique_ptr<Simulation<Kernel>> simulation;
  Failure failure;
  std::string log;
  std::string profile;
  std::string told;

  // Once failed, a simulation stays failed: its state says nothing any more.
  template <class Work>
  int32_t guarded(Work work) {
    if (!failure.code.empty()) return -1;
    activeLog() = &log;
    try {
      return work();
    } catch (const Failure& caught) {
      failure = caught;
    } catch (const std::exception& caught) {
      failure = {"INTERNAL", caught.what()};
    }
    return -1;
  }
};

inline Model& model(void* handle) { return *static_cast<Model*>(handle); }

}  // namespace tilewright

TILEWRIGHT_API void* tw_open(uint32_t latency, uint32_t outstanding, double stall, uint64_t seed,
                             uint64_t patience, const char* axiLog, const char* trace) {
  using namespace tilewright;
  auto* opened = new Model;
  opened->guarded([&] {
    const SimulationConfig config{
        {latency, outstanding, stall, seed}, patience, axiLog, trace};
    opened->simulation = std::make_unique<Simulation<Kernel>>(config);
    return 0;
  });
  return opened;
}

// Writes log and trace out, also after a failure: what led to it is what their reader wants.
TILEWRIGHT_API int32_t tw_finish(void* handle) {
  auto& model = tilewright::model(handle);
  tilewright::Failure before;
  std::swap(before, model.failure);
  const int32_t status = model.guarded([&] {
    if (model.simulation != nullptr) model.simulation->finish();
    return 0;
  });
  return status;
}

TILEWRIGHT_API void tw_free(void* handle) { delete &tilewright::model(handle); }

TILEWRIGHT_API const char* tw_failure_code(void* handle) {
  return tilewright::model(handle).failure.code.c_str();
}

TILEWRIGHT_API const char* tw_failure_text(void* handle) {
  return tilewright::model(handle).failure.text.c_str();
}

// The lines of the kernel's log since the last start.
TILEWRIGHT_API const char* tw_log(void* handle) { return tilewright::model(handle).log.c_str(); }

// The last run's profile as JSON (see `Profile`); empty where the model was not built for it.
TILEWRIGHT_API const char* tw_profile(void* handle) {
  auto& model = tilewright::model(handle);
  if (model.simulation != nullptr) model.profile = model.simulation->profile();
  return model.profile.c_str();
}

TILEWRIGHT_API int32_t tw_bind(void* handle, uint32_t port, const char* name, uint64_t base,
                               uint8_t* data, uint64_t bytes) {
  auto& model = tilewright::model(handle);
  return model.guarded([&] {
    model.simulation->bind(port, {name, base, bytes, data});
    return 0;
  });
}

TILEWRIGHT_API int32_t tw_unbind(void* handle) {
  auto& model = tilewright::model(handle);
  if (model.simulation != nullptr) model.simulation->unbind();
  return 0;
}

TILEWRIGHT_API int32_t tw_write_register(void* handle, uint32_t offset, uint32_t value) {
  auto& model = tilewright::model(handle);
  return model.guarded([&] {
    model.simulation->writeRegister(offset, value);
    return 0;
  });
}

TILEWRIGHT_API int32_t tw_read_register(void* handle, uint32_t offset, uint32_t* value) {
  auto& model = tilewright::model(handle);
  return model.guarded([&] {
    *value = model.simulation->readRegister(offset);
    return 0;
  });
}

TILEWRIGHT_API int32_t tw_start(void* handle) {
  auto& model = tilewright::model(handle);
  return model.guarded([&] {
    model.log.clear();
    model.simulation->start();
    return 0;
  });
}

// 0: still running; 1: done.
TILEWRIGHT_API int32_t tw_run(void* handle, uint64_t cycles) {
  auto& model = tilewright::model(handle);
  return model.guarded([&] {
    return model.simulation->run(cycles) == tilewright::RunState::done ? 1 : 0;
  });
}

// What each process is about, a line each. The kernel cannot go on afterwards.
TILEWRIGHT_API const char* tw_ask(void* handle) {
  auto& model = tilewright::model(handle);
  if (model.simulation != nullptr) model.told = model.simulation->ask();
  return model.told.c_str();
}

TILEWRIGHT_API int32_t tw_acknowledge(void* handle) {
  auto& model = tilewright::model(handle);
  return model.guarded([&] {
    model.simulation->acknowledge();
    return 0;
  });
}

// counters: cycle now, cycle of start, cycle of done, then bursts and beats of each port by index.
TILEWRIGHT_API void tw_counters(void* handle, uint64_t* counters) {
  auto& model = tilewright::model(handle);
  if (model.simulation == nullptr) return;
  counters[0] = model.simulation->cycle();
  counters[1] = model.simulation->startCycle();
  counters[2] = model.simulation->doneCycle();
  model.simulation->kernel().eachPort([&](auto& port) {
    counters[3 + 2 * port.index()] = port.bursts();
    counters[4 + 2 * port.index()] = port.beats();
  });
}
