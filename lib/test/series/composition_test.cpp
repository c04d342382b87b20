// Compositions of activations with series: against series arithmetic, Arb's power series and each other, for
// every activation in every precision.
#include <gtest/gtest.h>

#include <gronwall/real/error.hpp>
#include <gronwall/series/composition.hpp>
#include <gronwall/series/series.hpp>

#include "activation/arguments.hpp"
#include "support/backends.hpp"
#include "support/complex_series.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using real::Ball;
using real::Truth;
using series::Composition;
using series::Series;
using test::ComplexSeries;

constexpr int orders = 26;

class CompositionOf : public ::testing::TestWithParam<std::string> {
 protected:
  const activation::Activation phi = activation::find(GetParam());
};

/// Coefficients x[order][component]; |x_k| <= 2^-k beyond the first.
std::vector<std::vector<double>> arguments(std::uint64_t seed, int components) {
  test::Random random(seed);
  std::vector<std::vector<double>> x(orders, std::vector<double>(static_cast<std::size_t>(components)));
  for (int c = 0; c < components; ++c) x[0][static_cast<std::size_t>(c)] = random.spread(-3, 3);
  for (int k = 1; k < orders; ++k)
    for (double& y : x[static_cast<std::size_t>(k)]) y = std::ldexp(random.symmetric(), -k);
  return x;
}

template <class R>
Composition<R> composition(const activation::Activation& phi, const std::vector<std::vector<double>>& x) {
  Composition<R> out(phi, static_cast<long>(x[0].size()), 2, static_cast<int>(x.size()));
  for (std::size_t k = 0; k < x.size(); ++k) {
    std::vector<R> next;
    for (const double y : x[k]) next.push_back(real::from_double<R>(y));
    k == 0 ? out.start(next.data()) : out.push(next.data());
  }
  return out;
}

TEST_P(CompositionOf, BallsEncloseArbsSeries) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  for (const long bits : {64L, 128L, 300L}) {
    const real::Precision guard(bits);
    const int components = 5;
    const auto x = arguments(61, components);
    const Composition<Ball> ours = composition<Ball>(phi, x);
    ASSERT_EQ(ours.known(), orders);
    for (std::size_t c = 0; c < components; ++c) {
      ComplexSeries z(orders);
      for (int k = 0; k < orders; ++k) z.set(k, Ball(x[static_cast<std::size_t>(k)][c]), Ball(0));
      const ComplexSeries theirs = composed(phi, z);
      for (int k = 0; k < orders; ++k)
        EXPECT_TRUE(ours.coefficient(0, k)[c].overlaps(theirs.real(k)))
            << bits << " bits, component " << c << " (x_0 = " << x[0][c] << "), order " << k;
    }
  }
}

/// Radii at most 2^(14 + order - bits) times the largest coefficient so far (Hermite polynomials of high
/// degree lose more: their products are larger than the result).
TEST_P(CompositionOf, BallsAreTight) {
  if (!phi.traits().system || phi.name() == "hermite:60") GTEST_SKIP();
  for (const long bits : {64L, 128L, 300L}) {
    const real::Precision guard(bits);
    const auto x = arguments(62, 4);
    const Composition<Ball> ours = composition<Ball>(phi, x);
    for (int d = 0; d <= 2; ++d)
      for (std::size_t c = 0; c < 4; ++c) {
        Ball top = abs(ours.coefficient(0, 0)[c]).hull(Ball(1)).upper();
        for (int k = 0; k < orders; ++k) {
          const Ball& here = ours.coefficient(d, k)[c];
          for (int e = 0; e <= 2; ++e) top = max(top, ours.coefficient(e, k)[c].largest_modulus());
          EXPECT_EQ(leq(here.radius(), scaled(top, 14 + k - bits)), Truth::yes)
              << bits << " bits, derivative " << d << ", order " << k << ", x_0 = " << x[0][c] << ": "
              << real::Backend<Ball>::to_hex(here);
        }
      }
  }
}

/// d/dt phi(x(t)) = phi'(x(t)) x'(t), and once more.
TEST_P(CompositionOf, DerivativesObeyTheChainRule) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  const std::size_t components = 3;
  const auto x = arguments(63, components);
  const auto check = [&]<class R>() {
    const Composition<R> y = composition<R>(phi, x);
    for (std::size_t c = 0; c < components; ++c)
      for (int d = 0; d <= 1; ++d)
        for (int k = 0; k + 1 < orders; ++k) {
          R sum(0), size(1);
          using real::abs;
          for (int i = 0; i <= k; ++i) {
            const R term = R(i + 1) * y.argument(i + 1)[c] * y.coefficient(d + 1, k - i)[c];
            sum = sum + term;
            size = size + R(abs(term)) + R(abs(y.coefficient(d, i)[c])) + R(abs(y.coefficient(d + 1, i)[c]));
          }
          const R other = R(k + 1) * y.coefficient(d, k + 1)[c];
          if constexpr (real::Enclosing<R>) {
            EXPECT_TRUE(sum.overlaps(other))
                << "derivative " << d << ", order " << k << ", x_0 = " << x[0][c];
          } else {
            EXPECT_LE(R(abs(R(sum - other))), 1000 * R(k + 1) * real::Backend<R>::unit_roundoff() * size)
                << real::Backend<R>::name << ", derivative " << d << ", order " << k << ", x_0 = " << x[0][c];
          }
        }
  };
  test::for_each_backend([&]<class R>() { check.template operator()<R>(); });
  check.template operator()<Ball>();
}

