#include "verify/engine/run.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "verify/command/case_file.hpp"
#include "verify/command/command.hpp"
#include "verify/command/console.hpp"
#include "verify/engine/certificate.hpp"
#include "verify/engine/checking.hpp"
#include "verify/engine/expected.hpp"
#include "verify/engine/judging.hpp"
#include "verify/engine/provenance.hpp"
#include "verify/engine/select.hpp"
#include "verify/engine/workers.hpp"
#include "verify/formats/format.hpp"

namespace gronwall::verify {

namespace {

namespace fs = std::filesystem;

struct Target {
  const Format* format;
  std::string path;
};

Target target(const std::string& reporter, const std::string& output) {
  const std::size_t colons = reporter.find("::");
  const Format& format = find_format(reporter.substr(0, colons));
  if (colons == std::string::npos) return {&format, (fs::path(output) / format.file_name()).string()};
  const std::string setting = reporter.substr(colons + 2);
  if (setting.rfind("out=", 0) != 0 || setting.size() == 4)
    throw UsageError(fmt::format("--reporter {}: FORMAT::out=FILE is what is understood", reporter));
  return {&format, setting.substr(4)};
}

std::vector<Target> targets(const RunOptions& options) {
  std::vector<Target> out;
  for (const std::string& reporter : options.reporters) out.push_back(target(reporter, options.output));
  if (options.reporters.empty())
    for (const Format* format : all_formats())
      out.push_back({format, (fs::path(options.output) / format->file_name()).string()});
  return out;
}

/// Seconds that the checker has for one certificate.
constexpr double checking_limit = 60;

fs::path counterexamples(const RunOptions& options) { return fs::path(options.output) / "counterexamples"; }
std::string case_path(const RunOptions& options, const std::string& id) {
  return (counterexamples(options) / (id + ".json")).string();
}

/// Below the output directory, as the report names it.
std::string certificate_name(const std::string& id) { return "certificates/" + id + ".json"; }
std::string certificate_path(const RunOptions& options, const std::string& name) {
  return (fs::path(options.output) / name).string();
}

void make_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error)
    throw UsageError(
        fmt::format("--output: cannot make the directory {}: {}", directory.string(), error.message()));
}

constexpr double thorough_budget = 600;
constexpr double longest_budget = 1e7;

/// Seconds in "90s", "15m" or "2h"; none where nothing was said and the profile does not hunt.
std::optional<double> budget(const RunOptions& options) {
  if (options.profile != "default" && options.profile != "thorough")
    throw UsageError(fmt::format("--profile must be default or thorough, not {}", options.profile));
  if (!options.budget) return options.profile == "thorough" ? std::optional(thorough_budget) : std::nullopt;
  const std::string& text = *options.budget;
  const std::map<char, double> units{{'s', 1}, {'m', 60}, {'h', 3600}};
  const auto unit = text.empty() ? units.end() : units.find(text.back());
  const std::string number = text.substr(0, text.empty() ? 0 : text.size() - 1);
  const bool digits =
      !number.empty() && number.size() < 10 && number.find_first_not_of("0123456789") == std::string::npos;
  const double seconds = digits && unit != units.end() ? std::stod(number) * unit->second : 0;
  if (!(seconds > 0 && seconds <= longest_budget))
    throw UsageError(fmt::format("--budget must be a time such as 90s, 15m or 2h, not {}", text));
  return seconds;
}

std::string profile_name(const RunOptions& options) {
  if (!options.cases) return options.profile;
  const std::string cases = std::to_string(*options.cases);
  return options.profile == "default" ? cases : fmt::format("{}, {} cases", options.profile, cases);
}

/// Whatever would keep the report from being written is found before the run, not after it.
void check_options(const RunOptions& options, const std::vector<Target>& reports) {
  if (options.cases && *options.cases < 1)
    throw UsageError(fmt::format("--cases must be at least 1, not {}", *options.cases));
  if (options.jobs && *options.jobs < 1)
    throw UsageError(fmt::format("--jobs must be at least 1, not {}", *options.jobs));
  if (!(options.time_limit > 0) || !std::isfinite(options.time_limit))
    throw UsageError("--time-limit must be a positive number of seconds");
  if (options.output.empty()) throw UsageError("--output must name a directory");
  make_directory(options.output);
  make_directory(counterexamples(options));
  make_directory(fs::path(options.output) / "certificates");
  require_writable(case_path(options, "x"));
  require_writable(certificate_path(options, certificate_name("x")));
  for (const Target& report : reports) require_writable(report.path);
  if (options.write_expected) require_writable(*options.write_expected);
}

Report report_of(const RunOptions& options, const std::vector<std::string>& backends, int jobs) {
  Report report;
  report.provenance = provenance();
  report.provenance.seed = std::to_string(options.seed);
  report.provenance.profile = profile_name(options);
  report.provenance.filter = fmt::format("{}", fmt::join(options.filters, " "));
  report.provenance.backends = backends;
  report.provenance.jobs = jobs;
  return report;
}

