#include "verify/claims/training/runs.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Theorem\", Theorem 3";

/// As Assumption 1 has it: distinct unit vectors (here e_1, ..., e_N) and labels of order one; all scales and
/// T are positive, so that lambda_min(K_infinity) > 0 (kernel.smallest-eigenvalue.repaired: no two inputs are
/// opposite).
template <Real R>
Problem<R> any_unconditional(Any<R>& any, const R& eta) {
  NetworkSize size = trained_network;
  size.least = 0.25;
  const Network<R> f = any_network<R>(any, any.activation("phi", named_by_the_paper), size);
  const long N = any.integer("N", 1, f.inputs());
  Matrix<R> X = Matrix<R>::Constant(f.inputs(), N, R(0));
  for (long j = 0; j < N; ++j) X(j, j) = R(1);
  return {f, X, any.matrix("y", N, 1, 1), false, eta, {}};
}

const auto loss_as_stated = claim(
    {.id = "training.theorem-3.loss.as-stated",
     .kind = Kind::trajectory,
     .title = "Theorem 3: the loss decays exponentially",
     .states =
         R"(L(\theta^k) \le \Bigl(1 - \frac{\eta\lambda_0}{16}\Bigr)^kL(\theta^0), \qquad \lambda_0 = \lambda_{\min}(K_\infty) > 0)",
     .source = slide + ", 2.",
     .reading =
         R"(Under Assumption 1 and nothing else: the theorem states no condition on $\eta$ and none on the width. Of the first step, $k = 1$, with distinct unit inputs
$e_1, \dots, e_N$, $|y_i| \le 1$ and $\sigma_v, \sigma_w, \sigma_u, T \ge \frac14$. Since $\lambda_0 > 0$, it implies $L(\theta^1) \le L(\theta^0)$, whatever $\lambda_0$ is; that is what is checked (both sides: $2L$).)",
     .uses = {"training.lemma-16.residual.as-stated", "training.lemma-16.parameters.as-stated",
              "kernel.double-limit.as-stated", "kernel.smallest-eigenvalue.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const R eta = any.number("eta", 0, 16);
      const std::vector<Iterate<R>> run = iterates<R>(any_unconditional<R>(any, eta), 1);
      const Quantity<R> before = residual<R>(run[0]), after = residual<R>(run[1]);
      return at_most<R>(after * after, before * before);
    });

const auto parameters_as_stated = claim(
    {.id = "training.theorem-3.parameters.as-stated",
     .kind = Kind::uniformity,
     .title = "Theorem 3: the parameters stay near the start",
     .states =
         R"(\|\theta^k - \theta^0\| \le C\,\|X\|\sqrt{\frac{L(\theta^0)}{\lambda_0}},\ C \text{ depending only on } L_1, L_2, \sigma_v, \sigma_w, \sigma_u, T)",
     .source = slide + ", 1.",
     .reading =
         R"(Under Assumption 1 and nothing else, so for every $\eta$. Of the first step: what is shown is $\|\theta^1 - \theta^0\|/(\|X\|\sqrt{L(\theta^0)})$ for growing $\eta$, which is
$C/\sqrt{\lambda_0}$ with the one $\lambda_0 = \lambda_{\min}(K_\infty)$ that $\phi$, the scales, $T$ and the inputs determine.)",
     .uses = {"training.lemma-16.parameters.as-stated", "kernel.double-limit.as-stated",
              "kernel.smallest-eigenvalue.as-stated"},
     .repairs = "",
     .proof =
         R"($\theta^1 - \theta^0 = -\eta\nabla L(\theta^0)$, so that $C \ge \eta\sqrt{\lambda_0}\,\|\nabla L(\theta^0)\|/(\|X\|\sqrt{L(\theta^0)})$, and the right side is linear in $\eta$. (With the condition
$\eta \le 1/\|X\|^2$ of Lemma 16 it fails as well, at a later step: training.lemma-16.parameters.as-stated.))",
     .cases = 4},
    []<Real R>(Any<R>& any) -> Judgement {
      Problem<R> problem = any_unconditional<R>(any, R(1));
      FamilyStudy<R> study("eta");
      for (const int eta : {1, 4, 16, 64}) {
        problem.eta = R(eta);
        const std::vector<Iterate<R>> run = iterates<R>(problem, 1);
        const Quantity<R> way = Moved<R>::frobenius(run[0], run[1]).total(), r = residual<R>(run[0]);
        if (eta == 1) any.suppose("the gradient of the loss is not 0", less(Quantity<R>(0), way));
        study.add(eta, way / (linalg::spectral_norm<R>(problem.X) * r / sqrt(Quantity<R>(2))));
      }
      return study.judge("|theta^1 - theta^0|/(||X|| sqrt L(theta^0))");
    });

