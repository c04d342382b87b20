#undef HWY_TARGET_INCLUDE
// Relative to the folder lib/include, where the compiler looks for it.
#define HWY_TARGET_INCLUDE "../src/linalg/lanes.cpp"
// As in narrow_product.cpp: the compiler has to know how long a vector is.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
//
#include <algorithm>

#include <hwy/highway.h>

#include "lanes.hpp"
#include "narrow_product.hpp"

HWY_BEFORE_NAMESPACE();
namespace gronwall::linalg::lanes::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<double>;
using Vector = hn::Vec<Tag>;
constexpr Index width = hn::MaxLanes(Tag());
constexpr Index chunk = 2 * width;

/// f(x, offset) for each of the two vectors of each row, an accumulator each, stored to `sums`.
template <class F>
HWY_INLINE void accumulate(Index n, double* sums, const F& f) {
  const Tag tag;
  Vector first = hn::Zero(tag), second = hn::Zero(tag);
  for (Index k = 0; k < n * chunk; k += chunk) {
    first = f(first, k);
    second = f(second, k + width);
  }
  hn::StoreU(first, tag, sums);
  hn::StoreU(second, tag, sums + width);
}

void squares(const double* x, Index n, double* sums) {
  accumulate(n, sums, [x](Vector sum, Index k) HWY_ATTR {
    const Vector entry = hn::Load(Tag(), x + k);
    return hn::MulAdd(entry, entry, sum);
  });
}

void tops(const double* x, Index n, double* tops) {
  accumulate(n, tops,
             [x](Vector top, Index k) HWY_ATTR { return hn::Max(hn::Abs(hn::Load(Tag(), x + k)), top); });
}

void step_forwards(double* h, const double* change, double step, Index n, double* sums) {
  const Vector factor = hn::Set(Tag(), step);
  accumulate(n, sums, [=](Vector sum, Index k) HWY_ATTR {
    const Tag tag;
    const Vector next = hn::MulAdd(factor, hn::Load(tag, change + k), hn::Load(tag, h + k));
    hn::Store(next, tag, h + k);
    return hn::MulAdd(next, next, sum);
  });
}

void step_backwards(double* lambda, const double* change, double* slope, double step, Index n, double* sums) {
  const Vector factor = hn::Set(Tag(), step);
  accumulate(n, sums, [=](Vector sum, Index k) HWY_ATTR {
    const Tag tag;
    const Vector before = hn::Load(tag, lambda + k);
    const Vector moved = hn::Mul(hn::Mul(factor, hn::Load(tag, change + k)), hn::Load(tag, slope + k));
    const Vector after = hn::Add(before, moved);
    hn::Store(before, tag, slope + k);
    hn::Store(after, tag, lambda + k);
    return hn::MulAdd(after, after, sum);
  });
}

/// Rows of the result of `transform` at a time.
constexpr Index together = 4;

/// One row of each block: y_p, then what is left of x.
HWY_INLINE void transform_row(double* y, const double* x, const double* weights, Index terms, Index count,
                              Index stride, Vector& rest, Vector& other_rest) {
  const Tag tag;
  for (Index p = 0; p < count; p += together) {
    const Index here = std::min(together, count - p);
    Vector sum[together], other[together];
    for (Index q = 0; q < together; ++q) sum[q] = other[q] = hn::Zero(tag);
    for (Index l = 0; l < terms; ++l) {
      const Vector a = hn::Load(tag, x + l * stride), b = hn::Load(tag, x + l * stride + width);
      for (Index q = 0; q < here; ++q) {
        const Vector weight = hn::Set(tag, weights[(p + q) * terms + l]);
        sum[q] = hn::MulAdd(weight, a, sum[q]);
        other[q] = hn::MulAdd(weight, b, other[q]);
      }
    }
    for (Index q = 0; q < here; ++q) {
      hn::Store(sum[q], tag, y + (p + q) * stride);
      hn::Store(other[q], tag, y + (p + q) * stride + width);
    }
  }
  for (Index l = 0; l < terms; ++l) {
    Vector a = hn::Load(tag, x + l * stride), b = hn::Load(tag, x + l * stride + width);
    for (Index p = 0; p < count; ++p) {
      const Vector weight = hn::Set(tag, weights[p * terms + l]);
      a = hn::NegMulAdd(weight, hn::Load(tag, y + p * stride), a);
      b = hn::NegMulAdd(weight, hn::Load(tag, y + p * stride + width), b);
    }
    rest = hn::MulAdd(a, a, rest);
    other_rest = hn::MulAdd(b, b, other_rest);
  }
}

