#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gronwall/real/ball.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/threads.hpp>
#include <gronwall/series/block_function.hpp>
#include <gronwall/series/composition.hpp>

#include "block_horner.hpp"

namespace gronwall::series {

using activation::Activation;
using linalg::Block;
using real::Ball;
using real::Precision;
using real::Truth;

namespace {

using Index = Block::Index;

constexpr int limb_bits = Block::limb_bits;
constexpr int digit_bits = limb_bits - 1;
/// Bits for bounds, which need no more than a few digits.
constexpr long rough = 64;
/// Columns up to 2^(largest_exponent - 1) have tables.
constexpr long largest_exponent = 8;
/// Below 2^this, values count as 0: what has no other bound is below any power of two.
constexpr long least_exponent = -(1L << 30);
/// So many leading bits of a column may be unused before it is shifted.
constexpr int most_unused_bits = 4;
constexpr int most_orders = 512;
/// What the highest of all digits may have beyond 27 bits.
constexpr int spare_bits = NodeTable::spare_bits;

/// Nodes are 2^-spacing apart in a column with |x| <= 2^{exponent - 1}: a compromise between the orders that
/// are needed and the time to build; small columns have the node 0 alone.
long spacing(long exponent) { return std::max(6L, -exponent); }

bool at_most(const Ball& x, const Ball& bound) { return leq(x, bound) == Truth::yes; }

/// 2^k.
Ball power_of_two(long k) { return scaled(Ball(1), k); }

/// The smallest k with x <= 2^k (1 + 2^-40), about: at most one more than that. x > 0 is known.
long exponent_above(const Ball& x) {
  arf_t top;
  arf_init(top);
  arb_get_ubound_arf(top, x.raw(), rough);
  fmpz_t exponent;
  fmpz_init(exponent);
  arf_abs_bound_lt_2exp_fmpz(exponent, top);
  const bool fits = fmpz_fits_si(exponent) != 0 && fmpz_bits(exponent) < 60;
  const long k = fits ? fmpz_get_si(exponent) : 0;
  const bool huge = !fits && fmpz_sgn(exponent) > 0;
  fmpz_clear(exponent);
  arf_clear(top);
  if (huge) throw DomainError("A value on a block has no exponent that a block can hold.");
  if (!fits) return least_exponent;
  return at_most(x, power_of_two(k - 1) * (1 + power_of_two(-40))) ? k - 1 : k;
}

constexpr double infinity = std::numeric_limits<double>::infinity(), minus_infinity = -infinity;

/// log2 of the largest modulus, about.
double log2_modulus(const Ball& x) {
  mag_t largest;
  mag_init(largest);
  arb_get_mag(largest, x.raw());
  const double out = mag_is_zero(largest) != 0 ? minus_infinity : mag_get_d_log2_approx(largest);
  mag_clear(largest);
  return out;
}

/// log2(2^x + 2^y).
double log2_sum(double x, double y) {
  const double top = std::max(x, y), low = std::min(x, y);
  return low == minus_infinity ? top : top + std::log2(1 + std::exp2(low - top));
}

/// Raises logarithms of coefficients to their concave hull: a sample misses the largest where they oscillate
/// (even ones vanish at the centre of an odd function).
void close_gaps(std::vector<double>& x) {
  std::vector<std::size_t> hull;
  const auto slope = [&](std::size_t i, std::size_t j) { return (x[j] - x[i]) / static_cast<double>(j - i); };
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (!std::isfinite(x[k])) continue;
    while (hull.size() >= 2 && slope(hull[hull.size() - 2], hull.back()) <= slope(hull.back(), k))
      hull.pop_back();
    hull.push_back(k);
  }
  for (std::size_t h = 0; h + 1 < hull.size(); ++h)
    for (std::size_t k = hull[h] + 1; k < hull[h + 1]; ++k)
      if (x[k] < infinity) x[k] = x[hull[h]] + slope(hull[h], hull[h + 1]) * static_cast<double>(k - hull[h]);
}

/// The exponent of a column whose entries are at most `largest`.
long column_exponent(const Ball& largest) { return std::max(exponent_above(largest) + 1, least_exponent); }

Ball exact_sum(const Ball& x, const Ball& y) {
  Ball z;
  arb_add(z.raw(), x.raw(), y.raw(), ARF_PREC_EXACT);
  return z;
}

/// An integer to nearest.
class Integer {
 public:
  Integer() { fmpz_init(x_); }
  Integer(const Integer&) = delete;
  Integer& operator=(const Integer&) = delete;
  ~Integer() { fmpz_clear(x_); }
  fmpz* raw() { return x_; }

