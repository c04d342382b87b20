#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <gronwall/linalg/norm.hpp>

#include "verify/claims/kernel/limits.hpp"
#include "verify/claims/spd/deep_polynomials.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

using real::Rational;
using Sharp = real::Mpfr<50>;

const std::string mission = "The mission: positive definiteness fails for polynomial activations";

/// A drawn number is a double, so it is a rational.
template <Real R>
Rational any_rational(Any<R>& any, const std::string& name, double low, double high) {
  return Rational(real::to_double<R>(any.number(name, low, high)));
}

template <Real R>
ExactLimit any_scales(Any<R>& any) {
  ExactLimit limit;
  limit.input_scale = any_rational<R>(any, "s0", 0.125, 2);
  limit.sigma_w = any_rational<R>(any, "sigma_w", 0.125, 2);
  limit.sigma_v = any_rational<R>(any, "sigma_v", 0.125, 2);
  return limit;
}
/// With any horizon: for a finite depth, or an affine phi.
template <Real R>
ExactLimit any_exact_limit(Any<R>& any) {
  ExactLimit limit = any_scales<R>(any);
  limit.horizon = any_rational<R>(any, "T", 0.125, 2);
  return limit;
}

/// T_0 such that the system of the Neural ODE has a solution on [0, T_0], for p of degree 3 at most without
/// negative coefficients; 1 for p = 0.
///
/// One coordinate of h_t is a Gaussian process with u_t = u_0 + sigma_w int_0^t Z, E[Z_t^2] = E[p(u_t)^2]. As
/// long as the deviation of u_t is at most Q, that of p(u_t) is at most S = sum_k p_k sqrt((2k - 1)!!) Q^k,
/// and that of u_t at most sqrt(s0) + sigma_w t S. With Q = 2 max(1, s0) >= 2 sqrt(s0) this stays below Q
/// until T_0 = Q/(2 sigma_w S); and a solution whose covariances stay bounded goes on. 1, 1, 2, 4 are above
/// the square roots of 1, 1, 3, 15.
Rational safe_horizon(const Polynomial& p, const ExactLimit& limit) {
  const std::vector<long> moments{1, 1, 2, 4};
  const Rational Q = 2 * std::max<Rational>(1, limit.input_scale);
  Rational S = 0, power = 1;
  for (std::size_t k = 0; k < p.size(); ++k) {
    S += p[k] * moments.at(k) * power;
    power *= Q;
  }
  return S == 0 ? Rational(1) : Rational(Q / (2 * limit.sigma_w * S));
}

/// With a horizon on which the system of the Neural ODE has a solution.
template <Real R>
ExactLimit any_ode_limit(Any<R>& any, const Polynomial& p) {
  ExactLimit limit = any_scales<R>(any);
  limit.horizon = any_rational<R>(any, "T/T0", 0.125, 1) * safe_horizon(p, limit);
  return limit;
}

/// Depth and degree such that the kernel has degree 9 at most on the circle, 4 on the sphere.
struct Shape {
  long d, depth, degree;
};
template <Real R>
Shape any_shape(Any<R>& any) {
  const std::string shape =
      any.one_of("d, L, degree", {"2, 1, 2", "2, 1, 1", "2, 1, 3", "2, 2, 2", "2, 3, 1", "3, 1, 2"});
  return {shape[0] - '0', shape[3] - '0', shape[6] - '0'};
}

template <Real R>
Polynomial any_polynomial_of_degree(Any<R>& any, long degree) {
  Polynomial p;
  for (long k = 0; k <= degree; ++k) p.push_back(half_integer(any.integer(numbered("c", k), 0, 8)));
  return p;
}

/// p_k = k-th drawn integer over 2: not negative.
template <Real R>
Polynomial any_nonnegative_polynomial(Any<R>& any, long degree) {
  Polynomial p;
  for (long k = 0; k <= degree; ++k) p.emplace_back(any.integer(numbered("2c", k), 0, 4), 2);
  return p;
}

/// Inputs are drawn one after the other: arguments of a call may be evaluated in any order.
template <Real R>
Points any_scattered(Any<R>& any, long count, long d) {
  const long a = any.integer("a", 0, 20), b = any.integer("b", 0, 20);
  return scattered(count, d, a, b);
}