/// Floating point against balls at 1000 bits: an absolute error of some k u times the largest coefficient so
/// far.
TEST_P(CompositionOf, FloatsAreThoseOfBalls) {
  if (!phi.traits().system || phi.name() == "hermite:60") GTEST_SKIP();
  const std::size_t components = 4;
  const auto x = arguments(64, components);
  const real::Precision guard(1000);
  const Composition<Ball> exact = composition<Ball>(phi, x);
  test::for_each_backend([&]<class R>() {
    const Composition<R> y = composition<R>(phi, x);
    const Ball unit = scaled(
        Ball(1),
        static_cast<long>(std::log2(real::to_double<R>(R(real::Backend<R>::unit_roundoff() * R(2))))) - 1);
    for (int d = 0; d <= 2; ++d)
      for (std::size_t c = 0; c < components; ++c) {
        Ball top(1);
        for (int k = 0; k < orders; ++k) {
          for (int e = 0; e <= 2; ++e) top = max(top, exact.coefficient(e, k)[c].largest_modulus());
          const Ball here =
              Ball(real::Backend<Ball>::from_hex(real::Backend<R>::to_hex(y.coefficient(d, k)[c])));
          EXPECT_NE(leq(abs(here - exact.coefficient(d, k)[c]), Ball(2000 * (k + 1)) * unit * top), Truth::no)
              << "derivative " << d << ", order " << k << ", x_0 = " << x[0][c];
        }
      }
  });
}

/// Inexact coefficients: for all points of the balls of x the result is enclosed.
TEST_P(CompositionOf, BallsOfArgumentsAreEnclosed) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  test::Random random(65);
  const auto x = arguments(65, 3);
  std::vector<std::vector<double>> moved = x;
  const double radius = 0x1p-30;
  for (auto& row : moved)
    for (double& y : row) y += radius * random.symmetric();
  Composition<Ball> wide(phi, 3, 2, orders);
  for (std::size_t k = 0; k < x.size(); ++k) {
    std::vector<Ball> next;
    for (const double y : x[k]) next.emplace_back(Ball(y), Ball(radius));
    k == 0 ? wide.start(next.data()) : wide.push(next.data());
  }
  const Composition<Ball> inside = composition<Ball>(phi, moved);
  for (int d = 0; d <= 2; ++d)
    for (int k = 0; k < orders; ++k)
      for (std::size_t c = 0; c < 3; ++c)
        EXPECT_TRUE(wide.coefficient(d, k)[c].overlaps(inside.coefficient(d, k)[c])) << d << ", order " << k;
}

TEST_P(CompositionOf, StartsAgain) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  const auto x = arguments(66, 2), other = arguments(67, 2);
  const Composition<double> expected = composition<double>(phi, x);
  Composition<double> y = composition<double>(phi, other);
  y.start(x[0].data());
  EXPECT_EQ(y.known(), 1);
  for (std::size_t k = 1; k < x.size(); ++k) y.push(x[k].data());
  for (int d = 0; d <= 2; ++d)
    for (int k = 0; k < orders; ++k)
      for (int c = 0; c < 2; ++c) EXPECT_EQ(y.coefficient(d, k)[c], expected.coefficient(d, k)[c]);
  EXPECT_THROW(y.push(x[0].data()), DomainError);
}

/// phi of series arithmetic.
template <class R>
Series<R> by_series(const std::string& name, const Series<R>& x) {
  const Series<R> one = Series<R>::constant(R(1), x.orders());
  if (name == "tanh") return (exp(x + x) - one) / (exp(x + x) + one);
  if (name == "softplus") return log(one + exp(x));
  if (name == "sigmoid") return one / (one + exp(-x));
  if (name == "silu") return x / (one + exp(-x));
  if (name == "gelu") {
    using real::sqrt;
    return x * (one + erf(x * R(R(1) / R(sqrt(R(2)))))) * R(R(1) / R(2));
  }
  if (name == "erf") return erf(x);
  if (name == "gaussian") return exp(-(x * x) * R(R(1) / R(2)));
  if (name == "sin") return sin(x);
  if (name == "cos") return cos(x);
  if (name == "arctan") return atan(x);
  return power(x, 3);
}

