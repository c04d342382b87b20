#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <gronwall/kernel/tangent.hpp>

/// Kernels of random networks: what a width n makes of the limit.
namespace gronwall::kernel {

/// Networks with independent standard Gaussian parameters, model::gaussian_parameters(n, d, seed) for a row
/// of seeds, on the same inputs.
struct Sampling {
  activation::Activation phi;
  Matrix<double> X;  ///< d x N
  double sigma_v = 1, sigma_w = 1, sigma_u = 1;
  double horizon = 1;                        ///< T
  long width = 256;                          ///< n
  std::optional<long> depth = std::nullopt;  ///< L; none: the Neural ODE
  /// Of the Neural ODE's solver, one run. What it leaves out is far below the fluctuation of a kernel.
  double tolerance = 1e-6;
  std::uint64_t first_seed = 1;
  long seeds = 16;           ///< S >= 2
  double confidence = 0.95;  ///< of the band of each entry, in (0, 1)

  /// Throws DomainError, naming the field, where one of these is not as it should be. (What the model itself
  /// asks for, it checks itself.)
  void check() const;
};

/// Of each entry, N x N each.
struct Spread {
  Matrix<double> mean;
  /// Standard deviation of a single network's entry, estimated with S - 1 in the denominator.
  Matrix<double> deviation;
  /// Of the band around the mean: t_{S-1} deviation/sqrt(S), t_{S-1} the two-sided quantile of Student's t
  /// with S - 1 degrees of freedom. It covers the expected entry at this width with the stated confidence
  /// where the entries are Gaussian, which they are to order n^{-1/2}. The expected entry differs from the
  /// limit by O(1/n), below the band as long as S is small against n. Each entry has its band; all N^2
  /// together are covered with less.
  Matrix<double> half_width;
};

struct MonteCarlo {
  Spread v, W, U, sum;  ///< K^v, K^W, K^U, K
  long seeds = 0;
};

/// Mean and spread of the kernel over the seeds first_seed, ..., first_seed + S - 1. Work: S kernels
/// (`tangent_kernel` of the ResNet, `tangent_kernel_run` of the Neural ODE). Throws DomainError, and what the
/// solvers throw.
MonteCarlo monte_carlo(const Sampling& sampling);

/// How the fluctuation of the kernel falls with the width.
struct WidthStudy {
  std::vector<long> widths;
  /// The root of the mean over all entries of their variance over the seeds.
  std::vector<double> fluctuation;
  /// Slope of log fluctuation against log width, by least squares, and half its confidence band: each
  /// fluctuation is known to about 1/sqrt(2 (S - 1)) of itself (entries of one kernel move together, so more
  /// of them do not count), the widths are independent, and the band is the normal one with that error at
  /// every width. In theory -1/2.
  double order = 0, half_width = 0;
};

/// The same sampling at several widths, each with seeds of its own (first_seed + k S, ... for the k-th).
/// Throws DomainError for fewer than two different widths, or a fluctuation of 0, besides what monte_carlo
/// throws.
WidthStudy fluctuation_by_width(Sampling sampling, const std::vector<long>& widths);

}  // namespace gronwall::kernel
