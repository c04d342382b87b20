#include "verify/claims/growth/gradient_difference_bounds.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\": the whole gradient at two tuples";

/// The sum of the norms of the three parts.
template <Real R>
Quantity<R> sum_of_norms(const model::Gradient<R>& g) {
  return linalg::norm<R>(g.v) + linalg::norm<R>(g.W) + linalg::norm<R>(g.U);
}

const auto sum = claim(
    {.id = "growth.gradient-difference-all.sum.as-stated",
     .kind = Kind::identity,
     .title = "The norm of the whole difference and those of its parts",
     .states = R"(\Bigl\|\frac{\partial f}{\partial\theta} - \frac{\partial\bar f}{\partial\theta}\Bigr\| =
\Bigl\|\frac{\partial f}{\partial v} - \frac{\partial\bar f}{\partial v}\Bigr\| +
\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\| +
\Bigl\|\frac{\partial f}{\partial U} - \frac{\partial\bar f}{\partial U}\Bigr\|)",
     .source = slide,
     .reading =
         R"(The norm of a gradient is that of the vector of all its entries (the tangent kernel is its square), the parts in the Frobenius norm. For any two
parameter tuples and any $x$, normalised as on the slide "Closed", the activations that the slides name. To $2^{-30}$ of the right side, or of 1.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_stated_pair<R>(any);
      const model::Gradient<R> apart = gradient_difference<R>(pair, x);
      const Quantity<R> right = sum_of_norms<R>(apart), size = Quantity<R>(1) + right;
      const R tolerance = R(size.value() * real::power<R>(real::ratio<R>(1, 2), 30));
      return equals<R>(whole_norm<R>(apart), right, tolerance);
    });

const auto sum_repaired = claim(
    {.id = "growth.gradient-difference-all.sum.repaired",
     .kind = Kind::bound,
     .title = "The norm of the whole difference and those of its parts, repaired",
     .states =
         R"(\frac1{\sqrt3}\Sigma \le \Bigl\|\frac{\partial f}{\partial\theta} - \frac{\partial\bar f}{\partial\theta}\Bigr\| \le \Sigma =
\Bigl\|\frac{\partial f}{\partial v} - \frac{\partial\bar f}{\partial v}\Bigr\| +
\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\|_F +
\Bigl\|\frac{\partial f}{\partial U} - \frac{\partial\bar f}{\partial U}\Bigr\|_F)",
     .source = slide + ", with at most in place of equal",
     .reading =
         R"(For any two parameter tuples, $x$, all scales and every activation; the two inequalities are drawn one at a time.)",
     .uses = {"model.closed-form"},
     .repairs = "growth.gradient-difference-all.sum.as-stated",
     .proof = R"($a^2 + b^2 + c^2 \le (a + b + c)^2 \le 3(a^2 + b^2 + c^2)$ for $a, b, c \ge 0$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_repaired_pair<R>(any, true);
      const bool upper = any.one_of("side", {"upper", "lower"}) == "upper";
      const model::Gradient<R> apart = gradient_difference<R>(pair, x);
      const Quantity<R> whole = whole_norm<R>(apart), parts = sum_of_norms<R>(apart);
      return upper ? at_most<R>(whole, factor<R>("the sum", parts))
                   : at_most<R>(parts, sqrt(Quantity<R>(3)) * whole);
    });

const auto closed = claim(
    {.id = "growth.gradient-difference-all.closed.as-stated",
     .kind = Kind::bound,
     .title = "Difference of the whole gradients, in closed form",
     .states = R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f}{\partial\theta} - \frac{\partial\bar f}{\partial\theta}\Bigr\| \le
(\sigma T)\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\|)",
     .source = slide,
     .reading =
         R"(As written: one $C$, that of the induction hypothesis, the least one $\ge 1$ that serves both tuples; any $\sigma, T \ge 0$, and where $\sigma T = 0$ no
other $C$ would do either. $\|\theta\|^2 = \|v\|^2 + \|W\|_F^2 + \|U\|_F^2$. Otherwise as for the sum.)",
     .uses = {"growth.gradient-difference-all.sum.as-stated", "growth.gradient-difference-v.closed.as-stated",
              "growth.gradient-difference-W.closed.as-stated",
              "growth.gradient-difference-U.closed.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_stated_pair<R>(any);
      return at_most<R>(whole_norm<R>(gradient_difference<R>(pair, x)),
                        scaled_time<R>(pair.f) * closed_difference<R>(pair, x));
    });

const auto repaired = claim(
    {.id = "growth.gradient-difference-all.repaired",
     .kind = Kind::bound,
     .title = "Difference of the whole gradients, repaired",
     .states = R"(\Bigl\|\frac{\partial f}{\partial\theta} - \frac{\partial\bar f}{\partial\theta}\Bigr\| \le
\sqrt{R_v^2 + R_W^2 + R_U^2})",
     .source = slide + ", with any scales, L1, L2 and phi(0)",
     .reading =
         R"($R_v$, $R_W$, $R_U$ are the right sides of growth.gradient-difference-v.repaired, -W.repaired and -U.repaired. No factor $\sigma T$: the parts in $v$ and
$U$ do not vanish with $T$.)",
     .uses = {"growth.gradient-difference-v.repaired", "growth.gradient-difference-W.repaired",
              "growth.gradient-difference-U.repaired"},
     .repairs = "growth.gradient-difference-all.closed.as-stated",
     .proof = R"(The squares of the norms of the parts add up.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_repaired_pair<R>(any, true);
      return at_most<R>(whole_norm<R>(gradient_difference<R>(pair, x)),
                        factor<R>("the root", DifferenceBounds<R>(pair, x).whole()));
    });

}  // namespace
}  // namespace gronwall::verify
