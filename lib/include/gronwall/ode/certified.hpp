#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/linalg/approximation.hpp>
#include <gronwall/linalg/matrix.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/ball.hpp>

/// Solutions of h' = s W phi(h) and of its adjoint with a proved bound of their error.
///
/// The method is a posteriori. On each step the solution is a polynomial p with exact (dyadic) coefficients,
/// found by Taylor arithmetic; then its defect d = p' - s W phi(p) is bounded rigorously, and Grönwall's
/// inequality carries the error. No heuristic enters the proof: a bad choice of order or step makes the bound
/// wide, never wrong.
///
/// **The defect.** Let p(t) = sum_{j <= N} p_j t^j, and let f_j be the exact Taylor coefficients of phi(p(t))
/// at t = 0, which ball arithmetic encloses (series::Composition). With p_{j+1} the midpoint of the ball of s
/// W f_j / (j + 1), the first N coefficients of the defect are at most (j + 1) r_{j+1}, r_{j+1} the radii of
/// these balls. The others are those of s W (sum_{j >= N} f_j t^j). For |t| <= R in the complex plane p_i(t)
/// lies in the disc around p_i(0) of radius A_i = sum_{j >= 1} |p_{j,i}| R^j; if phi is analytic there and
/// |phi - phi(p_i(0))| <= M_i, Cauchy's estimate gives |f_{j,i}| <= M_i R^{-j} for j >= 1. Hence, with theta
/// = H/R < 1 and N >= 1,
///
///     int_0^H ||d|| dt <= sum_{j >= 1} ||r_j|| H^j + s ||W|| ||M|| H theta^N / ((N + 1)(1 - theta)).
///
/// **The error.** e = h - p satisfies e' = s W D e - d, D the diagonal matrix of mean slopes of phi between
/// p_i and h_i. If l bounds the logarithmic norm of s W D for all slopes that can occur, ||e||' <= l ||e|| +
/// ||d||, and
///
///     ||e(t)|| <= e^{l t} ||e(0)|| + max(1, e^{l H}) int_0^H ||d|| dt.
///
/// For l stands the smaller of s ||W|| max D and s (mu(W D_c) + ||W|| max |D - D_c|), with D_c the middle of
/// the slopes and mu(A) the largest eigenvalue of (A + A^T)/2 (Hairer, Nørsett and Wanner, Solving Ordinary
/// Differential Equations I, 2nd ed., §I.10). The slopes are enclosed for ||e|| <= C with a guess C; the
/// bound is used only if it stays below C, and by continuity ||e|| then never leaves.
namespace gronwall::ode {

using linalg::Approximation;
using real::Ball;

/// h' = s W phi(h).
struct CertifiedField {
  activation::Activation phi;  ///< with a differential system (not relu)
  Matrix<Ball> W;              ///< n x n
  Ball s;                      ///< sigma_w/sqrt n
};

/// How the polynomials are chosen. Whatever stands here, the result is proved; it may only be wider.
struct CertifiedControl {
  std::optional<int> order;  ///< of the Taylor polynomials; none: from the working precision
  double fraction = 1;       ///< of the length that the step rule proposes, in (0, 1]
  /// Changes the coefficient of t^j (n N x 1) before its defect is measured: how tests see that the defect is
  /// measured.
  std::function<void(int j, Matrix<Ball>& coefficient)> disturb;
};

/// The error of one sample on a step: e^{growth t} initial + added, t the time from where the step began.
struct CertifiedError {
  Ball initial, growth, added;
  /// The bound over all points of the ball t, which lies in [0, length].
  Ball at(const Ball& t) const;
};

/// One step: at the time `start` + t (forwards) or `start` - t (backwards), 0 <= t <= length, the state lies
/// within the error of the polynomial.
struct CertifiedPiece {
  Ball start, length;                 ///< exact
  Matrix<Ball> coefficients;          ///< (n N) x (order + 1), exact; a state is stored column by column
  std::vector<CertifiedError> error;  ///< of each of the N samples, in the Euclidean norm
};

class Propagator;

/// The solution on [0, T] for N initial states, h_0: n x N. Everything is computed at `real::working_bits()`;
/// the relative radius that results is about 2^-bits times the growth e^{int l} times the number of steps.
class CertifiedSolution {
 public:
  /// `initial` is h_0, each entry enclosed, and within initial.error (Frobenius) of that.
  /// Throws DomainError for shapes that do not fit, a horizon that is negative or not exact, and an
  /// activation without a differential system; StepCollapse after 20000 steps or where no step can be
  /// certified; BlowUp where the solution leaves every bound.
  CertifiedSolution(CertifiedField field, const Approximation<Ball>& initial, const Ball& horizon,
                    const CertifiedControl& control = {});
  ~CertifiedSolution();
  CertifiedSolution(const CertifiedSolution&) = delete;
  CertifiedSolution& operator=(const CertifiedSolution&) = delete;

