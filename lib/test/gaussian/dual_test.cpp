#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/gaussian/dual.hpp>
#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/real/error.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::gaussian {
namespace {

using activation::find;
using real::Backend;
using real::Ball;
using real::from_double;
using real::Mpfr;
using real::Quantity;
using real::to_double;
using real::Truth;

using Finest = Mpfr<200>;

/// Every registered activation with a closed form, but for polynomials whose size hides everything else.
std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const std::string& name : activation::names())
    if (find(name).degree().value_or(0) <= 9 && closed_dual<double>(find(name))) out.push_back(name);
  return out;
}

bool polynomial(const std::string& name) { return find(name).degree().has_value(); }

template <class R>
Dual<R> dual(const std::string& name, const R& q, const R& qbar, const R& c) {
  return closed_dual<R>(find(name))->at(q, qbar, c);
}

struct Arguments {
  double q, qbar, c;
  std::string text() const {
    return " at " + std::to_string(q) + ", " + std::to_string(qbar) + ", " + std::to_string(c);
  }
};

/// Both signs of c, equal and unequal variances, all correlations up to 1 and close to it.
std::vector<Arguments> arguments() {
  return {{1, 1, 0},
          {1, 1, 0.5},
          {1, 1, -0.75},
          {0.25, 1, 0.375},
          {0.25, 4, -0.875},
          {2, 0.5, 0.25},
          {1, 1, 1 - 0x1p-30},
          {1, 1, 0x1p-52 - 1},
          {0.25, 4, 1},
          {2.25, 4, -3},
          {0x1p-40, 1, -0x1p-21},
          {0x1p-30, 0x1p-30, 0x1p-31},
          {1.5, 1.5, 1.5},
          {1.5, 1.5, -1.5},
          {3, 5, 3.87298334620741},
          {9, 0.0625, 0.7},
          {1048576.3, 1048570.7, 1048573.1}};
}

/// Arguments with random digits, at correlations up to 1 - 2^-50.
std::vector<Arguments> random_arguments(int count) {
  std::vector<Arguments> out;
  test::Random random(20261125);
  for (int i = 0; i < count; ++i) {
    const double q = std::abs(random.spread(-12, 3)) + 0x1p-20,
                 qbar = std::abs(random.spread(-3, 3)) + 0x1p-9;
    const double close = std::ldexp(std::abs(random.symmetric()), -random.below(50));
    const double rho = random.below(2) == 0 ? 1 - close : close - 1;
    out.push_back({q, qbar, rho * std::sqrt(q * qbar) * (1 - 0x1p-51)});
  }
  return out;
}

TEST(ClosedDuals, AreKnownForTheseFamilies) {
  for (const char* name : {"relu", "leaky-relu:1/16", "leaky-relu:-1", "erf", "gaussian", "sin", "cos",
                           "identity", "affine:1,2", "square", "hermite:60", "polynomial:0"}) {
    EXPECT_NE(closed_dual<double>(find(name)), nullptr) << name;
    EXPECT_NE(closed_dual<Ball>(find(name)), nullptr) << name;
  }
  for (const char* name : {"tanh", "sigmoid", "softplus"})
    EXPECT_EQ(closed_dual<double>(find(name)), nullptr) << name;
}

template <class R>
class Duals : public testing::Test {};
TYPED_TEST_SUITE(Duals, test::BackendTypes, test::BackendNames);

/// sqrt(F(q,q,q) F(qbar,qbar,qbar)) and the same of the slopes: what errors are measured by.
template <class R>
Dual<R> scales(const ClosedDual<R>& f, const R& q, const R& qbar) {
  using std::sqrt;
  const Dual<R> x = f.at(q, q, q), y = f.at(qbar, qbar, qbar);
  return {R(sqrt(R(x.value * y.value))), R(sqrt(R(x.slope * y.slope)))};
}

/// 64 (1 + q + qbar) for sin and cos, 64 for the others.
double units(const std::string& name, const Arguments& at) {
  return name == "sin" || name == "cos" ? 64 * (1 + at.q + at.qbar) : 64;
}

