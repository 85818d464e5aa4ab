// What the g++ headers of tilewright throw where hardware would hang or read what nobody wrote.
#ifndef TILEWRIGHT_MISUSE_H
#define TILEWRIGHT_MISUSE_H

#include <stdexcept>
#include <string>

namespace tilewright {

struct misuse : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] __attribute__((noinline, cold)) inline void report_misuse(const std::string &message) {
  throw misuse(message);
}

} // namespace tilewright

#endif
