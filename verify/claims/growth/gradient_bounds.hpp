#pragma once

#include <gronwall/model/neural_ode.hpp>

#include "verify/claims/growth/bounds.hpp"
#include "verify/generators/network.hpp"

/// Sizes of the gradients of f at one input x. Notation of bounds.hpp: a = sigma_w ||W||/sqrt n, l = a L1.
///
/// Both factors of df/dW = (sigma_w/sqrt n) int lambda_t phi(h_t)^T dt are bounded by exponentials, one in
/// the time that has passed and one in the time that is left (Lemma 17, repaired),
///   ||phi(h_t)|| <= e^{l t} A,  A = L1 ||h_0|| + |phi(0)| sqrt n,   ||lambda_t|| <= e^{l (T - t)} B,  B =
///   (sigma_v/sqrt n) L1 ||v||,
/// so their product is at most e^{l T} A B at all times: one exponential, not its square.
namespace gronwall::verify {

/// Networks for gradients, which cost more than states.
inline constexpr NetworkSize gradient_size{
    .width = 5, .inputs = 3, .sigma = 2, .horizon = 1, .weight = 4, .outer = 64};
/// Those whose tanh is not saturated.
inline constexpr NetworkSize tame{.width = 2, .inputs = 2, .sigma = 1, .horizon = 1, .weight = 2, .outer = 4};

/// For pairs of networks.
inline constexpr NetworkSize pair_size{
    .width = 4, .inputs = 2, .sigma = 2, .horizon = 1, .weight = 4, .outer = 16};

/// Those along which little grows, so that curvature shows; inputs of at most 4.
inline constexpr NetworkSize curved{
    .width = 6, .inputs = 2, .sigma = 1, .horizon = 1, .weight = 1, .outer = 4};

/// A normalised network with that activation; or one of width 1 with v = W = U, by which bounds in one
/// constant C for all three are attained.
template <Real R>
Network<R> any_or_balanced_network(Any<R>& any, const activation::Activation& phi, const NetworkSize& size) {
  if (any.one_of("network", {"any", "v = W = U"}) == "any") return any_normalised_network<R>(any, phi, size);
  const Matrix<R> C = Matrix<R>::Constant(1, 1, any.number("C", 1.0 / 64, 2));
  Network<R> f{phi, {C, C, C}};
  f.sigma_w = any.number("sigma", size.least, 2);
  f.horizon = any.number("T", size.least, size.horizon);
  return f;
}

/// df(x)/dtheta.
template <Real R>
model::Gradient<R> gradient_of(const Network<R>& f, const Matrix<R>& x) {
  return model::NeuralOde<R>(f).gradient(x, Matrix<R>::Constant(1, 1, R(1)));
}

/// The norm of all three parts together.
template <Real R>
Quantity<R> whole_norm(const model::Gradient<R>& g) {
  const Quantity<R> v = linalg::norm<R>(g.v), W = linalg::norm<R>(g.W), U = linalg::norm<R>(g.U);
  return sqrt(v * v + W * W + U * U);
}

/// l T = a L1 T.
template <Real R>
Quantity<R> growth_time(const Network<R>& f) {
  return f.growth() * lipschitz<R>(f) * Quantity<R>(f.horizon);
}

/// The least C for which ||v||, ||W||, ||U|| <= C sqrt n: what the induction hypothesis asks for.
template <Real R>
Quantity<R> least_constant(const Network<R>& f) {
  const Quantity<R> v = linalg::frobenius_norm<R>(f.theta.v), W = linalg::spectral_norm<R>(f.theta.W),
                    U = linalg::spectral_norm<R>(f.theta.U);
  return max(max(v, W), U) / root<R>(f.width());
}

/// sigma T.
template <Real R>
Quantity<R> scaled_time(const Network<R>& f) {
  return Quantity<R>(f.sigma_w) * Quantity<R>(f.horizon);
}

/// ||v||/sqrt n.
template <Real R>
Quantity<R> output_size(const Network<R>& f) {
  return linalg::frobenius_norm<R>(f.theta.v) / root<R>(f.width());
}
/// ||U||/sqrt n.
template <Real R>
Quantity<R> input_size(const Network<R>& f) {
  return linalg::spectral_norm<R>(f.theta.U) / root<R>(f.width());
}

/// |phi(0)|.
template <Real R>
Quantity<R> at_zero(const Network<R>& f) {
  return abs(few_ulp<R>(f.phi.template in<R>().value(R(0))));
}

}  // namespace gronwall::verify
