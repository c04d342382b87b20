#include "verify/engine/relations.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/real/backends.hpp>

namespace gronwall::verify {
namespace {

using Mpfr50 = real::Mpfr<50>;
using real::Ball;

template <class R>
class Relations : public testing::Test {};
using Backends = testing::Types<double, Mpfr50, Ball>;
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
  EXPECT_EQ(real::to_double<R>(real::Backend<R>::from_hex(yes.rhs_exact)), 2);
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
  // Balls prove that the two are different.
  EXPECT_EQ(half.truth, real::Enclosing<R> ? Truth::unknown : Truth::yes);
  EXPECT_EQ(half.note, real::Enclosing<R> ? disjoint_but_close : "");
  // Unless to be near is all that was said.
  EXPECT_EQ(near<R>(Q(1), Q(real::ratio<R>(9, 8)), tolerance).truth, Truth::yes);
  EXPECT_EQ(near<R>(Q(1), Q(real::ratio<R>(11, 8)), tolerance).truth, Truth::no);
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

TEST(Judgements, AConjunctionIsProvedAsFarAsItNeedsToBe) {
  const auto judged = [](Truth truth, bool proof, const char* relation, long bits = 0) {
    Judgement out;
    out.truth = truth, out.proof = proof, out.relation = relation, out.bits = bits;
    return out;
  };
  const Judgement yes = judged(Truth::yes, true, "yes", 64), seen = judged(Truth::yes, false, "seen"),
                  no = judged(Truth::no, true, "no", 128), suspect = judged(Truth::no, false, "suspect"),
                  open = judged(Truth::unknown, false, "open", 256),
                  fine = judged(Truth::yes, true, "fine", 512);
  for (const bool swapped : {false, true}) {
    const auto both = [swapped](const Judgement& a, const Judgement& b) { return swapped ? b && a : a && b; };
    // A yes needs both, and rests on the balls of both.
    EXPECT_TRUE(both(yes, fine).proof);
    EXPECT_EQ(both(yes, fine).bits, 512);
    EXPECT_FALSE(both(yes, seen).proof);
    // A no needs one that is proved, and is that one.
    EXPECT_TRUE(both(no, seen).proof);
    EXPECT_TRUE(both(no, suspect).proof);
    EXPECT_EQ(both(no, suspect).relation, "no");
    EXPECT_EQ(both(no, fine).bits, 128);
    EXPECT_TRUE(both(no, open).proof);
    EXPECT_FALSE(both(suspect, yes).proof);
    // What is unknown is never a proof.
    EXPECT_EQ(both(yes, open).truth, Truth::unknown);
    EXPECT_FALSE(both(yes, open).proof);
  }
  EXPECT_TRUE(exactly(true, "=", "1", "1").proof);
  EXPECT_TRUE(exactly(false, "=", "1", "2").proof);
  EXPECT_EQ(exactly(false, "=", "1", "2").bits, 0);
}

TYPED_TEST(Relations, OnlyEnclosuresProve) {
  using R = TypeParam;
  using Q = Quantity<R>;
  const bool enclosing = real::Enclosing<R>;
  const Judgement judged[] = {at_most<R>(Q(1), Q(2)),      at_most<R>(Q(2), Q(1)),
                              positive<R>(Q(1)),           positive<R>(Q(-1)),
                              equals<R>(Q(1), Q(1), R(1)), equals<R>(Q(3), Q(1), R(1))};
  for (const Judgement& each : judged) {
    EXPECT_EQ(each.proof, enclosing) << each.relation;
    EXPECT_EQ(each.bits, enclosing ? real::working_bits() : 0);
    EXPECT_EQ(each.lhs_bounds.lower.empty(), !enclosing);
    EXPECT_EQ(each.rhs_bounds.lower.empty(), !enclosing || each.relation == "> 0");
  }
  EXPECT_FALSE(at_most<R>(Q(R(2), R(1)), Q(2)).proof);
  EXPECT_FALSE(at_most<R>(Q(R(0) / R(0)), Q(2)).proof);
  EXPECT_FALSE(equals<R>(Q(R(1), R(1)), Q(1), real::ratio<R>(1, 4)).proof);
  EXPECT_FALSE(positive<R>(Q(R(1), R(2))).proof);
}

TEST(RelationsOfBalls, BoundsAreRoundedOutwards) {
  for (const long bits : {64L, 128L, 1024L}) {
    const real::Precision guard(bits);
    const Ball third = real::ratio<Ball>(1, 3), x = exp(Ball(3)) * third;
    const Judgement judged = at_most<Ball>(third, x);
    const Ball lower = real::Backend<Ball>::from_hex(judged.rhs_bounds.lower);
    const Ball upper = real::Backend<Ball>::from_hex(judged.rhs_bounds.upper);
    // Both are numbers, all points lie between them, and not much else does.
    EXPECT_TRUE(lower.exact() && upper.exact());
    const real::Precision finer(bits + 200);
    EXPECT_EQ(leq(lower, x), Truth::yes);
    EXPECT_EQ(leq(x, upper), Truth::yes);
    EXPECT_EQ(leq(upper - lower, Ball(2) * x.radius() * (Ball(1) + scaled(Ball(1), -20))), Truth::yes);
    EXPECT_GE(judged.rhs_error, std::ldexp(1.0, -static_cast<int>(std::min(bits, 1000L)) - 20));
    EXPECT_EQ(judged.bits, bits);
    EXPECT_TRUE(judged.proof);
  }
}

TEST(RelationsOfBalls, AToleranceIsOneForWhichTheAnswerIsProved) {
  const real::Precision guard(64);
  const Ball tolerance(Ball(1), real::ratio<Ball>(1, 4));
  const auto text = [](const std::string& hex) {
    return real::to_double<Ball>(real::Backend<Ball>::from_hex(hex));
  };
  EXPECT_LE(text(equals<Ball>(Ball(1), Ball(1), tolerance).tolerance), 0.75);
  EXPECT_GE(text(equals<Ball>(Ball(1), Ball(3), tolerance).tolerance), 1.25);
  EXPECT_EQ(equals<Ball>(Ball(1), Ball(1), Ball(0)).tolerance, "");
}

/// 1 against 1, each with a radius of 2^-bits.
Judgement attained(long bits) {
  const real::Precision guard(bits);
  const Ball one(Ball(1), scaled(Ball(1), -bits));
  return at_most<Ball>(one, one);
}

TEST(RelationsOfBalls, ATieIsOnlySeenAtHighPrecision) {
  EXPECT_FALSE(attained(64).tie);
  EXPECT_FALSE(attained(128).tie);
  EXPECT_TRUE(attained(256).tie);
  EXPECT_TRUE(attained(1024).tie);
  EXPECT_EQ(attained(1024).truth, Truth::unknown);
  const real::Precision guard(256);
  const auto around = [](int value, long exponent) { return Ball(Ball(value), scaled(Ball(1), exponent)); };
  // Enclosures that overlap, but are wide.
  EXPECT_FALSE(at_most<Ball>(around(1, -100), around(1, -100)).tie);
  // Both may be 0, and are nothing else that is worth the name; or may be large.
  EXPECT_TRUE(at_most<Ball>(around(0, -128), around(0, -200)).tie);
  EXPECT_FALSE(at_most<Ball>(around(0, -60), around(0, -200)).tie);
  // One of them is not 0.
  EXPECT_FALSE(at_most<Ball>(Ball(scaled(Ball(1), -200), scaled(Ball(1), -201)), around(0, -199)).tie);
  // What is decided is no tie.
  EXPECT_FALSE(at_most<Ball>(around(1, -200), around(2, -200)).tie);
  EXPECT_FALSE(at_most<Ball>(Ball(1) / Ball(0), Ball(1)).tie);
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

TYPED_TEST(Relations, OfARateOnlyItsBoundsAreProofs) {
  using R = TypeParam;
  using Q = Quantity<R>;
  const bool enclosing = real::Enclosing<R>;
  RateStudy<R> fitted(1), broken(1), bound_alone(1), half_bounded(1);
  for (const long L : depths) {
    const R error = R(1) / R(static_cast<int>(L));
    fitted.add(L, Q(error), Q(R(2)));
    broken.add(L, Q(error), Q(L == 64 ? R(0) : R(2)));
    bound_alone.add(L, Q(0), Q(1));
    L == 16 ? half_bounded.add(L, Q(0)) : half_bounded.add(L, Q(0), Q(1));
  }
  const Judgement yes = fitted.judge("error"), no = broken.judge("error"), alone = bound_alone.judge("error"),
                  half = half_bounded.judge("error");
  EXPECT_EQ(yes.truth, Truth::yes);
  EXPECT_FALSE(yes.proof);
  EXPECT_EQ(no.truth, Truth::no);
  EXPECT_EQ(no.proof, enclosing);
  EXPECT_EQ(no.relation, "<=");
  EXPECT_EQ(alone.truth, Truth::yes);
  EXPECT_EQ(alone.proof, enclosing);
  EXPECT_EQ(half.truth, Truth::yes);
  EXPECT_FALSE(half.proof);
  // A fit that misses its order proves nothing, whatever the bounds do.
  const Judgement slow = study<R>(2, [](const R& L) { return R(R(3) / L); });
  EXPECT_EQ(slow.truth, Truth::no);
  EXPECT_FALSE(slow.proof);
}

TYPED_TEST(Relations, UnknownErrorsAreUndecided) {
  using R = TypeParam;
  EXPECT_EQ(study<R>(1, [](const R& L) { return real::to_double<R>(L) > 200 ? R(R(0) / R(0)) : R(R(1) / L); })
                .truth,
            Truth::unknown);
  RateStudy<R> short_study(1);
  short_study.add(2, Quantity<R>(1));
  EXPECT_THROW(short_study.judge("error"), Error);
}

}  // namespace
}  // namespace gronwall::verify
