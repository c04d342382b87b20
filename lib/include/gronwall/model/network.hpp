#pragma once

#include <gronwall/activation/activation.hpp>
#include <gronwall/linalg/approximation.hpp>
#include <gronwall/linalg/matrix.hpp>

/// The model of the paper, slides "Neural ODE Definition" and "This Paper's Strategy".
namespace gronwall::model {

using linalg::Approximation;
using linalg::Matrix;
using real::Quantity;
using real::Real;

/// theta = {v, W, U}.
template <Real R>
struct Parameters {
  Matrix<R> v;  ///< n x 1, output weights
  Matrix<R> W;  ///< n x n, hidden dynamics
  Matrix<R> U;  ///< n x d, input projection
};

/// What a Neural ODE and its ResNets share. Inputs are batches X: d x N, one sample a column.
template <Real R>
struct Network {
  activation::Activation phi;
  Parameters<R> theta;
  R sigma_v = R(1), sigma_w = R(1), sigma_u = R(1);
  R horizon = R(1);  ///< T >= 0; T = 0 is legal and has no dynamics

  long width() const { return static_cast<long>(theta.W.rows()); }   ///< n
  long inputs() const { return static_cast<long>(theta.U.cols()); }  ///< d

  /// sigma_v/sqrt(n), sigma_w/sqrt(n), sigma_u/sqrt(d), each within 3u.
  R output_scale() const;
  R hidden_scale() const;
  R input_scale() const;
  /// a = sigma_w ||W|| / sqrt(n): the growth rate of Lemmas 17 and 18 per unit of L1.
  Quantity<R> growth() const;

  /// Throws DomainError, naming the field, unless n, d >= 1, the shapes fit, T >= 0 and all is finite.
  void check() const;
  /// Throws DomainError unless X has d rows, at least one column and finite entries.
  void check_inputs(const Matrix<R>& X) const;
};

/// sum_j c_j grad f(x_j) for weights c: with c the residual it is the gradient of the loss, with a unit
/// vector that of one sample. The layout is that of the parameters: dW_ik = integral of (sigma_w/sqrt n)
/// lambda_i phi(h_k), so the slide's phi(h) (x) lambda is the matrix lambda phi(h)^T, and x (x) lambda(0) is
/// lambda(0) x^T.
template <Real R>
struct Gradient {
  Approximation<R> v;  ///< n x 1
  Approximation<R> W;  ///< n x n
  Approximation<R> U;  ///< n x d
};

/// h_0 = (sigma_u/sqrt d) U X: n x N.
template <Real R>
Matrix<R> initial_state(const Network<R>& network, const Matrix<R>& X);
/// The same with its rounding error, 0 where nothing is rounded.
template <Real R>
Approximation<R> initial_state_with_error(const Network<R>& network, const Matrix<R>& X);
/// (sigma_v/sqrt n) v^T phi(h), as a column N x 1.
template <Real R>
Matrix<R> read_out(const Network<R>& network, const Matrix<R>& h);
/// lambda_T = (sigma_v/sqrt n) phi'(h_T) * v, column j times c_j: n x N.
template <Real R>
Matrix<R> final_adjoint(const Network<R>& network, const Matrix<R>& h, const Matrix<R>& c);

}  // namespace gronwall::model
