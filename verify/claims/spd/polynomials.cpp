#include "verify/claims/spd/polynomials.hpp"

namespace gronwall::verify {

using real::Rational;

LargestDegrees largest_degrees(const Polynomial& p) {
  const std::vector<Rational> squares = gaussian::squared_coefficients(p);
  LargestDegrees out;
  for (std::size_t n = 0; n < squares.size(); ++n)
    if (squares[n] != 0) (n % 2 == 0 ? out.even : out.odd) = static_cast<long>(n);
  return out;
}

long rank_bound(const LargestDegrees& n, long d) {
  long bound = 0;
  for (const long degree : {n.even, n.odd})
    if (degree >= 0)
      bound += static_cast<long>(
          gaussian::binomial(static_cast<unsigned>(degree + d - 1), static_cast<unsigned>(d - 1)));
  return bound;
}

namespace {

/// Appends the values at x of all monomials of this degree in the coordinates from `first` on, times
/// `factor`.
void append_monomials(std::vector<Rational>& out, const RationalVector& x, std::size_t first, long degree,
                      const Rational& factor) {
  if (first + 1 == x.size()) {
    out.push_back(Rational(factor * real::power<Rational>(x[first], static_cast<unsigned>(degree))));
    return;
  }
  Rational power = factor;
  for (long k = 0; k <= degree; ++k) {
    append_monomials(out, x, first + 1, degree - k, power);
    power *= x[first];
  }
}

}  // namespace

RationalMatrix monomials(const LargestDegrees& n, const Points& x) {
  if (x.empty()) return RationalMatrix(0, 0);
  const long d = static_cast<long>(x.front().size());
  RationalMatrix out(static_cast<Eigen::Index>(x.size()), rank_bound(n, d));
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<Rational> row;
    for (const long degree : {n.even, n.odd})
      if (degree >= 0) append_monomials(row, x[i], 0, degree, 1);
    for (std::size_t j = 0; j < row.size(); ++j)
      out(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = row[j];
  }
  return out;
}

Points scattered(long n, long d, long a, long b) {
  Points x;
  for (long i = 0; i < n; ++i) {
    RationalVector m;
    for (long k = 1; k < d; ++k) {
      // Quadratic residues modulo a prime jump about; the denominators keep coordinates from repeating.
      const long jump = (a + (2 * k + 1) * i + (b + k) * i * i) % 53;
      m.push_back(Rational(jump - 26, 4 + k));
    }
    x.push_back(linalg::rational_unit_vector(m));
  }
  return x;
}

}  // namespace gronwall::verify
