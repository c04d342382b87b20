#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "verify/engine/judging.hpp"

namespace gronwall::verify {

/// How close the case surely comes to breaking the claim: Judgement::ratio with the errors of both sides
/// counted against it, so that rounding errors are no height. NaN where there is no ratio.
double reach(const Judgement& judgement);

/// A case, what the climb's backend says of it, and `reach` of that.
struct Foothold {
  Case inputs;
  Judgement judgement;
  double reach;
};

/// From cases towards the largest ratio: a (1+1) evolution strategy on exact inputs.
///
/// A candidate differs from the case in one input, or two. Most are moved by their generators
/// (`Generator::Source::vary`); a matrix also towards another one of its shape, a vector towards the largest
/// singular vector of a matrix; and what has just grown is tried again, twice as far. The size of the moves
/// doubles with each success and falls by a sixth with each failure. Where a width changes, matrices lose a
/// row and column or gain zeros. A candidate is kept if it meets the hypotheses, the claim holds on it, and
/// its reach is no smaller.
///
/// Effort is counted in judgements, not in time, and every choice comes from the seed: a climb repeats.
class Climb {
 public:
  /// What becomes of a candidate on which the claim seems to be broken.
  enum class Ruling { reject, keep, end };
  using OnViolation = std::function<Ruling(const Case& inputs, const Judgement& judgement)>;

  /// Of the claim, judged in `backend`; `seed` belongs to the run and `stream` to this climb.
  Climb(const Claim& claim, std::string backend, std::uint64_t seed, std::string stream);
  /// Asked before each judgement; true ends the climb.
  std::function<bool()> stop = [] { return false; };

  /// Starts from each of the cases; half of them, the highest, go on after each round, so that the last has
  /// about half of all `judgements`. Every case that was higher than its predecessor, highest first.
  std::vector<Foothold> operator()(const std::vector<Case>& starts, int judgements,
                                   const OnViolation& violated);

  /// Inputs that were judged and on which the claim held or not.
  long judged() const { return judged_; }

 private:
  class Walk;
  const Claim& claim_;
  std::string backend_;
  std::uint64_t seed_;
  std::string stream_;
  long judged_ = 0;
};

/// Up to `count` of the footholds, the highest first, with as many different integers and names among them as
/// there are. Where the claim is nearly attained, as bounds are by trivial cases, there is little left to
/// climb: these are half of the starts at most, as long as there are others.
std::vector<Case> distinct_starts(std::vector<Foothold> from, std::size_t count);

}  // namespace gronwall::verify
