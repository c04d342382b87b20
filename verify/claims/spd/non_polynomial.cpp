#include <gronwall/gaussian/expansion.hpp>

#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

constexpr unsigned last = 60;

const auto as_stated = claim(
    {.id = "spd.non-polynomial.coefficients.as-stated",
     .kind = Kind::identity,
     .title = "Softplus, Tanh and GELU have infinitely many Hermite coefficients",
     .states =
         R"(a_n \ne 0 \text{ for infinitely many } n, \qquad \phi \in \{\text{softplus}, \tanh, \text{GELU}\})",
     .source = "Slide \"Conclusion\": non-polynomial activations",
     .reading =
         R"(As far as a run can see: for each $m < 50$ and each variance $q$ there is a non-zero coefficient among $a_m, a_{m+1}$
(tanh has odd ones only; softplus and GELU have, beyond $a_1$, even ones only). Decided by the largest of the two against the error
of the quadrature.)",
     .uses = {"hermite.orthonormal.repaired"},
     .repairs = "",
     .proof =
         R"(With finitely many, $\phi(\sqrt q z)$ would be a polynomial almost everywhere, and by continuity everywhere. A
polynomial that grows like softplus or GELU has degree at most 1, that of a bounded function is 0, and none of the three is affine.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", {"tanh", "softplus", "gelu"});
      const R q = any.number("q", 0.25, 4);
      const std::size_t m = static_cast<std::size_t>(any.integer("m", 0, 49));
      const auto e = gaussian::expand<R>(phi, q, last);
      return positive<R>(max(abs(e.coefficients[m]), abs(e.coefficients[m + 1])));
    });

}  // namespace
}  // namespace gronwall::verify
