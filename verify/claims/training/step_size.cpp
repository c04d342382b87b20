#include "verify/claims/training/orthonormal.hpp"
#include "verify/claims/training/runs.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Lemma 16\", the learning rate";

const auto as_stated = claim(
    {.id = "training.step-size.as-stated",
     .kind = Kind::uniformity,
     .title = "A learning rate below 1/||X||^2 is small enough",
     .states =
         R"(\eta \le \frac c{\|X\|^2} \implies L(\theta^{k+1}) \le L(\theta^k), \text{ with one } c \text{ for all widths, data and numbers of samples})",
     .source = slide,
     .reading =
         R"(The slide has $c = 1$. Here $c$ may be any number that depends on $L_1, L_2$, the scales, $T$ and on bounds of $\|v\|/\sqrt n$, $\|W\|/\sqrt n$, $\|U\|/\sqrt n$ alone, and the width may be as
large as one likes compared with $\|X\|^4\|u^0 - y\|^2/\lambda_0^3$. The family, for $N = d$ orthonormal inputs ($\|X\| = 1$): $W = 0$, $v = 0$, and in column $j$ of $U$
a quarter of the entries is $3a$, the others are $-a$ (`verify/claims/training/orthonormal.hpp`), with $\|U\| = a\sqrt{3n}$; $u^0 - y = 2^{-12}(1, \dots, 1)$. What is shown is $1/(\eta\|X\|^2)$, which $1/c$ has to exceed.)",
     .uses = {"training.contraction.as-stated"},
     .repairs = "",
     .proof =
         R"($K = K^v = m^2\mathbf 1\mathbf 1^\top + 3c^2I$ with $m = \frac14(\phi(3a) + 3\phi(-a))$ and $c = \frac14(\phi(3a) - \phi(-a))$, at any $n$ that is large enough against $N$; $\lambda_0 = 3c^2$. As $v = 0$,
only $v$ moves in the first step, so that $u^1 - y = (I - \eta K)(u^0 - y)$ exactly, and for $u^0 - y$ along $\mathbf 1$ and $\eta\lambda_{\max} = \frac52$ the residual grows by $\frac32$, whatever its size is
against the width. $\eta\|X\|^2 = \frac52/(Nm^2 + 3c^2)$ falls as $1/N$, since $m \ne 0$ but for isolated $a$. The mean $m$ of an activation over the neurons is what $\|X\|$ does not see. With Gaussian $U$ it is
$\mathbb E[\phi]$, which is 0 for tanh, but not for softplus and GELU (training.lemma-16.residual.as-stated has numbers).)",
     .cases = 4},
    []<Real R>(Any<R>& any) -> Judgement {
      const Orthonormal<R> family(any, named_by_the_paper);
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"balls prove what is needed"};
      FamilyStudy<R> study("N");
      for (const long N : {1, 2, 5, 10}) {
        Problem<R> problem = family.member(N, real::from_double<R>(0x1p-12));
        problem.eta = real::from_double<R>(family.overshooting(N));
        const std::vector<Iterate<R>> run = iterates<R>(problem, 1);
        const Quantity<R> before = residual<R>(run[0]), after = residual<R>(run[1]);
        if (less(before, after) != real::Truth::yes) return at_most<R>(after, before);
        study.add(N, Quantity<R>(1) / Quantity<R>(problem.eta));
      }
      return study.judge("1/(eta ||X||^2) where the loss grows");
    });

const auto repaired = claim(
    {.id = "training.step-size.repaired",
     .kind = Kind::trajectory,
     .title = "A learning rate that is small against the Jacobian is small enough",
     .states =
         R"(\eta\,(\beta^2 + l\,\|u^k - y\|) \le 2 \implies L(\theta^{k+1}) \le L(\theta^k) - \eta\Bigl(1 - \frac\eta2(\beta^2 + l\,\|u^k - y\|)\Bigr)\|\nabla L(\theta^k)\|^2)",
     .source = slide,
     .reading =
         R"(At any $\theta^k$, for any data, every smooth activation and all scales, with no condition on $\lambda_0$ or the width; $\beta \ge \|J\|$ and $l$ a Lipschitz constant of $J$ on the segment from
$\theta^k$ to $\theta^{k+1}$ (`verify/claims/training/jacobian_bounds.hpp`).)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired",
              "growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "training.step-size.as-stated",
     .proof =
         R"(With $r = u^k - y$, $g = J^\top r = \nabla L$, $\bar J$ the mean of $J$ on the segment: $u^{k+1} - y = r - \eta\bar Jg$, $\|\bar J\| \le \beta$, $\|\bar J - J\| \le \frac l2\eta\|g\|$. So
$\|u^{k+1} - y\|^2 = \|r\|^2 - 2\eta r^\top\bar Jg + \eta^2\|\bar Jg\|^2 \le \|r\|^2 - 2\eta\|g\|^2 + l\eta^2\|r\|\|g\|^2 + \eta^2\beta^2\|g\|^2$, half of which is the claim.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Problem<R> problem = any_problem<R>(any);
      const std::vector<Iterate<R>> run = iterates<R>(problem, 1);
      const JacobianBoundsOf<R> bounds = bounds_between<R>(problem, run[0], run[1]);
      const Quantity<R> eta(problem.eta), before = residual<R>(run[0]), after = residual<R>(run[1]), two(2);
      const Quantity<R> rate = eta * (bounds.beta() * bounds.beta() + bounds.lipschitz() * before);
      any.suppose("eta (beta^2 + l |u - y|) <= 2", leq(rate, two));
      // eta ||grad L||^2 = ||theta^1 - theta^0||^2/eta.
      const Quantity<R> way = Moved<R>::frobenius(run[0], run[1]).total();
      return at_most<R>((Quantity<R>(1) - rate / two) * way * way / eta,
                        (summand<R>("2 L(theta^k)", before * before) - after * after) / two);
    },
    {{"without eta (beta^2 + l |u - y|) <= 2",
      "The proof does not use it: it is what makes the inequality say that the loss falls."}});

}  // namespace
}  // namespace gronwall::verify
