#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include <gronwall/real/ball.hpp>

namespace gronwall::real {

/// A real number that is known to lie in [low, high], both doubles: for bounds of which a few digits matter,
/// at a fiftieth of the cost of a ball. Every operation encloses, in spite of its roundings, and where
/// nothing is known the ends are infinite. The names are those of `Ball`, so that a formula for bounds is
/// written once.
///
/// Doubles have to be rounded to nearest. Of the library of C nothing is taken but `sqrt`, which IEEE 754
/// rounds correctly, and functions that only move bits.
class Interval {
 public:
  Interval() = default;
  /// Exact.
  template <std::same_as<int> Int>
  Interval(Int x) : low_(x), high_(x) {}  // NOLINT: integers are exact
  /// Exact; the whole line for NaN.
  explicit Interval(double x) : Interval(x, x) {}
  /// The whole line where an end is NaN.
  Interval(double low, double high) : low_(low), high_(high) {
    if (std::isnan(low) || std::isnan(high)) low_ = -infinity, high_ = infinity;
  }
  /// The smallest interval with ends in double around the ball.
  explicit Interval(const Ball& x);

  bool known() const { return std::isfinite(low_) && std::isfinite(high_); }
  double low() const { return low_; }
  double high() const { return high_; }
  Interval lower() const { return Interval(low_); }
  Interval upper() const { return Interval(high_); }
  Interval least_modulus() const { return Interval(std::max({low_, -high_, 0.0})); }
  Interval largest_modulus() const { return Interval(std::max(high_, -low_)); }
  /// Of all its points.
  bool positive() const { return low_ > 0; }
  bool negative() const { return high_ < 0; }

  Interval operator-() const { return {-high_, -low_}; }
  friend Interval operator+(const Interval& x, const Interval& y) {
    return {down(x.low_ + y.low_), up(x.high_ + y.high_)};
  }
  friend Interval operator-(const Interval& x, const Interval& y) {
    return {down(x.low_ - y.high_), up(x.high_ - y.low_)};
  }
  friend Interval operator*(const Interval& x, const Interval& y) {
    if (!x.known() || !y.known()) return whole();
    const double a = x.low_ * y.low_, b = x.low_ * y.high_, c = x.high_ * y.low_, d = x.high_ * y.high_;
    return {down(std::min(std::min(a, b), std::min(c, d))), up(std::max(std::max(a, b), std::max(c, d)))};
  }
  /// The whole line where y contains 0.
  friend Interval operator/(const Interval& x, const Interval& y) {
    if (!x.known() || !y.known() || !(y.positive() || y.negative())) return whole();
    const double a = x.low_ / y.low_, b = x.low_ / y.high_, c = x.high_ / y.low_, d = x.high_ / y.high_;
    return {down(std::min(std::min(a, b), std::min(c, d))), up(std::max(std::max(a, b), std::max(c, d)))};
  }

  static Interval whole() { return {-infinity, infinity}; }
  /// A double below, or above, every number that rounds to r. The neighbour of r is at most 2^-52 |r| +
  /// 2^-1074 away, and no such number lies beyond it.
  static double down(double r) { return r - (std::abs(r) * 0x1p-52 + 0x1p-1074); }
  static double up(double r) { return r + (std::abs(r) * 0x1p-52 + 0x1p-1074); }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  double low_ = 0, high_ = 0;
};

/// x 2^k, exact where nothing overflows or underflows.
Interval scaled(const Interval& x, int k);
inline Interval max(const Interval& x, const Interval& y) {
  return {std::max(x.low(), y.low()), std::max(x.high(), y.high())};
}
inline Interval min(const Interval& x, const Interval& y) {
  return {std::min(x.low(), y.low()), std::min(x.high(), y.high())};
}
/// As for balls: what is below 0 is left out; the whole line where all of it is.
Interval sqrt(const Interval& x);
/// Each end to 2^-44 of the result for |x| <= 700. Beyond, they enclose in terms of e^700 and e^-700: no more
/// than one end of the result is infinite, or 0 in its place.
Interval exp(const Interval& x);
Interval cosh(const Interval& x);
/// To 2^-44 of the result; the whole line unless x > 0.
Interval log(const Interval& x);
/// log(1 + x) to 2^-44 of the result; the whole line unless x > -1.
Interval log1p(const Interval& x);
/// Within 2^-39 for |x| <= pi; elsewhere [-1, 1].
Interval cos(const Interval& x);
/// To 2^-40 of the result for |x| <= 3/2; elsewhere the whole line.
Interval tan(const Interval& x);
/// Around pi.
Interval interval_pi();

/// As for balls.
Truth leq(const Interval& x, const Interval& y);
Truth less(const Interval& x, const Interval& y);

}  // namespace gronwall::real
