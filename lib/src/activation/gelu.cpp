#include "normal.hpp"

namespace gronwall::activation {
namespace {

/// Hendrycks and Gimpel, Gaussian Error Linear Units, 2016, (1): x Phi(x), not its approximation by tanh.
struct Gelu {
  Traits traits() const {
    Traits t;
    t.name = "gelu";
    t.formula = R"(x\,\Phi(x) = \tfrac x2 \operatorname{erfc}(-x/\sqrt 2))";
    t.smoothness = Smoothness::entire;
    t.lipschitz_source =
        "phi' = Phi + x p (p the normal density) and phi'' = p(2 - x^2), so phi' rises from phi'(-sqrt 2) > "
        "-0.13 to "
        "its maximum phi'(sqrt 2) = 1 - erfc(1)/2 + e^{-1}/sqrt(pi) and then falls to 1";
    t.derivative_lipschitz_source =
        "phi''' = p x(x^2 - 4): the extrema of phi'' are phi''(0) = sqrt(2/pi) and phi''(+-2) = -2p(2), the "
        "smaller";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return x * normal::distribution<R>(x);
  }
  template <class R>
  R derivative(const R& x) const {
    return normal::distribution<R>(x) + x * normal::density<R>(x);
  }
  template <class R>
  R second_derivative(const R& x) const {
    const R p = normal::density<R>(x);
    if (p == 0) return p;  // where x^2 may be infinite
    return -p * real::Backend<R>::multiply_subtract(x, x, R(2));
  }
  template <class R>
  R lipschitz() const {
    return 1 - erfc(R(1)) / 2 + exp(R(-1)) / sqrt(pi<R>());
  }
  template <class R>
  R derivative_lipschitz() const {
    return sqrt(R(2 / pi<R>()));
  }
  template <class R>
  R strip() const {
    return infinity<R>();
  }
};

const Registration registration("gelu", [] { return make(Gelu{}); });

}  // namespace
}  // namespace gronwall::activation
