#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/ode/block_taylor.hpp>
#include <gronwall/ode/taylor.hpp>
#include <gronwall/real/backends.hpp>

#include "interval.hpp"
#include "taylor_steps.hpp"

namespace gronwall::ode {

using real::Backend;
using steps::check_field;
using steps::check_problem;
using steps::DefectTest;
using steps::infinity;
using steps::Largest;
using steps::log2_of;
using steps::log2_step_of;
using steps::Settings;
using steps::step_of;
using steps::StepGuard;

// The order. Let L = ln(1/eps). A series with |y_k| ~ C r^-k meets the tolerance eps at order K with the step
// r e^{-L/K}, so a solution takes a number of steps proportional to e^{L/K}. A step costs, per component and
// in multiplications, K n for the matrix products and b K^2/2 for the recurrences of phi (b products of
// series, each k multiplications for its coefficient k). The cost (n K + b K^2/2) e^{L/K} is least where its
// logarithm's derivative vanishes:
//   (n + b K) K^2 = L (n K + b K^2/2),   that is   b K^2 + (n - b L/2) K - n L = 0.
// Its positive root goes from K = L/2 = 1.15 digits, step r e^-2, for narrow networks (the classical optimum
// of Jorba and Zou) to K = L = 2.3 digits, step r/e, for wide ones. The minimum is flat. b = 3: phi has 2
// (tanh) to 4 products, phi' and the adjoint one more each. Two orders are added since log2_step looks back
// by two.
int taylor_order(double bits, long width, double convolutions) {
  const double L = std::max(1.0, bits * std::log(2.0)), n = static_cast<double>(width), b = convolutions;
  const double half = (b * L / 2 - n) / 2;
  const double root = (half + std::sqrt(half * half + b * n * L)) / b;
  return std::max(6, static_cast<int>(std::ceil(root)) + 2);
}

template <Real R>
double log2_largest(const Matrix<R>& a, Eigen::Index column) {
  Largest<R> top;
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    if (!Backend<R>::finite(a(i, column))) return infinity;
    top.consider(a(i, column));
  }
  return top.entry == nullptr ? -infinity : log2_of<R>(*top.entry);
}

template <Real R>
double log2_step(const std::vector<Matrix<R>>& y, double log2_rtol, double log2_atol) {
  const int order = static_cast<int>(y.size()) - 1;
  double step = infinity;
  if (order < 2) return step;
  for (Eigen::Index j = 0; j < y[0].cols(); ++j) {
    const double value = log2_largest<R>(y[0], j), slope = log2_largest<R>(y[1], j);
    for (int k = std::max(2, order - 2); k <= order; ++k) {
      const double term = log2_largest<R>(y[static_cast<std::size_t>(k)], j);
      step = std::min(step, log2_step_of(term, k, value, slope, log2_rtol, log2_atol));
    }
  }
  return step;
}

template <Real R>
TaylorExpansion<R>::TaylorExpansion(const HiddenField<R>& field, Eigen::Index samples, int order,
                                    int derivatives)
    : field_(&field),
      order_(order),
      series_(field.phi, static_cast<long>(field.A.rows() * samples), derivatives, order + 1),
      active_(field.A.rows(), samples) {
  if (field.A.rows() != field.A.cols()) throw DomainError("The matrix of a hidden field is not square.");
  if (order < 2) throw DomainError(fmt::format("A Taylor expansion of order {} was asked for.", order));
  state_.reserve(static_cast<std::size_t>(order) + 1);
}

/// h_{k+1} = A phi_k/(k + 1) for the last k known.
template <Real R>
void TaylorExpansion<R>::next() {
  const int k = order();
  std::copy_n(series_.coefficient(0, k), active_.size(), active_.data());
  linalg::multiply_into<R>(slope_, field_->A, active_);
  ++products_;
  const R factor(k + 1);
  for (Eigen::Index e = 0; e < slope_.size(); ++e) slope_.data()[e] /= factor;
}

template <Real R>
void TaylorExpansion<R>::start(const Matrix<R>& h0) {
  state_.clear();
  state_.push_back(h0);
  series_.start(h0.data());
  next();
  state_.push_back(slope_);
}

template <Real R>
void TaylorExpansion<R>::complete() {
  while (order() < order_) {
    series_.push(state_.back().data());
    next();
    if (!linalg::all_finite<R>(slope_)) return;
    state_.push_back(slope_);
  }
}

