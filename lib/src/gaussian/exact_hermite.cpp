#include <algorithm>

#include <gronwall/gaussian/hermite.hpp>
#include <gronwall/real/error.hpp>

// The exact half of the room: nothing here knows a recurrence of the Hermite polynomials.
namespace gronwall::gaussian {

Integer factorial(unsigned k) {
  Integer product = 1;
  for (unsigned i = 2; i <= k; ++i) product *= i;
  return product;
}

Integer binomial(unsigned n, unsigned k) {
  if (k > n) return 0;
  Integer c = 1;
  for (unsigned i = 1; i <= k; ++i) {
    c *= n - k + i;
    c /= i;
  }
  return c;
}

namespace {

Rational power(const Rational& x, unsigned k) { return real::power<Rational>(x, k); }

/// m pairs chosen among k points, the rest left single: k! / (m! (k-2m)! 2^m).
Integer matchings(unsigned k, unsigned m) {
  Integer count = factorial(k) / (factorial(m) * factorial(k - 2 * m));
  count >>= m;
  return count;
}

}  // namespace

std::vector<Integer> hermite_coefficients(unsigned k) {
  std::vector<Integer> c(k + 1, 0);
  for (unsigned m = 0; 2 * m <= k; ++m) {
    const Integer size = matchings(k, m);
    c[k - 2 * m] = m % 2 == 0 ? size : Integer(-size);
  }
  return c;
}

Integer gaussian_moment(unsigned m) { return m % 2 == 0 ? matchings(m, m / 2) : Integer(0); }

Rational gaussian_moment(unsigned j, unsigned k, const Rational& q, const Rational& qbar, const Rational& c) {
  if ((j + k) % 2 != 0) return 0;
  Rational sum = 0;
  for (unsigned l = j % 2; l <= std::min(j, k); l += 2) {
    // Pair (j-l)/2 within u, (k-l)/2 within v, and match the remaining l points across in l! ways.
    const Integer pairings = matchings(j, (j - l) / 2) * matchings(k, (k - l) / 2) * factorial(l);
    sum += Rational(pairings) * power(c, l) * power(q, (j - l) / 2) * power(qbar, (k - l) / 2);
  }
  return sum;
}

Rational gaussian_mean(const Polynomial& p) {
  Rational sum = 0;
  for (std::size_t m = 0; m < p.size(); ++m) sum += p[m] * gaussian_moment(static_cast<unsigned>(m));
  return sum;
}

Rational gaussian_mean(const Polynomial& p, const Polynomial& r, const Rational& q, const Rational& qbar,
                       const Rational& c) {
  Rational sum = 0;
  for (std::size_t j = 0; j < p.size(); ++j)
    for (std::size_t k = 0; k < r.size(); ++k)
      if (p[j] != 0 && r[k] != 0)
        sum += p[j] * r[k] * gaussian_moment(static_cast<unsigned>(j), static_cast<unsigned>(k), q, qbar, c);
  return sum;
}

Rational hermite_product_mean(unsigned j, unsigned k) {
  const std::vector<Integer> a = hermite_coefficients(j), b = hermite_coefficients(k);
  Integer sum = 0;
  for (unsigned i = j % 2; i <= j; i += 2)
    for (unsigned l = k % 2; l <= k; l += 2)
      if ((i + l) % 2 == 0) sum += a[i] * b[l] * gaussian_moment(i + l);
  return Rational(sum);
}

Polynomial hermite_connection(const Polynomial& p, const Rational& q) {
  if (q < 0) throw DomainError("A Gaussian of negative variance was asked for.");
  Polynomial beta(p.size(), 0);
  for (unsigned k = 0; k < p.size(); ++k)
    for (unsigned m = 0; k + 2 * m < p.size(); ++m)
      beta[k] += p[k + 2 * m] * power(q, m) * Rational(matchings(k + 2 * m, m));
  return beta;
}

std::vector<Rational> squared_coefficients(const Polynomial& p, const Rational& q) {
  const Polynomial beta = hermite_connection(p, q);
  std::vector<Rational> squares(beta.size());
  for (unsigned k = 0; k < beta.size(); ++k)
    squares[k] = beta[k] * beta[k] * power(q, k) * Rational(factorial(k));
  return squares;
}

Polynomial derivative(const Polynomial& p) {
  Polynomial out;
  for (std::size_t k = 1; k < p.size(); ++k) out.push_back(p[k] * Rational(static_cast<long>(k)));
  return out;
}

}  // namespace gronwall::gaussian