/// The polynomial with the moduli of the coefficients.
activation::Activation modulus(const activation::Activation& p) {
  std::string name = "polynomial:";
  for (const real::Rational& c : *p.traits().polynomial)
    name += (name.back() == ':' ? "" : ",") + real::to_string(real::Rational(abs(c)));
  return find(name);
}

TYPED_TEST(Duals, AgreeWithTheFinestPrecision) {
  using R = TypeParam;
  if constexpr (!std::is_same_v<R, Finest>) {
    const Finest u(Backend<R>::unit_roundoff());
    std::vector<Arguments> all = arguments();
    for (const Arguments& at : random_arguments(test::repetitions(40))) all.push_back(at);
    for (const std::string& name : names()) {
      const auto coarse = closed_dual<R>(find(name));
      const auto fine = closed_dual<Finest>(find(name));
      for (const Arguments& at : all) {
        const Finest q(at.q), qbar(at.qbar), c(at.c);
        const Dual<R> x = coarse->at(from_double<R>(at.q), from_double<R>(at.qbar), from_double<R>(at.c));
        const Dual<Finest> y = fine->at(q, qbar, c);
        Dual<Finest> scale = scales<Finest>(*fine, q, qbar);
        double most = units(name, at);
        if (polynomial(name)) {
          scale = closed_dual<Finest>(modulus(find(name)))->at(q, qbar, Finest(std::abs(at.c)));
          most = 16 * (find(name).degree().value() + 1);
        }
        EXPECT_LE(test::error_in_units<Finest>(Finest(x.value), y.value, scale.value, u), most)
            << name << at.text();
        EXPECT_LE(test::error_in_units<Finest>(Finest(x.slope), y.slope, scale.slope, u), most)
            << name << "' " << at.text();
      }
    }
  }
}

TYPED_TEST(Duals, AreSymmetric) {
  using R = TypeParam;
  const R u = Backend<R>::unit_roundoff();
  for (const std::string& name : names()) {
    const auto f = closed_dual<R>(find(name));
    for (const Arguments& at : arguments()) {
      const R q = from_double<R>(at.q), qbar = from_double<R>(at.qbar), c = from_double<R>(at.c);
      const Dual<R> x = f->at(q, qbar, c), y = f->at(qbar, q, c);
      const Dual<R> scale = scales<R>(*f, q, qbar);
      EXPECT_LE(test::error_in_units<R>(x.value, y.value, scale.value, u), 2 * units(name, at)) << name;
      EXPECT_LE(test::error_in_units<R>(x.slope, y.slope, scale.slope, u), 2 * units(name, at)) << name;
    }
  }
}

/// A quantity from elsewhere, which the closed form has to meet.
template <class R>
void expect_meets(const R& x, const Quantity<R>& y, const R& allowance, const std::string& where) {
  using std::abs;
  EXPECT_LE(abs(R(x - y.value())), R(y.error() + allowance)) << where;
}

TYPED_TEST(Duals, AgreeWithMehlersSeries) {
  using R = TypeParam;
  using std::sqrt;
  const R u = Backend<R>::unit_roundoff();
  const unsigned count = Backend<R>::digits > 100 ? 340 : 180;
  for (const std::string& name : names()) {
    const auto phi = find(name);
    if (!phi.smooth()) continue;  // the series of a step converges too slowly to say anything
    if (Backend<R>::digits > 50 && polynomial(name) && test::multiplier() <= 1) continue;
    const auto f = closed_dual<R>(phi);
    const R q = R(1), qbar = from_double<R>(0.25);
    const Dual<R> scale = scales<R>(*f, q, qbar);
    for (const Of of : {Of::value, Of::derivative}) {
      const auto at_q = expand<R>(phi, q, count, of), at_qbar = expand<R>(phi, qbar, count, of);
      for (const double rho : {0.0, 0.375, -0.25, 0.5, -0.5}) {
        const Quantity<R> series = mehler<R>(at_q, at_qbar, Quantity<R>(from_double<R>(rho)));
        const Dual<R> x = f->at(q, qbar, from_double<R>(rho / 2));
        const bool value = of == Of::value;
        const R& size = value ? scale.value : scale.slope;
        // Polynomials: for what cancels in them.
        const R allowance = R(polynomial(name) ? 10000 : 200) * u * size;
        expect_meets<R>(value ? x.value : x.slope, series, allowance,
                        name + (value ? "" : "'") + " at " + std::to_string(rho));
        EXPECT_LE(series.error(), R(100000) * u * size + R(100) * u) << name << ' ' << rho;
      }
    }
  }
}

