#include <cmath>

#include "verify/claims/kernel/entry.hpp"
#include "verify/claims/kernel/euler_bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Building Blocks\", Step 2: Depth Convergence (Lemma 2), \"uniform in n\"";

/// int_0^1 phi(c t) dt by Simpson's rule: a guess, whose error is harmless.
double mean_activation(const activation::Functions<double>& phi, double c) {
  constexpr int cells = 256;
  double sum = 0;
  for (int i = 0; i <= cells; ++i) {
    const double weight = i == 0 || i == cells ? 1 : i % 2 == 1 ? 4 : 2;
    sum += weight * phi.value(c * i / cells);
  }
  return sum / (3 * cells);
}

/// The member of width n = root^2 (root even) of the family along which Lemma 2 is not uniform; see the
/// claim. One readout neuron, n/2 middle ones, n/2 - 1 sources.
template <Real R>
Network<R> member(const activation::Activation& phi, int root, double target, double horizon = 1) {
  const int n = root * root, middle = n / 2, sources = n / 2 - 1;
  Network<R> f{
      phi,
      {Matrix<R>::Constant(n, 1, R(0)), Matrix<R>::Constant(n, n, R(0)), Matrix<R>::Constant(n, 1, R(0))}};
  f.theta.v(0, 0) = R(root);
  f.theta.W.block(0, 1, 1, middle).setConstant(R(1));
  f.theta.W.block(1, 1 + middle, middle, sources).setConstant(real::ratio<R>(2, root));
  f.theta.U.bottomRows(sources).setConstant(R(1));
  const auto& functions = phi.in<double>();
  const double c = 2.0 * sources / n * functions.value(1.0);
  const double moved = 0.5 * root * horizon * mean_activation(functions, c * horizon);
  f.horizon = real::from_double<R>(horizon);
  f.theta.U(0, 0) = real::from_double<R>(std::round(64 * (target - moved)) / 64);
  return f;
}

/// Where phi' is steep.
double steep(const std::string& phi) { return phi == "tanh" ? 0.5 : 0; }

