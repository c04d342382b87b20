#include "logistic.hpp"

namespace gronwall::activation {
namespace {

/// The positive root of a tanh(a/2) = 2 by Newton's method from 12/5, which is 7e-4 off. g(a) = a tanh(a/2) -
/// 2 has g'' = sech^2(a/2) (1 - (a/2) tanh(a/2)), which vanishes at the root, so each step cubes the error:
/// 1e-11, 1e-33, 1e-99,
/// ...; ten steps do for any precision, and the loop ends earlier, where a step no longer moves a.
template <class R>
R steepest_point() {
  R a = ratio<R>(12, 5);
  for (int step = 0; step < 10; ++step) {
    const R t = tanh(R(a / 2));
    const R change = (a * t - 2) / (t + 2 * a * logistic::derivative<R>(a));
    a = a - change;
    if (abs(change) <= real::Backend<R>::unit_roundoff()) break;
  }
  return a;
}

/// Elfwing, Uchibe and Doya, Sigmoid-weighted linear units, Neural Networks 107, 2018, (5).
struct Silu {
  Traits traits() const {
    Traits t;
    t.name = "silu";
    t.formula = R"(x/(1 + e^{-x}))";
    t.smoothness = Smoothness::smooth;
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
    return logistic::value<R>(x) * (1 + x * logistic::value<R>(R(-x)));
  }
  /// 2s' + x s'' = s'(2 - x tanh(x/2)).
  template <class R>
  R second_derivative(const R& x) const {
    return logistic::derivative<R>(x) * (2 - x * tanh(R(x / 2)));
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
};

const Registration registration("silu", [] { return make(Silu{}); });

}  // namespace
}  // namespace gronwall::activation
