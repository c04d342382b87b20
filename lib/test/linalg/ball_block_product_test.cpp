// Products of balls through blocks: they contain what they should, against exact ends of all ranges, and are
// as narrow as Arb's.
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

// Relative to lib/include, where the compiler looks for it.
#include "../src/linalg/ball_block_product.hpp"

namespace {

using namespace gronwall;
using Eigen::Index;
using linalg::detail::BallLines;
using linalg::detail::Choice;
using linalg::detail::multiply_in_blocks;
using real::Ball;
using BallMatrix = linalg::Matrix<Ball>;

BallLines rows_of(const BallMatrix& a) { return {a.data(), a.rows(), a.cols(), 1, a.rows()}; }
BallLines columns_of(const BallMatrix& a) { return {a.data(), a.cols(), a.rows(), a.rows(), 1}; }

bool in_blocks(BallMatrix& out, const BallMatrix& a, const BallMatrix& b) {
  out = BallMatrix::Constant(a.rows(), b.cols(), Ball(7));
  return multiply_in_blocks(out, rows_of(a), columns_of(b), Choice::whatever_fits);
}

/// Sums and products without rounding.
Ball exactly(void (*f)(arb_ptr, arb_srcptr, arb_srcptr, slong), const Ball& x, const Ball& y) {
  Ball out;
  f(out.raw(), x.raw(), y.raw(), ARF_PREC_EXACT);
  return out;
}
Ball sum(const Ball& x, const Ball& y) { return exactly(arb_add, x, y); }
Ball product(const Ball& x, const Ball& y) { return exactly(arb_mul, x, y); }
bool below(const Ball& x, const Ball& y) { return arf_cmp(arb_midref(x.raw()), arb_midref(y.raw())) < 0; }

/// The ends of the range of sum_k a_k b_k, exact: each of the terms reaches its own at corners.
struct Ends {
  Ball lower, upper;
  Ball largest;  ///< of the terms' midpoints, in modulus

