// The kernel of infinite width against the number of inputs N, the nodes of time and the digits: the Neural
// ODE, and ResNets, whose nodes are their layers.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/kernel/infinite.hpp>
#include <gronwall/real/backends.hpp>

#include "kernel/inputs.hpp"
#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using kernel::InfiniteKernel;
using kernel::Limit;

constexpr long depth = 32;
constexpr long all_nodes = 121;

struct Case {
  bool continuous;
  long N;
  long nodes;  ///< at most, or layers
  const char* phi = "tanh";
  int horizon = 1;
};

template <class R>
InfiniteKernel<R> compute(const Case& asked, const Matrix<R>& products) {
  Limit<R> limit;
  limit.phi = activation::find(asked.phi);
  limit.horizon = R(asked.horizon);
  return asked.continuous ? kernel::infinite_ode<R>(limit, products, kernel::Route::automatic, asked.nodes)
                          : kernel::infinite_resnet<R>(limit, products, asked.nodes);
}

template <class R>
void measure(benchmark::State& state, const Case& asked) {
  const Matrix<R> products = unit_gram<R>(asked.N);
  InfiniteKernel<R> K;
  const PeakMemory memory;
  for (auto _ : state) {
    K = compute<R>(asked, products);
    benchmark::DoNotOptimize(K.kernel.W.value.data());
  }
  memory.report(state);
  // What the kernel itself says of its error.
  const linalg::Approximation<R> sum = K.kernel.sum();
  state.counters["estimate"] = real::to_double<R>(sum.error) / linalg::to_double<R>(sum.value).norm();
  state.counters["nodes"] = static_cast<double>(K.nodes);
  state.counters["coefficients"] = K.coefficients;
}

template <class R>
void enter(const Case& asked, bool repeated, const char* series = "infinite", const char* variable = "N") {
  const long value = variable[0] == 'N' ? asked.N : asked.nodes;
  auto* entry = benchmark::RegisterBenchmark(fmt::format("{}/{}/{}/n=0/{}={}", series, real::Backend<R>::name,
                                                         asked.continuous ? "ode" : "resnet", variable, value)
                                                 .c_str(),
                                             [=](benchmark::State& state) { measure<R>(state, asked); });
  repeated ? cheap(entry) : dear(entry);
}

const bool registered = [] {
  for (const bool continuous : {true, false}) {
    const long nodes = continuous ? all_nodes : smoke() ? 4 : depth;
    for (const long N : {1, 2, 8, 32}) enter<double>({continuous, N, nodes}, true);
    if (full()) enter<double>({continuous, 128, nodes}, true);
    // At 50 digits the Neural ODE takes minutes (with tanh; below with sine), a ResNet of depth 32 some
    // seconds.
    if (!continuous) enter<real::Mpfr<50>>({continuous, 2, nodes}, false);
    if (!continuous && full()) enter<real::Mpfr<50>>({continuous, 8, nodes}, false);
  }
  // Against the nodes: long enough a time that the Neural ODE needs many; sine, whose series are short, at 50
  // digits.
  for (const long nodes : {11, 17, 25, 37}) {
    enter<double>({true, 2, nodes, "tanh", 4}, true, "infinite-nodes", "nodes");
    enter<real::Mpfr<50>>({true, 2, nodes, "sin", 1}, false, "infinite-nodes", "nodes");
  }
  for (const long nodes : {8, 16, 32, 64, 128})
    enter<double>({false, 2, nodes}, true, "infinite-nodes", "nodes");
  draw({.title = "Kernel of infinite width, double", .variable = "N", .names = "infinite/double/*/n=0/N=*"});
  return draw({.title = "Kernel of infinite width, N = 2",
               .variable = "nodes",
               .names = "infinite-nodes/*/*/n=0/nodes=*"});
}();

}  // namespace
}  // namespace gronwall::bench
