#include "ball_rule.hpp"

#include <cmath>
#include <numbers>
#include <optional>

#include <gronwall/real/error.hpp>
#include <gronwall/real/functions.hpp>

namespace gronwall::gaussian {

namespace {

constexpr double log_2 = std::numbers::ln2;

/// At most 12 significant bits, rounded down, so that the multiples of a step are short.
double shortened(double h) {
  int exponent = 0;
  const double mantissa = std::frexp(h, &exponent);
  return std::ldexp(std::floor(std::ldexp(mantissa, 12)), exponent - 12);
}

/// Half-widths worth trying: the best one for an entire function of Gaussian growth g is sqrt(accuracy/g),
/// and g >= 1/2 is that of the density; a pole is worth coming close to.
std::vector<double> half_widths(double widest, double accuracy) {
  const double end = std::min(widest, 1.5 * std::sqrt(2 * accuracy));
  std::vector<double> out;
  for (int i = 1; i < 32; ++i) out.push_back(end * i / 32);
  out.push_back(end * 0.985);
  return out;
}

/// log(2M), if M is known.
std::optional<double> log_twice(const Ball& m) {
  if (!m.known()) return std::nullopt;
  return (log2_size(m) + 1) * log_2;
}

Ball theorem(const Ball& m, double a, double h) {
  const Ball exponent = scaled(real::ball_pi(), 1) * Ball(a) / Ball(h);
  return (scaled(m, 1) / expm1(exponent)).upper();
}

}  // namespace

double log2_size(const Ball& x) {
  const Ball size = x.largest_modulus();
  if (!size.known()) return HUGE_VAL;
  if (size.is_zero()) return -HUGE_VAL;
  return real::to_double<Ball>(real::log(size)) / log_2;
}

BallStep ball_step(double widest, long bits, const StripIntegral& integral) {
  const double accuracy = static_cast<double>(bits) * log_2;
  double best = 0, where = 0;
  for (const double a : half_widths(widest, accuracy)) {
    const auto size = log_twice(integral(Ball(a)));
    if (!size) continue;
    const double h = 2 * std::numbers::pi * a / std::max(1.0, *size + accuracy);
    if (h > best) best = h, where = a;
  }
  if (best == 0) throw PrecisionError("No strip is known on which an integrand is bounded.");
  const double h = shortened(best);
  return {h, theorem(integral(Ball(where)), where, h)};
}

BallStep ball_step_error(double widest, double h, const StripIntegral& integral) {
  double best = -HUGE_VAL, where = 0;
  // The exponent 2 pi a/h is the accuracy to be expected.
  for (const double a : half_widths(widest, std::pow(2 * std::numbers::pi / h, 2) / 2)) {
    const auto size = log_twice(integral(Ball(a)));
    if (!size) continue;
    const double gained = 2 * std::numbers::pi * a / h - *size;
    if (gained > best) best = gained, where = a;
  }
  if (where == 0) throw PrecisionError("No strip is known on which an integrand is bounded.");
  return {h, theorem(integral(Ball(where)), where, h)};
}

long last_node(double h, long bits, int degree, const std::function<Ball(const Ball& z)>& bound) {
  const long least = static_cast<long>(std::max(1.0, std::sqrt(4.0 * degree + 4) / h)) + 1;
  const auto enough = [&](long n) {
    return log2_size(bound(Ball(h) * Ball(static_cast<int>(n)))) <= static_cast<double>(-bits);
  };
  long low = least, high = least;
  while (!enough(high)) {
    if (high > (1L << 28))
      throw PrecisionError("The tail of a Gaussian integral is not bounded at this precision.");
    low = high, high *= 2;
  }
  while (high - low > 1) {
    const long middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

Ball hermite_on_line(unsigned k, const Ball& a) {
  const Ball square = a * a;
  Ball term(1), sum(1);
  for (unsigned j = 0; j < k; ++j) {
    const int next = static_cast<int>(j) + 1;
    term = term * square * Ball(static_cast<int>(k - j)) / (Ball(next) * Ball(next));
    sum += term;
  }
  return sqrt(sum);
}

Ball hermite_tail(const Majorant& m, const Ball& s, const Ball& z) {
  const Ball cramer = real::ratio<Ball>(109, 100);
  const Ball decay = exp(-scaled(z * z, -2));
  return (Ball(8) * cramer / sqrt(scaled(real::ball_pi(), 1)) * m(s * z) * decay / z).upper();
}

Ball plain_tail(const Ball& majorants_at_z, const Ball& z) {
  const Ball decay = exp(-scaled(z * z, -1));
  return (Ball(4) / sqrt(scaled(real::ball_pi(), 1)) * majorants_at_z * decay / z).upper();
}

Ball node_weight(const Ball& h, const Ball& x) {
  return h * exp(-scaled(x * x, -1)) / sqrt(scaled(real::ball_pi(), 1));
}

Ball rounded(const Ball& x) {
  Ball out;
  arb_set_round(out.raw(), x.raw(), real::working_bits());
  return out;
}

}  // namespace gronwall::gaussian
