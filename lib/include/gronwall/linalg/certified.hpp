#pragma once

#include <gronwall/linalg/matrix.hpp>
#include <gronwall/linalg/norm.hpp>
#include <gronwall/real/truth.hpp>

/// Linear algebra that proves: in balls, and bounds in double that hold whatever rounding does.
namespace gronwall::linalg {

/// Whether the symmetric matrix that the lower triangle of A gives is positive definite: yes if every matrix
/// in the balls is, no if none is, else unknown (a singular matrix always is; see exact.hpp). Yes by
/// Cholesky's factorisation in balls or a positive lower bound of the eigenvalues; no by a diagonal entry or
/// a vector x with x^T A x <= 0. Unknown where an entry is not known. Throws DomainError for an empty matrix
/// or one that is not square.
real::Truth positive_definite(const Matrix<real::Ball>& a);

/// Encloses the largest eigenvalue of the symmetric matrix that the lower triangle of A gives. For exact
/// entries the radius is about 2^(-3-working_bits) max |a_ij| plus the result's rounding, also when the top
/// eigenvalue is multiple or clustered; a diagonal matrix gives max a_ii. Radii of the entries add at most
/// the norm of the matrix of radii to each end. `smallest_eigenvalue<Ball>` is -largest_eigenvalue(-A).
///
/// Proof. From below: x^T A x / x^T x for an approximate eigenvector x. From above: for any c and any matrix
/// U, c I - A = U^T U + E with E computed in balls, so v^T (c I - A) v >= -||E||_2 |v|^2 and no eigenvalue
/// exceeds c + ||E||_2. How U (an approximate Cholesky factor) and x were found does not matter to it. (S. M.
/// Rump, Verification methods, Acta Numerica 19 (2010), §13, does the same in floating point.) Throws
/// DomainError for an empty matrix or one that is not square.
real::Ball largest_eigenvalue(const Matrix<real::Ball>& a);

/// An upper bound of ||W||_2: proved, and in general at most 1 % too large (0.1 % as a rule). Two products'
/// worth of double arithmetic, in the rounding mode to nearest. Infinite where an entry is not finite. Should
/// the proof fail, or W have more than 2^20 rows or columns, the bound is min(||W||_F, sqrt(||W||_1
/// ||W||_inf)), rounded up. Throws DomainError for an empty matrix. Proof in the source.
double spectral_norm_bound(const ExactMatrix& w);

/// An upper bound of the largest eigenvalue of (A + A^T)/2, the logarithmic norm of A for the Euclidean norm;
/// it may be negative. In general at most 1 % of the spectral radius of (A + A^T)/2 too large. Otherwise as
/// `spectral_norm_bound`; should the proof fail, Gershgorin's bound, rounded up. Throws DomainError unless
/// square.
double logarithmic_norm_bound(const ExactMatrix& a);

}  // namespace gronwall::linalg
