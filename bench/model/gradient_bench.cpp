// The gradient of a Neural ODE in all its parameters, every integrator x {double, mpfr50} x width x
// tolerance; and, as the baseline, the exact backward pass of the ResNet (Euler's method).
#include <map>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>
#include <gronwall/real/backends.hpp>

#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using real::Backend;

template <class R>
Matrix<R> ones() {
  return linalg::from_exact<R>(linalg::ExactMatrix::Ones(samples, 1));
}

template <class R>
R power_of_ten(int digits) {
  return R(R(1) / real::power(R(10), static_cast<unsigned>(digits)));
}

/// The W-gradient, to 13 digits.
const Matrix<double>& reference(int n) {
  static std::map<int, Matrix<double>> all;
  auto& entry = all[n];
  if (entry.size() == 0) {
    const Setting setting(n);
    const model::NeuralOde<double> model(setting.network<double>(), {"fehlberg-78", 1e-13, {}, {}});
    entry = model.gradient_run(setting.inputs<double>(), ones<double>()).W;
  }
  return entry;
}

template <class R>
void gradient(benchmark::State& state, const std::string& method, int n, int digits) {
  const Setting setting(n);
  const model::NeuralOde<R> model(setting.network<R>(), {method, power_of_ten<R>(digits), {}, {}});
  const Matrix<R> X = setting.inputs<R>(), c = ones<R>();
  model::GradientRun<R> run;
  for (auto _ : state) {
    try {
      run = model.gradient_run(X, c);
    } catch (const ode::StepCollapse& error) {
      state.SkipWithError(error.what());
      return;
    }
    benchmark::DoNotOptimize(run.W.data());
  }
  state.counters["right_hand_sides"] =
      static_cast<double>(run.forward_evaluations + run.backward_evaluations);
  state.counters["forward"] = static_cast<double>(run.forward_evaluations);
  state.counters["backward"] = static_cast<double>(run.backward_evaluations);
  state.counters["error"] = relative_error(linalg::to_double<R>(run.W), reference(n));
}

void resnet(benchmark::State& state, int n, int depth) {
  const Setting setting(n);
  const model::ResNet<double> model(setting.network<double>(), depth);
  const Matrix<double> X = setting.inputs<double>(), c = ones<double>();
  model::Gradient<double> out;
  for (auto _ : state) {
    out = model.gradient(X, c);
    benchmark::DoNotOptimize(out.W.value.data());
  }
  state.counters["right_hand_sides"] = 2.0 * depth;
  state.counters["forward"] = depth;
  state.counters["backward"] = depth;
  state.counters["error"] = relative_error(out.W.value, reference(n));
}

template <class R>
void enter(int n, const std::vector<std::string>& methods, const std::vector<int>& tolerances,
           bool repeated) {
  for (const std::string& method : methods)
    for (const int digits : tolerances) {
      auto* entry = benchmark::RegisterBenchmark(
          fmt::format("gradient/{}/{}/n={}/tol=1e-{}", Backend<R>::name, method, n, digits).c_str(),
          [=](benchmark::State& state) { gradient<R>(state, method, n, digits); });
      if (repeated)
        cheap(entry);
      else
        dear(entry);
    }
}

const bool registered = [] {
  // Methods without an embedded estimate solve the whole trajectory many times over: only those of high
  // order.
  const std::vector<std::string> fast{"adams-bashforth-moulton", "bulirsch-stoer", "cash-karp-54",
                                      "dormand-prince-5", "fehlberg-78"};
  const std::vector<std::string> few{"bulirsch-stoer", "fehlberg-78"};
  for (const int n : {16, 64, 256}) {
    enter<double>(n, fast, {3, 6, 9}, true);
    for (const int depth : {16, 64, 256})
      cheap(
          benchmark::RegisterBenchmark(fmt::format("gradient/double/resnet/n={}/depth={}", n, depth).c_str(),
                                       [=](benchmark::State& state) { resnet(state, n, depth); }));
  }
  enter<real::Mpfr<50>>(16, full() ? fast : few, {6, 11}, false);
  if (full()) {
    enter<real::Mpfr<50>>(64, few, {3, 6, 11}, false);
    enter<real::Mpfr<50>>(256, {"fehlberg-78"}, {3}, false);
    enter<double>(1024, fast, {3, 6, 9}, false);
    enter<real::Mpfr<100>>(16, few, {6, 11}, false);
  }
  return draw({.title = "Gradient in all parameters, double, tolerance 1e-6, N = 16",
               .variable = "n",
               .names = "gradient/double/*/n=*/tol=1e-6",
               .file = "gradient"});
}();

}  // namespace
}  // namespace gronwall::bench
