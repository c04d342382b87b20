#pragma once

#include "verify/claims/growth/bounds.hpp"
#include "verify/engine/terms.hpp"

/// Explicit constants for the depth limit: how far the ResNet of depth L (the explicit Euler method) is from
/// the Neural ODE. Notation of growth/bounds.hpp, kappa = T/L, s = sigma_w/sqrt n, G = e^{l T}, for one input
/// x.
///
/// Sizes along both solutions, by the repaired Lemma 17 (its discrete twin has (1 + kappa l)^k <= e^{l t_k}):
///   ||phi(h)|| <= Phi = G (L1 ||h_0|| + phi_0 sqrt n),  ||h'|| <= M = a Phi,  ||lambda|| <= Lambda =
///   (sigma_v/sqrt n) L1 ||v|| G.
///
/// State. ||h''|| = ||s W diag(phi'(h)) h'|| <= l M, so a step of Euler's method is off by at most kappa^2 l
/// M/2, and the sum of these errors, grown by 1 + kappa l a step, is at most
///   E_h = (kappa/2) M (G - 1).
///
/// Adjoint. delta^k = lambda^k - lambda(t_k) starts with ||delta^L|| <= (sigma_v/sqrt n) L2 E_h ||v||, and
///   delta^{k-1} = delta^k + kappa s D(h^{k-1}) W^T delta^k + int [ s D(h^{k-1}) W^T lambda(t_k) - s D(h_r)
///   W^T lambda_r ] dr
/// over one step, where the integrand is at most l ||lambda(t_k) - lambda_r|| + a L2 Lambda ||h^{k-1} - h_r||
/// with
/// ||lambda(t_k) - lambda_r|| <= (t_k - r) l Lambda and ||h^{k-1} - h_r|| <= E_h + (r - t_{k-1}) M. Hence
///   E_lambda = G [ (sigma_v/sqrt n) L2 E_h ||v|| + T Q ],  Q = (kappa/2) l^2 Lambda + a L2 Lambda (E_h +
///   kappa M/2),
/// since sum_k kappa (1 + kappa l)^k <= (G - 1)/l <= T G.
///
/// Gradients. v: (sigma_v/sqrt n) L1 E_h. U: (sigma_u/sqrt d) ||x|| E_lambda. W: subtracting the integral of
/// s lambda phi(h)^T from the sum, step by step,
///   s T [ (E_lambda + kappa l Lambda/2) Phi + Lambda L1 (E_h + kappa M/2) ].
/// All of them are kappa times a constant that depends on T, the scales, L1, L2, |phi(0)|, ||W||/sqrt n,
/// ||v||/sqrt n,
/// ||h_0|| and ||x|| alone.
namespace gronwall::verify {

template <Real R>
class EulerBounds {
 public:
  /// Parts of the bounds are marked where a claim states them.
  EulerBounds(const Network<R>& f, const Matrix<R>& x, long depth, Role role = Role::serves)
      : f_(f),
        role_(role),
        L1_(lipschitz<R>(f)),
        L2_(derivative_lipschitz<R>(f)),
        a_(f.growth()),
        T_(f.horizon),
        kappa_(T_ / Quantity<R>(static_cast<int>(depth))),
        x_norm_(linalg::frobenius_norm<R>(x)),
        v_norm_(linalg::frobenius_norm<R>(f.theta.v)),
        grown_(exp(a_ * L1_ * T_)),
        active_(activation_bound<R>(f, initial_norm<R>(f, x), f.horizon)),
        speed_(a_ * active_),
        adjoint_(adjoint_bound<R>(f, R(0))),
        out_(Quantity<R>(f.sigma_v) / root<R>(f.width())) {}

  // Where they are small aT and one input of width 1 attain them; what is of higher order in aT or comes from
  // L2 is not marked.

  /// E_h: ||h^k - h(t_k)|| for every layer k.
  Quantity<R> state() const {
    const Unmarked unless_stated(role_);
    return fraction<R>("T/(2 L)", half_step()) * factor<R>("a Phi", speed_) *
           fraction<R>("e^{a L1 T} - 1", grown_ - Quantity<R>(1));
  }
  /// |f^L - f| <= (sigma_v/sqrt n) ||v|| L1 E_h.
  Quantity<R> output() const {
    const Unmarked unless_stated(role_);
    return stated_out() * factor<R>("|v|", v_norm_) * factor<R>("L1", L1_) * state();
  }
  /// E_lambda.
  Quantity<R> adjoint() const {
    const Unmarked unless_stated(role_);
    const Quantity<R> l = a_ * L1_, off = unmarked_state();
    const Quantity<R> source = summand<R>("T/(2 L) (a L1)^2 Lambda", half_step() * l * l * adjoint_) +
                               a_ * L2_ * adjoint_ * (off + half_step() * speed_);
    return grown_ * (out_ * L2_ * off * v_norm_ + factor<R>("T", T_) * source);
  }
  Quantity<R> gradient_v() const {
    const Unmarked unless_stated(role_);
    return stated_out() * factor<R>("L1", L1_) * state();
  }
  Quantity<R> gradient_U() const {
    const Unmarked unless_stated(role_);
    return factor<R>("sigma_u", Quantity<R>(f_.sigma_u)) / divisor<R>("sqrt d", root<R>(f_.inputs())) *
           factor<R>("|x|", x_norm_) * adjoint();
  }
  Quantity<R> gradient_W() const {
    const Unmarked unless_stated(role_);
    const Quantity<R> scale =
        factor<R>("sigma_w", Quantity<R>(f_.sigma_w)) / divisor<R>("sqrt n", root<R>(f_.width()));
    const Quantity<R> left =
        unmarked_adjoint() + summand<R>("T/(2 L) a L1 Lambda", half_step() * a_ * L1_ * adjoint_);
    const Quantity<R> right = unmarked_state() + summand<R>("T/(2 L) a Phi", half_step() * speed_);
    return scale * factor<R>("T", T_) *
           (left * factor<R>("Phi", active_) + factor<R>("Lambda L1", adjoint_ * L1_) * right);
  }
  Quantity<R> gradient() const {
    const Unmarked unless_stated(role_);
    Quantity<R> v, W, U;
    {
      const Unmarked parts;
      v = gradient_v();
      W = gradient_W();
      U = gradient_U();
    }
    return sqrt(summand<R>("C_v^2", v * v) + summand<R>("C_W^2", W * W) + summand<R>("C_U^2", U * U));
  }

 private:
  Quantity<R> stated_out() const {
    return factor<R>("sigma_v", Quantity<R>(f_.sigma_v)) / divisor<R>("sqrt n", root<R>(f_.width()));
  }
  Quantity<R> unmarked_state() const {
    const Unmarked serves;
    return state();
  }
  Quantity<R> unmarked_adjoint() const {
    const Unmarked serves;
    return adjoint();
  }
  Quantity<R> half_step() const { return kappa_ / Quantity<R>(2); }

  const Network<R>& f_;
  Role role_;
  Quantity<R> L1_, L2_, a_, T_, kappa_, x_norm_, v_norm_, grown_, active_, speed_, adjoint_, out_;
};

}  // namespace gronwall::verify
