#include <csignal>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "verify/engine/certificate.hpp"
#include "verify/formats/asset.hpp"
#include "verify/formats/json.hpp"
#include "verify/test/program.hpp"

namespace gronwall::verify {
namespace {

namespace fs = std::filesystem;

class CommandLine : public testing::Test {
 protected:
  Ended toys(const std::string& arguments) const {
    return run_program("gronwall_verify_toys", arguments, scratch);
  }

  /// It ends with the code, and its complaint is one sentence that contains the text.
  void complains(const std::string& arguments, int code, const std::string& text) const {
    SCOPED_TRACE(arguments);
    const Ended ended = toys(arguments);
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_NE(ended.err.find(text), std::string::npos) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  }

  /// A program in the place of verify-check: a shell script of this text. Its path.
  std::string checker(const std::string& name, const std::string& text) const {
    const fs::path path = scratch / name;
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    fs::permissions(path, fs::perms::owner_all);
    return path.string();
  }
  std::string confirming() const {
    return " --checker '" + checker("confirming", "echo confirmed: 3 is above 2") + "' ";
  }

  Json report(const std::string& directory = "report") const {
    return strip_volatile(parse_json(contents(scratch / directory / "report.json"), directory),
                          parse_json(std::string(asset("report.schema.json")), "schema"));
  }

