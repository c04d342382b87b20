// The tangent kernel of a ResNet at finite width, against the width n, the number of inputs N and the depth
// L: both orders of contraction; one gradient per sample by the library's `gradient` ("naive"); and one
// gradient per sample as one writes it with Eigen alone ("per-sample").
//
// Where the time goes for n = 1024, N = 16, L = 32: 64 products of W or W^T with 16 columns, 2.15e9
// operations. With AVX-512 at 115e9 a second (measured, all operands in registers) they would take 18.7 ms;
// they take 22, and the whole kernel 26. What is left for better code is a quarter, then; one layer needs the
// one before, so that the number of products stays. (Differences of neighbouring layers are small, but to
// multiply only what is new in them would need extrapolation from layer to layer, which loses too many digits
// to save more than a sixth.)
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/kernel/tangent.hpp>
#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/threads.hpp>

#include "kernel/inputs.hpp"
#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using kernel::Contraction;
using kernel::TangentKernel;

template <class R>
struct Case {
  model::ResNet<R> model;
  Matrix<R> X;

  Case(long n, long N, long depth) : model(network(n), depth), X(unit_inputs<R>(N)) {}

  static model::Network<R> network(long n) {
    const model::Parameters<double> theta = model::gaussian_parameters(n, dimension, 1);
    return {activation::find("tanh"),
            {linalg::from_exact<R>(theta.v), linalg::from_exact<R>(theta.W), linalg::from_exact<R>(theta.U)}};
  }
};

/// The gradient of f at one input, all entries in one column: forwards through the layers, backwards, and a
/// rank-one matrix a layer.
Matrix<double> gradient(const model::Network<double>& f, long depth, const Matrix<double>& x) {
  const double step = f.horizon / static_cast<double>(depth) * f.hidden_scale();
  std::vector<Matrix<double>> active;
  Matrix<double> h = f.input_scale() * f.theta.U * x;
  for (long l = 0; l < depth; ++l) {
    active.emplace_back(h.array().tanh());
    h += step * (f.theta.W * active.back());
  }
  const Matrix<double> last = h.array().tanh();
  Matrix<double> lambda = f.output_scale() * f.theta.v.array() * (1 - last.array().square());
  Matrix<double> W = Matrix<double>::Zero(h.rows(), h.rows());
  for (long l = depth - 1; l >= 0; --l) {
    const Matrix<double>& below = active[static_cast<std::size_t>(l)];
    W.noalias() += step * lambda * below.transpose();
    const Matrix<double> change = f.theta.W.transpose() * lambda;
    lambda.array() += step * change.array() * (1 - below.array().square());
  }
  const Matrix<double> U = f.input_scale() * lambda * x.transpose();
  Matrix<double> out(h.rows() + W.size() + U.size(), 1);
  out << f.output_scale() * last, W.reshaped(), U.reshaped();
  return out;
}

Matrix<double> kernel_per_sample(const model::ResNet<double>& model, long depth, const Matrix<double>& X) {
  Matrix<double> gradients;
  for (Eigen::Index j = 0; j < X.cols(); ++j) {
    const Matrix<double> one = gradient(model.network(), depth, X.col(j));
    if (j == 0) gradients.resize(one.rows(), X.cols());
    gradients.col(j) = one;
  }
  return gradients.transpose() * gradients;
}

void per_sample(benchmark::State& state, long n, long N, long depth) {
  const Case<double> one(n, N, depth);
  Matrix<double> K;
  const PeakMemory memory;
  for (auto _ : state) {
    K = kernel_per_sample(one.model, depth, one.X);
    benchmark::DoNotOptimize(K.data());
  }
  memory.report(state);
  state.counters["difference"] = relative_error(K, kernel::tangent_kernel(one.model, one.X).sum().value);
}

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
  const PeakMemory memory;
  for (auto _ : state) {
    K = compute();
    benchmark::DoNotOptimize(K.W.value.data());
  }
  memory.report(state);
  // The other route's kernel; where that would take too long, the other contraction's.
  const TangentKernel<R> other =
      method != "naive" && n <= 256
          ? kernel::tangent_kernel_by_gradients(one.model, one.X)
          : kernel::tangent_kernel(one.model, one.X,
                                   method == "panels" ? Contraction::grams : Contraction::panels);
  state.counters["difference"] =
      relative_error(linalg::to_double<R>(K.sum().value), linalg::to_double<R>(other.sum().value));
  if (method == "grams" || method == "panels")
    state.counters["multiply_adds"] = kernel::multiply_adds(way_of(method), n, N, depth);
}

std::string name(std::string_view backend, const std::string& method, long n, long N, long depth) {
  return fmt::format("tangent/{}/{}/n={}/N={},L={}", backend, method, n, N, depth);
}

template <class R>
void enter(long n, long N, long depth, const std::vector<std::string>& methods) {
  for (const std::string& method : methods)
    cheap(benchmark::RegisterBenchmark(
        name(real::Backend<R>::name, method, n, N, depth).c_str(),
        [=](benchmark::State& state) { measure<R>(state, method, n, N, depth); }));
}

/// The library's way in double by so many threads.
void enter_threads(long n, long N, long depth, int threads) {
  const std::string of_one = name("double", "automatic", n, N, depth);
  cheap(benchmark::RegisterBenchmark(fmt::format("{},threads={}", of_one, threads).c_str(),
                                     [=](benchmark::State& state) {
                                       const int before = real::threads();
                                       real::set_threads(threads);
                                       measure<double>(state, "automatic", n, N, depth);
                                       real::set_threads(before);
                                     })
            ->UseRealTime());
}

const bool registered = [] {
  const std::vector<std::string> all{"naive", "grams", "panels", "automatic"}, fast{"grams", "panels"};
  for (const long n : {64, 256, 1024}) {
    enter<double>(n, 16, 32, all);
    dear(benchmark::RegisterBenchmark(name("double", "per-sample", n, 16, 32).c_str(),
                                      [=](benchmark::State& state) { per_sample(state, n, 16, 32); }));
  }
  for (const long N : {4, 64}) enter<double>(256, N, 32, all);
  for (const long depth : {8, 128}) enter<double>(256, 16, depth, all);
  enter<real::Mpfr<50>>(32, 4, 8, all);
  if (full()) {
    enter<double>(2048, 16, 32, all);
    enter<double>(4096, 64, 128, fast);
    enter<real::Mpfr<50>>(128, 8, 32, all);
    for (const int threads : {1, 2}) enter_threads(1024, 16, 32, threads);
  }
  declare({.row = "empirical kernel, n = 1024, N = 16 (ResNet, L = 32)",
           .against = "one gradient per sample, Eigen",
           .ours = name("double", "automatic", 1024, 16, 32),
           .baseline = name("double", "per-sample", 1024, 16, 32),
           .at_least = 20,
           .error = 1e-12});
  draw({.title = "Tangent kernel, N = 16, L = 32",
        .variable = "n",
        .names = "tangent/double/*/n=*/N=16,L=32"});
  draw({.title = "Tangent kernel, n = 256, L = 32",
        .variable = "N",
        .names = "tangent/double/*/n=256/N=*,L=32"});
  return draw({.title = "Tangent kernel, n = 256, N = 16",
               .variable = "L",
               .names = "tangent/double/*/n=256/N=16,L=*"});
}();

}  // namespace
}  // namespace gronwall::bench
