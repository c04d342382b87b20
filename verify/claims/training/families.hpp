#pragma once

#include "verify/claims/training/step.hpp"

/// Families of settings, of one sample x = 1 and one input, along which the displayed bounds of the drift of
/// the Jacobian lose their constant. sigma_v = sigma_w = sigma_u = 1 and W = 0 at the start, so that theta^0
/// has the states h_t = U.
namespace gronwall::verify {

template <Real R>
Matrix<R> constant(long rows, long cols, const R& x) {
  return Matrix<R>::Constant(rows, cols, x);
}

/// Where phi'' is not 0: 1/2 for tanh, which is odd, 0 for softplus and GELU.
template <Real R>
R bent(const activation::Activation& phi) {
  return phi.name() == "tanh" ? real::ratio<R>(1, 2) : R(0);
}

/// Wide: v = sqrt n e_1 with n = root^2, U = u e_1 with u where phi'' is not 0, T = 1. ||v|| = sqrt n.
template <Real R>
Setting<R> wide(const activation::Activation& phi, int root, const R& label) {
  const long n = static_cast<long>(root) * root;
  Network<R> f{phi, {constant<R>(n, 1, R(0)), constant<R>(n, n, R(0)), constant<R>(n, 1, R(0))}};
  f.theta.v(0, 0) = R(root);
  f.theta.U(0, 0) = bent<R>(phi);
  return {f, constant<R>(1, 1, R(1)), constant<R>(1, 1, label), real::ratio<R>(1, 16)};
}

/// Short: one neuron, U = u as above, v = 1, T = 1/m.
template <Real R>
Setting<R> brief(const activation::Activation& phi, int m, const R& label) {
  Network<R> f{phi, {constant<R>(1, 1, R(1)), constant<R>(1, 1, R(0)), constant<R>(1, 1, bent<R>(phi))}};
  f.horizon = real::ratio<R>(1, m);
  return {f, constant<R>(1, 1, R(1)), constant<R>(1, 1, label), real::ratio<R>(1, 16)};
}

/// theta^0, ..., theta^steps, and what belongs to each.
template <Real R>
struct Run {
  std::vector<Tuple<R>> theta;
  std::vector<Samples<R>> at;

  Run(const Setting<R>& s, int steps) {
    theta.push_back(s.start());
    for (int k = 0;; ++k) {
      at.emplace_back(s.f, theta.back(), s.X);
      if (k == steps) return;
      theta.push_back(moved<R>(theta.back(), Quantity<R>(s.eta), at.back().loss_gradient(s.y)));
    }
  }

  /// Of the convex hull of all iterates.
  Region<R> region() const {
    Region<R> set = theta.front().region();
    for (const Tuple<R>& one : theta) set = set.with(one.region());
    return set;
  }
  /// sum_{i < k} ||theta^{i+1} - theta^i||.
  Quantity<R> length() const {
    Quantity<R> sum(0);
    for (std::size_t i = 0; i + 1 < theta.size(); ++i) sum = sum + (theta[i + 1] - theta[i]).norm();
    return sum;
  }
  /// sum_{i < k} ||u^i - y||.
  Quantity<R> residuals(const Matrix<R>& y) const {
    Quantity<R> sum(0);
    for (std::size_t i = 0; i + 1 < at.size(); ++i) sum = sum + norm_of<R>(at[i].residual(y));
    return sum;
  }
  /// ||theta^k - theta^0||.
  Quantity<R> way() const { return (theta.back() - theta.front()).norm(); }
  /// ||J^k - J^0||, Frobenius.
  Quantity<R> drift() const { return jacobians_apart<R>(at.back(), at.front()); }
};

}  // namespace gronwall::verify
