// Threads that help with one job at a time, whose parts are dealt as they come.
#ifndef TILEWRIGHT_THREAD_POOL_H
#define TILEWRIGHT_THREAD_POOL_H

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <pthread.h>
#include <vector>

namespace tilewright {

/// Rows 0 to `rows`, done in parts in any order by any thread. `work` says whether to go on with other parts.
class Job {
public:
  /// @param part rows of a part, at the most.
  /// @param least rows of a part towards the end, where large ones would leave one thread alone with the last; what
  /// all parts but the last are multiples of, as `part` is.
  Job(uint64_t rows, uint64_t part, uint64_t least) : rows_(rows), part_(part), least_(least) {}
  virtual ~Job() = default;
  Job(const Job &) = delete;
  Job &operator=(const Job &) = delete;

  /// Takes parts until there are none or one said no.
  void help(std::size_t thread, std::size_t threads) {
    uint64_t first = next_.load(std::memory_order_relaxed);
    while (first < rows_ && !ended_.load(std::memory_order_relaxed)) {
      const uint64_t count = part_at(first, threads);
      if (!next_.compare_exchange_weak(first, first + count, std::memory_order_relaxed)) continue;
      if (!work(thread, first, count)) ended_.store(true, std::memory_order_relaxed);
      first = next_.load(std::memory_order_relaxed);
    }
  }
  uint64_t parts() const { return (rows_ + part_ - 1) / part_; }

protected:
  virtual bool work(std::size_t thread, uint64_t first, uint64_t count) = 0;

private:
  /// Half of what each thread would get of the rest.
  uint64_t part_at(uint64_t first, std::size_t threads) const {
    const uint64_t left = rows_ - first;
    const uint64_t even = threads == 1 ? part_ : (left / (2 * threads) + least_ - 1) / least_ * least_;
    const uint64_t count = even < least_ ? least_ : even < part_ ? even : part_;
    return count < left ? count : left;
  }

  const uint64_t rows_;
  const uint64_t part_;
  const uint64_t least_;
  std::atomic<uint64_t> next_{0};
  std::atomic<bool> ended_{false};
};

/// Thread 0 is whoever calls `run`; the others are started when there is first something for them.
class ThreadPool {
public:
  explicit ThreadPool(std::size_t threads) : threads_(threads) {}
  ~ThreadPool() {
    {
      const std::lock_guard<std::mutex> guard(lock_);
      closing_ = true;
    }
    work_.notify_all();
    for (pthread_t thread : helpers_) pthread_join(thread, nullptr);
  }
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  std::size_t threads() const { return threads_; }

  /// A job of so many parts comes soon: threads that sleep wake meanwhile, which takes them some tens of microseconds.
  void announce(uint64_t parts) {
    const std::size_t useful = parts < threads_ ? parts : threads_;
    if (useful <= 1) return;
    start(useful - 1);
    {
      const std::lock_guard<std::mutex> guard(lock_);
      ++announced_;
      expected_ = useful;
    }
    work_.notify_all();
  }

  /// Returns when no thread works on the job any more.
  void run(Job &job) {
    const std::size_t useful = job.parts() < threads_ ? job.parts() : threads_;
    if (useful > 1) {
      start(useful - 1);
      {
        const std::lock_guard<std::mutex> guard(lock_);
        job_ = &job;
        round_.fetch_add(1, std::memory_order_release);
      }
      work_.notify_all();
    }
    job.help(0, threads_);
    if (useful <= 1) return;
    std::unique_lock<std::mutex> guard(lock_);
    // Who wakes only now finds nothing to do.
    job_ = nullptr;
    if (working_ == 0) return;
    guard.unlock();
    awake_until([&] { return working_ == 0; });
    guard.lock();
    idle_.wait(guard, [&] { return working_ == 0; });
  }

private:
  struct Start {
    ThreadPool *pool;
    std::size_t thread;
  };

  /// Waits a while without sleeping, for what is expected sooner than a thread wakes: some tens of microseconds. It does
  /// not yield: the processor would go to whoever is at work beside us, for milliseconds.
  template <typename Condition> static void awake_until(const Condition &holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(100);
    while (!holds() && std::chrono::steady_clock::now() < end) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
  }

  /// As many helpers as the system gives; fewer do the same work.
  void start(std::size_t wanted) {
    while (helpers_.size() < wanted) {
      pthread_attr_t attributes;
      pthread_attr_init(&attributes);
      // Like the threads that call the kernel: whatever a process of it keeps lies there.
      pthread_attr_setstacksize(&attributes, std::size_t{8} << 20);
      Start *given = new Start{this, helpers_.size() + 1};
      pthread_t thread;
      const int failed = pthread_create(
          &thread, &attributes,
          [](void *raw) -> void * {
            const Start start = *static_cast<Start *>(raw);
            delete static_cast<Start *>(raw);
            start.pool->serve(start.thread);
            return nullptr;
          },
          given);
      pthread_attr_destroy(&attributes);
      if (failed != 0) {
        delete given;
        return;
      }
      helpers_.push_back(thread);
    }
  }

  void serve(std::size_t thread) {
    uint64_t seen = 0;
    uint64_t heard = 0;
    std::unique_lock<std::mutex> guard(lock_);
    for (;;) {
      const auto called = [&] { return announced_ != heard && thread < expected_; };
      work_.wait(guard, [&] { return closing_ || called() || round_ != seen; });
      if (closing_) return;
      heard = announced_;
      if (round_ == seen) {
        guard.unlock();
        awake_until([&] { return round_.load(std::memory_order_acquire) != seen; });
        guard.lock();
        if (round_ == seen) continue;
      }
      seen = round_;
      if (job_ == nullptr) continue;
      Job &job = *job_;
      ++working_;
      guard.unlock();
      job.help(thread, threads_);
      guard.lock();
      if (--working_ == 0) idle_.notify_one();
    }
  }

  const std::size_t threads_;
  std::vector<pthread_t> helpers_;
  std::mutex lock_;
  std::condition_variable work_;
  std::condition_variable idle_;
  Job *job_ = nullptr;
  uint64_t announced_ = 0;
  /// Of the job that was announced last: how many threads it is for.
  std::size_t expected_ = 0;
  std::atomic<uint64_t> round_{0};
  std::atomic<std::size_t> working_{0};
  bool closing_ = false;
};

} // namespace tilewright

#endif
