// Stands before XRT's hardware-emulation shim, which it needs (DT_NEEDED) and whose symbols it thereby
// offers. When it is loaded it repairs three faults of Debian's XRT 2.13 in memory, each only after it has
// found exactly the bytes that it knows; everything else is left as it is.
//
// 1. HwEmShim::alloc_void forgets what realloc returned: a message larger than all before it is written
//    to memory that was freed. One jump goes to the line that stores the pointer instead of behind it.
// 2. sleep(10) in the thread that reads the simulator's log is waited for by load and close, and
//    xclExecWait sleeps whole seconds between two looks at a run. The imported sleep is ours: short, and
//    over when somebody waits for the thread.
// 3. unix_socket::sk_read takes the end of its socket for nothing yet and asks again for ever: a host spins
//    when its simulator has died. The imported read is ours: it ends such a host with a line that says so.
#include <atomic>
#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

enum Repair : unsigned { heap = 1, sleeps = 2, spinning = 4 };
unsigned repaired = 0;

// alloc_void of 202210.2.13.466; −1 stands for the four bytes of a distance that calls differ in.
const int alloc_void_bytes[] = {
    0x55, 0x48, 0x89, 0xf5, 0x53, 0x48, 0x89, 0xfb, 0x48, 0x83, 0xec, 0x08,  // push, save, push, save
    0x48, 0x8b, 0x87, 0x68, 0x05, 0x00, 0x00,                                // buf_size
    0x48, 0x85, 0xc0, 0x74, 0x10,                                            // none yet: malloc
    0x48, 0x39, 0xf0, 0x72, 0x23,                                            // too small: realloc
    0x48, 0x83, 0xc4, 0x08, 0x5b, 0x5d, 0xc3, 0x0f, 0x1f, 0x40, 0x00,        // return
    0x48, 0x89, 0xf7, 0xe8, -1, -1, -1, -1,                                  // malloc
    0x48, 0x89, 0x83, 0x60, 0x05, 0x00, 0x00,                                // store the pointer
    0x48, 0x89, 0xe8, 0xeb, 0xe1, 0x0f, 0x1f, 0x40, 0x00,                    // return the size
    0x48, 0x8b, 0xbf, 0x60, 0x05, 0x00, 0x00, 0xe8, -1, -1, -1, -1,          // realloc
    0x48, 0x85, 0xc0, 0x75, 0xe6,                                            // it worked: return the size
};
constexpr int jump_at = 0x50;              // the last byte above: how far the jump goes
constexpr unsigned char to_store = 0xdf;   // seven bytes further back

bool writable(void* at, std::size_t bytes, int after, void (*write)(void*)) {
  const std::uintptr_t page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const std::uintptr_t from = reinterpret_cast<std::uintptr_t>(at) & ~(page - 1);
  const std::uintptr_t to = (reinterpret_cast<std::uintptr_t>(at) + bytes + page - 1) & ~(page - 1);
  void* const start = reinterpret_cast<void*>(from);
  if (mprotect(start, to - from, PROT_READ | PROT_WRITE) != 0) return false;
  write(at);
  mprotect(start, to - from, after);
  return true;
}

void repair_heap(void* shim) {
  auto* code = static_cast<unsigned char*>(dlsym(shim, "_ZN11xclhwemhal28HwEmShim10alloc_voidEm"));
  if (code == nullptr) return;
  for (std::size_t at = 0; at < sizeof alloc_void_bytes / sizeof *alloc_void_bytes; at++) {
    if (alloc_void_bytes[at] >= 0 && code[at] != alloc_void_bytes[at]) return;
  }
  const bool done = writable(code + jump_at, 1, PROT_READ | PROT_EXEC,
                             [](void* at) { *static_cast<unsigned char*>(at) = to_store; });
  if (done) repaired |= heap;
}

std::atomic<int> joining{0};
void (*join_thread)(void*) = nullptr;

void counted_join(void* thread) {
  joining++;
  join_thread(thread);
  joining--;
}

std::uintptr_t exec_wait = 0;  // HwEmShim::xclExecWait, where a run is waited for
constexpr std::uintptr_t exec_wait_bytes = 0x60;

unsigned short_sleep(unsigned seconds) {
  const auto caller = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  // Between two looks at a run: as long as a simulator takes for a few hundred cycles.
  if (caller - exec_wait < exec_wait_bytes) {
    usleep(50);
    return 0;
  }
  for (unsigned slice = 0; slice < seconds * 200 && joining == 0; slice++) usleep(5000);
  return 0;
}

std::uintptr_t socket_read = 0;  // unix_socket::sk_read
constexpr std::uintptr_t socket_read_bytes = 0x66;
constexpr unsigned most_ends = 100;
thread_local unsigned ends = 0;

