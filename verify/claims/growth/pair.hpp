#pragma once

#include <gronwall/model/neural_ode.hpp>

#include "verify/claims/growth/bounds.hpp"
#include "verify/engine/any.hpp"
#include "verify/generators/network.hpp"

/// Two parameter tuples theta and thetabar, as Lemma 18 compares them.
namespace gronwall::verify {

template <Real R>
struct Pair {
  Network<R> f, bar;
  bool same_flow = false;  ///< W and U are the same: v alone differs

  /// ||W - Wbar|| and ||U - Ubar||, spectral; ||v - vbar||.
  Quantity<R> weights_apart() const {
    const auto apart = linalg::exact<R>(f.theta.W) - linalg::exact<R>(bar.theta.W);
    return norm_or<R>("|W - Wbar|", linalg::spectral_norm<R>(apart), largest_entry<R>(apart.value));
  }
  Quantity<R> inputs_apart() const {
    const auto apart = linalg::exact<R>(f.theta.U) - linalg::exact<R>(bar.theta.U);
    return norm_or<R>("|U - Ubar|", linalg::spectral_norm<R>(apart), largest_entry<R>(apart.value));
  }
  Quantity<R> outputs_apart() const {
    return linalg::norm<R>(linalg::exact<R>(f.theta.v) - linalg::exact<R>(bar.theta.v));
  }
  /// max(a, abar).
  Quantity<R> growth() const { return norm_or<R>("max(a, abar)", max(f.growth(), bar.growth()), f.growth()); }
};

/// Any pair around the network f: all three parts differ, or one alone, so that each term of a bound is put
/// to the test by itself.
template <Real R>
Pair<R> any_pair(Any<R>& any, const Network<R>& f, const NetworkSize& size = {}) {
  const std::string differs = any.one_of("differs", {"U", "W", "v", "U, W and v"});
  Pair<R> pair{f, f, differs == "v"};
  model::Parameters<R>& bar = pair.bar.theta;
  const bool all = differs == "U, W and v";
  if (all || differs == "U") bar.U = any.matrix("Ubar", f.width(), f.inputs(), size.outer);
  if (all || differs == "W") bar.W = any.matrix("Wbar", f.width(), f.width(), size.weight);
  if (all || differs == "v") bar.v = any.matrix("vbar", f.width(), 1, size.outer);
  return pair;
}

/// The repaired Lemma 18, (6), for any L1 and phi(0):
/// ||h_t - hbar_t|| <= e^{m L1 t} [ ||h_0 - hbar_0|| + (sigma t/sqrt n) ||W - Wbar|| (L1 ||hbar_0|| + phi_0
/// sqrt n) ].
template <Real R>
Quantity<R> state_difference_bound(const Pair<R>& pair, const Matrix<R>& x, const R& t,
                                   Role role = Role::serves) {
  const Unmarked unless_stated(role);
  const Network<R>& f = pair.f;
  const Quantity<R> L1 = factor<R>("L1", lipschitz<R>(f));
  const Quantity<R> start = linalg::norm<R>(model::initial_state_with_error<R>(f, x) -
                                            model::initial_state_with_error<R>(pair.bar, x));
  const Quantity<R> active = summand<R>("L1 |hbar_0|", L1 * initial_norm<R>(pair.bar, x)) +
                             summand<R>("|phi(0)| sqrt n", norm_at_zero<R>(f));
  const Quantity<R> drive = factor<R>("sigma t", Quantity<R>(f.sigma_w) * Quantity<R>(t)) /
                            divisor<R>("sqrt n", root<R>(f.width())) * pair.weights_apart() * active;
  return exp(exponent<R>("max(a, abar) L1 t", pair.growth() * L1 * Quantity<R>(t))) *
         (summand<R>("|h_0 - hbar_0|", start) + summand<R>("drive", drive));
}

/// ||h_t - hbar_t||. Where W and U are the same so are the states: one initial value problem has one
/// solution.
template <Real R>
Quantity<R> state_difference(const Pair<R>& pair, const Matrix<R>& x, const R& t) {
  if (pair.same_flow) return Quantity<R>(0);
  return linalg::norm<R>(model::NeuralOde<R>(pair.f).hidden(x, t) -
                         model::NeuralOde<R>(pair.bar).hidden(x, t));
}

}  // namespace gronwall::verify
