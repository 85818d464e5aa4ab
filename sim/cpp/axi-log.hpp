// Every handshake as a line of CSV, so that anyone can recompute a figure.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "failure.hpp"

namespace tilewright {

class AxiLog {
 public:
  AxiLog() = default;
  AxiLog(const AxiLog&) = delete;
  AxiLog& operator=(const AxiLog&) = delete;
  ~AxiLog() {
    if (file_ != nullptr) std::fclose(file_);
  }

  void open(const std::string& path) {
    file_ = std::fopen(path.c_str(), "w");
    if (file_ == nullptr) refuse(path);
    path_ = path;
    std::setvbuf(file_, nullptr, _IOFBF, 1 << 20);
    std::fputs("cycle,port,channel,address,beats\n", file_);
  }

  bool isOpen() const { return file_ != nullptr; }

  void handshake(uint64_t cycle, const char* port, const char* channel, uint64_t address,
                 uint32_t beats) {
    if (file_ == nullptr) return;
    std::fprintf(file_, "%llu,%s,%s,0x%llx,%u\n", static_cast<unsigned long long>(cycle), port,
                 channel, static_cast<unsigned long long>(address), beats);
  }

  // `what` is start or done: between the two lie the cycles that a run is charged with.
  void mark(uint64_t cycle, const char* what) {
    if (file_ == nullptr) return;
    std::fprintf(file_, "%llu,kernel,%s,,\n", static_cast<unsigned long long>(cycle), what);
  }

  // Said at the end, because a full disk shows only when the buffer is written out.
  void close() {
    if (file_ == nullptr) return;
    const bool broken = std::ferror(file_) != 0;
    const bool closed = std::fclose(file_) == 0;
    file_ = nullptr;
    if (broken || !closed) refuse(path_);
  }

 private:
  [[noreturn]] static void refuse(const std::string& path) {
    throw Failure{"FILE_UNWRITABLE",
                  format("cannot write %s: %s", path.c_str(), std::strerror(errno))};
  }

  FILE* file_ = nullptr;
  std::string path_;
};

}  // namespace tilewright
