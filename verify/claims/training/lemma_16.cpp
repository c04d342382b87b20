#include "verify/claims/training/runs.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Lemma 16\"";

/// The family of both claims as stated, but for the width and the residual at the start.
template <Real R>
struct Family {
  activation::Activation phi;
  R a, b, sigma, T, eta;

  explicit Family(Any<R>& any) : phi(any.activation("phi", named_by_the_paper)) {
    const bool output = any.one_of("large", {"U", "v"}) == "U";
    a = any.number("U_i", output ? 1 : 0, output ? 3 : 1);
    b = any.number("v_i", output ? 0 : 2, output ? 1 : 4);
    sigma = any.number("sigma", 0.25, 1);
    T = any.number("T", 0.25, 1);
    eta = any.number("eta", 0.75, 1);
    any.suppose("lambda_0 > 0", less(Quantity<R>(0), lambda_0()));
    any.suppose("eta lambda_0 <= 8", leq(Quantity<R>(eta) * lambda_0(), Quantity<R>(8)));
  }
  Problem<R> member(long n, const R& r) const { return equal_neurons<R>(phi, n, a, b, sigma, T, r, eta); }
  /// The same at every width.
  Quantity<R> lambda_0() const { return smallest<R>(kernel_at_start<R>(member(1, R(1))).sum()); }
};

const std::string family_reading =
    R"(The $\Omega$ hides a constant that may depend on $L_1, L_2$, the scales, $T$ and on bounds of $\|v\|/\sqrt n$, $\|W\|/\sqrt n$, $\|U\|/\sqrt n$.
The family has one input $x = 1$ (so $\|X\| = 1$ and $\eta \le 1 = 1/\|X\|^2$), $\sigma_v = \sigma_u = 1$, and $n$ equal neurons: $U_i = a$, $v_i = b$, $W = 0$,
so that $\|U\| = |a|\sqrt n$, $\|v\| = |b|\sqrt n$ and $\lambda_0 = K_{\theta^0} = \phi(a)^2 + b^2\phi'(a)^2(1 + \sigma^2T^2\phi(a)^2)$ at every width. )";

const auto residual_as_stated = claim(
    {.id = "training.lemma-16.residual.as-stated",
     .kind = Kind::uniformity,
     .title = "Lemma 16: the residual decays geometrically",
     .states =
         R"(n = \Omega\bigl(\|X\|^4\|u^0 - y\|^2/\lambda_0^3\bigr),\ \eta \le \frac1{\|X\|^2} \implies \|u^k - y\| \le \bigl(1 - \tfrac{\eta\lambda_0}8\bigr)^k\|u^0 - y\|)",
     .source = slide + ", (3)",
     .reading =
         family_reading +
         R"(What is shown is $n\lambda_0^3/(\|X\|^4\|u^0 - y\|^2)$ at members whose first step is proved to break (3): the constant of $\Omega$ has to be larger.)",
     .uses = {"training.contraction.as-stated", "training.induction.hypothesis.as-stated",
              "training.induction.index.as-stated", "training.induction.rate.as-stated",
              "training.induction.width.as-stated", "training.hypothesis-norms.as-stated"},
     .repairs = "",
     .proof =
         R"(By symmetry the neurons stay equal, $u$ is the output of a scalar equation, and after one step $v_i$, $U_i$ and the sums $\sum_jW_{ij}/\sqrt n$
have moved by $O(\|u^0 - y\|/\sqrt n)$, so that $u^1 - y = (1 - \eta\lambda_0)(u^0 - y) + O(\|u^0 - y\|^2/\sqrt n)$, with a constant that $a$, $b$, $\sigma$, $T$ and $\phi$ determine.
Where $\eta\lambda_0 > \frac{16}9$, $|1 - \eta\lambda_0| > 1 - \frac{\eta\lambda_0}8$ and (3) fails at every width from some $n$ on, while $n\lambda_0^3/\|u^0 - y\|^2$ grows as $n$: no constant in $\Omega$ helps. It is the
condition on $\eta$ that fails: it bounds $\eta\|X\|^2$, and what matters is $\eta\lambda_{\max}(K)$. The random initialisation is no better: with $N$ orthonormal inputs ($\|X\| = 1$), $\sigma = T = 1$ and $n = 256$, $\lambda_{\max}(K)$
was seen to be 3.5, 6, 11, 22 for softplus and 1.9, 2.4, 3.4, 5.2 for GELU at $N = 2, 4, 8, 16$, and gradient descent with $\eta = 1$ to diverge wherever it is above 2; for tanh it was between 1.3 and 1.7. See
training.step-size.as-stated.)",
     .cases = 12},
    []<Real R>(Any<R>& any) -> Judgement {
      const Family<R> family(any);
      const long halvings = any.integer("-log2 |u^0 - y|", 0, 3);
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"wide networks take long at this precision, and balls prove what is needed"};
      const R r = real::from_double<R>(std::ldexp(1.0, -static_cast<int>(halvings)));
      const Quantity<R> lambda_0 = family.lambda_0();
      FamilyStudy<R> study;
      for (const long root : {2, 3, 4, 6, 8}) {
        const Quantity<R> after = residual<R>(iterates<R>(family.member(root * root, r), 1)[1]);
        const Quantity<R> claimed =
            (Quantity<R>(1) - Quantity<R>(family.eta) * lambda_0 / Quantity<R>(8)) * Quantity<R>(r);
        // A member at which the conclusion is not broken says nothing against any constant.
        if (less(claimed, after) != real::Truth::yes) return at_most<R>(after, claimed);
        study.add(root * root, Quantity<R>(static_cast<int>(root * root)) * lambda_0 * lambda_0 * lambda_0 /
                                   (Quantity<R>(r) * Quantity<R>(r)));
      }
      return study.judge("n lambda_0^3/(||X||^4 ||u^0 - y||^2) where (3) fails");
    });

