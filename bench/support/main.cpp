#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <gronwall_build_info.hpp>

#include <gronwall/real/error.hpp>
#include <gronwall/real/simd.hpp>
#include <gronwall/real/threads.hpp>

#include "support/profile.hpp"
#include "support/target.hpp"

namespace {

/// The rows of the table and the curves go into the context of the results, fields apart by tabs;
/// support/summary reads them.
void tell_declarations() {
  int number = 0;
  for (const gronwall::bench::Target& t : gronwall::bench::targets())
    benchmark::AddCustomContext(
        fmt::format("target {:03}", ++number),
        fmt::format("{}\t{}\t{}\t{}\t{:g}\t{:g}\t{:g}\t{:.17g}\t{}", t.row, t.against, t.ours, t.baseline,
                    t.at_least, t.within_ms, t.error, t.recorded_ms, t.limit));
  for (const gronwall::bench::Curve& c : gronwall::bench::curves())
    benchmark::AddCustomContext(
        fmt::format("curve {:03}", ++number),
        fmt::format("{}\t{}\t{}\t{}\t{}", c.title, c.variable, c.names, c.over, c.file));
}

/// The processor's name, as Linux tells it.
std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos)
      return line.substr(line.find(": ") + 2);
  return "unknown";
}

}  // namespace

int main(int argc, char** argv) {
  namespace build = gronwall::verify::build_info;
  try {
    gronwall::real::limit_simd_by_environment();
    gronwall::real::set_threads_by_environment();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 4;
    benchmark::AddCustomContext("profile", std::string(gronwall::bench::profile()));
    benchmark::AddCustomContext("commit", build::commit);
    benchmark::AddCustomContext("compiler", build::compiler);
    benchmark::AddCustomContext("flags", build::flags);
    benchmark::AddCustomContext("cpu", processor());
    benchmark::AddCustomContext("simd", gronwall::real::simd_targets().front());
    tell_declarations();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
  } catch (const gronwall::UnknownName& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 4;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