TYPED_TEST(Duals, AtCorrelationOneAreTheMoments) {
  using R = TypeParam;
  if (Backend<R>::digits > 50) GTEST_SKIP() << "the same code, only slower";
  const R u = Backend<R>::unit_roundoff();
  for (const std::string& name : names())
    for (const double variance : {0.5, 1.0, 2.0}) {
      const auto phi = find(name);
      const auto f = closed_dual<R>(phi);
      const R q = from_double<R>(variance);
      const std::string where = name + " at " + std::to_string(variance);
      const Dual<R> same = f->at(q, q, q), opposite = f->at(q, q, R(-q));
      for (const Of of : {Of::value, Of::derivative}) {
        const auto e = expand_by_quadrature<R>(phi, q, 1, of);
        const bool value = of == Of::value;
        const R allowance = R(1000) * u * e.second_moment.value();
        expect_meets<R>(value ? same.value : same.slope, e.second_moment, allowance, where);
        expect_meets<R>(value ? opposite.value : opposite.slope, e.antipodal, allowance, where);
      }
    }
}

TYPED_TEST(Duals, VarianceZeroIsAConstant) {
  using R = TypeParam;
  if (Backend<R>::digits > 50) GTEST_SKIP() << "the same code, only slower";
  const R u = Backend<R>::unit_roundoff(), q = R(2);
  for (const std::string& name : names()) {
    const auto f = closed_dual<R>(find(name));
    for (const Of of : {Of::value, Of::derivative}) {
      if (of == Of::derivative && name == "leaky-relu:-1") continue;  // odd, and so 0 at 0, to `expand`
      const auto here = expand_by_quadrature<R>(find(name), q, 1, of),
                 zero = expand_by_quadrature<R>(find(name), R(0), 1, of);
      const auto part = [&](const Dual<R>& x) { return of == Of::value ? x.value : x.slope; };
      const R allowance = R(1000) * u * (R(1) + here.second_moment.value());
      const Quantity<R>&a = here.coefficients[0], &b = zero.coefficients[0];
      expect_meets<R>(part(f->at(q, R(0), R(0))), a * b, allowance, name);
      expect_meets<R>(part(f->at(R(0), q, R(0))), a * b, allowance, name);
      expect_meets<R>(part(f->at(R(0), R(0), R(0))), b * b, allowance, name);
    }
  }
}

TYPED_TEST(Duals, WhatIsBeyondCorrelationOneIsARounding) {
  using R = TypeParam;
  for (const std::string& name : names()) {
    const auto f = closed_dual<R>(find(name));
    for (const int sign : {1, -1}) {
      const R q = from_double<R>(0.25), qbar(4), c(sign),
              beyond = c * (R(1) + R(4) * Backend<R>::unit_roundoff());
      EXPECT_EQ(f->at(q, qbar, beyond).value, f->at(q, qbar, c).value) << name;
      EXPECT_EQ(f->at(q, qbar, beyond).slope, f->at(q, qbar, c).slope) << name;
      EXPECT_EQ(f->at(R(0), qbar, c).value, f->at(R(0), qbar, R(0)).value) << name;
    }
  }
}

TYPED_TEST(Duals, BadInputIsRefused) {
  using R = TypeParam;
  const R infinite = from_double<R>(HUGE_VAL), none = from_double<R>(std::nan(""));
  for (const std::string& name : names()) {
    const auto f = closed_dual<R>(find(name));
    for (const R& bad : {R(-1), infinite, none}) {
      EXPECT_THROW(f->at(bad, R(1), R(0)), DomainError) << name;
      EXPECT_THROW(f->at(R(1), bad, R(0)), DomainError) << name;
    }
    for (const R& bad : {infinite, none}) EXPECT_THROW(f->at(R(1), R(1), bad), DomainError) << name;
  }
}

