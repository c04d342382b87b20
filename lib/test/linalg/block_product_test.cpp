// Products of blocks against exact arithmetic, on every instruction set that this machine has.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <gronwall/linalg/block_product.hpp>
#include <gronwall/real/error.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/exact_block.hpp"
#include "support/random.hpp"

// Which primes there are: relative to lib/include, where the compiler looks for it.
#include "../src/linalg/residue_tables.hpp"

namespace {

using namespace gronwall;
using linalg::Block;
using linalg::BlockMatrix;
using linalg::Matrix;
using test::dyadic;
using test::Dyadic;
using Index = Block::Index;
using Integer = Dyadic::Integer;

constexpr std::int32_t half = 1 << (Block::limb_bits - 1);

/// Calls f on each instruction set in turn, and the best again in the end.
template <class F>
void for_each_target(F&& f) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    f();
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
}

void expect_equal(const Block& a, const Block& b) {
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.cols(), b.cols());
  ASSERT_EQ(a.limbs(), b.limbs());
  for (Index j = 0; j < a.cols(); ++j) {
    EXPECT_EQ(a.exponent(j), b.exponent(j));
    for (int l = 0; l < a.limbs(); ++l)
      for (Index i = 0; i < a.rows(); ++i)
        ASSERT_EQ(a.limb(l, j)[i], b.limb(l, j)[i]) << "digit " << l << " of " << i << ", " << j;
  }
}

/// A column's integers, its unit taken out.
std::vector<Integer> integers(const Block& b, Index j) {
  std::vector<Integer> out;
  for (Index i = 0; i < b.rows(); ++i) out.push_back(dyadic(b, i, j).mantissa);
  return out;
}

/// The product of the transpose of `rows` with column j of b.
std::vector<Dyadic> exact_column(const Block& rows, const Block& b, Index j) {
  const std::vector<Integer> x = integers(b, j);
  std::vector<Dyadic> out;
  for (Index i = 0; i < rows.cols(); ++i) {
    const std::vector<Integer> row = integers(rows, i);
    Integer sum = 0;
    for (std::size_t k = 0; k < x.size(); ++k) sum += row[k] * x[k];
    out.push_back({sum, rows.log2_unit(i) + b.log2_unit(j)});
  }
  return out;
}

/// out = rows^T b, rounded; the exponents as promised; the digits as a block's have to be.
void expect_product(const Block& out, const Block& rows, const Block& b) {
  ASSERT_EQ(out.rows(), rows.cols());
  ASSERT_EQ(out.cols(), b.cols());
  ASSERT_EQ(out.limbs(), rows.limbs());
  for (Index j = 0; j < out.cols(); ++j) {
    const std::vector<Dyadic> exact = exact_column(rows, b, j);
    bool zeros = true;
    double largest = 0;
    for (Index i = 0; i < out.rows(); ++i) {
      const Dyadic& x = exact[static_cast<std::size_t>(i)];
      zeros = zeros && x.mantissa == 0;
      largest = std::max(largest, x.in_units(out.exponent(j) - 1));
      ASSERT_LE((dyadic(out, i, j) - x).in_units(out.log2_unit(j)), 0.501) << i << ", " << j;
      for (int l = 0; l < out.limbs(); ++l) ASSERT_LE(std::abs(out.limb(l, j)[i]), half);
    }
    if (zeros)
      EXPECT_EQ(out.exponent(j), 0);
    else
      EXPECT_GE(largest, 0.4995) << "column " << j;  // a half but for what the leading bits do not tell
    EXPECT_LE(largest, 1) << "column " << j;
  }
}

/// The product on all instruction sets: exact, and the same.
void try_product(const Block& rows, const Block& b) {
  Block first;
  bool have = false;
  for_each_target([&] {
    Block out;
    linalg::multiply_into(out, BlockMatrix(rows), b);
    if (have) return expect_equal(out, first);
    have = true;
    first = out;
    expect_product(out, rows, b);
  });
}

