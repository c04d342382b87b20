#include "verify/checker/exact.hpp"

#include <gtest/gtest.h>

#include "verify/checker/test/support.hpp"

namespace gronwall::checker {
namespace {

using test::exactly;
using test::tight;

Matrix made(const std::vector<std::vector<long>>& rows) {
  Matrix a(static_cast<long>(rows.size()), static_cast<long>(rows.front().size()));
  for (long i = 0; i < a.rows(); ++i)
    for (long j = 0; j < a.cols(); ++j)
      a(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return a;
}

Matrix drawn(test::Random& random, long rows, long cols) {
  Matrix a(rows, cols);
  for (long i = 0; i < rows; ++i)
    for (long j = 0; j < cols; ++j) a(i, j) = random.dyadic(4);
  return a;
}

TEST(SpectralNorm, ClosedForms) {
  // A Jordan block: the golden ratio.
  EXPECT_TRUE(meet(spectral_norm(made({{1, 1}, {0, 1}})), (Interval(1) + sqrt(Interval(5))) / Interval(2)));
  EXPECT_TRUE(meet(spectral_norm(made({{3, -4}, {4, 3}})), 5));
  EXPECT_TRUE(meet(spectral_norm(made({{2, 0, 0}, {0, -7, 0}, {0, 0, 1}})), 7));
  EXPECT_TRUE(meet(spectral_norm(made({{1, 1, 1}, {1, 1, 1}})), sqrt(Interval(6))));
  EXPECT_EQ(spectral_norm(made({{3, 4}})).text(), "5");
  EXPECT_EQ(spectral_norm(made({{-7}})).text(), "7");
  EXPECT_EQ(spectral_norm(made({{0, 0}, {0, 0}})).text(), "0");
}

TEST(SpectralNorm, Laws) {
  test::Random random(6);
  for (int i = 0; i < test::repetitions(40); ++i) {
    const long n = random.between(1, 4), m = random.between(1, 4);
    const Matrix a = drawn(random, n, m), x = drawn(random, m, 1);
    const Interval norm = spectral_norm(a);
    EXPECT_TRUE(meet(norm, spectral_norm(transposed(a))));
    EXPECT_FALSE(surely_less(norm * frobenius_norm(x), frobenius_norm(a * x)));
    EXPECT_FALSE(surely_less(frobenius_norm(a), norm));
    EXPECT_FALSE(surely_less(norm * sqrt(Interval(std::min(n, m))), frobenius_norm(a)));
    EXPECT_TRUE(tight(norm, 55));
  }
}

// Power iteration from below: its quotients approach the norm and never exceed it.
TEST(SpectralNorm, IsReached) {
  test::Random random(7);
  for (int i = 0; i < test::repetitions(20); ++i) {
    const Matrix a = drawn(random, 3, 3);
    Matrix x(3, 1);
    for (long k = 0; k < 3; ++k) x(k, 0) = k + 1;
    Interval reached;
    for (int step = 0; step < 12; ++step) {
      if (square_sum(x) == 0) break;
      reached = max(reached, frobenius_norm(a * x) / frobenius_norm(x));
      x = transposed(a) * (a * x);
    }
    EXPECT_FALSE(surely_less(spectral_norm(a), reached));
    EXPECT_TRUE(surely_less(spectral_norm(a) * exactly(9, 10), reached) || square_sum(a) == 0);
  }
}

TEST(PositiveDefinite, GramMatricesAndTheirNegatives) {
  test::Random random(8);
  for (int i = 0; i < test::repetitions(100); ++i) {
    const Matrix a = drawn(random, 3, 3);
    const bool singular = null_vector(a).has_value();
    EXPECT_EQ(positive_definite(transposed(a) * a), !singular);
    EXPECT_FALSE(positive_definite(Matrix(3, 3) - transposed(a) * a));
  }
  EXPECT_TRUE(positive_definite(made({{2, 1}, {1, 2}})));
  EXPECT_FALSE(positive_definite(made({{1, 2}, {2, 1}})));
  EXPECT_FALSE(positive_definite(made({{1, 1}, {1, 1}})));
}

TEST(NullVector, IsOneWhereThereIsOne) {
  test::Random random(9);
  for (int i = 0; i < test::repetitions(100); ++i) {
    const Matrix a = drawn(random, 3, 2) * drawn(random, 2, 4);  // rank at most 2
    const auto c = null_vector(a);
    ASSERT_TRUE(c.has_value());
    EXPECT_NE(square_sum(*c), 0);
    EXPECT_EQ(square_sum(a * *c), 0);
    EXPECT_LE(rank(a), 2);
    EXPECT_EQ(rank(a), rank(transposed(a)));
  }
  EXPECT_FALSE(null_vector(made({{1, 2}, {3, 4}})).has_value());
  EXPECT_FALSE(null_vector(made({{0, 2}, {3, 0}, {1, 1}})).has_value());
  EXPECT_EQ(rank(made({{0, 0, 1}, {0, 0, 2}, {0, 3, 0}})), 2);
  EXPECT_EQ(rank(Matrix(2, 3)), 0);
}

}  // namespace
}  // namespace gronwall::checker
