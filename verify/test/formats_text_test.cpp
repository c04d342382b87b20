#include <gtest/gtest.h>

#include "verify/formats/text.hpp"
#include "verify/test/formats_sample.hpp"

namespace gronwall::verify {
namespace {

std::vector<std::string> ids(const std::vector<const ClaimResult*>& claims) {
  std::vector<std::string> found;
  for (const ClaimResult* claim : claims) found.push_back(claim->about.id);
  return found;
}

using Ids = std::vector<std::string>;

TEST(FormatsText, OverviewCountsAndConnects) {
  const Report report = test::sample_report();
  const Overview overview(report);
  EXPECT_EQ(overview.claims(), report.claims.size());
  EXPECT_EQ(overview.sentence(),
            "10 claims: 2 proved, 1 holds, 1 observed, 1 refuted, 1 contradicted, 1 suspect, 1 undecided, 1 "
            "vacuous, "
            "1 assumed.");
  EXPECT_EQ(ids(overview.failing()),
            (Ids{"growth.lemma-17.state.as-stated", "hermite.other-2", "hermite.other-3"}));
  EXPECT_EQ(ids(overview.repairs_of("growth.lemma-17.state.as-stated")),
            (Ids{"growth.lemma-17.state.repaired"}));
  EXPECT_EQ(ids(overview.resting_on("growth.lemma-17.state.as-stated")),
            (Ids{"growth.lemma-17.state.repaired"}));
  EXPECT_EQ(overview.find("model.absent"), nullptr);
  EXPECT_EQ(overview.topics().size(), 2U);
}

ClaimResult with_ratio(Kind kind, double ratio, const std::string& relation = "<=") {
  ClaimResult claim;
  claim.about.kind = kind;
  claim.tightest = Finding();
  claim.tightest->judgement.relation = relation;
  claim.tightest->judgement.ratio = ratio;
  return claim;
}

TEST(FormatsText, SharpnessIsThatOfABound) {
  EXPECT_EQ(sharpness(with_ratio(Kind::bound, 1)), "attained");
  EXPECT_EQ(sharpness(with_ratio(Kind::bound, 0.9999995)), "attained");
  EXPECT_EQ(sharpness(with_ratio(Kind::bound, 0.9998)), "within 0.02 % of its bound");
  EXPECT_EQ(sharpness(with_ratio(Kind::trajectory, 0.5)), "within 50 % of its bound");
  EXPECT_EQ(sharpness(with_ratio(Kind::uniformity, 0.069)), "up to 0.069 of its bound");
  for (Kind kind : {Kind::identity, Kind::spectrum, Kind::limit})
    EXPECT_EQ(sharpness(with_ratio(kind, 0.5)), "");
  EXPECT_EQ(sharpness(with_ratio(Kind::bound, 0.5, "= 0")), "");
  for (double ratio : {test::not_a_number, test::infinity, -1.0})
    EXPECT_EQ(sharpness(with_ratio(Kind::bound, ratio)), "");
  EXPECT_EQ(sharpness(ClaimResult()), "");
}

TEST(FormatsText, TheHuntIsTold) {
  ClaimResult claim = with_ratio(Kind::bound, 0.998);
  EXPECT_EQ(hunt(claim), "");
  claim.climbed = 240;
  claim.ratio_before_climb = 0.71;
  EXPECT_EQ(hunt(claim), "Climbed from ratio 0.71 to 0.998 over 240 inputs.");
  claim.hunted = 1600;
  claim.hunted_proved = 99;
  claim.ratio_before_climb = 0.998;
  EXPECT_EQ(
      hunt(claim),
      "Climbing over 240 inputs found no larger ratio. 1600 more inputs in the coarsest precision; 99 of a "
      "sample proved.");
  claim.ratio_before_climb = test::not_a_number;
  claim.hunted = 0;
  EXPECT_EQ(hunt(claim), "Climbing over 240 inputs found no larger ratio.");
  Report report;
  EXPECT_EQ(inputs_tried(report), "0 inputs");
  claim.cases = 1234327;
  report.claims = {claim};
  EXPECT_EQ(inputs_tried(report), "1\u00a0234\u00a0567 inputs");
}

TEST(FormatsText, AChapterInTheReadersWords) {
  using enum Standing;
  const auto words = [](const std::vector<Standing>& standings) {
    Chapter chapter;
    for (Standing standing : standings) chapter.written.push_back({nullptr, standing, {}});
    return as_written(chapter);
  };
  EXPECT_EQ(words({}), "not in this run");
  EXPECT_EQ(words({stands, stands}), "stands");
  EXPECT_EQ(words({saved}), "falls");
  EXPECT_EQ(words({saved, fallen}), "falls");
  EXPECT_EQ(words({stands, saved, fallen}), "falls in part (2 of 3)");
  EXPECT_EQ(words({open}), "open");
  EXPECT_EQ(words({open, stands}), "open (1 of 2)");
  EXPECT_EQ(words({open, saved}), "falls in part (1 of 2)");
  EXPECT_EQ(chapter_in_words("Lemma 2"), "Lemma 2");
  EXPECT_EQ(chapter_in_words("Closed"), "\u201cClosed\u201d");
}

TEST(FormatsText, FallenChaptersAreNamedOnce) {
  ClaimResult first, second, third, repair;
  first.about.id = "a";
  second.about.id = "b";
  third.about.id = "c";
  first.about.source = second.about.source = "Lemma 1";
  third.about.source = "Lemma 2";
  const std::vector<Fallen> found =
      fallen_chapters({{&first, &repair}, {&second, nullptr}, {&third, &repair}});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].chapter, "Lemma 1");
  EXPECT_EQ(found[0].claim, &first);
  EXPECT_FALSE(found[0].served) << "one of its claims has no repair";
  EXPECT_TRUE(found[1].served);
}

