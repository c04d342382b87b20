#include <cmath>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/gaussian/strip_bound.hpp>
#include <gronwall/linalg/norm.hpp>
#include <gronwall/real/error.hpp>

#if __has_include(<flint/acb_hypgeom.h>)
#include <flint/acb_hypgeom.h>
#else
#include <acb_hypgeom.h>
#endif

#include "../../src/gaussian/ball_rule.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::gaussian {
namespace {

using activation::find;
using real::Backend;
using real::Mpfr;
using real::Precision;
using real::Truth;

const std::vector<std::string> analytic{"tanh", "softplus", "gelu",     "sigmoid", "silu", "erf",      "sin",
                                        "cos",  "arctan",   "gaussian", "square",  "cube", "hermite:4"};

/// log2 of the radius.
double log2_radius(const Ball& x) { return log2_size(x.radius()); }

/// The number in a ball, exactly.
template <class F>
Ball exactly(const F& x) {
  return Backend<Ball>::from_hex(Backend<F>::to_hex(x));
}
template <class F>
Ball widened(const real::Estimated<F>& x) {
  return Ball(exactly<F>(x.value()), exactly<F>(x.error()));
}

// Activations in the complex plane, by formulas of their own.

class Complex {
 public:
  Complex(double re, double im) {
    acb_init(z_);
    arb_set_d(acb_realref(z_), re);
    arb_set_d(acb_imagref(z_), im);
  }
  Complex() { acb_init(z_); }
  Complex(const Complex& z) { acb_init(z_), acb_set(z_, z.z_); }
  Complex& operator=(const Complex& z) { return acb_set(z_, z.z_), *this; }
  ~Complex() { acb_clear(z_); }
  acb_ptr raw() { return z_; }
  acb_srcptr raw() const { return z_; }
  Ball modulus() const {
    Ball out;
    acb_abs(out.raw(), z_, bits);
    return out;
  }
  static constexpr long bits = 200;

