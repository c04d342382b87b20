#include "verify/claims/kernel/sampling.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

using linalg::Approximation;

const std::string statistics =
    R"(Judged on 40 to 160 networks with independent standard Gaussian parameters at each width $n = 16, 32, \dots, 256$, at the entries
$(x, x)$ and $(x, \bar x)$ for unit vectors, by two tests: the mean deviation, fitted by $a + b/n$, has $a = 0$ within Student's $t$ band; and the
standard deviation falls like $n^{-1/2}$ within its confidence interval and 0.1 (for terms of smaller order). Both together are convergence in
probability (Chebyshev). Deviations are relative to the limit at $(x, x)$. The confidence is $1 - 10^{-5}$ for each entry, so that a run of all such
claims has a false alarm with a probability below $10^{-3}$. Double precision, and no proof.)";

const auto width_limit = claim(
    {.id = "kernel.width-limit.as-stated",
     .kind = Kind::limit,
     .title = "Proposition 4: the kernel of a ResNet converges with its width",
     .states =
         R"(K^L_\theta(x, \bar x) \xrightarrow{n \to \infty} K^L_\infty(x, \bar x) \text{ (deterministic)})",
     .source = "Slide \"Building Blocks\", Step 1: Width Convergence (Proposition 4)",
     .reading =
         R"(In probability, at fixed depth $L$, for $\theta$ with independent standard Gaussian entries. $K^L_\infty$ is computed by the recursion in
pairs of layers that shared weights need. )" +
         statistics,
     .uses = {},
     .repairs = "",
     .proof = "",
     .cases = 4},
    []<Real R>(Any<R>& any) -> Judgement {
      const long depth = any.integer("L", 1, 8);
      const Experiment drawn = any_experiment<R>(any);
      const Approximation<double> limit =
          kernel::infinite_resnet<double>(drawn.limit, drawn.gram, depth).kernel.sum();
      return study_limit("K^L/K^L_infinity - 1 at", limit, limit.value(0, 0),
                         [&](long n, std::uint64_t k) { return random_kernel(drawn, n, depth, k).sum(); });
    });

