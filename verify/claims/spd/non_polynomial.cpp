#include <gronwall/gaussian/expansion.hpp>

#include "verify/claims/spd/kernel.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

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
      const std::size_t next = static_cast<std::size_t>(index("m + 1", static_cast<long>(m) + 1));
      return positive<R>(max(abs(e.coefficients[m]), abs(e.coefficients[next])));
    });

const auto all = claim(
    {.id = "spd.non-polynomial.coefficients.all",
     .kind = Kind::identity,
     .title = "The other non-polynomial activations have infinitely many coefficients too",
     .states = R"(a_n \ne 0 \text{ for infinitely many } n, \qquad \phi \text{ smooth and not a polynomial})",
     .source = "Slide \"Conclusion\": non-polynomial activations",
     .reading =
         R"(As spd.non-polynomial.coefficients.as-stated, for every smooth non-polynomial activation of the library (odd and even ones have one
coefficient of the two). Those of sin, cos and the bell fall so fast that double sees none beyond the thirtieth; balls raise their precision
until they do.)",
     .uses = {"hermite.orthonormal.repaired"},
     .repairs = "",
     .proof =
         R"(With finitely many, $\phi(\sqrt q z)$ would be a polynomial almost everywhere, and by continuity everywhere.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", non_polynomial);
      const R q = any.number("q", 0.25, 4);
      const std::size_t m = static_cast<std::size_t>(any.integer("m", 0, 49));
      const auto e = gaussian::expand<R>(phi, q, last);
      const std::size_t next = static_cast<std::size_t>(index("m + 1", static_cast<long>(m) + 1));
      return positive<R>(max(abs(e.coefficients[m]), abs(e.coefficients[next])));
    });

}  // namespace
}  // namespace gronwall::verify
