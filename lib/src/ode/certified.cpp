#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "propagator.hpp"

namespace gronwall::ode {

using real::less;
using real::Truth;
using real::working_bits;

namespace {

/// The longest step for one choice of R: every sample's tail below 2^-bits of its size.
double log2_length(const Propagator& propagator, const Expansion& e, const Disc& disc, double log2_radius) {
  double theta = 0;
  for (Index k = 0; k < propagator.samples(); ++k) {
    const Bound& moved = disc.moved_norm[static_cast<std::size_t>(k)];
    const double size = (propagator.norm() * moved).log2();
    if (!std::isfinite(size)) continue;
    const Index n = propagator.width(), m = propagator.components();
    const double start = real::norm_bound(e.coefficients.data() + k * n, n).log2();
    const double speed = real::norm_bound(e.coefficients.data() + m + k * n, n).log2();
    const double target = std::max(start, speed + log2_radius - 2) - propagator.target_bits();
    theta = std::min(theta, log2_theta(size, log2_radius, target, e.order()));
  }
  return log2_radius + std::min(theta, std::log2(0.6));
}

}  // namespace

/// The forward solution under construction.
class ForwardSteps {
 public:
  ForwardSteps(const Propagator& propagator, const Matrix<Ball>& start, std::vector<Bound> error)
      : propagator_(propagator),
        active_(propagator.composition(0)),
        state_(start),
        error_(std::move(error)) {}

  CertifiedPiece step(const Ball& from, const Ball& remaining) {
    Expansion e = propagator_.expand(state_, active_);
    const std::optional<Choice> choice = choose(e, remaining);
    if (!choice)
      throw StepCollapse(fmt::format("No step can be certified at t = {}.", real::to_double<Ball>(from)));
    Ball length = choice->length;
    for (int halved = 0; halved < 60; ++halved) {
      require_progress(length, remaining, from);
      if (std::optional<CertifiedPiece> piece = certified(e, *choice, from, length)) return std::move(*piece);
      length = real::scaled(length, -1);
    }
    throw BlowUp(fmt::format(
        "No bound of the solution closes at t = {}: it may leave every bound, or the error is too "
        "large for {} bits.",
        real::to_double<Ball>(from), working_bits()));
  }

 private:
  struct Choice {
    Disc disc;
    Ball radius, length;
  };

  /// Heuristic: of the radii that work, the one that allows the longest step.
  std::optional<Choice> choose(const Expansion& e, const Ball& remaining) const {
    const double all = Bound(remaining).log2();
    std::optional<Choice> best;
    double longest = -INFINITY;
    for (const double radius : candidate_radii(e.coefficients, all)) {
      const Ball R = few_bits(radius);
      std::optional<Disc> disc = propagator_.disc(e, R);
      if (!disc) continue;
      const double length = log2_accurate_length(e.rounding, e.coefficients, propagator_.samples(),
                                                 log2_length(propagator_, e, *disc, radius));
      if (length <= longest) break;
      longest = length;
      best = Choice{std::move(*disc), R, propagator_.step_length(length, remaining)};
      if (length >= all) break;
    }
    return best;
  }

  /// The piece takes the coefficients out of the expansion.
  std::optional<CertifiedPiece> certified(Expansion& e, const Choice& choice, const Ball& from,
                                          const Ball& length) {
    std::vector<Bound> after;
    CertifiedPiece piece{from, length, {}, {}};
    for (Index k = 0; k < propagator_.samples(); ++k) {
      const Bound& before = error_[static_cast<std::size_t>(k)];
      const auto carried = propagator_.carry(e, choice.disc, k, before, length, choice.radius);
      if (!carried) return std::nullopt;
      piece.error.push_back(carried->error);
      after.push_back(carried->at_end);
    }
    const Matrix<Ball> end = evaluate(e.coefficients, length);
    const std::vector<Bound> lost = radii(end, propagator_.width());
    for (std::size_t k = 0; k < lost.size(); ++k) error_[k] = after[k] + lost[k];
    state_ = midpoints(end);
    piece.coefficients = std::move(e.coefficients);
    return piece;
  }

