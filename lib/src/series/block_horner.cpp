// Horner's rule on columns of blocks, compiled once per instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "../src/series/block_horner.cpp"
#include "block_horner.hpp"

#include <hwy/foreach_target.h>  // NOLINT(misc-header-include-cycle): that is how Highway works
#include <hwy/highway.h>

#include "../linalg/block_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gronwall::series::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using linalg::HWY_NAMESPACE::load_digits;
using linalg::HWY_NAMESPACE::multiply_digits;
using linalg::HWY_NAMESPACE::store_digits;
using linalg::HWY_NAMESPACE::take_digit;
using linalg::HWY_NAMESPACE::Wide;
using linalg::HWY_NAMESPACE::WideVector;

constexpr int limb_bits = linalg::Block::limb_bits;
/// Room for the lanes of two vectors; two, because the carries of one leave the processor idle.
constexpr int lanes = 16;

/// Two vectors of lanes.
struct Two {
  WideVector a, b;
};

HWY_INLINE Two load(const std::int64_t* from) {
  return {hn::Load(Wide(), from), hn::Load(Wide(), from + hn::Lanes(Wide()))};
}
HWY_INLINE void store(const Two& x, std::int64_t* to) {
  hn::Store(x.a, Wide(), to);
  hn::Store(x.b, Wide(), to + hn::Lanes(Wide()));
}
HWY_INLINE Two plus(const Two& x, const Two& y) { return {hn::Add(x.a, y.a), hn::Add(x.b, y.b)}; }
HWY_INLINE Two product(const std::int64_t* x, const std::int64_t* y) {
  const Two left = load(x), right = load(y);
  return {multiply_digits(left.a, right.a), multiply_digits(left.b, right.b)};
}
HWY_INLINE Two digit_of(const Two& sum, Two& carry) {
  return {take_digit(sum.a, carry.a), take_digit(sum.b, carry.b)};
}

/// The coefficients of both vectors' nodes of one order, digit after digit in ascending order.
class Coefficients {
 public:
  HWY_INLINE Coefficients(const std::int64_t* words, const Two& offsets)
      : next_(words), offsets_(offsets), words_(offsets) {}
  HWY_INLINE Two digit(int r) {
    if (r % 2 != 0) return {hn::ShiftRight<32>(words_.a), hn::ShiftRight<32>(words_.b)};
    words_ = {hn::GatherIndex(Wide(), next_, offsets_.a), hn::GatherIndex(Wide(), next_, offsets_.b)};
    ++next_;
    return {hn::ShiftRight<32>(hn::ShiftLeft<32>(words_.a)), hn::ShiftRight<32>(hn::ShiftLeft<32>(words_.b))};
  }

 private:
  const std::int64_t* next_;
  Two offsets_, words_;
};

/// sum_{l=r+1}^{from-1} tau_{l-r} p_l + sum. tau has its digit of weight 2^{-28 i} at tau + i lanes.
HWY_INLINE Two with_products(Two sum, const std::int64_t* HWY_RESTRICT tau,
                             const std::int64_t* HWY_RESTRICT p, const int r, const int from) {
  for (int l = r + 1; l < from; ++l) sum = plus(sum, product(tau + (l - r) * lanes, p + l * lanes));
  return sum;
}

/// Digit r of c + tau p, and the carry to the next one.
HWY_INLINE void digit(const std::int64_t* HWY_RESTRICT tau, std::int64_t* HWY_RESTRICT p, Coefficients& c,
                      Two& carry, const int r, const int from) {
  store(digit_of(with_products(plus(carry, c.digit(r)), tau, p, r, from), carry), p + r * lanes);
}

/// Digits r to from - 1, as one piece of code without loops.
template <int r, int from>
HWY_INLINE void digits_from(const std::int64_t* HWY_RESTRICT tau, std::int64_t* HWY_RESTRICT p,
                            Coefficients& c, Two& carry) {
  if constexpr (r + 1 < from) {
    digit(tau, p, c, carry, r, from);
    digits_from<r + 1, from>(tau, p, c, carry);
  }
}

/// p <- c + tau p, in place: digit r of the result needs digits l > r of p alone. p has `from` digits and
/// gets from or from + 1, the highest of which takes all that is left.
///
/// Products of weight below 2^-28 are dropped, each below 2^{2 27 - 28 2} (1 + 2^-7) or 2^28 times less: the
/// `from` of weight 2^-56 dominate, 0.26 from units together. (A highest digit with spare bits has no partner
/// in them: it is digit number limbs - 1, and tau_{limbs+1} = 0.) Those of weight 2^-28 are rounded to a
/// unit, which costs half a unit. Sums stay below 2^63: at most 128 products of 2^{54} (1 + 2^-6), one of
/// them 2^3 times larger, and a carry.
///
/// fixed = from where the number is known to the compiler, else 0.
template <int fixed>
void step(const std::int64_t* tau, std::int64_t* p, Coefficients c, int from, int to) {
  const Two zero{hn::Zero(Wide()), hn::Zero(Wide())};
  Two carry = zero;
  if constexpr (fixed > 0) {
    digit_of(with_products(zero, tau, p, -1, fixed), carry);
    digits_from<0, fixed>(tau, p, c, carry);
    from = fixed;
  } else {
    digit_of(with_products(zero, tau, p, -1, from), carry);
    for (int r = 0; r + 1 < from; ++r) digit(tau, p, c, carry, r, from);
  }
  if (to > from) digit(tau, p, c, carry, from - 1, from);
  store(plus(carry, c.digit(to - 1)), p + (to - 1) * lanes);
}

