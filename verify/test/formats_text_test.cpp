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
  EXPECT_EQ(ids(overview.without_footing()),
            (Ids{"growth.lemma-17.state.repaired", "hermite.rests-on-the-repair"}));
  const ClaimResult* last = overview.find("hermite.rests-on-the-repair");
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(ids(overview.fallen_below(*last)), (Ids{"growth.lemma-17.state.as-stated"}));
  EXPECT_EQ(overview.find("model.absent"), nullptr);
  EXPECT_EQ(overview.topics().size(), 2U);
}

TEST(FormatsText, CirclesOfUsesEnd) {
  Report report;
  report.claims.resize(2);
  report.claims[0].about.id = "a";
  report.claims[0].about.uses = {"b"};
  report.claims[1].about.id = "b";
  report.claims[1].about.uses = {"a"};
  report.claims[1].verdict = Verdict::suspect;
  EXPECT_EQ(ids(Overview(report).fallen_below(report.claims[0])), (Ids{"b"}));
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
