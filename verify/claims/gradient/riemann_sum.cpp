#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>
#include <gronwall/ode/certified.hpp>

#include "verify/claims/gradient/euler_bounds.hpp"
#include "verify/claims/gradient/quotients.hpp"
#include "verify/claims/model/layers.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const std::vector<long> depths = {32, 64, 128, 256, 512};
constexpr NetworkSize moderate{
    .width = 4, .inputs = 2, .sigma = 1, .horizon = 1, .weight = 2, .outer = 4, .least = 0.125};

const std::string slide = "Slide \"Why Smooth Activation?\", the sum becomes an integral";

/// int_0^T phi'(h_{t,i}) dt.
///
/// Enclosed: neuron i gets a double that nobody listens to but a last neuron, with weight 1. With M =
/// (sigma_w/sqrt n) W, the adjoint p' = -diag(phi'(h)) M'^T p of the larger field that ends with 1 at the
/// last neuron and 0 elsewhere stays 1 there (nobody listens to it), and at the double p' = -phi'(h_i), so
/// that it starts with the integral.
///
/// In floating point: Simpson's rule on 256 cells, with the difference to that on 128 as its error.
template <Real R>
Quantity<R> integral_of_slope(const Network<R>& f, const Matrix<R>& x, long i) {
  if constexpr (real::Enclosing<R>) {
    const long n = f.width();
    const Approximation<R> start = model::initial_state_with_error<R>(f, x);
    Matrix<R> M = Matrix<R>::Constant(n + 2, n + 2, R(0)), h = Matrix<R>::Constant(n + 2, 1, R(0)), end = h;
    for (long a = 0; a < n; ++a) {
      h(a, 0) = start.value(a, 0);
      for (long b = 0; b < n; ++b) M(a, b) = f.hidden_scale() * f.theta.W(a, b);
      M(n, a) = f.hidden_scale() * f.theta.W(i, a);
    }
    h(n, 0) = start.value(i, 0);
    M(n + 1, n) = R(1);
    end(n + 1, 0) = R(1);
    // The double starts where i does: each entry moves by the error at most, so the norm by twice that.
    const ode::CertifiedSolution forward({f.phi, M, R(1)}, {h, R(2) * start.error}, f.horizon);
    const ode::CertifiedAdjoint p(forward, linalg::exact<R>(end), false);
    return entry<R>(p.at(R(0)), n, 0);
  } else {
    constexpr int cells = 256;
    std::vector<R> times;
    for (int k = 0; k <= cells; ++k) times.push_back(R(f.horizon * R(k) / R(cells)));
    const std::vector<Approximation<R>> h = solver<R>(f).hidden(x, times);
    const auto simpson = [&](std::size_t stride) {
      Quantity<R> sum(0);
      for (std::size_t k = 0; k < h.size(); k += stride) {
        const bool at_end = k == 0 || k + 1 == h.size();
        sum += Quantity<R>(at_end                ? 1
                           : k / stride % 2 == 1 ? 4
                                                 : 2) *
               slope_at<R>(f.phi, entry<R>(h[k], i, 0));
      }
      return sum * Quantity<R>(f.horizon) / Quantity<R>(3 * cells / static_cast<int>(stride));
    };
    const Quantity<R> fine = simpson(1);
    return widened<R>(fine, abs(fine - simpson(2)));
  }
}

/// sum_{l=1}^L (T/L) phi'(h^l_i).
template <Real R>
Quantity<R> sum_of_slopes(const Network<R>& f, const Matrix<R>& x, long L, long i) {
  const std::vector<Approximation<R>> h = model::ResNet<R>(f, L).hidden(x);
  Quantity<R> sum(0);
  for (std::size_t l = 1; l < h.size(); ++l) sum += slope_at<R>(f.phi, entry<R>(h[l], i, 0));
  return sum * Quantity<R>(f.horizon) / Quantity<R>(static_cast<int>(L));
}

const auto as_stated = claim(
    {.id = "gradient.riemann-sum.as-stated",
     .kind = Kind::rate,
     .title = "The sum over layers becomes an integral over time",
     .states =
         R"(\sum_{\ell=1}^L\frac TL\,\phi'(h^\ell) \longrightarrow \int_0^T\phi'(h_t)\,dt \qquad (L \to \infty))",
     .source = slide,
     .reading =
         R"(For each neuron $i$, with $h^\ell$ the ResNet of depth $L$ and $h_t$ the Neural ODE. The slide states no rate; what is tested is the order,
at least 1 in $1/L$ over $L = 32, \dots, 512$. In balls the integral is enclosed, as the adjoint of a larger network.)",
     .uses = {"model.depth-limit.state"},
     .repairs = "",
     .proof = "",
     .cases = 30},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), moderate);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
      const long i = any.integer("i", 1, f.width()) - 1;
      const Quantity<R> integral = integral_of_slope<R>(f, x, i);
      RateStudy<R> study(1);
      for (const long L : depths) study.add(L, abs(sum_of_slopes<R>(f, x, L, i) - integral));
      return study.judge("|sum - integral|");
    });

