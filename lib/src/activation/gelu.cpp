#include "normal.hpp"

namespace gronwall::activation {
namespace {

/// Hendrycks and Gimpel, Gaussian Error Linear Units, 2016, (1): x Phi(x), not its approximation by tanh.
struct Gelu {
  Traits traits() const {
    Traits t;
    t.name = "gelu";
    t.formula = R"(x\,\Phi(x) = \tfrac x2 \operatorname{erfc}(-x/\sqrt 2))";
    t.smoothness = Smoothness::entire;
    t.system = {{{{1, {0, 0, 1}}}, {{-1, {1, 0, 1}}}}, {{1, {1, 1, 0}}}};  // x Phi, Phi' = p, p' = -x p
    t.lipschitz_source =
        "phi' = Phi + x p (p the normal density) and phi'' = p(2 - x^2), so phi' rises from phi'(-sqrt 2) > "
        "-0.13 to "
        "its maximum phi'(sqrt 2) = 1 - erfc(1)/2 + e^{-1}/sqrt(pi) and then falls to 1";
    t.derivative_lipschitz_source =
        "phi''' = p x(x^2 - 4): the extrema of phi'' are phi''(0) = sqrt(2/pi) and phi''(+-2) = -2p(2), the "
        "smaller";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return x * normal::distribution<R>(x);
  }
  template <class R>
  R derivative(const R& x) const {
    return within(R(normal::distribution<R>(x) + x * normal::density<R>(x)),
                  [this] { return this->template lipschitz<R>(); });
  }
  void values(const double* x, double* out, vector::Index size) const {
    vector::in_pieces(size, [&](vector::Index first, vector::Index length) {
      vector::Row distribution, bell;
      vector::normal(x + first, distribution.data(), bell.data(), length);
      for (vector::Index k = 0; k < length; ++k)
        out[first + k] = x[first + k] * distribution[static_cast<std::size_t>(k)];
    });
  }
  void derivatives(const double* x, double* out, vector::Index size) const {
    vector::in_pieces(size, [&](vector::Index first, vector::Index length) {
      vector::Row distribution, bell;
      vector::normal(x + first, distribution.data(), bell.data(), length);
      for (vector::Index k = 0; k < length; ++k) out[first + k] = slope(x[first + k], distribution, bell, k);
    });
  }
  void values_and_derivatives(const double* x, double* value, double* derivative, vector::Index size) const {
    vector::in_pieces(size, [&](vector::Index first, vector::Index length) {
      vector::Row distribution, bell;
      vector::normal(x + first, distribution.data(), bell.data(), length);
      for (vector::Index k = 0; k < length; ++k) {
        const double at = x[first + k];
        value[first + k] = at * distribution[static_cast<std::size_t>(k)];
        derivative[first + k] = slope(at, distribution, bell, k);
      }
    });
  }
  template <class R>
  R second_derivative(const R& x) const {
    const R p = normal::density<R>(x);
    if constexpr (!real::Enclosing<R>) {
      if (p == 0) return p;  // where x^2 may be infinite
    }
    return within(R(-p * real::Backend<R>::multiply_subtract(x, x, R(2))),
                  [this] { return this->template derivative_lipschitz<R>(); });
  }
  template <class R>
  R lipschitz() const {
    return 1 - erfc(R(1)) / 2 + exp(R(-1)) / sqrt(pi<R>());
  }
  template <class R>
  R derivative_lipschitz() const {
    return sqrt(R(2 / pi<R>()));
  }
  template <class R>
  R strip() const {
    return infinity<R>();
  }
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u = {normal::distribution<R>(x), normal::density<R>(x)};
  }
  static double slope(double x, const vector::Row& distribution, const vector::Row& bell, vector::Index k) {
    static const double factor = 1 / sqrt(2 * pi<double>());
    const std::size_t at = static_cast<std::size_t>(k);
    return distribution[at] + normal::moderate(x) * (bell[at] * factor);
  }
  /// Let E = max(y^2 - x^2)/2 on the disc, so |e^{-z^2/2}| <= e^E. For x <= 0,
  /// |Phi(z)| = |e^{-z^2/2}| |int_0^infinity e^{-t^2/2 + zt} dt|/sqrt(2 pi) <= e^E/2; for x >= 0, Phi(z) = 1
  /// - Phi(-z), |Phi| <= 1 + e^E/2. By the Taylor coefficients |Phi| <= 1/2 + |z| e^{|z|^2/2}/sqrt(2 pi) too.
  /// And phi' = Phi + z p, phi'' = p (2 - z^2).
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    const real::Precision guard(disc::bits);
    const disc::Disc<Ball> d(c, rho);
    if (!d.known()) return std::nullopt;
    const Ball bell = normal::bell_bound(d), z = d.modulus, scale = sqrt(scaled(real::ball_pi(), 1));
    const bool left = arb_is_negative(d.around.right.raw()) != 0;
    const Ball tail = left ? scaled(bell, -1) : Ball(1 + scaled(bell, -1));
    const Ball distribution =
        disc::smaller<Ball>(tail, scaled(Ball(1), -1) + z * exp(scaled(z * z, -1)) / scale);
    const Ball density = bell / scale;
    return disc::bounds<Ball>(z * distribution, distribution + z * density, (2 + z * z) * density);
  }
};

const Registration registration("gelu", [] { return make(Gelu{}); });

}  // namespace
}  // namespace gronwall::activation
