#include <cmath>

#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/training/infinite.hpp>

namespace gronwall::training {

namespace {

/// I - eta K.
template <Real R>
Approximation<R> one_step(const Approximation<R>& K, const R& eta) {
  Approximation<R> A{K.value, R(0)};
  for (Eigen::Index j = 0; j < A.cols(); ++j)
    for (Eigen::Index i = 0; i < A.rows(); ++i) {
      if constexpr (real::Enclosing<R>) A.value(i, j) = R(A.value(i, j), K.error);
      A.value(i, j) = R(i == j ? 1 : 0) - eta * A.value(i, j);
    }
  if constexpr (real::Floating<R>) {
    using std::abs;
    const R rounding = R(2) * real::Backend<R>::unit_roundoff();
    const R size = R(static_cast<int>(K.rows())) + abs(eta) * linalg::frobenius_norm<R>(K.value).value();
    A.error = abs(eta) * K.error + rounding * size;
  }
  return A;
}

}  // namespace

template <Real R>
LinearDynamics<R> linear_dynamics(const Approximation<R>& K, const Matrix<R>& r0, const R& eta, long steps) {
  if (K.rows() < 1 || K.rows() != K.cols())
    throw DomainError(fmt::format("The kernel must be square: it is {} x {}.", K.rows(), K.cols()));
  if (r0.rows() != K.rows() || r0.cols() != 1)
    throw DomainError(fmt::format("The residual of {} samples must be {} x 1.", K.rows(), K.rows()));
  if (steps < 0) throw DomainError(fmt::format("The number of steps must not be negative: it is {}.", steps));

  const Approximation<R> A = one_step<R>(K, eta);
  LinearDynamics<R> out;
  out.rate = linalg::spectral_norm<R>(A);
  out.residuals.push_back(linalg::exact<R>(r0));
  for (long k = 1; k <= steps; ++k) {
    const Approximation<R>& before = out.residuals.back();
    Approximation<R> next{linalg::multiply<R>(A.value, before.value), R(0)};
    if constexpr (real::Floating<R>) {
      const R rounding = real::Backend<R>::unit_roundoff() * R(static_cast<int>(K.rows() + 2));
      const R size = linalg::frobenius_norm<R>(before.value).value();
      next.error = (out.rate.value() + out.rate.error()) * before.error + A.error * size +
                   rounding * linalg::frobenius_norm<R>(A.value).value() * size;
    }
    out.residuals.push_back(std::move(next));
  }
  return out;
}

#define GRONWALL_INSTANTIATE(...)                       \
  template struct LinearDynamics<__VA_ARGS__>;          \
  template LinearDynamics<__VA_ARGS__> linear_dynamics( \
      const Approximation<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&, const __VA_ARGS__&, long);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::training
