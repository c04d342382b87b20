#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gronwall/real/rational.hpp>

namespace gronwall::ode {

/// An explicit Runge-Kutta method by its exact coefficients:
///   K_i = f(y + h sum_{j<i} a_ij K_j),   y+ = y + h sum_i b_i K_i,
/// with h sum_i e_i K_i as the estimate of the local error where there is one. The integrator of the same
/// name (ode/integrator.hpp) takes the same steps; this is for code that has to see the stages.
struct Tableau {
  int order = 0;
  std::vector<std::vector<real::Rational>> a;  ///< row i has i entries
  std::vector<real::Rational> b;
  std::vector<real::Rational> error;  ///< e, or empty

  std::size_t stages() const { return b.size(); }
  /// Whether the last stage is y+ itself, and so the first of the next step.
  bool first_same_as_last() const;
  /// The stages on which y+ depends, ascending; the others only serve the estimate.
  std::vector<std::size_t> needed() const;
};

/// The tableau of that integrator; throws UnknownName, listing the names, where it is no explicit Runge-Kutta
/// method.
const Tableau& tableau(std::string_view name);
/// The integrators that have one, sorted.
std::vector<std::string> tableau_names();

}  // namespace gronwall::ode
