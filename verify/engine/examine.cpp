#include "verify/engine/examine.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "verify/engine/climb.hpp"
#include "verify/engine/drawing.hpp"
#include "verify/engine/shrink.hpp"
#include "verify/engine/sources.hpp"

namespace gronwall::verify {

namespace {

constexpr std::size_t most_confirmed = 8;
/// Violations that no proof follows are worth a longer search for one that has a proof.
constexpr std::size_t most_unproved = 24;
constexpr int most_without_hypothesis = 60;
/// Violations without a hypothesis that the finest backend is asked about.
constexpr int most_asked_without_hypothesis = 8;
/// Violations that are shrunk; the smallest result is reported.
constexpr std::size_t most_shrunk = 3;
constexpr std::size_t starts_of_a_climb = 4;
/// Violations in the coarsest backend that finer ones dismiss before a climb, or a hunt, is given up: where
/// rounding errors are underestimated there is nothing to be learnt from it.
constexpr int most_dismissals = 16;
/// Places of a climb that the finest backend is asked about, from the highest on.
constexpr int most_confirmations = 6;
/// What the tightest ratio may lose for the sake of shorter numbers.
constexpr double lost_to_rounding = 1e-3;
/// A hunt takes turns: so many random cases, then a climb from the worst of them.
constexpr int hunted_between_climbs = 128, climbed_between_hunts = 128;
constexpr std::uint64_t sampled_in_a_hunt = 16;

/// A case and what each backend that was asked said of it; not those that abstain.
struct Judged {
  Case inputs;
  std::map<std::string, Judgement> by;
  std::string finest;  ///< whose answer counts; empty where all abstain
  bool answered() const { return !finest.empty(); }
  const Judgement& decision() const { return by.at(finest); }
  Truth truth() const { return decision().truth; }
  /// Decided by exact arithmetic or enclosures: no backend can say otherwise.
  bool settled() const { return answered() && decision().proof; }
  void take(const std::string& backend, const Outcome& outcome) {
    if (outcome.abstains) return;
    by[backend] = outcome.judgement;
    finest = backend;
  }
};

Finding finding(const Judged& judged) { return {judged.inputs, judged.finest, judged.decision(), judged.by}; }

std::string_view plural(long count) { return count == 1 ? "" : "s"; }

class Examination {
 public:
  Examination(const Claim& claim, const Settings& settings)
      : claim_(claim),
        settings_(settings),
        chain_(referees(settings.backend)),
        cases_(settings.cases.value_or(claim.about.cases)) {
    result_.about = claim.about;
    for (const std::string& backend : chain_) result_.backends.push_back({backend, 0, 0, 0});
  }

  ClaimResult run(const std::function<double(const ClaimResult&)>& hunting) {
    for (int k = 0; k < cases_; ++k) one_case(k);
    confirm_tightest();
    end_at(settings_.climbing);
    climb_from_the_worst();
    if (!broken())
      for (HypothesisCount& hypothesis : result_.hypotheses) hypothesis.need = need(hypothesis);
    conclude();
    if (hunting && hunts()) {
      const double seconds_to_go = hunting(result_);
      end_at(seconds() + seconds_to_go);
      hunt();
      conclude();
    }
    return std::move(result_);
  }

 private:
  bool broken() const { return !refuted_.empty() || !violated_.empty(); }

  void conclude() {
    result_.plots.clear();
    result_.note.clear();
    if (broken()) report_counterexample();
    report_tightest();
    if (result_.plots.empty() && first_plot_) result_.plots.push_back(*first_plot_);
    decide();
  }

  bool enough() const {
    return refuted_.size() >= most_confirmed ||
           violated_.size() >= (encloses(chain_.back()) ? most_unproved : most_confirmed);
  }

  /// More cases are undecided than may be, whatever the others say: only a violation could still matter.
  bool hopeless() const {
    return static_cast<double>(result_.undecided) > claim_.about.most_undecided * static_cast<double>(cases_);
  }

