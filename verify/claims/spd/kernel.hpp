#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gronwall/gaussian/expectation.hpp>

#include "verify/claims/spd/points.hpp"
#include "verify/engine/relations.hpp"

/// Sigma* with unit variance at exact points: its singularity exactly, its definiteness numerically.
namespace gronwall::verify {

using gaussian::Polynomial;

/// phi = even part + odd part; either is given where it is a polynomial.
///
/// tanh, sin, erf, arctan are odd; cos and the bell are even. softplus, gelu and silu are x/2 plus an even
/// function: log(1 + e^x) - log(1 + e^{-x}) = x, and x F(x) - (-x) F(-x) = x (F(x) + F(-x)) = x for F = Phi
/// and for the logistic function F, both of which satisfy F(x) + F(-x) = 1; by the same identity the logistic
/// function is 1/2 plus an odd one.
struct ParityParts {
  std::optional<Polynomial> even, odd;
};
ParityParts parity_parts(const std::string& activation);

/// The smooth non-polynomial activations whose parity parts are known.
extern const std::vector<std::string> non_polynomial;

/// A vector c != 0 with sum_i c_i phi(<x_i, w>) = 0 for all w, hence Sigma* c = 0, if there is one; exact.
///
/// If phi has a polynomial odd part p and the points contain pairs (x_k, -x_k), then with c_k at x_k and -c_k
/// at -x_k the sum is 2 sum_k c_k p(<x_k, w>), whose second moment is 4 c^T P c with P the kernel of p at the
/// x_k: 0 exactly when P c = 0. In the same way for a polynomial even part, with c_k at both. Equal points
/// have one too. For distinct points there is no other way: where infinitely many even a_n are non-zero, c^T
/// rho^{on} c -> sum over lines of (c_x + c_{-x})^2 along even n, so c is antisymmetric on every pair and 0
/// elsewhere; and likewise for odd ones.
std::optional<RationalVector> exact_null_vector(const ParityParts& parts, const Points& x);

/// Sigma* with unit variance, from at most `terms` coefficients.
template <Real R>
linalg::Approximation<R> unit_kernel(const std::string& activation, const Points& x, unsigned terms);

/// Coefficients enough for definiteness at points that are not crowded. In balls the terms left out can only
/// help.
template <Real R>
constexpr unsigned enough_terms = real::Enclosing<R> || real::Backend<R>::digits < 20 ? 200 : 400;

/// The smallest eigenvalue of Sigma* with unit variance, for phi the sum of the `parts`, any two of which are
/// of different parity (the mixed expectations vanish: u -> -u changes their sign), or of a matrix below it:
/// in balls the terms from `terms` on are left out, each of which is positive semidefinite (Schur). So a
/// positive number proves Sigma* positive definite, and in balls nothing refutes it.
template <Real R>
Quantity<R> smallest_eigenvalue(const std::vector<std::string>& parts, const Points& x, unsigned terms);

/// Whether that number is positive. In balls a lower bound that is not positive says nothing.
template <Real R>
Judgement positive_from_below(const Quantity<R>& smallest) {
  Judgement out = positive<R>(smallest);
  if (real::Enclosing<R> && out.truth == Truth::no) {
    out.truth = Truth::unknown;
    out.proof = false;
  }
  return out;
}

/// Is Sigma* positive definite? No, where it is singular exactly; else by its smallest eigenvalue.
template <Real R>
Judgement definite(const std::string& activation, const Points& x);

}  // namespace gronwall::verify
