// The forward pass of a Neural ODE, every integrator x {double, mpfr50} x width x tolerance: time, right-hand
// sides, steps, and the error that was reached, against a run at a tighter tolerance computed once per width.
#include <map>
#include <memory>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/ode/solve.hpp>
#include <gronwall/real/backends.hpp>

#include "support/network.hpp"
#include "support/profile.hpp"

namespace gronwall::bench {
namespace {

using real::Backend;

/// What a width and a precision need to be prepared once.
template <class R>
struct Prepared {
  explicit Prepared(int n) : network(Setting(n).template network<R>()), f(right_hand_side<R>(network)) {
    h0 = model::initial_state<R>(network, Setting(n).template inputs<R>());
  }

  Matrix<R> run(const std::string& method, const ode::Control<R>& control, ode::Solution<R>& cost) const {
    cost = ode::integrator<R>(method).integrate(f, h0, R(0), {R(1)}, control);
    return cost.states[0];
  }

  model::Network<R> network;
  ode::RightHandSide<R> f;
  Matrix<R> h0;
};

template <class R>
const Prepared<R>& prepared(int n) {
  static std::map<int, std::unique_ptr<Prepared<R>>> all;
  auto& entry = all[n];
  if (!entry) entry = std::make_unique<Prepared<R>>(n);
  return *entry;
}

template <class R>
R power_of_ten(int digits) {
  return R(R(1) / real::power(R(10), static_cast<unsigned>(digits)));
}

/// h_T by Fehlberg's method, to `digits` digits.
template <class R>
const Matrix<R>& reference(int n, int digits) {
  static std::map<std::pair<int, int>, Matrix<R>> all;
  auto& entry = all[{n, digits}];
  if (entry.size() == 0) {
    ode::Control<R> control;
    control.rtol = power_of_ten<R>(digits);
    ode::Solution<R> cost;
    entry = prepared<R>(n).run("fehlberg-78", control, cost);
  }
  return entry;
}

/// The error of h relative to |h_T|. Up to 11 digits a reference in double does for every backend: inputs are
/// the same numbers in all of them.
template <class R>
double error_of(const Matrix<R>& h, int n, int digits) {
  if (digits <= 11 || std::is_same_v<R, double>)
    return relative_error(linalg::to_double<R>(h), reference<double>(n, 14));
  const Matrix<R>& exact = reference<R>(n, digits + 4);
  const Matrix<R> apart = h - exact;
  return real::to_double<R>(
      R(linalg::frobenius_norm<R>(apart).value() / linalg::frobenius_norm<R>(exact).value()));
}

template <class R>
void forward(benchmark::State& state, const std::string& method, int n, int digits, long budget) {
  const Prepared<R>& problem = prepared<R>(n);
  ode::Control<R> control;
  control.rtol = power_of_ten<R>(digits);
  control.budget = budget;
  ode::Solution<R> cost;
  Matrix<R> h;
  for (auto _ : state) {
    try {
      h = problem.run(method, control, cost);
    } catch (const ode::StepCollapse&) {
      state.SkipWithError(fmt::format("needs more than {} right-hand sides", budget).c_str());
      return;
    }
    benchmark::DoNotOptimize(h.data());
  }
  state.counters["right_hand_sides"] = static_cast<double>(cost.evaluations);
  state.counters["steps"] = static_cast<double>(cost.accepted);
  state.counters["rejected"] = static_cast<double>(cost.rejected);
  state.counters["error"] = error_of<R>(h, n, digits);
}

/// What is measured for one precision and width: the tolerances, and after how many right-hand sides a method
/// is given up.
struct Range {
  int n;
  std::vector<int> digits;
  long budget;
};

template <class R>
void enter(const std::vector<Range>& ranges, bool repeated) {
  for (const Range& range : ranges)
    for (const std::string& method : ode::integrator_names())
      for (const int digits : range.digits) {
        auto* entry = benchmark::RegisterBenchmark(
            fmt::format("forward/{}/{}/n={}/tol=1e-{}", Backend<R>::name, method, range.n, digits).c_str(),
            [=](benchmark::State& state) { forward<R>(state, method, range.n, digits, range.budget); });
        entry->Unit(benchmark::kMillisecond);
        if (repeated)
          entry->MinTime(0.02);
        else
          entry->Iterations(1);
      }
}

const bool registered = [] {
  if (full()) {
    enter<double>({{16, {3, 5, 7, 9, 11, 13}, 5'000'000},
                   {64, {3, 5, 7, 9, 11, 13}, 500'000},
                   {256, {3, 5, 7, 9, 11, 13}, 50'000}},
                  true);
    enter<real::Mpfr<50>>({{16, {3, 6, 9, 12, 16, 20, 25, 30, 35, 40}, 50'000},
                           {64, {3, 6, 9, 12, 16, 20, 25}, 5'000},
                           {256, {3, 6, 9}, 500}},
                          false);
  } else {
    enter<double>({{16, {3, 6, 9, 12}, 200'000}, {64, {3, 6, 9, 12}, 20'000}, {256, {3, 6, 9, 12}, 2'000}},
                  true);
    enter<real::Mpfr<50>>({{16, {6, 12, 20}, 3'000}, {64, {6, 11}, 400}, {256, {3}, 60}}, false);
  }
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
