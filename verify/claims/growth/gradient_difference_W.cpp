#include "verify/claims/growth/gradient_difference_bounds.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\": the gradient in W at two tuples";

/// q known within an error more.
template <Real R>
Quantity<R> widened(const Quantity<R>& q, const Quantity<R>& error) {
  return Quantity<R>(q.value(), R(q.error() + error.value() + error.error()));
}

/// How fast g of `norms_integral` may change, on all of [0, T], in the notation of
/// gradient_difference_bounds.hpp and with Lambda = e^{a L1 T} B, Phi = e^{abar L1 T} A, both D and Delta_0
/// being bounds at all times:
///   | ||h - hbar||' | <= a L1 D + s ||W - Wbar|| Phi,   | ||hbar||' | <= abar Phi,   | ||lambda||' | <= a L1
///   Lambda, | ||lambda - lambdabar||' | <= abar L1 Delta_0 + s Lambda (L1 ||W - Wbar|| + L2 D max_i ||W
///   e_i||).
template <Real R>
Quantity<R> norms_speed(const Pair<R>& pair, const Matrix<R>& x) {
  const Network<R>&f = pair.f, &bar = pair.bar;
  const Quantity<R> a = f.growth(), a_bar = bar.growth(), L1 = lipschitz<R>(f),
                    weights = pair.weights_apart();
  const Quantity<R> s = Quantity<R>(f.sigma_w) / root<R>(f.width());
  const Quantity<R> D = state_difference_bound<R>(pair, x, f.horizon), Lambda = adjoint_bound<R>(f, R(0));
  const Quantity<R> Phi = activation_bound<R>(bar, initial_norm<R>(bar, x), f.horizon);
  const Quantity<R> H = state_bound<R>(bar, initial_norm<R>(bar, x), f.horizon);
  const Quantity<R> Delta = DifferenceBounds<R>(pair, x).adjoint();
  const Quantity<R> bent = L1 * weights + derivative_lipschitz<R>(f) * D * largest_column<R>(f.theta.W);
  return (a * L1 * D + s * weights * Phi) * Lambda + D * a * L1 * Lambda + a_bar * Phi * Delta +
         H * (a_bar * L1 * Delta + s * Lambda * bent);
}

/// int_0^T g dt, g = ||h - hbar|| ||lambda|| + ||hbar|| ||lambda - lambdabar||, by the trapezoidal rule. On a
/// cell of length c a function that changes no faster than q is within q c^2/4 of it. Nothing is off where
/// nothing moves.
template <Real R>
Quantity<R> norms_integral(const Pair<R>& pair, const Matrix<R>& x) {
  constexpr int cells = 16;
  std::vector<R> up, down;
  for (int k = 0; k <= cells; ++k) up.push_back(R(pair.f.horizon * real::ratio<R>(k, cells)));
  down.assign(up.rbegin(), up.rend());
  const model::NeuralOde<R> f(pair.f), bar(pair.bar);
  const std::vector<linalg::Approximation<R>> h = f.hidden(x, up), h_bar = bar.hidden(x, up),
                                              lambda = f.adjoint(x, down), lambda_bar = bar.adjoint(x, down);
  Quantity<R> sum(0);
  for (std::size_t k = 0; k <= cells; ++k) {
    const std::size_t back = cells - k;
    const Quantity<R> g = linalg::norm<R>(h[k] - h_bar[k]) * linalg::norm<R>(lambda[back]) +
                          linalg::norm<R>(h_bar[k]) * linalg::norm<R>(lambda[back] - lambda_bar[back]);
    sum += k == 0 || k == cells ? g / Quantity<R>(2) : g;
  }
  const Quantity<R> T(pair.f.horizon), cell = T / Quantity<R>(cells);
  return widened<R>(cell * sum, norms_speed<R>(pair, x) * T * cell / Quantity<R>(4));
}

const auto step = claim(
    {.id = "growth.gradient-difference-W.step.as-stated",
     .kind = Kind::bound,
     .title = "Difference of the gradients in W, the integral of norms",
     .states =
         R"(\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\| \le \frac{\sigma}{\sqrt n}
\int_0^T\bigl(\|h_t - \bar h_t\|\|\lambda_t\| + \|\bar h_t\|\|\lambda_t - \bar\lambda_t\|\bigr)dt)",
     .source = slide,
     .reading =
         R"(For any two parameter tuples and any $x$; $\sigma_v = \sigma_u/\sqrt d = 1$, $\sigma_w = \sigma$, $L_1 = 1$, the activations that the slides name;
the spectral norm of the left side. The integral of norms is enclosed, coarsely where much moves: such inputs stay undecided.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof = "",
     .cases = 120},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_stated_pair<R>(any, curved, 4);
      return at_most<R>(linalg::spectral_norm<R>(gradient_difference<R>(pair, x).W),
                        Quantity<R>(pair.f.sigma_w) / root<R>(pair.f.width()) * norms_integral<R>(pair, x));
    });

