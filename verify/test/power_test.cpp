#include "verify/engine/power.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "verify/engine/judging.hpp"
#include "verify/engine/select.hpp"
#include "verify/engine/workers.hpp"
#include "verify/formats/asset.hpp"
#include "verify/formats/json.hpp"
#include "verify/test/program.hpp"

namespace gronwall::verify {
namespace {

const Claim& toy(const std::string& id) { return find_claim("toy.power." + id); }

/// Surveys and hunts here, without processes.
std::vector<MutantResult> fates(const std::string& id, std::uint64_t seed = 1) {
  const Claim& claim = toy(id);
  const PowerSettings settings{seed, {}};
  const Survey found = survey(claim, settings);
  EXPECT_EQ(found.falls, "") << id;
  std::vector<MutantResult> out;
  for (const Mutation& mutation : found.mutations)
    out.push_back(explained(claim, hunt(claim, mutation, settings)));
  return out;
}

std::set<std::string> names(const std::vector<MutantResult>& results) {
  std::set<std::string> out;
  for (const MutantResult& result : results) out.insert(result.mutation.name());
  return out;
}

const MutantResult& named(const std::vector<MutantResult>& results, const std::string& name) {
  const auto found = std::find_if(results.begin(), results.end(), [&name](const MutantResult& result) {
    return result.mutation.name() == name;
  });
  if (found == results.end()) throw Error("There is no mutant '" + name + "'.");
  return *found;
}

TEST(Power, EveryMutantOfASharpBoundDies) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const std::vector<MutantResult> found = fates("sharp", seed);
    EXPECT_EQ(names(found),
              (std::set<std::string>{"drop n", "scale n", "exponent n", "scale n below", "exponent n below",
                                     "norm |x|", "fewer k", "more k", "drop t", "scale t", "exponent t",
                                     "sign t", "drop y", "scale y", "sign y", "without x is positive"}));
    for (const MutantResult& result : found) {
      SCOPED_TRACE(result.mutation.name());
      EXPECT_EQ(result.fate, Fate::killed);
      EXPECT_TRUE(result.proved);
      ASSERT_TRUE(result.violation);
      EXPECT_EQ(result.violation->judgement.truth, Truth::no);
      EXPECT_TRUE(result.violation->judgement.proof);
      // The mutant is what is violated there, the claim is not.
      for (const std::string& backend : referees()) {
        EXPECT_NE(
            judge(mutant(toy("sharp"), result.mutation), result.violation->inputs, backend).judgement.truth,
            Truth::yes);
        EXPECT_NE(judge(toy("sharp"), result.violation->inputs, backend).judgement.truth, Truth::no);
      }
    }
  }
}

TEST(Power, AMutantOfASlackBoundSurvives) {
  const std::vector<MutantResult> found = fates("slack");
  EXPECT_EQ(names(found), (std::set<std::string>{"drop 2", "scale 2", "exponent 2"}));
  for (const MutantResult& result : found) {
    EXPECT_EQ(result.fate, Fate::survived) << result.mutation.name();
    EXPECT_EQ(result.cases, 60);
    EXPECT_FALSE(result.violation);
  }
  EXPECT_NEAR(named(found, "scale 2").closest, 1 / 1.8, 1e-12);
}

TEST(Power, AnEquivalentMutantIsExplained) {
  for (const MutantResult& result : fates("equivalent")) {
    EXPECT_EQ(result.fate, Fate::equivalent) << result.mutation.name();
    EXPECT_FALSE(result.reason.empty());
  }
}

TEST(Power, AWrongExplanationIsNoticed) {
  const std::vector<MutantResult> found = fates("wrongly-explained");
  EXPECT_EQ(named(found, "scale x").fate, Fate::not_equivalent);
  EXPECT_EQ(named(found, "drop x").fate, Fate::killed);
  EXPECT_EQ(named(found, "scale 1").fate, Fate::killed);
}

TEST(Power, IdentitiesAreScaled) {
  const std::vector<MutantResult> found = fates("identity");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].mutation, (Mutation{"=", Operator::equality}));
  EXPECT_EQ(found[0].fate, Fate::killed);
  EXPECT_EQ(named(fates("loose"), "scaled identities").fate, Fate::survived);
}

TEST(Power, WhatIsFalseHasNoMutants) {
  const Survey found = survey(toy("fallen"), {});
  EXPECT_EQ(found.falls, "it is violated itself");
  EXPECT_TRUE(found.mutations.empty());
  EXPECT_EQ(survey(find_claim("toy.vacuous"), {}).falls, "its hypotheses were never met");
  EXPECT_EQ(survey(find_claim("toy.family-grows"), {}).falls, "it is violated itself");
  EXPECT_EQ(survey(find_claim("toy.never-decided"), {}).falls, "it is violated itself in floating point");
}