const auto parameters_as_stated = claim(
    {.id = "training.lemma-16.parameters.as-stated",
     .kind = Kind::uniformity,
     .title = "Lemma 16: the parameters stay near the start",
     .states =
         R"(n = \Omega\bigl(\|X\|^4\|u^0 - y\|^2/\lambda_0^3\bigr),\ \eta \le \frac1{\|X\|^2} \implies \|v^k - v^0\|, \|W^k - W^0\|, \|U^k - U^0\| \le C\,\frac{\|X\|\,\|u^0 - y\|}{\lambda_0})",
     .source = slide + ", (2)",
     .reading =
         family_reading +
         R"(At $n = k$ and $\|u^0 - y\| = 2^{-4k}$, so that $n\lambda_0^3/(\|X\|^4\|u^0 - y\|^2)$ grows without bound, what is shown is the $C$ that step $k$ needs,
$\lambda_0\max(\|v^k - v^0\|, \|W^k - W^0\|, \|U^k - U^0\|)/(\|X\|\,\|u^0 - y\|)$.)",
     .uses = {"training.lemma-16.residual.as-stated", "training.movement-v.as-stated",
              "training.movement-W.as-stated", "training.movement-U.as-stated",
              "training.induction.eigenvalue.as-stated"},
     .repairs = "",
     .proof =
         R"(As long as the residual is small against 1 the dynamics are those of the kernel at the start: $u^i - y = (1 - \eta\lambda_0)^i(u^0 - y)(1 + o(1))$, so for
$\eta\lambda_0 > 2$ the first $k$ steps ($k$ even) move $\theta$ by $\eta\sqrt{\lambda_0}\,|\sum_{i<k}(1 - \eta\lambda_0)^i|\,\|u^0 - y\|(1 + o(1))$, a third of it at least in one of the three parts. The
sum is $((\eta\lambda_0 - 1)^k - 1)/(\eta\lambda_0)$: no $C$ serves all $k$.)",
     .cases = 12},
    []<Real R>(Any<R>& any) -> Judgement {
      const Family<R> family(any);
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"balls prove what is needed"};
      const Quantity<R> lambda_0 = family.lambda_0();
      FamilyStudy<R> study("k");
      for (const long k : {2, 4, 6, 8}) {
        const R r = real::from_double<R>(std::ldexp(1.0, -4 * static_cast<int>(k)));
        const std::vector<Iterate<R>> run = iterates<R>(family.member(k, r), k);
        const Quantity<R> after = residual<R>(run.back());
        // Where the residual does not grow, nothing is said against any C.
        if (less(Quantity<R>(r), after) != real::Truth::yes) return at_most<R>(after, Quantity<R>(r));
        const Moved<R> moved = Moved<R>::spectral(run.front(), run.back());
        study.add(k, lambda_0 * moved.largest() / Quantity<R>(r));
      }
      return study.judge("lambda_0 max |theta^k - theta^0|/(||X|| ||u^0 - y||)");
    });

constexpr long most_steps = 4;

const std::string repaired_reading =
    R"(For every smooth activation, all scales, any $\theta^0$, $X$, $y$. On the ball of radius $\rho$ around $\theta^0$ ($\|\theta\|^2 = \|v\|^2 + \|W\|_F^2 + \|U\|_F^2$), $\|J\| \le \beta$
and $J$ is $l$-Lipschitz, with the explicit bounds of `verify/claims/training/jacobian_bounds.hpp`; $\alpha_0 = \sqrt{\lambda_0}$, $\kappa = 1 - \frac\eta2(\beta^2 + l\|u^0 - y\|)$. In the paper's
form: $10\,l\,\|u^0 - y\| \le \lambda_0$ and $\eta\beta^2 \le 1$ are enough for $(1 - \frac{\eta\lambda_0}8)^k$ and for $\|\theta^k - \theta^0\| \le \frac{10}3\|u^0 - y\|/\sqrt{\lambda_0}$
(theorem-3.*.repaired). With $l = O(\|X\|/\sqrt n)$ that is $n = \Omega(\|X\|^2\|u^0 - y\|^2/\lambda_0^2)$, less than the slide asks for. But $l$ holds $\max_i|v_i|$.)";
const std::string condition =
    R"(\kappa\rho\,(\alpha_0 - l\rho) \ge \|u^0 - y\|,\ \kappa > 0,\ l\rho < \alpha_0 \implies )";