  void one_case(int k) {
    const std::vector<Attempt> attempts =
        draw_case(claim_, chain_.front(), settings_.seed, "", static_cast<std::uint64_t>(k));
    for (const Attempt& attempt : attempts) {
      count_hypotheses(attempt);
      if (attempt.outcome.not_met) ++result_.discarded;
    }
    if (attempts.empty() || attempts.back().outcome.not_met) return;
    Outcome outcome = attempts.back().outcome;
    Judged judged{attempts.back().inputs, {}, {}};
    judged.take(chain_.front(), outcome);
    std::string why_unknown = outcome.why_unknown;
    const bool sampled = k % std::max(1, std::min(10, cases_ / 5)) == 0;
    const bool asked = !enough();
    for (std::size_t i = 1; i < chain_.size() && asked; ++i) {
      if (!sampled && judged.settled()) break;
      // What double passes goes straight to the balls.
      const Truth said = judged.answered() ? judged.truth() : Truth::unknown;
      if (!sampled && said == Truth::yes && !encloses(chain_[i])) continue;
      if (encloses(chain_[i]) && hopeless() && said != Truth::no) {
        ++not_asked_;
        break;
      }
      outcome = judge(claim_, judged.inputs, chain_[i]);
      if (outcome.not_met && outcome.open && i + 1 < chain_.size()) continue;
      if (outcome.not_met) {
        ++result_.discarded;
        if (outcome.open) ++open_hypotheses_[*outcome.not_met];
        return;
      }
      judged.take(chain_[i], outcome);
      if (!outcome.abstains) why_unknown = outcome.why_unknown;
    }
    ++result_.cases;
    if (!judged.answered()) {
      ++result_.undecided;
      ++why_unknown_[why_unknown];
      return;
    }
    for (const auto& [backend, judgement] : judged.by) count(backend, judgement.truth);
    if (asked)
      keep(judged, why_unknown);
    else if (judged.truth() == Truth::no)
      ++broken_;
  }

  /// The coarsest backend that judged it.
  const std::string& coarsest(const Judged& judged) const {
    for (const std::string& backend : chain_)
      if (judged.by.count(backend) > 0) return backend;
    return judged.finest;
  }

  void keep(const Judged& judged, const std::string& why_unknown) {
    const Judgement& decision = judged.decision();
    const Truth coarse = judged.by.at(coarsest(judged)).truth;
    // Not where the coarsest is known to be mistaken.
    if (decision.truth == Truth::yes ? coarse == Truth::yes : decision.truth == Truth::no && !decision.proof)
      begin_at(judged.inputs, judged.by.at(coarsest(judged)), coarsest(judged));
    if (!first_plot_ && decision.plot) first_plot_ = decision.plot;
    if (decision.proof) ++result_.decided_at[decision.bits];
    switch (decision.truth) {
      case Truth::no:
        ++broken_;
        if (coarse == Truth::yes) ++missed_;
        if (decision.proof) ++result_.refuted;
        (decision.proof ? refuted_ : violated_).push_back(judged);
        return;
      case Truth::yes:
        ++held_;
        if (decision.proof) ++result_.proved;
        if (coarse == Truth::no) ++result_.dismissed;
        if (!tightest_ || tighter(decision, tightest_->decision())) tightest_ = judged;
        return;
      case Truth::unknown:
        keep_open(judged, why_unknown);
    }
  }

  void keep_open(const Judged& judged, const std::string& why_unknown) {
    const std::optional<std::string> floating = finest_floating(judged);
    if (judged.decision().tie) {
      ++result_.ties;
      least_digits_ = std::min(least_digits_.value_or(1 << 20), digits_agreed(judged.decision()));
    } else {
      ++result_.undecided;
      ++why_unknown_[why_unknown];
      if (floating && judged.by.at(*floating).truth == Truth::no) {
        ++broken_;
        violated_.push_back(judged);
        violated_.back().finest = *floating;
        return;
      }
    }
    if (judged.by.at(coarsest(judged)).truth == Truth::no) ++result_.dismissed;
  }

  /// The finest backend without enclosures that judged it.
  std::optional<std::string> finest_floating(const Judged& judged) const {
    for (auto backend = chain_.rbegin(); backend != chain_.rend(); ++backend)
      if (!encloses(*backend) && judged.by.count(*backend) > 0) return *backend;
    return std::nullopt;
  }

