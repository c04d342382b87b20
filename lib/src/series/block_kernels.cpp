#include "block_kernels.hpp"

#include <algorithm>
#include <utility>

#undef HWY_TARGET_INCLUDE
// Relative to the folder lib/include, where the compiler looks for it.
#define HWY_TARGET_INCLUDE "../src/series/block_kernels.cpp"
// Arrays of vectors need a size that the compiler knows; processors with vectors of any length run the code
// for shorter ones.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "../linalg/block_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gronwall::series::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using linalg::HWY_NAMESPACE::load_digits;
using linalg::HWY_NAMESPACE::multiply_digits;
using linalg::HWY_NAMESPACE::store_digits;
using linalg::HWY_NAMESPACE::take_digit;
using linalg::HWY_NAMESPACE::Wide;
using linalg::HWY_NAMESPACE::WideVector;

/// Pairs of numbers whose products of digits may be added up before a carry. A place gets at most `limbs`
/// products of a pair, each at most 2^54, and may begin with a digit: 504 2^54 + 2^28 < 2^63 - 2^27.
HWY_INLINE int pairs_between_carries(int limbs) { return std::max(1, 504 / limbs); }

HWY_INLINE std::ptrdiff_t lanes() { return static_cast<std::ptrdiff_t>(hn::Lanes(Wide())); }

constexpr int most_limbs = 62;

/// One vector of the sums: places that are carried now and then.
class Places {
 public:
  explicit Places(int width) : width_(width) {
    for (int i = 0; i < width; ++i) set(i, hn::Zero(Wide()));
  }
  HWY_INLINE void add(int i, WideVector x) { set(i, hn::Add(get(i), x)); }
  HWY_INLINE WideVector get(int i) const { return hn::Load(Wide(), sums_ + i * chunk); }
  void double_all() {
    for (int i = 0; i < width_; ++i) add(i, get(i));
  }
  /// Writes the digits; returns the moduli of the leading two as one number.
  WideVector write(std::int32_t* out) const {
    WideVector up = hn::Zero(Wide()), leading = up;
    for (int i = 0; i < width_; ++i) {
      const WideVector sum = hn::Add(get(i), up);
      if (i + 2 == width_) leading = sum;
      store_digits(i + 1 < width_ ? take_digit(sum, up) : sum, out + i * chunk);
      if (i + 1 == width_ && i > 0) leading = hn::Add(leading, hn::ShiftLeft<28>(get(i)));
    }
    return hn::Abs(leading);
  }

 private:
  HWY_INLINE void set(int i, WideVector x) { hn::Store(x, Wide(), sums_ + i * chunk); }

  int width_;
  alignas(64) std::int64_t sums_[(most_limbs + 2) * chunk];
};

/// The digits of 16 numbers, and those of one number for all of them.
struct Many {
  const std::int32_t* at;
  HWY_INLINE WideVector digit(int l) const { return load_digits(at + l * chunk); }
};
struct One {
  const std::int32_t* at;
  HWY_INLINE WideVector digit(int l) const { return hn::Set(Wide(), std::int64_t{at[l * chunk]}); }
};

/// What is multiplied, pair by pair.
struct PairsOfSeries {
  const std::int32_t* left_series;
  const std::int32_t* right_series;
  const Pair* pairs;
  HWY_INLINE Many left(int p) const { return {left_series + pairs[p].left}; }
  HWY_INLINE Many right(int p) const { return {right_series + pairs[p].right}; }
};
struct ColumnsOfMatrix {
  const std::int32_t* matrix;
  const MatrixProduct* task;
  HWY_INLINE Many left(int k) const { return {matrix + k * task->column_step}; }
  HWY_INLINE One right(int k) const { return {task->vector + k / chunk * task->vector_step + k % chunk}; }
};

/// Products of digits, added up place by place, for the triangle of `Limbs`. That is a constant so that all
/// of it stays in registers.
template <int Limbs>
class Triangle {
 public:
  HWY_INLINE Triangle() {
    for (WideVector& place : places_) place = hn::Zero(Wide());
  }
  template <class Right>
  HWY_INLINE void add(const Many& left, const Right& right) {
    WideVector a[Limbs];
    for (int l = 0; l < Limbs; ++l) a[l] = left.digit(l);
    add_rows(a, right, std::make_integer_sequence<int, Limbs>());
  }
  /// Leaves digits, and what they carry above.
  HWY_INLINE void carry() {
    WideVector up = hn::Zero(Wide());
    for (WideVector& place : places_) place = take_digit(hn::Add(place, up), up);
    above_ = hn::Add(above_, up);
  }
  HWY_INLINE void add_to(Places& sums) const {
    for (int i = 0; i < Limbs; ++i) sums.add(i, places_[i]);
    sums.add(Limbs, above_);
  }