const std::string repaired_proof =
    R"(On the ball $\sigma_{\min}(J) \ge \alpha = \alpha_0 - l\rho$ (Weyl). For a step inside it, $r = u^k - y$, $g = J^\top r$, $\bar J$ the mean of $J$ on the segment: $r^+ = r - \eta\bar Jg$,
$\|\bar J\| \le \beta$, $\|\bar J - J\| \le \frac l2\eta\|g\|$, so $\|r^+\|^2 = \|r\|^2 - 2\eta r^\top\bar Jg + \eta^2\|\bar Jg\|^2 \le \|r\|^2 - 2\eta\kappa\|g\|^2$. With $\|g\| \ge \alpha\|r\|$ the
residual shrinks as claimed, and $\|r^+\| \le \|r\| - \eta\kappa\|g\|^2/\|r\| \le \|r\| - \kappa\alpha\,\eta\|g\|$: the way is at most $(\|r^0\| - \|r^k\|)/(\kappa\alpha) \le \rho$. That no step leaves the ball
is shown in `verify/claims/training/runs.hpp`.)";

const auto residual_repaired = claim(
    {.id = "training.lemma-16.residual.repaired",
     .kind = Kind::trajectory,
     .title = "Lemma 16, repaired: the residual decays geometrically",
     .states =
         condition + R"(\|u^k - y\|^2 \le \bigl(1 - 2\eta\kappa(\alpha_0 - l\rho)^2\bigr)^k\|u^0 - y\|^2)",
     .source = slide + ", (3)",
     .reading = repaired_reading,
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired",
              "growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "training.lemma-16.residual.as-stated",
     .proof = repaired_proof,
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Descending<R> d = any_closing_descent<R>(any);
      const std::vector<Iterate<R>> run = iterates<R>(d.problem, d.pace * any.integer("k", 1, most_steps));
      // What is lost, 1 - (1 - q)^k = q (1 + (1 - q) + ... + (1 - q)^{k-1}): both sides are near
      // ||r^0||^2 itself.
      const Quantity<R> q = Quantity<R>(2) * d.eta() * d.kappa() * d.alpha() * d.alpha();
      Quantity<R> powers(1), sum(0);
      for (std::size_t k = 1; k < run.size(); ++k) {
        sum = sum + powers;
        powers = powers * (Quantity<R>(1) - q);
      }
      const Quantity<R> r = residual<R>(run.back());
      return at_most<R>(q * sum * d.r_0 * d.r_0, summand<R>("|u^0 - y|^2", d.r_0 * d.r_0) - r * r);
    },
    {{"without u^0 != y", "Then nothing moves: both sides are equal."},
     {"without eta is finite", "It is: a number of the generator, which divides by beta^2 > 0."},
     {"without lambda_0 > 0", "The rate is then 0 and the bound on the way infinite."}});

const auto parameters_repaired = claim(
    {.id = "training.lemma-16.parameters.repaired",
     .kind = Kind::trajectory,
     .title = "Lemma 16, repaired: the parameters stay near the start",
     .states =
         condition +
         R"(\|\theta^k - \theta^0\| \le \frac{\|u^0 - y\| - \|u^k - y\|}{\kappa(\alpha_0 - l\rho)} \le \rho)",
     .source = slide + ", (2)",
     .reading =
         repaired_reading +
         R"( The bound is that of the whole tuple, so of each part, and it has no $\|X\|$ and $\sqrt{\lambda_0}$ for $\lambda_0$.)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired",
              "growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "training.lemma-16.parameters.as-stated",
     .proof = repaired_proof,
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Descending<R> d = any_closing_descent<R>(any);
      const std::vector<Iterate<R>> run = iterates<R>(d.problem, d.pace * any.integer("k", 1, most_steps));
      const Quantity<R> way =
          (summand<R>("|u^0 - y|", d.r_0) - residual<R>(run.back())) / (d.kappa() * d.alpha());
      return at_most<R>(Moved<R>::frobenius(run.front(), run.back()).total(), way) && at_most<R>(way, d.rho);
    },
    {{"without u^0 != y", "Then nothing moves: both sides are equal."},
     {"without eta is finite", "It is: a number of the generator, which divides by beta^2 > 0."},
     {"without lambda_0 > 0", "The rate is then 0 and the bound on the way infinite."}});

}  // namespace
}  // namespace gronwall::verify
