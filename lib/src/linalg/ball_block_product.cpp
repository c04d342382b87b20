#include "ball_block_product.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <vector>

#include <gronwall/linalg/block_product.hpp>
#include <gronwall/real/bound.hpp>

#include "number_bits.hpp"
#include "radius_product.hpp"

namespace gronwall::linalg::detail {

namespace {

using Eigen::Index;
using real::Ball;
using real::Bound;
using BallMatrix = Matrix<Ball>;

static_assert(FLINT_BITS == 64, "The digits of Arb's numbers are taken to have 64 bits.");

/// Exponents beyond this are left to Arb.
constexpr long largest_exponent = 1L << 28;

std::size_t at(Index k) { return static_cast<std::size_t>(k); }

bool moderate(const fmpz& exponent) {
  return !COEFF_IS_MPZ(exponent) && std::abs(exponent) <= largest_exponent;
}

/// A midpoint and a radius as they are taken apart.
struct Parts {
  NumberBits middle;
  Size size, radius;  ///< of the midpoint a bound

  /// False where x is not known or out of all measure.
  bool take(const Ball& x) {
    const arf_struct* m = arb_midref(x.raw());
    const mag_struct* r = arb_radref(x.raw());
    middle.sign = 0;
    size.mantissa = radius.mantissa = 0;
    if (arf_is_zero(m) == 0) {
      if (arf_is_special(m) != 0 || !moderate(*ARF_EXPREF(m))) return false;
      mp_srcptr words = nullptr;
      mp_size_t count = 0;
      ARF_GET_MPN_READONLY(words, count, m);
      middle = {words, static_cast<int>(count), *ARF_EXPREF(m), ARF_SGNBIT(m) != 0 ? -1 : 1};
      size = {static_cast<std::uint32_t>((words[count - 1] >> 34) + 1), middle.exponent};
    }
    if (mag_is_zero(r) == 0) {
      if (mag_is_special(r) != 0 || !moderate(*MAG_EXPREF(r))) return false;
      radius = {static_cast<std::uint32_t>(MAG_MAN(r)), *MAG_EXPREF(r)};
    }
    return true;
  }
};

/// f(line, k) for all entries, a few lines at a time, so that neighbours in memory are met together.
template <class F>
void for_each_entry(const BallLines& balls, const F& f) {
  constexpr Index together = 8;
  for (Index first = 0; first < balls.count; first += together)
    for (Index k = 0; k < balls.length; ++k)
      for (Index line = first; line < std::min(first + together, balls.count); ++line) f(line, k);
}

/// What has to be known of lines before they are put into fixed point.
struct Ranges {
  std::vector<BitRange> bits;
  std::vector<SizeRange> sizes, radii;

  long limbs() const {
    long out = 1;
    for (const BitRange& range : bits) out = std::max(out, range.limbs());
    return out;
  }
};

/// None where these lines cannot be done.
std::optional<Ranges> ranges_of(const BallLines& balls) {
  const std::size_t count = at(balls.count);
  Ranges out{std::vector<BitRange>(count), std::vector<SizeRange>(count), std::vector<SizeRange>(count)};
  bool known = true;
  Parts x;
  for_each_entry(balls, [&](Index line, Index k) {
    if (!known || !x.take(balls(line, k))) return void(known = false);
    out.bits[at(line)].take(x.middle);
    out.sizes[at(line)].take(x.size);
    out.radii[at(line)].take(x.radius);
  });
  const auto moderate = [](const SizeRange& range) { return range.moderate(); };
  if (!known || !std::all_of(out.sizes.begin(), out.sizes.end(), moderate) ||
      !std::all_of(out.radii.begin(), out.radii.end(), moderate))
    return std::nullopt;
  return out;
}

/// Lines in fixed point, a line a column, with bounds.
struct Fixed {
  Fixed(const BallLines& balls, const Ranges& ranges, int limbs)
      : balls(balls),
        digits(balls.length, balls.count, limbs),
        unit(at(balls.count)),
        sizes(balls.length, ranges.sizes),
        radii(balls.length, ranges.radii) {
    for (Index line = 0; line < balls.count; ++line) {
      const BitRange& range = ranges.bits[at(line)];
      if (range.empty()) continue;
      digits.set_exponent(line, range.above + 1);
      if (range.lowest >= digits.log2_unit(line)) continue;
      exact = false;
      mag_set_ui_2exp_si(unit[at(line)].raw(), 1, digits.log2_unit(line));
    }
    Parts x;
    for_each_entry(balls, [&](Index line, Index k) {
      x.take(balls(line, k));
      if (x.middle.sign != 0)
        write_digits(x.middle, digits.log2_unit(line), limbs, digits.limb(0, line) + k, digits.plane());
      if (!sizes.zero()) sizes.set(line, k, x.size);
      if (!radii.zero()) radii.set(line, k, x.radius);
    });
  }

