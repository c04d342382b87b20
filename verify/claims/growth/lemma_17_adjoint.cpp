#include <gronwall/model/neural_ode.hpp>

#include "verify/claims/growth/bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

template <Real R>
Quantity<R> adjoint_norm(const Network<R>& f, const Matrix<R>& x, const R& t) {
  return linalg::norm<R>(model::NeuralOde<R>(f).adjoint(x, t));
}

const auto as_stated = claim(
    {.id = "growth.lemma-17.adjoint.as-stated",
     .kind = Kind::bound,
     .title = "Lemma 17: growth of the adjoint",
     .states =
         R"(\|\lambda_t\| \le \frac{\|v\|}{\sqrt n}\exp\Bigl(\frac{\sigma (T - t)}{\sqrt n}\|W\|\Bigr))",
     .source = "Slide \"Lemma 17\", (5)",
     .reading =
         R"(As for (4): $\sigma_v = \sigma_u/\sqrt d = 1$, $\sigma_w = \sigma$, $L_1 = 1$, the activations that the slides
name.)",
     .uses = {"gradient.adjoint.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", named_by_the_paper);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      const Quantity<R> remaining = Quantity<R>(f.horizon) - Quantity<R>(t);
      const Quantity<R> v =
          norm_or<R>("|v|", linalg::frobenius_norm<R>(f.theta.v), largest_entry<R>(f.theta.v));
      return at_most<R>(adjoint_norm<R>(f, x, t),
                        factor<R>("|v|", v) / divisor<R>("sqrt n", root<R>(f.width())) *
                            exp(exponent<R>("sigma |W| (T - t)/sqrt n", stated_growth<R>(f) * remaining)));
    });

const auto repaired = claim(
    {.id = "growth.lemma-17.adjoint.repaired",
     .kind = Kind::bound,
     .title = "Lemma 17, generalised: growth of the adjoint",
     .states = R"(\|\lambda_t\| \le \frac{\sigma_v L_1\|v\|}{\sqrt n}\,e^{a L_1 (T - t)},
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
     .source = "Slide \"Lemma 17\", (5), without the normalisation",
     .reading =
         R"(For every $\theta$, $x$, all scales $\ge 0$, $t \in [0, T]$ and every activation with finite $L_1$.)",
     .uses = {"gradient.adjoint.as-stated"},
     .repairs = "growth.lemma-17.adjoint.as-stated",
     .proof =
         R"($\lambda_T = \frac{\sigma_v}{\sqrt n}\phi'(h_T) * v$ has norm at most $\frac{\sigma_v}{\sqrt n} L_1\|v\|$, and
$\|\lambda_t'\| \le \frac{\sigma_w}{\sqrt n} L_1 \|W\| \|\lambda_t\|$. Grönwall backwards from $T$.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_or_affine));
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      return at_most<R>(adjoint_norm<R>(f, x, t), adjoint_bound<R>(f, t, Role::stated));
    });

const auto intuition = claim(
    {.id = "growth.lemma-17.intuition.as-stated",
     .kind = Kind::bound,
     .title = "Lemma 17: the adjoint decays backward in time",
     .states = R"(s \le t \implies \|\lambda_s\| \le \|\lambda_t\|)",
     .source = "Slide \"Lemma 17\", intuition",
     .reading =
         R"("Adjoint decays backward in time", read as: its norm does not grow from $t = T$ down to $t = 0$.)",
     .uses = {"gradient.adjoint.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_normalised_network<R>(any, any.activation("phi", named_by_the_paper));
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const std::vector<linalg::Approximation<R>> lambda =
          model::NeuralOde<R>(f).adjoint(x, std::vector<R>{f.horizon, R(0)});
      return at_most<R>(linalg::norm<R>(lambda[1]), linalg::norm<R>(lambda[0]));
    });

/// ||lambda_s|| and ||lambda_t|| for s <= t.
template <Real R>
struct TwoTimes {
  Quantity<R> early, late;
};

/// With dynamics: neither sigma_w nor T is 0.
constexpr NetworkSize steady{
    .width = 4, .inputs = 2, .sigma = 2, .horizon = 1, .weight = 4, .outer = 16, .least = 0.125};

const auto intuition_repaired = claim(
    {.id = "growth.lemma-17.intuition.repaired",
     .kind = Kind::bound,
     .title = "Lemma 17, repaired: how fast the adjoint may grow or decay backward in time",
     .states =
         R"(s \le t \implies e^{-a L_1 (t - s)}\|\lambda_t\| \le \|\lambda_s\| \le e^{a L_1 (t - s)}\|\lambda_t\|,
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
     .source = "Slide \"Lemma 17\", intuition",
     .reading =
         R"(For every $\theta$, $x$, all scales $\ge 0$ and every activation with finite $L_1$; the two inequalities are drawn one at a time; $\sigma_w, T \ge \frac18$ and $s \le \frac78t$, else both are plain.)",
     .uses = {"model.closed-form"},
     .repairs = "growth.lemma-17.intuition.as-stated",
     .proof =
         R"($\|\lambda'\| = \frac{\sigma_w}{\sqrt n}\|\mathrm{diag}(\phi'(h))W^\top\lambda\| \le a L_1\|\lambda\|$, so $e^{a L_1 t}\|\lambda_t\|$ does not
fall and $e^{-a L_1 t}\|\lambda_t\|$ does not rise (Grönwall in either direction of time). Both are attained: $n = 1$, $\phi(x) = x$, $W$ of either sign.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_or_affine), steady);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t(any.number("t/T", 0.125, 1) * f.horizon);
      const R s = R(any.number("s/t", 0, 0.875) * t);
      const bool grows = any.one_of("side", {"upper", "lower"}) == "upper";
      const std::vector<linalg::Approximation<R>> lambda =
          model::NeuralOde<R>(f).adjoint(x, std::vector<R>{t, s});
      const TwoTimes<R> norm{linalg::norm<R>(lambda[1]), linalg::norm<R>(lambda[0])};
      const Quantity<R> most =
          exp(exponent<R>("a L1 (t - s)", f.growth() * lipschitz<R>(f) * (Quantity<R>(t) - Quantity<R>(s))));
      return grows ? at_most<R>(norm.early, most * norm.late) : at_most<R>(norm.late, most * norm.early);
    });

}  // namespace
}  // namespace gronwall::verify
