#include "chebyshev.hpp"

#include <cmath>

#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/functions.hpp>

namespace gronwall::kernel {
namespace {

/// T_0(x), ..., T_degree(x) for each x: one row each.
template <real::Floating R>
Matrix<R> chebyshev_polynomials(const std::vector<R>& x, long degree) {
  Matrix<R> out(static_cast<Eigen::Index>(x.size()), degree + 1);
  for (Eigen::Index j = 0; j < out.rows(); ++j) {
    const R& at = x[static_cast<std::size_t>(j)];
    out(j, 0) = R(1);
    if (degree > 0) out(j, 1) = at;
    for (long k = 2; k <= degree; ++k) out(j, k) = R(2) * at * out(j, k - 1) - out(j, k - 2);
  }
  return out;
}

/// x_j = -cos(pi j/n), exactly antisymmetric.
template <real::Floating R>
std::vector<R> points(long n) {
  using std::cos;
  std::vector<R> x(static_cast<std::size_t>(n) + 1, R(0));
  for (long j = 0; 2 * j < n; ++j) {
    const R c = j == 0 ? R(1) : R(cos(real::pi<R>() * R(static_cast<int>(j)) / R(static_cast<int>(n))));
    x[static_cast<std::size_t>(j)] = -c;
    x[static_cast<std::size_t>(n - j)] = c;
  }
  return x;
}

}  // namespace

/// The integral of T_k from -1 to x is x + 1, (x^2 - 1)/2, and for k >= 2
/// T_{k+1}(x)/(2(k+1)) - T_{k-1}(x)/(2(k-1)) - (-1)^k/(k^2 - 1).
template <real::Floating R>
ChebyshevGrid<R>::ChebyshevGrid(long n, const R& horizon) : n_(n) {
  const std::vector<R> x = points<R>(n);
  values_ = chebyshev_polynomials<R>(x, n + 1);
  coefficients_.resize(n + 1, n + 1);
  Matrix<R> primitive(n + 1, n + 1);
  for (long k = 0; k <= n; ++k)
    for (long j = 0; j <= n; ++j) {
      const int halves = (k == 0 || k == n ? 1 : 0) + (j == 0 || j == n ? 1 : 0);
      coefficients_(k, j) = real::ratio<R>(2, static_cast<int>(n) << halves) * values_(j, k);
    }
  for (long i = 0; i <= n; ++i) {
    const R& at = x[static_cast<std::size_t>(i)];
    primitive(i, 0) = at + R(1);
    primitive(i, 1) = (at * at - R(1)) / R(2);
    for (long k = 2; k <= n; ++k) {
      const int j = static_cast<int>(k);
      primitive(i, k) = values_(i, k + 1) / R(2 * (j + 1)) - values_(i, k - 1) / R(2 * (j - 1)) -
                        real::ratio<R>(k % 2 == 0 ? 1 : -1, j * j - 1);
    }
  }
  const R half = horizon / R(2);
  integral_ = linalg::multiply<R>(primitive, coefficients_) * half;
  for (long j = 0; j <= n; ++j) integral_(0, j) = R(0);
  to_end_.resize(n + 1, n + 1);
  for (long i = 0; i <= n; ++i)
    for (long j = 0; j <= n; ++j) to_end_(i, j) = integral_(n, j) - integral_(i, j);
  values_.conservativeResize(n + 1, n + 1);
  for (const R& at : x) times_.push_back(half * (at + R(1)));
}

template <real::Floating R>
Matrix<R> ChebyshevGrid<R>::from(const ChebyshevGrid& other) const {
  return linalg::multiply<R>(chebyshev_polynomials<R>(points<R>(n_), other.n_), other.coefficients_);
}

#define GRONWALL_INSTANTIATE(...) template class ChebyshevGrid<__VA_ARGS__>;
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::kernel
