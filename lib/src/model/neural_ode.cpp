#include <algorithm>
#include <cmath>
#include <concepts>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/model/neural_ode.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/ode/solve.hpp>
#include <gronwall/ode/tableau.hpp>
#include <gronwall/ode/taylor.hpp>
#include <gronwall/ode/trajectory.hpp>
#include <gronwall/real/backends.hpp>

#include "discrete_adjoint.hpp"

namespace gronwall::model {

namespace {

using ode::Trajectory;

template <class R>
R norm_of(const Matrix<R>& a) {
  return linalg::frobenius_norm<R>(a).value();
}

constexpr std::string_view taylor = "taylor";

/// What a run knows of the gradients of its samples.
template <Real R>
struct RunFactors {
  FactoredGradients<R> gradients;
  Matrix<R> output;  ///< N x 1
  long forward_evaluations = 0, backward_evaluations = 0;
};

/// All but the factors of the W-gradient: f, and the gradients in v and U from the states at both ends.
template <Real R>
RunFactors<R> factors_from_ends(const Network<R>& network, const Matrix<R>& last_state,
                                const Matrix<R>& first_adjoint) {
  RunFactors<R> out;
  network.phi.template in<R>().value(last_state, out.gradients.active.value);
  out.output = read_out<R>(network, last_state);
  out.gradients.adjoint.value = first_adjoint;
  out.gradients.scale_v = network.output_scale();
  out.gradients.scale_W = network.hidden_scale();
  out.gradients.scale_U = network.input_scale();
  return out;
}

/// Their sums but for W.
template <Real R>
GradientRun<R> summed_ends(const RunFactors<R>& run, const Matrix<R>& X, const Matrix<R>& c) {
  const FactoredGradients<R>& factors = run.gradients;
  GradientRun<R> out;
  out.output = run.output;
  out.v = linalg::multiply<R>(factors.active.value, c);
  out.v *= factors.scale_v;
  out.U = linalg::multiply_transpose<R>(factors.adjoint.value, X);
  out.U *= factors.scale_U;
  out.forward_evaluations = run.forward_evaluations;
  out.backward_evaluations = run.backward_evaluations;
  return out;
}

template <Real R>
GradientRun<R> summed(const RunFactors<R>& run, const Matrix<R>& X, const Matrix<R>& c) {
  GradientRun<R> out = summed_ends<R>(run, X, c);
  // All terms and samples in one product.
  out.W = linalg::multiply_transpose<R>(run.gradients.left, run.gradients.right);
  out.W *= run.gradients.scale_W;
  return out;
}

/// Entries near zero are held to the size of the whole, so that a zero entry does not force the step to
/// collapse: the absolute tolerance for a state that starts as y.
template <Real R>
R absolute_tolerance(const R& rtol, const Matrix<R>& y) {
  const R size = norm_of<R>(y) / R(static_cast<int>(std::max<Eigen::Index>(1, y.rows())));
  return size > 0 ? R(rtol * size) : rtol;
}

/// One run by Taylor series.
template <Real R>
struct TaylorRun {
  const Network<R>& network;
  ode::HiddenField<R> field;
  R tolerance;

  TaylorRun(const Network<R>& model, const Accuracy<R>& accuracy, bool looser)
      : network(model),
        field{model.phi, model.theta.W},
        tolerance(looser ? R(accuracy.tolerance * R(100)) : accuracy.tolerance) {
    field.A *= network.hidden_scale();
  }

  ode::TaylorControl<R> scaled_to(const Matrix<R>& y) const {
    ode::TaylorControl<R> out;
    out.rtol = tolerance;
    out.atol = absolute_tolerance<R>(tolerance, y);
    return out;
  }
  ode::TaylorSolution<R> forward(const Matrix<R>& h0, const R& end) const {
    return ode::solve_taylor<R>(field, h0, end, scaled_to(h0));
  }
  ode::TaylorAdjoint<R> backward(const ode::TaylorSolution<R>& h, const Matrix<R>& last) const {
    return ode::solve_taylor_adjoint<R>(field, h, last, scaled_to(last));
  }

  std::vector<Matrix<R>> hidden(const Matrix<R>& h0, const std::vector<R>& times) const {
    if (times.empty()) return {};
    const ode::TaylorSolution<R> h = forward(h0, times.back());
    std::vector<Matrix<R>> out;
    for (const R& t : times) out.push_back(h.curve.at(t));
    return out;
  }

