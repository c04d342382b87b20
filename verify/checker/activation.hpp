#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verify/checker/interval.hpp"

namespace gronwall::checker {

/// The activations that the claims name.
///
/// identity x; tanh; sin; cos; arctan; erf; gaussian e^{-x^2/2}; sigmoid s(x) = 1/(1 + e^{-x});
/// softplus log(1 + e^x); silu x s(x); gelu x Phi(x) with Phi the distribution function of N(0, 1).
enum class Activation { identity, tanh, sin, cos, arctan, erf, gaussian, sigmoid, softplus, silu, gelu };

/// Nothing for a name that is none of these.
std::optional<Activation> activation(const std::string& name);

Interval value(Activation phi, const Interval& x);
Interval derivative(Activation phi, const Interval& x);
/// L1 = sup |phi'| and L2 = sup |phi''|.
Interval lipschitz(Activation phi);
Interval derivative_lipschitz(Activation phi);

/// Taylor coefficients of phi(x(t)) and phi'(x(t)) from those of x(t), order by order. Each activation
/// satisfies a differential equation with polynomial right-hand side, which turns into a recurrence. If all
/// coefficients of x are intervals around those of one function x, or of all functions of a set, so are the
/// results.
class Lift {
 public:
  explicit Lift(Activation phi) : phi_(phi) {}
  /// The next coefficient of x; the coefficients of the same order of both results are then known.
  void push(const Interval& x);
  const std::vector<Interval>& value() const { return value_; }
  const std::vector<Interval>& slope() const { return slope_; }

 private:
  void start();
  void next();

  Activation phi_;
  std::vector<Interval> x_, value_, slope_;
  std::vector<Interval> a_, b_, c_;  // what the recurrence of phi needs besides; see activation.cpp
};

/// Coefficient i of the product of two series.
Interval product_at(const std::vector<Interval>& a, const std::vector<Interval>& b, std::size_t i);

}  // namespace gronwall::checker