 private:
  acb_t z_;
};
#define GRONWALL_OPERATION(symbol, function)                    \
  Complex operator symbol(const Complex& x, const Complex& y) { \
    Complex z;                                                  \
    function(z.raw(), x.raw(), y.raw(), Complex::bits);         \
    return z;                                                   \
  }
GRONWALL_OPERATION(+, acb_add)
GRONWALL_OPERATION(-, acb_sub)
GRONWALL_OPERATION(*, acb_mul)
GRONWALL_OPERATION(/, acb_div)
#undef GRONWALL_OPERATION
#define GRONWALL_FUNCTION(name, function)      \
  Complex name(const Complex& x) {             \
    Complex z;                                 \
    function(z.raw(), x.raw(), Complex::bits); \
    return z;                                  \
  }
GRONWALL_FUNCTION(complex_exp, acb_exp)
GRONWALL_FUNCTION(complex_log, acb_log)
GRONWALL_FUNCTION(complex_tanh, acb_tanh)
GRONWALL_FUNCTION(complex_sin, acb_sin)
GRONWALL_FUNCTION(complex_cos, acb_cos)
GRONWALL_FUNCTION(complex_atan, acb_atan)
GRONWALL_FUNCTION(complex_erf, acb_hypgeom_erf)
GRONWALL_FUNCTION(complex_root, acb_sqrt)
#undef GRONWALL_FUNCTION

Complex number(double x) { return {x, 0}; }
Complex logistic(const Complex& z) { return number(1) / (number(1) + complex_exp(number(0) - z)); }
Complex distribution(const Complex& z) {
  return (number(1) + complex_erf(z / complex_root(number(2)))) / number(2);
}

/// phi; its derivative by a central difference, good to 2^-60.
Complex value_at(const std::string& name, const Complex& z) {
  if (name == "tanh") return complex_tanh(z);
  if (name == "softplus") return complex_log(number(1) + complex_exp(z));
  if (name == "gelu") return z * distribution(z);
  if (name == "sigmoid") return logistic(z);
  if (name == "silu") return z * logistic(z);
  if (name == "erf") return complex_erf(z);
  if (name == "sin") return complex_sin(z);
  if (name == "cos") return complex_cos(z);
  if (name == "arctan") return complex_atan(z);
  if (name == "gaussian") return complex_exp(z * z / number(-2));
  if (name == "square") return z * z;
  if (name == "cube") return z * z * z;
  return z * z * z * z - number(6) * z * z + number(3);
}
Complex slope_at(const std::string& name, const Complex& z) {
  const double d = 0x1p-40;
  return (value_at(name, z + number(d)) - value_at(name, z - number(d))) / number(2 * d);
}

TEST(StripBound, LiesAboveTheModulusOnTheStripAndNotFarAbove) {
  const Precision guard(128);
  test::Random random(11);
  for (const std::string& name : analytic)
    for (const Of of : {Of::value, Of::derivative}) {
      const double strip = find(name).in<double>().strip();
      for (const double part : {0.0, 0.25, 0.5, 0.9375, 0.996}) {
        const double b = part * std::min(strip, 3.0);
        const std::string where = name + (of == Of::value ? "" : "'") + ", b = " + std::to_string(b);
        const Majorant m = strip_majorant(find(name), of, Ball(b));
        ASSERT_TRUE(m.known()) << where;
        double closest = 0;
        for (int i = 0; i < test::repetitions(200); ++i) {
          // The edge and the axes are where it is close.
          const double x = i % 4 == 0 ? 0 : random.spread(-3, 4);
          const double y = i % 2 == 0 ? b : b * random.symmetric();
          const Complex z(x, y);
          const Ball size = (of == Of::value ? value_at(name, z) : slope_at(name, z)).modulus();
          const Ball bound = m(Ball(std::abs(x))) + Ball(0x1p-30);
          ASSERT_EQ(leq(size, bound), Truth::yes) << where << " at " << x << " + " << y << "i";
          closest = std::max(closest, real::to_double<Ball>(size / bound));
        }
        EXPECT_GE(closest, 0.05) << where;
      }
    }
}

TEST(StripBound, EndsWhereTheFunctionDoes) {
  const Precision guard(64);
  for (const char* name : {"tanh", "sigmoid", "softplus", "silu", "arctan"})
    for (const Of of : {Of::value, Of::derivative}) {
      const double strip = find(name).in<double>().strip();
      EXPECT_FALSE(strip_majorant(find(name), of, Ball(strip * 1.0001)).known()) << name;
      EXPECT_FALSE(strip_majorant(find(name), of, Ball(Ball(strip * 0.999), Ball(0.1))).known()) << name;
    }
  for (const char* name : {"relu", "leaky-relu:1/16"})
    EXPECT_THROW(strip_majorant(find(name), Of::value, Ball(0)), DomainError);
}

TEST(StripBound, MeanOfAMajorantIsAboveTheTrueOne) {
  // E[(1 + 2|X| + X^2)^2] = 1 + 4 E|X| + 6 E X^2 + 4 E|X|^3 + E X^4, E|X| = sqrt(2/pi), E|X|^3 = 2 E|X|.
  const Majorant m({Ball(1), Ball(2), Ball(1)});
  const double first = std::sqrt(2 / M_PI);
  const double exact = std::sqrt(1 + 4 * first + 6 + 8 * first + 3);
  const double bound = real::to_double<Ball>(m.mean(Ball(0), Ball(1)));
  EXPECT_GE(bound, exact);
  EXPECT_LE(bound, 1.5 * exact);
}

// The two bounds on which everything rests, where they are large enough to be seen.

/// h sum_j f(jh) over all nodes that matter.
Ball trapezoid(const std::function<Ball(const Ball&)>& f, double h, double from = 0) {
  Ball sum;
  for (long j = 0; static_cast<double>(j) * h < 40; ++j) {
    const double x = static_cast<double>(j) * h;
    if (x <= from && from > 0) continue;
    sum += j == 0 ? f(Ball(0)) : f(Ball(x)) + f(Ball(-x));
  }
  return Ball(h) * sum;
}

TEST(BallRule, ErrorOfTheRuleIsWithinItsBoundAndNotFarBelow) {
  const Precision guard(300);
  for (const std::string& name : analytic)
    for (const Of of : {Of::value, Of::derivative}) {
      const Activation phi = find(name);
      const double strip = phi.in<double>().strip();
      const auto f = [&](const Ball& x) {
        return of == Of::value ? phi.in<Ball>().value(x) : phi.in<Ball>().derivative(x);
      };
      double closest = 0;
      for (const unsigned k : {0U, 1U, 2U, 3U, 8U, 15U}) {
        const auto exact = expand_by_quadrature<Ball>(phi, Ball(1), k + 1, of);
        for (const double h : {0.5, 0.75, 1.0, 1.25}) {
          const Ball rule = trapezoid(
              [&](const Ball& x) {
                return f(x) * normalised_hermites<Ball>(k + 1, x)[k] * node_weight(Ball(1), x);
              },
              h);
          const BallStep bound = ball_step_error(strip, h, [&](const Ball& a) {
            return exp(scaled(a * a, -1)) * strip_majorant(phi, of, a).mean(Ball(0), Ball(1)) *
                   hermite_on_line(k, a);
          });
          const Ball error = abs(rule - exact.coefficients[k]);
          ASSERT_NE(leq(error, bound.error), Truth::no) << name << " k = " << k << ", h = " << h;
          closest = std::max(closest, real::to_double<Ball>(error / bound.error));
        }
      }
      EXPECT_GE(closest, 1e-3) << name << (of == Of::value ? "" : "'");
    }
}

TEST(BallRule, TailsAreWithinTheirBoundsAndNotFarBelow) {
  const Precision guard(300);
  const double h = 0x1p-6;
  for (const char* name : {"tanh", "softplus", "gelu", "cube"}) {
    const Activation phi = find(name);
    const Majorant m = strip_majorant(phi, Of::value, Ball(0));
    for (const double z : {4.0, 6.0, 9.0}) {
      double closest = 0;
      for (const unsigned k : {0U, 1U, 5U, 20U, 40U}) {
        const Ball left_out = trapezoid(
            [&](const Ball& x) {
              return abs(phi.in<Ball>().value(x) * normalised_hermites<Ball>(k + 1, x)[k]) *
                     node_weight(Ball(1), x);
            },
            h, z);
        const Ball bound = hermite_tail(m, Ball(1), Ball(z));
        ASSERT_EQ(leq(left_out, bound), Truth::yes) << name << ' ' << k << ' ' << z;
        closest = std::max(closest, real::to_double<Ball>(left_out / bound));
      }
      // Cramer's inequality is attained near the largest zero of h_k, 2 sqrt k, to a factor of about k^{1/6}.
      EXPECT_GE(closest, 1e-2) << name << ' ' << z;
      const Ball squares = trapezoid(
          [&](const Ball& x) {
            const Ball value = phi.in<Ball>().value(x);
            return value * value * node_weight(Ball(1), x);
          },
          h, z);
      const Ball at_end = m(Ball(z)), bound = plain_tail(at_end * at_end, Ball(z));
      EXPECT_EQ(leq(squares, bound), Truth::yes) << name << ' ' << z;
      EXPECT_EQ(leq(bound, Ball(20) * squares), Truth::yes) << name << ' ' << z;
    }
  }
}

TEST(BallRule, MeanSquareOnALine) {
  // He_2(x + iy) = x^2 - y^2 - 1 + 2ixy: E|.|^2/2 = ((3 + (1+y^2)^2 - 2(1+y^2)) + 4y^2)/2 = 1 + 2y^2 + y^4/2.
  const Precision guard(80);
  for (const double y : {0.0, 0.5, 2.0}) {
    const Ball square = hermite_on_line(2, Ball(y)) * hermite_on_line(2, Ball(y));
    EXPECT_TRUE(square.overlaps(Ball(1 + 2 * y * y + y * y * y * y / 2))) << y;
  }
}

// Expansions.

template <class F>
void expect_encloses(const Ball& x, const real::Estimated<F>& reference, const std::string& where) {
  EXPECT_TRUE(x.overlaps(widened<F>(reference))) << where;
  // No more of the reference's own error outside than there is of it.
  EXPECT_TRUE(Ball(x, exactly<F>(F(2) * reference.error())).contains(widened<F>(reference))) << where;
}

TEST(BallExpansion, EnclosesFinerResultsAndIsTight) {
  using F = Mpfr<100>;
  const unsigned count = 40;
  for (const std::string& name : analytic)
    for (const Of of : {Of::value, Of::derivative})
      for (const double q : {0.015625, 1.0, 9.0}) {
        const auto fine = expand_by_quadrature<F>(find(name), F(q), count, of);
        const double scale = std::log2(std::sqrt(real::to_double<F>(fine.second_moment.value())) + 1e-3);
        for (const long bits : {30L, 64L, 150L, 256L}) {
          const Precision guard(bits);
          const std::string where = name + (of == Of::value ? "" : "'") + " at q = " + std::to_string(q) +
                                    " with " + std::to_string(bits) + " bits";
          const double most = static_cast<double>(3 - bits);
          for (const bool quadrature : {true, false}) {
            const auto e = quadrature ? expand_by_quadrature<Ball>(find(name), Ball(q), count, of)
                                      : expand<Ball>(find(name), Ball(q), count, of);
            for (unsigned k = 0; k < count; ++k) {
              expect_encloses<F>(e.coefficients[k], fine.coefficients[k],
                                 where + ", k = " + std::to_string(k));
              EXPECT_LE(log2_radius(e.coefficients[k]), most + scale) << where << ", k = " << k;
            }
            expect_encloses<F>(e.second_moment, fine.second_moment, where);
            expect_encloses<F>(e.antipodal, fine.antipodal, where);
            expect_encloses<F>(e.tail, fine.tail, where);
            EXPECT_LE(log2_radius(e.second_moment), most + 2 * scale) << where;
            EXPECT_LE(log2_radius(e.antipodal), most + 2 * scale) << where;
            EXPECT_LE(log2_radius(e.tail), most + 2 * scale + 5) << where;
          }
        }
      }
}

TEST(BallExpansion, DifferentPrecisionsIntersect) {
  for (const std::string& name : analytic)
    for (const double q : {0.25, 3.0}) {
      std::vector<Expansion<Ball>> all;
      for (const long bits : {40L, 64L, 100L, 333L}) {
        const Precision guard(bits);
        all.push_back(expand_by_quadrature<Ball>(find(name), Ball(q), 120));
      }
      const Precision guard(400);
      for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
          for (std::size_t k = 0; k < 120; ++k)
            EXPECT_TRUE(all[i].coefficients[k].overlaps(all[j].coefficients[k])) << name << ' ' << k;
          EXPECT_TRUE(all[i].second_moment.overlaps(all[j].second_moment)) << name;
          EXPECT_TRUE(all[i].antipodal.overlaps(all[j].antipodal)) << name;
          EXPECT_TRUE(all[i].tail.overlaps(all[j].tail)) << name;
        }
    }
}