  /// h_t for a t that is known to lie in [0, T]: n x N and its error in the Frobenius norm. Throws
  /// DomainError where no point of t lies there.
  Approximation<Ball> at(const Ball& t) const;
  /// The same as one column into `state`; the errors of the samples are returned.
  std::vector<Ball> at(const Ball& t, Matrix<Ball>& state) const;

  const std::vector<CertifiedPiece>& pieces() const { return pieces_; }
  Eigen::Index width() const { return n_; }
  Eigen::Index samples() const { return samples_; }
  const Ball& horizon() const { return horizon_; }
  /// Products W x with one vector x.
  long products() const { return products_; }

 private:
  friend class CertifiedAdjoint;
  Eigen::Index n_, samples_;
  Ball horizon_;
  std::unique_ptr<Propagator> propagator_;
  std::vector<CertifiedPiece> pieces_;
  long products_ = 0;
};

/// lambda' = -s diag(phi'(h_t)) W^T lambda, solved backwards from lambda_T along a certified solution.
///
/// At each time t the state is expanded anew around the midpoint P(0) of its enclosure, so its error does not
/// accumulate on the way back. With y = W^T q for the polynomial q that stands for lambda, the defect of q is
/// bounded as above (|phi'(P_i)| <= G_i and |y_i| <= Y_i for |t| <= R bound the coefficients of their product
/// by G_i Y_i R^-j), and e = lambda - q satisfies
///
///     ||e||' <= l ||e|| + s L2 ||h - P|| max_i |y_i| + ||d||,
///
/// L2 a bound of |phi''| where the state can be. That is where the state's error enters. On the way back to t
/// - H it grows by the logarithmic norm of -s W D, not of s W D: where the flow contracts, its past is known
/// less well. The l of lambda itself is that of the forward equation, since s D W^T is the transpose of s W
/// D.
class CertifiedAdjoint {
 public:
  /// `final` is lambda_T: n x N. With `gradient`, int_0^T s lambda_t phi(h_t)^T dt is summed on the way: on
  /// each step the integral of a product of two polynomials, sum_{j,k} q_j f_k^T int t^{j+k} dt, plus int
  /// (||e|| ||phi(h)|| + ||q|| L1 ||h - P|| + ||q|| ||tail of f||) dt in the Frobenius norm. The solution
  /// must outlive this object. Throws as CertifiedSolution does.
  CertifiedAdjoint(const CertifiedSolution& forward, const Approximation<Ball>& final, bool gradient);

  /// lambda_t, t in [0, T].
  Approximation<Ball> at(const Ball& t) const;
  /// int_0^T s lambda_t phi(h_t)^T dt, summed over the samples: n x n, error in the Frobenius norm.
  const Approximation<Ball>& weight_gradient() const { return gradient_; }
  /// Pieces in the order of their computation, from T down: piece k covers start - length <= t <= start.
  const std::vector<CertifiedPiece>& pieces() const { return pieces_; }
  long products() const { return products_; }

 private:
  const CertifiedSolution& forward_;
  std::vector<CertifiedPiece> pieces_;
  Approximation<Ball> gradient_;
  long products_ = 0;
};

}  // namespace gronwall::ode