  Ends(const BallMatrix& a, Index i, const BallMatrix& b, Index j) {
    for (Index k = 0; k < a.cols(); ++k) {
      const Ball x = a(i, k).midpoint(), r = a(i, k).radius(), y = b(k, j).midpoint(), s = b(k, j).radius();
      Ball low, high;
      bool first = true;
      for (const Ball& p : {sum(x, r), sum(x, -r)})
        for (const Ball& q : {sum(y, s), sum(y, -s)}) {
          const Ball corner = product(p, q);
          if (first || below(corner, low)) low = corner;
          if (first || below(high, corner)) high = corner;
          first = false;
        }
      lower = sum(lower, low);
      upper = sum(upper, high);
      const Ball size = abs(product(x, y));
      if (below(largest, size)) largest = size;
    }
  }
};

/// The radius may be twice that of Arb's dot product, and 2^-bits times the midpoint and the largest term
/// more.
void expect_contains_tightly(const BallMatrix& c, const BallMatrix& a, const BallMatrix& b) {
  for (Index j = 0; j < b.cols(); ++j)
    for (Index i = 0; i < a.rows(); ++i) {
      const Ends exact(a, i, b, j);
      ASSERT_TRUE(c(i, j).contains(exact.lower) && c(i, j).contains(exact.upper)) << i << ", " << j;
      Ball dot;
      arb_dot(dot.raw(), nullptr, 0, a(i, 0).raw(), a.rows(), b(0, j).raw(), 1, a.cols(),
              real::working_bits());
      const Ball size = sum(exact.largest, abs(c(i, j).midpoint()));
      const Ball most = sum(real::scaled(dot.radius(), 1), real::scaled(size, -real::working_bits()));
      ASSERT_FALSE(below(most, c(i, j).radius()))
          << i << ", " << j << ": " << c(i, j).radius().relative_bits() << " "
          << real::Backend<Ball>::to_double(c(i, j).radius()) << " for "
          << real::Backend<Ball>::to_double(dot.radius());
    }
}

/// Midpoints of so many bits, a few of them short or zero, in lines whose exponents differ by `spread` at
/// most, all scaled by a power of two; radii about 2^-relative, a few of them zero, or none at all.
struct Kind {
  long bits;
  int spread;
  long relative;
};
constexpr long no_radii = 0;

Ball full(test::Random& random, long bits) {
  Ball x;
  for (long done = 0; done < bits; done += 52)
    x = sum(x, real::scaled(Ball(random.symmetric()), -std::min(done, bits - 52)));
  return x;
}

BallMatrix drawn(test::Random& random, Index rows, Index cols, const Kind& kind, long power) {
  return BallMatrix::NullaryExpr(rows, cols, [&] {
    const int which = random.below(10);
    const long own = power - random.below(kind.spread + 1);
    Ball x =
        which == 0 ? Ball() : real::scaled(which == 1 ? Ball(random.below(9)) : full(random, kind.bits), own);
    if (kind.relative == no_radii || which == 2) return x;
    return Ball(x, real::scaled(Ball(random.symmetric()), power - kind.relative - random.below(6)));
  });
}

BallMatrix drawn(test::Random& random, Index rows, Index cols, const Kind& kind) {
  return drawn(random, rows, cols, kind, random.below(4001) - 2000);
}

class BallBlockProducts : public ::testing::TestWithParam<long> {};

TEST_P(BallBlockProducts, ContainAllPointsAndLittleElse) {
  const real::Precision precision(GetParam());
  const long p = GetParam();
  test::Random random(static_cast<std::uint64_t>(700 + p));
  const std::vector<Kind> kinds = {{p, 4, p - 4},        {p, 20, no_radii}, {53, 10, no_radii}, {p, 150, p},
                                   {2 * p, 8, p},        {p, 8, 20},        {p, 100, 2},        {p, 4, -300},
                                   {3 * p, 5, no_radii}, {53, 280, 2 * p}};
  for (int run = test::repetitions(2); run > 0; --run)
    for (const Kind& left : kinds)
      for (const Kind& right : kinds) {
        const Index m = 1 + random.below(5), k = 1 + random.below(12), n = 1 + random.below(4);
        const BallMatrix A = drawn(random, m, k, left), B = drawn(random, k, n, right);
        BallMatrix C;
        ASSERT_TRUE(in_blocks(C, A, B));
        ASSERT_NO_FATAL_FAILURE(expect_contains_tightly(C, A, B))
            << left.bits << " " << left.spread << " " << left.relative << " times " << right.bits << " "
            << right.spread << " " << right.relative;
        // The transpose is the same product, bit for bit.
        const BallMatrix At = A.transpose();
        BallMatrix D = BallMatrix::Constant(m, n, Ball(7));
        ASSERT_TRUE(multiply_in_blocks(D, columns_of(At), columns_of(B), Choice::whatever_fits));
        for (Index e = 0; e < C.size(); ++e) ASSERT_NE(arb_equal(C.data()[e].raw(), D.data()[e].raw()), 0);
      }
}

/// Sums of which little or nothing is left: what is lost counts in the largest term's units.
TEST_P(BallBlockProducts, Cancel) {
  const real::Precision precision(GetParam());
  test::Random random(static_cast<std::uint64_t>(710 + GetParam()));
  for (int run = test::repetitions(4); run > 0; --run) {
    BallMatrix A = drawn(random, 4, 12, {GetParam(), 6, no_radii});
    BallMatrix B = drawn(random, 12, 3, {GetParam(), 6, run % 2 == 0 ? no_radii : GetParam()});
    A.rightCols(6) = A.leftCols(6).eval();
    B.bottomRows(6) = -B.topRows(6).eval();
    B(0, 2) += real::scaled(B(0, 2), 1 - GetParam());
    BallMatrix C;
    ASSERT_TRUE(in_blocks(C, A, B));
    ASSERT_NO_FATAL_FAILURE(expect_contains_tightly(C, A, B));
    if (run % 2 == 0 && GetParam() >= 64) {  // no bit was cut off
      ASSERT_TRUE(C(0, 0).is_zero());
    }
  }
}

/// Large entries meet zeros: what fixed point cuts off of the small ones is all there is.
TEST_P(BallBlockProducts, SmallEntriesBesideLargeOnesThatMeetZeros) {
  const real::Precision precision(GetParam());
  test::Random random(static_cast<std::uint64_t>(720 + GetParam()));
  for (const long apart : {20L, 100L, 200L, 260L}) {
    BallMatrix A = drawn(random, 4, 8, {GetParam(), 2, GetParam() + apart});
    BallMatrix B = drawn(random, 8, 3, {GetParam(), 2, GetParam() + apart});
    for (Index k = 0; k < 4; ++k) {
      for (Index i = 0; i < 2; ++i) A(i, k) = real::scaled(A(i, k), -apart);  // against large ones of B
      for (Index j = 0; j < 2; ++j) B(k, j) = j == 0 ? Ball() : real::scaled(B(k, j), -apart);
    }
    BallMatrix C;
    ASSERT_TRUE(in_blocks(C, A, B));
    ASSERT_NO_FATAL_FAILURE(expect_contains_tightly(C, A, B)) << apart;
  }
}

/// Numbers just below a power of two, whose digits carry up to the highest.
TEST_P(BallBlockProducts, RowsOfOnesButForTheLastBits) {
  const real::Precision precision(GetParam());
  const Ball almost = sum(Ball(1), -real::scaled(Ball(1), -GetParam()));
  const BallMatrix B = BallMatrix::Constant(9, 2, almost);
  BallMatrix A(4, 9), C;
  for (long first = 1; first < 2 * GetParam(); first += 4) {
    for (Index i = 0; i < 4; ++i)
      A.row(i).setConstant(
          product(Ball(i % 2 == 0 ? 1 : -1), sum(Ball(1), -real::scaled(Ball(1), -first - i))));
    ASSERT_TRUE(in_blocks(C, A, B));
    ASSERT_NO_FATAL_FAILURE(expect_contains_tightly(C, A, B));
  }
}

INSTANTIATE_TEST_SUITE_P(Bits, BallBlockProducts, ::testing::Values(2L, 30L, 64L, 128L, 300L, 700L),
                         [](const auto& info) { return std::to_string(info.param); });

/// What is not known, or beyond all measure, is left to Arb, and comes out as it always did.
TEST(BallBlockProduct, LeavesTheRestToArb) {
  const real::Precision precision(128);
  test::Random random(731);
  const BallMatrix plain = drawn(random, 40, 40, {128, 4, 120}, 0);
  const auto balls = [] {
    std::vector<Ball> out{Ball(std::numeric_limits<double>::infinity()), Ball(std::nan(""))};
    Ball unbounded(1);
    mag_inf(arb_radref(unbounded.raw()));
    Ball far = real::scaled(Ball(1), 1L << 40), farther(1);
    arb_mul_2exp_fmpz(farther.raw(), farther.raw(),
                      ARF_EXPREF(arb_midref(real::scaled(Ball(1), 1L << 61).raw())));
    out.insert(out.end(), {unbounded, far, farther, Ball(Ball(1), far), real::scaled(Ball(1), -700),
                           Ball(Ball(1), real::scaled(Ball(1), -100000))});
    return out;
  }();
  for (const Ball& x : balls)
    for (const bool left : {false, true}) {
      BallMatrix A = plain, B = plain, C;
      (left ? A : B)(3, 5) = x;
      EXPECT_FALSE(in_blocks(C, A, B));
      EXPECT_TRUE(arb_equal(C(0, 0).raw(), Ball(7).raw()) != 0) << "nothing is written";
      const BallMatrix D = linalg::multiply<Ball>(A, B);
      Ball dot;
      arb_dot(dot.raw(), nullptr, 0, A(3, 0).raw(), 40, B(0, 5).raw(), 1, 40, 128);
      EXPECT_EQ(D(3, 5).known(), dot.known());
      EXPECT_EQ(D(7, 7).known(), true);
    }
  EXPECT_TRUE(linalg::multiply<Ball>(BallMatrix(2, 0), BallMatrix(0, 3))(1, 2).is_zero());
}

/// The library's own products, of sizes at which they go this way.
TEST(BallBlockProduct, IsWhatProductsOfBallsAreMadeOf) {
  const real::Precision precision(128);
  test::Random random(732);
  const BallMatrix A = drawn(random, 64, 48, {128, 6, 100}), B = drawn(random, 48, 16, {128, 6, 100});
  ASSERT_TRUE(linalg::detail::ball_blocks_are_faster(64, 48, 16, 6, 128));
  BallMatrix C;
  ASSERT_TRUE(in_blocks(C, A, B));
  const BallMatrix At = A.transpose(), Bt = B.transpose();
  for (const BallMatrix& D : {linalg::multiply<Ball>(A, B), linalg::transpose_multiply<Ball>(At, B),
                              linalg::multiply_transpose<Ball>(A, Bt)})
    for (Index e = 0; e < C.size(); ++e) EXPECT_NE(arb_equal(C.data()[e].raw(), D.data()[e].raw()), 0);
  expect_contains_tightly(C, A, B);
  EXPECT_FALSE(linalg::detail::ball_blocks_are_faster(1000, 1000, 1000, 31, 128));
  EXPECT_FALSE(linalg::detail::ball_blocks_are_faster(1000, (1L << 20) + 1, 1000, 6, 128));
  EXPECT_FALSE(linalg::detail::ball_blocks_are_faster(4, 4, 4, 2, 64));
}

}  // namespace
