#include <gronwall/model/neural_ode.hpp>

#include "verify/claims/growth/bounds.hpp"
#include "verify/claims/kernel/limits.hpp"
#include "verify/claims/spd/kernel.hpp"
#include "verify/engine/claim.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Corollary 1: Statement\"";

const auto as_stated = claim(
    {.id = "kernel.smallest-eigenvalue.as-stated",
     .kind = Kind::spectrum,
     .title = "Corollary 1: the limit kernel is positive definite",
     .states =
         R"(\phi \text{ Lipschitz, nonlinear and non-polynomial} \implies \lambda_{\min}(K_\infty) > 0 \text{ under Assumption 1})",
     .source = slide,
     .reading =
         R"($K_\infty$ of the Neural ODE at $N$ distinct points of the unit sphere, for an activation that the slides name. Assumption 1
asks for $x_i \in \mathbb{S}^{d-1}$ and $x_i \ne x_j$: a point and its opposite may both be there. All scales and $T$ are positive.
Points are exact rationals. A singular kernel is recognised exactly, by a vector $c$ with $\sum_i c_i f(x_i; \theta) = 0$ for all $\theta$; what is
compared with 0 is then $c^\top K_\infty c$. Else, in balls, a lower bound of $\lambda_{\min}$ (`kernel/definite.hpp`).)",
     .uses = {"kernel.double-limit.as-stated", "kernel.decomposition.as-stated", "kernel.decomposition.order",
              "kernel.output-part.limit.as-stated", "spd.non-polynomial.coefficients.as-stated",
              "spd.theorem-11.if.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 50},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", {"tanh", "softplus", "gelu"});
      const Points x = any_points<R>(any, 4, 1);
      any.suppose("the points are distinct", distinct(x));
      const kernel::Limit<R> limit = any_limit<R>(any, phi, static_cast<long>(x.front().size()));
      return limit_definite<R>(limit, x);
    });

const std::string proof =
    R"(Let $u_t$ be one coordinate of $h_t$ at infinite width: a Gaussian process with $c_{t,0} = c_{0,0}$, so that
$\delta_t = u_t - u_0$ is independent of $u_0$; likewise jointly for two inputs. (1) All variances are $q = c_{T,T}(1)$. For
$x \ne \pm\bar x$: $\operatorname{Var}(u_T \mp \bar u_T) \ge \operatorname{Var}(u_0 \mp \bar u_0) = 2s_0(1 \mp \rho) > 0$, so the correlation of $u_T$, $\bar u_T$ has
modulus below 1. (2) For $\bar x = -x$ it is not 1 either, and it is $-1$ only if $u_T + \bar u_T = 0$, that is
$\int_0^T \phi(z + \delta_t) + \phi(-z + \bar\delta_t)\,dt = 0$ almost surely, $z = u_0$ independent of $(\delta, \bar\delta)$. This is continuous in $z$ and in the
paths, whose law has 0 in its support; so $T(\phi(z) + \phi(-z)) = 0$ for all $z$: $\phi$ is odd. (3) $\phi$ is Lipschitz and not affine, hence no
polynomial, and infinitely many $a_n(q)$ are not 0. By spd.theorem-11.if.repaired $\Sigma^*$ is positive definite, and
$K_\infty \succeq K^v_\infty = \sigma_v^2\Sigma^*$ (kernel.decomposition.order). (4) If $\phi$ is odd, $f(-x) = -f(x)$ for every $\theta$, so the gradients at $x$
and $-x$ cancel, and so do the rows of $K_\theta$ and of its limit.)";

const auto repaired = claim(
    {.id = "kernel.smallest-eigenvalue.repaired",
     .kind = Kind::spectrum,
     .title = "Corollary 1, repaired: positive definite unless odd with opposite inputs",
     .states = R"(\phi \text{ not affine},\ \phi \text{ not odd or } x_i \ne -x_j \text{ for all } i, j
\implies \lambda_{\min}(K_\infty) > 0 \text{ under Assumption 1})",
     .source = slide,
     .reading =
         R"(All scales and $T$ are positive, $\phi$ and $\phi'$ Lipschitz; every smooth non-polynomial activation of the library. In
balls by a certified lower bound of $\lambda_{\min}$, as in kernel.smallest-eigenvalue.as-stated.)",
     .uses = {"kernel.decomposition.order", "kernel.output-part.limit.as-stated",
              "spd.theorem-11.if.repaired"},
     .repairs = "kernel.smallest-eigenvalue.as-stated",
     .proof = proof,
     .cases = 30},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string name = any.one_of("phi", non_polynomial);
      const auto phi = activation::find(name);
      const Points x = any_points<R>(any, 4, 1, true);
      any.suppose("the points are distinct", distinct(x));
      any.suppose("phi is not odd, or no two points are opposite",
                  phi.traits().parity != activation::Parity::odd || pairwise_independent(x));
      const kernel::Limit<R> limit = any_limit<R>(any, phi, static_cast<long>(x.front().size()));
      return limit_definite<R>(limit, x);
    });

const auto singular = claim(
    {.id = "kernel.smallest-eigenvalue.odd.repaired",
     .kind = Kind::spectrum,
     .title = "Corollary 1, repaired: singular for odd activations and opposite inputs",
     .states = R"(\phi(-x) = -\phi(x),\ x_i = -x_j \implies
(e_i + e_j)^\top K_\theta\,(e_i + e_j) = \|\nabla_\theta f(x_i) + \nabla_\theta f(x_j)\|^2 = 0, \text{ hence } (e_i + e_j)^\top K_\infty (e_i + e_j) = 0)",
     .source = slide,
     .reading =
         R"(So the hypothesis of kernel.smallest-eigenvalue.repaired cannot be weakened. Judged at finite width, for any $\theta$ and any
odd activation of the library: the gradient in $v$, $W$ and $U$ at $x$ plus that at $-x$ has norm 0, to 30 bits of the gradient at $x$.)",
     .uses = {"model.closed-form"},
     .repairs = "kernel.smallest-eigenvalue.as-stated",
     .proof =
         R"($h_t(-x) = -h_t(x)$ by uniqueness, so $f(-x; \theta) = -f(x; \theta)$ for all $\theta$; differentiate in $\theta$. $K_\infty$ is
a limit of matrices $K_\theta$, each of which has $e_i + e_j$ in its kernel.)",
     .cases = 30},
    []<Real R>(Any<R>& any) -> Judgement {
      constexpr NetworkSize moderate{.horizon = 1, .weight = 4, .outer = 16};
      const auto phi = any.activation("phi", {"tanh", "sin", "erf", "arctan", "identity"});
      const Network<R> f = any_network<R>(any, phi, moderate);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 4);
      Matrix<R> both(x.rows(), 2), weights = Matrix<R>::Constant(2, 1, R(1)),
                                   one = Matrix<R>::Constant(1, 1, R(1));
      both.col(0) = x;
      both.col(1) = -x;
      const model::NeuralOde<R> ode(f);
      const model::Gradient<R> sum = ode.gradient(both, weights), at_x = ode.gradient(x, one);
      const Quantity<R> size =
          Quantity<R>(1) + linalg::norm<R>(at_x.v) + linalg::norm<R>(at_x.W) + linalg::norm<R>(at_x.U);
      return equals<R>(linalg::norm<R>(sum.v) + linalg::norm<R>(sum.W) + linalg::norm<R>(sum.U),
                       Quantity<R>(0), R(size.value() * real::power<R>(real::ratio<R>(1, 2), 30)));
    },
    {{"scaled identities", "Both sides are 0."}});

}  // namespace
}  // namespace gronwall::verify
