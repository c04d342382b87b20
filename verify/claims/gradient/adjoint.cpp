#include "verify/claims/gradient/quotients.hpp"
#include "verify/engine/claim.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

constexpr NetworkSize small{.width = 3, .inputs = 2, .sigma = 2, .horizon = 2, .weight = 1, .outer = 4};

/// h_t with its error moved into the entries: enclosed in balls; in floating point the error is returned.
template <Real R>
Matrix<R> state_at(const Approximation<R>& h) {
  Matrix<R> out = h.value;
  if constexpr (real::Enclosing<R>)
    for (Eigen::Index i = 0; i < out.size(); ++i) out.data()[i] = R(out.data()[i], h.error);
  return out;
}

const auto adjoint = claim(
    {.id = "gradient.adjoint.as-stated",
     .kind = Kind::identity,
     .title = "The adjoint equation",
     .states =
         R"(\lambda_t = \frac{\partial f}{\partial h_t} \text{ for } \dot\lambda_t = -\frac{\sigma_w}{\sqrt n}
\mathrm{diag}(\phi'(h_t))\,W^\top\lambda_t,\quad \lambda_T = \frac{\sigma_v}{\sqrt n}\,\phi'(h_T) * v)",
     .source = "Slide \"Why Smooth Activation?\", Backward ODE",
     .reading =
         R"(The slide gives the equation; its end value is that of $f = \frac{\sigma_v}{\sqrt n}v^\top\phi(h_T)$. Entry $i$ at a
time $t = kT/8$: on the left $\partial f/\partial h_{t,i}$, from the outputs of two solutions that start at $h_t \pm \varepsilon e_i$ (no adjoint is solved for it; the
remainder of the quotient is bounded, see `verify/claims/gradient/quotients.hpp`), on the right the solution of the slide's equation. They agree within
$2^{-40}$ of the bound of Lemma 17 on $\|\lambda_t\|$, and their enclosures meet.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof =
         R"(The derivative $\xi_t = \partial h_t/\partial h_s$ obeys $\dot\xi = \frac{\sigma_w}{\sqrt n}W\,\mathrm{diag}(\phi'(h))\xi$, so that
$\frac{d}{dt}\langle\lambda_t, \xi_t\rangle = 0$ by the slide's equation, and $\langle\lambda_T, \xi_T\rangle$ is the derivative of $f$.)",
     .cases = 250},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
      const long i = any.integer("i", 1, f.width()) - 1;
      const R eighths(static_cast<int>(any.integer("8t/T", 0, 8)));
      const R t(f.horizon * eighths / R(8)), left(f.horizon * (R(8) - eighths) / R(8));
      const model::NeuralOde<R> ode = solver<R>(f);

      const Approximation<R> h = ode.hidden(x, t);
      const Network<R> rest = restarted<R>(f, left);
      const Slopes<R> slopes = slopes_from_start<R>(f, Quantity<R>(1), Quantity<R>(left));
      const Matrix<R> start = state_at<R>(h);
      const auto at = [&](const R& entry) {
        Matrix<R> moved = start;
        moved(i, 0) = entry;
        return output<R>(rest, moved);
      };
      Quantity<R> derivative = quotient<R>(at, start(i, 0), slopes.second);
      if constexpr (real::Floating<R>)
        derivative = widened<R>(derivative, slopes.second * Quantity<R>(h.error));
      return equals<R>(derivative, entry<R>(ode.adjoint(x, t), i, 0), resolution<R>(slopes.first));
    });

}  // namespace
}  // namespace gronwall::verify
