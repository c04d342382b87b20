#pragma once

#include "disc.hpp"

/// The logistic function and its derivatives, shared by softplus, sigmoid and silu. Each has a relative error
/// of a few units in the last place everywhere: with e = e^{-|x|} no formula subtracts.
namespace gronwall::activation::logistic {

/// s(x) = 1/(1 + e^{-x}).
template <class R>
R value(const R& x) {
  return monotone(x, [](const R& y) {
    const bool left = leans_left(y);
    const R e = exp(R(left ? y : R(-y)));
    return left ? R(e / (1 + e)) : R(1 / (1 + e));
  });
}

/// s' = s(1 - s) = e/(1 + e)^2.
template <class R>
R derivative(const R& x) {
  return monotone_in_modulus(x, [](const R& size) {
    const R e = exp(R(-size));
    const R sum = 1 + e;
    return R(e / (sum * sum));
  });
}

/// s'' = s'(1 - 2s) = -s' tanh(x/2).
template <class R>
R second_derivative(const R& x) {
  return -derivative<R>(x) * monotone(x, [](const R& y) { return R(tanh(R(y / 2))); });
}

/// u(x) = s - 1/2 = tanh(x/2)/2, the function of the differential systems.
template <class R>
R centred(const R& x) {
  return monotone(x, [](const R& y) { return R(tanh(R(y / 2)) / 2); });
}

/// u' = 1/4 - u^2, for u the last of `variables`. Not s' = s - s^2: where s is near 1, s_k - 2 s_k + ...
/// cancels in each order of a Taylor series, while -2 u u_k - ... does not. (Nor does 1/4 - u^2 itself where
/// it is phi' or phi'': see `series::Composition`.)
inline SystemPolynomial equation(std::size_t variables) {
  std::vector<int> none(variables, 0), twice(variables, 0);
  twice.back() = 2;
  return {{Rational(1, 4), none}, {-1, twice}};
}

/// Bounds of |s|, |s'| and |s''| on a rectangle. s' = sech^2(z/2)/4 and s'' = -s' tanh(z/2), and
/// |s|^2 = 1/|1 + e^{-z}|^2, with e^{-z} = w as in `least_distance_squared`; on the left |s|^2 = |w|^2/|1 +
/// w|^2 with w = e^z keeps the factor e^x.
inline disc::Bounds bounds(const disc::Rectangle& q) {
  const disc::Hyperbolic h =
      disc::hyperbolic({scaled(q.left, -1), scaled(q.right, -1), scaled(q.height, -1)});
  if (!h.bounded) return std::nullopt;
  const bool left = arb_is_negative(q.right.raw()) != 0;
  // |w| from low to high, at most 1 on the left.
  const Ball low = exp(left ? q.left : Ball(-q.right)), high = exp(left ? q.right : Ball(-q.left));
  const Ball distance =
      disc::least_distance_squared(low.lower(), high.upper(), disc::least_cosine(q.height).lower());
  const Ball root = sqrt(distance);
  const Ball s = left ? high / root : 1 / root;
  const Ball slope = scaled(h.sech_squared, -2);
  return disc::bounds(s, slope, slope * h.tanh);
}

/// Where one rectangle around the disc is good enough.
inline bool coarse(const disc::Rectangle& q) { return disc::is_within(q, scaled(Ball(3), -1), Ball(2)); }

}  // namespace gronwall::activation::logistic
