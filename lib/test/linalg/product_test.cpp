// Products against the definition, in every precision.
#include <gtest/gtest.h>

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
class ProductLaws : public ::testing::Test {};
TYPED_TEST_SUITE(ProductLaws, test::BackendTypes, test::BackendNames);

template <class R>
Matrix<R> random_matrix(test::Random& random, Eigen::Index rows, Eigen::Index cols) {
  Matrix<R> a(rows, cols);
  for (Eigen::Index k = 0; k < a.size(); ++k) a.data()[k] = random.full<R>(-4, 4);
  return a;
}

/// |C - A B| <= 2k u |A| |B|, entry by entry (Higham, 2nd ed., (3.13), for both sides).
template <class R>
void expect_product(const Matrix<R>& c, const Matrix<R>& a, const Matrix<R>& b) {
  using std::abs;
  ASSERT_EQ(c.rows(), a.rows());
  ASSERT_EQ(c.cols(), b.cols());
  for (Eigen::Index i = 0; i < c.rows(); ++i)
    for (Eigen::Index j = 0; j < c.cols(); ++j) {
      R sum(0), size(0);
      for (Eigen::Index k = a.cols(); k-- > 0;) {
        sum += a(i, k) * b(k, j);
        size += abs(R(a(i, k) * b(k, j)));
      }
      const R units(static_cast<int>(2 * a.cols() + 2));
      EXPECT_LE(abs(R(c(i, j) - sum)), units * Backend<R>::unit_roundoff() * size) << i << ", " << j;
    }
}

template <class R>
Matrix<R> transposed(const Matrix<R>& a) {
  return a.transpose();
}

TYPED_TEST(ProductLaws, AreSumsOfProducts) {
  using R = TypeParam;
  test::Random random(71);
  const auto size = [&] { return static_cast<Eigen::Index>(1 + random.below(9)); };
  for (int run = test::repetitions(20); run > 0; --run) {
    const Eigen::Index m = size(), k = size(), n = size();
    const Matrix<R> a = random_matrix<R>(random, m, k), b = random_matrix<R>(random, k, n);
    expect_product<R>(linalg::multiply<R>(a, b), a, b);
    expect_product<R>(linalg::transpose_multiply<R>(transposed<R>(a), b), a, b);
    expect_product<R>(linalg::multiply_transpose<R>(a, transposed<R>(b)), a, b);
    Matrix<R> out = random_matrix<R>(random, size(), size());  // whatever was there is gone
    linalg::multiply_into<R>(out, a, b);
    expect_product<R>(out, a, b);
    out.setConstant(R(7));
    linalg::transpose_multiply_into<R>(out, transposed<R>(a), b);
    expect_product<R>(out, a, b);
  }
}

TYPED_TEST(ProductLaws, OfIntegersAreExact) {
  using R = TypeParam;
  Matrix<R> a(2, 3), b(3, 2);
  a << R(1), R(2), R(3), R(4), R(5), R(6);
  b << R(7), R(8), R(9), R(10), R(11), R(12);
  const Matrix<R> c = linalg::multiply<R>(a, b);
  EXPECT_EQ(c(0, 0), 58);
  EXPECT_EQ(c(0, 1), 64);
  EXPECT_EQ(c(1, 0), 139);
  EXPECT_EQ(c(1, 1), 154);
}

TYPED_TEST(ProductLaws, EmptySumsAreZero) {
  using R = TypeParam;
  const Matrix<R> c = linalg::multiply<R>(Matrix<R>(2, 0), Matrix<R>(0, 3));
  ASSERT_EQ(c.rows(), 2);
  ASSERT_EQ(c.cols(), 3);
  for (Eigen::Index k = 0; k < c.size(); ++k) EXPECT_EQ(c.data()[k], 0);
  EXPECT_EQ(linalg::multiply<R>(Matrix<R>(0, 2), Matrix<R>::Zero(2, 3)).rows(), 0);
}

TYPED_TEST(ProductLaws, DimensionsMustAgree) {
  using R = TypeParam;
  const Matrix<R> a = Matrix<R>::Zero(2, 3), b = Matrix<R>::Zero(2, 4);
  Matrix<R> out;
  EXPECT_THROW(linalg::multiply<R>(a, b), DomainError);
  EXPECT_THROW(linalg::multiply_into<R>(out, a, b), DomainError);
  EXPECT_THROW(linalg::transpose_multiply<R>(transposed<R>(a), b), DomainError);
  EXPECT_THROW(linalg::transpose_multiply_into<R>(out, transposed<R>(a), b), DomainError);
  EXPECT_THROW(linalg::multiply_transpose<R>(a, b), DomainError);
  EXPECT_NO_THROW(linalg::transpose_multiply<R>(a, b));
}

TYPED_TEST(ProductLaws, ExactMatricesConvertThereAndBack) {
  using R = TypeParam;
  test::Random random(72);
  const linalg::ExactMatrix exact = random_matrix<double>(random, 3, 4);
  EXPECT_EQ(linalg::to_double<R>(linalg::from_exact<R>(exact)), exact);
  Matrix<R> a = linalg::from_exact<R>(exact);
  EXPECT_TRUE(linalg::all_finite<R>(a));
  a(2, 3) = R(1) / R(0);
  EXPECT_FALSE(linalg::all_finite<R>(a));
}

}  // namespace
