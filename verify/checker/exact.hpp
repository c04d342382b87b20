#pragma once

#include <optional>
#include <vector>

#include <gmpxx.h>

#include "verify/checker/interval.hpp"

/// Exact linear algebra over the rationals, and norms of exact matrices.
namespace gronwall::checker {

/// A matrix of exact numbers, row by row.
class Matrix {
 public:
  Matrix() = default;
  Matrix(long rows, long cols) : rows_(rows), cols_(cols), entries_(static_cast<std::size_t>(rows * cols)) {}
  long rows() const { return rows_; }
  long cols() const { return cols_; }
  mpq_class& operator()(long i, long j) { return entries_[static_cast<std::size_t>(i * cols_ + j)]; }
  const mpq_class& operator()(long i, long j) const {
    return entries_[static_cast<std::size_t>(i * cols_ + j)];
  }
  const std::vector<mpq_class>& entries() const { return entries_; }
  bool operator==(const Matrix& b) const = default;

 private:
  long rows_ = 0, cols_ = 0;
  std::vector<mpq_class> entries_;
};

Matrix operator-(const Matrix& a, const Matrix& b);
Matrix operator*(const Matrix& a, const Matrix& b);
Matrix transposed(const Matrix& a);

/// Is the symmetric matrix positive definite? All leading principal minors positive (Sylvester), by
/// fraction-free elimination (Bareiss), whose pivots they are.
bool positive_definite(const Matrix& a);
long rank(const Matrix& a);
/// A vector c != 0 with a c = 0, as a column, if there is one.
std::optional<Matrix> null_vector(const Matrix& a);

/// The sum of the squares of all entries.
mpq_class square_sum(const Matrix& a);
/// sqrt(square_sum): the Frobenius norm, of a vector the Euclidean one.
Interval frobenius_norm(const Matrix& a);
/// The largest singular value. With S = A^T A (or A A^T, the smaller) its square is the infimum of the c for
/// which c I - S is positive definite; c is bisected over the rationals to half of the working bits, each
/// step decided exactly. Of a vector it is the Euclidean norm.
Interval spectral_norm(const Matrix& a);

}  // namespace gronwall::checker
