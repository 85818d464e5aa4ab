// What the host needs of a compiled kernel, by hand: each row says in its first word what is to happen.
#include <chrono>
#include <cstring>
#include <string>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include "tilewright_entry.h"

namespace {
enum mode : uint32_t { fail_row = 1, print_row = 2, sleep_row = 3, tell_thread = 4, tell_at_once = 5 };

struct Workspace {
  std::string message, log;
};
} // namespace

TILEWRIGHT_EXPORT void *tilewright_open() { return new Workspace; }
TILEWRIGHT_EXPORT void tilewright_close(void *workspace) { delete static_cast<Workspace *>(workspace); }

TILEWRIGHT_EXPORT int tilewright_run(void *raw, const uint64_t *arguments, tilewright_outcome *outcome) {
  Workspace &workspace = *static_cast<Workspace *>(raw);
  const auto *values = reinterpret_cast<const uint32_t *>(arguments[0]);
  auto *sums = reinterpret_cast<uint32_t *>(arguments[2]);
  const uint64_t rows = arguments[4];
  workspace.log.clear();
  const auto failed = [&](const char *code, const std::string &message) {
    workspace.message = message;
    outcome->code = code;
    outcome->message = workspace.message.c_str();
    return 1;
  };
  for (uint64_t row = 0; row < rows; ++row) {
    if ((row + 1) * 192 > arguments[1] || (row + 1) * 64 > arguments[3])
      return failed("OUT_OF_RANGE", "row " + std::to_string(row) + " is outside");
    const uint32_t *given = values + row * 48;
    uint32_t total = 0;
    for (int at = 1; at < 48; ++at) total += given[at];
    switch (given[0]) {
    case fail_row:
      return failed("ASSERTION", "row " + std::to_string(row) + " fails");
    case print_row:
      workspace.log += "row " + std::to_string(row) + "\n";
      break;
    case sleep_row:
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      break;
    case tell_thread:
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      [[fallthrough]];
    case tell_at_once:
      total = static_cast<uint32_t>(syscall(SYS_gettid));
      break;
    }
    for (int at = 0; at < 16; ++at) sums[row * 16 + at] = total + at;
  }
  outcome->log = workspace.log.c_str();
  outcome->log_bytes = workspace.log.size();
  return 0;
}
