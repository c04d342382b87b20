#include "verify/engine/certificate.hpp"

#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "verify/formats/json.hpp"
#include "verify/test/formats_sample.hpp"
#include "verify/test/program.hpp"

namespace gronwall::verify {
namespace {

Judgement proved(Truth truth) {
  Judgement judged;
  judged.truth = truth;
  judged.proof = true;
  judged.relation = "<=";
  judged.lhs_exact = "0x1.8p+1 +/- 0x1p-60", judged.rhs_exact = "0x1p+1";
  judged.lhs_bounds = {"0x1.7p+1", "0x1.9p+1"}, judged.rhs_bounds = {"0x1p+1", "0x1p+1"};
  judged.bits = 128;
  return judged;
}

ClaimResult result_of(Verdict verdict, Truth truth) {
  ClaimResult result;
  result.about.id = "toy.x";
  result.about.states = "\\|h\\| \\le \u03c6";
  result.verdict = verdict;
  Finding finding;
  finding.inputs = test::sample_finding().inputs;
  finding.backend = "ball";
  finding.judgement = proved(truth);
  (truth == Truth::no ? result.counterexample : result.tightest) = finding;
  return result;
}

Json written(const ClaimResult& result) {
  const Finding* finding = certified(result);
  if (finding == nullptr) return nullptr;
  return parse_json(certificate_text(result.about, *finding), "certificate");
}

TEST(Certificates, SayWhatWasProved) {
  const Json json = written(result_of(Verdict::suspect, Truth::no));
  std::set<std::string> fields;
  for (const auto& [key, value] : json.items()) fields.insert(key);
  EXPECT_EQ(fields, (std::set<std::string>{"schema", "claim", "statement", "verdict", "inputs", "relation",
                                           "lhs", "rhs", "arithmetic", "precision", "producer", "hash"}));
  EXPECT_EQ(json["schema"], "gronwall-certificate/1");
  EXPECT_EQ(json["claim"], "toy.x");
  EXPECT_EQ(json["statement"], "\\|h\\| \\le \u03c6");
  EXPECT_EQ(json["verdict"], "refuted");
  EXPECT_EQ(json["inputs"], to_json(test::sample_finding().inputs));
  EXPECT_EQ(json["lhs"], Json({{"lower", "0x1.7p+1"}, {"upper", "0x1.9p+1"}}));
  EXPECT_EQ(json["rhs"]["upper"], "0x1p+1");
  EXPECT_EQ(json["arithmetic"], "ball");
  EXPECT_EQ(json["precision"], 128);
  EXPECT_EQ(json["producer"].get<std::string>().rfind("gronwall ", 0), 0U);
  EXPECT_EQ(written(result_of(Verdict::holds, Truth::yes))["verdict"], "holds");
}

TEST(Certificates, OfExactSidesAndTolerances) {
  ClaimResult result = result_of(Verdict::suspect, Truth::no);
  Judgement& judged = result.counterexample->judgement;
  judged.lhs_bounds = judged.rhs_bounds = {};
  judged.bits = 0;
  judged.lhs_exact = "-3/2", judged.rhs_exact = "rank 3";
  judged.tolerance = "0x1p-30";
  Json json = written(result);
  EXPECT_EQ(json["lhs"], Json({{"exact", "-3/2"}}));
  EXPECT_EQ(json["rhs"], Json({{"text", "rank 3"}}));
  EXPECT_EQ(json["arithmetic"], "exact");
  EXPECT_EQ(json["precision"], 0);
  EXPECT_EQ(json["tolerance"], "0x1p-30");
  judged.rhs_exact.clear();
  judged.relation = "> 0";
  EXPECT_FALSE(written(result).contains("rhs"));
}

TEST(Certificates, NothingIsCertifiedThatIsNotProved) {
  EXPECT_EQ(certified(ClaimResult()), nullptr);
  for (const Truth truth : {Truth::no, Truth::yes}) {
    ClaimResult result = result_of(truth == Truth::no ? Verdict::suspect : Verdict::holds, truth);
    EXPECT_NE(certified(result), nullptr);
    Judgement& judged = (truth == Truth::no ? result.counterexample : result.tightest)->judgement;
    judged.proof = false;
    EXPECT_EQ(certified(result), nullptr);
    judged.proof = true;
    judged.truth = Truth::unknown;
    EXPECT_EQ(certified(result), nullptr);
    judged.truth = truth;
    judged.lhs_bounds = {};
    judged.lhs_exact.clear();
    EXPECT_EQ(certified(result), nullptr) << "there is nothing to compare";
  }
  // The tightest case of a claim that does not hold is not worth one.
  EXPECT_EQ(certified(result_of(Verdict::observed, Truth::yes)), nullptr);
  EXPECT_EQ(certified(result_of(Verdict::undecided, Truth::yes)), nullptr);
}

TEST(Certificates, TheHashIsTheStandardsAndOfAllElse) {
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(sha256("abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const Scratch scratch;
  const std::string path = (scratch / "c.json").string();
  const auto complaint = [&path](const Json& json) {
    std::ofstream(path) << to_text(json);
    try {
      read_certificate(path);
      return std::string("none");
    } catch (const FormatError& error) {
      return std::string(error.what());
    }
  };
  const Json good = written(result_of(Verdict::suspect, Truth::no));
  EXPECT_EQ(complaint(good), "none");
  // Another order of the fields is the same certificate.
  EXPECT_EQ(complaint(Json::parse(nlohmann::json::parse(good.dump()).dump())), "none");
  for (const auto& [key, value] : good.items()) {
    Json bad = good;
    bad[key] = key == "precision" ? Json(127) : Json("0x1p+0");
    EXPECT_NE(complaint(bad), "none") << key;
    bad = good;
    bad.erase(key);
    EXPECT_NE(complaint(bad), "none") << key;
  }
  Json bad = good;
  bad["more"] = 1;
  EXPECT_EQ(complaint(bad),
            path + ": its hash is not that of its contents: it was changed after it was written");
}

TEST(Certificates, ReadBackBitForBit) {
  const Scratch scratch;
  const std::string path = (scratch / "c.json").string();
  std::ofstream(path) << to_text(written(result_of(Verdict::holds, Truth::yes)));
  const Certificate back = read_certificate(path);
  EXPECT_EQ(back.claim, "toy.x");
  EXPECT_EQ(back.verdict, Verdict::holds);
  EXPECT_TRUE(back.inputs == test::sample_finding().inputs);
}

}  // namespace
}  // namespace gronwall::verify
