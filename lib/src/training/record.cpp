#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <gronwall/kernel/tangent.hpp>
#include <gronwall/linalg/columns.hpp>
#include <gronwall/linalg/norm.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/training/record.hpp>

#include "evaluation.hpp"

namespace gronwall::training {

namespace {

/// sum (a_ij - b_ij)^2 without a difference that lies in memory.
template <real::Floating R>
R distance(const Matrix<R>& a, const Matrix<R>& b) {
  using std::sqrt;
  R sum(0), gap;
  for (Eigen::Index k = 0; k < a.size(); ++k) {
    gap = a.data()[k] - b.data()[k];
    sum += gap * gap;
  }
  return sqrt(sum);
}

template <real::Floating R>
R plain_norm(const Matrix<R>& a) {
  using std::sqrt;
  R sum(0);
  for (Eigen::Index k = 0; k < a.size(); ++k) sum += a.data()[k] * a.data()[k];
  return sqrt(sum);
}

/// ||W x||/||x|| after power iteration on W^T W, from x = (1, -1/2, 1/3, ...).
template <real::Floating R>
R spectral_from_below(const Matrix<R>& W) {
  constexpr int iterations = 30;
  Matrix<R> x(W.cols(), 1), y;
  for (Eigen::Index i = 0; i < x.rows(); ++i) x(i, 0) = R(i % 2 == 0 ? 1 : -1) / R(static_cast<int>(i + 1));
  R top(0);
  for (int k = 0; k < iterations; ++k) {
    const R size = plain_norm<R>(x);
    if (!(size > 0)) return top;
    for (Eigen::Index i = 0; i < x.rows(); ++i) x(i, 0) /= size;
    linalg::multiply_into<R>(y, W, x);
    top = plain_norm<R>(y);
    linalg::transpose_multiply_into<R>(x, W, y);
  }
  return top;
}

template <real::Floating R>
R root_of(const R& x) {
  using std::sqrt;
  return x > 0 ? R(sqrt(x)) : R(0);
}

template <real::Floating R>
Spectrum<R> spectrum_of(const kernel::TangentKernel<R>& K) {
  const linalg::Vector<R> all = linalg::symmetric_eigenvalues<R>(K.sum().value);
  const linalg::Vector<R> output = linalg::symmetric_eigenvalues<R>(K.v.value);
  return {all(0), root_of<R>(all(0)), output(0), root_of<R>(output(0)), all(all.size() - 1)};
}

/// The descent: theta^k, with f and the gradients of the samples there.
template <real::Floating R>
class Watched {
 public:
  Watched(const Problem<R>& problem, const Schedule<R>& schedule)
      : problem_(problem), schedule_(schedule), network_(problem.start) {
    evaluate_here();
    start_ = at_.output.value;
    set_residual();
  }

  void advance() {
    last_ = network_.theta;
    descend();
    if (!linalg::all_finite<R>(network_.theta.v) || !linalg::all_finite<R>(network_.theta.W) ||
        !linalg::all_finite<R>(network_.theta.U))
      throw ode::BlowUp("The parameters leave the range of numbers.");
    evaluate_here();
    set_residual();
  }

  Record<R> record(long step) const {
    const model::Parameters<R>&here = network_.theta, &from = problem_.start.theta;
    Record<R> out;
    out.step = step;
    out.output = at_.output.value;
    out.residual = plain_norm<R>(residual_);
    out.loss = out.residual * out.residual / R(2);
    out.v = plain_norm<R>(here.v);
    out.W = plain_norm<R>(here.W);
    out.U = plain_norm<R>(here.U);
    out.spectral_W = spectral_from_below<R>(here.W);
    out.moved_v = distance<R>(here.v, from.v);
    out.moved_W = distance<R>(here.W, from.W);
    out.moved_U = distance<R>(here.U, from.U);
    if (schedule_.spectra) out.spectrum = spectrum_of<R>(kernel_here());
    return out;
  }

  const model::Parameters<R>& theta() const { return network_.theta; }
  /// theta before the last call of `advance`.
  const model::Parameters<R>& before() const { return last_; }

