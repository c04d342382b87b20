#pragma once

#include <gronwall/gaussian/expansion.hpp>

namespace gronwall::gaussian {

/// The expansion of a polynomial, without quadrature: coefficients from the rational connection to Hermite
/// polynomials, moments from those of the Gaussian. Errors are roundings; with balls everything encloses.
template <Real R>
Expansion<R> polynomial_expansion(const Polynomial& p, const R& q, unsigned count);

}  // namespace gronwall::gaussian
