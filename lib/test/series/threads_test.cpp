// Functions on blocks are the same, digit by digit, for any number of threads.
#include "support/threads.hpp"

#include <gtest/gtest.h>

#include <gronwall/activation/activation.hpp>
#include <gronwall/series/block_function.hpp>

#include "support/random.hpp"

namespace gronwall::test {
namespace {

using linalg::Block;
using series::BlockFunction;
using Index = Block::Index;

/// Numbers of modulus below 1/2 2^exponent in one column each, all digits drawn.
Block drawn(Index rows, int limbs) {
  Random random(733);
  constexpr int half = 1 << (Block::limb_bits - 1);
  Block out(rows, 3, limbs);
  for (Index j = 0; j < out.cols(); ++j) {
    out.set_exponent(j, 2 * j - 2);
    for (int l = 0; l < limbs; ++l)
      for (Index i = 0; i < rows; ++i) out.limb(l, j)[i] = random.below(half) - half / 2;
  }
  return out;
}

TEST(BlockFunctionOfThreads, IsTheSame) {
  // Rows that pieces do not divide; of three limbs one piece is enough.
  for (const auto& [rows, limbs] : {std::pair<Index, int>{1500, 6}, {1301, 8}, {203, 26}, {64, 3}}) {
    const Block x = drawn(rows, limbs);
    for (const char* phi : {"tanh", "gelu"})
      for (const int derivative : {0, 1}) {
        const BlockFunction f(activation::find(phi), derivative, limbs);
        const auto values = [&](int count) {
          const Threads threads(count);
          Block out;
          f(x, out);
          return out;
        };
        const Block alone = values(1);
        for (const int count : thread_counts) {
          const Block out = values(count);
          ASSERT_EQ(out.rows(), alone.rows());
          for (Index j = 0; j < out.cols(); ++j) {
            EXPECT_EQ(out.exponent(j), alone.exponent(j));
            for (int l = 0; l < out.limbs(); ++l)
              for (Index i = 0; i < out.rows(); ++i)
                ASSERT_EQ(out.limb(l, j)[i], alone.limb(l, j)[i])
                    << phi << ", " << count << " threads, digit " << l << " of " << i << ", " << j;
          }
        }
      }
  }
}

}  // namespace
}  // namespace gronwall::test
