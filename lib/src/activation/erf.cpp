#include "normal.hpp"

namespace gronwall::activation {
namespace {

struct Erf {
  Traits traits() const {
    Traits t;
    t.name = "erf";
    t.formula = R"(\operatorname{erf} x = \tfrac{2}{\sqrt\pi}\int_0^x e^{-t^2}\,dt)";
    t.parity = Parity::odd;
    t.smoothness = Smoothness::entire;
    t.lipschitz_source = "phi' = (2/sqrt pi) e^{-x^2}, largest at 0";
    t.derivative_lipschitz_source =
        "|phi''| = (4/sqrt pi) |x| e^{-x^2} is largest where 1 = 2x^2: (2 sqrt 2/sqrt pi) e^{-1/2}";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return erf(x);
  }
  template <class R>
  R derivative(const R& x) const {
    return 2 * normal::exp_minus_square<R>(x, 1) / sqrt(pi<R>());
  }
  template <class R>
  R second_derivative(const R& x) const {
    return -2 * (x * derivative<R>(x));  // 2x may be infinite
  }
  template <class R>
  R lipschitz() const {
    return 2 / sqrt(pi<R>());
  }
  template <class R>
  R derivative_lipschitz() const {
    return 2 * sqrt(R(2 / pi<R>())) * exp(ratio<R>(-1, 2));
  }
  template <class R>
  R strip() const {
    return infinity<R>();
  }
};

const Registration registration("erf", [] { return make(Erf{}); });

}  // namespace
}  // namespace gronwall::activation