template <Real R>
void TaylorExpansion<R>::adopt(const std::vector<Matrix<R>>& h) {
  state_ = h;
  series_.start(h[0].data());
  for (std::size_t k = 1; k + 1 < h.size(); ++k) series_.push(h[k].data());
}

template <real::Floating R>
TaylorSolution<R> solve_taylor(const HiddenField<R>& field, const Matrix<R>& h0, const R& horizon,
                               const TaylorControl<R>& control) {
  if (!blocks_pay<R>(h0.rows())) return solve_taylor_plain<R>(field, h0, horizon, control);
  try {
    return solve_taylor_blocks<R>(field, h0, horizon, control).in_numbers();
  } catch (const PrecisionError&) {
    return solve_taylor_plain<R>(field, h0, horizon, control);
  }
}

template <real::Floating R>
TaylorSolution<R> solve_taylor_plain(const HiddenField<R>& field, const Matrix<R>& h0, const R& horizon,
                                     const TaylorControl<R>& control) {
  check_problem<R>(field, h0, horizon);
  const Settings<R> settings(control, static_cast<long>(h0.rows()));
  std::vector<Piece<R>> pieces;
  long accepted = 0, rejected = 0;
  TaylorExpansion<R> series(field, h0.cols(), settings.order, 0);
  if (horizon == R(0)) pieces.push_back({R(0), R(0), R(0), {h0}});
  StepGuard<R> guard(h0, horizon);
  DefectTest<R> defect(field, settings);
  Matrix<R> h = h0;
  R t(0);
  if (horizon > R(0)) series.start(h);
  while (t < horizon) {
    settings.require_budget(series.products(), t);
    series.complete();
    if (!linalg::all_finite<R>(series.state()[1])) throw_blow_up<R>(t);
    const R remaining = horizon - t;
    R step = step_of<R>(log2_step<R>(series.state(), settings.rtol, settings.atol), remaining);
    Piece<R> piece{t, t, t, series.state()};
    for (;; ++rejected) {
      if (step < remaining) guard.check(step, h, t);
      piece.end = step < remaining ? R(t + step) : horizon;
      piece.at(piece.end, h);
      if (!out_of_range<R>(h)) {
        series.start(h);
        if (defect.passes(piece, h, series.state()[1], series.composed(0, 0))) break;
      }
      step = (piece.end - t) / R(2);
      h = piece.coefficients[0];
    }
    ++accepted;
    t = piece.end;
    pieces.push_back(std::move(piece));
  }
  return {PiecewisePolynomial<R>(std::move(pieces)), settings.order, series.products(), accepted, rejected};
}

namespace {

/// The adjoint's coefficients along one expansion of h.
template <real::Floating R>
class AdjointExpansion {
 public:
  explicit AdjointExpansion(const HiddenField<R>& field) : field_(field) {}

  /// (k + 1) lambda_{k+1} = - sum_{i <= k} phi'_i * (A^T lambda_{k-i}), up to the order of h.
  void expand(const TaylorExpansion<R>& h, const Matrix<R>& lambda) {
    lambda_.assign(1, lambda);
    products_of_.clear();
    R term;
    for (int k = 0; k < h.order(); ++k) {
      linalg::transpose_multiply_into<R>(product_, field_.A, lambda_.back());
      ++products_;
      products_of_.push_back(product_);
      Matrix<R> sum = Matrix<R>::Constant(lambda.rows(), lambda.cols(), R(0));
      for (int i = 0; i <= k; ++i) {
        const R* const slope = h.composed(1, i);
        const R* const factor = products_of_[static_cast<std::size_t>(k - i)].data();
        for (Eigen::Index e = 0; e < sum.size(); ++e) {
          term = slope[e];
          term *= factor[e];
          sum.data()[e] -= term;
        }
      }
      const R divisor(k + 1);
      for (Eigen::Index e = 0; e < sum.size(); ++e) sum.data()[e] /= divisor;
      if (!linalg::all_finite<R>(sum)) return;
      lambda_.push_back(std::move(sum));
    }
  }

  const std::vector<Matrix<R>>& lambda() const { return lambda_; }
  long products() const { return products_; }

