#include <cmath>

#include <gronwall/linalg/norm.hpp>

#include "verify/claims/spd/kernel.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

using real::Rational;
using Sharp = real::Mpfr<50>;

/// N points of the circle, 2^-gap apart in stereographic coordinates.
Points cluster(long n, long gap, long start) {
  Points x;
  for (long i = 0; i < n; ++i)
    x.push_back(linalg::rational_unit_vector({half_integer(start) + Rational(i, 1L << gap)}));
  return x;
}

/// tanh has poles, so its coefficients fall like e^{-(pi/2) sqrt n} only; balls may leave out what they like.
template <Real R>
unsigned terms(const std::string& phi) {
  if (real::Enclosing<R> || real::Backend<R>::digits < 20) return 200;
  return phi == "gelu" ? 250 : 1200;
}

template <real::Floating R>
linalg::Approximation<R> cluster_kernel(const std::string& phi, const Points& x) {
  return unit_kernel<R>(phi, x, terms<R>(phi));
}

/// Moduli of the eigenvalues, the largest first; those below 0 in a series of their own.
template <Real R>
void add_spectrum(Plot& plot, const std::string& name, const linalg::Matrix<R>& kernel) {
  const linalg::Vector<R> values = linalg::symmetric_eigenvalues<R>(kernel);
  Series positive{name, {}, {}, true}, negative{name + ", negative (modulus)", {}, {}, false};
  for (Eigen::Index i = values.size(); i-- > 0;) {
    const double value = real::to_double<R>(values(i));
    Series& series = value > 0 ? positive : negative;
    series.x.push_back(static_cast<double>(values.size() - i));
    series.y.push_back(std::abs(value));
  }
  plot.series.push_back(positive);
  if (!negative.x.empty()) plot.series.push_back(negative);
}

Plot spectra(const std::string& phi, const Points& x) {
  Plot plot;
  plot.title =
      "Eigenvalues of Sigma* for " + phi + " at " + std::to_string(x.size()) + " nearly parallel points";
  plot.caption =
      "At 50 digits the eigenvalues fall by a constant factor and stay positive; in double they stop at the "
      "rounding of the largest "
      "one, where even their signs are noise.";
  plot.x_label = "number of the eigenvalue";
  plot.y_label = "eigenvalue";
  plot.log_y = true;
  add_spectrum<Sharp>(plot, "50 digits", cluster_kernel<Sharp>(phi, x).value);
  add_spectrum<double>(plot, "double", cluster_kernel<double>(phi, x).value);
  return plot;
}

const auto clustered = claim(
    {.id = "spd.spectrum.clustered",
     .kind = Kind::spectrum,
     .title = "Nearly parallel inputs: positive definite, but not in double",
     .states =
         R"(x_1, \dots, x_N \text{ distinct within } 2^{-g}N \text{ of each other} \implies \lambda_{\min}(\Sigma^*) > 0)",
     .source = "Slide \"Step 4: Theorem 11\"; the smallest eigenvalue where it is hard to see",
     .reading =
         R"(A case of spd.theorem-11.if.repaired that double cannot decide: six to eight points of the circle $2^{-g}$ apart, $g$ from 6
to 8, unit variance. The smallest eigenvalue is of the order of the squared divided difference of order $N - 1$, that is
$2^{-2g(N-1)}$ and smaller, far below the rounding of the largest one in double. In balls a lower bound, as in
spd.theorem-11.if.as-stated, at the 128 bits or more that it takes to see it.)",
     .uses = {"spd.theorem-11.if.repaired"},
     .repairs = "",
     .proof = R"(spd.theorem-11.if.repaired: the points are distinct and no two are opposite.)",
     .cases = 12},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", {"tanh", "gelu"});
      const Points x = cluster(any.integer("N", 6, 8), any.integer("g", 6, 8), any.integer("start", 0, 4));
      const Quantity<R> smallest = smallest_eigenvalue<R>({phi}, x, terms<R>(phi));
      Judgement out = positive_from_below<R>(smallest);
      if (real::Backend<R>::digits > 20 && out.truth != Truth::unknown) {
        out.plot = spectra(phi, x);
        const double in_double =
            linalg::symmetric_eigenvalues<double>(cluster_kernel<double>(phi, x).value)(0);
        char note[200];
        std::snprintf(note, sizeof note, "Smallest eigenvalue %.3e; double computes %.3e.",
                      real::to_double<R>(smallest.value()), in_double);
        out.note = note;
      }
      return out;
    });

}  // namespace
}  // namespace gronwall::verify
