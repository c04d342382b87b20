#pragma once

#include <cstddef>
#include <vector>

#include <gronwall/ode/integrator.hpp>

namespace gronwall::ode {

/// A solution on [0, T], kept as a piecewise polynomial.
///
/// [0, T] is cut into equal panels; on each the solution is known at the N + 1 Chebyshev points of the second
/// kind t_j = c - r cos(pi j/N), which include the panel's ends, and is interpolated by the polynomial
/// through them in the barycentric form (Berrut and Trefethen, SIAM Review 46 (2004), (4.2) and (5.4);
/// Trefethen, Approximation Theory and Approximation Practice, ch. 5). At a node the value is the solver's
/// own, bit for bit. The same nodes carry Clenshaw-Curtis quadrature (Trefethen, ch. 19), so that the
/// integral of a smooth function g(t, y(t)) over [0, T] is sum_k weights()[k] g(nodes()[k], state(k)).
///
/// The number of panels doubles until the last three Chebyshev coefficients on every panel are below
/// `tolerance` times the largest entry of the solution, or until more panels no longer help: then what is
/// left is the error of the solver itself, which no interpolation can resolve. interpolation_error() says
/// what was reached.
template <Real R>
class Trajectory {
 public:
  /// Solves y' = f(y, t), y(0) = y0 on [0, horizon] by `integrator` under `control`. T = 0 is legal: one node
  /// of weight 0. Throws what Integrator::integrate throws, DomainError for a negative or infinite horizon
  /// and a negative tolerance, PrecisionError for a tolerance below 16 u, StepCollapse when 4096 panels do
  /// not resolve the solution.
  Trajectory(const Integrator<R>& integrator, const RightHandSide<R>& f, const Matrix<R>& y0,
             const R& horizon, const Control<R>& control, const R& tolerance);

  /// y(t) for 0 <= t <= T into `out` (resized if its shape differs; no allocation otherwise). Throws
  /// DomainError for a time outside. Safe to call from several threads.
  void at(const R& t, Matrix<R>& out) const;
  /// y(t) as a new matrix.
  Matrix<R> at(const R& t) const;

  /// All nodes, ascending, from 0 to T; a node that two panels share stands once.
  const std::vector<R>& nodes() const { return nodes_; }
  /// Clenshaw-Curtis weights of the nodes: they sum to T, and integrate polynomials of degree N on each
  /// panel.
  const std::vector<R>& weights() const { return weights_; }
  /// The solution at nodes()[k].
  const Matrix<R>& state(std::size_t k) const { return states_[k]; }
  const Matrix<R>& initial_state() const { return states_.front(); }
  const Matrix<R>& final_state() const { return states_.back(); }

  const R& horizon() const { return nodes_.back(); }
  /// Panels, and the degree N of the polynomial on each; 0 and 0 for T = 0.
  long panels() const { return panels_; }
  int degree() const { return degree_; }
  /// Estimate of the largest difference, in any entry at any time, between the polynomial and a smooth curve
  /// through the solver's values: four times the largest of the last three Chebyshev coefficients.
  const R& interpolation_error() const { return interpolation_error_; }
  /// What the final solve cost, and what all solves together did (evaluations of f).
  const Solution<R>& cost() const { return cost_; }
  long total_evaluations() const { return total_evaluations_; }

 private:
  void place_nodes(const R& horizon);
  R tail() const;

  long panels_ = 0;
  int degree_ = 0;
  std::vector<R> nodes_, weights_;
  std::vector<Matrix<R>> states_;
  R interpolation_error_ = R(0);
  Solution<R> cost_;  ///< its states have moved to states_
  long total_evaluations_ = 0;
};

}  // namespace gronwall::ode
