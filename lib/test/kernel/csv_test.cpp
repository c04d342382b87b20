#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gronwall/kernel/csv.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::kernel {
namespace {

Inputs parsed(const std::string& text, const CsvOptions& options = {}) {
  std::istringstream in(text);
  return parse_csv(in, "points.csv", options);
}

std::string complaint(const std::string& text, const CsvOptions& options = {}) {
  try {
    parsed(text, options);
  } catch (const DomainError& error) {
    return error.what();
  }
  return "nothing";
}

const std::vector<RationalVector> two_points{{Rational(1, 10), -2}, {Rational(1, 3), Rational(3, 2)}};

TEST(Csv, ReadsNumbersExactly) {
  const Inputs inputs = parsed("0.1,-2\n1/3,0x1.8p+0\n");
  EXPECT_EQ(inputs.points, two_points);
  EXPECT_EQ(inputs.lines, (std::vector<long>{1, 2}));
  EXPECT_FALSE(inputs.normalised);
}

TEST(Csv, LayoutDoesNotMatter) {
  struct {
    const char* text;
    std::vector<long> lines;
  } const cases[] = {
      {"0.1,-2\n1/3,1.5", {1, 2}},
      {"0.1,-2\r\n1/3,1.5\r\n", {1, 2}},
      {"\xEF\xBB\xBF"
       "0.1,-2\n1/3,1.5\n\n\n",
       {1, 2}},
      {"\xEF\xBB\xBF"
       "x,y\n0.1,-2\n1/3,1.5\n",
       {2, 3}},
      {"# a comment, with a comma\n\n \t \nx_1,x_2\n0.1 , -2 # the first\n\n  # 5,6\n\t1/3,\t1.5  \n",
       {5, 8}},
      {"\"x, of all\",\"y # z\"\n\"0.1\",-2\n\" 1/3 \",1.5\n", {2, 3}},
      {"first,second\n1e-1,-2e0\n+1/3,15E-1", {2, 3}},
  };
  for (const auto& [text, lines] : cases) {
    SCOPED_TRACE(text);
    const Inputs inputs = parsed(text);
    EXPECT_EQ(inputs.points, two_points);
    EXPECT_EQ(inputs.lines, lines);
  }
  EXPECT_EQ(parsed("1\n2\n").points, (std::vector<RationalVector>{{1}, {2}}));
  EXPECT_EQ(parsed("007,010\n").points, (std::vector<RationalVector>{{7, 10}}));
}

TEST(Csv, FaultsAreNamedWithLineAndField) {
  struct {
    std::string text;
    const char* says;
  } const cases[] = {
      {"1,2\n3,4\n5,abc\n",
       "points.csv, line 3, field 2: 'abc' is not a number (write -3, 1/3, 0.1, 1e-3 or 0x1.8p+1)."},
      {"x,y\n\nx,2\n", "points.csv, line 3, field 1: 'x' is not a number"},
      {"1,x\n", "points.csv, line 1, field 2: 'x' is not a number"},
      {"1,2\n3,\n", "points.csv, line 2, field 2 is empty."},
      {",\n", "points.csv, line 1, field 1 is empty."},
      {"1,2,\n3,4,\n", "points.csv, line 1, field 3 is empty."},
      {"1,2\n3\n", "points.csv, line 2 has 1 field, but line 1 has 2."},
      {"x,y\n1,2,3\n", "points.csv, line 2 has 3 fields, but line 1 has 2."},
      {"1;2\n", "points.csv, line 1, field 1: '1;2' is not a number"},
      {"1 2\n", "points.csv, line 1, field 1: '1 2' is not a number"},
      {"1,nan\n", "points.csv, line 1, field 2: 'nan' is not a number"},
      {"inf,-inf\n", "points.csv, line 1, field 1: 'inf' is not a number"},
      {"NaN,NaN\n", "points.csv, line 1, field 1: 'NaN' is not a number"},
      {"1,Infinity\n", "'Infinity' is not a number"},
      {"1/0\n", "points.csv, line 1, field 1: '1/0' has the denominator 0."},
      {"1e6000\n", "'1e6000' has an exponent beyond 5000."},
      {"2e308\n", "points.csv, line 1, field 1: '2e308' is beyond the range of a double."},
      {"1\n1e-310\n", "points.csv, line 2, field 1: '1e-310' is beyond the range of a double."},
      {fmt::format("0.{}\n", std::string(2000, '1')),
       "points.csv, line 1, field 1 has 2002 characters; at most 1000 are read."},
      {fmt::format("1,{}\n", std::string(300, 'x')),
       "'"
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
       "...' is not a number."},
      {std::string("1,2\x00\x1b[31m\n", 10), "points.csv, line 1, field 2: '2??[31m' is not a number."},
      {"1,\"2\n", "points.csv, line 1 has a quotation mark that is not closed."},
      {"1,2\"3\"\n", "points.csv, line 1, field 2: '2\"3\"' is not a number"},
      {"1,2\r3,4\r", "points.csv, line 1, field 2"},
      {"", "points.csv has no row of numbers."},
      {"\n \n# nothing\n", "points.csv has no row of numbers."},
      {"\n\na,b\n\n", "points.csv has a header in line 3, but no row of numbers."},
      {std::string("\xFF\xFE"
                   "1\0,\0",
                   6),
       "points.csv is written in UTF-16; it has to be plain text or UTF-8."},
  };
  for (const auto& [text, says] : cases) {
    const std::string said = complaint(text);
    EXPECT_NE(said.find(says), std::string::npos) << text << " says: " << said;
    EXPECT_EQ(said.back(), '.') << said;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 0) << said;
  }
}