  std::vector<Matrix<R>> adjoint(const Matrix<R>& X, const Matrix<R>& c,
                                 const std::vector<R>& descending) const {
    const ode::TaylorSolution<R> h = forward(initial_state<R>(network, X), network.horizon);
    const ode::TaylorAdjoint<R> lambda =
        backward(h, final_adjoint<R>(network, h.curve.at(network.horizon), c));
    std::vector<Matrix<R>> out;
    for (const R& t : descending) out.push_back(lambda.lambda.at(t));
    return out;
  }

  RunFactors<R> factors(const Matrix<R>& X, const Matrix<R>& c) const {
    const ode::TaylorSolution<R> h = forward(initial_state<R>(network, X), network.horizon);
    const Matrix<R> last = h.curve.at(network.horizon);
    const ode::TaylorAdjoint<R> lambda = backward(h, final_adjoint<R>(network, last, c));
    RunFactors<R> out = factors_from_ends<R>(network, last, lambda.lambda.at(R(0)));
    ode::Factored<R> integral = ode::factors_of_integral<R>(lambda.lambda, lambda.active);
    out.gradients.left = std::move(integral.left);
    out.gradients.right = std::move(integral.right);
    out.forward_evaluations = h.evaluations;
    out.backward_evaluations = lambda.evaluations;
    return out;
  }
};

/// One run by an integrator of the registry: the network, the method and how it steps.
template <Real R>
struct Run {
  const Network<R>& network;
  const ode::Integrator<R>& method;
  ode::Control<R> control;
  R interpolation;  ///< tolerance of the stored forward solution

  Run(const Network<R>& model, const Accuracy<R>& accuracy, bool looser)
      : network(model), method(ode::integrator<R>(accuracy.method)) {
    const R hundred(100);
    const R tolerance = looser ? R(accuracy.tolerance * hundred) : accuracy.tolerance;
    const auto halved = [looser](long steps) { return !looser ? steps : steps > 1 ? steps / 2 : 2; };
    if (accuracy.substeps)
      control.substeps = halved(*accuracy.substeps);
    else if (accuracy.steps)
      control.steps = halved(*accuracy.steps);
    else
      control.rtol = tolerance;
    interpolation = accuracy.steps || accuracy.substeps ? accuracy.tolerance : tolerance;
  }

  /// h' = (sigma_w/sqrt n) W phi(h).
  ode::RightHandSide<R> forward() const {
    const R scale = network.hidden_scale();
    const activation::Functions<R>& phi = network.phi.template in<R>();
    return [this, scale, &phi, active = Matrix<R>()](const Matrix<R>& h, Matrix<R>& out, const R&) mutable {
      phi.value(h, active);
      linalg::multiply_into<R>(out, network.theta.W, active);
      for (Eigen::Index k = 0; k < out.size(); ++k) out.data()[k] *= scale;
    };
  }

  /// In s = T - t: dlambda/ds = (sigma_w/sqrt n) diag(phi'(h_{T-s})) W^T lambda.
  ode::RightHandSide<R> backward(const Trajectory<R>& h) const {
    const R scale = network.hidden_scale();
    const activation::Functions<R>& phi = network.phi.template in<R>();
    return [this, scale, &phi, &h, state = Matrix<R>(), slope = Matrix<R>()](
               const Matrix<R>& lambda, Matrix<R>& out, const R& s) mutable {
      const R t = network.horizon - s;
      h.at(t < R(0) ? R(0) : t, state);  // rounding may pass the end by a last place
      phi.derivative(state, slope);
      linalg::transpose_multiply_into<R>(out, network.theta.W, lambda);
      for (Eigen::Index k = 0; k < out.size(); ++k) {
        slope.data()[k] *= scale;
        out.data()[k] *= slope.data()[k];
      }
    };
  }

  ode::Control<R> scaled_to(const Matrix<R>& y) const {
    ode::Control<R> out = control;
    if (!out.steps && !out.substeps) out.atol = absolute_tolerance<R>(out.rtol, y);
    return out;
  }

  std::vector<Matrix<R>> hidden(const Matrix<R>& h0, const std::vector<R>& times) const {
    return method.integrate(forward(), h0, R(0), times, scaled_to(h0)).states;
  }

  Trajectory<R> trajectory(const Matrix<R>& X) const {
    const Matrix<R> h0 = initial_state<R>(network, X);
    return Trajectory<R>(method, forward(), h0, network.horizon, scaled_to(h0), interpolation);
  }