  Scratch scratch;
};

TEST_F(CommandLine, LimitsTheVectorInstructionsByTheEnvironment) {
  setenv("GRONWALL_SIMD", "MMX", 1);
  complains("list", 4, "GRONWALL_SIMD: There are no vector instructions 'MMX' here; there are ");
  setenv("GRONWALL_SIMD", "", 1);
  EXPECT_EQ(toys("list").code, 0);
  unsetenv("GRONWALL_SIMD");
}

TEST_F(CommandLine, TakesThreadsFromTheEnvironment) {
  setenv("GRONWALL_THREADS", "0", 1);
  complains("list", 4, "GRONWALL_THREADS: '0' is no number of threads; 1, 2, ... are.");
  setenv("GRONWALL_THREADS", "2", 1);
  EXPECT_EQ(toys("list").code, 0);
  unsetenv("GRONWALL_THREADS");
}

TEST_F(CommandLine, ListsByTopicAndPattern) {
  const Ended all = toys("list");
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_NE(all.out.find("toy.false-bound "), std::string::npos);
  const Ended some = toys("list 'toy.false-*'");
  EXPECT_EQ(std::count(some.out.begin(), some.out.end(), '\n'), 8) << some.out;
  EXPECT_EQ(toys("list toy").out, all.out);
  const Json json = parse_json(toys("list toy.rate --json").out, "list");
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["id"], "toy.rate");
}

TEST_F(CommandLine, ExplainsAClaim) {
  const Ended ended = toys("explain toy.rate");
  EXPECT_EQ(ended.code, 0);
  EXPECT_NE(ended.out.find("verify run toy.rate"), std::string::npos);
}

TEST_F(CommandLine, NothingSelectedIsFive) {
  complains("list nothing.such", 5, "No claim matches 'nothing.such'");
  complains("run toy.false-bound2", 5, "the closest is 'toy.false-bound'");
  complains("run toy.rate nothing", 5, "'nothing'");
  complains("explain toy.rat", 5, "the closest is 'toy.rate'");
  complains("explain nope", 5, "No claim is called 'nope'; `verify list` shows them all.");
  EXPECT_FALSE(fs::exists(scratch / "report"));
  for (const char* arguments : {"list", "run", "explain x"}) {
    const Ended empty = run_program("gronwall_verify_empty", arguments, scratch);
    EXPECT_EQ(empty.code, 5);
    EXPECT_EQ(empty.err, "verify: No claim is registered: this program was built without any.\n");
  }
}

TEST_F(CommandLine, WrongUsageIsFour) {
  complains("", 4, "subcommand is required");
  complains("rum", 4, "rum");
  complains("run --cases 0", 4, "--cases must be at least 1, not 0");
  complains("run --cases -3", 4, "--cases must be at least 1, not -3");
  complains("run --cases many", 4, "--cases");
  complains("run --jobs 0", 4, "--jobs must be at least 1, not 0");
  complains("run --seed -1", 4, "--seed");
  complains("run --seed 99999999999999999999", 4, "--seed");
  complains("run --time-limit 0", 4, "--time-limit");
  complains("run --profile fast", 4, "--profile must be default or thorough, not fast");
  for (const char* budget : {"5", "0s", "m", "1e3s", "-5s", "5d", "99999999h", "5 m"})
    complains(fmt::format("run --budget='{}'", budget), 4,
              "--budget must be a time such as 90s, 15m or 2h, not");
  complains("run --backend quad", 4,
            "No precision backend is called 'quad'; those that judge claims are double, mpfr50, ball.");
  complains("run --backend mpfr100", 4, "The backend 'mpfr100' does not judge claims");
  complains("run -r pdf", 4, "pdf");
  complains("run -r json::into=x", 4, "FORMAT::out=FILE");
  complains("run --expected missing.json", 4, "missing.json");
  complains("run --checker missing", 4, "--checker: missing is no program that can be run");
  complains("run --colour", 4, "--colour");
  complains("explain", 4, "id");
  complains("replay missing.json", 4, "missing.json");
  // Nothing of this has made a report.
  EXPECT_FALSE(fs::exists(scratch / "report" / "report.json"));
}

TEST_F(CommandLine, AnOutputThatCannotBeWrittenIsFoundBeforeTheRun) {
  std::ofstream(scratch / "file") << "not a directory";
  complains("run toy.hangs --output file", 4, "file");
  complains("run toy.hangs --output file/below", 4, "file/below");
  complains("run toy.hangs -r json::out=missing/report.json", 4, "missing/report.json");
  complains("run toy.hangs --write-expected missing/expected.json", 4, "missing/expected.json");
  EXPECT_EQ(contents(scratch / "file"), "not a directory");
}

TEST_F(CommandLine, RunsAndWritesEveryFormat) {
  const Ended ended = toys("run toy.true-bound toy.false-bound toy.vacuous --no-color" + confirming());
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err, "");
  EXPECT_NE(ended.out.find("refuted       toy.false-bound"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("3 claims: 1 holds, 1 refuted, 1 vacuous"), std::string::npos) << ended.out;
  EXPECT_EQ(ended.out.find('\033'), std::string::npos);
  for (const char* name : {"report.json", "report.md", "report.html"})
    EXPECT_TRUE(fs::exists(scratch / "report" / name)) << name;
  EXPECT_TRUE(fs::exists(scratch / "report/counterexamples/toy.false-bound.json"));
  EXPECT_TRUE(fs::exists(scratch / "report/certificates/toy.false-bound.json"));
  EXPECT_TRUE(fs::exists(scratch / "report/certificates/toy.true-bound.json"));
  // Nothing temporary is left behind.
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch / "report"), {}), 5);
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch / "report/certificates"), {}), 2);
}

