#pragma once

#include <fmt/format.h>

#include <gronwall/linalg/approximation.hpp>
#include <gronwall/real/ball.hpp>
#include <gronwall/real/escalation.hpp>

namespace gronwall::linalg {

/// The radius of an enclosure in the Frobenius norm (of its entries' radii and its error), over the norm of
/// its midpoints: 2^-b says that about b bits are known. An exact ball; not known where the enclosure is not,
/// or where the midpoints are 0 and the radius is not.
real::Ball relative_radius(const Approximation<real::Ball>& a);

/// `compute()` at 64, 128, ..., 1024 bits until `enclosure(result)`, an Approximation<Ball>, has a relative
/// radius of at most `relative`. Throws PrecisionError where 1024 bits do not reach that. What the
/// computation throws at one precision (PrecisionError) counts as not enough; everything else goes through.
///
///     const auto f = linalg::to_relative_radius(1e-40, [&] { return
///     model::NeuralOde<Ball>(network).output(x); });
template <class Compute, class Enclosure>
auto to_relative_radius(double relative, Compute compute, Enclosure enclosure) {
  for (const long bits : real::escalation) {
    const real::Precision precision(bits);
    try {
      auto result = compute();
      if (leq(relative_radius(enclosure(result)), real::Ball(relative)) == real::Truth::yes) return result;
    } catch (const PrecisionError&) {
      if (bits == real::escalation.back()) throw;
    }
  }
  throw PrecisionError(fmt::format("A relative radius of {:g} was not reached at {} bits.", relative,
                                   real::escalation.back()));
}
template <class Compute>
auto to_relative_radius(double relative, Compute compute) {
  return to_relative_radius(
      relative, compute, [](const auto& result) -> const auto& { return result; });
}

}  // namespace gronwall::linalg
