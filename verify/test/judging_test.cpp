#include "verify/engine/judging.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/real/backends.hpp>

#include "verify/engine/relations.hpp"

namespace gronwall::verify {
namespace {

using real::Ball;

/// 1 + 2^-k, rounded to the precision of the moment.
Ball above_one(long k) { return Ball(1) + scaled(Ball(1), -k); }

/// What a statement says at each precision that it was asked at.
struct Asked {
  Outcome outcome;
  std::vector<long> bits;
};

Asked ask(const std::function<Judgement()>& statement) {
  Asked out;
  Claim claim{};
  claim.about.id = "toy";
  claim.judges["ball"] = [&](Draws&) {
    out.bits.push_back(real::working_bits());
    return statement();
  };
  out.outcome = judge(claim, Case{}, "ball");
  return out;
}

const std::vector<long> up_to_256{64, 128, 256}, up_to_512{64, 128, 256, 512};

TEST(Judging, GoesOnUntilItIsDecided) {
  const Asked at_once = ask([] { return equals<Ball>(Ball(1), above_one(10), Ball(0)); });
  EXPECT_EQ(at_once.bits, std::vector<long>{64});
  EXPECT_EQ(at_once.outcome.judgement.truth, Truth::no);
  const Asked later =
      ask([] { return equals<Ball>(sqrt(Ball(2)) * sqrt(Ball(2)), Ball(2) * above_one(200), Ball(0)); });
  EXPECT_EQ(later.bits, up_to_256);
  EXPECT_EQ(later.outcome.judgement.truth, Truth::no);
  EXPECT_TRUE(later.outcome.judgement.proof);
}

TEST(Judging, AnIdentityThatMeetsAtHighPrecisionIsNotAskedAgain) {
  for (const Ball& tolerance : {Ball(0), scaled(Ball(1), -5000)}) {
    const Asked roots = ask([&] { return equals<Ball>(sqrt(Ball(2)) * sqrt(Ball(2)), Ball(2), tolerance); });
    EXPECT_EQ(roots.bits, up_to_256);
    EXPECT_EQ(roots.outcome.judgement.truth, Truth::unknown);
    EXPECT_FALSE(roots.outcome.judgement.tie);
    EXPECT_EQ(roots.outcome.judgement.bits, 256);
  }
  // Both sides are 0.
  const Asked zero = ask([] { return equals<Ball>(sqrt(Ball(2)) - sqrt(Ball(2)), Ball(0), Ball(0)); });
  EXPECT_EQ(zero.bits, up_to_256);
}

/// Enclosures that are wide for their precision may still part.
TEST(Judging, WideIdentitiesAreAskedAgain) {
  const auto wide = [](long lost) { return Ball(Ball(1), scaled(Ball(1), lost - real::working_bits())); };
  const Asked parts = ask([&] { return equals<Ball>(wide(140), above_one(150), Ball(0)); });
  EXPECT_EQ(parts.bits, up_to_512);
  EXPECT_EQ(parts.outcome.judgement.truth, Truth::no);
  // Of one side that lies away from 0, however small, and of one that is wide around it.
  const Asked small =
      ask([&] { return equals<Ball>(scaled(wide(140), -300), scaled(above_one(150), -300), Ball(0)); });
  EXPECT_EQ(small.bits.back(), 512);
  const Asked around = ask([&] {
    return equals<Ball>(Ball(Ball(0), scaled(Ball(1), 170 - real::working_bits())), scaled(Ball(1), -90),
                        Ball(0));
  });
  EXPECT_EQ(around.bits, up_to_512);
  EXPECT_EQ(around.outcome.judgement.truth, Truth::no);
}

TEST(Judging, SidesThatAreDifferentButCloseStaySo) {
  const Asked close = ask([] { return equals<Ball>(sqrt(Ball(2)), sqrt(Ball(2)) * above_one(40), Ball(1)); });
  EXPECT_EQ(close.outcome.judgement.note, disjoint_but_close);
  EXPECT_EQ(close.bits, up_to_256);
  EXPECT_EQ(close.outcome.judgement.truth, Truth::unknown);
}

/// Only identities are settled: a sign may show at any precision.
TEST(Judging, SignsAreAskedToTheEnd) {
  const Asked sign = ask([] { return positive<Ball>(above_one(700) - Ball(1)); });
  EXPECT_EQ(sign.bits.back(), 1024);
  EXPECT_EQ(sign.outcome.judgement.truth, Truth::yes);
}

}  // namespace
}  // namespace gronwall::verify
