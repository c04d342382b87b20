#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/kernel/monte_carlo.hpp>
#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/error.hpp>

#include "support/effort.hpp"

namespace gronwall::test {
namespace {

using kernel::monte_carlo;
using kernel::MonteCarlo;
using kernel::Sampling;
using kernel::Spread;
using linalg::Matrix;

/// Four unit vectors of the plane, two of them opposite.
Matrix<double> circle() { return (Matrix<double>(2, 4) << 1, 0.6, -1, -0.28, 0, 0.8, 0, 0.96).finished(); }

Sampling some(const char* phi) {
  Sampling s{activation::find(phi), circle()};
  s.sigma_v = 1.25, s.sigma_w = 0.75, s.sigma_u = 1.5, s.horizon = 0.5;
  return s;
}

/// Modified Bessel functions of the first kind by their series.
double bessel(int order, double x) {
  double term = order == 0 ? 1 : x / 2, sum = 0;
  for (int k = 1; term > 1e-18 * sum; ++k) {
    sum += term;
    term *= x * x / 4 / (k * (k + order));
  }
  return sum;
}

void expect_covers(const Spread& found, const Matrix<double>& expected, double slack, const char* part) {
  for (Eigen::Index i = 0; i < expected.rows(); ++i)
    for (Eigen::Index j = 0; j < expected.cols(); ++j)
      EXPECT_LE(std::abs(found.mean(i, j) - expected(i, j)), found.half_width(i, j) + slack)
          << part << " " << i << " " << j;
  EXPECT_LE(found.half_width.norm(), 0.5 * expected.norm()) << part << ": tight";
}

/// phi(x) = x on unit vectors: c_{t,t} and b_{0,0} are I_0(2 sigma_w T) times their values at T = 0, and
/// K^W = (sigma_u^2/d) sigma_v^2 rho sigma_w T I_1(2 sigma_w T).
TEST(MonteCarlo, CoversTheClosedFormOfTheIdentity) {
  Sampling s = some("identity");
  s.width = multiplier() >= 10 ? 2000 : 256;
  s.seeds = std::max(24, repetitions(32));  // of fewer the quantile is far out
  s.confidence = 0.9999;
  const MonteCarlo found = monte_carlo(s);
  const Matrix<double> rho = circle().transpose() * circle();
  const double scale = s.sigma_u * s.sigma_u / 2 * s.sigma_v * s.sigma_v, x = 2 * s.sigma_w * s.horizon;
  const Matrix<double> ends = scale * bessel(0, x) * rho, W = scale * x / 2 * bessel(1, x) * rho;
  // The mean at width n differs from the limit by O(1/n).
  const double slack = 2.0 / static_cast<double>(s.width) * scale;
  expect_covers(found.v, ends, slack, "v");
  expect_covers(found.W, W, slack, "W");
  expect_covers(found.U, ends, slack, "U");
  expect_covers(found.sum, 2 * ends + W, 2 * slack, "K");
}

TEST(MonteCarlo, DeepResNetsHaveTheSameLimit) {
  Sampling s = some("tanh");
  s.width = 128;
  s.seeds = 8;
  const MonteCarlo continuous = monte_carlo(s);
  s.depth = 400;
  const MonteCarlo deep = monte_carlo(s);
  // The same seeds, so the same networks: the distance is that in depth alone.
  EXPECT_LE((continuous.sum.mean - deep.sum.mean).norm(), 0.005 * deep.sum.mean.norm());
  EXPECT_LE((continuous.sum.deviation - deep.sum.deviation).norm(), 0.01 * deep.sum.deviation.norm());
}

TEST(MonteCarlo, MeanAndDeviationAreThoseOfTheSeeds) {
  Sampling s = some("softplus");
  s.width = 12;
  s.depth = 3;
  s.first_seed = 5;
  s.seeds = 3;
  s.confidence = 0.95;
  const MonteCarlo found = monte_carlo(s);
  std::vector<Matrix<double>> K;
  for (std::uint64_t seed = 5; seed < 8; ++seed) {
    model::Network<double> f{s.phi, model::gaussian_parameters(12, 2, seed)};
    f.sigma_v = 1.25, f.sigma_w = 0.75, f.sigma_u = 1.5, f.horizon = 0.5;
    K.push_back(kernel::tangent_kernel(model::ResNet<double>(f, 3), s.X).sum().value);
  }
  const Matrix<double> mean = (K[0] + K[1] + K[2]) / 3;
  Matrix<double> squares = Matrix<double>::Zero(4, 4);
  for (const Matrix<double>& one : K) squares += (one - mean).cwiseAbs2();
  const Matrix<double> deviation = (squares / 2).cwiseSqrt();
  EXPECT_LE((found.sum.mean - mean).norm(), 1e-14 * mean.norm());
  EXPECT_LE((found.sum.deviation - deviation).norm(), 1e-12 * deviation.norm());
  // Two degrees of freedom: P(|t| <= x) = x/sqrt(2 + x^2), which is 0.95 at
  const double x = 0.95 * std::sqrt(2 / (1 - 0.95 * 0.95));
  const Matrix<double> band = deviation * (x / std::sqrt(3.0));
  EXPECT_LE((found.sum.half_width - band).norm(), 1e-12 * band.norm());
  EXPECT_EQ(found.seeds, 3);
  EXPECT_LE((found.v.mean + found.W.mean + found.U.mean - mean).norm(), 1e-14 * mean.norm());
}

/// A band of 50 % covers about half of the time, over independent repetitions.
TEST(MonteCarlo, BandsCoverAsOftenAsTheySay) {
  Sampling s = some("identity");
  s.X = circle().leftCols(1);
  s.width = 24;
  s.depth = 2;
  // Of f = (sigma_v/sqrt n) v^T (I + A)^2 h_0, A = (T/2)(sigma_w/sqrt n) W: K^v's expected entry is
  // (sigma_v^2/n) E|(I + A)^2 h_0|^2, found once from many seeds.
  s.seeds = 4000;
  s.first_seed = 1000000;
  const double expected = monte_carlo(s).v.mean(0, 0);
  s.seeds = 5;
  s.confidence = 0.5;
  int covered = 0;
  const int rounds = 400;
  for (int k = 0; k < rounds; ++k) {
    s.first_seed = 1 + 5 * static_cast<std::uint64_t>(k);
    const Spread v = monte_carlo(s).v;
    if (std::abs(v.mean(0, 0) - expected) <= v.half_width(0, 0)) ++covered;
  }
  // Five standard deviations of the count are 50.
  EXPECT_NEAR(covered, 0.5 * rounds, 50);
}

TEST(MonteCarlo, FluctuationFallsLikeTheRootOfTheWidth) {
  Sampling s = some("tanh");
  s.depth = 4;
  s.seeds = repetitions(40);
  s.confidence = 0.999;
  const kernel::WidthStudy study = fluctuation_by_width(s, {16, 32, 64, 128, 256});
  ASSERT_EQ(study.widths.size(), 5U);
  EXPECT_NEAR(study.order, -0.5, study.half_width);
  EXPECT_LE(study.half_width, 1.6 / std::sqrt(s.seeds)) << "tight";
  EXPECT_GT(study.half_width, 0.0);
}

TEST(MonteCarlo, BadSettingsAreRefused) {
  Sampling s = some("tanh");
  s.width = 0;
  EXPECT_THROW(monte_carlo(s), DomainError);
  s = some("tanh"), s.seeds = 1;
  EXPECT_THROW(monte_carlo(s), DomainError);
  s = some("tanh"), s.confidence = 1;
  EXPECT_THROW(monte_carlo(s), DomainError);
  s = some("tanh"), s.X = Matrix<double>(0, 0);
  EXPECT_THROW(monte_carlo(s), DomainError);
  s = some("tanh"), s.depth = 0, s.width = 4;
  EXPECT_THROW(monte_carlo(s), DomainError);
  s = some("tanh"), s.seeds = 2, s.depth = 1;
  EXPECT_THROW(fluctuation_by_width(s, {8}), DomainError);
  EXPECT_THROW(fluctuation_by_width(s, {8, 8}), DomainError);
  EXPECT_THROW(fluctuation_by_width(s, {}), DomainError);
}

}  // namespace
}  // namespace gronwall::test
