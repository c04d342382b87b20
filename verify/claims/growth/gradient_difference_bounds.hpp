#pragma once

#include "verify/claims/growth/gradient_bounds.hpp"
#include "verify/claims/growth/pair.hpp"
#include "verify/claims/growth/pull.hpp"
#include "verify/engine/terms.hpp"

/// How far the gradients of f at one input are apart at two parameter tuples theta and thetabar.
///
/// Notation: s = sigma_w/sqrt n, m = max(a, abar), l = m L1, E = e^{l T}, delta_0 = ||h_0 - hbar_0||, and
///   A = L1 ||hbar_0|| + |phi(0)| sqrt n    (||phi(hbar_t)|| <= e^{abar L1 t} A),
///   B = (sigma_v/sqrt n) L1 ||v||          (||lambda_t|| <= e^{a L1 (T - t)} B),
///   D_t = e^{l t} (delta_0 + s t ||W - Wbar|| A)     (||h_t - hbar_t||: Lemma 18, repaired).
///
/// The adjoints. delta = lambda - lambdabar ends with ||delta_T|| <= F = (sigma_v/sqrt n) (L1 ||v - vbar|| +
/// L2 D_T max|v_i|) and obeys, with D = diag(phi'(h)),
///   delta' = -s [Dbar Wbar^T delta + Dbar (W - Wbar)^T lambda + (D - Dbar) W^T lambda],
/// so by Grönwall's inequality, backwards,
///   ||delta_t|| <= e^{abar L1 (T - t)} F + s int_t^T e^{abar L1 (r - t)} (L1 ||W - Wbar|| + L2 D_r max_i ||W
///   e_i||)
///   ||lambda_r|| dr
///               <= Delta_t = e^{l (T - t)} [F + s (T - t) B (L1 ||W - Wbar|| + L2 D_T max_i ||W e_i||)]:
/// the exponentials in r - t and T - r make one in T - t.
///
/// The gradients. v: (sigma_v/sqrt n) L1 D_T. U: (sigma_u/sqrt d) ||x|| Delta_0. W: the integrand of
/// s int (phi(h) (x) lambda - phi(hbar) (x) lambdabar) is at most L1 D_t ||lambda_t|| + ||phi(hbar_t)||
/// Delta_t, where again the exponentials make E, and int_0^T t = int_0^T (T - t) = T^2/2:
///   s T E [L1 B delta_0 + A F + s T A B (L1 ||W - Wbar|| + L2 D_T max_i ||W e_i||/2)].
namespace gronwall::verify {

template <Real R>
class DifferenceBounds {
 public:
  DifferenceBounds(const Pair<R>& pair, const Matrix<R>& x)
      : n_root_(root<R>(pair.f.width())),
        T_(pair.f.horizon),
        s_(Quantity<R>(pair.f.sigma_w) / n_root_),
        out_(Quantity<R>(pair.f.sigma_v) / n_root_),
        in_(Quantity<R>(pair.f.sigma_u) / root<R>(pair.f.inputs()) * linalg::frobenius_norm<R>(x)),
        L1_(lipschitz<R>(pair.f)),
        L2_(derivative_lipschitz<R>(pair.f)),
        l_T_(pair.growth() * L1_ * T_),
        start_(linalg::norm<R>(model::initial_state_with_error<R>(pair.f, x) -
                               model::initial_state_with_error<R>(pair.bar, x))),
        weights_(pair.weights_apart()),
        outputs_(pair.outputs_apart()),
        A_(L1_ * initial_norm<R>(pair.bar, x) + norm_at_zero<R>(pair.f)),
        B_(out_ * L1_ * linalg::frobenius_norm<R>(pair.f.theta.v)),
        entry_(largest_entry<R>(pair.f.theta.v)),
        column_(largest_column<R>(pair.f.theta.W)) {}

