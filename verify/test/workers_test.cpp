#include "verify/engine/workers.hpp"

#include <string>

#include <gtest/gtest.h>

#include <gronwall/real/threads.hpp>

#include "support/threads.hpp"

namespace gronwall::verify {
namespace {

/// Several computations at a time keep the processors busy without threads of their own.
TEST(Workers, ComputeWithOneThreadEach) {
  const test::Threads three(3);
  real::for_each_index(10, [](std::ptrdiff_t) {});
  int ended = 0;
  work_off(
      3, [](std::size_t) { return std::to_string(real::threads()); }, 2, 60,
      [&](const Worked& work) {
        EXPECT_EQ(work.said, "1") << work.failure;
        ++ended;
      });
  EXPECT_EQ(ended, 3);
  EXPECT_EQ(real::threads(), 3);
}

}  // namespace
}  // namespace gronwall::verify
