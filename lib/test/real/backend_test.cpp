// What every precision backend promises: exact conversions, the unit roundoff, exact texts, its name.
#include <algorithm>

#include <gtest/gtest.h>

#include <gronwall/real/dispatch.hpp>
#include <gronwall/real/dyadic.hpp>
#include <gronwall/real/functions.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using namespace gronwall::real;
using test::Random;
using test::widen;

template <class R>
class BackendLaws : public ::testing::Test {};
TYPED_TEST_SUITE(BackendLaws, test::BackendTypes, test::BackendNames);

const double corners[] = {
    0.0, -0.0, 1.0, -3.0, 0x1p-1074, -0x1.fffffffffffffp-1022, 0x1.fffffffffffffp+1023, 1.0 / 3};

TYPED_TEST(BackendLaws, DoublesConvertExactly) {
  using R = TypeParam;
  for (const double x : corners) EXPECT_EQ(to_double<R>(from_double<R>(x)), x);
  Random random(41);
  for (int k = test::repetitions(200); k > 0; --k) {
    const double x = random.spread(-900, 900);
    EXPECT_EQ(to_double<R>(from_double<R>(x)), x) << x;
  }
}

TYPED_TEST(BackendLaws, UnitRoundoffIsHalfTheGapAboveOne) {
  using R = TypeParam;
  const R u = Backend<R>::unit_roundoff();
  EXPECT_GT(R(1 + 2 * u), R(1));
  EXPECT_EQ(R(1 + u), R(1)) << "ties go to even";
  EXPECT_GT(R(1 + u * (1 + 2 * u)), R(1));
  // Enough digits that decimal texts of so many digits survive.
  EXPECT_LT(u, R(1) / power<R>(R(10), static_cast<unsigned>(Backend<R>::digits)));
}

TYPED_TEST(BackendLaws, MultiplySubtractRoundsOnce) {
  using R = TypeParam;
  const R u = Backend<R>::unit_roundoff();
  const R x = 1 + 2 * u;
  EXPECT_EQ(Backend<R>::multiply_subtract(x, x, R(1 + 4 * u)), 4 * u * u);
  EXPECT_EQ(Backend<R>::multiply_subtract(R(3), R(5), R(16)), R(-1));
}

TYPED_TEST(BackendLaws, HexadecimalTextIsExact) {
  using R = TypeParam;
  Random random(42);
  std::vector<R> numbers;
  for (const double x : corners) numbers.push_back(from_double<R>(x));
  for (int k = test::repetitions(200); k > 0; --k) numbers.push_back(random.full<R>(-300, 300));
  numbers.push_back(R(1) / R(3));
  numbers.push_back(1 + 2 * Backend<R>::unit_roundoff());
  for (const R& x : numbers)
    EXPECT_EQ(Backend<R>::from_hex(Backend<R>::to_hex(x)), x) << Backend<R>::to_hex(x);
  EXPECT_EQ(Backend<R>::from_hex("0x1.8p+1"), R(3));
  EXPECT_EQ(Backend<R>::from_hex("-0x.8"), ratio<R>(-1, 2));
  EXPECT_EQ(Backend<R>::from_hex("12"), R(12));
}

TYPED_TEST(BackendLaws, TextThatDoesNotFitIsRefused) {
  using R = TypeParam;
  for (const char* bad : {"", "x", "0x", "0x1p", "1.0.0", "0x1p+1 ", "0x1g", "one", "--1"})
    EXPECT_THROW(Backend<R>::from_hex(bad), DomainError) << bad;
  // One digit too many: 1 + u/16.
  const std::string zeros(static_cast<std::size_t>(Backend<R>::digits), '0');
  EXPECT_THROW(Backend<R>::from_hex("0x1." + zeros + "1"), PrecisionError);
  EXPECT_THROW(Backend<R>::from_hex("0.1"), PrecisionError) << "a tenth is no binary number";
}

TYPED_TEST(BackendLaws, FiniteMeansFinite) {
  using R = TypeParam;
  const R infinity = R(1) / R(0);
  EXPECT_TRUE(Backend<R>::finite(R(0)));
  EXPECT_TRUE(Backend<R>::finite(from_double<R>(0x1.fffffffffffffp+1023)));
  EXPECT_FALSE(Backend<R>::finite(infinity));
  EXPECT_FALSE(Backend<R>::finite(R(-infinity)));
  EXPECT_FALSE(Backend<R>::finite(R(infinity - infinity)));
}

TYPED_TEST(BackendLaws, RatiosAreCorrectlyRounded) {
  using R = TypeParam;
  using F = test::FinerThan<R>;
  if constexpr (!std::is_void_v<F>) {
    using std::abs;
    const F u = widen<F>(Backend<R>::unit_roundoff());
    for (int q = 1; q <= 60; ++q)
      for (int p = -7; p <= 7; ++p) {
        const F exact = F(p) / F(q);
        EXPECT_LE(abs(F(widen<F>(ratio<R>(p, q)) - exact)), u * abs(exact)) << p << "/" << q;
      }
  }
}