const auto as_stated = claim(
    {.id = "kernel.depth-limit.uniform.as-stated",
     .kind = Kind::uniformity,
     .title = "Lemma 2: one constant for all widths",
     .states =
         R"(|K^L_\theta(x, \bar x) - K_\theta(x, \bar x)| \le \frac CL \text{ with } C \text{ not depending on } n)",
     .source = slide,
     .reading =
         R"($C$ may depend on $\phi$, $T$, the scales, $|x|$ and on bounds of $\|v\|/\sqrt n$, $\|W\|/\sqrt n$, $\|U\|/\sqrt n$: what the proofs of the paper
assume ($\|v\|, \|W\|, \|U\| \le C\sqrt n$). The family, for $n = r^2$, $d = x = T = 1$ and all scales 1: sources ($n/2 - 1$ neurons) with $U_i = 1$; middle
neurons ($n/2$) with $U_i = 0$ and $W_{ij} = 2/\sqrt n$ from every source; one readout neuron with $W_{0j} = 1$ from every middle one, $v_0 = \sqrt n$, and $U_0$ such
that $h_0(1)$ is where $\phi'$ is steep. Then $\|v\| = \sqrt n$, $\|W\| \le \frac54\sqrt n$, $\|U\| \le C\sqrt n$. $L = m\sqrt n$; what is shown is $L|K^L - K|$, which
$C$ has to reach.)",
     .uses = {"kernel.depth-limit.as-stated"},
     .repairs = "",
     .proof =
         R"(Of the growth, for all $n = r^2$ and $L = m\sqrt n$. Sources stay at 1, middle neurons move as $h_M(t) = ct$,
$c = (1 - \frac2n)\phi(1)$, exactly so in the ResNet too. The readout ends at $U_0 + \frac{\sqrt n}2\int_0^1\phi(ct)\,dt$, with Euler's method at
the left Riemann sum instead, which is off by $\delta = \frac{\sqrt n}{4L}(\phi(c) - \phi(0)) + O(\sqrt n/L^2) \to \frac{\phi(\phi(1)) - \phi(0)}{4m} \ne 0$. The adjoint of the readout is
$p = \phi'(h_0(1))$ at all times, and all of $\lambda$ is $p$ times what it would be with $p = 1$, so $K^W + K^U = p^2M$ with $M \ge 1$ (already
$K^U \ge p^2$). $M$ consists of integrals of $\phi'(ct)$ and $\phi(ct)$ with bounded weights, so that of the ResNet differs by $O(1/L)$, uniformly in $n$;
$K^v$ by $O(1/n)$, through the one readout neuron. So $|K^L - K| \ge |\phi'(\tau - \delta)^2 - \phi'(\tau)^2| - O(1/\sqrt n)$, $\tau$ the place aimed at, which is up to $1/128$: for
tanh, softplus and GELU it stays above a positive number while $L = m\sqrt n \to \infty$, and $L|K^L - K| \ge c\sqrt n$.)",
     .cases = 4},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", {"tanh", "softplus", "gelu"});
      const long m = any.integer("m", 1, 4);
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"wide networks take minutes at this precision, and balls prove what is needed"};
      const Matrix<R> x = Matrix<R>::Constant(1, 1, R(1));
      FamilyStudy<R> study;
      for (const int root : {4, 6, 8, 10}) {
        const Network<R> f = member<R>(activation::find(phi), root, steep(phi));
        const long L = m * root;
        const auto ode = gradient_at<model::NeuralOde<R>, R>(model::NeuralOde<R>(f), x);
        const auto net = gradient_at<model::ResNet<R>, R>(model::ResNet<R>(f, L), x);
        study.add(root * root, Quantity<R>(static_cast<int>(L)) *
                                   abs(kernel_entry<R>(net, net) - kernel_entry<R>(ode, ode)));
      }
      return study.judge("L |K^L - K|");
    });

const auto repaired = claim(
    {.id = "kernel.depth-limit.repaired.family",
     .kind = Kind::bound,
     .title = "Lemma 2, repaired: the constant survives the family that breaks the one as stated",
     .states =
         R"(|K^{U,L}_\theta - K^U_\theta| \le \frac1L\,C_U \text{ along the family of kernel.depth-limit.uniform.as-stated})",
     .source = slide,
     .reading =
         R"(The constant of kernel.depth-limit.repaired at the members of width $n = r^2$ with horizons $T \in [\frac18, 1]$ and $L = m\sqrt n$. There
$\max|v_i| = \sqrt n$, so that it grows with $n$, as it must.)",
     .uses = {"kernel.depth-limit.repaired"},
     .repairs = "kernel.depth-limit.uniform.as-stated",
     .proof = R"(kernel.depth-limit.repaired.)",
     .cases = 8},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string phi = any.one_of("phi", {"tanh", "softplus", "gelu"});
      const long half_root = any.integer("sqrt(n)/2", 2, 6), m = any.integer("m", 1, 4);
      const R horizon = any.number("T", 0.125, 1);
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"wide networks take minutes at this precision, and balls prove what is needed"};
      const int root = 2 * static_cast<int>(half_root);
      const Network<R> f = member<R>(activation::find(phi), root, steep(phi), real::to_double<R>(horizon));
      const Matrix<R> x = Matrix<R>::Constant(1, 1, R(1));
      const auto ode = gradient_at<model::NeuralOde<R>, R>(model::NeuralOde<R>(f), x);
      const auto net = gradient_at<model::ResNet<R>, R>(model::ResNet<R>(f, m * root), x);
      return at_most<R>(abs(inner_product<R>(net.U, net.U) - inner_product<R>(ode.U, ode.U)),
                        kernel_depth_bounds<R>(f, x, x, m * root).U);
    });

}  // namespace
}  // namespace gronwall::verify
