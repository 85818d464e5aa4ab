// One of the two Unix sockets between the host's shim and this process, and how messages are framed.
//
// From the host: 14 bytes `09 <fixed64 size> 15 <fixed32 api>`, then the message. To the host: 9 bytes
// `09 <fixed64 size>`, then the message. The host listens; this process connects.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "failure.hpp"
#include "wire.hpp"

namespace tilewright {

// A call as it was received; `message` lies in the channel until the next one.
struct Call {
  uint32_t api;
  Bytes message;
};

// The host is not there any more; nobody's fault on this side.
struct HostGone {
  std::string text;
};

class Channel {
 public:
  // The shim's packets are 8 MiB unless its configuration says otherwise.
  static constexpr uint64_t kLargestMessage = 1ull << 30;

  explicit Channel(std::string path) : path_(std::move(path)) {
    if (path_.size() >= sizeof(sockaddr_un::sun_path)) {
      throw Failure{"SETTINGS", format("the path of the socket is too long: %s", path_.c_str())};
    }
  }

  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  ~Channel() {
    if (descriptor_ >= 0) ::close(descriptor_);
    std::free(room_);
  }

  const std::string& path() const { return path_; }
  bool connected() const { return descriptor_ >= 0; }

  // False where nobody listens yet. A connection needs its name no longer, and a host that is killed
  // would leave it behind.
  bool connect() {
    if (connected()) return true;
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw Failure{"SOCKET", format("socket: %s", std::strerror(errno))};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(descriptor);
      return false;
    }
    ::unlink(path_.c_str());
    descriptor_ = descriptor;
    return true;
  }

  // Whether something can be read, the end included; a signal ends the waiting.
  bool readable(int milliseconds) const {
    pollfd waited{descriptor_, POLLIN, 0};
    return ::poll(&waited, 1, milliseconds) > 0;
  }

  // The next call. Throws HostGone at the end of the stream, PROTOCOL where it is no call.
  Call receive() {
    uint8_t head[kCallHead];
    const size_t got = read(head, sizeof head);
    if (got == 0) throw HostGone{"the host went away without closing the device"};
    if (got < sizeof head) {
      throw Failure{"PROTOCOL", format("the host went away within the head of a message, after %zu "
                                       "of its %zu bytes",
                                       got, sizeof head)};
    }
    if (head[0] != kSizeKey || head[9] != kApiKey) {
      throw Failure{"PROTOCOL", "the head of a message is not one of XRT's emulation protocol"};
    }
    uint64_t size;
    Call call{};
    std::memcpy(&size, head + 1, sizeof size);
    std::memcpy(&call.api, head + 10, sizeof call.api);
    if (size > kLargestMessage) {
      throw Failure{"PROTOCOL", format("a message (call %u) of %llu bytes was announced; the largest "
                                       "is %llu. Set packet_size in xrt.ini to less",
                                       call.api, ull(size),
                                       ull(kLargestMessage))};
    }
    makeRoom(size);
    call.message = {room_, static_cast<size_t>(size)};
    const size_t came = read(room_, call.message.size);
    if (came < size) {
      throw Failure{"PROTOCOL", format("the host went away within a message (call %u), after %zu of "
                                       "its %llu bytes",
                                       call.api, came, ull(size))};
    }
    return call;
  }

  // An answer, and behind it `tail`, which is sent from where it lies.
  void answer(const Answer& answer, Bytes tail = {nullptr, 0}) {
    const Bytes message = answer.view();
    uint8_t head[kAnswerHead] = {kSizeKey};
    const uint64_t size = message.size + tail.size;
    std::memcpy(head + 1, &size, sizeof size);
    send({head, sizeof head}, message, tail);
  }

  // A call without a message, e.g. the one that ends the second socket.
  void call(uint32_t api) {
    uint8_t head[kCallHead] = {kSizeKey};
    head[9] = kApiKey;
    std::memcpy(head + 10, &api, sizeof api);
    send({head, sizeof head}, {nullptr, 0}, {nullptr, 0});
  }

 private:
  static constexpr size_t kCallHead = 14, kAnswerHead = 9;
  static constexpr uint8_t kSizeKey = 0x09, kApiKey = 0x15;

  // Kept from one message to the next, without being cleared; what a head alone announces takes addresses
  // and no memory.
  void makeRoom(uint64_t size) {
    if (size <= roomBytes_) return;
    void* room = std::realloc(room_, size);
    if (room == nullptr) {
      throw Failure{"MEMORY", format("no room for a message of %llu bytes", ull(size))};
    }
    room_ = static_cast<uint8_t*>(room);
    roomBytes_ = size;
  }

  // Fewer bytes than asked for only at the end of the stream.
  size_t read(uint8_t* data, size_t size) {
    size_t got = 0;
    while (got < size) {
      const ssize_t step = ::recv(descriptor_, data + got, size - got, 0);
      if (step > 0) {
        got += static_cast<size_t>(step);
      } else if (step == 0 || errno == ECONNRESET) {
        break;
      } else if (errno != EINTR) {
        throw Failure{"SOCKET", format("reading %s: %s", path_.c_str(), std::strerror(errno))};
      }
    }
    return got;
  }

  void send(Bytes head, Bytes message, Bytes tail) {
    iovec parts[3];
    size_t count = 0;
    for (const Bytes& part : {head, message, tail}) {
      if (part.size > 0) parts[count++] = {const_cast<uint8_t*>(part.data), part.size};
    }
    iovec* next = parts;
    while (count > 0) {
      msghdr sent{};
      sent.msg_iov = next;
      sent.msg_iovlen = count;
      const ssize_t step = ::sendmsg(descriptor_, &sent, MSG_NOSIGNAL);
      if (step < 0) {
        if (errno == EINTR) continue;
        throw HostGone{format("the host went away while it was answered (%s)", std::strerror(errno))};
      }
      for (size_t left = static_cast<size_t>(step); count > 0;) {
        const size_t taken = std::min(left, next->iov_len);
        next->iov_base = static_cast<uint8_t*>(next->iov_base) + taken;
        next->iov_len -= taken;
        left -= taken;
        if (next->iov_len > 0) break;
        ++next;
        --count;
      }
    }
  }

  std::string path_;
  int descriptor_ = -1;
  uint8_t* room_ = nullptr;
  uint64_t roomBytes_ = 0;
};

}  // namespace tilewright
