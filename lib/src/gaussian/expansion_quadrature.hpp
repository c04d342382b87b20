#pragma once

#include "rule.hpp"

/// What `expand` and `Expander` share: how fine a rule they need, how they judge its sums, and what they make
/// of them. The reasons are in expansion.hpp.
namespace gronwall::gaussian {

/// Throws DomainError unless q >= 0 is finite.
template <Real R>
void require_variance(const R& q);

/// The rule to begin with, by its step and cut-off, and how halving the step improves it.
struct Plan {
  bool broken;  ///< f has kinks: double exponential rules between them
  double step;
  int power;  ///< see `Step`
  double reach;
};
/// For the first `count` coefficients and the moments of z -> f(deviation z).
template <Real R>
Plan plan_quadrature(const Integrand<R>& f, const R& deviation, unsigned count);
/// The inverse of the choice of the reach: the largest log(|f(deviation reach)| / size) for which nothing
/// beyond it matters.
template <Real R>
double growth_covered(double reach, unsigned count);

/// Sums over the nodes of one rule.
template <Real R>
struct Sums {
  explicit Sums(std::size_t count) : coefficients(count, R(0)) {}
  std::vector<R> coefficients;
  R second = R(0), antipodal = R(0);
};

/// The sums of a rule, with what the rule of doubled step tells about them.
template <Real R>
struct Judged {
  Sums<R> sums;
  R error;         ///< of a coefficient, from the rule alone
  R moment_error;  ///< of the two moments, from the rule alone
  std::size_t nodes;
  bool good;  ///< both are no more than a few roundings
};
template <Real R>
Judged<R> judge(Sums<R> fine, const Sums<R>& coarse, int power, std::size_t nodes);

/// Whether the k-th coefficient of a function of this parity is 0.
inline bool vanishes(int parity, unsigned k) { return parity != 0 && (k % 2 == 0) != (parity > 0); }

/// The expansion made of the sums, with the rounding added to the errors.
template <Real R>
Expansion<R> finished(const Activation& phi, const Integrand<R>& f, const R& variance,
                      const Judged<R>& found);

}  // namespace gronwall::gaussian
