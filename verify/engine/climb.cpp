#include "verify/engine/climb.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "verify/engine/seed.hpp"
#include "verify/engine/sources.hpp"
#include "verify/generators/source.hpp"

namespace gronwall::verify {

using linalg::ExactMatrix;

double reach(const Judgement& judgement) {
  const double ratio = judgement.ratio;
  const double errors = judgement.lhs_error + judgement.rhs_error;
  if (!std::isfinite(ratio) || !std::isfinite(judgement.lhs) || !std::isfinite(judgement.rhs) ||
      std::isnan(errors))
    return ratio;
  if (judgement.relation == "<=")
    return (judgement.lhs - judgement.lhs_error) / (judgement.rhs + judgement.rhs_error);
  const double apart = std::abs(judgement.lhs - judgement.rhs);
  return apart > 0 ? ratio * std::max(0.0, 1 - errors / apart) : ratio;
}

namespace {

/// Significant bits of what an alignment makes.
constexpr int aligned_bits = 10;
/// What a bound that is attained reaches.
constexpr double nearly_attained = 1 - 1e-6;
constexpr double largest_step = 1, smallest_step = 0x1p-26;

ExactMatrix* as_matrix(Input& input) { return std::get_if<ExactMatrix>(&input); }

/// With so many significant bits of its largest entry.
ExactMatrix short_numbers(const ExactMatrix& a, int bits) {
  const double top = a.cwiseAbs().maxCoeff();
  if (!(top > 0) || !std::isfinite(top)) return a;
  const double unit = std::ldexp(1.0, std::ilogb(top) + 1 - bits);
  return a.unaryExpr([unit](double x) { return std::nearbyint(x / unit) * unit; });
}

/// Integers and names of a case: what tells kinds of cases apart.
std::string kind_of(const Case& inputs) {
  std::string out;
  for (const auto& [name, input] : inputs.inputs) {
    if (const long* integer = std::get_if<long>(&input)) out += std::to_string(*integer) + ";";
    if (const std::string* text = std::get_if<std::string>(&input)) out += *text + ";";
  }
  return out;
}

}  // namespace

std::vector<Case> distinct_starts(std::vector<Foothold> from, std::size_t count) {
  std::stable_sort(from.begin(), from.end(),
                   [](const Foothold& a, const Foothold& b) { return a.reach > b.reach; });
  std::set<std::string> kinds;
  std::vector<Case> starts, others;
  std::size_t at_the_top = 0;
  for (const Foothold& foothold : from) {
    const bool top = foothold.reach > nearly_attained && 2 * ++at_the_top > count;
    const bool first = !top && kinds.insert(kind_of(foothold.inputs)).second;
    (first ? starts : others).push_back(foothold.inputs);
  }
  starts.insert(starts.end(), others.begin(), others.end());
  if (starts.size() > count) starts.resize(count);
  return starts;
}

/// One case on its way up.
class Climb::Walk {
 public:
  Walk(Climb& climb, Case start, std::uint64_t index, const OnViolation& violated)
      : climb_(climb),
        violated_(violated),
        dice_(rc::Random(derived_seed(climb.seed_, climb.claim_.about.id + "/" + climb.stream_, index))),
        here_{std::move(start), {}, -std::numeric_limits<double>::infinity()} {}

  /// False once the climb is over for all.
  bool run(int judgements) {
    if (generators_.empty() && judgements-- > 0 && !try_out({here_.inputs, {}})) over_ = true;
    for (; judgements > 0 && !over_ && !ended_; --judgements) {
      ended_ = climb_.stop();
      const std::optional<Candidate> candidate = ended_ ? std::nullopt : next();
      if (!candidate) break;
      adapt(*candidate, try_out(*candidate));
    }
    return !ended_;
  }

  double height() const { return here_.reach; }
  const std::vector<Foothold>& path() const { return path_; }

 private:
  struct Candidate {
    Case inputs;
    Fitting fitting;
    std::vector<std::size_t> moved{};
  };

