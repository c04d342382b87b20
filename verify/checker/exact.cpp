#include "verify/checker/exact.hpp"

#include <stdexcept>
#include <utility>

namespace gronwall::checker {

Matrix operator-(const Matrix& a, const Matrix& b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) throw std::logic_error("a difference of unlike matrices");
  Matrix out(a.rows(), a.cols());
  for (long i = 0; i < a.rows(); ++i)
    for (long j = 0; j < a.cols(); ++j) out(i, j) = a(i, j) - b(i, j);
  return out;
}

Matrix operator*(const Matrix& a, const Matrix& b) {
  if (a.cols() != b.rows()) throw std::logic_error("a product of matrices that do not fit");
  Matrix out(a.rows(), b.cols());
  for (long i = 0; i < a.rows(); ++i)
    for (long j = 0; j < b.cols(); ++j)
      for (long k = 0; k < a.cols(); ++k) out(i, j) += a(i, k) * b(k, j);
  return out;
}

Matrix transposed(const Matrix& a) {
  Matrix out(a.cols(), a.rows());
  for (long i = 0; i < a.rows(); ++i)
    for (long j = 0; j < a.cols(); ++j) out(j, i) = a(i, j);
  return out;
}

bool positive_definite(const Matrix& a) {
  if (a.rows() != a.cols()) throw std::logic_error("a matrix that is not square");
  Matrix m = a;
  mpq_class before = 1;
  for (long k = 0; k < m.rows(); ++k) {
    if (sgn(m(k, k)) <= 0) return false;
    for (long i = k + 1; i < m.rows(); ++i)
      for (long j = k + 1; j < m.rows(); ++j) m(i, j) = (m(i, j) * m(k, k) - m(i, k) * m(k, j)) / before;
    before = m(k, k);
  }
  return true;
}

namespace {

/// Brings m to reduced row echelon form; the column of each row's pivot.
std::vector<long> reduce(Matrix& m) {
  std::vector<long> pivots;
  for (long j = 0; j < m.cols(); ++j) {
    const long r = static_cast<long>(pivots.size());
    long from = r;
    while (from < m.rows() && m(from, j) == 0) ++from;
    if (from >= m.rows()) continue;
    for (long k = 0; k < m.cols(); ++k) std::swap(m(r, k), m(from, k));
    const mpq_class top = m(r, j);
    for (long k = 0; k < m.cols(); ++k) m(r, k) /= top;
    for (long i = 0; i < m.rows(); ++i) {
      const mpq_class factor = m(i, j);
      if (i == r || factor == 0) continue;
      for (long k = 0; k < m.cols(); ++k) m(i, k) -= factor * m(r, k);
    }
    pivots.push_back(j);
  }
  return pivots;
}

}  // namespace

long rank(const Matrix& a) {
  Matrix m = a;
  return static_cast<long>(reduce(m).size());
}

std::optional<Matrix> null_vector(const Matrix& a) {
  Matrix m = a;
  const std::vector<long> pivots = reduce(m);
  long free = 0;  // the first column without a pivot
  while (free < static_cast<long>(pivots.size()) && pivots[static_cast<std::size_t>(free)] == free) ++free;
  if (free == m.cols()) return std::nullopt;
  // All columns before it are pivots: c_free = 1 and c_pivot = -m(row, free).
  Matrix c(m.cols(), 1);
  c(free, 0) = 1;
  for (long r = 0; r < free; ++r) c(r, 0) = -m(r, free);
  return c;
}

mpq_class square_sum(const Matrix& a) {
  mpq_class sum = 0;
  for (const mpq_class& x : a.entries()) sum += x * x;
  return sum;
}

Interval frobenius_norm(const Matrix& a) { return sqrt(Interval(square_sum(a))); }

Interval spectral_norm(const Matrix& a) {
  if (a.rows() == 1 || a.cols() == 1) return frobenius_norm(a);
  const Matrix s = a.rows() < a.cols() ? a * transposed(a) : transposed(a) * a;
  mpq_class trace = 0;
  for (long i = 0; i < s.rows(); ++i) trace += s(i, i);
  if (trace == 0) return 0;
  // The largest of s.rows() non-negative eigenvalues is at most their sum and at least their mean.
  mpq_class low = trace / mpq_class(s.rows()), high = trace;
  for (long step = 0; step < working_bits() / 2; ++step) {
    const mpq_class c = (low + high) / 2;
    Matrix shifted(s.rows(), s.rows());
    for (long i = 0; i < s.rows(); ++i)
      for (long j = 0; j < s.rows(); ++j) shifted(i, j) = (i == j ? c : mpq_class(0)) - s(i, j);
    (positive_definite(shifted) ? high : low) = c;
  }
  return sqrt(hull(Interval(low), Interval(high)));
}

}  // namespace gronwall::checker
