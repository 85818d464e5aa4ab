// The device process of XRT's hardware emulation: started out of the .xclbin by the shim in the host's
// process (see launch_hw_emu.sh), it holds the Verilated kernels and their memory and answers the shim's
// calls over a socket until the device is closed, the host is gone, or something is wrong.
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include "channel.hpp"
#include "device.hpp"
#include "emulator-log.hpp"
#include "failure.hpp"
#include "protocol.hpp"
#include "settings.hpp"

namespace tilewright {
namespace {

using std::chrono::milliseconds;

// The host has its device open within this time, or never will.
constexpr auto kHostPatience = std::chrono::seconds(120);
// How often a connection is tried, and an idle process looks whether it was told to end.
constexpr int kTryMs = 1, kIdleMs = 500;

std::atomic<int> stopSignal{0};
pid_t host = 0;
int crashLog = STDERR_FILENO;

void stop(int signal) { stopSignal = signal; }

// The thread that started this process is gone; the host may well live.
void parentEnded(int signal) {
  if (::getppid() != host) stopSignal = signal;
}

void crashed(int signal, siginfo_t* info, void*) {
  // The shim hands a crash of the host on to its whole process group.
  if (info->si_code <= 0 && info->si_pid != ::getpid()) {
    stopSignal = signal;
    return;
  }
  char text[] = "error CRASH: the device process got signal 00; signal 04 means that the package was "
                "built on a machine with another processor: build it again here\n";
  char* digits = std::strstr(text, "00");
  digits[0] = static_cast<char>('0' + signal / 10);
  digits[1] = static_cast<char>('0' + signal % 10);
  for (const int descriptor : {crashLog, STDERR_FILENO}) {
    if (::write(descriptor, text, sizeof text - 1) < 0) break;
  }
  ::_exit(128 + signal);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(signal, &action, nullptr);
}

void handleSignals() {
  host = ::getppid();
  handle(SIGUSR1, parentEnded);
  ::prctl(PR_SET_PDEATHSIG, SIGUSR1);
  handle(SIGTERM, stop);
  handle(SIGHUP, stop);
  // Ctrl-C reaches the whole process group. The host decides what it means: should it close the device in
  // order, the device has to be there; should it end, this process ends with it.
  handle(SIGINT, SIG_IGN);
  handle(SIGQUIT, SIG_IGN);
  struct sigaction action {};
  action.sa_sigaction = crashed;
  action.sa_flags = SA_SIGINFO;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    ::sigaction(signal, &action, nullptr);
  }
}

void checkStop() {
  if (stopSignal == 0) return;
  if (stopSignal == SIGUSR1) throw HostGone{"the host ended without closing the device"};
  throw HostGone{format("stopped by signal %d", stopSignal.load())};
}

// Names that a host which was killed leaves behind.
void removeSockets(const Channel& calls, const Channel& hostMemory) {
  if (::getppid() == host) return;
  ::unlink(calls.path().c_str());
  ::unlink(hostMemory.path().c_str());
}

void connect(Channel& calls) {
  const auto until = std::chrono::steady_clock::now() + kHostPatience;
  while (!calls.connect()) {
    checkStop();
    if (::getppid() != host) throw HostGone{"the host ended before it opened the device"};
    if (std::chrono::steady_clock::now() > until) {
      throw Failure{"SOCKET", format("no host listens on %s", calls.path().c_str())};
    }
    std::this_thread::sleep_for(milliseconds(kTryMs));
  }
}

// The socket by which a device reaches memory of the host. Nothing here does; but a shim whose socket
// nobody connects to waits for it, and one whose socket ends unannounced waits for ever.
void closeHostMemory(Channel& hostMemory) {
  if (!hostMemory.connect()) return;
  hostMemory.call(kClose);
}

void serve(Device& device, Channel& calls, Channel& hostMemory) {
  for (bool open = true; open;) {
    checkStop();
    const bool found = hostMemory.connect();
    if (device.running()) {
      device.advance();
      if (!calls.readable(0)) continue;
    } else if (!calls.readable(found ? kIdleMs : kTryMs)) {
      continue;
    }
    const Call call = calls.receive();
    if (call.api == kClose) closeHostMemory(hostMemory);
    open = device.answer(calls, call);
  }
}

int run(const std::string& platformFile) {
  const Settings settings = readSettings();
  const EmulatorLog log(settings.log);
  crashLog = log.descriptor();
  log.line(format("device process %d of host %d", static_cast<int>(::getpid()),
                  static_cast<int>(host)));
  try {
    const Platform platform = readPlatform(platformFile);
    Channel calls(settings.calls);
    Channel hostMemory(settings.hostMemory);
    Device device(platform, settings, log);
    int status = 0;
    try {
      connect(calls);
      serve(device, calls, hostMemory);
      log.line("the host closed the device");
    } catch (const HostGone& gone) {
      device.finish();
      log.line(gone.text);
      status = 1;
    } catch (...) {
      // The host may wait on this socket when it closes the device, although nothing answers any more.
      try {
        closeHostMemory(hostMemory);
        device.finish();
      } catch (...) {
      }
      removeSockets(calls, hostMemory);
      throw;
    }
    removeSockets(calls, hostMemory);
    return status;
  } catch (const Failure& failure) {
    log.failure(failure);
  } catch (const HostGone& gone) {
    log.line(gone.text);
  } catch (const std::exception& error) {
    log.failure({"INTERNAL", error.what()});
  }
  return 1;
}

}  // namespace
}  // namespace tilewright

int main(int count, char** words) {
  using namespace tilewright;
  handleSignals();
  try {
    return run(count > 1 ? words[1] : "platform.txt");
  } catch (const Failure& failure) {
    EmulatorLog::tell("error " + failure.code + ": " + failure.text);
  }
  return 1;
}