const std::string conditions = R"(10\,l\,\|u^0 - y\| \le \lambda_0,\ \eta\beta^2 \le 1 \implies )";
const std::string repaired_reading =
    R"(With any $\lambda_0 \le \lambda_{\min}(K_{\theta^0})$; here with that number itself. It may be $\frac12\lambda_{\min}(K_\infty)$ where the network is so wide that $K_{\theta^0} \ge \frac12K_\infty$. On the ball of radius
$\frac{10}3\|u^0 - y\|/\sqrt{\lambda_0}$ around $\theta^0$, $\|J\| \le \beta$ and $J$ is $l$-Lipschitz, with the explicit bounds of `verify/claims/training/jacobian_bounds.hpp`. For every smooth
activation, all scales, any $\theta^0$, $X$, $y$. )";
const std::string repaired_proof =
    R"(training.lemma-16.*.repaired with $\rho = \frac{10}3\|u^0 - y\|/\alpha_0$: $\eta\lambda_0 \le \eta\beta^2 \le 1$, so $\kappa \ge 1 - \frac12 - \frac1{20} = \frac9{20}$; $l\rho \le \frac13\alpha_0$, so
$\alpha_0 - l\rho \ge \frac23\alpha_0$, and $\kappa\rho(\alpha_0 - l\rho) \ge \frac9{20}\cdot\frac{10}3\cdot\frac23\|u^0 - y\|$, which is $\|u^0 - y\|$. )";

const auto loss_repaired = claim(
    {.id = "training.theorem-3.loss.repaired",
     .kind = Kind::trajectory,
     .title = "Theorem 3, repaired: the loss decays exponentially",
     .states = conditions + R"(L(\theta^k) \le \Bigl(1 - \frac{2\eta\lambda_0}5\Bigr)^kL(\theta^0))",
     .source = slide + ", 2.",
     .reading = repaired_reading +
                R"(The rate is above the $\frac1{16}$ of the slide. Judged by what the loss loses.)",
     .uses = {"training.lemma-16.residual.repaired"},
     .repairs = "training.theorem-3.loss.as-stated",
     .proof =
         repaired_proof +
         R"(The rate is $2\eta\kappa(\alpha_0 - l\rho)^2 \ge 2\cdot\frac9{20}\cdot\frac49\,\eta\lambda_0 = \frac25\eta\lambda_0$.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Descending<R> d = any_descent_of_the_paper<R>(any);
      const std::vector<Iterate<R>> run = iterates<R>(d.problem, d.pace * any.integer("k", 1, 4));
      // 1 - (1 - q)^k = q (1 + (1 - q) + ... + (1 - q)^{k-1}).
      const Quantity<R> q = Quantity<R>(2) / Quantity<R>(5) * d.eta() * d.lambda_0;
      Quantity<R> powers(1), sum(0);
      for (std::size_t k = 1; k < run.size(); ++k) {
        sum = sum + powers;
        powers = powers * (Quantity<R>(1) - q);
      }
      const Quantity<R> half(real::ratio<R>(1, 2)), r = residual<R>(run.back());
      return at_most<R>(half * q * sum * d.r_0 * d.r_0,
                        half * (summand<R>("2 L(theta^0)", d.r_0 * d.r_0) - r * r));
    },
    {{"without u^0 != y", "Then nothing moves: both sides are equal."},
     {"without eta is finite", "It is: a number of the generator, which divides by beta^2 > 0."},
     {"without lambda_0 > 0", "The rate is then 0 and the bound on the way infinite."}});

const auto parameters_repaired = claim(
    {.id = "training.theorem-3.parameters.repaired",
     .kind = Kind::trajectory,
     .title = "Theorem 3, repaired: the parameters stay near the start",
     .states =
         conditions + R"(\|\theta^k - \theta^0\| \le \frac{10\sqrt2}3\sqrt{\frac{L(\theta^0)}{\lambda_0}})",
     .source = slide + ", 1.",
     .reading =
         repaired_reading + R"(There is no $\|X\|$ in the bound; $\|u^0 - y\| = \sqrt{2L(\theta^0)}$.)",
     .uses = {"training.lemma-16.parameters.repaired"},
     .repairs = "training.theorem-3.parameters.as-stated",
     .proof =
         repaired_proof +
         R"(The way is at most $\rho$. (Linear dynamics move by up to $\|u^0 - y\|/\sqrt{\lambda_0}$: the constant is at most $\frac{10}3$ times too large.))",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Descending<R> d = any_descent_of_the_paper<R>(any);
      const std::vector<Iterate<R>> run = iterates<R>(d.problem, d.pace * any.integer("k", 1, 4));
      return at_most<R>(Moved<R>::frobenius(run.front(), run.back()).total(),
                        Quantity<R>(10) / Quantity<R>(3) * d.r_0 / d.alpha_0);
    },
    {{"without u^0 != y", "Then nothing moves: both sides are equal."},
     {"without eta is finite", "It is: a number of the generator, which divides by beta^2 > 0."},
     {"without lambda_0 > 0", "The rate is then 0 and the bound on the way infinite."}});

}  // namespace
}  // namespace gronwall::verify
