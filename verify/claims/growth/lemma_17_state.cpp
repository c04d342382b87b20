#include <gronwall/model/neural_ode.hpp>

#include "verify/claims/growth/bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const auto as_stated = claim(
    {.id = "growth.lemma-17.state.as-stated",
     .kind = Kind::bound,
     .title = "Lemma 17: growth of the state",
     .states = R"(\|h_t\| \le \|U\|\,\|x\|\,\exp\Bigl(\frac{\sigma t}{\sqrt n}\|W\|\Bigr))",
     .source = "Slide \"Lemma 17\", (4)",
     .reading = R"(For every $\theta$, $x$ and $t \in [0, T]$, with the normalisation of the slide "Closed":
$\sigma_v = \sigma_u/\sqrt d = 1$, $\sigma_w = \sigma$, $L_1 = 1$. Matrix norms are spectral. The activations are those that
the slide "Conclusion" names.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof = "",
     .cases = 200},
    []<Real R>(Any<R>& any) -> Judgement {
      const auto phi = any.activation("phi", named_by_the_paper);
      any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
      const Network<R> f = any_normalised_network<R>(any, phi);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      const Quantity<R> size = linalg::spectral_norm<R>(f.theta.U) * linalg::frobenius_norm<R>(x);
      return at_most<R>(linalg::norm<R>(model::NeuralOde<R>(f).hidden(x, t)),
                        size * exp(f.growth() * Quantity<R>(t)));
    });

const auto repaired = claim(
    {.id = "growth.lemma-17.state.repaired",
     .kind = Kind::bound,
     .title = "Lemma 17, repaired: growth of the state",
     .states = R"(\|h_t\| \le e^{a L_1 t}\|h_0\| + \frac{|\phi(0)|\sqrt n}{L_1}\bigl(e^{a L_1 t} - 1\bigr),
\qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
     .source = R"(Slide "Lemma 17", (4), with any $L_1$ and any $\phi(0)$)",
     .reading =
         R"(For every $\theta$, $x$, all scales $\sigma_v, \sigma_w, \sigma_u$, $t \in [0, T]$ and every activation with
finite $L_1 > 0$.)",
     .uses = {"model.closed-form"},
     .repairs = "growth.lemma-17.state.as-stated",
     .proof =
         R"($|\phi(z)| \le |\phi(0)| + L_1 |z|$ in each coordinate, so $\|\phi(h)\| \le |\phi(0)|\sqrt n + L_1\|h\|$ and
$\frac{d}{dt}\|h_t\| \le a\,(|\phi(0)|\sqrt n + L_1\|h_t\|)$. Grönwall's inequality for $y' \le a L_1 y + a|\phi(0)|\sqrt n$ gives
the bound. With $\phi(0) = 0$ and $L_1 = 1$ it is (4), since $\|h_0\| \le \|U\|\|x\|$.)",
     .cases = 200},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_or_affine));
      const Matrix<R> x = any_input<R>(any, "x", f.inputs());
      const R t = any_time<R>(any, "t", f.horizon);
      return at_most<R>(linalg::norm<R>(model::NeuralOde<R>(f).hidden(x, t)),
                        state_bound<R>(f, initial_norm<R>(f, x), t, Role::stated));
    });

}  // namespace
}  // namespace gronwall::verify
