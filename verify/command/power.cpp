#include "verify/engine/power.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "verify/command/command.hpp"
#include "verify/command/console.hpp"
#include "verify/engine/judging.hpp"
#include "verify/engine/provenance.hpp"
#include "verify/engine/select.hpp"
#include "verify/formats/format.hpp"

namespace gronwall::verify {

namespace {

namespace fs = std::filesystem;

struct Count {
  int mutants = 0, killed = 0, proved = 0, equivalent = 0, other = 0;
  void add(const MutantResult& found) {
    ++mutants;
    killed += found.fate == Fate::killed;
    proved += found.fate == Fate::killed && found.proved;
    equivalent += found.fate == Fate::equivalent;
    other += found.fate != Fate::killed && found.fate != Fate::equivalent;
  }
};

std::string row(const std::string& name, std::size_t width, const Count& count) {
  return fmt::format("{:{}}  {:>7}  {:>6}  {:>6}  {:>10}  {:>8}\n", name, width, count.mutants, count.killed,
                     count.proved, count.equivalent, count.other);
}

std::string heading(const std::string& of, std::size_t width) {
  return fmt::format("{:{}}  {:>7}  {:>6}  {:>6}  {:>10}  {:>8}\n", of, width, "mutants", "killed", "proved",
                     "equivalent", "survived");
}

/// What a reader has to know of a mutant that was not simply killed by a proof.
std::string remark(const MutantResult& found) {
  switch (found.fate) {
    case Fate::killed:
      return found.proved ? "" : "killed in floating point, where alone the claim is judged";
    case Fate::equivalent:
      return "equivalent: " + found.reason;
    case Fate::not_equivalent:
      return "killed, but " + found.reason;
    case Fate::failed:
      return "failed: " + found.reason;
    case Fate::survived:
      break;
  }
  std::string out = fmt::format("survived {} inputs", found.cases);
  if (!std::isnan(found.closest)) out += fmt::format(", the closest at a ratio of {:.4g}", found.closest);
  if (found.open > 0) out += fmt::format("; {} violations in floating point are open in balls", found.open);
  if (!found.reason.empty()) out += "; on some it failed: " + found.reason;
  return out;
}

std::string tables(const PowerReport& report) {
  std::size_t width = 8;
  for (const ClaimPower& claim : report.claims)
    if (!claim.mutants.empty()) width = std::max(width, claim.id.size());
  std::map<Operator, Count> operators;
  Count all;
  std::string claims, remarks;
  int mutated = 0, fallen = 0;
  for (const ClaimPower& claim : report.claims) {
    Count count;
    for (const MutantResult& found : claim.mutants) {
      count.add(found);
      operators[found.mutation.op].add(found);
      all.add(found);
      const std::string said = remark(found);
      if (!said.empty()) remarks += fmt::format("{}, {}: {}\n", claim.id, found.mutation.name(), said);
    }
    for (const std::string& idle : claim.idle)
      remarks += fmt::format("{}, {}: explained, but there is no such mutant\n", claim.id, idle);
    if (!claim.mutants.empty()) claims += row(claim.id, width, count);
    mutated += !claim.mutants.empty();
    fallen += !claim.falls.empty();
  }
  std::string out = heading("claim", width) + claims + "\n" + heading("operator", width);
  for (const auto& [op, count] : operators) out += row(std::string(name(op)), width, count);
  if (!remarks.empty()) out += "\n" + remarks;
  out += fmt::format(
      "\n{} mutants of {} claims: {} killed ({} of them by a proof), {} equivalent, {} survived. Of the "
      "others {} are not true, and {} have nothing that is marked.\n",
      all.mutants, mutated, all.killed, all.proved, all.equivalent, all.other, fallen,
      static_cast<int>(report.claims.size()) - mutated - fallen);
  return out;
}

std::string checked_path(const PowerOptions& options) {
  if (options.cases && *options.cases < 1)
    throw UsageError(fmt::format("--cases must be at least 1, not {}", *options.cases));
  if (options.jobs && *options.jobs < 1)
    throw UsageError(fmt::format("--jobs must be at least 1, not {}", *options.jobs));
  if (!(options.time_limit > 0) || !std::isfinite(options.time_limit))
    throw UsageError("--time-limit must be a positive number of seconds");
  if (options.output.empty()) throw UsageError("--output must name a directory");
  std::error_code error;
  fs::create_directories(options.output, error);
  if (error)
    throw UsageError(
        fmt::format("--output: cannot make the directory {}: {}", options.output, error.message()));
  const std::string path = (fs::path(options.output) / "power.json").string();
  require_writable(path);
  return path;
}

}  // namespace

int power_of_claims(const PowerOptions& options) {
  const std::vector<const Claim*> claims = selected(options.filters);
  const std::string path = checked_path(options);
  PowerRun how;
  how.settings = {options.seed, options.cases};
  how.jobs = options.jobs.value_or(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  how.time_limit = options.time_limit;
  const auto started = std::chrono::steady_clock::now();
  Provenance from = provenance();
  from.seed = std::to_string(options.seed);
  from.profile = options.cases ? std::to_string(*options.cases) : "default";
  from.filter = fmt::format("{}", fmt::join(options.filters, " "));
  from.backends = referees();
  from.jobs = how.jobs;
  PowerOutcome outcome;
  {
    Progress progress;
    how.progress = [&progress](const std::string& id, std::size_t done, std::size_t all) {
      progress.show(id, done, all);
    };
    outcome = power(claims, how);
  }
  from.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  outcome.report.provenance = from;
  write_file(path, power_text(outcome.report));
  fmt::print("{}", tables(outcome.report));
  std::fflush(stdout);
  for (const std::string& error : outcome.internal_errors)
    fmt::print(stderr, "verify: internal error: {}\n", error);
  if (outcome.interrupted) {
    fmt::print(stderr, "verify: interrupted; not every mutant was hunted.\n");
    return interrupted;
  }
  if (!outcome.internal_errors.empty()) return internal_error;
  return sees_all(outcome.report) ? as_expected : not_as_expected;
}

}  // namespace gronwall::verify
