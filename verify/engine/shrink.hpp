#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "verify/engine/judging.hpp"

namespace gronwall::verify {

/// How much a person has to look at: the integers, and the bits of every number (see `complexity`).
double weight(const Case& inputs);

/// Candidates that were not `wanted`, so that none is judged twice; of several cases of one claim, if they
/// are shrunk with the same memory. By a hash of 64 bits: where two of them collide one is passed over.
using Refused = std::map<std::string, std::set<std::uint64_t>>;

/// Makes a case on which the claim is broken as small as a person can check by hand.
///
/// RapidCheck draws, and its generators shrink one input at a time; but when a width shrinks it draws every
/// later input anew, and a violation rarely survives that. So the walk over cases is ours: where the width of
/// a case falls by one, each row and column is tried as the one that goes, so matrices become principal
/// submatrices of what they were; then each input goes through its generator's own shrinks; at last, smaller
/// widths with fresh random matrices. Every step makes an input simpler and leaves those drawn before it as
/// they were, so the walk ends; it also ends after `tries` candidates, or `fine_tries` of which `fine` was
/// asked. A candidate counts if `fine` finds it `wanted`, and, with `proved`, if `fine` proves it.
///
/// `fine` is dear. Where there is a `coarse` one that finds the case `wanted` as well, the walk believes it,
/// and `fine` judges only where it ends; should `fine` not agree there, the case is walked down once more
/// with each candidate judged by both. A coarse one that merely does not see the case (`unsure`) is believed
/// where it finds a candidate wanted or says the opposite, and `fine` judges what it leaves open.
struct Shrinker {
  const Claim& claim;
  std::optional<std::string> coarse;  ///< cheap: asked first
  std::string fine;
  bool unsure = false;
  bool proved = false;
  /// What is to be kept: a violation, unless something else is asked for.
  std::function<bool(const Judgement&)> wanted = [](const Judgement& judged) {
    return judged.truth == Truth::no;
  };
  int tries = 4000;
  int fine_tries = 600;
  Refused* memory = nullptr;  ///< may be shared by shrinkers that want the same

  Case operator()(const Case& broken) const;
};

}  // namespace gronwall::verify
