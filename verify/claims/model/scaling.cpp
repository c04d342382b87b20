#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>

#include "verify/claims/gradient/quotients.hpp"
#include "verify/claims/model/layers.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

/// The slide "What is Neural ODE?" has h^{l+1} = h^l + (1/L) W phi(h^l) and h' = W phi(h) on [0, T]; from the
/// slide "Neural ODE Definition" on it is h^l = h^{l-1} + kappa (sigma_w/sqrt n) W phi(h^{l-1}), kappa = T/L.
/// Let c = T sigma_w/sqrt n: with Wtilde = c W in the first the states are the same.
namespace gronwall::verify {
namespace {

constexpr NetworkSize small{.width = 3, .inputs = 2, .sigma = 2, .horizon = 2, .weight = 2, .outer = 4};
constexpr long deepest = 6;

const std::string slides =
    R"(Slides "What is Neural ODE?", "Neural ODE Definition" and "This Paper's Strategy")";

/// c = T sigma_w/sqrt n.
template <Real R>
Quantity<R> scale(const Network<R>& f) {
  return Quantity<R>(f.horizon) * Quantity<R>(f.sigma_w) / root<R>(f.width());
}

const auto states = claim(
    {.id = "model.scaling.states.as-stated",
     .kind = Kind::identity,
     .title = "The ResNet of the first slide is that of the paper",
     .states =
         R"(\tilde W = \frac{T\sigma_w}{\sqrt n}W,\ \tilde h^0 = h^0:\qquad \tilde h^{\ell+1} = \tilde h^\ell + \frac1L\tilde W\phi(\tilde h^\ell)
\ \text{ and }\ h^\ell = h^{\ell-1} + \kappa\frac{\sigma_w}{\sqrt n}W\phi(h^{\ell-1}) \text{ have } \tilde h^\ell = h^\ell)",
     .source = slides,
     .reading =
         R"(The two slides call both "ResNet". As a statement: they are the same model under a change of parameters, which is
$W \mapsto \frac{T\sigma_w}{\sqrt n}W$. The first slide has no input and no output; here both start at $\frac{\sigma_u}{\sqrt d}Ux$. Entry $i$ of layer $\ell \le L \le 6$, within
$2^{-40}$ of a bound of the state; the left recursion is this claim's own, the right one the library's.)",
     .uses = {},
     .repairs = "",
     .proof = R"($\frac1L\tilde W = \kappa\frac{\sigma_w}{\sqrt n}W$.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
      const long L = any.integer("L", 1, deepest), l = any.integer("l", 0, L);
      const long i = any.integer("i", 1, f.width()) - 1;
      const Quantity<R> c = factor<R>("T sigma_w/sqrt n", scale<R>(f));
      const auto step = [&](long a, long b) {
        return c * Quantity<R>(f.theta.W(a, b)) / Quantity<R>(static_cast<int>(L));
      };
      const std::size_t at = static_cast<std::size_t>(l);
      const Quantity<R> first =
          layers<R>(f.phi, step, first_layer<R>(f, x), L)[at][static_cast<std::size_t>(i)];
      const Quantity<R> size = state_bound<R>(f, initial_norm<R>(f, x), f.horizon);
      return equals<R>(first, entry<R>(model::ResNet<R>(f, L).hidden(x)[at], i, 0), resolution<R>(size));
    });

/// The Neural ODE of the first slide, h' = W phi(h) from h_0, on [0, T].
template <Real R>
Network<R> first_slide(const activation::Activation& phi, const Matrix<R>& W, const R& horizon) {
  const long n = static_cast<long>(W.rows());
  using std::sqrt;
  Network<R> f{phi, {Matrix<R>::Constant(n, 1, R(0)), W, Matrix<R>::Identity(n, n)}};
  f.sigma_w = f.sigma_u = sqrt(R(static_cast<int>(n)));
  f.horizon = horizon;
  return f;
}

template <Real R>
Approximation<R> last_state(const Network<R>& f, const Matrix<R>& start) {
  return solver<R>(f).hidden(start, f.horizon);
}

