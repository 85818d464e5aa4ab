// What the host calls to run compiled kernels: one library for all of them. Nothing here throws.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <new>
#include <string>

#include "kernel-library.h"
#include "thread-pool.h"

namespace {

using tilewright::Job;
using tilewright::KernelLibrary;
using tilewright::ThreadPool;

/// In memory that the host shares. 8-byte words; host/device/library/run-record.ts has the same.
struct RunRecord {
  KernelLibrary *kernel;
  ThreadPool *pool;
  /// Set by the host to stop the run between two parts.
  uint64_t stop;
  /// Rows of a part at the most; 0 to run all of them in one call.
  uint64_t part_rows;
  /// Of a part towards the end.
  uint64_t least_part_rows;
  double milliseconds;
  /// Of the outcome.
  const char *code;
  const char *message;
  const char *log;
  uint64_t arguments[1];
};

enum : int { done = 0, failed = 1, stopped = 2, printed = 4 };

class Rows final : public Job {
public:
  explicit Rows(RunRecord &run)
      : Job(run.kernel->rows(run.arguments), run.part_rows, run.least_part_rows), run_(run) {}

  bool was_stopped() const { return stopped_.load(std::memory_order_relaxed); }
  /// A part failed or printed.
  bool has_more_to_say() const { return more_.load(std::memory_order_relaxed); }

private:
  bool work(std::size_t thread, uint64_t first, uint64_t count) override {
    if (__atomic_load_n(&run_.stop, __ATOMIC_RELAXED) != 0) {
      stopped_.store(true, std::memory_order_relaxed);
      return false;
    }
    const int result = run_.kernel->run_rows(thread, run_.arguments, first, count);
    if (result == 0 && run_.kernel->outcome(thread).log_bytes == 0) return true;
    more_.store(true, std::memory_order_relaxed);
    return false;
  }

  RunRecord &run_;
  std::atomic<bool> stopped_{false};
  std::atomic<bool> more_{false};
};

bool in_parts(const RunRecord &run) {
  return run.part_rows != 0 && run.kernel->rows(run.arguments) > run.part_rows;
}

/// All rows in this thread, without those that are blank: true when it is done and nothing else is to be said.
bool run_without_blank(RunRecord &run) {
  const uint64_t rows = run.kernel->rows(run.arguments);
  // Not worth a look.
  if (run.part_rows == 0 || rows < 16 || !run.kernel->knows_blank_rows()) return false;
  return run.kernel->run_rows(0, run.arguments, 0, rows) == 0 && run.kernel->outcome(0).log_bytes == 0;
}

int run_all(RunRecord &run) {
  const int result = run.kernel->run(0, run.arguments);
  const tilewright_outcome &outcome = run.kernel->outcome(0);
  if (outcome.log_bytes != 0) run.log = outcome.log;
  if (result == 0) return outcome.log_bytes == 0 ? done : printed;
  run.code = outcome.code;
  run.message = outcome.message;
  return failed;
}

int run_parts(RunRecord &run) {
  Rows rows(run);
  run.pool->run(rows);
  if (rows.was_stopped()) return stopped;
  // Whatever a part says is said of its own rows alone: the whole run says it in its own words and order.
  return rows.has_more_to_say() ? run_all(run) : done;
}

/// Why the last kernel of this thread was not opened.
std::string &reason() {
  static thread_local std::string text;
  return text;
}

} // namespace

TILEWRIGHT_EXPORT void *tilewright_pool_open(uint32_t threads) {
  return new (std::nothrow) ThreadPool(threads);
}

TILEWRIGHT_EXPORT void tilewright_pool_close(void *pool) { delete static_cast<ThreadPool *>(pool); }

TILEWRIGHT_EXPORT void *tilewright_kernel_open(const char *path, uint32_t threads, uint32_t words,
                                               uint32_t count, const uint64_t *row) {
  try {
    return new KernelLibrary(path, threads, words, count, row);
  } catch (const std::exception &error) {
    reason() = error.what();
    return nullptr;
  }
}

/// After opening: host/device/library/blank-rows.ts says what is what.
TILEWRIGHT_EXPORT void tilewright_kernel_blank(void *kernel, const uint8_t *roles, const uint8_t *patterns,
                                               uint32_t unit) {
  static_cast<KernelLibrary *>(kernel)->set_blank(roles, patterns, unit);
}

TILEWRIGHT_EXPORT const char *tilewright_reason() { return reason().c_str(); }

TILEWRIGHT_EXPORT void tilewright_kernel_close(void *kernel) {
  delete static_cast<KernelLibrary *>(kernel);
}

/// Called when what the record says is about to be run in another thread.
TILEWRIGHT_EXPORT void tilewright_announce(void *record) {
  RunRecord &run = *static_cast<RunRecord *>(record);
  if (in_parts(run)) run.pool->announce(Rows(run).parts());
}

/// Runs what the record says. Returns bits: 1 failed, 2 stopped, 4 printed.
TILEWRIGHT_EXPORT int tilewright_start(void *record) {
  RunRecord &run = *static_cast<RunRecord *>(record);
  const auto before = std::chrono::steady_clock::now();
  const int result = in_parts(run)            ? run_parts(run)
                     : run_without_blank(run) ? static_cast<int>(done)
                                              : run_all(run);
  const auto passed = std::chrono::steady_clock::now() - before;
  run.milliseconds = std::chrono::duration<double, std::milli>(passed).count();
  return result;
}

/// A text of a record, which the host copies.
TILEWRIGHT_EXPORT const char *tilewright_text(uint64_t address) {
  return reinterpret_cast<const char *>(address);
}
