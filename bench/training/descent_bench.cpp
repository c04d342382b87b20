// A step of full-batch gradient descent against the width n, N = 16: the Neural ODE by Dormand and Prince's
// method at two tolerances, by the gradient of the discretised model (discrete) or the adjoint equation
// (tolerance), the ResNet; and the naive way, one gradient a sample.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/training/record.hpp>

#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using training::Problem;
using training::Schedule;
using training::Training;

constexpr long dimension = 8;

/// tanh, all scales 1, T = 1, unit vectors as inputs, residuals of order one at the start, and a step size at
/// which the loss decreases.
template <class R>
Problem<R> problem_of(long n) {
  const model::Parameters<double> theta = model::gaussian_parameters(n, dimension, 1);
  linalg::ExactMatrix inputs = model::gaussian_parameters(samples, dimension, 2).U.transpose();
  for (Eigen::Index j = 0; j < inputs.cols(); ++j) inputs.col(j) /= inputs.col(j).norm();
  Problem<R> out{
      {activation::find("tanh"),
       {linalg::from_exact<R>(theta.v), linalg::from_exact<R>(theta.W), linalg::from_exact<R>(theta.U)}},
      linalg::from_exact<R>(inputs),
      Matrix<R>::Constant(samples, 1, R(1))};
  out.labels_at_start = true;
  out.eta = R(1) / R(8);
  return out;
}

struct Way {
  const char* name;
  double tolerance;  ///< 0: a ResNet of depth 16
  model::Adjoint adjoint;
};
constexpr Way fine{"tolerance-1e-6", 0x1p-20, model::Adjoint::continuous};
constexpr Way coarse{"tolerance-1e-3", 0x1p-10, model::Adjoint::continuous};
constexpr Way discrete_fine{"discrete-1e-6", 0x1p-20, model::Adjoint::discrete};
constexpr Way discrete{"discrete-1e-3", 0x1p-10, model::Adjoint::discrete};
constexpr Way resnet{"resnet-16", 0, model::Adjoint::continuous};

template <class R>
Training<R> trained(Problem<R> problem, const Way& way, long steps) {
  Schedule<R> schedule;
  schedule.steps = steps;
  schedule.every = steps;
  schedule.spectra = false;
  schedule.accuracy.method = "dormand-prince-5";
  schedule.accuracy.adjoint = way.adjoint;
  if (way.tolerance > 0)
    schedule.accuracy.tolerance = real::from_double<R>(way.tolerance);
  else
    problem.depth = 16;
  return training::train<R>(problem, schedule);
}

/// `steps` steps; the time of one is that divided by steps + 1, theta^0 and the last theta being evaluated
/// too.
template <class R>
void measure(benchmark::State& state, const Way& way, long n, long steps) {
  const Problem<R> problem = problem_of<R>(n);
  Training<R> t;
  const PeakMemory memory;
  for (auto _ : state) {
    t = trained<R>(problem, way, steps);
    benchmark::DoNotOptimize(t.last.W.data());
  }
  memory.report(state);
  using Counter = benchmark::Counter;
  state.counters["seconds_a_step"] =
      Counter(static_cast<double>(steps + 1), Counter::kIsIterationInvariantRate | Counter::kInvert);
  state.counters["loss_ratio"] = real::to_double<R>(R(t.records.back().loss / t.records.front().loss));
}

/// The gradient of the loss from one call of `gradient` a sample, with its error: what a step costs without
/// this room.
template <class R>
void naive(benchmark::State& state, long n) {
  const Problem<R> problem = problem_of<R>(n);
  model::Accuracy<R> accuracy;
  accuracy.method = "dormand-prince-5";
  accuracy.tolerance = real::from_double<R>(0x1p-20);
  const model::Network<R>& f = problem.start;
  const PeakMemory memory;
  for (auto _ : state) {
    const model::NeuralOde<R> model(f, accuracy);
    model::Parameters<R> next = f.theta;
    for (Eigen::Index j = 0; j < problem.X.cols(); ++j) {
      const Matrix<R> x = problem.X.col(j), one = Matrix<R>::Constant(1, 1, R(1));
      const model::Gradient<R> g = model.gradient(x, one);
      next.v -= Matrix<R>(g.v.value * problem.eta);
      next.W -= Matrix<R>(g.W.value * problem.eta);
      next.U -= Matrix<R>(g.U.value * problem.eta);
    }
    benchmark::DoNotOptimize(next.W.data());
  }
  memory.report(state);
  using Counter = benchmark::Counter;
  state.counters["seconds_a_step"] = Counter(1.0, Counter::kIsIterationInvariantRate | Counter::kInvert);
}

/// A few steps: the two records, whose power iterations read W a hundred times, are part of the time.
template <class R>
void enter(long n, const std::vector<Way>& ways, bool with_naive) {
  const auto named = [n](const char* way) {
    return fmt::format("descent/{}/{}/n={}/N={}", real::Backend<R>::name, way, n, samples);
  };
  const long steps = smoke() ? 1 : 10;
  const bool slow = n > 256 || !std::is_same_v<R, double>;
  const auto dressed = [slow](benchmark::internal::Benchmark* entry) { slow ? dear(entry) : cheap(entry); };
  for (const Way& way : ways)
    dressed(benchmark::RegisterBenchmark(named(way.name).c_str(),
                                         [=](benchmark::State& state) { measure<R>(state, way, n, steps); }));
  if (with_naive)
    dressed(benchmark::RegisterBenchmark(named("naive").c_str(),
                                         [=](benchmark::State& state) { naive<R>(state, n); }));
}

const bool registered = [] {
  const std::vector<Way> all{fine, coarse, discrete_fine, discrete, resnet};
  enter<double>(64, all, true);
  enter<double>(256, all, true);
  enter<real::Mpfr<50>>(16, {coarse, discrete, resnet}, true);
  draw({.title = "Ten steps of descent, double, N = 16",
        .variable = "n",
        .names = "descent/double/*-*/n=*/N=16"});
  if (smoke()) return true;
  enter<double>(1024, full() ? all : std::vector<Way>{coarse, discrete}, full());
  if (full()) enter<double>(2048, {coarse, discrete_fine, discrete, resnet}, false);
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
