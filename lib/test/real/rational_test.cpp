#include <gtest/gtest.h>

#include <gronwall/real/rational.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using namespace gronwall::real;

TEST(Rational, TextsAreReadExactly) {
  EXPECT_EQ(parse_rational("-3"), Rational(-3));
  EXPECT_EQ(parse_rational("+007"), Rational(7)) << "no octal";
  EXPECT_EQ(parse_rational("6/4"), Rational(3, 2));
  EXPECT_EQ(parse_rational("0.1"), Rational(1, 10));
  EXPECT_EQ(parse_rational("-.5"), Rational(-1, 2));
  EXPECT_EQ(parse_rational("5."), Rational(5));
  EXPECT_EQ(parse_rational("1e-3"), Rational(1, 1000));
  EXPECT_EQ(parse_rational("2.5E+2"), Rational(250));
  EXPECT_EQ(parse_rational("0x1.8p+1"), Rational(3));
  EXPECT_EQ(parse_rational("-0XFp-4"), Rational(-15, 16));
  EXPECT_EQ(parse_rational("0x1p-1074"), exact_rational(0x1p-1074));
  EXPECT_EQ(parse_rational("0"), Rational(0));
  EXPECT_EQ(parse_rational("-0"), Rational(0));
}

TEST(Rational, BadTextsAreRefused) {
  for (const char* bad :
       {"",          " ",     "-",    "+-1", "1 ",  " 1",   "1/0",    "1/",
        "/2",        "1/2/3", "1/-2", "1e",  "1e+", "0x",   "0xg",    "0x1p",
        "1p3",       "nan",   "inf",  "1,5", ".",   "1..2", "1e5001", "1e99999999999999999999",
        "0x1p-5001", "0x1/2"})
    EXPECT_THROW(parse_rational(bad), DomainError) << bad;
  EXPECT_THROW(parse_rational("0." + std::string(6000, '1')), DomainError);
}

TEST(Rational, TextsRoundTrip) {
  test::Random random(51);
  for (int k = test::repetitions(200); k > 0; --k) {
    const Rational x = exact_rational(random.spread(-70, 70)) / (1 + random.below(1000));
    EXPECT_EQ(parse_rational(to_string(x)), x);
  }
  EXPECT_EQ(to_string(Rational(-6, 4)), "-3/2");
  EXPECT_EQ(to_string(Rational(4, 2)), "2");
}

TEST(Rational, EveryBackendIsCloseToIt) {
  test::Random random(52);
  for (int k = test::repetitions(100); k > 0; --k) {
    const Rational x = exact_rational(random.spread(-70, 70)) / (1 + random.below(1000));
    test::for_each_backend([&]<class R>() {
      const R rounded = from_rational<R>(x);
      // Back by its hexadecimal text, which is exact.
      const Rational back = parse_rational(Backend<R>::to_hex(rounded));
      const int units = std::is_same_v<R, double> ? 2 : 1;
      const Rational u = parse_rational(Backend<R>::to_hex(Backend<R>::unit_roundoff()));
      EXPECT_LE(abs(Rational(back - x)), units * u * abs(x)) << x;
    });
  }
  test::for_each_backend([]<class R>() {
    EXPECT_EQ(from_rational<R>(Rational(-3, 4)), ratio<R>(-3, 4));
    EXPECT_EQ(from_rational<R>(Rational(0)), R(0));
  });
  EXPECT_TRUE(std::isinf(from_rational<double>(parse_rational("1e400"))));
  EXPECT_EQ(from_rational<double>(parse_rational("1e-400")), 0);
}

}  // namespace
