#pragma once

#include <algorithm>
#include <cmath>

#include <gronwall/kernel/tangent.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/training/descent.hpp>

#include "verify/claims/training/jacobian_bounds.hpp"
#include "verify/engine/any.hpp"
#include "verify/generators/network.hpp"

/// Runs of gradient descent: what the claims on trajectories share.
namespace gronwall::verify {

using training::Descent;
using training::Iterate;
using training::Problem;

/// theta^0, ..., theta^steps. Where the descent ends before (in balls: where the enclosures get lost) the
/// case is undecided.
template <Real R>
std::vector<Iterate<R>> iterates(const Problem<R>& problem, long steps) {
  Descent<R> d = training::descend<R>(problem, steps);
  if (d.ended) throw ode::BlowUp(*d.ended);
  return std::move(d.iterates);
}

/// ||u^k - y||.
template <Real R>
Quantity<R> residual(const Iterate<R>& at) {
  return linalg::norm<R>(at.residual);
}

/// ||v^k - v^0||, and of W and U in the Frobenius norm (`total`) or the spectral one.
template <Real R>
struct Moved {
  Quantity<R> v, W, U;

  Quantity<R> total() const { return sqrt(v * v + W * W + U * U); }
  Quantity<R> largest() const { return max(v, max(W, U)); }
  static Moved frobenius(const Iterate<R>& from, const Iterate<R>& to) {
    return {linalg::norm<R>(to.v - from.v), linalg::norm<R>(to.W - from.W), linalg::norm<R>(to.U - from.U)};
  }
  static Moved spectral(const Iterate<R>& from, const Iterate<R>& to) {
    return {linalg::norm<R>(to.v - from.v), linalg::spectral_norm<R>(to.W - from.W),
            linalg::spectral_norm<R>(to.U - from.U)};
  }
};

/// lambda_min(K_theta) and lambda_min(K^v_theta) = alpha^2 at theta^0.
template <Real R>
kernel::TangentKernel<R> kernel_at_start(const Problem<R>& problem) {
  return kernel::tangent_kernel<R>(model::NeuralOde<R>(problem.start), problem.X);
}
template <Real R>
Quantity<R> smallest(const linalg::Approximation<R>& K) {
  return linalg::smallest_eigenvalue<R>(K.value, K.error);
}

/// The same problem in double: for what has to be chosen, in the same way in every backend. Inputs are exact.
template <Real R>
Problem<double> in_double(const Problem<R>& p) {
  Problem<double> out{{p.start.phi,
                       {linalg::to_double<R>(p.start.theta.v), linalg::to_double<R>(p.start.theta.W),
                        linalg::to_double<R>(p.start.theta.U)}},
                      linalg::to_double<R>(p.X),
                      linalg::to_double<R>(p.labels),
                      p.labels_at_start,
                      real::to_double<R>(p.eta),
                      p.depth};
  out.start.sigma_v = real::to_double<R>(p.start.sigma_v);
  out.start.sigma_w = real::to_double<R>(p.start.sigma_w);
  out.start.sigma_u = real::to_double<R>(p.start.sigma_u);
  out.start.horizon = real::to_double<R>(p.start.horizon);
  return out;
}

/// n equal neurons, one input x = 1 (so that ||X|| = 1): U_i = a, v_i = b, W = 0, and the label chosen so
/// that u^0
/// - y = r. Then h_t = a, lambda_t = b phi'(a)/sqrt n, and with sigma_v = sigma_u = 1, sigma_w = sigma
///   K = phi(a)^2 + b^2 phi'(a)^2 (1 + sigma^2 T^2 phi(a)^2)
/// at every width.
template <Real R>
Problem<R> equal_neurons(const activation::Activation& phi, long n, const R& a, const R& b, const R& sigma,
                         const R& T, const R& r, const R& eta) {
  Problem<R> out{
      {phi, {Matrix<R>::Constant(n, 1, b), Matrix<R>::Constant(n, n, R(0)), Matrix<R>::Constant(n, 1, a)}},
      Matrix<R>::Constant(1, 1, R(1)),
      Matrix<R>::Constant(1, 1, r),
      true,
      eta,
      {}};
  out.start.sigma_w = sigma;
  out.start.horizon = T;
  return out;
}

/// A descent that meets the conditions of the repaired Lemma 16, or nearly.
///
/// With alpha_0 = sigma_min(J(theta^0)), on the ball of radius rho around theta^0 let ||J|| <= beta and let J
/// be l-Lipschitz; r^0 = u^0 - y, kappa = 1 - eta (beta^2 + l ||r^0||)/2. The condition is
///
///   kappa > 0,  l rho < alpha_0,  kappa rho (alpha_0 - l rho) >= ||r^0||, (*)
///
/// and the lemma that for all k
///
///   ||theta^k - theta^0|| <= (||r^0|| - ||r^k||)/(kappa (alpha_0 - l rho)) <= rho,
///   ||r^k||^2 <= (1 - 2 eta kappa (alpha_0 - l rho)^2)^k ||r^0||^2.
///
/// Proof. On the ball sigma_min(J) >= alpha := alpha_0 - l rho (Weyl). Let theta be in it, r its residual
/// with
/// ||r|| <= ||r^0||, g = J^T r = grad L, and let the segment from theta to theta(s) = theta - s eta g lie in
/// the ball. With Jbar the mean of J on that segment, r(s) = r - s eta Jbar g, where ||Jbar|| <= beta and
/// ||Jbar - J||
/// <= l s eta ||g||/2. So r^T Jbar g >= ||g||^2 - (l s eta/2) ||r|| ||g||^2 and
///
///   ||r(s)||^2 = ||r||^2 - 2 s eta r^T Jbar g + s^2 eta^2 ||Jbar g||^2 <= ||r||^2 - 2 s eta kappa_s ||g||^2
///   (**)
///
/// with kappa_s = 1 - s eta (l ||r|| + beta^2)/2 >= kappa. As ||g|| >= alpha ||r||, ||r(s)||^2 <= (1 - 2 s
/// eta kappa alpha^2) ||r||^2, and as sqrt(a^2 - b) <= a - b/(2 a),
///
///   ||r(s)|| <= ||r|| - s eta kappa ||g||^2/||r|| <= ||r|| - kappa alpha (s eta ||g||).
///
/// Summed over the steps, the way gone so far is at most (||r^0|| - ||r||)/(kappa alpha) <= rho. It cannot
/// leave the ball: were s < 1 the first time at which the distance is rho, then g != 0, the inequality would
/// be strict (kappa_s > kappa), the way gone less than ||r^0||/(kappa alpha) <= rho, a contradiction. (Oymak
/// and Soltanolkotabi, Overparameterized nonlinear learning, ICML 2019, argue like this.)
///
/// The form of the paper: 10 l ||r^0|| <= lambda_0 and eta beta^2 <= 1 on the ball of radius rho = (10/3)
/// ||r^0||/alpha_0. Then kappa >= 1 - 1/2 - 1/20 = 9/20 (eta lambda_0 <= eta beta^2 <= 1), l rho <=
/// alpha_0/3, and
/// (*) holds since (9/20)(10/3)(2/3) = 1: ||r^k||^2 <= (1 - 2 eta lambda_0/5)^k ||r^0||^2, ||theta^k -
/// theta^0||
/// <= (10/3) ||r^0||/alpha_0.
template <Real R>
struct Descending {
  Problem<R> problem;
  Quantity<R> lambda_0, alpha_0, r_0;  ///< lambda_min(K_{theta^0}), its root, ||r^0||
  Quantity<R> rho, beta, lipschitz;    ///< of the ball
  long pace = 1;                       ///< steps in the place of one, where they are small

