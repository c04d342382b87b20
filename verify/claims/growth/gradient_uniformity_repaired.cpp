#include "verify/claims/growth/gradient_families.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\": C/sqrt n, with bounded entries";

/// A normalised pair, small enough for sup_t |W^T lambda_t| to be enclosed often.
template <Real R>
DrawnPair<R> any_uniform_pair(Any<R>& any) {
  const Network<R> f = any_normalised_network<R>(any, any.activation("phi", smooth_or_affine), curved);
  const Pair<R> pair = any_pair<R>(any, f, curved);
  return {pair, any_input<R>(any, "x", f.inputs(), 4)};
}

const auto of_U = claim(
    {.id = "growth.gradient-difference-U.uniform.repaired",
     .kind = Kind::bound,
     .title = "Difference of the gradients in U, with a constant that does not know the width",
     .states = R"(\Bigl\|\frac{\partial f}{\partial U} - \frac{\partial\bar f}{\partial U}\Bigr\| \le
\frac1{\sqrt n}\|x\|G\bigl[F + \sigma T(L_1^2C\|W - \bar W\| + L_2CD)\bigr])",
     .source = slide,
     .reading =
         R"(For any two parameter tuples with $\sigma_v = \sigma_u/\sqrt d = 1$, any $x$ and every activation with finite $L_1 > 0$ and $L_2$. $C$ bounds $\|v\|$, $\|W\|$, $\|U\|$ over
$\sqrt n$ at both tuples and, at one of them, $\max_i|v_i|$ and $\sup_t\max_i|(W^\top\lambda_t)_i|$, which bounds of the norms do not give. $G = e^{CL_1\sigma T}$, $P = L_1C\|x\| + |\phi(0)|$, $D = G(\|U - \bar U\|\|x\| + \sigma T\|W - \bar W\|P)$, $F = L_1\|v - \bar v\| + L_2CD$.)",
     .uses = {"growth.gradient-difference-U.repaired"},
     .repairs = "growth.gradient-difference-U.uniform.as-stated",
     .proof =
         R"(As growth.gradient-difference-U.repaired, where now $\|(D - \bar D)W^\top\lambda\| \le L_2DC$ with $D = \mathrm{diag}\,\phi'(h)$ on the left, and
$\|\phi'(h_T) * v - \phi'(\bar h_T) * \bar v\| \le F$: the factors $\frac1{\sqrt n}$ and $\frac\sigma{\sqrt n}$ stay in front of all terms.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_uniform_pair<R>(any);
      const UniformBounds<R> bounds(pair, x, uniform_constant<R>(pair, x));
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).U), bounds.U());
    });

const auto of_W = claim(
    {.id = "growth.gradient-difference-W.uniform.repaired",
     .kind = Kind::bound,
     .title = "Difference of the gradients in W, with a constant that does not know the width",
     .states = R"(\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\|_F \le
\frac{\sigma T}{\sqrt n}G\bigl[L_1^2C\|U - \bar U\|\|x\| + PF + \sigma TP(L_1^2C\|W - \bar W\| + \tfrac12L_2CD)\bigr])",
     .source = slide,
     .reading =
         R"(For any two parameter tuples with $\sigma_v = \sigma_u/\sqrt d = 1$, any $x$ and every activation with finite $L_1 > 0$ and $L_2$. $C$ bounds $\|v\|$, $\|W\|$, $\|U\|$ over
$\sqrt n$ at both tuples and, at one of them, $\max_i|v_i|$ and $\sup_t\max_i|(W^\top\lambda_t)_i|$, which bounds of the norms do not give. $G$, $P$, $D$, $F$ as in growth.gradient-difference-U.uniform.repaired.)",
     .uses = {"growth.gradient-difference-W.repaired", "growth.gradient-difference-U.uniform.repaired"},
     .repairs = "growth.gradient-difference-W.uniform.as-stated",
     .proof =
         R"(As growth.gradient-difference-W.repaired, with $A \le P\sqrt n$, $B \le L_1C$ and the bounds of growth.gradient-difference-U.uniform.repaired.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_uniform_pair<R>(any);
      const UniformBounds<R> bounds(pair, x, uniform_constant<R>(pair, x));
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).W), bounds.W());
    });