const auto horizon_as_stated = claim(
    {.id = "model.scaling.horizon.as-stated",
     .kind = Kind::identity,
     .title = "The limit of the first slide's ResNet",
     .states =
         R"(h^{\ell+1} = h^\ell + \frac1LW\phi(h^\ell),\ \dot h_t = W\phi(h_t),\ h^0 = h_0:\qquad \lim_{L \to \infty}h^L = h_T)",
     .source = "Slide \"What is Neural ODE?\"",
     .reading =
         R"(The slide lets $L \to \infty$ and has $t \in [0, T]$, so that the last layer becomes the state at $T$. The step $\frac1L$ is that of Euler's method on
$[0, 1]$: the limit is $h_1$ (model.depth-limit.state with $T = 1$ and $\sigma_w = \sqrt n$), which is what stands on the left. Entry $i$, within $2^{-40}$ of a bound of the
state.)",
     .uses = {"model.depth-limit.state", "model.closed-form"},
     .repairs = "",
     .proof = "",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const activation::Activation phi = any.activation("phi", named_by_the_paper);
      const long n = any.integer("n", 1, small.width);
      const Matrix<R> W = any.matrix("W", n, n, small.weight), start = any.matrix("h0", n, 1, small.outer);
      const R T = any.number("T", 0.5, small.horizon);
      const long i = any.integer("i", 1, n) - 1;
      const Network<R> one = first_slide<R>(phi, W, R(1)), all = first_slide<R>(phi, W, T);
      const Quantity<R> initial = linalg::frobenius_norm<R>(start);
      const Quantity<R> size = state_bound<R>(one, initial, R(1)) + state_bound<R>(all, initial, T);
      return equals<R>(entry<R>(last_state<R>(one, start), i, 0), entry<R>(last_state<R>(all, start), i, 0),
                       resolution<R>(size));
    });

const auto horizon_repaired = claim(
    {.id = "model.scaling.horizon.repaired",
     .kind = Kind::bound,
     .title = "The limit of the first slide's ResNet with the step T/L",
     .states =
         R"(h^{\ell+1} = h^\ell + \frac TLW\phi(h^\ell):\qquad \|h^L - h_T\| \le \frac{T^2}{2L}\,\|W\|^2L_1\,e^{\|W\|L_1T}
\bigl(L_1\|h_0\| + |\phi(0)|\sqrt n\bigr))",
     .source = "Slide \"What is Neural ODE?\", with the step of the slide \"This Paper's Strategy\"",
     .reading =
         R"(At every depth $L \le 32$, for activations with finite $L_1$. So the limit is $h_T$, at the rate $1/L$.)",
     .uses = {"growth.lemma-17.state.repaired", "model.closed-form"},
     .repairs = "model.scaling.horizon.as-stated",
     .proof =
         R"(Euler's method with the step $\kappa = T/L$. By Lemma 17, repaired, $\|\phi(h_t)\| \le \Phi_t = e^{\|W\|L_1t}(L_1\|h_0\| + |\phi(0)|\sqrt n)$, so
$\|h''_t\| \le \|W\|L_1\cdot\|W\|\Phi_t$, and the step that ends at $t_\ell$ is off by at most $\frac{\kappa^2}2\|W\|^2L_1\Phi_{t_\ell}$. The steps after it make
that grow by $(1 + \kappa\|W\|L_1)^{L - \ell} \le e^{\|W\|L_1(T - t_\ell)}$, to $\frac{\kappa^2}2\|W\|^2L_1\Phi_T$, and there are $L$ of them. It is sharper than
model.depth-limit.state by the factor $\|W\|L_1T/(e^{\|W\|L_1T} - 1)$, and attained to first order in $1/L$ for $n = 1$, $\phi(x) = x$, $W > 0$.)",
     .cases = 200},
    []<Real R>(Any<R>& any) -> Judgement {
      const activation::Activation phi = any.activation("phi", smooth_and_lipschitz);
      const long n = any.integer("n", 1, small.width);
      const Matrix<R> W = any.matrix("W", n, n, small.weight), start = any.matrix("h0", n, 1, small.outer);
      const R T = any.number("T", 0, small.horizon);
      const long L = any.integer("L", 1, 32);
      const Network<R> f = first_slide<R>(phi, W, T);
      const Quantity<R> kappa = Quantity<R>(T) / Quantity<R>(static_cast<int>(L));
      Column<R> h;
      for (long i = 0; i < n; ++i) h.push_back(Quantity<R>(start(i, 0)));
      const auto step = [&](long a, long b) { return kappa * Quantity<R>(W(a, b)); };
      h = layers<R>(phi, step, h, L).back();
      const Approximation<R> end = last_state<R>(f, start);
      Quantity<R> squares(0);
      for (long i = 0; i < n; ++i) {
        const Quantity<R> apart = h[static_cast<std::size_t>(i)] - entry<R>(end, i, 0);
        squares += apart * apart;
      }
      const Quantity<R> L1 = lipschitz<R>(f), norm = linalg::spectral_norm<R>(W);
      const Quantity<R> drive = summand<R>("L1 |h_0|", L1 * linalg::frobenius_norm<R>(start)) +
                                rough_summand<R>("|phi(0)| sqrt n", norm_at_zero<R>(f));
      return at_most<R>(sqrt(squares), fraction<R>("T^2/(2L)", Quantity<R>(T) * kappa / Quantity<R>(2)) *
                                           factor<R>("|W|^2", norm * norm) * L1 *
                                           exp(exponent<R>("|W| L1 T", norm * L1 * Quantity<R>(T))) * drive);
    });

