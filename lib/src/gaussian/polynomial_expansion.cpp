#include "polynomial_expansion.hpp"

#include <algorithm>

namespace gronwall::gaussian {

using real::Backend;
using real::Quantity;

namespace {

/// The rational as a quantity: exact where numerator and denominator are short and the quotient is.
template <Real R>
Quantity<R> quantity(const Rational& x) {
  const R value = real::from_rational<R>(x);
  if constexpr (real::Enclosing<R>) {
    return value;
  } else {
    using std::abs;
    const bool short_integer = denominator(x) == 1 && abs(numerator(x)) < (Integer(1) << 50);
    return short_integer ? Quantity<R>(value)
                         : Quantity<R>(value, R(R(2) * Backend<R>::unit_roundoff() * abs(value)));
  }
}

}  // namespace

template <Real R>
Expansion<R> polynomial_expansion(const Polynomial& p, const R& q, unsigned count) {
  const Quantity<R>& variance = q;
  Expansion<R> out;
  out.variance = q;
  out.tail = out.second_moment = out.antipodal = Quantity<R>(R(0));
  Quantity<R> root_power(R(1)), slope(R(0));  // q^{k/2} sqrt(k!)
  for (unsigned k = 0; k < std::max<std::size_t>(count, p.size()); ++k) {
    if (k >= p.size()) {
      out.coefficients.emplace_back(R(0));
      continue;
    }
    if (k > 0) root_power *= sqrt(variance * Quantity<R>(static_cast<int>(k)));
    // beta_k(q) by Horner in q: its coefficients are c_{k+2m} (k+2m)! / (m! k! 2^m).
    Quantity<R> beta(R(0));
    for (unsigned m = static_cast<unsigned>(p.size() - 1 - k) / 2 + 1; m-- > 0;) {
      Rational c = p[k + 2 * m] * Rational(factorial(k + 2 * m));
      c /= Rational(factorial(m) * factorial(k) << m);
      beta = beta * variance + quantity<R>(c);
    }
    const Quantity<R> a = beta * root_power, square = a * a;
    if (k < count) out.coefficients.push_back(a);
    if (k >= count) out.tail += square;
    slope += square * Quantity<R>(static_cast<int>(k));
  }
  // The moments from those of the Gaussian, not from the coefficients.
  Quantity<R> power(R(1));
  for (unsigned s = 0; s + 1 < 2 * p.size() + 1; s += 2, power *= variance) {
    Rational same = 0, mirrored = 0;
    for (unsigned i = 0; i < p.size() && i <= s; ++i)
      if (s - i < p.size()) {
        const Rational term = p[i] * p[s - i] * Rational(gaussian_moment(s));
        same += term;
        mirrored += i % 2 == 0 ? term : Rational(-term);
      }
    out.second_moment += quantity<R>(same) * power;
    out.antipodal += quantity<R>(mirrored) * power;
  }
  out.slope = slope.value() + slope.error();
  return out;
}

#define GRONWALL_INSTANTIATE(...)                                                                          \
  template Expansion<__VA_ARGS__> polynomial_expansion<__VA_ARGS__>(const Polynomial&, const __VA_ARGS__&, \
                                                                    unsigned);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::gaussian
