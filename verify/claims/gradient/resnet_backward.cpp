#include "verify/claims/gradient/quotients.hpp"
#include "verify/claims/model/layers.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

constexpr NetworkSize small{
    .width = 3, .inputs = 2, .sigma = 2, .horizon = 2, .weight = 2, .outer = 4, .least = 0.125};
constexpr long deepest = 4;

const std::string slide = "Slide \"Why Smooth Activation?\", ResNet Backward Pass";

/// f^L at the state h of a layer from which `above` layers follow: h -> h + M phi(h).
template <Real R, class Entry>
Quantity<R> output_from(const Network<R>& f, const Entry& step, const Column<R>& h, long above) {
  const Column<R> last = layers<R>(f.phi, step, h, above).back();
  Quantity<R> sum(0);
  for (std::size_t i = 0; i < last.size(); ++i)
    sum += Quantity<R>(f.theta.v(static_cast<long>(i), 0)) * value_at<R>(f.phi, last[i]);
  return Quantity<R>(f.sigma_v) / root<R>(f.width()) * sum;
}

/// lambda^l from lambda^L = (sigma_v/sqrt n) phi'(h^L) * v by lambda^{m-1} = lambda^m + factor
/// diag(phi'(h^{m-1})) W^T lambda^m.
template <Real R>
Column<R> backward(const Network<R>& f, const std::vector<Column<R>>& h, const Quantity<R>& factor, long l) {
  Column<R> lambda;
  for (long i = 0; i < f.width(); ++i)
    lambda.push_back(Quantity<R>(f.sigma_v) / root<R>(f.width()) * Quantity<R>(f.theta.v(i, 0)) *
                     slope_at<R>(f.phi, h.back()[static_cast<std::size_t>(i)]));
  for (std::size_t m = h.size() - 1; m > static_cast<std::size_t>(l); --m) {
    const Column<R> pulled =
        multiplied<R>([&](long a, long b) { return Quantity<R>(f.theta.W(b, a)); }, lambda);
    for (std::size_t i = 0; i < lambda.size(); ++i)
      lambda[i] = summand<R>("lambda^l", lambda[i]) + factor * slope_at<R>(f.phi, h[m - 1][i]) * pulled[i];
  }
  return lambda;
}

/// df^L/dh^l_i against the recursion.
template <Real R>
Judgement judge_backward(Any<R>& any, const std::vector<std::string>& among, bool scaled_by_sigma) {
  const Network<R> f = any_network<R>(any, any.activation("phi", among), small);
  const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
  const long L = any.integer("L", 1, deepest), l = any.integer("l", 0, L - 1), above = L - l;
  const std::size_t i = static_cast<std::size_t>(any.integer("i", 1, f.width()) - 1);
  const Quantity<R> kappa = Quantity<R>(f.horizon) / Quantity<R>(static_cast<int>(L));
  const Quantity<R> s = Quantity<R>(f.sigma_w) / root<R>(f.width());
  const auto step = [&](long a, long b) { return kappa * s * Quantity<R>(f.theta.W(a, b)); };
  const std::vector<Column<R>> h = layers<R>(f.phi, step, first_layer<R>(f, x), L);
  const Column<R>& here = h[static_cast<std::size_t>(l)];

  const Slopes<R> slopes =
      slopes_from_start<R>(f, Quantity<R>(1), kappa * Quantity<R>(static_cast<int>(above)));
  const auto at = [&](const R& entry) {
    Column<R> moved = here;
    moved[i] = Quantity<R>(entry);
    return output_from<R>(f, step, moved, above);
  };
  const Quantity<R> derivative = widened<R>(quotient<R>(at, R(here[i].value()), slopes.second),
                                            slopes.second * Quantity<R>(R(here[i].error())));
  const Quantity<R> factor_of_W =
      scaled_by_sigma ? factor<R>("T/L", kappa) * factor<R>("sigma_w/sqrt n", s) : kappa;
  return equals<R>(derivative, backward<R>(f, h, factor_of_W, l)[i],
                   resolution<R>(slopes.first + abs(output_from<R>(f, step, here, above))));
}

const std::string how =
    R"(Entry $i$ of layer $\ell \le L \le 4$, by the recursion from $\lambda^L = \frac{\sigma_v}{\sqrt n}\phi'(h^L) * v$ down. On the left the derivative of
$f^L$ from its values: difference quotients in $h^\ell_i$, with a bounded remainder. Both agree within $2^{-40}$ of $|f^L|$ and a bound of the derivative
together, and their enclosures meet.)";

const auto as_stated = claim(
    {.id = "gradient.resnet-backward.as-stated",
     .kind = Kind::identity,
     .title = "The backward pass of the ResNet",
     .states =
         R"(\frac{\partial f^L}{\partial h^\ell} = \lambda^\ell \text{ for } \lambda^{\ell-1} = \lambda^\ell + \frac TL\,\mathrm{diag}(\phi'(h^{\ell-1}))\,W^\top\lambda^\ell)",
     .source = slide,
     .reading =
         R"(Of the ResNet of the slide "This Paper's Strategy", whose layers have the factor $\frac{\sigma_w}{\sqrt n}$. )" +
         how,
     .uses = {},
     .repairs = "",
     .proof = "",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement { return judge_backward<R>(any, named_by_the_paper, false); });

const auto repaired = claim(
    {.id = "gradient.resnet-backward.repaired",
     .kind = Kind::identity,
     .title = "The backward pass of the ResNet, with the factor of its layers",
     .states =
         R"(\frac{\partial f^L}{\partial h^\ell} = \lambda^\ell \text{ for } \lambda^{\ell-1} = \lambda^\ell
+ \frac TL\,\frac{\sigma_w}{\sqrt n}\,\mathrm{diag}(\phi'(h^{\ell-1}))\,W^\top\lambda^\ell)",
     .source = slide + ", with the factor of the forward pass",
     .reading = how,
     .uses = {},
     .repairs = "gradient.resnet-backward.as-stated",
     .proof =
         R"(The chain rule: $\partial h^\ell/\partial h^{\ell-1} = I + \kappa\frac{\sigma_w}{\sqrt n}W\,\mathrm{diag}(\phi'(h^{\ell-1}))$, whose transpose is
$I + \kappa\frac{\sigma_w}{\sqrt n}\mathrm{diag}(\phi'(h^{\ell-1}))W^\top$. It is the explicit Euler method on the adjoint equation, whose factor the slide does have.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement { return judge_backward<R>(any, smooth_and_lipschitz, true); });

}  // namespace
}  // namespace gronwall::verify
