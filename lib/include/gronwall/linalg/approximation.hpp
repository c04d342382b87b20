#pragma once

#include <gronwall/linalg/matrix.hpp>
#include <gronwall/linalg/norm.hpp>

namespace gronwall::linalg {

/// A matrix (or, with one column, a vector) and an estimate of its distance from the exact one in the
/// Frobenius norm. A matrix of balls encloses, so its error is 0 unless somebody adds one.
template <Real R>
struct Approximation {
  Matrix<R> value;
  R error = R(0);

  Eigen::Index rows() const { return value.rows(); }
  Eigen::Index cols() const { return value.cols(); }
};

/// An exact matrix.
template <Real R>
Approximation<R> exact(const Matrix<R>& a) {
  return {a, R(0)};
}

/// A - B; shapes must agree (DomainError). Subtractions that round nothing add no error.
template <Real R>
Approximation<R> operator-(const Approximation<R>& a, const Approximation<R>& b);

/// A B with its rounding: entries that are computed exactly add no error. Exact factors only.
template <Real R>
Approximation<R> multiply_with_error(const Matrix<R>& a, const Matrix<R>& b);

/// Frobenius norm; for one column the Euclidean norm. Error: that of the value plus rounding.
template <Real R>
real::Quantity<R> norm(const Approximation<R>& a);

/// Spectral norm; the error of the value counts in full, since ||.|| <= ||.||_F.
template <Real R>
real::Quantity<R> spectral_norm(const Approximation<R>& a);

}  // namespace gronwall::linalg
