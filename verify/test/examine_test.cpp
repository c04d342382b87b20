#include "verify/engine/examine.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/effort.hpp"
#include "verify/engine/judging.hpp"
#include "verify/engine/select.hpp"
#include "verify/engine/shrink.hpp"
#include "verify/formats/json.hpp"

namespace gronwall::verify {
namespace {

ClaimResult examine_toy(const std::string& id, std::uint64_t seed = 1,
                        std::optional<std::string> backend = std::nullopt) {
  Settings settings;
  settings.seed = seed;
  settings.backend = std::move(backend);
  return examine(find_claim("toy." + id), settings);
}

long integer(const ClaimResult& result, const char* name) {
  return std::get<long>(*result.counterexample->inputs.find(name));
}
linalg::ExactMatrix matrix(const ClaimResult& result, const char* name) {
  return std::get<linalg::ExactMatrix>(*result.counterexample->inputs.find(name));
}

TEST(Examine, ATrueBoundIsObserved) {
  const ClaimResult result = examine_toy("true-bound");
  EXPECT_EQ(result.verdict, Verdict::observed) << result.reason;
  EXPECT_EQ(result.cases, 100);
  EXPECT_FALSE(result.counterexample);
  ASSERT_TRUE(result.tightest);
  // A single entry is as large as the norm.
  EXPECT_EQ(result.tightest->judgement.ratio, 1);
  // What is shown was judged in every backend.
  EXPECT_EQ(result.tightest->in_each_backend.size(), 2U);
  ASSERT_EQ(result.backends.size(), 2U);
  EXPECT_EQ(result.backends[0].backend, "double");
  EXPECT_EQ(result.backends[0].yes + result.backends[0].unknown, 100);
  EXPECT_EQ(result.backends[0].no + result.backends[1].no, 0);
  // A tenth of the cases is judged in the finer backend even where double is sure.
  EXPECT_GE(result.backends[1].yes, 10);
}

TEST(Examine, AFalseBoundShrinksToWidthOneAndToASmallInteger) {
  for (int seed = 1; seed <= test::repetitions(6); ++seed) {
    SCOPED_TRACE(seed);
    const ClaimResult result = examine_toy("false-bound", static_cast<std::uint64_t>(seed));
    EXPECT_EQ(result.verdict, Verdict::suspect) << result.reason;
    ASSERT_TRUE(result.counterexample);
    EXPECT_EQ(integer(result, "n"), 1);
    EXPECT_EQ(integer(result, "d"), 1);
    EXPECT_EQ(std::get<std::string>(*result.counterexample->inputs.find("phi")), "tanh");
    EXPECT_EQ(matrix(result, "W"), linalg::ExactMatrix::Constant(1, 1, 3));
    EXPECT_EQ(matrix(result, "U"), linalg::ExactMatrix::Zero(1, 1));
    EXPECT_EQ(result.counterexample->judgement.truth, Truth::no);
    EXPECT_EQ(result.counterexample->backend, "mpfr50");
    EXPECT_EQ(result.counterexample->judgement.ratio, 1.5);
  }
}

TEST(Examine, AWidthThatIsNeededStays) {
  for (int seed = 1; seed <= test::repetitions(6); ++seed) {
    SCOPED_TRACE(seed);
    const ClaimResult result = examine_toy("false-above-one", static_cast<std::uint64_t>(seed));
    ASSERT_TRUE(result.counterexample);
    EXPECT_EQ(integer(result, "n"), 2);
    linalg::ExactMatrix W = matrix(result, "W");
    EXPECT_EQ(W(0, 0), 0);
    EXPECT_EQ(W(1, 1), 0);
    EXPECT_EQ(W(0, 1) + W(1, 0), 1) << W;
  }
}

TEST(Examine, SmallerWidthsAreSearchedAnewWhereSubmatricesHold) {
  int ones = 0;
  for (int seed = 1; seed <= 6; ++seed) {
    const ClaimResult result = examine_toy("false-elsewhere", static_cast<std::uint64_t>(seed));
    ASSERT_TRUE(result.counterexample) << result.reason;
    if (integer(result, "n") == 1) ++ones;
  }
  // Without drawing anew none would get there: halving W leaves n = 2 and x = 2. By chance, so not always.
  EXPECT_GE(ones, 4);
}

TEST(Examine, AViolationInDoubleAloneIsDismissed) {
  const ClaimResult result = examine_toy("false-in-double");
  EXPECT_EQ(result.verdict, Verdict::observed) << result.reason;
  EXPECT_EQ(result.dismissed, 100);
  EXPECT_EQ(result.backends[0].no, 100);
  EXPECT_EQ(result.backends[1].yes, 100);
  EXPECT_NE(result.reason.find("dismissed"), std::string::npos);
  // With double alone there is nobody to dismiss it.
  EXPECT_EQ(examine_toy("false-in-double", 1, "double").verdict, Verdict::suspect);
}

TEST(Examine, AViolationThatDoubleMissesIsFoundInTheSample) {
  const ClaimResult result = examine_toy("true-in-double");
  EXPECT_EQ(result.verdict, Verdict::suspect);
  EXPECT_NE(result.reason.find("did not show in double"), std::string::npos) << result.reason;
  EXPECT_EQ(result.counterexample->in_each_backend.at("double").truth, Truth::yes);
  EXPECT_EQ(examine_toy("true-in-double", 1, "double").verdict, Verdict::observed);
}

TEST(Examine, AClaimThatIsNeverExercisedIsVacuous) {
  const ClaimResult result = examine_toy("vacuous");
  EXPECT_EQ(result.verdict, Verdict::vacuous);
  EXPECT_EQ(result.cases, 0);
  EXPECT_GE(result.discarded, 100);
  EXPECT_NE(result.reason.find("x is above 9"), std::string::npos) << result.reason;
}

TEST(Examine, TooManyTiesAreUndecided) {
  const ClaimResult result = examine_toy("ties");
  EXPECT_EQ(result.verdict, Verdict::undecided);
  EXPECT_EQ(result.cases, 100);
  const ClaimResult few = examine_toy("rare-ties");
  EXPECT_EQ(few.verdict, Verdict::observed) << few.reason;
  EXPECT_NE(few.reason.find("undecided"), std::string::npos) << few.reason;
}

TEST(Examine, ABoundThatIsAttainedIsObservedAndSaysSo) {
  const ClaimResult result = examine_toy("attained");
  EXPECT_EQ(result.verdict, Verdict::observed) << result.reason;
  EXPECT_NE(result.reason.find("both sides agree"), std::string::npos) << result.reason;
  ASSERT_TRUE(result.tightest);
  EXPECT_EQ(result.tightest->judgement.ratio, 0.5);
}

TEST(Examine, ABlowUpIsUndecidedAndSaysSo) {
  const ClaimResult result = examine_toy("blows-up");
  EXPECT_EQ(result.verdict, Verdict::undecided);
  EXPECT_NE(result.reason.find("blew up"), std::string::npos) << result.reason;
}

TEST(Examine, HypothesesAreCountedAndDroppedInTurn) {
  const ClaimResult result = examine_toy("hypotheses");
  EXPECT_EQ(result.verdict, Verdict::observed);
  EXPECT_GT(result.discarded, 0);
  ASSERT_EQ(result.hypotheses.size(), 3U);
  const HypothesisCount &positive = result.hypotheses[0], &bounded = result.hypotheses[1],
                        &not_one = result.hypotheses[2];
  EXPECT_LT(positive.met, positive.asked);
  EXPECT_EQ(positive.need, HypothesisCount::Need::needed);
  // It always holds, so nothing is known of what happens without it.
  EXPECT_EQ(bounded.met, bounded.asked);
  EXPECT_EQ(bounded.need, HypothesisCount::Need::not_seen);
  EXPECT_EQ(not_one.need, HypothesisCount::Need::not_seen);
}

TEST(Examine, AThrowingStatementIsAnInternalErrorThatNamesIt) {
  try {
    examine_toy("throws");
    FAIL() << "nothing was thrown";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("toy.throws"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("beyond what this toy can do"), std::string::npos);
  }
}

TEST(Examine, ThePlotOfTheTightestCaseIsKept) {
  const ClaimResult result = examine_toy("rate");
  EXPECT_EQ(result.verdict, Verdict::observed) << result.reason;
  ASSERT_EQ(result.plots.size(), 1U);
  EXPECT_NE(result.note.find("observed order 1.000"), std::string::npos) << result.note;
}

TEST(Examine, OneSeedGivesOneResult) {
  for (const char* id : {"true-bound", "false-bound", "hypotheses", "false-elsewhere"}) {
    EXPECT_EQ(to_line(to_json(examine_toy(id, 5))), to_line(to_json(examine_toy(id, 5)))) << id;
    EXPECT_NE(to_line(to_json(examine_toy(id, 5))), to_line(to_json(examine_toy(id, 6)))) << id;
  }
}

TEST(Shrink, WeighsWhatAPersonHasToRead) {
  Case small{{{"n", 1L}, {"W", linalg::ExactMatrix::Constant(1, 1, 3)}}};
  Case large{{{"n", 2L}, {"W", linalg::ExactMatrix::Constant(2, 2, 0.375)}}};
  EXPECT_LT(weight(small), weight(large));
}

}  // namespace
}  // namespace gronwall::verify