  /// Proved before what is not, then by the ratio.
  static bool tighter(const Judgement& a, const Judgement& b) {
    if (a.proof != b.proof) return a.proof;
    return a.ratio > b.ratio || (std::isnan(b.ratio) && !std::isnan(a.ratio));
  }

  /// Decimal digits to which both sides of a tie are known to agree; near 0 those behind the point.
  static int digits_agreed(const Judgement& tie) {
    const double size = std::max(std::abs(tie.lhs), std::abs(tie.rhs));
    const double apart = 2 * (tie.lhs_error + tie.rhs_error);
    const double relative = apart < size ? apart / size : size + apart;
    return relative > 0 ? std::max(0, static_cast<int>(-std::log10(relative))) : 308;
  }

  void count(const std::string& backend, Truth truth) {
    for (BackendCount& count : result_.backends)
      if (count.backend == backend)
        ++(truth == Truth::yes ? count.yes : truth == Truth::no ? count.no : count.unknown);
  }

  void count_hypotheses(const Attempt& attempt) {
    for (const Draws::Asked& asked : attempt.hypotheses) {
      auto known = std::find_if(result_.hypotheses.begin(), result_.hypotheses.end(),
                                [&](const HypothesisCount& count) { return count.name == asked.hypothesis; });
      if (known == result_.hypotheses.end())
        known = result_.hypotheses.insert(known, {asked.hypothesis, 0, 0, {}});
      ++known->asked;
      if (asked.met == Truth::yes) ++known->met;
    }
  }

  HypothesisCount::Need need(const HypothesisCount& hypothesis) {
    int asked = 0;
    for (int k = 0; k < std::min(cases_, most_without_hypothesis); ++k) {
      try {
        for (const Attempt& attempt :
             draw_case(claim_, chain_.front(), settings_.seed, "without " + hypothesis.name,
                       static_cast<std::uint64_t>(k), {hypothesis.name})) {
          if (!seems_to_break_without(hypothesis.name, attempt)) continue;
          if (breaks_without(hypothesis.name, attempt)) return HypothesisCount::Need::needed;
          if (++asked >= most_asked_without_hypothesis) return HypothesisCount::Need::not_seen;
        }
      } catch (const InternalError&) {
        // Without the hypothesis the statement may have no meaning: that is no evidence.
      }
    }
    return HypothesisCount::Need::not_seen;
  }

  static bool seems_to_break_without(const std::string& hypothesis, const Attempt& attempt) {
    const bool unmet = std::any_of(
        attempt.hypotheses.begin(), attempt.hypotheses.end(),
        [&](const Draws::Asked& asked) { return asked.hypothesis == hypothesis && asked.met == Truth::no; });
    return unmet && !attempt.outcome.not_met && attempt.outcome.judgement.truth == Truth::no;
  }

  bool breaks_without(const std::string& hypothesis, const Attempt& attempt) const {
    ReplayedDraws draws(attempt.inputs);
    draws.ignored = {hypothesis};
    const Outcome finest = judge(claim_, draws, chain_.back());
    return !finest.not_met && finest.judgement.truth == Truth::no;
  }

  /// The case in every backend; what `known` holds is not judged again. The finest counts; where it says
  /// nothing of a violation, the finest that does.
  Judged everywhere(const Case& inputs, bool violated,
                    const std::map<std::string, Judgement>& known = {}) const {
    Judged judged{inputs, {}, {}};
    for (const std::string& backend : chain_) {
      const auto found = known.find(backend);
      Outcome outcome;
      if (found != known.end())
        outcome.judgement = found->second;
      else
        outcome = judge(claim_, inputs, backend);
      judged.take(backend, outcome);
    }
    if (!violated || judged.truth() != Truth::unknown) return judged;
    const std::optional<std::string> floating = finest_floating(judged);
    if (floating && judged.by.at(*floating).truth == Truth::no) judged.finest = *floating;
    return judged;
  }

