#pragma once

#include <cstddef>
#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/linalg/matrix.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/ode/piecewise_polynomial.hpp>
#include <gronwall/series/composition.hpp>

/// Taylor series for h' = A phi(h), of any order: where methods of a fixed order need a number of steps that
/// grows like a power of 1/tolerance, the work here grows like a power of the number of digits.
namespace gronwall::ode {

/// The vector field h' = A phi(h) of a Neural ODE, A = (sigma_w/sqrt n) W: n x n. A state is n x N, one
/// sample a column. phi must be smooth (it needs the differential system of activation/system.hpp).
template <Real R>
struct HiddenField {
  activation::Activation phi;
  Matrix<R> A;
};

/// How to step.
template <Real R>
struct TaylorControl {
  /// The last three terms of a step's series, and so the first that is left out, stay below atol + rtol
  /// (|y|_j or, where more, step |y'|_j) in the largest entry of each column j, one sample: an entry near
  /// zero, or a state that starts there, forces no tiny steps, and samples do not weigh on each other.
  R rtol = R(0);
  R atol = R(0);
  int order = 0;  ///< 0: `taylor_order` of the tolerance
  /// Products with A or A^T after which StepCollapse is thrown.
  long budget = 50'000'000;
};

/// The order at which a solution to a relative tolerance 2^-bits costs least for width n (see taylor.cpp for
/// the derivation): between 1.15 and 2.3 times the decimal digits, more for wide networks, whose cost is the
/// matrix products. At least 6. `convolutions` is what the recurrences cost, in convolutions of full series.
int taylor_order(double bits, long width, double convolutions = 3);

/// log2 of the largest modulus in a column, to within a bit's small fraction; -infinity for a column of
/// zeros, +infinity as soon as one entry is not finite. For balls: of the midpoints. In the range of R, not
/// of double.
template <Real R>
double log2_largest(const Matrix<R>& a, Eigen::Index column);

/// The largest step (its log2) for which the last three terms of the series y_0 + y_1 s + ... + y_K s^K are
/// small: for k = K-2, K-1, K (but at least 2) and every column,
///   |y_k| s^k <= max(2^log2_rtol |y_0|, 2^log2_rtol s |y_1|, 2^log2_atol).
/// +infinity where those coefficients vanish. With |y_k| ~ C r^-k that is s = r rtol^{1/k}, the rule of Jorba
/// and Zou, A software package for the numerical integration of ODEs by means of high-order Taylor methods,
/// Experimental Mathematics 14 (2005), 99-117, §3.2, with the tolerance in place of its optimal value e^-2k;
/// three terms instead of one, because single ones vanish by symmetry. A heuristic in double: no proof may
/// rest on it.
template <Real R>
double log2_step(const std::vector<Matrix<R>>& coefficients, double log2_rtol, double log2_atol);

/// The Taylor coefficients of one solution of h' = A phi(h), and of phi(h) and phi'(h) along it:
///   h_{k+1} = A phi_k/(k + 1),
/// one matrix product an order. In balls every coefficient encloses. Made once for a shape, used for many
/// expansions without allocating.
template <Real R>
class TaylorExpansion {
 public:
  /// For states n x `samples`, up to the power `order` >= 2. `derivatives` as in series::Composition: 0 keeps
  /// phi, 1 phi' too, 2 phi'' as well. The field must outlive this. Throws DomainError for a phi without a
  /// differential system and where A is not square.
  TaylorExpansion(const HiddenField<R>& field, Eigen::Index samples, int order, int derivatives);

  /// Begins an expansion with h_0; h_1 and the coefficients 0 of phi, ... are then known (one product).
  void start(const Matrix<R>& h0);
  /// All others, up to h_order and the coefficients below `order` of phi, ... (order - 1 products). In double
  /// coefficients may leave the range of numbers where the radius of convergence is tiny; the series then
  /// ends at the last finite one.
  void complete();
  /// The expansion with these coefficients of h, known from another one of the same field: no product.
  void adopt(const std::vector<Matrix<R>>& h);

  /// h_0, h_1, ..., each n x N.
  const std::vector<Matrix<R>>& state() const { return state_; }
  /// The highest power in state().
  int order() const { return static_cast<int>(state_.size()) - 1; }
  /// Coefficient k < order() of phi(h) (derivative 0), phi'(h) (1), phi''(h) (2): n N numbers, column by
  /// column.
  const R* composed(int derivative, int k) const { return series_.coefficient(derivative, k); }
  /// Matrix products so far, over all expansions.
  long products() const { return products_; }

 private:
  void next();

  const HiddenField<R>* field_;
  int order_;
  series::Composition<R> series_;
  std::vector<Matrix<R>> state_;
  Matrix<R> active_;  ///< one coefficient of phi(h), as a matrix
  Matrix<R> slope_;
  long products_ = 0;
};

/// A solution on [0, T].
template <Real R>
struct TaylorSolution {
  PiecewisePolynomial<R> curve;  ///< T = 0: one piece of length 0
  int order = 0;
  long evaluations = 0;  ///< products with A (and A^T)
  long accepted = 0;     ///< steps
  long rejected = 0;
};

/// h' = A phi(h), h(0) = h0: n x N, on [0, horizon], as polynomials around the left end of each piece.
///
/// Steps come from `log2_step`. Whether a step was good is then seen at its end, where the defect |p' - A
/// phi(p)| costs nothing (it needs the first coefficient of the next expansion): where step times defect
/// exceeds (order + 1) times the allowed local error by more than a factor 8, the step is halved. The error
/// of the solution is, to first order, the sum of the local errors, each carried on by the flow.
///
/// Throws DomainError (phi with a kink, shapes that do not fit, a negative or infinite horizon, tolerances
/// negative or both zero, an order below 2), PrecisionError (rtol below 16 u while atol = 0), BlowUp,
/// StepCollapse (steps below the resolution of time, budget).
template <real::Floating R>
TaylorSolution<R> solve_taylor(const HiddenField<R>& field, const Matrix<R>& h0, const R& horizon,
                               const TaylorControl<R>& control);

/// The adjoint along a solution, and phi(h) on the same pieces.
template <Real R>
struct TaylorAdjoint {
  PiecewisePolynomial<R> lambda;
  PiecewisePolynomial<R> active;  ///< phi(h)
  long evaluations = 0;           ///< products with A^T, and with A where h was expanded anew
  long accepted = 0;

  /// The integral over [0, T] of lambda phi(h)^T, all samples added up: n x n. Times sigma_w/sqrt n it is the
  /// W-gradient. Exact for the two polynomials but for rounding.
  Matrix<R> weight_integral() const { return integral_of_product<R>(lambda, active); }
};

/// lambda' = -phi'(h) * (A^T lambda) (entry by entry), lambda(T) = last: n x N, from T back to 0 along
/// `forward`, as polynomials around the right end of each piece:
///   (k + 1) lambda_{k+1} = - sum_{i <= k} phi'_i * (A^T lambda_{k-i}),
/// one product with A^T an order. A Taylor series serves in both directions: where a step starts at a
/// breakpoint of `forward`, h's coefficients are those of the next forward piece, at no product. Elsewhere h
/// is expanded anew from the dense output, one product with A an order; a step is shortened a little where it
/// then ends at a breakpoint. The state is never run backwards. Every step keeps the series of h, of phi(h)
/// and of lambda to the tolerance. Throws as solve_taylor does.
template <real::Floating R>
TaylorAdjoint<R> solve_taylor_adjoint(const HiddenField<R>& field, const TaylorSolution<R>& forward,
                                      const Matrix<R>& last, const TaylorControl<R>& control);

}  // namespace gronwall::ode
