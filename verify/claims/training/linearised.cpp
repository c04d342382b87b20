#include "verify/claims/training/step.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Why Do We Need NTK?\", training dynamics";

/// Both sides of the linearised dynamics in sample i: u^{k+1}_i - y_i, and (u^k - y - eta H (u^k - y))_i.
template <Real R>
struct OneStep {
  Quantity<R> stepped, linear;
  Tuple<R> before, after, gradient;

  OneStep(const Setting<R>& s, const Quantity<R>& eta, std::size_t i) : before(s.start()) {
    const Samples<R> now(s.f, before, s.X);
    const std::vector<Quantity<R>> r = now.residual(s.y);
    gradient = now.loss_gradient(s.y);
    after = moved<R>(before, eta, gradient);
    stepped = Samples<R>(s.f, after, s.X).residual(s.y)[i];
    Quantity<R> Hr(0);
    for (std::size_t j = 0; j < r.size(); ++j)
      Hr = Hr + inner_product<R>(now.gradients[i], now.gradients[j]) * r[j];
    linear = r[i] - eta * Hr;
  }

  /// Of |stepped - linear|.
  Quantity<R> bound(const Setting<R>& s, const Quantity<R>& eta, std::size_t i) const {
    const JacobianBounds<R> bounds(s.f, before.region().with(after.region()),
                                   Matrix<R>(s.X.col(static_cast<Eigen::Index>(i))));
    return bounds.remainder(eta * linalg::norm<R>(gradient.v), eta * linalg::spectral_norm<R>(gradient.W),
                            eta * linalg::spectral_norm<R>(gradient.U));
  }
};

const auto as_stated = claim(
    {.id = "training.linearised.as-stated",
     .kind = Kind::identity,
     .title = "The residual after one step",
     .states =
         R"(u^{k+1} - y = (I - \eta H^k)(u^k - y), \qquad H^k_{ij} = \langle\nabla_\theta f(x_i), \nabla_\theta f(x_j)\rangle)",
     .source = slide,
     .reading =
         R"(For one step of gradient descent from any $\theta^k = \theta$, in any one of the samples, to 40 bits. The slide sets no condition on
$\eta$; here $\eta \le 1/\|X\|^2$, which Lemma 16 asks for.)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired"},
     .repairs = "",
     .proof = "",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", named_by_the_paper), small_ode), 1, 2);
      const long i = any.integer("sample", 1, s.samples());
      const Quantity<R> size = linalg::spectral_norm<R>(s.X), eta(s.eta);
      any.suppose("eta <= 1/||X||^2", leq(eta * size * size, Quantity<R>(1)));
      // Sides that differ by less than the tolerance do so in every precision.
      if constexpr (real::Enclosing<R>)
        if (real::working_bits() > 128)
          throw Abstention{"what 128 bits leave open is not a matter of precision"};
      const OneStep<R> step(s, eta, static_cast<std::size_t>(i - 1));
      const R tolerance = R((R(1) + abs(step.linear).value()) * real::power<R>(real::ratio<R>(1, 2), 40));
      return equals<R>(step.stepped, step.linear, tolerance);
    });

const auto repaired = claim(
    {.id = "training.linearised.repaired",
     .kind = Kind::bound,
     .title = "The residual after one step, with its remainder",
     .states =
         R"(\bigl|\bigl(u^{k+1} - y - (I - \eta H^k)(u^k - y)\bigr)_i\bigr| \le \tfrac12 Q_i\bigl(\eta\|\partial_vL\|, \eta\|\partial_WL\|, \eta\|\partial_UL\|\bigr))",
     .source = slide + ", with Taylor's remainder",
     .reading =
         R"($Q_i$ is an explicit quadratic form that bounds the second derivative of $f(x_i)$ between $\theta^k$ and $\theta^{k+1}$, from $\|W\|$, $\|U\|$, $\|v\|$,
$\max|v_j|$ and $\max\|We_j\|$ at the two ends (`verify/claims/training/jacobian_bounds.hpp`). For every smooth activation, all scales, any $\eta \ge 0$.)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired",
              "growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "training.linearised.as-stated",
     .proof =
         R"(With $\Delta = \theta^{k+1} - \theta^k = -\eta J^\top r$, $r = u^k - y$: $u^{k+1} - u^k - J\Delta$ is Taylor's remainder, and $J\Delta = -\eta H^kr$. In each
sample it is at most $\frac12\sup|D^2f[\Delta, \Delta]|$ on the segment. The header derives $D^2f$ and its bound.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
      const auto i = static_cast<std::size_t>(any.integer("sample", 1, s.samples()) - 1);
      const Quantity<R> eta(s.eta);
      const OneStep<R> step(s, eta, i);
      return at_most<R>(abs(step.stepped - step.linear), factor<R>("Q/2", step.bound(s, eta, i)));
    });

const auto order = claim(
    {.id = "training.linearised.order",
     .kind = Kind::rate,
     .title = "The linearised dynamics are right to first order",
     .states = R"(u^{k+1} - y = (I - \eta H^k)(u^k - y) + O(\eta^2))",
     .source = slide + ", as a statement for small steps",
     .reading =
         R"(Over $\eta = 1/L$, $L = 16, 32, \dots, 256$, with the explicit bound of training.linearised.repaired at each.)",
     .uses = {"training.linearised.repaired"},
     .repairs = "training.linearised.as-stated",
     .proof =
         R"(training.linearised.repaired: $Q_i$ is quadratic in $\eta$, and its coefficients stay bounded.)",
     .cases = 15},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
      const auto i = static_cast<std::size_t>(any.integer("sample", 1, s.samples()) - 1);
      RateStudy<R> study(2);
      for (const int L : {16, 32, 64, 128, 256}) {
        const Quantity<R> eta = Quantity<R>(1) / Quantity<R>(L);
        const OneStep<R> step(s, eta, i);
        study.add(L, abs(step.stepped - step.linear), step.bound(s, eta, i));
      }
      return study.judge("|u^{k+1} - y - (I - eta H)(u^k - y)|");
    });

}  // namespace
}  // namespace gronwall::verify
