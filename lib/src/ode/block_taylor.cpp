#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <gronwall/linalg/block_product.hpp>
#include <gronwall/ode/block_taylor.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/series/block_composition.hpp>

#include "taylor_steps.hpp"

namespace gronwall::ode {

using linalg::Block;
using linalg::BlockMatrix;
using series::BlockComposition;
using series::FixedMatrix;
using series::FixedScalar;
using steps::infinity;
using steps::log2_of;

namespace {

/// The step, as its log2, that a series of this order will allow, from the first coefficients in double: with
/// |h_k| = C r^-k, from C and r. Infinite where double sees nothing.
template <real::Floating R>
double foreseen_step(const HiddenField<R>& field, const Matrix<R>& h0, double log2_tolerance, int order) {
  constexpr int early = 12, late = 24, terms = 3;  // some, since single ones vanish by symmetry
  const HiddenField<double> coarse{field.phi, linalg::to_double<R>(field.A)};
  const Matrix<double> start = linalg::to_double<R>(h0);
  if (!linalg::all_finite<double>(coarse.A) || !linalg::all_finite<double>(start)) return infinity;
  TaylorExpansion<double> series(coarse, start.cols(), late, 0);
  series.start(start);
  series.complete();
  if (series.order() < late) return infinity;
  double step = infinity;
  for (Eigen::Index j = 0; j < start.cols(); ++j) {
    const auto largest_before = [&](int k) {
      double largest = -infinity;
      for (int i = k - terms + 1; i <= k; ++i)
        largest = std::max(largest, log2_largest<double>(series.state()[static_cast<std::size_t>(i)], j));
      return largest;
    };
    const double last = largest_before(late);
    const double growth = (last - largest_before(early)) / (late - early);
    const double size = log2_largest<double>(series.state()[0], j);
    const double column = (log2_tolerance + size - last - growth * (order - late)) / order;
    if (std::isfinite(column)) step = std::min(step, column);
  }
  return step;
}

/// A time or a duration as the steps need it.
template <real::Floating R>
struct Unit {
  explicit Unit(double unit)
      : value(real::from_double<R>(unit)), log2(std::log2(unit)), fixed(series::exact<R>(value), 2) {}
  R value;
  double log2;
  FixedScalar fixed;
};

/// A, ready for products with coefficients in so many limbs.
template <real::Floating R>
class Weights {
 public:
  /// Up to so many rows products digit by digit cost less than those by residues.
  static constexpr Eigen::Index most_rows_by_digits = 64;

  Weights(const Matrix<R>& A, int limbs) {
    if (A.rows() <= most_rows_by_digits)
      digits_.emplace(A, limbs);
    else
      residues_ = BlockMatrix(A, limbs);
  }
  bool by_digits() const { return digits_.has_value(); }
  /// A times a coefficient of phi, which is left in `active` where residues are used.
  void multiply(BlockComposition& phi, int order, Block& active, Block& out) const {
    if (by_digits()) return phi.multiply(*digits_, order, out);
    phi.coefficient(order, active);
    linalg::multiply_into(out, residues_, active);
  }

 private:
  std::optional<FixedMatrix> digits_;
  BlockMatrix residues_;
};

/// The control with an order in it. That of the plain method is too low: where coefficients decay to nothing,
/// three convolutions cost half of one of full numbers.
template <real::Floating R>
TaylorControl<R> with_order(TaylorControl<R> control, Eigen::Index width) {
  const double tolerance = log2_of<R>(control.rtol > R(0) ? control.rtol : control.atol);
  if (control.order == 0 && std::isfinite(tolerance))
    control.order = taylor_order(-tolerance, static_cast<long>(width), 0.5);
  return control;
}

/// What a solution is made with.
template <real::Floating R>
struct Method {
  Method(const HiddenField<R>& f, const TaylorControl<R>& control)
      : field(f),
        settings(with_order(control, f.A.rows()), static_cast<long>(f.A.rows())),
        defect_test(f, settings) {}
  const HiddenField<R>& field;
  const steps::Settings<R> settings;
  const steps::DefectTest<R> defect_test;
  int limbs = 1;
  std::optional<Weights<R>> weights;
};

/// Neighbouring samples, few enough that all of their coefficients stay in a cache.
template <real::Floating R>
class Samples {
 public:
  Samples(const Method<R>& method, Eigen::Index first, Eigen::Index count)
      : method_(method),
        first_(first),
        count_(count),
        expansion_(method.field.phi, method.field.A.rows(), count, method.settings.order + 1, method.limbs),
        ahead_(method.field.phi, method.field.A.rows(), count, 1, method.limbs) {}

