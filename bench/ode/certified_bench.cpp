// Certified solutions: time against width, precision and horizon, with the relative radius that was proved.
// The network is that of the other benchmarks with sigma_w = 3/2 and one sample. `ns_per_n2_step` is the time
// in nanoseconds over n^2 and the number of steps: it must not grow with n.
//
// The baseline is what a user writes who has balls: the same polynomials of the same order on the same steps,
// in loops over numbers. It is spared the bounds of what the polynomials leave out.
#include <chrono>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/model/neural_ode.hpp>
#include <gronwall/real/bound.hpp>

#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using real::Ball;
using real::Bound;

struct Size {
  int n;
  long bits;
  double horizon;
};

model::Network<Ball> network(const Size& size) {
  model::Network<Ball> f = Setting(size.n).network<Ball>();
  f.sigma_w = Ball(1.5);
  f.horizon = Ball(size.horizon);
  return f;
}

Matrix<Ball> one_input(int n) { return linalg::from_exact<Ball>(Setting(n).X).leftCols(1); }

double relative(const linalg::Approximation<Ball>& a) {
  Bound radii;
  for (Eigen::Index k = 0; k < a.value.size(); ++k) {
    const Bound radius(a.value.data()[k].radius());
    radii.add_product(radius, radius);
  }
  const Bound radius = Bound(a.error) + real::sqrt(radii);
  return std::exp2(radius.log2() - real::norm_bound(a.value.data(), a.value.size()).log2());
}

