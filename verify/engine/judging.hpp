#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gronwall/real/error.hpp>

#include "verify/engine/claim.hpp"

namespace gronwall::verify {

/// The suite or the library is at fault, not the claim: a statement threw where the inputs were legal.
class InternalError : public Error {
 public:
  using Error::Error;
};

/// The backends that referee, coarsest first; only the one of that name, where one is given ("mpfr" is
/// "mpfr50"). Throws UnknownName for a backend that there is not, or that does not referee.
std::vector<std::string> referees(const std::optional<std::string>& only = std::nullopt);

/// Whether the backend of that name encloses, so that its answers are proofs.
bool encloses(std::string_view backend);

/// What became of one case in one backend.
struct Outcome {
  /// Empty where every hypothesis was met; else the one that was not, and the case does not count.
  std::optional<std::string> not_met;
  /// It could not be told whether the hypothesis `not_met` is met.
  bool open = false;
  /// The statement says nothing in this backend; `why_unknown` says why.
  bool abstains = false;
  Judgement judgement;  ///< truth unknown, with a note, where the ODE blew up or its step size collapsed
  /// Why the truth is unknown, in general terms: "the solution blew up". Empty where it is not.
  std::string why_unknown;
};

/// Judges what `draws` gives. Throws InternalError, which names the claim and the backend, on any other
/// exception.
///
/// In balls it is judged at each of `real::escalation` in turn until the answer is yes or no, or a tie.
/// BlowUp, StepCollapse and PrecisionError leave the answer open there. What a case may cost is bounded by
/// effort, not by time, so that a run repeats: from 256 bits on the next precision is tried only if the last
/// one narrowed the enclosures of both sides, to 2^-8 of what they were at least, and not for an identity
/// whose sides are proved to differ by less than its tolerance, or agree to 2^-128 of their size (to 2^-96,
/// near 0); a hypothesis that stays open is asked at all of them.
///
/// The judgement is a proof only if every hypothesis was certain as well.
Outcome judge(const Claim& claim, Draws& draws, const std::string& backend);
/// Judges a case.
Outcome judge(const Claim& claim, const Case& inputs, const std::string& backend);

}  // namespace gronwall::verify
