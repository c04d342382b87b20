#pragma once

#include <cstddef>
#include <vector>

#include <gronwall/linalg/matrix.hpp>

namespace gronwall::ode {

using linalg::Matrix;
using real::Real;

/// One polynomial and where it stands for the function: p(t) = sum_k coefficients[k] (t - centre)^k for
/// begin <= t <= end. The centre is usually one of the two ends; all coefficients have the same shape, and
/// there is at least one.
template <Real R>
struct Piece {
  R begin = R(0), end = R(0), centre = R(0);
  std::vector<Matrix<R>> coefficients;

  /// p(t) by Horner's scheme into `out` (resized if its shape differs; no allocation otherwise).
  void at(const R& t, Matrix<R>& out) const;
  /// p'(t), likewise.
  void derivative_at(const R& t, Matrix<R>& out) const;
};

/// A function of time with values in the matrices of one shape, kept as polynomials on adjacent intervals
/// (dense output). For balls the polynomials themselves are exact or enclose; which piece a ball of times
/// belongs to is a question with three answers, so there a piece is asked, not the whole.
template <Real R>
class PiecewisePolynomial {
 public:
  /// Throws DomainError unless there is a piece, every piece has coefficients of the shape of all others and
  /// (where numbers are ordered) ends not before it begins, and where the next one begins.
  explicit PiecewisePolynomial(std::vector<Piece<R>> pieces);

  const std::vector<Piece<R>>& pieces() const { return pieces_; }
  const R& begin() const { return pieces_.front().begin; }
  const R& end() const { return pieces_.back().end; }

  /// The piece in charge at t: the last that begins at or before t. At a breakpoint that is the later one,
  /// but for the end. Throws DomainError for a time outside.
  std::size_t piece_of(const R& t) const requires real::Floating<R>;
  /// p(t). Throws DomainError for a time outside. Safe to call from several threads.
  void at(const R& t, Matrix<R>& out) const requires real::Floating<R>;
  Matrix<R> at(const R& t) const requires real::Floating<R>;
  /// p'(t), at a breakpoint that of the later piece.
  Matrix<R> derivative_at(const R& t) const requires real::Floating<R>;

 private:
  std::vector<Piece<R>> pieces_;
};

/// An n x m matrix as A C^T, with A: n x K and C: m x K.
template <Real R>
struct Factored {
  Matrix<R> left, right;
};

/// The integral of a(t) b(t)^T over the piece [begin, end] that both share, in factors: n x m for a with
/// values n x N and b with values m x N. Exact but for rounding (in balls: encloses): with u = t - centre the
/// integral is
///   sum_i a_i (sum_j mu_{i+j} b_j)^T,   mu_m = integral of u^m = (end^{m+1} - begin^{m+1})/(m+1) in u,
/// so A = [a_0 a_1 ...] and C = [c_0 c_1 ...] with c_i = sum_j mu_{i+j} b_j, N columns each.
/// The centres must be equal, and so must the numbers of columns (DomainError).
template <Real R>
Factored<R> factors_of_integral(const Piece<R>& a, const Piece<R>& b);
/// The same over all pieces, their factors side by side; both functions must have the same pieces
/// (DomainError).
template <Real R>
Factored<R> factors_of_integral(const PiecewisePolynomial<R>& a, const PiecewisePolynomial<R>& b);

/// The integral itself, one product a piece.
template <Real R>
Matrix<R> integral_of_product(const Piece<R>& a, const Piece<R>& b);
/// The same over all pieces; both functions must have the same pieces (DomainError).
template <Real R>
Matrix<R> integral_of_product(const PiecewisePolynomial<R>& a, const PiecewisePolynomial<R>& b);

}  // namespace gronwall::ode
