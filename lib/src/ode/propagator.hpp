#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include <gronwall/ode/certified.hpp>
#include <gronwall/real/bound.hpp>
#include <gronwall/series/composition.hpp>

#include "fixed_product.hpp"

/// What certified forward and adjoint solutions share: products, expansions, Cauchy bounds and growth rates.
/// Notation of certified.hpp; a batch of N states is a column of m = n N components.
namespace gronwall::ode {

using linalg::ExactMatrix;
using real::Bound;

using Index = Eigen::Index;

/// After which StepCollapse is thrown.
constexpr std::size_t most_steps = 20000;

/// The Taylor polynomial at an exact state, with exact coefficients.
struct Expansion {
  Matrix<Ball> coefficients;                          ///< m x (N + 1): column j holds those of t^j
  std::vector<Bound> rounding;                        ///< entry j * samples + k: ||r_j|| of sample k
  const series::Composition<Ball>* active = nullptr;  ///< phi(p), and its derivatives; N coefficients

  Index order() const { return coefficients.cols() - 1; }
};

/// What holds for |t| <= R.
struct Disc {
  std::vector<Bound> moved;       ///< M_i: |phi - phi(centre)|
  std::vector<Bound> slope;       ///< G_i: |phi'|
  std::vector<Bound> moved_norm;  ///< ||M|| for each sample
};

/// The set of real states on a step for one sample: within `reach` of the centre, entry by entry, and then
/// within `error` in the Euclidean norm. What phi can do there.
struct Slopes {
  Bound largest;  ///< max_i |phi'|
  Ball growth;    ///< l, an upper bound of the logarithmic norm of s W D, maybe negative
  /// The same of -s W D, by what an error of the state grows from 0 to -H; crude unless it was asked for.
  Ball backward;
};

/// The error of one sample on a step, from its error at the start.
struct Carried {
  CertifiedError error;
  Bound throughout, at_end;
  Slopes slopes;
};

/// e^{l t} error + max(1, e^{l H}) source on a step of length H; without slopes.
Carried carried(const Bound& error, const Ball& growth, const Bound& source, const Ball& length);

class Propagator {
 public:
  Propagator(CertifiedField field, Index samples, const CertifiedControl& control);

  Index width() const { return n_; }
  Index samples() const { return samples_; }
  Index components() const { return n_ * samples_; }
  /// Of the Taylor polynomials, from the working precision.
  int order() const { return order_; }
  const Ball& scale() const { return field_.s; }
  const activation::Functions<Ball>& phi() const { return *phi_; }
  /// Bits that the step rule wants of each step: the working precision, or what an order that was asked for
  /// can give.
  double target_bits() const {
    return std::min(static_cast<double>(real::working_bits()), 2.0 * (order_ + 1));
  }
  /// Bits with which the coefficient of order j is computed: fewer for the higher ones, which count less.
  /// On a step as long as the rule allows |p_j| H^j falls by `target_bits()`/(order + 1) bits with each
  /// order, so what is rounded off in coefficient j, times H^j, is as small for all of them. It is measured
  /// like any rounding, so the choice is no part of the proof. At least 64, below which nothing becomes
  /// cheaper.
  long bits_of_order(Index j) const;
  /// A dyadic length of few bits near 2^log2_proposed times the fraction asked for; all that remains where
  /// that is less.
  Ball step_length(double log2_proposed, const Ball& remaining) const;
  /// s ||W||.
  const Bound& norm() const { return norm_; }

  /// out = s W x/divisor for all samples, up to what is returned for each sample: a bound of the error in the
  /// norm that the balls do not hold. `out` and x hold m balls each and do not overlap.
  std::vector<Bound> multiply(const Ball* x, Ball* out, int divisor) const;
  /// out = s W^T x.
  void multiply_transposed(const Ball* x, Ball* out) const;

  /// Room for phi(p) and so many of its derivatives, to be used for one expansion after the other.
  series::Composition<Ball> composition(int derivatives) const;
  /// The expansion at p0 (m exact numbers). It refers to `active`, a composition of this propagator, and is
  /// good until that is used again.
  Expansion expand(const Matrix<Ball>& p0, series::Composition<Ball>& active) const;
  /// The bounds for |t| <= R; none where phi is not shown to be analytic there.
  std::optional<Disc> disc(const Expansion& e, const Ball& radius) const;
  /// The error of sample k on [0, H], or with `backwards` on [-H, 0], with Cauchy bounds for R > H; none
  /// where no bound closes. Backwards in time the error obeys e' = -s W D e + d, and a contraction expands.
  std::optional<Carried> carry(const Expansion& e, const Disc& disc, Index k, const Bound& error,
                               const Ball& length, const Ball& radius, bool backwards = false) const;
  /// sup |phi''| on the set of states.
  Bound curvature(const Expansion& e, Index k, const Bound& error, const Ball& length) const;

