#include "verify/engine/checking.hpp"

#include <csignal>

#include <gtest/gtest.h>

#include <gronwall/real/error.hpp>

#include "verify/test/program.hpp"

namespace gronwall::verify {
namespace {

namespace fs = std::filesystem;
using Answer = Check::Answer;

class Checking : public testing::Test {
 protected:
  std::string script(const std::string& text) const {
    const fs::path path = scratch / "checker";
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    fs::permissions(path, fs::perms::owner_all);
    return path.string();
  }
  Check checked(const std::string& text, double limit = 30) const {
    std::ofstream(scratch / "certificate.json") << "{}";
    return check(script(text), (scratch / "certificate.json").string(), limit);
  }

  Scratch scratch;
};

TEST_F(Checking, TheExitCodeCounts) {
  EXPECT_EQ(checked("echo confirmed: so it is").answer, Answer::confirmed);
  EXPECT_EQ(checked("echo confirmed: so it is").says, "so it is");
  EXPECT_EQ(checked("echo not confirmed: no; exit 1").answer, Answer::not_confirmed);
  EXPECT_EQ(checked("echo confirmed: but; exit 1").answer, Answer::not_confirmed);
  EXPECT_EQ(checked("echo not decided: perhaps; exit 2").answer, Answer::not_decided);
  EXPECT_EQ(checked("echo not decided: perhaps; exit 2").says, "perhaps");
  for (const char* text : {"exit 0", "echo well; exit 0", "echo confirmed; exit 3", "echo confirmed; exit 4",
                           "echo confirmed; kill -SEGV $$"})
    EXPECT_EQ(checked(text).answer, Answer::failed) << text;
}

TEST_F(Checking, AHangEndsAndLeavesNothingBehind) {
  const std::string id = (scratch / "id").string();
  // Before and after it has closed its output.
  for (const char* before : {"", "echo confirmed; exec >&-; "}) {
    const Check hung = checked("echo $$ >'" + id + "'; " + before + "exec sleep 600", 0.5);
    EXPECT_EQ(hung.answer, Answer::failed);
    EXPECT_EQ(hung.says, "it did not answer within 0.5 seconds");
    const pid_t process = std::stoi(contents(id));
    EXPECT_EQ(kill(process, 0), -1) << "the checker still runs";
  }
}

TEST_F(Checking, MuchOutputIsNoHang) {
  EXPECT_EQ(checked("echo confirmed: x; head -c 3000000 /dev/zero").answer, Answer::confirmed);
}

TEST_F(Checking, ItIsRunBesideTheCertificateAndSeesItsName) {
  EXPECT_EQ(checked("echo \"confirmed: $# $1 $(cat $1)\"").says, "1 certificate.json {}");
  EXPECT_EQ(checked("echo \"confirmed: holds: 1 <= 2\"").answer, Check::Answer::not_confirmed);
}

TEST_F(Checking, AProgramThatIsNoneIsToldBefore) {
  EXPECT_THROW(find_checker((scratch / "nothing").string()), UnknownName);
  EXPECT_THROW(find_checker((scratch / "").string()), UnknownName);
  std::ofstream(scratch / "text") << "no program";
  EXPECT_THROW(find_checker((scratch / "text").string()), UnknownName);
  EXPECT_EQ(find_checker(script("exit 0")), (scratch / "checker").string());
}

/// A claim whose counterexample is proved, or not.
ClaimResult violated(bool proof, Truth truth = Truth::no) {
  ClaimResult result;
  result.verdict = Verdict::suspect;
  result.reason = "violated";
  result.counterexample.emplace();
  result.counterexample->judgement.truth = truth;
  result.counterexample->judgement.proof = proof;
  return result;
}

TEST(RuleOn, OnlyAConfirmedProofRefutes) {
  for (const Answer answer :
       {Answer::none, Answer::confirmed, Answer::not_confirmed, Answer::not_decided, Answer::failed}) {
    ClaimResult result = violated(true);
    rule_on(result, {answer, "its words"});
    EXPECT_EQ(result.verdict, answer == Answer::confirmed ? Verdict::refuted : Verdict::suspect);
    EXPECT_EQ(result.check.answer, answer);
    EXPECT_EQ(result.reason.rfind("violated; ", 0), 0U) << result.reason;
    if (answer != Answer::confirmed) {
      EXPECT_NE(result.reason.find("its words"), std::string::npos) << result.reason;
    }
    // Without a proof there is nothing to confirm.
    for (ClaimResult other : {violated(false), violated(false, Truth::unknown), violated(true, Truth::yes)}) {
      rule_on(other, {answer, "its words"});
      EXPECT_EQ(other.verdict, Verdict::suspect);
      EXPECT_EQ(other.check.answer, Answer::none);
      EXPECT_EQ(other.reason, "violated");
    }
  }
  ClaimResult holds;
  holds.verdict = Verdict::holds;
  rule_on(holds, {Answer::confirmed, ""});
  EXPECT_EQ(holds.verdict, Verdict::holds);
}

}  // namespace
}  // namespace gronwall::verify
