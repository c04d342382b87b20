#pragma once

#include <fstream>
#include <string>

#include <benchmark/benchmark.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace gronwall::bench {

/// By how much the process grew at its peak while the loop of a benchmark ran, whoever allocated (Eigen,
/// MPFR, flint, new). Counts pages that were touched, so that little memory taken from what the process had
/// before shows as zero. Linux alone; elsewhere the counter is left out.
///
///     const PeakMemory memory;
///     for (auto _ : state) ...
///     memory.report(state);
class PeakMemory {
 public:
  PeakMemory() {
#ifdef __GLIBC__
    malloc_trim(0);  // what was freed before is not at hand for free
#endif
    std::ofstream("/proc/self/clear_refs") << 5;  // the peak begins again
    before_ = kilobytes("VmRSS:");
  }

  /// Sets the counter `peak_kb`.
  void report(benchmark::State& state) const {
    const long peak = kilobytes("VmHWM:");
    if (before_ >= 0 && peak >= before_) state.counters["peak_kb"] = static_cast<double>(peak - before_);
  }

 private:
  /// A line of /proc/self/status; -1 where there is none.
  static long kilobytes(const std::string& key) {
    std::ifstream in("/proc/self/status");
    for (std::string word; in >> word;)
      if (word == key) {
        long value = -1;
        in >> value;
        return value;
      }
    return -1;
  }

  long before_ = -1;
};

}  // namespace gronwall::bench
