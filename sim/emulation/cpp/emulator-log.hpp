// The log of the device process. Its last line says how the process ended, and goes to standard error
// too when that was a failure: XRT sends the process's standard output nowhere.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "failure.hpp"

namespace tilewright {

class EmulatorLog {
 public:
  explicit EmulatorLog(std::string path) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor_ >= 0) return;
    throw Failure{"FILE_UNWRITABLE", format("cannot write the log %s: %s (TILEWRIGHT_LOG names it)",
                                            path_.c_str(), std::strerror(errno))};
  }

  EmulatorLog(const EmulatorLog&) = delete;
  EmulatorLog& operator=(const EmulatorLog&) = delete;
  ~EmulatorLog() { ::close(descriptor_); }

  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }

  // A line, or several: each is written whole, at once.
  void line(const std::string& text) const { writeAll(descriptor_, text + '\n'); }

  // `text` may have lines of detail behind its first; the first comes last, where a reader looks.
  void failure(const Failure& failure) const {
    const size_t end = failure.text.find('\n');
    if (end != std::string::npos) line(failure.text.substr(end + 1));
    const std::string last = "error " + failure.code + ": " + failure.text.substr(0, end);
    line(last);
    tell(last + " (" + path_ + ")");
    // In the file to which XRT sends its user for more, and with the words at which its shim gives up: it
    // would wait for the dead process for ever.
    const int shims = ::open("simulate.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (shims < 0) return;
    writeAll(shims, last + "\nERROR: the device process ended. Exiting xsim\n");
    ::close(shims);
  }

  static void tell(const std::string& text) {
    writeAll(STDERR_FILENO, "tilewright emulation: " + text + '\n');
  }

 private:
  static void writeAll(int descriptor, const std::string& text) {
    for (size_t written = 0; written < text.size();) {
      const ssize_t step = ::write(descriptor, text.data() + written, text.size() - written);
      if (step < 0 && errno != EINTR) return;
      if (step > 0) written += static_cast<size_t>(step);
    }
  }

  std::string path_;
  int descriptor_;
};

}  // namespace tilewright
