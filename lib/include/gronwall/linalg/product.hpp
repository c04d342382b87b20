#pragma once

#include <gronwall/linalg/matrix.hpp>

/// Matrix products, compiled once per backend: OpenBLAS on one thread, kernels of ours for few columns, and
/// Eigen for small ones in double; Arb's dot products and block products for balls; elsewhere a loop in the
/// backend's numbers, or, where that pays, exact sums through residues (linalg/block_product.hpp) that are
/// rounded once. Inner dimensions must agree (DomainError).
/// Each entry has the usual error of an inner product of length k: k u (|A| |B|)_ij to first order (Higham,
/// Accuracy and Stability, 2nd ed., (3.13)). A product of balls encloses; an entry's rounding is about
/// 2^-working_bits times the largest of its terms.
namespace gronwall::linalg {

/// out = A B; `out` is resized and may not alias A or B. No allocation when the shape is already right.
template <Real R>
void multiply_into(Matrix<R>& out, const Matrix<R>& a, const Matrix<R>& b);
/// out = A^T B, likewise.
template <Real R>
void transpose_multiply_into(Matrix<R>& out, const Matrix<R>& a, const Matrix<R>& b);

/// A B.
template <Real R>
Matrix<R> multiply(const Matrix<R>& a, const Matrix<R>& b);
/// A^T B.
template <Real R>
Matrix<R> transpose_multiply(const Matrix<R>& a, const Matrix<R>& b);
/// A B^T.
template <Real R>
Matrix<R> multiply_transpose(const Matrix<R>& a, const Matrix<R>& b);

}  // namespace gronwall::linalg
