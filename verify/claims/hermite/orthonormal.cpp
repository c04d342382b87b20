#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/gaussian/hermite.hpp>

#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

using gaussian::factorial;
using gaussian::hermite_product_mean;
using real::Rational;

constexpr long largest_degree = 60;

const auto as_stated = claim(
    {.id = "hermite.orthonormal.as-stated",
     .kind = Kind::identity,
     .title = "The Hermite polynomials of the slide are orthonormal",
     .states = R"(\mathbb{E}_{z \sim N(0,1)}[h_n(z)\,h_m(z)] = \delta_{nm})",
     .source = "Slide \"Step 3: Hermite Expansion\"",
     .reading =
         R"(The $h_n$ are those that the slide lists: $h_0 = 1$, $h_1 = x$, $h_2 = x^2 - 1$, and so on with leading
coefficient 1, that is, the probabilists' polynomials $He_n$. Exact: from the coefficients of $He_n$ and the Gaussian
moments, without the recurrence.)",
     .uses = {},
     .repairs = "",
     .proof = "",
     .cases = 120},
    []<Real R>(Any<R>& any) -> Judgement {
      const unsigned n = static_cast<unsigned>(any.integer("n", 0, largest_degree));
      const unsigned m = n + static_cast<unsigned>(any.integer("m - n", 0, 8));
      const Rational mean = hermite_product_mean(n, m);
      const Rational expected = n == m ? 1 : 0;
      return exactly(mean == expected, "=", mean.str(), expected.str());
    });

const auto repaired = claim(
    {.id = "hermite.orthonormal.repaired",
     .kind = Kind::identity,
     .title = "The Hermite polynomials, repaired: normalised ones are orthonormal",
     .states = R"(\mathbb{E}_{z \sim N(0,1)}[h_n(z)\,h_m(z)] = \delta_{nm}, \qquad h_n = He_n/\sqrt{n!})",
     .source = "Slide \"Step 3: Hermite Expansion\"",
     .reading =
         R"(For all $m \le n \le 60$ by two routes that share no formula: exactly, $\mathbb{E}[He_n He_m] = n!\,\delta_{nm}$ over
the rationals from explicit coefficients and moments; and by the trapezoidal rule in floating point on values of $h_n$ from the
recurrence $\sqrt{n+1}\,h_{n+1} = x h_n - \sqrt n\,h_{n-1}$, to 12 digits in double and 45 at 50 digits and in balls.)",
     .uses = {},
     .repairs = "hermite.orthonormal.as-stated",
     .proof = R"(By $He_n(z) e^{-z^2/2} = (-1)^n \frac{d^n}{dz^n} e^{-z^2/2}$ and $n$ integrations by parts,
$\mathbb{E}[He_n He_m] = \mathbb{E}[He_m^{(n)}]$. For $m < n$ the derivative is 0; for $m = n$ it is $n!$, since $He_n$ has
leading coefficient 1. So $\mathbb{E}[h_n h_m] = \delta_{nm}$, and the listed polynomials have $\mathbb{E}[h_2^2] = 2$.)",
     .cases = 70},
    []<Real R>(Any<R>& any) -> Judgement {
      const unsigned n = static_cast<unsigned>(any.integer("n", 0, largest_degree));
      const R tolerance = real::Enclosing<R> ? real::power<R>(real::ratio<R>(1, 2), 150)
                                             : R(real::Backend<R>::unit_roundoff() * R(16384));
      Judgement all = exactly(true, "=", "", "");
      for (unsigned m = 0; m <= n; ++m) {
        const Rational mean = hermite_product_mean(n, m);
        const unsigned k = static_cast<unsigned>(n > 0 ? index("n of n!", n) : 0);
        const Rational expected = n == m ? Rational(factorial(k)) : Rational(0);
        all = all && exactly(mean == expected, "=", mean.str(), expected.str());
        all = all &&
              equals<R>(gaussian::normalised_product_mean<R>(n, m), Quantity<R>(n == m ? 1 : 0), tolerance);
      }
      return all;
    });

}  // namespace
}  // namespace gronwall::verify
