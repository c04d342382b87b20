#include "verify/claims/growth/gradient_bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const auto norms = claim(
    {.id = "growth.gradient-W.norms.as-stated",
     .kind = Kind::bound,
     .title = "Size of the gradient in W, by the norms of the parameters",
     .states =
         R"(\Bigl\|\frac{\partial f_\theta}{\partial W}\Bigr\| \le (\sigma T)\frac{\|U\|}{\sqrt n}\frac{\|v\|}{\sqrt n}\|x\|\,
e^{\sigma T\|W\|/\sqrt n})",
     .source = "Slide \"Closed\", second observation",
     .reading =
         R"(For every $\theta$ and $x$; $\sigma_v = \sigma_u/\sqrt d = 1$, $\sigma_w = \sigma$, $L_1 = 1$, the activations that the
slides name; norms of matrices are spectral, that of the gradient, too.)",
     .uses = {"growth.lemma-17.state.as-stated", "growth.lemma-17.adjoint.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", named_by_the_paper);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi, gradient_size);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      return at_most<R>(linalg::spectral_norm<R>(gradient_of<R>(f, x).W),
                        scaled_time<R>(f) * input_size<R>(f) * output_size<R>(f) *
                            linalg::frobenius_norm<R>(x) * exp(f.growth() * Quantity<R>(f.horizon)));
    });

/// The closed form, for the activation `phi`.
template <Real R>
Judgement judge_closed(Any<R>& any, const activation::Activation& phi, const NetworkSize& size,
                       double largest) {
  any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
  const Network<R> f = any_normalised_network<R>(any, phi, size);
  const Matrix<R> x = any_input<R>(any, "x", f.inputs(), largest);
  const Quantity<R> C = least_constant<R>(f);
  return at_most<R>(linalg::spectral_norm<R>(gradient_of<R>(f, x).W),
                    scaled_time<R>(f) * C * exp(C * scaled_time<R>(f)) * linalg::frobenius_norm<R>(x));
}

const auto closed = claim(
    {.id = "growth.gradient-W.closed.as-stated",
     .kind = Kind::bound,
     .title = "Size of the gradient in W, by the constant of the induction",
     .states = R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f_\theta}{\partial W}\Bigr\| \le (\sigma T)Ce^{C\sigma T}\|x\|)",
     .source = "Slide \"Closed\": by using the inductive hypothesis",
     .reading =
         R"($C$ is one constant on both sides, as written, and the least that meets the hypothesis: the bound rises with $C$. Otherwise as for the
norms.)",
     .uses = {"growth.gradient-W.norms.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 120},
    []<Real R>(Any<R>& any) -> Judgement {
      return judge_closed<R>(any, any.activation("phi", named_by_the_paper), gradient_size, 1024);
    });

const auto odd = claim(
    {.id = "growth.gradient-W.closed.one-constant.as-stated",
     .kind = Kind::bound,
     .title = "Size of the gradient in W: one C for the product of two norms, even where phi(0) = 0",
     .states = R"(\phi(0) = 0,\ \|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f_\theta}{\partial W}\Bigr\| \le (\sigma T)Ce^{C\sigma T}\|x\|)",
     .source = "Slide \"Closed\": by using the inductive hypothesis",
     .reading =
         R"(The closed form for tanh alone, of the activations that the slides name the one with $\phi(0) = 0$ and $L_1 \le 1$: whether
$\frac{\|U\|}{\sqrt n}\frac{\|v\|}{\sqrt n} \le C$ in the step before it.)",
     .uses = {"growth.gradient-W.norms.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 200},
    []<Real R>(Any<R>& any) -> Judgement {
      return judge_closed<R>(any, any.activation("phi", {"tanh"}), tame, 0.25);
    });

const auto repaired = claim(
    {.id = "growth.gradient-W.norms.repaired",
     .kind = Kind::bound,
     .title = "Size of the gradient in W, repaired for any activation and scales",
     .states =
         R"(\Bigl\|\frac{\partial f_\theta}{\partial W}\Bigr\|_F \le \frac{\sigma_wT}{\sqrt n}\cdot\frac{\sigma_v}{\sqrt n}L_1\|v\|\cdot
\bigl(L_1\|h_0\| + |\phi(0)|\sqrt n\bigr)\,e^{aL_1T}, \qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
     .source = R"(Slide "Closed", with any scales, any $L_1$ and any $\phi(0)$)",
     .reading =
         R"(For every $\theta$, $x$, all scales $\ge 0$ and every activation with finite $L_1$; the Frobenius norm, which is at least the spectral one. With
$\phi(0) = 0$, $L_1 = 1$ and the normalisation it is the bound of the slide.)",
     .uses = {"growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "growth.gradient-W.norms.as-stated",
     .proof =
         R"($\|\lambda_t\phi(h_t)^\top\|_F = \|\lambda_t\|\|\phi(h_t)\|$, at most $e^{aL_1(T - t)}\frac{\sigma_v}{\sqrt n}L_1\|v\|$ times
$e^{aL_1t}(L_1\|h_0\| + |\phi(0)|\sqrt n)$ by the repaired Lemma 17: one exponential for both, not its square. Integrate over $[0, T]$. Attained: $n = 1$,
$\phi(x) = c + x$, no sign changed.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_or_affine), gradient_size);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const Quantity<R> L1 = lipschitz<R>(f);
      const Quantity<R> out = Quantity<R>(f.sigma_v) * factor<R>("L1", L1) * output_size<R>(f);
      const Quantity<R> active = summand<R>("L1 |h_0|", L1 * initial_norm<R>(f, x)) +
                                 summand<R>("|phi(0)| sqrt n", norm_at_zero<R>(f));
      return at_most<R>(linalg::norm<R>(gradient_of<R>(f, x).W),
                        factor<R>("sigma T", scaled_time<R>(f)) / divisor<R>("sqrt n", root<R>(f.width())) *
                            out * active * exp(exponent<R>("a L1 T", growth_time<R>(f))));
    });

