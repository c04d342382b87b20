#pragma once

#include <gronwall/activation/activation.hpp>

/// What the errors of activations are measured by.
namespace gronwall::test {

/// phi, phi' or phi''.
template <class R>
R evaluate(const activation::Functions<R>& f, int order, const R& x) {
  return order == 0 ? f.value(x) : order == 1 ? f.derivative(x) : f.second_derivative(x);
}

/// sum_k |c_k x^k|, after `order` differentiations: what the error of a polynomial is measured by.
template <class F>
F size_of_terms(const std::vector<real::Rational>& c, int order, const F& x) {
  using std::abs;
  F sum(0);
  for (int k = static_cast<int>(c.size()) - 1; k >= order; --k) {
    real::Rational top = abs(c[static_cast<std::size_t>(k)]);
    for (int j = 0; j < order; ++j) top *= k - j;
    sum = sum * F(abs(x)) + real::from_rational<F>(top);
  }
  return sum;
}

/// What |error| / u is measured by: the value, or, since no formula can be relatively accurate at its zeros,
/// the largest value within half of min(1, |x|, 1/|x|); within that distance a tail changes by a factor
/// below 2 only.
template <class F>
F scale(const activation::Activation& phi, int order, const F& x) {
  using std::abs;
  if (phi.traits().polynomial)
    return (1 + F(*phi.degree())) * size_of_terms<F>(*phi.traits().polynomial, order, x);
  const activation::Functions<F>& f = phi.in<F>();
  F top = abs(evaluate<F>(f, order, x));
  if (x == 0) return top;
  F distance = abs(x);
  if (distance > 1) distance = 1 / distance;
  distance = distance / 2;
  for (const F& y : {F(x - distance), F(x + distance)}) {
    const F near = abs(evaluate<F>(f, order, y));
    if (near > top) top = near;
  }
  return top;
}

}  // namespace gronwall::test
