#pragma once

#include "disc.hpp"
#include "vector.hpp"

/// Exponentials of squares and the normal distribution, to a few units in the last place of the result.
/// Rounding x^2 alone would cost x^2 units: the remainder of each square is carried along.
namespace gronwall::activation::normal {

/// e^{-x^2/c} for c = 1 or 2. With q = fl(x^2) and the exact remainder r = x^2 - q,
/// e^{-(q + r)/c} = e^{-q/c} (1 - r/c) up to (r/c)^2, and |r/c| <= u q/c is tiny wherever e^{-q/c} is not 0.
template <class R>
R rounded_exp_minus_square(const R& x, int c) {
  const R q = x * x;
  const R y = exp(R(-q / c));
  if (y == 0) return y;
  const R r = real::Backend<R>::multiply_subtract(x, x, q);
  return y - y * (r / c);
}

/// The same on a ball, at its best for exact numbers: the square is not rounded at all.
inline Ball exp_minus_exact_square(const Ball& x, int c) {
  Ball q;
  arb_mul(q.raw(), x.raw(), x.raw(), ARF_PREC_EXACT);
  return exp(c == 2 ? scaled(-q, -1) : Ball(-q));
}

template <class R>
R exp_minus_square(const R& x, int c) {
  if constexpr (real::Enclosing<R>) {
    return monotone_in_modulus(x, [c](const R& size) { return exp_minus_exact_square(size, c); });
  } else {
    return rounded_exp_minus_square(x, c);
  }
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
R rounded_distribution(const R& x) {
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

/// In balls, 64 bits more do for as many lost to 2y^2.
template <class R>
R distribution(const R& x) {
  if constexpr (real::Enclosing<R>) {
    const real::Precision guard(std::min(real::working_bits() + 64, 100000L));
    return monotone(x, [](const R& y) { return R(scaled(erfc(-y * sqrt(ratio<R>(1, 2))), -1)); });
  } else {
    return rounded_distribution(x);
  }
}

/// x, or +-40 beyond: there e^{-x^2/2} is 0 in double, and so are Phi(-|x|) and 1 - Phi(|x|).
inline double moderate(double x) { return x > 40 ? 40 : x < -40 ? -40 : x; }

/// `exp_minus_square` of a row of doubles.
inline void exp_minus_squares(const double* x, int c, double* out, vector::Index size) {
  vector::in_pieces(size, [&](vector::Index first, vector::Index length) {
    vector::Row y, q, r;
    for (std::size_t k = 0; k < static_cast<std::size_t>(length); ++k) {
      y[k] = moderate(x[first + static_cast<vector::Index>(k)]);
      q[k] = y[k] * y[k];
    }
    vector::multiply_subtract(y.data(), y.data(), q.data(), r.data(), length);
    for (std::size_t k = 0; k < static_cast<std::size_t>(length); ++k) q[k] = -q[k] / c;
    vector::exp(q.data(), y.data(), length);
    for (std::size_t k = 0; k < static_cast<std::size_t>(length); ++k)
      out[first + static_cast<vector::Index>(k)] = y[k] - y[k] * (r[k] / c);
  });
}

/// A bound of |e^{-z^2/2}| on the disc: e to the largest value of (y^2 - x^2)/2.
inline Ball bell_bound(const disc::Disc<Ball>& d) { return exp(scaled(disc::largest_minus_square(d), -1)); }

}  // namespace gronwall::activation::normal
