#include <algorithm>
#include <type_traits>

#include <cblas.h>
#include <fmt/format.h>

#include <gronwall/linalg/columns.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

#include "arb_matrix.hpp"
#include "mpfr_product.hpp"
#include "narrow_product.hpp"

namespace gronwall::linalg {

namespace {

using Eigen::Index;

void require_inner(Index left, Index right) {
  if (left != right)
    throw DomainError(
        fmt::format("A product of matrices with inner dimensions {} and {} was asked for.", left, right));
}

void require_shape(Index rows, Index cols, Index expected_rows, Index expected_cols) {
  if (rows != expected_rows || cols != expected_cols)
    throw DomainError(fmt::format("A product of shape {} x {} was to be written to {} x {}.", expected_rows,
                                  expected_cols, rows, cols));
}

/// sum_k a[k * step_a] b[k * step_b], accumulated in place: no temporary leaves the loop.
template <class R>
void inner_product(R& out, const R* a, Index step_a, const R* b, Index step_b, Index length) {
  out = 0;
  R term;
  for (Index k = 0; k < length; ++k) {
    term = a[k * step_a];
    term *= b[k * step_b];
    out += term;
  }
}

/// A factor of a product, as it lies in memory, and whether its transpose is meant.
template <class R>
struct Factor {
  const R* data;
  Index rows, cols;  ///< in memory
  bool transposed;

