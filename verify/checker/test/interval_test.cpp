#include "verify/checker/interval.hpp"

#include <gtest/gtest.h>

#include "verify/checker/outcome.hpp"
#include "verify/checker/test/support.hpp"

namespace gronwall::checker {
namespace {

using test::exactly;
using test::tight;

TEST(Interval, ArithmeticEnclosesRationals) {
  test::Random random(1);
  for (int i = 0; i < test::repetitions(2000); ++i) {
    const mpq_class a = random.dyadic(100) / 3, b = random.dyadic(100) / 7;
    const Interval x(a), y(b);
    SCOPED_TRACE(a.get_str() + ", " + b.get_str());
    const auto holds = [](const mpq_class& q, const Interval& enclosure) {
      // The rational's own enclosure at a higher precision lies inside.
      const Precision finer(working_bits() + 64);
      EXPECT_TRUE(meet(Interval(q), enclosure));
      EXPECT_TRUE(tight(enclosure, working_bits() - 64 - 16));
    };
    holds(a + b, x + y);
    holds(a - b, x - y);
    holds(a * b, x * y);
    if (b != 0) holds(a / b, x / y);
    holds(a * a, sqr(x));
    holds(a * a * a, power(x, 3));
    holds(-a, -x);
    holds(abs(a), abs(x));
    holds(std::max(a, b), max(x, y));
  }
}

TEST(Interval, FunctionsAgreeWithThemselvesAtTwiceThePrecision) {
  test::Random random(2);
  using Function = Interval (*)(const Interval&);
  const Function functions[] = {exp, tanh, cosh, sin, cos, atan, erf, erfc, sqr};
  for (int i = 0; i < test::repetitions(300); ++i) {
    const mpq_class a = random.dyadic(20);
    for (const Function f : functions) {
      const Interval coarse = f(Interval(a));
      const Precision finer(2 * working_bits());
      EXPECT_TRUE(f(Interval(a)).inside(coarse)) << a;
      EXPECT_TRUE(tight(coarse, 100)) << a;
    }
  }
}

TEST(Interval, FunctionsOfWideIntervalsHoldThoseOfTheirPoints) {
  test::Random random(3);
  using Function = Interval (*)(const Interval&);
  const Function functions[] = {exp, tanh, cosh, sin, cos, atan, erf, erfc, sqr, abs};
  for (int i = 0; i < test::repetitions(300); ++i) {
    const mpq_class a = random.dyadic(4), width = abs(random.dyadic(3)), part = abs(random.dyadic(1));
    const Interval wide = hull(Interval(a), Interval(mpq_class(a + width)));
    for (const Function f : functions) EXPECT_TRUE(meet(f(wide), f(Interval(mpq_class(a + part * width)))));
  }
}

TEST(Interval, UndefinedResultsDecideNothing) {
  const Interval undefined = Interval(1) / Interval(0), nan = sqrt(Interval(-1));
  for (const Interval& x : {undefined, nan, exp(exp(exp(Interval(1000000))))}) {
    EXPECT_FALSE(surely_less(x, 1));
    EXPECT_FALSE(surely_less(1, x));
    EXPECT_FALSE(surely_at_most(x, 1));
    EXPECT_FALSE(surely_at_most(1, x));
    EXPECT_FALSE(meet(x, 1));
  }
}

TEST(Interval, ComparesForAllMembers) {
  const Interval wide = hull(1, 2);
  EXPECT_TRUE(surely_less(wide, 3));
  EXPECT_FALSE(surely_less(wide, 2));
  EXPECT_TRUE(surely_at_most(wide, 2));
  EXPECT_FALSE(surely_at_most(wide, exactly(3, 2)));
  EXPECT_FALSE(surely_less(exactly(3, 2), wide));
}

TEST(Interval, ConstantsAndIdentities) {
  EXPECT_TRUE(sin(pi()).contains_zero());
  EXPECT_TRUE(meet(sqr(sin(exactly(5, 3))) + sqr(cos(exactly(5, 3))), 1));
  EXPECT_TRUE(meet(erf(exactly(1, 3)) + erfc(exactly(1, 3)), 1));
  EXPECT_TRUE(meet(scaled(atan(1), 2), pi()));
  EXPECT_TRUE(meet(log1p(exp(exactly(1, 2)) - Interval(1)), exactly(1, 2)));
}

TEST(Interval, SquareRootsOfSquaresAreExact) {
  EXPECT_EQ(sqrt(Interval(9)).text(), "3");
  EXPECT_TRUE(surely_at_most(sqrt(exactly(9, 4)), exactly(3, 2)));
  EXPECT_TRUE(sqrt(hull(exactly(-1, 1000000), 1)).inside(hull(0, 1)));  // of what is known not to be negative
}

TEST(Endpoint, ReadsHexadecimalFloatsExactly) {
  EXPECT_EQ(Endpoint::from_hex("0x1.8p+1", "x").rational("x"), mpq_class(3));
  EXPECT_EQ(Endpoint::from_hex("-0x0.4p0", "x").rational("x").get_str(), "-1/4");
  EXPECT_EQ(Endpoint::from_hex("0x1.00000000000000000000000000000000001p0", "x").bits(), 141);
  for (const char* wrong : {"1.5", "0x", "0x1p", "0x1.8p+1 ", "", "0x1p1p1", "0x1p99999999999999999999"})
    EXPECT_THROW(Endpoint::from_hex(wrong, "x"), NotConfirmed) << wrong;
}

TEST(Interval, TextIsRoundedOutwards) {
  EXPECT_EQ(exactly(1, 3).text(), "[0.333333333333, 0.333333333334]");
  EXPECT_EQ(Interval(0).text(), "0");
}

}  // namespace
}  // namespace gronwall::checker