  /// x 2^-exponent, of a ball its midpoint, to nearest.
  void round(const Ball& x, long exponent) {
    arf_t scaled;
    arf_init(scaled);
    arf_mul_2exp_si(scaled, arb_midref(x.raw()), -exponent);
    arf_get_fmpz(x_, scaled, ARF_RND_NEAR);
    arf_clear(scaled);
  }
  /// Takes away the lowest balanced digit.
  std::int32_t take_digit() {
    const auto low = static_cast<std::int64_t>(fmpz_fdiv_ui(x_, 1UL << limb_bits));
    const std::int64_t digit = low >= (1L << digit_bits) ? low - (1L << limb_bits) : low;
    fmpz_sub_si(x_, x_, digit);
    fmpz_fdiv_q_2exp(x_, x_, limb_bits);
    return static_cast<std::int32_t>(digit);
  }
  std::int32_t take_rest() { return static_cast<std::int32_t>(fmpz_get_si(x_)); }

 private:
  static void fmpz_sub_si(fmpz* out, const fmpz* x, std::int64_t y) {
    y < 0 ? fmpz_add_ui(out, x, static_cast<ulong>(-y)) : fmpz_sub_ui(out, x, static_cast<ulong>(y));
  }
  fmpz_t x_;
};

/// Entry (row, column), exactly.
Ball entry(const Block& x, Index row, Index column) {
  fmpz_t sum;
  fmpz_init(sum);
  for (int l = x.limbs(); l-- > 0;) {
    fmpz_mul_2exp(sum, sum, limb_bits);
    const std::int32_t digit = x.limb(l, column)[row];
    digit < 0 ? fmpz_sub_ui(sum, sum, static_cast<ulong>(-static_cast<long>(digit)))
              : fmpz_add_ui(sum, sum, static_cast<ulong>(digit));
  }
  Ball out;
  arb_set_fmpz(out.raw(), sum);
  fmpz_clear(sum);
  return scaled(out, x.log2_unit(column));
}

void set_entry(Block& out, Index row, Index column, const Ball& value) {
  Integer integer;
  integer.round(value, out.log2_unit(column));
  for (int l = 0; l + 1 < out.limbs(); ++l) out.limb(l, column)[row] = integer.take_digit();
  out.limb(out.limbs() - 1, column)[row] = integer.take_rest();
}

void set_zero(Block& out, Index column, long exponent) {
  out.set_exponent(column, exponent);
  for (int l = 0; l < out.limbs(); ++l) std::fill_n(out.limb(l, column), out.stride(), 0);
}

/// The largest modulus of a digit.
std::int32_t largest_digit(const std::int32_t* digits, Index count) {
  std::int32_t largest = 0;
  for (Index i = 0; i < count; ++i) largest = std::max(largest, std::abs(digits[i]));
  return largest;
}

/// How many leading bits are unused by a column whose leading digits are at most `largest`, so that |x| <
/// (largest + 1) 2^{exponent - 28}: then |x| < 2^{exponent - 1 - bits}. -1 where a digit is 2^27.
int unused_bits(std::int32_t largest) {
  int bits = -1;
  while (bits < digit_bits && largest + 1L <= 1L << (digit_bits - bits - 1)) ++bits;
  return bits;
}

/// Column `column` of x shifted upwards by whole limbs and by bits, as a block of its own: the same numbers
/// with a smaller exponent.
void shift_column(const Block& x, Index column, int shift, Block& out) {
  const int limbs = shift / limb_bits, bits = shift % limb_bits;
  out.resize(x.rows(), 1, x.limbs());
  set_zero(out, 0, x.exponent(column) - shift);
  for (Index i = 0; i < x.rows(); ++i) {
    std::int64_t carry = 0;
    for (int l = limbs; l < x.limbs(); ++l) {
      const std::int64_t sum = static_cast<std::int64_t>(x.limb(l - limbs, column)[i]) * (1L << bits) + carry;
      carry = l + 1 < x.limbs() ? (sum + (1L << digit_bits)) >> limb_bits : 0;
      out.limb(l, 0)[i] = static_cast<std::int32_t>(sum - carry * (1L << limb_bits));
    }
  }
}

/// `evaluate_polynomials`, shared out to threads: pieces of twenty microseconds or so.
void evaluate_by_threads(const NodeTable& table, const std::int32_t* x, Index plane, int index_bits,
                         const std::int32_t* nodes, Index entries, std::int32_t* out, Index out_plane) {
  constexpr Index enough = Index(1) << 17, padding = Block::padding;
  const Index together = enough / std::max<Index>(1, table.node_words * table.limbs);
  real::for_each_piece(entries, (together + padding) / padding * padding, [&](Index first, Index count) {
    evaluate_polynomials(table, x + first, plane, index_bits, nodes + first, count, out + first, out_plane);
  });
}

}  // namespace