  /// Begins at a state, of which these are some columns.
  void start(const Matrix<R>& h) {
    const Matrix<R> part = h.middleCols(first_, count_);
    expansion_.template start<R>(part);
    method_.weights->multiply(expansion_, 0, active_, slope_);
  }
  /// Begins where the last step that arrived ended.
  void go_on() {
    expansion_.start(ahead_);
    std::swap(slope_, next_slope_);
  }

  /// h_{k+1} = A phi_k/(k + 1). False as soon as coefficients have grown so much that nothing is left of the
  /// first, where that matters: then rounding errors are what grows, faster and faster.
  bool expand(const FixedScalar& unit, double log2_unit) {
    const int order = method_.settings.order;
    const long all = static_cast<long>(Block::limb_bits) * method_.limbs;
    if (expansion_.known() > 1) expansion_.restart();
    expansion_.push(slope_, unit);
    for (int k = 1; k < order; ++k) {
      if (expansion_.bits_raised() > all && missing_bits(log2_unit) > static_cast<double>(all)) return false;
      method_.weights->multiply(expansion_, k, active_, product_);
      if (k + 1 < order)
        expansion_.push(product_, unit);
      else
        expansion_.push_last(product_, unit);
    }
    return true;
  }
  long bits_raised() const { return expansion_.bits_raised(); }

  /// log2_step of the expansion.
  double largest_step(double log2_unit) const {
    const steps::Settings<R>& settings = method_.settings;
    double step = infinity;
    for (Eigen::Index j = 0; j < count_; ++j) {
      const double value = expansion_.log2_argument(0, j), slope = slope_.log2_largest(j);
      for (int k = std::max(2, settings.order - 2); k <= settings.order; ++k) {
        const double term = expansion_.log2_argument(k, j) - k * log2_unit;
        step = std::min(step, steps::log2_step_of(term, k, value, slope, settings.rtol, settings.atol));
      }
    }
    return step;
  }

  /// By how many bits the rounding errors of a step may exceed what the tolerance allows. They are those of
  /// the coefficients of h, and those of phi(h) times A and the step; each product of series adds limbs/4 of
  /// its unit for each pair of its terms, at most, and a step is the sum of terms that decay.
  double missing_bits(double step) const {
    const steps::Settings<R>& settings = method_.settings;
    const double many = std::log2(static_cast<double>(settings.order * method_.limbs) / 4 + 1);
    double missing = -infinity;
    for (Eigen::Index j = 0; j < count_; ++j) {
      const double size = std::max(expansion_.log2_argument(0, j), step + slope_.log2_largest(j));
      const double allowed = std::max(settings.rtol + size, settings.atol);
      if (allowed == -infinity) continue;
      const double of_h = static_cast<double>(expansion_.log2_unit(j));
      const double of_phi = static_cast<double>(expansion_.log2_noise(j)) + method_.defect_test.norm() + step;
      missing = std::max(missing, std::max(of_h, of_phi) + many - allowed);
    }
    return missing;
  }

  /// Goes a step ahead: the state there into h's columns. Whether it is in the range of numbers, and the
  /// defect there small enough.
  bool arrives(const R& step, const R& unit, const FixedScalar& tau, Matrix<R>& h) {
    expansion_.argument_at(tau, moved_);
    moved_.to<R>(state_);
    if (out_of_range<R>(state_)) return false;
    h.middleCols(first_, count_) = state_;
    ahead_.template start<R>(state_);
    method_.weights->multiply(ahead_, 0, active_, next_slope_);
    ahead_.coefficient(0, active_);
    expansion_.velocity_at(tau, moved_);
    moved_.to<R>(defect_);
    next_slope_.to<R>(slope_at_end_);
    for (Eigen::Index e = 0; e < defect_.size(); ++e)
      defect_.data()[e] = defect_.data()[e] / unit - slope_at_end_.data()[e];
    const double log2_step = log2_of<R>(step);
    for (Eigen::Index j = 0; j < count_; ++j) {
      const steps::StepSizes column{expansion_.log2_argument(0, j), log2_largest<R>(state_, j),
                                    next_slope_.log2_largest(j), active_.log2_largest(j),
                                    log2_largest<R>(defect_, j)};
      if (!method_.defect_test.allows(column, log2_step, static_cast<std::size_t>(expansion_.known())))
        return false;
    }
    return true;
  }

  /// The columns' parts of coefficient k, in the unit of time.
  void read(int k, Block& out) const {
    Block part;
    expansion_.argument(k, part);
    for (Eigen::Index j = 0; j < count_; ++j) {
      out.set_exponent(first_ + j, part.exponent(j));
      for (int l = 0; l < part.limbs(); ++l)
        std::copy_n(part.limb(l, j), part.stride(), out.limb(l, first_ + j));
    }
  }