bool nonnegative(const Polynomial& f) {
  return std::all_of(f.begin(), f.end(), [](const Rational& coefficient) { return coefficient >= 0; });
}

const auto rank_claim = claim(
    {.id = "spd.polynomial.resnet.rank",
     .kind = Kind::spectrum,
     .title = "The rank of the limit kernel of a ResNet with a polynomial activation",
     .states = R"(K^L_\infty(\rho) = \sum_{n \le D^{L+1}} k_n\rho^n,\ k_n \ge 0, \qquad
\operatorname{rank} K^L_\infty = \operatorname{rank} V \le B_L = \binom{e+d-1}{d-1} + \binom{o+d-1}{d-1})",
     .source = mission,
     .reading =
         R"(The ResNet of depth $L$ and infinite width, $\phi$ a polynomial of degree $D$, rational scales, $N$ distinct points of the unit
sphere of $\mathbb{R}^d$. $e$ and $o$ are the largest even and the largest odd $n$ with $k_n \ne 0$ (a binomial is left out where there is
none), $V$ holds all monomials of degrees $e$ and $o$ at the points. So for each depth there is an $N$ from which on the kernel is
singular, but it grows with the depth, like $D^{L+1}$ on the circle. Exact: every $c^{l,k}$ and $b^{l,k}$ of the recursion is a polynomial in
$\rho$ over the rationals.)",
     .uses = {"spd.polynomial.rank"},
     .repairs = "",
     .proof =
         R"(By induction over the recursion each $c^{l,k}$ is a polynomial in $\rho$ of degree at most $D^{\max(l,k)}$, $F$ of it one of $D$ times
the degree, and $F'b$ keeps to $D^{L+1}$ as well. $K^L_\infty$ is a positive semidefinite kernel on spheres of every dimension, so its
coefficients are not negative (Schoenberg). The rest is that of spd.polynomial.rank, with $k_n$ for $a_n^2$.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Shape shape = any_shape<R>(any);
      const Polynomial p = any_polynomial_of_degree<R>(any, shape.degree);
      const ExactLimit limit = any_exact_limit<R>(any);
      const long count = any.integer("N", 1, 10);
      const Points x = any_scattered<R>(any, count, shape.d);
      any.suppose("the points are distinct", distinct(x));
      const Polynomial kernel = exact_resnet(p, limit, shape.depth).sum();
      const LargestDegrees n = largest_powers(kernel);
      long most = 1;
      for (long l = 0; l < index("L + 1", shape.depth + 1, Shift::fewer); ++l) most *= shape.degree;
      const long rank = linalg::exact_rank(entrywise(kernel, linalg::gram(x)));
      const LargestDegrees of_V{n.even < 0 ? n.even : index("e", n.even),
                                n.odd < 0 ? n.odd : index("o", n.odd)};
      const long span = linalg::exact_rank(monomials(of_V, x)),
                 bound = index("B_L", rank_bound(n, shape.d), Shift::fewer);
      const long top = std::max(n.even, n.odd);
      return exactly(nonnegative(kernel), ">=", "the coefficients", "0") &&
             exactly(top <= most, "<=", std::to_string(top), std::to_string(most)) &&
             exactly(rank == span, "=", std::to_string(rank), std::to_string(span)) &&
             exactly(rank <= bound, "<=", std::to_string(rank), std::to_string(bound));
    },
    {{"without the points are distinct",
      "Equal points repeat rows and columns of the kernel and rows of V: both ranks stay, and so does their "
      "bound."}});

/// "polynomial:1,-1/2", as the registry takes it.
std::string name_of(const Polynomial& p) {
  std::string name = "polynomial:";
  for (const Rational& coefficient : p) name += (name.back() == ':' ? "" : ",") + coefficient.str();
  return name;
}