 private:
  const HiddenField<R>& field_;
  std::vector<Matrix<R>> lambda_, products_of_;  ///< A^T lambda_k
  Matrix<R> product_;
  long products_ = 0;
};

/// The coefficients of phi(h), as matrices.
template <real::Floating R>
std::vector<Matrix<R>> active_series(const TaylorExpansion<R>& h) {
  std::vector<Matrix<R>> out;
  const Matrix<R>& h0 = h.state()[0];
  for (int k = 0; k < h.order(); ++k) {
    out.emplace_back(h0.rows(), h0.cols());
    std::copy_n(h.composed(0, k), h0.size(), out.back().data());
  }
  return out;
}

/// A step back from t to `next`, shortened by up to a fifth where it then ends at a breakpoint of the forward
/// solution: the next expansion of h is known there.
template <real::Floating R>
R snapped(const PiecewisePolynomial<R>& forward, const R& t, const R& next) {
  const R latest = t - R(t - next) * real::ratio<R>(4, 5);
  const R& breakpoint = forward.pieces()[forward.piece_of(latest)].begin;
  return breakpoint > next ? breakpoint : next;
}

}  // namespace

template <real::Floating R>
TaylorAdjoint<R> solve_taylor_adjoint(const HiddenField<R>& field, const TaylorSolution<R>& forward,
                                      const Matrix<R>& last, const TaylorControl<R>& control) {
  check_field<R>(field, last, "final adjoint");
  const std::vector<Piece<R>>& pieces = forward.curve.pieces();
  const Matrix<R>& h0 = pieces[0].coefficients[0];
  if (h0.cols() != last.cols() || h0.rows() != last.rows())
    throw DomainError("The adjoint and the solution of an ODE differ in shape.");
  const Settings<R> settings(control, static_cast<long>(last.rows()));
  TaylorExpansion<R> series(field, last.cols(), std::max(settings.order, forward.order), 1);
  AdjointExpansion<R> adjoint(field);
  StepGuard<R> guard(last, forward.curve.end());
  std::vector<Piece<R>> lambda, active;
  Matrix<R> here = last, h;
  R t = forward.curve.end();
  do {
    settings.require_budget(series.products() + adjoint.products(), t);
    const Piece<R>& piece = pieces[forward.curve.piece_of(t)];
    if (t == piece.begin && piece.begin < piece.end) {
      series.adopt(piece.coefficients);
    } else {
      piece.at(t, h);
      series.start(h);
      series.complete();
    }
    adjoint.expand(series, here);
    std::vector<Matrix<R>> phi = active_series<R>(series);
    const double log2 = std::min({log2_step<R>(series.state(), settings.rtol, settings.atol),
                                  log2_step<R>(adjoint.lambda(), settings.rtol, settings.atol),
                                  log2_step<R>(phi, settings.rtol, settings.atol)});
    const R step = step_of<R>(log2, t);
    if (step < t) guard.check(step, here, t);
    const R next = snapped<R>(forward.curve, t, R(t - step));
    lambda.push_back({next, t, t, adjoint.lambda()});
    active.push_back({next, t, t, std::move(phi)});
    lambda.back().at(next, here);
    if (out_of_range<R>(here)) throw_blow_up<R>(next);
    t = next;
  } while (t > R(0));
  std::reverse(lambda.begin(), lambda.end());
  std::reverse(active.begin(), active.end());
  const long accepted = static_cast<long>(lambda.size());
  return {PiecewisePolynomial<R>(std::move(lambda)), PiecewisePolynomial<R>(std::move(active)),
          series.products() + adjoint.products(), accepted};
}

#define GRONWALL_INSTANTIATE(...)                                                                  \
  template double log2_largest<__VA_ARGS__>(const Matrix<__VA_ARGS__>&, Eigen::Index);             \
  template double log2_step<__VA_ARGS__>(const std::vector<Matrix<__VA_ARGS__>>&, double, double); \
  template class TaylorExpansion<__VA_ARGS__>;
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)
#undef GRONWALL_INSTANTIATE

#define GRONWALL_INSTANTIATE(...)                                                                      \
  template TaylorSolution<__VA_ARGS__> solve_taylor<__VA_ARGS__>(                                      \
      const HiddenField<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&, const __VA_ARGS__&,                 \
      const TaylorControl<__VA_ARGS__>&);                                                              \
  template TaylorSolution<__VA_ARGS__> solve_taylor_plain<__VA_ARGS__>(                                \
      const HiddenField<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&, const __VA_ARGS__&,                 \
      const TaylorControl<__VA_ARGS__>&);                                                              \
  template TaylorAdjoint<__VA_ARGS__> solve_taylor_adjoint<__VA_ARGS__>(                               \
      const HiddenField<__VA_ARGS__>&, const TaylorSolution<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&, \
      const TaylorControl<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
