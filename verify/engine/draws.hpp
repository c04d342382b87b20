#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include <gronwall/real/truth.hpp>

#include "verify/engine/case.hpp"

namespace gronwall::verify {

/// Thrown by `suppose` when a hypothesis is not met: the case does not count.
struct HypothesisNotMet {
  std::string hypothesis;
  real::Truth met;  ///< no, or unknown: a finer precision may tell
};

/// Where the inputs of a claim come from: drawn from RapidCheck, or replayed from a case.
/// Whatever is drawn is recorded, so that the same inputs can be judged in another precision.
class Draws {
 public:
  virtual ~Draws() = default;

  /// The next input. Names are unique within a claim. `generator` is the non-template handle of a generator
  /// (verify/generators); a replay does not look at it.
  Input next(const std::string& name, const class Generator& generator);

  /// Records that the hypothesis was asked for and whether it was met, and whether that is certain: known
  /// exactly or by enclosures. Unless it is met, throws HypothesisNotMet, except for hypotheses in `ignored`.
  void suppose(const std::string& hypothesis, real::Truth met, bool certain);

  const Case& drawn() const { return drawn_; }
  struct Asked {
    std::string hypothesis;
    real::Truth met;
    bool certain;
  };
  const std::vector<Asked>& hypotheses() const { return asked_; }
  /// Takes over what another judging of the same case said of the hypotheses.
  void hypotheses_of(const Draws& other) { asked_ = other.asked_; }
  /// Hypotheses that are dropped, to see whether the claim needs them.
  std::set<std::string> ignored;

 protected:
  virtual Input produce(const std::string& name, const class Generator& generator) = 0;

 private:
  Case drawn_;
  std::vector<Asked> asked_;
};

}  // namespace gronwall::verify
