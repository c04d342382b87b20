// Products of a matrix with about as many columns as a processor's vectors have lanes, which have a kernel of
// their own in double, against sums in long double; and norms of many entries.
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/linalg/columns.hpp>
#include <gronwall/linalg/norm.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using Matrix = linalg::ExactMatrix;
using Eigen::Index;

constexpr double unit_roundoff = 0x1p-53;

Matrix random_matrix(test::Random& random, Index rows, Index cols) {
  Matrix a(rows, cols);
  for (Index k = 0; k < a.size(); ++k) a.data()[k] = random.full<double>(-30, 30);
  return a;
}

/// |C - factor A B| <= (n + 3) u factor |A| |B|, entry by entry, C having been rounded and the sum hardly.
void expect_product(const Matrix& c, double factor, const Matrix& a, const Matrix& b) {
  for (Index j = 0; j < c.cols(); ++j)
    for (Index i = 0; i < c.rows(); ++i) {
      long double sum = 0, size = 0;
      for (Index k = 0; k < a.cols(); ++k) {
        const long double term = static_cast<long double>(factor) * a(i, k) * b(k, j);
        sum += term;
        size += std::abs(term);
      }
      const long double allowed = static_cast<long double>(a.cols() + 3) * unit_roundoff * size;
      ASSERT_LE(std::abs(c(i, j) - sum), allowed) << i << ", " << j;
    }
}

TEST(NarrowProducts, AreSumsOfProducts) {
  test::Random random(2026);
  for (int run = test::repetitions(3); run > 0; --run)
    for (const Index width : {5, 8, 12, 13, 16}) {
      const Index rows = 190 + static_cast<Index>(random.below(20)),
                  cols = 190 + static_cast<Index>(random.below(20));
      const Matrix a = random_matrix(random, rows, cols), b = random_matrix(random, cols, width),
                   c = random_matrix(random, rows, width);
      SCOPED_TRACE(testing::Message() << rows << " x " << cols << " on " << width);
      expect_product(linalg::multiply<double>(a, b), 1, a, b);
      expect_product(linalg::transpose_multiply<double>(a, c), 1, a.transpose(), c);
      Matrix out = Matrix::Constant(rows, width, std::numeric_limits<double>::quiet_NaN());
      linalg::multiply_columns<double>(linalg::columns(out, 0, width), 0.75, a, linalg::columns(b, 0, width));
      expect_product(out, 0.75, a, b);
    }
}

/// What is not finite stays where it is: in its row of A, or in its column of B.
TEST(NarrowProducts, KeepWhatIsNotFiniteInItsPlace) {
  constexpr Index n = 200, width = 16;
  test::Random random(7);
  Matrix a = random_matrix(random, n, n), b = random_matrix(random, n, width);
  a(17, 100) = std::numeric_limits<double>::infinity();
  b(3, 5) = std::numeric_limits<double>::quiet_NaN();
  const Matrix c = linalg::multiply<double>(a, b), d = linalg::transpose_multiply<double>(a, b);
  for (Index j = 0; j < width; ++j)
    for (Index i = 0; i < n; ++i) {
      EXPECT_EQ(std::isfinite(c(i, j)), i != 17 && j != 5) << i << ", " << j;
      EXPECT_EQ(std::isfinite(d(i, j)), i != 100 && j != 5) << i << ", " << j;
    }
}

/// The norm's error contains the truth, and is not much larger than it has to be.
TEST(FrobeniusNormOfManyEntries, ContainsTheTruth) {
  test::Random random(11);
  for (int run = test::repetitions(20); run > 0; --run)
    for (const int exponent : {0, -480, 480, -1000, 1000}) {
      const Index rows = 1 + static_cast<Index>(random.below(300)), cols = 300 / rows + 2;
      Matrix a = random_matrix(random, rows, cols);
      long double squares = 0;
      for (Index k = 0; k < a.size(); ++k) {
        squares += static_cast<long double>(a.data()[k]) * a.data()[k];
        a.data()[k] = std::ldexp(a.data()[k], exponent - (exponent > 0 ? 10 : 0));
      }
      const long double norm = std::ldexp(std::sqrt(squares), exponent - (exponent > 0 ? 10 : 0));
      const real::Quantity<double> found = linalg::frobenius_norm<double>(a);
      EXPECT_LE(std::abs(found.value() - norm), found.error());
      EXPECT_LE(found.error(), static_cast<double>(a.size() + 10) * unit_roundoff * found.value());
      EXPECT_GT(found.error(), 0);
    }
}

TEST(FrobeniusNormOfManyEntries, IsInfiniteOrUnknownAsItsEntries) {
  Matrix a = Matrix::Ones(40, 40);
  a(30, 30) = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(linalg::frobenius_norm<double>(a).known());
  a(30, 30) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(linalg::frobenius_norm<double>(a).known());
  EXPECT_EQ(linalg::frobenius_norm<double>(Matrix::Zero(40, 40)).value(), 0);
}

}  // namespace
