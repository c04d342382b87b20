#include "verify/checker/gaussian.hpp"

#include <functional>

namespace gronwall::checker {

namespace {

using Series = std::vector<Interval>;

constexpr unsigned order = 24;      // m, even
constexpr long cells_per_unit = 8;  // on each side of 0

/// Taylor coefficients 0 to `order` of t -> z + t.
Series argument(const Interval& z, const Interval& factor) {
  Series x(order + 1);
  x[0] = factor * z;
  x[1] = factor;
  return x;
}

/// Those of phi(r (z + t)).
Series activation_series(Activation phi, const Interval& r, const Interval& z) {
  Lift lift(phi);
  for (const Interval& coefficient : argument(z, r)) lift.push(coefficient);
  return lift.value();
}

Series product(const Series& a, const Series& b) {
  Series out;
  for (std::size_t i = 0; i < a.size(); ++i) out.push_back(product_at(a, b, i));
  return out;
}

/// He_0, ..., He_{count-1} at z + t.
std::vector<Series> hermite_series(const Interval& z, unsigned count) {
  std::vector<Series> he{Series(order + 1)};
  he[0][0] = 1;
  for (unsigned n = 0; n + 1 < count; ++n) {
    Series next(order + 1);
    for (unsigned i = 0; i <= order; ++i) {
      next[i] = z * he[n][i];
      if (i > 0) next[i] += he[n][i - 1];
      if (n > 0) next[i] -= Interval(static_cast<long>(n)) * he[n - 1][i];
    }
    he.push_back(std::move(next));
  }
  return he;
}

/// What is integrated: phi(r z) times each of some other functions, as series around z.
struct Integrand {
  Series phi;
  std::vector<Series> others;
};
using Integrands = std::function<Integrand(const Interval& z)>;

/// The integral over [-h, h] of the product of two functions, from their coefficients at 0 and, for
/// coefficient `order` of the product, over the whole cell.
Interval cell_integral(const Series& a, const Series& b, const Series& wide_a, const Series& wide_b,
                       const Interval& h) {
  Interval sum, h_power = h;  // h^{i+1}
  for (unsigned i = 0; i <= order; i += 2) {
    const Interval c = i == order ? product_at(wide_a, wide_b, i) : product_at(a, b, i);
    sum += scaled(c * h_power, 1) / Interval(static_cast<long>(i) + 1);
    h_power *= sqr(h);
  }
  return sum;
}

/// The integrals of the products over [-end, end] under the density of N(0, 1).
std::vector<Interval> integrals(const Integrands& f, std::size_t count, long end) {
  const Interval h = Interval(1) / Interval(2 * cells_per_unit);
  std::vector<Interval> sums(count);
  for (long k = -end * cells_per_unit; k < end * cells_per_unit; ++k) {
    const Interval low = Interval(k) / Interval(cells_per_unit);
    const Interval z = low + h, cell = hull(low, low + scaled(h, 1));
    const Integrand at_middle = f(z), over_cell = f(cell);
    const Series a = product(at_middle.phi, activation_series(Activation::gaussian, 1, z));
    const Series wide_a = product(over_cell.phi, activation_series(Activation::gaussian, 1, cell));
    for (std::size_t n = 0; n < count; ++n)
      sums[n] += cell_integral(a, at_middle.others[n], wide_a, over_cell.others[n], h);
  }
  for (Interval& sum : sums) sum /= sqrt(scaled(pi(), 1));
  return sums;
}

/// An upper bound, as [0, bound], of 2/sqrt(2 pi) times the integral of z^k e^{-z^2/2} from `end` on; k <
/// end^2.
Interval tail(unsigned k, long end) {
  const Interval z = Interval(end);
  const Interval shrink = Interval(1) - Interval(static_cast<long>(k) - 1) / sqr(z);
  const Interval bound = power(z, k - 1) * exp(-scaled(sqr(z), -1)) / shrink;
  return hull(0, scaled(bound, 1) / sqrt(scaled(pi(), 1)));
}

/// |phi(r z)| <= steepness |z| for |z| >= 1.
Interval steepness(Activation phi, const Interval& r) { return abs(value(phi, 0)) + lipschitz(phi) * r; }

mpq_class factorial(unsigned n) {
  mpz_class f;
  mpz_fac_ui(f.get_mpz_t(), n);
  return mpq_class(f);
}

}  // namespace

std::vector<Interval> hermite_moments(Activation phi, const Interval& r, unsigned count) {
  const long end = count <= 16 ? 16 : 28;
  const Integrands f = [&](const Interval& z) {
    return Integrand{activation_series(phi, r, z), hermite_series(z, count)};
  };
  std::vector<Interval> moments = integrals(f, count, end);
  for (unsigned n = 0; n < count; ++n) {
    mpq_class coefficients = 0;
    for (const mpq_class& c : hermite_polynomial(n)) coefficients += abs(c);
    const Interval rest = steepness(phi, r) * Interval(coefficients) * tail(n + 1, end);
    moments[n] += hull(-rest, rest);
  }
  return moments;
}

Interval second_moment(Activation phi, const Interval& r) {
  constexpr long end = 16;
  const Integrands f = [&](const Interval& z) {
    const Series of_phi = activation_series(phi, r, z);
    return Integrand{of_phi, {of_phi}};
  };
  return integrals(f, 1, end)[0] + sqr(steepness(phi, r)) * tail(2, end);
}

Interval equal_variance_kernel(Activation phi, const mpq_class& q, const mpq_class& rho) {
  const Interval r = sqrt(Interval(q));
  const Interval whole = second_moment(phi, r);
  if (rho == 1) return whole;
  constexpr unsigned terms = 16;
  const std::vector<Interval> a = hermite_moments(phi, r, terms);
  Interval sum, captured, rho_power = 1;
  for (unsigned n = 0; n < terms; ++n) {
    const Interval square = sqr(a[n]) / Interval(factorial(n));
    sum += square * rho_power;
    captured += square;
    rho_power *= Interval(rho);
  }
  return sum + hull(0, rho_power * abs(whole - captured));
}

mpq_class PairMoments::operator()(unsigned a, unsigned b) {
  while (known_.size() <= a) {
    known_.emplace_back();
    is_known_.emplace_back();
  }
  if (known_[a].size() <= b) {
    known_[a].resize(b + 1);
    is_known_[a].resize(b + 1, false);
  }
  if (is_known_[a][b]) return known_[a][b];
  mpq_class m = 0;
  if (a == 0 && b == 0) m = 1;
  if (a >= 2) m += mpq_class(a - 1) * var_u_ * (*this)(a - 2, b);
  if (a >= 1 && b >= 1) m += mpq_class(b) * covariance_ * (*this)(a - 1, b - 1);
  if (a == 0 && b >= 2) m += mpq_class(b - 1) * var_v_ * (*this)(0, b - 2);
  known_[a][b] = m;
  is_known_[a][b] = true;
  return m;
}

mpq_class PairMoments::mean(const std::vector<mpq_class>& p, const std::vector<mpq_class>& q) {
  mpq_class sum = 0;
  for (unsigned a = 0; a < p.size(); ++a)
    for (unsigned b = 0; b < q.size(); ++b)
      if (p[a] != 0 && q[b] != 0) sum += p[a] * q[b] * (*this)(a, b);
  return sum;
}

std::vector<mpq_class> hermite_polynomial(unsigned n) {
  std::vector<mpq_class> before, he{1};
  for (unsigned k = 0; k < n; ++k) {
    std::vector<mpq_class> next(he.size() + 1);
    for (std::size_t i = 0; i < he.size(); ++i) next[i + 1] += he[i];
    for (std::size_t i = 0; i < before.size(); ++i) next[i] -= mpq_class(k) * before[i];
    before = std::move(he);
    he = std::move(next);
  }
  return he;
}

}  // namespace gronwall::checker
