// The forward pass at many digits, n = 32, one sample and 16, by the Taylor integrator on blocks, against
// what a user would write with the same libraries: a Taylor loop in MPFR numbers, and odeint's best steppers,
// where they finish. With the crossover between loops and blocks. The batch belongs to the kind (samples-1,
// samples-16): records and diagrams keep its rows apart.
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
Matrix<R> by_method(const std::string& method, const Problem<R>& p, int digits, long budget, Cost& cost) {
  if (method == "block-taylor") return in_blocks<R>(p, digits, cost);
  if (method == "taylor-loop") return taylor_loop<R>(p, digits, cost);
  return solve<R>(p, method, power_of_ten<R>(digits), budget, cost);
}

/// |a - b| over |b|, both taken to `Fine`.
template <class R, class Fine>
double distance(const Matrix<R>& a, const Matrix<Fine>& b) {
  Matrix<Fine> apart(a.rows(), a.cols());
  for (Eigen::Index e = 0; e < a.size(); ++e) apart.data()[e] = Fine(a.data()[e]) - b.data()[e];
  return real::to_double<Fine>(
      Fine(linalg::frobenius_norm<Fine>(apart).value() / linalg::frobenius_norm<Fine>(b).value()));
}

/// By a Taylor loop in Fine to as many digits as R has.
template <class R, class Fine>
const Matrix<Fine>& fine_reference(int n, int N) {
  static std::map<std::pair<int, int>, Matrix<Fine>> all;
  Matrix<Fine>& exact = all[{n, N}];
  Cost ignored;
  if (exact.size() == 0) exact = taylor_loop<Fine>(problem<Fine>(n, N), real::Backend<R>::digits, ignored);
  return exact;
}

struct Case {
  std::string method;
  int n, N, digits;
  double seconds = 60;  ///< a stepper is given up after so many
};

/// Time and the error reached.
template <class R, class Fine>
void many_digits(benchmark::State& state, const Case& one) {
  const Problem<R>& p = problem<R>(one.n, one.N);
  static std::map<std::tuple<std::string, int, int>, Reach> all;
  Reach& reach = all[{one.method, one.n, one.N}];
  const long budget = right_hand_sides_in<R>(one.seconds, p);
  const std::string why = fmt::format("needs more than {} right-hand sides, {:g} s", budget, one.seconds);
  const bool stepper = one.method != "block-taylor" && one.method != "taylor-loop";
  const int order = stepper ? ode::integrator<R>(one.method).method().order : 0;
  if (!reach.allows(one.digits, order, budget)) return state.SkipWithError(why.c_str());
  Matrix<R> h;
  Cost cost;
  const PeakMemory memory;
  for (auto _ : state) {
    try {
      h = by_method<R>(one.method, p, one.digits, budget, cost);
    } catch (const ode::StepCollapse&) {
      reach.failed(one.digits);
      state.SkipWithError(why.c_str());
      return;
    }
    benchmark::DoNotOptimize(h.data());
  }
  memory.report(state);
  reach.took(one.digits, cost.products);
  state.counters["right_hand_sides"] = static_cast<double>(cost.products);
  state.counters["steps"] = static_cast<double>(cost.steps);
  state.counters["error"] = distance<R, Fine>(h, fine_reference<R, Fine>(one.n, one.N));
}

template <class R>
std::string name_of(const Case& one) {
  return fmt::format("samples-{}/{}/{}/n={}/tol=1e-{}", one.N, real::Backend<R>::name, one.method, one.n,
                     one.digits);
}

template <class R, class Fine>
benchmark::internal::Benchmark* enter(const Case& one, const std::string& name = "") {
  return benchmark::RegisterBenchmark((name.empty() ? name_of<R>(one) : name).c_str(),
                                      [one](benchmark::State& state) { many_digits<R, Fine>(state, one); });
}

