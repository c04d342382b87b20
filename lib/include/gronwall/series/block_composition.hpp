#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <boost/align/aligned_allocator.hpp>

#include <gronwall/linalg/block.hpp>
#include <gronwall/series/fixed_scalar.hpp>
#include <gronwall/series/plan.hpp>

namespace gronwall::series {

using linalg::Block;
using linalg::Matrix;

namespace kernels {
/// Where the limbs of two factors begin, counted from the beginning of their series.
struct Pair {
  std::int32_t left, right;
};
}  // namespace kernels

/// A square matrix in fixed point with one exponent, for products with the coefficients of a
/// BlockComposition, digit by digit: as fast as residues (linalg::BlockMatrix) up to some hundred rows, since
/// coefficients that decay have few digits left.
class FixedMatrix {
 public:
  /// Each entry is rounded by at most half of 2^(exponent() - 28 limbs), exponent() being the smallest that
  /// holds the largest. Throws DomainError as Block does, and where w is not square.
  template <real::Floating R>
  FixedMatrix(const Matrix<R>& w, int limbs);

  Block::Index rows() const { return rows_; }
  int limbs() const { return limbs_; }
  long exponent() const { return exponent_; }
  /// Limb l of 16 entries of a column.
  const std::int32_t* at(Block::Index chunk, Block::Index column, int l) const;
  std::ptrdiff_t column_step() const;
  std::ptrdiff_t chunk_step() const { return column_step() * rows_; }

 private:
  Block::Index rows_;
  int limbs_;
  long exponent_ = 0;
  std::vector<std::int32_t, boost::alignment::aligned_allocator<std::int32_t, 64>> digits_;
};

/// `Composition` on blocks: the Taylor coefficients of phi(x(t)) for n x N components at once, in fixed
/// point, where a loop over MPFR numbers spends its time on their bookkeeping. x itself grows by integrals:
/// what is pushed are coefficients of x', as a Taylor integrator has them.
///
/// All coefficients of one series (x, an auxiliary function, a product) in one column share an exponent: time
/// has to be measured in a unit near the step, so that coefficients do not grow with their order. Where one
/// grows beyond the exponent nevertheless, the exponent is raised and the coefficients before it are shifted:
/// nothing overflows, but last places are lost, as `log2_noise` then tells. Where coefficients decay, the
/// limbs on top of them are zeros, and products with them cost less: in a unit that is the step itself,
/// convolutions cost a sixth of those of full numbers.
class BlockComposition {
 public:
  using Index = Block::Index;

  /// For x of rows x cols components, up to most_orders coefficients. Throws DomainError where phi has no
  /// differential system, and unless rows, cols, most_orders >= 1 and 1 <= limbs <= most_limbs.
  BlockComposition(const activation::Activation& phi, Index rows, Index cols, int most_orders, int limbs);
  static constexpr int most_limbs = 60;

  /// Begins (again) with coefficient 0 of x. The auxiliary functions there are those of
  /// `activation::Functions`, rounded to the block. Throws DomainError for another shape, and for entries or
  /// values that are not finite.
  template <real::Floating R>
  void start(const Matrix<R>& x);
  /// Begins where another one of the same phi, shape and limbs began (DomainError for other ones).
  void start(const BlockComposition& other);
  /// Back to coefficient 0, as it was given to `start`: for another unit of time.
  void restart();
  /// The next coefficient of x' is slope * unit, and so that of x is slope * unit/known(). Throws DomainError
  /// before `start`, beyond most_orders and for another shape.
  void push(const Block& slope, const FixedScalar& unit);
  /// The last one: what is composed of it stays unknown, and nothing can follow.
  void push_last(const Block& slope, const FixedScalar& unit);

  /// How many coefficients of x are known; of phi(x) as many, or one less after push_last.
  int known() const { return known_; }
  int limbs() const { return limbs_; }
  /// The memory that a column takes.
  static std::size_t bytes_of_column(const activation::Activation& phi, Index rows, int most_orders,
                                     int limbs);

  /// Coefficient `order` < known() of phi(x).
  void coefficient(int order, Block& out) const { read(plan_.outputs[0], order, out); }
  /// w times that: an error of w's rounding, (limbs - 1)/4 units of w times those of the coefficient for each
  /// row of w, and one of `out` at most. Throws DomainError where w has another number of rows or limbs.
  void multiply(const FixedMatrix& w, int order, Block& out);
  /// That of x.
  void argument(int order, Block& out) const { read(0, order, out); }
  /// log2 of its largest modulus in a column, to within a small fraction; -infinity for zeros.
  double log2_argument(int order, Index column) const { return log2_largest(0, order, column); }