TEST(Power, WhatOnlyDoublesJudgeIsKilledInThem) {
  const MutantResult killed = named(fates("in-doubles"), "scale x");
  EXPECT_EQ(killed.fate, Fate::killed);
  EXPECT_FALSE(killed.proved);
  EXPECT_EQ(killed.violation->backend, "double");
}

TEST(Power, AViolationThatStaysOpenKillsNothing) {
  const MutantResult open = named(fates("open"), "scale x");
  EXPECT_EQ(open.fate, Fate::survived);
  EXPECT_GT(open.open, 0);
  // What is violated beyond the enclosure is proved.
  EXPECT_EQ(named(fates("open"), "drop x").fate, Fate::killed);
}

TEST(Power, AStatementThatThrowsIsNoKill) {
  const MutantResult failed = named(fates("throws"), "fewer 0");
  EXPECT_EQ(failed.fate, Fate::failed);
  EXPECT_NE(failed.reason.find("toy.power.throws"), std::string::npos);
}

TEST(Power, WhatServesIsNotMarked) {
  EXPECT_TRUE(fates("serves").empty());
  EXPECT_EQ(names(fates("states")),
            (std::set<std::string>{"drop shared", "scale shared", "exponent shared"}));
}

TEST(Power, MarksChangeNothingInARun) {
  const Quantity<double> x(3.25, 0.125);
  const auto same = [&x](const Quantity<double>& y) {
    return y.value() == x.value() && y.error() == x.error();
  };
  EXPECT_TRUE(same(factor<double>("x", x)));
  EXPECT_TRUE(same(rough_factor<double>("x", x)));
  EXPECT_TRUE(same(divisor<double>("x", x)));
  EXPECT_TRUE(same(summand<double>("x", x)));
  EXPECT_TRUE(same(exponent<double>("x", x)));
  EXPECT_TRUE(same(norm_or<double>("x", x, Quantity<double>(1))));
  EXPECT_TRUE(same(marks::equality<double>(x)));
  EXPECT_EQ(index("x", 7), 7);
}

TEST(Power, MarksChangeTheirTermAlone) {
  const auto with = [](const std::string& term, Operator op, const std::string& name) {
    const Mutating guard({term, op});
    return factor<double>(name, Quantity<double>(4)).value();
  };
  EXPECT_EQ(with("a", Operator::drop, "a"), 1);
  EXPECT_EQ(with("a", Operator::scale, "a"), 3.6);
  EXPECT_EQ(with("a", Operator::exponent, "a"), 2);
  EXPECT_EQ(with("a", Operator::sign, "a"), 4);
  EXPECT_EQ(with("a", Operator::drop, "b"), 4);
  const Mutating guard({"a", Operator::exponent});
  EXPECT_EQ(factor<double>("a", Quantity<double>(0.5)).value(), 0.25);
  EXPECT_EQ(exponent<double>("a", Quantity<double>(4)).value(), 2);
  EXPECT_EQ(divisor<double>("a", Quantity<double>(4)).value(), 16);
  EXPECT_THROW(Mutating({"a", Operator::drop}), Error);
  const Unmarked quiet;
  EXPECT_EQ(factor<double>("a", Quantity<double>(4)).value(), 4);
}

TEST(Power, RecordingTakesDownEachOnce) {
  const Recording recording;
  index("k", 1);
  index("k", 1);
  index("l", 1, Shift::more);
  norm_or<double>("|x|", Quantity<double>(1), Quantity<double>(1));
  EXPECT_EQ(
      recording.found(),
      (std::vector<Mutation>{
          {"k", Operator::fewer}, {"k", Operator::more}, {"l", Operator::more}, {"|x|", Operator::norm}}));
}

TEST(Workers, CrashesHangsAndThrowsStayWhereTheyAre) {
  std::vector<Worked> all(5);
  const bool complete = work_off(
      5,
      [](std::size_t task) -> std::string {
        if (task == 1) std::abort();
        if (task == 2)
          for (;;) usleep(100000);
        if (task == 3) throw Error("This one throws.");
        return std::string(task * 100000, 'x');
      },
      2, 1, [&all](const Worked& worked) { all[worked.task] = worked; });
  EXPECT_TRUE(complete);
  EXPECT_EQ(all[0].said, "");
  EXPECT_EQ(all[0].failure, "");
  EXPECT_NE(all[1].failure.find("signal 6"), std::string::npos) << all[1].failure;
  EXPECT_TRUE(all[2].late);
  EXPECT_EQ(all[3].failure, "This one throws.");
  EXPECT_EQ(all[4].said.size(), 400000U);
}

