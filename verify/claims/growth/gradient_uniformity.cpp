#include <fmt/format.h>

#include "verify/claims/growth/gradient_families.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\": C/sqrt n, with one C for all widths";

/// The norm of row 1 without its first entry: at most that of the matrix.
template <Real R>
Quantity<R> first_row(const linalg::Approximation<R>& a) {
  return linalg::norm<R>(
      linalg::Approximation<R>{Matrix<R>(a.value.topRows(1).rightCols(a.cols() - 1)), a.error});
}

const auto of_U = claim(
    {.id = "growth.gradient-difference-U.uniform.as-stated",
     .kind = Kind::uniformity,
     .title = "Difference of the gradients in U: one constant for all widths",
     .states = R"(\Bigl\|\frac{\partial f}{\partial U} - \frac{\partial\bar f}{\partial U}\Bigr\| \le
\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\| \text{ with } C \text{ not depending on } n)",
     .source = slide,
     .reading =
         R"($C$ may depend on $L_1$, $L_2$, $\phi(0)$, $\sigma$, $T$, $\|x\|$ and on bounds of $\|v\|/\sqrt n$, $\|W\|/\sqrt n$, $\|U\|/\sqrt n$ at both tuples, as the
induction hypothesis has them; not on $n$. Two families, for $n = r^2$, $d = x = T = 1$ and all scales 1, with $U_i = 1$ for $i > 1$, of which $U_1$ alone
differs: $\tau$ and $\tau + \delta$. Spiky $v$: $v = \sqrt n\,e_1$, $W = 0$. Spiky $W$: $v_i = 1$, $W_{j1} = 1$ for $j > 1$, else 0, so that $\max|v_i| \le 1$ saves
nothing. All norms are at most $\frac32\sqrt n$. What is shown is $\sqrt n\,\|\partial_Uf - \partial_U\bar f\|/\|\theta - \bar\theta\|$, which $Ce^{C\sigma T}$ has to reach.)",
     .uses = {"growth.gradient-difference-U.closed.as-stated"},
     .repairs = "",
     .proof =
         R"(Of the growth, for all $n = r^2$, with $c = |\phi'(\tau) - \phi'(\tau + \delta)| > 0$. Spiky $v$: nothing moves, $\lambda = \phi'(U_1)e_1$, so $\|\lambda_0 - \bar\lambda_0\| = c$ and $C e^{C\sigma T} \ge
\sqrt n\,c/\delta$. Spiky $W$: $h_1 = U_1$ stays, $h_j = 1 + t\phi(U_1)/\sqrt n$ and $\lambda_j = \phi'(h_j(1))/\sqrt n$ for $j > 1$, which stays; so $\lambda_1(0) =
\phi'(U_1)[\frac1{\sqrt n} + \frac{n - 1}n\phi'(1 + \frac{\phi(U_1)}{\sqrt n})]$, and the difference of two tends to $c\,\phi'(1) > 0$: again of order $\sqrt n$. On $[\frac12, \frac32]$
tanh$'$ falls, softplus$'$ and, up to $\sqrt2$, GELU$'$ rise, so that $c > 0$ for $\tau \in [\frac12, 1]$ and $\delta \in [\frac14, \frac12]$ (for GELU $\phi'(\frac32) > \phi'(1)$).)",
     .cases = 6},
    []<Real R>(Any<R>& any) -> Judgement {
      return judge_spikes<R>(any, "sqrt n |difference|/|theta - thetabar|",
                             [](const model::Gradient<R>& apart) { return linalg::norm<R>(apart.U); });
    });

const auto of_W = claim(
    {.id = "growth.gradient-difference-W.uniform.as-stated",
     .kind = Kind::uniformity,
     .title = "Difference of the gradients in W: one constant for all widths",
     .states = R"(\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\| \le
(\sigma T)\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\| \text{ with } C \text{ not depending on } n)",
     .source = slide,
     .reading =
         R"($C$ may depend on $L_1$, $L_2$, $\phi(0)$, $\sigma$, $T$, $\|x\|$ and on bounds of $\|v\|/\sqrt n$, $\|W\|/\sqrt n$, $\|U\|/\sqrt n$ at both tuples, as the
induction hypothesis has them; not on $n$. Two families, for $n = r^2$, $d = x = T = 1$ and all scales 1, with $U_i = 1$ for $i > 1$, of which $U_1$ alone
differs: $\tau$ and $\tau + \delta$. Spiky $v$: $v = \sqrt n\,e_1$, $W = 0$. Spiky $W$: $v_i = 1$, $W_{j1} = 1$ for $j > 1$, else 0, so that $\max|v_i| \le 1$ saves
nothing. All norms are at most $\frac32\sqrt n$. What is shown is $\sqrt n\,\|\partial_Wf - \partial_W\bar f\|/\|\theta - \bar\theta\|$ with
row 1 alone, without its first entry, in the numerator, a lower bound of what $Ce^{C\sigma T}$ has to reach.)",
     .uses = {"growth.gradient-difference-W.closed.as-stated"},
     .repairs = "",
     .proof =
         R"(Of the growth, for all $n = r^2$, with $c = |\phi'(\tau) - \phi'(\tau + \delta)| > 0$. Spiky $v$: nothing moves, $\partial_Wf = \frac1{\sqrt n}\phi'(U_1)e_1\phi(U)^\top$, and the difference of two is at least