  Quantity<R> v() const { return out_ * L1_ * state(Role::stated); }
  Quantity<R> U() const {
    return in_ * exp(exponent<R>("max(a, abar) L1 T", l_T_)) *
           (end() + s_ * T_ * B_ * (summand<R>("L1 |W - Wbar|", L1_ * weights_) + L2_ * state() * column_));
  }
  Quantity<R> W() const {
    const Quantity<R> turned =
        summand<R>("L1 |W - Wbar|", L1_ * weights_) + L2_ * state() * column_ / Quantity<R>(2);
    return s_ * fraction<R>("T", T_) * exp(exponent<R>("max(a, abar) L1 T", l_T_)) *
           (summand<R>("L1 B |h_0 - hbar_0|", L1_ * B_ * start_) + A_ * end() + s_ * T_ * A_ * B_ * turned);
  }
  /// Delta_0.
  Quantity<R> adjoint() const {
    const Unmarked serves;
    return exp(l_T_) * (end() + s_ * T_ * B_ * (L1_ * weights_ + L2_ * state() * column_));
  }
  /// Of all three together.
  Quantity<R> whole() const {
    const Unmarked serves;
    const Quantity<R> of_v = v(), of_W = W(), of_U = U();
    return sqrt(of_v * of_v + of_W * of_W + of_U * of_U);
  }

 private:
  /// D_T; marked where it is the statement, not where it serves the curvature, whose bound nothing attains.
  Quantity<R> state(Role role = Role::serves) const {
    const Unmarked unless_stated(role);
    return exp(exponent<R>("max(a, abar) L1 T", l_T_)) *
           (summand<R>("|h_0 - hbar_0|", start_) + summand<R>("s T |W - Wbar| A", s_ * T_ * weights_ * A_));
  }
  /// F.
  Quantity<R> end() const {
    return out_ * (summand<R>("L1 |v - vbar|", L1_ * outputs_) + L2_ * state() * entry_);
  }

  Quantity<R> n_root_, T_, s_, out_, in_, L1_, L2_, l_T_, start_, weights_, outputs_, A_, B_, entry_, column_;
};

/// The same from numbers that do not know the width, for sigma_v = sigma_u/sqrt d = 1. C bounds ||v||, ||W||,
/// ||U|| over sqrt n at both tuples, and at theta also max_i |v_i| and sup_t max_i |(W^T lambda_t)_i|. With G
/// = e^{C L1 sigma T}, P = L1 C ||x|| + |phi(0)|, so that A <= P sqrt n and B <= L1 C:
///   D_T <= D = G (||U - Ubar|| ||x|| + sigma T ||W - Wbar|| P),
///   sqrt n F <= L1 ||v - vbar|| + L2 C D =: F',    ||(D - Dbar) W^T lambda|| <= L2 D C,
/// and the gradients are apart by at most 1/sqrt n times
///   v: L1 D,   U: ||x|| G (F' + sigma T (L1^2 C ||W - Wbar|| + L2 C D)),
///   W: sigma T G (L1^2 C ||U - Ubar|| ||x|| + P F' + sigma T P (L1^2 C ||W - Wbar|| + L2 C D/2)).
/// (Delta_0: by Grönwall with the same steps, but with e^{abar L1 (r - t)} <= G next to sup|(W^T lambda)_i|.)
template <Real R>
class UniformBounds {
 public:
  UniformBounds(const Pair<R>& pair, const Matrix<R>& x, const Quantity<R>& C)
      : quiet_(),
        time_(scaled_time<R>(pair.f)),
        x_(linalg::frobenius_norm<R>(x)),
        C_(C),
        L1_(lipschitz<R>(pair.f)),
        G_(exp(C * L1_ * time_)),
        P_(L1_ * C * x_ + at_zero<R>(pair.f)),
        weights_(pair.weights_apart()),
        inputs_(pair.inputs_apart() * x_),
        state_(G_ * (inputs_ + time_ * weights_ * P_)),
        curved_(derivative_lipschitz<R>(pair.f) * C * state_),
        end_(L1_ * pair.outputs_apart() + curved_),
        per_root_(Quantity<R>(1) / root<R>(pair.f.width())) {}

  Quantity<R> v() const { return per_root_ * L1_ * state_; }
  Quantity<R> U() const { return per_root_ * x_ * G_ * (end_ + time_ * (turned() + curved_)); }
  Quantity<R> W() const {
    return per_root_ * time_ * G_ *
           (L1_ * L1_ * C_ * inputs_ + P_ * end_ + time_ * P_ * (turned() + curved_ / Quantity<R>(2)));
  }
  Quantity<R> whole() const {
    const Quantity<R> of_v = v(), of_W = W(), of_U = U();
    return sqrt(of_v * of_v + of_W * of_W + of_U * of_U);
  }

