#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/real/error.hpp>
#include <gronwall/real/simd.hpp>

namespace gronwall::test {
namespace {

using real::limit_simd;
using real::simd_targets;

// A limit stays for the life of a process, so all of it is one test, which ends at the least there is; the
// other tests of this program run in processes of their own under ctest.
TEST(Simd, LimitsTheChoiceOnly) {
  const std::vector<std::string> all = simd_targets();
  ASSERT_FALSE(all.empty());
  for (std::size_t k = 0; k < all.size(); ++k) {
    limit_simd(all[k]);
    EXPECT_EQ(simd_targets(),
              std::vector<std::string>(all.begin() + static_cast<std::ptrdiff_t>(k), all.end()));
  }
  if (all.size() > 1) {
    EXPECT_THROW(limit_simd(all.front()), UnknownName) << "a limit is never lifted";
  }
}

TEST(Simd, UnknownNamesAreRefused) {
  EXPECT_THROW(limit_simd(""), UnknownName);
  EXPECT_THROW(limit_simd("avx"), UnknownName);
  try {
    limit_simd("MMX");
    FAIL() << "accepted";
  } catch (const UnknownName& error) {
    EXPECT_NE(std::string(error.what()).find(simd_targets().back()), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace gronwall::test