 private:
  void evaluate_here() {
    if (problem_.depth) {
      at_ = evaluate<R>(model::ResNet<R>(network_, *problem_.depth), problem_.X);
    } else {
      // In and out again: on wide networks a copy costs as much as a few products. Where this throws, only
      // `before` is asked for.
      model::NeuralOde<R> here(std::move(network_), schedule_.accuracy);
      at_ = evaluate<R>(here, problem_.X, model::Tightness::set);
      network_ = std::move(here).release();
    }
    if (!linalg::all_finite<R>(at_.output.value))
      throw ode::BlowUp("The output leaves the range of numbers.");
  }
  kernel::TangentKernel<R> kernel_here() const {
    return problem_.depth
               ? kernel::tangent_kernel<R>(model::ResNet<R>(network_, *problem_.depth), problem_.X)
               : kernel::tangent_kernel_run<R>(model::NeuralOde<R>(network_, schedule_.accuracy), problem_.X);
  }
  void set_residual() {
    residual_ = at_.output.value;
    if (problem_.labels_at_start) residual_ -= start_;
    if (problem_.labels_at_start)
      residual_ += problem_.labels;
    else
      residual_ -= problem_.labels;
    if (!real::Backend<R>::finite(plain_norm<R>(residual_)))
      throw ode::BlowUp("The residual leaves the range of numbers.");
  }
  /// theta -= eta grad loss, the gradient of W going from its factors straight into W; the factors are spent.
  void descend() {
    model::FactoredGradients<R>& g = at_.factors;
    model::Parameters<R>& theta = network_.theta;
    const Eigen::Index N = problem_.X.cols();
    subtract(theta.v, g.scale_v, g.active.value, Matrix<R>(residual_.transpose()));
    weigh(g.adjoint.value, N);
    subtract(theta.U, g.scale_U, g.adjoint.value, problem_.X);
    weigh(g.left, N);
    subtract(theta.W, g.scale_W, g.left, g.right);
  }
  /// Columns j, N + j, 2N + j, ... times the residual of sample j.
  void weigh(Matrix<R>& a, Eigen::Index N) const {
    for (Eigen::Index k = 0; k < a.cols(); ++k) a.col(k) *= residual_(k % N, 0);
  }
  /// part -= eta scale a b^T.
  void subtract(Matrix<R>& part, const R& scale, const Matrix<R>& a, const Matrix<R>& b) const {
    linalg::add_multiply_transpose<R>(part, R(-problem_.eta * scale), linalg::columns<R>(a, 0, a.cols()),
                                      linalg::columns<R>(b, 0, b.cols()));
  }

  const Problem<R>& problem_;
  const Schedule<R>& schedule_;
  Network<R> network_;
  Evaluation<R> at_;
  Matrix<R> start_, residual_;
  model::Parameters<R> last_;
};

}  // namespace

template <real::Floating R>
R Record<R>::moved() const {
  using std::sqrt;
  return sqrt(R(moved_v * moved_v + moved_W * moved_W + moved_U * moved_U));
}

template <real::Floating R>
Training<R> train(const Problem<R>& problem, const Schedule<R>& schedule) {
  problem.check();
  if (schedule.steps < 0)
    throw DomainError(fmt::format("The number of steps must not be negative: it is {}.", schedule.steps));
  if (schedule.every < 1)
    throw DomainError(
        fmt::format("Every how many steps to record must be at least 1, not {}.", schedule.every));
  Watched<R> walk(problem, schedule);
  Training<R> out;
  out.records.push_back(walk.record(0));
  for (long k = 1; k <= schedule.steps; ++k) {
    const auto end = [&](const Error& why) {
      out.ended = typename Training<R>::End{k, why.what()};
      out.last = walk.before();
    };
    try {
      walk.advance();
      if (k % schedule.every == 0 || k == schedule.steps) out.records.push_back(walk.record(k));
    } catch (const ode::BlowUp& why) {
      return end(why), out;
    } catch (const ode::StepCollapse& why) {
      return end(why), out;
    }
  }
  out.last = walk.theta();
  return out;
}

#define GRONWALL_INSTANTIATE(...)      \
  template struct Record<__VA_ARGS__>; \
  template Training<__VA_ARGS__> train(const Problem<__VA_ARGS__>&, const Schedule<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::training
