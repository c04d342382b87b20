#include "verify/engine/climb.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "verify/engine/select.hpp"

namespace gronwall::verify {
namespace {

Judgement bound(double lhs, double rhs, double error) {
  Judgement judged;
  judged.relation = "<=";
  judged.lhs = lhs;
  judged.rhs = rhs;
  judged.lhs_error = judged.rhs_error = error;
  judged.ratio = lhs / rhs;
  return judged;
}

TEST(Reach, CountsErrorsAgainstTheCase) {
  EXPECT_EQ(reach(bound(3, 4, 0)), 0.75);
  EXPECT_EQ(reach(bound(3, 4, 1)), 0.4);
  // What is above 1 by rounding alone is not.
  EXPECT_LT(reach(bound(1 + 1e-9, 1, 1e-8)), 1);
  EXPECT_GT(reach(bound(1 + 1e-7, 1, 1e-8)), 1);
  EXPECT_TRUE(std::isnan(reach(Judgement())));

  Judgement identity = bound(2, 2.5, 0.125);
  identity.relation = "=";
  identity.ratio = 10;
  EXPECT_EQ(reach(identity), 5);
  // Sides that differ by less than their errors: no height at all.
  identity.lhs_error = 1;
  EXPECT_EQ(reach(identity), 0);
  identity.lhs_error = std::numeric_limits<double>::infinity();
  EXPECT_EQ(reach(identity), 0);
}

Foothold foothold(double reach, const std::string& name) {
  return {Case{{{"phi", name}, {"x", linalg::ExactMatrix::Constant(1, 1, reach)}}}, {}, reach};
}
double x(const Case& inputs) { return std::get<linalg::ExactMatrix>(*inputs.find("x"))(0, 0); }
std::vector<double> xs(const std::vector<Case>& cases) {
  std::vector<double> out;
  for (const Case& each : cases) out.push_back(x(each));
  return out;
}

TEST(Starts, AreHighAndOfDifferentKinds) {
  const std::vector<Foothold> from{foothold(0.2, "c"), foothold(0.9, "a"), foothold(0.8, "a"),
                                   foothold(0.7, "b")};
  EXPECT_EQ(xs(distinct_starts(from, 3)), (std::vector<double>{0.9, 0.7, 0.2}));
  EXPECT_EQ(xs(distinct_starts(from, 9)), (std::vector<double>{0.9, 0.7, 0.2, 0.8}));
  EXPECT_TRUE(distinct_starts({}, 3).empty());
}

TEST(Starts, AreNotAllWhereTheBoundIsAttained) {
  const std::vector<Foothold> from{foothold(1, "a"), foothold(1, "b"), foothold(1, "c"), foothold(0.5, "d"),
                                   foothold(0.4, "e")};
  EXPECT_EQ(xs(distinct_starts(from, 4)), (std::vector<double>{1, 1, 0.5, 0.4}));
  EXPECT_EQ(distinct_starts({from[0], from[1], from[2]}, 4).size(), 3U);
}

std::vector<Foothold> climbed(std::uint64_t seed, const std::string& stream, int judgements, double from = 8,
                              long* judged = nullptr) {
  Climb climb(find_claim("toy.true-on-a-hill"), "double", seed, stream);
  Case start;
  start.inputs = {{"x", linalg::ExactMatrix::Constant(1, 1, from)},
                  {"y", linalg::ExactMatrix::Constant(1, 1, from)}};
  const auto path =
      climb({start}, judgements, [](const Case&, const Judgement&) { return Climb::Ruling::end; });
  if (judged != nullptr) *judged = climb.judged();
  return path;
}

TEST(Climb, RisesAndRepeats) {
  const std::vector<Foothold> path = climbed(1, "climb 0", 200);
  ASSERT_GT(path.size(), 3U);
  for (std::size_t i = 1; i < path.size(); ++i) EXPECT_GT(path[i - 1].reach, path[i].reach);
  EXPECT_EQ(x(path.back().inputs), 8) << "it began there";
  EXPECT_GT(path.front().reach, 0.99);
  const std::vector<Foothold> again = climbed(1, "climb 0", 200);
  ASSERT_EQ(again.size(), path.size());
  for (std::size_t i = 0; i < path.size(); ++i) EXPECT_EQ(again[i].inputs, path[i].inputs);
  EXPECT_FALSE(climbed(2, "climb 0", 200).front().inputs == path.front().inputs);
  EXPECT_FALSE(climbed(1, "climb 1", 200).front().inputs == path.front().inputs);
}

TEST(Climb, TakesNoMoreJudgementsThanItMay) {
  for (const int judgements : {1, 2, 7, 50}) {
    long judged = 0;
    climbed(1, "climb 0", judgements, 8, &judged);
    EXPECT_LE(judged, judgements);
    EXPECT_GE(judged, judgements / 2);
  }
}

TEST(Climb, StopsWhenItIsToldTo) {
  Climb climb(find_claim("toy.true-on-a-hill"), "double", 1, "climb 0");
  int asked = 0;
  climb.stop = [&asked] { return ++asked > 5; };
  Case start;
  start.inputs = {{"x", linalg::ExactMatrix::Constant(1, 1, 8)},
                  {"y", linalg::ExactMatrix::Constant(1, 1, 8)}};
  climb({start, start}, 200, [](const Case&, const Judgement&) { return Climb::Ruling::end; });
  EXPECT_LE(climb.judged(), 7);
}

}  // namespace
}  // namespace gronwall::verify