 private:
  /// L1^2 C ||W - Wbar||.
  Quantity<R> turned() const { return L1_ * L1_ * C_ * weights_; }
  Unmarked quiet_;  ///< a bound that nothing attains
  Quantity<R> time_, x_, C_, L1_, G_, P_, weights_, inputs_, state_, curved_, end_, per_root_;
};

/// The least C that bounds ||v||, ||W||, ||U|| over sqrt n at both tuples.
template <Real R>
Quantity<R> common_constant(const Pair<R>& pair) {
  return max(least_constant<R>(pair.f), least_constant<R>(pair.bar));
}
/// That of `UniformBounds`.
template <Real R>
Quantity<R> uniform_constant(const Pair<R>& pair, const Matrix<R>& x) {
  const Quantity<R> spikes = max(largest_entry<R>(pair.f.theta.v), largest_pull<R>(pair.f, x));
  return max(common_constant<R>(pair), spikes);
}

/// (C/sqrt n) ||theta - thetabar|| e^{C sigma T} ||x|| with the least C >= 1 for the induction hypothesis at
/// both.
template <Real R>
Quantity<R> closed_difference(const Pair<R>& pair, const Matrix<R>& x) {
  const Quantity<R> C = max(Quantity<R>(1), common_constant<R>(pair));
  return C / root<R>(pair.f.width()) * distance<R>(pair.f.theta, pair.bar.theta) *
         exp(C * scaled_time<R>(pair.f)) * linalg::frobenius_norm<R>(x);
}

/// The parts of df/dtheta - dfbar/dtheta.
template <Real R>
model::Gradient<R> gradient_difference(const Pair<R>& pair, const Matrix<R>& x) {
  const model::Gradient<R> a = gradient_of<R>(pair.f, x), b = gradient_of<R>(pair.bar, x);
  return {a.v - b.v, a.W - b.W, a.U - b.U};
}
/// A pair of normalised networks with a 1-Lipschitz activation that the paper names, and an input: what the
/// slides "Consistently decreases" speak of.
template <Real R>
struct DrawnPair {
  Pair<R> pair;
  Matrix<R> x;
};
template <Real R>
DrawnPair<R> any_stated_pair(Any<R>& any, const NetworkSize& size = pair_size, double largest = 16) {
  const auto phi = any.activation("phi", named_by_the_paper);
  any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
  const Network<R> f = any_normalised_network<R>(any, phi, size);
  const Pair<R> pair = any_pair<R>(any, f, size);
  return {pair, any_input<R>(any, "x", f.inputs(), largest)};
}
/// Such a pair of which U alone differs, with v up to 8, U up to 1 and x up to 4: curvature shows where v is
/// large and U x is not.
template <Real R>
DrawnPair<R> any_curved_pair(Any<R>& any) {
  const auto phi = any.activation("phi", named_by_the_paper);
  any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
  const long n = any.integer("n", 1, 6);
  Network<R> f{phi, {any.matrix("v", n, 1, 8), any.matrix("W", n, n, 1), any.matrix("U", n, 1, 1)}};
  f.sigma_w = any.number("sigma", 0, 1);
  f.horizon = any.number("T", 0, 1);
  Pair<R> pair{f, f};
  pair.bar.theta.U = any.matrix("Ubar", n, 1, 1);
  return {pair, any.matrix("x", 1, 1, 4)};
}
/// Any scales and any activation; normalised if `scales` is false.
template <Real R>
DrawnPair<R> any_repaired_pair(Any<R>& any, bool scales) {
  const auto phi = any.activation("phi", smooth_or_affine);
  const Network<R> f =
      scales ? any_network<R>(any, phi, pair_size) : any_normalised_network<R>(any, phi, pair_size);
  const Pair<R> pair = any_pair<R>(any, f, pair_size);
  return {pair, any_input<R>(any, "x", f.inputs(), 16)};
}

}  // namespace gronwall::verify
