#pragma once

#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>

#include "verify/claims/growth/bounds.hpp"

/// One entry of a tangent kernel from two gradients: what its definition says, and independent of
/// kernel/tangent.hpp.
namespace gronwall::verify {

/// <A, B>, entry by entry, with the errors of both in the Frobenius norm and its own rounding.
template <Real R>
Quantity<R> inner_product(const linalg::Approximation<R>& a, const linalg::Approximation<R>& b) {
  R sum(0);
  for (Eigen::Index k = 0; k < a.value.size(); ++k) sum += a.value.data()[k] * b.value.data()[k];
  const Quantity<R> of_a = linalg::frobenius_norm<R>(a.value), of_b = linalg::frobenius_norm<R>(b.value);
  const Quantity<R> off =
      Quantity<R>(a.error) * of_b + Quantity<R>(b.error) * of_a + Quantity<R>(a.error) * Quantity<R>(b.error);
  if constexpr (real::Enclosing<R>) {
    return Quantity<R>(sum, off.largest_modulus());
  } else {
    // n products and n sums: |error| <= (n + 1) u sum |a_k b_k| <= (n + 1) u |a| |b| (Cauchy and Schwarz).
    const R rounding = R(static_cast<int>(a.value.size()) + 2) * real::Backend<R>::unit_roundoff() *
                       of_a.value() * of_b.value();
    return Quantity<R>(sum, R(off.value() + off.error() + rounding));
  }
}

/// K(x, xbar).
template <Real R>
Quantity<R> kernel_entry(const model::Gradient<R>& at, const model::Gradient<R>& bar) {
  return inner_product<R>(at.v, bar.v) + inner_product<R>(at.W, bar.W) + inner_product<R>(at.U, bar.U);
}

/// The gradients of one input.
template <class Model, Real R>
model::Gradient<R> gradient_at(const Model& model, const Matrix<R>& x) {
  return model.gradient(x, Matrix<R>::Constant(1, 1, R(1)));
}

}  // namespace gronwall::verify