/// phi(h), entry by entry, from h with its error.
template <Real R>
linalg::Approximation<R> activated(const Network<R>& f, const linalg::Approximation<R>& h) {
  linalg::Approximation<R> out;
  f.phi.template in<R>().value(h.value, out.value);
  const Quantity<R> moved = lipschitz<R>(f) * Quantity<R>(h.error);
  out.error = R(moved.value() + moved.error());
  if constexpr (real::Floating<R>)
    out.error += R(16) * real::Backend<R>::unit_roundoff() * linalg::frobenius_norm<R>(out.value).value();
  return out;
}

/// a b^T for columns a and b, with the errors of both and 2u for the products.
template <Real R>
linalg::Approximation<R> outer(const linalg::Approximation<R>& a, const linalg::Approximation<R>& b) {
  linalg::Approximation<R> out;
  out.value.resize(a.rows(), b.rows());
  for (Eigen::Index j = 0; j < b.rows(); ++j)
    for (Eigen::Index i = 0; i < a.rows(); ++i) out.value(i, j) = a.value(i, 0) * b.value(j, 0);
  const Quantity<R> of_a = linalg::frobenius_norm<R>(a.value), of_b = linalg::frobenius_norm<R>(b.value);
  const Quantity<R> off = Quantity<R>(a.error) * (of_b + Quantity<R>(b.error)) + Quantity<R>(b.error) * of_a;
  out.error = R(off.value() + off.error());
  if constexpr (real::Floating<R>)
    out.error += R(2) * real::Backend<R>::unit_roundoff() * (of_a.value() * of_b.value());
  return out;
}

const auto step_repaired = claim(
    {.id = "growth.gradient-difference-W.step.repaired",
     .kind = Kind::bound,
     .title = "Difference of the gradients in W, the integral of norms, repaired",
     .states = R"(\|\phi(h_t) \otimes \lambda_t - \phi(\bar h_t) \otimes \bar\lambda_t\|_F \le
L_1\|h_t - \bar h_t\|\|\lambda_t\| + \|\phi(\bar h_t)\|\|\lambda_t - \bar\lambda_t\| \text{ for all } t, \text{ hence }
\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\|_F \le \frac{\sigma_w}{\sqrt n}
\int_0^T\bigl(L_1\|h_t - \bar h_t\|\|\lambda_t\| + \|\phi(\bar h_t)\|\|\lambda_t - \bar\lambda_t\|\bigr)dt)",
     .source = slide + R"(, with $\|\phi(\bar h_t)\|$ in place of $\|\bar h_t\|$)",
     .reading =
         R"(For any two parameter tuples, $x$, all scales $\ge 0$ and every activation with finite $L_1$. Judged between the integrands, at any $t$.)",
     .uses = {"model.closed-form"},
     .repairs = "growth.gradient-difference-W.step.as-stated",
     .proof =
         R"($\phi(h) \otimes \lambda - \phi(\bar h) \otimes \bar\lambda = (\phi(h) - \phi(\bar h)) \otimes \lambda + \phi(\bar h) \otimes (\lambda - \bar\lambda)$, both of rank
one, and $\|\phi(h) - \phi(\bar h)\| \le L_1\|h - \bar h\|$; integrate. With $\phi(0) = 0$, $L_1 \le 1$ the step of the slide follows.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_repaired_pair<R>(any, true);
      const R t = any_time<R>(any, "t", pair.f.horizon);
      const model::NeuralOde<R> f(pair.f), bar(pair.bar);
      const linalg::Approximation<R> h = f.hidden(x, t), h_bar = bar.hidden(x, t), lambda = f.adjoint(x, t),
                                     lambda_bar = bar.adjoint(x, t), active = activated<R>(pair.f, h),
                                     active_bar = activated<R>(pair.f, h_bar);
      const Quantity<R> moved = lipschitz<R>(pair.f) * linalg::norm<R>(h - h_bar) * linalg::norm<R>(lambda);
      const Quantity<R> turned = linalg::norm<R>(active_bar) * linalg::norm<R>(lambda - lambda_bar);
      return at_most<R>(linalg::norm<R>(outer<R>(lambda, active) - outer<R>(lambda_bar, active_bar)),
                        summand<R>("L1 |h - hbar| |lambda|", moved) +
                            summand<R>("|phi(hbar)| |lambda - lambdabar|", turned));
    });

