#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "verify/engine/claim.hpp"
#include "verify/engine/result.hpp"

namespace gronwall::verify {

/// How a run examines its claims.
struct Settings {
  std::uint64_t seed = 1;
  std::optional<int> cases;            ///< for every claim; none: what each claim asks for
  std::optional<std::string> backend;  ///< judge in this one alone
};

/// Draws cases, judges them and says what they amount to (DESIGN §6).
///
/// RapidCheck draws every case, each from a seed of its own, and draws again (ten times at most) where a
/// hypothesis is not met. A case is judged in the coarsest backend; what is not `yes` there, and every tenth
/// case (at least five), goes on to the finer ones, and the finest that was asked decides. Once eight
/// violations are confirmed by the finest, further ones are counted without asking it. A violation is shrunk;
/// the case with the largest ratio among those that hold is kept. Each hypothesis is then dropped in turn, on
/// up to sixty cases: the claim needs it if it breaks on one that does not meet it.
///
/// Verdicts: suspect on a confirmed violation; else vacuous without a judged case; undecided if more than a
/// tenth of the judged cases are unknown; else observed.
///
/// Throws InternalError where a statement throws. `seconds` is left at 0.
ClaimResult examine(const Claim& claim, const Settings& settings);

}  // namespace gronwall::verify
