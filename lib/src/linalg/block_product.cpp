#undef HWY_TARGET_INCLUDE
// Relative to the folder lib/include, where the compiler looks for it.
#define HWY_TARGET_INCLUDE "../src/linalg/block_product.cpp"
// Tiles of a product are arrays of vectors, whose size the compiler has to know; processors with vectors of
// any length run the code for shorter ones.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
//
#include <algorithm>
#include <cstdint>
#include <cstring>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include "exact_columns.hpp"
#include "packed_residues.hpp"

#ifndef GRONWALL_LINALG_BLOCK_PRODUCT_ONCE
#define GRONWALL_LINALG_BLOCK_PRODUCT_ONCE
namespace gronwall::linalg::detail {

constexpr Block::Index panel_rows = PackedResidues::panel_rows;
/// So many columns of b are worked on at a time: their residues stay in the caches.
constexpr Block::Index most_columns = 16;

/// Room for `size` numbers, kept for the next product.
template <class T>
T* at_least(Aligned<T>& buffer, Block::Index size) {
  if (static_cast<Block::Index>(buffer.size()) < size) buffer.resize(static_cast<std::size_t>(size));
  return buffer.data();
}

/// Intermediate results of a product, which the threads that compute it share. It belongs to the one that
/// asked for the product.
struct Workspace {
  Aligned<std::int16_t> right;  ///< residues of b: for each modulus, each column, its entries
  Aligned<std::int32_t> sums;   ///< the product's residues c_p: pair of moduli, column, row
  Block::Index sums_step = 0;   ///< between pairs of moduli
};

/// Those of one thread.
struct Scratch {
  Aligned<std::int32_t> halves;    ///< 16 entries' digits of 28 bits as pairs of 14 bits
  Aligned<std::int32_t> gathered;  ///< a vector of entries' pairs of c_p, and q
  Aligned<std::int32_t> digits;    ///< of a column of the product, 14 bits each: place, row
};

/// A part of a product modulo all primes: moduli and panels of rows from `first` on, before `end`.
struct Part {
  int first_modulus, end_modulus;
  Block::Index first_panel, end_panel;
};

/// Digits of a block's column as the residue tables want them: `at` points to the entries' digits number
/// `first` (in the tables' count), the ones after that follow at distance `plane`; those before are zeros.
struct Column {
  const std::int32_t* at;
  Block::Index plane;
  int first;
};

}  // namespace gronwall::linalg::detail
#endif

HWY_BEFORE_NAMESPACE();
namespace gronwall::linalg::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Index = Block::Index;
using Sums = hn::CappedTag<std::int32_t, panel_rows>;
using Vector = hn::Vec<Sums>;
constexpr Index lanes = hn::MaxLanes(Sums());
constexpr Index parts = panel_rows / lanes;  ///< vectors in 16 rows
constexpr int half_bits = ResidueTables::half_bits;

/// The sum of the two products of 16-bit numbers in each 32 bits of a and b is added, somewhere in their
/// neighbourhood: `collect` has it in place.
struct Accumulator {
  Vector even, odd;

  // Constructors are written out: the compiler would make its own for a processor without vectors.
  HWY_INLINE Accumulator() : even(hn::Zero(Sums())), odd(even) {}
  HWY_INLINE void add_products(Vector a, Vector b) {
#if HWY_TARGET == HWY_SCALAR
    const std::int32_t x = hn::GetLane(a), y = hn::GetLane(b);
    even.raw += static_cast<std::int16_t>(x) * static_cast<std::int16_t>(y) + (x >> 16) * (y >> 16);
#else
    const hn::Repartition<std::int16_t, Sums> halves;
    even = hn::ReorderWidenMulAccumulate(Sums(), hn::BitCast(halves, a), hn::BitCast(halves, b), even, odd);
#endif
  }
  HWY_INLINE Vector collect() const {
#if HWY_TARGET == HWY_SCALAR
    return even;
#else
    return hn::RearrangeToOddPlusEven(even, odd);
#endif
  }
};

HWY_INLINE Vector low_half(Vector pairs) { return hn::ShiftRight<16>(hn::ShiftLeft<16>(pairs)); }
HWY_INLINE Vector high_half(Vector pairs) { return hn::ShiftRight<16>(pairs); }
HWY_INLINE Vector only_low_half(Vector pairs) { return hn::And(pairs, hn::Set(Sums(), 0xffff)); }
/// The low halves of both, the second ones as high halves.
HWY_INLINE Vector pair_up(Vector low, Vector high) {
  return hn::Or(only_low_half(low), hn::ShiftLeft<16>(high));
}

