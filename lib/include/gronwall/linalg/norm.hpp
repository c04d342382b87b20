#pragma once

#include <gronwall/linalg/matrix.hpp>

namespace gronwall::linalg {

/// Frobenius norm of A: sqrt(sum a_ij^2); of a vector, its Euclidean norm. Exact where every
/// operation is (a single entry, Pythagorean rows), but for more than 256 entries in double. Rounding error:
/// about (number of entries) u relative, for those (rows + cols) u; in balls the result encloses, and the
/// norm of exact entries has relative radius at most 2^(1-working_bits).
template <Real R>
real::Quantity<R> frobenius_norm(const Matrix<R>& a);

/// Spectral norm of A: the largest singular value. Zero matrices, single rows and single columns
/// go through `frobenius_norm`; a matrix with one non-zero entry in each row and column at most is exact.
/// Otherwise sqrt(lambda_max(A^T A)), of relative error below 8 max(rows, cols) u
/// (Golub and Van Loan, Matrix Computations, 4th ed., §8.1; forming A^T A does not hurt the largest
/// singular value). Throws DomainError for an empty matrix.
/// In balls it is an enclosure: of relative radius below 2^(2-working_bits) where the entries are exact (the
/// proof is that of `largest_eigenvalue`), and wider by at most the radii's norm where they are not. A matrix
/// that is not known gives a ball that is not known, here and below.
template <Real R>
real::Quantity<R> spectral_norm(const Matrix<R>& a);

/// All eigenvalues of a symmetric matrix, ascending, each with the absolute error estimate
/// 8 n u ||A||_F (backward stability of the symmetric QR iteration and Weyl's inequality: Golub and Van Loan,
/// §8.1 and §8.3; an estimate, since the constant is not proved). Only the lower triangle is read.
/// `entry_error` bounds the error of A in the Frobenius norm and is added. Throws DomainError unless square.
template <real::Floating R>
Vector<R> symmetric_eigenvalues(const Matrix<R>& a);

/// The smallest eigenvalue, with its error estimate as above. In balls an enclosure: see `largest_eigenvalue`
/// (certified.hpp).
template <Real R>
real::Quantity<R> smallest_eigenvalue(const Matrix<R>& a, const R& entry_error = R(0));

template <>
real::Ball frobenius_norm<real::Ball>(const Matrix<real::Ball>& a);
template <>
real::Ball spectral_norm<real::Ball>(const Matrix<real::Ball>& a);
template <>
real::Ball smallest_eigenvalue<real::Ball>(const Matrix<real::Ball>& a, const real::Ball& entry_error);

}  // namespace gronwall::linalg