class PowerCommand : public testing::Test {
 protected:
  Ended power(const std::string& arguments) const {
    return run_program("gronwall_verify_toys", "power " + arguments, scratch);
  }
  Json record() const { return parse_json(contents(scratch / "report" / "power.json"), "power.json"); }
  Scratch scratch;
};

TEST_F(PowerCommand, ReportsEveryMutant) {
  const Ended good = power("toy.power.sharp toy.power.equivalent toy.power.fallen");
  EXPECT_EQ(good.code, 0) << good.err << good.out;
  EXPECT_NE(good.out.find(
                "20 mutants of 2 claims: 16 killed (16 of them by a proof), 4 equivalent, 0 survived. Of the "
                "others 1 are not true"),
            std::string::npos)
      << good.out;
  const Json json = record();
  EXPECT_EQ(json["schema"], "gronwall-power/1");
  ASSERT_EQ(json["claims"].size(), 3U);
  EXPECT_EQ(json["claims"][1]["falls"], "it is violated itself");
  EXPECT_EQ(json["claims"][2]["mutants"].size(), 16U);

  const Ended slack = power("toy.power.slack");
  EXPECT_EQ(slack.code, 1);
  EXPECT_NE(slack.out.find("toy.power.slack, scale 2: survived 60 inputs, the closest at a ratio of 0.5556"),
            std::string::npos)
      << slack.out;
  const Ended wrong = power("toy.power.wrongly-explained");
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.out.find("scale x: killed, but the claim says that it is still true"), std::string::npos)
      << wrong.out;
  EXPECT_NE(wrong.out.find("drop y: explained, but there is no such mutant"), std::string::npos) << wrong.out;
  const Ended idle = power("toy.power.idle");
  EXPECT_EQ(idle.code, 1);
  EXPECT_NE(idle.out.find("3 mutants of 1 claims: 3 killed"), std::string::npos) << idle.out;
  EXPECT_EQ(power("toy.power.in-doubles").out.find("killed in floating point") == std::string::npos, false);
}

TEST_F(PowerCommand, ComplainsInOneSentence) {
  const auto complains = [this](const std::string& arguments, int code, const std::string& text) {
    const Ended ended = power(arguments);
    EXPECT_EQ(ended.code, code) << arguments;
    EXPECT_NE(ended.err.find(text), std::string::npos) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  };
  complains("nothing.such", 5, "No claim matches 'nothing.such'");
  complains("--cases 0", 4, "--cases must be at least 1");
  complains("--jobs 0", 4, "--jobs must be at least 1");
  complains("--time-limit 0", 4, "--time-limit");
  complains("--seed x", 4, "--seed");
  complains("toy.crashes", 3, "toy.crashes: its process ended with signal 11");
}

TEST_F(PowerCommand, TheSameSeedGivesTheSameRecordOnAnyNumberOfProcesses) {
  const auto stripped = [this](const std::string& arguments) {
    power("toy.power.sharp toy.power.slack toy.power.in-doubles " + arguments);
    return to_text(strip_volatile(record(), parse_json(asset("power.schema.json"), "schema")));
  };
  const std::string one = stripped("--jobs 1");
  EXPECT_EQ(one, stripped("--jobs 3"));
  EXPECT_NE(one, stripped("--seed 2"));
}

bool valid(const Json& report) {
  const auto plain = [](const Json& json) { return nlohmann::json::parse(json.dump()); };
  const nlohmann::json document = plain(parse_json(asset("power.schema.json"), "power.schema.json"));
  valijson::Schema schema;
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schema);
  const nlohmann::json value = plain(report);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  return validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(value), nullptr);
}

TEST_F(PowerCommand, TheRecordIsWhatTheSchemaSays) {
  power("toy.power");
  const Json good = record();
  EXPECT_TRUE(valid(good));
  const std::vector<std::pair<std::string, Json>> wrong{{"/schema", "gronwall-power/2"},
                                                        {"/claims/0/id", "two words"},
                                                        {"/claims/0/cases", -1},
                                                        {"/claims/0/mutants/0/fate", "splendid"},
                                                        {"/claims/0/mutants/0/operator", 1},
                                                        {"/claims/0/mutants/0/closest", "much"},
                                                        {"/claims/0/unheard-of", 1},
                                                        {"/provenance/seed", "-1"}};
  for (const auto& [place, value] : wrong) {
    Json bad = good;
    bad[Json::json_pointer(place)] = value;
    EXPECT_FALSE(valid(bad)) << place;
  }
  for (const char* place : {"/claims", "/provenance", "/claims/0/falls", "/claims/0/mutants/0/violation"}) {
    Json bad = good;
    const Json::json_pointer pointer(place);
    bad.at(pointer.parent_pointer()).erase(pointer.back());
    EXPECT_FALSE(valid(bad)) << place;
  }
}

}  // namespace
}  // namespace gronwall::verify
