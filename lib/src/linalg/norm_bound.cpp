#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <gronwall/linalg/certified.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

// Upper bounds that hold although everything is computed in double, to nearest. u = 2^-53, gamma_k = k u/(1 -
// k u).
//
// Products. Whatever the order of summation, with or without fused operations, an inner product of length k
// computed in floating point differs from the exact one by at most gamma_k sum |x_i||y_i|, plus k + 1
// underflows (Higham, Accuracy and Stability, 2nd ed., §3.1 and §2.8). So G = fl(S^T S) satisfies |G - S^T S|
// <= gamma_k |S|^T |S|, and the spectral norm of the right side is at most gamma_k |||S|||_F^2 = gamma_k
// ||S||_F^2.
//
// Cholesky (Higham, §10.1; Rump, Verification of positive definiteness, BIT 46 (2006)). Let L be what the
// floating-point factorisation of a symmetric matrix B of order k leaves when it runs to its end, all pivots
// positive and everything finite. Each entry is an inner product that is solved for: |B - L L^T| <=
// gamma_{k+2} |L||L|^T (one rounding more where the division is a product with a rounded reciprocal, one for
// the root). On the diagonal this says |l_i|^2 <= b_ii + gamma |l_i|^2 for the row l_i of L, so |l_i|^2 <=
// b_ii / (1 - gamma), and by Cauchy and Schwarz
// (|L||L|^T)_ij <= sqrt(b_ii b_jj) / (1 - gamma). The matrix of the sqrt(b_ii b_jj) has rank one and norm
// trace B. Since L L^T has no negative eigenvalue,
//
//     lambda_min(B) >= -gamma/(1 - gamma) trace B. (1)
//
// With B = fl(c I - G), whose diagonal has one more rounding: lambda_max(G) <= c + gamma/(1 - gamma) trace B
// + u (...). Blocked algorithms do the same operations in another order; none here multiplies matrices by
// Strassen's method, and OpenBLAS does not either.
//
// Every matrix is scaled by a power of two to entries in [-1, 1] with the largest in [1/2, 1]; so underflows,
// at most 2^-1074 each (times a row of L, which is below 2^30), sum over all entries to less than 2^-900.
// `slack` below covers them and the few roundings of the bounds themselves.
namespace gronwall::linalg {

namespace {

using Index = Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double u = 0x1p-53;
/// Beyond it the constants here are not meant to hold.
constexpr Index largest_size = Index{1} << 20;

/// At least gamma_k, with room for eight roundings more. The 1 % is for the roundings of what it is
/// multiplied by, sums of at most 2^40 terms without cancellation, 2^-13 each.
double gamma(Index k) { return 1.01 * static_cast<double>(k + 8) * u; }

/// A little more than x >= 0: a hundred thousand roundings, and all underflows.
double slack(double x) { return x * (1 + 0x1p-36) + 0x1p-900; }

/// A matrix with entries in [-1, 1], and the exponent of its scale.
struct Scaled {
  ExactMatrix matrix;
  int exponent = 0;
};

/// None for the zero matrix. Entries are exact but for those below 2^-1074 of the largest: an underflow.
std::optional<Scaled> scaled(const ExactMatrix& a) {
  const double top = a.cwiseAbs().maxCoeff();
  if (top == 0) return std::nullopt;
  int exponent = 0;
  std::frexp(top, &exponent);
  // In one step: two could round twice.
  return Scaled{a.unaryExpr([exponent](double x) { return std::ldexp(x, -exponent); }), exponent};
}

/// x 2^e, rounded up.
double scaled_up(double x, int exponent) {
  const double y = std::ldexp(x, exponent);
  return std::ldexp(y, -exponent) < x ? std::nextafter(y, infinity) : y;
}

/// The top of the spectrum as Lanczos's iteration without reorthogonalisation sees it: a guess.
struct Guess {
  double top = 0, size = 0, uncertain = 0;
};

Guess lanczos(const ExactMatrix& lower, int start) {
  const Index n = lower.rows();
  const Index steps = std::min<Index>(n, 64);
  const ExactMatrix full = lower.selfadjointView<Eigen::Lower>();
  ExactVector before = ExactVector::Zero(n), now(n), alpha(steps), beta(steps);
  for (Index i = 0; i < n; ++i) now(i) = 1 + 0.5 * std::sin(static_cast<double>(i * i + start));
  now.normalize();
  double coupling = 0;
  Index done = 0;
  while (done < steps) {
    ExactVector next = full * now;
    alpha(done) = now.dot(next);
    next -= alpha(done) * now + coupling * before;
    coupling = next.norm();
    beta(done++) = coupling;
    if (!(coupling > 1e-14)) break;
    before = now;
    now = next / coupling;
  }
  Eigen::SelfAdjointEigenSolver<ExactMatrix> ritz;
  ritz.computeFromTridiagonal(alpha.head(done), beta.head(done - 1), Eigen::ComputeEigenvectors);
  const double top = ritz.eigenvalues()(done - 1);
  return {top, std::max(std::abs(top), std::abs(ritz.eigenvalues()(0))),
          coupling * std::abs(ritz.eigenvectors()(done - 1, done - 1))};
}

/// An upper bound of lambda_max of the symmetric matrix in the lower triangle of G, by (1); none if c is too
/// small.
std::optional<double> proved_bound(const ExactMatrix& lower, double c) {
  const Index n = lower.rows();
  ExactMatrix b = -lower;
  b.diagonal().array() += c;
  const double trace = b.diagonal().cwiseAbs().sum();
  // fl(c - g_ii) is off by u times itself at most.
  const double diagonal = b.diagonal().cwiseAbs().maxCoeff() * 2 * u;
  Eigen::LLT<Eigen::Ref<ExactMatrix>, Eigen::Lower> cholesky(b);
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  for (Index j = 0; j < n; ++j)
    for (Index i = j; i < n; ++i)
      if (!std::isfinite(b(i, j)) || (i == j && !(b(i, j) > 0))) return std::nullopt;
  const double g = gamma(n);
  return c + slack(g / (1 - g) * slack(trace) + diagonal);
}

/// The first of ever larger c that is proved; none if there is none. A vector that happens to be orthogonal
/// to the top eigenvector shows Lanczos's iteration nothing of it; then another one is tried.
std::optional<double> search_bound(const ExactMatrix& lower) {
  for (const int start : {1, 2, 3}) {
    const Guess guess = lanczos(lower, start);
    if (!std::isfinite(guess.top) || !std::isfinite(guess.size)) return std::nullopt;
    const double first = std::max(0x1p-20 * guess.size, 2 * guess.uncertain);
    for (const double excess : {std::min(first, 2e-3 * guess.size), 2e-3 * guess.size, 8e-3 * guess.size})
      if (const std::optional<double> bound = proved_bound(lower, guess.top + excess)) return bound;
  }
  return std::nullopt;
}

/// Largest sum of moduli in a column, computed to nearest; at most gamma_rows too small.
double largest_column_sum(const ExactMatrix& s) { return s.cwiseAbs().colwise().sum().maxCoeff(); }

/// min(||S||_F, sqrt(||S||_1 ||S||_inf)).
double crude_norm_bound(const ExactMatrix& s) {
  const double rows = s.cwiseAbs().rowwise().sum().maxCoeff();
  const double g = 4 * gamma(s.size());
  return slack(std::min(s.norm(), std::sqrt(largest_column_sum(s)) * std::sqrt(rows)) * (1 + g));
}

std::optional<double> gram_norm_bound(const ExactMatrix& s) {
  if (std::max(s.rows(), s.cols()) > largest_size) return std::nullopt;
  const bool tall = s.rows() >= s.cols();
  // Its upper triangle is not looked at: half the work for nothing, and faster by OpenBLAS all the same.
  const ExactMatrix gram = tall ? transpose_multiply<double>(s, s) : multiply_transpose<double>(s, s);
  const std::optional<double> top = search_bound(gram);
  if (!top || *top < 0) return std::nullopt;
  const double product = gamma(std::max(s.rows(), s.cols())) * slack(s.squaredNorm());
  return slack(std::sqrt(slack(*top + slack(product))));
}

double gershgorin_bound(const ExactMatrix& h) {
  double top = -infinity;
  for (Index i = 0; i < h.rows(); ++i) {
    const double off = h.col(i).cwiseAbs().sum() - std::abs(h(i, i));
    const double error = 4 * gamma(h.rows()) * h.col(i).cwiseAbs().sum();
    top = std::max(top, h(i, i) + slack(off + error));
  }
  return top;
}

}  // namespace

double spectral_norm_bound(const ExactMatrix& w) {
  if (w.size() == 0) throw DomainError("The norm of an empty matrix was asked for.");
  if (!w.allFinite()) return infinity;
  const std::optional<Scaled> s = scaled(w);
  if (!s) return 0;
  const double crude = crude_norm_bound(s->matrix);
  return scaled_up(std::min(crude, gram_norm_bound(s->matrix).value_or(infinity)), s->exponent);
}

double logarithmic_norm_bound(const ExactMatrix& a) {
  if (a.rows() != a.cols() || a.size() == 0)
    throw DomainError("The logarithmic norm of a matrix that is empty or not square was asked for.");
  if (!a.allFinite()) return infinity;
  // A sum of doubles is 0 only if it is exactly so.
  if ((a + a.transpose()).cwiseAbs().maxCoeff() == 0) return 0;
  const std::optional<Scaled> s = scaled(a);
  if (!s) return 0;
  // Each entry of the sum is rounded once, so by at most u times a number that is no larger than 2; halves
  // are exact.
  const ExactMatrix h = 0.5 * (s->matrix + s->matrix.transpose());
  const double rounding = slack(2 * u * h.norm());
  double bound = gershgorin_bound(h);
  if (h.rows() <= largest_size) bound = std::min(bound, search_bound(h).value_or(infinity));
  return scaled_up(bound + rounding + 0x1p-50 * std::abs(bound), s->exponent);
}

}  // namespace gronwall::linalg
