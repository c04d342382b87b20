#include "points.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <gronwall/real/error.hpp>

namespace gronwall::kernel {

namespace {

/// a/b to the nearest integer, halves away from 0, for b > 0.
Integer rounded_quotient(const Integer& a, const Integer& b) {
  const Integer size = (2 * abs(a) + b) / (2 * b);
  return a < 0 ? Integer(-size) : size;
}

}  // namespace

bool is_zero(const Direction& g) {
  return std::all_of(g.begin(), g.end(), [](const Integer& entry) { return entry == 0; });
}

RationalVector on_sphere(const Direction& g, unsigned bits) {
  // Both |g| and the last coordinate times 2^shift, so that rounding the root down costs nothing.
  const unsigned shift = bits + 8;
  Integer square = 0;
  for (const Integer& entry : g) square += entry * entry;
  const Integer norm = sqrt(Integer(square << (2 * shift)));
  const Integer below = norm + Integer(abs(g.back()) << shift);
  RationalVector m;
  for (std::size_t k = 0; k + 1 < g.size(); ++k)
    m.emplace_back(rounded_quotient(Integer(g[k] << (shift + bits)), below), Integer(1) << bits);
  RationalVector point = linalg::rational_unit_vector(m);
  if (g.back() > 0) point.back() = -point.back();
  return point;
}

RationalVector negative(RationalVector x) {
  for (Rational& entry : x) entry = -entry;
  return x;
}

Integer Draws::number() {
  long sum = 0;
  for (int words = 0; words < 3; ++words) {
    std::uint64_t word = engine_();
    for (int part = 0; part < 4; ++part, word >>= 16) sum += static_cast<long>(word & 0xffffU);
  }
  return sum - 6L * 0xffff;
}

Direction Draws::direction(long d) {
  Direction g(static_cast<std::size_t>(d));
  do {
    for (Integer& entry : g) entry = number();
  } while (is_zero(g));
  return g;
}

bool DistinctPoints::insert(const RationalVector& x) {
  const RationalVector opposite = negative(x);
  if (std::any_of(points_.begin(), points_.end(),
                  [&](const RationalVector& y) { return y == x || y == opposite; }))
    return false;
  points_.push_back(x);
  return true;
}

void DistinctPoints::refuse() const {
  throw DomainError(
      fmt::format("Only {} different points of the kind that was asked for were found.", points_.size()));
}

}  // namespace gronwall::kernel
