#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "verify/formats/format.hpp"
#include "verify/formats/json.hpp"
#include "verify/test/formats_sample.hpp"

namespace gronwall::verify {
namespace {

namespace fs = std::filesystem;

/// A directory of its own for each test, gone afterwards.
class FormatsFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "gronwall-formats-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return (directory_ / name).string(); }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }
  template <class Action>
  static std::string complaint(Action action) {
    try {
      action();
    } catch (const FormatError& error) {
      return error.what();
    }
    return "none";
  }

  fs::path directory_;
};

TEST_F(FormatsFile, WritesTheWholeTextAndNothingBesides) {
  const std::string text = std::string(300000, 'x') + '\0' + "end\n";
  write_file(path("report.json"), text);
  EXPECT_EQ(read_file(path("report.json")), text);
  write_file(path("report.json"), "shorter");
  EXPECT_EQ(read_file(path("report.json")), "shorter");
  EXPECT_EQ(files(), 1U);
}

TEST_F(FormatsFile, AReportIsAnOrdinaryFile) {
  const mode_t before = umask(022);
  write_file(path("report.json"), "text");
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat(path("report.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644U);
}

TEST_F(FormatsFile, ComplaintsNameThePathAndTheReason) {
  const std::string absent = path("absent/report.json");
  EXPECT_EQ(complaint([&] { write_file(absent, "x"); }),
            "cannot write " + absent + ": No such file or directory");
  EXPECT_EQ(complaint([&] { require_writable(absent); }),
            "cannot write " + absent + ": No such file or directory");
  EXPECT_EQ(complaint([&] { read_file(absent); }), "cannot read " + absent + ": No such file or directory");
  const std::string here = directory_.string();
  EXPECT_EQ(complaint([&] { write_file(here, "x"); }), "cannot write " + here + ": Is a directory");
  EXPECT_EQ(complaint([&] { read_file(here); }), "cannot read " + here + ": Is a directory");
  write_file(path("plain"), "x");
  EXPECT_EQ(complaint([&] { write_file(path("plain/report.json"), "x"); }),
            "cannot write " + path("plain/report.json") + ": Not a directory");
  EXPECT_EQ(files(), 1U);
}

TEST_F(FormatsFile, AskingWhetherAPathIsWritableLeavesNoTrace) {
  require_writable(path("report.json"));
  EXPECT_EQ(files(), 0U);
  write_file(path("report.json"), "old");
  require_writable(path("report.json"));
  EXPECT_EQ(read_file(path("report.json")), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(FormatsFile, AReportThatCannotBeReadIsNamedWithItsField) {
  write_file(path("r.json"), "{\"schema\": \"gronwall-report/3\"}");
  EXPECT_EQ(complaint([&] { read_report(path("r.json")); }),
            path("r.json") + ": the field provenance is missing");
  write_file(path("r.json"), "{");
  EXPECT_EQ(complaint([&] { read_report(path("r.json")); }),
            path("r.json") + " is no JSON: error at line 1, column 2");
}

TEST_F(FormatsFile, TheWrittenReportReadsBack) {
  const Report report = test::sample_report();
  const std::string text = render(find_format("json"), report);
  write_file(path("report.json"), text);
  EXPECT_EQ(render(find_format("json"), read_report(path("report.json"))), text);
}

TEST(FormatsRegistry, KnowsItsFormats) {
  std::vector<std::string> names, files;
  for (const Format* format : all_formats()) {
    names.emplace_back(format->name());
    files.emplace_back(format->file_name());
    EXPECT_FALSE(format->description().empty());
    EXPECT_EQ(&find_format(format->name()), format);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"html", "json", "markdown"}));
  EXPECT_EQ(files, (std::vector<std::string>{"report.html", "report.json", "report.md"}));
}

TEST(FormatsRegistry, AnUnknownNameIsToldTheKnownOnes) {
  try {
    find_format("pdf");
    FAIL() << "no exception";
  } catch (const UnknownName& error) {
    EXPECT_STREQ(error.what(), "there is no report format \"pdf\"; the formats are html, json, markdown");
  }
}

}  // namespace
}  // namespace gronwall::verify
