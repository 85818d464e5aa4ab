// Threads that help with one job at a time, whose parts are dealt as they come.
#ifndef TILEWRIGHT_THREAD_POOL_H
#define TILEWRIGHT_THREAD_POOL_H

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <pthread.h>
#include <vector>

namespace tilewright {

/// Parts 0 to `parts`, done in any order by any thread. `work` says whether to go on with other parts.
class Job {
public:
  explicit Job(uint64_t parts) : parts_(parts) {}
  virtual ~Job() = default;
  Job(const Job &) = delete;
  Job &operator=(const Job &) = delete;

  /// Takes parts until there are none or one said no.
  void help(std::size_t thread) {
    while (!ended_.load(std::memory_order_relaxed)) {
      const uint64_t part = next_.fetch_add(1, std::memory_order_relaxed);
      if (part >= parts_) return;
      if (!work(thread, part)) ended_.store(true, std::memory_order_relaxed);
    }
  }
  uint64_t parts() const { return parts_; }

protected:
  virtual bool work(std::size_t thread, uint64_t part) = 0;

private:
  const uint64_t parts_;
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

  /// Returns when no thread works on the job any more.
  void run(Job &job) {
    const std::size_t useful = job.parts() < threads_ ? job.parts() : threads_;
    if (useful > 1) {
      start(useful - 1);
      {
        const std::lock_guard<std::mutex> guard(lock_);
        job_ = &job;
        ++round_;
      }
      work_.notify_all();
    }
    job.help(0);
    if (useful <= 1) return;
    std::unique_lock<std::mutex> guard(lock_);
    // Who wakes only now finds nothing to do.
    job_ = nullptr;
    idle_.wait(guard, [&] { return working_ == 0; });
  }

private:
  struct Start {
    ThreadPool *pool;
    std::size_t thread;
  };

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
    std::unique_lock<std::mutex> guard(lock_);
    for (;;) {
      work_.wait(guard, [&] { return closing_ || (job_ != nullptr && round_ != seen); });
      if (closing_) return;
      seen = round_;
      Job &job = *job_;
      ++working_;
      guard.unlock();
      job.help(thread);
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
  uint64_t round_ = 0;
  std::size_t working_ = 0;
  bool closing_ = false;
};

} // namespace tilewright

#endif
