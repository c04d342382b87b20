#include <gronwall/activation/registration.hpp>

namespace gronwall::activation {
namespace {

struct Tanh {
  Traits traits() const {
    Traits t;
    t.name = "tanh";
    t.formula = R"(\tanh x)";
    t.parity = Parity::odd;
    t.smoothness = Smoothness::smooth;
    t.lipschitz_source = "phi' = sech^2 decreases in |x| from phi'(0) = 1";
    t.derivative_lipschitz_source =
        "with t = tanh x, |phi''| = 2|t|(1 - t^2) is largest where 1 = 3t^2: t = 1/sqrt 3 gives 4/(3 sqrt 3)";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return tanh(x);
  }
  /// sech^2 x = 4e/(1 + e)^2 with e = e^{-2|x|}: 1 - tanh^2 x would cancel.
  template <class R>
  R derivative(const R& x) const {
    const R e = exp(R(-2 * abs(x)));
    const R s = 1 + e;
    return 4 * e / (s * s);
  }
  template <class R>
  R second_derivative(const R& x) const {
    return -2 * tanh(x) * derivative<R>(x);
  }
  template <class R>
  R lipschitz() const {
    return R(1);
  }
  template <class R>
  R derivative_lipschitz() const {
    return 4 / (3 * sqrt(R(3)));
  }
  /// The nearest poles are +-i pi/2, zeros of cosh.
  template <class R>
  R strip() const {
    return pi<R>() / 2;
  }
};

const Registration registration("tanh", [] { return make(Tanh{}); });

}  // namespace
}  // namespace gronwall::activation
