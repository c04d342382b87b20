#include <algorithm>
#include <cmath>
#include <optional>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/real/error.hpp>

#include "rule.hpp"

namespace gronwall::gaussian {

using real::Backend;
using real::Quantity;

namespace {

/// A sum over a rule and over its coarse half.
template <Real R>
struct Pair {
  R fine = R(0), coarse = R(0);
};

/// E[psi(deviation (rho s + tau z))], z standard Gaussian, as a function of s.
template <Real R>
class Inner {
 public:
  Inner(const Integrand<R>& psi, const R& deviation, const R& rho, const R& tau, double step, double reach,
        double accuracy)
      : psi_(psi),
        deviation_(deviation),
        rho_(rho),
        tau_(tau),
        step_(step),
        reach_(reach),
        accuracy_(accuracy) {
    if (psi_.kinks().empty()) fixed_ = trapezoid_rule<R>(step, reach);
  }

  Pair<R> operator()(const R& s) const {
    const R shift = deviation_ * rho_ * s, scale = deviation_ * tau_;
    if (fixed_) return sum(*fixed_, shift, scale);
    // The kink moves with s, and the rule with it.
    return sum(broken_rule<R>(step_, reach_, breaks_of<R>(psi_, scale, shift), accuracy_), shift, scale);
  }

 private:
  Pair<R> sum(const Rule<R>& rule, const R& shift, const R& scale) const {
    Pair<R> out;
    for (std::size_t j = 0; j < rule.size(); ++j) {
      const R x = scale * rule.z[j];
      const R term = rule.w[j] * (psi_(R(shift + x)) + psi_(R(shift - x)));
      out.fine += term;
      if (rule.coarse[j]) out.coarse += R(2) * term;
    }
    return out;
  }

  const Integrand<R>& psi_;
  R deviation_, rho_, tau_;
  double step_, reach_, accuracy_;
  std::optional<Rule<R>> fixed_;
};

/// The whole problem, with everything that does not depend on the step.
template <Real R>
class Expectation {
 public:
  Expectation(const Activation& phi, const R& q, const Activation& psi, const R& qbar, const R& rho,
              int digits)
      : phi_(phi, Of::value), psi_(psi, Of::value), rho_(rho), accuracy_(log_accuracy(digits)) {
    using std::sqrt;
    first_ = sqrt(q);
    second_ = sqrt(qbar);
    tau_ = sqrt(R((R(1) - rho) * (R(1) + rho)));
    const double a = real::to_double<R>(first_), b = real::to_double<R>(second_);
    const double r = std::abs(real::to_double<R>(rho)), t = real::to_double<R>(tau_);
    outer_step_ = step(!phi_.kinks().empty() || (degenerate() && !psi_.kinks().empty()),
                       meet(strip_of<R>(phi_, a, 1), strip_of<R>(psi_, b * r, 1)));
    inner_step_ = step(!psi_.kinks().empty(), strip_of<R>(psi_, b * t, 1));
    reach_ = cut_off();
    phi_moment_ = moment(phi_, first_);
    psi_moment_ = moment(psi_, second_);
  }

  Quantity<R> evaluate() const {
    using std::abs;
    using std::exp;
    using std::sqrt;
    const R size = sqrt(R(phi_moment_ * psi_moment_));
    const R goal =
        real::maximum<R>(R(Backend<R>::unit_roundoff() * R(8)), R(exp(real::from_double<R>(-accuracy_)))) *
        size;
    double shrink = 1;
    for (int halvings = 0;; ++halvings, shrink /= 2) {
      std::size_t nodes = 0;
      const Pair<R> found = degenerate() ? one_variable(shrink, nodes) : two_variables(shrink, nodes);
      const R d = abs(R(found.fine - found.coarse));
      const R error = after_halving<R>(d, size, std::min(outer_step_.power, inner_step_.power));
      if (error <= goal || halvings == 2)
        return Quantity<R>(found.fine, R(error + goal + rounding(nodes, size)));
    }
  }

 private:
  bool degenerate() const { return tau_ == R(0); }

  Step step(bool broken, const Strip& strip) const {
    return broken ? Step{double_exponential_step(0, accuracy_), 2} : trapezoid_step(strip, accuracy_);
  }

  /// Where e^{-z^2/2} times the growth of both integrands is negligible.
  double cut_off() const {
    double reach = 1;
    for (int i = 0; i < 4; ++i)
      reach = std::sqrt(2 * (accuracy_ + 2 + growth(phi_, first_, reach) + growth(psi_, second_, reach)));
    return reach;
  }

  static double growth(const Integrand<R>& f, const R& deviation, double z) {
    const auto size = [&](double at) {
      const R x = deviation * real::from_double<R>(at);
      return std::max({std::abs(real::to_double<R>(f(x))), std::abs(real::to_double<R>(f(R(-x)))), 1e-300});
    };
    return std::max(0.0, std::log(size(z) / std::max(size(1), size(0))));
  }

