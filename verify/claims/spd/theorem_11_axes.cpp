#include "verify/claims/spd/kernel.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

/// One point of each opposite pair, as the rows of a matrix.
RationalMatrix axes(const Points& x) {
  Points found;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (x[i] == opposite(x[j])) found.push_back(x[j]);
  RationalMatrix rows(static_cast<Eigen::Index>(found.size()), static_cast<Eigen::Index>(x.front().size()));
  for (Eigen::Index i = 0; i < rows.rows(); ++i)
    for (Eigen::Index k = 0; k < rows.cols(); ++k)
      rows(i, k) = found[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)];
  return rows;
}

const auto repaired = claim(
    {.id = "spd.theorem-11.if.not-odd.repaired",
     .kind = Kind::spectrum,
     .title = "Theorem 11 for softplus and GELU, repaired: the axes of the opposite pairs are independent",
     .states =
         R"(\phi(x) - \phi(-x) = x,\ a_{2n} \ne 0 \text{ for infinitely many } n \implies
\big( \Sigma^* \text{ is strictly positive definite} \iff \text{the axes of the pairs } \pm x_i \text{ are linearly independent} \big))",
     .source = "Slide \"Step 4: Theorem 11\", direction from right to left, and slide \"Conclusion\"",
     .reading =
         R"(At distinct points of the unit sphere of $\mathbb{R}^d$, for softplus, GELU and SiLU. So up to $d$ opposite pairs in general position do no
harm, and $d + 1$ always do. Where the axes are independent (an exact rank), $\Sigma^*$ is judged as in spd.theorem-11.if.as-stated; where they are not,
by an exact null vector.)",
     .uses = {"hermite.kernel-series.repaired"},
     .repairs = "spd.theorem-11.if.not-odd.as-stated",
     .proof =
         R"(The odd part of $\phi$ is $x/2$, so $a_1 = \frac12$ and the other odd $a_n$ are 0. Each $\rho^{\circ n}$ is positive semidefinite, so
$c^\top\Sigma^* c = 0$ if and only if $c^\top\rho^{\circ n}c = 0$ whenever $a_n \ne 0$. Along even $n$ the forms tend to
$\sum_{\{x,-x\}}(c_x + c_{-x})^2$ (with $c_x = 0$ where $x$ is no point), so $c$ is 0 but on the pairs, and $c_{-x} = -c_x$ there. For such
$c$ all even forms are 0, and what is left is $a_1^2\,c^\top\rho\,c = \frac14\|\sum_i 2 c_i x_i\|^2$, the sum over the pairs $\pm x_i$. It is 0 for
some $c \ne 0$ if and only if the $x_i$ are dependent.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", {"softplus", "gelu", "silu"});
      const Points x = any_points<R>(any, 4, 2);
      any.suppose("the points are distinct", distinct(x));
      const RationalMatrix pairs = axes(x);
      const long rank = linalg::exact_rank(pairs);
      if (rank == pairs.rows()) return definite<R>(phi, x);
      const auto c = exact_null_vector(parity_parts(phi), x);
      return exactly(c.has_value(), "=", c ? "0" : "no null vector", "0");
    });

}  // namespace
}  // namespace gronwall::verify
