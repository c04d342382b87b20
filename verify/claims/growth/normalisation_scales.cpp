#include "verify/claims/growth/normalisation.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Closed\": without loss of generality";

const auto sigma_v_output = claim(
    {.id = "growth.normalisation.sigma-v.output.as-stated",
     .kind = Kind::identity,
     .title = "Without loss of generality sigma_v = 1: the output",
     .states = R"(f_{\theta}(x; \sigma_v) = f_{\theta'}(x; 1), \quad v' = \sigma_vv)",
     .source = slide,
     .reading =
         R"(For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on) and any smooth activation. Two networks, each solved by itself; to 30 bits of what Lemma 17 allows.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof = R"($\frac{\sigma_v}{\sqrt n}v^\top\phi(h_T) = \frac1{\sqrt n}(\sigma_vv)^\top\phi(h_T)$.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_output<R>(any, without_sigma_v<R>(any)); });

const auto sigma_v_kernel = claim(
    {.id = "growth.normalisation.sigma-v.kernel.as-stated",
     .kind = Kind::identity,
     .title = "Without loss of generality sigma_v = 1: the tangent kernel, and so gradient descent",
     .states = R"(K_f(x, \bar x) = K_g(x, \bar x), \quad g: v' = \sigma_vv)",
     .source = slide,
     .reading =
         R"($g$ is the normalised network. The proof that follows is one of gradient descent: the bounds of the gradients, the kernel and its least eigenvalue, $\eta$
and the distances $\|\theta^k - \theta^0\|$ all enter it. They can be had normalised only if the kernel of $f$ is that of $g$. For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on) and any smooth activation. To 30 bits of the product of the norms of both gradients.)",
     .uses = {"growth.normalisation.sigma-v.output.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_kernel<R>(any, without_sigma_v<R>(any), false); });

const auto sigma_v_kernel_repaired = claim(
    {.id = "growth.normalisation.sigma-v.kernel.repaired",
     .kind = Kind::identity,
     .title = "sigma_v = 1: what becomes of the tangent kernel",
     .states = R"(K_f = \sigma_v^2K_g^v + K_g^W + K_g^U, \quad g: v' = \sigma_vv)",
     .source = slide,
     .reading =
         R"(So gradient descent on $f$ with one $\eta$ is gradient descent on $g$ with an $\eta$ of its own for each part. For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on) and any smooth activation. To 30 bits of the product of the norms of both gradients.)",
     .uses = {"growth.normalisation.sigma-v.output.as-stated"},
     .repairs = "growth.normalisation.sigma-v.kernel.as-stated",
     .proof = R"(The chain rule: $\partial_vf = \sigma_v\,\partial_{v'}g$ and the other parts are the same.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_kernel<R>(any, without_sigma_v<R>(any), true); },
    {{"drop s_U^2", "It is 1 here."}, {"exponent s_U^2", "It is 1 here."}});

const auto sigma_u_output = claim(
    {.id = "growth.normalisation.sigma-u.output.as-stated",
     .kind = Kind::identity,
     .title = "Without loss of generality sigma_u/sqrt d = 1: the output",
     .states = R"(f_{\theta}(x; \sigma_u) = f_{\theta'}(x; \sqrt d), \quad U' = \frac{\sigma_u}{\sqrt d}U)",
     .source = slide,
     .reading =
         R"(For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on) and any smooth activation. Two networks, each solved by itself; to 30 bits of what Lemma 17 allows.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof = R"($h_0 = \frac{\sigma_u}{\sqrt d}Ux = U' x$.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_output<R>(any, without_sigma_u<R>(any)); });

const auto sigma_u_kernel = claim(
    {.id = "growth.normalisation.sigma-u.kernel.as-stated",
     .kind = Kind::identity,
     .title = "Without loss of generality sigma_u/sqrt d = 1: the tangent kernel, and so gradient descent",
     .states = R"(K_f(x, \bar x) = K_g(x, \bar x), \quad g: U' = \frac{\sigma_u}{\sqrt d}U)",
     .source = slide,
     .reading =
         R"($g$ is the normalised network. The proof that follows is one of gradient descent: the bounds of the gradients, the kernel and its least eigenvalue, $\eta$
and the distances $\|\theta^k - \theta^0\|$ all enter it. They can be had normalised only if the kernel of $f$ is that of $g$. For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on) and any smooth activation. To 30 bits of the product of the norms of both gradients.)",
     .uses = {"growth.normalisation.sigma-u.output.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_kernel<R>(any, without_sigma_u<R>(any), false); });

const auto sigma_u_kernel_repaired = claim(
    {.id = "growth.normalisation.sigma-u.kernel.repaired",
     .kind = Kind::identity,
     .title = "sigma_u/sqrt d = 1: what becomes of the tangent kernel",
     .states = R"(K_f = K_g^v + K_g^W + \frac{\sigma_u^2}dK_g^U, \quad g: U' = \frac{\sigma_u}{\sqrt d}U)",
     .source = slide,
     .reading =
         R"(So gradient descent on $f$ with one $\eta$ is gradient descent on $g$ with an $\eta$ of its own for each part. For any $\theta$, $x$, all scales $> 0$ (drawn: from $\frac18$ on) and any smooth activation. To 30 bits of the product of the norms of both gradients.)",
     .uses = {"growth.normalisation.sigma-u.output.as-stated"},
     .repairs = "growth.normalisation.sigma-u.kernel.as-stated",
     .proof =
         R"(The chain rule: $\partial_Uf = \frac{\sigma_u}{\sqrt d}\partial_{U'}g$ and the other parts are the same.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement { return same_kernel<R>(any, without_sigma_u<R>(any), true); },
    {{"drop s_v^2", "It is 1 here."}, {"exponent s_v^2", "It is 1 here."}});

}  // namespace
}  // namespace gronwall::verify
