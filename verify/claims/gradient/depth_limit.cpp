#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>

#include "verify/claims/gradient/euler_bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const std::vector<long> depths = {32, 64, 128, 256, 512};
constexpr NetworkSize moderate{
    .width = 4, .inputs = 2, .sigma = 1, .horizon = 1, .weight = 2, .outer = 4, .least = 0.125};
// Where the bounds are nearly attained: aT is small.
constexpr NetworkSize slow{
    .width = 2, .inputs = 2, .sigma = 2, .horizon = 2, .weight = 0.0625, .outer = 4, .least = 0.125};

/// ||a - b|| for the v, W and U parts of two gradients, and for the whole.
template <Real R>
struct Apart {
  Quantity<R> v, W, U;
  Apart(const model::Gradient<R>& a, const model::Gradient<R>& b)
      : v(linalg::norm<R>(a.v - b.v)), W(linalg::norm<R>(a.W - b.W)), U(linalg::norm<R>(a.U - b.U)) {}
  Quantity<R> whole() const { return sqrt(v * v + W * W + U * U); }
};

/// Draws a network and an input and studies `measure(apart)` over growing depth, against `bound(euler)` where
/// there is one.
template <Real R, class Measure, class Bound>
Judgement study_gradient(Any<R>& any, const std::string& what, Measure measure, Bound bound) {
  const auto phi = any.activation("phi", smooth_or_affine);
  const Network<R> f =
      any_network<R>(any, phi, any.one_of("size", {"moderate", "slow"}) == "slow" ? slow : moderate);
  const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
  const Matrix<R> one = Matrix<R>::Constant(1, 1, R(1));
  const model::Gradient<R> limit = model::NeuralOde<R>(f).gradient(x, one);
  RateStudy<R> study(1);
  for (const long L : depths) {
    const Apart<R> apart(model::ResNet<R>(f, L).gradient(x, one), limit);
    const std::optional<Quantity<R>> at_most = bound(EulerBounds<R>(f, x, L, Role::stated));
    if (at_most)
      study.add(L, measure(apart), *at_most);
    else
      study.add(L, measure(apart));
  }
  return study.judge(what);
}

const std::string slide = "Slide \"Gradient Convergence: Proposition 2\"";
const std::string proof =
    R"(Per step, Euler's method on the state is off by $\frac{\kappa^2}{2}aL_1M$ with $M = \sup\|h'\|$, and on the adjoint by
terms in $L_2$, $\Lambda = \sup\|\lambda\|$ and the state's error; both sums are grown by at most $e^{aL_1T}$. The constants are
derived line by line in the header of the claim (`verify/claims/gradient/euler_bounds.hpp`). They depend on $T$, the scales,
$L_1$, $L_2$, $|\phi(0)|$, $\|W\|/\sqrt n$, $\|v\|/\sqrt n$, $\|h_0\|$ and $\|x\|$.)";

const auto as_stated = claim(
    {.id = "gradient.depth-limit.as-stated",
     .kind = Kind::rate,
     .title = "Proposition 2: the gradient of the ResNet converges",
     .states = R"(\|\nabla_\theta f^L_\theta - \nabla_\theta f_\theta\| \le \frac CL)",
     .source = slide,
     .reading =
         R"(For each $\theta$, $x$ there is a $C$; the norm is the Euclidean norm of the whole gradient. Since the slide names
no constant, what is tested is the order: at least 1 in $1/L$ over $L = 32, \dots, 512$.)",
     .uses = {"model.depth-limit.state", "gradient.adjoint.as-stated", "gradient.resnet-backward.as-stated",
              "gradient.riemann-sum.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      return study_gradient<R>(
          any, "error of the gradient", [](const Apart<R>& apart) { return apart.whole(); },
          [](const EulerBounds<R>&) { return std::optional<Quantity<R>>(); });
    });

const auto whole = claim(
    {.id = "gradient.depth-limit.all.repaired",
     .kind = Kind::rate,
     .title = "Proposition 2 with its constant: the whole gradient",
     .states = R"(\|\nabla_\theta f^L - \nabla_\theta f\| \le \frac1L\sqrt{C_v^2 + C_W^2 + C_U^2})",
     .source = slide + ", with an explicit constant",
     .reading = R"(With $C_v, C_W, C_U$ the constants of the three parts, at each $L = 32, \dots, 512$.)",
     .uses = {"gradient.depth-limit.v.repaired", "gradient.depth-limit.W.repaired",
              "gradient.depth-limit.U.repaired"},
     .repairs = "gradient.depth-limit.as-stated",
     .proof = proof,
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      return study_gradient<R>(
          any, "error of the gradient", [](const Apart<R>& apart) { return apart.whole(); },
          [](const EulerBounds<R>& euler) { return std::optional<Quantity<R>>(euler.gradient()); });
    });