/// One part of the library's kernel against the exact one, at (x, xbar), up to 2^-30 of its size.
template <Real R>
Judgement same(const linalg::Approximation<R>& part, const Polynomial& exact, const Rational& rho) {
  // In floating point wrong by one rounding, far below the tolerance.
  const Quantity<R> right(
      real::from_rational<R>(entrywise(exact, RationalMatrix::Constant(1, 1, rho))(0, 0)));
  const R tolerance = R((R(1) + abs(right).value()) * real::power<R>(real::ratio<R>(1, 2), 30));
  return equals<R>(Quantity<R>(part.value(0, 1), part.error), right, tolerance);
}

const auto recursion = claim(
    {.id = "spd.polynomial.resnet.recursion",
     .kind = Kind::identity,
     .title = "Two routes to the limit kernel of a ResNet with a polynomial activation",
     .states = R"(K^{p,L}_\infty(\rho) = \sum_n k^p_n\rho^n, \qquad p \in \{v, W, U\})",
     .source = mission,
     .reading =
         R"(Left the recursion of the library in floating point or balls, through Hermite series; right the polynomial that
spd.polynomial.resnet.rank and all that rests on it use, from exact moments over the rationals. To 30 bits at $(x, \bar x)$ with a drawn $\rho$.)",
     .uses = {},
     .repairs = "",
     .proof =
         R"(Price: $\mathbb{E}[p(u)p(\bar u)] = \sum_m\mathbb{E}[p^{(m)}(u)]\,\mathbb{E}[p^{(m)}(\bar u)]\,c^m/m!$ in the covariance $c$.)",
     .cases = 30},
    []<Real R>(Any<R>& any) -> Judgement {
      const Shape shape = any_shape<R>(any);
      const Polynomial p = any_polynomial_of_degree<R>(any, shape.degree);
      const ExactLimit exact = any_exact_limit<R>(any);
      const Rational rho = any_rational<R>(any, "rho", -1, 1);
      kernel::Limit<R> limit;
      limit.phi = activation::find(name_of(p));
      limit.sigma_v = real::from_rational<R>(exact.sigma_v);
      limit.sigma_w = real::from_rational<R>(exact.sigma_w);
      limit.input_scale = real::from_rational<R>(exact.input_scale);
      limit.horizon = real::from_rational<R>(exact.horizon);
      linalg::Matrix<R> gram = linalg::Matrix<R>::Constant(2, 2, R(1));
      gram(0, 1) = gram(1, 0) = real::from_rational<R>(rho);
      const kernel::TangentKernel<R> K = kernel::infinite_resnet<R>(limit, gram, shape.depth).kernel;
      const DeepKernel expected = exact_resnet(p, exact, shape.depth);
      return same<R>(K.v, expected.v, rho) && same<R>(K.W, expected.W, rho) && same<R>(K.U, expected.U, rho);
    });

/// The eigenvalues of an exact matrix, computed in R.
template <real::Floating R>
linalg::Vector<R> computed_eigenvalues(const RationalMatrix& a) {
  linalg::Matrix<R> rounded(a.rows(), a.cols());
  for (Eigen::Index k = 0; k < a.size(); ++k) rounded.data()[k] = real::from_rational<R>(a.data()[k]);
  return linalg::symmetric_eigenvalues<R>(rounded);
}

/// What a double-precision experiment says of a definite and of a singular matrix.
void what_double_says(Judgement& judged, const RationalMatrix& definite, const RationalMatrix& singular) {
  const double at = computed_eigenvalues<double>(definite)(0),
               beyond = computed_eigenvalues<double>(singular)(0);
  const double truth = real::to_double<Sharp>(computed_eigenvalues<Sharp>(definite)(0));
  judged.ratio = std::max(std::abs(beyond), std::abs(at - truth)) / truth;
  judged.note = fmt::format(
      "At N = B = {} the smallest eigenvalue is {:.3g}, positive exactly; double computes {:.3g}. At N = B + "
      "1 it is 0 exactly; double computes {:.3g}.",
      definite.rows(), truth, at, beyond);
}

