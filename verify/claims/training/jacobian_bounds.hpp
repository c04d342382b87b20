#pragma once

#include "verify/claims/growth/bounds.hpp"
#include "verify/claims/growth/pull.hpp"

/// The Jacobian of u = (f(x_1), ..., f(x_N)) in theta = (v, W, U) on a convex set of parameters: how large it
/// is (beta), and its Lipschitz constant, both explicit.
namespace gronwall::verify {

/// Bounds of norms that hold on a convex set of parameters: each is a convex function of theta, so that on
/// the segment between two tuples it is at most the larger of its values at the ends.
template <Real R>
struct Region {
  Quantity<R> W;       ///< ||W||, spectral
  Quantity<R> column;  ///< max_i ||W e_i||
  Quantity<R> U;       ///< ||U||, spectral
  Quantity<R> v;       ///< ||v||
  Quantity<R> entry;   ///< max_i |v_i|

  /// The one tuple, or the tuples within the errors of the parts (Frobenius norm).
  static Region at(const linalg::Approximation<R>& v, const linalg::Approximation<R>& W,
                   const linalg::Approximation<R>& U) {
    const Quantity<R> off_v(v.error), off_W(W.error);
    return {linalg::spectral_norm<R>(W), largest_column<R>(W.value) + off_W, linalg::spectral_norm<R>(U),
            linalg::norm<R>(v), largest_entry<R>(v.value) + off_v};
  }
  static Region at(const model::Parameters<R>& theta) {
    return at(linalg::exact<R>(theta.v), linalg::exact<R>(theta.W), linalg::exact<R>(theta.U));
  }
  /// Of the convex hull of both.
  Region with(const Region& b) const {
    return {max(W, b.W), max(column, b.column), max(U, b.U), max(v, b.v), max(entry, b.entry)};
  }
  /// Of all theta at a distance of at most `radius` from the set (||theta||^2 = ||v||^2 + ||W||_F^2 +
  /// ||U||_F^2).
  Region widened(const Quantity<R>& radius) const {
    return {W + radius, column + radius, U + radius, v + radius, entry + radius};
  }
};

/// Bounds for one sample x. With s_v = sigma_v/sqrt n, s_w = sigma_w/sqrt n, s_u = sigma_u/sqrt d, l = s_w
/// ||W|| L1, E = e^{l T}, and q = L1 s_u ||U|| ||x|| + |phi(0)| sqrt n (so that ||phi(h_t)|| <= q e^{l t}:
/// repaired Lemma 17, (4), and ||lambda_t|| <= s_v L1 ||v|| e^{l (T - t)}: (5)):
///
///   ||d_v f|| <= s_v q E,  ||d_W f||_F <= s_w T s_v L1 ||v|| q E,  ||d_U f||_F <= s_u ||x|| s_v L1 ||v|| E,
///
/// the second because the norms' exponentials multiply to E at every t.
///
/// The Lipschitz constant. Let g_t be the derivative of h_t in a direction Delta = (dv, dW, dU): g_0 = s_u dU
/// x and g' = s_w (W phi'(h) g + dW phi(h)), so by Grönwall's inequality
///
///   ||g_t|| <= A_t := e^{l t} (s_u ||x|| ||dU|| + s_w t q ||dW||).
///
/// Differentiating f = s_v v^T phi(h_T) twice, and pairing the second derivative of h with lambda (that is,
/// integrating (lambda^T h'')' from 0 to T, where the terms with phi' cancel),
///
///   D^2 f[Delta, Delta] = s_v (2 dv^T phi'(h_T) g_T + v^T phi''(h_T) g_T^2)
///                         + s_w int_0^T lambda_t^T (2 dW phi'(h_t) g_t + W phi''(h_t) g_t^2) dt,
///
/// squares and products of vectors entry by entry. |sum_i v_i phi''_i g_i^2| <= L2 max|v_i| ||g||^2, and
/// likewise with max_i |(W^T lambda)_i| <= max_i ||W e_i|| ||lambda||. This bounds it by a quadratic form Q
/// in (||dv||, ||dW||, ||dU||) with entries >= 0, its integrals of e^{l t} by the trapezoidal rule from above
/// (convexity): int e^{lt} <= T (1 + E)/2, int t e^{lt} <= T^2 E/2, int t^2 e^{lt} <= T^3 E/3. D^2 f is
/// symmetric, so its norm is the largest |D^2 f[Delta, Delta]|, ||Delta|| = 1, hence at most ||Q||; and its
/// part in one of v, W, U is at most the norm of that row of Q. By the mean value inequality these are
/// Lipschitz constants of the gradient on a convex set, and Taylor's remainder is at most Q[Delta, Delta]/2.
/// (Where phi'' exists almost everywhere only: phi mollified has the same L1 and L2, and gradients converge.)
template <Real R>
class JacobianBounds {
 public:
  /// f gives phi, the scales, T, n and d; its parameters do not enter.
  JacobianBounds(const Network<R>& f, const Region<R>& set, const Matrix<R>& x) {
    const Quantity<R> n_root = root<R>(f.width()), T(f.horizon), two(2), three(3);
    const Quantity<R> L1 = verify::lipschitz<R>(f), L2 = derivative_lipschitz<R>(f);
    const Quantity<R> s_v = abs(Quantity<R>(f.sigma_v)) / n_root, s_w = abs(Quantity<R>(f.sigma_w)) / n_root;
    const Quantity<R> s_x = abs(Quantity<R>(f.sigma_u)) / root<R>(f.inputs()) * linalg::frobenius_norm<R>(x);
    const Quantity<R> E = exp(s_w * set.W * L1 * T), q = L1 * s_x * set.U + norm_at_zero<R>(f);
    const Quantity<R> lambda_T = s_v * L1 * set.v;
    v_ = s_v * q * E;
    W_ = s_w * T * lambda_T * q * E;
    U_ = s_x * lambda_T * E;

    // ||g_t|| <= e^{lt} (s_x ||dU|| + t w ||dW||).
    const Quantity<R> w = s_w * q;
    const Quantity<R> end = s_v * L2 * set.entry * E * E;
    const Quantity<R> along = s_w * L2 * set.column * lambda_T * E;
    const Quantity<R> turn = s_w * L1 * lambda_T * E;
    vU_ = s_v * L1 * E * s_x;
    vW_ = s_v * L1 * E * T * w;
    UU_ = s_x * s_x * (end + along * T * (Quantity<R>(1) + E) / two);
    UW_ = s_x * (w * T * (end + along * T * E / two) + turn * T);
    WW_ = w * T * (w * T * (end + along * T * E / three) + turn * T);
  }

