#include <cstdio>
#include <exception>

#include <benchmark/benchmark.h>

#include "support/profile.hpp"

int main(int argc, char** argv) {
  try {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 4;
    benchmark::AddCustomContext("profile", gronwall::bench::full() ? "full" : "quick");
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
