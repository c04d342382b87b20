#include "verify/claims/kernel/entry.hpp"
#include "verify/claims/kernel/euler_bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Building Blocks\", Step 2: Depth Convergence (Lemma 2)";
constexpr NetworkSize moderate{
    .width = 4, .inputs = 2, .sigma = 1, .horizon = 1, .weight = 2, .outer = 4, .least = 0.125};

// A large h_0 makes the curvature of phi count, in the readout too.
constexpr NetworkSize large_outside{
    .width = 3, .inputs = 1, .sigma = 1, .horizon = 1, .weight = 2, .outer = 64, .least = 0.125};

const auto as_stated = claim(
    {.id = "kernel.depth-limit.as-stated",
     .kind = Kind::rate,
     .title = "Lemma 2: the kernel of the ResNet converges with its depth",
     .states = R"(|K^L_\theta(x, \bar x) - K_\theta(x, \bar x)| \le \frac CL)",
     .source = slide,
     .reading =
         R"(At a fixed width $n$, for each $\theta$, $x$, $\bar x$ there is a $C$. Since the slide names no constant, what is tested is the order: at
least 1 in $1/L$ over $L = 32, \dots, 512$. For "uniform in $n$" see kernel.depth-limit.uniform.as-stated, for a constant
kernel.depth-limit.repaired.)",
     .uses = {"gradient.depth-limit.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 30},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), moderate);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2),
                      xbar = any_input<R>(any, "xbar", f.inputs(), 2);
      const model::NeuralOde<R> ode(f);
      const Quantity<R> limit = kernel_entry<R>(gradient_at<model::NeuralOde<R>, R>(ode, x),
                                                gradient_at<model::NeuralOde<R>, R>(ode, xbar));
      RateStudy<R> study(1);
      for (const long L : {32, 64, 128, 256, 512}) {
        const model::ResNet<R> net(f, L);
        study.add(L, abs(kernel_entry<R>(gradient_at<model::ResNet<R>, R>(net, x),
                                         gradient_at<model::ResNet<R>, R>(net, xbar)) -
                         limit));
      }
      return study.judge("error of the kernel");
    });

// Where aT is small: parts of the bound that do not rest on curvature are nearly attained.
constexpr NetworkSize slow{
    .width = 2, .inputs = 1, .sigma = 2, .horizon = 2, .weight = 0.0625, .outer = 4, .least = 0.125};

/// Two neurons: the first grows, the second integrates it and is read out where softplus is curved. What the
/// curvature of phi (L2) does to the adjoint outweighs all else here, which it does in few drawn networks.
template <Real R>
Network<R> curved_network(Any<R>& any) {
  Network<R> f{
      activation::find("softplus"),
      {Matrix<R>::Constant(2, 1, R(0)), Matrix<R>::Constant(2, 2, R(0)), Matrix<R>::Constant(2, 1, R(0))}};
  f.theta.U(0, 0) = any.number("u", 16, 64);
  f.theta.W(0, 0) = f.theta.W(1, 0) = any.number("w", 0.125, 1);
  f.theta.v(1, 0) = any.number("v1", 1, 64);
  f.horizon = any.number("T", 0.125, 1);
  // (1/sqrt 2) w u T is about how far the second neuron moves.
  f.theta.U(1, 0) = -f.theta.U(0, 0) * f.theta.W(1, 0) * f.horizon * real::ratio<R>(3, 4);
  return f;
}

const auto repaired = claim(
    {.id = "kernel.depth-limit.repaired",
     .kind = Kind::bound,
     .title = "Lemma 2, repaired: a constant without the width",
     .states =
         R"(|K^{p,L}_\theta(x, \bar x) - K^p_\theta(x, \bar x)| \le \frac1L\,C_p\Bigl(\phi, T, \sigma_v, \sigma_w, \tfrac{\sigma_u}{\sqrt d}, |x|, |\bar x|,
\tfrac{\|v\|}{\sqrt n}, \tfrac{\|W\|}{\sqrt n}, \tfrac{\|U\|}{\sqrt n}, \max_i|v_i|, \sup_t\max_i|(W^\top\lambda_t)_i|\Bigr),\quad p \in \{v, W, U\})",
     .source = slide,
     .reading =
         R"(Explicit, part by part, at each depth $L$; $\lambda$ of the Neural ODE at $x$ and at $\bar x$. With $\Phi$, $\Lambda$, $E_h$ as in gradient.depth-limit and
