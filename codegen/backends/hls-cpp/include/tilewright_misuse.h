// What the g++ headers of tilewright throw where hardware would hang or read what nobody wrote.
#ifndef TILEWRIGHT_MISUSE_H
#define TILEWRIGHT_MISUSE_H

#include <stdexcept>
#include <string>

namespace tilewright {

/// The codes are those of the golden model: STREAM_EMPTY, OUT_OF_RANGE, BURST_LENGTH, NOT_REQUESTED, UNFINISHED;
/// and OUTSTANDING, since the model has no end of bursts in flight.
struct misuse : std::runtime_error {
  misuse(const char *code_, const std::string &message) : std::runtime_error(message), code(code_) {}
  const char *code;
};

[[noreturn]] __attribute__((noinline, cold)) inline void report_misuse(const char *code,
                                                                       const std::string &message) {
  throw misuse(code, message);
}

/// What streams held when they went out of scope, since a destructor must not throw.
inline std::string &leftovers() {
  static thread_local std::string text;
  return text;
}

} // namespace tilewright

#endif