void count(benchmark::State& state, const Size& size, double radius, std::size_t steps, long products) {
  state.counters["radius"] = radius;
  state.counters["steps"] = static_cast<double>(steps);
  state.counters["right_hand_sides"] = static_cast<double>(products);
  const double work = static_cast<double>(size.n) * size.n * static_cast<double>(steps) * 1e-9;
  state.counters["ns_per_n2_step"] =
      benchmark::Counter(work, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void forward(benchmark::State& state, const Size& size) {
  const real::Precision precision(size.bits);
  const model::NeuralOde<Ball> ode(network(size));
  const Matrix<Ball> x = one_input(size.n);
  double radius = 0;
  std::size_t steps = 0;
  long products = 0;
  const PeakMemory memory;
  for (auto _ : state) {
    const ode::CertifiedSolution h = ode.solution(x);
    radius = relative(h.at(h.horizon()));
    steps = h.pieces().size();
    products = h.products();
  }
  memory.report(state);
  count(state, size, radius, steps, products);
}

/// The coefficients of h and of phi(h) = tanh(h) on one step: h' = s W u, u' = (1 - u^2) h'.
class ScalarLoops {
 public:
  ScalarLoops(const Matrix<Ball>& w, const Ball& s, std::size_t order) : w_(w), s_(s), order_(order) {}

  Matrix<Ball> step(const Matrix<Ball>& from, const Ball& length) const {
    const auto n = static_cast<std::size_t>(from.rows());
    std::vector<std::vector<Ball>> h(n), u(n), slope(n);
    for (std::size_t i = 0; i < n; ++i) {
      h[i].push_back(from(static_cast<Eigen::Index>(i), 0));
      u[i].push_back(tanh(h[i][0]));
      slope[i].push_back(Ball(1) - u[i][0] * u[i][0]);
    }
    for (std::size_t j = 0; j < order_; ++j) {
      for (std::size_t i = 0; i < n; ++i)
        h[i].push_back(product(i, u, j) * s_ / Ball(static_cast<int>(j + 1)));
      for (std::size_t i = 0; i < n; ++i) extend(h[i], u[i], slope[i], j + 1);
    }
    Matrix<Ball> out(from.rows(), 1);
    for (std::size_t i = 0; i < n; ++i) {
      Ball sum = h[i].back();
      for (std::size_t j = order_; j-- > 0;) sum = sum * length + h[i][j];
      out(static_cast<Eigen::Index>(i), 0) = sum;
    }
    return out;
  }

 private:
  Ball product(std::size_t i, const std::vector<std::vector<Ball>>& u, std::size_t j) const {
    Ball sum;
    for (std::size_t k = 0; k < u.size(); ++k)
      sum += w_(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) * u[k][j];
    return sum;
  }

  /// Coefficient k of u and of 1 - u^2.
  static void extend(const std::vector<Ball>& h, std::vector<Ball>& u, std::vector<Ball>& slope,
                     std::size_t k) {
    Ball sum;
    for (std::size_t i = 1; i <= k; ++i) sum += Ball(static_cast<int>(i)) * h[i] * slope[k - i];
    u.push_back(sum / Ball(static_cast<int>(k)));
    Ball square;
    for (std::size_t i = 0; i <= k; ++i) square += u[i] * u[k - i];
    slope.push_back(-square);
  }

  const Matrix<Ball>& w_;
  Ball s_;
  std::size_t order_;
};

void scalar_loops(benchmark::State& state, const Size& size) {
  const real::Precision precision(size.bits);
  const model::Network<Ball> f = network(size);
  const ode::CertifiedSolution known = model::NeuralOde<Ball>(f).solution(one_input(size.n));
  const auto order = static_cast<std::size_t>(known.pieces().front().coefficients.cols() - 1);
  const ScalarLoops loops(f.theta.W, f.hidden_scale(), order);
  const Matrix<Ball> start = known.pieces().front().coefficients.col(0);
  Matrix<Ball> h;
  const PeakMemory memory;
  for (auto _ : state) {
    h = start;
    for (const ode::CertifiedPiece& piece : known.pieces()) {
      h = loops.step(h, piece.length);
      for (Eigen::Index i = 0; i < h.size(); ++i) h.data()[i] = h.data()[i].midpoint();
    }
  }
  memory.report(state);
  const linalg::Approximation<Ball> end = known.at(known.horizon());
  const Matrix<Ball> apart = h - end.value;
  state.counters["difference"] = std::exp2(real::norm_bound(apart.data(), apart.size()).log2() -
                                           real::norm_bound(h.data(), h.size()).log2());
  state.counters["steps"] = static_cast<double>(known.pieces().size());
  state.counters["right_hand_sides"] = static_cast<double>(known.pieces().size() * order);
}

void gradient(benchmark::State& state, const Size& size) {
  const real::Precision precision(size.bits);
  const model::NeuralOde<Ball> ode(network(size));
  const Matrix<Ball> x = one_input(size.n), one = Matrix<Ball>::Constant(1, 1, Ball(1));
  double radius = 0;
  const PeakMemory memory;
  for (auto _ : state) radius = relative(ode.gradient(x, one).W);
  memory.report(state);
  state.counters["radius"] = radius;
}

void add(const std::string& kind, const std::string& method, const Size& size,
         void (*run)(benchmark::State&, const Size&)) {
  benchmark::RegisterBenchmark(
      fmt::format("{}/ball/{}/n={}/bits={},T={:g}", kind, method, size.n, size.bits, size.horizon).c_str(),
      [size, run](benchmark::State& state) { run(state, size); })
      ->Unit(benchmark::kMillisecond)
      ->MinTime(0.3);
}

const bool registered = [] {
  std::vector<Size> sizes;
  for (const int n : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512}) sizes.push_back({n, 64, 1});
  for (const long bits : {96L, 128L, 200L, 256L, 370L}) sizes.push_back({64, bits, 1});
  sizes.push_back({256, 200, 1});
  for (const double horizon : {3.0, 10.0})
    sizes.push_back({64, 64, horizon}), sizes.push_back({64, 128, horizon});
  for (const Size& size : sizes) add("certified-forward", "taylor-defect", size, forward);
  for (const int n : {4, 64, 512}) add("certified-forward", "scalar-loops", {n, 64, 1}, scalar_loops);
  for (const int n : {4, 16, 64, 128}) add("certified-gradient", "taylor-defect", {n, 64, 1}, gradient);
  for (const auto& [n, ratio] : {std::pair{64, 5.0}, std::pair{512, 15.0}})
    declare(
        {.row = fmt::format("certified solve, n = {}, T = 1, radius <= 1e-15", n),
         .against = "loops over balls",
         .ours = fmt::format("certified-forward/ball/taylor-defect/n={}/bits=64,T=1", n),
         .baseline = fmt::format("certified-forward/ball/scalar-loops/n={}/bits=64,T=1", n),
         .at_least = ratio,
         .error = 1e-15,
         .limit =
             n == 64
                 ? "by perf a third of the time is Arb's dot products in the convolutions of tanh, of which "
                   "the baseline needs as many; products with W are a twelfth, bounds on discs and carried "
                   "errors a sixth, fresh memory a tenth: without the last it would be 5 x"
                 : "by perf a quarter of the time is convolutions by Arb's dot products, of which the "
                   "baseline needs as many, a seventh products in fixed point, a seventh pages fresh from "
                   "the system (W's copy is 12 MB), a tenth the proof of ||W||: these n^2 and n^3 operations "
                   "are done once, and each costs as much as several steps"});
  draw({.title = "Certified forward solve, 64 bits, T = 1",
        .variable = "n",
        .names = "certified-forward/ball/*/n=*/bits=64,T=1"});
  return draw({.title = "Certified forward solve, n = 64, T = 1",
               .variable = "bits",
               .names = "certified-forward/ball/taylor-defect/n=64/bits=*,T=1"});
}();

}  // namespace
}  // namespace gronwall::bench