/// A row of the table: blocks against another method, both at the tolerance that is claimed.
template <class R>
void claim(const std::string& method, const std::string& called, int N, int digits, double at_least,
           const std::string& limit = {}) {
  declare({.row = fmt::format("forward solve to 1e-{}, n = 32, N = {}, tanh", digits, N),
           .against = called,
           .ours = name_of<R>({"block-taylor", 32, N, digits}),
           .baseline = name_of<R>({method, 32, N, digits}),
           .at_least = at_least,
           .error = std::pow(10.0, -digits),
           .limit = limit});
}

using Mp50 = real::Mpfr<50>;
using Mp100 = real::Mpfr<100>;
using Mp200 = real::Mpfr<200>;

void n32(int N) {
  for (const int digits : {10, 15, 20, 30, 45}) {
    cheap(enter<Mp50, Mp100>({"block-taylor", 32, N, digits}));
    dear(enter<Mp50, Mp100>({"taylor-loop", 32, N, digits}));
  }
  claim<Mp50>(
      "taylor-loop", "Taylor loop in MPFR numbers", N, 45, 25,
      "by perf a third of the time is convolutions, a seventh room for two compositions fresh from the "
      "system, a tenth mpfr_tanh where a step starts; without the second it would be 27 x");
  claim<Mp50>(
      "bulirsch-stoer", "odeint's Bulirsch-Stoer at 50 digits", N, 45, 2000,
      "the stepper reads an entry of W once for all samples: 16 cost it 11 times what one costs, and blocks, "
      "whose step has to suit all samples (391 products each instead of 313), 27 times");
  // To 1e-45 Bulirsch and Stoer's method takes ten seconds for one sample, and a minute or two for 16.
  for (const int digits : {10, 15, 20, 30, 45})
    dear(enter<Mp50, Mp100>({"bulirsch-stoer", 32, N, digits, full() ? 300.0 : N == 1 ? 30.0 : 2.0}));
  for (const int digits : {10, 15, 20, 30})
    dear(enter<Mp50, Mp100>({"fehlberg-78", 32, N, digits, full() ? 10.0 : 2.0}));
  // References of 16 samples at 200 digits take half a minute.
  if (N == 1 || full()) {
    for (const int digits : {50, 70, 95}) cheap(enter<Mp100, Mp200>({"block-taylor", 32, N, digits}));
    for (const int digits : full() ? std::vector<int>{50, 70, 95} : std::vector<int>{95})
      dear(enter<Mp100, Mp200>({"taylor-loop", 32, N, digits}));
    claim<Mp100>("taylor-loop", "Taylor loop in MPFR numbers", N, 95, 25);
  }
}

const bool registered = [] {
  if (smoke()) {
    for (const char* method : {"block-taylor", "taylor-loop"}) {
      cheap(enter<Mp50, Mp100>({method, 4, 1, 45}));
      cheap(enter<Mp100, Mp200>({method, 4, 1, 95}));
    }
    dear(enter<Mp50, Mp100>({"bulirsch-stoer", 4, 1, 10}));
    return true;
  }
  for (const int N : {1, 16}) n32(N);
  // From how many rows on blocks are faster.
  for (const int n : full() ? std::vector<int>{2, 4, 8, 16, 32, 64, 128} : std::vector<int>{2, 4, 8, 16, 32})
    for (const char* method : {"block-taylor", "taylor-loop"}) {
      auto* entry =
          enter<Mp50, Mp100>({method, n, 1, 45}, fmt::format("crossover/mpfr50/{}/n={}/D=45", method, n));
      n < 32 ? cheap(entry) : dear(entry);
    }
  draw({.title = "Solve to 1e-45, N = 1: blocks over a loop",
        .variable = "n",
        .names = "crossover/mpfr50/block-taylor/n=*/*",
        .over = "crossover/*/taylor-loop/*/*"});
  return draw({.title = "Forward solve, n = 32, N = 1, 50 digits",
               .variable = "accuracy",
               .names = "samples-1/mpfr50/*/n=32/tol=*"});
}();

}  // namespace
}  // namespace gronwall::bench