TYPED_TEST(BackendLaws, FunctionsAreAccurateInTheirOwnPrecision) {
  using R = TypeParam;
  using F = test::FinerThan<R>;
  if constexpr (!std::is_void_v<F>) {
    const F u = widen<F>(Backend<R>::unit_roundoff());
    Random random(43);
    for (int k = test::repetitions(60); k > 0; --k) {
      const R x = random.full<R>(-20, 3);
      const F y = widen<F>(x);
      const auto check = [&](const char* name, const R& computed, const F& exact) {
        using std::abs;
        EXPECT_LE(abs(F(widen<F>(computed) - exact)), 6 * u * abs(exact))
            << name << " at " << Backend<R>::to_hex(x);
      };
      using gronwall::real::erf, gronwall::real::erfc, gronwall::real::expm1, gronwall::real::log1p;
      using std::atan, std::cos, std::exp, std::sin, std::sqrt, std::tanh, std::abs, std::log;
      check("exp", exp(x), exp(y));
      check("expm1", expm1(x), expm1(y));
      check("sin", sin(x), sin(y));
      check("cos", cos(x), cos(y));
      check("tanh", tanh(x), tanh(y));
      check("atan", atan(x), atan(y));
      check("erf", erf(x), erf(y));
      check("erfc", erfc(x), erfc(y));
      check("log", log(R(abs(x))), log(F(abs(y))));
      check("log1p", log1p(R(abs(x))), log1p(F(abs(y))));
      check("sqrt", sqrt(R(abs(x))), sqrt(F(abs(y))));
    }
    using std::abs;
    EXPECT_LE(abs(F(widen<F>(pi<R>()) - pi<F>())), u * pi<F>());
    // Machin: pi = 16 atan(1/5) - 4 atan(1/239).
    EXPECT_LE(abs(F(pi<F>() - 16 * atan(ratio<F>(1, 5)) + 4 * atan(ratio<F>(1, 239)))),
              64 * widen<F>(Backend<F>::unit_roundoff()));
  }
  EXPECT_EQ(power<R>(R(3), 0), R(1));
  EXPECT_EQ(power<R>(R(3), 13), R(1594323));
  EXPECT_EQ(power<R>(R(-2), 5), R(-32));
  EXPECT_EQ(power<R>(R(0), 0), R(1));
  EXPECT_EQ(maximum<R>(R(2), R(-3)), R(2));
}

TYPED_TEST(BackendLaws, TheNameFindsTheBackend) {
  using R = TypeParam;
  EXPECT_TRUE(with_backend(Backend<R>::name, []<class Found>() { return std::is_same_v<Found, R>; }));
  const std::vector<std::string> names = backend_names();
  EXPECT_EQ(std::count(names.begin(), names.end(), Backend<R>::name), 1);
}

TEST(Dispatch, NamesAreOrderedByDigits) {
  int before = 0;
  for (const std::string& name : backend_names()) {
    const int digits = with_backend(name, []<class R>() { return Backend<R>::digits; });
    EXPECT_GT(digits, before);
    before = digits;
  }
  EXPECT_EQ(with_backend("mpfr", []<class R>() { return Backend<R>::digits; }), 50);
}

TEST(Dispatch, AnUnknownNameIsToldWhichThereAre) {
  for (const char* name : {"", "float", "Double", "mpfr5", "mpfr 50"}) {
    try {
      with_backend(name, []<class R>() { return 0; });
      FAIL() << name;
    } catch (const UnknownName& error) {
      const std::string what = error.what();
      EXPECT_NE(what.find("'" + std::string(name) + "'"), std::string::npos) << what;
      EXPECT_NE(what.find("mpfr50"), std::string::npos) << what;
    }
  }
}

TEST(Dyadic, HoldsFiniteDoublesExactly) {
  for (const double x : corners) {
    const Dyadic d(x);
    EXPECT_EQ(d.value(), x);
    EXPECT_EQ(Dyadic::from_hex(d.to_hex()), d);
    test::for_each_backend([&]<class R>() { EXPECT_EQ(to_double<R>(d.as<R>()), x); });
  }
  EXPECT_EQ(Dyadic(3).to_hex(), "0x1.8p+1");
  EXPECT_EQ(Dyadic().value(), 0);
  EXPECT_THROW(Dyadic{std::numeric_limits<double>::infinity()}, DomainError);
  EXPECT_THROW(Dyadic(std::nan("")), DomainError);
}

TEST(Dyadic, ScaledIsExactOrRefused) {
  EXPECT_EQ(Dyadic::scaled(3, -1).value(), 1.5);
  EXPECT_EQ(Dyadic::scaled(-1, -1074).value(), -0x1p-1074);
  EXPECT_EQ(Dyadic::scaled(0, 5000).value(), 0);
  EXPECT_EQ(Dyadic::scaled(1, 1023).value(), 0x1p1023);
  EXPECT_EQ(Dyadic::scaled((1L << 53) - 1, 971).value(), 0x1.fffffffffffffp+1023);
  EXPECT_EQ(Dyadic::scaled(1L << 60, 0).value(), 0x1p60);
  EXPECT_THROW(Dyadic::scaled(1, -1075), DomainError);
  EXPECT_THROW(Dyadic::scaled(3, -1075), DomainError);
  EXPECT_THROW(Dyadic::scaled(1, 1024), DomainError);
  EXPECT_THROW(Dyadic::scaled((1L << 53) + 1, 0), DomainError);
  EXPECT_THROW(Dyadic::scaled(std::numeric_limits<long>::max(), 0), DomainError);
}

TEST(Dyadic, BadTextIsRefused) {
  EXPECT_THROW(Dyadic::from_hex("nan"), DomainError);
  EXPECT_THROW(Dyadic::from_hex("inf"), DomainError);
  EXPECT_THROW(Dyadic::from_hex("0x1p+1024"), PrecisionError);
  EXPECT_THROW(Dyadic::from_hex("0x1p-1075"), PrecisionError);
  EXPECT_THROW(Dyadic::from_hex("0x1.00000000000008p0"), PrecisionError);
  EXPECT_THROW(Dyadic::from_hex("abc"), DomainError);
}

}  // namespace
