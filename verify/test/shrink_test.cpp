#include "verify/engine/shrink.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "support/effort.hpp"
#include "verify/engine/any.hpp"
#include "verify/engine/relations.hpp"

namespace gronwall::verify {
namespace {

TEST(Shrink, WeighsWhatAPersonHasToRead) {
  Case small{{{"n", 1L}, {"W", linalg::ExactMatrix::Constant(1, 1, 3)}}};
  Case large{{{"n", 2L}, {"W", linalg::ExactMatrix::Constant(2, 2, 0.375)}}};
  EXPECT_LT(weight(small), weight(large));
}

Truth above(double x, double least) { return real::truth(x >= least); }

/// A claim on an n x n matrix W, judged by its first entry: what double and balls say of it, each with a
/// count of how often it was asked.
struct Counted {
  std::function<Truth(double)> coarse, fine;
  long coarsely = 0, finely = 0;
  Claim claim{};

  Counted(std::function<Truth(double)> by_double, std::function<Truth(double)> by_balls)
      : coarse(std::move(by_double)), fine(std::move(by_balls)) {
    claim.about.id = "counted";
    claim.judges["double"] = [this](Draws& draws) { return judged(draws, coarse, coarsely); };
    claim.judges["ball"] = [this](Draws& draws) { return judged(draws, fine, finely); };
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  static Judgement judged(Draws& draws, const std::function<Truth(double)>& broken, long& count) {
    ++count;
    Any<double> any(draws);
    const long n = any.integer("n", 1, 5);
    const double x = any.matrix("W", n, n, 64)(0, 0);
    Judgement out;
    const Truth is = broken(x);
    out.truth = is == Truth::unknown ? is : is == Truth::yes ? Truth::no : Truth::yes;
    out.tie = is == Truth::unknown;  // no further precision is asked
    out.proof = out.truth != Truth::unknown;
    return out;
  }

  Shrinker shrinker(bool with_coarse, bool unsure = false) const {
    Shrinker shrink{claim, with_coarse ? std::optional<std::string>("double") : std::nullopt, "ball"};
    shrink.unsure = unsure;
    shrink.proved = true;
    return shrink;
  }
};

Case start(double x) {
  linalg::ExactMatrix W = linalg::ExactMatrix::Constant(4, 4, 0.625);
  W(0, 0) = x;
  return {{{"n", 4L}, {"W", W}}};
}
Case smallest(double x) { return {{{"n", 1L}, {"W", linalg::ExactMatrix::Constant(1, 1, x)}}}; }

TEST(Shrink, WhereBothAgreeTheFineOneIsAskedOnce) {
  for (const double x : {3.0, 3.1875, 17.0, 61.5}) {
    const auto broken = [](double entry) { return above(entry, 3); };
    Counted both(broken, broken), alone(broken, broken);
    const Case found = both.shrinker(true)(start(x));
    EXPECT_EQ(found, smallest(3));
    EXPECT_EQ(found, alone.shrinker(false)(start(x)));
    EXPECT_EQ(both.finely, 1);
    EXPECT_EQ(both.coarsely, alone.finely);
    EXPECT_EQ(alone.coarsely, 0);
  }
}

TEST(Shrink, AMistakenCoarseOneDecidesNothing) {
  // It is broken from 5 on, and double believes from 1 on.
  const auto broken = [](double x) { return above(x, 5); };
  Counted mistaken([](double x) { return above(x, 1); }, broken), alone(broken, broken);
  const Case found = mistaken.shrinker(true)(start(23.25));
  EXPECT_EQ(found, alone.shrinker(false)(start(23.25)));
  EXPECT_EQ(std::get<long>(*found.find("n")), 1);
  EXPECT_GE(std::get<linalg::ExactMatrix>(*found.find("W"))(0, 0), 5);
  // Double believes what balls never prove: the case stays what it was.
  Counted never([](double x) { return above(x, 1); }, [](double) { return Truth::no; });
  EXPECT_EQ(never.shrinker(true)(start(8.5)), start(8.5));
}

TEST(Shrink, AnUnsureOneLeavesTheRestToTheFineOne) {
  const auto by_balls = [](double x) { return above(x, 5); };
  // Below 2 it knows that nothing is broken, above 40 that it is.
  const auto by_double = [](double x) { return x >= 40 ? Truth::yes : x < 2 ? Truth::no : Truth::unknown; };
  Counted unsure(by_double, by_balls), alone(by_double, by_balls);
  const Case found = unsure.shrinker(true, true)(start(23.25));
  EXPECT_EQ(found, alone.shrinker(false)(start(23.25)));
  EXPECT_EQ(std::get<long>(*found.find("n")), 1);
  EXPECT_LT(unsure.finely, alone.finely);
  // Who takes what it leaves open for a violation, or for none, ends elsewhere.
  EXPECT_GE(std::get<linalg::ExactMatrix>(*found.find("W"))(0, 0), 5);
  EXPECT_LT(std::get<linalg::ExactMatrix>(*found.find("W"))(0, 0), 23.25);
}

TEST(Shrink, NothingIsJudgedTwice) {
  const auto broken = [](double x) { return above(x, 3); };
  Counted first(broken, broken), again(broken, broken);
  Refused memory;
  for (Counted* counted : {&first, &again}) {
    Shrinker shrink = counted->shrinker(false);
    shrink.memory = &memory;
    EXPECT_EQ(shrink(start(17.125)), smallest(3));
  }
  // What was refused is remembered; what was taken is judged again.
  EXPECT_LT(again.finely, 20);
  EXPECT_GT(first.finely, 2 * again.finely);
}

TEST(Shrink, TheEffortIsBounded) {
  const auto broken = [](double x) { return above(x, 3); };
  for (const int tries : {1, 2, 10, 40}) {
    Counted few(broken, broken);
    Shrinker shrink = few.shrinker(false);
    shrink.fine_tries = tries;
    const Case found = shrink(start(17.125));
    EXPECT_LE(few.finely, tries);
    EXPECT_LE(weight(found), weight(start(17.125)));
  }
}

}  // namespace
}  // namespace gronwall::verify
