#include <cmath>
#include <random>
#include <utility>

#include <fmt/format.h>

#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/training/descent.hpp>

#include "evaluation.hpp"

namespace gronwall::training {

namespace {

using model::Gradient;
using model::Parameters;
using model::Tightness;
using real::Ball;

template <class R>
bool all_finite(const Parameters<R>& theta) {
  return linalg::all_finite<R>(theta.v) && linalg::all_finite<R>(theta.W) && linalg::all_finite<R>(theta.U);
}

template <class R>
Network<R> with(const Network<R>& network, const Parameters<R>& theta) {
  Network<R> out = network;
  out.theta = theta;
  return out;
}

// --- balls

/// Every point of the entries, moved by at most the error.
Matrix<Ball> folded(const Approximation<Ball>& a) {
  if (a.error.is_zero()) return a.value;
  return a.value.unaryExpr([&a](const Ball& x) { return Ball(x, a.error); });
}

Matrix<Ball> enclosed_output(const Problem<Ball>& problem, const Network<Ball>& network) {
  return folded(problem.depth ? model::ResNet<Ball>(network, *problem.depth).output(problem.X)
                              : model::NeuralOde<Ball>(network).output(problem.X));
}

Gradient<Ball> enclosed_gradient(const Problem<Ball>& problem, const Network<Ball>& network,
                                 const Matrix<Ball>& residual) {
  return problem.depth ? model::ResNet<Ball>(network, *problem.depth).gradient(problem.X, residual)
                       : model::NeuralOde<Ball>(network).gradient(problem.X, residual);
}

Matrix<Ball> moved(const Matrix<Ball>& part, const Approximation<Ball>& gradient, const Ball& eta) {
  Matrix<Ball> out = folded(gradient);
  for (Eigen::Index k = 0; k < out.size(); ++k) out.data()[k] = part.data()[k] - eta * out.data()[k];
  return out;
}

/// theta^0, theta^1, ... and the residuals, one after the other.
class EnclosedDescent {
 public:
  explicit EnclosedDescent(const Problem<Ball>& problem) : problem_(problem), theta_(problem.start.theta) {
    const Matrix<Ball> u = enclosed_output(problem_, problem_.start);
    shift_ = problem_.labels_at_start ? Matrix<Ball>(problem_.labels - u) : Matrix<Ball>(-problem_.labels);
    residual_ = problem_.labels_at_start ? problem_.labels : Matrix<Ball>(u + shift_);
  }

  void advance() {
    const Gradient<Ball> g = enclosed_gradient(problem_, with(problem_.start, theta_), residual_);
    theta_ = {moved(theta_.v, g.v, problem_.eta), moved(theta_.W, g.W, problem_.eta),
              moved(theta_.U, g.U, problem_.eta)};
    if (!all_finite(theta_)) throw ode::BlowUp("The parameters leave every bound.");
    residual_ = enclosed_output(problem_, with(problem_.start, theta_)) + shift_;
    if (!linalg::all_finite<Ball>(residual_)) throw ode::BlowUp("The residual leaves every bound.");
  }

  Iterate<Ball> iterate() const {
    return {linalg::exact<Ball>(theta_.v), linalg::exact<Ball>(theta_.W), linalg::exact<Ball>(theta_.U),
            linalg::exact<Ball>(residual_)};
  }

 private:
  const Problem<Ball>& problem_;
  Parameters<Ball> theta_;
  Matrix<Ball> shift_, residual_;  ///< r = u + shift
};

// --- floating point

template <real::Floating R>
Evaluation<R> evaluated_for(const Problem<R>& problem, const Network<R>& network, Tightness tightness) {
  return problem.depth ? evaluate<R>(model::ResNet<R>(network, *problem.depth), problem.X)
                       : evaluate<R>(model::NeuralOde<R>(network), problem.X, tightness);
}

/// One of the two descents.
template <real::Floating R>
class Walk {
 public:
  Walk(const Problem<R>& problem, Tightness tightness)
      : problem_(problem),
        tightness_(tightness),
        theta_(problem.start.theta),
        at_(evaluated_for<R>(problem, problem.start, tightness)),
        start_(at_.output) {
    set_residual();
  }

  void advance() {
    const Gradient<R> g = loss_gradient<R>(at_, problem_.X, residual_.value);
    move(theta_.v, g.v, way_.v);
    move(theta_.W, g.W, way_.W);
    move(theta_.U, g.U, way_.U);
    if (!all_finite(theta_)) throw ode::BlowUp("The parameters leave the range of numbers.");
    at_ = evaluated_for<R>(problem_, with(problem_.start, theta_), tightness_);
    set_residual();
    if (!linalg::all_finite<R>(residual_.value))
      throw ode::BlowUp("The residual leaves the range of numbers.");
  }

  const Parameters<R>& theta() const { return theta_; }
  const Approximation<R>& residual() const { return residual_; }
  /// Of each part: what the steps so far may have erred by, each by itself.
  struct Way {
    R v = R(0), W = R(0), U = R(0);
  };
  const Way& way() const { return way_; }

