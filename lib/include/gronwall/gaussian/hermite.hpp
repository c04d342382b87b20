#pragma once

#include <vector>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/rational.hpp>

/// The probabilists' Hermite polynomials: He_k, orthogonal under the standard Gaussian with
/// E[He_k(z)^2] = k! (NIST DLMF §18.3), and h_k = He_k / sqrt(k!), orthonormal. The exact half of this file
/// goes by explicit coefficients and moments, the floating-point half by recurrence, so that each can check
/// the other.
namespace gronwall::gaussian {

using real::Integer;
using real::Rational;
using real::Real;

/// A polynomial by its exact coefficients c_0, c_1, ... of x^0, x^1, ...
using Polynomial = std::vector<Rational>;

/// He_0(x), ..., He_{count-1}(x), by He_{k+1} = x He_k - k He_{k-1} (DLMF 18.9.1).
///
/// Error: let G_k be the same recurrence with |x| and + (that is i^{-k} He_k(i|x|)). Then |He_k| <= G_k, each
/// step rounds at most three times, and induction gives |error| <= 3 (k-1) u G_k(|x|) to first order (He_0
/// and He_1 are exact): a step adds at most 3u (|x| G_k + k G_{k-1}) = 3u G_{k+1} to what it inherits, 3
/// (k-1) u (|x| G_k + k G_{k-1}). The estimate is tight near x = 0 and beyond the largest zero, and
/// pessimistic between, by up to about e^{2|x| sqrt k}.
template <Real R>
std::vector<real::Quantity<R>> hermites(unsigned count, const R& x);

/// The coefficients of h_{k+1} = x forward_k h_k - backward_k h_{k-1}: forward_k = 1/sqrt(k+1),
/// backward_k = sqrt(k/(k+1)), for k < count.
template <Real R>
struct HermiteRecurrence {
  explicit HermiteRecurrence(unsigned count);
  std::vector<R> forward, backward;
};

/// h_0(x), ..., h_{count-1}(x). Error as above, with 5 (k-1) u G_k / sqrt(k!): two more roundings for the
/// coefficients. No overflow before |h_k| itself overflows.
template <Real R>
std::vector<real::Quantity<R>> normalised_hermites(unsigned count, const R& x);

/// The same values without their errors, for inner loops: `out` receives as many numbers as the recurrence
/// has coefficients.
template <Real R>
void normalised_hermites_into(R* out, const HermiteRecurrence<R>& recurrence, const R& x);

// Balls: the recurrences of exact arithmetic, rounded outwards. They lose about 1.45 |x| sqrt(count) bits.
template <>
std::vector<real::Ball> hermites<real::Ball>(unsigned, const real::Ball&);
template <>
std::vector<real::Ball> normalised_hermites<real::Ball>(unsigned, const real::Ball&);
template <>
HermiteRecurrence<real::Ball>::HermiteRecurrence(unsigned);
template <>
void normalised_hermites_into<real::Ball>(real::Ball*, const HermiteRecurrence<real::Ball>&,
                                          const real::Ball&);

/// k!
Integer factorial(unsigned k);
/// n over k.
Integer binomial(unsigned n, unsigned k);

/// Coefficients of He_k, exact: (-1)^m k! / (m! (k-2m)! 2^m) of x^{k-2m} (DLMF 18.5.13 rescaled).
std::vector<Integer> hermite_coefficients(unsigned k);

/// E[z^m] for standard Gaussian z: (m-1)!! for even m, 0 for odd m.
Integer gaussian_moment(unsigned m);
/// E[u^j v^k] for centred Gaussian (u, v) with variances q and qbar and covariance c: the sum over pairings
/// (Isserlis), sum_l j! k! / (l! ((j-l)/2)! ((k-l)/2)! 2^{(j+k)/2-l}) c^l q^{(j-l)/2} qbar^{(k-l)/2} over l
/// <= min(j,k) of the parity of j; 0 unless j + k is even. Any rationals are accepted: the moments are
/// polynomials.
Rational gaussian_moment(unsigned j, unsigned k, const Rational& q, const Rational& qbar, const Rational& c);

/// E[p(z)], z standard Gaussian, exactly.
Rational gaussian_mean(const Polynomial& p);
/// E[p(u) r(v)], exactly, with u, v as for `gaussian_moment`.
Rational gaussian_mean(const Polynomial& p, const Polynomial& r, const Rational& q, const Rational& qbar,
                       const Rational& c);
/// E[He_j(z) He_k(z)] from coefficients and moments, without the recurrence: k! for j = k, else 0.
Rational hermite_product_mean(unsigned j, unsigned k);

/// p in Hermite polynomials of variance q >= 0: p(u) = sum_k beta_k q^{k/2} He_k(u / sqrt q), that is,
/// phi(sqrt(q) z) = sum_k beta_k q^{k/2} He_k(z), with
/// beta_k = sum_m c_{k+2m} q^m (k+2m)! / (m! k! 2^m) rational. At q = 1 the beta_k are the b_k of phi = sum
/// b_k He_k. Same length as p. Throws DomainError for q < 0.
Polynomial hermite_connection(const Polynomial& p, const Rational& q = 1);
/// The squares a_k^2 = beta_k^2 q^k k! of the normalised coefficients a_k = E[p(sqrt(q) z) h_k(z)], exactly.
std::vector<Rational> squared_coefficients(const Polynomial& p, const Rational& q = 1);

/// The derivative.
Polynomial derivative(const Polynomial& p);

}  // namespace gronwall::gaussian
