#pragma once

#include <gronwall/activation/registration.hpp>

/// The logistic function and its derivatives, shared by softplus, sigmoid and silu. Each has a relative error
/// of a few units in the last place everywhere: with e = e^{-|x|} no formula subtracts.
namespace gronwall::activation::logistic {

/// s(x) = 1/(1 + e^{-x}).
template <class R>
R value(const R& x) {
  const R e = exp(R(-abs(x)));
  return x < 0 ? R(e / (1 + e)) : R(1 / (1 + e));
}

/// s' = s(1 - s) = e/(1 + e)^2.
template <class R>
R derivative(const R& x) {
  const R e = exp(R(-abs(x)));
  const R sum = 1 + e;
  return e / (sum * sum);
}

/// s'' = s'(1 - 2s) = -s' tanh(x/2).
template <class R>
R second_derivative(const R& x) {
  return -derivative<R>(x) * tanh(R(x / 2));
}

}  // namespace gronwall::activation::logistic
