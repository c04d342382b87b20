#include <gronwall/model/resnet.hpp>

#include "verify/claims/gradient/quotients.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

/// One-sided difference quotients of f in an entry of U: where they stay apart, there is no derivative.
namespace gronwall::verify {
namespace {

constexpr NetworkSize small{.width = 3, .inputs = 2, .sigma = 2, .horizon = 2, .weight = 1, .outer = 4};

const std::string slide = R"(Slide "Why Smooth Activation?": gradient computation requires $\phi'(h_t)$)";

/// (g(e) - g(0))/e - (g(0) - g(-e))/e for g(s) = at(centre + s).
template <Real R, class At>
Quantity<R> jump(const At& at, const R& centre, const R& e) {
  const R above(centre + e), below(centre - e);
  const Quantity<R> here = at(centre);
  return (at(above) - here) / (Quantity<R>(above) - Quantity<R>(centre)) -
         (here - at(below)) / (Quantity<R>(centre) - Quantity<R>(below));
}

const auto relu = claim(
    {.id = "gradient.smoothness.as-stated",
     .kind = Kind::identity,
     .title = "With ReLU the gradient need not exist",
     .states = R"(\phi = \max(0, \cdot),\ n = d = 1,\ U = 0,\ W \ge 0:\qquad
\frac{f^L(U + \varepsilon) - f^L(U)}\varepsilon - \frac{f^L(U) - f^L(U - \varepsilon)}\varepsilon = \sigma_v\sigma_u\,v\,|x|\,(1 + \kappa\sigma_wW)^L \ne 0
\ \text{ for every } \varepsilon > 0)",
     .source = slide,
     .reading =
         R"(The slide's title says that the activation has to be smooth. Without that, the quotients from the right and from the left stay apart by a number
that does not depend on $\varepsilon$, so that $\partial f/\partial U$ does not exist at $U = 0$: the state is $0$ at all times, which is where $\phi'$ jumps. For
$\sigma_v, \sigma_u, v, |x| \ge \frac18$ and every depth $L \le 64$ ($L \to \infty$ gives $e^{\sigma_wWT}$ for the Neural ODE); the two sides agree, and the right
one is not 0.)",
     .uses = {},
     .repairs = "",
     .proof =
         R"(From $h^0 = \frac{\sigma_u}{\sqrt d}\varepsilon x > 0$ on each layer multiplies the state by $1 + \kappa\sigma_wW$; from $h^0 \le 0$ on it stays, and $f^L = 0$.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      Network<R> f{activation::find("relu"),
                   {Matrix<R>(1, 1), Matrix<R>(1, 1), Matrix<R>::Constant(1, 1, R(0))}};
      f.theta.W(0, 0) = any.number("W", 0, 2);
      f.theta.v(0, 0) = any.number("v", 0.125, 4);
      f.sigma_w = any.number("sigma", 0, 2);
      f.horizon = any.number("T", 0, 2);
      f.sigma_v = any.number("sigma_v", 0.125, 2);
      f.sigma_u = any.number("sigma_u", 0.125, 2);
      const R size = any.number("|x|", 0.125, 2);
      const bool negative = any.one_of("sign of x", {"+", "-"}) == "-";
      const Matrix<R> x = Matrix<R>::Constant(1, 1, negative ? R(-size) : size);
      const long L = any.integer("L", 1, 64), k = any.integer("log2(1/eps)", 0, 20);
      const R e = real::power<R>(real::ratio<R>(1, 2), static_cast<unsigned>(k));
      const auto at = [&](const R& U) {
        Network<R> moved = f;
        moved.theta.U(0, 0) = U;
        return entry<R>(model::ResNet<R>(moved, L).output(x), 0, 0);
      };
      const Quantity<R> grown = Quantity<R>(1) + Quantity<R>(f.horizon) * Quantity<R>(f.sigma_w) *
                                                     Quantity<R>(f.theta.W(0, 0)) /
                                                     Quantity<R>(static_cast<int>(L));
      Quantity<R> apart = factor<R>("sigma_v", Quantity<R>(f.sigma_v)) *
                          factor<R>("sigma_u", Quantity<R>(f.sigma_u)) *
                          factor<R>("v", Quantity<R>(f.theta.v(0, 0))) * factor<R>("|x|", Quantity<R>(size));
      const long layers = index("L", L);
      for (long l = 0; l < layers; ++l) apart *= grown;
      const Judgement same = equals<R>(jump<R>(at, R(0), e), apart, resolution<R>(apart));
      return positive<R>(apart) && same;
    });

const auto smooth = claim(
    {.id = "gradient.smoothness.smooth",
     .kind = Kind::bound,
     .title = "With a smooth activation both sides agree",
     .states =
         R"(\Bigl|\frac{f(U + \varepsilon E_{ij}) - f(U)}\varepsilon - \frac{f(U) - f(U - \varepsilon E_{ij})}\varepsilon\Bigr| \le \varepsilon\,
\frac{\sigma_v\|v\|}{\sqrt n}\,L_2\Bigl(\frac{\sigma_u|x_j|}{\sqrt d}\Bigr)^2(1 + aL_1T)\,e^{2aL_1T}, \qquad a = \frac{\sigma_w\|W\|}{\sqrt n})",
     .source = slide,
     .reading =
         R"(The counterpart of gradient.smoothness.as-stated for the Neural ODE with finite $L_1$, $L_2$, at any $\theta$ ($U = 0$ too) and in each entry of $U$:
for $\varepsilon = 1, \frac12, \dots, 2^{-20}$ the quotients from the right and from the left approach each other at the rate $\varepsilon$.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof =
         R"(The left side is the integral $\frac1\varepsilon\int_0^\varepsilon(g'(s) - g'(s - \varepsilon))ds \le \varepsilon\sup|g''|$ for $g(s) = f(U + sE_{ij})$. The bound of
$g''$, by Grönwall's inequality on the first two derivatives of the flow, is derived in `verify/claims/gradient/quotients.hpp`. Attained in the limit for
$T = 0$, $n = 1$, $h_0 = 0$ and $\phi = \cos$.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
      const long i = any.integer("i", 1, f.width()) - 1, j = any.integer("j", 1, f.inputs()) - 1;
      const long k = any.integer("log2(1/eps)", 0, 20);
      const R e = real::power<R>(real::ratio<R>(1, 2), static_cast<unsigned>(k));
      const auto at = [&](const R& entry) {
        Network<R> moved = f;
        moved.theta.U(i, j) = entry;
        return output<R>(moved, x);
      };
      return at_most<R>(abs(jump<R>(at, f.theta.U(i, j), e)),
                        fraction<R>("eps", Quantity<R>(e)) * factor<R>("M", slopes_in_U<R>(f, x, j).second));
    });

}  // namespace
}  // namespace gronwall::verify
