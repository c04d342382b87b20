#pragma once

#include <memory>
#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/gaussian/hermite.hpp>
#include <gronwall/linalg/approximation.hpp>

namespace gronwall::gaussian {

using activation::Activation;

/// Which function of an activation is meant.
enum class Of { value, derivative };

/// The Hermite expansion of u -> phi(u) under the Gaussian of variance q:
/// phi(sqrt(q) z) = sum_k a_k h_k(z), a_k = E[phi(sqrt(q) z) h_k(z)]. Kernels are sums over it.
template <Real R>
struct Expansion {
  R variance = R(1);                            ///< q >= 0, exact
  std::vector<real::Quantity<R>> coefficients;  ///< a_0, ..., a_{K-1}
  real::Quantity<R> second_moment;              ///< E[phi(sqrt(q) z)^2], not from the coefficients
  real::Quantity<R> antipodal;                  ///< E[phi(sqrt(q) z) phi(-sqrt(q) z)]
  real::Quantity<R> tail;  ///< sum_{k >= K} a_k^2; by Parseval, or exactly 0 where the expansion is complete
  R slope = R(0);  ///< bound on |d/d rho E[phi(u) phi(ubar)]| over |rho| <= 1: q (Lipschitz constant)^2
};

/// The first `count` coefficients by quadrature, all from the same nodes.
///
/// Where phi is analytic: the trapezoidal rule on the whole line with step h. For f analytic and integrable
/// in |Im z| < b its error is at most 2M / (e^{2 pi b/h} - 1), M bounding the integral of |f(. + iy)| over
/// |y| < b (Trefethen and Weideman, SIAM Review 56 (2014), Theorem 5.1). Here f = phi(sqrt(q) z) h_k(z)
/// omega(z) with omega the normal density, and
///   M <= S e^{b^2/2} sqrt(E|h_k(z+ib)|^2) <= S e^{b^2/2 + b sqrt k},  S = sup |phi(sqrt(q) (x+iy))| on |y|
///   <= b,
/// because h_k(z+ib) = sum_j sqrt(binomial(k,j)/j!) (ib)^j h_{k-j}(z) has second moment sum_j binomial(k,j)
/// b^{2j}/j!
/// <= sum_j (k b^2)^j/j!^2 <= e^{2 b sqrt k}. The step is chosen so that this reaches the precision of R with
/// b = 9/10 of strip/sqrt(q), or, for entire phi, the best b under the growth e^{q y^2} (that of erf, the
/// fastest of the library). The sum stops at Z with e^{-Z^2/2} max|h_k(Z)| max|phi(+-sqrt(q) Z)| below the
/// precision, by |h_k(z)| <= (2 pi k + 2)^{1/4} e^{sqrt(k)|z|} (from G_k <= k! s^{-k} e^{s|z| + s^2/2} at s =
/// sqrt k, and Stirling) and Cramer's |h_k(z)| <= 1.09 e^{z^2/4} (Abramowitz and Stegun 22.14.17).
///
/// Where phi has kinks: the line is cut at them and each piece takes the trapezoidal rule after a double
/// exponential substitution (Takahasi and Mori 1974): tanh-sinh on intervals, x = exp(t - e^{-t}) on
/// half-lines.
///
/// The a-priori step rests on the estimate of S, so it is checked: the sum over every second node is the rule
/// with step 2h, and h is small enough for that one to be meaningful too. Let D be the largest difference
/// between the two over all coefficients and M = sqrt(E[phi^2]). Where the strip binds, halving the step
/// squares the relative error (it is about e^{-2 pi b/h}) and the error estimate is 10 D^2/M; where the
/// Gaussian binds, it raises it to the fourth power (about e^{-c/h^2}) and the estimate is 100 D^4/M^3. While
/// that exceeds the rounding, the step is halved, at most four times. Rounding counts 8 (k+4) u
/// sqrt(E[phi^2]) and the rounding of the arguments sqrt(q) z. Coefficients that vanish by parity are exactly
/// 0.
///
/// Polynomials take `hermite_connection` instead: no quadrature, errors are roundings, the tail is exact.
///
/// With balls (ball_expansion.cpp) everything is proved: M from the majorant of phi on the strip
/// (strip_bound.hpp) and the exact mean square of h_k there, so that no estimate of the step enters; the
/// terms beyond the cut-off from the same majorant on the real line and Cramer's inequality; rounding by the
/// balls. Every field encloses its true value, to about working_bits() relative to sqrt(E[phi^2]); `variance`
/// may be a ball. Activations with kinks are refused (DomainError).
///
/// Throws DomainError unless q >= 0 is finite.
template <Real R>
Expansion<R> expand(const Activation& phi, const R& variance, unsigned count, Of of = Of::value);

/// As `expand`, but by quadrature for polynomials too: an independent route.
template <Real R>
Expansion<R> expand_by_quadrature(const Activation& phi, const R& variance, unsigned count,
                                  Of of = Of::value);

/// Expansions at many variances between `least` and `most`, from one table of nodes: step and cut-off are
/// chosen once so that they serve the whole range (the step of the largest variance, the larger reach of the
/// two ends), the values h_k(z_i) are tabulated once, and the coefficients at all variances are a product of
/// matrices (`linalg/product.hpp`). Immutable, cheap to copy, safe to share between threads: an iteration
/// whose variances move a little prepares one and calls it again and again.
///
/// The results are those of `expand`, field for field, with its error estimates (the sums are compared with
/// those over every second node, variance by variance). Nodes are symmetric, so even k take phi(x) + phi(-x)
/// and odd k take phi(x) - phi(-x), at half the nodes; what vanishes by parity is not tabulated. A variance
/// for which the table turns out not to be fine or long enough takes `expand`; so does everything where phi
/// has a kink other than 0 (kinks move with the variance), and polynomials (which need no quadrature).
///
/// Preparing costs about (nodes) x (count) steps of the recurrence, a variance half that many multiplications
/// more or less, where `expand` pays for both. The number of nodes grows with the largest variance, so wide
/// ranges are better split.
template <real::Floating R>
class Expander {
 public:
  /// Throws DomainError unless 0 <= least <= most is finite.
  Expander(const Activation& phi, const R& least, const R& most, unsigned count, Of of = Of::value);
  /// One expansion for each variance, in their order. Throws DomainError unless each lies in [least, most].
  std::vector<Expansion<R>> operator()(const std::vector<R>& variances) const;