TEST(BallExpansion, ParsevalAndTheDerivative) {
  const Precision guard(128);
  for (const std::string& name : analytic)
    for (const double variance : {0.0625, 1.0, 6.0}) {
      const Ball q(variance);
      const auto few = expand<Ball>(find(name), q, 10), many = expand<Ball>(find(name), q, 60);
      const auto slope = expand<Ball>(find(name), q, 59, Of::derivative);
      Ball between = few.tail - many.tail;
      for (std::size_t k = 10; k < 60; ++k) between -= many.coefficients[k] * many.coefficients[k];
      EXPECT_TRUE(between.contains_zero()) << name;
      for (std::size_t k = 0; k < 59; ++k)
        EXPECT_TRUE((sqrt(Ball(static_cast<int>(k) + 1)) * many.coefficients[k + 1])
                        .overlaps(sqrt(q) * slope.coefficients[k]))
            << name << ' ' << k;
    }
}

TEST(BallExpansion, ClosedForms) {
  const Precision guard(128);
  const unsigned count = 40;
  for (const double variance : {0.25, 1.0, 9.0}) {
    const Ball q(variance);
    const auto sine = expand<Ball>(find("sin"), q, count), cosine = expand<Ball>(find("cos"), q, count);
    const auto softplus = expand<Ball>(find("softplus"), q, count);
    Ball size = exp(-scaled(q, -1));  // e^{-q/2} q^{k/2}/sqrt(k!)
    for (unsigned k = 0; k < count; ++k) {
      if (k > 0) size = size * sqrt(q / Ball(static_cast<int>(k)));
      const Ball signed_size = k % 4 < 2 ? size : -size;
      const Ball even = k % 4 == 0 ? size : -size;
      EXPECT_TRUE(sine.coefficients[k].overlaps(k % 2 == 1 ? signed_size : Ball(0))) << k;
      EXPECT_TRUE(cosine.coefficients[k].overlaps(k % 2 == 0 ? even : Ball(0))) << k;
      if (k % 2 == 1 && k > 1) {
        EXPECT_TRUE(softplus.coefficients[k].contains_zero()) << k;
      }
    }
    EXPECT_TRUE(softplus.coefficients[1].overlaps(scaled(sqrt(q), -1)));
  }
}

