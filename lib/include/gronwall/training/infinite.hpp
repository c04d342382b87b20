#pragma once

#include <vector>

#include <gronwall/linalg/approximation.hpp>

/// Gradient descent in the limit of infinite width.
namespace gronwall::training {

using linalg::Approximation;
using linalg::Matrix;
using real::Real;

/// As n -> infinity the kernel stays what it is at the start, K_infinity (kernel/infinite.hpp), and gradient
/// descent on the outputs is linear: r^{k+1} = (I - eta K_infinity) r^k.
template <Real R>
struct LinearDynamics {
  std::vector<Approximation<R>> residuals;  ///< r^0, ..., r^steps: N x 1
  /// ||I - eta K||, so that ||r^k|| <= rate^k ||r^0||: max(1 - eta lambda_min, eta lambda_max - 1) for a
  /// positive semidefinite K. Below 1 exactly where 0 < eta < 2/lambda_max and K is positive definite.
  real::Quantity<R> rate;
};

/// r^k = (I - eta K)^k r^0 for k = 0, ..., steps, one product a step. K: N x N and symmetric, r0: N x 1.
///
/// Errors: with A = I - eta K and e the error of eta K and of the rounding of A, r^{k+1} errs by (||A|| + e)
/// times the error of r^k, plus e ||r^k||, plus the rounding of the product. In balls the entries enclose,
/// K's error included, and the errors are 0.
///
/// Throws DomainError unless K is square, r0 fits it, and steps >= 0.
template <Real R>
LinearDynamics<R> linear_dynamics(const Approximation<R>& K, const Matrix<R>& r0, const R& eta, long steps);

}  // namespace gronwall::training
