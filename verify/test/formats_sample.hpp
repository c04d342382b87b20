#pragma once

#include <limits>

#include "verify/engine/result.hpp"

/// Reports for the tests of the formats.
namespace gronwall::verify::test {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// What no format may take for markup.
inline const std::string hostile =
    "</script><b>\"it's\" & | `code` $5 *x* _y_ \\ \u221a\u03c6 {{style}} line\nbreak";

inline Plot sample_plot() {
  Plot plot;
  plot.title = "Errors " + hostile;
  plot.caption = "They fall as fast as the line " + hostile;
  plot.x_label = "depth L, it's <doubling>";
  plot.y_label = "error_2^{x} & more";
  plot.log_x = plot.log_y = true;
  plot.series = {{"error 'of' <h>_t", {8, 16, 32, 64, 128}, {0.1, 0.05, not_a_number, 0, infinity}, true},
                 {"slope -1", {8, 16, 32}, {0.2, 0.1, 0.05}, false}};
  return plot;
}

inline Judgement sample_judgement() {
  Judgement judgement;
  judgement.truth = Truth::no;
  judgement.relation = "<=";
  judgement.lhs = 0.1;
  judgement.rhs = -infinity;
  judgement.lhs_error = std::numeric_limits<double>::denorm_min();
  judgement.rhs_error = infinity;
  judgement.lhs_exact = "0x1.999999999999ap-4";
  judgement.rhs_exact = "-inf";
  judgement.lhs_bounds = {"0x1.9p-4", "0x1.ap-4"};
  judgement.rhs_bounds = {"-0x1p+70", "-0x1p+69"};
  judgement.tolerance = "0x1p-30";
  judgement.proof = true;
  judgement.family = true;
  judgement.bits = 128;
  judgement.ratio = not_a_number;
  judgement.tie = true;
  judgement.note = "note " + hostile;
  judgement.plot = sample_plot();
  return judgement;
}

inline Finding sample_finding() {
  linalg::ExactMatrix W(2, 3);
  W << 1, -0.5, 0.1, -0.0, std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min();
  Finding finding;
  finding.inputs.inputs = {{"n", 3L},
                           {"least", std::numeric_limits<long>::min()},
                           {"phi", std::string("leaky_relu {1}")},
                           {"W", W},
                           {"large", linalg::ExactMatrix::Constant(9, 2, 0.25)},
                           {"nothing", linalg::ExactMatrix(0, 4)}};
  finding.backend = "mpfr";
  finding.judgement = sample_judgement();
  finding.in_each_backend = {{"double", Judgement()}, {"mpfr", sample_judgement()}};
  return finding;
}

/// Every field of every struct filled.
inline Report sample_report() {
  Report report;
  Provenance& from = report.provenance;
  from.version = "0.1.0";
  from.commit = "abcdef";
  from.compiler = "GNU 12.2.0";
  from.flags = "-O3 " + hostile;
  from.processor = "a processor";
  from.system = "a system";
  from.libraries = {{"Boost", "1.74"}, {"Eigen", "3.4.0"}};
  from.seed = "18446744073709551615";
  from.profile = "25";
  from.budget = 90;
  from.filter = "growth.*";
  from.backends = {"double", "mpfr"};
  from.started = "2024-02-29T12:00:00Z";
  from.seconds = 61.5;
  from.jobs = 2;

  ClaimResult full;
  full.about = {"growth.lemma-17.state.as-stated",
                Kind::uniformity,
                "Title " + hostile,
                R"(\|h_t\| < |x| \text{ </script> })",
                "Lemma 17, (4)",
                "Read with $a \\le b$ and " + hostile,
                {"hermite.orthonormal", "model.absent"},
                "",
                "A proof: $x^2 \\ge 0$.",
                123,
                0.25};
  full.verdict = Verdict::suspect;
  full.reason = "Violated " + hostile;
  full.cases = 300;
  full.discarded = 12;
  full.dismissed = 2;
  full.proved = 250;
  full.refuted = 8;
  full.undecided = 11;
  full.ties = 7;
  full.climbed = 240;
  full.hunted = 1600;
  full.hunted_proved = 99;
  full.ratio_before_climb = 0.875;
  full.decided_at = {{0, 3}, {64, 200}, {128, 55}};
  full.check = {Check::Answer::not_decided, "it is too wide " + hostile};
  full.certificate = "certificates/growth.lemma-17.state.as-stated.json";
  full.backends = {{"double", 297, 2, 1}, {"mpfr", 298, 2, 0}};
  full.hypotheses = {{"phi is | 1-Lipschitz", 10, 9, HypothesisCount::Need::needed},
                     {"$\\|x\\| = 1$", 10, 8, HypothesisCount::Need::not_seen},
                     {"other", 10, 7, HypothesisCount::Need::untested}};
  full.counterexample = sample_finding();
  full.tightest = sample_finding();
  full.plots = {sample_plot(), sample_plot()};
  full.plots[0].log_x = false;
  full.plots[1].log_y = false;
  full.note = "note of the claim " + hostile;
  full.seconds = 0.25;
  report.claims.push_back(full);

  ClaimResult repair;
  repair.about.id = "growth.lemma-17.state.repaired";
  repair.about.title = "Lemma 17, repaired";
  repair.about.states = "a \\le b";
  repair.about.repairs = full.about.id;
  repair.about.uses = {full.about.id};
  repair.verdict = Verdict::observed;
  report.claims.push_back(repair);

  const std::vector<Verdict> others{Verdict::proved,       Verdict::holds,     Verdict::refuted,
                                    Verdict::contradicted, Verdict::undecided, Verdict::vacuous,
                                    Verdict::assumed};
  for (std::size_t i = 0; i < others.size(); ++i) {
    ClaimResult other;
    other.about.id = "hermite.other-" + std::to_string(i);
    other.about.kind = static_cast<Kind>(i);
    other.verdict = others[i];
    report.claims.push_back(other);
  }
  ClaimResult last;
  last.about.id = "hermite.rests-on-the-repair";
  last.about.uses = {repair.about.id};
  last.verdict = Verdict::proved;
  report.claims.push_back(last);
  return report;
}

}  // namespace gronwall::verify::test
