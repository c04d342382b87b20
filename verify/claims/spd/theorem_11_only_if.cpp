#include "verify/claims/spd/polynomials.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

using real::Rational;

const auto all_data = claim(
    {.id = "spd.theorem-11.only-if.all-data.as-stated",
     .kind = Kind::spectrum,
     .title = "Theorem 11: positive definite for all data only with infinitely many coefficients",
     .states =
         R"(\Sigma^* \text{ strictly positive definite for all data} \implies a_n \ne 0 \text{ for infinitely many } n)",
     .source = "Slide \"Step 4: Theorem 11\", direction from left to right",
     .reading =
         R"("SPD" of the kernel: at every finite set of distinct unit vectors. So: for every $\phi$ with finitely many non-zero
$a_n$, that is, every polynomial, there are points with a singular $\Sigma^*$. The points are those of
spd.polynomial.fails-beyond; singular means an exact null vector.)",
     .uses = {"spd.polynomial.fails-beyond"},
     .repairs = "",
     .proof = R"(spd.polynomial.fails-beyond on the circle.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Polynomial p = any_polynomial<R>(any, 7);
      const long count = rank_bound(largest_degrees(p), 2) + 1;
      const long a = any.integer("a", 0, 20), b = any.integer("b", 0, 20);
      const Points x = scattered(count, 2, a, b);
      any.suppose("the points are distinct", distinct(x));
      const RationalMatrix kernel = gaussian::exact_kernel(p, linalg::gram(x));
      const long rank = linalg::exact_rank(kernel);
      return exactly(rank < count, "<", std::to_string(rank), std::to_string(count));
    },
    {{"without the points are distinct", "Equal points make the kernel singular all the more."}});

const auto fixed_data = claim(
    {.id = "spd.theorem-11.only-if.fixed-data.as-stated",
     .kind = Kind::spectrum,
     .title = "Theorem 11: positive definite at given data only with infinitely many coefficients",
     .states =
         R"(\Sigma^* \text{ strictly positive definite} \implies a_n \ne 0 \text{ for infinitely many } n)",
     .source = "Slide \"Step 4: Theorem 11\", direction from left to right",
     .reading =
         R"($\Sigma^*$ is the matrix at the given training set, as in the slide's proof idea ($\Sigma^* c = 0$). So: for a $\phi$ with
finitely many non-zero $a_n$, that is a polynomial, the matrix of any two or more distinct unit vectors is not positive
definite. Exact over the rationals.)",
     .uses = {"hermite.kernel-series.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const Polynomial p = any_polynomial<R>(any, 4);
      Points x;
      const long count = any.integer("N", 2, 5);
      for (long i = 1; i <= count; ++i) x.push_back(any_grid_point<R>(any, numbered("x", i), 2));
      any.suppose("the points are distinct", distinct(x));
      const linalg::Inertia found = linalg::exact_inertia(gaussian::exact_kernel(p, linalg::gram(x)));
      Judgement out =
          exactly(found.positive < count, "<", std::to_string(found.positive), std::to_string(count));
      if (out.truth == Truth::no) out.note = "Positive definite at the points " + text(x) + ".";
      return out;
    });

/// x_k and -x_k for `count` points of the circle.
Points antipodal_circle(long count, long a, long b) {
  Points x;
  for (const RationalVector& point : scattered(count, 2, a, b)) {
    x.push_back(point);
    x.push_back(opposite(point));
  }
  return x;
}

const auto repaired = claim(
    {.id = "spd.theorem-11.only-if.all-data.repaired",
     .kind = Kind::spectrum,
     .title = "Theorem 11, repaired: even and odd coefficients are both needed",
     .states = R"(\Sigma^* \text{ strictly positive definite at all distinct unit vectors} \implies
a_{2n} \ne 0 \text{ and } a_{2n+1} \ne 0 \text{ each for infinitely many } n)",
     .source = "Slide \"Step 4: Theorem 11\", direction from left to right",
     .reading =
         R"(The stronger conclusion that makes the theorem an equivalence (with spd.theorem-11.if.all-data.repaired). So: if the
even part or the odd part of $\phi$ is a polynomial, there are points with a singular $\Sigma^*$. Judged on every smooth
non-polynomial activation of the library (each has such a part) at pairs $\pm x_k$ of the circle, one pair more than the polynomial part has
dimensions, by an exact null vector.)",
     .uses = {"spd.polynomial.fails-beyond"},
     .repairs = "spd.theorem-11.only-if.fixed-data.as-stated",
     .proof =
         R"(Let the odd part of $\phi$ be a polynomial $p$ and $x_1, \dots, x_M$ points with $M$ above the rank bound of $p$
(spd.polynomial.rank), none opposite to another. There is $c \ne 0$ with $\sum c_k c_l\,\mathbb{E}[p(u_k)p(u_l)] = 0$. Put $c_k$ at $x_k$
and $-c_k$ at $-x_k$: $\sum_k c_k(\phi(u_k) - \phi(-u_k)) = 2\sum_k c_k\,p(u_k) = 0$ almost surely, so $\Sigma^*$ is singular at
$\pm x_1, \dots, \pm x_M$. For an even part put $c_k$ at both.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", non_polynomial);
      const ParityParts parts = parity_parts(phi);
      const long bound = rank_bound(largest_degrees(parts.even ? *parts.even : *parts.odd), 2);
      const long count = index("dimensions", bound, Shift::fewer) + 1;
      const long a = any.integer("a", 0, 20), b = any.integer("b", 0, 20);
      const Points x = antipodal_circle(count, a, b);
      any.suppose("the points are distinct", distinct(x));
      const auto c = exact_null_vector(parts, x);
      Judgement out = exactly(c.has_value(), "=", c ? "0" : "no null vector", "0");
      if (!c) return out;
      // The same from the kernel's series: what is exactly 0 must come out as 0.
      const auto kernel = unit_kernel<R>(phi, x, 200);
      Quantity<R> form(0);
      R size(0);
      for (Eigen::Index i = 0; i < kernel.rows(); ++i)
        for (Eigen::Index j = 0; j < kernel.cols(); ++j) {
          const R w = real::from_rational<R>(
              Rational((*c)[static_cast<std::size_t>(i)] * (*c)[static_cast<std::size_t>(j)]));
          form += Quantity<R>(w) * Quantity<R>(kernel.value(i, j), kernel.error);
          size += w * w;
        }
      using std::sqrt;
      const R tolerance = sqrt(size) * real::power<R>(real::ratio<R>(1, 2), 24);
      return out && equals<R>(form, Quantity<R>(0), tolerance);
    },
    {{"without the points are distinct", "Equal points make the kernel singular all the more."},
     {"scaled identities", "Both sides are 0."}});

}  // namespace
}  // namespace gronwall::verify
