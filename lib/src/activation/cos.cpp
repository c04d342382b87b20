#include <gronwall/activation/registration.hpp>

namespace gronwall::activation {
namespace {

struct Cos {
  Traits traits() const {
    Traits t;
    t.name = "cos";
    t.formula = R"(\cos x)";
    t.parity = Parity::even;
    t.smoothness = Smoothness::entire;
    t.lipschitz_source = "phi' = -sin x, -1 at pi/2";
    t.derivative_lipschitz_source = "phi'' = -cos x, -1 at 0";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return cos(x);
  }
  template <class R>
  R derivative(const R& x) const {
    return -sin(x);
  }
  template <class R>
  R second_derivative(const R& x) const {
    return -cos(x);
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

const Registration registration("cos", [] { return make(Cos{}); });

}  // namespace
}  // namespace gronwall::activation