// Two-dimensional quadrature knows of no closed form and no series, and takes kinks.
TEST(DualsByQuadrature, Agree) {
  using R = double;
  for (const std::string& name : names()) {
    const auto phi = find(name);
    for (const Arguments& at :
         {Arguments{1, 1, 0.5}, {0.25, 4, -0.875}, {2, 0.5, 0.25}, {0.25, 4, 1}, {2.25, 4, -3}}) {
      const R rho = at.c / std::sqrt(at.q * at.qbar);
      const auto q = expectation_by_quadrature<R>(phi, at.q, phi, at.qbar, rho);
      const Dual<R> x = dual<R>(name, at.q, at.qbar, at.c);
      const R scale = scales<R>(*closed_dual<R>(phi), at.q, at.qbar).value;
      expect_meets<R>(x.value, q, 1e-13 * scale, name + at.text());
      EXPECT_LE(q.error(), 1e-11 * (1 + scale)) << name << at.text();
    }
  }
}

TEST(DualsByQuadrature, KinksToTwentyDigits) {
  using R = Mpfr<50>;
  for (const char* name : {"relu", "leaky-relu:-1"}) {
    const auto phi = find(name);
    const auto q = expectation_by_quadrature<R>(phi, R(1), phi, R(4), real::ratio<R>(1, 4), 20);
    expect_meets<R>(dual<R>(name, R(1), R(4), real::ratio<R>(1, 2)).value, q, R(0), name);
    EXPECT_LE(q.error(), from_double<R>(1e-18));
  }
}

// (F(c + h) - F(c - h))/2h differs from dF/dc by h^2/6 of the third derivative.
TEST(DualsByDifferences, TheSlopeIsTheDerivative) {
  using R = Finest;
  using std::abs;
  const R h = real::power<R>(real::ratio<R>(1, 10), 40),
          tolerance = real::power<R>(real::ratio<R>(1, 10), 60);
  for (const std::string& name : names()) {
    const auto f = closed_dual<R>(find(name));
    for (const Arguments& at : arguments()) {
      if (at.c * at.c > 0.99 * at.q * at.qbar) continue;  // no room for c + h
      const R q(at.q), qbar(at.qbar), c(at.c);
      const R difference = (f->at(q, qbar, R(c + h)).value - f->at(q, qbar, R(c - h)).value) / (R(2) * h);
      const R slope = f->at(q, qbar, c).slope;
      EXPECT_LE(abs(R(slope - difference)), R(tolerance * (R(1) + abs(slope)))) << name << at.text();
    }
  }
}

/// As exact rationals.
TEST(DualsOfPolynomials, AreExactMoments) {
  for (const std::string& name : activation::names()) {
    const auto phi = find(name);
    if (!phi.traits().polynomial) continue;
    const Polynomial p = *phi.traits().polynomial, slope = derivative(p);
    for (const Arguments& at :
         {Arguments{1, 1, 0.5}, {0.25, 4, -0.875}, {0, 2, 0}, {0.25, 4, 1}, {2, 0.5, 0}}) {
      const real::Precision guard(600);
      const Dual<Ball> x = dual<Ball>(name, Ball(at.q), Ball(at.qbar), Ball(at.c));
      const Rational q(at.q), qbar(at.qbar), c(at.c);
      const auto expect = [&](const Ball& got, const Rational& exact) {
        const Ball right = real::from_rational<Ball>(exact);
        EXPECT_TRUE(got.overlaps(right)) << name << at.text();
        EXPECT_TRUE(less(got.radius(), scaled(Ball(1) + abs(right), -150)) == Truth::yes)
            << name << at.text();
      };
      expect(x.value, gaussian_mean(p, p, q, qbar, c));
      expect(x.slope, gaussian_mean(slope, slope, q, qbar, c));
    }
  }
}

/// A number of 200 digits as a ball that certainly contains what it approximates.
Ball reference(const Finest& x) {
  const real::Precision guard(800);
  return Ball(Backend<Ball>::from_hex(Backend<Finest>::to_hex(x)),
              scaled(Ball(1) + abs(Backend<Ball>::from_hex(Backend<Finest>::to_hex(x))), -640));
}

