#pragma once

#include <gronwall/real/backend.hpp>
#include <gronwall/real/truth.hpp>

namespace gronwall::real {

/// A floating-point number x with an estimate e >= 0 of |x - exact value|.
///
/// Arithmetic carries e and adds the rounding of each operation, nothing where the operation was
/// exact (so that equalities between simple numbers stay decidable): running error analysis (Higham, Accuracy
/// and Stability of Numerical Algorithms, 2nd ed., §3.3). It is an estimate, not an enclosure: what rests on
/// it is `observed` or `suspect`, never proved. A ball type has the same members and operators, and encloses.
///
/// NaN and infinity propagate, and every comparison with them is unknown.
template <class R>
class Estimated {
 public:
  Estimated() : value_(0), error_(0) {}
  /// An exact number.
  Estimated(const R& value) : value_(value), error_(0) {}  // NOLINT: numbers are quantities
  Estimated(int value) : value_(value), error_(0) {}       // NOLINT: integers are exact
  /// `error` is an absolute error; a negative or NaN one makes the quantity unknown.
  Estimated(const R& value, const R& error);

  const R& value() const { return value_; }
  const R& error() const { return error_; }
  /// Both the value and its error are finite numbers.
  bool known() const;

  Estimated operator-() const;
  Estimated& operator+=(const Estimated& y) { return *this = *this + y; }
  Estimated& operator-=(const Estimated& y) { return *this = *this - y; }
  Estimated& operator*=(const Estimated& y) { return *this = *this * y; }
  Estimated& operator/=(const Estimated& y) { return *this = *this / y; }

  friend Estimated operator+(const Estimated& x, const Estimated& y) { return add(x, y); }
  friend Estimated operator-(const Estimated& x, const Estimated& y) { return add(x, -y); }
  friend Estimated operator*(const Estimated& x, const Estimated& y) { return multiply(x, y); }
  /// Unknown (infinite error) when the error of y reaches 0.
  friend Estimated operator/(const Estimated& x, const Estimated& y) { return divide(x, y); }

 private:
  static Estimated add(const Estimated& x, const Estimated& y);
  static Estimated multiply(const Estimated& x, const Estimated& y);
  static Estimated divide(const Estimated& x, const Estimated& y);

  R value_;
  R error_;
};

/// e^x; the error grows by e^x times that of x (exactly expm1 of it).
template <class R>
Estimated<R> exp(const Estimated<R>& x);
/// Square root of a number known to be non-negative: a value below 0 counts as 0. Where value - error <= 0
/// the error is sqrt(value + error), which covers 0 as well; it is never NaN.
template <class R>
Estimated<R> sqrt(const Estimated<R>& x);
template <class R>
Estimated<R> abs(const Estimated<R>& x);
/// The larger of the two; its error is the larger of theirs where they overlap.
template <class R>
Estimated<R> max(const Estimated<R>& x, const Estimated<R>& y);

/// x <= y: yes if x + e_x + e_y <= y, no if x - e_x - e_y > y, else unknown; two *exact* equal
/// numbers compare yes. NaN and infinity are unknown.
template <class R>
Truth leq(const Estimated<R>& x, const Estimated<R>& y);
/// x < y: yes if x + e_x + e_y < y, no if x - e_x - e_y >= y, else unknown.
template <class R>
Truth less(const Estimated<R>& x, const Estimated<R>& y);
/// x = y up to `tolerance` >= 0 (absolute): no if |x - y| > e_x + e_y + tolerance; yes if
/// |x - y| + e_x + e_y <= tolerance; else unknown. With tolerance 0 it is yes only for exact numbers.
template <class R>
Truth equal(const Estimated<R>& x, const Estimated<R>& y, const R& tolerance);

}  // namespace gronwall::real
