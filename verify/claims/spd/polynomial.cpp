#include "verify/claims/spd/polynomials.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

/// The matrices stay below 30 x 30, so that exact ranks take milliseconds.
constexpr long most_degree(long d) { return d == 2 ? 6 : 3; }

/// In a statement.
LargestDegrees stated(LargestDegrees n) {
  if (n.even >= 0) n.even = index("e", n.even);
  if (n.odd >= 0) n.odd = index("o", n.odd);
  return n;
}

const auto rank_claim = claim(
    {.id = "spd.polynomial.rank",
     .kind = Kind::spectrum,
     .title = "The rank of the kernel of a polynomial activation",
     .states =
         R"(\operatorname{rank} \Sigma^* = \operatorname{rank} V \le \binom{e+d-1}{d-1} + \binom{o+d-1}{d-1})",
     .source = "The mission: positive definiteness fails for polynomial activations",
     .reading =
         R"($\phi$ a polynomial, $\Sigma^*$ with unit variance at $N$ distinct points of the unit sphere of
$\mathbb{R}^d$; $e$ and $o$ are the largest even and the largest odd $n$ with $a_n \ne 0$ (a binomial is left out where there
is none), and $V$ holds all monomials of degree $e$ and all of degree $o$ at the points. On the circle the bound is $e + o + 2$, that is
$2D + 1$ for degree $D$ where $a_{D-1} \ne 0$ too. Exact over the rationals.)",
     .uses = {"hermite.kernel-series.repaired"},
     .repairs = "",
     .proof =
         R"($\rho^{\circ n}$ is the Gram matrix of the tensors $x_i^{\otimes n}$, so its column space is that of the matrix of all
monomials of degree $n$ at the points. On the sphere $|x|^2 = 1$, so the homogeneous polynomials of degree $n - 2$ are among
those of degree $n$. $\Sigma^*$ is a sum of positive semidefinite matrices $a_n^2\rho^{\circ n}$, whose column space is the sum of
theirs: that of degrees $e$ and $o$ alone. There are $\binom{n+d-1}{d-1}$ monomials of degree $n$.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const Polynomial p = any_polynomial<R>(any, 4);
      const Points x = any_points<R>(any, 3, 6, true);
      any.suppose("the points are distinct", distinct(x));
      const LargestDegrees n = largest_degrees(p);
      const long rank = linalg::exact_rank(gaussian::exact_kernel(p, linalg::gram(x)));
      const long span = linalg::exact_rank(monomials(stated(n), x));
      const long bound = index("B", rank_bound(n, static_cast<long>(x.front().size())), Shift::fewer);
      return exactly(rank == span, "=", std::to_string(rank), std::to_string(span)) &&
             exactly(rank <= bound, "<=", std::to_string(rank), std::to_string(bound));
    },
    {{"without the points are distinct",
      "Equal points repeat rows and columns of the kernel and rows of V: both ranks stay, and so does their "
      "bound."}});

const auto fails_beyond = claim(
    {.id = "spd.polynomial.fails-beyond",
     .kind = Kind::spectrum,
     .title = "A polynomial activation: the kernel is singular from B + 1 points on",
     .states = R"(N > B = \binom{e+d-1}{d-1} + \binom{o+d-1}{d-1} \implies \Sigma^* \text{ is singular})",
     .source = "The mission: positive definiteness fails for polynomial activations",
     .reading =
         R"(Whatever the points; $e$, $o$ as in spd.polynomial.rank. Judged at $N = B + 1$, exactly, by a null vector
$c$ with $c^\top\Sigma^* c = 0$; more points only add rows and columns.)",
     .uses = {"spd.polynomial.rank"},
     .repairs = "",
     .proof = R"(The rank is at most $B < N$ (spd.polynomial.rank).)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const long d = any.integer("d", 2, 3);
      const Polynomial p = any_polynomial<R>(any, most_degree(d));
      const long count = index("B", rank_bound(largest_degrees(p), d), Shift::fewer) + 1;
      const long a = any.integer("a", 0, 20), b = any.integer("b", 0, 20);
      const Points x = scattered(count, d, a, b);
      any.suppose("the points are distinct", distinct(x));
      const RationalMatrix kernel = gaussian::exact_kernel(p, linalg::gram(x));
      const auto c = linalg::null_vector(kernel);
      if (!c)
        return exactly(false, "<=", std::to_string(linalg::exact_rank(kernel)), std::to_string(count - 1));
      const real::Rational form = linalg::quadratic_form(kernel, *c);
      return exactly(form == 0, "=", form.str(), "0");
    },
    {{"without the points are distinct", "Equal points make the kernel singular all the more."}});

const auto definite_up_to = claim(
    {.id = "spd.polynomial.definite-up-to",
     .kind = Kind::spectrum,
     .title = "A polynomial activation: the kernel is positive definite at B points in general position",
     .states = R"(N = B = \binom{e+d-1}{d-1} + \binom{o+d-1}{d-1},\ \det V \ne 0 \implies
\Sigma^* \text{ is strictly positive definite})",
     .source = "The mission: positive definiteness fails for polynomial activations",
     .reading =
         R"(So the bound of spd.polynomial.fails-beyond is sharp: it does not fail earlier. $V$ as in spd.polynomial.rank; $\det V$
vanishes on a proper algebraic subset of the sets of points only. Exact inertia over the rationals.)",
     .uses = {"spd.polynomial.rank"},
     .repairs = "",
     .proof =
         R"(The rank is that of $V$ (spd.polynomial.rank), so $\Sigma^*$ is positive semidefinite and not singular. $\det V$ is a
polynomial in the points that is not identically 0 on the sphere: the monomials of degrees $e$ and $o$ are linearly independent
there, those of one degree because a homogeneous polynomial that vanishes on the sphere vanishes everywhere, those of both because
of parity.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const long d = any.integer("d", 2, 3);
      const Polynomial p = any_polynomial<R>(any, most_degree(d));
      const LargestDegrees n = largest_degrees(p);
      const long count = rank_bound(n, d);
      const long a = any.integer("a", 0, 20), b = any.integer("b", 0, 20);
      const long N = index("B", count, Shift::more);
      const Points x = scattered(N, d, a, b);
      any.suppose("the points are in general position", linalg::exact_rank(monomials(n, x)) == count);
      const linalg::Inertia found = linalg::exact_inertia(gaussian::exact_kernel(p, linalg::gram(x)));
      return exactly(found.positive == N, "=", std::to_string(found.positive), std::to_string(N));
    });

}  // namespace
}  // namespace gronwall::verify
