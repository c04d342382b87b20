#include "rule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gronwall::gaussian {

namespace {

/// At most 12 significant bits, rounded down.
double shortened(double h) {
  int exponent = 0;
  const double mantissa = std::frexp(h, &exponent);
  return std::ldexp(std::floor(std::ldexp(mantissa, 12)), exponent - 12);
}

template <Real R>
R density(const R& z) {
  using std::exp;
  using std::sqrt;
  return exp(R(-z * z / R(2))) / sqrt(R(R(2) * real::pi<R>()));
}

/// [begin, end] by z = middle + r tanh(pi/2 sinh t): dz = r (pi/2) cosh t / cosh^2(pi/2 sinh t) dt.
template <Real R>
void add_interval(Rule<R>& rule, double step, const R& begin, const R& end, double log_accuracy) {
  using std::cosh;
  using std::sinh;
  using std::tanh;
  const double last = std::asinh((log_accuracy + 5) / std::numbers::pi) + step;
  const R middle = (begin + end) / R(2), radius = (end - begin) / R(2), half_pi = real::pi<R>() / R(2);
  const long n = static_cast<long>(last / step);
  for (long j = -n; j <= n; ++j) {
    const R t = real::from_double<R>(static_cast<double>(j) * step);
    const R inner = half_pi * sinh(t), c = cosh(inner);
    const R z = middle + radius * tanh(inner);
    rule.z.push_back(z);
    rule.w.push_back(R(density<R>(z) * radius * half_pi * cosh(t) / (c * c) * real::from_double<R>(step)));
    rule.coarse.push_back(j % 2 == 0);
  }
}

/// [begin, infinity) by z = begin + e^{t - e^{-t}}, cut off where z passes `reach`.
template <Real R>
void add_half_line(Rule<R>& rule, double step, const R& begin, double reach, double log_accuracy) {
  using std::exp;
  const double first = -std::log(log_accuracy + 5) - step;
  const double length = std::max(reach - real::to_double<R>(begin), 1.0);
  double last = std::log(length);  // t - e^{-t} = log(length), by Newton's method
  for (int i = 0; i < 20; ++i) last -= (last - std::exp(-last) - std::log(length)) / (1 + std::exp(-last));
  const long from = static_cast<long>(std::floor(first / step)), to = static_cast<long>(last / step) + 1;
  for (long j = from; j <= to; ++j) {
    const R t = real::from_double<R>(static_cast<double>(j) * step);
    const R decay = exp(R(-t)), x = exp(R(t - decay));
    const R z = begin + x;
    rule.z.push_back(z);
    rule.w.push_back(R(density<R>(z) * x * (R(1) + decay) * real::from_double<R>(step)));
    rule.coarse.push_back(j % 2 == 0);
  }
}

}  // namespace

template <Real R>
Strip strip_of(const Integrand<R>& f, double scale, double times) {
  const double width = f.strip();
  if (scale == 0) return {HUGE_VAL, 0.5, 0};
  if (std::isinf(width)) return {HUGE_VAL, 0.5 + times * scale * scale, 0};
  return {0.9 * width / scale, 0.5, 0};
}

Strip meet(const Strip& a, const Strip& b) {
  return {std::min(a.half_width, b.half_width), a.growth + b.growth - 0.5, a.linear + b.linear};
}

double log_accuracy(int digits) { return (digits + 1) * std::numbers::ln10; }

Step trapezoid_step(const Strip& strip, double log_accuracy) {
  const double accuracy = log_accuracy + 6;
  if (strip.half_width >= std::sqrt(accuracy / strip.growth))
    return {shortened(2 * std::numbers::pi / (2 * std::sqrt(strip.growth * accuracy) + 2 * strip.linear)), 4};
  // pi b/h - growth b^2 - linear b >= accuracy / 2, with the best b there is.
  const double b = std::min(strip.half_width, std::sqrt(accuracy / (2 * strip.growth)));
  return {shortened(2 * std::numbers::pi / (accuracy / b + 2 * strip.growth * b + 2 * strip.linear)), 2};
}

template <Real R>
R after_halving(const R& d, const R& m, int power) {
  if (d == R(0) || m == R(0)) return d;
  const R relative = d / m;  // powers of d itself may overflow
  return power == 2 ? R(R(10) * d * relative) : R(R(100) * d * relative * relative * relative);
}

double double_exponential_step(unsigned count, double log_accuracy) {
  // Both substitutions keep the Gaussian decaying in |Im t| < 0.6; h_k grows there like e^{2 k Im t} at its
  // largest zero.
  const double width = 0.6;
  return shortened(2 * std::numbers::pi * width / (log_accuracy + 6 + 4 * width * count));
}

template <Real R>
Rule<R> trapezoid_rule(double step, double reach) {
  Rule<R> rule;
  const R h = real::from_double<R>(step);
  const long n = static_cast<long>(reach / step) + 1;
  for (long j = 0; j <= n; ++j) {
    const R z = real::from_double<R>(static_cast<double>(j) * step);
    R w = h * density<R>(z);
    if (j == 0) w = w / R(2);  // 0 is its own mirror image
    rule.z.push_back(z);
    rule.w.push_back(w);
    rule.coarse.push_back(j % 2 == 0);
  }
  return rule;
}

template <Real R>
Rule<R> broken_rule(double step, double reach, const std::vector<R>& breaks, double log_accuracy) {
  Rule<R> rule;
  R begin(0);
  for (const R& end : breaks) {
    if (!(end < real::from_double<R>(reach))) break;
    add_interval<R>(rule, step, begin, end, log_accuracy);
    begin = end;
  }
  add_half_line<R>(rule, step, begin, reach, log_accuracy);
  return rule;
}

template <Real R>
std::vector<R> merge_breaks(std::vector<R> a, const std::vector<R>& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  if (!a.empty() && a.front() == R(0)) a.erase(a.begin());
  return a;
}

template <Real R>
std::vector<R> breaks_of(const Integrand<R>& f, const R& scale, const R& shift) {
  using std::abs;
  std::vector<R> out;
  if (scale == R(0)) return out;
  for (const double kink : f.kinks()) out.push_back(abs(R((real::from_double<R>(kink) - shift) / scale)));
  return merge_breaks<R>(out, {});
}

#define GRONWALL_INSTANTIATE(...)                                                                      \
  template Strip strip_of<__VA_ARGS__>(const Integrand<__VA_ARGS__>&, double, double);                 \
  template __VA_ARGS__ after_halving<__VA_ARGS__>(const __VA_ARGS__&, const __VA_ARGS__&, int);        \
  template Rule<__VA_ARGS__> trapezoid_rule<__VA_ARGS__>(double, double);                              \
  template Rule<__VA_ARGS__> broken_rule<__VA_ARGS__>(double, double, const std::vector<__VA_ARGS__>&, \
                                                      double);                                         \
  template std::vector<__VA_ARGS__> breaks_of<__VA_ARGS__>(const Integrand<__VA_ARGS__>&,              \
                                                           const __VA_ARGS__&, const __VA_ARGS__&);    \
  template std::vector<__VA_ARGS__> merge_breaks<__VA_ARGS__>(std::vector<__VA_ARGS__>,                \
                                                              const std::vector<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::gaussian
