#include "verify/claims/growth/pair.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const auto as_stated = claim(
    {.id = "growth.lemma-18.state.as-stated",
     .kind = Kind::bound,
     .title = "Lemma 18: difference of two states",
     .states = R"(\|h_t - \bar h_t\| \le \|\theta - \bar\theta\|\,\|U\|\,\|W\|\,
\exp\Bigl(\frac{\sigma t(\|W\| + \|\bar W\|)}{\sqrt n}\Bigr)\|x\|)",
     .source = "Slide \"Lemma 18\", (6)",
     .reading =
         R"(For any two parameter tuples, with the normalisation of the slide "Closed" ($\sigma_v = \sigma_u/\sqrt d = 1$,
$L_1 = 1$), the activations that the slides name, and
$\|\theta\|^2 = \|v\|^2 + \|W\|_F^2 + \|U\|_F^2$, the largest reading of the left factor.)",
     .uses = {"growth.lemma-17.state.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", named_by_the_paper);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi);
      const Pair<R> pair = any_pair<R>(any, f);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      const Quantity<R> size = distance<R>(f.theta, pair.bar.theta) * linalg::spectral_norm<R>(f.theta.U) *
                               linalg::spectral_norm<R>(f.theta.W) * linalg::frobenius_norm<R>(x);
      return at_most<R>(state_difference<R>(pair, x, t),
                        size * exp((f.growth() + pair.bar.growth()) * Quantity<R>(t)));
    });

const auto repaired = claim(
    {.id = "growth.lemma-18.state.repaired",
     .kind = Kind::bound,
     .title = "Lemma 18, repaired: difference of two states",
     .states =
         R"(\|h_t - \bar h_t\| \le \Bigl[\|U - \bar U\| + \frac{\sigma t}{\sqrt n}\|W - \bar W\|\,\|\bar U\|\Bigr]
e^{t\max(a, \bar a)}\,\|x\|, \qquad a = \frac{\sigma\|W\|}{\sqrt n})",
     .source = R"(Slide "Lemma 18", (6), for $\phi(0) = 0$)",
     .reading =
         R"(For any two parameter tuples with $\sigma_u/\sqrt d = 1$, and activations with $\phi(0) = 0$ and $L_1 \le 1$.)",
     .uses = {"growth.lemma-17.state.repaired"},
     .repairs = "growth.lemma-18.state.as-stated",
     .proof = R"(The difference $\delta = h - \bar h$ obeys
$\delta' = \frac{\sigma}{\sqrt n}[W(\phi(h) - \phi(\bar h)) + (W - \bar W)\phi(\bar h)]$, so
$\|\delta\|' \le a\|\delta\| + \frac{\sigma}{\sqrt n}\|W - \bar W\|\,\|\bar h_s\|$ with $\|\bar h_s\| \le e^{\bar a s}\|\bar U\|\|x\|$ by the
repaired Lemma 17. Grönwall: $\|\delta_t\| \le e^{a t}\|\delta_0\| + \frac{\sigma}{\sqrt n}\|W - \bar W\|\|\bar U\|\|x\|\int_0^t
e^{a(t - s)}e^{\bar a s}ds$, and the integrand is at most $e^{t\max(a, \bar a)}$.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", one_lipschitz_or_not);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      any.suppose("phi(0) = 0", vanishes_at_zero<R>(phi));
      const Network<R> f = any_normalised_network<R>(any, phi);
      const Pair<R> pair = any_pair<R>(any, f);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      const Matrix<R>& Ubar = pair.bar.theta.U;
      const Quantity<R> drive = factor<R>("sigma t", Quantity<R>(f.sigma_w) * Quantity<R>(t)) /
                                divisor<R>("sqrt n", root<R>(f.width())) * pair.weights_apart() *
                                norm_or<R>("|Ubar|", linalg::spectral_norm<R>(Ubar), largest_entry<R>(Ubar));
      return at_most<R>(state_difference<R>(pair, x, t),
                        (summand<R>("|U - Ubar|", pair.inputs_apart()) + summand<R>("drive", drive)) *
                            exp(exponent<R>("t max(a, abar)", pair.growth() * Quantity<R>(t))) *
                            factor<R>("|x|", linalg::frobenius_norm<R>(x)));
    });

const auto general = claim(
    {.id = "growth.lemma-18.state.repaired-general",
     .kind = Kind::bound,
     .title = "Lemma 18, repaired for any activation: difference of two states",
     .states =
         R"(\|h_t - \bar h_t\| \le e^{L_1 t\max(a, \bar a)}\Bigl[\|h_0 - \bar h_0\| + \frac{\sigma_w t}{\sqrt n}
\|W - \bar W\|\bigl(L_1\|\bar h_0\| + |\phi(0)|\sqrt n\bigr)\Bigr])",
     .source = R"(Slide "Lemma 18", (6), with any $L_1$ and any $\phi(0)$)",
     .reading = R"(For any two parameter tuples, all scales, and every activation with finite $L_1 > 0$.)",
     .uses = {"growth.lemma-17.state.repaired"},
     .repairs = "growth.lemma-18.state.as-stated",
     .proof =
         R"(As for $\phi(0) = 0$, with $\|\phi(h) - \phi(\bar h)\| \le L_1\|\delta\|$ and, by the repaired Lemma 17,
$\|\phi(\bar h_s)\| \le |\phi(0)|\sqrt n + L_1\|\bar h_s\| \le e^{\bar a L_1 s}(L_1\|\bar h_0\| + |\phi(0)|\sqrt n)$.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_or_affine));
      const Pair<R> pair = any_pair<R>(any, f);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      return at_most<R>(state_difference<R>(pair, x, t), state_difference_bound<R>(pair, x, t, Role::stated));
    });

}  // namespace
}  // namespace gronwall::verify
