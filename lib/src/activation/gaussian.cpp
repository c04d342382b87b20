#include "normal.hpp"

namespace gronwall::activation {
namespace {

struct Gaussian {
  Traits traits() const {
    Traits t;
    t.name = "gaussian";
    t.formula = R"(e^{-x^2/2})";
    t.parity = Parity::even;
    t.smoothness = Smoothness::entire;
    t.lipschitz_source = "|phi'| = |x| e^{-x^2/2} is largest at |x| = 1: e^{-1/2}";
    t.derivative_lipschitz_source =
        "phi'' = (x^2 - 1) e^{-x^2/2} has the extrema -1 at 0 and 2e^{-3/2} < 1 at +-sqrt 3";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return normal::exp_minus_square<R>(x, 2);
  }
  template <class R>
  R derivative(const R& x) const {
    return -x * value<R>(x);
  }
  /// x^2 - 1 with one rounding.
  template <class R>
  R second_derivative(const R& x) const {
    const R y = value<R>(x);
    if (y == 0) return y;  // where x^2 may be infinite
    return y * real::Backend<R>::multiply_subtract(x, x, R(1));
  }
  template <class R>
  R lipschitz() const {
    return exp(ratio<R>(-1, 2));
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

const Registration registration("gaussian", [] { return make(Gaussian{}); });

}  // namespace
}  // namespace gronwall::activation