  ode::Solution<R> adjoint(const Trajectory<R>& h, const Matrix<R>& c,
                           const std::vector<R>& descending) const {
    std::vector<R> elapsed;
    elapsed.reserve(descending.size());
    for (const R& t : descending) elapsed.push_back(R(network.horizon - t));
    const Matrix<R> last = final_adjoint<R>(network, h.final_state(), c);
    return method.integrate(backward(h), last, R(0), elapsed, scaled_to(last));
  }
  std::vector<Matrix<R>> adjoint(const Matrix<R>& X, const Matrix<R>& c,
                                 const std::vector<R>& descending) const {
    return adjoint(trajectory(X), c, descending).states;
  }

  RunFactors<R> factors(const Matrix<R>& X, const Matrix<R>& c) const {
    const Trajectory<R> h = trajectory(X);
    const std::size_t nodes = h.nodes().size();
    std::vector<R> descending(h.nodes().rbegin(), h.nodes().rend());
    const ode::Solution<R> lambda = adjoint(h, c, descending);

    RunFactors<R> out = factors_from_ends<R>(network, h.final_state(), lambda.states.back());
    out.forward_evaluations = h.cost().evaluations;
    out.backward_evaluations = lambda.evaluations;

    // Of all nodes: [lambda_0 ... lambda_K] and [w_0 phi(h_0) ... w_K phi(h_K)].
    const Eigen::Index n = network.width(), N = X.cols(), K = static_cast<Eigen::Index>(nodes);
    const activation::Functions<R>& phi = network.phi.template in<R>();
    Matrix<R> active;
    Matrix<R>&left = out.gradients.left, &right = out.gradients.right;
    left.resize(n, N * K);
    right.resize(n, N * K);
    for (Eigen::Index k = 0; k < K; ++k) {
      phi.value(h.state(static_cast<std::size_t>(k)), active);
      active *= h.weights()[static_cast<std::size_t>(k)];
      right.middleCols(k * N, N) = active;
      left.middleCols(k * N, N) = lambda.states[nodes - 1 - static_cast<std::size_t>(k)];
    }
    return out;
  }
};

/// One run of the discretised model; its states and adjoints at given times are those of the Neural ODE.
template <Real R>
struct DiscreteRun : Run<R> {
  const ode::Tableau& method_of_stages;

  DiscreteRun(const Network<R>& model, const Accuracy<R>& accuracy, bool looser)
      : Run<R>(model, accuracy, looser), method_of_stages(ode::tableau(accuracy.method)) {}

  RunFactors<R> factors(const Matrix<R>& X, const Matrix<R>& c) const {
    detail::StageFactors<R> stages = detail::differentiate_stages<R>(
        this->network, method_of_stages, stepping(), initial_state<R>(this->network, X), c);
    RunFactors<R> out = from_ends(stages.ends);
    out.gradients.left = std::move(stages.left);
    out.gradients.right = std::move(stages.right);
    return out;
  }

  GradientRun<R> gradient(const Matrix<R>& X, const Matrix<R>& c) const requires std::same_as<R, double> {
    detail::StageSum sum = detail::sum_stages(this->network, method_of_stages, stepping(),
                                              initial_state<R>(this->network, X), c);
    GradientRun<R> out = summed_ends<R>(from_ends(sum.ends), X, c);
    out.W = std::move(sum.W);
    return out;
  }