/** Removes the two sockets of this host, which nobody else does any more. */
void remove_sockets(int socket) {
  sockaddr_un name{};
  socklen_t length = sizeof name - 1;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&name), &length) != 0) return;
  const std::string path = name.sun_path;
  const std::size_t slash = path.rfind('/');
  if (name.sun_family != AF_UNIX || slash == std::string::npos) return;
  const std::string prefix = "D2X_unix_sock_";
  std::string file = path.substr(slash + 1);
  if (file.compare(0, prefix.size(), prefix) == 0) file = file.substr(prefix.size());
  unlink((path.substr(0, slash + 1) + file).c_str());
  unlink((path.substr(0, slash + 1) + prefix + file).c_str());
}

ssize_t ending_read(int file, void* to, std::size_t bytes) {
  const ssize_t got = read(file, to, bytes);
  const auto caller = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  if (got != 0 || bytes == 0 || caller - socket_read >= socket_read_bytes) {
    ends = 0;
    return got;
  }
  usleep(1000);
  // Once or twice is a simulator that ends as it should.
  if (++ends < most_ends) return got;
  const char text[] =
      "error: the simulator of the emulated card has ended\n"
      "hint: its own words are in tilewright.log, in the folder .run below SDACCEL_EM_RUN_DIR\n";
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(2);
  remove_sockets(file);
  _exit(1);
}

/** Where the shim keeps the address of a function that it imports; null when it does not call it. */
void** import_of(const link_map* shim, const char* name) {
  const ElfW(Rela)* relocations = nullptr;
  const ElfW(Sym)* symbols = nullptr;
  const char* names = nullptr;
  std::size_t bytes = 0;
  for (const ElfW(Dyn)* entry = shim->l_ld; entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == DT_JMPREL) relocations = reinterpret_cast<ElfW(Rela)*>(entry->d_un.d_ptr);
    if (entry->d_tag == DT_PLTRELSZ) bytes = entry->d_un.d_val;
    if (entry->d_tag == DT_SYMTAB) symbols = reinterpret_cast<ElfW(Sym)*>(entry->d_un.d_ptr);
    if (entry->d_tag == DT_STRTAB) names = reinterpret_cast<const char*>(entry->d_un.d_ptr);
  }
  if (relocations == nullptr || symbols == nullptr || names == nullptr) return nullptr;
  for (std::size_t at = 0; at < bytes / sizeof *relocations; at++) {
    const auto& symbol = symbols[ELF64_R_SYM(relocations[at].r_info)];
    if (std::strcmp(names + symbol.st_name, name) != 0) continue;
    return reinterpret_cast<void**>(shim->l_addr + relocations[at].r_offset);
  }
  return nullptr;
}

void repair_sleeps(void* library) {
  const auto* const shim = static_cast<const link_map*>(library);
  exec_wait = reinterpret_cast<std::uintptr_t>(
      dlsym(library, "_ZN11xclhwemhal28HwEmShim11xclExecWaitEi"));
  void** const sleep_slot = import_of(shim, "sleep");
  void** const join_slot = import_of(shim, "_ZNSt6thread4joinEv");
  if (exec_wait == 0 || sleep_slot == nullptr || join_slot == nullptr) return;
  // Only what the loader put there, never what somebody else has redirected already.
  if (*sleep_slot != dlsym(RTLD_DEFAULT, "sleep")) return;
  std::memcpy(&join_thread, join_slot, sizeof join_thread);
  const bool joins = writable(join_slot, sizeof(void*), PROT_READ, [](void* at) {
    *static_cast<void**>(at) = reinterpret_cast<void*>(&counted_join);
  });
  const bool slept = joins && writable(sleep_slot, sizeof(void*), PROT_READ, [](void* at) {
    *static_cast<void**>(at) = reinterpret_cast<void*>(&short_sleep);
  });
  if (slept) repaired |= sleeps;
}

void repair_spinning(void* library) {
  socket_read =
      reinterpret_cast<std::uintptr_t>(dlsym(library, "_ZN11unix_socket7sk_readEPvm"));
  void** const slot = import_of(static_cast<const link_map*>(library), "read");
  if (socket_read == 0 || slot == nullptr || *slot != dlsym(RTLD_DEFAULT, "read")) return;
  const bool done = writable(slot, sizeof(void*), PROT_READ, [](void* at) {
    *static_cast<void**>(at) = reinterpret_cast<void*>(&ending_read);
  });
  if (done) repaired |= spinning;
}

__attribute__((constructor)) void repair() {
  void* const shim = dlopen(TILEWRIGHT_SHIM, RTLD_NOW | RTLD_NOLOAD);
  if (shim == nullptr) return;
  repair_heap(shim);
  // What another version imports may mean something else: only where the heap was the one known.
  if (repaired & heap) {
    repair_sleeps(shim);
    repair_spinning(shim);
  }
  dlclose(shim);
}

}  // namespace

/** What was repaired: 1 the heap, 2 the sleeps, 4 the spinning. */
extern "C" unsigned tilewright_shim_repairs() { return repaired; }
