#pragma once

#include <cmath>
#include <set>

#include "verify/claims/training/runs.hpp"

/// Orthonormal inputs whose images have a common mean: what ||X|| does not see of a kernel.
namespace gronwall::verify {

/// The entry of Sylvester's Hadamard matrix of order 2^k: columns are orthogonal, and closed under products:
/// column i times column j, entry by entry, is column i xor j.
inline int hadamard(long i, long j) {
  int sign = 1;
  for (long bits = i & j; bits != 0; bits &= bits - 1) sign = -sign;
  return sign;
}

/// The entries s_1 + s_2 + s_1 s_2 of `count` columns, made of disjoint triples of columns i, j, i xor j of
/// the Hadamard matrix of order `rows`: a quarter is 3, the others are -1. The columns are orthogonal, of sum
/// 0 and square sum 3 rows, and so are any affine functions of them but for their means. Triples are taken
/// greedily.
inline linalg::ExactMatrix skewed_columns(long rows, long count) {
  linalg::ExactMatrix out(rows, count);
  std::set<long> used;
  long found = 0;
  for (long i = 1; i < rows && found < count; ++i)
    for (long j = i + 1; j < rows && found < count && used.count(i) == 0; ++j) {
      const long k = i ^ j;
      if (used.count(j) > 0 || used.count(k) > 0 || k == i || k == j) continue;
      used.insert({i, j, k});
      for (long row = 0; row < rows; ++row)
        out(row, found) = hadamard(row, i) + hadamard(row, j) + hadamard(row, k);
      ++found;
    }
  if (found < count) throw Error("There are not enough triples of columns.");
  return out;
}

/// N inputs e_1, ..., e_N (so that ||X|| = 1) with W = 0, v = 0, sigma_v = sigma_u/sqrt d = 1 and U = a times
/// `skewed_columns`, so that ||U|| = a sqrt(3 n). Then h_t(e_j) is column j of U, phi is m + c times the
/// column with m = (phi(3 a) + 3 phi(-a))/4, c = (phi(3 a) - phi(-a))/4, and K = K^v = m^2 1 1^T + 3 c^2 I.
template <Real R>
struct Orthonormal {
  activation::Activation phi;
  R a, sigma, T;

  Orthonormal(Any<R>& any, const std::vector<std::string>& among)
      : phi(any.activation("phi", among)),
        a(any.number("a", 1, 4)),
        sigma(any.number("sigma", 0.25, 1)),
        T(any.number("T", 0.25, 1)) {}

  /// The width goes with N, up to 16 at least.
  Problem<R> member(long N, const R& r) const {
    const long n = N == 1 ? 4 : N <= 5 ? 16 : 64;
    Problem<R> out{{phi,
                    {Matrix<R>::Constant(n, 1, R(0)), Matrix<R>::Constant(n, n, R(0)),
                     linalg::from_exact<R>(skewed_columns(n, N))}},
                   Matrix<R>::Constant(N, N, R(0)),
                   Matrix<R>::Constant(N, 1, r),
                   true,
                   R(0),
                   {}};
    out.start.theta.U *= a;
    for (long j = 0; j < N; ++j) out.X(j, j) = R(1);
    using std::sqrt;
    out.start.sigma_u = sqrt(R(static_cast<int>(N)));
    out.start.sigma_w = sigma;
    out.start.horizon = T;
    return out;
  }
  /// A step size at which linear dynamics with that kernel overshoot along (1, ..., 1), chosen in double.
  double overshooting(long N) const {
    const auto& functions = phi.template in<double>();
    const double at = real::to_double<R>(a), high = functions.value(3 * at), low = functions.value(-at);
    const double m = (high + 3 * low) / 4, c = (high - low) / 4;
    return 2.5 / (static_cast<double>(N) * m * m + 3 * c * c);
  }
};

}  // namespace gronwall::verify
