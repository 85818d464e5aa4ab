// The lines that the kernel's print() and assert() write: "TILEWRIGHT <process> <line> P|F <text>".
#pragma once

#include <cstdarg>
#include <cstring>
#include <string>

#include "failure.hpp"
#include "log-hook.hpp"

namespace tilewright {

// The log of the model that is being clocked by this thread.
inline std::string*& activeLog() {
  static thread_local std::string* log = nullptr;
  return log;
}

// Where what the processes say of themselves goes while they are asked (see `Simulation::ask`).
inline std::string*& activeWatch() {
  static thread_local std::string* watch = nullptr;
  return watch;
}

// Lines without the mark are the simulator's own; a failed assertion ends the run.
inline void takeLine(const std::string& line) {
  static const char asked[] = "TILEWRIGHT-WATCH ";
  if (line.compare(0, sizeof asked - 1, asked) == 0) {
    if (activeWatch() != nullptr) *activeWatch() += line.substr(sizeof asked - 1);
    return;
  }
  static const char mark[] = "TILEWRIGHT ";
  std::string* log = activeLog();
  if (log == nullptr || line.compare(0, sizeof mark - 1, mark) != 0) return;
  const std::string entry = line.substr(sizeof mark - 1);
  const size_t kind = entry.find(' ', entry.find(' ') + 1) + 1;
  if (entry[kind] == 'F') throw Failure{"ASSERTION", entry};
  *log += entry;
  if (entry.back() != '\n') *log += '\n';
}

}  // namespace tilewright

extern "C" int tilewright_printf(const char* pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  va_list copy;
  va_copy(copy, arguments);
  const int length = std::vsnprintf(nullptr, 0, pattern, copy);
  va_end(copy);
  std::string text(static_cast<size_t>(length), '\0');
  std::vsnprintf(text.data(), text.size() + 1, pattern, arguments);
  va_end(arguments);
  tilewright::takeLine(text);
  return length;
}
