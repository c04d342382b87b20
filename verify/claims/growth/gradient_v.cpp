#include "verify/claims/growth/gradient_bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const auto norms = claim(
    {.id = "growth.gradient-v.norms.as-stated",
     .kind = Kind::bound,
     .title = "Size of the gradient in v, by the norms of the parameters",
     .states =
         R"(\Bigl\|\frac{\partial f_\theta}{\partial v}\Bigr\| \le \frac{1}{\sqrt n}\|U\|\,\|x\|\,e^{\sigma T\|W\|/\sqrt n})",
     .source = "Slide \"Closed\", first observation",
     .reading =
         R"(For every $\theta$ and $x$; $\sigma_v = \sigma_u/\sqrt d = 1$, $\sigma_w = \sigma$, $L_1 = 1$, the activations that the
slides name; norms of matrices are spectral.)",
     .uses = {"growth.lemma-17.state.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", named_by_the_paper);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi, gradient_size);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      return at_most<R>(
          linalg::norm<R>(gradient_of<R>(f, x).v),
          input_size<R>(f) * linalg::frobenius_norm<R>(x) * exp(f.growth() * Quantity<R>(f.horizon)));
    });

const auto closed = claim(
    {.id = "growth.gradient-v.closed.as-stated",
     .kind = Kind::bound,
     .title = "Size of the gradient in v, by the constant of the induction",
     .states =
         R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies \Bigl\|\frac{\partial f_\theta}{\partial v}\Bigr\| \le C e^{C\sigma T}\|x\|)",
     .source = "Slide \"Closed\": by using the inductive hypothesis",
     .reading =
         R"($C$ is one constant on both sides, as written, and the least that meets the hypothesis: the bound rises with $C$. Otherwise as for the
norms.)",
     .uses = {"growth.gradient-v.norms.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", named_by_the_paper);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi, gradient_size);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const Quantity<R> C = least_constant<R>(f);
      return at_most<R>(linalg::norm<R>(gradient_of<R>(f, x).v),
                        C * exp(C * scaled_time<R>(f)) * linalg::frobenius_norm<R>(x));
    });

const auto repaired = claim(
    {.id = "growth.gradient-v.norms.repaired",
     .kind = Kind::bound,
     .title = "Size of the gradient in v, repaired for any activation and scales",
     .states =
         R"(\Bigl\|\frac{\partial f_\theta}{\partial v}\Bigr\| \le \frac{\sigma_v}{\sqrt n}\,e^{aL_1T}\bigl(L_1\|h_0\| + |\phi(0)|\sqrt n\bigr),
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
     .source = R"(Slide "Closed", with any scales, any $L_1$ and any $\phi(0)$)",
     .reading =
         R"(For every $\theta$, $x$, all scales $\ge 0$ and every activation with finite $L_1$. With $\phi(0) = 0$, $L_1 = 1$ and the normalisation it is the
bound of the slide, since $\|h_0\| \le \|U\|\|x\|$.)",
     .uses = {"growth.lemma-17.state.repaired"},
     .repairs = "growth.gradient-v.norms.as-stated",
     .proof =
         R"($\|\phi(h)\| \le L_1\|h\| + |\phi(0)|\sqrt n$, and by the repaired Lemma 17 $L_1\|h_T\| + |\phi(0)|\sqrt n \le
e^{aL_1T}(L_1\|h_0\| + |\phi(0)|\sqrt n)$. Attained: $n = 1$, $\phi(x) = c + x$, no sign changed.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_or_affine), gradient_size);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const Quantity<R> scale = Quantity<R>(f.sigma_v) / divisor<R>("sqrt n", root<R>(f.width()));
      const Quantity<R> start = lipschitz<R>(f) * initial_norm<R>(f, x);
      return at_most<R>(
          linalg::norm<R>(gradient_of<R>(f, x).v),
          exp(exponent<R>("a L1 T", growth_time<R>(f))) * scale *
              (summand<R>("L1 |h_0|", start) + summand<R>("|phi(0)| sqrt n", norm_at_zero<R>(f))));
    });

const auto closed_repaired = claim(
    {.id = "growth.gradient-v.closed.repaired",
     .kind = Kind::bound,
     .title = "Size of the gradient in v, by the constant of the induction, repaired",
     .states = R"(\|W\|, \|U\| \le C\sqrt n \implies \Bigl\|\frac{\partial f_\theta}{\partial v}\Bigr\| \le
e^{CL_1\sigma T}\bigl(L_1C\|x\| + |\phi(0)|\bigr))",
     .source = R"(Slide "Closed", with any $L_1$ and any $\phi(0)$)",
     .reading =
         R"(For every $\theta$ and $x$ with $\sigma_v = \sigma_u/\sqrt d = 1$, and every activation with finite $L_1$. The constants of Theorem 3 therefore
depend on $\phi(0)$ as well, which its list leaves out.)",
     .uses = {"growth.gradient-v.norms.repaired"},
     .repairs = "growth.gradient-v.closed.as-stated",
     .proof =
         R"(growth.gradient-v.norms.repaired with $\|h_0\| \le \|U\|\|x\| \le C\sqrt n\|x\|$ and $a \le C\sigma$.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f =
          any_or_balanced_network<R>(any, any.activation("phi", smooth_or_affine), gradient_size);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const Quantity<R> C =
          max(linalg::spectral_norm<R>(f.theta.W), linalg::spectral_norm<R>(f.theta.U)) / root<R>(f.width());
      const Quantity<R> L1 = lipschitz<R>(f), start = L1 * C * linalg::frobenius_norm<R>(x);
      return at_most<R>(linalg::norm<R>(gradient_of<R>(f, x).v),
                        exp(exponent<R>("C L1 sigma T", C * L1 * scaled_time<R>(f))) *
                            (summand<R>("L1 C |x|", start) + summand<R>("|phi(0)|", at_zero<R>(f))));
    });

}  // namespace
}  // namespace gronwall::verify
