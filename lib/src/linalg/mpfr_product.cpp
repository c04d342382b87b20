#include "mpfr_product.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <gronwall/linalg/block_product.hpp>
#include <gronwall/real/backends.hpp>

#include "exact_columns.hpp"
#include "residue_tables.hpp"

namespace gronwall::linalg::detail {

namespace {

using Index = Eigen::Index;

static_assert(GMP_NUMB_BITS == 64, "The digits of MPFR numbers are taken to have 64 bits.");

/// A number's digits as MPFR keeps them: (0.m) 2^exponent with m at the upper end of `words`.
struct Parts {
  const std::uint64_t* words = nullptr;  ///< the lowest first
  int count = 0;
  long exponent = 0;
  int sign = 0;  ///< 0 for zero

  explicit Parts(mpfr_srcptr x)
      : words(static_cast<const std::uint64_t*>(mpfr_custom_get_significand(x))),
        count(static_cast<int>((mpfr_get_prec(x) + 63) / 64)) {
    if (mpfr_zero_p(x)) return;
    exponent = mpfr_custom_get_exp(x);
    sign = mpfr_sgn(x);
  }
  /// The place of the lowest bit that is not 0.
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
struct Range {
  long above = std::numeric_limits<long>::min();
  long lowest = std::numeric_limits<long>::max();

