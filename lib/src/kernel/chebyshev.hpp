#pragma once

#include <vector>

#include <gronwall/linalg/matrix.hpp>

namespace gronwall::kernel {

using linalg::Matrix;

/// Collocation on [0, T] at the n + 1 Chebyshev points of the second kind t_j = (T/2)(1 - cos(pi j/n)): a
/// function stands for the polynomial of degree n through its values there (Trefethen, Approximation Theory
/// and Approximation Practice, ch. 3 and 19). Functions of two times are (n+1) x (n+1) matrices.
template <real::Floating R>
class ChebyshevGrid {
 public:
  /// n >= 2.
  ChebyshevGrid(long n, const R& horizon);

  long degree() const { return n_; }
  const std::vector<R>& times() const { return times_; }
  /// (J f)_i = integral of f from 0 to t_i.
  const Matrix<R>& integral() const { return integral_; }
  /// (J f)_i = integral of f from t_i to T.
  const Matrix<R>& integral_to_end() const { return to_end_; }
  /// The last row of `integral`: the weights of Clenshaw and Curtis.
  Matrix<R> weights() const { return integral_.row(n_); }
  /// The values at this grid's points from those at the points of another one of the same interval.
  Matrix<R> from(const ChebyshevGrid& other) const;

 private:
  long n_;
  std::vector<R> times_;
  Matrix<R> values_;        ///< T_k(x_j), x_j = -cos(pi j/n): row j
  Matrix<R> coefficients_;  ///< from values to Chebyshev coefficients
  Matrix<R> integral_, to_end_;
};

}  // namespace gronwall::kernel
