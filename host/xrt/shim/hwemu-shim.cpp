// Stands before XRT's hardware-emulation shim, which it needs (DT_NEEDED) and whose symbols it thereby
// offers. When it is loaded it repairs two faults of Debian's XRT 2.13 in memory, each only after it has
// found exactly the bytes that it knows; everything else is left as it is.
//
// 1. HwEmShim::alloc_void forgets what realloc returned: a message larger than all before it is written
//    to memory that was freed. One jump goes to the line that stores the pointer instead of behind it.
// 2. sleep(10) in the thread that reads the simulator's log is waited for by load and close, and
//    xclExecWait sleeps whole seconds between two looks at a run. The imported sleep is ours: short, and
//    over when somebody waits for the thread.
#include <atomic>
#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

enum Repair : unsigned { heap = 1, sleeps = 2 };
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

__attribute__((constructor)) void repair() {
  void* const shim = dlopen(TILEWRIGHT_SHIM, RTLD_NOW | RTLD_NOLOAD);
  if (shim == nullptr) return;
  repair_heap(shim);
  // The sleeps of another version may mean something else: only where the heap was the one known.
  if (repaired & heap) repair_sleeps(shim);
  dlclose(shim);
}

}  // namespace

/** What was repaired: 1 the heap, 2 the sleeps. */
extern "C" unsigned tilewright_shim_repairs() { return repaired; }
