#include <cmath>
#include <optional>
#include <type_traits>

#include <gronwall/linalg/norm.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::linalg {

namespace {

using real::Backend;
using real::Quantity;

/// At most one non-zero entry in each row and each column: the singular values are their moduli.
template <class R>
bool scaled_partial_permutation(const Matrix<R>& a) {
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    if ((a.row(i).array() != R(0)).count() > 1) return false;
  for (Eigen::Index j = 0; j < a.cols(); ++j)
    if ((a.col(j).array() != R(0)).count() > 1) return false;
  return true;
}

/// The largest |a_ij|; where an entry is not finite, the first such.
template <class R>
R largest_modulus(const Matrix<R>& a) {
  using std::abs;
  R top(0);
  for (Eigen::Index j = 0; j < a.cols(); ++j)
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      const R size = abs(a(i, j));
      if (!Backend<R>::finite(size)) return size;
      if (size > top) top = size;
    }
  return top;
}

/// The power of two in [x/2, x], in the range of R, not of double.
template <class R>
R power_of_two_below(const R& x) {
  using std::ilogb;
  using std::ldexp;
  return ldexp(R(1), static_cast<int>(ilogb(x)));
}

/// From so many entries on the error in double is bounded beforehand, not followed from operation to
/// operation.
constexpr Eigen::Index many = 256;

/// The Frobenius norm of many entries, unless a square or the sum leaves the range of numbers. The vector
/// unit sums each column in some order of its own, and the columns are summed one after the other: whatever
/// the order, the relative error of the sum is at most (1 + u)^{rows + cols} - 1, one factor each for a
/// square and its sums. Squares below 2^-1022 are off by 2^-1075 at most, all of them together by less than u
/// times a sum above 2^-900. The root halves the error, and adds one rounding.
std::optional<Quantity<double>> norm_of_many(const Matrix<double>& a) {
  double sum = 0;
  for (Eigen::Index j = 0; j < a.cols(); ++j) sum += a.col(j).squaredNorm();
  if (!(sum >= 0x1p-900 && sum <= 0x1p900)) return std::nullopt;
  const double norm = std::sqrt(sum), roundings = static_cast<double>(a.rows() + a.cols() + 8) / 2;
  return Quantity<double>(norm, norm * roundings * Backend<double>::unit_roundoff());
}

template <class R>
Quantity<R> sum_of_squares(const Matrix<R>& a, const R& unit) {
  Quantity<R> sum(R(0));
  for (Eigen::Index j = 0; j < a.cols(); ++j)
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      const R q = a(i, j) / unit;
      // Exact but for entries so small beside the largest that q underflows.
      const Quantity<R> x(q, q * unit == a(i, j) ? R(0) : Backend<R>::unit_roundoff());
      sum += x * x;
    }
  return sum;
}

}  // namespace

template <Real R>
Quantity<R> frobenius_norm(const Matrix<R>& a) {
  if constexpr (std::is_same_v<R, double>)
    if (a.size() > many)
      if (const auto norm = norm_of_many(a)) return *norm;
  const R scale = largest_modulus<R>(a);
  if (scale == R(0)) return Quantity<R>(R(0));
  if (!Backend<R>::finite(scale)) return Quantity<R>(scale, R(1) / R(0));
  // A power of two near the largest entry keeps the squares in range and rounds nothing.
  const R unit = power_of_two_below<R>(scale);
  return sqrt(sum_of_squares(a, unit)) * Quantity<R>(unit);
}

template <Real R>
Quantity<R> spectral_norm(const Matrix<R>& a) {
  if (a.size() == 0) throw DomainError("The norm of an empty matrix was asked for.");
  if (!all_finite<R>(a)) return Quantity<R>(largest_modulus<R>(a), R(1) / R(0));
  if (scaled_partial_permutation<R>(a)) return Quantity<R>(largest_modulus<R>(a));
  if (a.rows() == 1 || a.cols() == 1) return frobenius_norm<R>(a);
  const R scale = largest_modulus<R>(a);
  const R unit = power_of_two_below<R>(scale);
  const Matrix<R> b = a / unit;
  const bool tall = b.rows() >= b.cols();
  const Matrix<R> gram = tall ? transpose_multiply<R>(b, b) : multiply_transpose<R>(b, b);
  using std::sqrt;
  const R top = unit * sqrt(symmetric_eigenvalues<R>(gram)(gram.rows() - 1));
  const R larger(static_cast<int>(std::max(a.rows(), a.cols())));
  return Quantity<R>(top, R(R(8) * larger * Backend<R>::unit_roundoff() * top));
}

template <Real R>
Quantity<R> smallest_eigenvalue(const Matrix<R>& a, const R& entry_error) {
  const Vector<R> all = symmetric_eigenvalues<R>(a);
  const R n(static_cast<int>(a.rows()));
  const R error = R(8) * n * Backend<R>::unit_roundoff() * frobenius_norm<R>(a).value() + entry_error;
  return Quantity<R>(all(0), error);
}

#define GRONWALL_INSTANTIATE(...)                                                             \
  template Quantity<__VA_ARGS__> frobenius_norm<__VA_ARGS__>(const Matrix<__VA_ARGS__>&);     \
  template Quantity<__VA_ARGS__> spectral_norm<__VA_ARGS__>(const Matrix<__VA_ARGS__>&);      \
  template Quantity<__VA_ARGS__> smallest_eigenvalue<__VA_ARGS__>(const Matrix<__VA_ARGS__>&, \
                                                                  const __VA_ARGS__&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::linalg
