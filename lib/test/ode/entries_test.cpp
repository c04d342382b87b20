// What odeint's steppers add up in, against plain loops: bit for bit.
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/ode/odeint.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::test {
namespace {

using linalg::Matrix;
using ode::Scalar;

template <class R>
class CombinedEntries : public testing::Test {};
TYPED_TEST_SUITE(CombinedEntries, BackendTypes, BackendNames);

/// sum_k factors[k] in[k][i], term by term; what has factor 0 does not count.
template <class R>
R plain_sum(const std::vector<Matrix<R>>& in, const std::vector<R>& factors, Eigen::Index i) {
  R sum(0);
  for (std::size_t k = 0; k < in.size(); ++k)
    if (factors[k] != R(0)) sum = sum + factors[k] * in[k].data()[i];
  return sum;
}

template <class R>
std::vector<Scalar<R>> scalars(const std::vector<R>& factors) {
  return {factors.begin(), factors.end()};
}

// Of every length up to beyond a few blocks, with as many terms as odeint has, with zeros, ones and factors
// that cancel, and over a wide range of exponents; into a matrix of its own and into every input.
TYPED_TEST(CombinedEntries, AreThoseOfAPlainSum) {
  using R = TypeParam;
  Random random(41);
  for (int round = 0; round < repetitions(60); ++round) {
    const Eigen::Index size = 1 + random.below(round % 4 == 0 ? 70 : 20);
    const int terms = 1 + random.below(14);
    std::vector<Matrix<R>> in;
    std::vector<R> factors;
    for (int k = 0; k < terms; ++k) {
      Matrix<R> x(size, 1);
      for (Eigen::Index i = 0; i < size; ++i)
        x.data()[i] = k > 0 && random.below(8) == 0 ? R(-in.back().data()[i]) : random.full<R>(-40, 40);
      in.push_back(x);
      const int kind = random.below(6);
      factors.push_back(kind == 0            ? R(0)
                        : kind == 1          ? R(1)
                        : kind == 2 && k > 0 ? factors.back()
                                             : random.full<R>(-300, 300));
    }
    std::vector<const R*> data;
    for (const Matrix<R>& x : in) data.push_back(x.data());
    const std::vector<Scalar<R>> of = scalars<R>(factors);
    for (int target = -1; target < terms; ++target) {
      Matrix<R> out(size, 1);
      std::vector<const R*> sources = data;
      if (target >= 0) {
        out = in[static_cast<std::size_t>(target)];
        sources[static_cast<std::size_t>(target)] = out.data();
      }
      ode::combine<R>(out.data(), sources.data(), of.data(), terms, size);
      for (Eigen::Index i = 0; i < size; ++i)
        ASSERT_EQ(out.data()[i], plain_sum<R>(in, factors, i))
            << "round " << round << ", entry " << i << " of " << size << ", into input " << target;
    }
  }
}

TYPED_TEST(CombinedEntries, WhatHasFactorZeroIsNotLookedAt) {
  using R = TypeParam;
  const R infinite = std::numeric_limits<R>::infinity();
  for (const Eigen::Index size : {1, 2, 3, 8, 9, 33}) {
    const Matrix<R> x = Matrix<R>::Constant(size, 1, R(3)), bad = Matrix<R>::Constant(size, 1, infinite);
    Matrix<R> out(size, 1);
    const R* const in[] = {bad.data(), x.data()};
    const Scalar<R> skipped[] = {Scalar<R>(R(0)), Scalar<R>(R(2))},
                    used[] = {Scalar<R>(R(1)), Scalar<R>(R(2))};
    ode::combine<R>(out.data(), in, skipped, 2, size);
    for (Eigen::Index i = 0; i < size; ++i) EXPECT_EQ(out.data()[i], R(6));
    ode::combine<R>(out.data(), in, used, 2, size);
    for (Eigen::Index i = 0; i < size; ++i) EXPECT_EQ(out.data()[i], infinite);
    ode::combine<R>(out.data(), in, skipped, 1, size);
    for (Eigen::Index i = 0; i < size; ++i) EXPECT_EQ(out.data()[i], R(0));
  }
}

// A Scalar is its number, in every operation of which odeint makes use.
TYPED_TEST(CombinedEntries, ScalarsComputeLikeTheirNumbers) {
  using R = TypeParam;
  using std::abs;
  using std::pow;
  Random random(42);
  for (int round = 0; round < repetitions(100); ++round) {
    const R x = random.full<R>(-60, 60), y = random.below(5) == 0 ? x : random.full<R>(-60, 60);
    const Scalar<R> a(x), b(y);
    EXPECT_EQ((a + b).value(), R(x + y));
    EXPECT_EQ((a - b).value(), R(x - y));
    EXPECT_EQ((a * b).value(), R(x * y));
    EXPECT_EQ((a / b).value(), R(x / y));
    EXPECT_EQ((-a).value(), R(-x));
    EXPECT_EQ((a * 2).value(), R(x * R(2)));
    EXPECT_EQ((0.5 * a).value(), R(real::from_double<R>(0.5) * x));
    EXPECT_EQ(abs(a).value(), R(abs(x)));
    EXPECT_EQ(pow(abs(a), b / 64).value(), R(pow(R(abs(x)), R(y / R(64)))));
    EXPECT_EQ(a < b, x < y);
    EXPECT_EQ(a <= b, x <= y);
    EXPECT_EQ(a > b, x > y);
    EXPECT_EQ(a >= b, x >= y);
    EXPECT_EQ(a == b, x == y);
    EXPECT_EQ(a != b, x != y);
    Scalar<R> c(a);
    c += b;
    c *= c;
    c -= a;
    c /= b;
    EXPECT_EQ(c.value(), R((R(x + y) * R(x + y) - x) / y));
  }
}

}  // namespace
}  // namespace gronwall::test