TEST(Csv, NormalisedRowsMayNotBeZero) {
  CsvOptions options;
  options.normalised = true;
  EXPECT_EQ(complaint("1,2\n0,0.0\n", options),
            "points.csv, line 2 is 0, which has no direction to normalise.");
  EXPECT_EQ(complaint("1,2\n0,0\n"), "nothing");
  const Inputs inputs = parsed("3,4\n\n5,12\n6,8\n", options);
  EXPECT_TRUE(inputs.normalised);
  EXPECT_EQ(inputs.matrix<double>()(0, 0), 0.6);
  ASSERT_EQ(inputs.duplicates().size(), 1U);
  EXPECT_EQ(inputs.place(inputs.duplicates().front()), "lines 1 and 4");
}

TEST(Csv, SizesAreLimited) {
  CsvOptions options;
  options.most_rows = 2;
  options.most_columns = 3;
  options.most_bytes = 20;
  EXPECT_EQ(complaint("1,2,3\n4,5,6\n", options), "nothing");
  EXPECT_EQ(complaint("1\n2\n3\n", options), "points.csv has more than 2 rows, the most that is read.");
  EXPECT_EQ(complaint("1,2,3,4\n", options), "points.csv, line 1 has 4 fields; at most 3 are read.");
  EXPECT_EQ(complaint("1,2,3333333333333333333\n", options),
            "points.csv is longer than 20 bytes, the most that is read.");
  EXPECT_EQ(complaint(fmt::format("1\n{}", std::string(30, '\n')), options),
            "points.csv is longer than 20 bytes, the most that is read.");
}

TEST(Csv, FilesThatCannotBeReadAreNamed) {
  namespace fs = std::filesystem;
  std::string name = (fs::temp_directory_path() / "gronwall-csv-XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const fs::path directory = name;
  const auto said = [](const fs::path& path) {
    try {
      read_csv(path.string());
    } catch (const DomainError& error) {
      return std::string(error.what());
    }
    return std::string("nothing");
  };
  EXPECT_EQ(said(directory), directory.string() + " is a directory, not a file of numbers.");
  EXPECT_EQ(said(directory / "missing.csv"),
            (directory / "missing.csv").string() + " cannot be read: No such file or directory.");
  EXPECT_EQ(said("/dev/zero"), "/dev/zero is longer than 67108864 bytes, the most that is read.");
  std::ofstream(directory / "points.csv") << "0.1,-2\n1/3,1.5\n";
  EXPECT_EQ(read_csv((directory / "points.csv").string()).points, two_points);
  std::ofstream(directory / "bad.csv") << "1\n?\n";
  EXPECT_EQ(said(directory / "bad.csv").find((directory / "bad.csv, line 2, field 1: '?'").string()), 0U);
  fs::remove_all(directory);
}

}  // namespace
}  // namespace gronwall::kernel
