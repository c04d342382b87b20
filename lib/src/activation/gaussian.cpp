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
    t.system = {{{{-1, {1, 1}}}}, {{1, {0, 1}}}};  // u' = -x u
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
    return within(R(-x * value<R>(x)), [this] { return this->template lipschitz<R>(); });
  }
  void values(const double* x, double* out, vector::Index size) const {
    normal::exp_minus_squares(x, 2, out, size);
  }
  void derivatives(const double* x, double* out, vector::Index size) const {
    values(x, out, size);
    for (vector::Index k = 0; k < size; ++k) out[k] *= -normal::moderate(x[k]);
  }
  /// x^2 - 1 with one rounding.
  template <class R>
  R second_derivative(const R& x) const {
    const R y = value<R>(x);
    if constexpr (!real::Enclosing<R>) {
      if (y == 0) return y;  // where x^2 may be infinite
    }
    return within(R(y * real::Backend<R>::multiply_subtract(x, x, R(1))),
                  [this] { return this->template derivative_lipschitz<R>(); });
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
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u.assign(1, value<R>(x));
  }
  /// phi' = -z phi and phi'' = (z^2 - 1) phi.
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    const real::Precision guard(disc::bits);
    const disc::Disc<Ball> d(c, rho);
    if (!d.known()) return std::nullopt;
    const Ball bell = normal::bell_bound(d), z = d.modulus;
    return disc::bounds<Ball>(bell, z * bell, (z * z + 1) * bell);
  }
};

const Registration registration("gaussian", [] { return make(Gaussian{}); });

}  // namespace
}  // namespace gronwall::activation
