#pragma once

#include <cstdint>

#include <boost/container/static_vector.hpp>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/rational.hpp>

namespace gronwall::series {

/// A number in balanced digits of 28 bits, the sum of digits[m] 2^{28 (m + place)}: what whole blocks are
/// multiplied by.
struct FixedScalar {
  static constexpr int most_digits = 70;
  boost::container::static_vector<std::int32_t, most_digits> digits;
  long place = 0;

  /// x with an error of at most 2^{-28 count} |x|, in at most count + 2 digits.
  FixedScalar(const real::Rational& x, int count);
  /// 1/k, 0 < k < 2^28, with an error of at most 2^{-28 count}.
  static FixedScalar reciprocal(int k, int count);
  /// 2^bits times this.
  FixedScalar shifted(long bits) const;
  /// A power of two that is at least its modulus: its log2; a large negative number for 0.
  long log2_above() const;

 private:
  FixedScalar() = default;
};

/// A finite number as it is.
template <real::Floating R>
real::Rational exact(const R& x);

}  // namespace gronwall::series
