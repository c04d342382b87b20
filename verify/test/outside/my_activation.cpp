#include <gronwall/activation/registration.hpp>

namespace gronwall::activation {
namespace {

/// phi(x) = log cosh x, whose derivative is tanh.
struct LogCosh {
  Traits traits() const {
    Traits t;
    t.name = "log-cosh";
    t.formula = R"(\log\cosh x)";
    t.parity = Parity::even;
    t.smoothness = Smoothness::smooth;
    t.lipschitz_source = "phi' = tanh";
    t.derivative_lipschitz_source = "phi'' = sech^2, largest at 0";
    return t;
  }
  /// log((e^x + e^-x)/2) without the overflow, or, where it cancels, log(1 + 2 sinh^2(x/2)).
  template <class R>
  R value(const R& x) const {
    return monotone_in_modulus(x, [](const R& m) {
      if (leans_left(R(m - 1))) {
        const R e = expm1(m);
        return R(log1p(R(e * e / (2 * (1 + e)))));
      }
      return R(m + log1p(R(exp(R(-2 * m)))) - log1p(R(1)));
    });
  }
  template <class R>
  R derivative(const R& x) const {
    return monotone(x, [](const R& y) { return R(tanh(y)); });
  }
  template <class R>
  R second_derivative(const R& x) const {
    return monotone_in_modulus(x, [](const R& m) {
      const R e = exp(R(-2 * m));
      return R(4 * e / ((1 + e) * (1 + e)));
    });
  }
  template <class R>
  R lipschitz() const {
    return R(1);
  }
  template <class R>
  R derivative_lipschitz() const {
    return R(1);
  }
  /// cosh vanishes at +-i pi/2.
  template <class R>
  R strip() const {
    return pi<R>() / 2;
  }
};

const Registration registration("log-cosh", [] { return make(LogCosh{}); });

}  // namespace
}  // namespace gronwall::activation