 private:
  template <class Right, int... m>
  HWY_INLINE void add_rows(const WideVector* a, const Right& b, std::integer_sequence<int, m...>) {
    (add_row<m>(a, b.digit(m), std::make_integer_sequence<int, m + 1>()), ...);
  }
  /// Digit m of the right factor meets the digits Limbs - 1 - m to Limbs - 1 of the left.
  template <int m, int... i>
  HWY_INLINE void add_row(const WideVector* a, WideVector b, std::integer_sequence<int, i...>) {
    ((places_[i] = hn::Add(places_[i], multiply_digits(a[Limbs - 1 - m + i], b))), ...);
  }

  WideVector places_[Limbs];
  WideVector above_ = hn::Zero(Wide());
};

template <int Limbs, class Factors>
void add_triangles(Places& sums, const Factors& factors, int p, int end) {
  Triangle<Limbs> triangle;
  while (p < end) {
    const int stop = std::min(end, p + pairs_between_carries(Limbs));
    for (; p < stop; ++p) triangle.add(factors.left(p), factors.right(p));
    triangle.carry();
  }
  triangle.add_to(sums);
}

/// The same for any number of limbs: place by place, operands from memory.
template <class Factors>
void add_long_triangles(Places& sums, int limbs, const Factors& factors, int p, int end) {
  while (p < end) {
    const int stop = std::min(end, p + pairs_between_carries(limbs));
    WideVector up = hn::Zero(Wide());
    for (int i = 0; i < limbs; ++i) {
      WideVector sum = up;
      for (int q = p; q < stop; ++q) {
        const auto a = factors.left(q);
        const auto b = factors.right(q);
        for (int l = i; l < limbs; ++l)
          sum = hn::Add(sum, multiply_digits(a.digit(l), b.digit(limbs - 1 + i - l)));
      }
      sums.add(i, take_digit(sum, up));
    }
    sums.add(limbs, up);
    p = stop;
  }
}

template <class Factors>
HWY_INLINE void add_group(Places& sums, int limbs, const Factors& factors, int begin, int end) {
  switch (limbs) {
    case 0:
      return;
    case 1:
      return add_triangles<1>(sums, factors, begin, end);
    case 2:
      return add_triangles<2>(sums, factors, begin, end);
    case 3:
      return add_triangles<3>(sums, factors, begin, end);
    case 4:
      return add_triangles<4>(sums, factors, begin, end);
    case 5:
      return add_triangles<5>(sums, factors, begin, end);
    case 6:
      return add_triangles<6>(sums, factors, begin, end);
    case 7:
      return add_triangles<7>(sums, factors, begin, end);
    case 8:
      return add_triangles<8>(sums, factors, begin, end);
    case 9:
      return add_triangles<9>(sums, factors, begin, end);
    case 10:
      return add_triangles<10>(sums, factors, begin, end);
    case 11:
      return add_triangles<11>(sums, factors, begin, end);
    case 12:
      return add_triangles<12>(sums, factors, begin, end);
    case 13:
      return add_triangles<13>(sums, factors, begin, end);
    default:
      return add_long_triangles(sums, limbs, factors, begin, end);
  }
}

std::int64_t convolve_dispatched(std::int32_t* out, const Convolution& task) {
  const std::ptrdiff_t step = lanes();
  WideVector largest = hn::Zero(Wide());
  for (int c = 0; c < task.chunks; ++c)
    for (std::ptrdiff_t v = 0; v < chunk; v += step) {
      const std::ptrdiff_t at = c * task.chunk_step + v;
      const PairsOfSeries factors{task.left + at, task.right + at, task.pairs};
      Places sums(task.width);
      int begin = 0;
      for (int g = 0; g < task.group_count; ++g) {
        add_group(sums, task.groups[g].limbs, factors, begin, task.groups[g].end);
        begin = task.groups[g].end;
      }
      if (task.twice) sums.double_all();
      add_group(sums, task.middle.limbs, factors, task.middle.end, task.middle.end + 1);
      largest = hn::Max(largest, sums.write(out + c * chunk * task.width + v));
    }
  return hn::GetLane(hn::MaxOfLanes(Wide(), largest));
}

