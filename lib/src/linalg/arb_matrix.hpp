#pragma once

#include <vector>

// Arb is a library of its own up to 2.23 and a part of FLINT from 3.0 on.
#if __has_include(<flint/arb_mat.h>)
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif

#include <gronwall/linalg/matrix.hpp>

// What Matrix<Ball> and Arb's matrices have to do with each other. The storage of the one is an array of
// arb_struct, column by column, so entries are lent and exchanged without copying a number.
namespace gronwall::linalg::detail {

using BallMatrix = Matrix<real::Ball>;

/// out = A B and out = A^T B; shapes have been checked, `out` has its shape and aliases nothing.
void multiply_balls(BallMatrix& out, const BallMatrix& a, const BallMatrix& b);
void transpose_multiply_balls(BallMatrix& out, const BallMatrix& a, const BallMatrix& b);

/// An Arb matrix of its own, to receive results.
class ArbMatrix {
 public:
  ArbMatrix(long rows, long cols) { arb_mat_init(m_, rows, cols); }
  ArbMatrix(const ArbMatrix&) = delete;
  ArbMatrix& operator=(const ArbMatrix&) = delete;
  ~ArbMatrix() { arb_mat_clear(m_); }
  arb_mat_struct* raw() { return m_; }

  /// The entries change places with those of `a`, which must have this shape.
  void exchange(BallMatrix& a) {
    for (long j = 0; j < a.cols(); ++j)
      for (long i = 0; i < a.rows(); ++i) arb_swap(a(i, j).raw(), arb_mat_entry(m_, i, j));
  }

 private:
  arb_mat_t m_;
};

/// A or A^T as an operand of Arb's functions: the entries are the same numbers, so A must outlive this and
/// nobody may write to it.
class Lent {
 public:
  Lent(const BallMatrix& a, bool transposed) {
    if (transposed)
      arb_mat_init(m_, a.cols(), a.rows());
    else
      arb_mat_init(m_, a.rows(), a.cols());
    for (long j = 0; j < a.cols(); ++j)
      for (long i = 0; i < a.rows(); ++i)
        *(transposed ? arb_mat_entry(m_, j, i) : arb_mat_entry(m_, i, j)) = *a(i, j).raw();
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() {
    // What was lent is not freed here.
    for (long i = 0; i < arb_mat_nrows(m_); ++i)
      for (long j = 0; j < arb_mat_ncols(m_); ++j) arb_init(arb_mat_entry(m_, i, j));
    arb_mat_clear(m_);
  }
  const arb_mat_struct* raw() const { return m_; }

 private:
  arb_mat_t m_;
};

}  // namespace gronwall::linalg::detail
