#include <algorithm>
#include <cmath>

#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/real/error.hpp>

#include "polynomial_expansion.hpp"
#include "rule.hpp"

namespace gronwall::gaussian {

using real::Backend;
using real::Quantity;

namespace {

template <Real R>
void require_variance(const R& q) {
  if (!Backend<R>::finite(q) || q < R(0))
    throw DomainError("A Gaussian needs a finite variance of at least 0.");
}

/// Sums over the nodes of one rule, and over those of doubled step.
template <Real R>
struct Sums {
  explicit Sums(std::size_t count) : coefficients(count, R(0)) {}
  std::vector<R> coefficients;
  R second = R(0), antipodal = R(0);

  void add(const R& weight, const std::vector<R>& hermite, const R& plus, const R& minus) {
    const R even = weight * (plus + minus), odd = weight * (plus - minus);
    R term;
    for (std::size_t k = 0; k < coefficients.size(); ++k) {
      term = hermite[k];
      term *= k % 2 == 0 ? even : odd;
      coefficients[k] += term;
    }
    second += weight * (plus * plus + minus * minus);
    antipodal += R(2) * weight * plus * minus;
  }
};

/// The largest |z| that matters: see `expand`. Growth of phi itself is taken from its values at the cut-off.
template <Real R>
double cut_off(const Integrand<R>& f, const R& deviation, unsigned count, double accuracy) {
  const auto size = [&](double z) {
    using std::abs;
    const R x = deviation * real::from_double<R>(z);
    return std::max(std::abs(real::to_double<R>(f(x))), std::abs(real::to_double<R>(f(R(-x)))));
  };
  const double scale = std::max({size(1), size(0), 1e-300});
  const double root = std::sqrt(static_cast<double>(count));
  double reach = 1;
  for (int i = 0; i < 4; ++i) {
    const double growth = std::max(0.0, std::log(std::max(size(reach), 1e-300) / scale));
    const double first = accuracy + growth + 2, second = accuracy + 2 * growth + 2;
    const double for_coefficients = std::min(root + std::sqrt(root * root + 2 * first), 2 * std::sqrt(first));
    reach = std::max(for_coefficients, std::sqrt(2 * second));
  }
  return reach;
}

template <Real R>
R distance(const Sums<R>& fine, const Sums<R>& coarse) {
  using std::abs;
  R d(0);
  for (std::size_t k = 0; k < fine.coefficients.size(); ++k)
    d = real::maximum<R>(d, R(abs(R(fine.coefficients[k] - coarse.coefficients[k]))));
  return d;
}

template <Real R>
struct Quadrature {
  Sums<R> sums;
  R error;         ///< of a coefficient, from the rule alone
  R moment_error;  ///< of the two moments, from the rule alone
  std::size_t nodes;
};

template <Real R>
Quadrature<R> integrate(const Integrand<R>& f, const R& deviation, unsigned count) {
  using std::abs;
  using std::sqrt;
  const double accuracy = log_accuracy(Backend<R>::digits);
  const double reach = cut_off<R>(f, deviation, count, accuracy);
  const double scale = real::to_double<R>(deviation);
  const bool broken = !f.kinks().empty();
  Strip single = strip_of<R>(f, scale, 1);
  single.linear = std::sqrt(static_cast<double>(count));
  const Step for_moments = trapezoid_step(strip_of<R>(f, scale, 2), accuracy);
  const Step for_coefficients = trapezoid_step(single, accuracy);
  const int power = broken ? 2 : std::min(for_moments.power, for_coefficients.power);
  double step =
      broken ? double_exponential_step(count, accuracy) : std::min(for_moments.h, for_coefficients.h);
  const HermiteRecurrence<R> recurrence(count);
  const std::vector<R> breaks = breaks_of<R>(f, deviation, R(0));
  std::vector<R> hermite(count);
  for (int halvings = 0;; ++halvings, step /= 2) {
    const Rule<R> rule =
        broken ? broken_rule<R>(step, reach, breaks, accuracy) : trapezoid_rule<R>(step, reach);
    Sums<R> fine(count), coarse(count);
    for (std::size_t i = 0; i < rule.size(); ++i) {
      const R x = deviation * rule.z[i];
      const R plus = f(x), minus = f(R(-x));
      normalised_hermites_into<R>(hermite.data(), recurrence, rule.z[i]);
      fine.add(rule.w[i], hermite, plus, minus);
      if (rule.coarse[i]) coarse.add(R(R(2) * rule.w[i]), hermite, plus, minus);
    }
    const R size = sqrt(fine.second);
    const R error = after_halving<R>(distance<R>(fine, coarse), size, power);
    const R moved = real::maximum<R>(R(abs(R(fine.second - coarse.second))),
                                     R(abs(R(fine.antipodal - coarse.antipodal))));
    const R moment_error = after_halving<R>(moved, fine.second, power);
    const R small = Backend<R>::unit_roundoff() * R(8);
    if ((error <= small * size && moment_error <= small * fine.second) || halvings == 4)
      return {std::move(fine), error, moment_error, rule.size()};
  }
}

template <Real R>
bool vanishes(int parity, unsigned k) {
  return parity != 0 && (k % 2 == 0) != (parity > 0);
}

template <Real R>
R slope_bound(const Integrand<R>& f, const R& q) {
  const R l = f.lipschitz();
  return q == R(0) ? R(0) : R(q * l * l);
}

}  // namespace

template <Real R>
Expansion<R> expand_by_quadrature(const Activation& phi, const R& variance, unsigned count, Of of) {
  using std::sqrt;
  require_variance<R>(variance);
  const Integrand<R> f(phi, of);
  const R deviation = sqrt(variance);
  const Quadrature<R> found = integrate<R>(f, deviation, count);
  const R u = Backend<R>::unit_roundoff();
  const R size = sqrt(found.sums.second);
  // An argument that is wrong by u moves the value by u |x phi'(x)|, at most u sqrt(q) Lip |z|; polynomials
  // have no Lipschitz constant, but |x phi'(x)| is at most about their degree times |phi|.
  const R lipschitz = f.lipschitz();
  const R moved =
      Backend<R>::finite(lipschitz) ? R(deviation * lipschitz) : R(R(phi.degree().value_or(1) + 1) * size);
  const R summation = R(2) * sqrt(R(static_cast<int>(found.nodes)));
  Expansion<R> out;
  out.variance = variance;
  for (unsigned k = 0; k < count; ++k) {
    if (vanishes<R>(f.parity(), k)) {
      out.coefficients.emplace_back(R(0));
      continue;
    }
    const R rounding = u * ((R(8 * (k + 4)) + summation) * size + R(4) * moved);
    out.coefficients.emplace_back(found.sums.coefficients[k], R(rounding + found.error));
  }
  const R moment_error =
      found.moment_error + u * ((R(32) + summation) * found.sums.second + R(8) * moved * size);
  out.second_moment = Quantity<R>(found.sums.second, moment_error);
  out.antipodal = Quantity<R>(found.sums.antipodal, moment_error);
  Quantity<R> tail = out.second_moment;
  for (const Quantity<R>& a : out.coefficients) tail -= a * a;
  out.tail = max(tail, Quantity<R>(R(0)));
  out.slope = slope_bound<R>(f, variance);
  return out;
}

template <Real R>
Expansion<R> expand(const Activation& phi, const R& variance, unsigned count, Of of) {
  require_variance<R>(variance);
  const std::optional<Polynomial>& p = phi.traits().polynomial;
  if (!p) return expand_by_quadrature<R>(phi, variance, count, of);
  return polynomial_expansion<R>(of == Of::value ? *p : derivative(*p), variance, count);
}

template <Real R>
Quantity<R> normalised_product_mean(unsigned j, unsigned k) {
  using std::abs;
  const double accuracy = log_accuracy(Backend<R>::digits);
  const double root = std::sqrt(static_cast<double>(j)) + std::sqrt(static_cast<double>(k));
  const double reach = root + std::sqrt(root * root + 2 * accuracy + 4);
  const Step step = trapezoid_step({HUGE_VAL, 0.5, root}, accuracy);
  const unsigned count = std::max(j, k) + 1;
  const HermiteRecurrence<R> recurrence(count);
  const Rule<R> rule = trapezoid_rule<R>(step.h, reach);
  std::vector<R> h(count);
  R fine(0), coarse(0);
  for (std::size_t i = 0; i < rule.size(); ++i) {
    normalised_hermites_into<R>(h.data(), recurrence, rule.z[i]);
    const R term = (j + k) % 2 == 0 ? R(R(2) * rule.w[i] * h[j] * h[k]) : R(0);
    fine += term;
    if (rule.coarse[i]) coarse += R(2) * term;
  }
  const R rounding = R(8 * (j + k + 4)) * Backend<R>::unit_roundoff();
  return Quantity<R>(fine, R(after_halving<R>(R(abs(R(fine - coarse))), R(1), step.power) + rounding));
}

template <Real R>
unsigned terms_for_correlation(double rho, unsigned most) {
  const double size = std::abs(rho);
  if (size == 0) return 1;
  if (!(size < 1)) return most;
  const double terms = log_accuracy(Backend<R>::digits) / -std::log(size);
  return terms < most ? static_cast<unsigned>(terms) + 1 : most;
}

#define GRONWALL_INSTANTIATE(...)                                                                           \
  template Expansion<__VA_ARGS__> expand_by_quadrature<__VA_ARGS__>(const Activation&, const __VA_ARGS__&,  \
                                                                    unsigned, Of);                          \
  template Expansion<__VA_ARGS__> expand<__VA_ARGS__>(const Activation&, const __VA_ARGS__&, unsigned, Of); \
  template Quantity<__VA_ARGS__> normalised_product_mean<__VA_ARGS__>(unsigned, unsigned);                  \
  template unsigned terms_for_correlation<__VA_ARGS__>(double, unsigned);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::gaussian
