#pragma once

#include <functional>
#include <vector>

#include "verify/engine/examine.hpp"

namespace gronwall::verify {

/// A run of many claims, each in a process of its own: a crash, a hang or whatever RapidCheck keeps in global
/// variables stays there. Results do not depend on the number of processes.
struct Run {
  Settings settings;
  int jobs = 1;
  double time_limit = 600;  ///< seconds for each claim, after which it is undecided
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
RunOutcome run(const std::vector<const Claim*>& claims, const Run& how);

}  // namespace gronwall::verify