void write_counterexamples(const RunOptions& options, const Report& report) {
  for (const ClaimResult& result : report.claims) {
    std::error_code ignored;  // one of an earlier run that is no longer there
    if (result.counterexample)
      write_case({result.about.id, *result.counterexample, {}, {}}, case_path(options, result.about.id));
    else
      fs::remove(case_path(options, result.about.id), ignored);
  }
}

void write_certificates(const RunOptions& options, Report& report) {
  for (ClaimResult& result : report.claims) {
    const std::string name = certificate_name(result.about.id);
    std::error_code ignored;  // one of an earlier run that is no longer there
    if (const Finding* finding = certified(result)) {
      write_file(certificate_path(options, name), certificate_text(result.about, *finding));
      result.certificate = name;
    } else {
      fs::remove(certificate_path(options, name), ignored);
    }
  }
}

/// What the checker says of one certificate, as a line, and back.
std::string line_of(const Check& said) {
  return fmt::format("{} {}", static_cast<int>(said.answer), said.says);
}
Check check_of(const std::string& line) {
  return {static_cast<Check::Answer>(std::stoi(line)), line.substr(line.find(' ') + 1)};
}

/// Has every counterexample that is proved checked again, `jobs` at a time, which decides whether its claim
/// is refuted. False if that was interrupted.
bool check_refutations(const RunOptions& options, const std::optional<std::string>& checker, int jobs,
                       Report& report) {
  std::vector<ClaimResult*> proved;
  for (ClaimResult& result : report.claims)
    if (!result.certificate.empty() && result.counterexample) proved.push_back(&result);
  Check nobody;
  nobody.says = checker ? "the run was interrupted" : "no verify-check";
  std::vector<Check> said(proved.size(), nobody);
  const auto ask = [&](std::size_t k) {
    return line_of(check(*checker, certificate_path(options, proved[k]->certificate), checking_limit));
  };
  const auto hear = [&](const Worked& worked) {
    said[worked.task] =
        worked.failure.empty() ? check_of(worked.said) : Check{Check::Answer::failed, worked.failure};
  };
  // The limit is that of `check`, which says so better.
  const bool finished = !checker || work_off(proved.size(), ask, jobs, 2 * checking_limit, hear);
  for (std::size_t k = 0; k < proved.size(); ++k) rule_on(*proved[k], said[k]);
  if (!checker && !proved.empty())
    fmt::print(
        stderr,
        "verify: no verify-check was found beside this program, so {} proved {} not checked again and {} "
        "suspect; --checker names it.\n",
        proved.size(), proved.size() == 1 ? "violation is" : "violations are",
        proved.size() == 1 ? "stays" : "stay");
  return finished;
}

void record_expected(const RunOptions& options, const std::vector<ClaimResult>& results) {
  if (!options.write_expected) return;
  Expected expected = fs::exists(*options.write_expected) && !options.filters.empty()
                          ? Expected::read(*options.write_expected)
                          : Expected();
  expected.update(results);
  expected.write(*options.write_expected);
}

}  // namespace

int run_claims(const RunOptions& options) {
  const std::vector<const Claim*> claims = selected(options.filters);
  const std::vector<std::string> backends = referees(options.backend);
  const std::vector<Target> reports = targets(options);
  const std::optional<double> seconds = budget(options);
  std::optional<Expected> expected;
  if (options.expected) expected = Expected::read(*options.expected);
  const std::optional<std::string> checker = find_checker(options.checker);
  check_options(options, reports);

  Run how;
  how.settings.seed = options.seed;
  how.settings.cases = options.cases;
  how.settings.backend = options.backend;
  how.thorough = options.profile == "thorough";
  how.budget = seconds;
  how.jobs = options.jobs.value_or(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  how.time_limit = options.time_limit;
  Report report = report_of(options, backends, how.jobs);
  report.provenance.budget = seconds.value_or(std::nan(""));
  const auto started = std::chrono::steady_clock::now();
  RunOutcome outcome;
  {
    Progress progress;
    how.progress = [&progress](const ClaimResult& result, std::size_t done, std::size_t all) {
      progress.show(result.about.id, done, all);
    };
    outcome = run(claims, how);
  }
  report.claims = std::move(outcome.results);
  write_certificates(options, report);
  if (!outcome.interrupted) outcome.interrupted = !check_refutations(options, checker, how.jobs, report);
  report.provenance.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

  for (const Target& target : reports) write_file(target.path, render(*target.format, report));
  write_counterexamples(options, report);
  fmt::print("{}", summary(report, colours(options.no_color)));
  std::fflush(stdout);
  for (const std::string& error : outcome.internal_errors)
    fmt::print(stderr, "verify: internal error: {}\n", error);
  if (outcome.interrupted) {
    fmt::print(stderr, "verify: interrupted; {} of {} claims had finished.\n", report.claims.size(),
               claims.size());
    return interrupted;
  }
  if (!outcome.internal_errors.empty()) return internal_error;
  record_expected(options, report.claims);
  if (!expected) return as_expected;
  const std::vector<std::string> differences =
      expected->disagreements(report.claims, options.filters.empty());
  for (const std::string& difference : differences) fmt::print(stderr, "verify: {}\n", difference);
  return differences.empty() ? as_expected : not_as_expected;
}

}  // namespace gronwall::verify