/// phi, phi' or u_j.
struct BlockFunction::Part {
  Activation phi;
  int derivative = 0;  ///< where auxiliary == 0
  int auxiliary = 0;   ///< j

  /// On balls; an enclosure.
  Ball operator()(const Ball& x) const {
    const activation::Functions<Ball>& functions = phi.in<Ball>();
    if (auxiliary > 0) {
      std::vector<Ball> u;
      functions.start(x, u);
      return u.at(static_cast<std::size_t>(auxiliary - 1));
    }
    return derivative == 0 ? functions.value(x) : functions.derivative(x);
  }
  /// At a number, with so many bits. At a kink phi' is taken a little to the right. Throws PrecisionError
  /// beyond 2^16 bits, which nothing that has an enclosure needs unless x is that large.
  Ball at(const Ball& x, long bits) const {
    if (bits > 1L << 16)
      throw PrecisionError(fmt::format("A value of '{}' cannot be enclosed in 65536 bits.", phi.name()));
    const Precision guard(bits);
    if (derivative == 1)
      for (const double kink : phi.traits().kinks)
        if (x.overlaps(Ball(kink))) return (*this)(exact_sum(x, power_of_two(-2 * bits)));
    return (*this)(x);
  }
  /// At a number, to 2^log2_tolerance.
  Ball within(const Ball& x, long log2_tolerance) const {
    for (long bits = 2 * rough;; bits *= 2) {
      const Ball value = at(x, bits);
      if (at_most(value.radius(), power_of_two(log2_tolerance))) return value;
    }
  }
};

/// Taylor coefficients of a function around points or on balls; enclosures. Numbers that the function is made
/// of are known to the working precision at construction.
class BlockFunction::Expansion {
 public:
  /// Of order 0, ..., orders - 1; the function's activation has a system.
  Expansion(const Part& part, int orders) : part_(part), orders_(orders) {
    const auto& polynomial = part.phi.traits().polynomial;
    if (polynomial && part.auxiliary == 0) {
      const auto first = static_cast<std::size_t>(part.derivative);
      for (std::size_t k = first; k < polynomial->size(); ++k)
        polynomial_.push_back(real::from_rational<Ball>((*polynomial)[k]) *
                              (first == 0 ? Ball(1) : Ball(static_cast<int>(k))));
    } else {
      composition_.emplace(part.phi, 1, part.auxiliary > 0 ? 0 : part.derivative, orders);
    }
  }

  std::vector<Ball> operator()(const Ball& at) { return composition_ ? composed(at) : shifted(at); }

 private:
  std::vector<Ball> composed(const Ball& at) {
    const Ball one(1), zero(0);
    composition_->start(&at);
    for (int k = 1; k < orders_; ++k) composition_->push(k == 1 ? &one : &zero);
    std::vector<Ball> out;
    for (int k = 0; k < orders_; ++k)
      out.push_back(part_.auxiliary > 0 ? *composition_->auxiliary(part_.auxiliary, k)
                                        : *composition_->coefficient(part_.derivative, k));
    return out;
  }
  /// p(at + t), by Horner's rule.
  std::vector<Ball> shifted(const Ball& at) const {
    std::vector<Ball> out = polynomial_;
    for (std::size_t i = 0; i + 1 < out.size(); ++i)
      for (std::size_t k = out.size() - 1; k-- > i;) out[k] += at * out[k + 1];
    out.resize(static_cast<std::size_t>(orders_));
    return out;
  }

