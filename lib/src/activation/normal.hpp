#pragma once

#include <gronwall/activation/registration.hpp>

/// Exponentials of squares and the normal distribution, to a few units in the last place of the result.
/// Rounding x^2 alone would cost x^2 units: the remainder of each square is carried along.
namespace gronwall::activation::normal {

/// e^{-x^2/c} for c = 1 or 2. With q = fl(x^2) and the exact remainder r = x^2 - q,
/// e^{-(q + r)/c} = e^{-q/c} (1 - r/c) up to (r/c)^2, and |r/c| <= u q/c is tiny wherever e^{-q/c} is not 0.
template <class R>
R exp_minus_square(const R& x, int c) {
  const R q = x * x;
  const R y = exp(R(-q / c));
  if (y == 0) return y;
  const R r = real::Backend<R>::multiply_subtract(x, x, q);
  return y - y * (r / c);
}

/// The standard normal density e^{-x^2/2}/sqrt(2 pi).
template <class R>
R density(const R& x) {
  return exp_minus_square<R>(x, 2) / sqrt(R(2 * pi<R>()));
}

/// Phi(x) = erfc(-x/sqrt 2)/2. erfc multiplies a relative error of its argument y by about 2y^2 in the left
/// tail, so the rounding d = -x/sqrt 2 - y is computed (from the remainder of the product, and that of 1/sqrt
/// 2) and taken into account by erfc(y + d) = erfc(y) - (2/sqrt pi) e^{-y^2} d, up to (yd)^2 relative.
template <class R>
R distribution(const R& x) {
  using Backend = real::Backend<R>;
  const R c = sqrt(ratio<R>(1, 2));
  const R c_rest = -Backend::multiply_subtract(c, c, ratio<R>(1, 2)) / (2 * c);  // 1/sqrt 2 - c
  const R y = -(x * c);
  const R tail = erfc(y);
  const R bell = exp(R(-(y * y)));
  if (bell == 0) return tail / 2;
  const R d = Backend::multiply_subtract(R(-x), c, y) - x * c_rest;
  return (tail - 2 * bell * d / sqrt(pi<R>())) / 2;
}

}  // namespace gronwall::activation::normal
