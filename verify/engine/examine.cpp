#include "verify/engine/examine.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

  ClaimResult run() {
    for (int k = 0; k < cases_; ++k) one_case(k);
    confirm_tightest();
    if (!refuted_.empty() || !violated_.empty())
      report_counterexample();
    else
      for (HypothesisCount& hypothesis : result_.hypotheses) hypothesis.need = need(hypothesis);
    report_tightest();
    if (result_.plots.empty() && first_plot_) result_.plots.push_back(*first_plot_);
    decide();
    return std::move(result_);
  }

 private:
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

  Case shrunk(const Judged& judged) const {
    Shrinker shrink{claim_, std::nullopt, judged.finest};
    shrink.proved = judged.settled();
    // Cheap first, where the cheap one sees it.
    const std::string& coarse = coarsest(judged);
    if (judged.finest != coarse && judged.by.at(coarse).truth == Truth::no) shrink.coarse = coarse;
    return shrink(judged.inputs);
  }

  void report_counterexample() {
    std::vector<Judged>& found = refuted_.empty() ? violated_ : refuted_;
    std::stable_sort(found.begin(), found.end(),
                     [](const Judged& a, const Judged& b) { return weight(a.inputs) < weight(b.inputs); });
    std::optional<Case> smallest;
    for (std::size_t i = 0; i < std::min(most_shrunk, found.size()); ++i) {
      const Case candidate = shrunk(found[i]);
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
  std::optional<int> least_digits_;  ///< of all ties
  long held_ = 0, broken_ = 0, missed_ = 0, not_asked_ = 0;
  std::map<std::string, long> why_unknown_, open_hypotheses_;
};

}  // namespace

ClaimResult examine(const Claim& claim, const Settings& settings) {
  return Examination(claim, settings).run();
}

}  // namespace gronwall::verify