std::int64_t multiply_dispatched(std::int32_t* out, const MatrixProduct& task) {
  const std::ptrdiff_t step = lanes();
  WideVector largest = hn::Zero(Wide());
  for (int c = 0; c < task.chunks; ++c)
    for (std::ptrdiff_t v = 0; v < chunk; v += step) {
      Places sums(task.width);
      add_group(sums, task.limbs, ColumnsOfMatrix{task.matrix + c * task.chunk_step + v, &task}, 0,
                task.columns);
      largest = hn::Max(largest, sums.write(out + c * chunk * task.width + v));
    }
  return hn::GetLane(hn::MaxOfLanes(Wide(), largest));
}

/// The 16 entries of a chunk.
constexpr int vectors = static_cast<int>(chunk) / static_cast<int>(hn::MaxLanes(Wide()));
constexpr std::ptrdiff_t vector_lanes = chunk / vectors;

/// The digits p of a term that meet a digit of its scalar at place t of the result, times that digit.
HWY_INLINE void add_place(const Scaled& term, const std::int32_t* digits, std::ptrdiff_t t, WideVector* sum) {
  const std::ptrdiff_t total = t + term.drop;  // p + m
  const std::ptrdiff_t first = std::max<std::ptrdiff_t>(0, total - term.width + 1);
  const std::ptrdiff_t last = std::min<std::ptrdiff_t>(term.scalar_width - 1, total);
  for (std::ptrdiff_t m = first; m <= last; ++m) {
    const WideVector factor = hn::Set(Wide(), std::int64_t{term.scalar[m]});
    const std::int32_t* const from = digits + (total - m) * term.limb_step;
    for (int v = 0; v < vectors; ++v)
      sum[v] = hn::Add(sum[v], multiply_digits(load_digits(from + v * vector_lanes), factor));
  }
}

HWY_INLINE void add_terms(const Combination& task, int c, std::ptrdiff_t t, WideVector* sum) {
  for (int i = 0; i < task.count; ++i) {
    const Scaled& term = task.terms[i];
    add_place(term, term.digits + c * term.chunk_step, t, sum);
  }
}

/// One chunk. What stands above the last digit that is used belongs to that digit: modulo 2^64, in which the
/// result fits, two places are enough.
HWY_INLINE void combine_chunk(std::int32_t* to, const Combination& task, int c) {
  WideVector sum[vectors], above[vectors], top[vectors];
  for (int v = 0; v < vectors; ++v) sum[v] = above[v] = top[v] = hn::Zero(Wide());
  std::ptrdiff_t t = -2;
  for (; t + 1 < task.used; ++t) {
    add_terms(task, c, t, sum);
    for (int v = 0; v < vectors; ++v) {
      WideVector up;
      const WideVector digit = take_digit(sum[v], up);
      if (t >= 0) store_digits(digit, to + v * vector_lanes);
      sum[v] = up;
    }
    if (t >= 0) to += task.limb_step;
  }
  if (task.used > 0) {
    add_terms(task, c, t, sum);
    add_terms(task, c, t + 1, above);
    add_terms(task, c, t + 2, top);
    for (int v = 0; v < vectors; ++v)
      store_digits(hn::Add(sum[v], hn::ShiftLeft<28>(hn::Add(above[v], hn::ShiftLeft<28>(top[v])))),
                   to + v * vector_lanes);
    to += task.limb_step;
  }
  for (int l = task.used; l < task.limbs; ++l, to += task.limb_step) std::fill_n(to, chunk, 0);
}

void combine_dispatched(std::int32_t* out, const Combination& task) {
  for (int c = 0; c < task.chunks; ++c) combine_chunk(out + c * task.chunk_step, task, c);
}

}  // namespace gronwall::series::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gronwall::series::kernels {

HWY_EXPORT(convolve_dispatched);
HWY_EXPORT(multiply_dispatched);
HWY_EXPORT(combine_dispatched);

std::int64_t convolve(std::int32_t* out, const Convolution& task) {
  return HWY_DYNAMIC_DISPATCH(convolve_dispatched)(out, task);
}
std::int64_t multiply(std::int32_t* out, const MatrixProduct& task) {
  return HWY_DYNAMIC_DISPATCH(multiply_dispatched)(out, task);
}
void combine(std::int32_t* out, const Combination& task) {
  HWY_DYNAMIC_DISPATCH(combine_dispatched)(out, task);
}

}  // namespace gronwall::series::kernels
#endif
