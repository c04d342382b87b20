#pragma once

#include <vector>

#include <gronwall/linalg/block.hpp>
#include <gronwall/ode/taylor.hpp>

namespace gronwall::ode {

/// One step of a solution in fixed point: h(t) = sum_k coefficients[k] ((t - begin)/unit)^k on [begin, end].
template <Real R>
struct BlockPiece {
  R begin = R(0), end = R(0), unit = R(1);
  std::vector<linalg::Block> coefficients;
};

/// A solution on [0, T] that stayed in blocks.
template <Real R>
struct BlockTaylorSolution {
  Matrix<R> end;                      ///< h(T)
  std::vector<BlockPiece<R>> pieces;  ///< none unless they were asked for
  int order = 0;
  int limbs = 0;         ///< digits of 28 bits that were needed
  long evaluations = 0;  ///< products with A
  long accepted = 0;     ///< steps
  long rejected = 0;

  /// The same in numbers of R, each rounded once. Needs the pieces (DomainError).
  TaylorSolution<R> in_numbers() const;
};

/// Which of the solution is kept.
enum class Keep {
  end,    ///< the state at the horizon
  pieces  ///< the polynomials too
};

/// `solve_taylor` in fixed point: the same equation, steps, defect test and errors, at a small part of the
/// cost. Coefficients, the recurrences of phi and the products with A are blocks (series::BlockComposition,
/// linalg::BlockMatrix); numbers of R are the state at the end of each step, where phi's auxiliary functions
/// are evaluated, and the defect there.
///
/// Time is measured in a unit near the step. The number of digits follows from the tolerance, and
/// from what the exponents of an expansion's series say of its rounding errors: where these could be felt,
/// the expansion is made again, in a better unit of time or with more digits. The defect test, whose phi is
/// computed anew in R, then judges the step as it judges those of the plain method.
///
/// Throws as solve_taylor does, and PrecisionError where more than `most_block_limbs` limbs (30 for more than
/// 64 rows) would be needed: where values of very different sizes cancel.
template <real::Floating R>
BlockTaylorSolution<R> solve_taylor_blocks(const HiddenField<R>& field, const Matrix<R>& h0, const R& horizon,
                                           const TaylorControl<R>& control, Keep keep = Keep::pieces);

constexpr int most_block_limbs = 40;

/// `solve_taylor` in numbers of R alone.
template <real::Floating R>
TaylorSolution<R> solve_taylor_plain(const HiddenField<R>& field, const Matrix<R>& h0, const R& horizon,
                                     const TaylorControl<R>& control);

/// Whether `solve_taylor` works in blocks: for numbers beyond double, and for so many rows that the lanes of
/// a vector are worth filling (bench/ode/block_taylor_bench.cpp shows where they are).
template <real::Floating R>
constexpr bool blocks_pay(Eigen::Index rows) {
  return real::Backend<R>::digits > 20 && rows >= 8;
}

}  // namespace gronwall::ode
