// Products in double, W times an n x N block and its transpose: the library's (OpenBLAS beyond the smallest)
// against Eigen's own, as compiled here. Shows from which size on OpenBLAS is ahead.
#include <algorithm>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>

#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"

namespace gronwall::bench {
namespace {

using D = Matrix<double>;

template <class F>
void measure(benchmark::State& state, int n, int columns, bool transposed, const F& multiply) {
  const D W = Draws(1).normal(n, n), b = Draws(2).normal(n, columns);
  D out(n, columns);
  const PeakMemory memory;
  for (auto _ : state) {
    multiply(out, W, b);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  memory.report(state);
  state.counters["products"] = 1;
  using Long = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
  const D A = transposed ? D(W.transpose()) : W;
  const Long rows = A.topRows(std::min(n, 64)).cast<long double>(), right = b.cast<long double>();
  const D exact = (rows * right).cast<double>();
  state.counters["error"] = relative_error(out.topRows(exact.rows()), exact);
  state.counters["multiply_adds_a_second"] =
      benchmark::Counter(static_cast<double>(n) * n * columns, benchmark::Counter::kIsIterationInvariantRate);
}

const bool registered = [] {
  const auto enter = [](const std::string& way, int n, int columns, const auto& multiply) {
    const bool transposed = way.find("transposed") != std::string::npos;
    cheap(benchmark::RegisterBenchmark(
        fmt::format("product/double/{}/n={}/N={}", way, n, columns).c_str(),
        [=](benchmark::State& state) { measure(state, n, columns, transposed, multiply); }));
  };
  for (const int columns : {1, 16})
    for (const int n : full() ? std::vector<int>{4, 8, 16, 24, 32, 64, 128, 256, 512, 1024, 2048}
                              : std::vector<int>{8, 32, 256, 1024}) {
      enter("library", n, columns, linalg::multiply_into<double>);
      enter("eigen", n, columns, [](D& out, const D& a, const D& b) { out.noalias() = a * b; });
      enter("library-transposed", n, columns, linalg::transpose_multiply_into<double>);
      enter("eigen-transposed", n, columns,
            [](D& out, const D& a, const D& b) { out.noalias() = a.transpose() * b; });
    }
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
