#include "verify/engine/shrink.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

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

bool wanted_finely(const Shrinker& shrinker, Draws& draws) {
  try {
    const Outcome outcome = judge(shrinker.claim, draws, shrinker.fine);
    return !outcome.not_met && !outcome.abstains && shrinker.wanted(outcome.judgement) &&
           (!shrinker.proved || outcome.judgement.proof);
  } catch (const InternalError&) {
    return false;  // an input that no generator would draw
  }
}

/// Vigna's splitmix64, one step, of what came before and one more word.
std::uint64_t mixed(std::uint64_t before, std::uint64_t word) {
  std::uint64_t z = (before ^ word) + 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

std::uint64_t with_text(std::uint64_t before, std::string_view text) {
  std::uint64_t sum = mixed(before, text.size());
  for (const char c : text) sum = mixed(sum, static_cast<unsigned char>(c));
  return sum;
}

std::uint64_t with_input(std::uint64_t before, const Input& input) {
  std::uint64_t sum = mixed(before, input.index());
  if (const long* integer = std::get_if<long>(&input))
    return mixed(sum, static_cast<std::uint64_t>(*integer));
  if (const std::string* text = std::get_if<std::string>(&input)) return with_text(sum, *text);
  const linalg::ExactMatrix& a = std::get<linalg::ExactMatrix>(input);
  sum = mixed(mixed(sum, static_cast<std::uint64_t>(a.rows())), static_cast<std::uint64_t>(a.cols()));
  for (Eigen::Index k = 0; k < a.size(); ++k) sum = mixed(sum, std::bit_cast<std::uint64_t>(a.data()[k]));
  return sum;
}

std::uint64_t hash(const Candidate& candidate) {
  std::uint64_t sum = mixed(0, static_cast<std::uint64_t>(candidate.fitting.dropped));
  if (const auto& redrawn = candidate.fitting.redrawn)
    sum = mixed(mixed(sum, 1 + redrawn->first), redrawn->second);
  for (const auto& [name, input] : candidate.inputs.inputs) sum = with_input(with_text(sum, name), input);
  return sum;
}

/// Whether `fine` is asked about every candidate, or `coarse` is believed.
enum class Trust { coarse, fine };

class Walk {
 public:
  Walk(const Shrinker& shrinker, Refused& memory, Trust trust, const Case& start)
      : shrinker_(shrinker),
        trust_(trust),
        refused_coarsely_(
            memory["coarse " + shrinker.coarse.value_or("") + (shrinker.unsure ? " unsure" : "")]),
        refused_finely_(memory["fine " + shrinker.fine + (shrinker.proved ? " proved" : "")]),
        left_(shrinker.tries),
        fine_left_(shrinker.fine_tries) {
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
    const std::uint64_t key = hash(candidate);
    if (refused_coarsely_.count(key) > 0 || refused_finely_.count(key) > 0) return false;
    FittedDraws draws(candidate.inputs, candidate.fitting);
    if (!wanted(draws, key)) return false;
    best_ = draws.drawn();
    generators_ = draws.generators();
    return true;
  }

  bool wanted(FittedDraws& draws, std::uint64_t key) {
    const Truth first = shrinker_.coarse ? said_coarsely(draws) : Truth::unknown;
    if (first == Truth::no) refused_coarsely_.insert(key);
    if (first == Truth::no || (first == Truth::yes && trust_ == Trust::coarse)) return first == Truth::yes;
    if (fine_left_-- <= 0) {
      left_ = 0;
      return false;
    }
    // What `coarse` has drawn already is a case.
    ReplayedDraws replayed(draws.drawn());
    Draws& inputs = shrinker_.coarse ? static_cast<Draws&>(replayed) : draws;
    const bool found = wanted_finely(shrinker_, inputs);
    if (!found) refused_finely_.insert(key);
    return found;
  }

  /// Whether `coarse` wants the candidate; unknown where `fine` has to tell.
  Truth said_coarsely(Draws& draws) const {
    try {
      const Outcome outcome = judge(shrinker_.claim, draws, *shrinker_.coarse);
      if (outcome.not_met || outcome.abstains) return Truth::no;
      if (shrinker_.wanted(outcome.judgement)) return Truth::yes;
      return shrinker_.unsure && outcome.judgement.truth == Truth::unknown ? Truth::unknown : Truth::no;
    } catch (const InternalError&) {
      return Truth::no;  // an input that no generator would draw
    }
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
  Trust trust_;
  std::set<std::uint64_t>&refused_coarsely_, &refused_finely_;
  int left_, fine_left_;
  Case best_;
  std::vector<Generator> generators_;
};

}  // namespace

Case Shrinker::operator()(const Case& broken) const {
  Refused own;
  Refused& refused = memory == nullptr ? own : *memory;
  if (coarse) {
    const Case found = Walk(*this, refused, Trust::coarse, broken).run();
    ReplayedDraws draws(found);
    if (wanted_finely(*this, draws)) return found;
  }
  return Walk(*this, refused, Trust::fine, broken).run();
}

}  // namespace gronwall::verify