  /// What is shown as the sharpest case that holds has to hold in the finest backend too.
  void confirm_tightest() {
    if (!tightest_ || tightest_->by.size() == chain_.size()) return;
    const Judged judged = everywhere(tightest_->inputs, false, tightest_->by);
    if (judged.truth() == Truth::no) {
      (judged.settled() ? refuted_ : violated_).push_back(judged);
      ++broken_;
      ++missed_;
    }
    tightest_ = judged;
    if (judged.truth() != Truth::yes) tightest_.reset();
  }

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }
  void end_at(std::optional<double> seconds) { end_ = seconds; }
  bool time_is_up() const { return end_ && seconds() >= *end_; }

  /// A place to climb from.
  void begin_at(const Case& inputs, const Judgement& judged, const std::string& backend) {
    const double height = reach(judged);
    if (!climbed(claim_.about.kind) || judged.family || !std::isfinite(height)) return;
    // Above 1 without being broken: a ratio that does not measure how near it is.
    if (judged.truth == Truth::yes && height > 1) return;
    starts_[backend].push_back({inputs, judged, height});
  }

  void climb_from_the_worst() {
    if (!refuted_.empty()) return;
    result_.ratio_before_climb = tightest_ ? tightest_->decision().ratio : std::nan("");
    climb(climbing_effort(cases_));
    if (!refuted_.empty() || !tightest_ || result_.climbed == 0) return;
    shorten_tightest(climbing_effort(cases_), result_.ratio_before_climb);
  }

  /// From what is in `starts_`, which is used up: those of the coarsest backend.
  void climb(int judgements) {
    const auto backend = std::find_if(chain_.begin(), chain_.end(),
                                      [&](const std::string& name) { return !starts_[name].empty(); });
    if (backend == chain_.end() || judgements < 1 || time_is_up()) return;
    Climb climb(claim_, *backend, settings_.seed, fmt::format("climb {}", climbs_++));
    climb.stop = [this] { return time_is_up(); };
    const std::vector<Foothold> path = climb(
        distinct_starts(std::move(starts_[*backend]), starts_of_a_climb), judgements,
        [&](const Case& inputs, const Judgement& said) { return on_violation(inputs, *backend, said); });
    starts_.clear();
    result_.climbed += climb.judged();
    if (refuted_.empty()) confirm(path, *backend);
  }

  /// What one backend takes for a violation, in the others: it is remembered unless it is dismissed.
  Climb::Ruling on_violation(const Case& inputs, const std::string& backend, const Judgement& said) {
    const Judged judged = everywhere(inputs, true, {{backend, said}});
    if (judged.truth() != Truth::no) {
      ++result_.dismissed;
      return ++dismissals_ < most_dismissals ? Climb::Ruling::reject : Climb::Ruling::end;
    }
    found_beyond_the_cases(judged);
    return judged.settled() || enough() ? Climb::Ruling::end : Climb::Ruling::keep;
  }

  void found_beyond_the_cases(const Judged& judged) {
    ++reached_;
    if (judged.settled()) {
      ++result_.refuted;
      ++result_.decided_at[judged.decision().bits];
    }
    (judged.settled() ? refuted_ : violated_).push_back(judged);
  }

  /// Takes the highest place for the tightest that the finest backend confirms; lower ones are tried in
  /// strides.
  void confirm(const std::vector<Foothold>& path, const std::string& backend) {
    std::size_t stride = 1;
    int asked = 0;
    for (std::size_t i = 0; i < path.size() && asked < most_confirmations;
         i += stride, stride *= 2, ++asked) {
      if (tightest_ && !(path[i].judgement.ratio > tightest_->decision().ratio)) return;
      if (takes_for_tightest(path[i].inputs, {{backend, path[i].judgement}}) || broken()) return;
    }
  }