  Part part_;
  int orders_;
  std::vector<Ball> polynomial_;
  std::optional<Composition<Ball>> composition_;
};

/// The nodes for columns with |x| <= 2^{exponent - 1}.
class BlockFunction::Panel {
 public:
  Panel(Part part, int limbs, long exponent);

  /// Whether f is 0 on the panel.
  bool vanishes() const { return vanishes_; }
  /// Whether there are tables.
  bool tabulated() const { return !table_.digits.empty(); }
  std::size_t bytes() const {
    return known_.load() * static_cast<std::size_t>(table_.node_words) * sizeof(std::int64_t);
  }

  /// f on a column of x; its entries must be within the panel, its exponent may be larger by
  /// most_unused_bits.
  void operator()(const Block& x, Index column, Block& out, Index out_column);

 private:
  enum State : unsigned char { missing, proved, refused };

  State state_of(std::int32_t m);
  std::vector<Index> find_nodes(const std::int32_t* top, Index count, int index_bits,
                                std::vector<std::int32_t>& nodes);

  long log2_unit() const { return out_exponent_ - static_cast<long>(limb_bits) * table_.limbs; }
  Ball unit() const { return power_of_two(log2_unit()); }
  /// A bound of |x - node|, in distances of nodes: (1 + 2^-7)/2.
  static Ball theta() { return scaled(1 + power_of_two(-7), -1); }
  /// log2 of the largest |c_k|, and of what they are at most around the nodes.
  struct Sizes {
    explicit Sizes(int orders)
        : coefficients(static_cast<std::size_t>(orders), minus_infinity), remainders(coefficients) {}
    double remainder(int k) const { return remainders[static_cast<std::size_t>(k)]; }
    std::vector<double> coefficients, remainders;
  };
  bool plan();
  Sizes sampled(int orders) const;
  bool plan_digits(const std::vector<double>& sizes, double log2_theta);
  Ball node_at(long m) const { return scaled(Ball(static_cast<int>(m)), -spacing_); }
  State build(long m);
  bool remainder_is_small(const Ball& at);
  bool fits(const std::vector<Ball>& c) const;
  std::int64_t* words_of(long m) { return words_.get() + (m + most_nodes_) * table_.node_words; }
  void write(long m, const std::vector<Ball>& c);

  Part part_;
  bool vanishes_ = false;
  long exponent_;
  long spacing_;     // nodes are m 2^-spacing
  long most_nodes_;  // |m| <= most_nodes
  long out_exponent_ = 0;
  int order_ = 0;  // of the remainder: coefficients 0, ..., order - 1 are in use
  NodeTable table_;
  // Not initialised, so that pages which no node uses take no memory.
  std::unique_ptr<std::int64_t[]> words_;         // NOLINT: vectors would initialise
  std::unique_ptr<std::atomic<State>[]> states_;  // NOLINT: atomics do not move
  std::atomic<std::size_t> known_{0};
  std::mutex building_;
  std::optional<Expansion> expansion_, remainder_;
};

/// sup |f| over |x| <= 2^{exponent - 1}, from enclosures on 64 parts; none where one is not known.
std::optional<Ball> BlockFunction::bound_of_values(const Part& part, long exponent) {
  const Precision guard(rough);
  const Ball half = power_of_two(exponent - 1);
  Ball bound(0);
  for (int k = -32; k < 32; ++k) {
    const Ball here = part(scaled(half * k, -5).hull(scaled(half * (k + 1), -5)));
    if (!here.known()) return std::nullopt;
    bound = max(bound, here.largest_modulus());
  }
  return bound.upper();
}

BlockFunction::Panel::Panel(Part part, int limbs, long exponent)
    : part_(std::move(part)),
      exponent_(exponent),
      spacing_(spacing(exponent)),
      most_nodes_(1L << std::max(0L, exponent + spacing_ - 1)) {
  if (exponent + spacing_ == 0) most_nodes_ = 0;
  table_.limbs = limbs;
  const Precision guard(rough);
  if (!part_.phi.traits().system || !plan()) {
    table_.digits.clear();
    return;
  }
  table_.node_words = 0;
  for (const int digits : table_.digits) table_.node_words += (digits + 1) / 2;
  const auto nodes = static_cast<std::size_t>(2 * most_nodes_ + 1);
  words_.reset(new std::int64_t[nodes * static_cast<std::size_t>(table_.node_words)]);
  states_.reset(new std::atomic<State>[nodes]());
  table_.words = words_of(0);
  state_of(0);
}

