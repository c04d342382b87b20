#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>

#include <benchmark/benchmark.h>

namespace gronwall::bench {

inline std::string_view profile() {
  const char* name = std::getenv("GRONWALL_BENCH_PROFILE");
  return name != nullptr ? name : "quick";
}

/// GRONWALL_BENCH_PROFILE=full measures everything, for half an hour; quick, the default, leaves out what
/// takes more than a few seconds each.
inline bool full() { return profile() == "full"; }

/// GRONWALL_BENCH_PROFILE=smoke is for tests: does everything still run? bench/record then runs the smallest
/// width of each kind, backend and method; a benchmark that takes seconds even there registers something
/// smaller.
inline bool smoke() { return profile() == "smoke"; }

/// Whether the program has run for longer than a profile has time for it. What is measured in breadth (every
/// method at every width) asks, in the order of what is wanted most, and is left out from then on.
inline bool late(double seconds_of_quick, double seconds_of_full) {
  using Clock = std::chrono::steady_clock;
  static const Clock::time_point start = Clock::now();
  return std::chrono::duration<double>(Clock::now() - start).count() >
         (full() ? seconds_of_full : seconds_of_quick);
}
inline const bool clock_started = late(0, 0);

/// How often a benchmark runs, of which the median counts: GRONWALL_BENCH_REPETITIONS where it is set.
inline int repetitions(int otherwise) {
  const char* asked = std::getenv("GRONWALL_BENCH_REPETITIONS");
  return asked != nullptr ? std::max(1, std::atoi(asked)) : otherwise;
}

/// For a benchmark of less than a second: it runs often enough to be measured, three times.
inline void cheap(benchmark::internal::Benchmark* entry) {
  entry->Unit(benchmark::kMicrosecond);
  entry->Repetitions(smoke() ? 1 : repetitions(3));
  if (smoke())
    entry->Iterations(1);
  else
    entry->MinTime(0.02);
}

/// For a benchmark of seconds: one iteration, once.
inline void dear(benchmark::internal::Benchmark* entry) {
  entry->Unit(benchmark::kMillisecond);
  entry->Iterations(1);
  entry->Repetitions(smoke() ? 1 : repetitions(1));
}

}  // namespace gronwall::bench
