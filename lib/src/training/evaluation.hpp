#pragma once

#include <optional>
#include <variant>

#include <gronwall/linalg/product.hpp>
#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>

/// What gradient descent in floating point needs of a network: f, and what its gradients are made of, of one
/// pass forwards and one backwards.
namespace gronwall::training {

using linalg::Approximation;
using linalg::Matrix;
using model::Network;
using real::Real;

/// f at theta, and the gradients of the samples in factors (weights 1).
template <real::Floating R>
struct Evaluation {
  model::FactoredGradients<R> factors;
  Approximation<R> output;  ///< N x 1
  R share;                  ///< error relative to the size of a part, beyond what `factors` says
};

template <real::Floating R>
R size_of(const Matrix<R>& a) {
  return linalg::frobenius_norm<R>(a).value();
}

/// f = (sigma_v/sqrt n) phi(h_T)^T v from the factors, which hold phi(h_T).
template <real::Floating R>
Evaluation<R> evaluated(model::FactoredGradients<R> factors, const Network<R>& network, const R& share) {
  using std::abs;
  Evaluation<R> out{std::move(factors), {}, share};
  const Approximation<R>& active = out.factors.active;
  out.output.value = linalg::transpose_multiply<R>(active.value, network.theta.v);
  out.output.value *= out.factors.scale_v;
  out.output.error = abs(out.factors.scale_v) * size_of<R>(network.theta.v) *
                     (active.error + share * size_of<R>(active.value));
  return out;
}

template <real::Floating R>
Matrix<R> ones(Eigen::Index samples) {
  return Matrix<R>::Constant(samples, 1, R(1));
}

/// Of a Neural ODE: ten times the tolerance and a hundred roundings, as model::NeuralOde has it.
template <real::Floating R>
Evaluation<R> evaluate(const model::NeuralOde<R>& model, const Matrix<R>& X, model::Tightness tightness) {
  const model::Accuracy<R>& accuracy = model.accuracy();
  const R stepped = accuracy.steps || accuracy.substeps ? R(0) : R(R(10) * accuracy.tolerance);
  return evaluated<R>(model.factored_gradients(X, ones<R>(X.cols()), tightness), model.network(),
                      R(stepped + R(100) * real::Backend<R>::unit_roundoff()));
}

/// Of a ResNet: the factors know their errors, the sums over neurons, layers and samples round.
template <real::Floating R>
Evaluation<R> evaluate(const model::ResNet<R>& model, const Matrix<R>& X) {
  const long summands = model.network().width() + model.depth() * static_cast<long>(X.cols()) + 8;
  return evaluated<R>(model.factored_gradients(X, ones<R>(X.cols())), model.network(),
                      R(real::Backend<R>::unit_roundoff() * R(static_cast<int>(summands))));
}

/// The gradient of the loss, sum_j r_j grad f(x_j).
template <real::Floating R>
model::Gradient<R> loss_gradient(const Evaluation<R>& at, const Matrix<R>& X, const Matrix<R>& residual) {
  using std::abs;
  const model::FactoredGradients<R>& g = at.factors;
  const Eigen::Index N = X.cols();
  R largest(0);
  for (Eigen::Index j = 0; j < N; ++j) largest = real::maximum<R>(largest, R(abs(residual(j, 0))));
  model::Gradient<R> out;
  out.v.value = linalg::multiply<R>(g.active.value, residual);
  out.v.value *= g.scale_v;
  out.v.error =
      abs(g.scale_v) * size_of<R>(residual) * (g.active.error + at.share * size_of<R>(g.active.value));

  Matrix<R> weighted = g.adjoint.value;
  for (Eigen::Index j = 0; j < N; ++j) weighted.col(j) *= residual(j, 0);
  out.U.value = linalg::multiply_transpose<R>(weighted, X);
  out.U.value *= g.scale_U;
  out.U.error =
      abs(g.scale_U) * size_of<R>(X) * (largest * g.adjoint.error + at.share * size_of<R>(weighted));

  weighted = g.left;  // N columns a term
  for (Eigen::Index k = 0; k < weighted.cols(); ++k) weighted.col(k) *= residual(k % N, 0);
  out.W.value = linalg::multiply_transpose<R>(weighted, g.right);
  out.W.value *= g.scale_W;
  out.W.error =
      abs(g.scale_W) * (largest * g.factor_error + at.share * size_of<R>(weighted) * size_of<R>(g.right));
  return out;
}

}  // namespace gronwall::training