  Quantity<R> eta() const { return Quantity<R>(problem.eta); }
  Quantity<R> kappa() const {
    return Quantity<R>(1) - eta() * (beta * beta + lipschitz * r_0) / Quantity<R>(2);
  }
  /// sigma_min(J) on the ball.
  Quantity<R> alpha() const { return alpha_0 - lipschitz * rho; }

  /// The ball of radius (ratio) ||r^0||/alpha_0.
  Descending(const Problem<R>& descent, const Quantity<R>& ratio)
      : Descending(descent, ratio, smallest<R>(kernel_at_start<R>(descent).sum())) {}
  Descending(const Problem<R>& descent, const Quantity<R>& ratio, const Quantity<R>& lambda_min)
      : problem(descent),
        lambda_0(lambda_min),
        alpha_0(sqrt(lambda_min)),
        r_0(linalg::frobenius_norm<R>(descent.labels)),
        rho(ratio * r_0 / alpha_0) {
    const JacobianBoundsOf<R> bounds(problem.start, Region<R>::at(problem.start.theta).widened(rho),
                                     problem.X);
    beta = bounds.beta();
    lipschitz = bounds.lipschitz();
  }
};

/// Small networks, small data: each step is solved in balls.
inline constexpr NetworkSize trained_network{
    .width = 3, .inputs = 2, .sigma = 2, .horizon = 1, .weight = 2, .outer = 2};

/// A label out of reach of the readout that the start has, for tanh: the hidden neuron saturates, and what is
/// left of the way is slow and long. It is what the conditions on the residual exclude, so that it is judged
/// where they are dropped alone.
template <Real R, class LargestEta>
Descending<R> saturating(Any<R>& any, const R& ratio, const LargestEta& largest_eta) {
  const R b = any.number("v", 6, 16);
  Problem<R> problem =
      equal_neurons<R>(activation::find("tanh"), 1, R(0), b, R(1), real::ratio<R>(1, 64), R(R(-2) * b), R(0));
  const Quantity<R> lambda_0 = smallest<R>(kernel_at_start<R>(problem).sum());
  const Descending<double> rough(in_double<R>(problem), Quantity<double>(real::to_double<R>(ratio)));
  problem.eta = real::from_double<R>(largest_eta(rough));
  Descending<R> out(problem, Quantity<R>(ratio), lambda_0);
  out.pace = 100;
  return out;
}

/// Any network and data, and a direction of the residual at the start whose size is chosen in double, in the
/// same way in every backend: the largest power of two at which `met` holds. `eta` is a drawn fraction of
/// what `largest_eta` says, or more, so that the conditions are not always met.
template <Real R, class LargestEta, class Met>
Descending<R> any_descent(Any<R>& any, const R& ratio, const LargestEta& largest_eta, const Met& met) {
  if (any.one_of("descent", {"any", "saturating"}) == "saturating")
    return saturating<R>(any, ratio, largest_eta);
  const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), trained_network);
  const long N = any.integer("N", 1, 2);
  const Matrix<R> X = any.matrix("X", f.inputs(), N, 2);
  const Matrix<R> direction = any.matrix("direction of u^0 - y", N, 1, 4);
  const R fraction = any.number("eta/largest", 0.0625, 1.25) *
                     real::power<R>(R(4), static_cast<unsigned>(any.integer("eta more by", 0, 3)));
  const long smaller = any.integer("residual smaller by", 0, 3);
  any.suppose("u^0 != y", less(Quantity<R>(0), linalg::frobenius_norm<R>(direction)));
  Problem<R> problem{f, X, direction, true, R(0), {}};
  const Quantity<R> lambda_0 = smallest<R>(kernel_at_start<R>(problem).sum());
  any.suppose("lambda_0 > 0", less(Quantity<R>(0), lambda_0));

  Problem<double> rough = in_double<R>(problem);
  const Quantity<double> rough_lambda_0 = smallest<double>(kernel_at_start<double>(rough).sum());
  const double wanted = real::to_double<R>(fraction);
  double scale = 1, eta = 0;
  if (rough_lambda_0.value() > 0)
    for (int halvings = 0; halvings < 60; ++halvings, scale /= 2) {
      Problem<double> scaled = rough;
      scaled.labels *= scale;
      Descending<double> d(scaled, Quantity<double>(real::to_double<R>(ratio)), rough_lambda_0);
      const double largest = largest_eta(d);
      eta = wanted * largest;
      d.problem.eta = std::min(wanted, 1.0) * largest;
      if (std::isfinite(largest) && met(d) == real::Truth::yes) break;
    }
  any.suppose("eta is finite", std::isfinite(eta));
  problem.eta = real::from_double<R>(eta);
  problem.labels *= real::from_double<R>(std::ldexp(scale, -static_cast<int>(smaller)));
  return Descending<R>(problem, Quantity<R>(ratio), lambda_0);
}

