// Products that are shared out to threads are the same, bit for bit, for any number of them.
#include "support/threads.hpp"

#include <limits>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/linalg/block_product.hpp>
#include <gronwall/linalg/columns.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>

#include "../../src/linalg/narrow_product.hpp"
#include "support/exact_block.hpp"
#include "support/random.hpp"

namespace gronwall::test {
namespace {

using linalg::Block;
using linalg::BlockMatrix;
using Matrix = linalg::ExactMatrix;
using Eigen::Index;

bool equal(const Block& a, const Block& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols() || a.limbs() != b.limbs()) return false;
  for (Index j = 0; j < a.cols(); ++j) {
    if (a.exponent(j) != b.exponent(j)) return false;
    for (int l = 0; l < a.limbs(); ++l)
      for (Index i = 0; i < a.rows(); ++i)
        if (a.limb(l, j)[i] != b.limb(l, j)[i]) return false;
  }
  return true;
}

struct Shape {
  Index n, k, N;
  int limbs;
};

/// Large enough to be shared out, or (the last ones) too small; panels and columns that come out even and
/// not, sums that are reduced in between, many columns and one, an odd number of primes and an even one.
constexpr Shape shapes[] = {{256, 256, 16, 8},  {250, 131, 16, 7}, {300, 260, 37, 8},
                            {130, 1100, 16, 3}, {40, 700, 5, 26},  {900, 600, 1, 8},
                            {65, 64, 16, 9},    {16, 16, 16, 8},   {3, 2, 1, 1}};

template <class F>
void for_each_shape(const F& f) {
  Random random(931);
  for (const Shape& s : shapes) {
    SCOPED_TRACE(testing::Message() << s.n << " x " << s.k << " on " << s.N << ", " << s.limbs << " limbs");
    const BlockMatrix w(random_block(random, s.k, s.n, s.limbs, 20, Fill::any));
    f(w, random_block(random, s.k, s.N, s.limbs, 20, Fill::any));
  }
}

TEST(ProductsOfThreads, BlocksAreTheSame) {
  for_each_shape([](const BlockMatrix& w, const Block& b) {
    Block alone;
    {
      const Threads one(1);
      multiply_into(alone, w, b);
    }
    for (const int count : thread_counts) {
      const Threads threads(count);
      Block out;
      multiply_into(out, w, b);
      EXPECT_TRUE(equal(out, alone)) << count << " threads";
    }
  });
}

/// Each of several callers has its own intermediate results.
TEST(ProductsOfThreads, CallersMayBeSeveral) {
  const Threads two(2);
  for_each_shape([](const BlockMatrix& w, const Block& b) {
    Block alone;
    multiply_into(alone, w, b);
    std::vector<Block> out(3);
    std::vector<std::thread> callers;
    for (Block& one : out)
      callers.emplace_back([&] {
        for (int run = 0; run < 3; ++run) multiply_into(one, w, b);
      });
    for (std::thread& caller : callers) caller.join();
    for (const Block& one : out) EXPECT_TRUE(equal(one, alone));
  });
}

TEST(ProductsOfThreads, NarrowOnesAreTheSame) {
  Random random(932);
  const Index width = linalg::detail::columns_of_rows();
  for (const auto& shape : {std::pair<Index, Index>{1024, 1024}, {700, 1031}, {1031, 517}, {200, 200}}) {
    const Index rows = shape.first, cols = shape.second;
    Matrix a(rows, cols);
    for (Index k = 0; k < a.size(); ++k) a.data()[k] = random.symmetric();
    for (const bool transposed : {false, true}) {
      const Index height = transposed ? cols : rows, inner = transposed ? rows : cols;
      Matrix b(inner, width);
      for (Index k = 0; k < b.size(); ++k) b.data()[k] = random.symmetric();
      const auto product = [&](int count) {
        const Threads threads(count);
        Matrix out = Matrix::Constant(height, width, std::numeric_limits<double>::quiet_NaN());
        linalg::detail::narrow_product(out.data(), 1, a.data(), rows, cols, transposed, b.data(), width, 0);
        return out;
      };
      const Matrix alone = product(1);
      for (const int count : thread_counts)
        EXPECT_EQ(product(count), alone) << rows << " x " << cols << ", " << count << " threads";
    }
  }
}

}  // namespace
}  // namespace gronwall::test
