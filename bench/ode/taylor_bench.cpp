// The forward pass at the tolerances that Taylor series are for, by Taylor series and by the registry's two
// best methods, where they finish: time, products with W (right-hand sides), steps, and the error that was
// reached, against Taylor series of another order at a tolerance 10^4 times tighter.
#include <map>
#include <tuple>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/ode/taylor.hpp>
#include <gronwall/real/backends.hpp>

#include "support/network.hpp"
#include "support/profile.hpp"

namespace gronwall::bench {
namespace {

using real::Backend;

template <class R>
R power_of_ten(int digits) {
  return R(R(1) / real::power(R(10), static_cast<unsigned>(digits)));
}

/// The network of all benchmarks at width n, its first N samples.
template <class R>
struct Problem {
  Problem(int n, int N) : network(Setting(n).template network<R>()) {
    field = {network.phi, network.theta.W};
    field.A *= network.hidden_scale();
    h0 = model::initial_state<R>(network, Setting(n).template inputs<R>()).leftCols(N);
  }
  model::Network<R> network;
  ode::HiddenField<R> field;
  Matrix<R> h0;
};

struct Cost {
  long products = 0, steps = 0, rejected = 0;
};

template <class R>
Matrix<R> by_taylor(const Problem<R>& problem, const R& tolerance, int order, Cost& cost) {
  ode::TaylorControl<R> control;
  control.rtol = tolerance;
  control.order = order;
  const auto h = ode::solve_taylor<R>(problem.field, problem.h0, R(1), control);
  cost = {h.evaluations, h.accepted, h.rejected};
  return h.curve.at(R(1));
}

template <class R>
Matrix<R> by_integrator(const Problem<R>& problem, const std::string& method, const R& tolerance, long budget,
                        Cost& cost) {
  ode::Control<R> control;
  control.rtol = tolerance;
  control.budget = budget;
  const auto h = ode::integrator<R>(method).integrate(right_hand_side<R>(problem.network), problem.h0, R(0),
                                                      {R(1)}, control);
  cost = {h.evaluations, h.accepted, h.rejected};
  return h.states[0];
}

template <class R>
double error_of(const Matrix<R>& h, const Problem<R>& problem, int N, int digits) {
  static std::map<std::tuple<Eigen::Index, int, int>, Matrix<R>> all;
  Matrix<R>& exact = all[{h.rows(), N, digits}];
  if (exact.size() == 0) {
    Cost cost;
    const R tolerance = std::max<R>(power_of_ten<R>(digits + 4), R(R(16) * Backend<R>::unit_roundoff()));
    const int order = ode::taylor_order(digits * 3.33, static_cast<long>(h.rows())) * 5 / 4;
    exact = by_taylor<R>(problem, tolerance, order, cost);
  }
  const Matrix<R> apart = h - exact;
  return real::to_double<R>(
      R(linalg::frobenius_norm<R>(apart).value() / linalg::frobenius_norm<R>(exact).value()));
}

template <class R>
void forward(benchmark::State& state, const std::string& method, int n, int N, int digits, long budget) {
  const Problem<R> problem(n, N);
  const R tolerance = power_of_ten<R>(digits);
  Matrix<R> h;
  Cost cost;
  for (auto _ : state) {
    try {
      h = method == "taylor" ? by_taylor<R>(problem, tolerance, 0, cost)
                             : by_integrator<R>(problem, method, tolerance, budget, cost);
    } catch (const ode::StepCollapse&) {
      state.SkipWithError(fmt::format("needs more than {} right-hand sides", budget).c_str());
      return;
    }
    benchmark::DoNotOptimize(h.data());
  }
  state.counters["right_hand_sides"] = static_cast<double>(cost.products);
  state.counters["steps"] = static_cast<double>(cost.steps);
  state.counters["rejected"] = static_cast<double>(cost.rejected);
  state.counters["error"] = error_of<R>(h, problem, N, digits);
}

template <class R>
void enter(const std::string& method, int n, int N, int digits, long budget) {
  // The batch belongs to the kind: records and diagrams keep its rows apart.
  benchmark::RegisterBenchmark(
      fmt::format("samples-{}/{}/{}/n={}/tol=1e-{}", N, Backend<R>::name, method, n, digits).c_str(),
      [=](benchmark::State& state) { forward<R>(state, method, n, N, digits, budget); })
      ->Unit(benchmark::kMillisecond)
      ->Iterations(1);
}

const bool registered = [] {
  using Mp50 = real::Mpfr<50>;
  using Mp100 = real::Mpfr<100>;
  // Right-hand sides after which a method is given up: a second or two here, minutes in the full profile.
  for (const int N : {1, 16}) {
    const long budget = full() ? 2'000'000 / N : 15'000 / N;
    for (const int digits : {15, 30, 45}) {
      enter<Mp50>("taylor", 32, N, digits, budget);
      enter<Mp50>("bulirsch-stoer", 32, N, digits, budget);
      enter<Mp50>("fehlberg-78", 32, N, digits, budget);
    }
    enter<Mp100>("taylor", 32, N, 95, budget);
    enter<Mp100>("bulirsch-stoer", 32, N, 95, budget);
  }
  if (full())
    for (const int digits : {15, 45}) enter<Mp50>("taylor", 256, 1, digits, 0);
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
