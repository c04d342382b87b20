#include "radius_product.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backend/double.hpp>

// A sum of n <= 2^20 products of non-negative doubles, computed in whatever order, fused or not, is at least
// (1 - gamma_n) times the exact one, gamma_n = n u/(1 - n u) < 2^-32 (Higham, Accuracy and Stability, 2nd
// ed., §3.1): nothing underflows, since no factor that is not 0 is below 2^-301, and nothing overflows, since
// none exceeds 1. `slack` covers that and a few roundings more.
namespace gronwall::linalg::detail {

namespace {

using Eigen::Index;
using real::Bound;

constexpr double slack = 1 + 0x1p-30;

std::size_t at(Index k) { return static_cast<std::size_t>(k); }

Bound scaled(double x, long exponent) {
  Bound out(x);
  mag_mul_2exp_si(out.raw(), out.raw(), exponent);
  return out;
}

}  // namespace

SizeLines::SizeLines(Index length, const std::vector<SizeRange>& ranges)
    : zero_(std::all_of(ranges.begin(), ranges.end(), [](const SizeRange& r) { return r.empty(); })) {
  if (zero_) return;
  values_.resize(length, static_cast<Index>(ranges.size()));
  for (const SizeRange& range : ranges) exponents_.push_back(range.empty() ? 0 : range.top);
}

Bound SizeLines::sum(Index line) const {
  return zero_ ? Bound() : scaled(values_.col(line).sum() * slack, exponents_[at(line)]);
}

SizeProduct::SizeProduct(const SizeLines& x, const SizeLines& y)
    : zero_(x.zero() || y.zero()), left_(x.exponents_), right_(y.exponents_) {
  if (!zero_) transpose_multiply_into<double>(sums_, x.values_, y.values_);
}

Bound SizeProduct::bound(Index i, Index j) const {
  return zero_ ? Bound() : scaled(sums_(i, j) * slack, left_[at(i)] + right_[at(j)]);
}

double SizeProduct::log2(Index i, Index j) const {
  if (zero_ || sums_(i, j) == 0) return -std::numeric_limits<double>::infinity();
  return std::log2(sums_(i, j)) + static_cast<double>(left_[at(i)] + right_[at(j)]);
}

}  // namespace gronwall::linalg::detail
