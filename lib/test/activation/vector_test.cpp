// Rows of doubles: against 50 digits, in every width of vectors, wherever a number stands.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "activation/arguments.hpp"
#include "activation/size.hpp"

namespace gronwall::test {
namespace {

using activation::Activation;
using Fine = real::Mpfr<50>;
using Row = std::vector<double>;

Row row_of(const std::string& name, bool slopes, const Row& x) {
  const linalg::Matrix<double> in =
      Eigen::Map<const linalg::Matrix<double>>(x.data(), static_cast<Eigen::Index>(x.size()), 1);
  linalg::Matrix<double> out;
  const Activation phi = activation::find(name);
  if (slopes)
    phi.in<double>().derivative(in, out);
  else
    phi.in<double>().value(in, out);
  return Row(out.data(), out.data() + out.size());
}

/// While it lives the processor has these targets of Highway's at most.
class Limited {
 public:
  explicit Limited(std::int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets & hwy::SupportedTargets());
  }
  ~Limited() { hwy::SetSupportedTargetsForTest(0); }
  Limited(const Limited&) = delete;
  Limited& operator=(const Limited&) = delete;
};

/// Longer than any row that is taken out of it.
Row moderate_row() {
  Row x = moderate_arguments(31);
  Random random(32);
  for (int k = std::max(700, repetitions(3000)); k > 0; --k) x.push_back(random.spread(-30, 5));
  return x;
}

/// |a - b| in units in the last place of b.
double units(double a, const Fine& b) {
  int exponent = 0;
  std::frexp(real::to_double<Fine>(b), &exponent);
  return std::abs(real::to_double<Fine>(Fine((Fine(a) - b) * Fine(std::ldexp(1.0, 53 - exponent)))));
}

struct Claimed {
  const char* name;
  double value, derivative;  ///< units in the last place, of results that are no zeros and not subnormal
};

class Vectorised : public ::testing::TestWithParam<Claimed> {
 protected:
  void expect_within(bool slopes, double most) {
    const Row x = moderate_row(), y = row_of(GetParam().name, slopes, x);
    const Activation phi = activation::find(GetParam().name);
    for (std::size_t k = 0; k < x.size(); ++k) {
      const Fine at(x[k]), exact = evaluate<Fine>(phi.in<Fine>(), slopes ? 1 : 0, at);
      if (abs(exact) < Fine(0x1p-900)) continue;
      // No formula is relatively accurate at the zeros of what it is composed of: see activation/size.hpp.
      const Fine size = scale<Fine>(phi, slopes ? 1 : 0, at);
      const Fine share = slopes ? Fine(exact / size) : Fine(1);
      EXPECT_LE(units(y[k], exact) * std::abs(real::to_double<Fine>(share)), most) << std::hexfloat << x[k];
    }
  }
};

TEST_P(Vectorised, IsWithinTheUnitsClaimed) {
  expect_within(false, GetParam().value);
  expect_within(true, GetParam().derivative);
}
TEST_P(Vectorised, IsAsGoodWithFourLanes) {
  const Limited four(HWY_AVX2 | HWY_SSE4 | HWY_SSSE3);
  expect_within(false, GetParam().value);
  expect_within(true, GetParam().derivative);
}
// By the C library, whose gelu (erfc) and tanh are a little less accurate.
TEST_P(Vectorised, IsNearlyAsGoodWithoutVectors) {
  const Limited none(HWY_SSE4 | HWY_SSSE3);
  expect_within(false, GetParam().value + 2);
  expect_within(true, GetParam().derivative + 2);
}

TEST_P(Vectorised, FourAndEightLanesAgreeBitForBit) {
  const Row x = arguments<double>(33);
  for (const bool slopes : {false, true}) {
    const Row eight = row_of(GetParam().name, slopes, x);
    const Limited limited(HWY_AVX2 | HWY_SSE4 | HWY_SSSE3);
    if ((hwy::SupportedTargets() & HWY_AVX2) == 0) GTEST_SKIP() << "no AVX2";
    const Row four = row_of(GetParam().name, slopes, x);
    for (std::size_t k = 0; k < x.size(); ++k)
      EXPECT_TRUE(eight[k] == four[k] || (std::isnan(eight[k]) && std::isnan(four[k]))) << x[k];
  }
}

// Rows of every length: pieces, whole vectors, what is left of them.
TEST_P(Vectorised, TheResultDoesNotDependOnThePlace) {
  const Row all = moderate_row();
  const Activation phi = activation::find(GetParam().name);
  for (const std::size_t length : {1U, 3U, 4U, 5U, 8U, 13U, 255U, 256U, 257U, 700U}) {
    const Row x(all.end() - static_cast<std::ptrdiff_t>(length), all.end());
    const Row values = row_of(GetParam().name, false, x), slopes = row_of(GetParam().name, true, x);
    Row both_values(length), both_slopes(length);
    phi.in<double>().value_and_derivative(x.data(), both_values.data(), both_slopes.data(),
                                          static_cast<Eigen::Index>(length));
    for (std::size_t k = 0; k < length; ++k) {
      EXPECT_EQ(values[k], phi.in<double>().value(x[k])) << length;
      EXPECT_EQ(slopes[k], phi.in<double>().derivative(x[k])) << length;
      EXPECT_EQ(both_values[k], values[k]) << length;
      EXPECT_NEAR(both_slopes[k], slopes[k], 0x1p-51 * std::max(1.0, std::abs(slopes[k]))) << length;
    }
  }
}

TEST_P(Vectorised, WhatIsNoNumberStaysNone) {
  const Row x{1, std::nan(""), 2}, y = row_of(GetParam().name, false, x),
                                   slope = row_of(GetParam().name, true, x);
  EXPECT_TRUE(std::isnan(y[1]));
  EXPECT_TRUE(std::isnan(slope[1]));
  EXPECT_TRUE(std::isfinite(y[0]) && std::isfinite(y[2]));
}

INSTANTIATE_TEST_SUITE_P(Activation, Vectorised,
                         ::testing::Values(Claimed{"arctan", 2, 4}, Claimed{"cos", 2, 2},
                                           Claimed{"erf", 2, 4}, Claimed{"gaussian", 2, 4},
                                           Claimed{"gelu", 2.5, 4}, Claimed{"sigmoid", 2, 4},
                                           Claimed{"silu", 3, 5}, Claimed{"sin", 2, 2},
                                           Claimed{"softplus", 2, 2}, Claimed{"tanh", 2, 4}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace gronwall::test
