#include "verify/claims/growth/pair.hpp"
#include "verify/claims/growth/pull.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

template <Real R>
Quantity<R> adjoint_difference(const Pair<R>& pair, const Matrix<R>& x, const R& t) {
  return linalg::norm<R>(model::NeuralOde<R>(pair.f).adjoint(x, t) -
                         model::NeuralOde<R>(pair.bar).adjoint(x, t));
}

const auto as_stated = claim(
    {.id = "growth.lemma-18.adjoint.as-stated",
     .kind = Kind::bound,
     .title = "Lemma 18: difference of two adjoints",
     .states = R"(\|\lambda_t - \bar\lambda_t\| \le \|\theta - \bar\theta\|\cdot\frac{\|v\|\,\|W\|}{\sqrt n}
\exp\Bigl(\frac{\sigma(T - t)(\|W\| + \|\bar W\|)}{\sqrt n}\Bigr))",
     .source = "Slide \"Lemma 18\", (7)",
     .reading =
         R"(As for (6): any two parameter tuples, the normalisation of the slide "Closed", the activations that the
slides name, and the largest reading of $\|\theta - \bar\theta\|$.)",
     .uses = {"gradient.adjoint.as-stated", "growth.lemma-17.adjoint.as-stated",
              "growth.lemma-18.state.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", named_by_the_paper);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi);
      const Pair<R> pair = any_pair<R>(any, f);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      const Quantity<R> size = distance<R>(f.theta, pair.bar.theta) * linalg::frobenius_norm<R>(f.theta.v) *
                               linalg::spectral_norm<R>(f.theta.W) / root<R>(f.width());
      const Quantity<R> remaining = Quantity<R>(f.horizon) - Quantity<R>(t);
      return at_most<R>(adjoint_difference<R>(pair, x, t),
                        size * exp((f.growth() + pair.bar.growth()) * remaining));
    });

const auto repaired = claim(
    {.id = "growth.lemma-18.adjoint.repaired",
     .kind = Kind::bound,
     .title = "Lemma 18, repaired: difference of two adjoints",
     .states =
         R"(\|\lambda_t - \bar\lambda_t\| \le \frac{e^{\sigma(T - t)m}}{\sqrt n}\Bigl[\|v - \bar v\| + L_2 B D_T
+ \sigma(T - t)\Bigl(\|W - \bar W\|\frac{\|v\|}{\sqrt n} + L_2 B D_T\Bigr)\Bigr])",
     .source = R"(Slide "Lemma 18", (7), for $L_1 \le 1$)",
     .reading =
         R"(For any two parameter tuples with $\sigma_v = \sigma_u/\sqrt d = 1$, activations with $L_1 \le 1$;
$m = \max(\|W\|, \|\bar W\|)/\sqrt n$, $D_T$ the repaired general bound on $\|h_T - \bar h_T\|$, and
$B = \max(\max_i|v_i|, \sup_t\max_i|(W^\top\lambda_t)_i|)$.)",
     .uses = {"growth.lemma-17.adjoint.repaired", "growth.lemma-18.state.repaired-general"},
     .repairs = "growth.lemma-18.adjoint.as-stated",
     .proof =
         R"(At $T$: $\sqrt n(\lambda_T - \bar\lambda_T) = (\phi'(h_T) - \phi'(\bar h_T)) * v + \phi'(\bar h_T) * (v - \bar v)$, of
