#include <gronwall/gaussian/expectation.hpp>

#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

using gaussian::gaussian_mean;
using gaussian::Polynomial;
using real::Rational;

constexpr long largest_degree = 8;

/// The exact value of a drawn number, which is dyadic.
template <Real R>
Rational any_exactly(Any<R>& any, const std::string& name, double low, double high) {
  return real::exact_rational(real::to_double<R>(any.number(name, low, high)));
}

/// He_n(x / deviation).
Polynomial scaled_hermite(unsigned n, const Rational& deviation) {
  Polynomial p;
  Rational scale = 1;
  for (const real::Integer& c : gaussian::hermite_coefficients(n)) {
    p.push_back(Rational(c) * scale);
    scale /= deviation;
  }
  return p;
}

const auto as_stated = claim(
    {.id = "hermite.correlation.as-stated",
     .kind = Kind::identity,
     .title = "Key property of the Hermite polynomials",
     .states = R"(\mathbb{E}[h_n(u)\,h_m(\bar u)] = \rho^n \delta_{nm}, \qquad (u, \bar u) \sim N(0, S^*))",
     .source = "Slide \"Step 3: Hermite Expansion\", Key Property",
     .reading =
         R"(The $h_n$ as the slide lists them ($h_2 = x^2 - 1$), and any covariance $S^*$ of correlation $\rho$: variances
$s^2$ and $\bar s^2$ are free, since the slide only fixes $\rho$ (in the network they are $\mathrm{Var}\,h_T$, not 1). Exact over
the rationals, from coefficients and the moments of a Gaussian pair.)",
     .uses = {"hermite.orthonormal.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 200},
    []<Real R>(Any<R>& any) -> Judgement {
      const unsigned n = static_cast<unsigned>(any.integer("n", 0, largest_degree));
      const unsigned m = n + static_cast<unsigned>(any.integer("m - n", 0, 4));
      const Rational s = any_exactly<R>(any, "s", 0.125, 8), sbar = any_exactly<R>(any, "sbar", 0.125, 8);
      const Rational rho = any_exactly<R>(any, "rho", -1, 1);
      const Rational mean =
          gaussian_mean(scaled_hermite(n, 1), scaled_hermite(m, 1), s * s, sbar * sbar, rho * s * sbar);
      const Rational expected = n == m ? real::power<Rational>(rho, n) : Rational(0);
      return exactly(mean == expected, "=", mean.str(), expected.str());
    });

const auto repaired = claim(
    {.id = "hermite.correlation.repaired",
     .kind = Kind::identity,
     .title = "Key property of the Hermite polynomials, repaired",
     .states =
         R"(\mathbb{E}\Bigl[h_n\Bigl(\frac{u}{s}\Bigr) h_m\Bigl(\frac{\bar u}{\bar s}\Bigr)\Bigr] = \rho^n \delta_{nm},
\qquad h_n = He_n/\sqrt{n!},\ s^2 = \mathrm{Var}\,u,\ \bar s^2 = \mathrm{Var}\,\bar u)",
     .source = "Slide \"Step 3: Hermite Expansion\", Key Property",
     .reading =
         R"(For all positive $s$, $\bar s$ and $\rho \in [-1, 1]$; exactly over the rationals, and independently by
two-dimensional quadrature with $He_n$ as an activation.)",
     .uses = {"hermite.orthonormal.repaired"},
     .repairs = "hermite.correlation.as-stated",
     .proof = R"(Let $u, \bar u$ have variance 1 and covariance $\rho$. The generating function of $He_n$ is
$\sum_n He_n(x) \frac{a^n}{n!} = e^{a x - a^2/2}$, and $\mathbb{E}[e^{a u - a^2/2} e^{b \bar u - b^2/2}] = e^{a b \rho}$. Comparing the
coefficients of $a^n b^m$ gives $\mathbb{E}[He_n(u) He_m(\bar u)] = n!\,\rho^n \delta_{nm}$. For other variances divide the arguments by
their standard deviations.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const unsigned n = static_cast<unsigned>(any.integer("n", 0, largest_degree));
      const unsigned m = n + static_cast<unsigned>(any.integer("m - n", 0, 4));
      const Rational s = any_exactly<R>(any, "s", 0.125, 8), sbar = any_exactly<R>(any, "sbar", 0.125, 8);
      const Rational rho = any_exactly<R>(any, "rho", -1, 1);
      const Rational mean =
          gaussian_mean(scaled_hermite(n, s), scaled_hermite(m, sbar), s * s, sbar * sbar, rho * s * sbar);
      const unsigned top = static_cast<unsigned>(n > 0 ? index("n of n!", n) : 0);
      const unsigned order = static_cast<unsigned>(n > 0 ? index("n of rho^n", n) : 0);
      const Rational expected =
          n == m ? Rational(gaussian::factorial(top)) * real::power<Rational>(rho, order) : Rational(0);
      const R root = real::from_rational<R>(Rational(gaussian::factorial(n) * gaussian::factorial(m)));
      const R r = real::from_rational<R>(rho);
      const auto h = [](unsigned k) { return activation::find("hermite:" + std::to_string(k)); };
      const Quantity<R> product = gaussian::expectation_by_quadrature<R>(h(n), R(1), h(m), R(1), r, 20);
      const Quantity<R> normalised = product / sqrt(Quantity<R>(root));
      const Quantity<R> power(n == m ? real::power<R>(r, order) : R(0));
      return exactly(mean == expected, "=", mean.str(), expected.str()) &&
             equals<R>(normalised, power, real::power<R>(real::ratio<R>(1, 2), 27));
    });

}  // namespace
}  // namespace gronwall::verify
