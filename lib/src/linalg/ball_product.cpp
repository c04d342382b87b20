#include <algorithm>

#include <gronwall/linalg/product.hpp>

#include "arb_matrix.hpp"
#include "ball_block_product.hpp"

namespace gronwall::linalg::detail {

namespace {

using real::Ball;
using Index = Eigen::Index;

/// Arb's block algorithm (big integers for whole blocks) then beats one dot product an entry.
bool large(Index rows, Index inner, Index cols) { return std::min({rows, inner, cols}) >= arb_blocks_from; }

void block_product(BallMatrix& out, const Lent& a, const Lent& b) {
  ArbMatrix product(out.rows(), out.cols());
  arb_mat_mul(product.raw(), a.raw(), b.raw(), real::working_bits());
  product.exchange(out);
}

/// sum_k a[k step] b[k], rounded about once.
void dot(Ball& out, const Ball* a, Index step, const Ball* b, Index length) {
  arb_dot(out.raw(), nullptr, 0, a->raw(), step, b->raw(), 1, length, real::working_bits());
}

void clear(BallMatrix& out) {
  for (Index k = 0; k < out.size(); ++k) out.data()[k] = Ball(0);
}

}  // namespace

void multiply_balls(BallMatrix& out, const BallMatrix& a, const BallMatrix& b) {
  if (a.cols() == 0) return clear(out);
  if (multiply_in_blocks(out, {a.data(), a.rows(), a.cols(), 1, a.rows()},
                         {b.data(), b.cols(), b.rows(), b.rows(), 1}))
    return;
  if (large(a.rows(), a.cols(), b.cols())) return block_product(out, Lent(a, false), Lent(b, false));
  for (Index j = 0; j < b.cols(); ++j)
    for (Index i = 0; i < a.rows(); ++i)
      dot(out(i, j), a.data() + i, a.rows(), b.data() + j * b.rows(), b.rows());
}

void transpose_multiply_balls(BallMatrix& out, const BallMatrix& a, const BallMatrix& b) {
  if (a.rows() == 0) return clear(out);
  if (multiply_in_blocks(out, {a.data(), a.cols(), a.rows(), a.rows(), 1},
                         {b.data(), b.cols(), b.rows(), b.rows(), 1}))
    return;
  if (large(a.cols(), a.rows(), b.cols())) return block_product(out, Lent(a, true), Lent(b, false));
  for (Index j = 0; j < b.cols(); ++j)
    for (Index i = 0; i < a.cols(); ++i)
      dot(out(i, j), a.data() + i * a.rows(), 1, b.data() + j * b.rows(), b.rows());
}

}  // namespace gronwall::linalg::detail
