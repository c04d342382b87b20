#include "verify/checker/claims.hpp"
#include "verify/checker/gaussian.hpp"
#include "verify/checker/outcome.hpp"

namespace gronwall::checker {
namespace {

/// He_n of the slide has degree n; beyond this the integers get long for no gain.
constexpr long largest_degree = 400;

Finding exact_equation(const Certificate& certificate, const mpq_class& lhs, const mpq_class& rhs) {
  for (const auto& [name, given, own] :
       {std::tuple{"left", certificate.lhs.exact, lhs},
        std::tuple{"right", certificate.rhs ? certificate.rhs->exact : std::nullopt, rhs}}) {
    if (given && *given != own)
      throw NotConfirmed("the " + std::string(name) + " side is " + own.get_str() +
                         " by this checker, and the certificate says " + given->get_str());
  }
  compare_side("left", certificate.lhs, Interval(lhs));
  compare_side("right", certificate.rhs, Interval(rhs));
  const bool holds = lhs == rhs;
  return {holds, "=", Interval(lhs), Interval(rhs),
          lhs.get_str() + (holds ? " = " : " is not ") + rhs.get_str()};
}

/// E[He_n(z) He_m(z)] from the coefficients by their recurrence and the moments of the pair (z, z).
Finding orthonormal(const Certificate& certificate) {
  Inputs in(certificate);
  const long n = in.integer("n", 0, largest_degree), m = n + in.integer("m - n", 0, largest_degree);
  in.finish();
  PairMoments moments(1, 1, 1);
  const mpq_class mean = moments.mean(hermite_polynomial(static_cast<unsigned>(n)),
                                      hermite_polynomial(static_cast<unsigned>(m)));
  return exact_equation(certificate, mean, n == m ? 1 : 0);
}

Finding correlation(const Certificate& certificate) {
  Inputs in(certificate);
  const long n = in.integer("n", 0, largest_degree), m = n + in.integer("m - n", 0, largest_degree);
  const mpq_class s = in.number("s", 0), sbar = in.number("sbar", 0);
  if (s == 0 || sbar == 0)
    throw NotConfirmed("the inputs \"s\" and \"sbar\" are out of the domain of the claim");
  const mpq_class rho = in.number("rho", -1, 1);
  in.finish();
  PairMoments moments(s * s, sbar * sbar, rho * s * sbar);
  const mpq_class mean = moments.mean(hermite_polynomial(static_cast<unsigned>(n)),
                                      hermite_polynomial(static_cast<unsigned>(m)));
  mpq_class expected = n == m ? 1 : 0;
  for (long k = 0; n == m && k < n; ++k) expected *= rho;
  return exact_equation(certificate, mean, expected);
}

/// The series has non-negative terms, so one partial sum above the kernel refutes the identity; that is the
/// relation
/// "<=". At rho = 0 the series is its first term, and the identity can fail downwards as well: the relation
/// "=".
Finding kernel_series(const Certificate& certificate) {
  const Precision guard(128);
  Inputs in(certificate);
  const Activation phi = *activation(in.one_of("phi", {"tanh", "softplus", "gelu"}));
  const mpq_class q = in.number("q", 0), rho = in.number("rho", 0, 1);
  if (q == 0) throw NotConfirmed("the input \"q\" is out of the domain of the claim");
  if (q > 16) throw NotDecided("the variance is too large for the quadrature of this checker");
  in.finish();
  const Interval kernel = equal_variance_kernel(phi, q, rho);
  compare_side("right", certificate.rhs, kernel);
  const Interval given = certificate.lhs.is_number() ? certificate.lhs.interval() : Interval(0);
  if (certificate.relation == "=") {
    if (rho != 0) throw NotDecided("a partial sum below the kernel says nothing of the series");
    const Interval sum = sqr(hermite_moments(phi, 1, 1)[0]);
    compare_side("left", certificate.lhs, sum);
    const Interval apart = abs(sum - kernel), allowed(certificate.tolerance.value_or(0));
    if (!surely_less(allowed, apart)) throw NotDecided("both sides are too close for this checker");
    return {false, "=", sum, kernel, sum.text() + " is not " + kernel.text()};
  }
  bool met = false;
  for (const unsigned terms : {12U, 32U}) {
    const std::vector<Interval> a = hermite_moments(phi, 1, terms);
    Interval sum, weight = 1;
    for (unsigned n = 0; n < terms; ++n) {
      sum += weight * sqr(a[n]);
      weight *= Interval(rho);
      const bool same = meet(sum, given);
      met = met || same;
      if (same && surely_less(kernel, sum))
        return {false, "<=", sum, kernel,
                "the partial sum up to n = " + std::to_string(n) + ", " + sum.text() +
                    ", is above the kernel, " + kernel.text()};
    }
  }
  if (!met) throw NotConfirmed("the left side of the certificate is no partial sum of the series");
  throw NotDecided("no partial sum is proved to be above the kernel");
}

}  // namespace

void add_hermite(std::map<std::string, Known>& claims) {
  claims.emplace("hermite.orthonormal.as-stated",
                 Known{R"(\mathbb{E}_{z \sim N(0,1)}[h_n(z)\,h_m(z)] = \delta_{nm})", {"="}, orthonormal});
  claims.emplace(
      "hermite.correlation.as-stated",
      Known{R"(\mathbb{E}[h_n(u)\,h_m(\bar u)] = \rho^n \delta_{nm}, \qquad (u, \bar u) \sim N(0, S^*))",
            {"="},
            correlation});
  claims.emplace("hermite.kernel-series.as-stated",
                 Known{R"(\Sigma^* = \mathbb{E}[\phi(u)\,\phi(\bar u)] = \sum_{n=0}^\infty a_n^2 \rho^n,
\qquad a_n = \mathbb{E}_{z \sim N(0,1)}[\phi(z)\,h_n(z)])",
                       {"<=", "="},
                       kernel_series});
}

}  // namespace gronwall::checker
