// Where print() and assert() of a kernel go when Node runs it: to be included before the kernel.
#ifndef TILEWRIGHT_LOG_H
#define TILEWRIGHT_LOG_H

#include <cstdarg>
#include <cstdio>
#include <string>

#include "tilewright_misuse.h"

namespace tilewright {

/// What the last run of this thread printed, each line ended by a newline.
inline std::string &log_lines() {
  static thread_local std::string lines;
  return lines;
}

__attribute__((format(printf, 1, 2))) inline std::string formatted(const char *pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  va_list copy;
  va_copy(copy, arguments);
  std::string text(static_cast<size_t>(std::vsnprintf(nullptr, 0, pattern, copy)), '\0');
  va_end(copy);
  std::vsnprintf(text.data(), text.size() + 1, pattern, arguments);
  va_end(arguments);
  return text;
}

} // namespace tilewright

#define TILEWRIGHT_PRINT(...) (tilewright::log_lines() += tilewright::formatted(__VA_ARGS__) + "\n")
#define TILEWRIGHT_FAIL(...) \
  tilewright::report_misuse("ASSERTION", "assertion failed: " + tilewright::formatted(__VA_ARGS__))

#endif