  /// Judges the candidate and goes there if it is as high.
  bool try_out(const Candidate& candidate) {
    try {
      FittedDraws draws(candidate.inputs, candidate.fitting);
      const Outcome outcome = judge(climb_.claim_, draws, climb_.backend_);
      if (outcome.not_met || outcome.abstains || outcome.judgement.truth == Truth::unknown) return false;
      ++climb_.judged_;
      const double height = reach(outcome.judgement);
      const bool higher = height > here_.reach;
      // Where it began it need not be higher than itself.
      const bool kept = higher || (height == here_.reach && !generators_.empty());
      if (outcome.judgement.truth == Truth::no) {
        const Ruling ruling = violated_(draws.drawn(), outcome.judgement);
        ended_ = ruling == Ruling::end;
        if (ruling != Ruling::keep) return false;
      }
      if (!kept) return false;
      before_ = std::move(here_.inputs);
      here_ = {draws.drawn(), outcome.judgement, height};
      generators_ = draws.generators();
      if (higher && outcome.judgement.truth == Truth::yes) path_.push_back(here_);
      return higher;
    } catch (const InternalError&) {
      return false;  // legal for each generator by itself, but nothing that the claim can make sense of
    }
  }

  void adapt(const Candidate& candidate, bool grown) {
    step_ = grown ? std::min(largest_step, 2 * step_) : step_ * 5 / 6;
    if (step_ < smallest_step) step_ = 0.25;
    last_grew_ = grown;
    if (!grown) return;
    lucky_.insert(lucky_.end(), candidate.moved.begin(), candidate.moved.end());
    if (lucky_.size() > 6) lucky_.erase(lucky_.begin(), lucky_.end() - 6);
  }

  /// Something else than where we are; nothing where the inputs cannot be varied.
  std::optional<Candidate> next() {
    for (int tries = here_.inputs.inputs.empty() ? 20 : 0; tries < 20; ++tries) {
      Candidate candidate{here_.inputs, {}, {}};
      if (last_grew_) {
        last_grew_ = false;
        go_on(candidate);
      } else {
        move(candidate, some_input());
        if (dice_.one_in(4)) move(candidate, some_input());
      }
      if (!(candidate.inputs == here_.inputs)) return candidate;
    }
    return std::nullopt;
  }

  std::size_t some_input() {
    if (!lucky_.empty() && dice_.one_in(2)) {
      const std::size_t i = dice_.pick(lucky_);
      if (i < here_.inputs.inputs.size()) return i;
    }
    return static_cast<std::size_t>(dice_.between(0, static_cast<long>(here_.inputs.inputs.size()) - 1));
  }

  void move(Candidate& candidate, std::size_t i) {
    candidate.moved.push_back(i);
    Input& input = candidate.inputs.inputs[i].second;
    if (as_matrix(input) != nullptr && dice_.one_in(4) &&
        (dice_.one_in(2) ? towards_another(input) : aligned(input)))
      return;
    const long* width = std::get_if<long>(&input);
    const long before = width == nullptr ? 0 : *width;
    input = generators_[i].source().vary(input, dice_.split(), step_);
    // Which row and column goes, where a width falls.
    if (const long* now = std::get_if<long>(&input); now != nullptr && *now < before && before <= 64)
      candidate.fitting.dropped = dice_.between(-1, before - 1);
  }

  /// What was moved in the last step is moved twice as far.
  void go_on(Candidate& candidate) {
    for (std::size_t i = 0; i < std::min(before_.inputs.size(), candidate.inputs.inputs.size()); ++i) {
      const auto* from = std::get_if<ExactMatrix>(&before_.inputs[i].second);
      ExactMatrix* to = as_matrix(candidate.inputs.inputs[i].second);
      if (from == nullptr || to == nullptr || from->rows() != to->rows() || from->cols() != to->cols())
        continue;
      if (*from == *to) continue;
      candidate.moved.push_back(i);
      const ExactMatrix further = *to + 2 * (*to - *from);
      if (further.allFinite()) *to = further;
    }
  }

  /// The other matrices of the case that `wanted` takes.
  template <class Wanted>
  std::vector<const ExactMatrix*> others(const ExactMatrix& than, Wanted wanted) const {
    std::vector<const ExactMatrix*> found;
    for (const auto& [name, input] : here_.inputs.inputs) {
      const auto* other = std::get_if<ExactMatrix>(&input);
      if (other != nullptr && other->size() > 0 &&
          !(other->rows() == than.rows() && other->cols() == than.cols() && *other == than) && wanted(*other))
        found.push_back(other);
    }
    return found;
  }