TEST_F(CommandLine, NothingIsRefutedThatTheCheckerDoesNotConfirm) {
  const auto verdict_with = [&](const std::string& script) {
    const std::string path = checker("checker", script);
    EXPECT_EQ(toys("run toy.false-bound --checker '" + path + "'").code, 0);
    return report()["claims"][0];
  };
  const Json confirmed = verdict_with("echo confirmed: 3 is above 2");
  EXPECT_EQ(confirmed["verdict"], "refuted");
  EXPECT_EQ(confirmed["check"]["answer"], "confirmed");
  EXPECT_EQ(confirmed["check"]["says"], "3 is above 2");
  EXPECT_EQ(confirmed["certificate"], "certificates/toy.false-bound.json");

  struct {
    std::string script, answer, reason;
  } const cases[] = {
      {"echo not confirmed: it holds; exit 1", "not-confirmed",
       "; verify-check does not confirm the counterexample: it holds"},
      {"echo not decided: too wide; exit 2", "not-decided", "; verify-check did not decide: too wide"},
      {"kill -SEGV $$", "failed", "; verify-check failed: it ended with signal 11"},
      {"echo confirmed; exit 3", "failed", "; verify-check failed: it ended with code 3"},
      {"exit 0", "failed", "did not say that it confirms"},
      {"echo not confirmed; exit 0", "failed", "did not say that it confirms"}};
  for (const auto& [script, answer, reason] : cases) {
    SCOPED_TRACE(script);
    const Json claim = verdict_with(script);
    EXPECT_EQ(claim["verdict"], "suspect");
    EXPECT_EQ(claim["check"]["answer"], answer);
    EXPECT_NE(claim["reason"].get<std::string>().find(reason), std::string::npos) << claim["reason"];
  }
}

TEST_F(CommandLine, TheCheckerSeesTheCertificateOfEachProvedViolationAndNoOther) {
  const std::string path =
      checker("checker", "cat \"$1\" >>'" + (scratch / "seen").string() + "'; echo confirmed; exit 0");
  ASSERT_EQ(
      toys("run toy.false-bound toy.false-exactly toy.never-decided toy.slow-rate toy.true-bound --jobs 1 "
           "--checker '" +
           path + "'")
          .code,
      0);
  EXPECT_EQ(contents(scratch / "seen"), contents(scratch / "report/certificates/toy.false-bound.json") +
                                            contents(scratch / "report/certificates/toy.false-exactly.json"));
  const Json claims = report()["claims"];
  EXPECT_EQ(claims[0]["verdict"], "refuted");
  EXPECT_EQ(claims[1]["verdict"], "refuted");
  EXPECT_EQ(claims[2]["verdict"], "suspect");
  EXPECT_EQ(claims[2]["certificate"], "");
  EXPECT_EQ(claims[3]["verdict"], "suspect");
  EXPECT_EQ(claims[4]["verdict"], "holds");
  EXPECT_EQ(claims[4]["check"]["answer"], "none");
}

TEST_F(CommandLine, WithoutACheckerProvedViolationsStaySuspectAndItSaysSo) {
  // A copy of the program, with nothing beside it.
  fs::create_directory(scratch / "alone");
  fs::copy_file(program_path("gronwall_verify_toys"), scratch / "alone/verify");
  const auto alone = [&](const std::string& arguments) {
    const std::string command =
        "cd '" + (scratch / "").string() + "' && alone/verify " + arguments + " >out 2>err";
    const int status = std::system(command.c_str());
    return Ended{WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(scratch / "out"),
                 contents(scratch / "err")};
  };
  const Ended ended = alone("run toy.false-bound toy.true-bound");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(
      ended.err,
      "verify: no verify-check was found beside this program, so 1 proved violation is not checked again and "
      "stays suspect; --checker names it.\n");
  const Json claim = report()["claims"][0];
  EXPECT_EQ(claim["verdict"], "suspect");
  EXPECT_NE(claim["reason"].get<std::string>().find(
                "proved in balls on 8 of 8 that were tried; not checked again: no "
                "verify-check"),
            std::string::npos)
      << claim["reason"];
  // It is found beside it, and where a build and an installation have it.
  for (const char* place : {"alone", "alone/checker", "checker", "bin"}) {
    SCOPED_TRACE(place);
    fs::create_directories(scratch / place);
    const fs::path path = checker(std::string(place) + "/verify-check", "echo confirmed");
    EXPECT_EQ(alone("run toy.false-bound").err, "");
    EXPECT_EQ(report()["claims"][0]["verdict"], "refuted");
    fs::remove(path);
  }
}