const auto closed = claim(
    {.id = "growth.gradient-difference-W.closed.as-stated",
     .kind = Kind::bound,
     .title = "Difference of the gradients in W, in closed form",
     .states = R"(\|v\|, \|W\|, \|U\| \le C\sqrt n \implies
\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\| \le C\frac{\sigma}{\sqrt n}
\int_0^T\|\theta - \bar\theta\|e^{C\sigma t}\|x\| \cdot e^{C\sigma(T - t)}dt =
(\sigma T)\frac{C}{\sqrt n}\|\theta - \bar\theta\|e^{C\sigma T}\|x\|)",
     .source = slide,
     .reading =
         R"(As written: one $C$, that of the induction hypothesis, the least one $\ge 1$ that serves both tuples. The integrand does not depend on $t$, so that
the last step is an equality. $\|\theta\|^2 = \|v\|^2 + \|W\|_F^2 + \|U\|_F^2$. Otherwise as for the step before.)",
     .uses = {"growth.gradient-difference-W.step.as-stated", "growth.lemma-17.state.as-stated",
              "growth.lemma-17.adjoint.as-stated", "growth.lemma-18.state.as-stated",
              "growth.lemma-18.adjoint.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 200},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_stated_pair<R>(any, curved, 4);
      return at_most<R>(linalg::spectral_norm<R>(gradient_difference<R>(pair, x).W),
                        scaled_time<R>(pair.f) * closed_difference<R>(pair, x));
    });

const auto repaired = claim(
    {.id = "growth.gradient-difference-W.repaired",
     .kind = Kind::bound,
     .title = "Difference of the gradients in W, repaired",
     .states = R"(\Bigl\|\frac{\partial f}{\partial W} - \frac{\partial\bar f}{\partial W}\Bigr\|_F \le
sTe^{L_1T\max(a, \bar a)}\Bigl[L_1B\|h_0 - \bar h_0\| + AF + sTAB\bigl(L_1\|W - \bar W\| + \tfrac12L_2D_T\max_i\|We_i\|\bigr)\Bigr],
\quad s = \frac{\sigma_w}{\sqrt n},\ A = L_1\|\bar h_0\| + |\phi(0)|\sqrt n,\ B = \frac{\sigma_v}{\sqrt n}L_1\|v\|,\
F = \frac{\sigma_v}{\sqrt n}\bigl(L_1\|v - \bar v\| + L_2D_T\max_i|v_i|\bigr))",
     .source = slide + ", with any scales, L1, L2 and phi(0)",
     .reading =
         R"(For any two parameter tuples, $x$, all scales $\ge 0$ and every activation with finite $L_1 > 0$ and $L_2$; $D_T$ as in
growth.gradient-difference-v.repaired.)",
     .uses = {"growth.gradient-difference-W.step.repaired", "growth.gradient-difference-U.repaired",
              "growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired",
              "growth.lemma-18.state.repaired-general"},
     .repairs = "growth.gradient-difference-W.closed.as-stated",
     .proof =
         R"(In the repaired step, with $l = L_1\max(a, \bar a)$: $\|h_t - \bar h_t\|\|\lambda_t\| \le e^{lt}(\|h_0 - \bar h_0\| + st\|W - \bar W\|A) \cdot
e^{l(T - t)}B$ and $\|\phi(\bar h_t)\|\|\lambda_t - \bar\lambda_t\| \le e^{lt}A \cdot e^{l(T - t)}[F + s(T - t)B(L_1\|W - \bar W\| + L_2D_T\max_i\|We_i\|)]$
(the proof of growth.gradient-difference-U.repaired, from $t$ on): each product has the one exponential $e^{lT}$. Integrate $t$ and $T - t$. Attained:
$n = 1$, $\phi(x) = c + x$, $v \ne \bar v$ or $U \ne \bar U$.)",
     .cases = 80},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto [pair, x] = any_repaired_pair<R>(any, true);
      return at_most<R>(linalg::norm<R>(gradient_difference<R>(pair, x).W), DifferenceBounds<R>(pair, x).W());
    });

}  // namespace
}  // namespace gronwall::verify
