#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include <gronwall/kernel/infinite.hpp>
#include <gronwall/kernel/inputs.hpp>

#include "verify/claims/spd/points.hpp"
#include "verify/engine/studies.hpp"
#include "verify/generators/network.hpp"

/// Monte Carlo on random networks: what the claims on limits in the width share. All of it in doubles.
namespace gronwall::verify {

/// A limit kernel and two inputs, at which it is watched.
struct Experiment {
  kernel::Limit<double> limit;
  linalg::Matrix<double> X, gram;  ///< d x 2 and 2 x 2; unit vectors
  long seed = 0;                   ///< every network's seed derives from it
};

/// Any smooth activation, moderate scales, any two points of the sphere, any seed. Abstains in other backends
/// than double.
template <Real R>
Experiment any_experiment(Any<R>& any) {
  Experiment drawn;
  drawn.limit.phi = any.activation("phi", smooth_and_lipschitz);
  const long d = any.integer("d", 1, 3);
  kernel::Inputs inputs;
  inputs.points = {any_grid_point<R>(any, "x", d), any_grid_point<R>(any, "xbar", d)};
  drawn.limit.sigma_v = real::to_double<R>(any.number("sigma_v", 0.5, 1.5));
  drawn.limit.sigma_w = real::to_double<R>(any.number("sigma_w", 0.25, 1));
  const double sigma_u = real::to_double<R>(any.number("sigma_u", 0.5, 1.5));
  drawn.limit.input_scale = sigma_u * sigma_u / static_cast<double>(d);
  drawn.limit.horizon = real::to_double<R>(any.number("T", 0.25, 1));
  drawn.seed = any.integer("seed", 0, 1000000);
  if (!std::is_same_v<R, double>) throw Abstention{"networks are drawn, and watched in doubles"};
  drawn.X = inputs.matrix<double>();
  drawn.gram = inputs.gram<double>();
  return drawn;
}

/// One random network of width n with the scales of the experiment.
model::Network<double> random_network(const Experiment& from, long n, std::uint64_t number);
/// Its kernel at the inputs of the experiment, as a ResNet of that depth, or as the Neural ODE for depth 0.
/// That of the Neural ODE has a relative error of 1e-5, which stands in `error`.
kernel::TangentKernel<double> kernel_of(const Experiment& from, model::Network<double> f, long depth);
/// Both in one.
kernel::TangentKernel<double> random_kernel(const Experiment& from, long n, long depth, std::uint64_t number);

/// Widths, and how many networks of each: wide ones are dear, and scatter less.
struct Sampling {
  std::vector<long> widths{16, 32, 64, 128, 256};
  long networks(long n) const { return std::clamp(10240 / n, 40L, 160L); }
};

/// The limits in probability of the entries (x, x) and (x, xbar) of `measure(n, number)`, both of them, as
/// 2 x 2 matrices with an error. Deviations are divided by `unit`.
template <class Measure>
Judgement study_limit(const std::string& what, const linalg::Approximation<double>& expected, double unit,
                      const Measure& measure, const Sampling& sampling = {}) {
  LimitStudy diagonal, off;
  for (const long n : sampling.widths) {
    std::vector<double> of_diagonal, of_off;
    double error = expected.error;
    for (long k = 0; k < sampling.networks(n); ++k) {
      const linalg::Approximation<double> found = measure(n, static_cast<std::uint64_t>(k));
      of_diagonal.push_back((found.value(0, 0) - expected.value(0, 0)) / unit);
      of_off.push_back((found.value(0, 1) - expected.value(0, 1)) / unit);
      error = std::max(error, expected.error + found.error);
    }
    diagonal.add(n, of_diagonal, error / unit);
    off.add(n, of_off, error / unit);
  }
  return diagonal.judge(what + " (x, x)") && off.judge(what + " (x, xbar)");
}

}  // namespace gronwall::verify
