#pragma once

#include <cmath>

#include <gronwall/linalg/approximation.hpp>
#include <gronwall/model/network.hpp>
#include <gronwall/real/functions.hpp>

#include "verify/engine/terms.hpp"

/// The right-hand sides that the claims of this topic share. Notation: a = sigma_w ||W||/sqrt n,
/// l = a L1 the Lipschitz constant of the vector field, phi_0 = |phi(0)|.
namespace gronwall::verify {

using linalg::Matrix;
using model::Network;
using real::Quantity;
using real::Real;

template <Real R>
Quantity<R> root(long n) {
  return sqrt(Quantity<R>(static_cast<int>(n)));
}

/// A constant of a library activation: correct to a few units in the last place, and said so. A multiple of
/// 1/1024 (L1 = 1, L2 = 1/4, ...) is exact: no irrational constant of the library rounds to one. Balls
/// enclose it.
template <Real R>
Quantity<R> few_ulp(const R& constant) {
  if constexpr (real::Enclosing<R>) {
    return constant;
  } else {
    const double scaled = 1024 * real::to_double<R>(constant);
    if (scaled == std::floor(scaled) && std::abs(scaled) < 1e6 &&
        R(constant * R(1024)) == R(static_cast<int>(scaled)))
      return Quantity<R>(constant);
    return Quantity<R>(constant, R(R(8) * real::Backend<R>::unit_roundoff() * constant));
  }
}
template <Real R>
Quantity<R> lipschitz(const Network<R>& f) {
  return few_ulp<R>(f.phi.template in<R>().lipschitz());
}
template <Real R>
Quantity<R> derivative_lipschitz(const Network<R>& f) {
  return few_ulp<R>(f.phi.template in<R>().derivative_lipschitz());
}

/// Is phi(0) = 0?
template <Real R>
real::Truth vanishes_at_zero(const activation::Activation& phi) {
  return equal(Quantity<R>(phi.template in<R>().value(R(0))), Quantity<R>(0), R(0));
}

/// |phi(0)| sqrt(n), the norm of phi(0) as a vector.
template <Real R>
Quantity<R> norm_at_zero(const Network<R>& f) {
  const Quantity<R> at_zero = few_ulp<R>(f.phi.template in<R>().value(R(0)));
  return abs(at_zero) * root<R>(f.width());
}

/// ||h_0|| for h_0 = (sigma_u/sqrt d) U x, one sample.
template <Real R>
Quantity<R> initial_norm(const Network<R>& f, const Matrix<R>& x) {
  return linalg::norm<R>(model::initial_state_with_error<R>(f, x));
}

/// max_i |a_i|, exact.
template <Real R>
Quantity<R> largest_entry(const Matrix<R>& a) {
  Quantity<R> top(R(0));
  for (Eigen::Index k = 0; k < a.size(); ++k) top = max(top, abs(Quantity<R>(a.data()[k])));
  return top;
}

/// a = sigma_w ||W||/sqrt n, in a statement.
template <Real R>
Quantity<R> stated_growth(const Network<R>& f) {
  const Quantity<R> careless = abs(Quantity<R>(f.sigma_w)) * largest_entry<R>(f.theta.W) / root<R>(f.width());
  const Quantity<R> a = norm_or<R>("|W|", f.growth(), careless);
  return a * root<R>(f.width()) / divisor<R>("sqrt n of a", root<R>(f.width()));
}

/// The repaired Lemma 17, (4): ||h_t|| <= e^{l t} ||h_0|| + (phi_0 sqrt n / L1)(e^{l t} - 1).
template <Real R>
Quantity<R> state_bound(const Network<R>& f, const Quantity<R>& initial, const R& t,
                        Role role = Role::serves) {
  const Unmarked unless_stated(role);
  const Quantity<R> L1 = factor<R>("L1", lipschitz<R>(f)),
                    per_L1 = factor<R>("1/L1", Quantity<R>(1) / lipschitz<R>(f));
  const Quantity<R> grown = exp(exponent<R>("a L1 t", stated_growth<R>(f) * L1 * Quantity<R>(t)));
  const Quantity<R> drift = norm_at_zero<R>(f) * per_L1 * (grown - Quantity<R>(1));
  return grown * factor<R>("|h_0|", initial) + summand<R>("|phi(0)| sqrt n/L1 (e^{a L1 t} - 1)", drift);
}

/// (||phi(h_s)|| for s <= t) <= e^{l t} (L1 ||h_0|| + phi_0 sqrt n): the lemma above in phi_0 sqrt n + L1
/// ||h_s||.
template <Real R>
Quantity<R> activation_bound(const Network<R>& f, const Quantity<R>& initial, const R& t) {
  const Quantity<R> L1 = lipschitz<R>(f);
  return exp(f.growth() * L1 * Quantity<R>(t)) * (L1 * initial + norm_at_zero<R>(f));
}

/// The repaired Lemma 17, (5): ||lambda_t|| <= (|sigma_v|/sqrt n) L1 ||v|| e^{l (T - t)}.
template <Real R>
Quantity<R> adjoint_bound(const Network<R>& f, const R& t, Role role = Role::serves) {
  const Unmarked unless_stated(role);
  const Quantity<R> L1 = factor<R>("L1", lipschitz<R>(f));
  const Quantity<R> remaining = Quantity<R>(f.horizon) - Quantity<R>(t);
  const Quantity<R> v = norm_or<R>("|v|", linalg::frobenius_norm<R>(f.theta.v), largest_entry<R>(f.theta.v));
  return factor<R>("sigma_v", abs(Quantity<R>(f.sigma_v))) / divisor<R>("sqrt n", root<R>(f.width())) * L1 *
         factor<R>("|v|", v) * exp(exponent<R>("a L1 (T - t)", stated_growth<R>(f) * L1 * remaining));
}

/// ||theta - thetabar||, all three parts together: sqrt(||v - vbar||^2 + ||W - Wbar||_F^2 + ||U -
/// Ubar||_F^2).
template <Real R>
Quantity<R> distance(const model::Parameters<R>& a, const model::Parameters<R>& b) {
  const Quantity<R> v = linalg::norm<R>(linalg::exact<R>(a.v) - linalg::exact<R>(b.v));
  const Quantity<R> W = linalg::norm<R>(linalg::exact<R>(a.W) - linalg::exact<R>(b.W));
  const Quantity<R> U = linalg::norm<R>(linalg::exact<R>(a.U) - linalg::exact<R>(b.U));
  return sqrt(v * v + W * W + U * U);
}

}  // namespace gronwall::verify