TEST(BlockProduct, IsExactForAllNumbersOfLimbs) {
  test::Random random(621);
  for (int run = test::repetitions(1); run > 0; --run)
    for (int limbs = 1; limbs <= 30; ++limbs)
      for (const test::Fill fill : test::fills) {
        SCOPED_TRACE(limbs);
        const Index n = 1 + random.below(36), k = 1 + random.below(36), N = 1 + random.below(5);
        const Block rows = test::random_block(random, k, n, limbs, 20, fill);
        try_product(rows, test::random_block(random, k, N, limbs, 20, test::fills[random.below(5)]));
        try_product(rows, test::random_block(random, k, N, limbs, 20, fill));
      }
}

TEST(BlockProduct, AllSmallShapes) {
  test::Random random(622);
  for (const Index n : {0, 1, 2, 15, 16, 17, 31, 32, 33, 48, 49})
    for (const Index k : {0, 1, 2, 3, 16, 33})
      for (const Index N : {0, 1, 3, 4, 7, 8, 13, 17})
        try_product(test::random_block(random, k, n, 2, 3, test::Fill::any),
                    test::random_block(random, k, N, 2, 3, test::Fill::any));
}

TEST(BlockProduct, LongSumsAreReducedInBetween) {
  test::Random random(623);
  for (const Index k : {511, 512, 513, 514, 1023, 1024, 1025, 1100})
    for (const test::Fill fill : test::fills) {
      const Block rows = test::random_block(random, k, 3, 3, 5, fill);
      try_product(rows, test::random_block(random, k, 2, 3, 5, fill));
    }
}

/// An integer with given residues modulo some primes, balanced.
Integer with_residues(const std::vector<std::int32_t>& primes, const std::vector<Integer>& residues) {
  Integer x = 0, product = 1;
  for (std::size_t i = 0; i < primes.size(); ++i) {
    const Integer p = primes[i];
    Integer inverse;
    mpz_invert(inverse.backend().data(), product.backend().data(), p.backend().data());
    Integer step = (residues[i] - x) * inverse % p;
    x += step * product;
    product *= p;
  }
  x %= product;
  if (x > product / 2) x -= product;
  if (x < -product / 2) x += product;
  return x;
}

/// A block, all of whose entries are x.
Block filled(Index rows, Index cols, int limbs, const Integer& x) {
  Block out(rows, cols, limbs);
  for (Index j = 0; j < cols; ++j) {
    Integer rest = x;
    for (int l = 0; l < limbs; ++l) {
      const Integer shifted = rest + half;
      Integer high;
      mpz_fdiv_q_2exp(high.backend().data(), shifted.backend().data(), Block::limb_bits);
      std::fill(out.limb(l, j), out.limb(l, j) + out.stride(),
                Integer(rest - (high << Block::limb_bits)).convert_to<std::int32_t>());
      rest = high;
    }
  }
  return out;
}

/// Residues (p - 1)/2 in both operands for as many moduli as the digits allow: 512 products reach the bound
/// that 32 bits were measured for, as do those before them in longer sums.
TEST(BlockProduct, AccumulatorsReachTheirBounds) {
  constexpr int limbs = 7;
  for (const int inner : {512, 1024}) {
    const std::vector<std::int32_t>& all = linalg::detail::residue_tables(limbs, inner)->primes;
    Integer M = 1;
    for (const std::int32_t p : all) M *= p;
    // 16 primes below 2^12 fill 192 of the 196 bits.
    const std::vector<std::int32_t> some(all.begin(), all.begin() + 16);
    for (const int sign : {1, -1}) {
      std::vector<Integer> right, left;  // the left ones are multiplied by the inverse of M/p
      for (const int p : some) {
        right.push_back((p - 1) / 2);
        left.push_back(sign * Integer((p - 1) / 2) * (M / p) % p);
      }
      try_product(filled(inner, 2, limbs, with_residues(some, left)),
                  filled(inner, 2, limbs, with_residues(some, right)));
    }
  }
}

