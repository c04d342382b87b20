#pragma once

#include <set>
#include <vector>

#include "verify/engine/examine.hpp"
#include "verify/engine/judging.hpp"

namespace gronwall::verify {

/// One attempt to draw a case.
struct Attempt {
  Case inputs;
  Outcome outcome;
  std::vector<Draws::Asked> hypotheses;
};

/// Runs RapidCheck on case `index` of the claim, judged in `backend`: the attempts it made, of which only the
/// last can have met the hypotheses. `stream` tells sequences of cases apart; `ignored` are hypotheses that
/// are dropped.
std::vector<Attempt> draw_case(const Claim& claim, const std::string& backend, std::uint64_t seed,
                               const std::string& stream, std::uint64_t index,
                               const std::set<std::string>& ignored = {});

}  // namespace gronwall::verify
