#pragma once

#include <gronwall/real/threads.hpp>

namespace gronwall::test {

/// So many threads may compute until the end of a scope.
class Threads {
 public:
  explicit Threads(int count) : before_(real::threads()) { real::set_threads(count); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() { real::set_threads(before_); }

 private:
  int before_;
};

/// With which numbers of threads a result is the same.
constexpr int thread_counts[] = {1, 2, 3, 7};

}  // namespace gronwall::test
