#include <gronwall/gaussian/expansion.hpp>

#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

using gaussian::expand;
using gaussian::Expansion;
using gaussian::Of;

constexpr unsigned terms = 300, compared = 60;

/// The sum of all a_n^2: the first ones, and a bound of the others that does not come from Parseval. With b_n
/// = E[phi'(sqrt q z) h_n(z)] a_n^2 is q b_{n-1}^2/n, so those from `terms` on are at most q/terms (E[phi'^2]
/// - sum of the b_n^2 before) by Bessel's inequality. Floating point leaves them out: they are below its
/// tolerance.
template <Real R>
Quantity<R> sum_of_squares(const Expansion<R>& e, const Expansion<R>& slope) {
  Quantity<R> sum(0);
  for (const Quantity<R>& a : e.coefficients) sum += a * a;
  if constexpr (real::Enclosing<R>) {
    const R& last = slope.coefficients[terms - 1];
    const R most = e.variance * (slope.tail + last * last) / R(static_cast<int>(terms));
    sum += R(0).hull(most.upper());
  }
  return sum;
}

const auto expansion = claim(
    {.id = "hermite.expansion",
     .kind = Kind::identity,
     .title = "Activations are the sums of their Hermite series",
     .states =
         R"(\phi(\sqrt q\,z) = \sum_{n=0}^\infty a_n h_n(z) \text{ in } L^2, \qquad a_n = \mathbb{E}[\phi(\sqrt q\,z)\,h_n(z)])",
     .source = "Slide \"Step 3: Hermite Expansion\"",
     .reading =
         R"(With the normalised $h_n$, in the two forms that can be checked: Parseval, $\sum_{n<300} a_n^2 = \mathbb{E}[\phi^2]$ to 24 bits;
and term by term differentiation, $\sqrt{n+1}\,a_{n+1} = \sqrt q\,\mathbb{E}[\phi'(\sqrt q\,z)\,h_n(z)]$ for all $n < 60$, to 33 bits in
double and 100 at 50 digits and in balls, where the terms left out of Parseval's sum are bounded by the second form and Bessel's
inequality for $\phi'$.)",
     .uses = {"hermite.orthonormal.repaired"},
     .repairs = "",
     .proof =
         R"(The $h_n$ are complete in $L^2(N(0,1))$, hence the series and Parseval. $h_{n+1}(z) e^{-z^2/2} =
-\frac{1}{\sqrt{n+1}} \frac{d}{dz}(h_n(z) e^{-z^2/2})$, and one integration by parts gives the second form.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", {"tanh", "softplus", "gelu", "sigmoid", "silu", "erf", "sin",
                                              "cos", "arctan", "gaussian", "square", "cube"});
      const R q = any.number("q", 0.0625, 1);
      const R half = real::ratio<R>(1, 2);
      const auto e = expand<R>(phi, q, terms),
                 slope = expand<R>(phi, q, real::Enclosing<R> ? terms : compared, Of::derivative);
      const R size = R(1) + e.second_moment.value();
      Judgement all =
          equals<R>(sum_of_squares<R>(e, slope), e.second_moment, R(size * real::power<R>(half, 24)));
      const R tolerance = size * real::power<R>(half, real::Backend<R>::digits < 20 ? 33 : 100);
      for (std::size_t n = 0; n < compared; ++n)
        all = all && equals<R>(sqrt(Quantity<R>(static_cast<int>(index("n + 1", static_cast<long>(n) + 1)))) *
                                   e.coefficients[n + 1],
                               factor<R>("sqrt q", sqrt(Quantity<R>(q))) * slope.coefficients[n], tolerance);
      return all;
    });

}  // namespace
}  // namespace gronwall::verify
