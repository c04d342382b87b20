#include <gronwall/activation/registration.hpp>

namespace gronwall::activation {
namespace {

struct Sin {
  Traits traits() const {
    Traits t;
    t.name = "sin";
    t.formula = R"(\sin x)";
    t.parity = Parity::odd;
    t.smoothness = Smoothness::entire;
    t.lipschitz_source = "phi' = cos x, 1 at 0";
    t.derivative_lipschitz_source = "phi'' = -sin x, -1 at pi/2";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return sin(x);
  }
  template <class R>
  R derivative(const R& x) const {
    return cos(x);
  }
  template <class R>
  R second_derivative(const R& x) const {
    return -sin(x);
  }
  template <class R>
  R lipschitz() const {
    return R(1);
  }
  template <class R>
  R derivative_lipschitz() const {
    return R(1);
  }
  template <class R>
  R strip() const {
    return infinity<R>();
  }
};

const Registration registration("sin", [] { return make(Sin{}); });

}  // namespace
}  // namespace gronwall::activation