/// Guesses from a sample of nodes how many orders and digits are needed; `build` proves it of each node.
bool BlockFunction::Panel::plan() {
  const auto bound = bound_of_values(part_, exponent_);
  vanishes_ = bound && bound->is_zero();
  if (!bound || vanishes_) return false;
  out_exponent_ = column_exponent(*bound);
  const double log2_theta = -0.98;  // a little more
  for (int orders = static_cast<int>(limb_bits * table_.limbs / (spacing_ + 1) + 8); orders <= most_orders;
       orders *= 2) {
    Sizes sizes = sampled(orders);
    const double tolerance = static_cast<double>(log2_unit()) - 6;
    for (order_ = 1; order_ < orders; ++order_)
      if (sizes.remainder(order_) + order_ * log2_theta <= tolerance) {
        sizes.coefficients.resize(static_cast<std::size_t>(order_));
        return plan_digits(sizes.coefficients, log2_theta);
      }
  }
  return false;
}

/// At a few nodes.
BlockFunction::Panel::Sizes BlockFunction::Panel::sampled(int orders) const {
  Sizes out(orders);
  const Ball radius = theta() * power_of_two(-spacing_);
  const Precision fine(limb_bits * table_.limbs + rough);
  Expansion expansion(part_, orders);
  const long samples = std::min(most_nodes_, 16L);
  for (long k = -samples; k <= samples; ++k) {
    const Ball at = node_at(samples == 0 ? 0 : k * (most_nodes_ / samples));
    const auto take = [&](const std::vector<Ball>& c, std::vector<double>& into) {
      for (std::size_t i = 0; i < c.size(); ++i)
        into[i] =
            std::max(into[i], log2_modulus(c[i]) - static_cast<double>(spacing_) * static_cast<double>(i));
    };
    take(expansion(at), out.coefficients);
    const Precision bounds(rough);
    take(expansion(Ball(at, radius)), out.remainders);
  }
  close_gaps(out.remainders);
  close_gaps(out.coefficients);
  return out;
}

/// The digits of sum_{j >= k} |c_j| theta^{j-k} with three bits to spare, or one where the spare bits of the
/// highest digit are needed. digits[0] is `limbs`, and they grow by one at most from an order to the one
/// below.
bool BlockFunction::Panel::plan_digits(const std::vector<double>& sizes, double log2_theta) {
  std::vector<int>& digits = table_.digits;
  digits.assign(sizes.size(), 1);
  double sum = minus_infinity;
  for (std::size_t k = sizes.size(); k-- > 1;) {
    sum = log2_sum(sizes[k], sum + log2_theta);
    if (sum == infinity) return false;
    const double bits = sum - static_cast<double>(log2_unit()) + 4;
    if (bits > limb_bits * table_.limbs + spare_bits + 2) {  // steep: the values are in a coarser unit
      ++out_exponent_;
      return plan_digits(sizes, log2_theta);
    }
    const int needed = std::min(table_.limbs, static_cast<int>(std::ceil(bits / limb_bits)));
    digits[k] = std::max(needed, k + 1 < digits.size() ? digits[k + 1] : 1);
  }
  digits[0] = table_.limbs;
  for (std::size_t k = 1; k < digits.size(); ++k) digits[k] = std::max(digits[k], digits[k - 1] - 1);
  return true;
}

/// Whether p_k fits digits[k] wherever |tau| <= theta. A factor 1 - 2^-12 leaves room for the roundings, of
/// which less than 2^7 units come together.
bool BlockFunction::Panel::fits(const std::vector<Ball>& c) const {
  Ball sum(0);
  for (std::size_t k = c.size(); k-- > 1;) {
    sum = (c[k].largest_modulus() + theta() * sum).upper();
    const int digits = table_.digits[k],
              bits = limb_bits * digits - 1 + (digits == table_.limbs ? spare_bits : 0);
    if (!at_most(sum, scaled(unit(), bits) * (1 - power_of_two(-12)))) return false;
  }
  return true;
}