const auto of_all = claim(
    {.id = "growth.gradient-difference-all.uniform.repaired",
     .kind = Kind::bound,
     .title = "Difference of the gradients in all, with a constant that does not know the width",
     .states = R"(\Bigl\|\frac{\partial f}{\partial\theta} - \frac{\partial\bar f}{\partial\theta}\Bigr\| \le
\frac1{\sqrt n}\sqrt{r_v^2 + r_W^2 + r_U^2})",
     .source = slide,
     .reading =
         R"(For any two parameter tuples with $\sigma_v = \sigma_u/\sqrt d = 1$, any $x$ and every activation with finite $L_1 > 0$ and $L_2$. $C$ bounds $\|v\|$, $\|W\|$, $\|U\|$ over
$\sqrt n$ at both tuples and, at one of them, $\max_i|v_i|$ and $\sup_t\max_i|(W^\top\lambda_t)_i|$, which bounds of the norms do not give. $r_v$, $r_W$, $r_U$ are $\sqrt n$ times the right sides
of growth.gradient-difference-v.uniform.repaired, -W and -U.)",
     .uses = {"growth.gradient-difference-v.uniform.repaired",
              "growth.gradient-difference-W.uniform.repaired",
              "growth.gradient-difference-U.uniform.repaired"},
     .repairs = "growth.gradient-difference-all.uniform.as-stated",
     .proof =
         R"(The squares of the norms of the parts add up. Each $r$ is linear in $\|v - \bar v\|$, $\|W - \bar W\|$, $\|U - \bar U\|$, hence at most $K\|\theta - \bar\theta\|$ with $K$ a function of $C$,
$L_1$, $L_2$, $|\phi(0)|$, $\sigma$, $T$, $\|x\|$ alone.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_uniform_pair<R>(any);
      const UniformBounds<R> bounds(pair, x, uniform_constant<R>(pair, x));
      return at_most<R>(whole_norm<R>(gradient_difference<R>(pair, x)), bounds.whole());
    });

const auto of_v = claim(
    {.id = "growth.gradient-difference-v.uniform.repaired",
     .kind = Kind::bound,
     .title = "Difference of the gradients in v, with a constant that does not know the width",
     .states =
         R"(\Bigl\|\frac{\partial f}{\partial v} - \frac{\partial\bar f}{\partial v}\Bigr\| \le \frac1{\sqrt n}L_1D)",
     .source = slide,
     .reading =
         R"(For any two parameter tuples with $\sigma_v = \sigma_u/\sqrt d = 1$, any $x$ and every activation with finite $L_1 > 0$ and $L_2$. $C$ bounds $\|v\|$, $\|W\|$, $\|U\|$ over
$\sqrt n$ at both tuples; no other hypothesis. $G = e^{CL_1\sigma T}$, $P = L_1C\|x\| + |\phi(0)|$, $D = G(\|U - \bar U\|\|x\| + \sigma T\|W - \bar W\|P)$. So $C$ of the slide depends on $|\phi(0)|$, too, and $\|x\|$ is no factor of it.)",
     .uses = {"growth.gradient-difference-v.repaired"},
     .repairs = "growth.gradient-difference-v.uniform.as-stated",
     .proof =
         R"(growth.gradient-difference-v.repaired with $\max(a, \bar a) \le C\sigma$ and $L_1\|\bar h_0\| + |\phi(0)|\sqrt n \le P\sqrt n$.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_uniform_pair<R>(any);
      const UniformBounds<R> bounds(pair, x, common_constant<R>(pair));
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).v), bounds.v());
    });

const auto family = claim(
    {.id = "growth.gradient-difference-U.repaired.family",
     .kind = Kind::bound,
     .title = "Difference of the gradients in U, repaired, along the families that break one constant for "
              "all widths",
     .states =
         R"(\|\partial_Uf - \partial_U\bar f\| \le R_U \text{ along the families of growth.gradient-difference-U.uniform.as-stated})",
     .source = slide,
     .reading =
         R"($R_U$ is the right side of growth.gradient-difference-U.repaired; $n = r^2$, $4 \le r \le 12$, here with $T = \frac12$ and $U_i = 0$ for $i > 1$. It grows with $\sqrt n$ as it must, by $\max|v_i| = \sqrt n$ or by
$\max_i\|We_i\| = \sqrt{n - 1}$.)",
     .uses = {"growth.gradient-difference-U.repaired"},
     .repairs = "growth.gradient-difference-U.uniform.as-stated",
     .proof = R"(growth.gradient-difference-U.repaired.)",
     .cases = 12},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", {"tanh", "softplus", "gelu"});
      const Spike spike = any.one_of("spike", {"v", "W"}) == "v" ? Spike::of_v : Spike::of_W;
      const long root = any.integer("sqrt n", 4, 12);
      const R tau = any.number("tau", 0.5, 1), delta = any.number("delta", 0.25, 0.5);
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"wide networks take minutes at this precision, and balls prove what is needed"};
      const Matrix<R> x = Matrix<R>::Constant(1, 1, R(1));
      Pair<R> pair = spiky_pair<R>(spike, activation::find(phi), static_cast<int>(root), tau, delta);
      for (Network<R>* f : {&pair.f, &pair.bar}) {
        f->horizon = real::ratio<R>(1, 2);
        f->theta.U.bottomRows(root * root - 1).setConstant(R(0));
      }
      const Unmarked serves;
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).U), DifferenceBounds<R>(pair, x).U());
    });

}  // namespace
}  // namespace gronwall::verify
