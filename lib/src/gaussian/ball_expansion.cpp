#include <cmath>

#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/real/error.hpp>

#include "ball_rule.hpp"
#include "polynomial_expansion.hpp"

// Expansions whose coefficients and moments are enclosed. The formulas are those of expansion.hpp.
namespace gronwall::gaussian {

using real::Precision;
using real::Truth;
using real::working_bits;

namespace {

void require_variance(const Ball& q) {
  if (leq(Ball(0), q) != Truth::yes) throw DomainError("A Gaussian needs a finite variance of at least 0.");
}

/// phi or phi' as the sums see it.
class Function {
 public:
  Function(const Activation& phi, Of of) : functions_(phi.in<Ball>()), of_(of) {
    const activation::Parity parity = phi.traits().parity;
    if (parity != activation::Parity::neither)
      parity_ = (parity == activation::Parity::even) == (of == Of::value) ? 1 : -1;
  }
  Ball operator()(const Ball& x) const {
    return of_ == Of::value ? functions_.value(x) : functions_.derivative(x);
  }
  /// +1 even, -1 odd, 0 neither.
  int parity() const { return parity_; }
  bool vanishes(unsigned k) const { return parity_ != 0 && (k % 2 == 0) != (parity_ > 0); }

 private:
  const activation::Functions<Ball>& functions_;
  Of of_;
  int parity_ = 0;
};

/// Adds f_k He_k(x) to sums[k] for all k, f_k being `even` or `odd`: He_{k+1} = x He_k - k He_{k-1}, for
/// exact x. In balls the recurrence loses about as many digits as G_k(x) is larger than He_k(x)
/// (hermite.hpp), so it runs at the precision that the term, which is weighted by omega(x), needs.
class HermiteSums {
 public:
  HermiteSums(unsigned count, long bits) : sums_(count), bits_(bits) {}

  void add(const Ball& x, const Ball& even, const Ball& odd) {
    const long bits = std::max(32L, bits_ + growth(real::to_double<Ball>(x)));
    Ball before(0), here(1), next;
    for (unsigned k = 0; k < sums_.size(); ++k) {
      const Ball& factor = k % 2 == 0 ? even : odd;
      if (!factor.is_zero()) arb_addmul(sums_[k].raw(), here.raw(), factor.raw(), bits_);
      arb_mul(next.raw(), x.raw(), here.raw(), bits);
      arb_submul_ui(next.raw(), before.raw(), k, bits);
      std::swap(before, here);
      std::swap(here, next);
    }
  }
  const Ball& operator[](unsigned k) const { return sums_[k]; }

 private:
  /// log2 of omega(x) max_k G_k(x)/sqrt(k!), about: G_k/sqrt(k!) <= (2 pi k + 2)^{1/4} e^{sqrt(k) x}.
  long growth(double x) const {
    const double root = std::sqrt(static_cast<double>(sums_.size()));
    return static_cast<long>((x * root - x * x / 2) * std::numbers::log2e) + 8;
  }