TEST(BallExpansion, AVarianceMayBeABall) {
  const Precision guard(100);
  const Ball wide(Ball(1), Ball(0x1p-10));
  for (const std::string& name : analytic) {
    const auto e = expand_by_quadrature<Ball>(find(name), wide, 12);
    for (const double q : {1.0, 1 + 0x1p-10, 1 - 0x1p-11}) {
      const auto point = expand_by_quadrature<Ball>(find(name), Ball(q), 12);
      for (std::size_t k = 0; k < 12; ++k)
        EXPECT_TRUE(e.coefficients[k].overlaps(point.coefficients[k])) << name << ' ' << k;
      EXPECT_TRUE(e.second_moment.overlaps(point.second_moment)) << name;
    }
    EXPECT_LE(log2_radius(e.coefficients[2]), 2) << name;
  }
  const auto zero = expand_by_quadrature<Ball>(find("softplus"), Ball(0), 3);
  EXPECT_TRUE(zero.coefficients[0].overlaps(real::log(Ball(2))));
  EXPECT_TRUE(zero.coefficients[1].contains_zero());
}

TEST(BallExpansion, MomentsThatVanishShowWhatTheRuleLeavesOut) {
  // E[(1 + z)(1 - z)] = 0: no rounding of the result hides the rule's own error.
  for (const long bits : {20L, 30L, 64L, 100L, 150L, 250L}) {
    const Precision guard(bits);
    const auto e = expand_by_quadrature<Ball>(find("affine:1,1"), Ball(1), 1);
    EXPECT_TRUE(e.antipodal.contains_zero()) << bits;
    EXPECT_LE(log2_radius(e.antipodal), static_cast<double>(2 - bits)) << bits;
  }
}

