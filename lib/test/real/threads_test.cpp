#include "support/threads.hpp"

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gronwall/real/error.hpp>
#include <gronwall/real/threads.hpp>

namespace gronwall::test {
namespace {

using real::for_each_index;
using real::for_each_piece;
using Index = std::ptrdiff_t;

constexpr const char* variable = "GRONWALL_THREADS";

void set_by(const char* value) {
  setenv(variable, value, 1);
  real::set_threads_by_environment();
}

/// The variable's value until the end of a test.
class Variable {
 public:
  Variable() : set_(std::getenv(variable) != nullptr), value_(set_ ? std::getenv(variable) : "") {}
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { set_ ? setenv(variable, value_.c_str(), 1) : unsetenv(variable); }
  bool set() const { return set_; }

 private:
  bool set_;
  std::string value_;
};

/// Which threads computed.
class Seen {
 public:
  void here() {
    const std::lock_guard lock(mutex_);
    threads_.insert(std::this_thread::get_id());
  }
  std::size_t count() const { return threads_.size(); }
  bool only_this_thread() const { return threads_ == std::set{std::this_thread::get_id()}; }

 private:
  std::mutex mutex_;
  std::set<std::thread::id> threads_;
};

/// Some work, which no compiler leaves out.
void work() {
  volatile double x = 1;
  for (int k = 0; k < 20000; ++k) x = x * 1.0001;
}

/// Shares out work until other threads, too, have come to do their part.
void until_shared(const std::function<void(Index)>& body) {
  ASSERT_GT(real::threads(), 1);
  if (std::thread::hardware_concurrency() < 2) return;
  Seen seen;
  while (seen.count() < 2)
    for_each_index(100, [&](Index k) {
      seen.here();
      work();
      body(k);
    });
}

TEST(Threads, ThereIsOneUnlessMoreWereAskedFor) {
  const Variable before;
  if (before.set()) GTEST_SKIP();
  EXPECT_EQ(real::threads(), 1);
}

TEST(Threads, ThereIsNoComputationWithout) {
  const Threads one(1);
  EXPECT_THROW(real::set_threads(0), DomainError);
  EXPECT_THROW(real::set_threads(-2), DomainError);
  EXPECT_EQ(real::threads(), 1);
}

TEST(Threads, TheEnvironmentSaysHowMany) {
  const Variable before;
  const Threads two(2);
  set_by("");
  EXPECT_EQ(real::threads(), 2);
  set_by("5");
  EXPECT_EQ(real::threads(), 5);
  for (const char* wrong : {"0", "-1", "two", "2x", " 2", "2 ", "0x2", "1.5", "99999999999999999999"}) {
    try {
      set_by(wrong);
      FAIL() << "accepted: '" << wrong << "'";
    } catch (const UnknownName& error) {
      EXPECT_NE(std::string(error.what()).find(variable), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find(wrong), std::string::npos) << error.what();
    }
  }
  EXPECT_EQ(real::threads(), 5);
  unsetenv(variable);
  real::set_threads_by_environment();
  EXPECT_EQ(real::threads(), 5);
}

TEST(Threads, EachIndexIsTakenOnce) {
  for (const int count : thread_counts) {
    const Threads threads(count);
    for (const Index size : {0, 1, 2, 3, 64, 1000}) {
      std::vector<int> taken(static_cast<std::size_t>(size));
      for_each_index(size, [&](Index k) { ++taken[static_cast<std::size_t>(k)]; });
      EXPECT_EQ(taken, std::vector<int>(taken.size(), 1)) << size;
    }
  }
}

TEST(Threads, PiecesMakeUpTheWhole) {
  for (const int count : thread_counts) {
    const Threads threads(count);
    for (const Index size : {-1, 0, 1, 2, 16, 17, 1000})
      for (const Index length : {1, 2, 16, 999, 1001}) {
        std::vector<int> taken(static_cast<std::size_t>(size > 0 ? size : 0));
        std::mutex mutex;
        Index pieces = 0;
        for_each_piece(size, length, [&](Index first, Index here) {
          EXPECT_EQ(first % length, 0);
          EXPECT_GT(here, 0);
          for (Index k = first; k < first + here; ++k) ++taken[static_cast<std::size_t>(k)];
          const std::lock_guard lock(mutex);
          ++pieces;
        });
        EXPECT_EQ(taken, std::vector<int>(taken.size(), 1)) << size << " by " << length;
        EXPECT_EQ(pieces, size <= 0 ? 0 : count == 1 ? 1 : (size + length - 1) / length);
      }
  }
}

TEST(Threads, OneThreadIsTheCallersAndInOrder) {
  const Threads one(1);
  Seen seen;
  std::vector<Index> order;
  for_each_index(20, [&](Index k) {
    seen.here();
    order.push_back(k);
  });
  EXPECT_TRUE(seen.only_this_thread());
  for (Index k = 0; k < 20; ++k) EXPECT_EQ(order[static_cast<std::size_t>(k)], k);
}

TEST(Threads, OthersTakePart) {
  const Threads two(2);
  until_shared([](Index) {});  // or this has no end
}

TEST(Threads, WithinABodyThereIsOne) {
  const Threads three(3);
  std::atomic<int> wrong{0};
  until_shared([&](Index) {
    Seen seen;
    std::vector<Index> order;
    for_each_index(50, [&](Index k) {
      seen.here();
      order.push_back(k);
    });
    int pieces = 0;
    for_each_piece(50, 10, [&](Index, Index) { ++pieces; });
    wrong += !seen.only_this_thread() || order.size() != 50 || !std::is_sorted(order.begin(), order.end()) ||
             pieces != 1;
  });
  EXPECT_EQ(wrong, 0);
  // And afterwards there are all of them again.
  until_shared([](Index) {});
}

TEST(Threads, TheExceptionIsThatOfTheSmallestIndex) {
  for (const int count : thread_counts) {
    const Threads threads(count);
    for (int run = 0; run < 50; ++run) {
      std::vector<int> taken(100);
      try {
        for_each_index(100, [&](Index k) {
          ++taken[static_cast<std::size_t>(k)];
          if (k == 61 || k == 60 || k >= 90) throw std::out_of_range(std::to_string(k));
          work();
        });
        FAIL() << "no exception";
      } catch (const std::out_of_range& error) {
        ASSERT_STREQ(error.what(), "60");
      }
      for (std::size_t k = 0; k <= 60; ++k) ASSERT_EQ(taken[k], 1) << k;
    }
    EXPECT_NO_THROW(for_each_index(10, [](Index) {}));
  }
}

TEST(Threads, BodiesRoundAsTheCallerDoes) {
  const Threads two(2);
  const int before = std::fegetround();
  for (const int way : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD}) {
    std::atomic<int> others{0};
    std::fesetround(way);
    until_shared([&](Index) { others += std::fegetround() != way; });
    const int after = std::fegetround();
    std::fesetround(before);
    EXPECT_EQ(others, 0);
    EXPECT_EQ(after, way);
  }
}

/// Calls from several threads of a program at a time.
TEST(Threads, CallersMayBeSeveral) {
  const Threads two(2);
  std::vector<std::thread> callers;
  std::vector<std::vector<int>> taken(4, std::vector<int>(100));
  for (std::vector<int>& mine : taken)
    callers.emplace_back([&mine] {
      for (int run = 0; run < 20; ++run)
        for_each_index(100, [&](Index k) { ++mine[static_cast<std::size_t>(k)]; });
    });
  for (std::thread& caller : callers) caller.join();
  for (const std::vector<int>& one : taken) EXPECT_EQ(one, std::vector<int>(100, 20));
}

/// What a process forked from this one finds, whose only thread computes: 0 if all went well. Whatever this
/// one's other threads had locked stays so there.
int status_of_fork() {
  const pid_t child = fork();
  if (child == 0) {
    Seen seen;
    std::vector<int> taken(100);
    for_each_index(100, [&](Index k) {
      seen.here();
      ++taken[static_cast<std::size_t>(k)];
    });
    _exit(seen.only_this_thread() && taken == std::vector<int>(100, 1) ? 0 : 1);
  }
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}

/// Workers do not come along; whoever waited for them would do so for ever.
TEST(Threads, AForkedProcessComputesAlone) {
  const Threads two(2);
  until_shared([](Index) {});
  std::atomic<bool> over{false};
  std::thread busy([&] {
    while (!over) for_each_index(100, [](Index) {});
  });
  int failed = 0;
  for (int run = 0; run < 200; ++run) failed += status_of_fork() != 0;
  over = true;
  busy.join();
  EXPECT_EQ(failed, 0);
  until_shared([](Index) {});
}

}  // namespace
}  // namespace gronwall::test
