#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/ode/taylor.hpp>
#include <gronwall/real/backends.hpp>

#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"

/// Forward solves of the network of all benchmarks to a tolerance, and what they cost and reach.
namespace gronwall::bench {

template <class R>
R power_of_ten(int digits) {
  return R(R(1) / real::power(R(10), static_cast<unsigned>(digits)));
}

/// Width n, the first N samples.
template <class R>
struct Problem {
  Problem(int width, int count)
      : n(width), N(count), network(Setting(n).template network<R>()), f(right_hand_side<R>(network)) {
    field = {network.phi, network.theta.W};
    field.A *= network.hidden_scale();
    h0 = model::initial_state<R>(network, Setting(n).template inputs<R>()).leftCols(N);
  }
  int n, N;
  model::Network<R> network;
  ode::RightHandSide<R> f;
  ode::HiddenField<R> field;
  Matrix<R> h0;
};

/// Made once for each width and number of samples.
template <class R>
const Problem<R>& problem(int n, int N) {
  static std::map<std::pair<int, int>, std::unique_ptr<Problem<R>>> all;
  auto& entry = all[{n, N}];
  if (!entry) entry = std::make_unique<Problem<R>>(n, N);
  return *entry;
}

struct Cost {
  long products = 0, steps = 0, rejected = 0;
};

template <class R>
Matrix<R> by_taylor(const Problem<R>& p, const R& tolerance, int order, long budget, Cost& cost) {
  ode::TaylorControl<R> control;
  control.rtol = tolerance;
  control.order = order;
  control.budget = budget;
  const auto h = ode::solve_taylor<R>(p.field, p.h0, R(1), control);
  cost = {h.evaluations, h.accepted, h.rejected};
  return h.curve.at(R(1));
}

/// By "taylor" or by a method of the registry. Throws ode::StepCollapse beyond the budget of right-hand
/// sides.
template <class R>
Matrix<R> solve(const Problem<R>& p, const std::string& method, const R& tolerance, long budget, Cost& cost) {
  if (method == "taylor") return by_taylor<R>(p, tolerance, 0, budget, cost);
  ode::Control<R> control;
  control.rtol = tolerance;
  control.budget = budget;
  const auto h = ode::integrator<R>(method).integrate(p.f, p.h0, R(0), {R(1)}, control);
  cost = {h.evaluations, h.accepted, h.rejected};
  return h.states[0];
}

/// h_T by Taylor series of another order, to four digits more, or as many as R has.
template <class R>
const Matrix<R>& reference(const Problem<R>& p, int digits) {
  static std::map<std::tuple<int, int, int>, Matrix<R>> all;
  Matrix<R>& exact = all[{p.n, p.N, digits}];
  if (exact.size() == 0) {
    Cost cost;
    const R tolerance =
        std::max<R>(power_of_ten<R>(digits + 4), R(R(16) * real::Backend<R>::unit_roundoff()));
    const int order = ode::taylor_order(digits * 3.33, p.n) * 5 / 4;
    exact = by_taylor<R>(p, tolerance, order, ode::TaylorControl<R>().budget, cost);
  }
  return exact;
}

/// The error of h relative to |h_T|. Up to 11 digits a reference in double does for every backend: inputs are
/// the same numbers in all of them.
template <class R>
double error_of(const Matrix<R>& h, const Problem<R>& p, int digits) {
  if (digits <= 11 || std::is_same_v<R, double>)
    return relative_error(linalg::to_double<R>(h), reference<double>(problem<double>(p.n, p.N), 15));
  const Matrix<R>& exact = reference<R>(p, digits);
  const Matrix<R> apart = h - exact;
  return real::to_double<R>(
      R(linalg::frobenius_norm<R>(apart).value() / linalg::frobenius_norm<R>(exact).value()));
}

/// How many right-hand sides fit into so many seconds: one at least.
template <class R>
long right_hand_sides_in(double seconds, const Problem<R>& p) {
  static std::map<std::pair<int, int>, double> seconds_each;
  double& each = seconds_each[{p.n, p.N}];
  if (each == 0) {
    using Clock = std::chrono::steady_clock;
    const auto since = [](Clock::time_point start) {
      return std::chrono::duration<double>(Clock::now() - start).count();
    };
    const Clock::time_point first = Clock::now();
    Matrix<R> slope;
    each = seconds;
    do {
      const Clock::time_point start = Clock::now();
      p.f(p.h0, slope, R(0));
      each = std::min(each, std::max(since(start), 1e-9));
    } while (since(first) < 0.02);
  }
  return std::max(1L, static_cast<long>(seconds / each));
}

/// One method at one tolerance, given up where it needs longer than `seconds`, or did at a looser tolerance.
template <class R>
void forward(benchmark::State& state, const std::string& method, int n, int N, int digits, double seconds) {
  static std::map<std::tuple<std::string, int, int>, int> given_up;  // at so many digits
  int& hopeless = given_up[{method, n, N}];
  const std::string why = fmt::format("needs more than {:g} s", seconds);
  if (hopeless != 0 && digits >= hopeless) return state.SkipWithError(why.c_str());
  const Problem<R>& p = problem<R>(n, N);
  const long budget = right_hand_sides_in<R>(seconds, p);
  Matrix<R> h;
  Cost cost;
  const PeakMemory memory;
  for (auto _ : state) {
    try {
      h = solve<R>(p, method, power_of_ten<R>(digits), budget, cost);
    } catch (const ode::StepCollapse&) {
      hopeless = digits;
      state.SkipWithError(why.c_str());
      return;
    }
    benchmark::DoNotOptimize(h.data());
  }
  memory.report(state);
  state.counters["right_hand_sides"] = static_cast<double>(cost.products);
  state.counters["steps"] = static_cast<double>(cost.steps);
  state.counters["rejected"] = static_cast<double>(cost.rejected);
  state.counters["error"] = error_of<R>(h, p, digits);
}

}  // namespace gronwall::bench