void BlockFunction::Panel::write(long m, const std::vector<Ball>& c) {
  std::int64_t* to = words_of(m);
  Integer integer;
  for (std::size_t k = c.size(); k-- > 0;) {
    integer.round(c[k], log2_unit());
    const int digits = table_.digits[k];
    for (int l = 0; l < digits; l += 2) {
      const auto next = [&](int i) -> std::int64_t {
        if (i >= digits) return 0;
        return i + 1 < digits ? integer.take_digit() : integer.take_rest();
      };
      const std::int64_t low = next(l), high = next(l + 1);
      *to++ = static_cast<std::int64_t>((static_cast<std::uint64_t>(high) << 32) |
                                        (static_cast<std::uint64_t>(low) & 0xffffffffU));
    }
  }
}

/// Coefficients of the node, where they can be proved. A node is proved when its coefficients are known to
/// 1/16 of a unit before they are rounded, when its partial sums fit their digits, and when the remainder
///
///     |tau|^K sup |f^(K)|/K! 2^{-s K}      over the neighbourhood of the node
///
/// is below 1/8 of a unit. With the error of `evaluate_polynomials` that makes
///
///     (1/2 + 1/16 + 1/2 + 0.26 limbs)/(1 - theta) + 1/8 <= 2.5 + 0.53 limbs units.
BlockFunction::Panel::State BlockFunction::Panel::build(long m) {
  const Ball at = node_at(m);
  if (!remainder_is_small(at)) return refused;
  for (const int more : {1, 2, 4}) {
    const Precision guard(limb_bits * table_.limbs * more + rough);
    if (more > 1 || !expansion_) expansion_.emplace(part_, order_);
    std::vector<Ball> c = (*expansion_)(at);
    bool sharp = true;
    for (std::size_t k = 0; k < c.size(); ++k) {
      c[k] = scaled(c[k], -spacing_ * static_cast<long>(k));
      sharp = sharp && at_most(c[k].radius(), scaled(unit(), -4));
    }
    if (more > 1) expansion_.reset();
    if (!sharp) continue;
    const Precision bounds(rough);
    if (!fits(c)) return refused;
    write(m, c);
    return proved;
  }
  return refused;
}

bool BlockFunction::Panel::remainder_is_small(const Ball& at) {
  const Precision guard(rough);
  if (!remainder_) remainder_.emplace(part_, order_ + 1);
  Ball rest = (*remainder_)(Ball(at, theta() * power_of_two(-spacing_))).back();
  for (int k = 0; k < order_; ++k) rest = rest * theta();
  return at_most(rest.largest_modulus(), scaled(unit(), spacing_ * order_ - 3));
}

/// Node of entry i, and the entries whose node was refused; nodes that were missing are built.
std::vector<Index> BlockFunction::Panel::find_nodes(const std::int32_t* top, Index count, int index_bits,
                                                    std::vector<std::int32_t>& nodes) {
  nodes.assign(static_cast<std::size_t>(count), 0);
  if (index_bits > 0)
    for (Index i = 0; i < count; ++i)
      nodes[static_cast<std::size_t>(i)] =
          (top[i] + (1 << (digit_bits - index_bits))) >> (limb_bits - index_bits);
  std::vector<Index> refused_entries;
  for (Index i = 0; i < count; ++i)
    if (state_of(nodes[static_cast<std::size_t>(i)]) == refused) refused_entries.push_back(i);
  return refused_entries;
}

BlockFunction::Panel::State BlockFunction::Panel::state_of(std::int32_t m) {
  std::atomic<State>& state = states_[static_cast<std::size_t>(m + most_nodes_)];
  const State known = state.load(std::memory_order_acquire);
  if (known != missing) return known;
  const std::lock_guard lock(building_);
  if (state.load(std::memory_order_relaxed) == missing) {
    const State built = build(m);
    if (built == refused) std::fill_n(words_of(m), table_.node_words, 0);
    ++known_;
    state.store(built, std::memory_order_release);
  }
  return state.load(std::memory_order_relaxed);
}

