// The laws of balls: every operation encloses what MPFR, a library of its own, computes with more than twice
// the digits for points of the operands; and no more widely than is said here.
//
// Checks are counted, and each test says how many it makes at least at GRONWALL_TEST_MULTIPLIER = 1: some
// 150000 in all.
#include <cmath>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <mpfr.h>

#include <gronwall/real/backend/ball.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/functions.hpp>
#include <gronwall/real/rational.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using namespace gronwall::real;
using test::Random;

/// An MPFR number that is freed again.
class Number {
 public:
  explicit Number(long bits) { mpfr_init2(x_, bits < 2 ? 2 : bits); }
  Number(Number&& x) noexcept : Number(2) { mpfr_swap(x_, x.x_); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  ~Number() { mpfr_clear(x_); }
  mpfr_ptr raw() { return x_; }
  mpfr_srcptr raw() const { return x_; }

 private:
  mpfr_t x_;
};

/// The value of an exact ball, without rounding.
Number exactly(const Ball& x) {
  Number y(static_cast<long>(arf_bits(arb_midref(x.raw()))));
  arf_get_mpfr(y.raw(), arb_midref(x.raw()), MPFR_RNDN);
  return y;
}

/// All numbers that round to y: what is known of a correctly rounded result.
Ball around(const Number& y) {
  Ball z;
  if (mpfr_zero_p(y.raw()) != 0 || mpfr_number_p(y.raw()) == 0) return z;
  arf_set_mpfr(arb_midref(z.raw()), y.raw());
  const long ulp = static_cast<long>(mpfr_get_exp(y.raw())) - static_cast<long>(mpfr_get_prec(y.raw()));
  return Ball(z, scaled(Ball(1), ulp));
}

std::string text(const Ball& x) { return Backend<Ball>::to_hex(x); }

/// m + t r with |t| <= 1, exactly.
Ball inner(const Ball& x, const Ball& t) {
  Ball step, out;
  const Ball middle = x.midpoint(), radius = x.radius();
  arf_mul(arb_midref(step.raw()), arb_midref(radius.raw()), arb_midref(t.raw()), ARF_PREC_EXACT,
          ARF_RND_DOWN);
  arf_add(arb_midref(out.raw()), arb_midref(middle.raw()), arb_midref(step.raw()), ARF_PREC_EXACT,
          ARF_RND_DOWN);
  return out;
}
Ball low(const Ball& x) { return inner(x, Ball(-1)); }
Ball high(const Ball& x) { return inner(x, Ball(1)); }

/// The midpoint, an end, or any point between.
Ball some_point(Random& random, const Ball& x) {
  switch (random.below(4)) {
    case 0:
      return x.midpoint();
    case 1:
      return low(x);
    case 2:
      return high(x);
    default:
      return inner(x, Ball(random.symmetric()));
  }
}

/// Signs of exact differences.
int compare(const Ball& x, const Ball& y) { return mpfr_cmp(exactly(x).raw(), exactly(y).raw()); }

long random_bits(Random& random) {
  const long common[] = {53, 64, 65, 100, 128, 128, 200};
  const long rare[] = {256, 300, 512, 1024};
  return random.below(16) != 0 ? common[random.below(7)] : rare[random.below(4)];
}

/// A random number with all bits of the working precision.
Ball random_digits(Random& random, int low_exponent, int high_exponent) {
  Ball x(random.symmetric());
  for (long bits = 52; bits < working_bits(); bits += 52) x += scaled(Ball(random.symmetric()), -bits);
  return scaled(x, low_exponent + random.below(high_exponent - low_exponent + 1));
}

/// Numbers on which rounding and special cases misbehave.
Ball structured_point(Random& random) {
  const double special[] = {0,
                            1,
                            -1,
                            0.5,
                            2,
                            3,
                            0x1p-1074,
                            0x1p-1022,
                            -0x1p-1030,
                            0x1p-53,
                            1 + 0x1p-52,
                            1 - 0x1p-53,
                            1e8 + 1,
                            1.0 / 3,
                            0x1.921fb54442d18p+1,
                            0x1.921fb54442d18p+0,
                            0x1.fffffffffffffp+1023,
                            1e22,
                            0x1p-600};
  switch (random.below(8)) {
    case 0:
      return Ball(special[random.below(static_cast<int>(std::size(special)))]);
    case 1:
      return Ball(random.below(41) - 20);
    case 2:
      return Ball(1 + std::ldexp(random.symmetric(), -random.below(52)));
    case 3:
      return Ball(random.spread(random.below(8) == 0 ? -1070 : -60, random.below(8) == 0 ? 1000 : 8));
    default:
      return random_digits(random, -12, 4);
  }
}

/// A third exact, a third narrow, a third wide, some of which straddle 0 or reach beyond a domain.
Ball structured(Random& random) {
  const Ball x = structured_point(random);
  const int kind = random.below(6);
  if (kind < 2) return x;
  const Ball size = x.is_zero() ? Ball(1) : x;
  const Ball part(random.symmetric());
  if (kind < 4) return Ball(x, scaled(size * part, -random.below(static_cast<int>(working_bits()))));
  if (kind == 4) return Ball(x, scaled(size * part, 1 - random.below(8)));
  return Ball(x, scaled(part, 2 - random.below(10)));
}

/// Counts, and speaks only where something is wrong.
class Tally {
 public:
  explicit Tally(long least) : least_(static_cast<long>(static_cast<double>(least) * test::multiplier())) {}
  ~Tally() {
    ::testing::Test::RecordProperty("checks", std::to_string(checks_));
    EXPECT_GE(checks_, least_) << "checks made";
  }
  void operator()(bool right, const std::function<std::string()>& what) {
    ++checks_;
    if (right || ++failures_ > 20) return;
    ADD_FAILURE() << "at " << working_bits() << " bits: " << what();
  }

