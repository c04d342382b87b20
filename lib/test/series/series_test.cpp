// Truncated Taylor arithmetic against known series and Arb's functions of power series.
#include <gtest/gtest.h>

#include <gronwall/real/error.hpp>
#include <gronwall/real/rational.hpp>
#include <gronwall/series/series.hpp>

#include "support/backends.hpp"
#include "support/complex_series.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using real::Ball;
using real::Rational;
using series::Series;
using test::ComplexSeries;

template <class R>
class SeriesOf : public ::testing::Test {};
TYPED_TEST_SUITE(SeriesOf, real::BackendList<::testing::Types>, test::BackendNames);

/// Whether x is the rational, up to some units of `size`; for balls, whether it encloses it and is tight.
template <class R>
void expect_near(const R& x, const Rational& expected, const R& size, const char* what, int k) {
  const R exact = real::from_rational<R>(expected);
  if constexpr (real::Enclosing<R>) {
    EXPECT_TRUE(x.overlaps(exact)) << what << " " << k;
    EXPECT_EQ(leq(x.radius(), scaled(abs(size), 12 - real::working_bits())), real::Truth::yes)
        << what << " " << k;
  } else {
    using std::abs;
    EXPECT_LE(R(abs(R(x - exact))), 500 * real::Backend<R>::unit_roundoff() * abs(size)) << what << " " << k;
  }
}

TYPED_TEST(SeriesOf, KnownCoefficients) {
  using R = TypeParam;
  const int orders = 16;
  const Series<R> t = Series<R>::variable(R(0), orders), one = Series<R>::constant(R(1), orders);
  const Series<R> geometric = one / (one - t), exponential = exp(t), logarithm = log(one + t),
                  root = sqrt(one + t), sine = sin(t), cosine = cos(t), hyperbolic = tanh(t), arc = atan(t),
                  cubed = power(one + t, 3);
  // Bernoulli numbers: tanh t = sum 2^{2n} (2^{2n} - 1) B_{2n} t^{2n-1}/(2n)! (DLMF 4.33.3).
  const Rational bernoulli[] = {Rational(1, 6),  Rational(-1, 30),     Rational(1, 42), Rational(-1, 30),
                                Rational(5, 66), Rational(-691, 2730), Rational(7, 6),  Rational(-3617, 510)};
  Rational factorial = 1, half_binomial = 1;
  for (int k = 0; k < orders; ++k) {
    if (k > 0) factorial *= k, half_binomial *= (Rational(3, 2) - k) / k;
    const Rational sign = k % 2 == 0 ? 1 : -1, quarter = k % 4 < 2 ? 1 : -1;
    const bool odd = k % 2 != 0;
    expect_near<R>(geometric[k], 1, R(1), "1/(1 - t)", k);
    expect_near<R>(exponential[k], 1 / factorial, R(1), "exp", k);
    expect_near<R>(logarithm[k], k == 0 ? Rational(0) : Rational(-sign / k), R(1), "log(1 + t)", k);
    expect_near<R>(root[k], half_binomial, R(1), "sqrt(1 + t)", k);
    expect_near<R>(sine[k], odd ? Rational(quarter / factorial) : Rational(0), R(1), "sin", k);
    expect_near<R>(cosine[k], odd ? Rational(0) : Rational(quarter / factorial), R(1), "cos", k);
    expect_near<R>(arc[k], odd ? Rational(quarter / k) : Rational(0), R(1), "atan", k);
    Rational tangent = 0;
    if (odd) {
      const int n = (k + 1) / 2;
      const Rational power = Rational(real::Integer(1) << (2 * n));
      tangent = power * (power - 1) * bernoulli[n - 1] / (factorial * (k + 1));
    }
    expect_near<R>(hyperbolic[k], tangent, R(1), "tanh", k);
    expect_near<R>(cubed[k], k == 0 || k == 3 ? 1 : k < 3 ? 3 : 0, R(8), "(1 + t)^3", k);
  }
}

