#include "logistic.hpp"

namespace gronwall::activation {
namespace {

struct Softplus {
  Traits traits() const {
    Traits t;
    t.name = "softplus";
    t.formula = R"(\log(1 + e^x))";
    t.smoothness = Smoothness::smooth;
    // phi' = 1/2 + u
    t.system = {{{{Rational(1, 2), {0, 0, 0}}, {1, {0, 0, 1}}}, logistic::equation(3)}, {{1, {0, 1, 0}}}};
    t.lipschitz_source = "phi' is the logistic function, which increases to 1";
    t.derivative_lipschitz_source = "phi'' = s(1 - s) with s in (0, 1), largest at s = 1/2: 1/4 at x = 0";
    return t;
  }
  /// max(x, 0) + log(1 + e^{-|x|}): neither overflows nor loses the tail e^x on the left.
  template <class R>
  R value(const R& x) const {
    return monotone(x, [](const R& y) {
      const bool left = leans_left(y);
      const R tail = log1p(R(exp(R(left ? y : R(-y)))));
      return left ? tail : R(y + tail);
    });
  }
  template <class R>
  R derivative(const R& x) const {
    return logistic::value<R>(x);
  }
  void values(const double* x, double* out, vector::Index size) const {
    vector::in_pieces(size, [&](vector::Index first, vector::Index length) {
      vector::Row tail;
      logistic::exponentials(x + first, tail.data(), length);
      vector::log1p(tail.data(), tail.data(), length);
      for (vector::Index k = 0; k < length; ++k)
        out[first + k] = (x[first + k] < 0 ? 0 : x[first + k]) + tail[static_cast<std::size_t>(k)];
    });
  }
  void derivatives(const double* x, double* out, vector::Index size) const { logistic::values(x, out, size); }
  template <class R>
  R second_derivative(const R& x) const {
    return logistic::derivative<R>(x);
  }
  template <class R>
  R lipschitz() const {
    return R(1);
  }
  template <class R>
  R derivative_lipschitz() const {
    return ratio<R>(1, 4);
  }
  /// 1 + e^z vanishes first at z = +-i pi.
  template <class R>
  R strip() const {
    return pi<R>();
  }
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u = {value<R>(x), logistic::centred<R>(x)};
  }
  /// On a disc that contains no zero of 1 + e^z, phi = log(1 + e^z) where x <= 0 and z + log(1 + e^{-z})
  /// where x >= 0, with the principal logarithm of a number off the negative axis: each is analytic on its
  /// half of the disc, which is convex, and real on the real line. phi' and phi'' are s and s'.
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    return logistic::on_disc(c, rho, []<class B>(const disc::Rectangle<B>& q) -> disc::BoundsIn<B> {
      const disc::BoundsIn<B> s = logistic::bounds<B>(q);
      if (!s) return std::nullopt;
      B value(0);
      if (disc::positive(q.right)) {
        const B from = max(q.left, B(0));
        const B modulus = sqrt(B(q.right * q.right + q.height * q.height));
        value = modulus + disc::logarithm_bound<B>(exp(B(-q.right)).lower(), exp(B(-from)).upper(), q.height);
      }
      if (!disc::positive(q.left)) {
        const B to = min(q.right, B(0));
        value = max(value, disc::logarithm_bound<B>(exp(q.left).lower(), exp(to).upper(), q.height));
      }
      return disc::bounds<B>(value, s->value, s->derivative);
    });
  }
};

const Registration registration("softplus", [] { return make(Softplus{}); });

}  // namespace
}  // namespace gronwall::activation
