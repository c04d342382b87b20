// The forward pass at many digits by the Taylor integrator on blocks, against what a user would write with
// the same libraries: a Taylor loop in MPFR numbers, and odeint's best stepper. With the crossover between
// loops and blocks.
#include <algorithm>
#include <cmath>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/ode/block_taylor.hpp>
#include <gronwall/series/composition.hpp>

#include "ode/forward.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

/// The classical Taylor method, number by number: recurrences for phi, products with A in a loop, the step of
/// Jorba and Zou, Horner's scheme. It keeps the end alone.
template <class R>
Matrix<R> taylor_loop(const Problem<R>& p, int digits, Cost& cost) {
  const Eigen::Index n = p.h0.rows(), N = p.h0.cols();
  const double bits = digits * std::log2(10.0);
  const int order = ode::taylor_order(bits, static_cast<long>(n));
  series::Composition<R> phi(p.field.phi, static_cast<long>(n * N), 0, order);
  Matrix<R> h = p.h0;
  R t(0);
  for (cost = {}; t < R(1); ++cost.steps) {
    std::vector<Matrix<R>> c{h};
    for (int k = 0; k < order; ++k, ++cost.products) {
      k == 0 ? phi.start(c[0].data()) : phi.push(c.back().data());
      const R* active = phi.coefficient(0, k);
      Matrix<R> next = Matrix<R>::Constant(n, N, R(0));
      for (Eigen::Index j = 0; j < N; ++j)
        for (Eigen::Index l = 0; l < n; ++l)
          for (Eigen::Index i = 0; i < n; ++i) next(i, j) += p.field.A(i, l) * active[j * n + l];
      const R divisor(k + 1);
      for (Eigen::Index e = 0; e < next.size(); ++e) next.data()[e] /= divisor;
      c.push_back(std::move(next));
    }
    const R remaining = R(1) - t;
    R step = real::from_double<R>(std::exp2(ode::log2_step<R>(c, -bits, -HUGE_VAL)));
    if (step > remaining) step = remaining;
    h = c.back();
    for (std::size_t k = c.size() - 1; k-- > 0;)
      for (Eigen::Index e = 0; e < h.size(); ++e) h.data()[e] = h.data()[e] * step + c[k].data()[e];
    t += step;
  }
  return h;
}

template <class R>
Matrix<R> in_blocks(const Problem<R>& p, int digits, Cost& cost) {
  ode::TaylorControl<R> control;
  control.rtol = power_of_ten<R>(digits);
  auto h = ode::solve_taylor_blocks<R>(p.field, p.h0, R(1), control, ode::Keep::end);
  cost = {h.evaluations, h.accepted, h.rejected};
  return std::move(h.end);
}

template <class R>
Matrix<R> by_method(const std::string& method, const Problem<R>& p, int digits, Cost& cost) {
  if (method == "block-taylor") return in_blocks<R>(p, digits, cost);
  if (method == "taylor-loop") return taylor_loop<R>(p, digits, cost);
  return solve<R>(p, method, power_of_ten<R>(digits), 50'000'000, cost);
}

/// |a - b| over |b|, both taken to `Fine`.
template <class R, class Fine>
double distance(const Matrix<R>& a, const Matrix<Fine>& b) {
  Matrix<Fine> apart(a.rows(), a.cols());
  for (Eigen::Index e = 0; e < a.size(); ++e) apart.data()[e] = Fine(a.data()[e]) - b.data()[e];
  return real::to_double<Fine>(
      Fine(linalg::frobenius_norm<Fine>(apart).value() / linalg::frobenius_norm<Fine>(b).value()));
}

