#pragma once

#include <string>

#include <gmpxx.h>
#include <mpfi.h>
#include <mpfr.h>

/// Interval arithmetic by MPFI's C interface, and the binary numbers that bound an interval.
namespace gronwall::checker {

/// The precision, in bits, at which new intervals are made. 128 until a `Precision` sets another.
long working_bits();

/// Sets the working precision for the life of the object.
class Precision {
 public:
  explicit Precision(long bits);
  ~Precision();
  Precision(const Precision&) = delete;
  Precision& operator=(const Precision&) = delete;

 private:
  long before_;
};

/// A binary number of any precision, never rounded.
class Endpoint {
 public:
  Endpoint();
  explicit Endpoint(mpfr_srcptr x);
  Endpoint(const Endpoint& other);
  Endpoint& operator=(const Endpoint& other);
  ~Endpoint() { mpfr_clear(x_); }

  /// Reads a hexadecimal float such as "-0x1.8p-3". Throws NotConfirmed, naming `field`, for anything else,
  /// for NaN and for infinity.
  static Endpoint from_hex(const std::string& text, const std::string& field);

  bool operator<(const Endpoint& b) const { return mpfr_less_p(x_, b.x_) != 0; }
  bool operator<=(const Endpoint& b) const { return mpfr_lessequal_p(x_, b.x_) != 0; }
  bool operator==(const Endpoint& b) const { return mpfr_equal_p(x_, b.x_) != 0; }
  int sign() const { return mpfr_sgn(x_); }
  /// Significant bits: 1 for a power of two, 0 for zero.
  long bits() const { return mpfr_zero_p(x_) ? 0 : static_cast<long>(mpfr_min_prec(x_)); }
  /// The exact value. Throws NotConfirmed, naming `field`, beyond the exponents of a double.
  mpq_class rational(const std::string& field) const;
  mpfr_srcptr get() const { return x_; }

 private:
  mpfr_t x_;
};

/// A closed interval that contains the true value. Every operation encloses; what is not defined on all of an
/// argument gives an interval with NaN, which decides nothing: every comparison with it is false.
class Interval {
 public:
  Interval();                                                     ///< 0
  Interval(long k);                                               // NOLINT: integers are intervals
  Interval(int k) : Interval(static_cast<long>(k)) {}             // NOLINT
  explicit Interval(const mpq_class& q);                          ///< the narrowest around q
  static Interval between(const Endpoint& a, const Endpoint& b);  ///< [a, b], rounded outwards
  Interval(const Interval& other);
  Interval(Interval&& other) noexcept;
  Interval& operator=(Interval other) noexcept;
  ~Interval() { mpfi_clear(x_); }

  Interval& operator+=(const Interval& b);
  Interval& operator-=(const Interval& b);
  Interval& operator*=(const Interval& b);
  Interval& operator/=(const Interval& b);
  Interval operator-() const;

  Endpoint lower() const { return Endpoint(&x_->left); }
  Endpoint upper() const { return Endpoint(&x_->right); }
  /// Neither end is infinite or NaN.
  bool bounded() const { return mpfi_bounded_p(x_) != 0; }
  bool inside(const Interval& outer) const;
  bool contains_zero() const { return bounded() && mpfi_has_zero(x_) > 0; }
  /// Upper bounds, as powers of two, of |x| and of the width; for heuristics alone. Very negative for 0.
  long magnitude_exponent() const;
  long width_exponent() const;
  /// "[0.93355, 0.93356]", rounded outwards; one number where both ends print alike.
  std::string text() const;

  mpfi_srcptr get() const { return x_; }
  mpfi_ptr get() { return x_; }

 private:
  mpfi_t x_;
};

Interval operator+(Interval a, const Interval& b);
Interval operator-(Interval a, const Interval& b);
Interval operator*(Interval a, const Interval& b);
Interval operator/(Interval a, const Interval& b);

/// True only where it is so for all members of both: proof.
bool surely_less(const Interval& a, const Interval& b);
bool surely_at_most(const Interval& a, const Interval& b);
/// Do they have a point in common?
bool meet(const Interval& a, const Interval& b);

Interval sqr(const Interval& x);
/// Of the non-negative part of x, where the true value is known to be non-negative.
Interval sqrt(const Interval& x);
Interval exp(const Interval& x);
Interval log1p(const Interval& x);
Interval tanh(const Interval& x);
Interval cosh(const Interval& x);
Interval sin(const Interval& x);
Interval cos(const Interval& x);
Interval atan(const Interval& x);
Interval erf(const Interval& x);
Interval erfc(const Interval& x);
Interval abs(const Interval& x);
Interval max(const Interval& a, const Interval& b);
Interval hull(const Interval& a, const Interval& b);
Interval pi();
Interval power(const Interval& x, unsigned k);
/// [-2^e, 2^e].
Interval ball(long e);
/// x 2^e, exact.
Interval scaled(const Interval& x, long e);

}  // namespace gronwall::checker