const auto double_limit = claim(
    {.id = "kernel.double-limit.as-stated",
     .kind = Kind::limit,
     .title = "Theorem 2: the kernel of the Neural ODE converges with its width",
     .states =
         R"(K_\theta(x, \bar x) \xrightarrow{n \to \infty} K_\infty(x, \bar x) \text{ (deterministic)})",
     .source = "Slide \"Theorem 2: Double Limit\"",
     .reading =
         R"(In probability, for $\phi$ and $\phi'$ Lipschitz. $K_\infty$ is computed from the Goursat problem of the covariances $c_{t,s}$,
$b_{t,s}$, which is the limit in the other order (kernel.double-limit.depth), so that this says that both orders agree. )" +
         statistics,
     .uses = {"kernel.width-limit.as-stated", "kernel.depth-limit.as-stated",
              "kernel.depth-limit.uniform.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 4},
    []<Real R>(Any<R>& any) -> Judgement {
      const Experiment drawn = any_experiment<R>(any);
      const Approximation<double> limit = kernel::infinite_ode<double>(drawn.limit, drawn.gram).kernel.sum();
      return study_limit("K/K_infinity - 1 at", limit, limit.value(0, 0),
                         [&](long n, std::uint64_t k) { return random_kernel(drawn, n, 0, k).sum(); });
    });

const auto joint = claim(
    {.id = "kernel.double-limit.joint",
     .kind = Kind::limit,
     .title = "Theorem 2: width and depth together",
     .states = R"(K^L_\theta(x, \bar x) \to K_\infty(x, \bar x) \text{ as } n \to \infty,\ L = n/4)",
     .source = "Slide \"Building Blocks\", Step 3: Moore-Osgood Theorem, for Theorem 2",
     .reading =
         R"(In probability: neither limit has to be taken first. What $1/L$ leaves is of order $1/n$ here, and goes with the extrapolation. )" +
         statistics,
     .uses = {"kernel.double-limit.as-stated", "kernel.double-limit.depth"},
     .repairs = "",
     .proof = "",
     .cases = 2},
    []<Real R>(Any<R>& any) -> Judgement {
      const Experiment drawn = any_experiment<R>(any);
      const Approximation<double> limit = kernel::infinite_ode<double>(drawn.limit, drawn.gram).kernel.sum();
      return study_limit("K^L/K_infinity - 1 at", limit, limit.value(0, 0),
                         [&](long n, std::uint64_t k) { return random_kernel(drawn, n, n / 4, k).sum(); });
    });

const auto output_part = claim(
    {.id = "kernel.output-part.limit.as-stated",
     .kind = Kind::limit,
     .title = "The output part converges to the NNGP kernel",
     .states =
         R"(K^v(x, \bar x) \xrightarrow{n \to \infty} K^v_\infty(x, \bar x) = \sigma_v^2\,\mathbb{E}[\phi(h_T(x))\phi(h_T(\bar x))] = \sigma_v^2\,\Sigma^*(x, \bar x))",
     .source = "Slide \"Step 2: K^v and NNGP Kernel\", Law of Large Numbers",
     .reading =
         R"(In probability. The coordinates of $h_T$ are not independent at finite width, so the law of large numbers alone does not give it. $\Sigma^*$ is
that of the Gaussian pair with the covariance $c_{T,T}$. )" +
         statistics,
     .uses = {"kernel.output-part.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 3},
    []<Real R>(Any<R>& any) -> Judgement {
      const Experiment drawn = any_experiment<R>(any);
      const kernel::InfiniteKernel<double> expected = kernel::infinite_ode<double>(drawn.limit, drawn.gram);
      Approximation<double> limit = expected.nngp;
      const double scale = drawn.limit.sigma_v * drawn.limit.sigma_v;
      limit.value *= scale;
      limit.error *= scale;
      return study_limit("K^v/(sigma_v^2 Sigma*) - 1 at", limit, limit.value(0, 0),
                         [&](long n, std::uint64_t k) { return random_kernel(drawn, n, 0, k).v; });
    });

const auto uniform = claim(
    {.id = "kernel.depth-limit.uniform.gaussian.repaired",
     .kind = Kind::uniformity,
     .title = "Lemma 2, repaired: uniform in the width for random parameters",
     .states =
         R"(L\,(K^L_\theta - K_\theta)(x, \bar x) \xrightarrow{n \to \infty} L\,(K^L_\infty - K_\infty)(x, \bar x) \text{ in probability},
\quad \text{so } |K^L_\theta - K_\theta| \le \frac CL \text{ with high probability, } C \text{ not depending on } n)",
     .source = "Slide \"Building Blocks\", Step 2: Depth Convergence (Lemma 2), \"uniform in n\"",
     .reading =
         R"(For $\theta$ with independent standard Gaussian entries, where it is needed for Theorem 2: what $C$ has to reach converges to a number
that does not depend on $n$, and that number is bounded in $L$ (kernel.double-limit.depth). )" +
         statistics,
     .uses = {"kernel.depth-limit.repaired", "kernel.double-limit.depth"},
     .repairs = "kernel.depth-limit.uniform.as-stated",
     .proof =
         R"(By kernel.depth-limit.repaired the constant depends on $n$ through $\|v\|/\sqrt n$, $\|W\|/\sqrt n$, $\|U\|/\sqrt n$, which are bounded with high
probability, and through $\max|v_i|$ and $\sup_t\max|(W^\top\lambda_t)_i|$, which grow like $\sqrt{\log n}$ at most. That proves $C\log n/L$ at worst, enough for
the exchange of limits; the study shows that the true constant does not grow.)",
     .cases = 3},
    []<Real R>(Any<R>& any) -> Judgement {
      const long depth = any.integer("L", 2, 16);
      const Experiment drawn = any_experiment<R>(any);
      const auto scaled = [depth](const Approximation<double>& at_depth, const Approximation<double>& limit) {
        const double L = static_cast<double>(depth);
        Approximation<double> out = at_depth - limit;
        out.value *= L;
        out.error *= L;
        return out;
      };
      const Approximation<double> ode = kernel::infinite_ode<double>(drawn.limit, drawn.gram).kernel.sum();
      const Approximation<double> expected =
          scaled(kernel::infinite_resnet<double>(drawn.limit, drawn.gram, depth).kernel.sum(), ode);
      return study_limit("L (K^L - K)/K_infinity against its limit at", expected, ode.value(0, 0),
                         [&](long n, std::uint64_t k) {
                           const model::Network<double> f = random_network(drawn, n, k);
                           return scaled(kernel_of(drawn, f, depth).sum(), kernel_of(drawn, f, 0).sum());
                         });
    });

const auto depth = claim(
    {.id = "kernel.double-limit.depth",
     .kind = Kind::rate,
     .title = "Theorem 2: the limit kernels of ResNets converge with their depth",
     .states = R"(|K^L_\infty(x, \bar x) - K_\infty(x, \bar x)| \le \frac CL)",
     .source = "Slides \"Building Blocks\" and \"Theorem 2: Double Limit\": the limits in the other order",
     .reading =
         R"(Width first, then depth. Of order at least 1 in $1/L$ over $L = 8, \dots, 128$, at $(x, x)$ and at $(x, \bar x)$, for unit vectors. In double, by the
Hermite series on both sides.)",
     .uses = {"kernel.depth-limit.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 12},
    []<Real R>(Any<R>& any) -> Judgement {
      const Experiment drawn = any_experiment<R>(any);
      const Approximation<double> limit = kernel::infinite_ode<double>(drawn.limit, drawn.gram).kernel.sum();
      RateStudy<double> diagonal(1), off(1);
      for (const long L : {8, 16, 32, 64, 128}) {
        const Approximation<double> apart =
            kernel::infinite_resnet<double>(drawn.limit, drawn.gram, L).kernel.sum() - limit;
        diagonal.add(L, abs(Quantity<double>(apart.value(0, 0), apart.error)));
        off.add(L, abs(Quantity<double>(apart.value(0, 1), apart.error)));
      }
      return diagonal.judge("|K^L_infinity - K_infinity| at (x, x)") &&
             off.judge("|K^L_infinity - K_infinity| at (x, xbar)");
    });

}  // namespace
}  // namespace gronwall::verify