  /// x and x' (in the unit of time) where time is tau, |tau| <= 1: one limb more than limbs(), so that no
  /// exponent has to be found. Errors: a few units of x (of x').
  void argument_at(const FixedScalar& tau, Block& out) const { evaluate(0, known_, tau, out); }
  void velocity_at(const FixedScalar& tau, Block& out) const {
    evaluate(plan_.velocity, known_ - 1, tau, out);
  }

  /// log2 of the unit in the last place of x in a column.
  long log2_unit(Index column) const;
  /// By how many bits exponents were raised, at most, for coefficients of order 2 and higher: more than a few
  /// where the unit of time is too large.
  long bits_raised() const { return bits_raised_; }
  /// log2 of the unit in which errors of the coefficients of phi(x) count in a column: the largest of the
  /// units of all series that it is made of, each times the sizes of what it was multiplied by. Coefficient k
  /// has an error of some k limbs/4 of them at most per product of series, of a few in practice. An
  /// estimate: it does not follow errors from order to order, which the factors 1/k damp.
  long log2_noise(Index column) const;

 private:
  /// A number that is to be multiplied by a factor and added to others.
  struct Source {
    const std::int32_t* digits;
    std::ptrdiff_t chunk_step, limb_step;
    int width;
    long exponent;  ///< digit p counts 2^{28 (p - origin)} 2^exponent
    int origin;
    long log2_size;  ///< |number| <= 2^log2_size
    const FixedScalar* factor;
  };
  static constexpr long unset = -(1L << 40);  ///< the exponent of a series that has been 0 so far
  /// A coefficient in a column, |coefficient| <= 2^log2_size: digits from number `used` on are zeros.
  struct Extent {
    long log2_size = unset;
    int used = 0;
  };

  std::int32_t* at(int series, int order, Index column) {
    return digits_.data() + offset(series, order, column);
  }
  const std::int32_t* at(int series, int order, Index column) const {
    return digits_.data() + offset(series, order, column);
  }
  std::size_t offset(int series, int order, Index column) const;
  std::ptrdiff_t chunk_step() const;
  long& exponent(int series, Index column) {
    return exponents_[static_cast<std::size_t>(series) * static_cast<std::size_t>(cols_) +
                      static_cast<std::size_t>(column)];
  }
  long exponent(int series, Index column) const {
    return exponents_[static_cast<std::size_t>(series) * static_cast<std::size_t>(cols_) +
                      static_cast<std::size_t>(column)];
  }

  void push_argument(const Block& slope, const FixedScalar& unit);
  Extent& extent(int series, int order, Index column) {
    return extents_[static_cast<std::size_t>((series * cols_ + column) * orders_ + order)];
  }
  const Extent& extent(int series, int order, Index column) const {
    return extents_[static_cast<std::size_t>((series * cols_ + column) * orders_ + order)];
  }

  void begin(int series, const Block& from);
  void read(int series, int order, Block& out) const;
  double log2_largest(int series, int order, Index column) const;
  Source series_source(int series, int order, Index column, const FixedScalar& factor) const;
  void store(int series, int order, Index column, const std::vector<Source>& sources);
  void add_up(int series, int order, Index column, std::span<const Source> sources, bool more);
  void make_room(int series, int order, Index column, long log2_size);
  void convolve_column(int left, int right, int order, Index column);
  void repeat_first_row(int series, int order, Index column);
  void convolve(int out, int left, int right, int out_order, int order, const FixedScalar& factor);
  void add(const Plan::Sum& sum, std::size_t number, int order);
  void algebra(int order);
  void evaluate(int series, int known, const FixedScalar& tau, Block& out) const;

  activation::Activation phi_;
  Plan plan_;
  Index rows_, cols_, chunks_;
  int orders_, limbs_;
  int known_ = 0;
  bool ended_ = false;
  long bits_raised_ = 0;
  using Digits = std::vector<std::int32_t, boost::alignment::aligned_allocator<std::int32_t, 64>>;
  Digits digits_;  ///< series by series, column by column, chunk by chunk, order by order, limb by limb
  std::vector<long> exponents_;
  std::vector<long> raised_;  ///< of each series in each column
  std::vector<Extent> extents_;
  std::vector<Block> start_;  ///< coefficients 0 of x and of the auxiliary functions
  FixedScalar one_;
  std::vector<FixedScalar> reciprocals_;           ///< of 0 (none), 1, 2, ...
  std::vector<std::vector<FixedScalar>> factors_;  ///< of the plan's sums, the constant first
  Digits wide_;
  std::vector<kernels::Pair> pairs_;  ///< of the convolution at work, and where its groups end
  std::vector<int> group_ends_;
  std::vector<Source> sources_;
};

}  // namespace gronwall::series
