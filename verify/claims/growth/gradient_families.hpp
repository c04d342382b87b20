#pragma once

#include "verify/claims/growth/gradient_difference_bounds.hpp"
#include "verify/engine/studies.hpp"

/// Pairs of networks of width n = r^2 along which the gradients are apart by more than a constant times
/// ||theta - thetabar||/sqrt n, though ||v||, ||W||, ||U|| <= (3/2) sqrt n. d = x = T = 1 and all scales are
/// 1, U_i = 1 for i > 1, and only U_1 differs: tau and tau + delta, where phi' is steep.
///
/// Spiky v: v = sqrt n e_1, W = 0. Nothing moves, lambda = phi'(U_1) e_1, so
///   ||lambda_0 - lambdabar_0|| = |phi'(tau) - phi'(tau + delta)| =: c, whatever n;
///   df/dW = e_1 phi'(U_1) phi(U)^T/sqrt n, and the difference of two is at least c |phi(1)| sqrt((n - 1)/n)
///   long.
///
/// Spiky W: v_i = 1, and W_{j1} = 1 for j > 1: one column of norm sqrt(n - 1), through which neuron 1 feeds
/// all others. h_1 = U_1 stays, h_j = 1 + t phi(U_1)/sqrt n, and lambda_j = phi'(h_j(1))/sqrt n, for j > 1,
/// stays; so
///   lambda_1(0) = phi'(U_1) [1/sqrt n + ((n - 1)/n) phi'(1 + phi(U_1)/sqrt n)] -> phi'(U_1) phi'(1),
/// and the difference of two tends to c phi'(1) > 0; that of df/dW has the row ((1/sqrt n) int (lambda_1 -
/// lambdabar_1) phi(h_j) dt)_j, which tends to a norm of c phi'(1) |phi(1)| int_0^1 (1 - t) dt.
namespace gronwall::verify {

enum class Spike { of_v, of_W };

template <Real R>
Pair<R> spiky_pair(Spike spike, const activation::Activation& phi, int root, const R& tau, const R& delta) {
  const int n = root * root;
  Network<R> f{
      phi,
      {Matrix<R>::Constant(n, 1, R(0)), Matrix<R>::Constant(n, n, R(0)), Matrix<R>::Constant(n, 1, R(1))}};
  f.theta.U(0, 0) = tau;
  if (spike == Spike::of_v) {
    f.theta.v(0, 0) = R(root);
  } else {
    f.theta.v.setConstant(R(1));
    f.theta.W.col(0).bottomRows(n - 1).setConstant(R(1));
  }
  Pair<R> pair{f, f};
  pair.bar.theta.U(0, 0) = R(tau + delta);
  return pair;
}

/// Of a member the number that C e^{C sigma T} has to reach: sqrt n times the size of the difference over
/// ||theta - thetabar|| ||x||, with ||x|| = 1.
template <Real R>
using Needed = Quantity<R> (*)(const model::Gradient<R>& difference);

template <Real R>
Judgement judge_spikes(Any<R>& any, const std::string& what, Needed<R> size) {
  const std::string phi = any.one_of("phi", {"tanh", "softplus", "gelu"});
  const Spike spike = any.one_of("spike", {"v", "W"}) == "v" ? Spike::of_v : Spike::of_W;
  const R tau = any.number("tau", 0.5, 1), delta = any.number("delta", 0.25, 0.5);
  if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
    throw Abstention{"wide networks take minutes at this precision, and balls prove what is needed"};
  const Matrix<R> x = Matrix<R>::Constant(1, 1, R(1));
  FamilyStudy<R> study;
  for (const int root : {3, 5, 7, 9}) {
    const Pair<R> pair = spiky_pair<R>(spike, activation::find(phi), root, tau, delta);
    study.add(root * root, Quantity<R>(root) * size(gradient_difference<R>(pair, x)) / Quantity<R>(delta));
  }
  return study.judge(what);
}

}  // namespace gronwall::verify
