// Products with blocks of columns against products of matrices, and the products in double where OpenBLAS
// takes over.
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/linalg/columns.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/error.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::Matrix;
using real::Backend;

template <class R>
class ColumnLaws : public ::testing::Test {};
TYPED_TEST_SUITE(ColumnLaws, test::BackendTypes, test::BackendNames);

template <class R>
Matrix<R> random_matrix(test::Random& random, Eigen::Index rows, Eigen::Index cols) {
  Matrix<R> a(rows, cols);
  for (Eigen::Index k = 0; k < a.size(); ++k) a.data()[k] = random.full<R>(-4, 4);
  return a;
}

/// Entries apart by no more than `units` roundings of sums whose terms have moduli up to 2^8.
template <class R>
void expect_close(const Matrix<R>& a, const Matrix<R>& b, int units) {
  using std::abs;
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.cols(), b.cols());
  for (Eigen::Index k = 0; k < a.size(); ++k)
    EXPECT_LE(abs(R(a.data()[k] - b.data()[k])), R(units) * R(1 << 12) * Backend<R>::unit_roundoff());
}

TYPED_TEST(ColumnLaws, AreProductsOfTheirMatrices) {
  using R = TypeParam;
  test::Random random(171);
  for (const Eigen::Index n : {3, 17, 24}) {  // 24 * 24 * 2: beyond the reach of the small kernels
    const Matrix<R> A = random_matrix<R>(random, n, n), wide = random_matrix<R>(random, n, 6);
    const R factor = random.full<R>(-1, 1);
    const Matrix<R> b = wide.middleCols(2, 2), others = random_matrix<R>(random, n, 5);
    Matrix<R> out = others;
    linalg::multiply_columns<R>(linalg::columns<R>(out, 1, 2), factor, A, linalg::columns<R>(wide, 2, 2));
    expect_close<R>(out.middleCols(1, 2), factor * linalg::multiply<R>(A, b), 100);
    linalg::transpose_multiply_columns<R>(linalg::columns<R>(out, 3, 2), factor, A,
                                          linalg::columns<R>(wide, 2, 2));
    expect_close<R>(out.middleCols(3, 2), factor * linalg::transpose_multiply<R>(A, b), 100);
    EXPECT_EQ(Matrix<R>(out.col(0)), Matrix<R>(others.col(0)));  // the neighbours stay

    Matrix<R> sum = A;
    linalg::add_multiply_transpose<R>(sum, factor, linalg::columns<R>(others, 0, 4),
                                      linalg::columns<R>(wide, 2, 4));
    expect_close<R>(sum,
                    A + factor * linalg::multiply_transpose<R>(Matrix<R>(others.leftCols(4)),
                                                               Matrix<R>(wide.rightCols(4))),
                    100);
  }
}

TYPED_TEST(ColumnLaws, CombinationsAreSums) {
  using R = TypeParam;
  test::Random random(172);
  const Eigen::Index n = 5, N = 3;
  const Matrix<R> all = random_matrix<R>(random, n, 4 * N), start = random_matrix<R>(random, n, N);
  const std::vector<R> factors{random.full<R>(-1, 1), R(0), random.full<R>(-1, 1)};
  Matrix<R> out = start;
  linalg::add_combination<R>(linalg::columns<R>(out, 0, N), all.data() + n * N, factors.data(), 3);
  expect_close<R>(out, start + factors[0] * all.middleCols(N, N) + factors[2] * all.middleCols(3 * N, N), 10);
  linalg::add_combination<R>(linalg::columns<R>(out, 0, N), all.data(), factors.data(), 0);
}

TYPED_TEST(ColumnLaws, ShapesMustFit) {
  using R = TypeParam;
  const Matrix<R> A = Matrix<R>::Zero(3, 3), b = Matrix<R>::Zero(3, 2);
  Matrix<R> out = Matrix<R>::Zero(3, 2), square = A;
  const auto all = [](const Matrix<R>& a) { return linalg::columns<R>(a, 0, a.cols()); };
  EXPECT_THROW(linalg::multiply_columns<R>(linalg::columns<R>(out, 0, 1), R(1), A, all(b)), DomainError);
  EXPECT_THROW(linalg::multiply_columns<R>(linalg::columns<R>(out, 0, 2), R(1),
                                           Matrix<R>(Matrix<R>::Zero(3, 2)), all(b)),
               DomainError);
  EXPECT_THROW(linalg::add_multiply_transpose<R>(square, R(1), all(b), all(A)), DomainError);
  EXPECT_THROW(linalg::add_multiply_transpose<R>(out, R(1), all(b), all(b)), DomainError);
  linalg::add_multiply_transpose<R>(square, R(1), linalg::columns<R>(b, 0, 0), linalg::columns<R>(b, 1, 0));
  EXPECT_EQ(square, A);
}

