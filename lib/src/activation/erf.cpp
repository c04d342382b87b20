#include "normal.hpp"

namespace gronwall::activation {
namespace {

struct Erf {
  Traits traits() const {
    Traits t;
    t.name = "erf";
    t.formula = R"(\operatorname{erf} x = \tfrac{2}{\sqrt\pi}\int_0^x e^{-t^2}\,dt)";
    t.parity = Parity::odd;
    t.smoothness = Smoothness::entire;
    t.system = {{{{1, {0, 0, 1}}}, {{-2, {1, 0, 1}}}}, {{1, {0, 1, 0}}}};  // phi' = w, w' = -2 x w
    t.lipschitz_source = "phi' = (2/sqrt pi) e^{-x^2}, largest at 0";
    t.derivative_lipschitz_source =
        "|phi''| = (4/sqrt pi) |x| e^{-x^2} is largest where 1 = 2x^2: (2 sqrt 2/sqrt pi) e^{-1/2}";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return monotone(x, [](const R& y) { return R(erf(y)); });
  }
  template <class R>
  R derivative(const R& x) const {
    return 2 * normal::exp_minus_square<R>(x, 1) / sqrt(pi<R>());
  }
  void values(const double* x, double* out, vector::Index size) const { vector::erf(x, out, size); }
  void derivatives(const double* x, double* out, vector::Index size) const {
    static const double root = sqrt(pi<double>());
    normal::exp_minus_squares(x, 1, out, size);
    for (vector::Index k = 0; k < size; ++k) out[k] = 2 * out[k] / root;
  }
  template <class R>
  R second_derivative(const R& x) const {
    return within(R(-2 * (x * derivative<R>(x))),
                  [this] { return this->template derivative_lipschitz<R>(); });  // 2x may be infinite
  }
  template <class R>
  R lipschitz() const {
    return 2 / sqrt(pi<R>());
  }
  template <class R>
  R derivative_lipschitz() const {
    return 2 * sqrt(R(2 / pi<R>())) * exp(ratio<R>(-1, 2));
  }
  template <class R>
  R strip() const {
    return infinity<R>();
  }
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u = {value<R>(x), derivative<R>(x)};
  }
  /// Let E = max(y^2 - x^2) on the disc, so |e^{-z^2}| <= e^E. For x >= 0 erf = 1 - erfc with
  /// |erfc z| = |e^{-z^2} (2/sqrt pi) int_0^infinity e^{-t^2 - 2zt} dt| <= e^E, and erf is odd: |erf| <= 1 +
  /// e^E. By the Taylor coefficients, |erf z| <= (2/sqrt pi) |z| e^{|z|^2} too.
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    const real::Precision guard(disc::bits);
    const disc::Disc<Ball> d(c, rho);
    if (!d.known()) return std::nullopt;
    const Ball bell = exp(disc::largest_minus_square(d)), two_over_root_pi = 2 / sqrt(real::ball_pi()),
               z = d.modulus;
    const Ball slope = two_over_root_pi * bell;
    return disc::bounds<Ball>(disc::smaller<Ball>(1 + bell, two_over_root_pi * z * exp(z * z)), slope,
                              2 * z * slope);
  }
};

const Registration registration("erf", [] { return make(Erf{}); });

}  // namespace
}  // namespace gronwall::activation