 private:
  /// How far the entries of sample k may be from those of the centre on [-H, H], along the polynomial.
  std::vector<Bound> moves_of(const Expansion& e, Index k, const Ball& length) const;
  std::vector<Ball> states(const Expansion& e, Index k, const std::vector<Bound>& moves,
                           const Bound& error) const;
  Slopes slopes(const std::vector<Ball>& states, bool backwards) const;
  std::optional<Ball> logarithmic_growth(const std::vector<Ball>& slopes, const Bound& largest,
                                         int sign) const;

  CertifiedField field_;
  CertifiedControl control_;
  const activation::Functions<Ball>* phi_;
  Index n_, samples_;
  int order_;
  ExactMatrix rounded_;  // W to nearest doubles
  std::optional<FixedMatrix> fixed_;
  Matrix<Ball> transposed_;  // W^T where there is no fixed_: inner products of stride 1
  Bound rounding_error_;     // ||W - rounded||_F
  Bound matrix_norm_, norm_, lipschitz_, curvature_;
};

/// A length at most 2^log2_length for which no sample's rounding sum is 64 times the rounding that the size
/// of the solution makes unavoidable: where coefficients cancel, long steps cost precision. A heuristic.
double log2_accurate_length(const std::vector<Bound>& rounding, const Matrix<Ball>& coefficients,
                            Index samples, double log2_length);

/// sum_{j >= 1} of the numbers of sample k times H^j.
Bound rounding_sum(const std::vector<Bound>& rounding, Index samples, Index k, const Ball& length);

/// |sum_{j >= first} c_j t^j| for |t| <= radius, for each of the rows, which may be some of a matrix's.
using Rows = Eigen::Ref<const Matrix<Ball>, 0, Eigen::OuterStride<>>;
std::vector<Bound> reach(const Rows& coefficients, const Ball& radius, Index first);

Bound norm_of(const std::vector<Bound>& entries, Index from, Index count);

/// H theta^N/((N + 1)(1 - theta)), theta = H/R: the integral of a Cauchy tail of size 1. Infinite unless H <
/// R.
Bound tail_factor(const Ball& length, const Ball& radius, Index order);

/// log2 of the theta for which size R theta^(N+1)/(N+1) is 2^target; at most log2 0.6. A heuristic.
double log2_theta(double log2_size, double log2_radius, double target, Index order);

/// log2 of radii R to try, the largest first, from the decay of the last coefficients. A heuristic.
std::vector<double> candidate_radii(const Matrix<Ball>& coefficients, double log2_longest);

/// A dyadic number of eight bits, about 2^x but not above it.
Ball few_bits(double x);

/// The midpoints of m balls, and for each sample of n of them the norm of what the midpoints leave out.
Matrix<Ball> midpoints(const Matrix<Ball>& x);
std::vector<Bound> radii(const Matrix<Ball>& x, Index n);

/// The polynomial at t: m numbers.
Matrix<Ball> evaluate(const Matrix<Ball>& coefficients, const Ball& t);

/// The errors of a step that takes no time.
std::vector<CertifiedError> constant_errors(const std::vector<Bound>& error);

/// What is known so far (nothing where it is empty) becomes the hull of that and y, entry by entry.
void add_enclosure(Matrix<Ball>& x, const Matrix<Ball>& y);

/// Throws StepCollapse for a step so short beside what remains that times would need hundreds of bits more
/// than states.
void require_progress(const Ball& length, const Ball& remaining, const Ball& t);

/// x - y and x + y without rounding.
Ball exact_difference(const Ball& x, const Ball& y);
Ball exact_sum(const Ball& x, const Ball& y);

/// Those points of t that lie in [0, length], as a ball; none where there are none.
std::optional<Ball> within(const Ball& t, const Ball& length);

/// m numbers as n x samples, and back.
Matrix<Ball> as_batch(const Matrix<Ball>& column, Index n);
Matrix<Ball> as_column(const Matrix<Ball>& batch);

}  // namespace gronwall::ode
