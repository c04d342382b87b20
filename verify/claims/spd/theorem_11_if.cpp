#include <gronwall/linalg/norm.hpp>

#include "verify/claims/spd/kernel.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const auto as_stated = claim(
    {.id = "spd.theorem-11.if.as-stated",
     .kind = Kind::spectrum,
     .title = "Theorem 11: infinitely many coefficients make the kernel positive definite",
     .states =
         R"(a_n \ne 0 \text{ for infinitely many } n \implies \Sigma^* \text{ is strictly positive definite})",
     .source = "Slide \"Step 4: Theorem 11\", direction from right to left",
     .reading =
         R"($\Sigma^*_{ij} = \mathbb{E}[\phi(u_i)\phi(u_j)]$ for $N$ distinct points $x_i$ of the unit sphere (Assumption 1) with
$\mathrm{Var}\,u_i = 1$ and correlations $\rho_{ij} = \langle x_i, x_j\rangle$; $\phi$ is one that the slides name, each of which has
infinitely many non-zero $a_n$. Points are exact rationals; a singular matrix is recognised exactly, by a null vector. What is compared with 0 is then the 0 of
$c^\top\Sigma^* c$, and otherwise the smallest eigenvalue; in balls that of the sum of the terms $n < 200$ of
$\Sigma^* = \sum a_n^2\rho^{\circ n}$, from which positive semidefinite terms are missing.)",
     .uses = {"hermite.kernel-series.as-stated", "spd.theorem-11.proof-step.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", {"tanh", "softplus", "gelu"});
      const Points x = any_points<R>(any);
      any.suppose("the points are distinct", distinct(x));
      return definite<R>(phi, x);
    });

const auto not_odd = claim(
    {.id = "spd.theorem-11.if.not-odd.as-stated",
     .kind = Kind::spectrum,
     .title = "Theorem 11 for softplus and GELU, which are not odd",
     .states =
         R"(a_n \ne 0 \text{ for infinitely many } n \implies \Sigma^* \text{ is strictly positive definite})",
     .source = "Slide \"Step 4: Theorem 11\", direction from right to left, and slide \"Conclusion\"",
     .reading =
         R"(spd.theorem-11.if.as-stated for softplus and GELU alone: is it enough to keep away from odd activations? Both are
$x/2$ plus an even function, so their odd part sees no more than $d$ dimensions.)",
     .uses = {"hermite.kernel-series.as-stated", "spd.theorem-11.proof-step.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 300},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", {"softplus", "gelu"});
      const Points x = any_points<R>(any, 5, 2);
      any.suppose("the points are distinct", distinct(x));
      return definite<R>(phi, x);
    });

const auto repaired = claim(
    {.id = "spd.theorem-11.if.repaired",
     .kind = Kind::spectrum,
     .title = "Theorem 11, repaired: no two points opposite",
     .states = R"(|\rho_{ij}| < 1 \text{ for } i \ne j,\ a_n \ne 0 \text{ for infinitely many } n \implies
\Sigma^* \text{ is strictly positive definite})",
     .source = "Slide \"Step 4: Theorem 11\", direction from right to left",
     .reading =
         R"(As stated, for points of the unit sphere that are distinct and of which no two are opposite, and for all smooth
non-polynomial activations of the library. In balls as in spd.theorem-11.if.as-stated.)",
     .uses = {"hermite.kernel-series.repaired", "spd.theorem-11.proof-step.repaired"},
     .repairs = "spd.theorem-11.if.as-stated",
     .proof =
         R"(Each $\rho^{\circ n}$ is positive semidefinite (Schur), so $c^\top \Sigma^* c = \sum a_n^2\,c^\top \rho^{\circ n} c = 0$ forces
$c^\top\rho^{\circ n} c = 0$ for the infinitely many $n$ with $a_n \ne 0$. Along them
$c^\top\rho^{\circ n}c = \|c\|^2 + \sum_{i \ne j} c_i c_j \rho_{ij}^n \to \|c\|^2$, so $c = 0$.)",
     .cases = 120},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", non_polynomial);
      const Points x = any_points<R>(any, 2, 4, true);
      any.suppose("the points are distinct and no two are opposite", pairwise_independent(x));
      return definite<R>(phi, x);
    });

const auto all_data = claim(
    {.id = "spd.theorem-11.if.all-data.repaired",
     .kind = Kind::spectrum,
     .title = "Theorem 11, repaired: infinitely many even and odd coefficients, any distinct points",
     .states = R"(a_{2n} \ne 0 \text{ and } a_{2n+1} \ne 0 \text{ each for infinitely many } n \implies
\Sigma^* \text{ is strictly positive definite for all distinct unit vectors})",
     .source = "Slide \"Step 4: Theorem 11\", direction from right to left",
     .reading =
         R"(Points may be opposite. No activation that the slides name qualifies, so $\phi$ is the sum of an odd activation
(tanh, sin, erf, arctan) and an even one (cos, Gaussian), whose kernels add up. In balls as in spd.theorem-11.if.as-stated.)",
     .uses = {"spd.theorem-11.if.repaired"},
     .repairs = "spd.theorem-11.if.as-stated",
     .proof =
         R"(Let $c^\top\Sigma^* c = 0$, so $c^\top\rho^{\circ n}c = 0$ whenever $a_n \ne 0$. Group the points by lines
$\{x, -x\}$, and let $c_x = 0$ where $x$ is no point. As $n \to \infty$ along even $n$ the form tends to
$\sum_{\{x,-x\}} (c_x + c_{-x})^2$, along odd $n$ to $\sum_{\{x,-x\}} (c_x - c_{-x})^2$. Both are 0, so $c = 0$.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string odd = any.one_of("odd part", {"tanh", "sin", "erf", "arctan"});
      const std::string even = any.one_of("even part", {"cos", "gaussian"});
      const Points x = any_points<R>(any, 3, 2, true);
      any.suppose("the points are distinct", distinct(x));
      if (equal_points(x)) return exactly(false, "> 0", "0", "");
      return positive_from_below<R>(smallest_eigenvalue<R>({odd, even}, x, enough_terms<R>));
    });

}  // namespace
}  // namespace gronwall::verify
