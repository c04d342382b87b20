#include <cmath>
#include <optional>

#include <Eigen/Eigenvalues>

#include <gronwall/linalg/certified.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/error.hpp>

#include "arb_matrix.hpp"

namespace gronwall::linalg {

namespace {

using detail::BallMatrix;
using real::Ball;
using real::Precision;
using real::Truth;
using Index = Eigen::Index;

void require_square(const BallMatrix& a) {
  if (a.rows() != a.cols() || a.size() == 0)
    throw DomainError("Eigenvalues were asked of a matrix that is empty or not square.");
}

/// The whole of a symmetric matrix from its lower triangle.
BallMatrix symmetric(const BallMatrix& a) {
  BallMatrix s = a;
  for (Index j = 0; j < a.cols(); ++j)
    for (Index i = 0; i < j; ++i) s(i, j) = a(j, i);
  return s;
}

bool diagonal(const BallMatrix& a) {
  for (Index j = 0; j < a.cols(); ++j)
    for (Index i = 0; i < a.rows(); ++i)
      if (i != j && !a(i, j).is_zero()) return false;
  return true;
}

/// The largest exponent of a midpoint: all |midpoint| < 2^e. None if all are 0.
std::optional<long> largest_exponent(const BallMatrix& a) {
  arf_srcptr top = nullptr;
  for (Index k = 0; k < a.size(); ++k) {
    arf_srcptr mid = arb_midref(a.data()[k].raw());
    if (arf_is_zero(mid) == 0 && (top == nullptr || arf_cmpabs(top, mid) < 0)) top = mid;
  }
  if (top == nullptr) return std::nullopt;
  // Beyond 2^40 bits of exponent nothing is scaled: the search below then fails, soundly.
  const long limit = 1L << 40;
  const long e = arf_abs_bound_lt_2exp_si(top);
  return e < -limit || e > limit ? 0 : e;
}

// ---- The search. Nothing in it is proved; it works on midpoints. ----

/// Floating-point arithmetic of a fixed precision on the midpoints of balls.
class Search {
 public:
  Search(const BallMatrix& a, long bits, long wanted_bits)
      : a_(a), bits_(bits), target_(real::scaled(Ball(1), -wanted_bits)), u_(a.rows(), a.cols()) {}

  /// Leaves c above, and in `vector()` an approximate eigenvector of, the largest eigenvalue.
  void run() {
    start();
    for (int step = 0; step < 60; ++step) {
      const Ball gap = minus(c_, rho_);
      if (less(gap, target_)) return;
      if (!improve(gap)) return;
    }
  }
  const Ball& c() const { return c_; }
  const BallMatrix& factor() const { return u_; }
  const BallMatrix& vector() const { return x_; }

 private:
  static bool less(const Ball& x, const Ball& y) {
    return arf_cmp(arb_midref(x.raw()), arb_midref(y.raw())) < 0;
  }
  Ball rounded(const Ball& x) const {
    Ball z;
    arf_set_round(arb_midref(z.raw()), arb_midref(x.raw()), bits_, ARF_RND_NEAR);
    return z;
  }
  Ball minus(const Ball& x, const Ball& y) const {
    Ball z;
    arf_sub(arb_midref(z.raw()), arb_midref(x.raw()), arb_midref(y.raw()), bits_, ARF_RND_NEAR);
    return z;
  }
  Ball plus(const Ball& x, const Ball& y) const { return minus(x, -y); }
  Ball over(const Ball& x, const Ball& y) const {
    Ball z;
    arf_div(arb_midref(z.raw()), arb_midref(x.raw()), arb_midref(y.raw()), bits_, ARF_RND_NEAR);
    return z;
  }
  /// start - sum_k x[k step] y[k], k < length.
  void subtract_dot(Ball& out, const Ball& start, const Ball* x, Index step, const Ball* y,
                    Index length) const {
    arb_approx_dot(out.raw(), start.raw(), 1, x->raw(), step, y->raw(), 1, length, bits_);
    mag_zero(arb_radref(out.raw()));
  }