TEST(BallExpansion, RefusesWhatItCannotBound) {
  EXPECT_THROW(expand<Ball>(find("relu"), Ball(1), 3), DomainError);
  EXPECT_THROW(expand<Ball>(find("tanh"), Ball(-1), 3), DomainError);
  EXPECT_THROW(expand<Ball>(find("tanh"), Ball(Ball(0), Ball(1)), 3), DomainError);
  EXPECT_THROW(expand<Ball>(find("square"), Ball(std::nan("")), 3), DomainError);
  EXPECT_THROW(expectation_by_quadrature<Ball>(find("tanh"), Ball(1), find("relu"), Ball(1), Ball(0)),
               DomainError);
  EXPECT_THROW(expectation_by_quadrature<Ball>(find("tanh"), Ball(1), find("tanh"), Ball(1), Ball(2)),
               DomainError);
  const auto e = expand<Ball>(find("tanh"), Ball(1), 3);
  EXPECT_THROW(mehler<Ball>(e, e, Ball(-2)), DomainError);
}

TEST(BallExpansion, RecurrenceIsOrthonormal) {
  for (const long bits : {64L, 200L}) {
    const Precision guard(bits);
    for (unsigned j = 0; j <= 60; j += 5)
      for (unsigned k = j; k <= 60; k += 1 + k / 4) {
        const Ball mean = normalised_product_mean<Ball>(j, k);
        EXPECT_TRUE(mean.contains(Ball(j == k ? 1 : 0))) << j << ' ' << k;
        if ((j + k) % 2 == 0) {
          EXPECT_LE(log2_radius(mean), static_cast<double>(2 - bits)) << j << ' ' << k;
        }
      }
  }
}