 private:
  struct Table;
  Activation phi_;
  R least_, most_;
  unsigned count_;
  Of of_;
  std::shared_ptr<const Table> table_;
};

/// `Expander` on the range of these variances, and once: for variances that are all there and of about one
/// size. An empty list gives an empty one. Throws DomainError unless each is >= 0 and finite.
template <real::Floating R>
std::vector<Expansion<R>> expand_all(const Activation& phi, const std::vector<R>& variances, unsigned count,
                                     Of of = Of::value);

/// E[h_j(z) h_k(z)] by the trapezoidal rule on the values of the recurrence: 1 for j = k and 0 otherwise if
/// both are right. The error is estimated as in `expand`, with sqrt(j) + sqrt(k) in place of sqrt(k).
template <Real R>
real::Quantity<R> normalised_product_mean(unsigned j, unsigned k);

/// How many coefficients `expand` needs so that |rho|^count tail falls below the precision of R, at most
/// `most`. A guess from the decay of the last coefficients would be no bound; this one only uses |rho|:
/// log(u)/log|rho|.
template <Real R>
unsigned terms_for_correlation(double rho, unsigned most = 2000);

// Balls have formulas of their own.
template <>
Expansion<real::Ball> expand<real::Ball>(const Activation&, const real::Ball&, unsigned, Of);
template <>
Expansion<real::Ball> expand_by_quadrature<real::Ball>(const Activation&, const real::Ball&, unsigned, Of);
template <>
real::Ball normalised_product_mean<real::Ball>(unsigned, unsigned);
template <>
unsigned terms_for_correlation<real::Ball>(double, unsigned);

}  // namespace gronwall::gaussian
