#include "verify/claims/training/runs.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Closed\", the induction hypothesis on the norms";

const auto as_stated = claim(
    {.id = "training.hypothesis-norms.as-stated",
     .kind = Kind::trajectory,
     .title = "The norms stay below the same multiple of sqrt n",
     .states =
         R"(\|v^0\|, \|W^0\|, \|U^0\| \le C\sqrt n \implies \|v^{k+1}\|, \|W^{k+1}\|, \|U^{k+1}\| \le C\sqrt n)",
     .source = slide + ", last display",
     .reading =
         R"(Of the first step, for one input with $\|x\| = 1$, the normalisation of the slide, and $C = \max(\|v^0\|, \|W^0\|, \|U^0\|)/\sqrt n$. All that the slide asks for is supposed: $L_1 \le 1$,
$\eta \le 1/\|X\|^2$, and $Ce^{C\sigma T}\|X\|\|u^0 - y\|/\alpha_0^2 \le C\sqrt n$, also with the factor $\sigma T$, where $\alpha_0 = \|\phi(h_T)\|/\sqrt n$. (The slide concludes from $\|v^{k+1} - v^0\| \le C\sqrt n$ and $\|v^0\| \le C\sqrt n$ that
$\|v^{k+1}\| \le C\sqrt n$.))",
     .uses = {"training.movement-v.as-stated", "training.movement-W.as-stated",
              "training.movement-U.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const Problem<R> problem = any_first_step<R>(any);
      const Quantity<R> C = least_constant<R>(problem.start), root_n = root<R>(problem.start.width());
      const Quantity<R> sigma_T = Quantity<R>(problem.start.sigma_w) * Quantity<R>(problem.start.horizon);
      const Quantity<R> square = smallest<R>(kernel_at_start<R>(problem).v);
      any.suppose("C > 0", less(Quantity<R>(0), C));
      any.suppose("alpha_0 > 0", less(Quantity<R>(0), square));
      const Quantity<R> way = C * exp(C * sigma_T) * abs(Quantity<R>(problem.labels(0, 0))) / square;
      any.suppose("C e^{C sigma T} ||X|| |u^0 - y|/alpha_0^2 <= C sqrt n",
                  leq(way, C * root_n) && leq(sigma_T * way, C * root_n));
      const std::vector<Iterate<R>> run = iterates<R>(problem, 1);
      const Quantity<R> largest = max(linalg::norm<R>(run[1].v), max(linalg::spectral_norm<R>(run[1].W),
                                                                     linalg::spectral_norm<R>(run[1].U)));
      return at_most<R>(largest, C * root_n);
    });

const auto repaired = claim(
    {.id = "training.hypothesis-norms.repaired",
     .kind = Kind::trajectory,
     .title = "The norms stay below a larger multiple of sqrt n",
     .states =
         R"(\|v^0\|, \|W^0\|, \|U^0\| \le C\sqrt n,\ 10\,l\,\|u^0 - y\| \le \lambda_0,\ \eta\beta^2 \le 1 \implies \|v^k\|, \|W^k\|, \|U^k\| \le C'\sqrt n,\quad
C' = C + \frac{10}3\frac{\|u^0 - y\|}{\sqrt{n\lambda_0}})",
     .source = slide,
     .reading =
         R"(As in training.theorem-3.parameters.repaired, with the least $C$; $C' \le 2C$ as soon as the movement is at most $C\sqrt n$, which is what the slide asks for. All bounds on the
way have then to be written with $C'$, $\beta$ and $l$ among them.)",
     .uses = {"training.theorem-3.parameters.repaired"},
     .repairs = "training.hypothesis-norms.as-stated",
     .proof = R"(The triangle inequality and training.theorem-3.parameters.repaired.)",
     .cases = 30},
    []<Real R>(Any<R>& any) -> Judgement {
      const Descending<R> d = any_descent_of_the_paper<R>(any);
      const std::vector<Iterate<R>> run = iterates<R>(d.problem, d.pace * any.integer("k", 1, 4));
      const Iterate<R>& last = run.back();
      const Quantity<R> largest = max(
          linalg::norm<R>(last.v), max(linalg::spectral_norm<R>(last.W), linalg::spectral_norm<R>(last.U)));
      const Quantity<R> root_n = root<R>(d.problem.start.width());
      const Quantity<R> start = summand<R>("C sqrt n", least_constant<R>(d.problem.start) * root_n);
      return at_most<R>(largest, start + Quantity<R>(10) / Quantity<R>(3) * d.r_0 / d.alpha_0);
    },
    {{"without u^0 != y", "Then nothing moves: both sides are equal."},
     {"without eta is finite", "It is: a number of the generator, which divides by beta^2 > 0."},
     {"without lambda_0 > 0", "The rate is then 0 and the bound on the way infinite."}});

}  // namespace
}  // namespace gronwall::verify