TEST(BallHermite, EnclosesExactValues) {
  test::Random random(5);
  for (int i = 0; i < test::repetitions(20); ++i) {
    const double x = std::ldexp(std::floor(random.symmetric() * 20480), -11);
    const Precision guard(128);
    const auto values = hermites<Ball>(50, Ball(x)), normalised = normalised_hermites<Ball>(50, Ball(x));
    std::vector<Ball> by_recurrence(50);
    normalised_hermites_into<Ball>(by_recurrence.data(), HermiteRecurrence<Ball>(50), Ball(x));
    for (unsigned k = 0; k < 50; ++k) {
      const std::vector<Integer> c = hermite_coefficients(k);
      Rational exact = 0;
      for (std::size_t m = c.size(); m-- > 0;) exact = exact * Rational(x) + Rational(c[m]);
      const Precision fine(400);
      const Ball value = real::from_rational<Ball>(exact);
      const Ball h = value / sqrt(real::from_rational<Ball>(Rational(factorial(k))));
      EXPECT_TRUE(values[k].overlaps(value)) << x << ' ' << k;
      EXPECT_TRUE(normalised[k].overlaps(h)) << x << ' ' << k;
      EXPECT_TRUE(by_recurrence[k].overlaps(h)) << x << ' ' << k;
      // Width: about 2^-128 G_k(x)/sqrt(k!), and G_k/sqrt(k!) <= 5 e^{sqrt(k)|x|}.
      EXPECT_LE(log2_radius(normalised[k]), -128 + 12 + 1.4427 * std::sqrt(k) * std::abs(x)) << x << ' ' << k;
    }
  }
}

// Expectations over pairs.

Ball series(const std::string& phi, const Ball& q, const std::string& psi, const Ball& qbar, const Ball& rho,
            unsigned count) {
  return mehler<Ball>(expand<Ball>(find(phi), q, count), expand<Ball>(find(psi), qbar, count), rho);
}

Ball arcsine(const Ball& x) {
  Ball out;
  arb_asin(out.raw(), x.raw(), real::working_bits());
  return out;
}