/// The condition (*) of the repaired Lemma 16.
template <Real R>
real::Truth closes(const Descending<R>& d) {
  return less(Quantity<R>(0), d.kappa()) && less(Quantity<R>(0), d.alpha()) &&
         leq(d.r_0, d.kappa() * d.rho * d.alpha());
}
/// Its form that is the paper's.
template <Real R>
real::Truth small_residual(const Descending<R>& d) {
  return leq(Quantity<R>(10) * d.lipschitz * d.r_0, d.lambda_0);
}
template <Real R>
real::Truth small_steps(const Descending<R>& d) {
  return leq(d.eta() * d.beta * d.beta, Quantity<R>(1));
}

/// A descent for (*), the ball being up to four times as large as the way of the linear dynamics.
template <Real R>
Descending<R> any_closing_descent(Any<R>& any) {
  const R ratio = any.number("rho alpha_0/|u^0 - y|", 1.125, 4);
  Descending<R> d = any_descent<R>(
      any, ratio,
      [](const Descending<double>& rough) {
        const double radius = (rough.rho * rough.alpha_0 / rough.r_0).value();
        return 1.875 * (1 - 1 / radius) / (rough.beta * rough.beta).value();
      },
      [](const Descending<double>& rough) { return closes<double>(rough); });
  any.suppose("kappa rho (alpha_0 - l rho) >= |u^0 - y|", closes<R>(d));
  return d;
}
/// A descent for the form of the paper.
template <Real R>
Descending<R> any_descent_of_the_paper(Any<R>& any) {
  Descending<R> d = any_descent<R>(
      any, real::ratio<R>(10, 3),
      [](const Descending<double>& rough) { return (1 - 0x1p-20) / (rough.beta * rough.beta).value(); },
      [](const Descending<double>& rough) { return small_residual<double>(rough); });
  any.suppose("10 l |u^0 - y| <= lambda_0", small_residual<R>(d));
  any.suppose("eta beta^2 <= 1", small_steps<R>(d));
  return d;
}

