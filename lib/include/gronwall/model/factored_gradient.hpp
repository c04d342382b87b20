#pragma once

#include <gronwall/model/network.hpp>

namespace gronwall::model {

/// c_j grad f(x_j) for each of N samples apart, in factors: no n x n matrix a sample. With l_m, r_m, m =
/// 1..M, the n x N blocks of `left` and `right` (terms side by side, samples in each),
///   grad_v f(x_j) = scale_v a_j,   grad_W f(x_j) = scale_W sum_m l_{m,j} r_{m,j}^T,
///   grad_U f(x_j) = scale_U lambda_{0,j} x_j^T;
/// the weight c_j is in l and in lambda, not in a.
/// ResNet: M = L, l_m = lambda^m, r_m = phi(h^{m-1}). Neural ODE by an integrator: l and r are lambda and
/// phi(h) at the nodes of the stored solution, with the weights of the quadrature in r; by Taylor series: the
/// coefficients of lambda, and those of phi(h) with the moments (ode::factors_of_integral).
template <Real R>
struct FactoredGradients {
  Approximation<R> active;   ///< a = phi(h_T): n x N
  Approximation<R> adjoint;  ///< lambda_0: n x N
  Matrix<R> left, right;     ///< n x (N M)
  R scale_v, scale_W, scale_U;
  /// Of the errors of l and r: a bound of sum_m (||dl_m|| ||r_m|| + ||l_m|| ||dr_m||) in Frobenius norms, and
  /// so of the error of sum_{m,j} l_{m,j} r_{m,j}^T, and of the root of the sum over j of the squared errors
  /// of sum_m l_{m,j} r_{m,j}^T. Here as in `active` and `adjoint` 0 for a Neural ODE, whose errors two runs
  /// tell.
  R factor_error = R(0);

  Eigen::Index samples() const { return active.cols(); }
  Eigen::Index terms() const { return left.cols() / samples(); }  ///< M
};

}  // namespace gronwall::model
