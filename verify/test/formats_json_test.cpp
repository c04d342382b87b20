#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "verify/formats/json.hpp"
#include "verify/test/formats_sample.hpp"

namespace gronwall::verify {
namespace {

using test::infinity;

/// Every bit: the sign of zero counts, and NaN is itself.
bool identical(double a, double b) {
  return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

void expect_identical(const Judgement& a, const Judgement& b) {
  EXPECT_EQ(a.truth, b.truth);
  EXPECT_EQ(a.relation, b.relation);
  EXPECT_TRUE(identical(a.lhs, b.lhs));
  EXPECT_TRUE(identical(a.rhs, b.rhs));
  EXPECT_TRUE(identical(a.lhs_error, b.lhs_error));
  EXPECT_TRUE(identical(a.rhs_error, b.rhs_error));
  EXPECT_EQ(a.lhs_exact, b.lhs_exact);
  EXPECT_EQ(a.rhs_exact, b.rhs_exact);
  EXPECT_TRUE(identical(a.ratio, b.ratio));
  EXPECT_EQ(a.lhs_bounds.lower, b.lhs_bounds.lower);
  EXPECT_EQ(a.lhs_bounds.upper, b.lhs_bounds.upper);
  EXPECT_EQ(a.rhs_bounds.lower, b.rhs_bounds.lower);
  EXPECT_EQ(a.rhs_bounds.upper, b.rhs_bounds.upper);
  EXPECT_EQ(a.tolerance, b.tolerance);
  EXPECT_EQ(a.proof, b.proof);
  EXPECT_EQ(a.bits, b.bits);
  EXPECT_EQ(a.tie, b.tie);
  EXPECT_EQ(a.note, b.note);
  EXPECT_EQ(a.plot.has_value(), b.plot.has_value());
}

TEST(FormatsJson, ReportSurvivesTheRoundTrip) {
  const Report report = test::sample_report();
  const std::string text = to_text(to_json(report));
  const Report back = report_from_json(parse_json(text, "text"));
  EXPECT_EQ(to_text(to_json(back)), text);
  ASSERT_EQ(back.claims.size(), report.claims.size());
  for (std::size_t i = 0; i < back.claims.size(); ++i) {
    EXPECT_EQ(back.claims[i].about.id, report.claims[i].about.id);
    EXPECT_EQ(back.claims[i].about.kind, report.claims[i].about.kind);
    EXPECT_EQ(back.claims[i].verdict, report.claims[i].verdict);
  }
}

// The text of a report that reads back wrongly may still be the text that was written; so the fields are
// compared too.
TEST(FormatsJson, EveryFieldOfAClaimSurvives) {
  const ClaimResult claim = test::sample_report().claims.front();
  const ClaimResult back = claim_result_from_json(parse_json(to_line(to_json(claim)), "line"));
  EXPECT_EQ(back.about.title, claim.about.title);
  EXPECT_EQ(back.about.states, claim.about.states);
  EXPECT_EQ(back.about.source, claim.about.source);
  EXPECT_EQ(back.about.reading, claim.about.reading);
  EXPECT_EQ(back.about.uses, claim.about.uses);
  EXPECT_EQ(back.about.repairs, claim.about.repairs);
  EXPECT_EQ(back.about.proof, claim.about.proof);
  EXPECT_EQ(back.about.cases, 123);
  EXPECT_EQ(back.reason, claim.reason);
  EXPECT_EQ(back.cases, 300);
  EXPECT_EQ(back.discarded, 12);
  EXPECT_EQ(back.dismissed, 2);
  EXPECT_EQ(back.about.most_undecided, 0.25);
  EXPECT_EQ(back.proved, 250);
  EXPECT_EQ(back.refuted, 8);
  EXPECT_EQ(back.undecided, 11);
  EXPECT_EQ(back.ties, 7);
  EXPECT_EQ(back.decided_at, claim.decided_at);
  EXPECT_EQ(back.check.answer, Check::Answer::not_decided);
  EXPECT_EQ(back.check.says, claim.check.says);
  EXPECT_EQ(back.certificate, claim.certificate);
  ASSERT_EQ(back.backends.size(), 2U);
  EXPECT_EQ(back.backends[0].backend, "double");
  EXPECT_EQ(back.backends[0].yes, 297);
  EXPECT_EQ(back.backends[0].no, 2);
  EXPECT_EQ(back.backends[0].unknown, 1);
  ASSERT_EQ(back.hypotheses.size(), 3U);
  EXPECT_EQ(back.hypotheses[0].asked, 10);
  EXPECT_EQ(back.hypotheses[0].met, 9);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(back.hypotheses[i].need, claim.hypotheses[i].need);
  ASSERT_EQ(back.plots.size(), 2U);
  EXPECT_EQ(back.plots[1].caption, claim.plots[1].caption);
  EXPECT_EQ(back.plots[1].x_label, claim.plots[1].x_label);
  EXPECT_EQ(back.plots[1].y_label, claim.plots[1].y_label);
  EXPECT_FALSE(back.plots[0].log_x);
  EXPECT_TRUE(back.plots[0].log_y);
  EXPECT_TRUE(back.plots[1].log_x);
  EXPECT_FALSE(back.plots[1].log_y);
  EXPECT_EQ(back.plots[1].series[0].x, claim.plots[1].series[0].x);
  EXPECT_TRUE(std::isnan(back.plots[1].series[0].y[2]));
  EXPECT_EQ(back.plots[1].series[0].y[4], infinity);
  EXPECT_TRUE(back.plots[1].series[0].line);
  EXPECT_FALSE(back.plots[1].series[1].line);
  EXPECT_EQ(back.note, claim.note);
  EXPECT_EQ(back.seconds, 0.25);
}

TEST(FormatsJson, EveryFieldOfTheProvenanceSurvives) {
  const Provenance from = test::sample_report().provenance;
  const Provenance back = report_from_json(to_json(test::sample_report())).provenance;
  EXPECT_EQ(back.version, from.version);
  EXPECT_EQ(back.commit, from.commit);
  EXPECT_EQ(back.compiler, from.compiler);
  EXPECT_EQ(back.flags, from.flags);
  EXPECT_EQ(back.processor, from.processor);
  EXPECT_EQ(back.system, from.system);
  EXPECT_EQ(back.libraries, from.libraries);
  EXPECT_EQ(back.seed, from.seed);
  EXPECT_EQ(back.profile, from.profile);
  EXPECT_EQ(back.filter, from.filter);
  EXPECT_EQ(back.backends, from.backends);
  EXPECT_EQ(back.started, from.started);
  EXPECT_EQ(back.seconds, from.seconds);
  EXPECT_EQ(back.jobs, from.jobs);
}

TEST(FormatsJson, FindingSurvivesBitForBit) {
  const Finding finding = test::sample_finding();
  const Finding back = finding_from_json(parse_json(to_line(to_json(finding)), "line"));
  EXPECT_TRUE(back.inputs == finding.inputs);
  const auto& W = std::get<linalg::ExactMatrix>(*back.inputs.find("W"));
  EXPECT_TRUE(identical(W(1, 0), -0.0));
  EXPECT_TRUE(identical(W(1, 2), std::numeric_limits<double>::denorm_min()));
  const auto& nothing = std::get<linalg::ExactMatrix>(*back.inputs.find("nothing"));
  EXPECT_EQ(nothing.rows(), 0);
  EXPECT_EQ(nothing.cols(), 4);
  EXPECT_EQ(back.backend, finding.backend);
  expect_identical(back.judgement, finding.judgement);
  ASSERT_EQ(back.in_each_backend.size(), 2U);
  for (const auto& [backend, judgement] : finding.in_each_backend)
    expect_identical(back.in_each_backend.at(backend), judgement);
}

TEST(FormatsJson, TextIsDeterministicAndReadable) {
  Case inputs;
  linalg::ExactMatrix W(2, 2);
  W << 1, 0.5, -3, 0;
  inputs.inputs = {{"n", 2L}, {"phi", std::string("tanh")}, {"W", W}};
  EXPECT_EQ(to_text(to_json(inputs)), R"([
  {
    "name": "n",
    "value": 2
  },
  {
    "name": "phi",
    "value": "tanh"
  },
  {
    "name": "W",
    "value": {
      "rows": 2,
      "cols": 2,
      "hex": [
        ["0x1p+0", "0x1p-1"],
        ["-0x1.8p+1", "0x0p+0"]
      ],
      "decimal": [
        [1.0, 0.5],
        [-3.0, 0.0]
      ]
    }
  }
]
)");
  EXPECT_EQ(to_text(to_json(Case())), "[]\n");
  EXPECT_EQ(to_line(to_json(Judgement())).find('\n'), std::string::npos);
}

TEST(FormatsJson, BytesThatAreNoUtf8DoNotEndTheRun) {
  Report report = test::sample_report();
  report.claims[0].note = "\xff\xfe";
  const Report back = report_from_json(parse_json(to_text(to_json(report)), "text"));
  EXPECT_EQ(back.claims[0].note, "\ufffd\ufffd");
}

std::string complaint(const Json& json) {
  try {
    report_from_json(json);
  } catch (const FormatError& error) {
    return error.what();
  }
  return "none";
}

TEST(FormatsJson, ComplaintsNameTheField) {
  const Json good = to_json(test::sample_report());
  EXPECT_EQ(complaint(good), "none");
  Json bad = good;
  bad["claims"][0].erase("verdict");
  EXPECT_EQ(complaint(bad), "the field claims[0].verdict is missing");
  bad = good;
  bad["claims"][1]["verdict"] = "splendid";
  EXPECT_EQ(complaint(bad), "the field claims[1].verdict holds the unknown name \"splendid\"");
  bad = good;
  bad["claims"][0]["cases"] = 1.5;
  EXPECT_EQ(complaint(bad), "the field claims[0].cases should be an integer");
  bad = good;
  bad["claims"][0]["counterexample"]["inputs"][3]["value"]["hex"][0][1] = "0.5x";
  EXPECT_EQ(complaint(bad),
            "the field claims[0].counterexample.inputs[3].value.hex[0][1] holds \"0.5x\", which is no "
            "hexadecimal float "
            "of at most 53 bits");
  bad = good;
  bad["claims"][0]["counterexample"]["inputs"][3]["value"]["rows"] = 3;
  EXPECT_EQ(complaint(bad),
            "the field claims[0].counterexample.inputs[3].value.hex has not as many rows as it says");
  bad = good;
  bad["schema"] = "gronwall-report/4";
  EXPECT_EQ(complaint(bad),
            "the field schema is \"gronwall-report/4\", and this version reads \"gronwall-report/3\"");
  EXPECT_EQ(complaint(Json::array()), "the document should be an object");
}

TEST(FormatsJson, TextThatIsNoJsonIsNamedWithItsPlace) {
  try {
    parse_json("{\n  \"a\": 1,\n  oops\n}", "report.json");
    FAIL() << "no exception";
  } catch (const FormatError& error) {
    EXPECT_STREQ(error.what(), "report.json is no JSON: error at line 3, column 3");
  }
  EXPECT_THROW(parse_json("", "empty"), FormatError);
}

}  // namespace
}  // namespace gronwall::verify
