#pragma once

#include <string>

#include <gronwall/real/rational.hpp>

#include "verify/engine/any.hpp"
#include "verify/engine/relations.hpp"

/// Statements of the proof of Lemma 16 that are arithmetic, decided in the rationals.
namespace gronwall::verify {

using real::Rational;

/// The smallest number drawn where 0 is left out.
inline constexpr double least_rate = 1.0 / 1024;

/// A drawn dyadic number, exactly.
template <Real R>
Rational any_exactly(Any<R>& any, const std::string& name, double low, double high) {
  return real::exact_rational(real::to_double<R>(any.number(name, low, high)));
}

/// x^k, k >= 0.
inline Rational rational_power(const Rational& x, long k) {
  return real::power<Rational>(x, static_cast<unsigned>(k));
}

/// sum_{i < k} x^i.
inline Rational geometric(const Rational& x, long k) {
  Rational sum = 0, term = 1;
  for (long i = 0; i < k; ++i) {
    sum += term;
    term *= x;
  }
  return sum;
}

/// a <= b; the ratio says how close.
inline Judgement at_most_exactly(const Rational& a, const Rational& b) {
  Judgement out = exactly(a <= b, "<=", a.str(), b.str());
  if (b > 0) out.ratio = Rational(a / b).convert_to<double>();
  return out;
}

}  // namespace gronwall::verify
