// What stops a simulation: thrown anywhere below the C interface, caught there, told to Node.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <string>

namespace tilewright {

// `code` is what a program looks at, e.g. "AXI_RULE"; `text` is what a person reads.
struct Failure {
  std::string code;
  std::string text;
};

__attribute__((format(printf, 1, 2))) inline std::string format(const char* pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  va_list copy;
  va_copy(copy, arguments);
  const int length = std::vsnprintf(nullptr, 0, pattern, copy);
  va_end(copy);
  std::string text(static_cast<size_t>(length), '\0');
  std::vsnprintf(text.data(), text.size() + 1, pattern, arguments);
  va_end(arguments);
  return text;
}

// A rule of the AXI4 protocol that the kernel broke. `rule` is a stable name, e.g. "payload-stable".
[[noreturn]] inline void brokenRule(const char* port, uint64_t cycle, const char* rule,
                                    const std::string& what) {
  throw Failure{"AXI_RULE", format("port %s, cycle %llu, rule %s: %s", port,
                                   static_cast<unsigned long long>(cycle), rule, what.c_str())};
}

}  // namespace tilewright
