#pragma once

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <benchmark/benchmark.h>

namespace gronwall::bench {

inline std::string_view profile() {
  const char* name = std::getenv("GRONWALL_BENCH_PROFILE");
  return name != nullptr ? name : "quick";
}

/// GRONWALL_BENCH_PROFILE=full measures everything, for an hour or more; quick, the default, leaves out what
/// takes more than a few seconds each.
inline bool full() { return profile() == "full"; }

/// GRONWALL_BENCH_PROFILE=smoke is for tests: does everything still run? bench/record then runs the smallest
/// width of each kind, backend and method; a benchmark that takes seconds even there registers something
/// smaller.
inline bool smoke() { return profile() == "smoke"; }

/// How often a benchmark runs, of which the median counts: GRONWALL_BENCH_REPETITIONS where it is set.
inline int repetitions(int otherwise) {
  const char* asked = std::getenv("GRONWALL_BENCH_REPETITIONS");
  return asked != nullptr ? std::max(1, std::atoi(asked)) : otherwise;
}

/// For a benchmark of less than a second: it runs often enough to be measured, three times (five in the full
/// profile).
inline void cheap(benchmark::internal::Benchmark* entry) {
  entry->Unit(benchmark::kMicrosecond);
  entry->Repetitions(smoke() ? 1 : repetitions(full() ? 5 : 3));
  if (smoke())
    entry->Iterations(1);
  else
    entry->MinTime(0.02);
}

/// For a benchmark of seconds: once.
inline void dear(benchmark::internal::Benchmark* entry) {
  entry->Unit(benchmark::kMillisecond);
  entry->Iterations(1);
  entry->Repetitions(smoke() ? 1 : repetitions(1));
}

}  // namespace gronwall::bench
