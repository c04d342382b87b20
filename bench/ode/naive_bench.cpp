// The baseline: the classical Runge-Kutta method written as one would without a library, in three nested
// loops over plain arrays, in double, with a fixed number of steps.
#include <cmath>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/ode/integrator.hpp>

#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"

namespace gronwall::bench {
namespace {

using Array = std::vector<double>;

struct Naive {
  std::size_t n;
  Array W;  // row by row, scaled
  Array phi, k1, k2, k3, k4, moved;

  void slope(const Array& h, Array& out) {
    for (std::size_t i = 0; i < h.size(); ++i) phi[i] = std::tanh(h[i]);
    for (std::size_t j = 0; j < samples; ++j)
      for (std::size_t i = 0; i < n; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < n; ++k) sum += W[i * n + k] * phi[j * n + k];
        out[j * n + i] = sum;
      }
  }
  void shift(const Array& h, double by, const Array& k) {
    for (std::size_t i = 0; i < h.size(); ++i) moved[i] = h[i] + by * k[i];
  }
  void step(Array& h, double dt) {
    slope(h, k1);
    shift(h, dt / 2, k1);
    slope(moved, k2);
    shift(h, dt / 2, k2);
    slope(moved, k3);
    shift(h, dt, k3);
    slope(moved, k4);
    for (std::size_t i = 0; i < h.size(); ++i) h[i] += dt / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
};

void naive(benchmark::State& state, int n, int steps) {
  const Setting setting(n);
  const auto network = setting.network<double>();
  const Matrix<double> h0 = model::initial_state<double>(network, setting.inputs<double>());
  const std::size_t size = static_cast<std::size_t>(h0.size());
  Naive method{static_cast<std::size_t>(n),
               Array(static_cast<std::size_t>(n) * static_cast<std::size_t>(n)),
               Array(size),
               Array(size),
               Array(size),
               Array(size),
               Array(size),
               Array(size)};
  for (int i = 0; i < n; ++i)
    for (int k = 0; k < n; ++k)
      method.W[static_cast<std::size_t>(i * n + k)] =
          network.theta.W(i, k) / std::sqrt(static_cast<double>(n));
  Array h;
  const PeakMemory memory;
  for (auto _ : state) {
    h.assign(h0.data(), h0.data() + h0.size());
    for (int k = 0; k < steps; ++k) method.step(h, 1.0 / steps);
    benchmark::DoNotOptimize(h.data());
  }
  memory.report(state);
  ode::Control<double> control;
  control.rtol = 1e-14;
  const Matrix<double> exact = ode::integrator<double>("fehlberg-78")
                                   .integrate(right_hand_side<double>(network), h0, 0, {1.0}, control)
                                   .states[0];
  Matrix<double> reached(h0.rows(), h0.cols());
  for (std::size_t i = 0; i < size; ++i) reached.data()[i] = h[i];
  state.counters["right_hand_sides"] = 4.0 * steps;
  state.counters["steps"] = steps;
  state.counters["rejected"] = 0;
  state.counters["error"] = relative_error(reached, exact);
}

const bool registered = [] {
  for (const int n : {16, 64, 256})
    for (const int steps : {8, 32, 128, 512})
      cheap(benchmark::RegisterBenchmark(
          fmt::format("forward/double/naive-runge-kutta-4/n={}/steps={}", n, steps).c_str(),
          [=](benchmark::State& state) { naive(state, n, steps); }));
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
