#pragma once

#include <vector>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/rational.hpp>

/// What Taylor arithmetic has to know of an activation: a differential system that generates its derivatives,
/// and how large it is on discs of the complex plane.
namespace gronwall::activation {

/// coefficient * x^powers[0] u_1^powers[1] ... u_k^powers[k].
struct Monomial {
  real::Rational coefficient;
  std::vector<int> powers;  ///< k + 1 of them, none negative
};

/// A sum of monomials; none at all is 0.
using SystemPolynomial = std::vector<Monomial>;

/// phi(x) = Q(x, u(x)), where the auxiliary functions u_1, ..., u_k satisfy du_j/dx = P_j(x, u). Polynomials
/// phi need no u. `Functions::start` gives u(x).
struct DifferentialSystem {
  std::vector<SystemPolynomial> derivatives;  ///< P_1, ..., P_k
  SystemPolynomial value;                     ///< Q
};

/// dq/dx along the system, dq/dx = q_x + sum_j P_j q_{u_j}: with q = Q it is phi', once more it is phi''.
/// Like powers are collected, in ascending order of the powers, and monomials with coefficient 0 left out.
SystemPolynomial differentiated(const DifferentialSystem& system, const SystemPolynomial& q);

/// Upper bounds of |phi|, |phi'| and |phi''| on a disc; exact balls.
template <real::Real R>
struct DiscBounds {
  R value, derivative, second_derivative;
};

}  // namespace gronwall::activation
