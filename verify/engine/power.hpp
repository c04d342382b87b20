#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "verify/engine/claim.hpp"
#include "verify/engine/result.hpp"
#include "verify/engine/terms.hpp"

/// The power of the suite: true claims are changed in one place at a time (terms.hpp), and each of these
/// mutants is hunted like any claim. One that is not found to be false shows where the suite is blind, unless
/// it is still true.
namespace gronwall::verify {

/// The claim with this change made in it: under the same id, so that it is judged on the same inputs.
Claim mutant(const Claim& claim, const Mutation& mutation);

struct PowerSettings {
  std::uint64_t seed = 1;
  std::optional<int> cases;  ///< for every claim; none: what each claim asks for
};

/// What can be changed in a claim.
struct Survey {
  /// Empty where the claim stands; else why its mutants say nothing: it is violated itself, or was never
  /// judged.
  std::string falls;
  long cases = 0;                   ///< on which it was judged
  std::vector<Mutation> mutations;  ///< those that were met on any case, in that order; then its hypotheses
};
/// Judges the claim itself on its inputs: all in the coarsest backend, and what that finds violated in the
/// finest.
Survey survey(const Claim& claim, const PowerSettings& settings);

/// What became of a mutant.
enum class Fate {
  killed,          ///< found to be false
  equivalent,      ///< not found to be false; the claim says why it is still true (`Claim::equivalent`)
  survived,        ///< not found to be false: the suite is blind there
  not_equivalent,  ///< found to be false, though the claim says that it is still true
  failed           ///< its statement threw, or its process crashed or ran out of time
};
std::string_view name(Fate fate);

struct MutantResult {
  Mutation mutation;
  Fate fate = Fate::survived;
  /// It was killed by a proof, in balls or exactly; else in floating point, where its claim is judged in
  /// nothing better: statistics, fits.
  bool proved = false;
  long cases = 0;    ///< judged, until it was killed
  long climbed = 0;  ///< judged besides on the way up from the most telling of them, until it was killed
  long open = 0;     ///< violated in floating point, which balls left open
  /// Largest ratio of the left side to the right one among the cases on which it held; NaN where there is
  /// none.
  double closest = std::numeric_limits<double>::quiet_NaN();
  std::optional<Finding> violation;  ///< that killed it
  std::string reason;                ///< why it is still true, or what failed
  double seconds = 0;                ///< volatile
};

/// Hunts one mutant on the inputs of its claim (on four times as many, where a hypothesis is dropped), until
/// it is killed; and then by a climb (climb.hpp) from the most telling of them. What is climbed is how far
/// the left side reaches into the gap between the right sides of the mutant and of the claim: inputs on which
/// the change changes nothing are no goal, however sharp the claim is there.
///
/// Each is judged in the coarsest backend, and where that does not say yes in the finest. A violation kills
/// if it is proved; where the finest backend abstains, or what decides there is no enclosure, a violation in
/// floating point does. The claim itself must not be violated on the same input. The fate is killed, survived
/// or failed.
MutantResult hunt(const Claim& claim, const Mutation& mutation, const PowerSettings& settings);

/// With what the claim says of it: survived becomes equivalent, killed becomes not_equivalent.
MutantResult explained(const Claim& claim, MutantResult result);

struct ClaimPower {
  std::string id;
  long cases = 0;
  std::string falls;  ///< as in Survey
  std::vector<MutantResult> mutants;
  /// Explanations of the claim that name none of its mutants.
  std::vector<std::string> idle;
};

struct PowerReport {
  Provenance provenance;
  std::vector<ClaimPower> claims;  ///< sorted by id
};

/// Every non-equivalent mutant was killed, every explanation is one of a mutant that was not.
bool sees_all(const PowerReport& report);

struct PowerRun {
  PowerSettings settings;
  int jobs = 1;
  double time_limit = 120;  ///< seconds for each mutant, and for each survey
  /// Called in the parent whenever a survey (the first half) or a mutant is finished.
  std::function<void(const std::string& finished, std::size_t done, std::size_t all)> progress;
};
struct PowerOutcome {
  PowerReport report;  ///< without its provenance
  /// One sentence for every survey that crashed, threw or ran out of time.
  std::vector<std::string> internal_errors;
  bool interrupted = false;  ///< what had not finished is missing
};
/// Surveys the claims and hunts all mutants of those that stand, each in a process of its own. While it runs,
/// SIGINT and SIGTERM end it early. The calling process must have one thread.
PowerOutcome power(const std::vector<const Claim*>& claims, const PowerRun& how);

inline constexpr std::string_view power_schema = "gronwall-power/1";
/// power.json, by the schema reports/power.schema.json.
std::string power_text(const PowerReport& report);

}  // namespace gronwall::verify