/// The repaired closed form.
template <Real R>
Judgement judge_closed_repaired(Any<R>& any) {
  const Network<R> f =
      any_or_balanced_network<R>(any, any.activation("phi", smooth_or_affine), gradient_size);
  const Matrix<R> x = any_input<R>(any, "x", f.inputs());
  const Quantity<R> C = least_constant<R>(f), L1 = lipschitz<R>(f);
  const Quantity<R> active =
      summand<R>("L1 C |x|", L1 * C * linalg::frobenius_norm<R>(x)) + summand<R>("|phi(0)|", at_zero<R>(f));
  return at_most<R>(linalg::norm<R>(gradient_of<R>(f, x).W),
                    factor<R>("sigma T", scaled_time<R>(f)) * factor<R>("L1", L1) * factor<R>("C", C) *
                        active * exp(exponent<R>("C L1 sigma T", C * L1 * scaled_time<R>(f))));
}

const auto closed_repaired = claim(
    {.id = "growth.gradient-W.closed.repaired",
     .kind = Kind::bound,
     .title = "Size of the gradient in W, by the constant of the induction, repaired",
     .states =
         R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies \Bigl\|\frac{\partial f_\theta}{\partial W}\Bigr\|_F \le
(\sigma T)\,L_1C\bigl(L_1C\|x\| + |\phi(0)|\bigr)e^{CL_1\sigma T})",
     .source = R"(Slide "Closed", with any $L_1$ and any $\phi(0)$)",
     .reading =
         R"(For every $\theta$ and $x$ with $\sigma_v = \sigma_u/\sqrt d = 1$, and every activation with finite $L_1$. With $L_1 = 1$ and $\phi(0) = 0$:
$C^2$ in place of $C$.)",
     .uses = {"growth.gradient-W.norms.repaired"},
     .repairs = "growth.gradient-W.closed.as-stated",
     .proof =
         R"(growth.gradient-W.norms.repaired with $\|h_0\| \le C\sqrt n\|x\|$, $\|v\| \le C\sqrt n$ and $a \le C\sigma$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement { return judge_closed_repaired<R>(any); });

const auto odd_repaired = claim(
    {.id = "growth.gradient-W.closed.one-constant.repaired",
     .kind = Kind::bound,
     .title = "Size of the gradient in W where phi(0) = 0, repaired",
     .states = R"(\phi(0) = 0,\ L_1 \le 1,\ \|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f_\theta}{\partial W}\Bigr\|_F \le (\sigma T)C^2e^{C\sigma T}\|x\|)",
     .source = R"(Slide "Closed", for $\phi(0) = 0$)",
     .reading = R"(For every $\theta$ and $x$ with $\sigma_v = \sigma_u/\sqrt d = 1$.)",
     .uses = {"growth.gradient-W.norms.repaired"},
     .repairs = "growth.gradient-W.closed.one-constant.as-stated",
     .proof =
         R"(growth.gradient-W.norms.repaired with $\|h_0\| \le C\sqrt n\|x\|$, $\|v\| \le C\sqrt n$ and $a \le C\sigma$. Attained: $n = 1$,
$\phi(x) = x$, $v = W = U = C$.)",
     .cases = 200},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", one_lipschitz_or_not);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      any.suppose("phi(0) = 0", vanishes_at_zero<R>(phi));
      const Network<R> f = any_or_balanced_network<R>(any, phi, tame);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 0.25);
      const Quantity<R> C = least_constant<R>(f);
      return at_most<R>(linalg::norm<R>(gradient_of<R>(f, x).W),
                        factor<R>("sigma T", scaled_time<R>(f)) * factor<R>("C^2", C * C) *
                            exp(exponent<R>("C sigma T", C * scaled_time<R>(f))) *
                            linalg::frobenius_norm<R>(x));
    });

}  // namespace
}  // namespace gronwall::verify