  /// Another one of its shape, or nearer to it: equal inputs, and nearly equal ones, are what a bound on a
  /// difference is tested by.
  bool towards_another(Input& input) {
    ExactMatrix& a = *as_matrix(input);
    const auto alike =
        others(a, [&](const ExactMatrix& b) { return b.rows() == a.rows() && b.cols() == a.cols(); });
    if (alike.empty() || a.size() == 0) return false;
    const ExactMatrix& b = *dice_.pick(alike);
    const double keep = std::ldexp(1.0, -static_cast<int>(dice_.between(1, 10)));
    ExactMatrix nearer = b + keep * (a - b);
    a = dice_.one_in(6) ? b : nearer;
    return a.allFinite();
  }

  /// One step of the power method towards the largest singular vector of a matrix that the vector fits, on
  /// its right or left; its size stays.
  bool aligned(Input& input) {
    ExactMatrix& x = *as_matrix(input);
    if (x.cols() != 1 || x.rows() < 2 || x.isZero(0)) return false;
    const auto fitting = others(x, [&](const ExactMatrix& b) {
      return b.cols() > 1 && (b.cols() == x.rows() || b.rows() == x.rows());
    });
    if (fitting.empty()) return false;
    const ExactMatrix& b = *dice_.pick(fitting);
    const ExactMatrix moved = b.cols() == x.rows() && (b.rows() != x.rows() || dice_.one_in(2))
                                  ? ExactMatrix(b.transpose() * (b * x))
                                  : ExactMatrix(b * (b.transpose() * x));
    const double before = x.cwiseAbs().maxCoeff(), after = moved.cwiseAbs().maxCoeff();
    if (!(after > 0) || !std::isfinite(after)) return false;
    x = short_numbers(moved * (before / after), aligned_bits);
    return x.allFinite();
  }

  Climb& climb_;
  const OnViolation& violated_;
  Dice dice_;
  Foothold here_;
  Case before_;  ///< where the last success came from
  std::vector<Generator> generators_;
  std::vector<Foothold> path_;
  std::vector<std::size_t> lucky_;  ///< inputs whose moves grew lately
  double step_ = 0.5;
  bool last_grew_ = false, over_ = false, ended_ = false;
};

Climb::Climb(const Claim& claim, std::string backend, std::uint64_t seed, std::string stream)
    : claim_(claim), backend_(std::move(backend)), seed_(seed), stream_(std::move(stream)) {}

std::vector<Foothold> Climb::operator()(const std::vector<Case>& starts, int judgements,
                                        const OnViolation& violated) {
  std::vector<Walk> walks;
  walks.reserve(starts.size());
  for (std::size_t i = 0; i < starts.size(); ++i) walks.emplace_back(*this, starts[i], i, violated);
  std::vector<Walk*> climbing;
  int rounds = 1;
  for (std::size_t left = starts.size(); left > 1; left = (left + 1) / 2) ++rounds;
  for (Walk& walk : walks) climbing.push_back(&walk);
  bool on = true;
  for (int round = 0; on && !climbing.empty() && round < rounds; ++round) {
    // The last round has as much as all before it.
    const int share = rounds == 1 ? judgements : judgements / 2 / (round + 1 == rounds ? 1 : rounds - 1);
    for (Walk* walk : climbing) on = on && walk->run(share / static_cast<int>(climbing.size()));
    std::stable_sort(climbing.begin(), climbing.end(),
                     [](const Walk* a, const Walk* b) { return a->height() > b->height(); });
    climbing.resize((climbing.size() + 1) / 2);
  }
  std::vector<Foothold> path;
  for (const Walk& walk : walks) path.insert(path.end(), walk.path().begin(), walk.path().end());
  std::stable_sort(path.begin(), path.end(),
                   [](const Foothold& a, const Foothold& b) { return a.reach > b.reach; });
  return path;
}

}  // namespace gronwall::verify
