#include <algorithm>
#include <set>

#include "verify/checker/claims.hpp"
#include "verify/checker/outcome.hpp"
#include "verify/checker/points.hpp"

/// Kernels of infinite width.
namespace gronwall::checker {
namespace {

const mpq_class eighth(1, 8);

/// Is K_infinity (or Sigma* of h_T) positive definite?
///
/// For tanh, which is odd, h_t(-x) = -h_t(x) at every width: -h_t solves the equation of the state as h_t
/// does, from -h_0. So f(-x) = -f(x) for every theta, the gradients at x and -x cancel, and phi(h_T(-x)) =
/// -phi(h_T(x)): with c = 1 at x and at -x, c^T K c = 0 and c^T Sigma* c = 0, at every width and in the
/// limit, whatever the scales.
Finding definite_limit(const Certificate& certificate) {
  Inputs in(certificate);
  const std::string phi = in.one_of("phi", {"tanh", "softplus", "gelu"});
  const Points x = any_points(in);
  for (const char* scale : {"sigma_v", "sigma_w", "sigma_u", "T"}) in.number(scale, eighth, 2);
  in.finish();
  x.suppose_distinct();
  const auto pairs = opposite_pairs(x);
  if (phi != "tanh" || pairs.empty())
    throw NotDecided("no vector of the known kind makes the kernel singular here");
  Matrix c(static_cast<long>(x.all.size()), 1);
  c(static_cast<long>(pairs[0].first), 0) = c(static_cast<long>(pairs[0].second), 0) = 1;
  return {false, "> 0", Interval(0), std::nullopt, "c^T K c = 0 for c = " + text(c)};
}

/// Beyond this power of rho nothing is looked at.
constexpr unsigned highest = 60;
using Powers = std::set<unsigned>;

/// The powers of rho in the product of two series without negative coefficients that have these.
Powers product(const Powers& a, const Powers& b) {
  Powers out;
  for (const unsigned i : a)
    for (const unsigned j : b)
      if (i + j <= highest) out.insert(i + j);
  return out;
}

/// The powers of rho in F(c) = sum_m D_m D_m c^m/m!, for c with these powers and D_m = E[p^(m)(u)], u of
/// positive variance: D_m > 0 where p has a term of degree m, m + 2, ..., since even moments are positive.
Powers dual(const std::vector<mpq_class>& p, const Powers& c) {
  Powers out, power{0};
  for (std::size_t m = 0; m < p.size(); ++m) {
    bool positive = false;
    for (std::size_t k = m; k < p.size(); k += 2) positive = positive || p[k] > 0;
    if (positive) out.insert(power.begin(), power.end());
    power = product(power, c);
  }
  return out;
}

/// The largest even and odd n with a_n != 0 under unit variance, for p without negative coefficients: the
/// degrees of its even and of its odd part.
long bound_on_the_circle(const std::vector<mpq_class>& p) {
  long bound = 0;
  for (const std::size_t parity : {0U, 1U}) {
    long largest = -1;
    for (std::size_t n = parity; n < p.size(); n += 2)
      if (p[n] > 0) largest = static_cast<long>(n);
    bound += largest + 1;
  }
  return bound;
}

/// Is K_infinity of the Neural ODE with T > 0 not positive definite at one point more than Sigma* with unit
/// variance can bear, for a polynomial without negative coefficients?
///
/// It exists: one coordinate of h_t is a Gaussian process whose deviation grows by sigma_w times that of p at
/// most, S <= c_0 + c_1 Q + 2 c_2 Q^2 + 4 c_3 Q^3 while it is at most Q (the fourth and sixth moments are 3 <
/// 2^2 and 15 < 4^2). It starts at sqrt(s0) <= Q/2, Q = 2 max(1, s0), and does not reach Q before T0 = Q/(2
/// sigma_w S).
///
/// By powers alone. c_{t,s} = s0 rho + sigma_w^2 int int F(c) has a power series in rho without negative
/// coefficients (Picard's iterates have, and increase), and for t, s > 0 a power that occurs in F(c_{t,s})
/// for small t, s occurs in c. Three iterates from {1} give powers that occur; K >= K^v = sigma_v^2
/// F(c_{T,T}), a series with coefficients k_n > 0 at the powers found and k_n >= 0 elsewhere. By Schur c^T K
/// c = 0 only if c^T rho^{on} c = 0 at each of them, which the sum of these rho^{on}, being positive
/// definite, excludes.
Finding polynomial_ode(const Certificate& certificate) {
  Inputs in(certificate);
  std::vector<mpq_class> p;
  const long degree = in.integer("degree", 0, 3);
  for (long k = 0; k <= degree; ++k) {
    p.emplace_back(in.integer("2c" + std::to_string(k), 0, 4), 2);
    p.back().canonicalize();
  }
  for (const char* scale : {"s0", "sigma_w", "sigma_v"}) in.number(scale, eighth, 2);
  in.number("T/T0", eighth, 1);
  const long a = in.integer("a", 0, largest_code), b = in.integer("b", 0, largest_code);
  in.finish();
  const long count = bound_on_the_circle(p) + 1;
  const Points x = scattered(count, 2, a, b);
  x.suppose_distinct();
  // Of an affine p: K = A + B rho has rank 3 at most on the circle, that of a constant has rank 1.
  if (std::all_of(p.begin() + std::min<long>(2, degree + 1), p.end(),
                  [](const mpq_class& c) { return c == 0; }))
    return {true, "<", std::nullopt, Interval(count), "p is affine, and K = A + B rho is singular"};
  Powers c{1};
  for (int iterate = 0; iterate < 3; ++iterate) {
    const Powers next = dual(p, c);
    c.insert(next.begin(), next.end());
  }
  Matrix sum(count, count);
  for (const unsigned n : dual(p, c))
    for (long i = 0; i < count; ++i)
      for (long j = 0; j < count; ++j) {
        const mpq_class rho = x.correlation(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
        mpq_class power = 1;
        for (unsigned k = 0; k < n; ++k) power *= rho;
        sum(i, j) += power;
      }
  if (positive_definite(sum))
    return {false, "<", Interval(count), Interval(count),
            "K is positive definite at the " + std::to_string(count) + " points"};
  throw NotDecided("the powers of rho that were looked at do not decide");
}

}  // namespace

void add_kernel(std::map<std::string, Known>& claims) {
  claims.emplace(
      "kernel.smallest-eigenvalue.as-stated",
      Known{
          R"(\phi \text{ Lipschitz, nonlinear and non-polynomial} \implies \lambda_{\min}(K_\infty) > 0 \text{ under Assumption 1})",
          {"> 0"},
          definite_limit});
  claims.emplace(
      "spd.non-polynomial.kernel.as-stated",
      Known{
          R"(\phi \in \{\text{softplus}, \tanh, \text{GELU}\} \implies \Sigma^* \text{ is SPD} \implies K_\infty \text{ is SPD})",
          {"> 0"},
          definite_limit});
  claims.emplace(
      "spd.polynomial.ode.as-stated",
      Known{
          R"(\phi \text{ a polynomial},\ N > B = \binom{e+d-1}{d-1} + \binom{o+d-1}{d-1} \implies K_\infty \text{ is not positive definite})",
          {"<"},
          polynomial_ode});
}

}  // namespace gronwall::checker
