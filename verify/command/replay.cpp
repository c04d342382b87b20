#include <fmt/format.h>

#include "verify/command/case_file.hpp"
#include "verify/command/command.hpp"
#include "verify/command/console.hpp"
#include "verify/engine/judging.hpp"
#include "verify/engine/select.hpp"

namespace gronwall::verify {

static void print(const std::string& backend, const Outcome& outcome) {
  if (outcome.not_met) {
    fmt::print("{}: the hypothesis \"{}\" is not met\n", backend, *outcome.not_met);
    return;
  }
  const Judgement& j = outcome.judgement;
  fmt::print("{}: {}\n", backend, name(j.truth));
  const bool one_sided = j.relation == "> 0";
  fmt::print("  lhs   {} (error {})\n        {}\n", readable(j.lhs), readable(j.lhs_error), j.lhs_exact);
  fmt::print("  {}\n", j.relation);
  if (!one_sided)
    fmt::print("  rhs   {} (error {})\n        {}\n", readable(j.rhs), readable(j.rhs_error), j.rhs_exact);
  if (j.ratio == j.ratio) fmt::print("  ratio {}\n", readable(j.ratio));
  if (!j.note.empty()) fmt::print("  {}\n", j.note);
}

int replay(const ReplayOptions& options) {
  const std::vector<std::string> chain = referees(options.backend);
  const CaseFile file = read_case(options.file, options.claim);
  const Claim& claim = find_claim(file.claim);
  fmt::print("{}\n{}\n", file.claim, readable(file.finding.inputs));
  int status = as_expected;
  for (const std::string& backend : chain) {
    Outcome outcome;
    try {
      outcome = judge(claim, file.finding.inputs, backend);
    } catch (const InternalError& error) {
      throw UsageError(fmt::format("{} does not replay: {}", options.file, error.what()));
    }
    print(backend, outcome);
    const auto recorded = file.finding.in_each_backend.find(backend);
    if (recorded == file.finding.in_each_backend.end()) continue;
    if (outcome.not_met || outcome.judgement.truth != recorded->second.truth) {
      fmt::print(stderr, "verify: {} is recorded as {} in {}.\n", file.claim, name(recorded->second.truth),
                 backend);
      status = not_as_expected;
    }
  }
  return status;
}

}  // namespace gronwall::verify
