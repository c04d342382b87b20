#include "verify/engine/studies.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::verify {
namespace {

using real::Ball;

template <class R>
class FamilyOf : public testing::Test {};
using Backends = testing::Types<double, real::Mpfr<50>, Ball>;
TYPED_TEST_SUITE(FamilyOf, Backends);

template <Real R>
Judgement family(const std::vector<R>& constants) {
  FamilyStudy<R> study;
  long n = 1;
  for (const R& constant : constants) study.add(n *= 4, Quantity<R>(constant));
  return study.judge("constant");
}

TYPED_TEST(FamilyOf, GrowthIsSeen) {
  using R = TypeParam;
  const Judgement root = family<R>({R(2), R(4), R(8), R(16)});
  EXPECT_EQ(root.truth, Truth::no) << root.note;
  EXPECT_TRUE(root.family);
  EXPECT_EQ(root.proof, real::Enclosing<R>);
  EXPECT_NEAR(root.lhs, 0.5, 1e-12);
  EXPECT_EQ(root.ratio, 8);
  ASSERT_TRUE(root.plot);
  EXPECT_EQ(root.plot->series.front().x, (std::vector<double>{4, 16, 64, 256}));
  EXPECT_EQ(root.plot->series.front().y, (std::vector<double>{2, 4, 8, 16}));
}

TYPED_TEST(FamilyOf, NamesWhatGrows) {
  using R = TypeParam;
  FamilyStudy<R> study("1/T");
  for (const int n : {1, 2, 4, 8}) study.add(n, Quantity<R>(3 * n));
  const Judgement judged = study.judge("constant");
  EXPECT_EQ(judged.truth, Truth::no);
  EXPECT_EQ(judged.note.find("from 3 at 1/T = 1 to 24 at 1/T = 8, as (1/T)^(1.000"), 0U) << judged.note;
  EXPECT_EQ(judged.plot->x_label, "1/T");
}

TYPED_TEST(FamilyOf, WhatStaysIsNeitherBrokenNorProved) {
  using R = TypeParam;
  for (const std::vector<R>& constants : {std::vector<R>{R(1), R(1), R(1), R(1)},
                                          {R(3), R(4), R(3), R(2)},
                                          {R(1000), R(1001), R(1002), R(1003)}}) {
    const Judgement judged = family<R>(constants);
    EXPECT_EQ(judged.truth, Truth::yes) << judged.note;
    EXPECT_FALSE(judged.proof);
  }
}

TYPED_TEST(FamilyOf, GrowthThatIsNotClearIsUndecided) {
  using R = TypeParam;
  // Back and forth; up, but with a step back; too scattered for the interval; one step up alone; and a clear
  // rise but for its last step.
  for (const std::vector<R>& constants : {std::vector<R>{R(1), R(8), R(1), R(8)},
                                          {R(1), R(4), R(3), R(16)},
                                          {R(1), R(2), R(3), R(900)},
                                          {R(1), R(1), R(1), R(3)},
                                          {R(1), R(2), R(4), R(8), R(16), R(32), R(31)}}) {
    const Judgement judged = family<R>(constants);
    EXPECT_EQ(judged.truth, Truth::unknown) << judged.note;
    EXPECT_FALSE(judged.proof);
  }
}

TYPED_TEST(FamilyOf, ConstantsMustBeKnown) {
  using R = TypeParam;
  const R hundredth = real::ratio<R>(1, 100), least = real::ratio<R>(1, 100000);
  for (const R& error : {hundredth, least}) {
    FamilyStudy<R> study;
    for (const int root : {2, 4, 8, 16}) study.add(root * root, Quantity<R>(R(root), error));
    const Judgement judged = study.judge("constant");
    EXPECT_EQ(judged.truth == Truth::no, real::to_double<R>(error) < 1e-3) << judged.note;
  }
  EXPECT_EQ(family<R>({R(0), R(4), R(8), R(16)}).truth, Truth::unknown);
  EXPECT_EQ(family<R>({R(-1), R(4), R(8), R(16)}).truth, Truth::unknown);
  EXPECT_EQ(family<R>({R(1), R(4), R(8), R(R(1) / R(0))}).truth, Truth::unknown);
  FamilyStudy<R> study;
  study.add(2, Quantity<R>(1));
  EXPECT_THROW(study.judge("constant"), Error);
  EXPECT_THROW(study.add(2, Quantity<R>(1)), Error);
}

/// m deviations bias/n + scale n^-order g, g Gaussian.
LimitStudy sampled(std::uint64_t seed, double offset, double bias, double order, std::size_t m = 48,
                   double false_alarm = 1e-6) {
  test::Random random(seed);
  const auto gaussian = [&random] {
    const double u = 1 - std::abs(random.symmetric()), v = random.symmetric();
    return std::sqrt(-2 * std::log(u)) * std::cos(4 * std::acos(0.0) * v);
  };
  LimitStudy study(false_alarm);
  for (const long n : {16, 32, 64, 128, 256}) {
    const double width = static_cast<double>(n);
    std::vector<double> deviations;
    for (std::size_t k = 0; k < m; ++k)
      deviations.push_back(offset + bias / width + std::pow(width, -order) * gaussian());
    study.add(n, deviations);
  }
  return study;
}

TEST(LimitStudy, TrueLimitsPass) {
  for (int seed = 1; seed <= test::repetitions(200); ++seed) {
    // A bias of 30/n is twice the band at the largest width.
    for (const double bias : {2, 30}) {
      const Judgement judged = sampled(static_cast<std::uint64_t>(seed), 0, bias, 0.5).judge("deviation");
      EXPECT_EQ(judged.truth, Truth::yes) << judged.note;
      EXPECT_FALSE(judged.proof);
    }
  }
}

TEST(LimitStudy, FalseAlarmsAreAsFrequentAsItSays) {
  int alarms = 0;
  const int studies = test::repetitions(1000);
  for (int seed = 1; seed <= studies; ++seed)
    alarms +=
        sampled(static_cast<std::uint64_t>(seed), 0, 1, 0.5, 32, 0.2).judge("deviation").truth == Truth::no;
  const double frequency = static_cast<double>(alarms) / studies;
  // Two independent parts of 0.1 each: 0.19; the second is a little wider than it need be.
  EXPECT_LT(frequency, 0.2 + 5 * std::sqrt(0.16 / studies));
  EXPECT_GT(frequency, 0.05);
}

TEST(LimitStudy, WrongLimitsAndOrdersAreSeen) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(sampled(seed, 0.5, 0, 0.5).judge("deviation").truth, Truth::no);
    EXPECT_EQ(sampled(seed, 0, 0, 1).judge("deviation").truth, Truth::no);
    EXPECT_EQ(sampled(seed, 0, 0, 0).judge("deviation").truth, Truth::no);
  }
}

