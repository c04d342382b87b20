#pragma once

#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/gaussian/expansion.hpp>

/// Quadrature against the standard normal density, and the little it has to know of an integrand. Steps and
/// cut-offs are chosen in double: they decide how accurate a sum is, never what it converges to.
namespace gronwall::gaussian {

/// phi or phi' with what the rules ask of it.
template <Real R>
class Integrand {
 public:
  Integrand(const Activation& phi, Of of) : traits_(phi.traits()), functions_(phi.in<R>()), of_(of) {}

  R operator()(const R& x) const { return of_ == Of::value ? functions_.value(x) : functions_.derivative(x); }
  /// Its Lipschitz constant; infinity where there is none.
  R lipschitz() const {
    return of_ == Of::value ? functions_.lipschitz() : functions_.derivative_lipschitz();
  }
  double strip() const { return real::to_double<R>(functions_.strip()); }
  const std::vector<double>& kinks() const { return traits_.kinks; }
  bool smooth() const { return traits_.smoothness != activation::Smoothness::continuous; }
  /// +1 even, -1 odd, 0 neither; differentiation exchanges the first two.
  int parity() const {
    if (traits_.parity == activation::Parity::neither) return 0;
    return (traits_.parity == activation::Parity::even) == (of_ == Of::value) ? 1 : -1;
  }

 private:
  const activation::Traits& traits_;
  const activation::Functions<R>& functions_;
  Of of_;
};

/// How large |f(x + iy)| may become on the strip |y| < half_width: about e^{growth y^2 + linear |y|}.
struct Strip {
  double half_width;
  double growth;
  double linear;
};

/// The strip of z -> f(scale z) omega(z), f to the power `times`: the density grows like e^{y^2/2}, an entire
/// f at most like e^{(scale y)^2}; one that is analytic in a strip only is taken as bounded on 9/10 of it.
template <Real R>
Strip strip_of(const Integrand<R>& f, double scale, double times);
/// Where both integrands are multiplied.
Strip meet(const Strip& a, const Strip& b);

/// The natural logarithm of the accuracy asked for: that of `digits` decimal digits and one more.
double log_accuracy(int digits);

/// A step h, and how the error of the rule with step 2h tells that with step h: relatively, it is its
/// `power`.
struct Step {
  double h;
  int power;
};

/// The rule with step h has an error of about e^{-E(h)}, E(h) = max_b (2 pi b/h - growth b^2 - linear b) over
/// b up to the half-width. h is chosen so that E(h) reaches the accuracy and E(2h) what is needed to see that
/// it does:
///  - where the half-width does not bind, E(h) = (2 pi/h - linear)^2 / (4 growth), and E(2h) <= E(h)/4: power
///  4;
///  - where it does, E(2h) <= E(h)/2: power 2.
/// The step has few significant bits, so that its multiples are exact.
Step trapezoid_step(const Strip& strip, double log_accuracy);
/// An estimate of the error of the fine rule from its distance d to the coarse one, on the scale m: 10 d^2/m
/// for power 2 and 100 d^4/m^3 for power 4. The factors allow for constants C < m in C e^{-E(h)}.
template <Real R>
R after_halving(const R& d, const R& m, int power);
/// The step of the double exponential rules for integrands that oscillate like h_count.
double double_exponential_step(unsigned count, double log_accuracy);

/// Nodes z >= 0 and weights (density included) for sums over pairs: E[f(z)] ~ sum_i w_i (f(z_i) + f(-z_i)).
/// Those that are `coarse` form the rule with step 2h after doubling their weights.
template <Real R>
struct Rule {
  std::vector<R> z, w;
  std::vector<char> coarse;
  std::size_t size() const { return z.size(); }
};

/// The trapezoidal rule with step h on |z| <= reach.
template <Real R>
Rule<R> trapezoid_rule(double step, double reach);
/// Double exponential rules on the pieces of [0, infinity) between `breaks` (ascending, positive), cut off at
/// `reach`.
template <Real R>
Rule<R> broken_rule(double step, double reach, const std::vector<R>& breaks, double log_accuracy);

/// The distances from 0, ascending and without repetition, of the points where z -> f(scale z + shift) has a
/// kink.
template <Real R>
std::vector<R> breaks_of(const Integrand<R>& f, const R& scale, const R& shift);
template <Real R>
std::vector<R> merge_breaks(std::vector<R> a, const std::vector<R>& b);

}  // namespace gronwall::gaussian
