#pragma once

#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/linalg/exact.hpp>

/// E[phi(u) psi(ubar)] for centred Gaussian (u, ubar) with variances q, qbar and correlation rho in [-1, 1],
/// by three routes that share no formula: Mehler's series, two-dimensional quadrature, exact moments for
/// polynomials.
namespace gronwall::gaussian {

/// Mehler's series: sum_k a_k b_k rho^k, since E[h_j(u/sqrt q) h_k(ubar/sqrt qbar)] = rho^k delta_jk. What is
/// left out is at most |rho|^K sqrt(tail_phi tail_psi) (Cauchy and Schwarz), K the smaller number of
/// coefficients, and is part of the error. The error of rho enters through its powers. Throws DomainError if
/// certainly |rho| > 1.
template <Real R>
real::Quantity<R> mehler(const Expansion<R>& phi, const Expansion<R>& psi, const real::Quantity<R>& rho);

/// E[phi(u) phi(ubar)] with both variances that of the expansion. At rho = 1 and rho = -1 (exactly) it is the
/// second moment and the antipodal moment, without a tail.
template <Real R>
real::Quantity<R> kernel(const Expansion<R>& phi, const real::Quantity<R>& rho);

/// The kernel matrix of a symmetric matrix of correlations, with a bound on its error in the Frobenius norm:
/// those of its entries, plus slope times the error of the correlations. Throws DomainError unless square
/// with entries in [-1, 1].
template <Real R>
linalg::Approximation<R> kernel(const Expansion<R>& phi, const linalg::Approximation<R>& correlations);

/// The same expectation by quadrature in two variables: u = sqrt(q) z_1, ubar = sqrt(qbar) (rho z_1 +
/// sqrt(1-rho^2) z_2), the rule of `expand` in each variable; one variable where rho = +-1. The error is
/// estimated as in `expand`, from every second node in both directions. `digits` <= 0 means those of R; cost
/// grows like digits^3.
template <Real R>
real::Quantity<R> expectation_by_quadrature(const Activation& phi, const R& q, const Activation& psi,
                                            const R& qbar, const R& rho, int digits = 0);

// Balls (ball_expectation.cpp): every result encloses. Mehler's series with its tail as a radius; the
// quadrature with proved bounds of both trapezoidal rules and of both cut-offs, to about `digits` digits
// (those of working_bits() for digits <= 0); DomainError for activations with kinks.
template <>
real::Ball mehler<real::Ball>(const Expansion<real::Ball>&, const Expansion<real::Ball>&, const real::Ball&);
template <>
real::Ball kernel<real::Ball>(const Expansion<real::Ball>&, const real::Ball&);
template <>
linalg::Approximation<real::Ball> kernel<real::Ball>(const Expansion<real::Ball>&,
                                                     const linalg::Approximation<real::Ball>&);
template <>
real::Ball expectation_by_quadrature<real::Ball>(const Activation&, const real::Ball&, const Activation&,
                                                 const real::Ball&, const real::Ball&, int);

/// The partial sum sum_{k<K} a_k^2 rho^{ok} of the kernel matrix, without a tail: since every term is
/// positive semidefinite (Schur), the matrix enclosed is below the kernel in the Loewner order.
linalg::Matrix<real::Ball> kernel_below(const Expansion<real::Ball>& phi,
                                        const linalg::Matrix<real::Ball>& correlations);

/// The kernel matrix of a polynomial for an exact symmetric matrix of correlations: sum_k a_k^2 rho^k, entry
/// by entry.
linalg::RationalMatrix exact_kernel(const Polynomial& p, const linalg::RationalMatrix& correlations,
                                    const Rational& q = 1);

}  // namespace gronwall::gaussian