TEST(LimitStudy, TooFewNetworksDecideNothing) {
  const Judgement judged = sampled(3, 0, 0, 0.5, 8).judge("deviation");
  EXPECT_EQ(judged.truth, Truth::unknown) << judged.note;
}

TEST(LimitStudy, ErrorsOfTheLimitWidenTheBand) {
  const std::vector<double> deviations{1, 1.001, 0.999, 1, 1.001, 0.999, 1, 1};
  const auto judged = [&](double error) {
    LimitStudy study;
    for (const long n : {16, 32, 64, 128}) study.add(n, deviations, error);
    return study.judge("deviation");
  };
  EXPECT_EQ(judged(0).truth, Truth::no);
  EXPECT_NE(judged(2).relation, "<=");
  EXPECT_NE(judged(0).note.find("Student's t, 7 degrees of freedom"), std::string::npos) << judged(0).note;
}

TEST(LimitStudy, WhatIsNotANumberDecidesNothing) {
  LimitStudy study;
  for (const long n : {16, 32, 64, 128}) study.add(n, std::vector<double>(8, std::nan("")));
  EXPECT_EQ(study.judge("deviation").truth, Truth::unknown);
  EXPECT_THROW(study.add(128, std::vector<double>(8, 0.0)), Error);
  EXPECT_THROW(study.add(256, std::vector<double>(7, 0.0)), Error);
  LimitStudy constant;
  for (const long n : {16, 32, 64, 128}) constant.add(n, std::vector<double>(8, 0.0));
  EXPECT_EQ(constant.judge("deviation").truth, Truth::unknown);
}

}  // namespace
}  // namespace gronwall::verify
