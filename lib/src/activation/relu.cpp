#include <gronwall/activation/registration.hpp>

namespace gronwall::activation {
namespace {

/// A control: what the paper's theorems exclude.
struct Relu {
  Traits traits() const {
    Traits t;
    t.name = "relu";
    t.formula = R"(\max(x, 0))";
    t.smoothness = Smoothness::continuous;
    t.kinks = {0.0};
    t.lipschitz_source = "phi' is 0 or 1";
    t.derivative_lipschitz_source = "phi' jumps at 0";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    if constexpr (real::Enclosing<R>) {
      return max(x, R(0));
    } else {
      return x < 0 ? R(0) : x;
    }
  }
  template <class R>
  R derivative(const R& x) const {
    return by_sign(
        x, [](const R&) { return R(0); }, [](const R&) { return R(1); });
  }
  template <class R>
  R second_derivative(const R&) const {
    return R(0);
  }
  template <class R>
  R lipschitz() const {
    return R(1);
  }
  template <class R>
  R derivative_lipschitz() const {
    return infinity<R>();
  }
  template <class R>
  R strip() const {
    return R(0);
  }
};

const Registration registration("relu", [] { return make(Relu{}); });

}  // namespace
}  // namespace gronwall::activation
