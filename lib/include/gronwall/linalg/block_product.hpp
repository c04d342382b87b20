#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <gronwall/linalg/block.hpp>

/// Products of a fixed matrix with blocks, through residues: exact inner products of the fixed-point numbers,
/// computed modulo some thirty (at 50 digits) primes below 2^12 in 16-bit arithmetic, put together by the
/// Chinese remainder theorem and rounded once. The residue tables (lib/src/linalg/residue_tables.hpp) say
/// why nothing overflows.
namespace gronwall::linalg {

namespace detail {
struct PackedResidues;
}

/// W, prepared for products with blocks: fixed point with `limbs` digits of 28 bits and one exponent per row,
/// its residues computed. Copies share what was prepared.
class BlockMatrix {
 public:
  using Index = Block::Index;
  static constexpr int most_limbs = 30;

  /// No rows, no columns.
  BlockMatrix();
  /// W, each entry rounded by at most half of 2^(row_exponent(i) - 28 limbs). Throws DomainError where an
  /// entry is infinite or NaN, for limbs < 1 or > most_limbs, more than 2^20 columns, and for rows (of other
  /// than zeros) whose exponents differ by more than 2^30.
  template <real::Floating R>
  BlockMatrix(const Matrix<R>& w, int limbs) : BlockMatrix(Block(turned<R>(w), limbs)) {}
  /// The transpose of a block, exactly: column i of `rows` becomes row i.
  explicit BlockMatrix(const Block& rows);
  /// W^T, prepared; errors as above, the rows being W's columns.
  template <real::Floating R>
  static BlockMatrix transposed(const Matrix<R>& w, int limbs) {
    return BlockMatrix(Block(w, limbs));
  }

  Index rows() const;
  Index cols() const;
  int limbs() const;
  /// |W(i, k)| <= 2^(row_exponent(i) - 1) (1 + 2^-27); 0 for a row of zeros.
  long row_exponent(Index i) const;
  /// The largest row_exponent(i) of a row other than zeros; 0 where there is none.
  long largest_exponent() const;

  const detail::PackedResidues& packed() const { return *packed_; }

 private:
  template <real::Floating R>
  static Matrix<R> turned(const Matrix<R>& w) {
    return w.transpose();
  }
  std::shared_ptr<const detail::PackedResidues> packed_;
};

/// out = W b, with W's limbs and W.rows() x b.cols() (resized, without allocating where that is right
/// already).
///
/// The exponent of each of out's columns is the smallest that holds its entries (one more where the largest
/// is within 2^-11 of a power of two), whatever cancelled; a column of zeros has exponent 0. With W~ for W's
/// fixed-point numbers and b~ for b's,
///
///     |out - W~ b~|_(i,j) <= 0.501 unit_out(j),      unit_out(j) = 2^out.log2_unit(j):
///
/// W~ b~ is found exactly, and cutting off balanced digits rounds to nearest but for 2^-13 of a unit. b~ = b
/// unless b has more limbs than W, whose lowest ones are then dropped. The result is the same, bit for bit,
/// on every processor. Throws DomainError where inner dimensions differ and where `out` is `b`.
void multiply_into(Block& out, const BlockMatrix& w, const Block& b);

/// In units of out's column j: a bound on |out - W b|_(i,j) for all i, for out = W~ b as multiply_into leaves
/// it and the W that W~ was rounded from. It is 0.501 + the part of W's rounding,
/// sum_k |W~ - W|_ik |b_kj| <= k 2^(e_i - 28 limbs - 1) 2^(f_j - 1) (1 + 2^-27), with e_i and f_j the
/// exponents of W's row and b's column and k the inner dimension; twice the second where b's lowest limbs
/// were dropped. Rounded upwards; infinity where it exceeds the doubles (out's column cancelled to next to
/// nothing).
double error_in_units(const Block& out, const BlockMatrix& w, const Block& b, Block::Index column);

}  // namespace gronwall::linalg