 private:
  const Method<R>& method_;
  Eigen::Index first_, count_;
  /// The step's series, and coefficient 0 of the next one's.
  BlockComposition expansion_, ahead_;
  Block active_, product_, moved_;
  Block slope_, next_slope_;  ///< A phi(h) where the step begins, and where it ends
  Matrix<R> state_, defect_, slope_at_end_;
};

template <real::Floating R>
class Solver {
 public:
  Solver(const HiddenField<R>& field, const Matrix<R>& h0, const R& horizon, const TaylorControl<R>& control)
      : method_(field, control), horizon_(horizon), guard_(h0, horizon), h_(h0) {}

  BlockTaylorSolution<R> run(Keep keep) {
    R t(0);
    if (horizon_ > R(0)) begin();
    while (t < horizon_) {
      method_.settings.require_budget(products_, t);
      const R remaining = horizon_ - t;
      R step = steps::step_of<R>(expand(remaining), remaining);
      BlockPiece<R> piece{t, t, R(1), {}};
      for (int failures = 0;; ++out_.rejected) {
        if (step < remaining) guard_.check(step, h_, t);
        piece.end = step < remaining ? R(t + step) : horizon_;
        step = piece.end - t;
        if (arrives(step)) break;
        // The step is not at fault for ever.
        if (++failures % 4 == 0) {
          require_limbs(method_.limbs + 1);
          expand(remaining);
        }
        step /= R(2);
      }
      t = piece.end;
      if (keep == Keep::pieces) keep_piece(std::move(piece));
      ++out_.accepted;
      std::swap(h_, next_h_);
      for (Samples<R>& samples : samples_) samples.go_on();
      if (t < horizon_) unit_ = unit_for(estimate_, R(horizon_ - t));
    }
    if (keep == Keep::pieces && horizon_ == R(0))
      out_.pieces.push_back({R(0), R(0), R(1), {Block(h_, most_block_limbs)}});
    out_.end = std::move(h_);
    out_.order = method_.settings.order;
    out_.limbs = method_.limbs;
    out_.evaluations = products_;
    return std::move(out_);
  }

 private:
  void begin() {
    const steps::Settings<R>& settings = method_.settings;
    double bits = 0;  // that the tolerance keeps of a column
    for (Eigen::Index j = 0; j < h_.cols(); ++j) {
      const double size = log2_largest<R>(h_, j);
      const double kept = settings.rtol == -infinity ? size - settings.atol : -settings.rtol;
      if (std::isfinite(kept)) bits = std::max(bits, kept);
    }
    unit_ = unit_for(foreseen_step<R>(method_.field, h_, -bits, settings.order), horizon_);
    require_limbs(Block::limbs_for(static_cast<long>(bits + 16)));
  }

  /// A unit of time a little above the step, so that most of the next one fits even if it is longer, but not
  /// beyond the end. A number of 24 bits.
  static Unit<R> unit_for(double log2_step, const R& remaining) {
    constexpr double margin = 0.05;
    const double log2 = std::min(log2_step + margin, log2_of<R>(remaining));
    int exponent = 0;
    const double mantissa = std::frexp(std::exp2(std::max(log2, -1000.0)), &exponent);
    return Unit<R>(std::ldexp(std::ceil(std::ldexp(mantissa, 24)), exponent - 24));
  }

  /// Everything in so many limbs, from h_ on.
  void require_limbs(int limbs) {
    const int most = method_.field.A.rows() <= Weights<R>::most_rows_by_digits ? most_block_limbs
                                                                               : BlockMatrix::most_limbs;
    if (limbs > most)
      throw PrecisionError(fmt::format("A solution in blocks would need more than {} digits of {} bits.",
                                       most, Block::limb_bits));
    method_.limbs = limbs;
    method_.weights.emplace(method_.field.A, limbs);
    samples_.clear();
    const Eigen::Index together = samples_together();
    for (Eigen::Index j = 0; j < h_.cols(); j += together)
      samples_.emplace_back(method_, j, std::min(together, h_.cols() - j)).start(h_);
    ++products_;
  }

  /// Residues of A are read for each product: better for many samples at once.
  Eigen::Index samples_together() const {
    constexpr std::size_t cache = 1 << 20;
    if (!method_.weights->by_digits()) return h_.cols();
    const std::size_t one = BlockComposition::bytes_of_column(method_.field.phi, h_.rows(),
                                                              method_.settings.order + 1, method_.limbs);
    return static_cast<Eigen::Index>(std::max<std::size_t>(1, cache / one));
  }

