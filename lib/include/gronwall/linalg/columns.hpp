#pragma once

#include <gronwall/linalg/matrix.hpp>

/// Products with blocks of columns of larger matrices, for code that keeps many states side by side and must
/// neither copy nor allocate. Shapes must fit (DomainError); what is written may not overlap what is read.
/// The errors are those of linalg/product.hpp.
namespace gronwall::linalg {

/// Neighbouring columns of a matrix that lives elsewhere.
template <class R>
struct Columns {
  const R* data;
  Eigen::Index rows, cols;
};
template <class R>
struct MutableColumns {
  R* data;
  Eigen::Index rows, cols;
  operator Columns<R>() const { return {data, rows, cols}; }  // NOLINT: as R* becomes const R*
};

/// Columns first, ..., first + count - 1 of a.
template <class R>
Columns<R> columns(const Matrix<R>& a, Eigen::Index first, Eigen::Index count) {
  return {a.data() + first * a.rows(), a.rows(), count};
}
template <class R>
MutableColumns<R> columns(Matrix<R>& a, Eigen::Index first, Eigen::Index count) {
  return {a.data() + first * a.rows(), a.rows(), count};
}

/// out = factor A b.
template <real::Floating R>
void multiply_columns(MutableColumns<R> out, const R& factor, const Matrix<R>& A, Columns<R> b);
/// out = factor A^T b.
template <real::Floating R>
void transpose_multiply_columns(MutableColumns<R> out, const R& factor, const Matrix<R>& A, Columns<R> b);
/// out += factor a b^T.
template <real::Floating R>
void add_multiply_transpose(Matrix<R>& out, const R& factor, Columns<R> a, Columns<R> b);
/// out += sum_k factors[k] x_k for the `count` neighbours x_k of out's shape that begin at `x`.
template <real::Floating R>
void add_combination(MutableColumns<R> out, const R* x, const R* factors, Eigen::Index count);

}  // namespace gronwall::linalg
