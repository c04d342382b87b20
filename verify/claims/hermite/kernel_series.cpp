#include <cmath>

#include <gronwall/gaussian/expectation.hpp>

#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

using gaussian::expand;
using gaussian::Expansion;
using gaussian::expectation_by_quadrature;

/// Enough for the quadrature: its cost grows with the cube of the digits.
constexpr int digits = 18;

const auto as_stated = claim(
    {.id = "hermite.kernel-series.as-stated",
     .kind = Kind::identity,
     .title = "The kernel as a power series in the correlation",
     .states = R"(\Sigma^* = \mathbb{E}[\phi(u)\,\phi(\bar u)] = \sum_{n=0}^\infty a_n^2 \rho^n,
\qquad a_n = \mathbb{E}_{z \sim N(0,1)}[\phi(z)\,h_n(z)])",
     .source = "Slide \"Step 3: Hermite Expansion\", NNGP Kernel",
     .reading =
         R"(The $h_n$ as the slide lists them ($h_2 = x^2 - 1$), $a_n$ under $N(0, 1)$ as the slide says, and $(u, \bar u) \sim N(0, S^*)$
with equal variances $q$, not 1 in general. $\rho \in [0, 1]$: there every term is non-negative, so that one partial sum above
$\Sigma^*$ refutes the identity; where none of the first 60 is, and $\rho \ne 0$, the case is undecided. $\phi$ is one that the slides name.)",
     .uses = {"hermite.expansion", "hermite.correlation.as-stated", "hermite.orthonormal.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", {"tanh", "softplus", "gelu"});
      const R q = any.number("q", 0.0625, 4), rho = any.number("rho", 0, 1);
      const Quantity<R> kernel = expectation_by_quadrature<R>(phi, q, phi, q, rho, digits);
      // a_n of the slide is sqrt(n!) times that of the normalised polynomials.
      const Expansion<R> e = expand<R>(phi, R(1), 60);
      Quantity<R> sum(0), weight(1);
      for (int n = 0; n < 60; ++n) {
        if (n > 0) weight *= Quantity<R>(n) * Quantity<R>(rho);
        const Quantity<R> a = e.coefficients[static_cast<std::size_t>(n)];
        sum += weight * a * a;
        if (less(kernel, sum) == Truth::yes) {
          Judgement broken = at_most<R>(sum, kernel);
          broken.note = "The partial sum up to n = " + std::to_string(n) +
                        " is above the kernel, and every term is non-negative.";
          return broken;
        }
      }
      Judgement out = equals<R>(sum, kernel, real::power<R>(real::ratio<R>(1, 2), 24));
      // A partial sum that is not above the kernel says nothing of the series, unless all terms left out are
      // 0.
      if (real::to_double<R>(rho) != 0) {
        out.truth = Truth::unknown;
        out.proof = false;
        out.note = "The sum of the first 60 terms is not above the kernel.";
      }
      return out;
    });

const auto repaired = claim(
    {.id = "hermite.kernel-series.repaired",
     .kind = Kind::identity,
     .title = "The kernel as a power series, repaired",
     .states = R"(\mathbb{E}[\phi(u)\,\phi(\bar u)] = \sum_{n=0}^\infty a_n(q)\,a_n(\bar q)\,\rho^n, \qquad
a_n(q) = \mathbb{E}_{z \sim N(0,1)}[\phi(\sqrt q\,z)\,h_n(z)],\ h_n = He_n/\sqrt{n!})",
     .source = "Slide \"Step 3: Hermite Expansion\", NNGP Kernel",
     .reading =
         R"($(u, \bar u)$ centred Gaussian with variances $q$, $\bar q$ and correlation $\rho \in [-1, 1]$. The series (200 terms, its tail
bounded by Cauchy and Schwarz) against quadrature in two variables: to 24 bits, and to 33 (double) or 50 bits (50 digits, balls)
where $|\rho| \le 3/4$.)",
     .uses = {"hermite.expansion", "hermite.correlation.repaired"},
     .repairs = "hermite.kernel-series.as-stated",
     .proof =
         R"(The $h_n$ are a complete orthonormal system of $L^2(N(0,1))$, so $\phi(\sqrt q\,z) = \sum a_n(q) h_n(z)$ in $L^2$
whenever $\mathbb{E}[\phi(\sqrt q z)^2] < \infty$. The map $f \mapsto \mathbb{E}[f(u/\sqrt q) g(\bar u/\sqrt{\bar q})]$ is continuous there
by Cauchy and Schwarz, so the expectation may be taken term by term, and $\mathbb{E}[h_n h_m] = \rho^n\delta_{nm}$. The terms
from $K$ on sum to at most $|\rho|^K (\sum_{n \ge K} a_n(q)^2 \sum_{n \ge K} a_n(\bar q)^2)^{1/2}$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", {"tanh", "softplus", "gelu", "sigmoid", "silu", "erf", "sin",
                                              "cos", "arctan", "gaussian", "square", "cube"});
      const R q = any.number("q", 0.0625, 4), qbar = any.number("qbar", 0.0625, 4),
              rho = any.number("rho", -1, 1);
      const Quantity<R> kernel = expectation_by_quadrature<R>(phi, q, phi, qbar, rho, digits);
      const Quantity<R> series = gaussian::mehler<R>(
          expand<R>(phi, norm_or<R>("q", Quantity<R>(q), Quantity<R>(1)).value(), 200),
          expand<R>(phi, norm_or<R>("qbar", Quantity<R>(qbar), Quantity<R>(q)).value(), 200),
          summand<R>("rho", Quantity<R>(rho)));
      const double size = std::abs(real::to_double<R>(rho));  // exact: drawn numbers are doubles
      const unsigned bits = size > 0.75 ? 24 : real::Backend<R>::digits < 20 ? 33 : 50;
      const R scale =
          R(1) + expand<R>(phi, q, 1).second_moment.value() + expand<R>(phi, qbar, 1).second_moment.value();
      return equals<R>(series, kernel, R(scale * real::power<R>(real::ratio<R>(1, 2), bits)));
    });

}  // namespace
}  // namespace gronwall::verify