TEST(BallExpectation, ClosedForms) {
  for (const long bits : {64L, 128L}) {
    const Precision guard(bits);
    const Ball q = real::ratio<Ball>(3, 2), qbar = real::ratio<Ball>(1, 2);
    for (const double correlation : {0.5, -0.875, 0.0, 1.0, -1.0}) {
      const Ball rho(correlation), c = rho * sqrt(q * qbar);
      const Ball one(1), two(2);
      const Ball decay = exp(-scaled(q + qbar, -1));
      // The references are those of expectation_test.cpp; the bell's is det(I + S)^{-1/2}.
      const struct {
        const char* name;
        Ball exact;
      } rows[] = {
          {"erf", two / real::ball_pi() * arcsine(two * c / sqrt((one + two * q) * (one + two * qbar)))},
          {"sin", decay * sinh(c)},
          {"cos", decay * cosh(c)},
          {"gaussian", one / sqrt((one + q) * (one + qbar) - c * c)},
          {"square", q * qbar + two * c * c},
          {"cube", c * (Ball(9) * q * qbar + Ball(6) * c * c)}};
      for (const auto& row : rows) {
        const std::string where = std::string(row.name) + " at " + std::to_string(correlation);
        const Ball by_sum = expectation_by_quadrature<Ball>(find(row.name), q, find(row.name), qbar, rho);
        EXPECT_TRUE(by_sum.overlaps(row.exact)) << where;
        EXPECT_LE(log2_radius(by_sum), static_cast<double>(8 - bits)) << where;
        const Ball by_series = series(row.name, q, row.name, qbar, rho, 300);
        EXPECT_TRUE(by_series.overlaps(row.exact)) << where;
        EXPECT_LE(log2_radius(by_series), std::abs(correlation) < 0.9 ? static_cast<double>(10 - bits) : -30)
            << where;
      }
    }
  }
}

TEST(BallExpectation, SeriesAndQuadratureMeetForAllPairs) {
  const Precision guard(96);
  for (std::size_t i = 0; i < analytic.size(); ++i)
    for (const double correlation : {0.5, -0.75, 0.984375, 1.0})
      for (const auto& [a, b] : {std::pair{1.0, 1.0}, {0.25, 2.0}}) {
        const std::string &phi = analytic[i], &psi = analytic[a == b ? i : (i + 3) % analytic.size()];
        const Ball q(a), qbar(b), rho(correlation);
        const Ball by_sum = expectation_by_quadrature<Ball>(find(phi), q, find(psi), qbar, rho, 24);
        const Ball by_series = series(phi, q, psi, qbar, rho, 150);
        EXPECT_TRUE(by_sum.overlaps(by_series)) << phi << ' ' << psi << ' ' << correlation;
        EXPECT_LE(log2_radius(by_sum), -66) << phi << ' ' << psi;
        const Ball exchanged = expectation_by_quadrature<Ball>(find(psi), qbar, find(phi), q, rho, 20);
        EXPECT_TRUE(by_sum.overlaps(exchanged)) << phi << ' ' << psi << ' ' << correlation;
      }
}

TEST(BallExpectation, FewDigitsStillEnclose) {
  // With four digits the rules themselves are what the radius is made of.
  for (const std::string& name : analytic)
    for (const double correlation : {0.0, 0.625, -0.9375}) {
      const Ball fine = [&] {
        const Precision guard(120);
        return expectation_by_quadrature<Ball>(find(name), Ball(2), find(name), Ball(0.5), Ball(correlation));
      }();
      const Precision guard(80);
      for (const int digits : {1, 2, 4, 8}) {
        const Ball coarse = expectation_by_quadrature<Ball>(find(name), Ball(2), find(name), Ball(0.5),
                                                            Ball(correlation), digits);
        EXPECT_TRUE(coarse.overlaps(fine)) << name << ' ' << correlation << ' ' << digits;
      }
    }
}

TEST(BallExpectation, EveryCutOffIsCovered) {
  // sigmoid(x) + sigmoid(-x) = 1: what is cut off on one side is not made up for on the other. Where the
  // cut-off falls between two nodes is luck, hence all the digits.
  for (const char* name : {"sigmoid", "softplus"})
    for (const double correlation : {0.0, 0.25, -0.5}) {
      const auto at = [&](int digits) {
        return expectation_by_quadrature<Ball>(find("sigmoid"), Ball(0.25), find(name), Ball(0.5),
                                               Ball(correlation), digits);
      };
      const Precision guard(140);
      const Ball fine = at(0);
      for (int digits = 1; digits <= 30; ++digits)
        EXPECT_TRUE(at(digits).overlaps(fine)) << name << ' ' << correlation << ' ' << digits;
    }
}