TYPED_TEST(SeriesOf, FunctionalEquations) {
  using R = TypeParam;
  test::Random random(51);
  for (int trial = test::repetitions(20); trial > 0; --trial) {
    std::vector<R> c;
    for (int k = 0; k < 20; ++k) c.push_back(real::from_double<R>(random.symmetric()));
    c[0] = real::from_double<R>(1.5 + random.symmetric());
    const Series<R> x(c), one = Series<R>::constant(R(1), 20);
    const Series<R> e = exp(x), inverse = exp(-x), r = sqrt(x), s = sin(x), co = cos(x);
    const Series<R> zero[] = {e * inverse - one,
                              log(e) - x,
                              r * r - x,
                              s * s + co * co - one,
                              tanh(x) * (e + inverse) - (e - inverse),
                              exp(log(x)) - x,
                              x / x - one,
                              (x * x).derivative().integral(R(x[0] * x[0])) - x * x};
    for (int which = 0; which < 8; ++which)
      for (int k = 0; k < 20; ++k) {
        if constexpr (real::Enclosing<R>) {
          EXPECT_TRUE(zero[which][k].contains_zero()) << which << ", order " << k;
        } else {
          using std::abs;
          // Coefficients of all of these grow by less than 2^3 an order.
          EXPECT_LE(real::to_double<R>(R(abs(zero[which][k]))),
                    real::to_double<R>(real::Backend<R>::unit_roundoff()) * std::ldexp(1e5, 3 * k))
              << which << ", order " << k;
        }
      }
  }
}

TYPED_TEST(SeriesOf, EvaluationIsHorners) {
  using R = TypeParam;
  const Series<R> x(std::vector<R>{R(1), R(-2), R(3)});
  const R value = x.at(R(2));
  EXPECT_EQ(real::to_double<R>(value), 9);
  EXPECT_EQ(real::to_double<R>((x + R(1)).at(R(0))), 2);
  EXPECT_EQ(real::to_double<R>((x - R(1)).at(R(0))), 0);
  EXPECT_EQ(real::to_double<R>((x * R(2)).at(R(2))), 18);
}

TEST(Series, RefusesWhatDoesNotFit) {
  EXPECT_THROW(Series<double>(std::vector<double>{}), DomainError);
  EXPECT_THROW(Series<double>::constant(1, 0), DomainError);
  const Series<double> two = Series<double>::constant(1, 2), three = Series<double>::constant(1, 3);
  EXPECT_THROW(two + three, DomainError);
  EXPECT_THROW(two * three, DomainError);
  EXPECT_THROW(two / three, DomainError);
  EXPECT_THROW(Series<double>::constant(1, 1).derivative(), DomainError);
}

TEST(Series, QuotientsByZeroAreNotKnown) {
  const Series<Ball> t = Series<Ball>::variable(Ball(0), 3);
  EXPECT_FALSE((t / t)[0].known());
  EXPECT_FALSE(log(t)[1].known());
}

/// erf, atan and tanh against Arb's own.
TEST(Series, EnclosesArbsSeries) {
  test::Random random(52);
  for (int trial = test::repetitions(20); trial > 0; --trial) {
    const int orders = 24;
    std::vector<Ball> c;
    ComplexSeries z(orders);
    for (int k = 0; k < orders; ++k) {
      c.emplace_back(random.spread(-3, 1));
      z.set(k, c.back(), Ball(0));
    }
    const Series<Ball> x(c);
    const Series<Ball> ours[] = {erf(x), atan(x), tanh(x), sin(x)};
    const ComplexSeries theirs[] = {z.erf(), z.atan(), composed(activation::find("tanh"), z), z.sin()};
    for (int which = 0; which < 4; ++which)
      for (int k = 0; k < orders; ++k)
        EXPECT_TRUE(ours[which][k].overlaps(theirs[which].real(k))) << which << ", order " << k;
  }
}

}  // namespace
