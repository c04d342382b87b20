#undef HWY_TARGET_INCLUDE
// Relative to the folder lib/include, where the compiler looks for it.
#define HWY_TARGET_INCLUDE "../src/linalg/narrow_product.cpp"
// A tile is an array of vectors, whose size the compiler has to know; processors with vectors of any length
// run the code for shorter ones.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
//
#include <algorithm>
#include <vector>

#include <hwy/highway.h>

#include "narrow_product.hpp"

// The columns of B lie in the lanes of two vectors, B and the result being transposed for it. So an entry of
// A is read where it stands, spread over a vector, and used once for all columns: A is streamed through once,
// and never copied.
HWY_BEFORE_NAMESPACE();
namespace gronwall::linalg::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Index = Eigen::Index;
using Tag = hn::ScalableTag<double>;
using Vector = hn::Vec<Tag>;
constexpr Index lanes = hn::MaxLanes(Tag());
constexpr Index chunk = 2 * lanes;  ///< columns at a time
/// Rows of B that are kept in registers, of which wide vectors have 32 and others 16.
constexpr Index depth = lanes >= 8 ? 8 : 4;

/// out_i += sum over Depth inner indices of a(i, k) b_k for i < count; rows of `chunk` numbers,
/// columns of A `step` numbers apart.
template <Index Depth>
HWY_INLINE void add_rows(double* out, Index count, const double* a, Index step, const double* b) {
  const Tag tag;
  Vector left[Depth], right[Depth];
  for (Index k = 0; k < Depth; ++k) {
    left[k] = hn::Load(tag, b + k * chunk);
    right[k] = hn::Load(tag, b + k * chunk + lanes);
  }
  for (Index i = 0; i < count; ++i) {
    double* row = out + i * chunk;
    Vector x = hn::Load(tag, row), y = hn::Load(tag, row + lanes);
    for (Index k = 0; k < Depth; ++k) {
      const Vector entry = hn::Set(tag, a[i + k * step]);
      x = hn::MulAdd(entry, left[k], x);
      y = hn::MulAdd(entry, right[k], y);
    }
    hn::Store(x, tag, row);
    hn::Store(y, tag, row + lanes);
  }
}

/// out += A B for one chunk of columns, a tile of the result's rows at a time, which stays in the first two
/// caches.
void add_chunk(double* out, Index height, const double* a, Index rows, Index inner, const double* b) {
  constexpr Index tile = 1024;
  for (Index first = 0; first < height; first += tile) {
    const Index count = std::min(tile, height - first);
    const double* from = a + first;
    Index k = 0;
    for (; k + depth <= inner; k += depth)
      add_rows<depth>(out + first * chunk, count, from + k * rows, rows, b + k * chunk);
    for (; k < inner; ++k) add_rows<1>(out + first * chunk, count, from + k * rows, rows, b + k * chunk);
  }
}

/// out_i += a_i^T b over `count` inner indices, for Rows columns a_i of A: `step` numbers from one to the
/// next.
template <Index Rows>
HWY_INLINE void add_columns(double* out, const double* a, Index step, Index count, const double* b) {
  const Tag tag;
  Vector x[Rows], y[Rows];
  for (Index i = 0; i < Rows; ++i) {
    x[i] = hn::Load(tag, out + i * chunk);
    y[i] = hn::Load(tag, out + i * chunk + lanes);
  }
  for (Index k = 0; k < count; ++k) {
    const Vector left = hn::Load(tag, b + k * chunk), right = hn::Load(tag, b + k * chunk + lanes);
    for (Index i = 0; i < Rows; ++i) {
      const Vector entry = hn::Set(tag, a[i * step + k]);
      x[i] = hn::MulAdd(entry, left, x[i]);
      y[i] = hn::MulAdd(entry, right, y[i]);
    }
  }
  for (Index i = 0; i < Rows; ++i) {
    hn::Store(x[i], tag, out + i * chunk);
    hn::Store(y[i], tag, out + i * chunk + lanes);
  }
}

/// out += A^T B for one chunk of columns: rows of the result in registers, and so much of B at a time as the
/// first cache holds.
void add_transposed(double* out, Index height, const double* a, Index inner, const double* b) {
  constexpr Index piece = 256;
  for (Index first = 0; first < inner; first += piece) {
    const Index count = std::min(piece, inner - first);
    const double* const rows = b + first * chunk;
    Index i = 0;
    for (; i + depth <= height; i += depth)
      add_columns<depth>(out + i * chunk, a + i * inner + first, inner, count, rows);
    for (; i < height; ++i) add_columns<1>(out + i * chunk, a + i * inner + first, inner, count, rows);
  }
}

