#include "verify/claims/growth/gradient_difference_bounds.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\": the gradient in v at two tuples";

const auto step = claim(
    {.id = "growth.gradient-difference-v.step.as-stated",
     .kind = Kind::bound,
     .title = "Difference of the gradients in v, first step",
     .states = R"(\Bigl\|\frac{\partial f}{\partial v} - \frac{\partial\bar f}{\partial v}\Bigr\| \le
\frac{1}{\sqrt n}\|h_T - \bar h_T\|)",
     .source = slide,
     .reading =
         R"(For any two parameter tuples and any $x$; $\sigma_v = \sigma_u/\sqrt d = 1$, $\sigma_w = \sigma$, $L_1 = 1$, the activations that the slides name.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof = R"($|\phi(h) - \phi(\bar h)| \le |h - \bar h|$ in each coordinate.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_stated_pair<R>(any);
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).v),
                        state_difference<R>(pair, x, pair.f.horizon) / root<R>(pair.f.width()));
    });

const auto closed = claim(
    {.id = "growth.gradient-difference-v.closed.as-stated",
     .kind = Kind::bound,
     .title = "Difference of the gradients in v, in closed form",
     .states = R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f}{\partial v} - \frac{\partial\bar f}{\partial v}\Bigr\| \le
\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\|)",
     .source = slide,
     .reading =
         R"(As written: one $C$, that of the induction hypothesis, the least one $\ge 1$ that serves both tuples (the bound rises with $C$). $\|\theta\|^2 =
\|v\|^2 + \|W\|_F^2 + \|U\|_F^2$. Otherwise as for the first step.)",
     .uses = {"growth.gradient-difference-v.step.as-stated", "growth.lemma-18.state.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 200},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_stated_pair<R>(any, curved, 4);
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).v), closed_difference<R>(pair, x));
    });

const auto repaired = claim(
    {.id = "growth.gradient-difference-v.repaired",
     .kind = Kind::bound,
     .title = "Difference of the gradients in v, repaired",
     .states = R"(\Bigl\|\frac{\partial f}{\partial v} - \frac{\partial\bar f}{\partial v}\Bigr\| \le
\frac{\sigma_v}{\sqrt n}L_1D_T, \qquad D_T = e^{L_1T\max(a, \bar a)}\Bigl[\|h_0 - \bar h_0\| +
\frac{\sigma_wT}{\sqrt n}\|W - \bar W\|\bigl(L_1\|\bar h_0\| + |\phi(0)|\sqrt n\bigr)\Bigr])",
     .source = slide + ", with any scales, L1 and phi(0)",
     .reading =
         R"(For any two parameter tuples, $x$, all scales $\ge 0$ and every activation with finite $L_1 > 0$.)",
     .uses = {"growth.lemma-18.state.repaired-general"},
     .repairs = "growth.gradient-difference-v.closed.as-stated",
     .proof =
         R"($\|\phi(h_T) - \phi(\bar h_T)\| \le L_1\|h_T - \bar h_T\|$, and the repaired Lemma 18. Attained: $n = 1$, $\phi(x) = c + x$, $U \ne \bar U$.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_repaired_pair<R>(any, true);
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).v), DifferenceBounds<R>(pair, x).v());
    });

}  // namespace
}  // namespace gronwall::verify
