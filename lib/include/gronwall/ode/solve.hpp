#pragma once

#include <string_view>
#include <vector>

#include <gronwall/ode/integrator.hpp>

namespace gronwall::ode {

/// Approximations of the solution, one for every output time, and what they cost in all.
template <Real R>
struct EstimatedSolution {
  std::vector<linalg::Approximation<R>> states;
  long evaluations = 0;
  long accepted = 0;
  long rejected = 0;
};

/// Solves y' = f(y, t), y(t0) = y0 twice, with relative tolerance rtol and with rtol/100 (not below 32 u;
/// then the first run is the looser one), and returns the states of the tighter run. The error of a state is
/// estimated by the Frobenius distance of the two runs plus a rounding floor of (16 + sqrt(accepted steps)) u
/// |y|. The distance is, but for the tighter run's own error, the error of the *looser* run: so the estimate
/// is some twenty to a hundred times the error in the usual case, on purpose, and becomes wrong only where
/// both runs miss the same feature. Throws what Integrator::integrate throws.
template <Real R>
EstimatedSolution<R> solve(const Integrator<R>& integrator, const RightHandSide<R>& f, const Matrix<R>& y0,
                           const R& t0, const std::vector<R>& times, const R& rtol);

/// The method that reached a given error in the least time for small Neural ODEs (n = 2 and 16, T = 2): in
/// double Fehlberg's pair, from 1e-9 on ahead of Dormand and Prince's and level with extrapolation; in MPFR
/// extrapolation, which at 50 digits needs a third of the right-hand sides at 1e-25 and a twelfth at 1e-35,
/// where orders above 8 pay.
template <Real R>
std::string_view default_method();

}  // namespace gronwall::ode
