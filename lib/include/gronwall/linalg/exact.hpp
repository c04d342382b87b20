#pragma once

#include <optional>
#include <vector>

#include <Eigen/Core>

#include <gronwall/real/rational.hpp>

/// Linear algebra over the rationals, for statements about rank and sign that admit no rounding.
namespace gronwall::linalg {

/// Storage only: use it entry by entry.
using RationalMatrix = Eigen::Matrix<real::Rational, Eigen::Dynamic, Eigen::Dynamic>;
using RationalVector = std::vector<real::Rational>;

/// The rank of A, by fraction-free elimination on rows scaled to integers (Bareiss, Mathematics of
/// Computation 22 (1968)): every intermediate number is a minor, so numbers stay short and divisions are
/// exact.
long exact_rank(const RationalMatrix& a);

/// det A. Throws DomainError unless square.
real::Rational exact_determinant(const RationalMatrix& a);

/// Numbers of positive, negative and zero eigenvalues.
struct Inertia {
  long positive = 0, negative = 0, zero = 0;
  friend bool operator==(const Inertia&, const Inertia&) = default;
};
/// The inertia of a symmetric matrix from the signs of an exact L D L^T with symmetric pivoting (Sylvester's
/// law). Throws DomainError unless symmetric.
Inertia exact_inertia(const RationalMatrix& a);
/// All eigenvalues positive.
bool exactly_positive_definite(const RationalMatrix& a);

/// Some c != 0 with A c = 0, entries integers without common factor; none if A has full column rank.
std::optional<RationalVector> null_vector(const RationalMatrix& a);

/// c^T A c.
real::Rational quadratic_form(const RationalMatrix& a, const RationalVector& c);

/// The point (2m, |m|^2 - 1) / (|m|^2 + 1) of the unit sphere of R^d, d = m.size() + 1: stereographic
/// projection of m from the pole e_d. Different m give different points; every rational point but the pole is
/// reached.
RationalVector rational_unit_vector(const RationalVector& m);

/// All inner products <x_i, x_j>. Throws DomainError for vectors of different lengths.
RationalMatrix gram(const std::vector<RationalVector>& points);

}  // namespace gronwall::linalg