  /// Doubles know the top eigenvalue to about n 2^-50 and its vector up to what the gap allows.
  void start() {
    const Index n = a_.rows();
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(to_double<Ball>(a_));
    x_ = BallMatrix(n, 1);
    double top = static_cast<double>(n);
    double margin = static_cast<double>(n) * 0x1p-46;
    const bool found = solver.info() == Eigen::Success && solver.eigenvectors().allFinite();
    if (found) top = solver.eigenvalues()(n - 1);
    for (Index i = 0; i < n; ++i) {
      // A little of every direction: doubles may have confused two close eigenvalues.
      const double some = std::ldexp(std::sin(static_cast<double>(3 * i + 1)), -20);
      x_(i, 0) = Ball(found ? solver.eigenvectors()(i, n - 1) + some : some);
    }
    rho_ = quotient();
    for (; margin < 8 * static_cast<double>(n); margin *= 256) {
      c_ = Ball(top + margin);
      if (factorise(c_, u_)) return iterate();
    }
    c_ = Ball(2 * static_cast<double>(n) + 2);  // above: entries are below 1
    if (factorise(c_, u_)) iterate();
  }

  /// A smaller c. False when nothing more is to be gained.
  bool improve(const Ball& gap) {
    Ball step = real::scaled(last_gain_, 4);
    const Ball least = real::scaled(target_, -1);
    if (less(step, least)) step = least;
    BallMatrix u(a_.rows(), a_.cols());
    // First where the last gain says the top is, then ever closer to the present c.
    for (int tries = 0; tries < 12; ++tries) {
      if (!less(step, real::scaled(gap, -1))) step = real::scaled(gap, -1);
      const Ball c = plus(rho_, step);
      if (factorise(c, u)) {
        c_ = c;
        std::swap(u, u_);
        iterate();
        return true;
      }
      const Ball ratio = over(gap, step);
      if (less(ratio, Ball(4))) break;
      // Half the distance between the exponents.
      arf_mul_2exp_si(arb_midref(step.raw()), arb_midref(step.raw()),
                      std::max(1L, arf_abs_bound_lt_2exp_si(arb_midref(ratio.raw())) / 2));
    }
    // c cannot come down: the top eigenvalue is in the upper three quarters of the gap. Then the vector has
    // to come up, and (c I - A)^-1 prefers the top to what is near rho by 4/3 at least.
    const Ball before = rho_;
    iterate(true);
    return less(real::scaled(gap, -3), minus(rho_, before));
  }

  /// Cholesky's factor of c I - A, upper triangular; false at the first pivot that is not positive.
  bool factorise(const Ball& c, BallMatrix& u) const {
    const Index n = a_.rows();
    for (Index j = 0; j < n; ++j)
      for (Index i = 0; i <= j; ++i) {
        const Ball start = i == j ? minus(c, a_(i, i)) : -a_(i, j);
        Ball& out = u(i, j);
        subtract_dot(out, start, u.col(i).data(), 1, u.col(j).data(), i);
        if (i < j) {
          out = over(out, u(i, i));
        } else {
          arf_ptr pivot = arb_midref(out.raw());
          if (arf_sgn(pivot) <= 0 || arf_is_finite(pivot) == 0) return false;
          arf_sqrt(pivot, pivot, bits_, ARF_RND_NEAR);
        }
      }
    return true;
  }

  /// x <- (c I - A)^-1 x, of about unit length.
  void solve() {
    const Index n = a_.rows();
    for (Index i = 0; i < n; ++i) {
      subtract_dot(x_(i, 0), x_(i, 0), u_.col(i).data(), 1, x_.data(), i);
      x_(i, 0) = over(x_(i, 0), u_(i, i));
    }
    for (Index i = n; i-- > 0;) {
      const Index after = n - 1 - i;
      if (after > 0) subtract_dot(x_(i, 0), x_(i, 0), &u_(i, i + 1), n, x_.data() + i + 1, after);
      x_(i, 0) = over(x_(i, 0), u_(i, i));
    }
    if (const std::optional<long> e = largest_exponent(x_))
      for (Index i = 0; i < n; ++i) x_(i, 0) = real::scaled(x_(i, 0), -*e);
  }

  /// x^T A x / x^T x.
  Ball quotient() const {
    const Index n = a_.rows();
    Ball above, below, row;
    BallMatrix image(n, 1);
    for (Index i = 0; i < n; ++i) subtract_dot(image(i, 0), Ball(0), a_.col(i).data(), 1, x_.data(), n);
    subtract_dot(above, Ball(0), image.data(), 1, x_.data(), n);
    subtract_dot(below, Ball(0), x_.data(), 1, x_.data(), n);
    return over(above, -below);
  }