/// Residues modulo one prime.
struct Modulus {
  Vector prime, half;
  hn::Vec<hn::Rebind<float, Sums>> inverse;

  HWY_INLINE Modulus(const ResidueTables& tables, int m)
      : prime(hn::Set(Sums(), tables.primes[static_cast<std::size_t>(m)])),
        half(hn::ShiftRight<1>(prime)),
        inverse(hn::Set(hn::Rebind<float, Sums>(), tables.inverses[static_cast<std::size_t>(m)])) {}

  /// A number congruent to x in the low half; in the high half stands anything. The quotient x/p is found
  /// with an error of three roundings, |x|/p 3 (1+) 2^-24, and rounded to an integer by adding 3 2^22, which
  /// leaves it in the lowest bits; so |x - quotient p| is p/2 + |x| 2^-22 at most.
  HWY_INLINE Vector reduce(Vector x) const {
    const hn::Rebind<float, Sums> real;
    constexpr std::int32_t bits_of_shift = 0x4b400000;
    const auto shift = hn::BitCast(real, hn::Set(Sums(), bits_of_shift));
    const Vector quotient = hn::BitCast(Sums(), hn::MulAdd(hn::ConvertTo(real, x), inverse, shift));
#if HWY_TARGET == HWY_SCALAR
    return hn::Sub(x, hn::Mul(hn::Sub(quotient, hn::Set(Sums(), bits_of_shift)), prime));
#else
    const hn::Repartition<std::int16_t, Sums> halves;  // what is left has 16 bits: so many are enough
    const auto multiple = hn::Mul(hn::BitCast(halves, quotient), hn::BitCast(halves, prime));
    return hn::BitCast(Sums(), hn::Sub(hn::BitCast(halves, x), multiple));
#endif
  }
  /// The number in [-(p-1)/2, (p-1)/2] congruent to x, |x| < 3 p/2.
  HWY_INLINE Vector balance(Vector x) const {
    const Vector r = hn::Sub(x, hn::IfThenElseZero(hn::Gt(x, half), prime));
    return hn::Add(r, hn::IfThenElseZero(hn::Lt(r, hn::Neg(half)), prime));
  }
};

/// The residues modulo `Count` neighbouring primes of a vector of numbers, whose digits stand at `halves`.
template <int Count>
HWY_INLINE void residues_modulo(std::int16_t* out, Index step, const std::int32_t* halves, Index first,
                                const ResidueTables& tables, int m, const std::int32_t* powers,
                                bool exactly) {
  const hn::Rebind<std::int16_t, Sums> narrow;
  const hn::RebindToUnsigned<decltype(narrow)> unsigned_narrow;
  const Index limbs = tables.limbs;
  Accumulator sum[Count];
  for (Index l = first; l < limbs; ++l) {
    const Vector digit = hn::Load(Sums(), halves + l * lanes);
#pragma GCC unroll 4
    for (int c = 0; c < Count; ++c) sum[c].add_products(digit, hn::Set(Sums(), powers[(m + c) * limbs + l]));
  }
#pragma GCC unroll 4
  for (int c = 0; c < Count; ++c) {
    const Modulus modulus(tables, m + c);
    Vector r = modulus.reduce(sum[c].collect());
    if (exactly) r = modulus.balance(low_half(r));
    const auto low = hn::TruncateTo(unsigned_narrow, hn::BitCast(hn::RebindToUnsigned<Sums>(), r));
    hn::StoreU(hn::BitCast(narrow, low), narrow, out + (m + c) * step);
  }
}

/// The residues of `length` (a multiple of 16) fixed-point numbers: modulus m's stand at out + m step.
/// Balanced exactly, or as far as `reduce` does it.
void residues_of(std::int16_t* out, Index step, const Column& column, Index length,
                 const ResidueTables& tables, const std::int32_t* powers, bool exactly, Scratch& scratch) {
  std::int32_t* halves = at_least(scratch.halves, tables.limbs * lanes);
  for (Index k = 0; k < length; k += lanes) {
    // d = 2^14 high + low, -2^13 <= low < 2^13.
    for (Index l = column.first; l < tables.limbs; ++l) {
      const Vector digit = hn::LoadU(Sums(), column.at + (l - column.first) * column.plane + k);
      const Vector high = hn::ShiftRight<half_bits>(hn::Add(digit, hn::Set(Sums(), 1 << (half_bits - 1))));
      const Vector low = hn::Sub(digit, hn::ShiftLeft<half_bits>(high));
      hn::Store(pair_up(low, high), Sums(), halves + l * lanes);
    }
    int m = 0;
    for (; m + 4 <= tables.count; m += 4)
      residues_modulo<4>(out + k, step, halves, column.first, tables, m, powers, exactly);
    for (; m < tables.count; ++m)
      residues_modulo<1>(out + k, step, halves, column.first, tables, m, powers, exactly);
  }
}