  BallLines balls;
  Block digits;
  std::vector<Bound> unit;  ///< of lines of which something was cut off; else 0
  bool exact = true;        ///< nothing was
  SizeLines sizes, radii;
};

/// Balanced digits to words, and from there to Arb's numbers.
struct Reader {
  static constexpr int per_word = 4, bits = per_word * ResidueTables::half_bits;
  /// One word of 56 bits for four digits, and room for what is carried over.
  std::array<std::uint64_t, 2 * ResidueTables::most_limbs + 2> words;

  /// out = entry i of the column times 2^exponent, exactly.
  void read(arf_ptr out, const HalfDigits& digits, Index i, long exponent) {
    int top = digits.places - 1;
    while (top >= 0 && digits.at[top * digits.stride + i] == 0) --top;
    if (top < 0) return arf_zero(out);
    const std::int64_t sign = digits.at[top * digits.stride + i] < 0 ? -1 : 1;  // the leading digit's
    std::int64_t borrow = 0;
    words.fill(0);
    int place = 0;
    for (int d = 0; d <= top; d += per_word, place += bits) {
      std::int64_t sum = borrow;
      for (int e = 0; e < per_word && d + e <= top; ++e)
        sum += sign * digits.at[(d + e) * digits.stride + i] *
               (std::int64_t{1} << (e * ResidueTables::half_bits));
      borrow = sum < 0 ? -1 : 0;
      const auto word = static_cast<std::uint64_t>(sum - borrow * (std::int64_t{1} << bits));
      const auto w = static_cast<std::size_t>(place / 64);
      words[w] |= word << (place % 64);
      if (place % 64 > 64 - bits) words[w + 1] |= word >> (64 - place % 64);
    }
    auto count = static_cast<mp_size_t>(place / 64 + 1);
    while (words[static_cast<std::size_t>(count - 1)] == 0) --count;
    arf_set_mpn(out, words.data(), count, sign < 0 ? 1 : 0);
    arf_mul_2exp_si(out, out, exponent);
  }
};

/// |mid| and a bound as numbers that can be compared in a hurry; -infinity for 0.
double log2_of(arf_srcptr x) { return arf_is_zero(x) != 0 ? -HUGE_VAL : static_cast<double>(*ARF_EXPREF(x)); }

/// Not more than an eighth.
bool is_small_part(Bound part, mag_srcptr whole) {
  mag_mul_2exp_si(part.raw(), part.raw(), 3);
  return mag_cmp(part.raw(), whole) <= 0;
}

/// The product, column by column.
class Product {
 public:
  Product(BallMatrix& out, const Fixed& a, const Fixed& b, long precision)
      : out_(out),
        a_(a),
        b_(b),
        precision_(precision),
        of_right_radii_(a.sizes, b.radii),
        of_left_radii_(a.radii, b.sizes),
        of_both_(a.radii, b.radii) {
    if (exact()) return;
    for (Index i = 0; i < a.balls.count; ++i) left_sums_.push_back(a.sizes.sum(i));
    for (Index j = 0; j < b.balls.count; ++j) right_sums_.push_back(b.sizes.sum(j));
  }

  void run() {
    const BlockMatrix left(a_.digits);
    const int limbs = left.limbs();
    exact_columns(left, b_.digits, [&](Index j, const HalfDigits& column) {
      Reader reader;
      for (Index i = 0; i < a_.balls.count; ++i) {
        arb_ptr entry = out_(i, j).raw();
        reader.read(arb_midref(entry), column, i,
                    left.row_exponent(i) + b_.digits.exponent(j) - 2L * Block::limb_bits * limbs);
        finish(entry, i, j);
      }
    });
    if (!exact()) redo_what_was_lost();
  }

 private:
  bool exact() const { return a_.exact && b_.exact; }