TEST(BallExpectation, TailCoversWhatIsLeftOut) {
  const Precision guard(128);
  const Ball q = real::ratio<Ball>(3, 2);
  for (const char* name : {"tanh", "gelu", "cos", "cube"})
    for (const unsigned count : {1U, 2U, 5U})
      for (const double correlation : {0.75, -0.5, 1.0}) {
        const Ball rho(correlation);
        const Ball full = expectation_by_quadrature<Ball>(find(name), q, find(name), q, rho);
        const Ball few = series(name, q, name, q, rho, count);
        EXPECT_TRUE(few.contains(full)) << name << ' ' << count << ' ' << correlation;
        const auto e = expand<Ball>(find(name), q, count);
        const Ball most = real::power<Ball>(abs(rho), count) * e.tail * real::ratio<Ball>(11, 10);
        EXPECT_EQ(leq(few.radius(), most + Ball(0x1p-100)), Truth::yes) << name << ' ' << count;
      }
}

TEST(BallExpectation, KernelMatrix) {
  const Precision guard(128);
  linalg::Matrix<Ball> rho(3, 3);
  const Ball half = real::ratio<Ball>(1, 2), third = real::ratio<Ball>(1, 3);
  rho << Ball(1), half, Ball(-1), half, Ball(1), -half, Ball(-1), -half, Ball(1);
  for (const char* name : {"softplus", "tanh", "gelu"}) {
    const auto e = expand<Ball>(find(name), Ball(1), 12);
    const auto k = kernel<Ball>(e, linalg::exact<Ball>(rho));
    EXPECT_TRUE(k.error.is_zero());
    EXPECT_TRUE(k.value(0, 0).overlaps(e.second_moment));
    EXPECT_TRUE(k.value(0, 2).overlaps(e.antipodal));
    for (Eigen::Index i = 0; i < 3; ++i)
      for (Eigen::Index j = 0; j < 3; ++j)
        EXPECT_TRUE(k.value(i, j).overlaps(
            expectation_by_quadrature<Ball>(find(name), Ball(1), find(name), Ball(1), rho(i, j), 20)))
            << name;
    EXPECT_TRUE(kernel<Ball>(e, half).overlaps(k.value(0, 1)));
    // Below in the Loewner order: x^T (K - below) x >= 0 for all x, and it is not the zero matrix.
    const linalg::Matrix<Ball> below = kernel_below(e, rho);
    linalg::Matrix<Ball> rest(3, 3);
    for (Eigen::Index i = 0; i < 3; ++i)
      for (Eigen::Index j = 0; j < 3; ++j)
        rest(i, j) = expectation_by_quadrature<Ball>(find(name), Ball(1), find(name), Ball(1), rho(i, j)) -
                     below(i, j);
    EXPECT_NE(less(linalg::smallest_eigenvalue<Ball>(rest), Ball(0)), Truth::yes) << name;
    EXPECT_EQ(less(Ball(0), rest(1, 1)), Truth::yes) << name;
  }
  // Correlations that are balls.
  const auto e = expand<Ball>(find("erf"), Ball(1), 100);
  const Ball blurred = kernel<Ball>(e, Ball(third, Ball(0x1p-20)));
  EXPECT_TRUE(blurred.contains(kernel<Ball>(e, third)));
  EXPECT_LE(log2_radius(blurred), -18);
  EXPECT_THROW(kernel_below(e, linalg::Matrix<Ball>(2, 3)), DomainError);
}

}  // namespace
}  // namespace gronwall::gaussian
