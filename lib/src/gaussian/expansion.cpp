#include <algorithm>
#include <cmath>

#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/real/error.hpp>

#include "expansion_quadrature.hpp"
#include "polynomial_expansion.hpp"

namespace gronwall::gaussian {

using real::Backend;
using real::Quantity;

namespace {

template <Real R>
void add(Sums<R>& sums, const R& weight, const std::vector<R>& hermite, const R& plus, const R& minus) {
  const R even = weight * (plus + minus), odd = weight * (plus - minus);
  R term;
  for (std::size_t k = 0; k < hermite.size(); ++k) {
    term = hermite[k];
    term *= k % 2 == 0 ? even : odd;
    sums.coefficients[k] += term;
  }
  sums.second += weight * (plus * plus + minus * minus);
  sums.antipodal += R(2) * weight * plus * minus;
}

template <Real R>
Judged<R> integrate(const Integrand<R>& f, const R& deviation, unsigned count) {
  const double accuracy = log_accuracy(Backend<R>::digits);
  const Plan plan = plan_quadrature<R>(f, deviation, count);
  const HermiteRecurrence<R> recurrence(count);
  const std::vector<R> breaks = breaks_of<R>(f, deviation, R(0));
  std::vector<R> hermite(count);
  double step = plan.step;
  for (int halvings = 0;; ++halvings, step /= 2) {
    const Rule<R> rule = plan.broken ? broken_rule<R>(step, plan.reach, breaks, accuracy)
                                     : trapezoid_rule<R>(step, plan.reach);
    Sums<R> fine(count), coarse(count);
    for (std::size_t i = 0; i < rule.size(); ++i) {
      const R x = deviation * rule.z[i];
      const R plus = f(x), minus = f(R(-x));
      normalised_hermites_into<R>(hermite.data(), recurrence, rule.z[i]);
      add<R>(fine, rule.w[i], hermite, plus, minus);
      if (rule.coarse[i]) add<R>(coarse, R(R(2) * rule.w[i]), hermite, plus, minus);
    }
    Judged<R> found = judge<R>(std::move(fine), coarse, plan.power, rule.size());
    if (found.good || halvings == 4) return found;
  }
}

}  // namespace

template <Real R>
Expansion<R> expand_by_quadrature(const Activation& phi, const R& variance, unsigned count, Of of) {
  using std::sqrt;
  require_variance<R>(variance);
  const Integrand<R> f(phi, of);
  return finished<R>(phi, f, variance, integrate<R>(f, R(sqrt(variance)), count));
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