  /// Inverse iteration while it gains. Its vector's quotient falls short of the top eigenvalue by a small
  /// multiple of c's excess at most, whatever the gaps, and by far less where they are wide. Patience is for
  /// a vector that starts almost without a part in the top's direction: its first gains are nothing.
  void iterate(bool patient = false) {
    Ball gain_before;
    for (int k = 0; k < 60; ++k) {
      solve();
      const Ball rho = quotient();
      last_gain_ = less(rho_, rho) ? minus(rho, rho_) : Ball(0);
      if (less(rho_, rho)) rho_ = rho;
      if (patient) continue;
      if (less(last_gain_, real::scaled(target_, -8))) return;
      if (k > 2 && less(gain_before, real::scaled(last_gain_, 1))) return;
      gain_before = last_gain_;
    }
  }

  const BallMatrix& a_;
  long bits_;
  Ball target_;
  Ball c_, rho_, last_gain_;
  BallMatrix u_, x_;
};

// ---- The proof. ----

/// x^T A x / x^T x: at most the largest eigenvalue, at least the smallest.
Ball rayleigh_quotient(const BallMatrix& a, const BallMatrix& x) {
  const BallMatrix image = multiply<Ball>(a, x);
  return transpose_multiply<Ball>(x, image)(0, 0) / transpose_multiply<Ball>(x, x)(0, 0);
}

/// At least ||E||_2: the smaller of the Frobenius norm and the largest row sum (E symmetric).
Ball symmetric_norm_bound(const BallMatrix& e) {
  Ball squares, rows;
  for (Index j = 0; j < e.cols(); ++j) {
    Ball sum;
    for (Index i = 0; i < e.rows(); ++i) {
      const Ball size = e(i, j).largest_modulus();
      squares += size * size;
      sum += size;
    }
    rows = real::max(rows, sum);
  }
  return real::min(real::sqrt(squares), rows).upper();
}

/// c + ||c I - A - U^T U||: at least the largest eigenvalue, for all c and U.
Ball bound_above(const BallMatrix& a, const Ball& c, const BallMatrix& u) {
  BallMatrix e = transpose_multiply<Ball>(u, u);
  e = -(a + e);
  for (Index i = 0; i < a.rows(); ++i) e(i, i) += c;
  return (c + symmetric_norm_bound(e)).upper();
}

BallMatrix midpoints(const BallMatrix& a) {
  return a.unaryExpr([](const Ball& x) { return x.midpoint(); });
}

/// [below, above] of the largest eigenvalue of a symmetric matrix whose entries are below 1 or so.
Ball enclose_largest(const BallMatrix& a, long bits) {
  long size = 0;
  while ((1L << size) < a.rows()) ++size;
  // Cholesky's and the residual's roundings are some n^2 2^-inner.
  const long inner = std::min(bits + 2 * size + 24, 100000L);
  const BallMatrix middle = midpoints(a);
  Search search(middle, inner, bits + 3);
  search.run();
  const Precision guard(inner);
  const Ball below = rayleigh_quotient(a, search.vector()).lower();
  const Ball above = bound_above(a, search.c(), search.factor());
  return below.hull(above);
}

}  // namespace

real::Ball largest_eigenvalue(const Matrix<Ball>& a) {
  require_square(a);
  const BallMatrix s = symmetric(a);
  if (!all_finite<Ball>(s)) return Ball(std::nan(""));
  if (diagonal(s)) {
    Ball top = s(0, 0);
    for (Index i = 1; i < s.rows(); ++i) top = real::max(top, s(i, i));
    return top;
  }
  const long e = largest_exponent(s).value_or(0);
  const BallMatrix unit = s.unaryExpr([e](const Ball& x) { return real::scaled(x, -e); });
  // Rounded by a sum to the working precision.
  return real::scaled(enclose_largest(unit, real::working_bits()), e) + Ball(0);
}

template <>
Ball smallest_eigenvalue<Ball>(const Matrix<Ball>& a, const Ball& entry_error) {
  return Ball(-largest_eigenvalue(-a), entry_error);
}

Truth positive_definite(const Matrix<Ball>& a) {
  require_square(a);
  const BallMatrix s = symmetric(a);
  if (!all_finite<Ball>(s)) return Truth::unknown;
  for (Index i = 0; i < s.rows(); ++i)
    if (real::leq(s(i, i), Ball(0)) == Truth::yes) return Truth::no;
  detail::ArbMatrix factor(s.rows(), s.rows());
  const detail::Lent lent(s, false);
  if (arb_mat_cho(factor.raw(), lent.raw(), real::working_bits()) != 0) return Truth::yes;
  return real::less(Ball(0), smallest_eigenvalue<Ball>(s));
}

}  // namespace gronwall::linalg
