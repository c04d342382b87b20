#pragma once

#include "verify/claims/gradient/euler_bounds.hpp"
#include "verify/claims/growth/pull.hpp"
#include "verify/engine/terms.hpp"

/// How far the kernel of the ResNet of depth L is from that of the Neural ODE, by a constant in which the
/// width does not occur. Notation and sizes of gradient/euler_bounds.hpp (Phi, M, Lambda, E_h, G, s =
/// sigma_w/sqrt n, l = a L1, kappa = T/L), each for one input.
///
/// Adjoint. Where gradient/euler_bounds.hpp pairs the difference of two slopes phi'(h^L) - phi'(h_T) with the
/// norm of a vector, it pairs it here with the largest entry: ||(D(h) - D(h')) w|| <= L2 ||h - h'|| max
/// |w_i|. With v_max = max |v_i| and B = sup_t max_i |(W^T lambda_t)_i| the two places where it matters
/// become
///   ||lambda^L - lambda_T|| <= (sigma_v/sqrt n) L2 v_max E_h,
///   Q = (kappa/2) l^2 Lambda + s L2 B (E_h + kappa M/2),
///   E_lambda = G [ (sigma_v/sqrt n) L2 v_max E_h + T Q ].
/// E_h and M grow like sqrt n for parameters of norms of order sqrt n, and s like 1/sqrt n, so that E_lambda
/// is bounded in n where v_max and B are; with ||v|| for v_max it is not.
///
/// Kernel. |<a, b> - <a', b'>| <= ||a - a'|| ||b|| + ||a'|| ||b - b'|| for the gradients a, b of the Neural
/// ODE at x and xbar and a', b' of the ResNet, part by part, with
///   v: ||a|| <= (sigma_v/sqrt n) Phi,       ||a - a'|| <= (sigma_v/sqrt n) L1 E_h,
///   W: ||a|| <= s T Lambda Phi,             ||a - a'|| <= s T [ (E_lambda + kappa l Lambda/2) Phi + Lambda
///   L1
///                                                            (E_h + kappa M/2) ],
///   U: ||a|| <= (sigma_u/sqrt d) |x| Lambda, ||a - a'|| <= (sigma_u/sqrt d) |x| E_lambda,
/// and the same sizes for the ResNet. All of it is kappa times a constant in T, the scales, L1, L2, |phi(0)|,
/// ||v||/sqrt n, ||W||/sqrt n, ||U||/sqrt n, |x|, v_max and B.
namespace gronwall::verify {

/// Sizes and errors of the three parts of the gradient at one input.
template <Real R>
struct GradientBounds {
  Quantity<R> v, W, U;              ///< of both models
  Quantity<R> v_off, W_off, U_off;  ///< of their difference
};

template <Real R>
GradientBounds<R> gradient_bounds(const Network<R>& f, const Matrix<R>& x, long depth,
                                  Role role = Role::serves) {
  const Unmarked unless_stated(role);
  const Quantity<R> L1 = lipschitz<R>(f), L2 = derivative_lipschitz<R>(f), a = f.growth(), T(f.horizon);
  const Quantity<R> kappa = T / Quantity<R>(static_cast<int>(depth)), half = kappa / Quantity<R>(2);
  const Quantity<R> l = a * L1, grown = exp(l * T);
  const Quantity<R> out = abs(Quantity<R>(f.sigma_v)) / root<R>(f.width());
  const Quantity<R> s = abs(Quantity<R>(f.sigma_w)) / root<R>(f.width());
  const Quantity<R> in = abs(Quantity<R>(f.sigma_u)) / root<R>(f.inputs()) * linalg::frobenius_norm<R>(x);
  const Quantity<R> active = activation_bound<R>(f, initial_norm<R>(f, x), f.horizon), speed = a * active;
  const Quantity<R> adjoint = adjoint_bound<R>(f, R(0));
  const Quantity<R> state_off = EulerBounds<R>(f, x, depth).state();
  const Quantity<R> slow = summand<R>("T/(2 L) l^2 Lambda", half * l * l * adjoint);
  const Quantity<R> pulled = s * L2 * largest_pull<R>(f, x) * (state_off + half * speed);
  const Quantity<R> end = out * L2 * largest_entry<R>(f.theta.v) * state_off;
  const Quantity<R> adjoint_off = grown * (rough_summand<R>("terms in L2", end + T * pulled) + T * slow);
  GradientBounds<R> found;
  found.v = factor<R>("sigma_v/sqrt n Phi", out * active);
  found.W = factor<R>("s T Lambda Phi", s * T * adjoint * active);
  found.U = factor<R>("sigma_u/sqrt d |x| Lambda", in * adjoint);
  found.v_off = out * factor<R>("L1", L1) * state_off;
  found.W_off = s * T *
                ((adjoint_off + summand<R>("T/(2 L) l Lambda", half * l * adjoint)) * active +
                 adjoint * L1 * (state_off + summand<R>("T/(2 L) M", half * speed)));
  found.U_off = in * adjoint_off;
  return found;
}

/// |K^{p,L}(x, xbar) - K^p(x, xbar)| for the parts p of the kernel.
template <Real R>
struct KernelDepthBounds {
  Quantity<R> v, W, U;
};

template <Real R>
KernelDepthBounds<R> kernel_depth_bounds(const Network<R>& f, const Matrix<R>& x, const Matrix<R>& xbar,
                                         long depth, Role role = Role::serves) {
  const GradientBounds<R> at = gradient_bounds<R>(f, x, depth, role),
                          bar = gradient_bounds<R>(f, xbar, depth, role);
  const Unmarked unless_stated(role);
  return {
      summand<R>("delta bar a of v", at.v_off * bar.v) + summand<R>("a bar delta of v", at.v * bar.v_off),
      summand<R>("delta bar a of W", at.W_off * bar.W) + summand<R>("a bar delta of W", at.W * bar.W_off),
      summand<R>("delta bar a of U", at.U_off * bar.U) + summand<R>("a bar delta of U", at.U * bar.U_off)};
}

}  // namespace gronwall::verify
