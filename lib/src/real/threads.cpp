#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <pthread.h>
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <gronwall/real/error.hpp>
#include <gronwall/real/threads.hpp>

namespace gronwall::real {

namespace {

using Index = std::ptrdiff_t;
using Body = std::function<void(Index)>;

std::atomic<int> chosen{1};
/// Whether this process was forked from one whose workers did not come along.
std::atomic<bool> left_alone{false};
/// Whether this thread is in a body.
thread_local bool within = false;

class Within {
 public:
  Within() { within = true; }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;
  ~Within() { within = false; }
};

bool alone() { return within || threads() == 1 || left_alone.load(std::memory_order_relaxed); }

/// The bodies of one call, and which of them failed first in the order of the indices.
class Calls {
 public:
  explicit Calls(const Body& body) : body_(body) {}

  void operator()(Index k) {
    if (k > failed_.load(std::memory_order_relaxed)) return;
    const Within guard;
    try {
      body_(k);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (k > failed_.load(std::memory_order_relaxed)) return;
      failed_.store(k, std::memory_order_relaxed);
      failure_ = std::current_exception();
    }
  }

  void end() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  const Body& body_;
  std::mutex mutex_;
  std::atomic<Index> failed_{std::numeric_limits<Index>::max()};
  std::exception_ptr failure_;
};

struct Arena {
  int size;
  tbb::task_arena tasks;

  explicit Arena(int threads) : size(threads), tasks(threads) {}
};

/// One of that size, kept for the next call. Never destroyed at the end of the process, when the workers may
/// be gone already.
std::shared_ptr<Arena> arena(int size) {
  static std::mutex& mutex = *new std::mutex;
  static std::shared_ptr<Arena>& kept = *new std::shared_ptr<Arena>;
  const std::lock_guard lock(mutex);
  if (!kept || kept->size != size) {
    static const int handler = pthread_atfork(nullptr, nullptr, [] { left_alone = true; });
    if (handler != 0) throw Error("There is no memory for threads.");
    kept = std::make_shared<Arena>(size);
  }
  return kept;
}

void share_out(Index count, Calls& calls) {
  const auto most = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  // The caller's way of rounding, before the arena puts its own in place of it.
  using Context = tbb::task_group_context;
  Context context(Context::isolated, Context::default_traits | Context::fp_settings);
  arena(std::min(threads(), static_cast<int>(most)))->tasks.execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<Index>(0, count, 1),
        [&](const tbb::blocked_range<Index>& range) {
          for (Index k = range.begin(); k < range.end(); ++k) calls(k);
        },
        tbb::simple_partitioner(), context);
  });
}

}  // namespace

int threads() { return chosen.load(std::memory_order_relaxed); }

void set_threads(int count) {
  if (count < 1) throw DomainError(fmt::format("A computation takes 1 thread at least, not {}.", count));
  chosen = count;
}

void set_threads_by_environment() {
  const char* value = std::getenv("GRONWALL_THREADS");
  if (value == nullptr || *value == '\0') return;
  const std::string_view text = value;
  int count = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), count);
  if (error != std::errc() || end != text.end() || count < 1)
    throw UnknownName(fmt::format("GRONWALL_THREADS: '{}' is no number of threads; 1, 2, ... are.", text));
  set_threads(count);
}

void for_each_index(Index count, const Body& body) {
  if (count < 2 || alone()) {
    for (Index k = 0; k < count; ++k) body(k);
    return;
  }
  Calls calls(body);
  share_out(count, calls);
  calls.end();
}

void for_each_piece(Index size, Index length, const std::function<void(Index, Index)>& body) {
  if (size <= 0) return;
  if (size <= length || alone()) return body(0, size);
  for_each_index((size + length - 1) / length,
                 [&](Index k) { body(k * length, std::min(length, size - k * length)); });
}

}  // namespace gronwall::real
