#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>

#include "verify/claims/growth/bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

const auto sharp = claim(
    {.id = "gradient.depth-limit.sharp",
     .kind = Kind::bound,
     .title = "Proposition 2: no better rate than 1/L",
     .states = R"(n = 1,\ \phi(x) = x,\ a = \sigma_wW \ge 0:\qquad
|\partial_v f^L - \partial_v f| \ge \frac{a^2}{2L}\,|h_0|)",
     .source = "Slide \"Gradient Convergence: Proposition 2\": is C/L the true rate?",
     .reading =
         R"(A family on which the error is of exact order $1/L$, so that no $o(1/L)$ can hold for all networks.)",
     .uses = {"gradient.depth-limit.as-stated"},
     .repairs = "",
     .proof =
         R"($\partial_v f = e^ah_0$ and $\partial_v f^L = (1 + a/L)^Lh_0$ with $\sigma_v = \sigma_u = T = 1$. The coefficient of $a^k$ in
$(1 + a/L)^L$ is $\binom Lk L^{-k} \le \frac1{k!}$, and for $k = 2$ it is $\frac12 - \frac1{2L}$. So the difference is at least $\frac{a^2}{2L}$, and
nearly so for small $a$.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Matrix<R> one = Matrix<R>::Constant(1, 1, R(1));
      Network<R> f{activation::find("identity"), {one, one, Matrix<R>(1, 1)}};
      f.sigma_w = any.number("a", 1.0 / 1024, 2);
      f.theta.U(0, 0) = any.number("h0", -4, 4);
      const long L = any.integer("L", 1, 256);
      const auto power = [](const Quantity<R>& base, const std::string& name, long k) {
        return real::power(base, static_cast<unsigned>(index(name, k, Shift::fewer)));
      };
      const Quantity<R> floor = power(Quantity<R>(f.sigma_w), "2 of a^2", 2) /
                                Quantity<R>(static_cast<int>(index("2 of 2 L", 2, Shift::fewer))) /
                                power(Quantity<R>(static_cast<int>(L)), "1 of L^1", 1) *
                                abs(Quantity<R>(f.theta.U(0, 0)));
      return at_most<R>(floor, linalg::norm<R>(model::ResNet<R>(f, L).gradient(one, one).v -
                                               model::NeuralOde<R>(f).gradient(one, one).v));
    });

}  // namespace
}  // namespace gronwall::verify
