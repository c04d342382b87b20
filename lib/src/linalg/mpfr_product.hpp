#pragma once

#include <gronwall/linalg/matrix.hpp>

// Products of matrices of MPFR numbers, one at a time: by a loop, or through blocks.
namespace gronwall::linalg::detail {

/// A matrix in memory: entry (i, j) stands at data[i row_step + j col_step].
template <class R>
struct Strided {
  const R* data;
  Eigen::Index rows, cols;
  Eigen::Index row_step, col_step;

  const R& operator()(Eigen::Index i, Eigen::Index j) const { return data[i * row_step + j * col_step]; }
};

/// The one place that chooses: is the product of a rows x inner and an inner x cols matrix of numbers of so
/// many digits, whose ranges of exponents ask for so many limbs (28 bits each), faster through blocks than in
/// a loop? Neither is prepared, so the conversion of the larger factor has to be earned by the columns of the
/// other. The measurements are in bench/linalg/block_product_bench.cpp (single-product).
bool blocks_are_faster(Eigen::Index rows, Eigen::Index inner, Eigen::Index cols, int limbs, int digits);

/// out = A B, columns one after the other, each entry the exact inner product rounded once; shapes fit. True
/// if that was done. False, and nothing is written, where a loop is faster, where an entry is infinite or
/// NaN, and where the exponents in a row of A or a column of B range too far for fixed point without
/// rounding.
template <real::Floating R>
bool product_in_blocks(R* out, const Strided<R>& a, const Strided<R>& b);

}  // namespace gronwall::linalg::detail