/// A pair of residues of neighbouring entries.
HWY_INLINE std::int32_t load_pair(const std::int16_t* from) {
  std::int32_t out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

/// A part of the product modulo one prime: rows of the left operand times columns of the right one.
struct Tile {
  const std::int32_t* left[2];  ///< vectors of rows: pairs of columns follow each other at distance 16
  std::int32_t* sums[2];        ///< where these rows' pairs of moduli stand in the first column
  const std::int16_t* right;
  Index pairs;       ///< of columns of the left operand, at most chunk/2
  Index right_step;  ///< between columns
  Index sums_step;   ///< between columns
  bool high;         ///< the prime is the second of its pair
  bool first;        ///< no sum of earlier columns of the left operand stands there
};

/// How many pairs of columns ahead the left operand is fetched, 2 kB: it is read but once and lies beyond the
/// second cache, and the processor itself does not look beyond a page.
constexpr Index ahead = 32;

/// Vectors x Columns sums stay in registers.
template <int Vectors, int Columns>
HWY_INLINE void multiply_tile(const Tile& tile, Index column, const Modulus& modulus) {
  Accumulator sum[Vectors][Columns];
  const std::int16_t* right = tile.right + column * tile.right_step;
  for (Index k = 0; k < tile.pairs; ++k) {
    Vector left[Vectors];
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) {
      left[v] = hn::Load(Sums(), tile.left[v] + k * panel_rows);
      hwy::Prefetch(tile.left[v] + (k + ahead) * panel_rows);
    }
#pragma GCC unroll 16
    for (int c = 0; c < Columns; ++c) {
      const Vector both = hn::Set(Sums(), load_pair(right + c * tile.right_step + 2 * k));
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) sum[v][c].add_products(left[v], both);
    }
  }
#pragma GCC unroll 16
  for (int c = 0; c < Columns; ++c)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) {
      std::int32_t* out = tile.sums[v] + (column + c) * tile.sums_step;
      Vector r = modulus.reduce(sum[v][c].collect());
      if (!tile.first) {
        const Vector before = hn::Load(Sums(), out);
        r = modulus.reduce(hn::Add(low_half(r), tile.high ? high_half(before) : low_half(before)));
      }
      hn::Store(tile.high ? pair_up(hn::Load(Sums(), out), r) : only_low_half(r), Sums(), out);
    }
}

/// 32 registers on AVX-512 and Arm, 16 elsewhere; half of them for sums.
constexpr bool many_registers = HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_ARCH_ARM;

/// Vectors of rows times all columns.
template <int Vectors>
HWY_INLINE void multiply_rows(const Tile& tile, Index columns, const Modulus& modulus) {
  Index j = 0;
  // One vector times 16 columns reads each residue of the left operand once.
  if constexpr (many_registers && Vectors == 1)
    for (; j + 16 <= columns; j += 16) multiply_tile<Vectors, 16>(tile, j, modulus);
  if constexpr (many_registers)
    for (; j + 8 <= columns; j += 8) multiply_tile<Vectors, 8>(tile, j, modulus);
  for (; j + 4 <= columns; j += 4) multiply_tile<Vectors, 4>(tile, j, modulus);
  for (; j + 2 <= columns; j += 2) multiply_tile<Vectors, 2>(tile, j, modulus);
  for (; j < columns; ++j) multiply_tile<Vectors, 1>(tile, j, modulus);
}

/// The c_p of W times `columns` columns, whose residues are at work.right, for some p and some rows. Those of
/// two neighbouring p, the first of them even, are written together.
void multiply_residues(const PackedResidues& w, Index right_step, Index columns, const Part& part,
                       Workspace& work) {
  constexpr Index chunk_pairs = ResidueTables::chunk / 2;
  const Index end = part.end_panel * parts, at_once = many_registers && columns >= 16 ? 1 : 2;
  Tile tile{};
  tile.right_step = right_step;
  tile.sums_step = w.panels * panel_rows;
  for (int m = part.first_modulus; m < part.end_modulus; ++m) {
    const Modulus modulus(*w.tables, m);
    tile.high = m % 2 != 0;
    for (Index start = 0; start == 0 || start < w.pairs; start += chunk_pairs) {
      tile.first = start == 0;
      tile.pairs = std::min(chunk_pairs, w.pairs - start);
      tile.right = work.right.data() + m * columns * right_step + 2 * start;
      const auto take = [&](int v, Index vector) {
        const Index panel = vector / parts, row = vector % parts * lanes;
        tile.left[v] = w.panel(m, panel) + start * panel_rows + row;
        tile.sums[v] = work.sums.data() + m / 2 * work.sums_step + panel * panel_rows + row;
      };
      Index vector = part.first_panel * parts;
      for (; at_once == 2 && vector + 2 <= end; vector += 2) {
        take(0, vector), take(1, vector + 1);
        multiply_rows<2>(tile, columns, modulus);
      }
      for (; vector < end; ++vector) {
        take(0, vector);
        multiply_rows<1>(tile, columns, modulus);
      }
    }
  }
}

