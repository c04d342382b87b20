// The forward pass of a Neural ODE, every integrator and Taylor series x {double, mpfr50, mpfr100} x width x
// tolerance: time, right-hand sides, steps, and the error that was reached.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "ode/forward.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

/// What is measured for one width: the tolerances, from loose to tight.
struct Range {
  int n;
  std::vector<int> digits;
};

/// A method is given up after so many seconds.
template <class R>
void enter(const std::vector<Range>& ranges, double seconds, void (*often)(benchmark::internal::Benchmark*)) {
  std::vector<std::string> methods = ode::integrator_names();
  methods.emplace_back("taylor");
  for (const Range& range : ranges)
    for (const std::string& method : methods)
      for (const int digits : range.digits)
        often(benchmark::RegisterBenchmark(
            fmt::format("forward/{}/{}/n={}/tol=1e-{}", real::Backend<R>::name, method, range.n, digits)
                .c_str(),
            [=](benchmark::State& state) { forward<R>(state, method, range.n, samples, digits, seconds); }));
}

const bool registered = [] {
  if (full()) {
    // What is wanted most comes first: forward() stops when the time of the profile is over.
    const std::vector<int> in_double{3, 5, 7, 9, 11, 13}, at_50{3, 6, 9, 12, 16, 20, 30, 46},
        at_100{3, 6, 12, 20, 45, 70, 96};
    for (const int n : {16, 64, 256}) enter<double>({{n, in_double}}, 0.5, cheap);
    enter<double>({{1024, in_double}}, 4, dear);
    enter<real::Mpfr<50>>({{16, at_50}}, 1, dear);
    enter<real::Mpfr<50>>({{64, at_50}}, 2, dear);
    enter<real::Mpfr<50>>({{256, at_50}}, 4, dear);
    enter<real::Mpfr<100>>({{16, at_100}}, 1, dear);
    enter<real::Mpfr<100>>({{64, at_100}}, 2, dear);
    enter<real::Mpfr<50>>({{1024, {3, 6, 9, 12, 20, 46}}}, 10, dear);
    enter<real::Mpfr<100>>({{256, {3, 6, 12, 20, 45}}}, 4, dear);
    enter<real::Mpfr<100>>({{1024, {3, 6, 9, 45}}}, 10, dear);
  } else {
    const std::vector<int> in_double{3, 6, 9, 12};
    enter<double>({{16, in_double}, {64, in_double}, {256, in_double}}, 0.1, cheap);
    enter<real::Mpfr<50>>({{16, {3, 6, 12, 20}}, {64, {6, 11}}}, 0.4, dear);
  }
  draw({.title = "Forward solve, double, tolerance 1e-9, N = 16",
        .variable = "n",
        .names = "forward/double/*/n=*/tol=1e-9"});
  draw({.title = "Forward solve, 50 digits, tolerance 1e-6, N = 16",
        .variable = "n",
        .names = "forward/mpfr50/*/n=*/tol=1e-6"});
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
