// The W-gradient at matched error, n = 256 and 1024, N = 16: the gradient of the discretised model and that
// of the continuous adjoint against odeint's Dormand-Prince method with the W-gradient in the state, as users
// of an ODE solver write it (Chen et al., Neural Ordinary Differential Equations, 2018, Algorithm 1):
// forwards, then h, lambda and the n x n integral backwards as one state. Tolerances are the loosest powers
// of sqrt 10 that reach the error asked for; the counter `error` says what was reached.
#include <cmath>
#include <map>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/numeric/odeint/integrate/integrate_adaptive.hpp>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <fmt/format.h>

#include <gronwall/model/neural_ode.hpp>

#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using D = Matrix<double>;

const Setting& setting(int n) {
  static std::map<int, Setting> all;
  return all.try_emplace(n, n).first->second;
}
D ones() { return D::Ones(samples, 1); }

model::NeuralOde<double> by(int n, const std::string& method, double tolerance, model::Adjoint adjoint) {
  model::Accuracy<double> accuracy;
  accuracy.method = method;
  accuracy.tolerance = tolerance;
  accuracy.adjoint = adjoint;
  return model::NeuralOde<double>(setting(n).network<double>(), accuracy);
}

/// By the continuous adjoint, to thirteen digits.
const D& reference(int n) {
  static std::map<int, D> all;
  D& entry = all[n];
  if (entry.size() == 0)
    entry = by(n, "fehlberg-78", 1e-13, model::Adjoint::continuous)
                .gradient_run(setting(n).inputs<double>(), ones())
                .W;
  return entry;
}

// ---------------------------------------------------------------- the baseline

/// A product and the activation, by what the user has at hand.
struct Kernels {
  void (*multiply)(D& out, const D& a, const D& b);
  void (*transpose_multiply)(D& out, const D& a, const D& b);
  void (*phi)(const D& h, D& out);
};
/// Eigen alone, compiled as this repository is: for any processor of the architecture.
const Kernels eigen{[](D& out, const D& a, const D& b) { out.noalias() = a * b; },
                    [](D& out, const D& a, const D& b) { out.noalias() = a.transpose() * b; },
                    [](const D& h, D& out) { out = h.array().tanh(); }};
/// The library's own products (OpenBLAS) and tanh (SLEEF): what then differs is the algorithm.
const Kernels shared{linalg::multiply_into<double>, linalg::transpose_multiply_into<double>,
                     [](const D& h, D& out) { activation::find("tanh").in<double>().value(h, out); }};

class InTheState {
 public:
  using State = std::vector<double>;

  InTheState(const Setting& of, const Kernels& kernels)
      : n_(of.n), W_(of.W), v_(of.v), scale_(1 / std::sqrt(of.n)), kernels_(kernels), size_(n_ * samples) {
    h0_ = of.U * of.X / std::sqrt(static_cast<double>(of.X.rows()));
    for (D* scratch : {&phi_, &product_, &adjoint_}) scratch->resize(n_, samples);
    outer_.resize(n_, n_);
  }

  D gradient(double tolerance) {
    namespace odeint = boost::numeric::odeint;
    const auto solve = [&](const auto& f, State& y) {
      odeint::integrate_adaptive(
          odeint::make_controlled<odeint::runge_kutta_dopri5<State>>(tolerance, tolerance), f, y, 0.0, 1.0,
          0.1);
    };
    evaluations = 0;
    State h(h0_.data(), h0_.data() + size_);
    solve([this](const State& y, State& dy, double) { forward(y.data(), dy.data(), 1); }, h);
    State all(static_cast<std::size_t>(2 * size_ + n_ * n_), 0.0);
    std::copy(h.begin(), h.end(), all.begin());
    Eigen::Map<D> lambda(all.data() + size_, n_, samples);
    kernels_.phi(Eigen::Map<const D>(h.data(), n_, samples), phi_);
    lambda = ((1 - phi_.array().square()).colwise() * v_.col(0).array()) * scale_;
    solve([this](const State& y, State& dy, double) { backward(y, dy); }, all);
    return Eigen::Map<const D>(all.data() + 2 * size_, n_, n_);
  }

  long evaluations = 0;

 private:
  void forward(const double* y, double* dy, double sign) {
    ++evaluations;
    kernels_.phi(Eigen::Map<const D>(y, n_, samples), phi_);
    kernels_.multiply(product_, W_, phi_);
    Eigen::Map<D>(dy, n_, samples) = sign * scale_ * product_;
  }
  /// In the time that is left: h' = -s W phi, lambda' = s phi' * W^T lambda, G' = s lambda phi^T.
  void backward(const State& y, State& dy) {
    forward(y.data(), dy.data(), -1);
    adjoint_ = Eigen::Map<const D>(y.data() + size_, n_, samples);
    kernels_.transpose_multiply(product_, W_, adjoint_);
    Eigen::Map<D>(dy.data() + size_, n_, samples) = scale_ * (1 - phi_.array().square()) * product_.array();
    const D turned = phi_.transpose();
    kernels_.multiply(outer_, adjoint_, turned);
    Eigen::Map<D>(dy.data() + 2 * size_, n_, n_) = scale_ * outer_;
  }

