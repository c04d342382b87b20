// The laws of intervals of doubles: every operation encloses what Arb computes with three times the digits
// for points of the operands, and not much more widely.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <gronwall/real/backend/ball.hpp>
#include <gronwall/real/interval.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using namespace gronwall::real;
using test::Random;

constexpr double infinity = std::numeric_limits<double>::infinity();

double uniform(Random& random, double low, double high) {
  return low / 2 + high / 2 + (high / 2 - low / 2) * random.symmetric();
}

/// In [low, high], of all sizes: short numbers, wide ranges of exponents and the ends themselves.
double some(Random& random, double low, double high) {
  const int kind = random.below(8);
  if (kind == 0) return low;
  if (kind == 1) return high;
  const double x = uniform(random, low, high);
  if (kind == 2) return std::clamp(std::round(8 * x) / 8, low, high);
  if (kind == 3) return std::clamp(x * std::exp2(-uniform(random, 0, 60)), low, high);
  return x;
}

struct Operand {
  Interval interval;
  double point;
};

Operand operand(Random& random, double low, double high) {
  const double a = some(random, low, high);
  const double b = uniform(random, 0, 1) < 0.4 ? a : some(random, low, high);
  const Interval both(std::min(a, b), std::max(a, b));
  return {both, std::clamp(uniform(random, both.low(), both.high()), both.low(), both.high())};
}

::testing::AssertionResult contains(const Interval& x, const Ball& truth) {
  if (!(x.low() <= x.high())) return ::testing::AssertionFailure() << "no interval";
  const bool below = x.low() == -infinity || leq(Ball(x.low()), truth) != Truth::no;
  const bool above = x.high() == infinity || leq(truth, Ball(x.high())) != Truth::no;
  if (below && above) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "[" << x.low() << ", " << x.high() << "] without " << Backend<Ball>::to_hex(truth);
}

struct Function {
  const char* name;
  std::function<Interval(const Interval&)> of_interval;
  std::function<Ball(const Ball&)> of_ball;
  double low, high;
  double tightness;  ///< of a point: relative to 1 + |result| for cos, else to the result
};

const Function functions[] = {
    {"exp", [](const Interval& x) { return exp(x); }, [](const Ball& x) { return exp(x); }, -700, 700,
     0x1p-43},
    {"cosh", [](const Interval& x) { return cosh(x); }, [](const Ball& x) { return cosh(x); }, -700, 700,
     0x1p-43},
    {"log", [](const Interval& x) { return log(x); }, [](const Ball& x) { return log(x); }, 1e-300, 1e300,
     0x1p-43},
    {"log near 1", [](const Interval& x) { return log(x); }, [](const Ball& x) { return log(x); }, 0.4, 2.5,
     0x1p-43},
    {"log1p", [](const Interval& x) { return log1p(x); }, [](const Ball& x) { return log1p(x); }, -0.9999, 5,
     0x1p-39},
    {"cos", [](const Interval& x) { return cos(x); }, [](const Ball& x) { return cos(x); }, -3.1415926,
     3.1415926, 0x1p-38},
    {"tan", [](const Interval& x) { return tan(x); }, [](const Ball& x) { return tan(x); }, -1.5, 1.5,
     0x1p-39},
    {"sqrt", [](const Interval& x) { return sqrt(x); }, [](const Ball& x) { return sqrt(x); }, 0, 1e300,
     0x1p-50},
};

TEST(Interval, FunctionsContainTheTruthAndLittleElse) {
  const Precision guard(160);
  Random random(1);
  for (const Function& f : functions)
    for (int k = 0; k < test::repetitions(4000); ++k) {
      const Operand x = operand(random, f.low, f.high);
      const Ball truth = f.of_ball(Ball(x.point));
      ASSERT_TRUE(contains(f.of_interval(x.interval), truth)) << f.name << " at " << x.point;
      const Interval point = f.of_interval(Interval(x.point));
      ASSERT_TRUE(contains(point, truth)) << f.name << " at " << x.point;
      const double size =
          std::max(std::abs(point.low()), std::abs(point.high())) + (std::string(f.name) == "cos" ? 1 : 0);
      ASSERT_LE(point.high() - point.low(), f.tightness * size + 0x1p-1070) << f.name << " at " << x.point;
    }
}

TEST(Interval, OperationsContainTheTruthAndLittleElse) {
  const Precision guard(2200);  // exact
  Random random(2);
  for (const double size : {1.0, 1e-160, 1e-308, 1e150, 1e308})
    for (int k = 0; k < test::repetitions(2000); ++k) {
      const Operand x = operand(random, -size, size), y = operand(random, -size, size);
      const Ball a(x.point), b(y.point);
      ASSERT_TRUE(contains(x.interval + y.interval, a + b)) << x.point << " " << y.point;
      ASSERT_TRUE(contains(x.interval - y.interval, a - b)) << x.point << " " << y.point;
      ASSERT_TRUE(contains(x.interval * y.interval, a * b)) << x.point << " " << y.point;
      if (y.point != 0) {
        ASSERT_TRUE(contains(x.interval / y.interval, a / b)) << x.point << " " << y.point;
      }
      ASSERT_TRUE(contains(max(x.interval, y.interval), max(a, b)));
      ASSERT_TRUE(contains(min(x.interval, y.interval), min(a, b)));
      ASSERT_TRUE(contains(scaled(x.interval, -3), scaled(a, -3)));
      ASSERT_TRUE(contains(-x.interval, -a));
      ASSERT_TRUE(contains({x.interval.least_modulus().low(), x.interval.largest_modulus().high()}, abs(a)));
      const Interval sum = Interval(x.point) + Interval(y.point),
                     product = Interval(x.point) * Interval(y.point);
      ASSERT_FALSE(sum.known() && !(sum.high() - sum.low() <= 0x1p-50 * std::abs(sum.high()) + 0x1p-1070));
      ASSERT_FALSE(product.known() &&
                   !(product.high() - product.low() <= 0x1p-50 * std::abs(product.high()) + 0x1p-1070));
    }
}

