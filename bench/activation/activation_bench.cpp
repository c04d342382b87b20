// phi and phi' of a block of 256 x 16 doubles, against a loop over the C library's functions.
#include <cmath>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/activation/activation.hpp>

#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

constexpr int rows = 256;

Matrix<double> block() { return Draws(1).normal(rows, samples); }

void report(benchmark::State& state) {
  state.counters["seconds_a_number"] = benchmark::Counter(
      rows * samples, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// |out - phi(x)|_F / |phi(x)|_F, phi at 50 digits.
double error_of(const std::string& name, const Matrix<double>& x, const Matrix<double>& out) {
  using R = real::Mpfr<50>;
  Matrix<R> exact;
  activation::find(name).in<R>().value(linalg::from_exact<R>(x), exact);
  const Matrix<R> apart = linalg::from_exact<R>(out) - exact;
  return linalg::to_double<R>(apart).norm() / linalg::to_double<R>(exact).norm();
}

void ours(benchmark::State& state, const std::string& name, int order) {
  const activation::Activation phi = activation::find(name);
  const activation::Functions<double>& f = phi.in<double>();
  const Matrix<double> x = block();
  Matrix<double> out(rows, samples), slope(rows, samples);
  const PeakMemory memory;
  for (auto _ : state) {
    if (order == 0) f.value(x, out);
    if (order == 1) f.derivative(x, out);
    if (order == 2) f.value_and_derivative(x.data(), out.data(), slope.data(), x.size());
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  memory.report(state);
  report(state);
  if (order != 1) state.counters["error"] = error_of(name, x, out);
}

using Function = double (*)(double);
void loop(benchmark::State& state, const std::string& name, Function f) {
  const Matrix<double> x = block();
  Matrix<double> out(rows, samples);
  const PeakMemory memory;
  for (auto _ : state) {
    for (Eigen::Index k = 0; k < x.size(); ++k) out.data()[k] = f(x.data()[k]);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  memory.report(state);
  report(state);
  state.counters["error"] = error_of(name, x, out);
}

struct Plain {
  const char* name;
  Function value;
};
const Plain plain[] = {
    {"tanh", [](double x) { return std::tanh(x); }},
    {"softplus", [](double x) { return (x < 0 ? 0 : x) + std::log1p(std::exp(-std::abs(x))); }},
    {"gelu", [](double x) { return x * std::erfc(-x / std::sqrt(2.0)) / 2; }},
    {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
    {"silu", [](double x) { return x / (1 + std::exp(-x)); }},
    {"erf", [](double x) { return std::erf(x); }},
    {"sin", [](double x) { return std::sin(x); }},
    {"cos", [](double x) { return std::cos(x); }},
    {"arctan", [](double x) { return std::atan(x); }},
    {"gaussian", [](double x) { return std::exp(-x * x / 2); }},
};

const bool registered = [] {
  const auto enter = [](const std::string& what, const std::string& way, const auto& f) {
    const std::string name = fmt::format("activation/double/{}/n={}/{}", way, rows, what);
    cheap(benchmark::RegisterBenchmark(name.c_str(), f));
    return name;
  };
  for (const Plain& one : plain) {
    const std::string name = one.name;
    const Function f = one.value;
    const std::string fast =
        enter(name, "vectorised", [name](benchmark::State& state) { ours(state, name, 0); });
    const std::string slow =
        enter(name, "libm-loop", [name, f](benchmark::State& state) { loop(state, name, f); });
    enter(name + "-derivative", "vectorised", [name](benchmark::State& state) { ours(state, name, 1); });
    enter(name + "-both", "vectorised", [name](benchmark::State& state) { ours(state, name, 2); });
    if (name == "tanh" || name == "softplus")
      declare({.row = name + " on a block, double",
               .against = "the C library in a loop",
               .ours = fast,
               .baseline = slow,
               .at_least = 2});
  }
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
