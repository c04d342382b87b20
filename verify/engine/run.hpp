#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "verify/engine/examine.hpp"

namespace gronwall::verify {

/// A run of many claims, each in a process of its own: a crash, a hang or whatever RapidCheck keeps in global
/// variables stays there. Results do not depend on the number of processes.
struct Run {
  Settings settings;
  int jobs = 1;
  double time_limit = 600;  ///< seconds for each claim, after which it is undecided; a hunt's come on top
  /// Hunt after the cases, as long as the budget lasts.
  bool thorough = false;
  /// Seconds for the whole run that bound its climbs or, in a thorough run, its hunts. The cases are all
  /// judged, however long it takes. A thorough run without one does not hunt.
  std::optional<double> budget{};
  /// Called in the parent whenever a claim is finished.
  std::function<void(const ClaimResult& result, std::size_t done, std::size_t all)> progress;
};

struct RunOutcome {
  std::vector<ClaimResult> results;  ///< of the claims that finished, sorted by id
  /// One sentence for every claim that ended in an internal error: its process crashed, or its statement
  /// threw. Such a claim is among the results, undecided.
  std::vector<std::string> internal_errors;
  bool interrupted = false;  ///< SIGINT or SIGTERM came: what had not finished is missing
};

/// While it runs, SIGINT and SIGTERM end it early. The calling process must have one thread.
///
/// In a thorough run each claim is first examined as in any other. When all have begun, those that can be
/// hunted get their share, one after the other: what is left of the budget, times the jobs, over the claims
/// that have not got theirs. So what one does not use others get. A hunt that does not end with its share and
/// the time limit is cut off, and so is one that is interrupted: the claim then has the result that it had
/// before.
RunOutcome run(const std::vector<const Claim*>& claims, const Run& how);

}  // namespace gronwall::verify