  /// The radius, and the midpoint's rounding.
  void finish(arb_ptr entry, Index i, Index j) {
    mag_ptr radius = arb_radref(entry);
    mag_zero(radius);
    for (const SizeProduct* part : {&of_right_radii_, &of_left_radii_, &of_both_})
      if (!part->zero()) mag_add(radius, radius, part->bound(i, j).raw());
    if (!exact()) mag_add(radius, radius, cut_off(i, j).raw());
    if (arf_set_round(arb_midref(entry), arb_midref(entry), precision_, ARF_RND_NEAR) != 0)
      mag_add_ui_2exp_si(radius, radius, 1, *ARF_EXPREF(arb_midref(entry)) - precision_ - 1);
  }

  /// E_ij.
  Bound cut_off(Index i, Index j) const {
    Bound out = a_.unit[at(i)] * right_sums_[at(j)];
    return out.add_product(b_.unit[at(j)], left_sums_[at(i)]);
  }

  /// Entries of which too much was cut off.
  void redo_what_was_lost() {
    std::optional<SizeProduct> terms;
    const double length = std::log2(static_cast<double>(a_.balls.length));
    for (Index j = 0; j < b_.balls.count; ++j)
      for (Index i = 0; i < a_.balls.count; ++i) {
        const Bound lost = cut_off(i, j);
        arb_ptr entry = out_(i, j).raw();
        if (is_small_part(lost, arb_radref(entry))) continue;
        const double bits = lost.log2() + static_cast<double>(precision_);
        if (bits <= log2_of(arb_midref(entry)) - 2) continue;
        if (!terms) terms.emplace(a_.sizes, b_.sizes);
        if (bits <= terms->log2(i, j) - length - 1) continue;
        arb_dot(entry, nullptr, 0, a_.balls(i, 0).raw(), a_.balls.step, b_.balls(j, 0).raw(), b_.balls.step,
                a_.balls.length, precision_);
      }
  }

  BallMatrix& out_;
  const Fixed &a_, &b_;
  long precision_;
  SizeProduct of_right_radii_, of_left_radii_, of_both_;  ///< |M| S, R |N|, R S
  std::vector<Bound> left_sums_, right_sums_;             ///< bounds of |M_i|_1 and |N_j|_1
};

/// Limbs that hold so many bits more than the working precision that sums of this length lose nothing that
/// would be seen, of lines whose entries are alike.
int enough_limbs(Index length, long bits) {
  return Block::limbs_for(bits + 12 + std::bit_width(static_cast<std::size_t>(length)));
}

}  // namespace

bool ball_blocks_are_faster(Index rows, Index inner, Index cols, int limbs, long bits) {
  if (limbs > ResidueTables::most_limbs || inner > (Index{1} << 20)) return false;
  const auto m = static_cast<double>(rows), k = static_cast<double>(inner), n = static_cast<double>(cols);
  const double L = limbs, p = static_cast<double>(bits);
  // Nanoseconds, each within a factor of 1.4 or so. Arb's dot product, or its block product.
  const double dot = (5 + 0.1 * p) * m * k * n, block = (3 + 0.06 * p) * m * k * n;
  const double arb = std::min({rows, inner, cols}) < arb_blocks_from ? dot : block;
  // Blocks: to take the factors apart, to put the result together, to multiply, to begin.
  const double blocks =
      (20 + 7.5 * L) * (m + n) * k + (100 + 8 * L) * m * n + (0.1 + 0.06 * L) * m * k * n + 2500 + 500 * L;
  return blocks < arb;
}

bool multiply_in_blocks(BallMatrix& out, const BallLines& a, const BallLines& b, Choice choice) {
  const long bits = real::working_bits();
  const auto faster = [&](int limbs) {
    return choice == Choice::whatever_fits ? limbs <= ResidueTables::most_limbs
                                           : ball_blocks_are_faster(a.count, a.length, b.count, limbs, bits);
  };
  if (a.length == 0 || !faster(1)) return false;
  const std::optional<Ranges> left = ranges_of(a);
  if (!left) return false;
  const std::optional<Ranges> right = ranges_of(b);
  if (!right) return false;
  const int limbs =
      static_cast<int>(std::min<long>(enough_limbs(a.length, bits), std::max(left->limbs(), right->limbs())));
  if (!faster(limbs)) return false;
  Product(out, Fixed(a, *left, limbs), Fixed(b, *right, limbs), bits).run();
  return true;
}

}  // namespace gronwall::linalg::detail
