#include "expansion_quadrature.hpp"

#include <algorithm>
#include <cmath>

#include <gronwall/real/error.hpp>

namespace gronwall::gaussian {

using real::Backend;
using real::Quantity;

template <Real R>
void require_variance(const R& q) {
  if (!Backend<R>::finite(q) || q < R(0))
    throw DomainError("A Gaussian needs a finite variance of at least 0.");
}

namespace {

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
R slope_bound(const Integrand<R>& f, const R& q) {
  const R l = f.lipschitz();
  return q == R(0) ? R(0) : R(q * l * l);
}

}  // namespace

template <Real R>
Plan plan_quadrature(const Integrand<R>& f, const R& deviation, unsigned count) {
  const double accuracy = log_accuracy(Backend<R>::digits);
  const double reach = cut_off<R>(f, deviation, count, accuracy);
  if (!f.kinks().empty()) return {true, double_exponential_step(count, accuracy), 2, reach};
  const double scale = real::to_double<R>(deviation);
  Strip single = strip_of<R>(f, scale, 1);
  single.linear = std::sqrt(static_cast<double>(count));
  const Step for_moments = trapezoid_step(strip_of<R>(f, scale, 2), accuracy);
  const Step for_coefficients = trapezoid_step(single, accuracy);
  return {false, std::min(for_moments.h, for_coefficients.h),
          std::min(for_moments.power, for_coefficients.power), reach};
}

template <Real R>
double growth_covered(double reach, unsigned count) {
  const double accuracy = log_accuracy(Backend<R>::digits), square = reach * reach;
  const double root = std::sqrt(static_cast<double>(count));
  const double first = std::max(square / 4, reach < root ? 0 : square / 2 - root * reach);
  return std::min(first - accuracy - 2, (square / 2 - accuracy - 2) / 2);
}

template <Real R>
Judged<R> judge(Sums<R> fine, const Sums<R>& coarse, int power, std::size_t nodes) {
  using std::abs;
  using std::sqrt;
  const R size = sqrt(fine.second);
  const R error = after_halving<R>(distance<R>(fine, coarse), size, power);
  const R moved =
      real::maximum<R>(R(abs(R(fine.second - coarse.second))), R(abs(R(fine.antipodal - coarse.antipodal))));
  const R moment_error = after_halving<R>(moved, fine.second, power);
  const R small = Backend<R>::unit_roundoff() * R(8);
  const bool good = error <= small * size && moment_error <= small * fine.second;
  return {std::move(fine), error, moment_error, nodes, good};
}

template <Real R>
Expansion<R> finished(const Activation& phi, const Integrand<R>& f, const R& variance,
                      const Judged<R>& found) {
  using std::sqrt;
  const R u = Backend<R>::unit_roundoff();
  const R size = sqrt(found.sums.second);
  // An argument that is wrong by u moves the value by u |x phi'(x)|, at most u sqrt(q) Lip |z|; polynomials
  // have no Lipschitz constant, but |x phi'(x)| is at most about their degree times |phi|.
  const R lipschitz = f.lipschitz();
  const R moved = Backend<R>::finite(lipschitz) ? R(sqrt(variance) * lipschitz)
                                                : R(R(phi.degree().value_or(1) + 1) * size);
  const R summation = R(2) * sqrt(R(static_cast<int>(found.nodes)));
  Expansion<R> out;
  out.variance = variance;
  for (unsigned k = 0; k < found.sums.coefficients.size(); ++k) {
    if (vanishes(f.parity(), k)) {
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

#define GRONWALL_INSTANTIATE(...)                                                                          \
  template void require_variance<__VA_ARGS__>(const __VA_ARGS__&);                                         \
  template Plan plan_quadrature<__VA_ARGS__>(const Integrand<__VA_ARGS__>&, const __VA_ARGS__&, unsigned); \
  template double growth_covered<__VA_ARGS__>(double, unsigned);                                           \
  template Judged<__VA_ARGS__> judge<__VA_ARGS__>(Sums<__VA_ARGS__>, const Sums<__VA_ARGS__>&, int,        \
                                                  std::size_t);                                            \
  template Expansion<__VA_ARGS__> finished<__VA_ARGS__>(const Activation&, const Integrand<__VA_ARGS__>&,  \
                                                        const __VA_ARGS__&, const Judged<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::gaussian