const auto threshold = claim(
    {.id = "spd.polynomial.resnet.threshold",
     .kind = Kind::spectrum,
     .title = "A ResNet with a polynomial activation: definite at B points, singular at B + 1",
     .states = R"(N > B_L \implies K^L_\infty \text{ is singular}; \qquad
N = B_L,\ \det V \ne 0 \implies K^L_\infty \text{ is strictly positive definite})",
     .source = mission,
     .reading =
         R"($B_L$ and $V$ as in spd.polynomial.resnet.rank. Judged at $N = B_L$ points in general position by the exact inertia, and
with one point more by an exact null vector. The note says what double precision makes of both; the ratio is the error of its smallest
eigenvalues over the true one at $N = B_L$: from 1 on their signs are noise.)",
     .uses = {"spd.polynomial.resnet.rank"},
     .repairs = "",
     .proof = R"(The rank is that of $V$ (spd.polynomial.resnet.rank), which has $B_L$ columns.)",
     .cases = 24},
    []<Real R>(Any<R>& any) -> Judgement {
      const Shape shape = any_shape<R>(any);
      const Polynomial p = any_polynomial_of_degree<R>(any, shape.degree);
      const ExactLimit limit = any_exact_limit<R>(any);
      const Polynomial kernel = exact_resnet(p, limit, shape.depth).sum();
      const LargestDegrees n = largest_powers(kernel);
      const long columns = rank_bound(n, shape.d), count = index("B_L", columns);
      any.suppose("the kernel is not 0", count > 0);
      const Points beyond = any_scattered<R>(any, count + 1, shape.d);
      const Points at(beyond.begin(), beyond.end() - 1);
      any.suppose("the points are in general position",
                  distinct(beyond) && linalg::exact_rank(monomials(n, at)) == std::min(count, columns));
      const RationalMatrix definite = entrywise(kernel, linalg::gram(at)),
                           larger = entrywise(kernel, linalg::gram(beyond));
      const linalg::Inertia found = linalg::exact_inertia(definite);
      const auto c = linalg::null_vector(larger);
      Judgement out =
          exactly(found.positive == count, "=", std::to_string(found.positive), std::to_string(count)) &&
          exactly(c.has_value(), "<=", std::to_string(c ? count : count + 1), std::to_string(count));
      if (c) what_double_says(out, definite, larger);
      return out;
    },
    {{"without the kernel is not 0", "Without it B_L = 0, and there are no points to speak of."}});

const auto affine = claim(
    {.id = "spd.polynomial.affine",
     .kind = Kind::spectrum,
     .title = "An affine activation: singular from d + 2 points on, at every depth and horizon",
     .states =
         R"(\phi(x) = \alpha + \beta x,\ N > d + 1 \implies K^L_\infty \text{ and } K_\infty \text{ are singular})",
     .source = mission,
     .reading =
         R"(Any scales, any $T$ and any depth. Judged at $N = d + 2$ points: a vector $c \ne 0$ with $\sum c_i = 0$ and $\sum c_ix_i = 0$ is a
null vector of $K^L_\infty$, exactly, for a drawn $L$. $c$ does not depend on $L$, so it is one of $K_\infty = \lim_L K^L_\infty$.)",
     .uses = {"spd.polynomial.resnet.rank", "kernel.double-limit.depth"},
     .repairs = "",
     .proof =
         R"(For an affine $\phi$ every $c^{l,k}$ is affine in $\rho$ and every $F'$ is the constant $\beta^2$, so every $b^{l,k}$ is a constant and
$K^L_\infty(\rho) = A + B\rho$. $c^\top(A\,\mathbf{1}\mathbf{1}^\top + B\,X^\top X)c = A(\sum c_i)^2 + B\|\sum c_ix_i\|^2$, and there are $d + 1$ conditions on $N > d + 1$ numbers.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const long d = any.integer("d", 1, 4), depth = any.integer("L", 1, 6);
      const Polynomial p = any_polynomial_of_degree<R>(any, 1);
      const ExactLimit limit = any_exact_limit<R>(any);
      const long count = index("d + 2", d + 2, Shift::fewer);
      const Points x = any_scattered<R>(any, count, d);
      any.suppose("the points are distinct", distinct(x));
      RationalMatrix conditions(d + 1, count);
      for (long j = 0; j < count; ++j) {
        conditions(d, j) = 1;
        for (long i = 0; i < d; ++i)
          conditions(i, j) = x[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)];
      }
      const auto c = linalg::null_vector(conditions);
      if (!c) return exactly(false, "=", "no such c", "0");
      const Rational form =
          linalg::quadratic_form(entrywise(exact_resnet(p, limit, depth).sum(), linalg::gram(x)), *c);
      return exactly(form == 0, "=", form.str(), "0");
    },
    {{"without the points are distinct",
      "The d + 1 conditions on d + 2 numbers have a solution whatever the points are."}});