  Eigen::Index n_;
  D W_, v_, h0_;
  double scale_;
  const Kernels& kernels_;
  Eigen::Index size_;
  D phi_, product_, adjoint_, outer_;
};

void in_the_state(benchmark::State& state, int n, const Kernels& kernels, double tolerance) {
  InTheState solver(setting(n), kernels);
  D W;
  reference(n);
  const PeakMemory memory;
  for (auto _ : state) {
    W = solver.gradient(tolerance);
    benchmark::DoNotOptimize(W.data());
  }
  memory.report(state);
  state.counters["right_hand_sides"] = static_cast<double>(solver.evaluations);
  state.counters["error"] = relative_error(W, reference(n));
}

// ---------------------------------------------------------------- ours

void ours(benchmark::State& state, int n, const std::string& method, double tolerance,
          model::Adjoint adjoint) {
  const model::NeuralOde<double> model = by(n, method, tolerance, adjoint);
  const D X = setting(n).inputs<double>(), c = ones();
  model::GradientRun<double> run;
  reference(n);
  const PeakMemory memory;
  for (auto _ : state) {
    run = model.gradient_run(X, c);
    benchmark::DoNotOptimize(run.W.data());
  }
  memory.report(state);
  state.counters["right_hand_sides"] =
      static_cast<double>(run.forward_evaluations + run.backward_evaluations);
  state.counters["error"] = relative_error(run.W, reference(n));
}

/// For one error: the tolerances at which each way reaches it.
struct Matched {
  int digits;
  double in_state, dormand_prince, fehlberg, continuous;
};

template <class F>
std::string entered(const char* way, int n, int digits, bool slow, const F& f) {
  const std::string name = fmt::format("gradient/double/{}/n={}/error=1e-{}", way, n, digits);
  auto* entry = benchmark::RegisterBenchmark(name.c_str(), f);
  if (slow)
    dear(entry);
  else
    cheap(entry);
  return name;
}

void enter(int n, const Matched& at) {
  const bool slow = n > 256;
  const std::string baseline = entered("odeint-w-in-state", n, at.digits, slow, [=](benchmark::State& state) {
    in_the_state(state, n, eigen, at.in_state);
  });
  entered("odeint-w-in-state-blas", n, at.digits, slow,
          [=](benchmark::State& state) { in_the_state(state, n, shared, at.in_state); });
  const auto with = [&](const char* way, const char* method, double tolerance, model::Adjoint adjoint) {
    return entered(way, n, at.digits, false,
                   [=](benchmark::State& state) { ours(state, n, method, tolerance, adjoint); });
  };
  with("discrete-dormand-prince-5", "dormand-prince-5", at.dormand_prince, model::Adjoint::discrete);
  const std::string eight =
      with("discrete-fehlberg-78", "fehlberg-78", at.fehlberg, model::Adjoint::discrete);
  if (full() || n == 256)
    with("continuous-dormand-prince-5", "dormand-prince-5", at.continuous, model::Adjoint::continuous);
  if (at.digits != 6 && at.digits != 9) return;  // drawn, not claimed
  const double error = std::pow(10, -at.digits);
  declare({.row = fmt::format("gradient in double, n = {}, N = 16, error 1e-{}", n, at.digits),
           .against = "odeint Dormand-Prince, W-gradient in the state",
           .ours = eight,
           .baseline = baseline,
           .at_least = 5,
           .error = error});
}

const bool registered = [] {
  const std::vector<int> widths = smoke() ? std::vector<int>{256} : std::vector<int>{256, 1024};
  for (const int n : widths) {
    if (n == 256 || full()) enter(n, {3, 1e-3, 1e-3, 1e-3, 1e-2});
    enter(n, {6, 1e-6, 1e-6, 1e-6, 1e-3});
    enter(n, {9, 3e-9, 3e-9, n == 256 ? 1e-10 : 3e-10, 1e-6});
    if (n == 256 || full()) enter(n, {11, 3e-11, 3e-11, 1e-12, 1e-8});
    draw({.title = fmt::format("Gradient in double, n = {}, N = 16", n),
          .variable = "error",
          .names = fmt::format("gradient/double/*/n={}/error=*", n),
          .file = "gradient"});
  }
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
