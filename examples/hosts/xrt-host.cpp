// Runs a kernel of an xclbin through XRT's C++ interface and prints what it wrote. Plain XRT: it takes any
// xclbin, for a card or for its emulation, and any kernel.
//
//   g++ -std=c++17 -I/usr/include/xrt xrt-host.cpp -o xrt-host -lxrt_coreutil -lpthread
//   ./xrt-host FILE.xclbin RUN.txt
//
// RUN.txt has one line a thing; files are named relative to it and hold raw little-endian bytes:
//   kernel NAME                 or NAME:{INSTANCE}
//   scalar VALUE BYTES          the kernel's arguments in their order; BYTES is 4 or 8
//   read FILE                   a buffer with the file's bytes
//   write BYTES [FILE]          a buffer of zeros; what the kernel makes of it goes to the file
//   readwrite FILE [FILE]       both
//   repeat N                    how often the kernel runs; 1 if not given
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

namespace {

struct Argument {
  enum Kind { scalar, memory } kind = scalar;
  std::uint64_t value = 0;
  unsigned valueBytes = 4;
  std::vector<char> contents;
  bool written = false;
  std::string resultFile;
};

struct Run {
  std::string kernel;
  std::vector<Argument> arguments;
  unsigned long repeat = 1;
};

std::string pathFrom(const std::string& folder, const std::string& file) {
  return file[0] == '/' ? file : folder + file;
}

std::vector<char> readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Run readRun(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  Run run;
  unsigned number = 0;
  for (std::string line; std::getline(file, line);) {
    number++;
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word, first, second;
    if (!(words >> word)) continue;
    words >> first >> second;
    Argument argument;
    if (word == "kernel" && !first.empty()) {
      run.kernel = first;
      continue;
    }
    if (word == "repeat" && !first.empty()) {
      run.repeat = std::stoul(first);
      continue;
    }
    if (word == "scalar" && (second == "4" || second == "8")) {
      const bool negative = first[0] == '-';
      argument.value = negative ? static_cast<std::uint64_t>(std::stoll(first, nullptr, 0))
                                : std::stoull(first, nullptr, 0);
      argument.valueBytes = second == "4" ? 4 : 8;
    } else if ((word == "read" || word == "readwrite") && !first.empty()) {
      argument.kind = Argument::memory;
      argument.contents = readFile(pathFrom(folder, first));
      argument.written = word == "readwrite";
    } else if (word == "write" && !first.empty()) {
      argument.kind = Argument::memory;
      argument.contents.resize(std::stoull(first));
      argument.written = true;
    } else {
      throw std::runtime_error(path + ":" + std::to_string(number) + ": not understood: " + line);
    }
    if (argument.written && !second.empty()) argument.resultFile = pathFrom(folder, second);
    run.arguments.push_back(argument);
  }
  if (run.kernel.empty()) throw std::runtime_error(path + " names no kernel");
  return run;
}

std::size_t wholeBeats(std::size_t bytes) { return bytes == 0 ? 64 : (bytes + 63) / 64 * 64; }

void print(const std::string& kernel, std::size_t index, const std::vector<char>& bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  std::printf("%s[%zu] %zu bytes fnv1a64 %016llx words", kernel.c_str(), index, bytes.size(),
              static_cast<unsigned long long>(hash));
  for (std::size_t at = 0; at + 4 <= bytes.size() && at < 32; at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    std::printf(" %08x", word);
  }
  std::printf("\n");
}

// XRT trusts a file and reads beyond its end when it was cut short; its header says how long it has to be.
void checkWhole(const std::string& xclbin) {
  const std::vector<char> bytes = readFile(xclbin);
  std::uint64_t length = 0;
  if (bytes.size() >= 312) std::memcpy(&length, bytes.data() + 304, sizeof length);
  if (length < 312 || length > bytes.size() || std::memcmp(bytes.data(), "xclbin2", 8) != 0) {
    throw std::runtime_error(xclbin + " is no xclbin, or was cut short");
  }
}

void execute(const std::string& xclbin, Run& run) {
  checkWhole(xclbin);
  xrt::device device(0);
  const auto uuid = device.load_xclbin(xclbin);
  xrt::kernel kernel(device, uuid, run.kernel);
  xrt::run once(kernel);
  // Here and not in the arguments: XRT wants them gone before the device is.
  std::vector<xrt::bo> buffers(run.arguments.size());
  for (std::size_t index = 0; index < run.arguments.size(); index++) {
    Argument& argument = run.arguments[index];
    const int place = static_cast<int>(index);
    if (argument.kind == Argument::scalar) {
      if (argument.valueBytes == 4) {
        once.set_arg(place, static_cast<std::uint32_t>(argument.value));
      } else {
        once.set_arg(place, argument.value);
      }
      continue;
    }
    const std::size_t bytes = wholeBeats(argument.contents.size());
    xrt::bo& buffer = buffers[index] = xrt::bo(device, bytes, kernel.group_id(place));
    std::memset(buffer.map<char*>(), 0, bytes);
    buffer.write(argument.contents.data(), argument.contents.size(), 0);
    buffer.sync(XCL_BO_SYNC_BO_TO_DEVICE);
    once.set_arg(place, buffer);
  }
  for (unsigned long turn = 0; turn < run.repeat; turn++) {
    once.start();
    const auto state = once.wait();
    if (state != ERT_CMD_STATE_COMPLETED) {
      throw std::runtime_error("the run ended in state " + std::to_string(state));
    }
  }
  const std::string name = run.kernel.substr(0, run.kernel.find(':'));
  for (std::size_t index = 0; index < run.arguments.size(); index++) {
    Argument& argument = run.arguments[index];
    if (!argument.written) continue;
    buffers[index].sync(XCL_BO_SYNC_BO_FROM_DEVICE);
    buffers[index].read(argument.contents.data(), argument.contents.size(), 0);
    print(name, index, argument.contents);
    if (argument.resultFile.empty()) continue;
    std::ofstream file(argument.resultFile, std::ios::binary);
    file.write(argument.contents.data(), static_cast<std::streamsize>(argument.contents.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + argument.resultFile);
  }
}

}  // namespace

int main(int count, char** arguments) {
  // The emulation's shim prints to standard output as well, and forks: nothing may wait in a buffer then.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (count != 3) {
    std::fprintf(stderr, "usage: %s FILE.xclbin RUN.txt\n", arguments[0]);
    return 2;
  }
  try {
    Run run = readRun(arguments[2]);
    execute(arguments[1], run);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