HWY_INLINE Vector fourteen_times(Vector x) { return hn::Sub(hn::ShiftLeft<4>(x), hn::ShiftLeft<1>(x)); }

/// x = digit + 2^14 carry, -2^13 <= digit < 2^13.
HWY_INLINE Vector take_half(Vector x, Vector& carry) {
  carry = hn::ShiftRight<half_bits>(hn::Add(x, hn::Set(Sums(), 1 << (half_bits - 1))));
  return hn::Sub(x, hn::ShiftLeft<half_bits>(carry));
}

/// The balanced digits of a vector of integers as they come, from the lowest on, and how large the integers
/// are.
struct Leading {
  Vector previous, lead, place;

  HWY_INLINE Leading() : previous(hn::Zero(Sums())), lead(previous), place(previous) {}
  HWY_INLINE void see(Vector digit, Index d) {
    const auto counts = hn::Ne(digit, hn::Zero(Sums()));
    lead = hn::IfThenElse(counts, hn::Add(hn::ShiftLeft<half_bits>(digit), previous), lead);
    place = hn::IfThenElse(counts, hn::Set(Sums(), static_cast<std::int32_t>(d)), place);
    previous = digit;
  }
  /// Some h with |X| < 2^h, seldom 1 too large; of no meaning for X = 0. The digits below the two in `lead`
  /// are less than 0.51 of its unit; 2 is added where 1 would do, so that after scaling to 2^(28 limbs - 1)
  /// the largest entry cannot round up to that. Conversion to float may round up to a power of two, but never
  /// down from one.
  HWY_INLINE Vector height() const {
    const hn::Rebind<float, Sums> real;
    const Vector above = hn::Add(hn::Abs(lead), hn::Set(Sums(), 2));
    const Vector exponent =
        hn::Sub(hn::ShiftRight<23>(hn::BitCast(Sums(), hn::ConvertTo(real, above))), hn::Set(Sums(), 126));
    const Vector places = hn::Sub(place, hn::Set(Sums(), 1));
    return hn::Add(exponent, fourteen_times(places));
  }
};

/// From the pairs of c_p of a vector of entries some digits of X, to `out` at distance `step`.
template <int Places>
HWY_INLINE void sum_places(const std::int32_t* c, const std::int32_t* weights, Index pairs, Index first,
                           Vector& carry, Leading& leading, std::int32_t* out, Index step) {
  Accumulator sum[Places];
  for (Index u = 0; u < pairs; ++u) {
    const Vector both = hn::Load(Sums(), c + u * lanes);
#pragma GCC unroll 4
    for (int d = 0; d < Places; ++d)
      sum[d].add_products(both, hn::Set(Sums(), weights[(first + d) * pairs + u]));
  }
#pragma GCC unroll 4
  for (int d = 0; d < Places; ++d) {
    const Vector digit = take_half(hn::Add(sum[d].collect(), carry), carry);
    hn::StoreU(digit, Sums(), out + (first + d) * step);
    leading.see(digit, first + d);
  }
}

/// A vector of entries' pairs of c_p, `step` apart in `from`, to `c`; behind the last c_p the quotient q of
/// the Chinese remainder theorem.
HWY_INLINE void gather_residues(const std::int32_t* from, Index step, const ResidueTables& tables,
                                std::int32_t* c) {
  const bool high = tables.count % 2 != 0;  // q shares a pair with the last c_p
  Accumulator sum;
  Vector last = hn::Zero(Sums());
  for (Index u = 0; u < (tables.count + 1) / 2; ++u) {
    const Vector both = hn::Load(Sums(), from + u * step);
    hn::Store(both, Sums(), c + u * lanes);
    sum.add_products(both, hn::Set(Sums(), tables.reciprocals[static_cast<std::size_t>(u)]));
    if (high) last = both;
  }
  const Vector rounding = hn::Set(Sums(), 1 << (ResidueTables::reciprocal_bits - 1));
  const Vector q = hn::ShiftRight<ResidueTables::reciprocal_bits>(hn::Add(sum.collect(), rounding));
  hn::Store(high ? pair_up(last, q) : only_low_half(q), Sums(), c + (tables.pairs - 1) * lanes);
}

