#pragma once

#include <cmath>

#include "disc.hpp"
#include "vector.hpp"

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

/// e^{-|x|}, s and s' of rows of doubles.
inline void exponentials(const double* x, double* out, vector::Index size) {
  for (vector::Index k = 0; k < size; ++k) out[k] = -std::abs(x[k]);
  vector::exp(out, out, size);
}
inline void values(const double* x, double* out, vector::Index size) {
  vector::in_pieces(size, [&](vector::Index first, vector::Index length) {
    vector::Row e;
    exponentials(x + first, e.data(), length);
    for (vector::Index k = 0; k < length; ++k) {
      const double small = e[static_cast<std::size_t>(k)];
      const double sum = 1 + small, lost = small - (sum - 1);
      const double rounded = (x[first + k] < 0 ? small : 1) / sum;
      out[first + k] = rounded - rounded * (lost / sum);  // 1/(sum + lost), up to lost^2
    }
  });
}
inline void derivatives(const double* x, double* out, vector::Index size) {
  exponentials(x, out, size);
  for (vector::Index k = 0; k < size; ++k) out[k] = out[k] / ((1 + out[k]) * (1 + out[k]));
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
template <class B>
disc::BoundsIn<B> bounds(const disc::Rectangle<B>& q) {
  const disc::Hyperbolic<B> h =
      disc::hyperbolic<B>({scaled(q.left, -1), scaled(q.right, -1), scaled(q.height, -1)});
  if (!h.bounded) return std::nullopt;
  const bool left = disc::negative(q.right);
  // |w| from low to high, at most 1 on the left.
  const B low = exp(left ? q.left : B(-q.right)), high = exp(left ? q.right : B(-q.left));
  const B distance =
      disc::least_distance_squared<B>(low.lower(), high.upper(), disc::least_cosine(q.height).lower());
  const B root = sqrt(distance);
  const B s = left ? B(high / root) : B(1 / root);
  const B slope = scaled(h.sech_squared, -2);
  return disc::bounds<B>(s, slope, slope * h.tanh);
}

/// Where one rectangle around the disc is good enough.
template <class B>
bool coarse(const disc::Rectangle<B>& q) {
  return disc::is_within<B>(q, scaled(B(3), -1), B(2));
}

/// On the disc of an activation that is made of s: `of_rectangle` has the bounds on a rectangle.
template <class F>
disc::Bounds on_disc(const Ball& c, const Ball& rho, const F& of_rectangle) {
  return disc::in_doubles_or_balls(c, rho, [&of_rectangle]<class B>(const disc::Disc<B>& d) {
    return disc::in_strips(d, coarse<B>, of_rectangle);
  });
}

}  // namespace gronwall::activation::logistic
