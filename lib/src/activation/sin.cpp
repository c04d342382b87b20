#include "disc.hpp"
#include "vector.hpp"

namespace gronwall::activation {
namespace {

struct Sin {
  Traits traits() const {
    Traits t;
    t.name = "sin";
    t.formula = R"(\sin x)";
    t.parity = Parity::odd;
    t.smoothness = Smoothness::entire;
    t.system = {{{{1, {0, 0, 1}}}, {{-1, {0, 1, 0}}}}, {{1, {0, 1, 0}}}};  // sin' = cos, cos' = -sin
    t.lipschitz_source = "phi' = cos x, 1 at 0";
    t.derivative_lipschitz_source = "phi'' = -sin x, -1 at pi/2";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return where_known(x, [](const R& y) { return R(sin(y)); });
  }
  template <class R>
  R derivative(const R& x) const {
    return where_known(x, [](const R& y) { return R(cos(y)); });
  }
  void values(const double* x, double* out, vector::Index size) const { vector::sin(x, out, size); }
  void derivatives(const double* x, double* out, vector::Index size) const { vector::cos(x, out, size); }
  template <class R>
  R second_derivative(const R& x) const {
    return where_known(x, [](const R& y) { return R(-sin(y)); });
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
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u = {R(sin(x)), R(cos(x))};
  }
  /// |sin z|, |cos z| <= cosh y, and |sin z| <= sinh |z| by the Taylor coefficients.
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    const real::Precision guard(disc::bits);
    const disc::Disc<Ball> d(c, rho);
    if (!d.known()) return std::nullopt;
    const Ball cosine = cosh(d.radius), sine = disc::smaller<Ball>(cosine, sinh(d.modulus));
    return disc::bounds<Ball>(sine, cosine, sine);
  }
};

const Registration registration("sin", [] { return make(Sin{}); });

}  // namespace
}  // namespace gronwall::activation