/// The digits of a column of W b, 14 bits each, from its c_p, those below number `first` left out; and the
/// column's height: |X_i| 2^(-drop_i) < 2^height, the smallest integer where all digits are there.
std::int32_t column_digits(const PackedResidues& w, Index column, Index first, const Workspace& work,
                           Scratch& scratch, std::int32_t* digits) {
  const ResidueTables& tables = *w.tables;
  const Index rows = w.panels * panel_rows, pairs = tables.pairs;
  std::int32_t* c = at_least(scratch.gathered, pairs * lanes);
  Vector heights = hn::Set(Sums(), std::numeric_limits<std::int32_t>::min());
  for (Index i = 0; i < rows; i += lanes) {
    gather_residues(work.sums.data() + column * rows + i, work.sums_step, tables, c);
    Vector carry = hn::Zero(Sums());
    Leading leading;
    Index d = first;
    for (; d + 4 <= tables.places; d += 4)
      sum_places<4>(c, tables.weights.data(), pairs, d, carry, leading, digits + i, rows);
    for (; d < tables.places; ++d)
      sum_places<1>(c, tables.weights.data(), pairs, d, carry, leading, digits + i, rows);
    const Vector drop = hn::Add(hn::Load(Sums(), w.drop_bits.data() + i),
                                fourteen_times(hn::Load(Sums(), w.drop_places.data() + i)));
    const auto counts = hn::Ne(leading.lead, hn::Zero(Sums()));
    heights = hn::Max(heights, hn::IfThenElse(counts, hn::Sub(leading.height(), drop), heights));
  }
  std::int32_t highest[panel_rows];
  hn::StoreU(heights, Sums(), highest);
  return *std::max_element(highest, highest + lanes);
}

/// out = round(X 2^-(14 place + shift)), lane by lane, where `digits` holds X's from number place - 1 on,
/// `step` apart (in the lanes of `later` one step further), and left = 14 - shift: the digits are shifted to
/// the left and then counted one place up. Dropped are balanced digits of the result, at most 1/2 (1 +
/// 2^-13.9) of its unit, and the effect of X's digits below place - 1, at most 2^-14.9: together less than
/// 0.501.
HWY_INLINE void round_digits(const std::int32_t* digits, Index step, hn::Mask<Sums> later, Vector left,
                             int limbs, std::int32_t* out, Index plane) {
  Vector carry = hn::Zero(Sums());
  Vector here = hn::LoadU(Sums(), digits);
  const auto next = [&](Index t) HWY_ATTR {
    const Vector further = hn::LoadU(Sums(), digits + (t + 1) * step);
    const Vector digit = hn::Shl(hn::IfThenElse(later, further, here), left);
    here = further;
    return take_half(hn::Add(digit, carry), carry);
  };
  next(0), next(1);
  Vector borrow = hn::Zero(Sums());  // 0 or -1: two balanced halves make up -2^27 - 2^13 at least
  for (int l = 0; l < limbs; ++l) {
    const Vector low = next(2 * l + 2);
    const Vector high = next(2 * l + 3);
    const Vector sum = hn::Add(hn::Add(low, hn::ShiftLeft<half_bits>(high)), borrow);
    borrow = hn::VecFromMask(Sums(), hn::Lt(sum, hn::Set(Sums(), -(1 << 27))));
    hn::Store(hn::Sub(sum, hn::ShiftLeft<28>(borrow)), Sums(), out + l * plane);
  }
}

