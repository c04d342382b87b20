#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include <gronwall/linalg/matrix.hpp>
#include <gronwall/real/bound.hpp>

// Upper bounds of products of non-negative matrices, in double. Each line (a row of the left factor, a column
// of the right one) has a power of two of its own, so that radii of any size fit.
namespace gronwall::linalg::detail {

/// mantissa 2^(exponent - 30), as Arb's bounds are made; zero where the mantissa is.
struct Size {
  std::uint32_t mantissa = 0;  ///< 0, or from 2^29 to 2^30
  long exponent = 0;
};

/// The exponents of some sizes other than 0.
struct SizeRange {
  long top = std::numeric_limits<long>::min(), bottom = std::numeric_limits<long>::max();

  void take(const Size& x) {
    if (x.mantissa == 0) return;
    top = std::max(top, x.exponent);
    bottom = std::min(bottom, x.exponent);
  }
  bool empty() const { return top < bottom; }
  /// Whether double holds them all, and products of two of them.
  bool moderate() const { return empty() || top - bottom < 300; }
};

/// Numbers x(k, line) >= 0 in lines that stand side by side.
class SizeLines {
 public:
  /// Zeros.
  SizeLines() = default;
  /// Lines of which these are the ranges, all moderate.
  SizeLines(Eigen::Index length, const std::vector<SizeRange>& ranges);

  /// No entry is other than 0; none need be set.
  bool zero() const { return zero_; }
  /// Each entry has to be set once.
  void set(Eigen::Index line, Eigen::Index k, const Size& x) {
    const long exponent = x.exponent - exponents_[static_cast<std::size_t>(line)] - 30;
    values_(k, line) = x.mantissa == 0 ? 0.0 : x.mantissa * power_of_two(exponent);
  }
  /// A bound of sum_k x(k, line).
  real::Bound sum(Eigen::Index line) const;

 private:
  friend class SizeProduct;
  /// Of a normal number.
  static double power_of_two(long exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
  }

  bool zero_ = true;
  ExactMatrix values_;  ///< x(k, line) 2^-exponents[line]: 0 or in [2^-301, 1]
  std::vector<long> exponents_;
};

/// Bounds of sum_k x(k, i) y(k, j).
class SizeProduct {
 public:
  /// All bounds are 0 where a factor is.
  SizeProduct(const SizeLines& x, const SizeLines& y);
  bool zero() const { return zero_; }
  /// At least the sum, and at most 1 + 2^-25 times it.
  real::Bound bound(Eigen::Index i, Eigen::Index j) const;
  /// log2 of the sum, to 0.01; -infinity for 0.
  double log2(Eigen::Index i, Eigen::Index j) const;

 private:
  bool zero_;
  ExactMatrix sums_;
  std::vector<long> left_, right_;  ///< exponents
};

}  // namespace gronwall::linalg::detail