TEST_F(CommandLine, CertificatesOfAnEarlierRunGo) {
  ASSERT_EQ(toys("run toy.false-bound toy.true-bound" + confirming()).code, 0);
  const fs::path refuted = scratch / "report/certificates/toy.false-bound.json";
  const fs::path holds = scratch / "report/certificates/toy.true-bound.json";
  ASSERT_TRUE(fs::exists(refuted) && fs::exists(holds));
  // In double nothing is proved.
  ASSERT_EQ(toys("run toy.false-bound --backend double" + confirming()).code, 0);
  EXPECT_FALSE(fs::exists(refuted));
  EXPECT_TRUE(fs::exists(holds)) << "of a claim that did not run";
  EXPECT_EQ(report()["claims"][0]["verdict"], "suspect");
}

TEST_F(CommandLine, ACertificateReplays) {
  ASSERT_EQ(toys("run toy.false-bound toy.needs-bits" + confirming()).code, 0);
  const std::string file = "report/certificates/toy.false-bound.json";
  const Ended ended = toys("replay " + file);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("ball, 64 bits: no, proved"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("the certificate says refuted: reproduced, and proved"), std::string::npos)
      << ended.out;
  const Ended holds = toys("replay report/certificates/toy.needs-bits.json --backend ball");
  EXPECT_EQ(holds.code, 0) << holds.err;
  EXPECT_NE(holds.out.find("ball, 256 bits: yes, proved"), std::string::npos) << holds.out;
  EXPECT_NE(holds.out.find("the certificate says holds: reproduced, and proved"), std::string::npos)
      << holds.out;
  const Ended floating = toys("replay " + file + " --backend double");
  EXPECT_EQ(floating.code, 0);
  EXPECT_NE(floating.out.find("reproduced, but not proved"), std::string::npos) << floating.out;
  complains("replay " + file + " --claim toy.rate", 4,
            "it is a certificate of toy.false-bound, not of toy.rate");

  // What the hash covers cannot be changed unseen; what carries the right hash is judged.
  std::string text = contents(scratch / file);
  text.replace(text.find("0x1.8p+1"), 8, "0x1p+0");
  std::ofstream(scratch / "changed.json") << text;
  complains("replay changed.json", 4, "its hash is not that of its contents");
  Json changed = parse_json(text, "changed");
  changed.erase("hash");
  changed["hash"] = sha256(nlohmann::json::parse(to_line(changed)).dump());
  std::ofstream(scratch / "changed.json") << to_text(changed);
  complains("replay changed.json", 1, "the certificate says refuted; that is not reproduced.");
}

TEST_F(CommandLine, ReportersChooseFormatsAndFiles) {
  EXPECT_EQ(toys("run toy.rate -r markdown::out=rate.md -r json --output here").code, 0);
  EXPECT_TRUE(fs::exists(scratch / "rate.md"));
  EXPECT_TRUE(fs::exists(scratch / "here/report.json"));
  EXPECT_FALSE(fs::exists(scratch / "here/report.html"));
}

TEST_F(CommandLine, OneSeedGivesOneReportWhateverTheJobs) {
  const std::string filter = " 'toy.false-*' toy.true-bound toy.hypotheses toy.rate" + confirming();
  ASSERT_EQ(toys("run --seed 7 --jobs 1 --output one" + filter).code, 0);
  ASSERT_EQ(toys("run --seed 7 --jobs 4 --output two" + filter).code, 0);
  EXPECT_EQ(to_text(report("one")), to_text(report("two")));
  ASSERT_EQ(toys("run --seed 8 --output other" + filter).code, 0);
  EXPECT_NE(to_text(report("one")), to_text(report("other")));
}

TEST_F(CommandLine, FiltersDoNotChangeInputs) {
  ASSERT_EQ(toys("run toy.true-bound toy.rate toy.hypotheses --output many").code, 0);
  ASSERT_EQ(toys("run toy.rate --output one").code, 0);
  EXPECT_EQ(report("one")["claims"][0], report("many")["claims"][1]);
}

