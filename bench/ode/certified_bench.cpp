// Certified solutions: time against width, precision and horizon, with the relative radius that was proved.
// The network is that of the other benchmarks with sigma_w = 3/2 and one sample. `ns_per_n2_step` is the time
// in nanoseconds over n^2 and the number of steps: it must not grow with n.
#include <chrono>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/model/neural_ode.hpp>
#include <gronwall/real/bound.hpp>

#include "support/network.hpp"
#include "support/profile.hpp"

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
  for (auto _ : state) {
    const ode::CertifiedSolution h = ode.solution(x);
    radius = relative(h.at(h.horizon()));
    steps = h.pieces().size();
    products = h.products();
  }
  count(state, size, radius, steps, products);
}

void gradient(benchmark::State& state, const Size& size) {
  const real::Precision precision(size.bits);
  const model::NeuralOde<Ball> ode(network(size));
  const Matrix<Ball> x = one_input(size.n), one = Matrix<Ball>::Constant(1, 1, Ball(1));
  double radius = 0;
  for (auto _ : state) radius = relative(ode.gradient(x, one).W);
  state.counters["radius"] = radius;
}

void add(const std::string& kind, const Size& size, void (*run)(benchmark::State&, const Size&)) {
  benchmark::RegisterBenchmark(
      fmt::format("{}/ball/taylor-defect/n={}/bits={},T={:g}", kind, size.n, size.bits, size.horizon).c_str(),
      [size, run](benchmark::State& state) { run(state, size); })
      ->Unit(benchmark::kMillisecond)
      ->MinTime(0.02);
}

const bool registered = [] {
  std::vector<Size> sizes;
  for (const int n : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512})
    if (n <= 256 || full()) sizes.push_back({n, 64, 1});
  for (const long bits : {96L, 128L, 200L, 256L, 370L}) sizes.push_back({64, bits, 1});
  sizes.push_back({256, 200, 1});
  for (const double horizon : {3.0, 10.0})
    sizes.push_back({64, 64, horizon}), sizes.push_back({64, 128, horizon});
  for (const Size& size : sizes) add("certified-forward", size, forward);
  for (const int n : {4, 16, 64, 128}) add("certified-gradient", {n, 64, 1}, gradient);
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