Index columns_at_a_time() { return chunk; }

}  // namespace gronwall::linalg::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include <hwy/aligned_allocator.h>

#include <gronwall/real/threads.hpp>

namespace gronwall::linalg::detail {

HWY_EXPORT(add_chunk);
HWY_EXPORT(add_transposed);
HWY_EXPORT(columns_at_a_time);

namespace {

using Eigen::Index;

/// At least so many numbers at a multiple of a vector's size, kept for the next product.
class Room {
 public:
  double* at_least(Index size) {
    if (size > size_) {
      numbers_ = hwy::AllocateAligned<double>(static_cast<std::size_t>(size));
      size_ = size;
    }
    return numbers_.get();
  }

 private:
  hwy::AlignedFreeUniquePtr<double[]> numbers_;
  Index size_ = 0;
};

/// Rows of `chunk` numbers out of `count` columns, zeros beyond them; in pieces that stay in the first cache.
void transpose(double* out, Index chunk, const double* columns, Index rows, Index count) {
  constexpr Index piece = 64;
  for (Index first = 0; first < rows; first += piece) {
    const Index end = std::min(first + piece, rows);
    for (Index j = 0; j < chunk; ++j)
      for (Index i = first; i < end; ++i) out[i * chunk + j] = j < count ? columns[j * rows + i] : 0;
  }
}

/// The way back: columns = factor times the rows, + keep times what was there.
void store_transposed(double* columns, double factor, const double* rows, Index chunk, Index height,
                      Index count, double keep) {
  constexpr Index piece = 64;
  for (Index first = 0; first < height; first += piece) {
    const Index end = std::min(first + piece, height);
    for (Index j = 0; j < count; ++j)
      for (Index i = first; i < end; ++i) {
        double& entry = columns[j * height + i];
        entry = factor * rows[i * chunk + j] + (keep == 0 ? 0 : entry);
      }
  }
}

/// Rows of the result that one thread takes at a time: whole tiles of the transposed product, some ten
/// microseconds' work and up. A is read by columns, so that the other product wants long pieces of these.
Index rows_together(Index height, Index inner, bool transposed, Index chunk) {
  constexpr Index enough = Index(1) << 21, long_piece = 256, unrolled = 8;
  const Index threads = real::threads();
  Index rows = std::max<Index>(1, enough / std::max<Index>(1, inner * chunk));
  if (!transposed) rows = std::max({rows, long_piece, (height + threads - 1) / threads});
  return (rows + unrolled - 1) / unrolled * unrolled;
}

}  // namespace

Index columns_of_rows() { return HWY_DYNAMIC_DISPATCH(columns_at_a_time)(); }

bool narrow_is_faster(Index rows, Index cols, Index width) {
  const Index chunk = columns_of_rows();
  return chunk >= 8 && 4 * width >= 3 * chunk && width <= chunk && rows * cols >= 192 * 192;
}

void product_of_rows(double* out, const double* a, Index rows, Index cols, bool transposed, const double* b) {
  const Index height = transposed ? cols : rows, inner = transposed ? rows : cols;
  const Index chunk = columns_of_rows();
  real::for_each_piece(height, rows_together(height, inner, transposed, chunk),
                       [&](Index first, Index count) {
                         double* const here = out + first * chunk;
                         std::fill(here, here + count * chunk, 0.0);
                         if (transposed)
                           HWY_DYNAMIC_DISPATCH(add_transposed)(here, count, a + first * rows, rows, b);
                         else
                           HWY_DYNAMIC_DISPATCH(add_chunk)(here, count, a + first, rows, cols, b);
                       });
}

void narrow_product(double* out, double factor, const double* a, Index rows, Index cols, bool transposed,
                    const double* b, Index width, double keep) {
  thread_local Room room_b, room_out;
  const Index height = transposed ? cols : rows, inner = transposed ? rows : cols;
  const Index chunk = columns_of_rows();
  double *b_rows = room_b.at_least(inner * chunk), *out_rows = room_out.at_least(height * chunk);
  for (Index first = 0; first < width; first += chunk) {
    const Index count = std::min(chunk, width - first);
    transpose(b_rows, chunk, b + first * inner, inner, count);
    product_of_rows(out_rows, a, rows, cols, transposed, b_rows);
    store_transposed(out + first * height, factor, out_rows, chunk, height, count, keep);
  }
}

}  // namespace gronwall::linalg::detail
#endif
