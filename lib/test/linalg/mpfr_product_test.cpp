// Single products of MPFR matrices through blocks: exact inner products, rounded once.
#include <limits>

#include <gtest/gtest.h>

#include <gronwall/linalg/product.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/exact_block.hpp"
#include "support/random.hpp"

// Relative to lib/include, where the compiler looks for it.
#include "../src/linalg/mpfr_product.hpp"

namespace {

using namespace gronwall;
using Eigen::Index;
using linalg::Matrix;
using linalg::detail::product_in_blocks;
using linalg::detail::Strided;
using test::dyadic;
using test::Dyadic;

template <class R>
class MpfrProducts : public ::testing::Test {};
TYPED_TEST_SUITE(MpfrProducts, test::BackendTypes, test::BackendNames);

template <class R>
Strided<R> plain(const Matrix<R>& a) {
  return {a.data(), a.rows(), a.cols(), 1, a.rows()};
}
template <class R>
Strided<R> turned(const Matrix<R>& a) {
  return {a.data(), a.cols(), a.rows(), a.rows(), 1};
}

/// Full and short numbers, zeros, in every row and column exponents within `spread`; scaled by powers of two.
template <class R>
Matrix<R> random_matrix(test::Random& random, Index rows, Index cols, int spread) {
  using std::ldexp;
  const int power = random.below(2001) - 1000;
  return Matrix<R>::NullaryExpr(rows, cols, [&] {
    const int kind = random.below(8);
    if (kind == 0) return R(0);
    const R x = kind == 1 ? R(random.symmetric()) : random.full<R>(0, spread);
    return R(ldexp(x, power));
  });
}

template <class R>
void expect_rounded(const Matrix<R>& c, const Strided<R>& a, const Strided<R>& b) {
  const Dyadic u = dyadic(real::Backend<R>::unit_roundoff());
  for (Index j = 0; j < c.cols(); ++j)
    for (Index i = 0; i < c.rows(); ++i) {
      Dyadic exact;
      for (Index k = 0; k < a.cols; ++k) exact = exact + dyadic(a(i, k)) * dyadic(b(k, j));
      if (exact.mantissa == 0) {
        ASSERT_EQ(c(i, j), 0);
        continue;
      }
      const long unit = exact.above();
      ASSERT_LE((dyadic(c(i, j)) - exact).in_units(unit), (u * exact).in_units(unit)) << i << ", " << j;
    }
}

TYPED_TEST(MpfrProducts, AreExactSumsRoundedOnce) {
  using R = TypeParam;
  if constexpr (!std::is_same_v<R, double>) {
    test::Random random(631);
    for (int run = test::repetitions(6); run > 0; --run) {
      const Index n = 20 + random.below(30), k = 20 + random.below(30), N = 10 + random.below(10);
      const Matrix<R> A = random_matrix<R>(random, n, k, 20), B = random_matrix<R>(random, k, N, 20);
      const Matrix<R> At = A.transpose(), Bt = B.transpose();
      Matrix<R> C = Matrix<R>::Constant(n, N, R(7));
      for (const auto& [a, b] : {std::pair(plain<R>(A), plain<R>(B)), std::pair(turned<R>(At), plain<R>(B)),
                                 std::pair(plain<R>(A), turned<R>(Bt))}) {
        C.setConstant(R(7));
        ASSERT_TRUE(product_in_blocks<R>(C.data(), a, b));
        expect_rounded<R>(C, plain<R>(A), plain<R>(B));
      }
      // The library's own products come this way.
      expect_rounded<R>(linalg::multiply<R>(A, B), plain<R>(A), plain<R>(B));
      expect_rounded<R>(linalg::transpose_multiply<R>(At, B), plain<R>(A), plain<R>(B));
      expect_rounded<R>(linalg::multiply_transpose<R>(A, Bt), plain<R>(A), plain<R>(B));
    }
  }
}

/// Sums of which little or nothing is left.
TYPED_TEST(MpfrProducts, Cancel) {
  using R = TypeParam;
  if constexpr (!std::is_same_v<R, double>) {
    test::Random random(632);
    Matrix<R> A = random_matrix<R>(random, 24, 40, 10), B = random_matrix<R>(random, 40, 12, 10);
    A.rightCols(20) = A.leftCols(20).eval();
    B.bottomRows(20) = -B.topRows(20).eval();
    B(0, 3) = B(0, 3) * (R(1) + 2 * real::Backend<R>::unit_roundoff());
    Matrix<R> C(24, 12);
    ASSERT_TRUE(product_in_blocks<R>(C.data(), plain<R>(A), plain<R>(B)));
    expect_rounded<R>(C, plain<R>(A), plain<R>(B));
    EXPECT_EQ(C(0, 0), 0);
  }
}

/// Numbers just below a power of two, whose digits carry up to the highest.
TYPED_TEST(MpfrProducts, RowsOfOnesButForTheLastBits) {
  using R = TypeParam;
  if constexpr (!std::is_same_v<R, double>) {
    using std::ldexp;
    constexpr Index n = 20, N = 10;
    const Matrix<R> B = Matrix<R>::Constant(n, N, R(1) - real::Backend<R>::unit_roundoff());
    Matrix<R> A(n, n), C(n, N);
    for (int first = 1; ldexp(R(1), -first) > real::Backend<R>::unit_roundoff(); first += n) {
      for (Index i = 0; i < n; ++i)
        A.row(i).setConstant(R(i % 2 == 0 ? 1 : -1) * (R(1) - ldexp(R(1), -first - static_cast<int>(i))));
      ASSERT_TRUE(product_in_blocks<R>(C.data(), plain<R>(A), plain<R>(B)));
      expect_rounded<R>(C, plain<R>(A), plain<R>(B));
    }
  }
}

/// What fixed point cannot hold, or does not pay for, is left to the loop, and is right there.
TYPED_TEST(MpfrProducts, LeaveTheRestToTheLoop) {
  using R = TypeParam;
  using std::ldexp;
  test::Random random(633);
  Matrix<R> A = random_matrix<R>(random, 32, 32, 4), C(32, 32);
  const Matrix<R> B = random_matrix<R>(random, 32, 32, 4);
  for (const R& x : {std::numeric_limits<R>::infinity(), std::numeric_limits<R>::quiet_NaN(),
                     R(ldexp(R(1), std::is_same_v<R, double> ? 1000 : 100000))}) {
    A(3, 5) = x;
    C.setConstant(R(7));
    EXPECT_FALSE(product_in_blocks<R>(C.data(), plain<R>(A), plain<R>(B)));
    EXPECT_EQ(C, Matrix<R>::Constant(32, 32, R(7)));
    EXPECT_FALSE(product_in_blocks<R>(C.data(), plain<R>(B), plain<R>(A)));
  }
  const Matrix<R> small = A.topLeftCorner(3, 3);
  EXPECT_FALSE(product_in_blocks<R>(C.data(), plain<R>(small), plain<R>(small)));
  const Matrix<R> none(0, 4), other(4, 0);
  EXPECT_FALSE(product_in_blocks<R>(C.data(), plain<R>(none), plain<R>(other)));
  EXPECT_FALSE(linalg::detail::blocks_are_faster(1000, 1000, 1000, 31, 50));
  EXPECT_FALSE(linalg::detail::blocks_are_faster(1000, (1L << 20) + 1, 1000, 7, 50));
  EXPECT_TRUE(linalg::detail::blocks_are_faster(1000, 1000, 1000, 7, 50));
}

}  // namespace
