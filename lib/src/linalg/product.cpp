#include <type_traits>

#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

#include "arb_matrix.hpp"

namespace gronwall::linalg {

namespace {

void require_inner(Eigen::Index left, Eigen::Index right) {
  if (left != right)
    throw DomainError(
        fmt::format("A product of matrices with inner dimensions {} and {} was asked for.", left, right));
}

/// sum_k a[k * step_a] b[k], accumulated in place: no temporary leaves the loop.
template <class R>
void inner_product(R& out, const R* a, Eigen::Index step_a, const R* b, Eigen::Index length) {
  out = 0;
  R term;
  for (Eigen::Index k = 0; k < length; ++k) {
    term = a[k * step_a];
    term *= b[k];
    out += term;
  }
}

}  // namespace

template <Real R>
void multiply_into(Matrix<R>& out, const Matrix<R>& a, const Matrix<R>& b) {
  require_inner(a.cols(), b.rows());
  out.resize(a.rows(), b.cols());
  if constexpr (std::is_same_v<R, double>) {
    out.noalias() = a * b;
  } else if constexpr (real::Enclosing<R>) {
    detail::multiply_balls(out, a, b);
  } else {
    for (Eigen::Index j = 0; j < b.cols(); ++j)
      for (Eigen::Index i = 0; i < a.rows(); ++i)
        inner_product<R>(out(i, j), a.data() + i, a.rows(), b.data() + j * b.rows(), b.rows());
  }
}

template <Real R>
void transpose_multiply_into(Matrix<R>& out, const Matrix<R>& a, const Matrix<R>& b) {
  require_inner(a.rows(), b.rows());
  out.resize(a.cols(), b.cols());
  if constexpr (std::is_same_v<R, double>) {
    out.noalias() = a.transpose() * b;
  } else if constexpr (real::Enclosing<R>) {
    detail::transpose_multiply_balls(out, a, b);
  } else {
    for (Eigen::Index j = 0; j < b.cols(); ++j)
      for (Eigen::Index i = 0; i < a.cols(); ++i)
        inner_product<R>(out(i, j), a.data() + i * a.rows(), 1, b.data() + j * b.rows(), b.rows());
  }
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
  const Matrix<R> turned = b.transpose();
  return multiply<R>(a, turned);
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

}  // namespace gronwall::linalg
