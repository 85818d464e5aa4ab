// hls::burst_maxi for g++: bursts on a buffer in memory, in the order of their requests (UG1399, "Using
// Manual Burst"). What hardware would hang on or get wrong throws tilewright::misuse with the memory's
// name and the beat: a burst outside the buffer, a beat that nobody requested, a response before the last
// beat, more bursts in flight than the port is said to have (it would wait for room that only the waiting
// process can make), and at the end beats left over and responses not collected.
#ifndef TILEWRIGHT_HLS_BURST_MAXI_H
#define TILEWRIGHT_HLS_BURST_MAXI_H

#include "tilewright_misuse.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>

namespace hls {

template <typename T> class burst_maxi {
public:
  /// A buffer of unknown size, as Vitis' C simulation passes it: only the order of calls is checked.
  burst_maxi(T *data) : burst_maxi(data, SIZE_MAX, "m_axi", SIZE_MAX) {}
  /// `bytes` bytes at `data`, which need no alignment; `outstanding` requests may be in flight: read ones
  /// until their last beat was read, write ones until their response was collected.
  burst_maxi(void *data, std::size_t bytes, const char *name, std::size_t outstanding = SIZE_MAX)
      : port_(std::make_shared<port>(static_cast<char *>(data), bytes / sizeof(T), name, outstanding)) {}

  void read_request(std::size_t beat, std::size_t beats) {
    port &p = *port_;
    p.enter("read", p.reads_open, beat);
    p.reads.push_back(p.check("read", beat, beats));
    // As in hardware, what is asked for ahead is on its way before it is read.
    const std::size_t ahead = beats < 4 ? beats : 4;
    for (std::size_t i = 0; i < ahead; ++i) __builtin_prefetch(p.data + (beat + i) * sizeof(T));
  }
  T read() {
    port &p = *port_;
    if (p.read_left == 0) p.next_read();
    T value;
    std::memcpy(static_cast<void *>(&value), p.read_at, sizeof value);
    p.read_at += sizeof value;
    if (--p.read_left == 0) --p.reads_open;
    return value;
  }

  void write_request(std::size_t beat, std::size_t beats) {
    port_->enter("write", port_->writes_open, beat);
    port_->writes.push_back(port_->check("write", beat, beats));
  }
  void write(const T &value) {
    port &p = *port_;
    if (p.write_left == 0) p.next_write();
    std::memcpy(p.write_at, static_cast<const void *>(&value), sizeof value);
    p.write_at += sizeof value;
    if (--p.write_left == 0) ++p.finished;
  }
  void write_response() {
    if (port_->finished == 0) port_->fail("NOT_REQUESTED", "write_response without a finished write burst");
    --port_->finished;
    --port_->writes_open;
  }

  /// Throws if anything that was requested is still open: the kernel has returned.
  void finish() const {
    const port &p = *port_;
    if (p.read_left != 0 || !p.reads.empty()) p.fail("UNFINISHED", "beats were requested but never read");
    if (p.write_left != 0 || !p.writes.empty()) p.fail("UNFINISHED", "beats were requested for writing but never written");
    if (p.finished != 0) p.fail("UNFINISHED", std::to_string(p.finished) + " write responses were not collected");
  }

private:
  struct burst {
    std::size_t beat;
    std::size_t beats;
  };
  struct port {
    port(char *data_, std::size_t beats_, const char *name_, std::size_t outstanding_)
        : data(data_), beats(beats_), name(name_), outstanding(outstanding_) {}

    char *data;
    std::size_t beats;
    std::string name;
    std::size_t outstanding;
    std::size_t reads_open = 0;
    std::size_t writes_open = 0;
    std::deque<burst> reads;
    std::deque<burst> writes;
    char *read_at = nullptr;
    std::size_t read_left = 0;
    char *write_at = nullptr;
    std::size_t write_left = 0;
    std::size_t finished = 0;

    [[noreturn]] void fail(const char *code, const std::string &what) const {
      tilewright::report_misuse(code, "memory '" + name + "': " + what);
    }
    burst check(const char *verb, std::size_t beat, std::size_t count) const {
      if (count == 0 || count > 256) {
        fail("BURST_LENGTH", std::string(verb) + " burst of " + std::to_string(count) + " beats at beat " +
             std::to_string(beat) + "; a burst has 1 to 256");
      }
      if (beat >= beats || count > beats - beat) {
        fail("OUT_OF_RANGE", std::string(verb) + " burst of " + std::to_string(count) + " beats at beat " +
             std::to_string(beat) + " is outside the buffer of " + std::to_string(beats) + " beats");
      }
      return {beat, count};
    }
    void enter(const char *verb, std::size_t &open, std::size_t beat) const {
      if (open == outstanding) {
        fail("OUTSTANDING", std::string(verb) + " request at beat " + std::to_string(beat) + " while " +
             std::to_string(open) + " are in flight, as many as there may be");
      }
      ++open;
    }
    void next_read() {
      if (reads.empty()) fail("NOT_REQUESTED", "read of a beat that was not requested");
      read_at = data + reads.front().beat * sizeof(T);
      read_left = reads.front().beats;
      reads.pop_front();
    }
    void next_write() {
      if (writes.empty()) fail("NOT_REQUESTED", "write of a beat that was not requested");
      write_at = data + writes.front().beat * sizeof(T);
      write_left = writes.front().beats;
      writes.pop_front();
    }
  };

  std::shared_ptr<port> port_;
};

} // namespace hls

#endif