norm at most $L_2 D_T\max_i|v_i| + \|v - \bar v\|$. With $D = \mathrm{diag}\,\phi'(h)$ the difference $\delta$ obeys
$\delta' = -\frac{\sigma}{\sqrt n}[\bar D\bar W^\top\delta + \bar D(W - \bar W)^\top\lambda + (D - \bar D)W^\top\lambda]$; the last two terms
are at most $\|W - \bar W\|\|\lambda\|$ and $L_2 D_T\max_i|(W^\top\lambda)_i|$, since $D_s \le D_T$. By Lemma 17
$\|\lambda_s\| \le \frac{\|v\|}{\sqrt n}e^{a(T - s)}$, and what enters at $s$ grows by $e^{\bar a(s - t)}$ at most until $t$ (Grönwall backwards
from $T$): both exponents together are at most $\sigma(T - t)m$.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", one_lipschitz_or_not);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi);
      const Pair<R> pair = any_pair<R>(any, f);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      const Quantity<R> n_root = root<R>(f.width()), sigma(f.sigma_w);
      const Quantity<R> remaining = Quantity<R>(f.horizon) - Quantity<R>(t);
      const Quantity<R> apart = state_difference_bound<R>(pair, x, f.horizon);
      const Quantity<R> B = max(largest_entry<R>(f.theta.v), largest_pull<R>(f, x));
      const Quantity<R> curved =
          factor<R>("L2", derivative_lipschitz<R>(f)) * factor<R>("B", B) * factor<R>("D_T", apart);
      const Quantity<R> drive =
          pair.weights_apart() * factor<R>("|v|", linalg::frobenius_norm<R>(f.theta.v)) / n_root;
      const Quantity<R> later =
          factor<R>("sigma (T - t)", sigma * remaining) * (summand<R>("drive", drive) + curved);
      return at_most<R>(
          adjoint_difference<R>(pair, x, t),
          exp(exponent<R>("sigma (T - t) m", pair.growth() * remaining)) / divisor<R>("sqrt n", n_root) *
              (summand<R>("|v - vbar|", pair.outputs_apart()) + summand<R>("L2 B D_T", curved) + later));
    });

const auto general = claim(
    {.id = "growth.lemma-18.adjoint.repaired-general",
     .kind = Kind::bound,
     .title = "Lemma 18, repaired for any activation: difference of two adjoints",
     .states =
         R"(\|\lambda_t - \bar\lambda_t\| \le e^{L_1(T - t)\max(a, \bar a)}\Bigl[\frac{\sigma_v}{\sqrt n}\bigl(L_1\|v - \bar v\|
+ L_2 D_T\max_i|v_i|\bigr) + \frac{\sigma_w(T - t)}{\sqrt n}\Lambda\bigl(L_1\|W - \bar W\| + L_2 D_T\max_i\|W e_i\|\bigr)\Bigr],
\qquad \Lambda = \frac{\sigma_v}{\sqrt n}L_1\|v\|)",
     .source = R"(Slide "Lemma 18", (7), with any $L_1$, $L_2$ and $\phi(0)$)",
     .reading =
         R"(For any two parameter tuples, all scales $\ge 0$ and every activation with finite $L_1 > 0$ and $L_2$;
$D_T$ the repaired general bound on $\|h_T - \bar h_T\|$. Every term can be computed from the parameters.)",
     .uses = {"growth.lemma-17.adjoint.repaired", "growth.lemma-18.state.repaired-general"},
     .repairs = "growth.lemma-18.adjoint.as-stated",
     .proof = R"(As for the normalised case, with $\|\phi'(\cdot)\|_\infty \le L_1$ and
$\max_i|(W^\top\lambda_s)_i| \le \max_i\|W e_i\|\,\|\lambda_s\|$, $\|\lambda_s\| \le \Lambda e^{aL_1(T - s)}$.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_or_affine));
      const Pair<R> pair = any_pair<R>(any, f);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      const Quantity<R> n_root = root<R>(f.width());
      const Quantity<R> L1 = factor<R>("L1", lipschitz<R>(f)),
                        L2 = factor<R>("L2", derivative_lipschitz<R>(f));
      const Quantity<R> remaining = Quantity<R>(f.horizon) - Quantity<R>(t);
      const Quantity<R> apart = factor<R>("D_T", state_difference_bound<R>(pair, x, f.horizon));
      const Quantity<R> end = factor<R>("sigma_v", Quantity<R>(f.sigma_v)) / divisor<R>("sqrt n", n_root) *
                              (summand<R>("L1 |v - vbar|", L1 * pair.outputs_apart()) +
                               summand<R>("L2 D_T max |v_i|", L2 * apart * largest_entry<R>(f.theta.v)));
      const Quantity<R> drive = factor<R>("sigma_w (T - t)", Quantity<R>(f.sigma_w) * remaining) / n_root *
                                adjoint_bound<R>(f, f.horizon) *
                                (summand<R>("L1 |W - Wbar|", L1 * pair.weights_apart()) +
                                 L2 * apart * largest_column<R>(f.theta.W));
      return at_most<R>(
          adjoint_difference<R>(pair, x, t),
          exp(exponent<R>("max(a, abar) L1 (T - t)", pair.growth() * L1 * remaining)) * (end + drive));
    });

}  // namespace
}  // namespace gronwall::verify