void transform(double* y, const double* x, const double* weights, Index terms, Index count, Index n,
               Index stride, double* rest) {
  const Tag tag;
  Vector first = hn::LoadU(tag, rest), second = hn::LoadU(tag, rest + width);
  for (Index k = 0; k < n * chunk; k += chunk)
    transform_row(y + k, x + k, weights, terms, count, stride, first, second);
  hn::StoreU(first, tag, rest);
  hn::StoreU(second, tag, rest + width);
}

/// Columns first, ..., first + width - 1 of l against all of m: width rows of a tile.
HWY_INLINE void gram_rows(double* tile, const double* l, const double* m, Index n, Index first) {
  const Tag tag;
  Vector left[width], right[width];
  for (Index i = 0; i < width; ++i) left[i] = right[i] = hn::Zero(tag);
  for (Index k = 0; k < n * chunk; k += chunk) {
    const Vector a = hn::Load(tag, m + k), b = hn::Load(tag, m + k + width);
    const double* const entries = l + k + first;
    for (Index i = 0; i < width; ++i) {
      const Vector entry = hn::Set(tag, entries[i]);
      left[i] = hn::MulAdd(entry, a, left[i]);
      right[i] = hn::MulAdd(entry, b, right[i]);
    }
  }
  for (Index i = 0; i < width; ++i) {
    hn::Store(left[i], tag, tile + i * chunk);
    hn::Store(right[i], tag, tile + i * chunk + width);
  }
}

void add_gram(double* tile, const double* l, const double* m, Index n) {
  HWY_ALIGN double a[width * chunk];
  for (Index first = 0; first < chunk; first += width) {
    gram_rows(a, l, m, n, first);
    for (Index k = 0; k < width * chunk; ++k) tile[first * chunk + k] += a[k];
  }
}

void add_product_of_grams(double* tile, const double* l, const double* m, const double* r, const double* s,
                          Index n) {
  HWY_ALIGN double a[width * chunk], b[width * chunk];
  for (Index first = 0; first < chunk; first += width) {
    gram_rows(a, l, m, n, first);
    gram_rows(b, r, s, n, first);
    for (Index k = 0; k < width * chunk; ++k) tile[first * chunk + k] += a[k] * b[k];
  }
}

Index chunk_here() { return chunk; }

}  // namespace gronwall::linalg::lanes::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace gronwall::linalg::lanes {

HWY_EXPORT(squares);
HWY_EXPORT(tops);
HWY_EXPORT(step_forwards);
HWY_EXPORT(step_backwards);
HWY_EXPORT(transform);
HWY_EXPORT(add_gram);
HWY_EXPORT(add_product_of_grams);
HWY_EXPORT(chunk_here);

Index chunk() { return HWY_DYNAMIC_DISPATCH(chunk_here)(); }

void from_columns(double* block, const double* columns, Index n, Index m, Index first) {
  const Index width = chunk();
  for (Index j = 0; j < width; ++j)
    for (Index i = 0; i < n; ++i) block[i * width + j] = first + j < m ? columns[(first + j) * n + i] : 0;
}

void product(double* out, const double* A, Index rows, Index cols, bool transposed, const double* b) {
  detail::product_of_rows(out, A, rows, cols, transposed, b);
}

void squares(const double* x, Index n, double* sums) { HWY_DYNAMIC_DISPATCH(squares)(x, n, sums); }
void tops(const double* x, Index n, double* largest) { HWY_DYNAMIC_DISPATCH(tops)(x, n, largest); }
void step_forwards(double* h, const double* change, double step, Index n, double* sums) {
  HWY_DYNAMIC_DISPATCH(step_forwards)(h, change, step, n, sums);
}
void step_backwards(double* lambda, const double* change, double* slope, double step, Index n, double* sums) {
  HWY_DYNAMIC_DISPATCH(step_backwards)(lambda, change, slope, step, n, sums);
}
void transform(double* y, const double* x, const double* weights, Index terms, Index count, Index n,
               Index stride, double* rest) {
  HWY_DYNAMIC_DISPATCH(transform)(y, x, weights, terms, count, n, stride, rest);
}
void add_gram(double* tile, const double* l, const double* m, Index n) {
  HWY_DYNAMIC_DISPATCH(add_gram)(tile, l, m, n);
}
void add_product_of_grams(double* tile, const double* l, const double* m, const double* r, const double* s,
                          Index n) {
  HWY_DYNAMIC_DISPATCH(add_product_of_grams)(tile, l, m, r, s, n);
}

}  // namespace gronwall::linalg::lanes
#endif