$c\,|\phi(1)|\sqrt{(n - 1)/n}$ long, from the columns $j > 1$, in which $U_j = 1$. Spiky $W$: row 1 of $\partial_Wf$ is $\frac1{\sqrt n}\int\lambda_1(t)\phi(h_j(t))dt$, $j > 1$, where $h_j \to 1$
and $\lambda_1(t) \to \phi'(U_1)\phi'(1)(1 - t)$, so that the difference of two tends to at least $\frac12c\,\phi'(1)|\phi(1)| > 0$. Both are of order $\sqrt n$ after the factor
$\sqrt n$. That $c > 0$: growth.gradient-difference-U.uniform.as-stated.)",
     .cases = 6},
    []<Real R>(Any<R>& any) -> Judgement {
      return judge_spikes<R>(any, "sqrt n |difference|/|theta - thetabar|",
                             [](const model::Gradient<R>& apart) { return first_row<R>(apart.W); });
    });

const auto of_all = claim(
    {.id = "growth.gradient-difference-all.uniform.as-stated",
     .kind = Kind::uniformity,
     .title = "Difference of the whole gradients: one constant for all widths",
     .states =
         R"(\Bigl\|\frac{\partial f}{\partial \theta} - \frac{\partial\bar f}{\partial \theta}\Bigr\| \le
(\sigma T)\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\| \text{ with } C \text{ not depending on } n)",
     .source = slide,
     .reading =
         R"($C$ may depend on $L_1$, $L_2$, $\phi(0)$, $\sigma$, $T$, $\|x\|$ and on bounds of $\|v\|/\sqrt n$, $\|W\|/\sqrt n$, $\|U\|/\sqrt n$ at both tuples, as the
induction hypothesis has them; not on $n$. Two families, for $n = r^2$, $d = x = T = 1$ and all scales 1, with $U_i = 1$ for $i > 1$, of which $U_1$ alone
differs: $\tau$ and $\tau + \delta$. Spiky $v$: $v = \sqrt n\,e_1$, $W = 0$. Spiky $W$: $v_i = 1$, $W_{j1} = 1$ for $j > 1$, else 0, so that $\max|v_i| \le 1$ saves
nothing. All norms are at most $\frac32\sqrt n$. What is shown is $\sqrt n\,\|\partial_Uf - \partial_U\bar f\|/\|\theta - \bar\theta\|$, a
lower bound of what $Ce^{C\sigma T}$ has to reach.)",
     .uses = {"growth.gradient-difference-all.closed.as-stated"},
     .repairs = "",
     .proof =
         R"(The whole is at least its part in $U$: growth.gradient-difference-U.uniform.as-stated. Here $\sigma T = 1$.)",
     .cases = 6},
    []<Real R>(Any<R>& any) -> Judgement {
      return judge_spikes<R>(any, "sqrt n |difference|/|theta - thetabar|",
                             [](const model::Gradient<R>& apart) { return linalg::norm<R>(apart.U); });
    });

const auto of_v = claim(
    {.id = "growth.gradient-difference-v.uniform.as-stated",
     .kind = Kind::uniformity,
     .title = "Difference of the gradients in v: one constant for all phi with the same L1 and L2",
     .states = R"(\Bigl\|\frac{\partial f}{\partial v} - \frac{\partial\bar f}{\partial v}\Bigr\| \le
\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\| \text{ with } C \text{ depending only on } L_1, L_2, \sigma, T)",
     .source = "Slide \"Consistently decreases\", the constant of the theorems",
     .reading =
         R"($C$ may depend on what the list of Lemma 16 has, and on bounds of $\|v\|$, $\|W\|$, $\|U\|$ over $\sqrt n$; Assumption 1 lets $\phi + \delta$ in for every
$\delta$, with the $L_1$ and $L_2$ of $\phi$. The family: $n = d = x = \sigma = T = 1$, $v = 0$, $U = \bar U = \tau \in [0, 1]$, $W = 0$, $\bar W = 1/\delta$, activation
$\phi + \delta$. What is shown is $\|\partial_vf - \partial_v\bar f\|/\|\theta - \bar\theta\|$, which $Ce^{C\sigma T}$ has to reach.)",
     .uses = {"growth.gradient-difference-v.closed.as-stated"},
     .repairs = "",
     .proof =
         R"(Of the growth. $h_1 = \tau$, and $\bar h' = 1 + \phi(\bar h)/\delta \ge 1$ as $\phi \ge 0$ on $[0, \infty)$ for all three, so $\bar h_1 \ge \tau + 1$. All three rise
there, so that the difference is at least $\phi(\tau + 1) - \phi(\tau) > 0$, and $\|\theta - \bar\theta\| = 1/\delta$: $Ce^{C\sigma T} \ge \delta(\phi(\tau + 1) - \phi(\tau))$.)",
     .cases = 6},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", {"tanh", "softplus", "gelu"});
      const R tau = any.number("tau", 0, 1);
      const Matrix<R> one = Matrix<R>::Constant(1, 1, R(1)), zero = Matrix<R>::Constant(1, 1, R(0));
      FamilyStudy<R> study("the shift of phi");
      for (const int shift : {4, 8, 16, 32, 64}) {
        const activation::Activation shifted =
            activation::find(fmt::format("rescaled:{},1,1,0,{}", phi, shift));
        Pair<R> pair{{shifted, {zero, zero, Matrix<R>::Constant(1, 1, tau)}}, {}};
        pair.bar = pair.f;
        pair.bar.theta.W(0, 0) = real::ratio<R>(1, shift);
        study.add(shift, Quantity<R>(shift) * linalg::norm<R>(gradient_difference<R>(pair, one).v));
      }
      return study.judge("|difference|/|theta - thetabar|");
    });

}  // namespace
}  // namespace gronwall::verify
