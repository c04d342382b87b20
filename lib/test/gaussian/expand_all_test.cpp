#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include <gronwall/activation/registration.hpp>
#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/real/error.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"

namespace gronwall::gaussian {
namespace {

using activation::find;
using real::Backend;
using real::from_double;
using real::Mpfr;
using real::Quantity;
using real::Truth;

template <class R>
class ExpandAll : public testing::Test {};
TYPED_TEST_SUITE(ExpandAll, test::BackendTypes, test::BackendNames);

template <class R>
std::vector<R> numbers(const std::vector<double>& x) {
  std::vector<R> out;
  for (const double value : x) out.push_back(from_double<R>(value));
  return out;
}

/// Both results may be right, and the estimate of the one is no worse than ten times that of the other.
template <class R>
void expect_same(const Quantity<R>& x, const Quantity<R>& y, const std::string& where) {
  EXPECT_NE(equal(x, y, R(0)), Truth::no) << where << ": " << x.value() << " and " << y.value();
  EXPECT_LE(x.error(), R(10) * y.error()) << where;
}

template <class R>
void expect_same(const Expansion<R>& x, const Expansion<R>& y, const std::string& where) {
  EXPECT_EQ(x.variance, y.variance) << where;
  ASSERT_EQ(x.coefficients.size(), y.coefficients.size()) << where;
  for (std::size_t k = 0; k < y.coefficients.size(); ++k)
    expect_same<R>(x.coefficients[k], y.coefficients[k], where + ", k = " + std::to_string(k));
  expect_same<R>(x.second_moment, y.second_moment, where + ", second moment");
  expect_same<R>(x.antipodal, y.antipodal, where + ", antipodal moment");
  expect_same<R>(x.tail, y.tail, where + ", tail");
  EXPECT_EQ(x.slope, y.slope) << where;
}

/// Few where a test is slow.
template <class R>
std::vector<std::string> names() {
  if (Backend<R>::digits <= 50 || test::multiplier() > 1) return activation::names();
  return {"tanh", "softplus", "relu", "cube"};
}

template <class R>
constexpr bool slow = (Backend<R>::digits > 50);

TYPED_TEST(ExpandAll, AgreesWithOneByOne) {
  using R = TypeParam;
  const std::vector<R> variances = slow<R> ? numbers<R>({1.5, 1}) : numbers<R>({0.75, 1, 0.25, 3.5, 2});
  for (const std::string& name : names<R>())
    for (const Of of : {Of::value, Of::derivative}) {
      const auto all = expand_all<R>(find(name), variances, 24, of);
      ASSERT_EQ(all.size(), variances.size());
      for (std::size_t v = 0; v < variances.size(); ++v)
        expect_same<R>(all[v], expand<R>(find(name), variances[v], 24, of),
                       name + (of == Of::value ? "" : "'") + " at " + std::to_string(v));
    }
}

TYPED_TEST(ExpandAll, ManyCoefficients) {
  using R = TypeParam;
  const unsigned count = slow<R> ? 90 : 301;
  const std::vector<R> variances = numbers<R>({0.5, 1.5});
  for (const char* name : {"tanh", "softplus", "cos", "relu"}) {
    const auto all = expand_all<R>(find(name), variances, count);
    for (std::size_t v = 0; v < variances.size(); ++v)
      expect_same<R>(all[v], expand<R>(find(name), variances[v], count),
                     std::string(name) + " at " + std::to_string(v));
  }
}

/// One table serves any variances in its range, in any number.
TYPED_TEST(ExpandAll, ATableCanBeUsedAgain) {
  using R = TypeParam;
  for (const char* name : {"tanh", slow<R> ? "cos" : "gelu", "relu", "hermite:3"}) {
    const Expander<R> expander(find(name), from_double<R>(0.5), from_double<R>(2), 20);
    EXPECT_TRUE(expander({}).empty());
    for (const double q : {0.5, 0.9375, 2.0}) {
      const auto one = expander({from_double<R>(q)});
      ASSERT_EQ(one.size(), 1U);
      expect_same<R>(one[0], expand<R>(find(name), from_double<R>(q), 20), name);
    }
  }
}

TYPED_TEST(ExpandAll, FewOrNoCoefficientsAndVarianceZero) {
  using R = TypeParam;
  for (const char* name : {"tanh", "gaussian", "silu", "leaky-relu:1/16", "affine:1,2"})
    for (const unsigned count : {0U, 1U, 2U}) {
      if (slow<R> && count == 1) continue;
      const std::vector<R> variances = numbers<R>({0, 1, 0});
      const auto all = expand_all<R>(find(name), variances, count);
      ASSERT_EQ(all.size(), 3U);
      for (std::size_t v = 0; v < 3; ++v)
        expect_same<R>(all[v], expand<R>(find(name), variances[v], count), name);
    }
}

// A range so wide that one end asks for more than the other: a variance that the table does not do for takes
// a quadrature of its own.
TYPED_TEST(ExpandAll, WideRanges) {
  using R = TypeParam;
  if (slow<R>) GTEST_SKIP() << "the same code, only slower";
  for (const char* name : {"tanh", "sin", "gelu", "arctan", "erf"}) {
    const std::vector<R> variances = numbers<R>({0x1p-20, 0x1p-6, 1, 7, 9.8696, 40});
    const auto all = expand_all<R>(find(name), variances, 12);
    for (std::size_t v = 0; v < variances.size(); ++v)
      expect_same<R>(all[v], expand<R>(find(name), variances[v], 12),
                     std::string(name) + " at " + std::to_string(v));
  }
}

/// E[sin(sqrt(q) z) h_k(z)] = Im e^{-q/2} (i sqrt q)^k / sqrt(k!): by no quadrature.
TYPED_TEST(ExpandAll, SineHasAClosedForm) {
  using R = TypeParam;
  using std::abs;
  using std::exp;
  using std::sqrt;
  const std::vector<R> variances = numbers<R>({0.25, 1, 1.75});
  const auto all = expand_all<R>(find("sin"), variances, 30);
  for (std::size_t v = 0; v < variances.size(); ++v) {
    const R s = sqrt(variances[v]);
    R expected = exp(R(-variances[v] / R(2)));
    for (unsigned k = 0; k < 30; ++k) {
      if (k > 0) expected = expected * s / sqrt(R(k));
      const Quantity<R>& a = all[v].coefficients[k];
      const R right = k % 2 == 0 ? R(0) : k % 4 == 1 ? expected : R(-expected);
      EXPECT_LE(abs(R(a.value() - right)), a.error()) << k;
      EXPECT_LE(a.error(), R(3000) * Backend<R>::unit_roundoff()) << k;
    }
  }
}

/// What does not come from the table is that of `expand` to the last bit, so some bit has to differ.
TYPED_TEST(ExpandAll, TheTableIsUsed) {
  using R = TypeParam;
  for (const char* name : {"tanh", "softplus", "cos", "relu"}) {
    const Expander<R> expander(find(name), from_double<R>(0.5), from_double<R>(2), 30);
    for (const double q : {0.5, 1.0, 2.0}) {
      const auto one = expander({from_double<R>(q)})[0], other = expand<R>(find(name), from_double<R>(q), 30);
      bool same = one.second_moment.value() == other.second_moment.value();
      for (unsigned k = 0; k < 30; ++k)
        same = same && one.coefficients[k].value() == other.coefficients[k].value();
      EXPECT_FALSE(same) << name << ' ' << q;
    }
  }
}

/// max(x - 1, 0): its kink, in z, moves with the variance.
struct ShiftedRelu {
  activation::Traits traits() const {
    activation::Traits t;
    t.name = "shifted-relu";
    t.smoothness = activation::Smoothness::continuous;
    t.kinks = {1.0};
    return t;
  }
  template <real::Floating R>
  R value(const R& x) const {
    return x < R(1) ? R(0) : R(x - R(1));
  }
  template <real::Floating R>
  R derivative(const R& x) const {
    return x < R(1) ? R(0) : R(1);
  }
  template <real::Floating R>
  R second_derivative(const R&) const {
    return R(0);
  }
  template <real::Floating R>
  R lipschitz() const {
    return R(1);
  }
  template <real::Floating R>
  R derivative_lipschitz() const {
    return R(1) / R(0);
  }
  template <real::Floating R>
  R strip() const {
    return R(0);
  }
};

TYPED_TEST(ExpandAll, KinksMayMove) {
  using R = TypeParam;
  if (slow<R>) GTEST_SKIP() << "the same code, only slower";
  const auto phi = activation::make(ShiftedRelu{});
  const std::vector<R> variances = numbers<R>({0.5, 2});
  const auto all = expand_all<R>(phi, variances, 10);
  for (std::size_t v = 0; v < 2; ++v)
    expect_same<R>(all[v], expand<R>(phi, variances[v], 10), "at " + std::to_string(v));
}

TYPED_TEST(ExpandAll, BadInputIsRefused) {
  using R = TypeParam;
  const R infinite = from_double<R>(HUGE_VAL), none = from_double<R>(std::nan(""));
  for (const char* name : {"tanh", "relu", "square"}) {
    const auto phi = find(name);
    EXPECT_TRUE(expand_all<R>(phi, {}, 5).empty());
    for (const R& bad : {R(-1), infinite, none}) {
      EXPECT_THROW(expand_all<R>(phi, {R(1), bad}, 5), DomainError) << name;
      EXPECT_THROW(expand_all<R>(phi, {bad, R(1)}, 5), DomainError) << name;
      EXPECT_THROW(Expander<R>(phi, R(0), bad, 5), DomainError) << name;
      EXPECT_THROW(Expander<R>(phi, bad, R(1), 5), DomainError) << name;
    }
    EXPECT_THROW(Expander<R>(phi, R(2), R(1), 5), DomainError) << name;
    const Expander<R> expander(phi, R(1), R(2), 5);
    for (const double bad : {0.999, 2.001, -1.0, HUGE_VAL, std::nan("")})
      EXPECT_THROW(expander({R(1), from_double<R>(bad)}), DomainError) << name << ' ' << bad;
  }
}

}  // namespace
}  // namespace gronwall::gaussian
