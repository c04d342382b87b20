// The elementary functions on rows of doubles, in units in the last place of MPFR's at 50 digits: on a dense
// grid, and where they are hard.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <gronwall/real/backends.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

// Relative to lib/include, where the compiler looks for it.
#include "../src/activation/vector.hpp"

namespace gronwall::test {
namespace {

namespace vector = activation::vector;
using Fine = real::Mpfr<50>;
using Row = std::vector<double>;

struct Kernel {
  const char* name;
  void (*row)(const double*, double*, Eigen::Index);
  int (*exact)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
  double low, high;   ///< where its values are no constants
  double most_units;  ///< as the header states
};

void distribution(const double* x, double* out, Eigen::Index size) {
  Row bell(static_cast<std::size_t>(size));
  vector::normal(x, out, bell.data(), size);
}
void bell(const double* x, double* out, Eigen::Index size) {
  Row phi(static_cast<std::size_t>(size));
  vector::normal(x, phi.data(), out, size);
}
/// Phi(x) = erfc(-x/sqrt 2)/2.
int exact_distribution(mpfr_ptr out, mpfr_srcptr x, mpfr_rnd_t rounding) {
  mpfr_t y;
  mpfr_init2(y, 400);
  mpfr_sqrt_ui(y, 2, rounding);
  mpfr_div(y, x, y, rounding);
  mpfr_neg(y, y, rounding);
  mpfr_erfc(out, y, rounding);
  mpfr_clear(y);
  return mpfr_div_2ui(out, out, 1, rounding);
}
int exact_bell(mpfr_ptr out, mpfr_srcptr x, mpfr_rnd_t rounding) {
  mpfr_t y;
  mpfr_init2(y, 400);
  mpfr_sqr(y, x, rounding);
  mpfr_div_2ui(y, y, 1, rounding);
  mpfr_neg(y, y, rounding);
  const int inexact = mpfr_exp(out, y, rounding);
  mpfr_clear(y);
  return inexact;
}

const Kernel kernels[] = {
    {"tanh", vector::tanh, mpfr_tanh, -20, 20, 1.0},
    {"exp", vector::exp, mpfr_exp, -708, 709, 1.0},
    {"log1p", vector::log1p, mpfr_log1p, -1, 1e4, 1.0},
    {"erf", vector::erf, mpfr_erf, -6, 6, 1.0},
    {"erfc", vector::erfc, mpfr_erfc, -6, 26.5, 1.5},
    {"sin", vector::sin, mpfr_sin, -400, 400, 1.0},
    {"cos", vector::cos, mpfr_cos, -400, 400, 1.0},
    {"atan", vector::atan, mpfr_atan, -60, 60, 1.0},
    {"distribution", distribution, exact_distribution, -37.5, 9, 2.0},
    {"bell", bell, exact_bell, -37.6, 37.6, 1.0},
};

/// Both neighbours too.
void add(Row& out, double x) {
  for (const double y : {std::nextafter(x, -HUGE_VAL), x, std::nextafter(x, HUGE_VAL)})
    out.insert(out.end(), {y, -y});
}

/// A grid over the range and one over the part of it that is nearest to 0, numbers of every size, the doubles
/// nearest to multiples of pi/4 and of log 2 (where arguments are reduced to next to nothing, and where
/// branches meet), and what is nearest of all doubles to a multiple of pi/2.
Row arguments_of(const Kernel& kernel) {
  Row all;
  const int points = repetitions(4000);
  for (int k = 0; k <= points; ++k) {
    all.push_back(kernel.low + (kernel.high - kernel.low) * k / points);
    all.push_back(-2.5 + 5.0 * k / points);
  }
  Random random(51);
  for (int k = points; k > 0; --k) all.push_back(random.spread(-60, 10));
  for (int k = points; k > 0; --k) all.push_back(random.symmetric() * std::max(-kernel.low, kernel.high));
  for (int k = 1; k <= 512; ++k) {
    add(all, k * 0.78539816339744830962);
    add(all, k * 0.69314718055994530942);
    add(all, k / 16.0);
  }
  for (int e = -1000; e <= 1000; e += 10) add(all, std::ldexp(1.0, e));
  add(all, 6381956970095103 * 0x1p797);
  add(all, 5.0e-324);
  Row out;
  for (const double x : all)
    if (x >= kernel.low && x <= kernel.high) out.push_back(x);
  return out;
}

/// |a - b| in units in the last place of b.
double units(double a, const Fine& b) {
  int exponent = 0;
  std::frexp(real::to_double<Fine>(b), &exponent);
  return std::abs(real::to_double<Fine>(Fine(ldexp(Fine(Fine(a) - b), 53 - exponent))));
}

/// Where tanh is 1 next to 1 - 2^-53 it errs by a little more than that.
constexpr double slack = 1e-3;

class VectorKernels : public ::testing::TestWithParam<Kernel> {
 protected:
  static void expect_within(double most) {
    const Kernel& kernel = GetParam();
    const Row x = arguments_of(kernel);
    Row y(x.size());
    kernel.row(x.data(), y.data(), static_cast<Eigen::Index>(x.size()));
    double worst = 0, there = 0;
    for (std::size_t k = 0; k < x.size(); ++k) {
      const Fine at(x[k]);
      Fine exact;
      kernel.exact(exact.backend().data(), at.backend().data(), MPFR_RNDN);
      if (abs(exact) < Fine(std::numeric_limits<double>::min())) {
        EXPECT_LT(std::abs(y[k]), 0x1.0001p-1022) << x[k];
        continue;
      }
      const double apart = units(y[k], exact);
      if (apart <= worst) continue;
      worst = apart;
      there = x[k];
    }
    RecordProperty("units", std::to_string(worst));
    EXPECT_LE(worst, most + slack) << "at " << std::hexfloat << there;
    EXPECT_GE(worst, 0.4);  // or this measures nothing
  }
};

TEST_P(VectorKernels, AreWithinTheUnitsOfTheHeader) {
  if ((hwy::SupportedTargets() & HWY_AVX2) == 0) GTEST_SKIP() << "no AVX2";
  expect_within(GetParam().most_units);
}

/// By the C library, of which the header says less.
TEST_P(VectorKernels, AreNearlyAsGoodWithoutVectors) {
  hwy::SetSupportedTargetsForTest((HWY_SSE4 | HWY_SSSE3) & hwy::SupportedTargets());
  expect_within(GetParam().most_units + 2);
  hwy::SetSupportedTargetsForTest(0);
}

TEST_P(VectorKernels, AnyWidthGivesTheSameNumbers) {
  if ((hwy::SupportedTargets() & HWY_AVX2) == 0) GTEST_SKIP() << "no AVX2";
  const Row x = arguments_of(GetParam());
  Row eight(x.size()), four(x.size()), in_place = x;
  const auto size = static_cast<Eigen::Index>(x.size());
  GetParam().row(x.data(), eight.data(), size);
  GetParam().row(in_place.data(), in_place.data(), size);
  EXPECT_EQ(in_place, eight);
  hwy::SetSupportedTargetsForTest((HWY_AVX2 | HWY_SSE4 | HWY_SSSE3) & hwy::SupportedTargets());
  GetParam().row(x.data(), four.data(), size);
  hwy::SetSupportedTargetsForTest(0);
  EXPECT_EQ(four, eight);
}

INSTANTIATE_TEST_SUITE_P(Activation, VectorKernels, ::testing::ValuesIn(kernels),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(VectorKernel, MultiplySubtractRoundsOnce) {
  Random random(52);
  Row x, y, z;
  for (int k = 0; k < 1003; ++k) {
    x.push_back(random.spread(-4, 4)), y.push_back(random.spread(-4, 4));
    z.push_back(k % 2 == 0 ? x.back() * y.back() : random.spread(-4, 4));
  }
  Row out(x.size());
  vector::multiply_subtract(x.data(), y.data(), z.data(), out.data(), 1003);
  for (std::size_t k = 0; k < x.size(); ++k)
    EXPECT_EQ(out[k], real::to_double<Fine>(Fine(Fine(x[k]) * Fine(y[k]) - Fine(z[k]))));
}

/// Beyond the range: limits, and NaN.
TEST(VectorKernel, NormalFarOutAndNan) {
  const Row x{-HUGE_VAL, -1e300, -41, 41, 1e300, HUGE_VAL, std::nan(""), 0, -0.0};
  Row phi(x.size()), e(x.size());
  vector::normal(x.data(), phi.data(), e.data(), 9);
  const Row expected{0, 0, 0, 1, 1, 1, 0, 0.5, 0.5}, slopes{0, 0, 0, 0, 0, 0, 0, 1, 1};
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (k == 6) continue;
    EXPECT_EQ(phi[k], expected[k]);
    EXPECT_EQ(e[k], slopes[k]);
  }
  EXPECT_TRUE(std::isnan(phi[6]) && std::isnan(e[6]));
}

}  // namespace
}  // namespace gronwall::test
