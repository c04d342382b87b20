#pragma once

#include <cstddef>
#include <cstdint>

#include <gronwall/series/block_composition.hpp>

/// What BlockComposition does to digits, chunk by chunk of 16 entries: limb l of a chunk is 16 digits in a
/// row, limb l + 1 stands behind it. In vector lanes, per instruction set (block_kernels.cpp).
namespace gronwall::series::kernels {

constexpr std::ptrdiff_t chunk = 16;

/// Pairs of factors of which so many limbs count: those up to pairs[end], from where the last group ended.
struct Group {
  int limbs;
  int end;
};

/// One coefficient of a product of two series, for all chunks of a column: the sum of left * right over the
/// pairs, twice that if `twice`, plus that of `middle`.
struct Convolution {
  const std::int32_t* left;
  const std::int32_t* right;
  const Pair* pairs;
  const Group* groups;
  int group_count;
  bool twice;
  Group middle;               ///< one pair, number middle.end; limbs = 0: none
  std::ptrdiff_t chunk_step;  ///< from a chunk of a series to the next
  int chunks;
  int width;  ///< of the result: at least 2 + the limbs of each group
};

/// Of a pair with `limbs` limbs (T), the products of left digit l and right digit m with l + m >= T - 1 count
/// at digit l + m - T + 1 of the sum: the triangle of the larger ones. `out`, chunk behind chunk, gets
/// `width` digits. Each pair loses at most (T - 1)/4 of the unit of digit 1: below the triangle stand t + 1
/// products of at most 2^54 at place t = T - 2, 28 bits below digit 0, and so on. Returns the largest modulus
/// of the leading two digits, read as an integer in units of the lower.
std::int64_t convolve(std::int32_t* out, const Convolution& task);

/// A matrix times a vector: for all chunks of rows, the sum over the columns k of matrix_k vector_k, of which
/// the vector's numbers have `limbs` limbs and the matrix's as many from the given digit on; result, errors
/// and return value as of `convolve`.
struct MatrixProduct {
  const std::int32_t* matrix;
  std::ptrdiff_t column_step;
  std::ptrdiff_t chunk_step;
  int columns;
  const std::int32_t* vector;  ///< its own chunks
  std::ptrdiff_t vector_step;  ///< from one of them to the next
  int limbs;
  int chunks;
  int width;  ///< limbs + 2
};
std::int64_t multiply(std::int32_t* out, const MatrixProduct& task);

/// A number of some width times a scalar, aligned to the result: digit p of the number times digit m of the
/// scalar counts at digit p + m - drop of the result.
struct Scaled {
  const std::int32_t* digits;
  std::ptrdiff_t chunk_step;
  std::ptrdiff_t limb_step;
  int width;
  const std::int32_t* scalar;
  int scalar_width;
  std::ptrdiff_t drop;
};

/// The digits 0, ..., used - 1 of a sum of scaled numbers, and zeros up to digit limbs - 1. Digits below -2
/// of each product are dropped; the sum is rounded to nearest up to them: an error of 1/2 + 2^-24 in the last
/// place where width and scalar_width stay below 64 and there are at most 8 terms: no sum of products reaches
/// 2^63 then. The result must fit into `used` digits. A term may stand where the result goes if it is not
/// shifted, or down by at least a place.
struct Combination {
  const Scaled* terms;
  int count;
  std::ptrdiff_t chunk_step;  ///< of the result
  std::ptrdiff_t limb_step;
  int chunks;
  int used, limbs;
};
void combine(std::int32_t* out, const Combination& task);

}  // namespace gronwall::series::kernels