  const Propagator& propagator_;
  series::Composition<Ball> active_;
  Matrix<Ball> state_;
  std::vector<Bound> error_;
};

CertifiedSolution::CertifiedSolution(CertifiedField field, const Approximation<Ball>& initial,
                                     const Ball& horizon, const CertifiedControl& control)
    : n_(initial.value.rows()), samples_(initial.value.cols()), horizon_(horizon) {
  if (field.W.rows() != n_ || field.W.cols() != n_ || n_ < 1 || samples_ < 1)
    throw DomainError(fmt::format("W must be {0} x {0} for states of {0} entries: it is {1} x {2}.", n_,
                                  field.W.rows(), field.W.cols()));
  if (!horizon.exact() || !horizon.known() || less(horizon, Ball()) == Truth::yes)
    throw DomainError("The horizon of a certified solution must be an exact number that is not negative.");
  propagator_ = std::make_unique<Propagator>(std::move(field), samples_, control);
  const Matrix<Ball> start = as_column(initial.value);
  std::vector<Bound> error = radii(start, n_);
  for (Bound& e : error) e += Bound(initial.error);
  if (!real::norm_bound(start.data(), start.size()).finite())
    throw DomainError("The initial state of a certified solution has an entry that is not a finite number.");

  if (less(Ball(), horizon_) != Truth::yes) {
    pieces_.push_back({Ball(), Ball(), midpoints(start), constant_errors(error)});
    return;
  }
  ForwardSteps steps(*propagator_, midpoints(start), std::move(error));
  for (Ball t; less(t, horizon_) == Truth::yes;) {
    if (pieces_.size() == most_steps)
      throw StepCollapse(fmt::format("{} certified steps did not reach the horizon: t = {}.", most_steps,
                                     real::to_double<Ball>(t)));
    pieces_.push_back(steps.step(t, exact_difference(horizon_, t)));
    products_ += static_cast<long>(propagator_->order() * samples_);
    t = exact_sum(t, pieces_.back().length);
  }
}

CertifiedSolution::~CertifiedSolution() = default;

std::vector<Ball> CertifiedSolution::at(const Ball& t, Matrix<Ball>& state) const {
  std::vector<Ball> error;
  state.resize(0, 0);
  // The last piece that starts at or before some point of t, and those behind it that t may reach into.
  auto piece = std::upper_bound(
      pieces_.begin(), pieces_.end(), t.lower(),
      [](const Ball& time, const CertifiedPiece& p) { return less(time, p.start) == Truth::yes; });
  if (piece != pieces_.begin()) --piece;
  for (; piece != pieces_.end() && less(t, piece->start) != Truth::yes; ++piece) {
    const std::optional<Ball> local = within(t - piece->start, piece->length);
    if (!local) continue;
    const Matrix<Ball> here = evaluate(piece->coefficients, *local);
    for (std::size_t k = 0; k < piece->error.size(); ++k) {
      const Ball apart = piece->error[k].at(*local);
      if (k == error.size())
        error.push_back(apart);
      else
        error[k] = max(error[k], apart);
    }
    add_enclosure(state, here);
  }
  if (error.empty())
    throw DomainError(fmt::format("The time {} lies outside [0, {}].", real::to_double<Ball>(t),
                                  real::to_double<Ball>(horizon_)));
  return error;
}

Approximation<Ball> CertifiedSolution::at(const Ball& t) const {
  Approximation<Ball> out;
  Matrix<Ball> state;
  const std::vector<Ball> error = at(t, state);
  out.value = as_batch(state, n_);
  out.error = real::norm_bound(error.data(), static_cast<long>(error.size())).ball();
  return out;
}

}  // namespace gronwall::ode