Finest at_least_zero(const Finest& x) { return x < Finest(0) ? Finest(0) : x; }

TEST(DualsInBalls, EncloseAndAreSharpWhereTheArgumentsAreExact) {
  for (const long bits : {64L, 128L, 400L}) {
    const real::Precision guard(bits);
    std::vector<Arguments> all = arguments();
    for (const Arguments& at : random_arguments(test::repetitions(20))) all.push_back(at);
    for (const std::string& name : names()) {
      const auto ball = closed_dual<Ball>(find(name));
      const auto fine = closed_dual<Finest>(find(name));
      for (const Arguments& at : all) {
        const Finest q(at.q), qbar(at.qbar), c(at.c);
        const Dual<Ball> x = ball->at(Ball(at.q), Ball(at.qbar), Ball(at.c));
        const Dual<Finest> y = fine->at(q, qbar, c);
        EXPECT_TRUE(x.value.overlaps(reference(y.value))) << name << at.text() << " bits " << bits;
        EXPECT_TRUE(x.slope.overlaps(reference(y.slope))) << name << at.text() << " bits " << bits;
        Dual<Finest> scale = scales<Finest>(*fine, q, qbar);
        if (polynomial(name))
          scale = closed_dual<Finest>(modulus(find(name)))->at(q, qbar, Finest(std::abs(at.c)));
        const double unit = std::ldexp(units(name, at), static_cast<int>(-bits));
        EXPECT_LE(to_double<Ball>(x.value.radius()), unit * to_double<Finest>(scale.value))
            << name << at.text() << " bits " << bits;
        EXPECT_LE(to_double<Ball>(x.slope.radius()), unit * to_double<Finest>(scale.slope))
            << name << "'" << at.text() << " bits " << bits;
      }
    }
  }
}

/// x +- r, and the points that a test tries of it.
struct Wide {
  double middle, radius;
  Ball ball() const { return Ball(Ball(middle), Ball(radius)); }
  std::vector<Finest> points() const {
    const Finest m(middle), r(radius);
    return {Finest(m - r), Finest(m - r / Finest(3)), m, Finest(m + r / Finest(7)), Finest(m + r)};
  }
};

TEST(DualsInBalls, ContainTheirPointsAndNotMuchElse) {
  struct Box {
    Wide q, qbar, c;
  };
  const std::vector<Box> boxes{{{1, 0}, {1, 0}, {0.5, 0x1p-10}},
                               {{1, 0x1p-20}, {2, 0x1p-20}, {-0.5, 0x1p-20}},
                               {{1, 0}, {1, 0}, {1, 0x1p-40}},
                               {{1, 0}, {1, 0}, {-1, 0x1p-40}},
                               {{1, 0x1p-40}, {1, 0x1p-40}, {1, 0x1p-40}},
                               {{0.25, 0}, {4, 0x1p-40}, {-1, 0x1p-30}},
                               {{0.25, 0x1p-30}, {4, 0x1p-30}, {0.5, 0}},
                               {{0.5, 0.125}, {1, 0.125}, {0.25, 0.125}},
                               {{2, 0}, {3, 0}, {0, 0x1p-15}},
                               {{0x1p-20, 0x1p-30}, {1, 0x1p-9}, {0x1p-12, 0x1p-30}}};
  for (const std::string& name : names()) {
    const auto ball = closed_dual<Ball>(find(name));
    const auto fine = closed_dual<Finest>(find(name));
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const Box& box = boxes[i];
      const std::string where = name + ", box " + std::to_string(i);
      const Dual<Ball> x = ball->at(box.q.ball(), box.qbar.ball(), box.c.ball());
      std::vector<Finest> values, slopes;
      for (const Finest& q : box.q.points())
        for (const Finest& qbar : box.qbar.points())
          for (const Finest& c : box.c.points()) {
            // Points beyond correlation 1 become points with correlation 1, which have to be there too unless
            // no c of the box has it.
            const Finest product = at_least_zero(q) * at_least_zero(qbar);
            if (c * c > product && box.q.radius == 0 && box.qbar.radius == 0 && box.c.radius == 0) continue;
            using std::abs;
            if (sqrt(product) < abs(Finest(box.c.middle)) - Finest(box.c.radius)) continue;
            const Dual<Finest> y = fine->at(at_least_zero(q), at_least_zero(qbar), c);
            values.push_back(y.value);
            slopes.push_back(y.slope);
            EXPECT_TRUE(x.value.overlaps(reference(y.value))) << where;
            EXPECT_TRUE(x.slope.overlaps(reference(y.slope))) << where << " slope";
          }
      const auto span = [](const std::vector<Finest>& all) {
        const auto [least, most] = std::minmax_element(all.begin(), all.end());
        return to_double<Finest>(Finest(*most - *least));
      };
      // The sum over k of a polynomial sees the ball of each variance many times.
      const double most = polynomial(name) ? 16 : 4;
      EXPECT_LE(to_double<Ball>(x.value.radius()), most * span(values) + 0x1p-110) << where;
      EXPECT_LE(to_double<Ball>(x.slope.radius()), most * span(slopes) + 0x1p-110) << where << " slope";
    }
  }
}