  /// Expands from h_ on until digits and the unit of time do; returns the step's log2.
  double expand(const R& remaining) {
    for (int attempts = 0;; ++attempts) {
      const double step = expand_once();
      const double within = std::min({step, unit_.log2, log2_of<R>(remaining)});
      double missing = -infinity;
      long raised = 0;
      for (const Samples<R>& samples : samples_) {
        missing = std::max(missing, samples.missing_bits(within));
        raised = std::max(raised, samples.bits_raised());
      }
      if (step > -infinity && missing <= 0) {
        // Terms that vanish say little of how long the next step may be.
        estimate_ = std::min(step, unit_.log2 + 2);
        return within;
      }
      // A unit too large costs digits, and then there are no more of them needed.
      constexpr long few = 8;
      if (step == -infinity || (raised > few && attempts < 20))
        unit_ = unit_for(std::clamp(step, unit_.log2 - 4, unit_.log2 - 1), remaining);
      else if (within + 1 < unit_.log2 && attempts < 20)
        unit_ = unit_for(within, remaining);
      else
        require_limbs(method_.limbs + static_cast<int>(std::ceil(missing / Block::limb_bits)));
    }
  }

  /// The largest step of the expansion, as its log2; -infinity where coefficients grew beyond all digits.
  double expand_once() {
    double step = infinity;
    products_ += method_.settings.order - 1;
    for (Samples<R>& samples : samples_) {
      if (!samples.expand(unit_.fixed, unit_.log2)) return -infinity;
      step = std::min(step, samples.largest_step(unit_.log2));
    }
    return step;
  }

  bool arrives(const R& step) {
    const FixedScalar tau(real::Rational(series::exact<R>(step) / series::exact<R>(unit_.value)),
                          method_.limbs);
    next_h_.resize(h_.rows(), h_.cols());
    ++products_;
    return std::all_of(samples_.begin(), samples_.end(),
                       [&](Samples<R>& samples) { return samples.arrives(step, unit_.value, tau, next_h_); });
  }

  void keep_piece(BlockPiece<R> piece) {
    piece.unit = unit_.value;
    for (int k = 0; k <= method_.settings.order; ++k) {
      Block& coefficient = piece.coefficients.emplace_back(h_.rows(), h_.cols(), method_.limbs);
      for (const Samples<R>& samples : samples_) samples.read(k, coefficient);
    }
    out_.pieces.push_back(std::move(piece));
  }

  Method<R> method_;
  R horizon_;
  steps::StepGuard<R> guard_;
  BlockTaylorSolution<R> out_;
  std::vector<Samples<R>> samples_;
  Unit<R> unit_{1};
  double estimate_ = 0;  ///< log2 of the step that the last expansion would have taken
  long products_ = 0;
  Matrix<R> h_, next_h_;  ///< where the step begins, and where it ends
};

}  // namespace

template <real::Floating R>
BlockTaylorSolution<R> solve_taylor_blocks(const HiddenField<R>& field, const Matrix<R>& h0, const R& horizon,
                                           const TaylorControl<R>& control, Keep keep) {
  steps::check_problem<R>(field, h0, horizon);
  return Solver<R>(field, h0, horizon, control).run(keep);
}

template <Real R>
TaylorSolution<R> BlockTaylorSolution<R>::in_numbers() const {
  if (pieces.empty()) throw DomainError("The pieces of a solution in blocks were not kept.");
  std::vector<Piece<R>> curve;
  for (const BlockPiece<R>& piece : pieces) {
    Piece<R>& out = curve.emplace_back();
    out.begin = out.centre = piece.begin;
    out.end = piece.end;
    R power(1);
    for (const Block& coefficient : piece.coefficients) {
      Matrix<R>& number = out.coefficients.emplace_back();
      coefficient.to<R>(number);
      for (Eigen::Index e = 0; e < number.size(); ++e) number.data()[e] /= power;
      power *= piece.unit;
    }
  }
  return {PiecewisePolynomial<R>(std::move(curve)), order, evaluations, accepted, rejected};
}

#define GRONWALL_INSTANTIATE(...)                                                      \
  template struct BlockTaylorSolution<__VA_ARGS__>;                                    \
  template BlockTaylorSolution<__VA_ARGS__> solve_taylor_blocks<__VA_ARGS__>(          \
      const HiddenField<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&, const __VA_ARGS__&, \
      const TaylorControl<__VA_ARGS__>&, Keep);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)
#undef GRONWALL_INSTANTIATE

}  // namespace gronwall::ode
