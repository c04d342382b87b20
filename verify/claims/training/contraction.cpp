#include "verify/claims/training/runs.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\", last display";

const auto as_stated = claim(
    {.id = "training.contraction.as-stated",
     .kind = Kind::trajectory,
     .title = "One step shrinks the residual",
     .states = R"(\|u^{k+1} - y\| \le \Bigl[1 - \frac{\eta\alpha_0^2}8\Bigr]\|u^k - y\|)",
     .source = slide,
     .reading =
         R"(Of the first step, for one input with $\|x\| = 1$ and the normalisation of the slide "Closed". Everything that the slides ask for is supposed, the constant being $C = \max(\|v^0\|, \|W^0\|, \|U^0\|)/\sqrt n$ throughout:
$L_1 \le 1$, $\eta \le 1/\|X\|^2$, $\eta\alpha_0^2 \le 1$, $\sqrt n \ge 8C(\sigma T)^3e^{C\sigma T}\|X\|^3\|u^0 - y\|/\alpha_0^2$ and $\sqrt n \ge C(\sigma T)^2e^{C\sigma T}\|X\|^2\|u^0 - y\|/\alpha_0^3$, with $\alpha_0 = \|\phi(h_T)\|/\sqrt n$.)",
     .uses = {"training.mean-value.as-stated", "training.weyl.as-stated",
              "training.jacobian-from-start.half.as-stated", "training.jacobian-drift.combined.as-stated",
              "training.step-length.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Problem<R> problem = any_first_step<R>(any);
      const Quantity<R> C = least_constant<R>(problem.start), root_n = root<R>(problem.start.width());
      const Quantity<R> sigma_T = Quantity<R>(problem.start.sigma_w) * Quantity<R>(problem.start.horizon);
      const Quantity<R> square = smallest<R>(kernel_at_start<R>(problem).v), alpha_0 = sqrt(square);
      const Quantity<R> eta(problem.eta), r_0 = abs(Quantity<R>(problem.labels(0, 0)));
      any.suppose("alpha_0 > 0", less(Quantity<R>(0), square));
      any.suppose("eta alpha_0^2 <= 1", leq(eta * square, Quantity<R>(1)));
      const Quantity<R> grown = C * sigma_T * sigma_T * exp(C * sigma_T) * r_0 / square;
      any.suppose("sqrt n >= 8 C (sigma T)^3 e^{C sigma T} ||X||^3 |u^0 - y|/alpha_0^2",
                  leq(Quantity<R>(8) * sigma_T * grown, root_n));
      any.suppose("sqrt n >= C (sigma T)^2 e^{C sigma T} ||X||^2 |u^0 - y|/alpha_0^3",
                  leq(grown / alpha_0, root_n));
      const std::vector<Iterate<R>> run = iterates<R>(problem, 1);
      return at_most<R>(residual<R>(run[1]), (Quantity<R>(1) - eta * square / Quantity<R>(8)) * r_0);
    });

const auto repaired = claim(
    {.id = "training.contraction.repaired",
     .kind = Kind::trajectory,
     .title = "One step shrinks the residual, with explicit constants",
     .states =
         R"(\eta\beta^2 \le 1 \implies \|u^{k+1} - y\| \le \bigl(1 - \eta\,\lambda_{\min}(K_{\theta^k})\bigr)\|u^k - y\| + \frac{\eta^2}2l\,\|\nabla L(\theta^k)\|\,\beta\,\|u^k - y\|)",
     .source = slide + ", first line",
     .reading =
         R"(At any $\theta^k$, for any data, every smooth activation and all scales; on the segment from $\theta^k$ to $\theta^{k+1}$, $\|J\| \le \beta$ and $J$ is $l$-Lipschitz (`verify/claims/training/jacobian_bounds.hpp`). With
$\|\nabla L\| \le \beta\|u^k - y\|$ and $\eta l\beta^2\|u^k - y\| \le \lambda_{\min}$ the factor is at most $1 - \frac12\eta\lambda_{\min}$. The slide's condition $\eta \le 1/\|X\|^2$ does not bound
$\|I - \eta K\|$ by $1 - \eta\lambda_{\min}$; $\eta\|K\| \le 1$ does. Judged by how much the residual shrinks.)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired",
              "growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "training.contraction.as-stated",
     .proof =
         R"(With $r = u^k - y$, $g = J^\top r = \nabla L$ and $\bar J$ the mean of $J$ on the segment, $u^{k+1} - y = r - \eta\bar Jg = (I - \eta K)r - \eta(\bar J - J)g$. The eigenvalues of $\eta K$ lie in
$[\eta\lambda_{\min}, \eta\beta^2]$, so $\|I - \eta K\| \le 1 - \eta\lambda_{\min}$; $\|\bar J - J\| \le \frac l2\eta\|g\|$, and $\|g\| \le \beta\|r\|$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Problem<R> problem = any_problem<R>(any);
      const std::vector<Iterate<R>> run = iterates<R>(problem, 1);
      const JacobianBoundsOf<R> bounds = bounds_between<R>(problem, run[0], run[1]);
      const Quantity<R> eta(problem.eta), before = residual<R>(run[0]), after = residual<R>(run[1]);
      any.suppose("eta beta^2 <= 1", leq(eta * bounds.beta() * bounds.beta(), Quantity<R>(1)));
      const Quantity<R> lambda = smallest<R>(kernel_at_start<R>(problem).sum());
      // eta ||grad L|| = ||theta^1 - theta^0||.
      const Quantity<R> way = Moved<R>::frobenius(run[0], run[1]).total();
      const Quantity<R> drift = eta * way * bounds.lipschitz() * bounds.beta() * before / Quantity<R>(2);
      return at_most<R>(eta * lambda * before, summand<R>("|u^k - y|", before) - after + drift);
    });

}  // namespace
}  // namespace gronwall::verify