TEST_F(CommandLine, VerdictsAreComparedWithTheExpectedOnes) {
  const std::string filter = " toy.rate toy.false-bound" + confirming();
  ASSERT_EQ(toys("run --write-expected expected.json" + filter).code, 0);
  EXPECT_EQ(toys("run --expected expected.json" + filter).code, 0);
  EXPECT_EQ(toys("run --expected expected.json toy.rate").code, 0);
  std::string text = contents(scratch / "expected.json");
  text.replace(text.find("refuted"), 7, "suspect");
  std::ofstream(scratch / "other.json") << text;
  complains("run --expected other.json" + filter, 1, "toy.false-bound is refuted; suspect was expected.");
  complains("run --expected expected.json toy.vacuous", 1,
            "toy.vacuous is vacuous; no verdict was expected of it.");
  // The verdicts of what did not run stay.
  ASSERT_EQ(toys("run --write-expected expected.json toy.vacuous").code, 0);
  EXPECT_EQ(parse_json(contents(scratch / "expected.json"), "expected")["verdicts"].size(), 3U);
  std::ofstream(scratch / "odd.json")
      << R"({"schema": "gronwall-expected/1", "verdicts": {"toy.rate": "fine"}})";
  complains("run --expected odd.json toy.rate", 4, "verdicts.toy.rate");
}