/// (W - eta r df/dW)_ik of the ResNet of depth L: one step of gradient descent on (f(x) - y)^2/2, r = f(x) -
/// y.
template <Real R>
Quantity<R> stepped(const Network<R>& f, const Matrix<R>& x, long L, const Quantity<R>& eta, const R& r,
                    long i, long k) {
  return Quantity<R>(f.theta.W(i, k)) -
         eta * entry<R>(model::ResNet<R>(f, L).gradient(x, Matrix<R>::Constant(1, 1, r)).W, i, k);
}

/// Wtilde after a step of size eta c^(2p) in the first model, against c W after a step of size eta in the
/// second.
template <Real R>
Judgement judge_training(Any<R>& any, const std::vector<std::string>& among, bool adapted) {
  NetworkSize moving = small;
  moving.least = 0.125;
  const Network<R> f = any_network<R>(any, any.activation("phi", among), moving);
  const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
  const long L = any.integer("L", 1, deepest);
  const R eta = any.number("eta", 1.0 / 1024, 1), r = any.number("r", -2, 2);
  const long i = any.integer("i", 1, f.width()) - 1, k = any.integer("k", 1, f.width()) - 1;
  const Quantity<R> c = scale<R>(f);
  Network<R> first = f;
  first.theta.W *= R(c.value());
  using std::sqrt;
  first.sigma_w = sqrt(R(static_cast<int>(f.width())));
  first.horizon = R(1);
  const Quantity<R> step =
      adapted ? Quantity<R>(eta) * factor<R>("(T sigma_w)^2/n", c * c) : Quantity<R>(eta);
  const Quantity<R> lhs = stepped<R>(first, x, L, step, r, i, k);
  const Quantity<R> rhs = c * stepped<R>(f, x, L, Quantity<R>(eta), r, i, k);
  return equals<R>(lhs, rhs, resolution<R>(abs(lhs) + abs(rhs)));
}

const auto training_as_stated = claim(
    {.id = "model.scaling.training.as-stated",
     .kind = Kind::identity,
     .title = "Gradient descent does not see which of the two ResNets it trains",
     .states =
         R"(\tilde W = \frac{T\sigma_w}{\sqrt n}W \implies \tilde W - \eta\,\partial_{\tilde W}\ell = \frac{T\sigma_w}{\sqrt n}\,(W - \eta\,\partial_W\ell))",
     .source = slides + "; slide \"Gradients of the loss\", gradient descent",
     .reading =
         R"(If the two are the same model under $\tilde W = \frac{T\sigma_w}{\sqrt n}W$, training the one is training the other: corresponding parameters stay
so after a step of gradient descent of the same size on $\ell = \frac12(f^L(x) - y)^2$, $f^L(x) - y = r$. Both read out as on the slide "This Paper's Strategy". Entry
$(i, k)$ of $W$, within $2^{-40}$ of both sides.)",
     .uses = {"model.scaling.states.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement { return judge_training<R>(any, named_by_the_paper, false); });

const auto training_repaired = claim(
    {.id = "model.scaling.training.repaired",
     .kind = Kind::identity,
     .title = "Gradient descent on the two ResNets, with the step size that W needs",
     .states =
         R"(\tilde W = \frac{T\sigma_w}{\sqrt n}W \implies \tilde W - \eta\,\frac{(T\sigma_w)^2}{n}\,\partial_{\tilde W}\ell
= \frac{T\sigma_w}{\sqrt n}\,(W - \eta\,\partial_W\ell))",
     .source = slides + "; slide \"Gradients of the loss\", gradient descent",
     .reading =
         R"(As stated, but with $\frac{(T\sigma_w)^2}n$ times the step for $\tilde W$ ($v$ and $U$ keep theirs).)",
     .uses = {"model.scaling.states.as-stated"},
     .repairs = "model.scaling.training.as-stated",
     .proof =
         R"(With $c = \frac{T\sigma_w}{\sqrt n}$ the chain rule gives $\partial_W\ell = c\,\partial_{\tilde W}\ell$, so $c(W - \eta\,\partial_W\ell) = \tilde W -
\eta c^2\,\partial_{\tilde W}\ell$. In the same way the part $K^W$ of the tangent kernel of the second is $c^2$ times that of the first: at width $n$ it is
of another order, and $\eta$ with it.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement { return judge_training<R>(any, smooth_and_lipschitz, true); });

}  // namespace
}  // namespace gronwall::verify
