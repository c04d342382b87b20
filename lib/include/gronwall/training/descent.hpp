#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>

/// Gradient descent, with errors.
namespace gronwall::training {

using linalg::Approximation;
using linalg::Matrix;
using model::Network;
using real::Real;

/// Full-batch gradient descent on the squared loss L(theta) = 1/2 sum_i (f(x_i) - y_i)^2 (slide
/// "Preliminaries and notation"): theta^{k+1} = theta^k - eta dL/dtheta(theta^k), all three parts of theta
/// with one step size.
template <Real R>
struct Problem {
  Network<R> start;  ///< theta^0, scales, horizon
  Matrix<R> X;       ///< d x N
  /// N x 1: the labels y, or, with `labels_at_start`, the residual u^0 - y that the labels are chosen for.
  Matrix<R> labels;
  bool labels_at_start = false;
  R eta = R(0);                 ///< step size, >= 0
  std::optional<long> depth{};  ///< a ResNet of that depth; none: the Neural ODE

  /// Throws DomainError, naming the field, for a network or inputs that are none (Network::check,
  /// check_inputs), labels that are not N x 1 or not finite, and a step size that is not finite or known to
  /// be negative.
  void check() const;
};

/// theta^k and u^k - y, each with its error in the Frobenius norm. In balls the entries enclose and the
/// errors are 0.
template <Real R>
struct Iterate {
  Approximation<R> v, W, U;
  Approximation<R> residual;  ///< N x 1
};

/// The iterates theta^0, theta^1, ... that exist, and why there are no more.
template <Real R>
struct Descent {
  std::vector<Iterate<R>> iterates;
  /// Divergence is a result: what ended the descent after the last iterate here (numbers that leave the
  /// range, a solution that blows up). None: all steps were taken.
  std::optional<std::string> ended;

  /// k + 1 iterates exist, theta^0 to theta^k.
  bool reaches(long k) const { return static_cast<long>(iterates.size()) > k; }
};

/// theta^0, ..., theta^steps, with their residuals. With `labels_at_start` the residual of theta^0 is
/// `labels` exactly, and y = u^0 - labels: r^k = (u^k - u^0) + labels.
///
/// In balls every iterate is an enclosure: the gradient is that of all parameters in the enclosure of theta^k
/// (NeuralOde<Ball>::gradient, ResNet<Ball>::gradient), its error goes into the radius of each entry, and so
/// radii grow by about ||I - eta H|| + n^2 times the roundings a step. Raise `real::working_bits()` for more
/// steps.
///
/// In floating point the errors are estimates, by a second descent beside the first: it solves the Neural ODE
/// with the looser of two accuracies (model::Tightness) and it is disturbed at each step, each entry of theta
/// by `8 u` of the size of the step's terms with a sign of its own. So an error of one step is carried on as
/// the descent carries it. The error of a part is twice the distance of the two, and what one step cannot
/// show (ten times the tolerance and a hundred roundings of the way gone, eta sum ||dL||, and one rounding of
/// theta a step). An estimate: it may fail where both descents miss the same feature, and says nothing once a
/// chaotic descent has torn them apart but that this is so.
///
/// Throws DomainError for a problem that is none (Problem::check), fewer than 0 steps, and what the solvers
/// throw at theta^0 (ode::BlowUp, ode::StepCollapse), where there is no iterate to return.
template <Real R>
Descent<R> descend(const Problem<R>& problem, long steps);

/// The network of an iterate. In balls its parameters enclose the iterate, error and all; in floating point
/// the error is lost.
template <Real R>
Network<R> at(const Problem<R>& problem, const Iterate<R>& iterate);

}  // namespace gronwall::training
