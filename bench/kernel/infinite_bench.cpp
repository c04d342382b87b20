// The kernel of infinite width against the number of inputs N and the digits: the Neural ODE, and a ResNet of
// depth 32.
#include <map>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/kernel/infinite.hpp>
#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/backends.hpp>

#include "support/network.hpp"
#include "support/profile.hpp"

namespace gronwall::bench {
namespace {

using kernel::InfiniteKernel;
using kernel::Limit;

constexpr long dimension = 8;
constexpr long depth = 32;

/// <x_i, x_j> of unit vectors: the same matrix, with ones on the diagonal, in every precision.
template <class R>
Matrix<R> gram(long N) {
  linalg::ExactMatrix X = model::gaussian_parameters(N, dimension, 2).U.transpose();
  for (Eigen::Index j = 0; j < X.cols(); ++j) X.col(j) /= X.col(j).norm();
  linalg::ExactMatrix out = X.transpose() * X;
  for (Eigen::Index j = 0; j < out.cols(); ++j) {
    out(j, j) = 1;
    for (Eigen::Index i = 0; i < j; ++i) out(i, j) = out(j, i);
  }
  return linalg::from_exact<R>(out);
}

template <class R>
InfiniteKernel<R> compute(bool continuous, const Matrix<R>& products) {
  Limit<R> limit;
  limit.phi = activation::find("tanh");
  return continuous ? kernel::infinite_ode<R>(limit, products)
                    : kernel::infinite_resnet<R>(limit, products, depth);
}

template <class R>
void measure(benchmark::State& state, bool continuous, long N) {
  const Matrix<R> products = gram<R>(N);
  InfiniteKernel<R> K;
  for (auto _ : state) {
    K = compute<R>(continuous, products);
    benchmark::DoNotOptimize(K.kernel.W.value.data());
  }
  // What the kernel itself says of its error.
  const linalg::Approximation<R> sum = K.kernel.sum();
  state.counters["estimate"] = real::to_double<R>(sum.error) / linalg::to_double<R>(sum.value).norm();
  state.counters["nodes"] = static_cast<double>(K.nodes);
  state.counters["coefficients"] = K.coefficients;
}

template <class R>
void enter(bool continuous, long N, bool repeated) {
  auto* entry = benchmark::RegisterBenchmark(
      fmt::format("infinite/{}/{}/n=0/N={}", real::Backend<R>::name, continuous ? "ode" : "resnet", N)
          .c_str(),
      [=](benchmark::State& state) { measure<R>(state, continuous, N); });
  entry->Unit(benchmark::kMillisecond);
  if (repeated)
    entry->MinTime(0.02);
  else
    entry->Iterations(1);
}

const bool registered = [] {
  for (const bool continuous : {true, false}) {
    for (const long N : {1, 2, 8, 32}) enter<double>(continuous, N, true);
    // At 50 digits the Neural ODE takes minutes, a ResNet of depth 32 ten seconds.
    if (full() || !continuous) enter<real::Mpfr<50>>(continuous, 2, false);
    if (full()) {
      enter<double>(continuous, 128, true);
      enter<real::Mpfr<50>>(continuous, 8, false);
    }
  }
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
