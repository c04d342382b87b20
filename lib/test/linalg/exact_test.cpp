#include <random>

#include <gtest/gtest.h>

#include <gronwall/linalg/exact.hpp>
#include <gronwall/real/error.hpp>

#include "support/effort.hpp"

namespace gronwall::linalg {
namespace {

using real::Rational;

RationalMatrix matrix(const std::vector<std::vector<Rational>>& rows) {
  const Eigen::Index m = static_cast<Eigen::Index>(rows.size());
  const Eigen::Index n = m == 0 ? 0 : static_cast<Eigen::Index>(rows[0].size());
  RationalMatrix a(m, n);
  for (Eigen::Index i = 0; i < m; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      a(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return a;
}

RationalMatrix random_matrix(std::mt19937_64& random, Eigen::Index m, Eigen::Index n) {
  RationalMatrix a(m, n);
  for (Eigen::Index i = 0; i < m; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      a(i, j) = Rational(static_cast<long>(random() % 13) - 6, static_cast<long>(random() % 5) + 1);
  return a;
}

RationalMatrix product(const RationalMatrix& a, const RationalMatrix& b) {
  RationalMatrix c(a.rows(), b.cols());
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j < b.cols(); ++j) {
      Rational sum = 0;
      for (Eigen::Index k = 0; k < a.cols(); ++k) sum += a(i, k) * b(k, j);
      c(i, j) = sum;
    }
  return c;
}

RationalMatrix transposed(const RationalMatrix& a) {
  RationalMatrix t(a.cols(), a.rows());
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j < a.cols(); ++j) t(j, i) = a(i, j);
  return t;
}

/// Laplace's expansion along the first row: slow and independent.
Rational determinant_by_minors(const RationalMatrix& a) {
  if (a.rows() == 0) return 1;
  Rational sum = 0;
  for (Eigen::Index c = 0; c < a.cols(); ++c) {
    RationalMatrix minor(a.rows() - 1, a.cols() - 1);
    for (Eigen::Index i = 1; i < a.rows(); ++i)
      for (Eigen::Index j = 0; j < a.cols(); ++j)
        if (j != c) minor(i - 1, j < c ? j : j - 1) = a(i, j);
    const Rational term = a(0, c) * determinant_by_minors(minor);
    sum += c % 2 == 0 ? term : Rational(-term);
  }
  return sum;
}

TEST(Exact, DeterminantAgreesWithMinors) {
  std::mt19937_64 random(1);
  for (int i = 0; i < test::repetitions(60); ++i) {
    RationalMatrix a = random_matrix(random, i % 6, i % 6);
    if (i % 3 == 0 && a.rows() > 1) a(0, 0) = 0;  // a row exchange
    EXPECT_EQ(exact_determinant(a), determinant_by_minors(a)) << i;
  }
  EXPECT_THROW(exact_determinant(RationalMatrix(2, 3)), DomainError);
}

TEST(Exact, RankOfAProductOfFullFactors) {
  std::mt19937_64 random(2);
  for (int i = 0; i < test::repetitions(40); ++i) {
    const Eigen::Index rank = i % 5, rows = rank + i % 4, cols = rank + (i / 4) % 4;
    RationalMatrix left = random_matrix(random, rows, rank), right = random_matrix(random, rank, cols);
    for (Eigen::Index k = 0; k < rank; ++k)  // echelon factors have full rank for certain
      for (Eigen::Index j = 0; j < k; ++j) left(j, k) = right(k, j) = 0;
    for (Eigen::Index k = 0; k < rank; ++k) left(k, k) = right(k, k) = 1;
    const RationalMatrix a = product(left, right);
    EXPECT_EQ(exact_rank(a), rank) << i;
    const auto c = null_vector(a);
    EXPECT_EQ(c.has_value(), rank < cols);
    if (!c) continue;
    bool zero = true;
    for (Eigen::Index r = 0; r < rows; ++r) {
      Rational sum = 0;
      for (Eigen::Index j = 0; j < cols; ++j) sum += a(r, j) * (*c)[static_cast<std::size_t>(j)];
      EXPECT_EQ(sum, 0);
    }
    for (const Rational& x : *c) {
      zero = zero && x == 0;
      EXPECT_EQ(denominator(x), 1);
    }
    EXPECT_FALSE(zero);
  }
}

TEST(Exact, InertiaIsThatOfACongruentDiagonal) {
  std::mt19937_64 random(3);
  for (int i = 0; i < test::repetitions(60); ++i) {
    const Eigen::Index n = 1 + i % 6;
    RationalMatrix frame = random_matrix(random, n, n), diagonal(n, n);
    for (Eigen::Index k = 0; k < n; ++k)
      for (Eigen::Index j = 0; j <= k; ++j) frame(j, k) = j == k ? 1 : frame(j, k);
    for (Eigen::Index k = 0; k < n; ++k)
      for (Eigen::Index j = 0; j < k; ++j) frame(k, j) = 0;
    Inertia expected;
    for (Eigen::Index k = 0; k < n; ++k)
      for (Eigen::Index j = 0; j < n; ++j) diagonal(k, j) = 0;
    for (Eigen::Index k = 0; k < n; ++k) {
      const long sign = static_cast<long>(random() % 3) - 1;
      diagonal(k, k) = Rational(sign * static_cast<long>(1 + random() % 7), 3);
      (sign > 0 ? expected.positive : sign < 0 ? expected.negative : expected.zero) += 1;
    }
    const RationalMatrix a = product(transposed(frame), product(diagonal, frame));
    EXPECT_EQ(exact_inertia(a), expected) << i;
    EXPECT_EQ(exactly_positive_definite(a), expected.positive == n);
  }
}

TEST(Exact, InertiaWithoutDiagonal) {
  EXPECT_EQ(exact_inertia(matrix({{0, 1}, {1, 0}})), (Inertia{1, 1, 0}));
  EXPECT_EQ(exact_inertia(matrix({{0, 1, 0}, {1, 0, 0}, {0, 0, 0}})), (Inertia{1, 1, 1}));
  EXPECT_EQ(exact_inertia(matrix({{0, 1, 1}, {1, 0, 1}, {1, 1, 0}})), (Inertia{1, 2, 0}));
  EXPECT_EQ(exact_inertia(matrix({{Rational(-1, 2), 0}, {0, -3}})), (Inertia{0, 2, 0}));
  EXPECT_THROW(exact_inertia(matrix({{0, 1}, {2, 0}})), DomainError);
}

TEST(Exact, RationalPointsLieOnTheSphereAndDiffer) {
  const RationalVector a = rational_unit_vector({Rational(1, 2), 3}),
                       b = rational_unit_vector({Rational(1, 2), -3});
  const RationalMatrix g = gram({a, b, rational_unit_vector({0, 0})});
  for (Eigen::Index i = 0; i < 3; ++i) EXPECT_EQ(g(i, i), 1);
  EXPECT_NE(g(0, 1), 1);
  EXPECT_EQ(g(0, 1), g(1, 0));
  EXPECT_EQ(g(0, 2), -a[2]);  // the projection of 0 is the opposite of the pole
  EXPECT_EQ(exact_rank(g), 3);
  EXPECT_THROW(gram({a, rational_unit_vector({1})}), DomainError);
}

TEST(Exact, QuadraticForm) {
  EXPECT_EQ(quadratic_form(matrix({{2, 1}, {1, Rational(1, 2)}}), {1, -2}), 0);
  EXPECT_THROW(quadratic_form(matrix({{1}}), {1, 2}), DomainError);
}

}  // namespace
}  // namespace gronwall::linalg