 private:
  /// r = u - y, or (u - u^0) + labels; the error is that of this evaluation, not that of theta.
  void set_residual() {
    if (problem_.labels_at_start) {
      const Matrix<R> change = at_.output.value - start_.value;
      residual_.value = change + problem_.labels;
    } else {
      residual_.value = at_.output.value - problem_.labels;
    }
    const R rounded = R(4) * real::Backend<R>::unit_roundoff() *
                      (size_of<R>(at_.output.value) + size_of<R>(problem_.labels));
    residual_.error = at_.output.error + (problem_.labels_at_start ? start_.error : R(0)) + rounded;
  }

  void move(Matrix<R>& part, const Approximation<R>& gradient, R& way) {
    using std::abs;
    const R u = real::Backend<R>::unit_roundoff();
    const R before = size_of<R>(part), length = problem_.eta * size_of<R>(gradient.value);
    for (Eigen::Index k = 0; k < part.size(); ++k) {
      const R step = problem_.eta * gradient.value.data()[k], old = part.data()[k];
      R next = old - step;
      if (tightness_ == Tightness::looser) next += sign() * R(8) * u * (abs(old) + abs(step));
      part.data()[k] = next;
    }
    // Where there is no step nothing is rounded.
    way += problem_.eta * gradient.error + (length == R(0) ? R(0) : R(R(2) * u * (before + length)));
  }

  R sign() { return (engine_() >> 63) != 0 ? R(1) : R(-1); }

  const Problem<R>& problem_;
  Tightness tightness_;
  Parameters<R> theta_;
  Evaluation<R> at_;
  Approximation<R> start_, residual_;
  Way way_;
  std::mt19937_64 engine_{1};
};

template <real::Floating R>
class EstimatedDescent {
 public:
  explicit EstimatedDescent(const Problem<R>& problem)
      : exact_start_(problem.labels_at_start),
        fine_(problem, Tightness::set),
        coarse_(problem, Tightness::looser) {}

  void advance() {
    fine_.advance();
    coarse_.advance();
    exact_start_ = false;
    moved_ = true;
  }

  Iterate<R> iterate() const {
    const auto judged = [this](const Matrix<R>& a, const Matrix<R>& b, const R& way) {
      return Approximation<R>{a, moved_ ? R(R(2) * size_of<R>(a - b) + way) : R(0)};
    };
    const Parameters<R>&a = fine_.theta(), &b = coarse_.theta();
    const Matrix<R>&r = fine_.residual().value, &s = coarse_.residual().value;
    return {judged(a.v, b.v, fine_.way().v),
            judged(a.W, b.W, fine_.way().W),
            judged(a.U, b.U, fine_.way().U),
            {r, exact_start_ ? R(0) : R(R(2) * size_of<R>(r - s) + fine_.residual().error)}};
  }

 private:
  bool exact_start_, moved_ = false;
  Walk<R> fine_, coarse_;
};

template <Real R>
struct DescentOf {
  using type = EstimatedDescent<R>;
};
template <>
struct DescentOf<Ball> {
  using type = EnclosedDescent;
};

}  // namespace

template <Real R>
void Problem<R>::check() const {
  start.check();
  start.check_inputs(X);
  if (labels.rows() != X.cols() || labels.cols() != 1)
    throw DomainError(fmt::format("The labels of {} samples must be {} x 1.", X.cols(), X.cols()));
  if (!linalg::all_finite<R>(labels))
    throw DomainError("The labels have an entry that is not a finite number.");
  if (!real::Backend<R>::finite(eta)) throw DomainError("The step size must be a finite number.");
  if (less(real::Quantity<R>(eta), real::Quantity<R>(0)) == real::Truth::yes)
    throw DomainError(fmt::format("The step size must not be negative: it is {}.", real::to_double<R>(eta)));
}

template <Real R>
Descent<R> descend(const Problem<R>& problem, long steps) {
  problem.check();
  if (steps < 0) throw DomainError(fmt::format("The number of steps must not be negative: it is {}.", steps));
  typename DescentOf<R>::type walk(problem);
  Descent<R> out;
  out.iterates.push_back(walk.iterate());
  for (long k = 1; k <= steps; ++k) {
    const auto ended = [&out, k](const Error& why) { out.ended = fmt::format("Step {}: {}", k, why.what()); };
    try {
      walk.advance();
    } catch (const ode::BlowUp& why) {
      return ended(why), out;
    } catch (const ode::StepCollapse& why) {
      return ended(why), out;
    }
    out.iterates.push_back(walk.iterate());
  }
  return out;
}

template <Real R>
Network<R> at(const Problem<R>& problem, const Iterate<R>& iterate) {
  Network<R> out = problem.start;
  if constexpr (real::Enclosing<R>)
    out.theta = {folded(iterate.v), folded(iterate.W), folded(iterate.U)};
  else
    out.theta = {iterate.v.value, iterate.W.value, iterate.U.value};
  return out;
}

#define GRONWALL_INSTANTIATE(...)                                                        \
  template struct Problem<__VA_ARGS__>;                                                  \
  template Descent<__VA_ARGS__> descend<__VA_ARGS__>(const Problem<__VA_ARGS__>&, long); \
  template Network<__VA_ARGS__> at<__VA_ARGS__>(const Problem<__VA_ARGS__>&, const Iterate<__VA_ARGS__>&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::training
