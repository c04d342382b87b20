// Cases per second of `verify run`, default profile, all claims, on all processors: cases, inputs that were
// climbed and inputs that were hunted, over the wall clock of the whole program with its report. The program
// is the one of this build.
//
// An earlier state of the whole program cannot be linked beside this one. GRONWALL_VERIFY_BEFORE may name its
// executable, with its checker beside it, and is then measured in the same run; otherwise a recorded time
// stands in.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

namespace fs = std::filesystem;

/// build/release/bench/programs/gronwall_bench_verify has build/release/verify/verify two directories up.
fs::path program_of_this_build() {
  return fs::read_symlink("/proc/self/exe").parent_path().parent_path().parent_path() / "verify" / "verify";
}

/// What one run judged; from its report.
long judged(const fs::path& report) {
  std::ifstream in(report);
  const nlohmann::json json = nlohmann::json::parse(in, nullptr, false);
  if (json.is_discarded()) return 0;
  long sum = 0;
  for (const nlohmann::json& claim : json.at("claims"))
    for (const char* count : {"cases", "climbed", "hunted"}) sum += claim.at(count).get<long>();
  return sum;
}

void run(benchmark::State& state, const fs::path& program) {
  if (!fs::exists(program)) {
    state.SkipWithError(fmt::format("there is no {}: build the target verify", program.string()).c_str());
    return;
  }
  const fs::path output = fs::temp_directory_path() / fmt::format("gronwall-bench-verify-{}", ::getpid());
  // A glance at one claim, where nothing is to be measured.
  const std::string command =
      fmt::format("'{}' run --seed 1 --output '{}' {} > /dev/null 2>&1", program.string(), output.string(),
                  smoke() ? "activation.lipschitz.as-stated" : "");
  long cases = 0;
  double seconds = 0;
  for (auto _ : state) {
    const auto began = std::chrono::steady_clock::now();
    // Its exit code tells whether a claim fell, as some have to.
    const int code = std::system(command.c_str());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    state.SetIterationTime(took.count());
    seconds += took.count();
    if (code == -1) state.SkipWithError("no process could be started");
    cases += judged(output / "report.json");
  }
  std::error_code ignored;
  fs::remove_all(output, ignored);
  if (cases == 0) state.SkipWithError("the run left no report");
  state.counters["cases_per_second"] = static_cast<double>(cases) / seconds;
}

void add(const std::string& method, const fs::path& program) {
  dear(benchmark::RegisterBenchmark(fmt::format("verify-run/all/{}/n=209/seed=1", method).c_str(),
                                    [program](benchmark::State& state) { run(state, program); })
           ->UseManualTime());
}

const bool registered = [] {
  const char* before = std::getenv("GRONWALL_VERIFY_BEFORE");
  add(smoke() ? "one-claim" : "this-build", program_of_this_build());
  if (before != nullptr) add("before", before);
  return declare(
      {.row = "cases per second of `verify run`, default profile",
       .against = before != nullptr ? "the state before this issue, in this run"
                                    : "the state before this issue: 77 s on two cores, recorded at "
                                      "b03110d",
       .ours = "verify-run/all/this-build/n=209/seed=1",
       .baseline = before != nullptr ? "verify-run/all/before/n=209/seed=1" : "",
       .at_least = 5,
       .recorded_ms = before != nullptr ? 0.0 : 77000.0,
       .limit = "by perf 55 % of the time left are spent inside Arb, GMP and MPFR, on numbers of one "
                "to sixteen words that differ from case to case; were all the rest free, it would "
                "be 2.8 x"});
}();

}  // namespace
}  // namespace gronwall::bench