  /// False where x is infinite or NaN.
  bool take(mpfr_srcptr x) {
    if (!mpfr_number_p(x)) return false;
    if (mpfr_zero_p(x)) return true;
    const Parts parts(x);
    above = std::max(above, parts.exponent);
    lowest = std::min(lowest, parts.lowest());
    return true;
  }
  bool empty() const { return above < lowest; }
  /// Limbs that hold them all: |x| < 2^(28 limbs - 1) in units of the lowest bit.
  long limbs() const { return empty() ? 1 : (above - lowest) / Block::limb_bits + 1; }
};

/// The ranges of the columns; empty where there is an infinity or NaN.
template <class R>
std::vector<Range> column_ranges(const Strided<R>& a) {
  std::vector<Range> out(static_cast<std::size_t>(a.cols));
  for (Index j = 0; j < a.cols; ++j)
    for (Index i = 0; i < a.rows; ++i)
      if (!out[static_cast<std::size_t>(j)].take(a(i, j).backend().data())) return {};
  return out;
}

long most_limbs(const std::vector<Range>& ranges) {
  long out = 1;
  for (const Range& range : ranges) out = std::max(out, range.limbs());
  return out;
}

/// The balanced digits of x 2^-log2_unit, an integer below 2^(28 limbs - 1), every `step`. The highest may
/// become 2^27, and keeps it.
void write_digits(const Parts& x, long log2_unit, int limbs, std::int32_t* out, Index step) {
  constexpr std::int32_t base = 1 << Block::limb_bits;
  std::int32_t carry = 0;
  for (int l = 0; l < limbs; ++l) {
    std::int32_t digit = static_cast<std::int32_t>(x.bits_from(log2_unit + Block::limb_bits * l)) + carry;
    carry = l + 1 < limbs && digit >= base / 2 ? 1 : 0;
    digit -= carry * base;
    out[l * step] = x.sign * digit;
  }
}

/// Fixed point without rounding: the limbs suffice for each column.
template <class R>
Block exact_block(const Strided<R>& a, const std::vector<Range>& ranges, int limbs) {
  Block out(a.rows, a.cols, limbs);
  for (Index j = 0; j < a.cols; ++j) {
    const Range& range = ranges[static_cast<std::size_t>(j)];
    if (range.empty()) continue;
    out.set_exponent(j, range.above + 1);
    for (Index i = 0; i < a.rows; ++i) {
      const Parts parts(a(i, j).backend().data());
      if (parts.sign != 0) write_digits(parts, out.log2_unit(j), limbs, out.limb(0, j) + i, out.plane());
    }
  }
  return out;
}

/// Integers from balanced digits to MPFR.
class Reader {
 public:
  Reader() { mpz_init(integer_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { mpz_clear(integer_); }

  /// out = entry i 2^exponent, to nearest.
  void read(mpfr_ptr out, const HalfDigits& digits, Index i, long exponent) {
    constexpr int per_word = 4, bits = per_word * ResidueTables::half_bits;
    int top = digits.places - 1;
    while (top >= 0 && digits.at[top * digits.stride + i] == 0) --top;
    if (top < 0) return void(mpfr_set_zero(out, 1));
    const std::int64_t sign = digits.at[top * digits.stride + i] < 0 ? -1 : 1;  // the leading digit's
    std::size_t count = 0;
    std::int64_t borrow = 0;
    for (int d = 0; d <= top; d += per_word) {
      std::int64_t word = borrow;
      for (int e = 0; e < per_word && d + e <= top; ++e)
        word += sign * digits.at[(d + e) * digits.stride + i] *
                (std::int64_t{1} << (e * ResidueTables::half_bits));
      borrow = word < 0 ? -1 : 0;
      words_[count++] = static_cast<std::uint64_t>(word - borrow * (std::int64_t{1} << bits));
    }
    mpz_import(integer_, count, -1, sizeof(std::uint64_t), 0, 64 - bits, words_.data());
    if (sign < 0) mpz_neg(integer_, integer_);
    mpfr_set_z_2exp(out, integer_, exponent, MPFR_RNDN);
  }

 private:
  mpz_t integer_;
  std::array<std::uint64_t, 2 * ResidueTables::most_limbs> words_{};
};

}  // namespace

bool blocks_are_faster(Index rows, Index inner, Index cols, int limbs, int digits) {
  if (limbs > ResidueTables::most_limbs || inner > (Index{1} << 20)) return false;
  const auto m = static_cast<double>(rows), k = static_cast<double>(inner), n = static_cast<double>(cols);
  const double L = limbs;
  // Nanoseconds, each within a factor of 1.3 or so. The loop: a multiplication and an addition.
  const double loop = (15 + 0.5 * digits) * m * k * n;
  // Blocks: to prepare A, to convert B and the result, to multiply, to begin.
  const double blocks = L * (6 + L / 5) * m * k + 10 * L * (m + k + 8) * n + 0.06 * L * m * k * n + 350 * L;
  return blocks < loop;
}

template <real::Floating R>
bool product_in_blocks(R* out, const Strided<R>& a, const Strided<R>& b) {
  if constexpr (std::is_same_v<R, double>) {
    return false;
  } else {
    constexpr int digits = real::Backend<R>::digits;
    if (!blocks_are_faster(a.rows, a.cols, b.cols, 1, digits)) return false;  // not even for short numbers
    const Strided<R> rows{a.data, a.cols, a.rows, a.col_step, a.row_step};
    const std::vector<Range> row_ranges = column_ranges(rows), ranges = column_ranges(b);
    if (static_cast<Index>(row_ranges.size()) != a.rows || static_cast<Index>(ranges.size()) != b.cols)
      return false;
    const long limbs = std::max(most_limbs(row_ranges), most_limbs(ranges));
    if (limbs > ResidueTables::most_limbs ||
        !blocks_are_faster(a.rows, a.cols, b.cols, static_cast<int>(limbs), digits))
      return false;
    const BlockMatrix left(exact_block(rows, row_ranges, static_cast<int>(limbs)));
    const Block right = exact_block(b, ranges, static_cast<int>(limbs));
    Reader reader;
    exact_columns(left, right, [&](Index j, const HalfDigits& column) {
      for (Index i = 0; i < a.rows; ++i)
        reader.read(out[j * a.rows + i].backend().data(), column, i,
                    left.row_exponent(i) + right.exponent(j) - 2 * Block::limb_bits * limbs);
    });
    return true;
  }
}

#define GRONWALL_INSTANTIATE(...)                                                         \
  template bool product_in_blocks<__VA_ARGS__>(__VA_ARGS__*, const Strided<__VA_ARGS__>&, \
                                               const Strided<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::linalg::detail