TEST(Composition, AgreesWithSeriesArithmetic) {
  const auto x = arguments(68, 1);
  for (const std::string name :
       {"tanh", "softplus", "sigmoid", "silu", "gelu", "erf", "gaussian", "sin", "cos", "arctan", "cube"}) {
    const activation::Activation phi = activation::find(name);
    const auto check = [&]<class R>() {
      std::vector<R> c;
      for (const auto& row : x) c.push_back(real::from_double<R>(row[0]));
      const Series<R> expected = by_series<R>(name, Series<R>(c));
      const Composition<R> y = composition<R>(phi, x);
      for (int k = 0; k < orders; ++k) {
        if constexpr (real::Enclosing<R>) {
          EXPECT_TRUE(y.coefficient(0, k)[0].overlaps(expected[k])) << name << ", order " << k;
        } else {
          using std::abs;
          EXPECT_LE(R(abs(R(y.coefficient(0, k)[0] - expected[k]))),
                    5000 * R(k + 1) * real::Backend<R>::unit_roundoff())
              << real::Backend<R>::name << " " << name << ", order " << k;
        }
      }
    };
    test::for_each_backend([&]<class R>() { check.template operator()<R>(); });
    check.template operator()<Ball>();
  }
}

/// Far out phi' is tiny, and a rounding of 1 - phi^2 in its place would be multiplied by e^{x't} in the
/// recurrence.
TEST(Composition, SaturatedComponentsKeepRelativeAccuracy) {
  for (const std::string name : {"tanh", "sigmoid", "softplus", "silu"}) {
    const activation::Activation phi = activation::find(name);
    Composition<Ball> y(phi, 1, 0, orders);
    const Ball x[] = {Ball(60), Ball(1000), Ball(0)};
    y.start(&x[0]);
    for (int k = 1; k < orders; ++k) {
      y.push(&x[k == 1 ? 1 : 2]);
      // The coefficients of tails like e^{-60 - 1000t}, beside those of the saturated part of softplus and
      // silu.
      EXPECT_GE(y.coefficient(0, k)[0].relative_bits(), real::working_bits() - 20) << name << ", order " << k;
    }
  }
}

TEST(Composition, SharesItsProducts) {
  const auto products = [](const char* name, int derivatives) {
    return Composition<double>(activation::find(name), 1, derivatives, 2).products();
  };
  EXPECT_EQ(products("identity", 2), 0);
  EXPECT_EQ(products("square", 2), 1);
  EXPECT_EQ(products("tanh", 0), 2);  // u^2, (1 - u^2) x'
  EXPECT_EQ(products("tanh", 1), 2);
  EXPECT_EQ(products("sigmoid", 1), 2);
  EXPECT_EQ(products("softplus", 1), 3);
  EXPECT_EQ(products("sin", 2), 2);
  EXPECT_EQ(products("gelu", 1), 4);
}

/// Coefficients of polynomials that are dyadic stay exact.
TEST(Composition, ExactStaysExact) {
  const activation::Activation phi = activation::find("polynomial:1,0,-1/2");
  Composition<Ball> y(phi, 1, 1, 3);
  const Ball x[] = {Ball(3), Ball(0.5), Ball(-4)};
  y.start(&x[0]), y.push(&x[1]), y.push(&x[2]);
  // 1 - x^2/2 with x^2 = 9 + 3t + (1/4 - 24) t^2.
  const double value[] = {-3.5, -1.5, 11.875}, slope[] = {-3, -0.5, 4};
  for (int k = 0; k < 3; ++k) {
    EXPECT_EQ(equal(y.coefficient(0, k)[0], Ball(value[k]), Ball(0)), Truth::yes) << k;
    EXPECT_EQ(equal(y.coefficient(1, k)[0], Ball(slope[k]), Ball(0)), Truth::yes) << k;
  }
}

TEST(Composition, RefusesWhatItCannotDo) {
  const activation::Activation tanh = activation::find("tanh");
  EXPECT_THROW(Composition<double>(activation::find("relu"), 1, 0, 3), DomainError);
  EXPECT_THROW(Composition<double>(tanh, -1, 0, 3), DomainError);
  EXPECT_THROW(Composition<double>(tanh, 1, 3, 3), DomainError);
  EXPECT_THROW(Composition<double>(tanh, 1, 0, 0), DomainError);
  Composition<double> y(tanh, 1, 0, 3);
  const double x = 0.5;
  EXPECT_EQ(y.known(), 0);
  EXPECT_THROW(y.push(&x), DomainError);
}

INSTANTIATE_TEST_SUITE_P(Registry, CompositionOf, ::testing::ValuesIn(activation::names()), test::test_name);

}  // namespace
