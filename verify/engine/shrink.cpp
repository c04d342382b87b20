#include "verify/engine/shrink.hpp"

#include <algorithm>
#include <cmath>

#include "verify/engine/seed.hpp"
#include "verify/engine/sources.hpp"
#include "verify/generators/source.hpp"

namespace gronwall::verify {

double weight(const Case& inputs) {
  double sum = 0;
  for (const auto& [name, input] : inputs.inputs) {
    if (const long* integer = std::get_if<long>(&input)) sum += 4.0 * std::abs(static_cast<double>(*integer));
    if (const auto* matrix = std::get_if<linalg::ExactMatrix>(&input))
      for (Eigen::Index k = 0; k < matrix->size(); ++k) sum += complexity(matrix->data()[k]);
  }
  return sum;
}

namespace {

constexpr long most_drops = 8;
constexpr std::uint64_t redraws = 24;

/// One attempt at something simpler.
struct Candidate {
  Case inputs;
  Fitting fitting;
};

class Walk {
 public:
  Walk(const Shrinker& shrinker, const Case& start)
      : shrinker_(shrinker), left_(shrinker.tries), fine_left_(shrinker.fine_tries) {
    Candidate same{start, {}};
    if (!take(same)) best_ = start;  // it breaks in some other way than by its inputs: leave it alone
  }

  Case run() {
    while (left_ > 0 && (in_turn() || redrawn())) {
    }
    return best_;
  }

 private:
  /// Keeps the candidate if it is what is wanted: as a rule, if the claim is broken on it.
  bool take(const Candidate& candidate) {
    if (left_-- <= 0) return false;
    try {
      FittedDraws draws(candidate.inputs, candidate.fitting);
      if (shrinker_.coarse) {
        const Outcome first = judge(shrinker_.claim, draws, *shrinker_.coarse);
        if (first.not_met || first.abstains || !shrinker_.wanted(first.judgement)) return false;
        if (!broken(draws.drawn())) return false;
      } else if (!broken(draws)) {
        return false;
      }
      best_ = draws.drawn();
      generators_ = draws.generators();
      return true;
    } catch (const InternalError&) {
      return false;  // an input that no generator would draw
    }
  }

  /// For `fine`, which may be asked only so often.
  template <class Inputs>
  bool broken(Inputs&& inputs) {
    if (fine_left_-- <= 0) {
      left_ = 0;
      return false;
    }
    const Outcome outcome = judge(shrinker_.claim, inputs, shrinker_.fine);
    return !outcome.not_met && !outcome.abstains && shrinker_.wanted(outcome.judgement) &&
           (!shrinker_.proved || outcome.judgement.proof);
  }

  /// Every input through its shrinks, going on where the last success was; false if none is left.
  bool in_turn() {
    bool any = false;
    std::size_t failed = 0;
    for (std::size_t i = 0;
         generators_.size() == best_.inputs.size() && failed < best_.inputs.size() && left_ > 0;) {
      if (i >= best_.inputs.size()) i = 0;
      if (shrink_input(i)) {
        any = true;
        failed = 0;
      } else {
        ++failed;
        ++i;
      }
    }
    return any;
  }

  bool shrink_input(std::size_t i) {
    for (const Input& simpler : generators_[i].source().shrinks(best_.inputs[i].second)) {
      Candidate candidate{best_, {}};
      candidate.inputs.inputs[i].second = simpler;
      const long* now = std::get_if<long>(&simpler);
      const long drops = now == nullptr || *now + 1 != std::get<long>(best_.inputs[i].second)
                             ? 0
                             : std::min(*now, most_drops);
      for (long dropped = -1; dropped < drops; ++dropped) {
        candidate.fitting.dropped = dropped;
        if (take(candidate)) return true;
      }
    }
    return false;
  }

  /// Smaller integers with everything behind them drawn anew.
  bool redrawn() {
    for (std::size_t i = 0; i < generators_.size(); ++i) {
      if (!std::holds_alternative<long>(best_.inputs[i].second)) continue;
      for (const Input& simpler : generators_[i].source().shrinks(best_.inputs[i].second)) {
        Candidate candidate{best_, {}};
        candidate.inputs.inputs[i].second = simpler;
        for (std::uint64_t k = 0; k < redraws; ++k) {
          candidate.fitting.redrawn = {i + 1, derived_seed(k, "redraw", i)};
          if (take(candidate)) return true;
        }
      }
    }
    return false;
  }

  const Shrinker& shrinker_;
  int left_, fine_left_;
  Case best_;
  std::vector<Generator> generators_;
};

}  // namespace

Case Shrinker::operator()(const Case& broken) const { return Walk(*this, broken).run(); }

}  // namespace gronwall::verify
