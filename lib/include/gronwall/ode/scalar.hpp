#pragma once

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
  friend Scalar operator*(Scalar x, const Scalar& y) { return x *= y; }
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

  bool equals(const Scalar& x) const;
  bool below(const Scalar& x) const;
  Scalar modulus() const;
  Scalar to_the(const Scalar& x) const;

  R value_;
};

}  // namespace gronwall::ode
