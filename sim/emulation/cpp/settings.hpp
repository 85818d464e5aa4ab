// What the device process is told: the platform, from the file beside it, and the user's wishes, from the
// environment.
#pragma once

#include <unistd.h>

#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

#include "failure.hpp"
#include "memory-model.hpp"

namespace tilewright {

struct BankDescription {
  std::string name;
  uint64_t base;
  uint64_t bytes;
};

// A port of a compute unit, by its place in the manifest, and the bank behind it.
struct PortDescription {
  std::string name;
  size_t bank;
};

struct UnitDescription {
  std::string instance;
  uint64_t base;
  std::string library;        // the Verilated model
  std::string traceLibrary;   // the same, able to write a trace
  std::vector<PortDescription> ports;
};

struct Platform {
  std::string name;
  std::vector<BankDescription> banks;
  std::vector<UnitDescription> units;
};

// Lines of words: `platform NAME`, `bank NAME BASE BYTES`, `unit INSTANCE BASE LIBRARY TRACE_LIBRARY`, and
// for each of its ports in order `port NAME BANK`. Text, because this process reads nothing else.
inline Platform readPlatform(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw Failure{"PLATFORM", format("cannot read %s", path.c_str())};
  Platform platform;
  std::string line;
  for (unsigned number = 1; std::getline(file, line); ++number) {
    std::istringstream words(line);
    std::string kind;
    if (!(words >> kind)) continue;
    words >> std::setbase(0);
    if (kind == "platform") {
      words >> platform.name;
    } else if (kind == "bank") {
      BankDescription bank{};
      words >> bank.name >> bank.base >> bank.bytes;
      platform.banks.push_back(bank);
    } else if (kind == "unit") {
      UnitDescription unit{};
      words >> unit.instance >> unit.base >> unit.library >> unit.traceLibrary;
      platform.units.push_back(unit);
    } else if (kind == "port" && !platform.units.empty()) {
      PortDescription port{};
      words >> port.name >> port.bank;
      if (port.bank >= platform.banks.size()) words.setstate(std::ios::failbit);
      platform.units.back().ports.push_back(port);
    } else {
      words.setstate(std::ios::failbit);
    }
    if (words.fail()) {
      throw Failure{"PLATFORM", format("%s:%u cannot be understood: %s", path.c_str(), number,
                                       line.c_str())};
    }
  }
  return platform;
}

// The folder in which the host runs: this process was started elsewhere, and a path that the user gives
// is meant from where the user is.
inline std::string hostFolder() {
  char folder[PATH_MAX];
  const std::string link = format("/proc/%d/cwd", static_cast<int>(::getppid()));
  const ssize_t length = ::readlink(link.c_str(), folder, sizeof folder - 1);
  return length > 0 ? std::string(folder, static_cast<size_t>(length)) : ".";
}

inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

inline std::string pathFrom(const std::string& folder, const std::string& path) {
  return path.empty() || path[0] == '/' ? path : folder + "/" + path;
}

// `latency=64,outstanding=16,stall=0.1,seed=3`; what is not given stays as it is.
inline MemoryConfig memoryConfig(const std::string& text) {
  MemoryConfig config{64, 64, 0, 1};
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const size_t equals = part.find('=');
    const std::string name = part.substr(0, equals);
    const std::string digits = equals == std::string::npos ? "" : part.substr(equals + 1);
    char* end = nullptr;
    const double value = std::strtod(digits.c_str(), &end);
    const bool isNumber = !digits.empty() && *end == '\0';
    const auto within = [&](double low, double high, bool whole) {
      return isNumber && value >= low && value <= high &&
             (!whole || value == static_cast<double>(static_cast<uint64_t>(value)));
    };
    if (name == "latency" && within(1, 100000, true)) {
      config.latency = static_cast<uint32_t>(value);
    } else if (name == "outstanding" && within(1, 4096, true)) {
      config.outstanding = static_cast<uint32_t>(value);
    } else if (name == "stall" && within(0, 0.95, false)) {
      config.stall = value;
    } else if (name == "seed" && within(0, 9007199254740991.0, true)) {
      config.seed = static_cast<uint64_t>(value);
    } else {
      throw Failure{"SETTINGS",
                    format("TILEWRIGHT_MEMORY=%s: '%s' is not understood; it takes latency (1 to "
                           "100000), outstanding (1 to 4096), stall (0 to 0.95) and seed, e.g. "
                           "latency=64,stall=0.1,seed=3",
                           text.c_str(), part.c_str())};
    }
  }
  return config;
}

struct Settings {
  std::string log;
  std::string trace;   // empty: none
  std::string axiLog;  // empty: none
  std::string memoryText;
  // The two sockets on which the host listens.
  std::string calls;
  std::string hostMemory;
};

inline Settings readSettings() {
  const std::string folder = hostFolder();
  Settings settings;
  settings.log = pathFrom(folder, environment("TILEWRIGHT_LOG"));
  if (settings.log.empty()) {
    const std::string run = environment("EMULATION_RUN_DIR");
    settings.log = (run.empty() ? "." : run) + "/tilewright.log";
  }
  settings.trace = pathFrom(folder, environment("TILEWRIGHT_TRACE"));
  settings.axiLog = pathFrom(folder, environment("TILEWRIGHT_AXI_LOG"));
  settings.memoryText = environment("TILEWRIGHT_MEMORY");
  // The names that the shim makes of the same two variables; without USER it has a fixed one.
  const char* user = std::getenv("USER");
  const std::string id = environment("EMULATION_SOCKETID");
  const std::string sockets = user == nullptr ? "/tmp/" : std::string("/tmp/") + user + "/";
  settings.calls = sockets + (user == nullptr || id.empty() ? "xcl_sock" : id);
  settings.hostMemory = sockets + "D2X_unix_sock" + (id.empty() ? "" : "_" + id);
  return settings;
}

// With several compute units each has a file of its own: `wave.fst` becomes `wave.INSTANCE.fst`.
inline std::string fileOf(const std::string& path, const std::string& instance, size_t units) {
  if (path.empty() || units == 1) return path;
  const size_t dot = path.rfind('.');
  const size_t slash = path.rfind('/');
  const bool extension = dot != std::string::npos && (slash == std::string::npos || dot > slash);
  return extension ? path.substr(0, dot) + "." + instance + path.substr(dot)
                   : path + "." + instance;
}

}  // namespace tilewright