const auto constant = claim(
    {.id = "gradient.riemann-sum.constant",
     .kind = Kind::bound,
     .title = "The sum over layers and the integral over time: an explicit constant",
     .states =
         R"(\Bigl|\sum_{\ell=1}^L\frac TL\,\phi'(h^\ell_i) - \int_0^T\phi'(h_{t,i})\,dt\Bigr| \le
\frac{T^2}{2L}\,L_2\,a\,e^{aL_1T}\Bigl(1 + \frac{L + 1}{2L}aL_1T\Bigr)\bigl(L_1\|h_0\| + |\phi(0)|\sqrt n\bigr),
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
     .source = slide + ", with an explicit constant",
     .reading = R"(For each neuron, at every depth $L \le 64$, for activations with finite $L_1$ and $L_2$.)",
     .uses = {"model.scaling.horizon.repaired", "growth.lemma-17.state.repaired"},
     .repairs = "",
     .proof =
         R"(With $\Phi_t = e^{aL_1t}(L_1\|h_0\| + |\phi(0)|\sqrt n) \ge \|\phi(h_t)\|$, $\kappa = T/L$ and $t_\ell = \ell\kappa$: $\|h'_t\| \le a\Phi_t$ and
$\|h^\ell - h_{t_\ell}\| \le \frac{\kappa t_\ell}2a^2L_1\Phi_{t_\ell}$ (model.scaling.horizon.repaired). For $t$ in the step before $t_\ell$,
$|\phi'(h^\ell_i) - \phi'(h_{t,i})| \le L_2\bigl[\frac{\kappa t_\ell}2a^2L_1\Phi_T + (t_\ell - t)a\Phi_T\bigr]$. Over all steps the integral of the first is
$\frac\kappa2a^2L_1\Phi_T\sum\kappa t_\ell$ with $\sum\kappa t_\ell = \frac{T^2}2(1 + \frac1L)$, that of the second $\frac{\kappa T}2a\Phi_T$. Nearly attained for
$n = 1$, $h_0 = 0$, $\phi(x) = e^{-x^2/2}$ or $\cos x$, and small $aT$.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_or_affine), moderate);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
      const long i = any.integer("i", 1, f.width()) - 1;
      const long L = any.integer("L", 1, 64);
      const Quantity<R> T(f.horizon), L1 = lipschitz<R>(f), l = f.growth() * L1;
      const Quantity<R> steps = T * T / Quantity<R>(static_cast<int>(2 * L));
      const Quantity<R> lag =
          l * T * Quantity<R>(static_cast<int>(L + 1)) / Quantity<R>(static_cast<int>(2 * L));
      const Quantity<R> drive =
          L1 * initial_norm<R>(f, x) + summand<R>("|phi(0)| sqrt n", norm_at_zero<R>(f));
      return at_most<R>(abs(sum_of_slopes<R>(f, x, L, i) - integral_of_slope<R>(f, x, i)),
                        fraction<R>("T^2/(2L)", steps) * fraction<R>("L2", derivative_lipschitz<R>(f)) *
                            fraction<R>("a", f.growth()) * exp(l * T) * (Quantity<R>(1) + lag) * drive);
    });

const auto sharp = claim(
    {.id = "gradient.riemann-sum.sharp",
     .kind = Kind::bound,
     .title = "The sum over layers and the integral over time: no better rate than 1/L",
     .states =
         R"(n = 1,\ \phi = \mathrm{softplus},\ h_0 = 0,\ \sigma_wW = -a \in [-1, 0),\ T = 1:\qquad
\Bigl|\sum_{\ell=1}^L\frac1L\,\phi'(h^\ell) - \int_0^1\phi'(h_t)\,dt\Bigr| \ge \frac{a}{24L})",
     .source = slide + ": is 1/L the true rate?",
     .reading =
         R"(A family on which the error is of exact order $1/L$, so that no $o(1/L)$ can hold for all networks.)",
     .uses = {"gradient.riemann-sum.as-stated"},
     .repairs = "",
     .proof =
         R"($h$ falls and is convex ($\dot h = -a\phi < 0$, $\ddot h = a^2\phi'\phi > 0$), and a step $z \mapsto z - \frac aL\phi(z)$ is increasing, so that Euler's
method stays below: $h^\ell \le h_{\ell/L}$. As $\phi'$ is increasing, $\frac1L\phi'(h^\ell) \le \frac1L\phi'(h_{\ell/L})$, and the integral over a step exceeds that by
$\int(\phi'(h_t) - \phi'(h_{\ell/L}))dt \ge \frac1{2L^2}\min\phi''(h)\,a\,\phi(h)$. Since $|h'| \le \phi(0) = \log 2 < 0.7$, $h \in [-0.7, 0]$, where
$\phi'' \ge \phi''(0.7) > 0.22$ and $\phi \ge \phi(-0.7) > 0.4$. Altogether more than $\frac{0.088a}{2L} > \frac a{24L}$.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Matrix<R> one = Matrix<R>::Constant(1, 1, R(1));
      Network<R> f{activation::find("softplus"), {one, one, Matrix<R>::Constant(1, 1, R(0))}};
      const R a = any.number("a", 1.0 / 1024, 1);
      f.theta.W(0, 0) = -a;
      const long L = any.integer("L", 1, 128);
      return at_most<R>(Quantity<R>(a) / Quantity<R>(static_cast<int>(24 * L)),
                        abs(sum_of_slopes<R>(f, one, L, 0) - integral_of_slope<R>(f, one, 0)));
    });

}  // namespace
}  // namespace gronwall::verify