  /// Whether the finest backend says that the claim holds there. If it says the opposite, that is a
  /// violation.
  bool takes_for_tightest(const Case& inputs, std::map<std::string, Judgement> known) {
    if (known.count(chain_.back()) == 0) {
      const Outcome finest = judge(claim_, inputs, chain_.back());
      if (finest.not_met) return false;
      if (!finest.abstains) {
        if (finest.judgement.truth == Truth::unknown) return false;
        known[chain_.back()] = finest.judgement;
      }
    }
    const Judged judged = everywhere(inputs, false, known);
    if (judged.truth() == Truth::no) {
      found_beyond_the_cases(judged);
      ++missed_;
    }
    if (judged.truth() != Truth::yes) return false;
    if (tightest_ && tightest_->decision().proof && !judged.decision().proof) return false;
    tightest_ = judged;
    return true;
  }

  /// The tightest case in shorter numbers, where that costs next to nothing of its ratio; not below `floor`,
  /// what was reached before.
  void shorten_tightest(int judgements, double floor) {
    const std::string backend = coarsest(*tightest_);
    const double ratio = tightest_->decision().ratio;
    const double least =
        std::max((1 - lost_to_rounding) * ratio, std::isnan(floor) ? 0 : std::min(floor, ratio));
    if (!(reach(tightest_->by.at(backend)) > 0)) return;
    Shrinker shrink{claim_, std::nullopt, backend};
    // Double may not know the ratio as well as the finest does.
    const double known = reach(tightest_->by.at(backend));
    const double enough = std::min(known, least * (known / ratio));
    shrink.wanted = [enough](const Judgement& judged) {
      return judged.truth == Truth::yes && reach(judged) >= enough;
    };
    shrink.tries = shrink.fine_tries = judgements;
    const Case shorter = shrink(tightest_->inputs);
    if (shorter == tightest_->inputs) return;
    const Judged before = *tightest_;
    takes_for_tightest(shorter, {});
    if (!(tightest_->decision().ratio >= least)) tightest_ = before;
  }

  bool hunts() const { return !broken() && result_.cases > 0 && hunted(claim_.about.kind); }

  void hunt() {
    const double before = tightest_ ? tightest_->decision().ratio : std::nan("");
    for (std::uint64_t k = static_cast<std::uint64_t>(cases_); !hunt_is_over();) {
      for (const std::uint64_t end = k + hunted_between_climbs; k < end && !hunt_is_over(); ++k) hunt_one(k);
      if (!hunt_is_over()) climb(climbed_between_hunts);
    }
    if (tightest_ && refuted_.empty() && tightest_->decision().ratio > before)
      shorten_tightest(climbing_effort(cases_), before);
  }
  bool hunt_is_over() const { return time_is_up() || broken() || dismissals_ >= most_dismissals; }

  void hunt_one(std::uint64_t k) {
    const std::vector<Attempt> attempts = draw_case(claim_, chain_.front(), settings_.seed, "", k);
    if (attempts.empty()) return;
    const Attempt& last = attempts.back();
    if (last.outcome.not_met) return;
    const Judgement& said = last.outcome.judgement;
    if (!last.outcome.abstains && said.truth == Truth::no) {
      on_violation(last.inputs, chain_.front(), said);
      return;
    }
    bool held = !last.outcome.abstains && said.truth == Truth::yes;
    if (held) begin_at(last.inputs, said, chain_.front());
    if (k % sampled_in_a_hunt == 0) {
      const bool known = held && said.proof;
      const Judgement finest = known ? said : judge(claim_, last.inputs, chain_.back()).judgement;
      if (finest.truth == Truth::no) {
        found_beyond_the_cases(everywhere(last.inputs, true, {{chain_.back(), finest}}));
        ++missed_;
        return;
      }
      held = held || finest.truth == Truth::yes;
      if (finest.truth == Truth::yes && finest.proof) ++result_.hunted_proved;
    }
    if (held) ++result_.hunted;
  }

  Case shrunk(const Judged& judged, Refused& memory) const {
    Shrinker shrink{claim_, std::nullopt, judged.finest};
    shrink.proved = judged.settled();
    // Cheap first, where the cheap one sees it.
    const std::string& coarse = coarsest(judged);
    const Truth said = judged.by.at(coarse).truth;
    if (judged.finest != coarse && said != Truth::yes) shrink.coarse = coarse;
    shrink.unsure = said == Truth::unknown;
    shrink.memory = &memory;
    return shrink(judged.inputs);
  }

