#include "verify/engine/relations.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/real/backends.hpp>

namespace gronwall::verify {
namespace {

using Mpfr50 = real::Mpfr<50>;

template <class R>
class Relations : public testing::Test {};
using Backends = testing::Types<double, Mpfr50>;
TYPED_TEST_SUITE(Relations, Backends);

TYPED_TEST(Relations, AtMostIsThreeValued) {
  using R = TypeParam;
  using Q = Quantity<R>;
  const Judgement yes = at_most<R>(Q(1), Q(2));
  EXPECT_EQ(yes.truth, Truth::yes);
  EXPECT_EQ(yes.ratio, 0.5);
  EXPECT_EQ(yes.lhs, 1);
  EXPECT_EQ(yes.rhs, 2);
  EXPECT_EQ(yes.relation, "<=");
  EXPECT_EQ(real::Backend<R>::from_hex(yes.rhs_exact), R(2));
  EXPECT_EQ(at_most<R>(Q(2), Q(2)).truth, Truth::yes);
  const Judgement no = at_most<R>(Q(3), Q(2));
  EXPECT_EQ(no.truth, Truth::no);
  EXPECT_EQ(no.ratio, 1.5);
  EXPECT_EQ(at_most<R>(Q(R(2), R(1)), Q(2)).truth, Truth::unknown);
  EXPECT_EQ(at_most<R>(Q(R(0) / R(0)), Q(2)).truth, Truth::unknown);
  EXPECT_TRUE(std::isnan(at_most<R>(Q(R(0) / R(0)), Q(2)).ratio));
  EXPECT_TRUE(std::isnan(at_most<R>(Q(0), Q(0)).ratio));
  EXPECT_TRUE(std::isinf(at_most<R>(Q(1), Q(0)).ratio));
}

TYPED_TEST(Relations, EqualsResolvesItsTolerance) {
  using R = TypeParam;
  using Q = Quantity<R>;
  const R tolerance = real::ratio<R>(1, 4);
  EXPECT_EQ(equals<R>(Q(1), Q(1), tolerance).truth, Truth::yes);
  const Judgement half = equals<R>(Q(1), Q(real::ratio<R>(9, 8)), tolerance);
  EXPECT_EQ(half.truth, Truth::yes);
  EXPECT_EQ(half.ratio, 0.5);
  const Judgement apart = equals<R>(Q(1), Q(2), tolerance);
  EXPECT_EQ(apart.truth, Truth::no);
  EXPECT_EQ(apart.ratio, 4);
  EXPECT_EQ(equals<R>(Q(R(1), R(1)), Q(1), tolerance).truth, Truth::unknown);
  EXPECT_EQ(equals<R>(Q(1), Q(1), R(0)).truth, Truth::yes);
}

TYPED_TEST(Relations, PositiveIsDecidedByTheError) {
  using R = TypeParam;
  using Q = Quantity<R>;
  EXPECT_EQ(positive<R>(Q(R(1), real::ratio<R>(1, 2))).truth, Truth::yes);
  EXPECT_EQ(positive<R>(Q(R(1), R(2))).truth, Truth::unknown);
  EXPECT_EQ(positive<R>(Q(0)).truth, Truth::no);
  EXPECT_EQ(positive<R>(Q(R(-1), real::ratio<R>(1, 2))).truth, Truth::no);
  EXPECT_EQ(positive<R>(Q(1)).relation, "> 0");
}

TEST(Judgements, TheConjunctionIsTheWorse) {
  Judgement yes, no, unknown, tight;
  yes.truth = tight.truth = Truth::yes;
  no.truth = Truth::no;
  yes.relation = "yes", no.relation = "no", unknown.relation = "unknown", tight.relation = "tight";
  yes.ratio = 0.25, tight.ratio = 0.75;
  EXPECT_EQ((yes && no).relation, "no");
  EXPECT_EQ((no && unknown).relation, "no");
  EXPECT_EQ((yes && unknown).relation, "unknown");
  EXPECT_EQ((yes && tight).relation, "tight");
  EXPECT_EQ((tight && yes).relation, "tight");
  yes.plot = Plot{};
  EXPECT_TRUE((yes && no).plot.has_value());
  EXPECT_EQ(exactly(true, "=", "1", "1").truth, Truth::yes);
  EXPECT_EQ(exactly(false, "=", "1", "2").rhs_exact, "2");
}

const std::vector<long> depths = {16, 32, 64, 128, 256};

/// The study of e(L), computed in R, with a relative error of a few units.
template <class R, class Error>
Judgement study(double order, Error error) {
  RateStudy<R> study(order);
  for (const long L : depths) study.add(L, Quantity<R>(error(R(static_cast<int>(L)))));
  return study.judge("error");
}

TYPED_TEST(Relations, RatesAreRecognised) {
  using R = TypeParam;
  const auto first = [](const R& L) { return R(R(3) / L); };
  const auto second = [](const R& L) { return R(R(3) / (L * L)); };
  const auto slow = [](const R& L) { return R(exp(R(-log(L) * real::ratio<R>(4, 5)))); };  // L^-0.8
  const auto curved = [](const R& L) { return R(R(1) / L + R(2) / (L * L)); };
  EXPECT_EQ(study<R>(1, first).truth, Truth::yes);
  EXPECT_EQ(study<R>(1, second).truth, Truth::yes);
  EXPECT_EQ(study<R>(2, second).truth, Truth::yes);
  EXPECT_EQ(study<R>(1, curved).truth, Truth::yes);
  EXPECT_EQ(study<R>(2, first).truth, Truth::no);
  const Judgement missed = study<R>(1, slow);
  EXPECT_EQ(missed.truth, Truth::no) << missed.note;
  EXPECT_NEAR(missed.lhs, 0.8, 1e-10);
  EXPECT_EQ(missed.rhs, 1);
  EXPECT_EQ(missed.note, "observed order 0.800 ± 0.000");
  ASSERT_TRUE(missed.plot);
  EXPECT_TRUE(missed.plot->log_x && missed.plot->log_y);
  EXPECT_EQ(missed.plot->series.front().x.size(), depths.size());
}

TYPED_TEST(Relations, ConstantErrorsAndGrowthAreNoRate) {
  using R = TypeParam;
  EXPECT_EQ(study<R>(1, [](const R&) { return R(1); }).truth, Truth::no);
  EXPECT_EQ(study<R>(1, [](const R& L) { return L; }).truth, Truth::no);
}

TYPED_TEST(Relations, NoiseIsUndecided) {
  using R = TypeParam;
  // Order 0.7 on the whole, with errors that jump by factors of two.
  int k = 0;
  const Judgement noisy =
      study<R>(1, [&k](const R& L) { return R(exp(R(-log(L) * real::ratio<R>(7, 10))) * R(1 + k++ % 2)); });
  EXPECT_EQ(noisy.truth, Truth::unknown) << noisy.note;
  EXPECT_GT(noisy.lhs_error, 0.5);
}

/// The confidence interval against a fit by hand: y = 0, 1, 1, 2 at x = 0, 1, 2, 3 (in units of log 2) has
/// slope 3/5, residuals 1/10 (-1, 3, -3, 1), and standard error sqrt(0.2/2/5) = 1/sqrt(50); Student's t of
/// two degrees of freedom has the quantile (2p - 1)/sqrt(2p(1 - p)), here with p = 0.975.
TEST(RateStudy, ConfidenceIntervalByHand) {
  RateStudy<double> study(1);
  const std::vector<double> exponent = {0, 1, 1, 2};
  for (int i = 0; i < 4; ++i)
    study.add(1L << i, Quantity<double>(std::exp2(-exponent[static_cast<std::size_t>(i)])));
  const Judgement judged = study.judge("error");
  EXPECT_NEAR(judged.lhs, 0.6, 1e-12);
  EXPECT_NEAR(judged.lhs_error, 0.95 / std::sqrt(2 * 0.975 * 0.025) / std::sqrt(50.0), 1e-12);
}

TYPED_TEST(Relations, AnExplicitBoundMustHoldAtEachL) {
  using R = TypeParam;
  using Q = Quantity<R>;
  for (const long broken : {0L, 16L, 64L, 256L}) {
    RateStudy<R> study(1);
    for (const long L : depths) {
      const R error = R(1) / R(static_cast<int>(L));
      study.add(L, Q(error), Q(L == broken ? R(error / 2) : R(error * 4)));
    }
    const Judgement judged = study.judge("error");
    EXPECT_EQ(judged.truth, broken == 0 ? Truth::yes : Truth::no) << broken;
    EXPECT_EQ(judged.ratio, broken == 0 ? 0.25 : 2) << broken;
    EXPECT_EQ(judged.note, "observed order 1.000 ± 0.000");
  }
}

TYPED_TEST(Relations, ErrorsBelowRoundingAreLeftOut) {
  using R = TypeParam;
  using Q = Quantity<R>;
  EXPECT_EQ(study<R>(1, [](const R&) { return R(0); }).truth, Truth::yes);
  RateStudy<R> rounding(1), bounded(1), three(1);
  for (const long L : depths) {
    const R e = R(1) / R(static_cast<int>(L));
    // Below 1/100 the error is not known; it would spoil the fit.
    const Q error = L > 100 ? Q(R(1), R(2)) : Q(e);
    three.add(L, error);
    bounded.add(L, L > 100 ? Q(0) : Q(e), Q(1));
    rounding.add(L, Q(e, R(2)));
  }
  EXPECT_EQ(three.judge("error").truth, Truth::unknown);
  EXPECT_EQ(rounding.judge("error").truth, Truth::yes);
  const Judgement on_bound = bounded.judge("error");
  EXPECT_EQ(on_bound.truth, Truth::yes);
  EXPECT_NE(on_bound.note.find("bound alone"), std::string::npos);
}

TYPED_TEST(Relations, UnknownErrorsAreUndecided) {
  using R = TypeParam;
  EXPECT_EQ(study<R>(1, [](const R& L) { return L > R(200) ? R(R(0) / R(0)) : R(R(1) / L); }).truth,
            Truth::unknown);
  RateStudy<R> short_study(1);
  short_study.add(2, Quantity<R>(1));
  EXPECT_THROW(short_study.judge("error"), Error);
}

}  // namespace
}  // namespace gronwall::verify
