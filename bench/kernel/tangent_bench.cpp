// The tangent kernel of a ResNet at finite width, against the width n, the number of inputs N and the depth
// L: both orders of contraction, and the naive way, which forms the gradient of each input.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/kernel/tangent.hpp>
#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/backends.hpp>

#include "support/network.hpp"
#include "support/profile.hpp"

namespace gronwall::bench {
namespace {

using kernel::Contraction;
using kernel::TangentKernel;

constexpr long dimension = 8;

template <class R>
struct Case {
  model::ResNet<R> model;
  Matrix<R> X;  ///< unit vectors, up to rounding

  Case(long n, long N, long depth) : model(network(n), depth) {
    linalg::ExactMatrix inputs = model::gaussian_parameters(N, dimension, 2).U.transpose();
    for (Eigen::Index j = 0; j < inputs.cols(); ++j) inputs.col(j) /= inputs.col(j).norm();
    X = linalg::from_exact<R>(inputs);
  }

  static model::Network<R> network(long n) {
    const model::Parameters<double> theta = model::gaussian_parameters(n, dimension, 1);
    return {activation::find("tanh"),
            {linalg::from_exact<R>(theta.v), linalg::from_exact<R>(theta.W), linalg::from_exact<R>(theta.U)}};
  }
};

Contraction way_of(const std::string& method) {
  if (method == "grams") return Contraction::grams;
  return method == "panels" ? Contraction::panels : Contraction::automatic;
}

template <class R>
void measure(benchmark::State& state, const std::string& method, long n, long N, long depth) {
  const Case<R> one(n, N, depth);
  const auto compute = [&] {
    if (method == "naive") return kernel::tangent_kernel_by_gradients(one.model, one.X);
    return kernel::tangent_kernel(one.model, one.X, way_of(method));
  };
  TangentKernel<R> K;
  for (auto _ : state) {
    K = compute();
    benchmark::DoNotOptimize(K.W.value.data());
  }
  // The other route's kernel; where that would take too long, the other contraction's.
  const TangentKernel<R> other =
      method != "naive" && n <= 256
          ? kernel::tangent_kernel_by_gradients(one.model, one.X)
          : kernel::tangent_kernel(one.model, one.X,
                                   method == "grams" ? Contraction::panels : Contraction::grams);
  state.counters["difference"] =
      relative_error(linalg::to_double<R>(K.sum().value), linalg::to_double<R>(other.sum().value));
  if (method != "naive") state.counters["multiply_adds"] = kernel::multiply_adds(way_of(method), n, N, depth);
}

template <class R>
void enter(long n, long N, long depth, const std::vector<std::string>& methods) {
  for (const std::string& method : methods)
    benchmark::RegisterBenchmark(
        fmt::format("tangent/{}/{}/n={}/N={},L={}", real::Backend<R>::name, method, n, N, depth).c_str(),
        [=](benchmark::State& state) { measure<R>(state, method, n, N, depth); })
        ->Unit(benchmark::kMillisecond)
        ->MinTime(0.02);
}

const bool registered = [] {
  const std::vector<std::string> all{"naive", "grams", "panels", "automatic"}, fast{"grams", "panels"};
  for (const long n : {64, 256, 1024}) enter<double>(n, 16, 32, all);
  for (const long N : {4, 64}) enter<double>(256, N, 32, all);
  for (const long depth : {8, 128}) enter<double>(256, 16, depth, all);
  enter<real::Mpfr<50>>(32, 4, 8, all);
  if (full()) {
    enter<double>(2048, 16, 32, all);
    enter<double>(4096, 64, 128, fast);
    enter<real::Mpfr<50>>(128, 8, 32, all);
  }
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
