// The forward pass at the tolerances that Taylor series are for, n = 32, one sample and 16, by Taylor series
// and by the registry's two best methods, where they finish. The batch belongs to the kind: records and
// diagrams keep its rows apart.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "ode/forward.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

template <class R>
void enter(const std::string& method, int n, int N, int digits, double seconds) {
  dear(benchmark::RegisterBenchmark(
      fmt::format("samples-{}/{}/{}/n={}/tol=1e-{}", N, real::Backend<R>::name, method, n, digits).c_str(),
      [=](benchmark::State& state) { forward<R>(state, method, n, N, digits, seconds); }));
}

/// Tolerances from loose to tight.
template <class R>
void enter_all(int N, const std::vector<int>& tolerances, double seconds) {
  for (const char* method : {"taylor", "bulirsch-stoer", "fehlberg-78"})
    for (const int digits : tolerances) enter<R>(method, 32, N, digits, seconds);
}

const bool registered = [] {
  using Mp50 = real::Mpfr<50>;
  using Mp100 = real::Mpfr<100>;
  for (const int N : {1, 16}) {
    const double seconds = full() ? 600 : 2;
    if (smoke()) {
      enter_all<Mp50>(N, {10}, seconds);
      continue;
    }
    enter_all<Mp50>(N, {10, 15, 20, 30, 45}, seconds);
    enter<Mp100>("taylor", 32, N, 95, 60);
    enter<Mp100>("bulirsch-stoer", 32, N, 95, seconds);
  }
  if (full())
    for (const int digits : {15, 45}) enter<Mp50>("taylor", 256, 1, digits, 600);
  return true;
}();

}  // namespace
}  // namespace gronwall::bench