TEST(FormatsText, TeXIsFoundBetweenDollarSigns) {
  const auto found = pieces("for $x$, $y$ it costs $5");
  ASSERT_EQ(found.size(), 6U);
  const std::vector<bool> tex{false, true, false, true, false, false};
  const Ids texts{"for ", "x", ", ", "y", " it costs ", "$5"};
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].tex, tex[i]);
    EXPECT_EQ(found[i].text, texts[i]);
  }
  EXPECT_TRUE(pieces("").empty());
  ASSERT_EQ(pieces("plain text").size(), 1U);
  EXPECT_EQ(pieces("plain text")[0].text, "plain text");
}

TEST(FormatsText, Sentences) {
  EXPECT_EQ(sentence("observed order 1"), "Observed order 1.");
  EXPECT_EQ(sentence("Done."), "Done.");
  EXPECT_EQ(sentence("\u03c6 is odd"), "\u03c6 is odd.");
  EXPECT_EQ(sentence(""), "");
}

TEST(FormatsText, NumbersForPeople) {
  EXPECT_EQ(measured(1234567.0), "1.23457e+06");
  EXPECT_EQ(measured(test::not_a_number), "\u2013");
  EXPECT_EQ(measured(-test::infinity), "-infinity");
  EXPECT_EQ(exact_decimal(0.1875), "0.1875");
  EXPECT_EQ(exact_decimal(-3), "-3");
  EXPECT_EQ(exact_decimal(1e300), "1e+300");
  EXPECT_EQ(exact_decimal(1.0 / 3), "0.333333\u2026");
  EXPECT_EQ(exact_decimal(1.0 / 3e20), "3.33333\u2026e-21");
  EXPECT_EQ(tex_decimal("0.5"), "0.5");
  EXPECT_EQ(tex_decimal("1e+300"), "1\\cdot10^{300}");
  EXPECT_EQ(tex_decimal("3.33333\u2026e-05"), "3.33333\\ldots\\cdot10^{-5}");
}

TEST(FormatsText, NamesInTeX) {
  EXPECT_EQ(tex_name("n"), "n");
  EXPECT_EQ(tex_name("phi"), "\\phi");
  EXPECT_EQ(tex_name("Wbar"), "\\bar{W}");
  EXPECT_EQ(tex_name("sigma_w"), "\\sigma_{w}");
  EXPECT_EQ(tex_name("bar"), "\\mathit{bar}");
  EXPECT_EQ(tex_name("depth_max_L"), "\\mathit{depth}_{\\mathit{max,L}}");
}

TEST(FormatsText, InputsInTeXAndExactly) {
  linalg::ExactMatrix W(2, 2);
  W << 1, 0.5, -3, 1.0 / 3;
  EXPECT_EQ(tex_input("n", 3L), "n = 3");
  EXPECT_EQ(tex_input("phi", std::string("leaky_relu")), "\\phi = \\text{leaky\\_relu}");
  EXPECT_EQ(tex_input("W", W), "W = \\begin{bmatrix}1 & 0.5 \\\\ -3 & 0.333333\\ldots\\end{bmatrix}");
  EXPECT_EQ(tex_input("W", linalg::ExactMatrix(9, 2)), "W \\in \\mathbb{R}^{9 \\times 2}");
  EXPECT_EQ(tex_input("t", linalg::ExactMatrix::Constant(1, 1, 1.5)), "t = 1.5");
  EXPECT_EQ(hexadecimal_input("W", W), "W = [0x1p+0 0x1p-1; -0x1.8p+1 0x1.5555555555555p-2]");
}

TEST(FormatsText, SidesAndCommand) {
  Judgement judgement;
  EXPECT_EQ(compared(judgement), "");
  judgement.lhs = 1.5;
  judgement.relation = "> 0";
  EXPECT_EQ(compared(judgement), "1.5 > 0");
  judgement.relation = "<=";
  judgement.rhs = 1;
  EXPECT_EQ(compared(judgement), "1.5 \u2264 1");
  Report report = test::sample_report();
  EXPECT_EQ(reproduction(report, report.claims[1]),
            "verify run growth.lemma-17.state.repaired --seed 18446744073709551615 --cases 25");
  report.provenance.profile = "default";
  EXPECT_EQ(reproduction(report, report.claims[1]),
            "verify run growth.lemma-17.state.repaired --seed 18446744073709551615");
}

}  // namespace
}  // namespace gronwall::verify
