#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>

#include "verify/claims/growth/bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const auto sharp = claim(
    {.id = "gradient.depth-limit.sharp",
     .kind = Kind::bound,
     .title = "Proposition 2: no better rate than 1/L",
     .states = R"(n = 1,\ \phi(x) = x,\ a = \sigma_wW \in (0, 1]:\qquad
|\partial_v f^L - \partial_v f| \ge \frac{a^2}{4L}\,|h_0| \quad (L \ge 2))",
     .source = "Slide \"Gradient Convergence: Proposition 2\": is C/L the true rate?",
     .reading =
         R"(A family on which the error is of exact order $1/L$, so that no $o(1/L)$ can hold for all networks.)",
     .uses = {"gradient.depth-limit.as-stated"},
     .repairs = "",
     .proof =
         R"($\partial_v f = e^ah_0$ and $\partial_v f^L = (1 + a/L)^Lh_0$ with $\sigma_v = \sigma_u = T = 1$. Since
$\log(1 + z) \le z - \frac{z^2}2 + \frac{z^3}3$, $(1 + a/L)^L \le e^{a - y}$ with $y = \frac{a^2}{2L}(1 - \frac{2a}{3L}) \ge
\frac{a^2}{3L}$, and $e^a(1 - e^{-y}) \ge y - \frac{y^2}2 \ge \frac78y \ge \frac{7a^2}{24L}$, since $y \le \frac{a^2}{2L} \le \frac14$.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Matrix<R> one = Matrix<R>::Constant(1, 1, R(1));
      Network<R> f{activation::find("identity"), {one, one, Matrix<R>(1, 1)}};
      f.sigma_w = any.number("a", 1.0 / 1024, 1);
      f.theta.U(0, 0) = any.number("h0", -4, 4);
      const long L = any.integer("L", 2, 256);
      const Quantity<R> a(f.sigma_w);
      const Quantity<R> floor =
          a * a / Quantity<R>(static_cast<int>(4 * L)) * abs(Quantity<R>(f.theta.U(0, 0)));
      return at_most<R>(floor, linalg::norm<R>(model::ResNet<R>(f, L).gradient(one, one).v -
                                               model::NeuralOde<R>(f).gradient(one, one).v));
    });

}  // namespace
}  // namespace gronwall::verify
