#include "verify/claims/growth/normalisation.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Closed\": without loss of generality";

const auto l1_output = claim(
    {.id = "growth.normalisation.L1.output.as-stated",
     .kind = Kind::identity,
     .title = "Without loss of generality L1 = 1: the output",
     .states = R"(f_{\theta}(x; \phi, \sigma_w) = f_{\theta'}(x; \tfrac1c\phi, c\sigma_w), \quad v' = cv)",
     .source = slide,
     .reading =
         R"(For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on), any smooth activation, and every $c > 0$, of which $c = L_1$ gives $L_1 = 1$; drawn: $c = 2^k$. Two networks, each solved by itself; to 30 bits of what Lemma 17 allows.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof =
         R"($\frac{c\sigma_w}{\sqrt n}W\frac1c\phi(h)$ is the same vector field, and $(cv)^\top\frac1c\phi(h_T) = v^\top\phi(h_T)$.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_output<R>(any, with_slope<R>(any)); });

const auto l1_kernel = claim(
    {.id = "growth.normalisation.L1.kernel.as-stated",
     .kind = Kind::identity,
     .title = "Without loss of generality L1 = 1: the tangent kernel, and so gradient descent",
     .states =
         R"(K_f(x, \bar x) = K_g(x, \bar x), \quad g: \phi' = \tfrac1c\phi,\ \sigma_w' = c\sigma_w,\ v' = cv)",
     .source = slide,
     .reading =
         R"($g$ is the normalised network. The proof that follows is one of gradient descent: the bounds of the gradients, the kernel and its least eigenvalue, $\eta$
and the distances $\|\theta^k - \theta^0\|$ all enter it. They can be had normalised only if the kernel of $f$ is that of $g$. For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on), any smooth activation, and every $c > 0$, of which $c = L_1$ gives $L_1 = 1$; drawn: $c = 2^k$. To 30 bits of the product of the norms of both gradients.)",
     .uses = {"growth.normalisation.L1.output.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_kernel<R>(any, with_slope<R>(any), false); });

const auto l1_kernel_repaired = claim(
    {.id = "growth.normalisation.L1.kernel.repaired",
     .kind = Kind::identity,
     .title = "L1 = 1: what becomes of the tangent kernel",
     .states =
         R"(K_f = c^2K_g^v + K_g^W + K_g^U, \quad g: \phi' = \tfrac1c\phi,\ \sigma_w' = c\sigma_w,\ v' = cv)",
     .source = slide,
     .reading =
         R"(So gradient descent on $f$ with one $\eta$ is gradient descent on $g$ with an $\eta$ of its own for each part. For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on), any smooth activation, and every $c > 0$, of which $c = L_1$ gives $L_1 = 1$; drawn: $c = 2^k$. To 30 bits of the product of the norms of both gradients.)",
     .uses = {"growth.normalisation.L1.output.as-stated"},
     .repairs = "growth.normalisation.L1.kernel.as-stated",
     .proof = R"(The chain rule: $\partial_vf = c\,\partial_{v'}g$ and the other parts are the same.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_kernel<R>(any, with_slope<R>(any), true); },
    {{"drop s_U^2", "It is 1 here."}, {"exponent s_U^2", "It is 1 here."}});

const auto l2_output = claim(
    {.id = "growth.normalisation.L2.output.as-stated",
     .kind = Kind::identity,
     .title = "Without loss of generality L2 = 1: the output",
     .states =
         R"(f_{\theta}(x; \phi) = f_{\theta'}(x; \phi_\beta), \quad \phi_\beta(z) = \beta\phi(z/\beta),\ U' = \beta U,\ v' = v/\beta)",
     .source = slide,
     .reading =
         R"(For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on), any smooth activation, and every $\beta > 0$: $L_1$ stays, $L_2$ becomes $L_2/\beta$, so that $\beta = L_2$ gives $L_2 = 1$ (with $L_2 > 0$); drawn: $\beta = 2^k$. Two networks, each solved by itself; to 30 bits of what Lemma 17 allows.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof =
         R"($\beta h_t$ solves the equation of $g$, since $(\beta h)' = \frac{\sigma_w}{\sqrt n}W\beta\phi(h) = \frac{\sigma_w}{\sqrt n}W\phi_\beta(\beta h)$, and $(v/\beta)^\top\phi_\beta(\beta h_T) = v^\top\phi(h_T)$.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_output<R>(any, with_curvature<R>(any)); });

const auto l2_kernel = claim(
    {.id = "growth.normalisation.L2.kernel.as-stated",
     .kind = Kind::identity,
     .title = "Without loss of generality L2 = 1: the tangent kernel, and so gradient descent",
     .states =
         R"(K_f(x, \bar x) = K_g(x, \bar x), \quad g: \phi_\beta(z) = \beta\phi(z/\beta),\ U' = \beta U,\ v' = v/\beta)",
     .source = slide,
     .reading =
         R"($g$ is the normalised network. The proof that follows is one of gradient descent: the bounds of the gradients, the kernel and its least eigenvalue, $\eta$
and the distances $\|\theta^k - \theta^0\|$ all enter it. They can be had normalised only if the kernel of $f$ is that of $g$. For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on), any smooth activation, and every $\beta > 0$: $L_1$ stays, $L_2$ becomes $L_2/\beta$, so that $\beta = L_2$ gives $L_2 = 1$ (with $L_2 > 0$); drawn: $\beta = 2^k$. To 30 bits of the product of the norms of both gradients.)",
     .uses = {"growth.normalisation.L2.output.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_kernel<R>(any, with_curvature<R>(any), false); });

const auto l2_kernel_repaired = claim(
    {.id = "growth.normalisation.L2.kernel.repaired",
     .kind = Kind::identity,
     .title = "L2 = 1: what becomes of the tangent kernel",
     .states =
         R"(K_f = \beta^{-2}K_g^v + K_g^W + \beta^2K_g^U, \quad g: \phi_\beta(z) = \beta\phi(z/\beta),\ U' = \beta U,\ v' = v/\beta)",
     .source = slide,
     .reading =
         R"(So gradient descent on $f$ with one $\eta$ is gradient descent on $g$ with an $\eta$ of its own for each part. For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on), any smooth activation, and every $\beta > 0$: $L_1$ stays, $L_2$ becomes $L_2/\beta$, so that $\beta = L_2$ gives $L_2 = 1$ (with $L_2 > 0$); drawn: $\beta = 2^k$. To 30 bits of the product of the norms of both gradients.)",
     .uses = {"growth.normalisation.L2.output.as-stated"},
     .repairs = "growth.normalisation.L2.kernel.as-stated",
     .proof =
         R"(The chain rule: $\partial_vf = \beta^{-1}\partial_{v'}g$, $\partial_Uf = \beta\,\partial_{U'}g$, and the part in $W$ is the same.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_kernel<R>(any, with_curvature<R>(any), true); });

const auto named = claim(
    {.id = "growth.normalisation.named.as-stated",
     .kind = Kind::bound,
     .title = "L1 = L2 = 1 for the activations that the paper names",
     .states = R"(\phi \in \{\tanh, \mathrm{softplus}, \mathrm{GELU}\} \implies \max(L_1, L_2) \le 1)",
     .source = slide,
     .reading =
         R"("$L_1 = L_2 = 1$" of the activations as they are: that $\phi$ and $\phi'$ are 1-Lipschitz, the least that the estimates after it use. As equalities
they hold for none of the three ($L_2 = \frac4{3\sqrt3}$, $\frac14$, $\sqrt{2/\pi}$).)",
     .uses = {"activation.lipschitz.L1", "activation.lipschitz.L2"},
     .repairs = "",
     .proof = "",
     .cases = 12},
    []<Real R>(Any<R>& any) -> Judgement {
      const activation::Activation chosen = any.activation("phi", named_by_the_paper);
      const auto& phi = chosen.in<R>();
      return at_most<R>(max(few_ulp<R>(phi.lipschitz()), few_ulp<R>(phi.derivative_lipschitz())),
                        Quantity<R>(1));
    });

/// phi'(y) or phi''(y): within 64 units of the constant that bounds it, as the law suite of activations has
/// it.
template <Real R>
Quantity<R> evaluated(const R& value, const Quantity<R>& constant) {
  if constexpr (real::Enclosing<R>)
    return abs(Quantity<R>(value));
  else
    return abs(Quantity<R>(value, R(R(64) * real::Backend<R>::unit_roundoff() * constant.value())));
}

const auto named_repaired = claim(
    {.id = "growth.normalisation.named.repaired",
     .kind = Kind::bound,
     .title = "L1 = L2 = 1 by a change of scale",
     .states =
         R"(\psi(z) = \frac{L_2}{L_1^2}\,\phi\Bigl(\frac{L_1}{L_2}z\Bigr): \qquad |\psi'(z)| \le 1, \quad |\psi''(z)| \le 1)",
     .source = slide,
     .reading =
         R"(For every smooth activation with $L_1, L_2 > 0$ and every $z$; judged at $y = \frac{L_1}{L_2}z$. It is the change $c = L_1$ of growth.normalisation.L1 and then
$\beta = L_2/L_1$ of growth.normalisation.L2, which keep the output and change the kernel as those say.)",
     .uses = {"growth.normalisation.L1.output.as-stated", "growth.normalisation.L2.output.as-stated"},
     .repairs = "growth.normalisation.named.as-stated",
     .proof =
         R"($\psi'(z) = \phi'(y)/L_1$ and $\psi''(z) = \phi''(y)/L_2$. Both suprema are 1, since $L_1$ and $L_2$ are suprema.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const activation::Activation chosen = any.activation("phi", rescalable);
      const auto& phi = chosen.in<R>();
      const R y = any.number("y", -16, 16);
      const Quantity<R> L1 = few_ulp<R>(phi.lipschitz()), L2 = few_ulp<R>(phi.derivative_lipschitz());
      return at_most<R>(evaluated<R>(phi.derivative(y), L1) / L1, Quantity<R>(1)) &&
             at_most<R>(evaluated<R>(phi.second_derivative(y), L2) / L2, Quantity<R>(1));
    });

}  // namespace
}  // namespace gronwall::verify
