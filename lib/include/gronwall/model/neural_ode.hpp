#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gronwall/model/factored_gradient.hpp>
#include <gronwall/ode/certified.hpp>

namespace gronwall::model {

/// Which gradient is computed.
enum class Adjoint {
  /// That of the Neural ODE: its adjoint equation is solved along an interpolant of the stored solution, each
  /// to the tolerance.
  continuous,
  /// That of the discretised model, exactly: backwards through the steps that an explicit Runge-Kutta method
  /// took forwards (one with ode::tableau). Two matrix products a stage and nothing else of that size, so
  /// several times cheaper. It converges to the gradient of the Neural ODE with the order of the method, but
  /// the tolerance watches the forward steps alone: with "fehlberg-78" a W-gradient was off by up to ten
  /// times a tolerance of 1e-8 and below, and by up to forty times one of 1e-6.
  discrete
};

/// How accurately, and by which method, a Neural ODE is solved.
template <Real R>
struct Accuracy {
  /// One of `method_names`. Empty: "taylor" beyond double where phi is smooth and no number of steps is
  /// given, else ode::default_method.
  std::string method;
  R tolerance =
      R(0);  ///< relative local error per step, and of the stored solution; 0: the default of the backend
  std::optional<long> steps;  ///< that many equal steps in place of a tolerance
  /// That many equal steps between any two nodes of the stored solution: its grid then depends on T and the
  /// tolerance alone, and errors have an expansion in 1/substeps.
  std::optional<long> substeps;
  Adjoint adjoint = Adjoint::continuous;  ///< of `gradient`, `gradient_run` and `factored_gradients`
};

/// The integrators of the registry (ode::integrator_names) and "taylor", sorted. Taylor series of the vector
/// field itself (ode/taylor.hpp) need a smooth activation and choose their steps themselves.
std::vector<std::string> method_names();

/// The gradients of one run, without an error estimate, and what the run cost.
template <Real R>
struct GradientRun {
  Matrix<R> v, W, U;
  Matrix<R> output;  ///< N x 1
  long forward_evaluations = 0, backward_evaluations = 0;
};

/// Which of the two runs that an error estimate compares: at the accuracy set, or the looser one.
enum class Tightness { set, looser };

/// h_0 = (sigma_u/sqrt d) U x, h' = (sigma_w/sqrt n) W phi(h), f = (sigma_v/sqrt n) v^T phi(h_T), for N
/// inputs at once.
///
/// The adjoint lambda_t = df/dh_t is solved backwards from lambda_T along an interpolant of the stored
/// forward solution (ode::Trajectory); the state is never run backwards. The W-gradient is one
/// Clenshaw-Curtis sum over the nodes of the interpolant, (sigma_w/sqrt n) sum_k w_k lambda_{t_k}
/// phi(h_{t_k})^T, not an n x n part of the ODE's state. By the method "taylor" h, lambda and phi(h) are
/// piecewise polynomials, and the W-gradient is the exact integral of their product. Adjoint::discrete has in
/// place of nodes the stages of the steps.
///
/// Errors are estimated by a second run with a tolerance 100 times looser (or half the steps): the difference
/// of the two, plus ten times the tolerance, plus rounding. Every call throws ode::BlowUp where the solution
/// leaves the range of numbers, and ode::StepCollapse where the tolerance cannot be kept.
template <Real R>
class NeuralOde {
 public:
  /// Throws DomainError for a network that is none (Network::check) and for "taylor" with a number of steps
  /// or an activation that has a kink, UnknownName for an unknown method, PrecisionError for a tolerance
  /// below 16u. With Adjoint::discrete UnknownName for a method without ode::tableau, and DomainError for
  /// one that estimates no error and is given no number of steps, and for substeps.
  explicit NeuralOde(Network<R> network, Accuracy<R> accuracy = {});

  const Network<R>& network() const { return network_; }
  const Accuracy<R>& accuracy() const { return accuracy_; }
  /// The network, for a caller who moved it in and wants no copy; this object is not to be used any more.
  Network<R> release() && { return std::move(network_); }

  /// h_t for 0 <= t <= T: n x N.
  Approximation<R> hidden(const Matrix<R>& X, const R& t) const;
  /// h at ascending times.
  std::vector<Approximation<R>> hidden(const Matrix<R>& X, const std::vector<R>& times) const;
  /// f: N x 1.
  Approximation<R> output(const Matrix<R>& X) const;
  /// lambda_t = df(x_j)/dh_t in column j: n x N.
  Approximation<R> adjoint(const Matrix<R>& X, const R& t) const;
  /// lambda at descending times.
  std::vector<Approximation<R>> adjoint(const Matrix<R>& X, const std::vector<R>& times) const;
  /// sum_j c_j grad f(x_j), c: N x 1.
  Gradient<R> gradient(const Matrix<R>& X, const Matrix<R>& c) const;

  /// The gradient of one run at the accuracy set: what a training loop or a benchmark wants.
  GradientRun<R> gradient_run(const Matrix<R>& X, const Matrix<R>& c) const;
  /// The gradients of the samples apart, c_j grad f(x_j), of one run and without an error estimate.
  FactoredGradients<R> factored_gradients(const Matrix<R>& X, const Matrix<R>& c,
                                          Tightness run = Tightness::set) const;
  /// What two runs tell: `fine`, its error being the distance of the two, ten times the tolerance (two runs
  /// that take the same few steps differ by nothing), and a hundred roundings.
  Approximation<R> estimated(const Matrix<R>& fine, const Matrix<R>& looser) const;

 private:
  Network<R> network_;
  Accuracy<R> accuracy_;
};

/// The defaults that an empty `Accuracy` stands for.
template <real::Floating R>
R default_tolerance();

/// The Neural ODE in balls: every value and its error enclose the true one (ode/certified.hpp). There is no
/// method to choose and no tolerance: `real::working_bits()` says how sharp the enclosures are, about 2^-bits
/// times the growth of the problem; `linalg::to_relative_radius` raises it until an answer is as sharp as
/// asked for. In the answers the entries enclose a polynomial's values, and `error` bounds the distance of
/// the true matrix from some matrix in them, in the Frobenius norm.
///
/// Throws DomainError for a network that is none, for parameters or a horizon that are not known, a horizon
/// that is not exact, and an activation that is not analytic; ode::StepCollapse and ode::BlowUp as
/// CertifiedSolution does.
template <>
class NeuralOde<real::Ball> {
 public:
  using Ball = real::Ball;
  explicit NeuralOde(Network<Ball> network);

  const Network<Ball>& network() const { return network_; }

  /// As for floating point.
  Approximation<Ball> hidden(const Matrix<Ball>& X, const Ball& t) const;
  std::vector<Approximation<Ball>> hidden(const Matrix<Ball>& X, const std::vector<Ball>& times) const;
  Approximation<Ball> output(const Matrix<Ball>& X) const;
  Approximation<Ball> adjoint(const Matrix<Ball>& X, const Ball& t) const;
  std::vector<Approximation<Ball>> adjoint(const Matrix<Ball>& X, const std::vector<Ball>& times) const;
  Gradient<Ball> gradient(const Matrix<Ball>& X, const Matrix<Ball>& c) const;

  /// The certified solution itself, for X: d x N.
  ode::CertifiedSolution solution(const Matrix<Ball>& X) const;

 private:
  Network<Ball> network_;
};

}  // namespace gronwall::model