  void report_counterexample() {
    std::vector<Judged>& found = refuted_.empty() ? violated_ : refuted_;
    std::stable_sort(found.begin(), found.end(),
                     [](const Judged& a, const Judged& b) { return weight(a.inputs) < weight(b.inputs); });
    std::optional<Case> smallest;
    Refused memory;
    for (std::size_t i = 0; i < std::min(most_shrunk, found.size()); ++i) {
      const Case candidate = shrunk(found[i], memory);
      if (!smallest || weight(candidate) < weight(*smallest)) smallest = candidate;
    }
    const Judged shown = everywhere(*smallest, true);
    result_.counterexample = finding(shown);
    result_.note = shown.decision().note;
    if (shown.decision().plot) result_.plots.push_back(*shown.decision().plot);
  }

  void report_tightest() {
    if (!tightest_) return;
    result_.tightest = finding(*tightest_);
    if (result_.note.empty()) result_.note = tightest_->decision().note;
    if (result_.plots.empty() && tightest_->decision().plot)
      result_.plots.push_back(*tightest_->decision().plot);
  }

  void decide() {
    const long judged = result_.cases;
    if (result_.counterexample)
      violated();
    else if (judged == 0 && open_hypotheses_.empty())
      vacuous();
    else if (held_ == 0 || decided_on_few() ||
             static_cast<double>(result_.undecided) >
                 claim_.about.most_undecided * static_cast<double>(judged))
      undecided();
    else
      stands();
    for (const auto& [hypothesis, count] : open_hypotheses_)
      result_.reason +=
          fmt::format("; {} not judged, since it stayed open whether \"{}\" holds", count, hypothesis);
    if (result_.dismissed > 0)
      result_.reason += fmt::format("; {} violation{} in {} dismissed by a finer backend", result_.dismissed,
                                    plural(result_.dismissed), chain_.front());
    if (result_.hunted > 0)
      result_.reason +=
          fmt::format("; hunted on {} further input{}, {} of them proved, the others judged in {} alone",
                      result_.hunted, plural(result_.hunted), result_.hunted_proved, chain_.front());
    if (missed_ > 0)
      result_.reason += fmt::format("; {} did not show in {}, whose error estimate is too small there",
                                    missed_, chain_.front());
  }

  /// What stays open for another reason than wide enclosures has no ceiling, but may not outnumber what was
  /// decided.
  bool decided_on_few() const {
    long open = result_.ties;
    for (const auto& [hypothesis, count] : open_hypotheses_) open += count;
    return held_ < open;
  }

  /// A proof is not enough: the claim is refuted when the checker has confirmed it (`rule_on`). Of a family
  /// there is nothing to confirm at one input.
  void violated() {
    const Judgement& shown = result_.counterexample->judgement;
    result_.verdict = shown.family && shown.proof ? Verdict::contradicted : Verdict::suspect;
    result_.reason = fmt::format("violated on {} of {} inputs", broken_, result_.cases);
    if (reached_ > 0) result_.reason += fmt::format(" and on {} that the hunt came upon", reached_);
    if (result_.refuted > 0)
      result_.reason += fmt::format(", {} on {} of {} that were tried", how_proved(), result_.refuted,
                                    refuted_.size() + violated_.size());
    else if (result_.counterexample->judgement.proof)
      result_.reason += " in floating point, proved on the smallest counterexample";
    else
      result_.reason += " in floating point, not proved" + why_not_proved();
  }

  std::string how_proved() const {
    const bool exact = result_.decided_at.count(0) > 0;
    if (!exact) return "proved in balls";
    return result_.decided_at.size() == 1 ? "proved exactly" : "proved";
  }

  std::string why_not_proved() const {
    if (!encloses(chain_.back())) return fmt::format(": judged in {} alone", fmt::join(chain_, " and "));
    if (result_.undecided > 0) return ": in balls " + most_frequent();
    return ": what decides is no enclosure";
  }