/// Rounds a column whose digits stand at `digits`: X_i 2^-(base + drop_i) goes to row i of out's column.
void round_column(const PackedResidues& w, const std::int32_t* digits, std::int32_t base, Block& out,
                  Index column) {
  const Index rows = w.panels * panel_rows;
  const std::int32_t limbs = w.tables->limbs, places = w.tables->places;
  // Floor division: base = 14 base_places + base_bits.
  const std::int32_t base_bits = (base % half_bits + half_bits) % half_bits;
  const std::int32_t base_places = (base - base_bits) / half_bits;
  for (Index i = 0; i < rows; i += lanes) {
    const Vector bits = hn::Add(hn::Load(Sums(), w.drop_bits.data() + i), hn::Set(Sums(), base_bits));
    const Vector wraps = hn::VecFromMask(Sums(), hn::Gt(bits, hn::Set(Sums(), half_bits - 1)));  // 0 or -1
    const Vector shift = hn::Sub(bits, hn::And(wraps, hn::Set(Sums(), half_bits)));
    Vector place =
        hn::Sub(hn::Add(hn::Load(Sums(), w.drop_places.data() + i), hn::Set(Sums(), base_places)), wraps);
    // Beyond these there are zeros only: nothing of X is left, or X = 0.
    place = hn::Min(hn::Max(place, hn::Set(Sums(), -2 * limbs - 1)), hn::Set(Sums(), places + 1));
    const Vector left = hn::Sub(hn::Set(Sums(), half_bits), shift);
    HWY_ALIGN std::int32_t place_of[panel_rows];
    hn::Store(place, Sums(), place_of);
    const auto [lowest, highest] = std::minmax_element(place_of, place_of + lanes);
    std::int32_t* to = out.limb(0, column) + i;
    if (*highest - *lowest <= 1) {  // almost always
      const auto later = hn::Gt(place, hn::Set(Sums(), *lowest));
      round_digits(digits + (*lowest - 1) * rows + i, rows, later, left, limbs, to, out.plane());
    } else {
      HWY_ALIGN std::int32_t gathered[(2 * ResidueTables::most_limbs + 3) * panel_rows];
      for (Index t = 0; t < 2 * limbs + 3; ++t)
        for (Index r = 0; r < lanes; ++r)
          gathered[t * lanes + r] = digits[(place_of[r] - 1 + t) * rows + i + r];
      round_digits(gathered, lanes, hn::MaskFromVec(hn::Zero(Sums())), left, limbs, to, out.plane());
    }
  }
}

}  // namespace gronwall::linalg::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <gronwall/linalg/block_product.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/threads.hpp>

