#pragma once

#include <cstdint>
#include <vector>

#include <boost/align/aligned_allocator.hpp>

#include <gronwall/linalg/matrix.hpp>

namespace gronwall::linalg {

/// An n x N matrix in fixed point, one exponent a column: numbers of high precision that a whole vector unit
/// works on at once, where a loop over MPFR numbers handles one at a time.
///
/// Entry (i, j) is
///
///     2^exponent(j) sum_{l < limbs} d_l(i, j) 2^{28 (l - limbs)},      -2^27 <= d_l <= 2^27,
///
/// with balanced (signed) digits d_l of 28 bits, so that nothing has a sign of its own and dropping low
/// digits rounds to nearest. Hence |entry| <= 2^{exponent(j) - 1} (1 + 2^-27), and column j is a multiple of
/// `unit(j)` = 2^{exponent(j) - 28 limbs}, its unit in the last place. An entry far below the largest one of
/// its column has so many digits less: errors are relative to the column's largest entry, never to an entry.
///
/// In memory the digits of one place stand together ("planes"): limb(l, j) points to the `stride()` digits
/// number l of column j, 64-byte aligned; those beyond rows() are padding, which products and elementwise
/// functions may overwrite with any valid digits.
class Block {
 public:
  using Index = Eigen::Index;
  static constexpr int limb_bits = 28;
  /// Columns are padded to a multiple of this many digits, one 64-byte vector.
  static constexpr Index padding = 16;

  Block() = default;
  /// Zeros. Throws DomainError unless rows, cols >= 0 and limbs >= 1.
  Block(Index rows, Index cols, int limbs);
  /// The entries of `a`, each rounded to the nearest multiple of its column's unit: an error of at most half
  /// a unit, the exponents being the smallest that hold the columns (-infinity's stand-in 0 for a column of
  /// zeros). Throws DomainError where an entry is infinite or NaN.
  template <real::Floating R>
  Block(const Matrix<R>& a, int limbs);

  /// The limbs that hold `bits` bits below a column's largest entry, at least; 1 where bits < 1.
  static int limbs_for(long bits);

  /// Resizes, without allocating where the size is right already; entries are then anything valid.
  void resize(Index rows, Index cols, int limbs);

  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  int limbs() const { return limbs_; }
  Index stride() const { return stride_; }

  std::int32_t* limb(int l, Index column) { return digits_.data() + offset(l, column); }
  const std::int32_t* limb(int l, Index column) const { return digits_.data() + offset(l, column); }
  /// How far limb(l + 1, j) lies behind limb(l, j).
  Index plane() const { return stride_ * cols_; }

  long exponent(Index column) const { return exponents_[static_cast<std::size_t>(column)]; }
  void set_exponent(Index column, long exponent) { exponents_[static_cast<std::size_t>(column)] = exponent; }
  /// log2 of the unit in the last place of a column.
  long log2_unit(Index column) const { return exponent(column) - static_cast<long>(limb_bits) * limbs_; }

  /// The entries, each rounded to nearest in R: exact where R has 28 limbs() bits.
  template <real::Floating R>
  void to(Matrix<R>& out) const;
  template <real::Floating R>
  Matrix<R> as() const {
    Matrix<R> out;
    to<R>(out);
    return out;
  }
  /// log2 of the largest modulus in a column, from the leading digits: within 2^-20 of it where the leading
  /// limb is not zero for all entries; -infinity for a column of zeros.
  double log2_largest(Index column) const;

 private:
  Index offset(int l, Index column) const { return (static_cast<Index>(l) * cols_ + column) * stride_; }

  Index rows_ = 0, cols_ = 0, stride_ = 0;
  int limbs_ = 1;
  std::vector<std::int32_t, boost::alignment::aligned_allocator<std::int32_t, 64>> digits_;
  std::vector<long> exponents_;
};

}  // namespace gronwall::linalg
