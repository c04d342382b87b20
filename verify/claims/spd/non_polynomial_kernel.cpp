#include "verify/claims/kernel/limits.hpp"
#include "verify/claims/spd/kernel.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Conclusion\": non-polynomial activations";

const auto as_stated = claim(
    {.id = "spd.non-polynomial.kernel.as-stated",
     .kind = Kind::spectrum,
     .title = "Softplus, Tanh and GELU: Sigma* and the limit kernel are positive definite",
     .states =
         R"(\phi \in \{\text{softplus}, \tanh, \text{GELU}\} \implies \Sigma^* \text{ is SPD} \implies K_\infty \text{ is SPD})",
     .source = slide,
     .reading =
         R"($\Sigma^*$ of the Neural ODE, $\mathbb{E}[\phi(h_T(x))\phi(h_T(\bar x))]$ at infinite width, at distinct points of the unit sphere
(Assumption 1), $T$ and all scales positive. It is what is judged, since $K_\infty \succeq \sigma_v^2\Sigma^*$. As in
kernel.smallest-eigenvalue.as-stated.)",
     .uses = {"spd.non-polynomial.coefficients.as-stated", "spd.theorem-11.if.as-stated",
              "kernel.decomposition.order"},
     .repairs = "",
     .proof = "",
     .cases = 50},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", {"tanh", "softplus", "gelu"});
      const Points x = any_points<R>(any, 4, 1);
      any.suppose("the points are distinct", distinct(x));
      const kernel::Limit<R> limit = any_limit<R>(any, phi, static_cast<long>(x.front().size()));
      return limit_definite<R>(limit, x, kernel::Part::nngp);
    });

const auto softplus_and_gelu = claim(
    {.id = "spd.non-polynomial.kernel.not-odd.as-stated",
     .kind = Kind::spectrum,
     .title = "Softplus and GELU: positive definite as stated, opposite points included",
     .states =
         R"(\phi \in \{\text{softplus}, \text{GELU}\} \implies \Sigma^* \text{ is SPD} \implies K_\infty \text{ is SPD})",
     .source = slide,
     .reading =
         R"(spd.non-polynomial.kernel.as-stated without tanh, with more opposite points. With unit variance $\Sigma^*$ is singular for both at
three pairs of opposite points of a plane (spd.theorem-11.if.not-odd.as-stated): their odd part is $x/2$. With $T > 0$ it is not: $h_T(-x)$ is
not $-h_T(x)$, so no correlation is $-1$.)",
     .uses = {"kernel.smallest-eigenvalue.repaired"},
     .repairs = "",
     .proof = R"(kernel.smallest-eigenvalue.repaired: neither is odd.)",
     .cases = 24},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", {"softplus", "gelu"});
      const Points x = any_points<R>(any, 4, 1, true);
      any.suppose("the points are distinct", distinct(x));
      const kernel::Limit<R> limit = any_limit<R>(any, phi, static_cast<long>(x.front().size()));
      return limit_definite<R>(limit, x, kernel::Part::nngp);
    });

const auto repaired = claim(
    {.id = "spd.non-polynomial.kernel.repaired",
     .kind = Kind::spectrum,
     .title = "Non-polynomial activations: positive definite unless odd with opposite inputs",
     .states = R"(\phi \text{ not odd or } x_i \ne -x_j \text{ for all } i, j
\implies \Sigma^* \text{ is SPD} \implies K_\infty \text{ is SPD})",
     .source = slide,
     .reading = R"(For every smooth non-polynomial activation of the library; else as stated.)",
     .uses = {"spd.non-polynomial.coefficients.all", "kernel.smallest-eigenvalue.repaired"},
     .repairs = "spd.non-polynomial.kernel.as-stated",
     .proof =
         R"(Part (1) to (3) of the proof of kernel.smallest-eigenvalue.repaired, which is on $\Sigma^*$.)",
     .cases = 24},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", non_polynomial);
      const Points x = any_points<R>(any, 4, 1, true);
      any.suppose("the points are distinct", distinct(x));
      any.suppose("phi is not odd, or no two points are opposite",
                  phi.traits().parity != activation::Parity::odd || pairwise_independent(x));
      const kernel::Limit<R> limit = any_limit<R>(any, phi, static_cast<long>(x.front().size()));
      return limit_definite<R>(limit, x, kernel::Part::nngp);
    });

}  // namespace
}  // namespace gronwall::verify
