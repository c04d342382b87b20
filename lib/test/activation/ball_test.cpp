// Activations in balls: enclosures of the 200-digit functions, for any ball, and how tight they are.
#include <gtest/gtest.h>

#include "arguments.hpp"
#include "size.hpp"

namespace {

using namespace gronwall;
using real::Ball;
using real::Truth;
using Reference = real::Mpfr<200>;

class ActivationBalls : public ::testing::TestWithParam<std::string> {
 protected:
  const activation::Activation phi = activation::find(GetParam());

  bool at_kink(const Ball& x) const {
    bool touches = false;
    for (const double kink : phi.traits().kinks) touches = touches || x.contains(Ball(kink));
    return touches;
  }
};

Ball ball(const Reference& x) {
  Ball out;
  arf_set_mpfr(arb_midref(out.raw()), x.backend().data());
  return out;
}

/// The exact midpoint of a ball, which must have less than 600 bits.
Reference midpoint(const Ball& x) {
  Reference out;
  arf_get_mpfr(out.backend().data(), arb_midref(x.raw()), MPFR_RNDN);
  return out;
}

/// phi, phi' or phi'' at an exact point: the laws of the floats give its error, a few units.
Ball reference(const activation::Activation& phi, int order, const Ball& x) {
  const real::Precision guard(900);
  const Reference at = midpoint(x);
  const Reference value = test::evaluate<Reference>(phi.in<Reference>(), order, at);
  const Ball scale = ball(test::scale<Reference>(phi, order, at));
  // MPFR takes what is below 2^-2^30 for 0.
  return Ball(ball(value), scaled(scale, -640) + scaled(Ball(1), -(1L << 29)));
}

/// Balls around the arguments where formulas break: exact, narrow, wide, enormous; most of them straddle
/// nothing, some 0, and some everything.
std::vector<Ball> balls(std::uint64_t seed) {
  test::Random random(seed);
  std::vector<Ball> out;
  for (const double x : test::special_arguments()) {
    out.emplace_back(x);
    if (std::abs(x) > 1e300) continue;
    const double size = std::max(std::abs(x), 1e-300) * std::abs(random.symmetric());
    const int steps[] = {-90, -30, -3, 0, 2};
    for (int k = 0; k < 2; ++k) out.emplace_back(Ball(x), scaled(Ball(size), steps[random.below(5)]));
  }
  for (int k = test::repetitions(60); k > 0; --k)
    out.emplace_back(Ball(random.spread(-6, 5)), scaled(Ball(random.symmetric()), -random.below(40)));
  for (const double radius : {1e-20, 0.1, 1.0, 3.0, 40.0, 1e5, 1e300})
    out.emplace_back(Ball(0), Ball(radius));
  return out;
}

/// Points of the ball: its ends, its midpoint and others.
std::vector<Ball> points(const Ball& x, test::Random& random) {
  const real::Precision guard(300);
  std::vector<Ball> out{x.midpoint()};
  if (x.exact()) return out;
  for (const double part : {-1.0, 1.0, random.symmetric(), random.symmetric(), 0.01 * random.symmetric()}) {
    const Ball at = Ball(x.midpoint() + x.radius() * Ball(part)).midpoint();
    if (x.contains(at)) out.push_back(at);
  }
  if (x.contains_zero()) out.emplace_back(0);
  return out;
}

TEST_P(ActivationBalls, Enclose) {
  test::Random random(42);
  for (const Ball& x : balls(41)) {
    const long precisions[] = {53, 128, 400};
    const long bits = precisions[random.below(3)];
    const real::Precision guard(bits);
    for (int order = 0; order <= 2; ++order) {
      const Ball enclosure = test::evaluate<Ball>(phi.in<Ball>(), order, x);
      for (const Ball& at : points(x, random)) {
        const Ball exact = reference(phi, order, at);
        if (!exact.known()) continue;
        EXPECT_TRUE(enclosure.overlaps(exact))
            << bits << " bits, order " << order << " on " << real::Backend<Ball>::to_hex(x) << " at "
            << real::Backend<Ball>::to_hex(at) << ": " << real::Backend<Ball>::to_hex(enclosure)
            << " without " << real::Backend<Ball>::to_hex(exact);
      }
    }
  }
}

/// An exact argument costs 12 bits at most, measured by the scale that floating point is measured by.
TEST_P(ActivationBalls, AreTightAtPoints) {
  for (const long bits : {53L, 128L, 400L}) {
    const real::Precision guard(bits);
    for (const Ball& x : balls(43)) {
      if (!x.exact() || at_kink(x)) continue;
      for (int order = 0; order <= 2; ++order) {
        const Ball enclosure = test::evaluate<Ball>(phi.in<Ball>(), order, x);
        const Reference at = midpoint(x);
        const Reference size = test::scale<Reference>(phi, order, at);
        // Beyond Arb's and MPFR's range of exponents there is nothing to compare.
        if (size < Reference(1e-300) || !real::Backend<Reference>::finite(size)) continue;
        EXPECT_EQ(leq(enclosure.radius(), scaled(ball(size), 12 - bits)), Truth::yes)
            << bits << " bits, order " << order << " at " << real::Backend<Ball>::to_hex(x) << ": "
            << real::Backend<Ball>::to_hex(enclosure);
      }
    }
  }
}

/// On a ball of radius r around x the enclosure is at most 8 times as wide as the values on 65 of its points,
/// and the rounding. Polynomials are left out: Horner's rule and wide balls do not go together.
TEST_P(ActivationBalls, AreTightOnBalls) {
  if (phi.degree() || phi.name() == "test-isru") GTEST_SKIP() << "its formula takes no care of balls";
  double worst[3] = {0, 0, 0};
  for (const double centre : {0.0, 0.25, -0.75, 1.3, -2.0, 3.5, -6.0, 20.0})
    for (const double radius : {1e-12, 1e-3, 0.1, 0.5, 2.0, 10.0}) {
      const Ball x{Ball(centre), Ball(radius)};
      if (at_kink(x)) continue;
      for (int order = 0; order <= 2; ++order) {
        const Ball enclosure = test::evaluate<Ball>(phi.in<Ball>(), order, x);
        Ball hull = test::evaluate<Ball>(phi.in<Ball>(), order, Ball(centre));
        for (int k = -32; k <= 32; ++k) {
          const Ball at = Ball(centre) + Ball(radius) * Ball(k) / Ball(32);
          hull = hull.hull(test::evaluate<Ball>(phi.in<Ball>(), order, at.midpoint()));
        }
        const double factor = real::to_double<Ball>(enclosure.radius() / hull.radius());
        if (hull.radius().is_zero()) continue;
        // Near an extremum the values hardly move: the radius to compare with is that of the argument
        // squared.
        if (real::to_double<Ball>(hull.radius()) < 0.2 * radius) continue;
        worst[order] = std::max(worst[order], factor);
        EXPECT_LE(factor, 8) << "order " << order << " on " << centre << " +- " << radius;
      }
    }
  for (int order = 0; order <= 2; ++order)
    RecordProperty("worst_factor_" + std::to_string(order), std::to_string(worst[order]));
}

TEST_P(ActivationBalls, ConstantsAreEnclosed) {
  for (const long bits : {64L, 128L, 256L, 600L}) {
    const real::Precision guard(bits);
    const auto expect = [&](const Ball& enclosure, const Reference& value) {
      ASSERT_EQ(enclosure.known(), real::Backend<Reference>::finite(value));
      if (!enclosure.known()) return;
      EXPECT_TRUE(enclosure.overlaps(Ball(ball(value), scaled(ball(value), -650)))) << bits;
      EXPECT_TRUE(enclosure.exact() || enclosure.relative_bits() >= bits - 10) << enclosure.relative_bits();
    };
    expect(phi.in<Ball>().lipschitz(), phi.in<Reference>().lipschitz());
    expect(phi.in<Ball>().derivative_lipschitz(), phi.in<Reference>().derivative_lipschitz());
    expect(phi.in<Ball>().strip(), phi.in<Reference>().strip());
  }
}

TEST_P(ActivationBalls, NothingIsKnownWhereNothingIsKnownOfX) {
  for (const Ball& x : {Ball(std::nan("")), Ball(1) / Ball(0), Ball(HUGE_VAL)})
    for (int order = 0; order <= 1; ++order)
      EXPECT_FALSE(test::evaluate<Ball>(phi.in<Ball>(), order, x).known()) << order;
}

/// phi' of a ball that touches a kink reaches from one side's value to the other's.
TEST_P(ActivationBalls, KinksAreCovered) {
  for (const double kink : phi.traits().kinks)
    for (const double radius : {0.0, 1e-30, 1.0}) {
      const Ball slope = phi.in<Ball>().derivative(Ball(Ball(kink), Ball(radius)));
      for (const double side : {-1e-3, 1e-3})
        EXPECT_TRUE(slope.contains(phi.in<Ball>().derivative(Ball(kink + side)).midpoint()));
    }
}

TEST(ActivationBallValues, AreExactWhereTheyAre) {
  for (const char* name :
       {"tanh", "sin", "arctan", "erf", "gelu", "silu", "identity", "relu", "cube", "hermite:9"})
    EXPECT_TRUE(activation::find(name).in<Ball>().value(Ball(0)).is_zero()) << name;
  const auto exactly = [](const Ball& x, const Ball& y) { return equal(x, y, Ball(0)) == Truth::yes; };
  const activation::Activation chosen[] = {activation::find("tanh"), activation::find("softplus")};
  const auto& tanh = chosen[0].in<Ball>();
  EXPECT_TRUE(exactly(tanh.lipschitz(), Ball(1)));
  EXPECT_TRUE(exactly(tanh.derivative(Ball(0)), Ball(1)));
  const auto& softplus = chosen[1].in<Ball>();
  EXPECT_TRUE(exactly(softplus.lipschitz(), Ball(1)));
  EXPECT_TRUE(exactly(softplus.derivative_lipschitz(), Ball(0.25)));
  EXPECT_TRUE(exactly(activation::find("sigmoid").in<Ball>().value(Ball(0)), Ball(0.5)));
  EXPECT_TRUE(exactly(activation::find("silu").in<Ball>().derivative_lipschitz(), Ball(0.5)));
  EXPECT_TRUE(exactly(activation::find("leaky-relu:1/16").in<Ball>().lipschitz(), Ball(1)));
  EXPECT_TRUE(exactly(activation::find("cos").in<Ball>().value(Ball(0)), Ball(1)));
  EXPECT_TRUE(exactly(activation::find("gaussian").in<Ball>().derivative_lipschitz(), Ball(1)));
}

/// The constant of silu from a root that is enclosed: 1/2 + a/4 with a tanh(a/2) = 2.
TEST(ActivationBallValues, TheSteepestPointOfSiluIsARoot) {
  for (const long bits : {53L, 64L, 128L, 1024L}) {
    const real::Precision guard(bits);
    const Ball a = 4 * (activation::find("silu").in<Ball>().lipschitz() - Ball(0.5));
    EXPECT_TRUE(Ball(a * tanh(scaled(a, -1))).contains(Ball(2))) << bits;
    EXPECT_GE(a.relative_bits(), bits - 10) << bits;
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, ActivationBalls, ::testing::ValuesIn(activation::names()),
                         test::test_name);

}  // namespace
