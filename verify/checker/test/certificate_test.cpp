#include "verify/checker/certificate.hpp"

#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "verify/checker/check.hpp"
#include "verify/checker/test/support.hpp"

namespace gronwall::checker {
namespace {

namespace fs = std::filesystem;

struct Expected {
  int code;
  std::string says;  ///< a part of the message
};

/// Every file of corrupted/. All but hash-mismatch have the hash of their content, so that something else has
/// to find what is wrong with them.
const std::map<std::string, Expected> files{
    {"good", {0, "refuted: [0.933551836983, 0.933551836984] > 0"}},
    {"hash-mismatch", {1, "the hash is not that of the content"}},
    {"changed-input", {1, "the left side is in [0.396985058407, 0.396985058408] by this checker"}},
    {"changed-lhs", {1, "and in [0.96875, 0.97265625] by the certificate"}},
    {"changed-rhs", {1, "the right side is 0 by this checker, and 0.5 by the certificate"}},
    {"changed-relation", {1, "the relation \"<\" is not that of growth.lemma-17.state.as-stated"}},
    {"changed-verdict", {1, "do not show its verdict \"holds\""}},
    {"changed-inequality", {1, "by this checker, and 0 by the certificate"}},
    {"changed-statement", {1, "the statement is not that of growth.lemma-17.state.as-stated"}},
    {"verdict-word", {1, "the field verdict is neither"}},
    {"nan-side", {1, "the field lhs.lower is not a number (NaN)"}},
    {"nan-input", {1, "the field inputs[8].value.hex[0][0] is not a number (NaN)"}},
    {"infinite-side", {1, "the field rhs.lower is infinite"}},
    {"decimal-side", {1, "the field lhs.lower holds \"0.93355\", which is no hexadecimal float"}},
    {"number-side", {1, "the field lhs.lower is no string"}},
    {"lower-above-upper", {1, "the field lhs.lower is above lhs.upper"}},
    {"precision-too-many-bits",
     {1, "the field lhs has more significant bits than 64 bits of precision can give"}},
    {"precision-too-wide", {1, "the field lhs is wider than 256 bits of precision let it be"}},
    {"precision-too-low", {1, "the field precision is not from 64 to 1024 bits"}},
    {"precision-of-exact", {1, "the field precision is not 0, though the arithmetic is exact"}},
    {"exact-without-exactness", {1, "the field lhs is an enclosure, though the arithmetic is exact"}},
    {"arithmetic-unknown", {1, "the field arithmetic is neither"}},
    {"wrong-schema", {1, "the field schema is not \"gronwall-certificate/1\""}},
    {"missing-field", {1, "the field rhs is missing"}},
    {"unknown-field", {1, "the field note is unknown"}},
    {"duplicate-field", {1, "the field claim is given twice"}},
    {"unknown-claim", {2, "this checker does not know growth.lemma-99.as-stated"}},
    {"other-claim", {1, "the input \"t/T\" is none of the claim's"}},
    {"wrong-shape", {1, "the input \"W\" is no 1 x 1 matrix"}},
    {"wrong-type", {1, "the input \"sigma\" is no matrix"}},
    {"ragged-matrix", {1, "the field inputs[3].value.hex is no 2 x 1 matrix"}},
    {"missing-input", {1, "the input \"v\" is missing"}},
    {"repeated-input", {1, "the input \"W\" is none of the claim's"}},
    {"surplus-input", {1, "the input \"mood\" is none of the claim's"}},
    {"out-of-domain", {1, "the input \"t/T\" is out of the domain of the claim"}},
    {"hypothesis-not-met", {1, "the hypothesis \"phi is 1-Lipschitz\" is not met"}},
    {"unknown-name", {1, "the input \"phi\" is out of the domain of the claim"}},
    {"decimal-mismatch", {1, "is another number in decimal than in hexadecimal"}},
    {"input-not-drawable", {1, "has more than 53 significant bits"}},
    {"input-huge", {1, "is beyond the range of a double"}},
    {"wrong-integer", {1, "the left side is 2 by this checker, and the certificate says 3"}},
    {"bad-fraction", {1, "the field lhs.exact holds \"2/0\", which is no fraction"}},
    {"true-statement", {1, "the statement is true at these inputs"}},
    {"repeated-point", {1, "the hypothesis \"the points are distinct\" is not met"}},
    {"not-singular", {2, "no vector of the known kind makes the kernel singular here"}},
    {"truncated", {1, "the file is truncated"}},
    {"not-json", {1, "the file is not JSON: error at byte"}},
    {"empty", {1, "the file is empty"}},
    {"not-an-object", {1, "the document is no object"}},
};

std::string path_of(const std::string& name) {
  return std::string(GRONWALL_CHECKER_TEST_FILES) + "/" + name + ".json";
}

struct Ran {
  int code = -1;
  std::string output;
};

/// The program as a user runs it, with standard error in the output.
Ran run(const std::string& arguments) {
  const char* program = std::getenv("GRONWALL_CHECKER");
  if (program == nullptr) return {};
  Ran ran;
  FILE* pipe = popen(("'" + std::string(program) + "' " + arguments + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) ran.output += buffer;
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

bool no_program() { return std::getenv("GRONWALL_CHECKER") == nullptr; }

TEST(CorruptedCertificates, EachIsRejectedWithItsOwnMessage) {
  std::map<std::string, std::string> messages;
  for (const auto& [name, expected] : files) {
    const Outcome outcome = check_file(path_of(name));
    const Answer answer = expected.code == 0   ? Answer::confirmed
                          : expected.code == 1 ? Answer::not_confirmed
                                               : Answer::not_decided;
    EXPECT_EQ(outcome.answer, answer) << name << ": " << outcome.message;
    EXPECT_NE(outcome.message.find(expected.says), std::string::npos) << name << ": " << outcome.message;
    const auto [other, is_new] = messages.emplace(outcome.message, name);
    EXPECT_TRUE(is_new) << name << " and " << other->second << ": " << outcome.message;
  }
}

TEST(CorruptedCertificates, EveryFileIsExpected) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(GRONWALL_CHECKER_TEST_FILES)) {
    EXPECT_EQ(files.count(entry.path().stem().string()), 1U) << entry.path();
    ++count;
  }
  EXPECT_EQ(count, files.size());
}

TEST(Program, ExitCodesAreThoseOfTheFiles) {
  if (no_program()) GTEST_SKIP() << "GRONWALL_CHECKER does not name the program";
  const char* words[] = {"confirmed: ", "not confirmed: ", "not decided: "};
  for (const auto& [name, expected] : files) {
    const Ran ran = run("'" + path_of(name) + "'");
    EXPECT_EQ(ran.code, expected.code) << name << ": " << ran.output;
    EXPECT_EQ(ran.output.rfind(words[expected.code], 0), 0U) << name << ": " << ran.output;
    EXPECT_EQ(ran.output.find('\n'), ran.output.size() - 1) << name << ": " << ran.output;
  }
}

TEST(Program, SeveralFilesAndWrongUsage) {
  if (no_program()) GTEST_SKIP() << "GRONWALL_CHECKER does not name the program";
  const auto paths = [](const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += " '" + path_of(name) + "'";
    return all;
  };
  EXPECT_EQ(run(paths({"good", "good"})).code, 0);
  EXPECT_EQ(run(paths({"good", "unknown-claim"})).code, 2);
  EXPECT_EQ(run(paths({"unknown-claim", "nan-side", "good"})).code, 1);
  const Ran two = run(paths({"good", "nan-side"}));
  EXPECT_EQ(two.output.rfind(path_of("good") + ": confirmed: ", 0), 0U) << two.output;
  EXPECT_NE(two.output.find("\n" + path_of("nan-side") + ": not confirmed: "), std::string::npos)
      << two.output;
  EXPECT_EQ(run("").code, 4);
  EXPECT_EQ(run("--fast").code, 4);
  EXPECT_EQ(run("--help").code, 0);
  const Ran none = run("'" + path_of("no-such-file") + "'");
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.output.find("the file cannot be read"), std::string::npos);
  EXPECT_NE(run("'" + std::string(GRONWALL_CHECKER_TEST_FILES) + "'").code, 0);  // a directory
}

// What a file says must not be lost by reading: any change of any character is noticed.
TEST(CertificateHash, EveryChangeOfAByteIsNoticed) {
  test::Json json{{"schema", certificate_schema}, {"claim", "x"}, {"number", 17}, {"list", {1, 2, "three"}}};
  const std::string hash = certificate_hash(json), text = json.dump();
  json["hash"] = "anything";
  EXPECT_EQ(certificate_hash(json), hash);
  int changed = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == '1' ? '2' : '1';
    const test::Json read = test::Json::parse(other, nullptr, false);
    if (read.is_discarded()) continue;
    EXPECT_NE(certificate_hash(read), hash) << other;
    ++changed;
  }
  EXPECT_GT(changed, 10);
}

// printf '{"a":1,"b":"ü"}' | sha256sum
TEST(CertificateHash, KnownValue) {
  EXPECT_EQ(certificate_hash(test::Json{{"b", "ü"}, {"a", 1}}),
            "sha256:1a59e522e02ce50ad2c27c11a6d30f8667489c199580627fe9e3e33e2b0e91d5");
}

}  // namespace
}  // namespace gronwall::checker