  std::vector<Ball> sums_;
  long bits_;
};

/// What the rule gives, every sum without its tails.
struct BallSums {
  std::vector<Ball> coefficients;
  Ball second, antipodal;
};

BallSums sum(const Function& f, const Ball& deviation, unsigned count, const Ball& h, long last) {
  HermiteSums hermite(count, working_bits());
  BallSums out;
  for (long j = 0; j <= last; ++j) {
    const Ball z = h * Ball(static_cast<int>(j)), x = deviation * z;
    Ball w = node_weight(h, z);
    if (j == 0) w = scaled(w, -1);  // 0 is its own mirror image
    const Ball plus = f(x);
    const Ball minus = f.parity() == 0 ? f(-x) : f.parity() > 0 ? plus : -plus;
    hermite.add(z, f.parity() < 0 ? Ball(0) : w * (plus + minus),
                f.parity() > 0 ? Ball(0) : w * (plus - minus));
    out.second += w * (plus * plus + minus * minus);
    out.antipodal += scaled(w, 1) * plus * minus;
  }
  Ball factorial(1);
  for (unsigned k = 0; k < count; ++k) {
    if (k > 0) factorial *= Ball(static_cast<int>(k));
    out.coefficients.push_back(hermite[k] / sqrt(factorial));
  }
  return out;
}

/// About sqrt(E[phi^2]), as a power of 2: what absolute errors are measured by.
double log2_scale(const Function& f, const Ball& deviation) {
  const Ball size = abs(f(deviation)) + abs(f(-deviation)) + abs(f(Ball(0)));
  return std::clamp(log2_size(size), -1000.0, 1000.0);
}

double widest_strip(const Activation& phi, const Ball& deviation) {
  const double width = phi.in<double>().strip(), scale = real::to_double<Ball>(deviation);
  return scale == 0 || std::isinf(width) ? HUGE_VAL : width / scale;
}

}  // namespace

template <>
Expansion<Ball> expand_by_quadrature<Ball>(const Activation& phi, const Ball& variance, unsigned count,
                                           Of of) {
  require_variance(variance);
  const Function f(phi, of);
  BallSums sums;
  Ball coefficient_error, moment_error;
  {
    const Precision guard(working_bits() + 24);
    const Ball s = sqrt(variance);
    const Majorant real_line = strip_majorant(phi, of, Ball(0));
    const double scale = log2_scale(f, s), widest = widest_strip(phi, s);
    const long bits = working_bits() - 16 - static_cast<long>(scale);
    const long moment_bits = bits - static_cast<long>(scale);
    const unsigned top = count == 0 ? 0 : count - 1;
    const StripIntegral coefficient_integral = [&](const Ball& a) {
      return exp(scaled(a * a, -1)) * strip_majorant(phi, of, (s * a).upper()).mean(Ball(0), s) *
             hermite_on_line(top, a);
    };
    // |phi(s z)|^2 and |phi(s z) phi(-s z)|.
    const StripIntegral moment_integral = [&](const Ball& a) {
      const Ball size = strip_majorant(phi, of, (s * a).upper()).mean(Ball(0), s);
      return exp(scaled(a * a, -1)) * size * size;
    };
    BallStep for_coefficients = ball_step(widest, bits, coefficient_integral);
    BallStep for_moments = ball_step(widest, moment_bits, moment_integral);
    if (for_moments.h < for_coefficients.h)
      for_coefficients = ball_step_error(widest, for_moments.h, coefficient_integral);
    else
      for_moments = ball_step_error(widest, for_coefficients.h, moment_integral);
    const double h = for_coefficients.h;
    const auto coefficient_tail = [&](const Ball& z) { return hermite_tail(real_line, s, z); };
    const auto moment_tail = [&](const Ball& z) {
      const Ball size = real_line(s * z);
      return plain_tail(size * size, z);
    };
    const long last = std::max(last_node(h, bits, real_line.degree(), coefficient_tail),
                               last_node(h, moment_bits, real_line.degree(), moment_tail));
    const Ball end = Ball(h) * Ball(static_cast<int>(last));
    coefficient_error = for_coefficients.error + coefficient_tail(end);
    moment_error = for_moments.error + moment_tail(end);
    sums = sum(f, s, count, Ball(h), last);
  }
  Expansion<Ball> out;
  out.variance = variance;
  for (unsigned k = 0; k < count; ++k)
    out.coefficients.push_back(f.vanishes(k) ? Ball(0)
                                             : rounded(Ball(sums.coefficients[k], coefficient_error)));
  out.second_moment = rounded(Ball(sums.second, moment_error));
  out.antipodal = rounded(Ball(sums.antipodal, moment_error));
  Ball tail = out.second_moment;
  for (const Ball& a : out.coefficients) tail -= a * a;
  out.tail = max(tail, Ball(0));
  const Ball l = of == Of::value ? phi.in<Ball>().lipschitz() : phi.in<Ball>().derivative_lipschitz();
  out.slope = variance.is_zero() ? Ball(0) : (variance * l * l).upper();
  return out;
}

template <>
Expansion<Ball> expand<Ball>(const Activation& phi, const Ball& variance, unsigned count, Of of) {
  require_variance(variance);
  const std::optional<Polynomial>& p = phi.traits().polynomial;
  if (!p) return expand_by_quadrature<Ball>(phi, variance, count, of);
  return polynomial_expansion<Ball>(of == Of::value ? *p : derivative(*p), variance, count);
}

namespace {

/// sqrt(k!) t^{-k} e^{t^2/2} with t = sqrt k: |h_k(x)| is at most this times e^{t|x|}, since sum_k G_k t^k/k!
/// = e^{t|x| + t^2/2} has no negative term.
Ball growth_factor(unsigned k) {
  Ball square(1);
  for (unsigned i = 1; i <= k; ++i) square *= Ball(static_cast<int>(i)) / Ball(static_cast<int>(k));
  return sqrt(square) * exp(scaled(Ball(static_cast<int>(k)), -1));
}

/// h sum_{|x| > z} |h_j h_k| omega <= (2/sqrt(2 pi)) c_j c_k integral_z^infinity e^{theta x - x^2/2}, which
/// decreases beyond theta; the integral is at most e^{theta^2/2 - (z-theta)^2/2}/(z - theta). None for z <=
/// theta.
Ball product_tail(unsigned j, unsigned k, const Ball& theta, const Ball& z) {
  const Ball beyond = z - theta;
  if (less(Ball(0), beyond) != Truth::yes) return Ball(std::numeric_limits<double>::infinity());
  const Ball exponent = scaled(theta * theta - beyond * beyond, -1);
  return (scaled(growth_factor(j) * growth_factor(k), 1) / sqrt(scaled(real::ball_pi(), 1)) * exp(exponent) /
          beyond)
      .upper();
}

}  // namespace

template <>
Ball normalised_product_mean<Ball>(unsigned j, unsigned k) {
  if ((j + k) % 2 != 0) return Ball(0);  // the integrand is odd
  Ball total;
  {
    const long wanted = working_bits();
    const Precision guard(wanted + 24);
    const long bits = wanted + 8;
    const BallStep step = ball_step(HUGE_VAL, bits, [&](const Ball& a) {
      return exp(scaled(a * a, -1)) * hermite_on_line(j, a) * hermite_on_line(k, a);
    });
    const Ball theta = sqrt(Ball(static_cast<int>(j))) + sqrt(Ball(static_cast<int>(k))), h(step.h);
    const auto tail = [&](const Ball& z) { return product_tail(j, k, theta, z); };
    const long last = last_node(step.h, bits, 0, tail);
    const double root = real::to_double<Ball>(theta);
    for (long i = 0; i <= last; ++i) {
      const Ball z = h * Ball(static_cast<int>(i));
      const double x = real::to_double<Ball>(z);
      Ball product;
      {
        const double lost = (x * root - x * x / 2) * std::numbers::log2e;
        const Precision sharp(std::max(32L, wanted + 24 + static_cast<long>(lost)));
        const std::vector<Ball> values = hermites<Ball>(std::max(j, k) + 1, z);
        product = values[j] * values[k];
      }
      const Ball w = node_weight(h, z);
      total += (i == 0 ? w : scaled(w, 1)) * product;
    }
    Ball norm(1);
    for (const unsigned n : {j, k})
      for (unsigned i = 2; i <= n; ++i) norm *= Ball(static_cast<int>(i));
    total = Ball(total / sqrt(norm), step.error + tail(h * Ball(static_cast<int>(last))));
  }
  return rounded(total);
}

template <>
unsigned terms_for_correlation<Ball>(double rho, unsigned most) {
  const double size = std::abs(rho);
  if (size == 0) return 1;
  if (!(size < 1)) return most;
  const double terms = static_cast<double>(working_bits()) * std::numbers::ln2 / -std::log(size);
  return terms < most ? static_cast<unsigned>(terms) + 1 : most;
}

}  // namespace gronwall::gaussian