 private:
  long least_, checks_ = 0, failures_ = 0;
};

using BallFunction = Ball (*)(const Ball&);
using MpfrFunction = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

Ball negative(const Ball& x) { return -x; }
int mpfr_cubed(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t rounding) { return mpfr_pow_ui(y, x, 3, rounding); }
Ball cubed(const Ball& x) { return power<Ball>(x, 3); }
int mpfr_eighth(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t rounding) { return mpfr_mul_2si(y, x, -3, rounding); }
Ball eighth(const Ball& x) { return scaled(x, -3); }
int mpfr_absolute(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t rounding) { return mpfr_abs(y, x, rounding); }
int mpfr_minus(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t rounding) { return mpfr_neg(y, x, rounding); }

/// Where a function of exact arguments keeps its bits: relative to its value, or to 1 where the value is
/// smaller (the zeros of sine and cosine are no binary numbers, and nothing reduces the argument for them
/// twice), or to max(1, y^2), which is about the derivative, where there are poles besides.
enum class Near { relative, zeros, zeros_and_poles };

/// What is promised of a function of one number.
struct Unary {
  const char* name;
  BallFunction ball;
  MpfrFunction reference;
  /// Defined above this, or everywhere.
  double from;
  /// An exact argument's result keeps all bits but so many, in the sense of `Near`. One is the rounding of
  /// the midpoint, which a radius of half a unit in the last place covers, one the error of the evaluation;
  /// one more for each further rounding. The error functions lose up to five more where Arb goes from one
  /// series to another.
  int lost_bits;
  Near near;
  /// For radii up to 1/4, the result of a monotone function is at most widening + steep |x| r times as wide
  /// as its range; 0: not monotone. Steep are the functions that vary like e^(-x^2), e^(-2xr) over the ball,
  /// and are enclosed by the largest derivative.
  double widening, steep;
  /// Arguments are kept below it: beyond, the reference takes its time or leaves MPFR's range.
  double largest;
};

constexpr double everywhere = -HUGE_VAL, huge = 0x1p1023;

const Unary unary_functions[] = {
    // name, function, reference, domain, lost bits, poles, widening, steep, largest
    {"neg", negative, mpfr_minus, everywhere, 0, Near::relative, 1.001, 0, huge},
    {"abs", abs, mpfr_absolute, everywhere, 0, Near::relative, 0, 0, huge},
    {"scaled", eighth, mpfr_eighth, everywhere, 0, Near::relative, 1.001, 0, huge},
    {"cubed", cubed, mpfr_cubed, everywhere, 3, Near::relative, 2, 0, huge},
    {"sqrt", sqrt, mpfr_sqrt, 0, 2, Near::relative, 1.25, 0, huge},
    {"exp", exp, mpfr_exp, everywhere, 2, Near::relative, 1.25, 0, 1e6},
    {"expm1", expm1, mpfr_expm1, everywhere, 2, Near::relative, 1.25, 0, 1e6},
    {"log", log, mpfr_log, 0, 2, Near::relative, 1.25, 0, huge},
    {"log1p", log1p, mpfr_log1p, -1, 2, Near::relative, 1.25, 0, huge},
    {"sin", sin, mpfr_sin, everywhere, 2, Near::zeros, 0, 0, huge},
    {"cos", cos, mpfr_cos, everywhere, 2, Near::zeros, 0, 0, huge},
    {"tan", tan, mpfr_tan, everywhere, 3, Near::zeros_and_poles, 0, 0, huge},
    {"atan", atan, mpfr_atan, everywhere, 2, Near::relative, 1.25, 0, huge},
    {"sinh", sinh, mpfr_sinh, everywhere, 2, Near::relative, 1.5, 0, 1e6},
    {"asinh", asinh, mpfr_asinh, everywhere, 2, Near::relative, 1.5, 0, huge},
    {"cosh", cosh, mpfr_cosh, everywhere, 2, Near::relative, 0, 0, 1e6},
    {"tanh", tanh, mpfr_tanh, everywhere, 2, Near::relative, 1.5, 0, huge},
    {"erf", erf, mpfr_erf, everywhere, 7, Near::relative, 1.25, 4, 1e4},
    {"erfc", erfc, mpfr_erfc, everywhere, 6, Near::relative, 1.25, 4, 1e4},
};

class Functions : public ::testing::TestWithParam<Unary> {
 protected:
  /// An argument the reference can do; by its size, and at most points by its sign, in the domain.
  static Ball argument(Random& random) {
    const Unary& f = GetParam();
    for (;;) {
      Ball x = structured(random);
      if (f.from == 0 && random.below(8) != 0) x = abs(x);
      if (leq(x.largest_modulus(), Ball(f.largest)) == Truth::yes) return x;
    }
  }
  static bool in_domain(const Ball& x) {
    return GetParam().from == everywhere || compare(x, Ball(GetParam().from)) > 0;
  }
  static Number reference(const Ball& point) {
    Number y(2 * working_bits() + 64);
    GetParam().reference(y.raw(), exactly(point).raw(), MPFR_RNDN);
    return y;
  }
};

/// Whether the radius of y lets it keep all bits but `lost`.
bool keeps(const Ball& y, int lost, Near near = Near::relative) {
  if (y.exact()) return true;
  Ball size = y.largest_modulus();
  if (near == Near::zeros_and_poles) size = size * size;
  if (near != Near::relative) size = max(size, Ball(1));
  return leq(y.radius(), scaled(size, lost - working_bits()).upper()) == Truth::yes;
}

TEST_P(Functions, EncloseTheReference) {
  const Unary& f = GetParam();
  Tally check(8000);
  Random random(301);
  for (int run = test::repetitions(1000); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball x = argument(random);
    const Ball y = f.ball(x);
    for (int k = 0; k < (x.exact() ? 1 : 4); ++k) {
      const Ball point = k == 0   ? x.midpoint()
                         : k == 1 ? low(x)
                         : k == 2 ? high(x)
                                  : inner(x, Ball(random.symmetric()));
      if (!in_domain(point)) continue;
      const Number exact = reference(point);
      if (mpfr_number_p(exact.raw()) == 0) continue;  // beyond MPFR's range
      check(!y.known() || y.overlaps(around(exact)), [&] {
        return std::string(f.name) + " of " + text(x) + " gives " + text(y) + ", which misses its value at " +
               text(point);
      });
      const Ball sharp = f.ball(point);
      check(sharp.known() && sharp.overlaps(around(exact)),
            [&] { return std::string(f.name) + " misses its value at " + text(point) + ": " + text(sharp); });
      check(keeps(sharp, f.lost_bits, f.near), [&] {
        return std::string(f.name) + " of " + text(point) + " keeps only " +
               std::to_string(sharp.relative_bits()) + " bits";
      });
    }
  }
}

/// The range of a monotone function is what lies between its values at the ends.
TEST_P(Functions, AreNotMuchWiderThanTheirRange) {
  const Unary& f = GetParam();
  if (f.widening == 0) return;
  Tally check(1000);
  Random random(302);
  for (int run = test::repetitions(1500); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball middle = argument(random).midpoint();
    const int narrow = 2 + random.below(static_cast<int>(working_bits()));
    const Ball x(middle, scaled(Ball(random.symmetric()), -narrow));
    if (!in_domain(low(x)) || leq(x.largest_modulus(), Ball(f.largest)) != Truth::yes) continue;
    const Ball y = f.ball(x);
    const Number a = reference(low(x)), b = reference(high(x));
    if (mpfr_number_p(a.raw()) == 0 || mpfr_number_p(b.raw()) == 0) continue;
    const Ball range = abs(around(a) - around(b));
    const Ball factor = Ball(f.widening) + Ball(f.steep) * x.largest_modulus() * x.radius();
    const Ball rounding = scaled(y.largest_modulus(), f.lost_bits + 2 - working_bits());
    check(y.known() && leq(scaled(y.radius(), 1), factor * range + rounding) != Truth::no,
          [&] { return std::string(f.name) + " of " + text(x) + " is too wide: " + text(y); });
  }
}

INSTANTIATE_TEST_SUITE_P(Balls, Functions, ::testing::ValuesIn(unary_functions),
                         [](const auto& info) { return std::string(info.param.name); });

using BallOperation = Ball (*)(const Ball&, const Ball&);
using MpfrOperation = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

struct Binary {
  const char* name;
  BallOperation ball;
  MpfrOperation reference;
};

const Binary operations[] = {
    {"add", [](const Ball& x, const Ball& y) { return x + y; }, mpfr_add},
    {"subtract", [](const Ball& x, const Ball& y) { return x - y; }, mpfr_sub},
    {"multiply", [](const Ball& x, const Ball& y) { return x * y; }, mpfr_mul},
    {"divide", [](const Ball& x, const Ball& y) { return x / y; }, mpfr_div},
    {"add_to",
     [](const Ball& x, const Ball& y) {
       Ball z = x;
       return z += y;
     },
     mpfr_add},
    {"subtract_from",
     [](const Ball& x, const Ball& y) {
       Ball z = x;
       return z -= y;
     },
     mpfr_sub},
    {"multiply_by",
     [](const Ball& x, const Ball& y) {
       Ball z = x;
       return z *= y;
     },
     mpfr_mul},
    {"divide_by",
     [](const Ball& x, const Ball& y) {
       Ball z = x;
       return z /= y;
     },
     mpfr_div},
    {"max", [](const Ball& x, const Ball& y) { return max(x, y); }, mpfr_max},
    {"min", [](const Ball& x, const Ball& y) { return min(x, y); }, mpfr_min},
    // Constructors and hulls have other points than results of x and y, but these too.
    {"within", [](const Ball& x, const Ball& y) { return Ball(x, y); }, mpfr_add},
    {"within_below", [](const Ball& x, const Ball& y) { return Ball(x, y); }, mpfr_sub},
    {"hull", [](const Ball& x, const Ball& y) { return x.hull(y); }, mpfr_max},
    {"hull_below", [](const Ball& x, const Ball& y) { return x.hull(y); }, mpfr_min},
    {"multiply_subtract",
     [](const Ball& x, const Ball& y) { return Backend<Ball>::multiply_subtract(x, y, x); },
     [](mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr y, mpfr_rnd_t rounding) {
       return mpfr_fms(z, x, y, x, rounding);
     }},
};

/// x and something close to it, or far from it, or equal.
Ball partner(Random& random, const Ball& x) {
  switch (random.below(5)) {
    case 0:
      return x;
    case 1:
      return x * (Ball(1) +
                  scaled(Ball(random.symmetric()), -random.below(static_cast<int>(2 * working_bits()))));
    default:
      return structured(random);
  }
}

class Operations : public ::testing::TestWithParam<Binary> {};

TEST_P(Operations, EncloseTheReference) {
  const Binary& f = GetParam();
  Tally check(5500);
  Random random(303);
  const std::string name = f.name;
  const bool result = name.find("within") == std::string::npos && name.find("hull") == std::string::npos;
  for (int run = test::repetitions(1000); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball x = structured(random), y = partner(random, x);
    const Ball z = f.ball(x, y);
    for (int k = 0; k < 3; ++k) {
      const Ball a = some_point(random, x), b = some_point(random, y);
      Number exact(2 * working_bits() + 64);
      f.reference(exact.raw(), exactly(a).raw(), exactly(b).raw(), MPFR_RNDN);
      if (mpfr_number_p(exact.raw()) == 0) continue;  // a division by 0
      const auto what = [&](const char* wrong, const Ball& got) {
        return name + wrong + text(x) + " and " + text(y) + " at " + text(a) + ", " + text(b) + ": " +
               text(got);
      };
      check(!z.known() || z.overlaps(around(exact)), [&] { return what(" misses a value for ", z); });
      const Ball sharp = f.ball(a, b);
      check(sharp.known() && sharp.overlaps(around(exact)),
            [&] { return what(" misses its value within ", sharp); });
      // One rounding is half a unit in the last place; the ends that max and min round are a unit and a half
      // apart. The product in x y - z is rounded before digits cancel.
      const int lost = name == "max" || name == "min" ? 2 : 1;
      if (result && name != "multiply_subtract")
        check(keeps(sharp, lost), [&] { return what(" keeps too few bits within ", sharp); });
    }
  }
}

/// The result of wide operands has the width that its operands' derivatives ask for.
TEST_P(Operations, AreNotMuchWiderThanTheyMust) {
  const Binary& f = GetParam();
  Tally check(450);
  Random random(304);
  for (int run = test::repetitions(600); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball x = structured(random), y = partner(random, x);
    const Ball z = f.ball(x, y);
    if (!z.known()) {
      check(std::string(f.name).find("divide") == 0 && y.contains_zero(),
            [&] { return std::string(f.name) + " of " + text(x) + ", " + text(y) + " is not known"; });
      continue;
    }
    const std::string name = f.name;
    const Ball all = x.largest_modulus() + y.largest_modulus(), radii = x.radius() + y.radius();
    Ball width = radii;
    if (name.find("multiply") == 0)
      width = x.largest_modulus() * y.radius() + y.largest_modulus() * x.radius() + x.radius();
    else if (name.find("divide") == 0)
      width = (x.radius() + x.largest_modulus() * y.radius() / y.least_modulus()) / y.least_modulus();
    else if (name.find("within") == 0)
      width = x.radius() + y.largest_modulus();
    else if (name.find("hull") == 0)
      width = scaled(abs(x.midpoint() - y.midpoint()) + radii, -1) + scaled(abs(x.radius() - y.radius()), -1);
    const Ball rounding = scaled(
        max(z.largest_modulus(), max(all, x.largest_modulus() * y.largest_modulus())), 2 - working_bits());
    check(leq(z.radius(), Ball(1.01) * width + rounding) != Truth::no,
          [&] { return name + " of " + text(x) + " and " + text(y) + " is too wide: " + text(z); });
  }
}

INSTANTIATE_TEST_SUITE_P(Balls, Operations, ::testing::ValuesIn(operations),
                         [](const auto& info) { return std::string(info.param.name); });

/// Two enclosures of one number have it in common.
TEST(BallLaws, TwoOrdersOfEvaluationOverlap) {
  Tally check(29000);
  Random random(305);
  for (int run = test::repetitions(2500); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball x = structured(random), y = partner(random, x), z = partner(random, y);
    const auto same = [&](const char* law, const Ball& a, const Ball& b) {
      check(!a.known() || !b.known() || a.overlaps(b), [&] {
        return std::string(law) + " fails for " + text(x) + ", " + text(y) + ", " + text(z) + ": " + text(a) +
               " and " + text(b);
      });
    };
    same("(x + y) + z = x + (y + z)", (x + y) + z, x + (y + z));
    same("(x y) z = x (y z)", (x * y) * z, x * (y * z));
    same("x (y + z) = x y + x z", x * (y + z), x * y + x * z);
    same("x - y = -(y - x)", x - y, -(y - x));
    same("x y = y x", x * y, y * x);
    same("(x / y) y = x", x / y * y, x);
    same("(x + y) / z = x / z + y / z", (x + y) / z, x / z + y / z);
    same("(x + y)^2 = x^2 + 2 x y + y^2", power<Ball>(x + y, 2), x * x + scaled(x * y, 1) + y * y);
    same("max + min = x + y", max(x, y) + min(x, y), x + y);
    same("|x| |y| = |x y|", abs(x) * abs(y), abs(x * y));
    same("x^5 = x^2 x^3", power<Ball>(x, 5), power<Ball>(x, 2) * power<Ball>(x, 3));
    same("x 2^7 = 128 x", scaled(x, 7), Ball(128) * x);
  }
}

/// Arguments of a size at which no function leaves the range.
Ball moderate(Random& random) {
  for (;;) {
    const Ball x = structured(random);
    if (leq(abs(x), Ball(40)) == Truth::yes) return x;
  }
}

TEST(BallLaws, FunctionalEquationsOverlap) {
  Tally check(33000);
  Random random(306);
  for (int run = test::repetitions(1500); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball x = moderate(random), y = moderate(random), one(1);
    const auto same = [&](const char* law, const Ball& a, const Ball& b) {
      check(!a.known() || !b.known() || a.overlaps(b), [&] {
        return std::string(law) + " fails for " + text(x) + ", " + text(y) + ": " + text(a) + " and " +
               text(b);
      });
    };
    same("exp(x + y) = exp x exp y", exp(x + y), exp(x) * exp(y));
    same("log exp x = x", log(exp(x)), x);
    if (leq(Ball(0), x) == Truth::yes) same("exp log x = x", exp(log(x)), x);
    same("expm1 x = exp x - 1", expm1(x), exp(x) - one);
    same("log1p expm1 x = x", log1p(expm1(x)), x);
    same("sin^2 + cos^2 = 1", sin(x) * sin(x) + cos(x) * cos(x), one);
    same("sin(x + y)", sin(x + y), sin(x) * cos(y) + cos(x) * sin(y));
    same("tan = sin / cos", tan(x), sin(x) / cos(x));
    same("tan atan x = x", tan(atan(x)), x);
    same("atan x + atan y", tan(atan(x) + atan(y)), (x + y) / (one - x * y));
    same("cosh^2 - sinh^2 = 1", cosh(x) * cosh(x) - sinh(x) * sinh(x), one);
    same("cosh + sinh = exp", cosh(x) + sinh(x), exp(x));
    same("tanh = sinh / cosh", tanh(x), sinh(x) / cosh(x));
    same("tanh(x + y)", tanh(x + y), (tanh(x) + tanh(y)) / (one + tanh(x) * tanh(y)));
    same("asinh sinh x = x", asinh(sinh(x)), x);
    same("erf + erfc = 1", erf(x) + erfc(x), one);
    same("erfc(-x) = 2 - erfc x", erfc(-x), Ball(2) - erfc(x));
    same("sqrt(x^2) = |x|", sqrt(x * x), abs(x));
    same("sin is odd", sin(-x), -sin(x));
    same("tanh is odd", tanh(-x), -tanh(x));
    same("atan is odd", atan(-x), -atan(x));
    same("asinh is odd", asinh(-x), -asinh(x));
    same("erf is odd", erf(-x), -erf(x));
    same("cos is even", cos(-x), cos(x));
    same("cos(x + pi) = -cos x", cos(x + ball_pi()), -cos(x));
  }
}

/// Whoever asks at two precisions gets enclosures of one number.
TEST(BallLaws, PrecisionsAgree) {
  Tally check(6000);
  Random random(307);
  for (int run = test::repetitions(400); run > 0; --run)
    for (const Unary& f : unary_functions) {
      const Ball x = moderate(random);
      const long bits = random_bits(random);
      Ball coarse, fine;
      {
        const Precision guard(bits);
        coarse = f.ball(x);
      }
      {
        const Precision guard(2 * bits);
        fine = f.ball(x);
      }
      check(!coarse.known() || !fine.known() || coarse.overlaps(fine), [&] {
        return std::string(f.name) + " of " + text(x) + ": " + text(coarse) + " and " + text(fine);
      });
    }
}

/// Bounds that are exact, on the right side, and close.
TEST(BallLaws, EndsAndModuli) {
  Tally check(18000);
  Random random(308);
  for (int run = test::repetitions(2000); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball x = structured(random);
    const Ball a = low(x), b = high(x);
    const auto say = [&](const char* what) {
      return [what, &x] { return std::string(what) + " of " + text(x); };
    };
    check(x.lower().exact() && compare(x.lower(), a) <= 0, say("lower end"));
    check(x.upper().exact() && compare(x.upper(), b) >= 0, say("upper end"));
    const Ball unit = scaled(max(abs(a), abs(b)).upper(), 1 - working_bits());
    check(compare(x.lower() + unit, a) >= 0 && compare(b + unit, x.upper()) >= 0,
          say("tightness of the ends"));
    check(compare(x.largest_modulus(), a) >= 0 && compare(x.largest_modulus(), -a) >= 0 &&
              compare(x.largest_modulus(), b) >= 0 && compare(x.largest_modulus(), -b) >= 0,
          say("largest modulus"));
    const Ball point = some_point(random, x);
    check(compare(x.least_modulus(), abs(point)) <= 0 && compare(x.least_modulus(), Ball(0)) >= 0,
          say("least modulus"));
    check(x.contains(point) && x.overlaps(point) && x.contains(x.midpoint()) && x.contains(x),
          say("containment"));
    check(!x.contains(x.upper() + unit + Ball(0x1p-1074)), say("what is outside"));
    check(x.contains_zero() == (compare(a, Ball(0)) <= 0 && compare(b, Ball(0)) >= 0), say("zero"));
    check(compare(inner(x.midpoint(), Ball(0)) + Ball(0), x.midpoint() + Ball(0)) == 0 && x.radius().exact(),
          say("midpoint"));
    check(x.is_zero() == (x.exact() && compare(x.midpoint(), Ball(0)) == 0), say("being zero"));
  }
}

TEST(BallLaws, ComparisonsHaveThreeAnswers) {
  Tally check(12000);
  Random random(309);
  int answers[3] = {0, 0, 0};
  for (int run = test::repetitions(3000); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball x = structured(random);
    // Sometimes the two just touch.
    const Ball y = random.below(4) == 0 ? Ball(high(x), scaled(Ball(random.symmetric()), -random.below(60)))
                                        : partner(random, x);
    const auto say = [&](const char* what) {
      return [what, &x, &y] { return std::string(what) + " of " + text(x) + " and " + text(y); };
    };
    const Ball xl = low(x), xh = high(x), yl = low(y), yh = high(y);
    const Truth below = compare(xh, yl) <= 0 ? Truth::yes : compare(xl, yh) > 0 ? Truth::no : Truth::unknown;
    const Truth strictly = compare(xh, yl) < 0    ? Truth::yes
                           : compare(xl, yh) >= 0 ? Truth::no
                                                  : Truth::unknown;
    ++answers[static_cast<int>(below)];
    check(leq(x, y) == below, say("leq"));
    check(less(x, y) == strictly, say("less"));
    const bool apart = compare(xh, yl) < 0 || compare(yh, xl) < 0;
    check(x.overlaps(y) == !apart, say("overlap"));
    const bool one_number = x.exact() && y.exact() && compare(x, y) == 0;
    check(equal(x, y, Ball(0)) == (apart        ? Truth::no
                                   : one_number ? Truth::yes
                                                : Truth::unknown),
          say("equality"));
    // Within a tolerance: the largest and the smallest distance of two points decide, but for rounding.
    const Ball tolerance = abs(structured_point(random));
    Ball widest, least;
    {
      const Precision exact(6000);
      widest = max(xh - yl, yh - xl);
      least = apart ? max(yl - xh, xl - yh) : Ball(0);
    }
    const Truth within = equal(x, y, tolerance);
    check(within != Truth::yes || compare(widest, tolerance) <= 0, say("equality within a tolerance"));
    check(within != Truth::no || compare(least, tolerance) > 0, say("difference beyond a tolerance"));
    if (!tolerance.is_zero() && x.exact() && y.exact()) {
      const Ball margin = scaled(widest + tolerance, 2 - working_bits());
      if (leq(widest + margin, tolerance) == Truth::yes)
        check(within == Truth::yes, say("equality to be seen"));
      if (less(tolerance + margin, least) == Truth::yes)
        check(within == Truth::no, say("difference to be seen"));
    }
  }
  for (const int count : answers) EXPECT_GT(count, 0);
}

/// What is not a number is contained in nothing, contains everything and decides nothing.
TEST(BallLaws, TheUnknownDecidesNothing) {
  const double nan = std::nan("");
  const Ball unknown[] = {Ball(nan),
                          Ball(HUGE_VAL),
                          Ball(-HUGE_VAL),
                          Ball(1) / Ball(0),
                          Ball(0) / Ball(0),
                          log(Ball(0)),
                          log(Ball(-1)),
                          log1p(Ball(-2)),
                          sqrt(Ball(-1)),
                          Ball(0, Ball(HUGE_VAL)),
                          Ball(1) / Ball(0, 1),
                          exp(Ball(nan)),
                          max(Ball(nan), 1),
                          min(1, Ball(nan)),
                          Ball(nan).hull(1),
                          abs(Ball(nan)),
                          erf(Ball(nan)),
                          tanh(Ball(nan)),
                          Ball(nan) - Ball(nan),
                          Ball(0) * Ball(HUGE_VAL)};
  int k = 0;
  for (const Ball& x : unknown) {
    SCOPED_TRACE(k++);
    EXPECT_FALSE(x.known());
    EXPECT_FALSE(Backend<Ball>::finite(x));
    EXPECT_EQ(Backend<Ball>::to_hex(x), "nan");
    for (const Ball& y : {Ball(0), Ball(1, 1), Ball(nan), Ball(HUGE_VAL), Ball(1) / Ball(0)}) {
      EXPECT_EQ(leq(x, y), Truth::unknown);
      EXPECT_EQ(leq(y, x), Truth::unknown);
      EXPECT_EQ(less(x, y), Truth::unknown);
      EXPECT_EQ(less(y, x), Truth::unknown);
      EXPECT_EQ(equal(x, y, Ball(0)), Truth::unknown);
      EXPECT_EQ(equal(y, x, Ball(1)), Truth::unknown);
    }
    EXPECT_EQ(leq(x, x), Truth::unknown);
    EXPECT_EQ(equal(Ball(1), Ball(1), x), Truth::unknown);
  }
  EXPECT_EQ(leq(Ball(1), Ball(1)), Truth::yes);
  EXPECT_EQ(less(Ball(1), Ball(1)), Truth::no);
  const Ball touching = Backend<Ball>::from_hex("0x1p+0 +/- 0x1p+0");
  EXPECT_EQ(leq(touching, Ball(2)), Truth::yes) << "they touch";
  EXPECT_EQ(less(touching, Ball(2)), Truth::unknown);
  EXPECT_EQ(leq(Ball(2), touching), Truth::unknown);
  EXPECT_EQ(less(Ball(2), touching), Truth::no);
  EXPECT_EQ(equal(Ball(1, 1), Ball(1, 1), Ball(0)), Truth::unknown) << "one ball, two numbers";
}

TEST(BallLaws, SquareRootsLeaveOutWhatIsBelowZero) {
  Tally check(900);
  Random random(310);
  for (int run = test::repetitions(500); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball top = abs(structured_point(random));
    if (top.is_zero()) continue;
    const Ball y = sqrt(Ball(scaled(top, -1), top));  // [-top/2, 3 top/2]
    const Ball most = sqrt(scaled(Ball(3) * top, -1));
    check(y.known() && y.contains_zero() && compare(y.upper(), most.lower()) >= 0,
          [&] { return "root up to " + text(top); });
    check(leq(y.upper(), Ball(1.01) * most) == Truth::yes,
          [&] { return "width of the root up to " + text(top); });
  }
}

TEST(BallLaws, HexadecimalTextIsExact) {
  Tally check(3500);
  Random random(311);
  for (int run = test::repetitions(2000); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball x = random.below(3) == 0 ? exp(moderate(random)) : structured(random);
    const Ball back = Backend<Ball>::from_hex(text(x));
    check(arb_equal(back.raw(), x.raw()) != 0, [&] { return text(x) + " comes back as " + text(back); });
    // Read by another reader.
    Number middle(static_cast<long>(arf_bits(arb_midref(x.raw()))) + 64);
    mpfr_strtofr(middle.raw(), text(x).c_str(), nullptr, 0, MPFR_RNDN);
    check(mpfr_equal_p(middle.raw(), exactly(x.midpoint()).raw()) != 0,
          [&] { return "midpoint of " + text(x); });
  }
  EXPECT_EQ(text(Ball(3)), "0x3p+0");
  EXPECT_TRUE(Backend<Ball>::from_hex("0x1.8p+1 +/- 0x1p-60").contains(Ball(3)));
  EXPECT_FALSE(Backend<Ball>::from_hex("0x1.8p+1 +/- 0x1p-60").exact());
  EXPECT_TRUE(Backend<Ball>::from_hex("-0x.8").contains(Ball(-0.5)));
  for (const char* bad : {"", "x", "nan", "inf", "0x", "1 +/- ", "1 +/- -1", "1 +/- inf", " +/- 1",
                          "1 +/- 0x1.00000001p+0", "1 +/- 1 +/- 1", "1 2", "0x1p", "--1", "1+/-1"})
    EXPECT_THROW(Backend<Ball>::from_hex(bad), DomainError) << bad;
}

TEST(BallLaws, RationalsAreEnclosed) {
  Tally check(6000);
  Random random(312);
  for (int run = test::repetitions(2500); run > 0; --run) {
    const Precision guard(random_bits(random));
    const int p = random.below(2000001) - 1000000, q = 1 + random.below(random.below(2) == 0 ? 20 : 1000000);
    Rational r = Rational(p) / Rational(q);
    if (random.below(3) == 0)
      r = r * r * r * Rational(Integer(1) << static_cast<unsigned>(random.below(300)));
    Number exact(2 * working_bits() + 64);
    mpfr_set_q(exact.raw(), r.backend().data(), MPFR_RNDN);
    const Ball x = from_rational<Ball>(r);
    check(x.overlaps(around(exact)), [&] { return r.str() + " is not in " + text(x); });
    check(keeps(x, 3), [&] { return r.str() + " keeps too few bits in " + text(x); });
    const Ball quotient = ratio<Ball>(p, q);
    Number plain(2 * working_bits() + 64);
    mpfr_set_si(plain.raw(), p, MPFR_RNDN);
    mpfr_div_si(plain.raw(), plain.raw(), q, MPFR_RNDN);
    check(quotient.overlaps(around(plain)) && keeps(quotient, 1), [&] { return text(quotient); });
  }
}

TEST(BallLaws, PiAndPowers) {
  Tally check(1000);
  for (long bits = 53; bits <= 1024; bits += 7) {
    const Precision guard(bits);
    Number exact(2 * bits + 64);
    mpfr_const_pi(exact.raw(), MPFR_RNDN);
    check(ball_pi().overlaps(around(exact)) && keeps(ball_pi(), 1), [&] { return text(ball_pi()); });
    check(pi<Ball>().overlaps(ball_pi()), [&] { return text(pi<Ball>()); });
  }
  Random random(313);
  for (int run = test::repetitions(500); run > 0; --run) {
    const Precision guard(random_bits(random));
    const Ball x = structured(random);
    const unsigned k = static_cast<unsigned>(random.below(33));
    const Ball y = power<Ball>(x, k);
    const Ball point = some_point(random, x);
    Number exact(2 * working_bits() + 64);
    mpfr_pow_ui(exact.raw(), exactly(point).raw(), k, MPFR_RNDN);
    check(y.overlaps(around(exact)),
          [&] { return text(x) + " to the power " + std::to_string(k) + ": " + text(y); });
    // At most k roundings and their repetition: 2 k half units.
    const Ball sharp = power<Ball>(point, k);
    check(sharp.overlaps(around(exact)) && keeps(sharp, 7),
          [&] { return text(point) + " to the power " + std::to_string(k); });
    if (k == 0) check(compare(y, Ball(1)) == 0 && y.exact(), [&] { return text(y); });
  }
}

/// Nothing rounds where nothing has to.
TEST(BallLaws, WhatFitsIsExact) {
  Tally check(5000);
  Random random(314);
  for (int run = test::repetitions(700); run > 0; --run) {
    const Precision guard(random_bits(random));
    const int a = random.below(2000001) - 1000000, b = random.below(2000001) - 1000000;
    const Ball x(a), y(b);
    const long sum = static_cast<long>(a) + b, product = static_cast<long>(a) * b;
    const auto is = [&](const Ball& z, long value) {
      check(z.exact() && mpfr_cmp_si(exactly(z).raw(), value) == 0,
            [&] { return text(z) + " should be " + std::to_string(value); });
    };
    is(x + y, sum);
    is(x - y, static_cast<long>(a) - b);
    is(x * y, product);
    is(-x, -a);
    is(abs(x), std::abs(a));
    is(sqrt(x * x), std::abs(a));
    is(max(x, y), std::max(a, b));
    is(min(x, y), std::min(a, b));
    if (a != 0) is(x * y / x, b);
  }
  for (const Ball& zero :
       {sin(Ball(0)), tan(Ball(0)), atan(Ball(0)), sinh(Ball(0)), asinh(Ball(0)), tanh(Ball(0)), erf(Ball(0)),
        expm1(Ball(0)), log1p(Ball(0)), log(Ball(1)), sqrt(Ball(0))})
    EXPECT_TRUE(zero.is_zero());
  for (const Ball& one : {exp(Ball(0)), cos(Ball(0)), cosh(Ball(0)), erfc(Ball(0))})
    EXPECT_TRUE(one.exact() && (one - Ball(1)).is_zero());
}

TEST(BallPrecision, NestsAndIsRestored) {
  const long before = working_bits();
  EXPECT_EQ(before, 128);
  {
    const Precision outer(300);
    EXPECT_EQ(working_bits(), 300);
    const Ball third = Ball(1) / Ball(3);
    EXPECT_GE(third.relative_bits(), 298);
    {
      const Precision inner(53);
      EXPECT_EQ(working_bits(), 53);
      EXPECT_LE((Ball(1) / Ball(3)).relative_bits(), 56);
      EXPECT_TRUE((third + Ball(0)).contains(third)) << "a longer number is rounded, not forgotten";
      EXPECT_THROW(Precision(1), PrecisionError);
      EXPECT_THROW(Precision(100001), PrecisionError);
      EXPECT_EQ(working_bits(), 53) << "a precision that was refused changes nothing";
    }
    EXPECT_EQ(working_bits(), 300);
    try {
      const Precision inner(64);
      throw Error("");
    } catch (const Error&) {
    }
    EXPECT_EQ(working_bits(), 300);
    long elsewhere = 0;
    std::thread([&elsewhere] { elsewhere = working_bits(); }).join();
    EXPECT_EQ(elsewhere, 128) << "a thread of its own has a precision of its own";
  }
  EXPECT_EQ(working_bits(), before);
}

TEST(BallPrecision, MoreBitsGiveNarrowerBalls) {
  for (const Unary& f : unary_functions) {
    Ball wider;
    bool first = true;
    for (const long bits : {53, 64, 128, 256, 512, 1024}) {
      const Precision guard(bits);
      const Ball now = f.ball(from_rational<Ball>(Rational(1) / 3));
      if (!first) {
        EXPECT_TRUE(wider.overlaps(now)) << f.name;
        EXPECT_EQ(less(now.radius(), wider.radius()), Truth::yes) << f.name;
      }
      wider = now, first = false;
    }
  }
}

TEST(BallLaws, AQuantityIsTheBallItself) {
  const Ball x(1, Ball(0x1p-10));
  EXPECT_TRUE(arb_equal(x.value().raw(), x.raw()));
  EXPECT_TRUE(x.error().is_zero());
  EXPECT_TRUE(Backend<Ball>::encloses);
  EXPECT_EQ(to_double<Ball>(x), 1);
  EXPECT_TRUE(std::isnan(to_double<Ball>(Ball(std::nan("")))));
  const Precision guard(200);
  EXPECT_TRUE((Backend<Ball>::unit_roundoff() - scaled(Ball(1), -200)).is_zero());
}

}  // namespace
