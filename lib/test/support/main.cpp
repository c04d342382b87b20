#include <cstdio>
#include <exception>

#include <gtest/gtest.h>

#include <gronwall/real/simd.hpp>
#include <gronwall/real/threads.hpp>

/// GoogleTest's own main, with two things before it: GRONWALL_SIMD=AVX2 (and the like) tests what a lesser
/// processor would run, GRONWALL_THREADS=2 what several threads compute.
int main(int argc, char** argv) {
  try {
    gronwall::real::limit_simd_by_environment();
    gronwall::real::set_threads_by_environment();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