TEST(DualsInBalls, VariancesThatTouchZero) {
  for (const std::string& name : names()) {
    const auto ball = closed_dual<Ball>(find(name));
    const auto fine = closed_dual<Finest>(find(name));
    for (const double radius : {0.0, 0x1p-20, 0.25}) {
      const Dual<Ball> x = ball->at(Wide{0, radius}.ball(), Ball(1), Wide{0, radius}.ball());
      for (const double q : {0.0, radius / 7, radius})
        for (const double c : {-radius, 0.0, radius}) {
          const Dual<Finest> y = fine->at(Finest(q), Finest(1), Finest(c));
          EXPECT_TRUE(x.value.overlaps(reference(y.value))) << name << ' ' << radius;
          EXPECT_TRUE(x.slope.overlaps(reference(y.slope))) << name << ' ' << radius;
        }
    }
    // phi'(0) from the left counts too.
    EXPECT_TRUE(ball->at(Ball(0), Ball(0), Ball(0)).slope.known()) << name;
  }
  EXPECT_TRUE(dual<Ball>("relu", Ball(0), Ball(1), Ball(0)).slope.contains(Ball(0)));
  EXPECT_TRUE(dual<Ball>("leaky-relu:-1", Ball(0), Ball(0), Ball(0)).slope.contains(Ball(-1)));
}

// |F| is at most F(q, q, q) where it is possible, and may be any size where it is not.
TEST(DualsInBalls, WhatIsBeyondCorrelationOneIsLeftOut) {
  for (const std::string& name : names()) {
    if (polynomial(name)) continue;  // what cancels in them hides it
    const auto f = closed_dual<Ball>(find(name));
    const Dual<Ball> most = f->at(Ball(1), Ball(1), Ball(1));
    for (const double c : {1.0, -1.0}) {
      const Dual<Ball> x = f->at(Ball(1), Ball(1), Wide{c, 1}.ball());
      EXPECT_TRUE(leq(x.value, Ball(1.25) * most.value) == Truth::yes) << name;
      EXPECT_TRUE(leq(x.slope, Ball(1.25) * most.slope) == Truth::yes) << name;
    }
  }
}

TEST(DualsInBalls, BadInputIsRefused) {
  const Ball none(std::nan(""));
  for (const std::string& name : names()) {
    const auto f = closed_dual<Ball>(find(name));
    EXPECT_THROW(f->at(Ball(-1), Ball(1), Ball(0)), DomainError) << name;
    EXPECT_THROW(f->at(Ball(1), none, Ball(0)), DomainError) << name;
    EXPECT_THROW(f->at(Ball(1), Ball(1), none), DomainError) << name;
    EXPECT_THROW(f->at(Ball(1), Ball(1), Ball(1.5)), DomainError) << name;
    EXPECT_THROW(f->at(Ball(1), Ball(1), Ball(-1.5)), DomainError) << name;
    EXPECT_NO_THROW(f->at(Ball(1), Ball(1), Ball(Ball(1.5), Ball(0.75)))) << name;
  }
}

}  // namespace
}  // namespace gronwall::gaussian