  Index height() const { return transposed ? cols : rows; }
  Index width() const { return transposed ? rows : cols; }
};
template <class R>
Factor<R> plain(const Matrix<R>& a) {
  return {a.data(), a.rows(), a.cols(), false};
}
template <class R>
Factor<R> turned(const Matrix<R>& a) {
  return {a.data(), a.rows(), a.cols(), true};
}
template <class R>
Factor<R> plain(Columns<R> a) {
  return {a.data, a.rows, a.cols, false};
}
template <class R>
Factor<R> turned(Columns<R> a) {
  return {a.data, a.rows, a.cols, true};
}

using Map = Eigen::Map<const ExactMatrix>;
Map map(const Factor<double>& a) { return {a.data, a.rows, a.cols}; }

/// out = A B by Eigen's kernels, which start faster.
void small_product(double* out, const Factor<double>& a, const Factor<double>& b) {
  Eigen::Map<ExactMatrix> c(out, a.height(), b.width());
  if (a.transposed)
    c.noalias() = map(a).transpose() * map(b);
  else if (b.transposed)
    c.noalias() = map(a) * map(b).transpose();
  else
    c.noalias() = map(a) * map(b);
}

// OpenBLAS has kernels for every processor and chooses at run time. One thread: results must not depend on
// how many there are.
void use_one_thread() {
  static const bool once = (openblas_set_num_threads(1), true);
  static_cast<void>(once);
}
blasint blas_size(Index n) { return static_cast<blasint>(n); }
CBLAS_TRANSPOSE blas_order(const Factor<double>& a) { return a.transposed ? CblasTrans : CblasNoTrans; }

/// out = A b + keep out for a column b.
void blas_column(double* out, const Factor<double>& a, const double* b, double keep) {
  use_one_thread();
  cblas_dgemv(CblasColMajor, blas_order(a), blas_size(a.rows), blas_size(a.cols), 1, a.data,
              blas_size(a.rows), b, 1, keep, out, 1);
}

/// out = factor A B + keep out, keep being 0 (whatever was there is gone, be it NaN) or 1.
void blas_product(double* out, double factor, const Factor<double>& a, const Factor<double>& b, double keep) {
  if (!b.transposed && detail::narrow_is_faster(a.rows, a.cols, b.width())) {
    detail::narrow_product(out, factor, a.data, a.rows, a.cols, a.transposed, b.data, b.width(), keep);
    return;
  }
  use_one_thread();
  cblas_dgemm(CblasColMajor, blas_order(a), blas_order(b), blas_size(a.height()), blas_size(b.width()),
              blas_size(a.width()), factor, a.data, blas_size(a.rows), b.data, blas_size(b.rows), keep, out,
              blas_size(a.height()));
}

/// Below so many multiplications Eigen is ahead (bench/linalg/double_product_bench.cpp).
constexpr Index small = 1024;
/// A matrix of more entries lies in no cache near the core: packing it for a single column would read it
/// twice.
constexpr Index cached = 1 << 17;

void double_product(double* out, const Factor<double>& a, const Factor<double>& b) {
  if (a.height() * a.width() * b.width() < small)
    small_product(out, a, b);
  else if (b.width() == 1 && a.rows * a.cols > cached)
    blas_column(out, a, b.data, 0);
  else
    blas_product(out, 1, a, b, 0);
}

/// out = A B, entry by entry.
template <class R>
void loop_product(R* out, const Factor<R>& a, const Factor<R>& b) {
  const Index height = a.height(), length = a.width();
  for (Index j = 0; j < b.width(); ++j)
    for (Index i = 0; i < height; ++i)
      inner_product<R>(out[j * height + i], a.data + (a.transposed ? i * a.rows : i),
                       a.transposed ? 1 : a.rows, b.data + (b.transposed ? j : j * b.rows),
                       b.transposed ? b.rows : 1, length);
}

template <class R>
detail::Strided<R> strided(const Factor<R>& a) {
  return {a.data, a.height(), a.width(), a.transposed ? a.rows : 1, a.transposed ? 1 : a.rows};
}

template <class R>
void product(R* out, const Factor<R>& a, const Factor<R>& b) {
  if constexpr (std::is_same_v<R, double>)
    double_product(out, a, b);
  else if (!detail::product_in_blocks<R>(out, strided<R>(a), strided<R>(b)))
    loop_product<R>(out, a, b);
}

template <class R>
void scaled_product(MutableColumns<R> out, const R& factor, const Factor<R>& a, const Factor<R>& b) {
  require_inner(a.width(), b.height());
  require_shape(out.rows, out.cols, a.height(), b.width());
  const Index size = out.rows * out.cols;
  if constexpr (std::is_same_v<R, double>) {
    if (size * a.width() >= small) {
      blas_product(out.data, factor, a, b, 0);
      return;
    }
  }
  product<R>(out.data, a, b);
  for (Index e = 0; e < size; ++e) out.data[e] *= factor;
}

}  // namespace

template <Real R>
void multiply_into(Matrix<R>& out, const Matrix<R>& a, const Matrix<R>& b) {
  require_inner(a.cols(), b.rows());
  out.resize(a.rows(), b.cols());
  if constexpr (real::Enclosing<R>)
    detail::multiply_balls(out, a, b);
  else
    product<R>(out.data(), plain<R>(a), plain<R>(b));
}

template <Real R>
void transpose_multiply_into(Matrix<R>& out, const Matrix<R>& a, const Matrix<R>& b) {
  require_inner(a.rows(), b.rows());
  out.resize(a.cols(), b.cols());
  if constexpr (real::Enclosing<R>)
    detail::transpose_multiply_balls(out, a, b);
  else
    product<R>(out.data(), turned<R>(a), plain<R>(b));
}

template <Real R>
Matrix<R> multiply(const Matrix<R>& a, const Matrix<R>& b) {
  Matrix<R> out;
  multiply_into<R>(out, a, b);
  return out;
}

template <Real R>
Matrix<R> transpose_multiply(const Matrix<R>& a, const Matrix<R>& b) {
  Matrix<R> out;
  transpose_multiply_into<R>(out, a, b);
  return out;
}

template <Real R>
Matrix<R> multiply_transpose(const Matrix<R>& a, const Matrix<R>& b) {
  if constexpr (real::Enclosing<R>) {
    const Matrix<R> turned_b = b.transpose();
    return multiply<R>(a, turned_b);
  } else {
    require_inner(a.cols(), b.cols());
    Matrix<R> out(a.rows(), b.rows());
    product<R>(out.data(), plain<R>(a), turned<R>(b));
    return out;
  }
}

template <real::Floating R>
void multiply_columns(MutableColumns<R> out, const R& factor, const Matrix<R>& A, Columns<R> b) {
  scaled_product<R>(out, factor, plain<R>(A), plain<R>(b));
}

template <real::Floating R>
void transpose_multiply_columns(MutableColumns<R> out, const R& factor, const Matrix<R>& A, Columns<R> b) {
  scaled_product<R>(out, factor, turned<R>(A), plain<R>(b));
}

template <real::Floating R>
void add_multiply_transpose(Matrix<R>& out, const R& factor, Columns<R> a, Columns<R> b) {
  require_inner(a.cols, b.cols);
  require_shape(out.rows(), out.cols(), a.rows, b.rows);
  if constexpr (std::is_same_v<R, double>) {
    if (out.size() > 0 && a.cols > 0) blas_product(out.data(), factor, plain<R>(a), turned<R>(b), 1);
  } else {
    R sum;
    for (Index j = 0; j < out.cols(); ++j)
      for (Index i = 0; i < out.rows(); ++i) {
        inner_product<R>(sum, a.data + i, a.rows, b.data + j, b.rows, a.cols);
        sum *= factor;
        out(i, j) += sum;
      }
  }
}

template <real::Floating R>
void add_combination(MutableColumns<R> out, const R* x, const R* factors, Index count) {
  const Index size = out.rows * out.cols;
  if constexpr (std::is_same_v<R, double>) {
    if (size > 0 && count > 0) blas_column(out.data, {x, size, count, false}, factors, 1);
  } else {
    R term;
    for (Index k = 0; k < count; ++k) {
      if (factors[k] == 0) continue;
      for (Index e = 0; e < size; ++e) {
        term = factors[k];
        term *= x[k * size + e];
        out.data[e] += term;
      }
    }
  }
}

#define GRONWALL_INSTANTIATE(...)                                                                      \
  template void multiply_into<__VA_ARGS__>(Matrix<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&,           \
                                           const Matrix<__VA_ARGS__>&);                                \
  template void transpose_multiply_into<__VA_ARGS__>(Matrix<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&, \
                                                     const Matrix<__VA_ARGS__>&);                      \
  template Matrix<__VA_ARGS__> multiply<__VA_ARGS__>(const Matrix<__VA_ARGS__>&,                       \
                                                     const Matrix<__VA_ARGS__>&);                      \
  template Matrix<__VA_ARGS__> transpose_multiply<__VA_ARGS__>(const Matrix<__VA_ARGS__>&,             \
                                                               const Matrix<__VA_ARGS__>&);            \
  template Matrix<__VA_ARGS__> multiply_transpose<__VA_ARGS__>(const Matrix<__VA_ARGS__>&,             \
                                                               const Matrix<__VA_ARGS__>&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

#define GRONWALL_INSTANTIATE_COLUMNS(...)                                                                  \
  template void multiply_columns<__VA_ARGS__>(MutableColumns<__VA_ARGS__>, const __VA_ARGS__&,             \
                                              const Matrix<__VA_ARGS__>&, Columns<__VA_ARGS__>);           \
  template void transpose_multiply_columns<__VA_ARGS__>(MutableColumns<__VA_ARGS__>, const __VA_ARGS__&,   \
                                                        const Matrix<__VA_ARGS__>&, Columns<__VA_ARGS__>); \
  template void add_multiply_transpose<__VA_ARGS__>(Matrix<__VA_ARGS__>&, const __VA_ARGS__&,              \
                                                    Columns<__VA_ARGS__>, Columns<__VA_ARGS__>);           \
  template void add_combination<__VA_ARGS__>(MutableColumns<__VA_ARGS__>, const __VA_ARGS__*,              \
                                             const __VA_ARGS__*, Eigen::Index);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE_COLUMNS)

}  // namespace gronwall::linalg
