#include "verify/engine/ledger.hpp"

#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "verify/engine/story.hpp"
#include "verify/formats/json.hpp"

/// The paper's own claims against the ledger, and against what this version stands by. Nothing is judged
/// here.
namespace gronwall::verify {
namespace {

std::vector<About> abouts() {
  std::vector<About> found;
  for (const Claim* claim : all_claims()) found.push_back(claim->about);
  return found;
}

/// Every claim with the verdict of reports/expected.json; undecided where it has none yet.
const Report& expected() {
  static const Report report = [] {
    const Json json = parse_json(read_file(GRONWALL_EXPECTED), GRONWALL_EXPECTED);
    Report made;
    for (const About& about : abouts()) {
      ClaimResult result;
      result.about = about;
      const std::string verdict = json.at("verdicts").value(about.id, std::string(name(Verdict::undecided)));
      for (int i = 0; i <= static_cast<int>(Verdict::assumed); ++i)
        if (verdict == name(static_cast<Verdict>(i))) result.verdict = static_cast<Verdict>(i);
      made.claims.push_back(result);
    }
    return made;
  }();
  return report;
}

TEST(Ledger, EveryRowHasAClaim) {
  const Story story(expected(), ledger());
  EXPECT_GE(ledger().rows.size(), 57U);
  for (const Chapter& row : story.rows())
    EXPECT_FALSE(row.written.empty()) << row.name << " has no claim as it is written";
}

TEST(Ledger, EveryClaimBelongsToThePaper) {
  // Beyond the rows there is only what the suite asks about itself, and a closer look at Theorem 11.
  const std::set<std::string> beyond{"spd.spectrum.clustered"};
  for (const About& about : abouts()) {
    if (ledger().of(about.id) == nullptr) {
      EXPECT_TRUE(beside_the_paper(about) || beyond.count(about.id) > 0) << about.id;
    }
    EXPECT_FALSE(chapter(about).empty()) << about.id;
  }
}

TEST(Ledger, ReferencesAreSound) {
  for (const std::string& fault : faulty_references(abouts())) ADD_FAILURE() << fault;
}

TEST(Ledger, ClaimsRestOnWhatTheirProofsRestOn) {
  // Leaves by nature: definitions, algebra, cited theorems, exhibits, and the instrument.
  const std::set<std::string> leaves{"activation.lipschitz.L1",
                                     "activation.lipschitz.L2",
                                     "activation.lipschitz.as-stated",
                                     "gradient.resnet-backward.as-stated",
                                     "gradient.resnet-backward.repaired",
                                     "gradient.smoothness.as-stated",
                                     "hermite.orthonormal.as-stated",
                                     "hermite.orthonormal.repaired",
                                     "kernel.width-limit.as-stated",
                                     "model.closed-form",
                                     "model.scaling.states.as-stated",
                                     "spd.polynomial.resnet.recursion",
                                     "spd.theorem-11.proof-step.as-stated",
                                     "spd.theorem-11.proof-step.repaired",
                                     "training.induction.index.repaired",
                                     "training.induction.norms.repaired",
                                     "training.jacobian-drift.interpolation.as-stated",
                                     "training.jacobian-from-start.triangle.as-stated",
                                     "training.weyl.matrices.as-stated",
                                     "training.weyl.square.as-stated"};
  for (const About& about : abouts()) EXPECT_EQ(about.uses.empty(), leaves.count(about.id) > 0) << about.id;
}

TEST(Ledger, EveryClaimThatFallsHasARepairThatStands) {
  const Story story(expected(), ledger());
  for (const ClaimResult& claim : expected().claims) {
    if (!falls(claim.verdict)) continue;
    bool saved = false;
    for (const ClaimResult* repair : story.repairs_of(claim.about.id))
      saved = saved || (stands(repair->verdict) && !repair->about.proof.empty());
    EXPECT_TRUE(saved) << claim.about.id << " is " << name(claim.verdict)
                       << ", and no claim with a proof that stands repairs it";
  }
}

TEST(Ledger, ARepairDoesNotRestOnWhatFell) {
  const Story story(expected(), ledger());
  for (const ClaimResult& claim : expected().claims)
    if (is_repair(claim.about)) {
      EXPECT_NE(story.footing(claim), Footing::lost) << claim.about.id;
      for (const std::string& id : claim.about.repairs)
        EXPECT_FALSE(claim.about.uses.name(id)) << claim.about.id;
    }
}

}  // namespace
}  // namespace gronwall::verify