$s = \sigma_w/\sqrt n$: the error of each part is at most $\bar a\,\delta + a\,\bar\delta$, that of $K$ their sum, with, for $v, W, U$,
$a = (\frac{\sigma_v}{\sqrt n}\Phi,\ sT\Lambda\Phi,\ \frac{\sigma_u}{\sqrt d}|x|\Lambda)$, $\delta = (\frac{\sigma_v}{\sqrt n}L_1E_h,\ sT[(E_\lambda + \frac{T}{2L}l\Lambda)\Phi + \Lambda L_1(E_h + \frac{T}{2L}M)],\
\frac{\sigma_u}{\sqrt d}|x|E_\lambda)$ and $E_\lambda = e^{lT}[\frac{\sigma_v}{\sqrt n}L_2\max|v_i|\,E_h + T(\frac{T}{2L}l^2\Lambda + sL_2B(E_h + \frac{T}{2L}M))]$. So with entries of
$v$ and of $W^\top\lambda$ that stay bounded (up to $\sqrt{\log n}$ for Gaussian $\theta$), and only then, Lemma 2 is uniform in $n$.)",
     .uses = {"model.depth-limit.state", "gradient.resnet-backward.repaired", "gradient.hidden.repaired",
              "growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "kernel.depth-limit.uniform.as-stated",
     .proof =
         R"(Line by line in the header of the claim (`verify/claims/kernel/euler_bounds.hpp`). Where the proof of Proposition 2 estimates
$\|(\phi'(h^L) - \phi'(h_T)) * v\|$ by norms alone, a factor $\sqrt n$ is lost; $L_2\|h^L - h_T\|\max|v_i|$ loses none.)",
     .cases = 70},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string kind = any.one_of("network", {"any", "slow", "curved"});
      const bool curved = kind == "curved";
      const Network<R> f = curved ? curved_network<R>(any)
                                  : any_network<R>(any, any.activation("phi", smooth_or_affine),
                                                   kind == "slow" ? slow : large_outside);
      const Matrix<R> one = Matrix<R>::Constant(1, 1, R(1));
      const Matrix<R> x = curved ? one : any_input<R>(any, "x", f.inputs(), 2),
                      xbar = curved ? one : any_input<R>(any, "xbar", f.inputs(), 2);
      const long L = any.integer("L", 1, 64);
      const model::NeuralOde<R> ode(f);
      const model::ResNet<R> net(f, L);
      const auto at = gradient_at<model::NeuralOde<R>, R>(ode, x),
                 bar = gradient_at<model::NeuralOde<R>, R>(ode, xbar);
      const auto net_at = gradient_at<model::ResNet<R>, R>(net, x),
                 net_bar = gradient_at<model::ResNet<R>, R>(net, xbar);
      const auto apart = [](const linalg::Approximation<R>& a, const linalg::Approximation<R>& b,
                            const linalg::Approximation<R>& c, const linalg::Approximation<R>& d) {
        return abs(inner_product<R>(a, b) - inner_product<R>(c, d));
      };
      const KernelDepthBounds<R> bound = kernel_depth_bounds<R>(f, x, xbar, L, Role::stated);
      return at_most<R>(apart(net_at.v, net_bar.v, at.v, bar.v), bound.v) &&
             at_most<R>(apart(net_at.W, net_bar.W, at.W, bar.W), bound.W) &&
             at_most<R>(apart(net_at.U, net_bar.U, at.U, bar.U), bound.U);
    });

}  // namespace
}  // namespace gronwall::verify
