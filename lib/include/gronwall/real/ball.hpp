#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

// Arb is a library of its own up to 2.23 and a part of FLINT from 3.0 on.
#if __has_include(<flint/arb.h>)
#include <flint/acb.h>
#include <flint/arb.h>
#include <flint/arb_hypgeom.h>
#else
#include <acb.h>
#include <arb.h>
#include <arb_hypgeom.h>
#endif

#include <gronwall/real/backend.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/truth.hpp>

namespace gronwall::real {

/// Bits to which the midpoints of new balls are rounded in this thread; 128 unless a `Precision` says
/// otherwise.
long working_bits();

/// Sets the working precision of balls in this thread for as long as it lives. A computation chooses its
/// precision once, at its start; a question that stays open is asked again at a higher one.
class Precision {
 public:
  /// Throws PrecisionError unless 2 <= bits <= 100000.
  explicit Precision(long bits);
  Precision(const Precision&) = delete;
  Precision& operator=(const Precision&) = delete;
  ~Precision();

 private:
  long before_;
};

/// A real number that is known to lie in [m - r, m + r]: m a dyadic number of any length, r >= 0 (Johansson,
/// Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE Trans. Comput. 66 (2017)).
///
/// Every operation encloses: if the operands contain the true values, the result contains the true result.
/// Results are rounded to `working_bits()`, and the radius grows by what that loses. Where a result is not
/// defined on all of the operands (a division by a ball that contains 0) it is the whole line or NaN, and
/// never an exception.
///
/// There is no operator <, and no ==: an order of balls has three answers, which `leq`, `less` and `equal`
/// give. A template that branches on numbers does not compile for balls, instead of guessing.
///
/// The members of `Quantity` are there too, so that one claim is read in every precision: a ball is its own
/// value, and its error beyond that is 0.
class Ball {
 public:
  Ball() { arb_init(x_); }
  /// Exact. Of int and nothing that would convert to it: 0.5 would become 0 without a word.
  template <std::same_as<int> Int>
  Ball(Int x) {  // NOLINT: integers are exact
    arb_init(x_), arb_set_si(x_, x);
  }
  /// Exact. NaN and infinity give a ball that contains every number and is not `known`.
  explicit Ball(double x);
  /// value ± |error|: all points of the one, moved by at most any point of the other.
  Ball(const Ball& value, const Ball& error);
  Ball(const Ball& x) { arb_init(x_), arb_set(x_, x.x_); }
  Ball(Ball&& x) noexcept { arb_init(x_), arb_swap(x_, x.x_); }
  Ball& operator=(const Ball& x) { return arb_set(x_, x.x_), *this; }
  Ball& operator=(Ball&& x) noexcept { return arb_swap(x_, x.x_), *this; }
  ~Ball() { arb_clear(x_); }

  /// For Arb's own functions. An array of balls is an array of arb_struct.
  arb_ptr raw() { return x_; }
  arb_srcptr raw() const { return x_; }

  const Ball& value() const { return *this; }
  static Ball error() { return Ball(); }
  /// Neither NaN nor unbounded.
  bool known() const { return arb_is_finite(x_) != 0; }
  /// The radius is 0.
  bool exact() const { return arb_is_exact(x_) != 0; }
  /// Both the midpoint and the radius are 0.
  bool is_zero() const { return arb_is_zero(x_) != 0; }

  /// The midpoint as an exact ball.
  Ball midpoint() const;
  /// The radius as an exact ball; not `known` where the ball is not.
  Ball radius() const;
  /// Exact balls below and above every point, rounded outwards to `working_bits()`.
  Ball lower() const;
  Ball upper() const;
  /// The point of smallest modulus, rounded down, and the largest modulus, rounded up; exact balls.
  Ball least_modulus() const;
  Ball largest_modulus() const;
  /// The smallest ball around both (up to rounding).
  Ball hull(const Ball& y) const;
  /// Whether all points of y are points of this ball: a fact about the two sets.
  bool contains(const Ball& y) const { return arb_contains(x_, y.x_) != 0; }
  bool contains_zero() const { return arb_contains_zero(x_) != 0; }
  /// Whether the two have a point in common. Two enclosures of one number that do not are an internal error.
  bool overlaps(const Ball& y) const { return arb_overlaps(x_, y.x_) != 0; }
  /// Bits to which the ball is known, relative to its midpoint: about log2(|m|/r). Very large where it is
  /// exact, negative where it says nothing of the size.
  long relative_bits() const { return arb_rel_accuracy_bits(x_); }

  Ball operator-() const {
    Ball z;
    arb_neg(z.x_, x_);
    return z;
  }
  Ball& operator+=(const Ball& y) { return arb_add(x_, x_, y.x_, working_bits()), *this; }
  Ball& operator-=(const Ball& y) { return arb_sub(x_, x_, y.x_, working_bits()), *this; }
  Ball& operator*=(const Ball& y) { return arb_mul(x_, x_, y.x_, working_bits()), *this; }
  Ball& operator/=(const Ball& y) { return arb_div(x_, x_, y.x_, working_bits()), *this; }

  friend Ball operator+(const Ball& x, const Ball& y) {
    Ball z;
    arb_add(z.x_, x.x_, y.x_, working_bits());
    return z;
  }
  friend Ball operator-(const Ball& x, const Ball& y) {
    Ball z;
    arb_sub(z.x_, x.x_, y.x_, working_bits());
    return z;
  }
  friend Ball operator*(const Ball& x, const Ball& y) {
    Ball z;
    arb_mul(z.x_, x.x_, y.x_, working_bits());
    return z;
  }
  /// The whole line (not `known`) where y contains 0.
  friend Ball operator/(const Ball& x, const Ball& y) {
    Ball z;
    arb_div(z.x_, x.x_, y.x_, working_bits());
    return z;
  }

 private:
  arb_t x_;
};

/// x 2^k, exactly.
Ball scaled(const Ball& x, long k);
/// Square root of a number known to be non-negative: points below 0 are left out (a ball that touches 0 would
/// otherwise give NaN).
Ball sqrt(const Ball& x);
Ball abs(const Ball& x);
Ball exp(const Ball& x);
Ball expm1(const Ball& x);
Ball log(const Ball& x);
Ball log1p(const Ball& x);
Ball sin(const Ball& x);
Ball cos(const Ball& x);
Ball tan(const Ball& x);
Ball atan(const Ball& x);
Ball sinh(const Ball& x);
Ball asinh(const Ball& x);
Ball cosh(const Ball& x);
Ball tanh(const Ball& x);
/// Both keep their relative accuracy where the result is small, erfc in its right tail.
Ball erf(const Ball& x);
Ball erfc(const Ball& x);
/// The larger of the two numbers.
Ball max(const Ball& x, const Ball& y);
Ball min(const Ball& x, const Ball& y);

/// x <= y: yes if it holds for all points, no if it holds for none, else unknown. NaN is unknown.
Truth leq(const Ball& x, const Ball& y);
/// x < y, likewise.
Truth less(const Ball& x, const Ball& y);
/// |x - y| <= tolerance, likewise. With tolerance 0: yes only for exact numbers, no for disjoint balls.
Truth equal(const Ball& x, const Ball& y, const Ball& tolerance);

/// pi to `working_bits()`.
Ball ball_pi();

}  // namespace gronwall::real
