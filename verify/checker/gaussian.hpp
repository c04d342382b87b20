#pragma once

#include <vector>

#include "verify/checker/activation.hpp"

/// Expectations under Gaussians: enclosures by quadrature, and exact moments.
namespace gronwall::checker {

/// E[phi(r z) He_n(z)], z ~ N(0, 1), for n = 0, ..., count - 1, with He_n the Hermite polynomials of leading
/// coefficient 1.
///
/// [-Z, Z] is cut into cells. On each the integrand is its Taylor polynomial at the middle plus c_m(cell)
/// t^m, where c_m(cell) is the m-th Taylor coefficient evaluated over the whole cell (Lagrange); both are
/// integrated exactly. The rest of the line: for |z| >= Z >= 1, |phi(r z)| <= (|phi(0)| + L1 r) |z| and
/// |He_n(z)| <= C_n |z|^n with C_n the sum of the moduli of the coefficients; and I_k = integral of z^k
/// e^{-z^2/2} from Z on is at most Z^{k-1} e^{-Z^2/2}/(1 - (k-1)/Z^2), by one integration by parts and
/// I_{k-2} <= I_k/Z^2.
std::vector<Interval> hermite_moments(Activation phi, const Interval& r, unsigned count);

/// E[phi(r z)^2], in the same way.
Interval second_moment(Activation phi, const Interval& r);

/// E[phi(u) phi(ubar)] for variances q and correlation rho in [0, 1]. For rho = 1 it is the second moment.
/// Else the Hermite series sum_n (E[phi(r z) He_n(z)])^2 rho^n/n!, r = sqrt q, up to n < K; the rest lies
/// between 0 and rho^K (E[phi(r z)^2] - sum_{n<K} ...), by Parseval.
Interval equal_variance_kernel(Activation phi, const mpq_class& q, const mpq_class& rho);

/// E[u^a v^b] for a centred Gaussian pair, from E[u g(u, v)] = Var(u) E[g_u] + Cov(u, v) E[g_v] (Stein).
class PairMoments {
 public:
  PairMoments(mpq_class var_u, mpq_class var_v, mpq_class covariance)
      : var_u_(std::move(var_u)), var_v_(std::move(var_v)), covariance_(std::move(covariance)) {}
  mpq_class operator()(unsigned a, unsigned b);
  /// E[p(u) q(v)] for polynomials given by their coefficients from the constant one on.
  mpq_class mean(const std::vector<mpq_class>& p, const std::vector<mpq_class>& q);

 private:
  mpq_class var_u_, var_v_, covariance_;
  std::vector<std::vector<mpq_class>> known_;  // [a][b]
  std::vector<std::vector<bool>> is_known_;
};

/// The coefficients of He_n, from He_{k+1} = x He_k - k He_{k-1}.
std::vector<mpq_class> hermite_polynomial(unsigned n);

}  // namespace gronwall::checker
