#include <cstdio>
#include <exception>

#include <gtest/gtest.h>

#include <gronwall/real/simd.hpp>

/// GoogleTest's own main, with one thing before it: GRONWALL_SIMD=AVX2 (and the like) tests what a lesser
/// processor would run.
int main(int argc, char** argv) {
  try {
    gronwall::real::limit_simd_by_environment();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
