// What every activation must satisfy, in every precision: run over the registry, so a new file is tested as
// it is.
#include <gtest/gtest.h>

#include <gronwall/activation/registration.hpp>

#include "arguments.hpp"
#include "size.hpp"
#include "support/backends.hpp"

namespace {

using namespace gronwall;
using activation::Activation;
using activation::Functions;
using activation::Parity;
using activation::Smoothness;
using real::Backend;
using test::evaluate;
using test::for_each_backend;
using test::scale;
using test::size_of_terms;

class ActivationLaws : public ::testing::TestWithParam<std::string> {
 protected:
  const Activation phi = activation::find(GetParam());
};

/// A power of ten in R.
template <class R>
R ten_to(int k) {
  const R p = real::power<R>(R(10), static_cast<unsigned>(std::abs(k)));
  return k < 0 ? R(1 / p) : p;
}

// ---------------------------------------------------------------- accuracy

/// Relative errors that the documentation calls a few units in the last place.
constexpr double cap = 12;

TEST_P(ActivationLaws, EveryPrecisionAgreesWithTheNextFiner) {
  for_each_backend([this]<class R>() {
    using F = test::FinerThan<R>;
    if constexpr (!std::is_void_v<F>) {
      using std::abs;
      const F unit = test::widen<F>(Backend<R>::unit_roundoff());
      // Results below the normal range cannot be relatively accurate; MPFR's range is never left here.
      const F tiny = std::is_same_v<R, double> ? real::from_double<F>(0x1p-1052) : F(0);
      const F largest = test::widen<F>((std::numeric_limits<R>::max)());
      double worst = 0;
      for (const R& x : test::arguments<R>(11)) {
        const F fine_x = test::widen<F>(x);
        for (int order = 0; order <= 2; ++order) {
          const F exact = evaluate<F>(phi.in<F>(), order, fine_x);
          const R computed = evaluate<R>(phi.in<R>(), order, x);
          const F size = scale<F>(phi, order, fine_x);
          if (!(size < largest / 4)) continue;
          ASSERT_TRUE(Backend<R>::finite(computed)) << "order " << order << " at " << Backend<R>::to_hex(x);
          F error = abs(F(test::widen<F>(computed) - exact));
          if (error <= tiny) continue;
          const double units = real::to_double<F>(F(error / (unit * size)));
          worst = std::max(worst, units);
          EXPECT_LE(units, cap) << "order " << order << " at " << Backend<R>::to_hex(x);
        }
      }
      RecordProperty(std::string("worst_units_") + std::string(Backend<R>::name), std::to_string(worst));
    }
  });
}

// ---------------------------------------------------------------- derivatives

/// The central difference with one Richardson step: error h^4 |g^(5)|/4 plus rounding u |g|/h.
template <class F, class G>
F difference(G&& g, const F& x, const F& h) {
  const auto central = [&](const F& step) { return F((g(F(x + step)) - g(F(x - step))) / (2 * step)); };
  return (4 * central(F(h / 2)) - central(h)) / 3;
}

TEST_P(ActivationLaws, DerivativesAreThoseOfDifferences) {
  for_each_backend([this]<class R>() {
    if constexpr (Backend<R>::digits >= 50) {
      using std::abs;
      const Functions<R>& f = phi.in<R>();
      const int digits = Backend<R>::digits;
      const R h = ten_to<R>(-digits / 5), tolerance = ten_to<R>(8 - 4 * (digits / 5));
      for (const double point : test::moderate_arguments(12)) {
        bool at_kink = false;
        for (const double kink : phi.traits().kinks) at_kink = at_kink || std::abs(point - kink) < 1e-6;
        if (at_kink) continue;
        const R x = real::from_double<R>(point);
        for (int order = 0; order <= 1; ++order) {
          const R expected = difference<R>([&](const R& y) { return evaluate<R>(f, order, y); }, x, h);
          const R derivative = evaluate<R>(f, order + 1, x);
          const R size = abs(evaluate<R>(f, order, x)) + abs(derivative) + abs(expected) +
                         (phi.degree() ? size_of_terms<R>(*phi.traits().polynomial, 0, R(abs(x) + 1)) : R(0));
          EXPECT_LE(abs(R(derivative - expected)), tolerance * size)
              << "derivative of order " << order + 1 << " at " << point << ": " << derivative << ", not "
              << expected;
        }
      }
    }
  });
}

// ---------------------------------------------------------------- constants

/// A maximum of g near x: golden sections around it down to the square root of u, where g is flat to u.
template <class R, class G>
R local_maximum(G&& g, R low, R high) {
  const R ratio = (sqrt(R(5)) - 1) / 2;
  R a = high - ratio * (high - low), b = low + ratio * (high - low);
  R at_a = g(a), at_b = g(b);
  const R stop = sqrt(Backend<R>::unit_roundoff());
  while (high - low > stop) {
    if (at_a < at_b) {
      low = a, a = b, at_a = at_b;
      b = low + ratio * (high - low);
      at_b = g(b);
    } else {
      high = b, b = a, at_b = at_a;
      a = high - ratio * (high - low);
      at_a = g(a);
    }
  }
  return at_a < at_b ? at_b : at_a;
}

/// |phi'| or |phi''| in double.
double modulus(const Activation& phi, int order, double x) {
  return std::abs(evaluate<double>(phi.in<double>(), order, x));
}

/// A global search: a grid of width 1/64 on [-48, 48] and points out to 2^40 on both sides.
double steepest_argument(const Activation& phi, int order) {
  double best = 0;
  const auto visit = [&](double x) {
    if (modulus(phi, order, x) > modulus(phi, order, best)) best = x;
  };
  for (int k = -48 * 64; k <= 48 * 64; ++k) visit(k / 64.0);
  for (int k = 22; k <= 160; ++k) visit(std::exp2(k / 4.0)), visit(-std::exp2(k / 4.0));
  return best;
}

template <class R>
void expect_supremum(const Activation& phi, int order, double near, const R& claimed) {
  using std::abs;
  const Functions<R>& f = phi.in<R>();
  const auto g = [&](const R& x) { return R(abs(evaluate<R>(f, order, x))); };
  const R width = real::ratio<R>(1, 32), centre = real::from_double<R>(near);
  R found = g(centre);
  const bool smooth_here = phi.smooth() && std::abs(near) <= 48;
  if (smooth_here) found = real::maximum<R>(found, local_maximum<R>(g, R(centre - width), R(centre + width)));
  for (const double far : {-0x1p40, 0x1p40})
    found = real::maximum<R>(found, g(R(far)));  // approached, not attained
  const R u = Backend<R>::unit_roundoff();
  EXPECT_LE(abs(R(found - claimed)), 32 * u * claimed)
      << "order " << order << " near " << near << ": found " << found << ", claimed " << claimed;
  for (const double x : test::special_arguments())
    EXPECT_LE(g(real::from_double<R>(x)), claimed * (1 + 32 * u)) << "order " << order << " at " << x;
}

/// Growth without bound.
void expect_unbounded(const Activation& phi, int order) {
  using R = real::Mpfr<50>;  // whose exponents reach further
  const auto size = [&](double x) {
    using std::abs;
    return R(abs(evaluate<R>(phi.in<R>(), order, R(x))) + abs(evaluate<R>(phi.in<R>(), order, R(-x))));
  };
  EXPECT_GT(R(size(0x1p120) / size(0x1p60)), R(0x1p50)) << "order " << order;
  EXPECT_GT(size(0x1p120), R(0x1p50)) << "order " << order;
}

TEST_P(ActivationLaws, LipschitzConstantsAreTheSuprema) {
  const bool bounded1 = std::isfinite(phi.in<double>().lipschitz());
  const bool bounded2 = std::isfinite(phi.in<double>().derivative_lipschitz());
  const double near1 = steepest_argument(phi, 1), near2 = steepest_argument(phi, 2);
  if (!bounded1) expect_unbounded(phi, 1);
  if (!bounded2 && phi.smooth()) expect_unbounded(phi, 2);
  for_each_backend([&]<class R>() {
    const Functions<R>& f = phi.in<R>();
    ASSERT_EQ(Backend<R>::finite(f.lipschitz()), bounded1);
    ASSERT_EQ(Backend<R>::finite(f.derivative_lipschitz()), bounded2);
    if (bounded1) expect_supremum<R>(phi, 1, near1, f.lipschitz());
    if (bounded2) expect_supremum<R>(phi, 2, near2, f.derivative_lipschitz());
  });
  EXPECT_FALSE(phi.traits().lipschitz_source.empty());
  EXPECT_FALSE(phi.traits().derivative_lipschitz_source.empty());
}

TEST_P(ActivationLaws, DerivativeJumpsExactlyAtTheKinks) {
  EXPECT_EQ(phi.traits().kinks.empty(), phi.smooth());
  for_each_backend([&]<class R>() {
    const Functions<R>& f = phi.in<R>();
    const R h = sqrt(Backend<R>::unit_roundoff());
    for (const double kink : phi.traits().kinks) {
      const R x = real::from_double<R>(kink);
      EXPECT_EQ(f.derivative(x), f.derivative(R(x + h))) << "phi' is the value from the right";
      EXPECT_NE(f.derivative(x), f.derivative(R(x - h)));
      EXPECT_EQ(f.second_derivative(x), 0);
      EXPECT_FALSE(Backend<R>::finite(f.derivative_lipschitz()));
    }
  });
}

// ---------------------------------------------------------------- parity, polynomials, smoothness

TEST_P(ActivationLaws, ParityIsExact) {
  for_each_backend([&]<class R>() {
    const Functions<R>& f = phi.in<R>();
    bool even = true, odd = true;
    for (const R& x : test::arguments<R>(13)) {
      if (!Backend<R>::finite(f.value(x))) continue;
      const R left = f.value(R(-x)), right = f.value(x);
      even = even && left == right;
      odd = odd && left == -right;
      if (phi.traits().parity == Parity::neither) continue;
      const int sign = phi.traits().parity == Parity::even ? 1 : -1;
      EXPECT_EQ(left, sign * right) << Backend<R>::to_hex(x);
      if (phi.smooth() || x != 0) {
        EXPECT_EQ(f.derivative(R(-x)), -sign * f.derivative(x)) << Backend<R>::to_hex(x);
      }
      if (phi.smooth()) {
        EXPECT_EQ(f.second_derivative(R(-x)), sign * f.second_derivative(x)) << Backend<R>::to_hex(x);
      }
    }
    EXPECT_EQ(phi.traits().parity == Parity::neither, !even && !odd) << "a symmetry that is not declared";
  });
}

real::Rational exactly(const std::vector<real::Rational>& c, const real::Rational& x) {
  real::Rational sum = 0;
  for (std::size_t k = c.size(); k-- > 0;) sum = sum * x + c[k];
  return sum;
}

TEST_P(ActivationLaws, PolynomialCoefficientsAreThoseOfTheValue) {
  const auto& c = phi.traits().polynomial;
  if (!c) {
    EXPECT_FALSE(phi.degree().has_value());
    return;
  }
  ASSERT_FALSE(c->empty());
  EXPECT_EQ(*phi.degree(), static_cast<int>(c->size()) - 1);
  if (c->size() > 1) {
    EXPECT_NE(c->back(), 0);
  }
  EXPECT_EQ(phi.traits().smoothness, Smoothness::entire);
  for_each_backend([&]<class R>() {
    using std::abs;
    for (const double x : test::moderate_arguments(14)) {
      const R exact = real::from_rational<R>(exactly(*c, real::exact_rational(x)));
      const R size = size_of_terms<R>(*c, 0, real::from_double<R>(x));
      const R units = R(4) * R(static_cast<int>(c->size()));
      EXPECT_LE(abs(R(phi.in<R>().value(real::from_double<R>(x)) - exact)),
                units * Backend<R>::unit_roundoff() * size)
          << x;
    }
  });
}

TEST_P(ActivationLaws, StripFitsTheSmoothness) {
  for_each_backend([&]<class R>() {
    const R a = phi.in<R>().strip();
    switch (phi.traits().smoothness) {
      case Smoothness::continuous:
        EXPECT_EQ(a, 0);
        break;
      case Smoothness::smooth:
        EXPECT_TRUE(a > 0 && Backend<R>::finite(a));
        break;
      case Smoothness::entire:
        EXPECT_TRUE(a > 0 && !Backend<R>::finite(a));
        break;
    }
  });
}

// ---------------------------------------------------------------- interface

TEST_P(ActivationLaws, MatricesAreEvaluatedEntryByEntry) {
  for_each_backend([&]<class R>() {
    const Functions<R>& f = phi.in<R>();
    test::Random random(15);
    linalg::Matrix<R> x(3, 5), out(7, 1);
    for (Eigen::Index k = 0; k < x.size(); ++k) x.data()[k] = random.full<R>(-20, 8);
    f.value(x, out);
    ASSERT_EQ(out.rows(), 3);
    ASSERT_EQ(out.cols(), 5);
    for (Eigen::Index k = 0; k < x.size(); ++k) EXPECT_EQ(out.data()[k], f.value(x.data()[k]));
    f.derivative(x, out);
    for (Eigen::Index k = 0; k < x.size(); ++k) EXPECT_EQ(out.data()[k], f.derivative(x.data()[k]));
    f.second_derivative(x, out);
    for (Eigen::Index k = 0; k < x.size(); ++k) EXPECT_EQ(out.data()[k], f.second_derivative(x.data()[k]));
    f.value(linalg::Matrix<R>(0, 4), out);
    EXPECT_EQ(out.size(), 0);
    EXPECT_EQ(out.cols(), 4);
  });
}

TEST_P(ActivationLaws, TheNameFindsItAgain) {
  const Activation again = activation::find(phi.name());
  EXPECT_EQ(again.name(), phi.name());
  EXPECT_FALSE(phi.traits().formula.empty());
  for_each_backend([&]<class R>() {
    for (const double x : {-1.75, 0.0, 0.625}) {
      const R at = real::from_double<R>(x);
      EXPECT_EQ(again.in<R>().value(at), phi.in<R>().value(at));
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Registry, ActivationLaws, ::testing::ValuesIn(activation::names()), test::test_name);

}  // namespace
