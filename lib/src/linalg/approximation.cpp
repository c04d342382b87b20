#include <fmt/format.h>

#include <gronwall/linalg/approximation.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::linalg {

using real::Quantity;

template <Real R>
Approximation<R> operator-(const Approximation<R>& a, const Approximation<R>& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols())
    throw DomainError(fmt::format("A {} x {} matrix cannot be subtracted from a {} x {} one.", b.rows(),
                                  b.cols(), a.rows(), a.cols()));
  // Balls carry the rounding of their entries themselves.
  if constexpr (real::Enclosing<R>) return {a.value - b.value, R(a.error + b.error)};
  Approximation<R> out{Matrix<R>(a.rows(), a.cols()), R(a.error + b.error)};
  Quantity<R> rounded(R(0));
  for (Eigen::Index k = 0; k < a.value.size(); ++k) {
    const Quantity<R> d = Quantity<R>(a.value.data()[k]) - Quantity<R>(b.value.data()[k]);
    out.value.data()[k] = d.value();
    rounded += Quantity<R>(d.error()) * Quantity<R>(d.error());
  }
  const Quantity<R> all = sqrt(rounded);
  out.error += all.value() + all.error();
  return out;
}

template <Real R>
Approximation<R> multiply_with_error(const Matrix<R>& a, const Matrix<R>& b) {
  if (a.cols() != b.rows())
    throw DomainError(fmt::format("A product of matrices with inner dimensions {} and {} was asked for.",
                                  a.cols(), b.rows()));
  if constexpr (real::Enclosing<R>) return {multiply<R>(a, b), R(0)};
  Approximation<R> out{Matrix<R>(a.rows(), b.cols()), R(0)};
  Quantity<R> rounded(R(0));
  for (Eigen::Index j = 0; j < b.cols(); ++j)
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      Quantity<R> sum(R(0));
      for (Eigen::Index k = 0; k < a.cols(); ++k) sum += Quantity<R>(a(i, k)) * Quantity<R>(b(k, j));
      out.value(i, j) = sum.value();
      rounded += Quantity<R>(sum.error()) * Quantity<R>(sum.error());
    }
  const Quantity<R> all = sqrt(rounded);
  out.error = all.value() + all.error();
  return out;
}

template <Real R>
Quantity<R> norm(const Approximation<R>& a) {
  const Quantity<R> n = frobenius_norm(a.value);
  return Quantity<R>(n.value(), R(n.error() + a.error));
}

template <Real R>
Quantity<R> spectral_norm(const Approximation<R>& a) {
  const Quantity<R> n = spectral_norm<R>(a.value);
  return Quantity<R>(n.value(), R(n.error() + a.error));
}

#define GRONWALL_INSTANTIATE(...)                                                                   \
  template Approximation<__VA_ARGS__> operator-(const Approximation<__VA_ARGS__>&,                  \
                                                const Approximation<__VA_ARGS__>&);                 \
  template Approximation<__VA_ARGS__> multiply_with_error<__VA_ARGS__>(const Matrix<__VA_ARGS__>&,  \
                                                                       const Matrix<__VA_ARGS__>&); \
  template Quantity<__VA_ARGS__> norm<__VA_ARGS__>(const Approximation<__VA_ARGS__>&);              \
  template Quantity<__VA_ARGS__> spectral_norm<__VA_ARGS__>(const Approximation<__VA_ARGS__>&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::linalg
