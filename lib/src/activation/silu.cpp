#include "logistic.hpp"

namespace gronwall::activation {
namespace {

/// Encloses the positive root of g(a) = a tanh(a/2) - 2, which grows for a > 0, between two points close to
/// the approximation where g has different signs.
inline Ball enclosed(const Ball& approximation) {
  const auto g = [](const Ball& a) { return Ball(a * tanh(scaled(a, -1)) - 2); };
  for (Ball radius = scaled(Ball(1), 4 - real::working_bits()); less(radius, Ball(1)) == real::Truth::yes;
       radius = scaled(radius, 2)) {
    const Ball low = approximation - radius, high = approximation + radius;
    if (less(g(low), Ball(0)) == real::Truth::yes && less(Ball(0), g(high)) == real::Truth::yes)
      return low.hull(high);
  }
  return Ball(1).hull(Ball(3));  // tanh(1/2) < 2 < 3 tanh(3/2)
}

/// The positive root of a tanh(a/2) = 2 by Newton's method from 12/5, which is 7e-4 off. g(a) = a tanh(a/2) -
/// 2 has g'' = sech^2(a/2) (1 - (a/2) tanh(a/2)), which vanishes at the root, so each step cubes the error:
/// 1e-11, 1e-33, 1e-99,
/// ...; ten steps do for any precision, and the loop ends earlier, where a step no longer moves a.
///
/// In balls the steps are taken by midpoints, and the root is then enclosed.
template <class R>
R steepest_point() {
  R a = ratio<R>(12, 5);
  for (int step = 0; step < 10; ++step) {
    const R t = tanh(R(a / 2));
    const R change = (a * t - 2) / (t + 2 * a * logistic::derivative<R>(a));
    a = a - change;
    if constexpr (real::Enclosing<R>) {
      a = a.midpoint();
    } else {
      if (abs(change) <= real::Backend<R>::unit_roundoff()) break;
    }
  }
  if constexpr (real::Enclosing<R>) {
    return enclosed(a.midpoint());
  } else {
    return a;
  }
}

/// Elfwing, Uchibe and Doya, Sigmoid-weighted linear units, Neural Networks 107, 2018, (5).
struct Silu {
  Traits traits() const {
    Traits t;
    t.name = "silu";
    t.formula = R"(x/(1 + e^{-x}))";
    t.smoothness = Smoothness::smooth;
    // phi = x/2 + x u, u' = g, g' = -2 u g. With g replaced by 1/4 - u^2, which is neither phi' nor phi'', a
    // rounding in its place would be multiplied by e^{|x'| t} in Taylor series.
    t.system = {{{{1, {0, 0, 1}}}, {{-2, {0, 1, 1}}}}, {{Rational(1, 2), {1, 0, 0}}, {1, {1, 1, 0}}}};
    t.lipschitz_source =
        "phi'(x) + phi'(-x) = 1 and phi'' = s'(2 - x tanh(x/2)), so phi' lies between 1 - phi'(a) and "
        "phi'(a) for the "
        "positive root a of a tanh(a/2) = 2; there s = (1 + 2/a)/2, hence phi'(a) = s + a s(1 - s) = 1/2 + "
        "a/4";
    t.derivative_lipschitz_source =
        "phi'' = s'(2 - x tanh(x/2)) is 1/2 at 0; where x tanh(x/2) <= 4, |phi''| <= 2 s' <= 1/2; beyond, "
        "|x| > 4 and "
        "|phi''| <= (|x| - 2) e^{-|x|} < 1/2";
    return t;
  }
  /// x s(x) with the logistic function s.
  template <class R>
  R value(const R& x) const {
    return x * logistic::value<R>(x);
  }
  /// s + x s' = s(x)(1 + x s(-x)).
  template <class R>
  R derivative(const R& x) const {
    return within(R(logistic::value<R>(x) * (1 + x * logistic::value<R>(R(-x)))),
                  [this] { return this->template lipschitz<R>(); });
  }
  void values(const double* x, double* out, vector::Index size) const {
    vector::in_pieces(size, [&](vector::Index first, vector::Index length) {
      vector::Row s;
      logistic::values(x + first, s.data(), length);
      for (vector::Index k = 0; k < length; ++k)
        out[first + k] = x[first + k] * s[static_cast<std::size_t>(k)];
    });
  }
  void derivatives(const double* x, double* out, vector::Index size) const {
    vector::in_pieces(size, [&](vector::Index first, vector::Index length) {
      vector::Row e;
      logistic::exponentials(x + first, e.data(), length);
      for (vector::Index k = 0; k < length; ++k) {
        const double y = x[first + k], small = e[static_cast<std::size_t>(k)], sum = 1 + small;
        const double here = (y < 0 ? small : 1) / sum, opposite = (y < 0 ? 1 : small) / sum;
        out[first + k] = here * (1 + y * opposite);
      }
    });
  }
  /// 2s' + x s'' = s'(2 - x tanh(x/2)).
  template <class R>
  R second_derivative(const R& x) const {
    const R rest = monotone_in_modulus(x, [](const R& size) { return R(2 - size * tanh(R(size / 2))); });
    return within(R(logistic::derivative<R>(x) * rest),
                  [this] { return this->template derivative_lipschitz<R>(); });
  }
  template <class R>
  R lipschitz() const {
    const R x = steepest_point<R>();
    return ratio<R>(1, 2) + x / 4;
  }
  template <class R>
  R derivative_lipschitz() const {
    return ratio<R>(1, 2);
  }
  /// 1 + e^{-z} vanishes first at z = +-i pi.
  template <class R>
  R strip() const {
    return pi<R>();
  }
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u = {logistic::centred<R>(x), logistic::derivative<R>(x)};
  }
  /// z s, s + z s' and 2s' + z s'' from the bounds of s.
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    return logistic::on_disc(c, rho, []<class B>(const disc::Rectangle<B>& q) -> disc::BoundsIn<B> {
      const disc::BoundsIn<B> s = logistic::bounds<B>(q);
      if (!s) return std::nullopt;
      const B side = max(q.left.largest_modulus(), q.right.largest_modulus());
      const B z = sqrt(B(side * side + q.height * q.height));
      return disc::bounds<B>(z * s->value, s->value + z * s->derivative,
                             2 * s->derivative + z * s->second_derivative);
    });
  }
};

const Registration registration("silu", [] { return make(Silu{}); });

}  // namespace
}  // namespace gronwall::activation
