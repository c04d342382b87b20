#include "verify/claims/growth/gradient_difference_bounds.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\": the gradient in U at two tuples";

/// 2^-30.
template <Real R>
R fine() {
  return real::power<R>(real::ratio<R>(1, 2), 30);
}

const auto step = claim(
    {.id = "growth.gradient-difference-U.step.as-stated",
     .kind = Kind::identity,
     .title = "Difference of the gradients in U, first step",
     .states = R"(\Bigl\|\frac{\partial f}{\partial U} - \frac{\partial\bar f}{\partial U}\Bigr\| =
\|x\|\,\|\lambda_0 - \bar\lambda_0\|)",
     .source = slide,
     .reading =
         R"(The slide says $\le$; both sides are equal, and that is judged: to 30 bits. For any two parameter tuples and any $x$; $\sigma_v = \sigma_u/\sqrt d =
1$, $\sigma_w = \sigma$, $L_1 = 1$, the activations that the slides name.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof =
         R"($\|\lambda_0x^\top - \bar\lambda_0x^\top\| = \|\lambda_0 - \bar\lambda_0\|\|x\|$, a matrix of rank one.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_stated_pair<R>(any);
      const Quantity<R> right =
          linalg::frobenius_norm<R>(x) * linalg::norm<R>(model::NeuralOde<R>(pair.f).adjoint(x, R(0)) -
                                                         model::NeuralOde<R>(pair.bar).adjoint(x, R(0)));
      const Quantity<R> size =
          Quantity<R>(1) + linalg::frobenius_norm<R>(x) *
                               max(adjoint_bound<R>(pair.f, R(0)), adjoint_bound<R>(pair.bar, R(0)));
      return equals<R>(linalg::norm<R>(gradient_difference<R>(pair, x).U), right,
                       R(size.value() * fine<R>()));
    },
    {{"without phi is 1-Lipschitz", "The gradient is a matrix of rank one whatever phi is."}});

const auto closed = claim(
    {.id = "growth.gradient-difference-U.closed.as-stated",
     .kind = Kind::bound,
     .title = "Difference of the gradients in U, in closed form",
     .states = R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f}{\partial U} - \frac{\partial\bar f}{\partial U}\Bigr\| \le
\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\|)",
     .source = slide,
     .reading =
         R"(As written: one $C$, that of the induction hypothesis, the least one $\ge 1$ that serves both tuples. $\|\theta\|^2 =
\|v\|^2 + \|W\|_F^2 + \|U\|_F^2$. Otherwise as for the first
step; drawn: $d = 1$, and tuples of which $U$ alone differs.)",
     .uses = {"growth.gradient-difference-U.step.as-stated", "growth.lemma-18.adjoint.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 200},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_curved_pair<R>(any);
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).U), closed_difference<R>(pair, x));
    });

const auto repaired = claim(
    {.id = "growth.gradient-difference-U.repaired",
     .kind = Kind::bound,
     .title = "Difference of the gradients in U, repaired",
     .states = R"(\Bigl\|\frac{\partial f}{\partial U} - \frac{\partial\bar f}{\partial U}\Bigr\| \le
\frac{\sigma_u}{\sqrt d}\|x\|\,e^{L_1T\max(a, \bar a)}\Bigl[\frac{\sigma_v}{\sqrt n}\bigl(L_1\|v - \bar v\| + L_2D_T\max_i|v_i|\bigr)
+ \frac{\sigma_wT}{\sqrt n}\cdot\frac{\sigma_v}{\sqrt n}L_1\|v\|\bigl(L_1\|W - \bar W\| + L_2D_T\max_i\|We_i\|\bigr)\Bigr])",
     .source = slide + ", with any scales, L1, L2 and phi(0)",
     .reading =
         R"(For any two parameter tuples, $x$, all scales $\ge 0$ and every activation with finite $L_1 > 0$ and $L_2$; $D_T$ as in
growth.gradient-difference-v.repaired. The bracket is that of
growth.lemma-18.adjoint.repaired-general at $t = 0$.)",
     .uses = {"growth.lemma-17.adjoint.repaired", "growth.lemma-18.state.repaired-general"},
     .repairs = "growth.gradient-difference-U.closed.as-stated",
     .proof =
         R"(The difference $\delta$ of the adjoints ends at most $\frac{\sigma_v}{\sqrt n}(L_1\|v - \bar v\| + L_2D_T\max|v_i|)$ long and obeys
$\delta' = -\frac{\sigma_w}{\sqrt n}[\bar D\bar W^\top\delta + \bar D(W - \bar W)^\top\lambda + (D - \bar D)W^\top\lambda]$, $D = \mathrm{diag}\,\phi'(h)$, where
$\|(D - \bar D)W^\top\lambda\| \le L_2D_T\max_i\|We_i\|\|\lambda\|$. Grönwall backwards: the factor $e^{\bar aL_1r}$ at time $r$ and $\|\lambda_r\| \le
\frac{\sigma_v}{\sqrt n}L_1\|v\|e^{aL_1(T - r)}$ make one exponential. Attained: $n = 1$, $\phi(x) = x$, $v \ne \bar v$.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_repaired_pair<R>(any, true);
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).U), DifferenceBounds<R>(pair, x).U());
    });

}  // namespace
}  // namespace gronwall::verify
