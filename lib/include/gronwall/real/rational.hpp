#pragma once

#include <string>

#include <boost/multiprecision/gmp.hpp>

#include <gronwall/real/functions.hpp>

namespace gronwall::real {

/// An exact rational number (GMP).
using Rational = boost::multiprecision::mpq_rational;
/// An exact integer (GMP).
using Integer = boost::multiprecision::mpz_int;

/// The rational in a backend: enclosed by a ball, correctly rounded in MPFR, truncated to 53 bits (relative
/// error below 2u) in double, where a value beyond the range becomes infinite.
template <Real R>
R from_rational(const Rational& x);

/// The exact value of a text: an integer "-3", a fraction "1/3", a decimal "0.1" (one tenth, not the nearest
/// double) or "1e-3", a hexadecimal float "0x1.8p+1". Throws DomainError on anything else, on a denominator
/// 0, and on exponents beyond 5000, whose exact value would only fill memory.
Rational parse_rational(const std::string& text);

/// In lowest terms: "-3", "1/3".
std::string to_string(const Rational& x);

/// The exact value of a finite double.
inline Rational exact_rational(double x) { return Rational(x); }

}  // namespace gronwall::real