namespace gronwall::linalg {

namespace detail {

HWY_EXPORT(residues_of);
HWY_EXPORT(multiply_residues);
HWY_EXPORT(column_digits);
HWY_EXPORT(round_column);

namespace {

thread_local Workspace workspace;
thread_local Scratch scratch;

void find_residues(std::int16_t* out, Block::Index step, const Column& column, Block::Index length,
                   const ResidueTables& tables, const std::int32_t* powers, bool exactly) {
  HWY_DYNAMIC_DISPATCH(residues_of)(out, step, column, length, tables, powers, exactly, scratch);
}

/// Zeros below and above a column's digits.
Block::Index margin(const ResidueTables& tables) { return 2 * tables.limbs + 3; }

/// Room for a column's digits, zeros around it; returns where digit 0 stands.
std::int32_t* digit_room(const PackedResidues& w) {
  const Block::Index rows = w.panels * panel_rows, around = margin(*w.tables) * rows;
  const Block::Index inside = w.tables->places * rows;
  std::int32_t* room = at_least(scratch.digits, 2 * around + inside);
  std::fill(room, room + around, 0);
  std::fill(room + around + inside, room + 2 * around + inside, 0);
  return room + around;
}

Column column_of(const Block& b, Block::Index j, int limbs) {
  const int more = b.limbs() - limbs;
  return {b.limb(std::max(more, 0), j), b.plane(), std::max(-more, 0)};
}

/// The digits of a column, as many as `write_column` looks at, and its height.
///
/// Where little cancels, the lower half of the digits does not count. Leaving out those below number `first`
/// changes X by at most sum_{d < first} 2^31 2^(14 d) < 2^(14 first + 18). If with the height found the
/// result's unit is at least 2^(14 (first + 3)), this is 2^-24 of a unit and the height is right; otherwise
/// all digits are computed.
std::int32_t digits_of(const PackedResidues& w, Block::Index column, const Workspace& work,
                       std::int32_t* digits) {
  constexpr std::int32_t none = std::numeric_limits<std::int32_t>::min();
  const std::int32_t first = std::max(0, 2 * w.tables->limbs - 5);
  const std::int32_t height = HWY_DYNAMIC_DISPATCH(column_digits)(w, column, first, work, scratch, digits);
  const std::int32_t log2_unit = height == none ? none : height + 1 - Block::limb_bits * w.tables->limbs;
  if (first == 0 || log2_unit >= ResidueTables::half_bits * (first + 3)) return height;
  return HWY_DYNAMIC_DISPATCH(column_digits)(w, column, 0, work, scratch, digits);
}

void write_column(const PackedResidues& w, const std::int32_t* digits, std::int32_t height,
                  long exponent_of_b, Block& out, Block::Index j) {
  const int bits = Block::limb_bits * w.tables->limbs;
  if (height == std::numeric_limits<std::int32_t>::min()) {
    for (int l = 0; l < out.limbs(); ++l) std::fill(out.limb(l, j), out.limb(l, j) + out.stride(), 0);
    return out.set_exponent(j, 0);
  }
  // X counts units of 2^(largest_exponent - drop_i + exponent_of_b - 2 bits); the largest entry is to be
  // below 2^(exponent - 1).
  out.set_exponent(j, height + 1 + w.largest_exponent + exponent_of_b - 2L * bits);
  HWY_DYNAMIC_DISPATCH(round_column)(w, digits, height + 1 - bits, out, j);
}

void require_inner(const BlockMatrix& w, const Block& b) {
  if (w.cols() != b.rows())
    throw DomainError(fmt::format("A product of {} x {} and {} x {} was asked for.", w.rows(), w.cols(),
                                  b.rows(), b.cols()));
}

/// How many parts of a computation one thread is to take at a time, each of so many multiplications of pairs
/// of residues: ten microseconds or twenty, many times what it costs to hand them out.
Block::Index parts_worth(Block::Index work) {
  constexpr Block::Index enough = Block::Index(1) << 18;
  return std::max<Block::Index>(1, enough / std::max<Block::Index>(1, work));
}

/// The c_p of W times `columns` columns. Pairs of moduli and rows are shared out to threads: each residue of
/// W is read by one of them.
void multiply_all(const PackedResidues& w, Block::Index right_step, Block::Index columns, Workspace& work) {
  const int moduli = w.tables->count;
  // Modulo two primes, and four times as fast as the rest. Few columns cost what it costs to read W.
  const Block::Index of_panel = panel_rows / 2 * w.pairs * std::max<Block::Index>(columns, 4);
  const Block::Index together = std::min(w.panels, parts_worth(of_panel));
  if (together == 0) return;
  const Block::Index groups = (w.panels + together - 1) / together;
  const auto multiply = [&](Block::Index first, Block::Index count) {
    for (Block::Index k = first; k < first + count;) {
      const Block::Index group = k % groups, end = std::min(groups, group + first + count - k);
      const int m = static_cast<int>(2 * (k / groups));
      const Part part{m, std::min(m + 2, moduli), group * together, std::min(end * together, w.panels)};
      HWY_DYNAMIC_DISPATCH(multiply_residues)(w, right_step, columns, part, work);
      k += end - group;
    }
  };
  real::for_each_piece((moduli + 1) / 2 * groups, parts_worth(of_panel * together), multiply);
}

/// Finds the c_p of all columns, some at a time, and calls finish(j, count) for columns j, ..., j + count - 1
/// of the product, whose c_p are those of columns 0, ..., count - 1 in the workspace.
template <class Finish>
void for_columns(const PackedResidues& w, const Block& b, Workspace& work, Finish&& finish) {
  const ResidueTables& tables = *w.tables;
  for (Block::Index j = 0; j < b.cols(); j += most_columns) {
    const Block::Index columns = std::min(most_columns, b.cols() - j);
    std::int16_t* right = at_least(work.right, tables.count * columns * b.stride());
    // Not a multiple of a page, lest pairs of moduli compete for the same lines of the caches.
    work.sums_step = columns * w.panels * panel_rows + panel_rows;
    at_least(work.sums, work.sums_step * tables.pairs);
    const auto find = [&](Block::Index first, Block::Index count) {
      for (Block::Index c = first; c < first + count; ++c)
        find_residues(right + c * b.stride(), columns * b.stride(), column_of(b, j + c, tables.limbs),
                      b.stride(), tables, tables.powers.data(), false);
    };
    real::for_each_piece(columns, parts_worth(b.stride() * tables.count * tables.limbs), find);
    multiply_all(w, b.stride(), columns, work);
    finish(j, columns);
  }
}

/// Exponents of the rows, and how far they lie below the largest.
void take_exponents(PackedResidues& packed, const Block& rows) {
  const auto is_zero = [&](Block::Index i) {
    for (int l = 0; l < rows.limbs(); ++l)
      if (std::any_of(rows.limb(l, i), rows.limb(l, i) + rows.rows(), [](std::int32_t d) { return d != 0; }))
        return false;
    return true;
  };
  bool any = false;
  for (Block::Index i = 0; i < packed.rows; ++i) {
    const bool zero = is_zero(i);
    packed.exponents.push_back(zero ? 0 : rows.exponent(i));
    if (!zero)
      packed.largest_exponent = any ? std::max(packed.largest_exponent, rows.exponent(i)) : rows.exponent(i);
    any = any || !zero;
  }
  for (Block::Index i = 0; i < packed.panels * panel_rows; ++i) {
    const bool counts = i < packed.rows && !is_zero(i);
    const long drop = counts ? packed.largest_exponent - rows.exponent(i) : 0;
    if (drop > (1L << 30))
      throw DomainError(
          "A block matrix was asked for whose rows differ in their exponents by more than 2^30.");
    packed.drop_places.push_back(static_cast<std::int32_t>(drop / ResidueTables::half_bits));
    packed.drop_bits.push_back(static_cast<std::int32_t>(drop % ResidueTables::half_bits));
  }
}

}  // namespace

}  // namespace detail

using detail::PackedResidues;
using detail::panel_rows;

BlockMatrix::BlockMatrix() : BlockMatrix(Block(0, 0, 1)) {}

BlockMatrix::BlockMatrix(const Block& rows) {
  const auto packed = std::make_shared<PackedResidues>();
  packed->tables = detail::residue_tables(rows.limbs(), rows.rows());
  packed->rows = rows.cols();
  packed->cols = rows.rows();
  packed->panels = (packed->rows + panel_rows - 1) / panel_rows;
  packed->pairs = (packed->cols + 1) / 2;
  detail::take_exponents(*packed, rows);

  const detail::ResidueTables& tables = *packed->tables;
  packed->residues.resize(
      static_cast<std::size_t>(tables.count * packed->panels * packed->pairs * panel_rows));
  detail::Aligned<std::int16_t> of_row(static_cast<std::size_t>(tables.count * rows.stride()));
  const auto at = [&](int m, Index k) {
    return k < packed->cols ? of_row[static_cast<std::size_t>(m * rows.stride() + k)] : 0;
  };
  for (Index i = 0; i < packed->rows; ++i) {
    detail::find_residues(of_row.data(), rows.stride(), detail::column_of(rows, i, tables.limbs),
                          rows.stride(), tables, tables.left_powers.data(), true);
    for (int m = 0; m < tables.count; ++m) {
      std::int32_t* to = packed->panel(m, i / panel_rows) + i % panel_rows;
      for (Index k = 0; k < packed->pairs; ++k)
        to[k * panel_rows] = detail::pair_up(at(m, 2 * k), at(m, 2 * k + 1));
    }
  }
  packed_ = packed;
}

BlockMatrix::Index BlockMatrix::rows() const { return packed_->rows; }
BlockMatrix::Index BlockMatrix::cols() const { return packed_->cols; }
int BlockMatrix::limbs() const { return packed_->tables->limbs; }
long BlockMatrix::row_exponent(Index i) const { return packed_->exponents[static_cast<std::size_t>(i)]; }
long BlockMatrix::largest_exponent() const { return packed_->largest_exponent; }

void multiply_into(Block& out, const BlockMatrix& w, const Block& b) {
  if (&out == &b) throw DomainError("A product of blocks was to be written to its own operand.");
  detail::require_inner(w, b);
  out.resize(w.rows(), b.cols(), w.limbs());
  const PackedResidues& packed = w.packed();
  detail::Workspace& work = detail::workspace;
  const detail::ResidueTables& tables = *packed.tables;
  const Block::Index of_column = out.stride() * tables.pairs * tables.places;
  detail::for_columns(packed, b, work, [&](Block::Index j, Block::Index columns) {
    const auto write = [&](Block::Index first, Block::Index count) {
      std::int32_t* digits = detail::digit_room(packed);
      for (Block::Index c = first; c < first + count; ++c) {
        const std::int32_t height = detail::digits_of(packed, c, work, digits);
        detail::write_column(packed, digits, height, b.exponent(j + c), out, j + c);
      }
    };
    real::for_each_piece(columns, detail::parts_worth(of_column), write);
  });
}

void detail::exact_columns(const BlockMatrix& w, const Block& b, const TakeDigits& take) {
  require_inner(w, b);
  const PackedResidues& packed = w.packed();
  for_columns(packed, b, workspace, [&](Block::Index j, Block::Index columns) {
    std::int32_t* digits = digit_room(packed);
    for (Block::Index c = 0; c < columns; ++c) {
      HWY_DYNAMIC_DISPATCH(column_digits)(packed, c, 0, workspace, scratch, digits);
      take(j + c, {digits, packed.panels * panel_rows, packed.tables->places});
    }
  });
}

double error_in_units(const Block& out, const BlockMatrix& w, const Block& b, Block::Index column) {
  // W's rounding, in units: k 2^(e_i - 28 limbs - 1) 2^(f - 1) / 2^(g - 28 limbs), g being out's exponent.
  const long exponent =
      w.largest_exponent() + b.exponent(column) - out.exponent(column) - 2 + (b.limbs() > w.limbs() ? 1 : 0);
  const auto power = static_cast<int>(std::clamp(exponent, -2000L, 2000L));
  // 2^-20 covers 1 + 2^-27 and the roundings here; what underflows is below 0.001.
  return 0.502 + std::ldexp(static_cast<double>(w.cols()) * (1 + 0x1p-20), power);
}

}  // namespace gronwall::linalg

#endif