/// Time and the error reached, in Fine, against a Taylor loop to five digits more.
template <class R, class Fine>
void many_digits(benchmark::State& state, const std::string& method, int n, int N, int digits) {
  const Problem<R>& p = problem<R>(n, N);
  Matrix<R> h;
  Cost cost;
  const PeakMemory memory;
  for (auto _ : state) {
    h = by_method<R>(method, p, digits, cost);
    benchmark::DoNotOptimize(h.data());
  }
  memory.report(state);
  static std::map<std::tuple<int, int, int>, Matrix<Fine>> references;
  Matrix<Fine>& exact = references[{n, N, digits}];
  Cost ignored;
  if (exact.size() == 0) exact = taylor_loop<Fine>(problem<Fine>(n, N), digits + 5, ignored);
  state.counters["right_hand_sides"] = static_cast<double>(cost.products);
  state.counters["steps"] = static_cast<double>(cost.steps);
  state.counters["error"] = distance<R, Fine>(h, exact);
}

template <class R, class Fine>
benchmark::internal::Benchmark* enter(const std::string& method, int n, int N, int digits) {
  return benchmark::RegisterBenchmark(
      fmt::format("digits-N{}/{}/{}/n={}/tol=1e-{}", N, real::Backend<R>::name, method, n, digits).c_str(),
      [=](benchmark::State& state) { many_digits<R, Fine>(state, method, n, N, digits); });
}

/// A row of the table: blocks against another method, both at the tolerance that is claimed.
template <class R>
void claim(const std::string& method, const std::string& called, int N, int digits, double at_least) {
  const auto name = [&](const std::string& m) {
    return fmt::format("digits-N{}/{}/{}/n=32/tol=1e-{}", N, real::Backend<R>::name, m, digits);
  };
  declare({.row = fmt::format("forward solve to 1e-{}, n = 32, N = {}, tanh", digits, N),
           .against = called,
           .ours = name("block-taylor"),
           .baseline = name(method),
           .at_least = at_least,
           .error = std::pow(10.0, -digits)});
}

const bool registered = [] {
  using Mp50 = real::Mpfr<50>;
  using Mp100 = real::Mpfr<100>;
  using Mp200 = real::Mpfr<200>;
  if (smoke()) {
    for (const char* method : {"block-taylor", "taylor-loop"}) {
      cheap(enter<Mp50, Mp100>(method, 4, 1, 45));
      cheap(enter<Mp100, Mp200>(method, 4, 1, 95));
    }
    return true;
  }
  // References of 16 samples at 200 digits take half a minute.
  const std::vector<int> at_100_digits = full() ? std::vector<int>{1, 16} : std::vector<int>{1};
  for (const int N : {1, 16}) {
    cheap(enter<Mp50, Mp100>("block-taylor", 32, N, 45));
    dear(enter<Mp50, Mp100>("taylor-loop", 32, N, 45));
    claim<Mp50>("taylor-loop", "Taylor loop in MPFR numbers", N, 45, 25);
    claim<Mp50>("bulirsch-stoer", "odeint's Bulirsch-Stoer at 50 digits", N, 45, 2000);
    if (full()) dear(enter<Mp50, Mp100>("bulirsch-stoer", 32, N, 45));
  }
  for (const int N : at_100_digits) {
    cheap(enter<Mp100, Mp200>("block-taylor", 32, N, 95));
    dear(enter<Mp100, Mp200>("taylor-loop", 32, N, 95));
    claim<Mp100>("taylor-loop", "Taylor loop in MPFR numbers", N, 95, 25);
  }
  // The crossover: from how many rows on blocks are faster.
  for (const int n : {2, 4, 8, 16}) {
    cheap(enter<Mp50, Mp100>("block-taylor", n, 1, 45));
    cheap(enter<Mp50, Mp100>("taylor-loop", n, 1, 45));
  }
  draw({.title = "Forward solve to 1e-45: Taylor in blocks over a Taylor loop",
        .variable = "n",
        .names = "digits-N1/*/block-taylor/n=*/*",
        .over = "digits-N1/*/taylor-loop/*/*"});
  if (full())
    for (const int n : {64, 96, 256}) {
      dear(enter<Mp50, Mp100>("block-taylor", n, 1, 45));
      dear(enter<Mp50, Mp100>("taylor-loop", n, 1, 45));
    }
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
