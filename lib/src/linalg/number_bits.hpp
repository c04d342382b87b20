#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <gronwall/linalg/block.hpp>

#include "exact_columns.hpp"
#include "residue_tables.hpp"

// Numbers of high precision as words of 64 bits, in the way MPFR and Arb both keep them, to digits of blocks
// and back.
namespace gronwall::linalg::detail {

/// (0.m) 2^exponent, m at the upper end of `words`.
struct NumberBits {
  const std::uint64_t* words = nullptr;  ///< the lowest first, the highest with its upper bit set
  int count = 0;
  long exponent = 0;
  int sign = 0;  ///< 0 for zero

  /// The place of the lowest bit that is not 0; not for zero.
  long lowest() const {
    int w = 0;
    while (words[w] == 0) ++w;
    return exponent - 64L * (count - w) + std::countr_zero(words[w]);
  }
  /// 28 bits from 2^place on.
  std::uint32_t bits_from(long place) const {
    const long from = place - exponent + 64L * count;  // in the words
    constexpr std::uint64_t mask = (std::uint64_t{1} << Block::limb_bits) - 1;
    if (from <= -Block::limb_bits || from >= 64L * count) return 0;
    if (from < 0) return static_cast<std::uint32_t>((words[0] << -from) & mask);
    const long word = from / 64, shift = from % 64;
    std::uint64_t out = words[word] >> shift;
    if (shift > 64 - Block::limb_bits && word + 1 < count) out |= words[word + 1] << (64 - shift);
    return static_cast<std::uint32_t>(out & mask);
  }
};

/// The places of the bits of some numbers.
struct BitRange {
  long above = std::numeric_limits<long>::min();
  long lowest = std::numeric_limits<long>::max();

  void take(const NumberBits& x) {
    if (x.sign == 0) return;
    above = std::max(above, x.exponent);
    lowest = std::min(lowest, x.lowest());
  }
  bool empty() const { return above < lowest; }
  /// Limbs that hold them all: |x| < 2^(28 limbs - 1) in units of the lowest bit.
  long limbs() const { return empty() ? 1 : (above - lowest) / Block::limb_bits + 1; }
};

/// The balanced digits of x 2^-log2_unit, cut off towards 0 to an integer, which has to be below
/// 2^(28 limbs - 1), every `step`. The highest may become 2^27, and keeps it.
inline void write_digits(const NumberBits& x, long log2_unit, int limbs, std::int32_t* out,
                         std::ptrdiff_t step) {
  constexpr std::int32_t base = 1 << Block::limb_bits;
  std::int32_t carry = 0;
  for (int l = 0; l < limbs; ++l) {
    std::int32_t digit = static_cast<std::int32_t>(x.bits_from(log2_unit + Block::limb_bits * l)) + carry;
    carry = l + 1 < limbs && digit >= base / 2 ? 1 : 0;
    digit -= carry * base;
    out[l * step] = x.sign * digit;
  }
}

}  // namespace gronwall::linalg::detail
