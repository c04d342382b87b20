#include <fmt/format.h>

#include "verify/command/case_file.hpp"
#include "verify/command/command.hpp"
#include "verify/command/console.hpp"
#include "verify/engine/judging.hpp"
#include "verify/engine/select.hpp"

namespace gronwall::verify {

namespace {

/// "ball, 128 bits: no, proved".
std::string answer(const std::string& backend, const Judgement& judged) {
  const std::string bits = judged.bits > 0 ? fmt::format(", {} bits", judged.bits) : "";
  const std::string_view how = judged.proof ? ", proved" : judged.tie ? ", a tie" : "";
  return fmt::format("{}{}: {}{}", backend, bits, name(judged.truth), how);
}

void print_side(const char* name, double value, double error, const std::string& exact,
                const Bounds& bounds) {
  if (bounds.lower.empty())
    fmt::print("  {}   {} (error {})\n        {}\n", name, readable(value), readable(error), exact);
  else
    fmt::print("  {}   {} (radius {})\n        from {}\n        to   {}\n", name, readable(value),
               readable(error), bounds.lower, bounds.upper);
}

void print(const std::string& backend, const Outcome& outcome) {
  if (outcome.not_met) {
    fmt::print("{}: the hypothesis \"{}\" is {}\n", backend, *outcome.not_met,
               outcome.open ? "not known to be met" : "not met");
    return;
  }
  if (outcome.abstains) {
    fmt::print("{}: says nothing: {}\n", backend, outcome.why_unknown);
    return;
  }
  const Judgement& j = outcome.judgement;
  fmt::print("{}\n", answer(backend, j));
  print_side("lhs", j.lhs, j.lhs_error, j.lhs_exact, j.lhs_bounds);
  fmt::print("  {}\n", j.relation);
  if (j.relation != "> 0") print_side("rhs", j.rhs, j.rhs_error, j.rhs_exact, j.rhs_bounds);
  if (j.ratio == j.ratio) fmt::print("  ratio {}\n", readable(j.ratio));
  if (!j.note.empty()) fmt::print("  {}\n", j.note);
}

Outcome judged_again(const Claim& claim, const CaseFile& file, const std::string& backend,
                     const std::string& path) {
  try {
    return judge(claim, file.finding.inputs, backend);
  } catch (const InternalError& error) {
    throw UsageError(fmt::format("{} does not replay: {}", path, error.what()));
  }
}

/// Whether this version of the claim, and the finest backend that was asked, say what the certificate says.
int compare_with_certificate(const CaseFile& file, const Claim& claim, const Outcome& finest) {
  const Truth said = *file.certified == Verdict::refuted ? Truth::no : Truth::yes;
  const bool same = !finest.not_met && finest.judgement.truth == said;
  if (file.statement != claim.about.states) {
    fmt::print(stderr, "verify: the certificate is of another statement than this version's {}.\n",
               file.claim);
    return not_as_expected;
  }
  if (!same) {
    fmt::print(stderr, "verify: the certificate says {}; that is not reproduced.\n", name(*file.certified));
    return not_as_expected;
  }
  fmt::print("the certificate says {}: reproduced{}\n", name(*file.certified),
             finest.judgement.proof ? ", and proved" : ", but not proved");
  return as_expected;
}

}  // namespace

int replay(const ReplayOptions& options) {
  const std::vector<std::string> chain = referees(options.backend);
  const CaseFile file = read_case(options.file, options.claim);
  const Claim& claim = find_claim(file.claim);
  fmt::print("{}\n{}\n", file.claim, readable(file.finding.inputs));
  int status = as_expected;
  Outcome outcome;
  for (const std::string& backend : chain) {
    outcome = judged_again(claim, file, backend, options.file);
    print(backend, outcome);
    const auto recorded = file.finding.in_each_backend.find(backend);
    if (recorded == file.finding.in_each_backend.end()) continue;
    if (outcome.not_met || outcome.judgement.truth != recorded->second.truth) {
      fmt::print(stderr, "verify: {} is recorded as {} in {}.\n", file.claim, name(recorded->second.truth),
                 backend);
      status = not_as_expected;
    }
  }
  return file.certified ? compare_with_certificate(file, claim, outcome) : status;
}

}  // namespace gronwall::verify
