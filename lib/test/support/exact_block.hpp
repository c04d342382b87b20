#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <boost/multiprecision/gmp.hpp>

#include <gronwall/linalg/block.hpp>
#include <gronwall/real/backends.hpp>

#include "support/random.hpp"

namespace gronwall::test {

/// An integer times a power of two: enough for everything that a block holds, and exact.
struct Dyadic {
  using Integer = boost::multiprecision::mpz_int;
  Integer mantissa = 0;
  long exponent = 0;

  friend Dyadic operator*(const Dyadic& a, const Dyadic& b) {
    return {Integer(a.mantissa * b.mantissa), a.exponent + b.exponent};
  }
  friend Dyadic operator+(const Dyadic& a, const Dyadic& b) {
    if (a.mantissa == 0) return b;
    if (b.mantissa == 0) return a;
    const long low = std::min(a.exponent, b.exponent);
    return {(a.mantissa << static_cast<unsigned>(a.exponent - low)) +
                (b.mantissa << static_cast<unsigned>(b.exponent - low)),
            low};
  }
  friend Dyadic operator-(const Dyadic& a, const Dyadic& b) { return a + Dyadic{-b.mantissa, b.exponent}; }

  /// The smallest e with |this| < 2^e; this is not 0.
  long above() const { return exponent + static_cast<long>(mpz_sizeinbase(mantissa.backend().data(), 2)); }
  /// |this| 2^-log2_unit, cut to a double; above 2^1000: that.
  double in_units(long log2_unit) const {
    if (mantissa == 0) return 0;
    if (above() - log2_unit > 1000) return 0x1p1000;
    long power = 0;
    const double leading = mpz_get_d_2exp(&power, mantissa.backend().data());
    return std::ldexp(std::abs(leading), static_cast<int>(std::max(power + exponent - log2_unit, -2000L)));
  }
};

inline Dyadic dyadic(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  return {Dyadic::Integer(std::ldexp(mantissa, 53)), exponent - 53L};
}
template <unsigned Digits>
Dyadic dyadic(const real::Mpfr<Digits>& x) {
  if (x == 0) return {};
  Dyadic out;
  out.exponent = mpfr_get_z_2exp(out.mantissa.backend().data(), x.backend().data());
  return out;
}

/// What a block says of an entry: the definition.
inline Dyadic dyadic(const linalg::Block& b, Eigen::Index i, Eigen::Index j) {
  Dyadic::Integer sum = 0;
  for (int l = b.limbs(); l-- > 0;) {
    sum <<= linalg::Block::limb_bits;
    sum += b.limb(l, j)[i];
  }
  return {sum, b.log2_unit(j)};
}

/// How a random block is filled.
enum class Fill { any, largest, smallest, short_numbers, mostly_zeros };
constexpr Fill fills[] = {Fill::any, Fill::largest, Fill::smallest, Fill::short_numbers, Fill::mostly_zeros};

/// Any digits a block may have, exponents between -spread and spread; what stands in the padding is any
/// digits too.
inline linalg::Block random_block(Random& random, Eigen::Index rows, Eigen::Index cols, int limbs, int spread,
                                  Fill fill) {
  constexpr std::int32_t half = 1 << (linalg::Block::limb_bits - 1);
  linalg::Block out(rows, cols, limbs);
  for (Eigen::Index j = 0; j < cols; ++j) {
    out.set_exponent(j, random.below(2 * spread + 1) - spread);
    for (Eigen::Index i = 0; i < out.stride(); ++i) {
      const int from = fill == Fill::short_numbers ? random.below(limbs) : 0;
      const bool zero = fill == Fill::mostly_zeros && random.below(4) != 0;
      for (int l = 0; l < limbs; ++l) {
        std::int32_t digit = random.below(2 * half + 1) - half;
        if (fill == Fill::largest) digit = half;
        if (fill == Fill::smallest) digit = -half;
        if ((fill == Fill::short_numbers && l > from) || zero) digit = 0;
        out.limb(l, j)[i] = digit;
      }
    }
  }
  return out;
}

}  // namespace gronwall::test
