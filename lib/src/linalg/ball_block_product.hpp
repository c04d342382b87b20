#pragma once

#include <gronwall/linalg/matrix.hpp>

// Products of matrices of balls through blocks: midpoints by residues, radii in double.
namespace gronwall::linalg::detail {

/// A matrix of balls in memory as lines (the rows of a left factor, the columns of a right one) of numbers
/// that are multiplied with each other.
struct BallLines {
  const real::Ball* data;
  Eigen::Index count, length;
  Eigen::Index line_step, step;

  const real::Ball& operator()(Eigen::Index line, Eigen::Index k) const {
    return data[line * line_step + k * step];
  }
};

/// From so many rows, columns and inner terms on Arb's block product is faster than its dot products.
constexpr Eigen::Index arb_blocks_from = 32;

/// The one place that chooses: are blocks of so many limbs faster for such a product of balls, at so many
/// bits, than Arb's dot and block products? The measurements are in bench/linalg/ball_product_bench.cpp.
bool ball_blocks_are_faster(Eigen::Index rows, Eigen::Index inner, Eigen::Index cols, int limbs, long bits);

/// When to work in blocks: where they are faster, or (for tests) wherever they can.
enum class Choice { faster, whatever_fits };

/// out(i, j) = sum_k a(i, k) b(j, k), shapes fit. True if that was done. False, and nothing is written, where
/// Arb is faster, where an entry is not known, and where exponents are beyond all measure or radii in a line
/// further apart than double can hold.
///
/// With A = M ± R and B = N ± S, and M~, N~ for what fixed point holds of the midpoints (they are cut off
/// towards 0: all bits if they fit, 12 + log2(length) more than the working precision otherwise),
///
///     |A B - M~ N~| <= |M| S + R (|N| + S) + E,      E_ij = u_i |N_j|_1 + v_j |M_i|_1,
///
/// where u_i and v_j are the units of the lines of which something was cut off. M~ N~ is exact, and rounded
/// once to the working precision; the products on the right are taken in double, rounded up
/// (radius_product.hpp). Where neither the entry's other errors nor 2^-bits of its largest term hide E, Arb's
/// dot product takes its place. So an entry's radius is at most twice that of Arb's dot product, plus 2^-bits
/// times its midpoint and the largest of its terms.
bool multiply_in_blocks(Matrix<real::Ball>& out, const BallLines& a, const BallLines& b,
                        Choice choice = Choice::faster);

}  // namespace gronwall::linalg::detail