// ---------------------------------------------------------------- products in double

using D = Matrix<double>;

/// |c - A B| <= (k + 2) u |A| |B|, the sum in extended precision by hand.
void expect_product(const D& c, const D& a, const D& b) {
  ASSERT_EQ(c.rows(), a.rows());
  ASSERT_EQ(c.cols(), b.cols());
  for (Eigen::Index j = 0; j < c.cols(); ++j)
    for (Eigen::Index i = 0; i < c.rows(); ++i) {
      long double sum = 0, size = 0;
      for (Eigen::Index k = 0; k < a.cols(); ++k) {
        const long double term = static_cast<long double>(a(i, k)) * b(k, j);
        sum += term;
        size += term < 0 ? -term : term;
      }
      const long double off = sum - c(i, j);
      EXPECT_LE(off < 0 ? -off : off, static_cast<long double>(a.cols() + 2) * 0x1p-53L * size)
          << i << ", " << j;
    }
}

TEST(DoubleProducts, OfAllSizes) {
  test::Random random(173);
  for (const Eigen::Index n : {1, 2, 7, 8, 9, 16, 31, 40})
    for (const Eigen::Index k : {1, 5, 16, 33})
      for (const Eigen::Index N : {1, 2, 3, 16, 17}) {
        const D a = random_matrix<double>(random, n, k), b = random_matrix<double>(random, k, N);
        const D at = a.transpose(), bt = b.transpose();
        expect_product(linalg::multiply<double>(a, b), a, b);
        expect_product(linalg::transpose_multiply<double>(at, b), a, b);
        expect_product(linalg::multiply_transpose<double>(a, bt), a, b);
      }
}

TEST(DoubleProducts, OfALargeMatrixAndAColumn) {
  test::Random random(174);
  const D a = random_matrix<double>(random, 520, 260), x = random_matrix<double>(random, 260, 1),
          y = random_matrix<double>(random, 520, 1);
  expect_product(linalg::multiply<double>(a, x), a, x);
  expect_product(linalg::transpose_multiply<double>(a, y), a.transpose(), y);
  expect_product(linalg::multiply_transpose<double>(a, D(x.transpose())), a, x);
}

// Neither what was there before nor a zero opposite hides what is no number.
TEST(DoubleProducts, WhatIsNoNumberShowsAndLeaves) {
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinity = std::numeric_limits<double>::infinity();
  for (const Eigen::Index n : {2, 8, 40, 400})
    for (const Eigen::Index N : {1, 4, 16}) {
      D a = D::Zero(n, n), b = D::Zero(n, N), out = D::Constant(n, N, nan);
      linalg::multiply_into<double>(out, a, b);
      EXPECT_EQ(out, b) << n << ", " << N;
      out.setConstant(nan);
      linalg::transpose_multiply_into<double>(out, a, b);
      EXPECT_EQ(out, b) << n << ", " << N;
      for (const double bad : {nan, infinity}) {
        a(1, n - 1) = bad;
        for (Eigen::Index j = 0; j < N; ++j) {
          linalg::multiply_into<double>(out, a, b);
          EXPECT_TRUE(std::isnan(out(1, j))) << n << ", " << N;
          EXPECT_EQ(out(0, j), 0) << n << ", " << N;
          linalg::transpose_multiply_into<double>(out, a, b);
          EXPECT_TRUE(std::isnan(out(n - 1, j))) << n << ", " << N;
        }
        a(1, n - 1) = 0;
        b(n - 1, 0) = bad;
        linalg::multiply_into<double>(out, a, b);
        for (Eigen::Index i = 0; i < n; ++i) EXPECT_TRUE(std::isnan(out(i, 0))) << n << ", " << N;
        b(n - 1, 0) = 0;
      }
    }
}

// A sample's numbers do not depend on its neighbours' values.
TEST(DoubleProducts, ColumnsDoNotMix) {
  test::Random random(175);
  const D a = random_matrix<double>(random, 64, 64);
  D b = random_matrix<double>(random, 64, 16);
  const D before = linalg::multiply<double>(a, b);
  b.col(3) *= 1e200;
  const D after = linalg::multiply<double>(a, b);
  for (Eigen::Index j = 0; j < 16; ++j)
    if (j != 3) {
      EXPECT_EQ(D(before.col(j)), D(after.col(j)));
    }
}

}  // namespace
