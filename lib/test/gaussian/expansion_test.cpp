#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/real/error.hpp>

#include "support/effort.hpp"

namespace gronwall::gaussian {
namespace {

using activation::find;
using real::Backend;
using real::from_double;
using real::Mpfr;
using real::Quantity;
using real::to_double;

/// A backend and a finer one to judge it by.
template <class Coarse, class Fine>
struct Levels {
  using R = Coarse;
  using Reference = Fine;
};

template <class L>
class Coefficients : public testing::Test {};
using AllLevels =
    testing::Types<Levels<double, Mpfr<50>>, Levels<Mpfr<50>, Mpfr<100>>, Levels<Mpfr<100>, Mpfr<200>>>;
TYPED_TEST_SUITE(Coefficients, AllLevels);

/// |x - reference| / u, with the error that x claims, in the same unit.
template <class R, class F>
std::pair<double, double> off(const Quantity<R>& x, const F& reference) {
  using std::abs;
  const F u = F(Backend<R>::unit_roundoff());
  return {to_double<F>(F(abs(F(F(x.value()) - reference)) / u)), to_double<F>(F(F(x.error()) / u))};
}

/// An error estimate is honest if it covers the distance from the finer value, and tight if it is no more
/// than `most` units in the last place of the scale.
template <class R, class F>
void expect_honest_and_tight(const Quantity<R>& x, const Quantity<F>& reference, double scale, double most,
                             const std::string& where) {
  const auto [distance, claimed] = off<R, F>(x, reference.value());
  EXPECT_LE(distance, claimed) << where;
  EXPECT_LE(claimed, most * scale) << where << ", distance " << distance;
  EXPECT_LE(to_double<F>(F(reference.error() / F(Backend<R>::unit_roundoff()))), scale) << where;
}

/// Activations without those polynomials whose size hides everything else in double; one of each sort
/// where a test judges by 200 digits, since the time grows with the cube of the digits.
std::vector<std::string> moderate_names(int digits) {
  if (digits > 50 && test::multiplier() <= 1) return {"softplus", "tanh", "gelu", "sin", "relu", "cube"};
  std::vector<std::string> out;
  for (const std::string& name : activation::names())
    if (find(name).degree().value_or(0) <= 12) out.push_back(name);
  return out;
}

TYPED_TEST(Coefficients, ErrorsAreHonestAndTightForEveryActivation) {
  using R = typename TypeParam::R;
  using F = typename TypeParam::Reference;
  const unsigned count = 40;
  for (const std::string& name : moderate_names(Backend<R>::digits))
    for (const Of of : {Of::value, Of::derivative})
      for (const int power : {0, -6, 4}) {
        if (power != 0 && Backend<R>::digits > 50) continue;
        const double q = std::ldexp(1.0, power);
        const std::string where = name + (of == Of::value ? "" : "'") + " at q = " + std::to_string(q);
        const auto coarse = expand_by_quadrature<R>(find(name), from_double<R>(q), count, of);
        const auto fine = expand_by_quadrature<F>(find(name), from_double<F>(q), count, of);
        const double moment = to_double<F>(fine.second_moment.value());
        const double scale = std::sqrt(moment) * (1 + std::sqrt(q)) + 1e-3;
        for (unsigned k = 0; k < count; ++k)
          expect_honest_and_tight<R, F>(coarse.coefficients[k], fine.coefficients[k], scale, 5000,
                                        where + ", k = " + std::to_string(k));
        const double square = scale * scale;
        expect_honest_and_tight<R, F>(coarse.second_moment, fine.second_moment, square, 5000, where);
        expect_honest_and_tight<R, F>(coarse.antipodal, fine.antipodal, square, 5000, where);
        EXPECT_LE(off<R>(coarse.tail, fine.tail.value()).first, off<R>(coarse.tail, fine.tail.value()).second)
            << where;
      }
}

TYPED_TEST(Coefficients, PolynomialsAgreeByBothRoutes) {
  using R = typename TypeParam::R;
  for (const std::string& name : activation::names()) {
    const Activation phi = find(name);
    if (!phi.degree()) continue;
    for (const Of of : {Of::value, Of::derivative})
      for (const double q : {0.25, 1.0, 3.0}) {
        const auto exact = expand<R>(phi, from_double<R>(q), 12, of);
        const auto sums = expand_by_quadrature<R>(phi, from_double<R>(q), 12, of);
        for (unsigned k = 0; k < 12; ++k)
          EXPECT_NE(equal(exact.coefficients[k], sums.coefficients[k], R(0)), real::Truth::no)
              << name << ' ' << k;
        EXPECT_NE(equal(exact.second_moment, sums.second_moment, R(0)), real::Truth::no) << name;
        EXPECT_NE(equal(exact.antipodal, sums.antipodal, R(0)), real::Truth::no) << name;
        EXPECT_NE(equal(exact.tail, sums.tail, R(0)), real::Truth::no) << name;
      }
  }
  // Exact where the numbers are: x^2 = h_0 + sqrt(2) h_2, and what is left out is exactly 2.
  const auto square = expand<R>(find("square"), R(1), 2);
  EXPECT_EQ(square.coefficients[0].value(), R(1));
  EXPECT_EQ(square.coefficients[0].error(), R(0));
  EXPECT_EQ(square.second_moment.value(), R(3));
  using std::abs;
  EXPECT_LE(abs(R(square.tail.value() - R(2))), R(8) * Backend<R>::unit_roundoff());
}

TYPED_TEST(Coefficients, ClosedForms) {
  using R = typename TypeParam::R;
  using std::abs;
  using std::atan;
  using std::exp;
  using std::log;
  using std::sqrt;
  const unsigned count = 30;
  for (const double variance : {0.25, 1.0, 9.0}) {
    const R q = from_double<R>(variance);
    const auto sine = expand<R>(find("sin"), q, count), cosine = expand<R>(find("cos"), q, count);
    const auto bell = expand<R>(find("gaussian"), q, count), error = expand<R>(find("erf"), q, count);
    const R tolerance = R(4000) * Backend<R>::unit_roundoff();
    // sin(sqrt(q) z): E[e^{i s z} He_k(z)] = (i s)^k e^{-s^2/2}.
    R size = exp(R(-q / R(2)));  // e^{-q/2} q^{k/2} / sqrt(k!)
    for (unsigned k = 0; k < count; ++k) {
      if (k > 0) size = size * sqrt(R(q / R(k)));
      const R sign = R(k % 4 < 2 ? 1 : -1);
      const R sine_k = k % 2 == 1 ? R(sign * size) : R(0),
              cosine_k = k % 2 == 0 ? R(R(k % 4 == 0 ? 1 : -1) * size) : R(0);
      EXPECT_LE(abs(R(sine.coefficients[k].value() - sine_k)), tolerance) << k;
      EXPECT_LE(abs(R(cosine.coefficients[k].value() - cosine_k)), tolerance) << k;
    }
    // E[e^{-alpha u^2} e^{s z - s^2/2}] = (1 + 2 alpha q)^{-1/2} e^{-(s^2/2) (2 alpha q / (1 + 2 alpha q))};
    // the factor alpha of the library's bell follows from its second moment at 1.
    const R probe = find("gaussian").template in<R>().value(R(1));
    const R alpha = -log(probe);
    const R c = R(2) * alpha * q / (R(1) + R(2) * alpha * q);
    R bell_k = R(1) / sqrt(R(R(1) + R(2) * alpha * q));
    for (unsigned k = 0; k < count; k += 2) {
      // b_{2m} sqrt((2m)!) = (-c)^m (2m-1)!! a_0, so a_{2m} / a_{2m-2} = -c sqrt((2m-1)/(2m)).
      if (k > 0) bell_k = -bell_k * c * sqrt(R(R(k - 1) / R(k)));
      EXPECT_LE(abs(R(bell.coefficients[k].value() - bell_k)), tolerance) << k;
    }
    // erf(sqrt(q) z): a_1 = E[erf'(u)] sqrt(q) = (2/sqrt pi) sqrt(q) / sqrt(1 + 2q), then a_{k+2}/a_k by the
    // derivative's bell.
    const R d = R(2) * q / (R(1) + R(2) * q);
    R erf_k = R(2) * sqrt(q) / sqrt(R(real::pi<R>() * (R(1) + R(2) * q)));
    for (unsigned k = 1; k < count; k += 2) {
      if (k > 1) erf_k = -erf_k * d * R(k - 2) / sqrt(R(R(k) * R(k - 1)));
      EXPECT_LE(abs(R(error.coefficients[k].value() - erf_k)), tolerance) << k;
      EXPECT_EQ(error.coefficients[k - 1].value(), R(0));
      EXPECT_EQ(error.coefficients[k - 1].error(), R(0));
    }
    // relu: a_0 = sqrt(q / 2 pi), a_1 = sqrt(q)/2, a_2 = sqrt(q / 4 pi), odd ones 0 from 3 on.
    const auto relu = expand<R>(find("relu"), q, count);
    EXPECT_LE(abs(R(relu.coefficients[0].value() - sqrt(R(q / (R(2) * real::pi<R>()))))), tolerance);
    EXPECT_LE(abs(R(relu.coefficients[1].value() - sqrt(q) / R(2))), tolerance);
    EXPECT_LE(abs(R(relu.coefficients[2].value() - sqrt(R(q / (R(4) * real::pi<R>()))))), tolerance);
    for (unsigned k = 3; k < count; k += 2) EXPECT_LE(abs(relu.coefficients[k].value()), tolerance);
    // softplus and gelu are x/2 plus an even function.
    for (const char* name : {"softplus", "gelu"}) {
      const auto half = expand<R>(find(name), q, count);
      EXPECT_LE(abs(R(half.coefficients[1].value() - sqrt(q) / R(2))), tolerance) << name;
      for (unsigned k = 3; k < count; k += 2)
        EXPECT_LE(abs(half.coefficients[k].value()), tolerance) << name << k;
    }
  }
}

TYPED_TEST(Coefficients, DerivativeShiftsTheCoefficients) {
  // sqrt(k+1) a_{k+1}(q) = sqrt(q) E[phi'(sqrt(q) z) h_k(z)], by parts.
  using R = typename TypeParam::R;
  using std::sqrt;
  for (const std::string& name : moderate_names(Backend<R>::digits))
    for (const double variance : {0.0625, 1.0, 6.0}) {
      const R q = from_double<R>(variance);
      const auto value = expand<R>(find(name), q, 26), slope = expand<R>(find(name), q, 25, Of::derivative);
      for (unsigned k = 0; k < 25; ++k) {
        const Quantity<R> left = sqrt(Quantity<R>(R(k + 1))) * value.coefficients[k + 1];
        const Quantity<R> right = sqrt(Quantity<R>(q)) * slope.coefficients[k];
        EXPECT_NE(equal(left, right, R(0)), real::Truth::no) << name << ' ' << k;
      }
    }
}

TYPED_TEST(Coefficients, ParsevalLeavesATailThatShrinks) {
  using R = typename TypeParam::R;
  for (const std::string& name : moderate_names(Backend<R>::digits)) {
    const auto few = expand<R>(find(name), R(1), 10), many = expand<R>(find(name), R(1), 60);
    EXPECT_NE(leq(many.tail, few.tail), real::Truth::no) << name;
    Quantity<R> between = few.tail - many.tail;
    for (unsigned k = 10; k < 60; ++k) between -= many.coefficients[k] * many.coefficients[k];
    EXPECT_NE(equal(between, Quantity<R>(R(0)), R(0)), real::Truth::no) << name;
    // Analytic in a strip of 1/2 at least: the coefficients fall like e^{-strip sqrt(2k)} and faster.
    if (find(name).smooth()) {
      EXPECT_LT(to_double<R>(many.tail.value()), 1e-3) << name;
    }
  }
}

TYPED_TEST(Coefficients, RecurrenceIsOrthonormal) {
  using R = typename TypeParam::R;
  using std::abs;
  for (unsigned j = 0; j <= 60; j += 5)
    for (unsigned k = j; k <= 60; k += 1 + k / 4) {
      const auto mean = normalised_product_mean<R>(j, k);
      EXPECT_LE(abs(R(mean.value() - R(j == k ? 1 : 0))), mean.error()) << j << ' ' << k;
      EXPECT_LE(mean.error(), R(2000) * Backend<R>::unit_roundoff()) << j << ' ' << k;
    }
}

TEST(Expansion, BadInputIsRefused) {
  EXPECT_THROW(expand<double>(find("tanh"), -1.0, 3), DomainError);
  EXPECT_THROW(expand<double>(find("tanh"), HUGE_VAL, 3), DomainError);
  EXPECT_THROW(expand<double>(find("square"), std::nan(""), 3), DomainError);
}

TEST(Expansion, VarianceZeroIsTheConstant) {
  for (const std::string& name : activation::names()) {
    const auto e = expand<Mpfr<50>>(find(name), Mpfr<50>(0), 5);
    const Mpfr<50> at_zero = find(name).in<Mpfr<50>>().value(Mpfr<50>(0));
    EXPECT_NE(equal(e.coefficients[0], Quantity<Mpfr<50>>(at_zero), Mpfr<50>(0)), real::Truth::no) << name;
    for (int k = 1; k < 5; ++k)
      EXPECT_NE(equal(e.coefficients[k], Quantity<Mpfr<50>>(Mpfr<50>(0)), Mpfr<50>(0)), real::Truth::no)
          << name;
  }
}

TEST(Expansion, TermsForACorrelation) {
  EXPECT_EQ(terms_for_correlation<double>(0.0), 1U);
  EXPECT_EQ(terms_for_correlation<double>(1.0, 77), 77U);
  const unsigned terms = terms_for_correlation<double>(-0.5);
  EXPECT_LE(std::pow(0.5, terms), 1.2e-16);
  EXPECT_LE(terms, 60U);
}

}  // namespace
}  // namespace gronwall::gaussian
