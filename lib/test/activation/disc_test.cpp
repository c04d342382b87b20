// Bounds on complex discs, against Arb's functions of complex numbers.
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "arguments.hpp"
#include "support/complex_series.hpp"

namespace {

using namespace gronwall;
using real::Ball;
using real::Truth;
using test::ComplexSeries;

class DiscBounds : public ::testing::TestWithParam<std::string> {
 protected:
  const activation::Activation phi = activation::find(GetParam());

  /// Distance from c to the nearest singularity, less than the smallest double above it.
  double room(double c) const {
    double height = std::numeric_limits<double>::infinity();
    if (phi.name() == "tanh") height = std::numbers::pi / 2;
    if (phi.name() == "sigmoid" || phi.name() == "softplus" || phi.name() == "silu")
      height = std::numbers::pi;
    if (phi.name() == "arctan") height = 1;
    if (phi.name() == "rescaled:tanh,1/2,2,0,1") height = std::numbers::pi / 4;
    if (phi.name() == "rescaled:softplus,-2,-1/2,0,-1/4") height = 2 * std::numbers::pi;
    if (phi.name() == "rescaled:arctan,1,1,1,1/8") return std::hypot(c + 1, 1);
    return std::hypot(c, height);
  }
};

struct Point {
  Ball x, y;
};

/// Points of the disc: on the circle, and inside.
std::vector<Point> points_of(double c, double rho, std::uint64_t seed) {
  const real::Precision guard(ComplexSeries::bits);
  test::Random random(seed);
  std::vector<Point> out;
  const int count = std::max(24, test::repetitions(24));
  for (int k = 0; k < count; ++k) {
    const Ball angle = real::ball_pi() * Ball(k) / Ball(12) + (k < 24 ? Ball(0) : Ball(random.symmetric()));
    // Rounded inwards: the points shall be in the disc.
    const Ball size =
        Ball(rho) * (k % 4 == 3 ? Ball(std::abs(random.symmetric())) : Ball(1) - scaled(Ball(1), -200));
    out.push_back({Ball(Ball(c) + size * cos(angle)).midpoint(), Ball(size * sin(angle)).midpoint()});
  }
  return out;
}

/// The largest sampled |phi|, |phi'| and |phi''|; checks each against the bounds.
std::array<double, 3> largest(const activation::Activation& phi, double c, double rho,
                              const activation::DiscBounds<Ball>& bounds) {
  const real::Precision guard(ComplexSeries::bits);
  const Ball limits[] = {bounds.value, bounds.derivative, bounds.second_derivative};
  std::array<double, 3> top{};
  for (const Point& z : points_of(c, rho, 31)) {
    ComplexSeries at(3);
    at.set(0, z.x, z.y), at.set(1, Ball(1), Ball(0));
    const ComplexSeries series = composed(phi, at);
    for (int order = 0; order <= 2; ++order) {
      const Ball size = series.modulus(order) * Ball(order == 2 ? 2 : 1);
      EXPECT_NE(leq(size, limits[order]), Truth::no)
          << "order " << order << ", disc " << c << ", " << rho << ", at " << real::to_double<Ball>(z.x)
          << " + i " << real::to_double<Ball>(z.y) << ": " << real::to_double<Ball>(size) << " beyond "
          << real::to_double<Ball>(limits[order]);
      if (size.known())
        top[static_cast<std::size_t>(order)] =
            std::max(top[static_cast<std::size_t>(order)], real::to_double<Ball>(size));
    }
  }
  return top;
}

const double centres[] = {0, 0.01, 0.3, -0.7, 1.2, -1.6,  2.5, 3.3,  -5,
                          8, -12,  30,  -40,  200, -1000, 1e6, -1e10};

TEST_P(DiscBounds, ContainSampledPoints) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  for (const double c : centres)
    for (const double part : {1e-8, 0.02, 0.25, 0.5, 0.9, 0.99}) {
      const double rho = part * std::min(room(c), 3 + std::abs(c) / 2);
      const auto bounds = phi.in<Ball>().disc_bounds(Ball(c), Ball(rho));
      if (!bounds) continue;
      largest(phi, c, rho, *bounds);
    }
}

/// Factors of 12 and, for phi'' (near whose zeros the bounds of silu do not shrink), 30 above the largest
/// sample; most are below 3.
TEST_P(DiscBounds, AreTightOnModerateDiscs) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  double worst[3] = {0, 0, 0};
  for (const double c : {0.0, 0.3, -0.7, 1.2, -1.6, 2.5, 3.3, -5.0, 8.0})
    for (const double part : {0.05, 0.2, 0.5, 0.75}) {
      const double rho = part * std::min(room(c), 1.5);
      const auto bounds = phi.in<Ball>().disc_bounds(Ball(c), Ball(rho));
      ASSERT_TRUE(bounds.has_value()) << c << ", " << rho;
      const std::array<double, 3> top = largest(phi, c, rho, *bounds);
      const double limits[] = {real::to_double<Ball>(bounds->value),
                               real::to_double<Ball>(bounds->derivative),
                               real::to_double<Ball>(bounds->second_derivative)};
      for (std::size_t order = 0; order < 3; ++order) {
        if (top[order] == 0) {
          EXPECT_EQ(limits[order], 0);
          continue;
        }
        worst[order] = std::max(worst[order], limits[order] / top[order]);
        EXPECT_LE(limits[order], (order == 2 ? 30 : 12) * top[order])
            << "order " << order << ", disc " << c << ", " << rho;
      }
    }
  for (std::size_t order = 0; order < 3; ++order)
    RecordProperty("worst_factor_" + std::to_string(order), std::to_string(worst[order]));
}

