#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verify/engine/case.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/judgement.hpp"

namespace gronwall::verify {

/// DESIGN §6, from the strongest: what the evidence of a run amounts to.
enum class Verdict { proved, holds, observed, refuted, contradicted, suspect, undecided, vacuous, assumed };
std::string_view name(Verdict verdict);

/// How often a hypothesis was met, and whether the claim needs it.
struct HypothesisCount {
  std::string name;
  long asked = 0, met = 0;
  enum class Need {
    untested,
    not_seen,
    needed
  } need = Need::untested;  ///< needed: the claim broke without it
};

/// Cases judged in one backend.
struct BackendCount {
  std::string backend;
  long yes = 0, no = 0, unknown = 0;
};

/// An input and what was found on it.
struct Finding {
  Case inputs;
  std::string backend;  ///< that judged
  Judgement judgement;
  std::map<std::string, Judgement> in_each_backend;
};

/// What the checker, a program of its own, said of the certificate of a counterexample.
struct Check {
  enum class Answer {
    none,  ///< there was nothing to check, or no checker
    confirmed,
    not_confirmed,
    not_decided,
    failed  ///< it crashed, hung, or made no sense
  } answer = Answer::none;
  std::string says;  ///< its own words, or what became of it
};
std::string_view name(Check::Answer answer);

struct ClaimResult {
  About about;
  Verdict verdict = Verdict::undecided;
  std::string reason;  ///< one sentence: what the verdict rests on
  long cases = 0;      ///< that met the hypotheses and were judged
  long discarded = 0;
  long dismissed = 0;      ///< violations in double that a finer backend dismissed
  long proved = 0;         ///< cases on which the claim is proved to hold
  long refuted = 0;        ///< cases on which it is proved to be violated
  long undecided = 0;      ///< cases that stayed open in the finest backend
  long ties = 0;           ///< cases on which both sides agree to all digits that were computed
  long climbed = 0;        ///< inputs tried, in the coarsest backend, on the way to larger ratios (`Climb`)
  long hunted = 0;         ///< further random cases, judged in the coarsest backend alone but for a sample
  long hunted_proved = 0;  ///< those of the sample on which the claim is proved to hold
  /// How many of the cases that are proved or refuted were decided at each number of bits; 0: by exact
  /// arithmetic.
  std::map<long, long> decided_at;
  std::vector<BackendCount> backends;
  std::vector<HypothesisCount> hypotheses;
  std::optional<Finding> counterexample;  ///< smallest found
  /// Largest ratio among the cases that hold, those that are proved first; the first of them where there is
  /// no ratio.
  std::optional<Finding> tightest;
  /// What was the largest before the climb: that of the random cases. NaN where there is none.
  double ratio_before_climb = std::numeric_limits<double>::quiet_NaN();
  Check check;              ///< of the counterexample's certificate
  std::string certificate;  ///< its path below the report's directory; empty where there is none
  std::vector<Plot> plots;
  std::string note;    ///< from the judgement of the tightest case or the counterexample
  double seconds = 0;  ///< volatile
};

/// Where a report comes from. Fields marked volatile may differ between two runs with one seed.
struct Provenance {
  std::string version, commit, compiler, flags, processor, system;
  std::map<std::string, std::string> libraries;
  std::string seed;     ///< decimal, 64 bits
  std::string profile;  ///< "default", "thorough", or the number of cases asked for
  double budget = std::numeric_limits<double>::quiet_NaN();  ///< seconds for the whole run; NaN: none
  std::string filter;
  std::vector<std::string> backends;
  std::string started;  ///< volatile: ISO 8601, UTC
  double seconds = 0;   ///< volatile
  int jobs = 1;         ///< volatile
};

/// All inputs on which the claim was tried.
inline long tried(const ClaimResult& result) { return result.cases + result.climbed + result.hunted; }

struct Report {
  Provenance provenance;
  std::vector<ClaimResult> claims;  ///< sorted by id
};

}  // namespace gronwall::verify