const auto part_v =
    claim({.id = "gradient.depth-limit.v.repaired",
           .kind = Kind::rate,
           .title = "Proposition 2 with its constant: the part of v",
           .states = R"(\|\partial_v f^L - \partial_v f\| \le \frac{\sigma_v}{\sqrt n}L_1E_h, \qquad
E_h = \frac{T}{2L}\,a\,\Phi\,(e^{aL_1T} - 1),\ \ \Phi = e^{aL_1T}(L_1\|h_0\| + |\phi(0)|\sqrt n))",
           .source = slide + ", with an explicit constant",
           .reading = R"(At each $L = 32, \dots, 512$, and of order at least 1.)",
           .uses = {"model.depth-limit.state", "gradient.output.as-stated"},
           .repairs = "gradient.depth-limit.as-stated",
           .proof = proof,
           .cases = 40},
          []<Real R>(Any<R>& any) -> Judgement {
            return study_gradient<R>(
                any, "error of the v part", [](const Apart<R>& apart) { return apart.v; },
                [](const EulerBounds<R>& euler) { return std::optional<Quantity<R>>(euler.gradient_v()); });
          });

const auto part_W = claim(
    {.id = "gradient.depth-limit.W.repaired",
     .kind = Kind::rate,
     .title = "Proposition 2 with its constant: the part of W",
     .states =
         R"(\|\partial_W f^L - \partial_W f\|_F \le \frac{\sigma_wT}{\sqrt n}\Bigl[\bigl(E_\lambda + \tfrac\kappa2 aL_1\Lambda\bigr)\Phi
+ \Lambda L_1\bigl(E_h + \tfrac\kappa2 a\Phi\bigr)\Bigr])",
     .source = slide + ", with an explicit constant",
     .reading =
         R"(At each $L = 32, \dots, 512$ ($\kappa = T/L$), and of order at least 1; $E_\lambda$ is the bound on the adjoint's
error of the U part, $\Lambda = \frac{\sigma_v}{\sqrt n}L_1\|v\|e^{aL_1T}$.)",
     .uses = {"model.depth-limit.state", "gradient.resnet-backward.repaired", "gradient.hidden.repaired",
              "growth.lemma-17.adjoint.repaired"},
     .repairs = "gradient.depth-limit.as-stated",
     .proof = proof,
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      return study_gradient<R>(
          any, "error of the W part", [](const Apart<R>& apart) { return apart.W; },
          [](const EulerBounds<R>& euler) { return std::optional<Quantity<R>>(euler.gradient_W()); });
    });

const auto part_U =
    claim({.id = "gradient.depth-limit.U.repaired",
           .kind = Kind::rate,
           .title = "Proposition 2 with its constant: the part of U",
           .states = R"(\|\partial_U f^L - \partial_U f\|_F \le \frac{\sigma_u}{\sqrt d}\|x\|E_\lambda,\quad
E_\lambda = e^{aL_1T}\Bigl[\frac{\sigma_v}{\sqrt n}L_2E_h\|v\| + T\Bigl(\tfrac\kappa2(aL_1)^2\Lambda
+ aL_2\Lambda(E_h + \tfrac\kappa2a\Phi)\Bigr)\Bigr])",
           .source = slide + ", with an explicit constant",
           .reading = R"(At each $L = 32, \dots, 512$ ($\kappa = T/L$), and of order at least 1.)",
           .uses = {"model.depth-limit.state", "gradient.resnet-backward.repaired", "gradient.input.repaired",
                    "growth.lemma-17.adjoint.repaired"},
           .repairs = "gradient.depth-limit.as-stated",
           .proof = proof,
           .cases = 40},
          []<Real R>(Any<R>& any) -> Judgement {
            return study_gradient<R>(
                any, "error of the U part", [](const Apart<R>& apart) { return apart.U; },
                [](const EulerBounds<R>& euler) { return std::optional<Quantity<R>>(euler.gradient_U()); });
          });

}  // namespace
}  // namespace gronwall::verify