TEST(BlockProduct, HugeRangesOfExponentsInRowsAndColumns) {
  test::Random random(624);
  for (int run = test::repetitions(10); run > 0; --run) {
    const Index n = 1 + random.below(40), k = 1 + random.below(20);
    const int limbs = 1 + random.below(8);
    // Rows between 2^-5000 and 2^5000; the rows of large exponents are often zeros, or meet zeros.
    Block rows = test::random_block(random, k, n, limbs, 5000, test::Fill::any);
    Block b = test::random_block(random, k, 3, limbs, 100000, test::Fill::mostly_zeros);
    for (Index i = 0; i < n; ++i)
      if (random.below(3) == 0)
        for (int l = 0; l < limbs; ++l) std::fill(rows.limb(l, i), rows.limb(l, i) + k, 0);
    try_product(rows, b);
  }
}

/// Rows that are orthogonal to the column but for the last bit: the product's digits are the lowest of the
/// sum, and nothing of it is lost.
TEST(BlockProduct, CancellationLeavesNothingBehind) {
  test::Random random(625);
  for (int run = test::repetitions(20); run > 0; --run) {
    const int limbs = 1 + random.below(12);
    const Index n = 1 + random.below(20), k = 2 * (1 + random.below(20));
    Block rows = test::random_block(random, k, n, limbs, 30, test::Fill::any);
    Block b = test::random_block(random, k, 2, limbs, 30, test::Fill::any);
    for (Index i = 0; i < n; ++i)
      for (int l = 0; l < limbs; ++l)
        for (Index m = 0; m < k; m += 2) rows.limb(l, i)[m + 1] = rows.limb(l, i)[m];
    for (Index j = 0; j < 2; ++j)
      for (int l = 0; l < limbs; ++l)
        for (Index m = 0; m < k; m += 2) b.limb(l, j)[m + 1] = -b.limb(l, j)[m];
    try_product(rows, b);  // zeros
    b.limb(0, 0)[0] += b.limb(0, 0)[0] < 0 ? 1 : -1;
    try_product(rows, b);
  }
}

/// b with other numbers of digits than W: missing ones are zeros, those beyond W's are dropped.
TEST(BlockProduct, OfBlocksWithMoreOrFewerDigits) {
  test::Random random(626);
  const Index n = 19, k = 21;
  for (const int limbs : {1, 2, 5, 9}) {
    const Block rows = test::random_block(random, k, n, limbs, 4, test::Fill::any);
    for (const int others : {1, 3, 5, 8, 12}) {
      const Block b = test::random_block(random, k, 2, others, 4, test::Fill::any);
      Block same(k, 2, limbs);
      for (Index j = 0; j < 2; ++j) {
        same.set_exponent(j, b.exponent(j));
        for (int l = 0; l < std::min(limbs, others); ++l)
          std::copy(b.limb(others - 1 - l, j), b.limb(others - 1 - l, j) + k, same.limb(limbs - 1 - l, j));
      }
      for_each_target([&] {
        Block out, expected;
        linalg::multiply_into(out, BlockMatrix(rows), b);
        linalg::multiply_into(expected, BlockMatrix(rows), same);
        expect_equal(out, expected);
      });
    }
  }
}

template <class R>
class BlockProducts : public ::testing::Test {};
TYPED_TEST_SUITE(BlockProducts, test::BackendTypes, test::BackendNames);

/// |out - W b| against the bound for the W that was given, before its entries were rounded; and W^T.
TYPED_TEST(BlockProducts, ErrorsStayWithinTheirBound) {
  using R = TypeParam;
  test::Random random(627);
  for (int run = test::repetitions(10); run > 0; --run) {
    const Index n = 1 + random.below(20), k = 1 + random.below(20);
    const int spread = 1 << random.below(6), limbs = 1 + random.below(9), more = random.below(3) - 1;
    const Matrix<R> W = Matrix<R>::NullaryExpr(n, k, [&] { return random.full<R>(-spread, spread); });
    const Matrix<R> turned = W.transpose();
    const Block b = test::random_block(random, k, 2, std::max(1, limbs + more), 8, test::Fill::any);
    const BlockMatrix prepared(W, limbs);
    ASSERT_EQ(prepared.rows(), n);
    ASSERT_EQ(prepared.cols(), k);
    ASSERT_EQ(prepared.limbs(), limbs);
    Block out, again;
    linalg::multiply_into(out, prepared, b);
    linalg::multiply_into(again, BlockMatrix::transposed(turned, limbs), b);
    expect_equal(out, again);
    for (Index j = 0; j < 2; ++j)
      for (Index i = 0; i < n; ++i) {
        Dyadic exact;
        for (Index m = 0; m < k; ++m) exact = exact + dyadic(W(i, m)) * dyadic(b, m, j);
        ASSERT_LE((dyadic(out, i, j) - exact).in_units(out.log2_unit(j)),
                  linalg::error_in_units(out, prepared, b, j));
      }
  }
}

