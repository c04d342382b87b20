#pragma once

#include <vector>

#include <gronwall/real/backends.hpp>

namespace gronwall::series {

using real::Real;

/// A truncated Taylor series x_0 + x_1 t + ... + x_{N-1} t^{N-1}: what is known of a function at t = 0. Sums,
/// products, quotients and functions of series are exact in every order that is kept (Griewank and Walther,
/// Evaluating Derivatives, 2nd ed., table 13.1 and 13.2), up to the rounding of R; in balls they enclose.
/// Operands have the same number of orders, else DomainError. For formulas written by a person; the inner
/// loops of integrators use `Composition`.
template <Real R>
class Series {
 public:
  /// By its coefficients, of which there must be one at least (DomainError).
  explicit Series(std::vector<R> coefficients);
  /// c + 0 t + ...
  static Series constant(const R& c, int orders);
  /// at + t.
  static Series variable(const R& at, int orders);

  int orders() const { return static_cast<int>(x_.size()); }
  const R& operator[](int k) const { return x_[static_cast<std::size_t>(k)]; }
  const std::vector<R>& coefficients() const { return x_; }
  /// The polynomial at t, by Horner's rule.
  R at(const R& t) const;

  /// d/dt; one order less is known of it (at least two are needed, else DomainError).
  Series derivative() const;
  /// The integral from 0 to t plus a constant; one order more is known of it.
  Series integral(const R& constant) const;

  Series operator-() const;
  Series& operator+=(const Series& y);
  Series& operator-=(const Series& y);
  friend Series operator+(Series x, const Series& y) { return x += y; }
  friend Series operator-(Series x, const Series& y) { return x -= y; }
  friend Series operator*(const Series& x, const Series& y) { return product(x, y); }
  /// Where y_0 = 0 the coefficients are infinite or NaN, in balls not known.
  friend Series operator/(const Series& x, const Series& y) { return quotient(x, y); }

  friend Series operator+(Series x, const R& c) { return x.x_[0] = x.x_[0] + c, x; }
  friend Series operator-(Series x, const R& c) { return x.x_[0] = x.x_[0] - c, x; }
  friend Series operator*(Series x, const R& c) { return x.scale(c), x; }

 private:
  static Series product(const Series& x, const Series& y);
  static Series quotient(const Series& x, const Series& y);
  void scale(const R& c);

  std::vector<R> x_;
};

/// Of x_0 > 0 where the function needs it; otherwise as R has it (NaN, or not known).
template <Real R>
Series<R> exp(const Series<R>& x);
template <Real R>
Series<R> log(const Series<R>& x);
template <Real R>
Series<R> sqrt(const Series<R>& x);
template <Real R>
Series<R> sin(const Series<R>& x);
template <Real R>
Series<R> cos(const Series<R>& x);
template <Real R>
Series<R> tanh(const Series<R>& x);
template <Real R>
Series<R> atan(const Series<R>& x);
template <Real R>
Series<R> erf(const Series<R>& x);
/// x^k by binary powering.
template <Real R>
Series<R> power(const Series<R>& x, unsigned k);

}  // namespace gronwall::series