  /// Of the parts of the gradient and the whole of it.
  Quantity<R> v() const { return v_; }
  Quantity<R> W() const { return W_; }
  Quantity<R> U() const { return U_; }
  Quantity<R> beta() const { return sqrt(v_ * v_ + W_ * W_ + U_ * U_); }

  /// ||d_p f(theta) - d_p f(thetabar)|| <= lipschitz_p() ||theta - thetabar||, and for the whole gradient.
  Quantity<R> lipschitz_v() const { return sqrt(vW_ * vW_ + vU_ * vU_); }
  Quantity<R> lipschitz_W() const { return sqrt(vW_ * vW_ + WW_ * WW_ + UW_ * UW_); }
  Quantity<R> lipschitz_U() const { return sqrt(vU_ * vU_ + UW_ * UW_ + UU_ * UU_); }
  /// ||Q||: at most its largest row sum, or its Frobenius norm.
  Quantity<R> lipschitz() const {
    const Quantity<R> frobenius =
        sqrt(WW_ * WW_ + UU_ * UU_ + Quantity<R>(2) * (vW_ * vW_ + vU_ * vU_ + UW_ * UW_));
    return smaller(frobenius, max(vW_ + vU_, max(vW_ + WW_ + UW_, vU_ + UW_ + UU_)));
  }
  /// |f(theta + Delta) - f(theta) - <grad f(theta), Delta>| from the (Frobenius) norms of the parts of Delta.
  Quantity<R> remainder(const Quantity<R>& dv, const Quantity<R>& dW, const Quantity<R>& dU) const {
    return dv * (vW_ * dW + vU_ * dU) + UW_ * dW * dU + (WW_ * dW * dW + UU_ * dU * dU) / Quantity<R>(2);
  }

 private:
  /// Either is a bound.
  static Quantity<R> smaller(const Quantity<R>& a, const Quantity<R>& b) {
    return leq(a, b) == real::Truth::yes ? a : b;
  }
  Quantity<R> v_, W_, U_;
  Quantity<R> vU_, vW_, UU_, UW_, WW_;
};

/// The same for all samples, the columns of X: Frobenius norms of the N gradients side by side, which bound
/// the spectral norm of the Jacobian.
template <Real R>
class JacobianBoundsOf {
 public:
  JacobianBoundsOf(const Network<R>& f, const Region<R>& set, const Matrix<R>& X) {
    for (Eigen::Index j = 0; j < X.cols(); ++j) each_.emplace_back(f, set, Matrix<R>(X.col(j)));
  }
  Quantity<R> beta() const { return together(&JacobianBounds<R>::beta); }
  Quantity<R> v() const { return together(&JacobianBounds<R>::v); }
  Quantity<R> W() const { return together(&JacobianBounds<R>::W); }
  Quantity<R> U() const { return together(&JacobianBounds<R>::U); }
  Quantity<R> lipschitz() const { return together(&JacobianBounds<R>::lipschitz); }
  /// Of u(theta + Delta) - u(theta) - J Delta.
  Quantity<R> remainder(const Quantity<R>& dv, const Quantity<R>& dW, const Quantity<R>& dU) const {
    Quantity<R> sum(0);
    for (const JacobianBounds<R>& one : each_) {
      const Quantity<R> r = one.remainder(dv, dW, dU);
      sum = sum + r * r;
    }
    return sqrt(sum);
  }

 private:
  Quantity<R> together(Quantity<R> (JacobianBounds<R>::*of)() const) const {
    Quantity<R> sum(0);
    for (const JacobianBounds<R>& one : each_) sum = sum + (one.*of)() * (one.*of)();
    return sqrt(sum);
  }
  std::vector<JacobianBounds<R>> each_;
};

}  // namespace gronwall::verify
