#pragma once

#include <cmath>
#include <concepts>
#include <type_traits>

#include <gronwall/real/backend.hpp>

namespace gronwall::ode {

/// A real number whose operations are compiled once per backend and called, not inlined: what odeint's
/// steppers compute step sizes and coefficients in. (With MPFR numbers in their place each stepper took four
/// times as long to compile, for arithmetic that is no part of a step's cost.)
template <real::Real R>
class Scalar {
 public:
  Scalar();
  // Not explicit: a Scalar is that number, exactly, and odeint writes 1 and 0.5 for one.
  // NOLINTBEGIN(google-explicit-constructor)
  Scalar(const R& value);
  template <class A>
  requires(std::is_arithmetic_v<A> && !std::is_same_v<A, R>) Scalar(A value) : Scalar(exactly(value), 0) {}
  // NOLINTEND(google-explicit-constructor)
  Scalar(const Scalar& x);
  Scalar& operator=(const Scalar& x);
  ~Scalar();

  const R& value() const { return value_; }

  Scalar& operator+=(const Scalar& x);
  Scalar& operator-=(const Scalar& x);
  Scalar& operator*=(const Scalar& x);
  Scalar& operator/=(const Scalar& x);
  Scalar operator-() const;

  friend Scalar operator+(Scalar x, const Scalar& y) { return x += y; }
  friend Scalar operator-(Scalar x, const Scalar& y) { return x -= y; }
  friend Scalar operator*(const Scalar& x, const Scalar& y) { return x.times(y); }
  friend Scalar operator/(Scalar x, const Scalar& y) { return x /= y; }
  friend bool operator==(const Scalar& x, const Scalar& y) { return x.equals(y); }
  friend bool operator!=(const Scalar& x, const Scalar& y) { return !x.equals(y); }
  friend bool operator<(const Scalar& x, const Scalar& y) { return x.below(y); }
  friend bool operator>(const Scalar& x, const Scalar& y) { return y.below(x); }
  friend bool operator<=(const Scalar& x, const Scalar& y) { return x.below(y) || x.equals(y); }
  friend bool operator>=(const Scalar& x, const Scalar& y) { return y.below(x) || x.equals(y); }
  friend Scalar abs(const Scalar& x) { return x.modulus(); }
  friend Scalar pow(const Scalar& x, const Scalar& y) { return x.to_the(y); }

 private:
  template <class A>
  static auto exactly(A value) {
    if constexpr (std::is_floating_point_v<A>)
      return static_cast<double>(value);
    else
      return static_cast<long long>(value);
  }
  Scalar(double value, int);
  Scalar(long long value, int);

  /// All coefficients of a step times its size: without copies of either factor.
  Scalar times(const Scalar& x) const;
  bool equals(const Scalar& x) const;
  bool below(const Scalar& x) const;
  Scalar modulus() const;
  Scalar to_the(const Scalar& x) const;

  R value_;
};

/// In double a call costs more than the arithmetic (for states of a few entries as much as the rest of a
/// step), and compiles fast: everything is inline.
template <real::Real R>
requires std::floating_point<R>
class Scalar<R> {
 public:
  Scalar() = default;
  // NOLINTBEGIN(google-explicit-constructor): as above.
  template <class A>
  requires std::is_arithmetic_v<A> Scalar(A value) : value_(static_cast<R>(value)) {}
  // NOLINTEND(google-explicit-constructor)

  const R& value() const { return value_; }

  Scalar& operator+=(Scalar x) { return value_ += x.value_, *this; }
  Scalar& operator-=(Scalar x) { return value_ -= x.value_, *this; }
  Scalar& operator*=(Scalar x) { return value_ *= x.value_, *this; }
  Scalar& operator/=(Scalar x) { return value_ /= x.value_, *this; }
  Scalar operator-() const { return -value_; }

  friend Scalar operator+(Scalar x, Scalar y) { return x.value_ + y.value_; }
  friend Scalar operator-(Scalar x, Scalar y) { return x.value_ - y.value_; }
  friend Scalar operator*(Scalar x, Scalar y) { return x.value_ * y.value_; }
  friend Scalar operator/(Scalar x, Scalar y) { return x.value_ / y.value_; }
  friend bool operator==(Scalar x, Scalar y) { return x.value_ == y.value_; }
  friend bool operator!=(Scalar x, Scalar y) { return x.value_ != y.value_; }
  friend bool operator<(Scalar x, Scalar y) { return x.value_ < y.value_; }
  friend bool operator>(Scalar x, Scalar y) { return x.value_ > y.value_; }
  friend bool operator<=(Scalar x, Scalar y) { return x.value_ <= y.value_; }
  friend bool operator>=(Scalar x, Scalar y) { return x.value_ >= y.value_; }
  friend Scalar abs(Scalar x) { return std::abs(x.value_); }
  friend Scalar pow(Scalar x, Scalar y) { return std::pow(x.value_, y.value_); }

 private:
  R value_ = 0;
};

}  // namespace gronwall::ode
