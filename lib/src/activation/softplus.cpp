#include "logistic.hpp"

namespace gronwall::activation {
namespace {

struct Softplus {
  Traits traits() const {
    Traits t;
    t.name = "softplus";
    t.formula = R"(\log(1 + e^x))";
    t.smoothness = Smoothness::smooth;
    t.lipschitz_source = "phi' is the logistic function, which increases to 1";
    t.derivative_lipschitz_source = "phi'' = s(1 - s) with s in (0, 1), largest at s = 1/2: 1/4 at x = 0";
    return t;
  }
  /// max(x, 0) + log(1 + e^{-|x|}): neither overflows nor loses the tail e^x on the left.
  template <class R>
  R value(const R& x) const {
    const R tail = log1p(R(exp(R(-abs(x)))));
    return x > 0 ? R(x + tail) : tail;
  }
  template <class R>
  R derivative(const R& x) const {
    return logistic::value<R>(x);
  }
  template <class R>
  R second_derivative(const R& x) const {
    return logistic::derivative<R>(x);
  }
  template <class R>
  R lipschitz() const {
    return R(1);
  }
  template <class R>
  R derivative_lipschitz() const {
    return ratio<R>(1, 4);
  }
  /// 1 + e^z vanishes first at z = +-i pi.
  template <class R>
  R strip() const {
    return pi<R>();
  }
};

const Registration registration("softplus", [] { return make(Softplus{}); });

}  // namespace
}  // namespace gronwall::activation