void BlockFunction::Panel::operator()(const Block& x, Index column, Block& out, Index out_column) {
  const int index_bits = static_cast<int>(x.exponent(column) + spacing_);
  const Index rows = x.rows(), whole = rows / Block::padding * Block::padding;
  thread_local std::vector<std::int32_t> nodes;
  const std::vector<Index> refused_entries =
      find_nodes(x.limb(x.limbs() - 1, column), rows, index_bits, nodes);
  out.set_exponent(out_column, out_exponent_);
  evaluate_by_threads(table_, x.limb(0, column), x.plane(), index_bits, nodes.data(), whole,
                      out.limb(0, out_column), out.plane());
  if (whole < rows) {  // a full vector of the last entries and of zeros, whose node is always there
    std::array<std::int32_t, Block::padding * NodeTable::most_limbs> last{};
    for (int l = 0; l < table_.limbs; ++l)
      std::copy(x.limb(l, column) + whole, x.limb(l, column) + rows, last.data() + l * Block::padding);
    nodes.resize(static_cast<std::size_t>(whole + Block::padding), 0);
    evaluate_polynomials(table_, last.data(), Block::padding, index_bits, nodes.data() + whole,
                         Block::padding, out.limb(0, out_column) + whole, out.plane());
  }
  for (const Index i : refused_entries)
    set_entry(out, i, out_column, part_.within(entry(x, i, column), log2_unit() - 2));
}

/// The panels of one function.
class BlockFunction::Tables {
 public:
  Tables(Part part, int limbs) : part_(std::move(part)), limbs_(limbs) {}

  int limbs() const { return limbs_; }
  void column(const Block& x, Index column, Block& out, Index out_column);
  std::size_t bytes() const {
    const std::lock_guard lock(mutex_);
    std::size_t sum = 0;
    for (const auto& [exponent, panel] : panels_) sum += panel->bytes();
    return sum;
  }

 private:
  std::shared_ptr<Panel> panel(long exponent);
  long shared_exponent(long exponent) const;
  void one_by_one(const Block& x, Index column, Block& out, Index out_column) const;

  Part part_;
  int limbs_;
  mutable std::mutex mutex_;
  std::map<long, long> shared_;  ///< the panel that does for a column's exponent
  std::map<long, std::shared_ptr<Panel>> panels_;
};

/// The largest panel up to |x| <= 8 whose values have the same unit.
long BlockFunction::Tables::shared_exponent(long exponent) const {
  constexpr long largest_shared = 4;
  if (exponent < 0 || exponent >= largest_shared) return exponent;
  const auto unit = [this](long e) -> std::optional<long> {
    const auto bound = bound_of_values(part_, e);
    return bound && !bound->is_zero() ? std::optional(column_exponent(*bound)) : std::nullopt;
  };
  const auto here = unit(exponent);
  while (exponent < largest_shared && unit(exponent + 1) == here) ++exponent;
  return exponent;
}

std::shared_ptr<BlockFunction::Panel> BlockFunction::Tables::panel(long exponent) {
  constexpr std::size_t most_panels = 64;
  const std::lock_guard lock(mutex_);
  const auto shared = shared_.find(exponent);
  if (shared != shared_.end()) return panels_.at(shared->second);
  if (panels_.size() >= most_panels) panels_.clear(), shared_.clear();
  const long of = shared_exponent(exponent);
  std::shared_ptr<Panel>& panel = panels_[of];
  if (!panel) panel = std::make_shared<Panel>(part_, limbs_, of);
  shared_.emplace(exponent, of);
  return panel;
}

void BlockFunction::Tables::column(const Block& x, Index column, Block& out, Index out_column) {
  int top = limbs_ - 1;
  std::int32_t largest = largest_digit(x.limb(top, column), x.rows());
  while (top > 0 && largest == 0) largest = largest_digit(x.limb(--top, column), x.rows());
  const int unused = limb_bits * (limbs_ - 1 - top) + unused_bits(largest);
  if (largest > 0 && unused > most_unused_bits) {
    Block shifted;
    shift_column(x, column, unused, shifted);
    return this->column(shifted, 0, out, out_column);
  }
  const long exponent = x.exponent(column) - unused;
  if (largest == 0 || exponent > largest_exponent || x.exponent(column) + spacing(exponent) < 0)
    return one_by_one(x, column, out, out_column);
  const std::shared_ptr<Panel> here = panel(exponent);
  if (here->vanishes()) return set_zero(out, out_column, 0);
  if (!here->tabulated()) return one_by_one(x, column, out, out_column);
  (*here)(x, column, out, out_column);
  if (largest_digit(out.limb(limbs_ - 1, out_column), x.rows()) == 0) one_by_one(x, column, out, out_column);
}