  void vacuous() {
    result_.verdict = Verdict::vacuous;
    result_.reason = fmt::format("the hypotheses were never met in {} attempts", result_.discarded);
    for (const HypothesisCount& hypothesis : result_.hypotheses)
      if (hypothesis.met == 0) result_.reason += fmt::format(": \"{}\" never held", hypothesis.name);
  }

  void undecided() {
    result_.verdict = Verdict::undecided;
    const long open = result_.undecided + result_.ties;
    if (held_ == 0) {
      result_.reason = fmt::format("decided on none of {} input{}", open, plural(open)) + tied_cases();
      if (result_.undecided > 0) result_.reason += ": " + most_frequent();
      return;
    }
    if (decided_on_few()) {
      result_.reason =
          fmt::format("decided on {} of {} inputs, fewer than stayed open", held_, result_.cases) +
          tied_cases();
      return;
    }
    result_.reason =
        fmt::format("undecided on {} of {} inputs, more than the {:g} % that may be: {}", result_.undecided,
                    result_.cases, 100 * claim_.about.most_undecided, most_frequent()) +
        tied_cases();
    if (not_asked_ > 0) result_.reason += fmt::format("; after these {} were not asked in balls", not_asked_);
  }

  void stands() {
    const bool proved = result_.proved == held_;
    result_.verdict = proved ? Verdict::holds : Verdict::observed;
    if (proved)
      result_.reason = fmt::format("holds on {} input{}, each proved", held_, plural(held_));
    else if (result_.proved > 0)
      result_.reason =
          fmt::format("observed on {} input{}, {} of them proved", held_, plural(held_), result_.proved);
    else
      result_.reason = fmt::format(
          "observed on {} input{}{}", held_, plural(held_),
          encloses(chain_.back()) ? ", not proved: what decides is no enclosure" : " in floating point");
    result_.reason += tied_cases();
    if (result_.undecided > 0)
      result_.reason += fmt::format("; {} undecided: {}", result_.undecided, most_frequent());
  }

  std::string tied_cases() const {
    if (result_.ties == 0) return "";
    if (!encloses(chain_.back()))
      return fmt::format("; on {} both sides agree to all digits that were computed", result_.ties);
    return fmt::format("; on {} both sides agree to {} digits, which enclosures cannot order", result_.ties,
                       *least_digits_);
  }

  /// What the undecided cases have in common.
  std::string most_frequent() const {
    const auto most = std::max_element(why_unknown_.begin(), why_unknown_.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return why_unknown_.size() == 1 ? most->first : fmt::format("mostly {}", most->first);
  }

  const Claim& claim_;
  const Settings& settings_;
  const std::vector<std::string> chain_;
  const int cases_;
  ClaimResult result_;
  std::vector<Judged> refuted_;   ///< violations that are proved
  std::vector<Judged> violated_;  ///< violations in floating point that are not
  std::optional<Judged> tightest_;
  std::optional<Plot> first_plot_;
  std::map<std::string, std::vector<Foothold>> starts_;  ///< of climbs, by the backend that judged them
  int climbs_ = 0;
  int dismissals_ = 0;         ///< of violations that were climbed or hunted
  long reached_ = 0;           ///< violations that are no cases
  std::optional<double> end_;  ///< of climbs and hunts, in seconds from the beginning
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::optional<int> least_digits_;  ///< of all ties
  long held_ = 0, broken_ = 0, missed_ = 0, not_asked_ = 0;
  std::map<std::string, long> why_unknown_, open_hypotheses_;
};

}  // namespace

int climbing_effort(int cases) { return cases < 20 ? 0 : std::min(300, 2 * cases); }

/// Families, limits, fitted orders and ranks have no ratio that says how near they are to breaking.
bool climbed(Kind kind) { return kind == Kind::identity || kind == Kind::bound || kind == Kind::trajectory; }
bool hunted(Kind kind) { return kind != Kind::limit && kind != Kind::uniformity; }

ClaimResult examine(const Claim& claim, const Settings& settings,
                    const std::function<double(const ClaimResult&)>& hunting) {
  return Examination(claim, settings).run(hunting);
}

}  // namespace gronwall::verify
