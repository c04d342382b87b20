#include "disc.hpp"
#include "vector.hpp"

namespace gronwall::activation {
namespace {

struct Arctan {
  Traits traits() const {
    Traits t;
    t.name = "arctan";
    t.formula = R"(\arctan x)";
    t.parity = Parity::odd;
    t.smoothness = Smoothness::smooth;
    t.system = {{{{1, {0, 0, 1}}}, {{-2, {1, 0, 2}}}}, {{1, {0, 1, 0}}}};  // phi' = w, w' = -2 x w^2
    t.lipschitz_source = "phi' = 1/(1 + x^2), largest at 0";
    t.derivative_lipschitz_source =
        "|phi''| = 2|x|/(1 + x^2)^2 is largest where 1 + x^2 = 4x^2, x = 1/sqrt 3: 3 sqrt 3/8";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return monotone(x, [](const R& y) { return R(atan(y)); });
  }
  /// 1/(1 + x^2); beyond 1 by the reciprocal, whose square underflows no sooner than the result.
  template <class R>
  R derivative(const R& x) const {
    return monotone_in_modulus(x, [](const R& size) {
      if constexpr (!real::Enclosing<R>) {
        if (size > 1) {
          const R r = 1 / size;
          return R(r * r / (1 + R(r * r)));
        }
      }
      return R(1 / (1 + R(size * size)));
    });
  }
  void values(const double* x, double* out, vector::Index size) const { vector::atan(x, out, size); }
  /// Multiplied in an order in which nothing overflows: (1 + x^2)^2 would, from 1e77 on in double.
  template <class R>
  R second_derivative(const R& x) const {
    const R d = derivative<R>(x);
    return within(R(-2 * ((x * d) * d)), [this] { return this->template derivative_lipschitz<R>(); });
  }
  template <class R>
  R lipschitz() const {
    return R(1);
  }
  template <class R>
  R derivative_lipschitz() const {
    return 3 * sqrt(R(3)) / 8;
  }
  /// The poles of the derivative 1/(1 + z^2) are +-i.
  template <class R>
  R strip() const {
    return R(1);
  }
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u = {value<R>(x), derivative<R>(x)};
  }
  /// With d = sqrt(1 + c^2), the distance of the centre from +-i, both |z - i| and |z + i| are at least g = d
  /// - rho, and the larger of the two is at least 1: |phi'| = 1/(|z - i| |z + i|) <= P = 1/(g max(1, g)), and
  /// phi'' = -2z phi'^2. A disc around a real centre that avoids +-i avoids the cuts, so phi is the principal
  /// branch, for which |Re phi| <= pi/2 and |Im phi| = |log(|z + i|/|z - i|)|/2 <= log((|z| + 1)/g)/2.
  /// Besides, |phi| <= |arctan c| + rho P, and |phi| <= artanh |z| for |z| < 1 by the Taylor coefficients.
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    const real::Precision guard(disc::bits);
    const disc::Disc<Ball> d(c, rho);
    if (!d.known()) return std::nullopt;
    const Ball least = d.centre.least_modulus();
    const Ball gap = (sqrt(1 + least * least) - d.radius).lower();
    if (!disc::certainly_less<Ball>(Ball(0), gap)) return std::nullopt;
    const Ball slope = 1 / (gap * max(Ball(1), gap));
    const Ball imaginary = scaled(real::log((d.modulus + 1) / gap), -1),
               quarter = scaled(real::ball_pi(), -1);
    Ball value = disc::smaller<Ball>(sqrt(quarter * quarter + imaginary * imaginary),
                                     atan(d.centre.largest_modulus()) + d.radius * slope);
    if (disc::certainly_less<Ball>(d.modulus, Ball(1)))
      value = disc::smaller<Ball>(value, scaled(log1p(2 * d.modulus / (1 - d.modulus)), -1));
    return disc::bounds<Ball>(value, slope, 2 * d.modulus * slope * slope);
  }
};

const Registration registration("arctan", [] { return make(Arctan{}); });

}  // namespace
}  // namespace gronwall::activation