TEST(Interval, BallsAreRoundedOutwards) {
  Random random(3);
  for (int k = 0; k < test::repetitions(2000); ++k) {
    const Ball x(Ball(uniform(random, -1, 1)) / Ball(3), Ball(uniform(random, 0, 1)) / Ball(7));
    const Interval around(x);
    EXPECT_NE(leq(Ball(around.low()), x.lower()), Truth::no);
    EXPECT_NE(leq(x.upper(), Ball(around.high())), Truth::no);
    EXPECT_LE(around.high() - around.low(), 2 * to_double<Ball>(x.radius()) + 1e-15);
  }
  EXPECT_FALSE(Interval(Ball(std::nan(""))).known());
  EXPECT_FALSE(Interval(Ball(1) / Ball(0)).known());
}

TEST(Interval, TheUnknownStaysUnknown) {
  const Interval unknown = Interval::whole();
  for (const Interval& x :
       {unknown, Interval(std::nan("")), Interval(1) / Interval(0), Interval(1, 2) / Interval(-1, 1),
        sqrt(Interval(-2, -1)), exp(Interval(0, 800)), log(Interval(0, 1)), log1p(Interval(-1, 0)),
        tan(Interval(0, 2)), Interval(0) * unknown, unknown + Interval(1), max(Interval(1), unknown),
        min(Interval(1), unknown), Interval(1e308) * Interval(1e308), Interval(1e308) + Interval(1e308),
        Interval(1) / unknown}) {
    EXPECT_FALSE(x.known());
    EXPECT_EQ(leq(x, Interval(1)), Truth::unknown);
    EXPECT_EQ(less(x, Interval(1)), Truth::unknown);
  }
  EXPECT_EQ(cos(Interval(3, 4)).low(), -1);
  EXPECT_EQ(cos(Interval(-1, 0)).high(), 1);
  EXPECT_EQ(cos(unknown).low(), -1);
  EXPECT_EQ(cos(unknown).high(), 1);
}

TEST(Interval, ExponentialsEncloseWhatDoublesCannotHold) {
  const Precision guard(160);
  Random random(4);
  for (int k = 0; k < test::repetitions(2000); ++k) {
    const Operand x = operand(random, -3000, 3000);
    ASSERT_TRUE(contains(exp(x.interval), exp(Ball(x.point)))) << x.point;
    ASSERT_TRUE(contains(cosh(x.interval), cosh(Ball(x.point)))) << x.point;
  }
  EXPECT_EQ(exp(Interval(-800, -750)).low(), 0);
  EXPECT_LE(exp(Interval(-800, -750)).high(), 1e-303);
  EXPECT_GE(exp(Interval(750, 800)).low(), 1e303);
  EXPECT_EQ(exp(Interval(750, 800)).high(), infinity);
  EXPECT_GE(cosh(Interval(-1e9, -750)).low(), 1e303);
  EXPECT_EQ(cosh(Interval(-1e9, 1)).low(), 1);
  EXPECT_EQ(exp(Interval::whole()).low(), 0);
  EXPECT_EQ(cosh(Interval::whole()).low(), 1);
}

TEST(Interval, ScalingIsExactWhereItCanBe) {
  for (const double x : {0.0, 1.0, -3.5, 0x1p-1060})
    for (const int k : {-2, 3}) {
      EXPECT_EQ(scaled(Interval(x), k).low(), std::ldexp(x, k));
      EXPECT_EQ(scaled(Interval(x), k).high(), std::ldexp(x, k));
    }
  EXPECT_LT(scaled(Interval(0x1p-1074), -1).low(), 0x1p-1074);
  EXPECT_GT(scaled(Interval(0x1p-1074), -1).high(), 0);
  EXPECT_FALSE(scaled(Interval(0x1p1000), 100).known());
}

TEST(Interval, ComparisonsHaveThreeAnswers) {
  EXPECT_EQ(leq(Interval(1, 2), Interval(2, 3)), Truth::yes);
  EXPECT_EQ(less(Interval(1, 2), Interval(2, 3)), Truth::unknown);
  EXPECT_EQ(less(Interval(1, 2), Interval(3, 4)), Truth::yes);
  EXPECT_EQ(leq(Interval(1, 3), Interval(2, 4)), Truth::unknown);
  EXPECT_EQ(leq(Interval(3, 4), Interval(1, 2)), Truth::no);
  EXPECT_EQ(less(Interval(2, 3), Interval(1, 2)), Truth::no);
}

}  // namespace