/// In balls, with as many bits as it takes. The unit follows from the largest value.
void BlockFunction::Tables::one_by_one(const Block& x, Index column, Block& out, Index out_column) const {
  std::vector<Ball> arguments;
  for (Index i = 0; i < x.rows(); ++i) arguments.push_back(entry(x, i, column));
  std::vector<Ball> values(arguments.size());
  std::vector<bool> sharp(arguments.size(), false);
  for (long bits = static_cast<long>(limb_bits) * limbs_ + rough;; bits *= 2) {
    Ball largest(0);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool repeated = i > 0 && arb_equal(arguments[i].raw(), arguments[i - 1].raw()) != 0;
      if (!sharp[i]) values[i] = repeated ? values[i - 1] : part_.at(arguments[i], bits);
      largest = max(largest, values[i].largest_modulus());
    }
    if (!largest.known()) continue;
    if (largest.is_zero()) return set_zero(out, out_column, 0);
    out.set_exponent(out_column, column_exponent(largest));
    const Ball tolerance = power_of_two(out.log2_unit(out_column) - 2);
    for (std::size_t i = 0; i < values.size(); ++i) sharp[i] = at_most(values[i].radius(), tolerance);
    if (std::find(sharp.begin(), sharp.end(), false) == sharp.end()) break;
  }
  for (Index i = 0; i < x.rows(); ++i) set_entry(out, i, out_column, values[static_cast<std::size_t>(i)]);
  for (int l = 0; l < limbs_; ++l)
    std::fill(out.limb(l, out_column) + x.rows(), out.limb(l, out_column) + x.stride(), 0);
}

namespace {

/// Of a function: its activation (whose name says which one of a formula's type it is), part, limbs.
using Key = std::tuple<std::string, std::type_index, int, int, int>;

}  // namespace

BlockFunction::BlockFunction(std::shared_ptr<Tables> tables) : tables_(std::move(tables)) {}

/// The tables of the functions used last.
std::shared_ptr<BlockFunction::Tables> BlockFunction::shared_tables(const Part& part, int limbs) {
  if (limbs < 2 || limbs > NodeTable::most_limbs)
    throw DomainError(fmt::format("Functions on blocks of {} limbs were asked for; from 2 to {} can be.",
                                  limbs, NodeTable::most_limbs));
  constexpr std::size_t most_functions = 24;
  static std::mutex mutex;
  static std::list<std::pair<Key, std::shared_ptr<Tables>>> known;
  const activation::Functions<Ball>& formula = part.phi.in<Ball>();
  const Key key{part.phi.name(), std::type_index(typeid(formula)), part.derivative, part.auxiliary, limbs};
  const std::lock_guard lock(mutex);
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.first == key; });
  if (found != known.end()) {
    known.splice(known.begin(), known, found);
  } else {
    known.emplace_front(key, std::make_shared<Tables>(part, limbs));
    if (known.size() > most_functions) known.pop_back();
  }
  return known.front().second;
}

BlockFunction::BlockFunction(const Activation& phi, int derivative, int limbs) {
  if (derivative < 0 || derivative > 1)
    throw DomainError(fmt::format("Derivative {} was asked for on blocks; there are 0 and 1.", derivative));
  tables_ = shared_tables({phi, derivative, 0}, limbs);
}

BlockFunction BlockFunction::auxiliary(const Activation& phi, int j, int limbs) {
  const auto& system = phi.traits().system;
  if (!system || j < 1 || static_cast<std::size_t>(j) > system->derivatives.size())
    throw DomainError(fmt::format("The activation '{}' has no auxiliary function {}.", phi.name(), j));
  return BlockFunction(shared_tables({phi, 0, j}, limbs));
}

void BlockFunction::operator()(const Block& x, Block& out) const {
  if (x.limbs() != limbs())
    throw DomainError(
        fmt::format("A function on blocks of {} limbs was given one of {}.", limbs(), x.limbs()));
  if (&x == &out) throw DomainError("A function on blocks cannot write over its argument.");
  out.resize(x.rows(), x.cols(), x.limbs());
  for (Index j = 0; j < x.cols(); ++j) tables_->column(x, j, out, j);
}

int BlockFunction::limbs() const { return tables_->limbs(); }

std::size_t BlockFunction::table_bytes() const { return tables_->bytes(); }

}  // namespace gronwall::series
