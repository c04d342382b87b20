#include <cmath>

#include "disc.hpp"
#include "vector.hpp"

namespace gronwall::activation {
namespace {

struct Tanh {
  Traits traits() const {
    Traits t;
    t.name = "tanh";
    t.formula = R"(\tanh x)";
    t.parity = Parity::odd;
    t.smoothness = Smoothness::smooth;
    t.system = {{{{1, {0, 0}}, {-1, {0, 2}}}}, {{1, {0, 1}}}};  // u' = 1 - u^2
    t.lipschitz_source = "phi' = sech^2 decreases in |x| from phi'(0) = 1";
    t.derivative_lipschitz_source =
        "with t = tanh x, |phi''| = 2|t|(1 - t^2) is largest where 1 = 3t^2: t = 1/sqrt 3 gives 4/(3 sqrt 3)";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return monotone(x, [](const R& y) { return R(tanh(y)); });
  }
  /// sech^2 x = 4e/(1 + e)^2 with e = e^{-2|x|}: 1 - tanh^2 x would cancel.
  template <class R>
  R derivative(const R& x) const {
    return monotone_in_modulus(x, [](const R& size) {
      const R e = exp(R(-2 * size));
      const R s = 1 + e;
      return R(4 * e / (s * s));
    });
  }
  void values(const double* x, double* out, vector::Index size) const { vector::tanh(x, out, size); }
  void derivatives(const double* x, double* out, vector::Index size) const {
    for (vector::Index k = 0; k < size; ++k) out[k] = -2 * std::abs(x[k]);
    vector::exp(out, out, size);
    for (vector::Index k = 0; k < size; ++k) out[k] = 4 * out[k] / ((1 + out[k]) * (1 + out[k]));
  }
  void values_and_derivatives(const double* x, double* value, double* derivative, vector::Index size) const {
    vector::tanh(x, value, size);
    for (vector::Index k = 0; k < size; ++k) derivative[k] = (1 - value[k]) * (1 + value[k]);
  }
  template <class R>
  R second_derivative(const R& x) const {
    return within(R(-2 * value<R>(x) * derivative<R>(x)),
                  [this] { return this->template derivative_lipschitz<R>(); });
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
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u.assign(1, value<R>(x));
  }
  /// phi' = sech^2 and phi'' = -2 tanh sech^2 on rectangles.
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    return disc::in_doubles_or_balls(c, rho, []<class B>(const disc::Disc<B>& d) {
      const auto coarse = [](const disc::Rectangle<B>& q) {
        return disc::is_within<B>(q, scaled(B(3), -2), B(1));
      };
      return disc::in_strips(d, coarse, [](const disc::Rectangle<B>& q) -> disc::BoundsIn<B> {
        const disc::Hyperbolic<B> h = disc::hyperbolic<B>(q);
        if (!h.bounded) return std::nullopt;
        return disc::bounds<B>(h.tanh, h.sech_squared, 2 * h.tanh * h.sech_squared);
      });
    });
  }
};

const Registration registration("tanh", [] { return make(Tanh{}); });

}  // namespace
}  // namespace gronwall::activation
