// How the time of a forward solve grows with the number of samples N, and with the digits asked for: by the
// library's default method beyond double, Taylor series (in blocks), and by Fehlberg's in double.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "ode/forward.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

template <class R>
void against_samples(const std::string& method, int n, int digits) {
  for (const int N : {1, 2, 4, 8, 16})
    cheap(benchmark::RegisterBenchmark(
        fmt::format("batch/{}/{}/n={}/N={}", real::Backend<R>::name, method, n, N).c_str(),
        [=](benchmark::State& state) { forward<R>(state, method, n, N, digits, 10); }));
}

template <class R>
void against_digits(int n, const std::vector<int>& tolerances) {
  for (const int digits : tolerances)
    cheap(benchmark::RegisterBenchmark(
        fmt::format("asked/{}/taylor/n={}/D={}", real::Backend<R>::name, n, digits).c_str(),
        [=](benchmark::State& state) { forward<R>(state, "taylor", n, 1, digits, 60); }));
}

const bool registered = [] {
  against_samples<double>("fehlberg-78", smoke() ? 16 : 256, 9);
  against_samples<real::Mpfr<50>>("taylor", smoke() ? 16 : 64, 45);
  against_digits<real::Mpfr<50>>(smoke() ? 8 : 64, {6, 12, 24, 45});
  against_digits<real::Mpfr<100>>(smoke() ? 8 : 64, {12, 24, 48, 95});
  if (!smoke()) against_digits<real::Mpfr<200>>(64, {24, 48, 96, 190});
  draw({.title = "Forward solve: double, 1e-9; 50 digits, 1e-45",
        .variable = "N",
        .names = "batch/*/*/n=*/N=*"});
  return draw({.title = "Forward solve by Taylor series, n = 64, N = 1",
               .variable = "D",
               .names = "asked/*/taylor/n=64/D=*"});
}();

}  // namespace
}  // namespace gronwall::bench