const auto frozen = claim(
    {.id = "spd.polynomial.frozen",
     .kind = Kind::spectrum,
     .title = "Without dynamics a polynomial activation fails as Sigma* does",
     .states =
         R"(T = 0 \text{ or } \sigma_w = 0,\ \phi \text{ a polynomial of degree } D,\ N > \binom{D+d-1}{d-1} + \binom{D+d-2}{d-1}
\implies K_\infty \text{ is singular})",
     .source = mission,
     .reading =
         R"(The horizon from which on it does not fail is 0, excluded: compare spd.polynomial.ode.repaired. Any $s_0$ and $\sigma_v$. The bound is
that of spd.polynomial.rank with $e$ and $o$ the numbers $D$ and $D - 1$. An exact null vector at the first such $N$.)",
     .uses = {"spd.polynomial.rank"},
     .repairs = "",
     .proof =
         R"($h_T = h_0$, so $K^W = 0$ and $K_\infty = \sigma_v^2(F + s_0\rho F')$ with $F$ a polynomial of degree $D$ in $\rho$; the powers of $\rho F'$ are
among those of $F$. Its rank is that of the monomials of its largest even and odd degree (spd.polynomial.rank).)",
     .cases = 30},
    []<Real R>(Any<R>& any) -> Judgement {
      const long d = any.integer("d", 2, 3), degree = any.integer("degree", 1, 5 - d + 1);
      const Polynomial p = any_polynomial_of_degree<R>(any, degree);
      ExactLimit limit = any_scales<R>(any);
      (any.one_of("frozen by", {"T", "sigma_w"}) == "T" ? limit.horizon : limit.sigma_w) = 0;
      const long count =
          index("B", rank_bound({degree - degree % 2, degree - 1 + degree % 2}, d), Shift::fewer) + 1;
      const Points x = any_scattered<R>(any, count, d);
      any.suppose("the points are distinct", distinct(x));
      const RationalMatrix kernel = entrywise(exact_resnet(p, limit, 1).sum(), linalg::gram(x));
      const auto c = linalg::null_vector(kernel);
      const Rational form = c ? linalg::quadratic_form(kernel, *c) : Rational(1);
      return exactly(form == 0, "=", c ? form.str() : "no null vector", "0");
    },
    {{"without the points are distinct", "Equal points make the kernel singular all the more."}});

/// Positive eigenvalues of a matrix below K_infinity of the Neural ODE, where phi has no negative
/// coefficient: K^v of the ResNet of that depth.
long proved_positive(const Polynomial& p, const ExactLimit& limit, long depth, const Points& x) {
  return linalg::exact_inertia(entrywise(exact_resnet(p, limit, depth).v, linalg::gram(x))).positive;
}

const std::string lower_bound =
    R"(Let $p$ have no negative coefficient. $F(q, \bar q, c) = \sum_m D_m(q)D_m(\bar q)c^m/m!$ then has none either, in $q$, $\bar q$ and $c$.
Picard's iterates $c^{(0)} = s_0\rho$, $c^{(j+1)} = s_0\rho + \sigma_w^2\iint F(c^{(j)})$ are power series in $t$, $s$, $\rho$ without negative coefficients,
increase with $j$ coefficient by coefficient, and stay below the solution at $\rho = 1$ on every $[0, T]$ on which there is one; so they
converge to it. In the same way the sums of the ResNet, at left end points, are below the integrals of functions that increase in $t$
and $s$: $c^L_{T,T} \le c_{T,T}$ coefficient by coefficient in $\rho$. By Schur, a power series in $\rho$ without negative coefficients has a positive
semidefinite matrix, so $K_\infty \succeq K^v_\infty \succeq K^{v,L}_\infty$ for every $L$.)";

