#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>

#include "verify/claims/gradient/euler_bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const std::vector<long> depths = {32, 64, 128, 256, 512};
// Small enough that the asymptotic regime is reached at the depths above.
constexpr NetworkSize moderate{
    .width = 4, .inputs = 2, .sigma = 1, .horizon = 1, .weight = 2, .outer = 4, .least = 0.125};
// Where the bounds are nearly attained: aT is small.
constexpr NetworkSize slow{
    .width = 2, .inputs = 2, .sigma = 2, .horizon = 2, .weight = 0.0625, .outer = 4, .least = 0.125};

template <Real R>
Network<R> any_moderate_or_slow(Any<R>& any) {
  const auto phi = any.activation("phi", smooth_or_affine);
  return any_network<R>(any, phi, any.one_of("size", {"moderate", "slow"}) == "slow" ? slow : moderate);
}

const auto state = claim(
    {.id = "model.depth-limit.state",
     .kind = Kind::rate,
     .title = "The states of the ResNet converge to those of the Neural ODE",
     .states =
         R"(\|h^L - h_T\| \le \frac{T}{2L}\,a\,e^{aL_1T}\bigl(L_1\|h_0\| + |\phi(0)|\sqrt n\bigr)\bigl(e^{aL_1T} - 1\bigr),
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
     .source = "Slide \"This Paper's Strategy\": as L goes to infinity, ResNet to Neural ODE",
     .reading =
         R"(For every network with a smooth activation of finite $L_1$: the error is of order at least 1 in $1/L$, and
below the explicit bound at each $L \in \{32, 64, \dots, 512\}$. The slide states no rate; this is its quantitative form.)",
     .uses = {"growth.lemma-17.state.repaired", "model.closed-form"},
     .repairs = "",
     .proof =
         R"(The ResNet is Euler's method. $\|\phi(h)\| \le \Phi = e^{aL_1T}(L_1\|h_0\| + |\phi(0)|\sqrt n)$, $\|h'\| \le a\Phi$,
$\|h''\| \le aL_1\cdot a\Phi$, so each step is off by at most $\frac{\kappa^2}{2}a^2L_1\Phi$, and these errors grow by
$1 + \kappa aL_1$ a step.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_moderate_or_slow<R>(any);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
      const linalg::Approximation<R> limit = model::NeuralOde<R>(f).hidden(x, f.horizon);
      RateStudy<R> study(1);
      for (const long L : depths)
        study.add(L, linalg::norm<R>(model::ResNet<R>(f, L).hidden(x).back() - limit),
                  EulerBounds<R>(f, x, L, Role::stated).state());
      return study.judge("error of the state");
    });

const auto output =
    claim({.id = "model.depth-limit.output",
           .kind = Kind::rate,
           .title = "The output of the ResNet converges to that of the Neural ODE",
           .states = R"(|f^L - f| \le \frac{\sigma_v}{\sqrt n}\|v\|L_1\cdot\frac{T}{2L}\,a\,e^{aL_1T}
\bigl(L_1\|h_0\| + |\phi(0)|\sqrt n\bigr)\bigl(e^{aL_1T} - 1\bigr))",
           .source = "Slide \"This Paper's Strategy\": as L goes to infinity, ResNet to Neural ODE",
           .reading = R"(As for the state, through $f = \frac{\sigma_v}{\sqrt n}v^\top\phi(h_T)$.)",
           .uses = {"model.depth-limit.state"},
           .repairs = "",
           .proof = R"($|v^\top(\phi(h^L) - \phi(h_T))| \le \|v\|L_1\|h^L - h_T\|$.)",
           .cases = 40},
          []<Real R>(Any<R>& any) -> Judgement {
            const Network<R> f = any_moderate_or_slow<R>(any);
            const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
            const linalg::Approximation<R> limit = model::NeuralOde<R>(f).output(x);
            RateStudy<R> study(1);
            for (const long L : depths)
              study.add(L, linalg::norm<R>(model::ResNet<R>(f, L).output(x) - limit),
                        EulerBounds<R>(f, x, L, Role::stated).output());
            return study.judge("error of the output");
          });

}  // namespace
}  // namespace gronwall::verify