/// Any small network and data, any step size up to `largest`.
template <Real R>
Problem<R> any_problem(Any<R>& any, double largest = 1) {
  const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), trained_network);
  const long N = any.integer("N", 1, 2);
  const Matrix<R> X = any.matrix("X", f.inputs(), N, 2), y = any.matrix("y", N, 1, 4);
  return {f, X, y, false, any.number("eta", largest / 64, largest), {}};
}

/// ||J|| and the Lipschitz constant of J on the segment between two iterates.
template <Real R>
JacobianBoundsOf<R> bounds_between(const Problem<R>& problem, const Iterate<R>& a, const Iterate<R>& b) {
  return JacobianBoundsOf<R>(problem.start, Region<R>::at(a.v, a.W, a.U).with(Region<R>::at(b.v, b.W, b.U)),
                             problem.X);
}

/// The proof slides' setting for one step: the normalisation of the slide "Closed", one input x = 1 (so that
/// d = N = ||X|| = 1), and the label chosen so that u^0 - y is what is drawn.
template <Real R>
Problem<R> any_first_step(Any<R>& any) {
  const activation::Activation phi = any.activation("phi", named_by_the_paper);
  any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
  NetworkSize size = trained_network;
  size.inputs = 1;
  size.outer = 4;
  size.least = 0.25;
  const Network<R> f = any_normalised_network<R>(any, phi, size);
  const R start = any.number("u^0 - y", -1, 1);
  const int halvings = static_cast<int>(any.integer("halvings of u^0 - y", 0, 12));
  const R scale = real::from_double<R>(std::ldexp(1.0, -halvings));
  return {f,    Matrix<R>::Constant(1, 1, R(1)), Matrix<R>::Constant(1, 1, R(start * scale)),
          true, any.number("eta", 0, 1),         {}};
}

/// The least C with ||v||, ||W||, ||U|| <= C sqrt n.
template <Real R>
Quantity<R> least_constant(const Network<R>& f) {
  const Quantity<R> v = linalg::frobenius_norm<R>(f.theta.v), W = linalg::spectral_norm<R>(f.theta.W),
                    U = linalg::spectral_norm<R>(f.theta.U);
  return max(v, max(W, U)) / root<R>(f.width());
}

}  // namespace gronwall::verify