  Rule<R> outer_rule(double shrink) const {
    std::vector<R> breaks = breaks_of<R>(phi_, first_, R(0));
    if (degenerate()) breaks = merge_breaks<R>(breaks, breaks_of<R>(psi_, second_, R(0)));
    const bool broken = !phi_.kinks().empty() || (degenerate() && !psi_.kinks().empty());
    return broken ? broken_rule<R>(outer_step_.h * shrink, reach_, breaks, accuracy_)
                  : trapezoid_rule<R>(outer_step_.h * shrink, reach_);
  }

  Pair<R> one_variable(double shrink, std::size_t& nodes) const {
    const Rule<R> rule = outer_rule(shrink);
    nodes = rule.size();
    Pair<R> out;
    for (std::size_t i = 0; i < rule.size(); ++i) {
      const R x = first_ * rule.z[i], y = second_ * rho_ * rule.z[i];
      const R term = rule.w[i] * (phi_(x) * psi_(y) + phi_(R(-x)) * psi_(R(-y)));
      out.fine += term;
      if (rule.coarse[i]) out.coarse += R(2) * term;
    }
    return out;
  }

  Pair<R> two_variables(double shrink, std::size_t& nodes) const {
    const Rule<R> rule = outer_rule(shrink);
    const Inner<R> inner(psi_, second_, rho_, tau_, inner_step_.h * shrink, reach_, accuracy_);
    nodes = rule.size() * static_cast<std::size_t>(reach_ / (inner_step_.h * shrink));
    const int parity = psi_.parity();
    Pair<R> out;
    for (std::size_t i = 0; i < rule.size(); ++i) {
      const R x = first_ * rule.z[i];
      const Pair<R> plus = inner(rule.z[i]);
      const Pair<R> minus =
          parity == 0 ? inner(R(-rule.z[i])) : Pair<R>{R(R(parity) * plus.fine), R(R(parity) * plus.coarse)};
      const R at_plus = rule.w[i] * phi_(x), at_minus = rule.w[i] * phi_(R(-x));
      out.fine += at_plus * plus.fine + at_minus * minus.fine;
      if (rule.coarse[i]) out.coarse += R(2) * (at_plus * plus.coarse + at_minus * minus.coarse);
    }
    return out;
  }

  R moment(const Integrand<R>& f, const R& deviation) const {
    const double accuracy = log_accuracy(3);
    const std::vector<R> breaks = breaks_of<R>(f, deviation, R(0));
    const Rule<R> rule =
        f.kinks().empty()
            ? trapezoid_rule<R>(trapezoid_step(strip_of<R>(f, real::to_double<R>(deviation), 2), accuracy).h,
                                reach_)
            : broken_rule<R>(double_exponential_step(0, accuracy), reach_, breaks, accuracy);
    R sum(0);
    for (std::size_t i = 0; i < rule.size(); ++i) {
      const R x = deviation * rule.z[i], plus = f(x), minus = f(R(-x));
      sum += rule.w[i] * (plus * plus + minus * minus);
    }
    return sum;
  }

  /// Of the sum, and of arguments that are wrong by a few u each (see expand_by_quadrature).
  R rounding(std::size_t nodes, const R& size) const {
    using std::sqrt;
    const auto sensitivity = [](const Integrand<R>& f, const R& deviation, const R& moment) {
      const R l = f.lipschitz();
      return R(Backend<R>::finite(l) ? R(deviation * l) : R(R(10) * sqrt(moment)));
    };
    const R moved = sensitivity(phi_, first_, phi_moment_) * sqrt(psi_moment_) +
                    sensitivity(psi_, second_, psi_moment_) * sqrt(phi_moment_);
    const R summation = R(2) * sqrt(R(static_cast<int>(nodes)));
    return Backend<R>::unit_roundoff() * ((R(32) + summation) * size + R(8) * moved);
  }

  Integrand<R> phi_, psi_;
  R rho_, tau_, first_, second_;
  double accuracy_;
  Step outer_step_, inner_step_;
  double reach_;
  R phi_moment_, psi_moment_;
};

}  // namespace

template <Real R>
Quantity<R> expectation_by_quadrature(const Activation& phi, const R& q, const Activation& psi, const R& qbar,
                                      const R& rho, int digits) {
  if (!Backend<R>::finite(q) || q < R(0) || !Backend<R>::finite(qbar) || qbar < R(0))
    throw DomainError("A Gaussian needs a finite variance of at least 0.");
  if (!(rho >= R(-1) && rho <= R(1))) throw DomainError("A correlation must lie in [-1, 1].");
  if (digits <= 0 || digits > Backend<R>::digits) digits = Backend<R>::digits;
  return Expectation<R>(phi, q, psi, qbar, rho, digits).evaluate();
}

#define GRONWALL_INSTANTIATE(...)                                                                       \
  template Quantity<__VA_ARGS__> expectation_by_quadrature<__VA_ARGS__>(                                \
      const Activation&, const __VA_ARGS__&, const Activation&, const __VA_ARGS__&, const __VA_ARGS__&, \
      int);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::gaussian
