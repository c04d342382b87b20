#include <algorithm>
#include <cmath>

#include <gronwall/linalg/certified.hpp>
#include <gronwall/linalg/norm.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::linalg {

namespace {

using real::Ball;
using real::Precision;
using BallMatrix = Matrix<Ball>;
using Index = Eigen::Index;

Ball unknown() { return Ball(std::nan("")); }

/// At most one entry that may be non-zero in each row and each column.
bool scaled_partial_permutation(const BallMatrix& a) {
  std::vector<int> in_row(static_cast<std::size_t>(a.rows()), 0);
  for (Index j = 0; j < a.cols(); ++j) {
    int in_column = 0;
    for (Index i = 0; i < a.rows(); ++i) {
      if (a(i, j).is_zero()) continue;
      if (++in_column > 1 || ++in_row[static_cast<std::size_t>(i)] > 1) return false;
    }
  }
  return true;
}

/// max |a_ij|, exact for exact entries.
Ball largest_modulus(const BallMatrix& a) {
  Ball top;
  for (Index k = 0; k < a.size(); ++k) top = real::max(top, abs(a.data()[k]));
  return top;
}

/// Bits that hold the square of every midpoint and some of their sum; the squares of short numbers add up
/// exactly.
long square_bits() { return std::min(2 * std::max(real::working_bits(), 53L) + 64, 100000L); }

/// At least ||B||_2 for every |B| <= the radii of A: the smaller of ||R||_F and sqrt(||R||_1 ||R||_inf).
Ball radius_norm_bound(const BallMatrix& a) {
  Ball squares, columns, rows;
  std::vector<Ball> in_row(static_cast<std::size_t>(a.rows()));
  for (Index j = 0; j < a.cols(); ++j) {
    Ball sum;
    for (Index i = 0; i < a.rows(); ++i) {
      const Ball r = a(i, j).radius();
      squares += r * r;
      sum += r;
      in_row[static_cast<std::size_t>(i)] += r;
    }
    columns = real::max(columns, sum);
  }
  for (const Ball& sum : in_row) rows = real::max(rows, sum);
  return sqrt(real::min(squares, columns * rows)).upper();
}

}  // namespace

template <>
Ball frobenius_norm<Ball>(const BallMatrix& a) {
  if (!all_finite<Ball>(a)) return unknown();
  Ball squares;
  const Ball* only = nullptr;
  int nonzero = 0;
  {
    const Precision guard(square_bits());
    for (Index k = 0; k < a.size(); ++k) {
      const Ball& x = a.data()[k];
      if (x.is_zero()) continue;
      only = &x, ++nonzero;
      squares += x * x;
    }
  }
  // One entry's square may be too long to be exact; its modulus is not.
  return nonzero == 1 ? abs(*only) : sqrt(squares);
}

/// ||A|| is within ||R||_2 of ||M||, A = M ± R, and ||M||^2 the largest eigenvalue of M^T M or M M^T.
template <>
Ball spectral_norm<Ball>(const BallMatrix& a) {
  if (a.size() == 0) throw DomainError("The norm of an empty matrix was asked for.");
  if (!all_finite<Ball>(a)) return unknown();
  if (scaled_partial_permutation(a)) return largest_modulus(a);
  if (a.rows() == 1 || a.cols() == 1) return frobenius_norm<Ball>(a);
  const BallMatrix middle = a.unaryExpr([](const Ball& x) { return x.midpoint(); });
  const long bits = real::working_bits();
  Ball norm;
  {
    // The Gram matrix's rounding has to vanish beside its eigenvalue, and radii of 30 bits allow no more than
    // that.
    const Precision guard(std::min(bits + 32 + std::ilogb(static_cast<double>(a.size())), 100000L));
    const bool tall = a.rows() >= a.cols();
    const BallMatrix gram =
        tall ? transpose_multiply<Ball>(middle, middle) : multiply_transpose<Ball>(middle, middle);
    norm = sqrt(largest_eigenvalue(gram));
  }
  const Ball r = radius_norm_bound(a);
  if (r.is_zero()) return norm + Ball(0);
  const Ball below = real::max(norm.lower() - r, Ball(0)).lower();
  return below.hull((norm.upper() + r).upper());
}

}  // namespace gronwall::linalg