void any_step(const std::int64_t* tau, std::int64_t* p, const Coefficients& c, int from, int to) {
  switch (from) {
    case 1:
      return step<1>(tau, p, c, from, to);
    case 2:
      return step<2>(tau, p, c, from, to);
    case 3:
      return step<3>(tau, p, c, from, to);
    case 4:
      return step<4>(tau, p, c, from, to);
    case 5:
      return step<5>(tau, p, c, from, to);
    case 6:
      return step<6>(tau, p, c, from, to);
    case 7:
      return step<7>(tau, p, c, from, to);
    case 8:
      return step<8>(tau, p, c, from, to);
    default:
      return step<0>(tau, p, c, from, to);
  }
}

/// tau = 2^index_bits x - node, and where the nodes' coefficients stand. The carries push the top digit
/// beyond 2^27 by 2^index_bits at most.
Two arguments(const NodeTable& table, const std::int32_t* x, std::int64_t plane, int index_bits,
              const std::int32_t* nodes, std::int64_t* tau) {
  const std::int64_t count = hn::Lanes(Wide());
  const Two node{load_digits(nodes), load_digits(nodes + count)};
  Two carry{hn::Zero(Wide()), hn::Zero(Wide())};
  const auto shifted = [&](int l) {
    const Two digit{load_digits(x + l * plane), load_digits(x + l * plane + count)};
    return plus(carry, {hn::ShiftLeftSame(digit.a, index_bits), hn::ShiftLeftSame(digit.b, index_bits)});
  };
  for (int l = 0; l + 1 < table.limbs; ++l) {
    const Two sum = shifted(l);
    store(digit_of(sum, carry), tau + (table.limbs - l) * lanes);
  }
  const Two top = shifted(table.limbs - 1);
  store({hn::Sub(top.a, hn::ShiftLeft<limb_bits>(node.a)), hn::Sub(top.b, hn::ShiftLeft<limb_bits>(node.b))},
        tau + lanes);
  std::int64_t offsets[lanes];
  for (int i = 0; i < 2 * count; ++i) offsets[i] = nodes[i] * table.node_words;
  return {hn::LoadU(Wide(), offsets), hn::LoadU(Wide(), offsets + count)};
}

void evaluate(const NodeTable& table, const std::int32_t* x, std::int64_t plane, int index_bits,
              const std::int32_t* nodes, std::int64_t entries, std::int32_t* out, std::int64_t out_plane) {
  HWY_ALIGN std::int64_t tau[(NodeTable::most_limbs + 1) * lanes];
  HWY_ALIGN std::int64_t p[NodeTable::most_limbs * lanes];
  const std::int64_t count = hn::Lanes(Wide());
  const int orders = static_cast<int>(table.digits.size());
  for (std::int64_t i = 0; i < entries; i += 2 * count) {
    const Two offsets = arguments(table, x + i, plane, index_bits, nodes + i, tau);
    const std::int64_t* words = table.words;
    int from = table.digits[static_cast<std::size_t>(orders - 1)];
    Coefficients highest(words, offsets);
    for (int l = 0; l < from; ++l) store(highest.digit(l), p + l * lanes);
    for (int k = orders - 2; k >= 0; --k) {
      words += (from + 1) / 2;
      const int to = table.digits[static_cast<std::size_t>(k)];
      any_step(tau, p, Coefficients(words, offsets), from, to);
      from = to;
    }
    for (int l = 0; l < table.limbs; ++l) {
      const Two digit = load(p + l * lanes);
      store_digits(digit.a, out + l * out_plane + i);
      store_digits(digit.b, out + l * out_plane + i + count);
    }
  }
}

}  // namespace gronwall::series::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gronwall::series {

HWY_EXPORT(evaluate);

void evaluate_polynomials(const NodeTable& table, const std::int32_t* x, std::int64_t plane, int index_bits,
                          const std::int32_t* nodes, std::int64_t entries, std::int32_t* out,
                          std::int64_t out_plane) {
  HWY_DYNAMIC_DISPATCH(evaluate)(table, x, plane, index_bits, nodes, entries, out, out_plane);
}

}  // namespace gronwall::series
#endif
