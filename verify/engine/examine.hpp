#pragma once

#include <cstdint>
#include <functional>
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
  /// Seconds from the beginning after which the climb ends; none: no limit.
  std::optional<double> climbing{};
};

/// How many judgements a climb may take in the default profile: twice as many as the claim has cases, up to
/// 300; none where it has fewer than twenty, which says that they are dear.
int climbing_effort(int cases);

/// Whether claims of that kind climb: whether their ratios say how near they are to breaking.
bool climbed(Kind kind);
/// Whether a thorough examination hunts claims of that kind.
bool hunted(Kind kind);

/// Draws cases, judges them and says what they amount to (DESIGN §6).
///
/// RapidCheck draws every case, each from a seed of its own, and draws again (ten times at most) where a
/// hypothesis is not met. A case is judged in the coarsest backend. What is decided by exact arithmetic is
/// settled there; all else is judged in balls, at growing precision (`judge`). The floating-point backends
/// between them are asked about what the coarsest does not pass, and about every tenth case (at least five).
/// The finest that was asked decides; where balls leave a violation open, the finest of the others. Once
/// eight violations are proved (or 24 are found that are not), further ones are counted without a proof; and
/// once more cases are undecided than may be, balls are asked about violations alone. A violation is shrunk;
/// the case with the largest ratio among those that hold is kept. Each hypothesis is then dropped in turn, on
/// up to sixty cases: the claim needs it if it breaks on one that does not meet it.
///
/// A backend in which the statement abstains (`Abstention`) does not count; a case on which all of them do is
/// undecided.
///
/// Then, where ratios mean something (identities, bounds and trajectories), it climbs from the cases with
/// the largest ratios (`Climb`), in the coarsest backend that judged them; not if a violation is proved
/// already. Where it comes upon a violation, the other backends are asked. The largest ratio that the finest
/// backend confirms becomes the tightest, in numbers as short as can be had for a thousandth of it. What is
/// climbed does not count as a case.
///
/// A thorough examination goes on until its time is up: further random cases (as far as the index goes),
/// judged in the coarsest backend, every sixteenth in the finest too; and climbs from the worst of them. A
/// violation is treated as any. What only the coarsest backend has seen is counted by itself
/// (ClaimResult::hunted) and strengthens no verdict: unless something is found the verdict is the same as
/// without. Statements that are decided by statistics (limits) or by a family (uniformity) are not hunted: at
/// a level of 10^-5, a million experiments would find what is not there.
///
/// Verdicts:
///  - contradicted where the smallest violation is that of a family whose instances are certified;
///  - suspect on any other violation, even if it is proved: whether it is refuted the checker has to say
///  (`rule_on`);
///  - vacuous without a judged case, unless it stayed open whether the hypotheses were met;
///  - undecided if more than About::most_undecided of the judged cases are, or if fewer were decided than
///  are ties or have an open hypothesis;
///  - holds if all the others are proved, but for ties;
///  - observed else: floating point was all that was asked, or what decides is no enclosure (a fit).
///
/// A thorough examination is one that is given `hunting`: a function of the result before the hunt that says
/// for how many seconds to hunt. It is not asked where there is nothing to hunt for: where a violation was
/// found, or nothing could be judged.
///
/// Throws InternalError where a statement throws. `seconds` is left at 0.
ClaimResult examine(const Claim& claim, const Settings& settings,
                    const std::function<double(const ClaimResult&)>& hunting = {});

}  // namespace gronwall::verify
