#include <gronwall/gaussian/expansion.hpp>

#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

using gaussian::expand;
using gaussian::Of;

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
double and 100 at 50 digits.)",
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
      const auto e = expand<R>(phi, q, 300), slope = expand<R>(phi, q, 60, Of::derivative);
      Quantity<R> sum(0);
      for (const Quantity<R>& a : e.coefficients) sum += a * a;
      const R size = R(1) + e.second_moment.value();
      Judgement all = equals<R>(sum, e.second_moment, R(size * real::power<R>(half, 24)));
      const R tolerance = size * real::power<R>(half, real::Backend<R>::digits < 20 ? 33 : 100);
      for (std::size_t n = 0; n < 60; ++n)
        all = all && equals<R>(sqrt(Quantity<R>(static_cast<int>(n) + 1)) * e.coefficients[n + 1],
                               sqrt(Quantity<R>(q)) * slope.coefficients[n], tolerance);
      return all;
    });

}  // namespace
}  // namespace gronwall::verify
