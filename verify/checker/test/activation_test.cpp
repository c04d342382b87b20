#include "verify/checker/activation.hpp"

#include <gtest/gtest.h>

#include "verify/checker/test/support.hpp"

namespace gronwall::checker {
namespace {

using test::exactly;
using test::tight;

const std::vector<std::string> names{"identity", "tanh",    "sin",      "cos",  "arctan", "erf",
                                     "gaussian", "sigmoid", "softplus", "silu", "gelu"};

/// The polynomial sum_k c_k t^k.
Interval at(const std::vector<Interval>& c, const Interval& t) {
  Interval sum;
  for (std::size_t k = c.size(); k-- > 0;) sum = sum * t + c[k];
  return sum;
}

// The series of phi(x(t)) and phi'(x(t)) at t = 1/256 against the functions themselves, with what 30 terms
// leave.
TEST(Lift, SeriesSumToTheFunctions) {
  test::Random random(4);
  for (const std::string& name : names) {
    const Activation phi = *activation(name);
    for (int i = 0; i < test::repetitions(40); ++i) {
      std::vector<Interval> x;
      for (int k = 0; k < 4; ++k) x.push_back(Interval(random.dyadic(2)));
      Lift lift(phi);
      for (int k = 0; k < 30; ++k) lift.push(k < 4 ? x[static_cast<std::size_t>(k)] : Interval(0));
      const Interval t = exactly(1, 256), argument = at(x, t), rest = ball(-90);
      EXPECT_TRUE(meet(at(lift.value(), t) + rest, value(phi, argument))) << name;
      EXPECT_TRUE(meet(at(lift.slope(), t) + rest, derivative(phi, argument))) << name;
      EXPECT_TRUE(tight(at(lift.value(), t), 100)) << name;
    }
  }
}

TEST(Activation, DerivativesAreThoseOfDifferences) {
  test::Random random(5);
  for (const std::string& name : names) {
    const Activation phi = *activation(name);
    for (int i = 0; i < test::repetitions(50); ++i) {
      const Interval x(random.dyadic(8)), h = scaled(Interval(1), -30);
      // |phi'''| <= 8 for all of these: the symmetric difference is off by at most 8 h^2/6.
      const Interval difference = (value(phi, x + h) - value(phi, x - h)) / scaled(h, 1);
      EXPECT_TRUE(meet(difference + ball(-59), derivative(phi, x))) << name;
      EXPECT_TRUE(tight(difference, 60)) << name;
    }
  }
}

TEST(Activation, LipschitzConstantsAreReachedAndNotExceeded) {
  for (const std::string& name : names) {
    const Activation phi = *activation(name);
    const Interval L1 = lipschitz(phi), L2 = derivative_lipschitz(phi);
    Interval largest, steepest;
    for (long k = -6 * 512; k <= 6 * 512; ++k) {
      Lift lift(phi);
      lift.push(exactly(k, 512));
      lift.push(1);
      EXPECT_FALSE(surely_less(L1, abs(lift.slope()[0]))) << name << " at " << k << "/512";
      EXPECT_FALSE(surely_less(L2, abs(lift.slope()[1]))) << name << " at " << k << "/512";
      largest = max(largest, abs(lift.slope()[0]));
      steepest = max(steepest, abs(lift.slope()[1]));
    }
    // softplus' rises to 1 at infinity.
    const Interval margin = name == "softplus" ? exactly(1, 256) : exactly(1, 100000);
    EXPECT_TRUE(surely_less(L1, largest + margin)) << name;
    EXPECT_TRUE(surely_less(L2, steepest + exactly(1, 100000))) << name;
    EXPECT_TRUE(tight(L1, 100)) << name;
  }
}

TEST(Activation, ValuesAtZeroAndFarOut) {
  EXPECT_TRUE(meet(value(Activation::softplus, 0), log1p(1)));
  EXPECT_TRUE(tight(value(Activation::softplus, 1000000), 100));
  EXPECT_TRUE(surely_less(0, value(Activation::softplus, -1000)));
  EXPECT_TRUE(tight(value(Activation::gelu, -1000), 100));
  EXPECT_TRUE(meet(value(Activation::gelu, 3) - value(Activation::gelu, -3), 3));
  EXPECT_TRUE(meet(value(Activation::softplus, 3) - value(Activation::softplus, -3), 3));
  EXPECT_FALSE(activation("relu").has_value());
}

}  // namespace
}  // namespace gronwall::checker
