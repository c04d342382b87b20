#include <gtest/gtest.h>

#include <gronwall/real/truth.hpp>

namespace {

using namespace gronwall::real;
constexpr Truth no = Truth::no, unknown = Truth::unknown, yes = Truth::yes;
constexpr Truth all[] = {no, unknown, yes};

/// Kleene's strong tables (Introduction to Metamathematics, §64), rows and columns in the order no, unknown,
/// yes.
TEST(Truth, Tables) {
  constexpr Truth conjunction[3][3] = {{no, no, no}, {no, unknown, unknown}, {no, unknown, yes}};
  constexpr Truth disjunction[3][3] = {{no, unknown, yes}, {unknown, unknown, yes}, {yes, yes, yes}};
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      EXPECT_EQ(all[i] && all[j], conjunction[i][j]) << i << j;
      EXPECT_EQ(all[i] || all[j], disjunction[i][j]) << i << j;
    }
  EXPECT_EQ(!no, yes);
  EXPECT_EQ(!unknown, unknown);
  EXPECT_EQ(!yes, no);
}

TEST(Truth, DeMorgan) {
  for (const Truth a : all)
    for (const Truth b : all) EXPECT_EQ(!(a && b), (!a || !b));
}

TEST(Truth, Names) {
  EXPECT_EQ(name(no), "no");
  EXPECT_EQ(name(unknown), "unknown");
  EXPECT_EQ(name(yes), "yes");
  EXPECT_EQ(truth(true), yes);
  EXPECT_EQ(truth(false), no);
}

}  // namespace
