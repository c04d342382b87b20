#include "logistic.hpp"

namespace gronwall::activation {
namespace {

struct Sigmoid {
  Traits traits() const {
    Traits t;
    t.name = "sigmoid";
    t.formula = R"(1/(1 + e^{-x}))";
    t.smoothness = Smoothness::smooth;
    t.system = {{logistic::equation(2)}, {{Rational(1, 2), {0, 0}}, {1, {0, 1}}}};  // phi = 1/2 + u
    t.lipschitz_source = "phi' = s(1 - s) with s in (0, 1), largest at s = 1/2";
    t.derivative_lipschitz_source =
        "phi'' = s(1 - s)(1 - 2s) is extremal where 1 - 6s + 6s^2 = 0, s = (1 +- 1/sqrt 3)/2: s(1 - s) = "
        "1/6, |1 - 2s| = 1/sqrt 3";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return logistic::value<R>(x);
  }
  template <class R>
  R derivative(const R& x) const {
    return logistic::derivative<R>(x);
  }
  void values(const double* x, double* out, vector::Index size) const { logistic::values(x, out, size); }
  void derivatives(const double* x, double* out, vector::Index size) const {
    logistic::derivatives(x, out, size);
  }
  void values_and_derivatives(const double* x, double* value, double* derivative, vector::Index size) const {
    logistic::values(x, value, size);
    for (vector::Index k = 0; k < size; ++k) derivative[k] = value[k] * (1 - value[k]);
  }
  template <class R>
  R second_derivative(const R& x) const {
    return within(R(logistic::second_derivative<R>(x)),
                  [this] { return this->template derivative_lipschitz<R>(); });
  }
  template <class R>
  R lipschitz() const {
    return ratio<R>(1, 4);
  }
  template <class R>
  R derivative_lipschitz() const {
    return 1 / (6 * sqrt(R(3)));
  }
  /// 1 + e^{-z} vanishes first at z = +-i pi.
  template <class R>
  R strip() const {
    return pi<R>();
  }
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u.assign(1, logistic::centred<R>(x));
  }
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    return logistic::on_disc(c, rho,
                             []<class B>(const disc::Rectangle<B>& q) { return logistic::bounds<B>(q); });
  }
};

const Registration registration("sigmoid", [] { return make(Sigmoid{}); });

}  // namespace
}  // namespace gronwall::activation