const auto ode_as_stated = claim(
    {.id = "spd.polynomial.ode.as-stated",
     .kind = Kind::spectrum,
     .title = "Positive definiteness fails for polynomial activations: the Neural ODE",
     .states =
         R"(\phi \text{ a polynomial},\ N > B = \binom{e+d-1}{d-1} + \binom{o+d-1}{d-1} \implies K_\infty \text{ is not positive definite})",
     .source = mission,
     .reading =
         R"(What is true of $\Sigma^*$ with unit variance (spd.polynomial.fails-beyond: $e$ and $o$ its largest even and odd $n$ with
$a_n \ne 0$), said of $K_\infty$ of the Neural ODE with $T > 0$, at $N = B + 1$ points of the unit circle, whatever the scales. $\phi$ has degree at most 3 and no
negative coefficient: then $K^v_\infty$ of the ResNet of depth 1 lies below $K_\infty$ (spd.polynomial.ode.repaired), and its exact inertia
decides. $T \le T_0$, where $T_0$ is a horizon on which the system has a solution: $T_0 = Q/(2\sigma_wS)$ with $Q = 2\max(1, s_0)$ and
$S = c_0 + c_1Q + 2c_2Q^2 + 4c_3Q^3$.)",
     .uses = {"spd.polynomial.fails-beyond"},
     .repairs = "",
     .proof = "",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Polynomial p = any_nonnegative_polynomial<R>(any, any.integer("degree", 0, 3));
      const ExactLimit limit = any_ode_limit<R>(any, p);
      const long count = rank_bound(largest_degrees(p), 2) + 1;
      const Points x = any_scattered<R>(any, count, 2);
      any.suppose("the points are distinct", distinct(x));
      const long positive = proved_positive(p, limit, 1, x);
      Judgement out = exactly(positive < count, "<", std::to_string(positive), std::to_string(count));
      // Fewer positive eigenvalues below K_infinity say nothing of K_infinity, unless phi is affine.
      if (out.truth == Truth::yes && largest_degrees(p).even > 1) out.truth = Truth::unknown;
      if (out.truth == Truth::yes && largest_degrees(p).odd > 1) out.truth = Truth::unknown;
      if (out.truth == Truth::unknown) out.proof = false;
      if (out.truth == Truth::no)
        out.note = "T = " + limit.horizon.str() + ": a matrix below K is positive definite at the points " +
                   text(x) + ".";
      return out;
    });

const auto ode_repaired = claim(
    {.id = "spd.polynomial.ode.repaired",
     .kind = Kind::spectrum,
     .title = "The Neural ODE is positive definite for polynomial activations too",
     .states =
         R"(\phi = \sum_{k \le D} c_kx^k,\ c_k \ge 0,\ D \ge 2,\ T > 0,\ \phi \text{ not odd or no two points opposite}
\implies K_\infty \text{ is strictly positive definite})",
     .source = mission,
     .reading =
         R"(At all distinct points of the unit sphere, on every horizon $T > 0$ on which the system for $c_{t,s}$ has a solution (for $D \ge 2$
it blows up at a finite one), with positive scales. $T \le T_0$ as in spd.polynomial.ode.as-stated. Judged at 1 to 9 points of the circle, as far as $\Sigma^*$ with unit variance is
singular at (N above its bound $B$) and beyond, by the exact inertia of $K^v_\infty$ of the ResNet of depth 1 or 2, which lies below $K_\infty$. So it
is non-affinity, not non-polynomiality, that the Neural ODE needs: depth makes a power series of any polynomial.)",
     .uses = {"spd.polynomial.resnet.rank", "spd.theorem-11.if.repaired"},
     .repairs = "spd.polynomial.ode.as-stated",
     .proof =
         lower_bound +
         R"( With $D \ge 2$ the degree of $K^{v,L}_\infty$ is $D^{L+1}$, so $K^v_\infty$ has infinitely many non-zero coefficients $k_n \ge 0$, and the
