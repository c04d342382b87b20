#include "verify/engine/statistics.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/real/error.hpp>

namespace gronwall::verify {
namespace {

/// Closed forms of one, two and four degrees of freedom: P(|t| < s) = 2/pi arctan s; u; u (1 + (1 - u^2)/2)
/// with u = s/sqrt(degrees + s^2).
TEST(Statistics, StudentsQuantilesInClosedForm) {
  for (const double outside : {0.5, 0.05, 1e-3, 1e-6}) {
    EXPECT_NEAR(student_quantile(outside, 1) * std::tan(std::acos(0.0) * outside), 1, 1e-8);
    const double inside = 1 - outside;
    EXPECT_NEAR(student_quantile(outside, 2) / std::sqrt(2 * inside * inside / (1 - inside * inside)), 1,
                1e-8);
    const double s = student_quantile(outside, 4), u = s / std::sqrt(4 + s * s);
    EXPECT_NEAR((1 - u * (1 + (1 - u * u) / 2)) / outside, 1, 1e-8);
  }
}

/// Simpson's rule on the density, which is Gamma((k+1)/2)/(sqrt(k pi) Gamma(k/2)) (1 + t^2/k)^(-(k+1)/2).
double inside(double s, long degrees) {
  const double k = static_cast<double>(degrees), pi = 2 * std::acos(0.0);
  const double scale = std::exp(std::lgamma((k + 1) / 2) - std::lgamma(k / 2)) / std::sqrt(k * pi);
  const int cells = 20000;
  double sum = 0;
  for (int i = 0; i <= cells; ++i) {
    const double t = s * i / cells, weight = i == 0 || i == cells ? 1 : i % 2 == 1 ? 4 : 2;
    sum += weight * scale * std::pow(1 + t * t / k, -(k + 1) / 2);
  }
  return 2 * sum * s / cells / 3;
}

TEST(Statistics, StudentsQuantilesFromTheDensity) {
  for (const long degrees : {3L, 5L, 6L, 31L, 64L, 255L})
    for (const double outside : {0.3, 0.05, 1e-4}) {
      const double s = student_quantile(outside, degrees);
      EXPECT_NEAR((1 - inside(s, degrees)) / outside, 1, 1e-6) << degrees << " " << outside;
    }
}

TEST(Statistics, ManyDegreesOfFreedomAreGaussian) {
  for (const double outside : {0.3, 0.05, 1e-6})
    EXPECT_NEAR(student_quantile(outside, 100000) / normal_quantile(outside), 1, 1e-4);
  // From tables.
  EXPECT_NEAR(normal_quantile(0.05), 1.959963984540054, 1e-12);
  EXPECT_NEAR(student_quantile(0.05, 10), 2.228138851986274, 1e-10);
  EXPECT_THROW(student_quantile(0, 3), Error);
  EXPECT_THROW(student_quantile(0.1, 0), Error);
  EXPECT_THROW(normal_quantile(1), Error);
}

TEST(Statistics, LinesByHand) {
  // Residuals 1/10 (-1, 3, -3, 1): see ConfidenceIntervalByHand.
  const Line line = fit({0, 1, 2, 3}, {0, 1, 1, 2});
  EXPECT_NEAR(line.slope, 0.6, 1e-14);
  EXPECT_NEAR(line.intercept, 0.1, 1e-14);
  EXPECT_NEAR(line.half_width, student_quantile(0.05, 2) / std::sqrt(50.0), 1e-12);
  EXPECT_NEAR(fit({0, 1, 2, 3}, {0, 1, 1, 2}, 0.5).half_width, student_quantile(0.5, 2) / std::sqrt(50.0),
              1e-12);
  EXPECT_THROW(fit({0, 1}, {0, 1}), Error);
  EXPECT_THROW(fit({0, 1, 2}, {0, 1}), Error);
  EXPECT_THROW(fit({1, 1, 1}, {0, 1, 2}), Error);
}

TEST(Statistics, MomentsByHand) {
  const Moments found = moments({1, 2, 3, 6});
  EXPECT_NEAR(found.mean, 3, 1e-15);
  EXPECT_NEAR(found.deviation, std::sqrt(14.0 / 3), 1e-15);
  EXPECT_NEAR(found.kurtosis, 4 * (16 + 1 + 81) / (14.0 * 14.0), 1e-14);
  EXPECT_THROW(moments({1}), Error);
}

}  // namespace
}  // namespace gronwall::verify
