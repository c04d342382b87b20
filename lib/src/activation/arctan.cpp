#include <gronwall/activation/registration.hpp>

namespace gronwall::activation {
namespace {

struct Arctan {
  Traits traits() const {
    Traits t;
    t.name = "arctan";
    t.formula = R"(\arctan x)";
    t.parity = Parity::odd;
    t.smoothness = Smoothness::smooth;
    t.lipschitz_source = "phi' = 1/(1 + x^2), largest at 0";
    t.derivative_lipschitz_source =
        "|phi''| = 2|x|/(1 + x^2)^2 is largest where 1 + x^2 = 4x^2, x = 1/sqrt 3: 3 sqrt 3/8";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return atan(x);
  }
  /// 1/(1 + x^2); beyond 1 by the reciprocal, whose square underflows no sooner than the result.
  template <class R>
  R derivative(const R& x) const {
    if (abs(x) <= 1) return 1 / (1 + R(x * x));
    const R r = 1 / x;
    return r * r / (1 + R(r * r));
  }
  /// Multiplied in an order in which nothing overflows: (1 + x^2)^2 would, from 1e77 on in double.
  template <class R>
  R second_derivative(const R& x) const {
    const R d = derivative<R>(x);
    return -2 * ((x * d) * d);
  }
  template <class R>
  R lipschitz() const {
    return R(1);
  }
  template <class R>
  R derivative_lipschitz() const {
    return 3 * sqrt(R(3)) / 8;
  }
  /// The poles of the derivative 1/(1 + z^2) are +-i.
  template <class R>
  R strip() const {
    return R(1);
  }
};

const Registration registration("arctan", [] { return make(Arctan{}); });

}  // namespace
}  // namespace gronwall::activation