 private:
  detail::Stepping<R> stepping() const { return {this->control.steps, this->control.rtol}; }
  RunFactors<R> from_ends(const detail::StageEnds<R>& ends) const {
    RunFactors<R> out = factors_from_ends<R>(this->network, ends.last_state, ends.first_adjoint);
    out.forward_evaluations = ends.forward;
    out.backward_evaluations = ends.backward;
    return out;
  }
};

/// f(run) for a run by the method asked for.
template <Real R, class F>
auto with_run(const Network<R>& network, const Accuracy<R>& accuracy, bool looser, const F& f) {
  if (accuracy.adjoint == Adjoint::discrete) return f(DiscreteRun<R>(network, accuracy, looser));
  if (accuracy.method == taylor) return f(TaylorRun<R>(network, accuracy, looser));
  return f(Run<R>(network, accuracy, looser));
}

/// The finer and the looser run's f(run).
template <Real R, class F>
auto two_runs(const Network<R>& network, const Accuracy<R>& accuracy, const F& f) {
  return std::pair(with_run<R>(network, accuracy, false, f), with_run<R>(network, accuracy, true, f));
}

/// The finer of two runs, with its error: the difference of the two, ten times the tolerance of the finer one
/// (two runs that take the same few steps differ by nothing), and rounding, a hundred roundings being of the
/// order of what a solve adds up. `start` is what both set out from: a solution that never left it has its
/// error alone, so that equalities at t = 0 and for W = 0 stay decidable.
template <Real R>
Approximation<R> compared(const Matrix<R>& fine, const Matrix<R>& coarse, const Accuracy<R>& accuracy,
                          const Approximation<R>& start = {Matrix<R>(), R(0)}) {
  if (fine.rows() == start.rows() && fine == start.value && coarse == start.value) return start;
  const Matrix<R> difference = fine - coarse;
  const bool adaptive = !accuracy.steps && !accuracy.substeps;
  const R share =
      R(100) * real::Backend<R>::unit_roundoff() + (adaptive ? R(R(10) * accuracy.tolerance) : R(0));
  return {fine, R(norm_of<R>(difference) + share * norm_of<R>(fine) + start.error)};
}

template <Real R>
std::vector<Approximation<R>> compared(const std::vector<Matrix<R>>& fine,
                                       const std::vector<Matrix<R>>& coarse, const Accuracy<R>& accuracy,
                                       const Approximation<R>& start = {Matrix<R>(), R(0)}) {
  std::vector<Approximation<R>> out;
  out.reserve(fine.size());
  for (std::size_t k = 0; k < fine.size(); ++k)
    out.push_back(compared<R>(fine[k], coarse[k], accuracy, start));
  return out;
}

/// f(run) for a run of the model, if X and c fit it.
template <Real R, class F>
auto of_run(const NeuralOde<R>& model, const Matrix<R>& X, const Matrix<R>& c, Tightness run, const F& f) {
  model.network().check_inputs(X);
  if (c.rows() != X.cols() || c.cols() != 1)
    throw DomainError(fmt::format("The weights of {} samples must be {} x 1.", X.cols(), X.cols()));
  return with_run<R>(model.network(), model.accuracy(), run == Tightness::looser, f);
}

template <Real R>
GradientRun<R> run_gradient(const NeuralOde<R>& model, const Matrix<R>& X, const Matrix<R>& c,
                            Tightness run) {
  return of_run<R>(model, X, c, run, [&](const auto& one) -> GradientRun<R> {
    if constexpr (requires { one.gradient(X, c); })
      return one.gradient(X, c);
    else
      return summed<R>(one.factors(X, c), X, c);
  });
}

template <Real R>
void require_times(const Network<R>& network, const std::vector<R>& times) {
  for (const R& t : times)
    if (!(t >= 0) || !(t <= network.horizon))
      throw DomainError(fmt::format("The time {} lies outside [0, T] with T = {}.", real::to_double<R>(t),
                                    real::to_double<R>(network.horizon)));
}

}  // namespace

template <real::Floating R>
R default_tolerance() {
  // Half the digits, or what double has to spare: the rest is room for the second run and for what the solve
  // amplifies.
  constexpr int digits = real::Backend<R>::digits <= 15 ? 11 : real::Backend<R>::digits / 2;
  return real::power(real::ratio<R>(1, 10), digits);
}

std::vector<std::string> method_names() {
  std::vector<std::string> out = ode::integrator_names();
  out.insert(std::lower_bound(out.begin(), out.end(), taylor), std::string(taylor));
  return out;
}

namespace {

/// Taylor series where they win, which is beyond double, and where they apply.
template <Real R>
std::string default_method(const activation::Activation& phi, const Accuracy<R>& accuracy) {
  if (accuracy.adjoint == Adjoint::discrete) return "fehlberg-78";
  const bool applies = phi.smooth() && !accuracy.steps && !accuracy.substeps;
  return std::string(applies && real::Backend<R>::digits > 20 ? taylor : ode::default_method<R>());
}

template <Real R>
void check_method(const activation::Activation& phi, const Accuracy<R>& accuracy) {
  if (accuracy.adjoint == Adjoint::discrete) {
    if (accuracy.substeps)
      throw DomainError(
          "The gradient of the discretised model needs a tolerance or a number of steps, not substeps.");
    if (ode::tableau(accuracy.method).error.empty() && !accuracy.steps)
      throw DomainError(
          fmt::format("The method {} estimates no error: the gradient of the discretised model needs a "
                      "number of steps.",
                      accuracy.method));
    return;
  }
  if (accuracy.method != taylor) {
    ode::integrator<R>(accuracy.method);  // throws for an unknown name
    return;
  }
  if (!phi.smooth())
    throw DomainError(fmt::format("The method taylor needs a smooth activation; {} has a kink.", phi.name()));
  if (accuracy.steps || accuracy.substeps)
    throw DomainError("The method taylor chooses its steps itself; give it a tolerance.");
}

}  // namespace

template <Real R>
NeuralOde<R>::NeuralOde(Network<R> network, Accuracy<R> accuracy)
    : network_(std::move(network)), accuracy_(std::move(accuracy)) {
  network_.check();
  if (accuracy_.method.empty()) accuracy_.method = default_method<R>(network_.phi, accuracy_);
  check_method<R>(network_.phi, accuracy_);
  if (accuracy_.steps && *accuracy_.steps < 1)
    throw DomainError(fmt::format("The number of steps must be at least 1, not {}.", *accuracy_.steps));
  if (accuracy_.substeps && *accuracy_.substeps < 1)
    throw DomainError(
        fmt::format("The number of steps an interval must be at least 1, not {}.", *accuracy_.substeps));
  if (accuracy_.tolerance == 0) accuracy_.tolerance = default_tolerance<R>();
  if (!(accuracy_.tolerance > 0)) throw DomainError("The tolerance must be positive.");
  if (accuracy_.tolerance < R(16) * real::Backend<R>::unit_roundoff())
    throw PrecisionError(fmt::format("The tolerance {:.3g} is beyond the precision of the backend {}.",
                                     real::to_double<R>(accuracy_.tolerance), real::Backend<R>::name));
}

template <Real R>
std::vector<Approximation<R>> NeuralOde<R>::hidden(const Matrix<R>& X, const std::vector<R>& times) const {
  network_.check_inputs(X);
  require_times<R>(network_, times);
  const Approximation<R> start = initial_state_with_error<R>(network_, X);
  const auto runs =
      two_runs<R>(network_, accuracy_, [&](const auto& run) { return run.hidden(start.value, times); });
  return compared<R>(runs.first, runs.second, accuracy_, start);
}

template <Real R>
Approximation<R> NeuralOde<R>::hidden(const Matrix<R>& X, const R& t) const {
  return hidden(X, std::vector<R>{t}).front();
}

template <Real R>
Approximation<R> NeuralOde<R>::output(const Matrix<R>& X) const {
  network_.check_inputs(X);
  const Matrix<R> h0 = initial_state<R>(network_, X);
  const std::vector<R> end{network_.horizon};
  const auto runs = two_runs<R>(network_, accuracy_, [&](const auto& run) {
    return read_out<R>(network_, run.hidden(h0, end).front());
  });
  return compared<R>(runs.first, runs.second, accuracy_);
}

template <Real R>
std::vector<Approximation<R>> NeuralOde<R>::adjoint(const Matrix<R>& X, const std::vector<R>& times) const {
  network_.check_inputs(X);
  require_times<R>(network_, times);
  const Matrix<R> ones = Matrix<R>::Constant(X.cols(), 1, R(1));
  const auto runs =
      two_runs<R>(network_, accuracy_, [&](const auto& run) { return run.adjoint(X, ones, times); });
  return compared<R>(runs.first, runs.second, accuracy_);
}

template <Real R>
Approximation<R> NeuralOde<R>::adjoint(const Matrix<R>& X, const R& t) const {
  return adjoint(X, std::vector<R>{t}).front();
}

template <Real R>
FactoredGradients<R> NeuralOde<R>::factored_gradients(const Matrix<R>& X, const Matrix<R>& c,
                                                      Tightness run) const {
  return of_run<R>(*this, X, c, run, [&](const auto& one) { return one.factors(X, c).gradients; });
}

template <Real R>
Approximation<R> NeuralOde<R>::estimated(const Matrix<R>& fine, const Matrix<R>& looser) const {
  return compared<R>(fine, looser, accuracy_);
}

template <Real R>
GradientRun<R> NeuralOde<R>::gradient_run(const Matrix<R>& X, const Matrix<R>& c) const {
  return run_gradient<R>(*this, X, c, Tightness::set);
}

template <Real R>
Gradient<R> NeuralOde<R>::gradient(const Matrix<R>& X, const Matrix<R>& c) const {
  const GradientRun<R> fine = gradient_run(X, c);
  const GradientRun<R> coarse = run_gradient<R>(*this, X, c, Tightness::looser);
  return {estimated(fine.v, coarse.v), estimated(fine.W, coarse.W), estimated(fine.U, coarse.U)};
}

#define GRONWALL_INSTANTIATE(...)                        \
  template __VA_ARGS__ default_tolerance<__VA_ARGS__>(); \
  template class NeuralOde<__VA_ARGS__>;
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::model