/// At the number of limbs for the precision and 12 bits more, the error is below one unit in the last place
/// of R, times the norms of W's row and b's column.
TYPED_TEST(BlockProducts, KeepThePrecisionOfTheirNumbers) {
  using R = TypeParam;
  using std::abs;
  test::Random random(628);
  const R u = real::Backend<R>::unit_roundoff();
  const long bits = -dyadic(u).above() + 1;
  const int limbs = Block::limbs_for(bits + 12);
  for (const Index n : {3, 40, 600}) {
    const Matrix<R> W = Matrix<R>::NullaryExpr(5, n, [&] { return random.full<R>(0, 0); });
    const Matrix<R> x = Matrix<R>::NullaryExpr(n, 1, [&] { return random.full<R>(0, 0); });
    Block out;
    const Block b(x, limbs);
    linalg::multiply_into(out, BlockMatrix(W, limbs), b);
    for (Index i = 0; i < 5; ++i) {
      Dyadic exact;
      for (Index m = 0; m < n; ++m) exact = exact + dyadic(W(i, m)) * dyadic(x(m, 0));
      const R norms = W.row(i).norm() * x.norm();
      EXPECT_LE((dyadic(out, i, 0) - exact).in_units(0), 2 * real::to_double<R>(R(u * norms))) << n;
    }
  }
}

TYPED_TEST(BlockProducts, RefuseWhatIsNotFinite) {
  using R = TypeParam;
  Matrix<R> W = Matrix<R>::Constant(3, 4, R(1));
  W(1, 2) = std::numeric_limits<R>::infinity();
  EXPECT_THROW(BlockMatrix(W, 7), DomainError);
  W(1, 2) = std::numeric_limits<R>::quiet_NaN();
  EXPECT_THROW(BlockMatrix(W, 7), DomainError);
  EXPECT_THROW(BlockMatrix::transposed(W, 7), DomainError);
}

TEST(BlockProduct, RefusesWhatDoesNotFit) {
  const BlockMatrix w(Block(4, 3, 2));
  Block out, b(5, 2, 2), square(4, 4, 2);
  EXPECT_THROW(linalg::multiply_into(out, w, b), DomainError);
  EXPECT_THROW(linalg::multiply_into(square, w, square), DomainError);
  EXPECT_THROW(BlockMatrix(Block(2, 2, 31)), DomainError);
  Block rows(1, 2, 1);
  rows.limb(0, 0)[0] = rows.limb(0, 1)[0] = 1;
  rows.set_exponent(1, (1L << 30) + 1);
  EXPECT_THROW(BlockMatrix{rows}, DomainError);
  rows.set_exponent(1, 1L << 30);
  const Matrix<double> one = Matrix<double>::Constant(1, 1, 1.0);
  try_product(rows, Block(one, 1));
}

/// Nothing of an earlier, larger product is left in the buffers.
TEST(BlockProduct, ForgetsWhatCameBefore) {
  test::Random random(629);
  const Block rows = test::random_block(random, 9, 5, 3, 4, test::Fill::any);
  const Block b = test::random_block(random, 9, 3, 3, 4, test::Fill::any);
  Block before, large, after;
  linalg::multiply_into(before, BlockMatrix(rows), b);
  linalg::multiply_into(large, BlockMatrix(test::random_block(random, 70, 90, 12, 4, test::Fill::any)),
                        test::random_block(random, 70, 33, 12, 4, test::Fill::any));
  linalg::multiply_into(after, BlockMatrix(rows), b);
  expect_equal(before, after);
}

}  // namespace
