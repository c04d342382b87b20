#pragma once

#include <algorithm>
#include <cmath>
#include <ctime>
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
Matrix<R> by_taylor(const Problem<R>& p, const R& tolerance, int order, Cost& cost) {
  ode::TaylorControl<R> control;
  control.rtol = tolerance;
  control.order = order;
  const auto h = ode::solve_taylor<R>(p.field, p.h0, R(1), control);
  cost = {h.evaluations, h.accepted, h.rejected};
  return h.curve.at(R(1));
}

/// By "taylor" or by a method of the registry, which throws ode::StepCollapse beyond its budget of right-hand
/// sides.
template <class R>
Matrix<R> solve(const Problem<R>& p, const std::string& method, const R& tolerance, long budget, Cost& cost) {
  if (method == "taylor") return by_taylor<R>(p, tolerance, 0, cost);
  ode::Control<R> control;
  control.rtol = tolerance;
  control.budget = budget;
  const auto h = ode::integrator<R>(method).integrate(p.f, p.h0, R(0), {R(1)}, control);
  cost = {h.evaluations, h.accepted, h.rejected};
  return h.states[0];
}

/// h_T by Taylor series of another order, as finely as R has digits.
template <class R>
const Matrix<R>& reference(const Problem<R>& p) {
  static std::map<std::pair<int, int>, Matrix<R>> all;
  Matrix<R>& exact = all[{p.n, p.N}];
  if (exact.size() == 0) {
    Cost cost;
    const int order = ode::taylor_order(real::Backend<R>::digits * 3.33, p.n) * 5 / 4;
    exact = by_taylor<R>(p, R(R(16) * real::Backend<R>::unit_roundoff()), order, cost);
  }
  return exact;
}

/// The error of h relative to |h_T|. Up to 11 digits a reference in double does for every backend: inputs are
/// the same numbers in all of them.
template <class R>
double error_of(const Matrix<R>& h, const Problem<R>& p, int digits) {
  if (digits <= 11 || std::is_same_v<R, double>)
    return relative_error(linalg::to_double<R>(h), reference<double>(problem<double>(p.n, p.N)));
  const Matrix<R>& exact = reference<R>(p);
  const Matrix<R> apart = h - exact;
  return real::to_double<R>(
      R(linalg::frobenius_norm<R>(apart).value() / linalg::frobenius_norm<R>(exact).value()));
}

/// How many right-hand sides fit into so many seconds (of the processor, whatever else it does): one at
/// least.
template <class R>
long right_hand_sides_in(double seconds, const Problem<R>& p) {
  static std::map<std::pair<int, int>, double> seconds_each;
  double& each = seconds_each[{p.n, p.N}];
  if (each == 0) {
    const std::clock_t first = std::clock();
    const auto since = [first] { return static_cast<double>(std::clock() - first) / CLOCKS_PER_SEC; };
    Matrix<R> slope;
    long count = 0;
    for (; since() < 0.02; ++count) p.f(p.h0, slope, R(0));
    each = since() / static_cast<double>(count);
  }
  return std::max(1L, static_cast<long>(seconds / each));
}

/// Which tolerances of a method are out of reach, known from the looser ones that were tried first.
class Reach {
 public:
  /// Whether a method of order p that needed `products` at its last tolerance can reach 10^-digits within a
  /// budget: right-hand sides grow like tolerance^(-1/p), and only by half that exponent before any attempt
  /// is spared, extrapolation being of higher order than it says.
  bool allows(int digits, int order, long budget) const {
    if (hopeless_ != 0 && digits >= hopeless_) return false;
    return order == 0 || products_ == 0 ||
           static_cast<double>(products_) * std::pow(10.0, 0.5 * (digits - digits_) / order) <=
               static_cast<double>(budget);
  }
  void failed(int digits) { hopeless_ = digits; }
  void took(int digits, long products) { digits_ = digits, products_ = products; }

 private:
  int hopeless_ = 0, digits_ = 0;
  long products_ = 0;
};

/// One method at one tolerance, given up where it needs more right-hand sides than fit into `seconds`.
template <class R>
void forward(benchmark::State& state, const std::string& method, int n, int N, int digits, double seconds) {
  static std::map<std::tuple<std::string, int, int>, Reach> all;
  Reach& reach = all[{method, n, N}];
  if (late(100, 700)) return state.SkipWithError("the time of the profile is over");
  const Problem<R>& p = problem<R>(n, N);
  const long budget = right_hand_sides_in<R>(seconds, p);
  const std::string why = fmt::format("needs more than {} right-hand sides, {:g} s", budget, seconds);
  const int order = method == "taylor" ? 0 : ode::integrator<R>(method).method().order;
  if (!reach.allows(digits, order, budget)) return state.SkipWithError(why.c_str());
  Matrix<R> h;
  Cost cost;
  const PeakMemory memory;
  for (auto _ : state) {
    try {
      h = solve<R>(p, method, power_of_ten<R>(digits), budget, cost);
    } catch (const ode::StepCollapse&) {
      reach.failed(digits);
      state.SkipWithError(why.c_str());
      return;
    } catch (const Error& error) {
      state.SkipWithError(error.what());
      return;
    }
    benchmark::DoNotOptimize(h.data());
  }
  memory.report(state);
  reach.took(digits, cost.products);
  state.counters["right_hand_sides"] = static_cast<double>(cost.products);
  state.counters["steps"] = static_cast<double>(cost.steps);
  state.counters["rejected"] = static_cast<double>(cost.rejected);
  state.counters["error"] = error_of<R>(h, p, digits);
}

}  // namespace gronwall::bench