/// A disc that is a point, or next to one: constant solutions have such.
TEST_P(DiscBounds, AreTightOnPoints) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  const activation::Functions<Ball>& f = phi.in<Ball>();
  for (const double c : {0.0, 0.3, -0.7, 1.2, -1.6, 2.5, -5.0})
    for (const double rho : {0.0, 1e-320, 1e-200, 1e-20}) {
      const auto bounds = f.disc_bounds(Ball(c), Ball(rho));
      ASSERT_TRUE(bounds.has_value()) << c << ", " << rho;
      EXPECT_NE(leq(abs(f.value(Ball(c))), bounds->value), Truth::no) << c << ", " << rho;
      EXPECT_NE(leq(abs(f.derivative(Ball(c))), bounds->derivative), Truth::no) << c << ", " << rho;
      // Functions without a slope at some of these points are not bounded so tightly there.
      if (phi.name() != "tanh" && phi.name() != "sigmoid" && phi.name() != "softplus") continue;
      EXPECT_LE(real::to_double<Ball>(bounds->derivative), 2 * real::to_double<Ball>(f.derivative(Ball(c))))
          << c << ", " << rho;
      EXPECT_LE(real::to_double<Ball>(bounds->value),
                2 * std::abs(real::to_double<Ball>(f.value(Ball(c)))) + 1e-15)
          << c << ", " << rho;
    }
}

/// Where exponentials leave the range of doubles, and where numbers do.
TEST_P(DiscBounds, ContainSampledPointsFarOut) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  for (const double c : {-290.0, 340.0, -360.0, 710.0, -2000.0, 1e5, -1e95, 1e120})
    for (const double rho : {0.0, 0.5, 1.5, 0.4 * std::abs(c), 1.5 * std::abs(c)}) {
      const auto bounds = phi.in<Ball>().disc_bounds(Ball(c), Ball(rho));
      if (bounds) largest(phi, c, rho, *bounds);
    }
}

/// |c| huge and rho = |c|/4: activations that are bounded or grow like |x| must not be bounded by e^rho.
TEST_P(DiscBounds, DoNotGrowOnLargeRelativeDiscs) {
  if (!phi.traits().system || phi.degree() || phi.name() == "sin" || phi.name() == "cos")
    GTEST_SKIP() << "grows on discs";
  for (const double c : {20.0, -50.0, 1e3, -1e5, 1e10, -1e10, 1e200, -1e300}) {
    const double rho = std::abs(c) / 4;
    const auto bounds = phi.in<Ball>().disc_bounds(Ball(c), Ball(rho));
    ASSERT_TRUE(bounds.has_value()) << c;
    EXPECT_LE(real::to_double<Ball>(bounds->value), 1.03 * std::max(5 * std::abs(c) / 4, 1.8)) << c;
    EXPECT_LE(real::to_double<Ball>(bounds->derivative), 1.1) << c;
    EXPECT_LE(real::to_double<Ball>(bounds->second_derivative), 1e-3) << c;
  }
}

TEST_P(DiscBounds, EndAtTheSingularities) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  const activation::Functions<Ball>& f = phi.in<Ball>();
  for (const double c : {0.0, 0.4, -1.3, 2.0, -6.0, 15.0}) {
    if (std::isinf(room(c))) {
      EXPECT_TRUE(f.disc_bounds(Ball(c), Ball(10)).has_value()) << c;
      continue;
    }
    EXPECT_TRUE(f.disc_bounds(Ball(c), Ball(0.97 * room(c))).has_value()) << c;
    EXPECT_FALSE(f.disc_bounds(Ball(c), Ball(room(c) * (1 + 1e-15))).has_value()) << c;
    EXPECT_FALSE(f.disc_bounds(Ball(c), Ball(1.5 * room(c))).has_value()) << c;
    // A ball of centres, one of which is too close.
    EXPECT_FALSE(f.disc_bounds(Ball(Ball(c), Ball(0.25)), Ball(room(0))).has_value() && std::abs(c) < 0.25)
        << c;
  }
}

TEST_P(DiscBounds, CoverABallOfCentres) {
  if (!phi.traits().system) GTEST_SKIP() << "no system";
  for (const double c : {0.0, 0.4, -1.3, 2.0, -6.0, 15.0, -200.0}) {
    const double spread = 0.25;
    const auto wide = phi.in<Ball>().disc_bounds(Ball(Ball(c), Ball(spread)), Ball(Ball(0.25), Ball(0.125)));
    ASSERT_TRUE(wide.has_value()) << c;
    for (const double part : {-1.0, -0.5, 0.0, 0.5, 1.0}) largest(phi, c + part * spread, 0.375, *wide);
  }
}

TEST_P(DiscBounds, AreNoneWhereNothingIsKnown) {
  const activation::Functions<Ball>& f = phi.in<Ball>();
  const Ball nothing(std::nan("")), line = Ball(1) / Ball(0);
  for (const Ball& x : {nothing, line}) {
    EXPECT_FALSE(f.disc_bounds(x, Ball(1)).has_value());
    EXPECT_FALSE(f.disc_bounds(Ball(1), x).has_value());
  }
  if (phi.traits().system) {
    const auto point = f.disc_bounds(Ball(1), Ball(0));
    ASSERT_TRUE(point.has_value());
    EXPECT_NE(leq(abs(f.value(Ball(1))), point->value), Truth::no);
  } else {
    EXPECT_FALSE(f.disc_bounds(Ball(1), Ball(0)).has_value());
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, DiscBounds, ::testing::ValuesIn(activation::names()), test::test_name);

}  // namespace