argument of spd.theorem-11.if.repaired applies where $|\rho_{ij}| < 1$. If $\phi$ is not odd, both parities occur infinitely often, and those of
spd.theorem-11.if.all-data.repaired apply to opposite points as well: $c$ has the term $s_0\rho$ and an even power, and no term cancels; if $e$ and
$o$ are the largest even and odd powers of $c^L$, those of $F$ with $D = 2$ are at least $2o$ and $o + e$, with $D = 3$ at least $2o + e$ and $3o$, so both
grow without bound.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const long degree = any.integer("degree", 2, 3);
      Polynomial p = any_nonnegative_polynomial<R>(any, degree);
      if (degree == 3 && any.one_of("parity", {"any", "odd"}) == "odd") p[0] = p[2] = 0;
      any.suppose("the degree is at least 2", p.back() != 0 || (degree == 3 && p[2] != 0));
      const ExactLimit limit = any_ode_limit<R>(any, p);
      Points x;
      const long pairs = any.integer("antipodal pairs", 0, 3), singles = any.integer("other points", 1, 6);
      for (const RationalVector& point : any_scattered<R>(any, pairs + singles, 2)) {
        x.push_back(point);
        if (static_cast<long>(x.size()) < 2 * pairs) x.push_back(opposite(point));
      }
      any.suppose("the points are distinct", distinct(x));
      const bool odd = p[0] == 0 && p[2] == 0;
      any.suppose("phi is not odd, or no two points are opposite", !odd || pairwise_independent(x));
      const long count = static_cast<long>(x.size());
      long positive = proved_positive(p, limit, 1, x);
      if (positive < count) positive = proved_positive(p, limit, 2, x);
      Judgement out = exactly(positive == count, "=", std::to_string(positive), std::to_string(count));
      // Fewer positive eigenvalues below K_infinity say nothing of K_infinity. Without one of the hypotheses
      // it is singular, though: by spd.polynomial.affine, or by e_i - e_j or e_i + e_j for equal or opposite
      // points.
      const bool affine = p[2] == 0 && p.back() == 0;
      const bool singular = (affine && count > 3) || (odd && !pairwise_independent(x)) || !distinct(x);
      if (out.truth == Truth::no && !singular) out.truth = Truth::unknown, out.proof = false;
      return out;
    });

const auto mixed_signs = claim(
    {.id = "spd.polynomial.ode.mixed-signs",
     .kind = Kind::spectrum,
     .title = "The Neural ODE at one point more than Sigma* can bear, coefficients of any sign",
     .states =
         R"(\phi \text{ a polynomial of degree 2 or 3},\ 0 < T \le T_0,\ N = B + 1 \implies K_\infty \text{ is strictly positive definite})",
     .source = mission,
     .reading =
         R"(As spd.polynomial.ode.repaired, whose proof needs coefficients that are not negative, at the $N$ of spd.polynomial.ode.as-stated (points of the circle, none opposite
to another) and with coefficients of any sign. $T_0$ is computed from their moduli. In balls by a certified lower bound of $\lambda_{\min}$
(`kernel/definite.hpp`).)",
     .uses = {"spd.polynomial.ode.repaired"},
     .repairs = "",
     .proof = "",
     .cases = 16},
    []<Real R>(Any<R>& any) -> Judgement {
      const long degree = any.integer("degree", 2, 3);
      const Polynomial p = any_polynomial_of_degree<R>(any, degree);
      any.suppose("the leading coefficient is not 0", p.back() != 0);
      Polynomial moduli;
      for (const Rational& coefficient : p) moduli.push_back(abs(coefficient));
      kernel::Limit<R> limit;
      limit.phi = activation::find(name_of(p));
      ExactLimit exact;
      exact.input_scale = 1;
      limit.horizon = any.number("T/T0", 0.125, 1) * real::from_rational<R>(safe_horizon(moduli, exact));
      const long count = rank_bound(largest_degrees(p), 2) + 1;
      const Points x = any_scattered<R>(any, count, 2);
      any.suppose("the points are distinct and no two are opposite", pairwise_independent(x));
      return limit_definite<R>(limit, x);
    });

}  // namespace
}  // namespace gronwall::verify
