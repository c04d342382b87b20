#include "verify/claims/growth/gradient_bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const auto norms = claim(
    {.id = "growth.gradient-U.norms.as-stated",
     .kind = Kind::bound,
     .title = "Size of the gradient in U, by the norms of the parameters",
     .states =
         R"(\Bigl\|\frac{\partial f_\theta}{\partial U}\Bigr\| \le \|x\|\cdot\frac{\|v\|}{\sqrt n}\,e^{\sigma T\|W\|/\sqrt n})",
     .source = "Slide \"Closed\", third observation",
     .reading =
         R"(For every $\theta$ and $x$; $\sigma_v = \sigma_u/\sqrt d = 1$, $\sigma_w = \sigma$, $L_1 = 1$, the activations that the
slides name. The gradient is $\lambda_0x^\top$, of rank one, whose spectral and Frobenius norms are equal.)",
     .uses = {"growth.lemma-17.adjoint.as-stated"},
     .repairs = "",
     .proof = R"($\|\lambda_0x^\top\| = \|\lambda_0\|\|x\|$, and Lemma 17, (5), at $t = 0$.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", named_by_the_paper);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi, gradient_size);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      return at_most<R>(
          linalg::norm<R>(gradient_of<R>(f, x).U),
          linalg::frobenius_norm<R>(x) * output_size<R>(f) * exp(f.growth() * Quantity<R>(f.horizon)));
    });

const auto closed = claim(
    {.id = "growth.gradient-U.closed.as-stated",
     .kind = Kind::bound,
     .title = "Size of the gradient in U, by the constant of the induction",
     .states =
         R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies \Bigl\|\frac{\partial f_\theta}{\partial U}\Bigr\| \le Ce^{C\sigma T}\|x\|)",
     .source = "Slide \"Closed\": by using the inductive hypothesis",
     .reading =
         R"($C$ is one constant on both sides, as written, and the least that serves for $v$ and $W$: a larger one makes the bound weaker. Otherwise as for
the norms.)",
     .uses = {"growth.gradient-U.norms.as-stated"},
     .repairs = "",
     .proof = R"(growth.gradient-U.norms.as-stated with $\|v\| \le C\sqrt n$ and $\|W\| \le C\sqrt n$.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", named_by_the_paper);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi, gradient_size);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const Quantity<R> C = max(output_size<R>(f), linalg::spectral_norm<R>(f.theta.W) / root<R>(f.width()));
      return at_most<R>(linalg::norm<R>(gradient_of<R>(f, x).U),
                        C * exp(C * scaled_time<R>(f)) * linalg::frobenius_norm<R>(x));
    });

const auto repaired = claim(
    {.id = "growth.gradient-U.norms.repaired",
     .kind = Kind::bound,
     .title = "Size of the gradient in U, for any activation and scales",
     .states =
         R"(\Bigl\|\frac{\partial f_\theta}{\partial U}\Bigr\| \le \frac{\sigma_u}{\sqrt d}\|x\|\cdot\frac{\sigma_v}{\sqrt n}L_1\|v\|\,e^{aL_1T},
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
     .source = R"(Slide "Closed", with any scales and any $L_1$)",
     .reading = R"(For every $\theta$, $x$, all scales $\ge 0$ and every activation with finite $L_1$.)",
     .uses = {"growth.lemma-17.adjoint.repaired"},
     .repairs = "growth.gradient-U.norms.as-stated",
     .proof =
         R"($\frac{\sigma_u}{\sqrt d}\|\lambda_0x^\top\| = \frac{\sigma_u}{\sqrt d}\|\lambda_0\|\|x\|$, and the repaired Lemma 17, (5), at $t = 0$. Attained:
$n = 1$, $\phi(x) = x$.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_or_affine), gradient_size);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const Quantity<R> in = Quantity<R>(f.sigma_u) / divisor<R>("sqrt d", root<R>(f.inputs()));
      const Quantity<R> out = Quantity<R>(f.sigma_v) / divisor<R>("sqrt n", root<R>(f.width())) *
                              factor<R>("L1", lipschitz<R>(f)) *
                              factor<R>("|v|", linalg::frobenius_norm<R>(f.theta.v));
      return at_most<R>(linalg::norm<R>(gradient_of<R>(f, x).U),
                        in * factor<R>("|x|", linalg::frobenius_norm<R>(x)) * out *
                            exp(exponent<R>("a L1 T", growth_time<R>(f))));
    });

}  // namespace
}  // namespace gronwall::verify