TEST_F(CommandLine, ACrashAndAThrowEndOneClaimAlone) {
  const Ended ended = toys("run toy.crashes toy.throws toy.rate --cases 50");
  EXPECT_EQ(ended.code, 3);
  EXPECT_NE(ended.err.find("toy.crashes: its process ended with signal 11"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("toy.throws, judged in double: k is beyond what this toy can do."),
            std::string::npos)
      << ended.err;
  const Json claims = report()["claims"];
  ASSERT_EQ(claims.size(), 3U);
  EXPECT_EQ(claims[0]["verdict"], "undecided");
  EXPECT_EQ(claims[1]["verdict"], "observed");
  EXPECT_EQ(claims[2]["verdict"], "undecided");
}

TEST_F(CommandLine, AHangIsUndecided) {
  const Ended ended = toys("run toy.hangs toy.rate --time-limit 3");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("time ran out: not finished after 3 seconds"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("observed      toy.rate"), std::string::npos) << ended.out;
}

TEST_F(CommandLine, AThoroughRunHasTheSameVerdictsAndSaysHowFarItGot) {
  const std::string filter = " toy.true-bound toy.false-bound toy.sharp toy.vacuous toy.rate" + confirming();
  ASSERT_EQ(toys("run --write-expected expected.json" + filter).code, 0);
  EXPECT_TRUE(report()["provenance"]["budget"].is_null());
  const Json usual = report()["claims"];
  const Ended ended = toys("run --profile thorough --budget 2s --jobs 2 --expected expected.json" + filter);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(report()["provenance"]["profile"], "thorough");
  EXPECT_EQ(report()["provenance"]["budget"], 2);
  const Json claims = report()["claims"];
  ASSERT_EQ(claims.size(), usual.size());
  long hunted = 0;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    for (const char* same : {"verdict", "cases", "proved", "refuted", "discarded", "counterexample"})
      EXPECT_EQ(claims[i][same], usual[i][same]) << same << usual[i]["about"]["id"];
    hunted += claims[i]["hunted"].get<long>();
  }
  EXPECT_GT(hunted, 1000);
  EXPECT_NE(ended.out.find("inputs in total"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("on the claims that stand, none of them broken."), std::string::npos) << ended.out;
}

TEST_F(CommandLine, ABudgetEndsTheClimbsAndNotTheCases) {
  ASSERT_EQ(toys("run toy.sharp toy.hangs --time-limit 1 --budget 1s --jobs 1").code, 0);
  // toy.hangs has used all of it.
  const Json claims = report()["claims"];
  EXPECT_EQ(claims[1]["climbed"], 0);
  EXPECT_EQ(claims[1]["cases"], 100);
  EXPECT_EQ(claims[1]["verdict"], "holds");
}

TEST_F(CommandLine, AHuntThatHangsKeepsTheResultBeforeIt) {
  const Ended ended = toys("run toy.hangs-later --profile thorough --budget 1s --time-limit 2");
  EXPECT_EQ(ended.code, 0) << ended.err;
  const Json claim = report()["claims"][0];
  EXPECT_EQ(claim["verdict"], "holds");
  EXPECT_EQ(claim["cases"], 20);
  EXPECT_EQ(claim["reason"],
            "holds on 20 inputs, each proved; hunted without result: not finished after 3 seconds");
}

TEST_F(CommandLine, AnInterruptWritesWhatIsFinished) {
  const std::string program = program_path("gronwall_verify_toys");
  const std::string output = (scratch / "report").string(), seen = (scratch / "out").string();
  const pid_t process = fork();
  ASSERT_GE(process, 0);
  if (process == 0) {
    const int file = open(seen.c_str(), O_CREAT | O_WRONLY, 0600);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execl(program.c_str(), "verify", "run", "toy.hangs", "toy.rate", "--jobs", "1", "--output",
          output.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  // With one job toy.hangs, the first, keeps toy.rate from starting.
  for (int i = 0; i < 600 && !fs::exists(scratch / "report/counterexamples"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  kill(process, SIGINT);
  int status = 0;
  ASSERT_EQ(waitpid(process, &status, 0), process);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_NE(contents(seen).find("interrupted; 0 of 2 claims had finished."), std::string::npos)
      << contents(seen);
  EXPECT_TRUE(report()["claims"].empty());
}

TEST_F(CommandLine, ACounterexampleReplays) {
  ASSERT_EQ(toys("run toy.false-bound toy.true-in-double" + confirming()).code, 0);
  const std::string file = "report/counterexamples/toy.false-bound.json";
  const Ended ended = toys("replay " + file);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(ended.out.find("n = 1\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("double: no"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("mpfr50: no"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("ball, 64 bits: no, proved"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("0x1.8p+1"), std::string::npos) << ended.out;
  EXPECT_EQ(toys("replay report/report.json --claim toy.false-bound").out, ended.out);
  EXPECT_NE(toys("replay " + file + " --backend mpfr50").out.find("mpfr50: no"), std::string::npos);
  EXPECT_NE(toys("replay " + file + " --backend ball").out.find("ball, 64 bits: no"), std::string::npos);

  complains("replay report/report.json", 4, "say which with --claim ID");
  complains("replay report/report.json --claim toy.x", 4, "says nothing of a claim 'toy.x'");
  complains("replay " + file + " --claim toy.rate", 4, "not of toy.rate");
  complains("replay " + file + " --backend quad", 4, "quad");

  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = contents(scratch / file);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    std::ofstream(scratch / "changed.json") << text;
  };
  changed("\"claim\": \"toy.false-bound\"", "\"claim\": \"toy.gone\"");
  complains("replay changed.json", 5, "No claim is called 'toy.gone'");
  changed("\"value\": 1", "\"value\": 9");
  complains("replay changed.json", 4, "'n' of the case is not an integer from 1 to 5");
  changed("gronwall-case/1", "gronwall-case/9");
  complains("replay changed.json", 4, "the field schema should be");
  changed("0x1.8p+1", "0x1.8p+");
  complains("replay changed.json", 4, "changed.json");
  changed("{", "");
  complains("replay changed.json", 4, "changed.json");
  // 1 is no counterexample, and replay says that the record is wrong.
  changed("0x1.8p+1", "0x1p+0");
  EXPECT_EQ(toys("replay changed.json").code, 1);
}

}  // namespace
}  // namespace gronwall::verify
