#include "verify/engine/examine.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "verify/engine/drawing.hpp"
#include "verify/engine/shrink.hpp"
#include "verify/engine/sources.hpp"

namespace gronwall::verify {

namespace {

constexpr std::size_t most_confirmed = 8;
constexpr int most_without_hypothesis = 60;
/// Violations that are shrunk; the smallest result is reported.
constexpr std::size_t most_shrunk = 3;

/// A case and what each backend that was asked said of it.
struct Judged {
  Case inputs;
  std::map<std::string, Judgement> by;
  std::string finest;
  const Judgement& decision() const { return by.at(finest); }
  Truth truth() const { return decision().truth; }
};

Finding finding(const Judged& judged) { return {judged.inputs, judged.finest, judged.decision(), judged.by}; }

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
    if (!confirmed_.empty())
      report_counterexample();
    else
      for (HypothesisCount& hypothesis : result_.hypotheses) hypothesis.need = need(hypothesis);
    report_tightest();
    if (result_.plots.empty() && first_plot_) result_.plots.push_back(*first_plot_);
    decide();
    return std::move(result_);
  }

 private:
  void one_case(int k) {
    const std::vector<Attempt> attempts =
        draw_case(claim_, chain_.front(), settings_.seed, "", static_cast<std::uint64_t>(k));
    for (const Attempt& attempt : attempts) {
      count_hypotheses(attempt);
      if (attempt.outcome.not_met) ++result_.discarded;
    }
    if (attempts.empty() || attempts.back().outcome.not_met) return;
    Outcome outcome = attempts.back().outcome;
    Judged judged{attempts.back().inputs, {{chain_.front(), outcome.judgement}}, chain_.front()};
    const Truth coarse = outcome.judgement.truth;
    const bool sampled = k % std::max(1, std::min(10, cases_ / 5)) == 0;
    const bool enough = confirmed_.size() >= most_confirmed;
    for (std::size_t i = 1; i < chain_.size() && !enough; ++i) {
      if (!sampled && judged.truth() == Truth::yes) break;
      outcome = judge(claim_, judged.inputs, chain_[i]);
      if (outcome.not_met) {
        ++result_.discarded;
        return;
      }
      judged.by[chain_[i]] = outcome.judgement;
      judged.finest = chain_[i];
    }
    ++result_.cases;
    for (const auto& [backend, judgement] : judged.by) count(backend, judgement.truth);
    keep(judged, coarse, outcome.why_unknown);
  }

  void keep(const Judged& judged, Truth coarse, const std::string& why_unknown) {
    const Judgement& decision = judged.decision();
    if (!first_plot_ && decision.plot) first_plot_ = decision.plot;
    if (decision.truth == Truth::no) {
      ++broken_;
      if (judged.finest == chain_.back()) {
        confirmed_.push_back(judged);
        if (coarse == Truth::yes) ++missed_;
      }
      return;
    }
    if (coarse == Truth::no) ++result_.dismissed;
    if (decision.truth == Truth::unknown) {
      ++unknown_;
      if (decision.tie) {
        ++ties_;
        return;
      }
      ++why_unknown_[why_unknown];
    } else if (!std::isnan(decision.ratio) && (!tightest_ || decision.ratio > tightest_->decision().ratio)) {
      tightest_ = judged;
    }
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
    for (int k = 0; k < std::min(cases_, most_without_hypothesis); ++k) {
      try {
        for (const Attempt& attempt :
             draw_case(claim_, chain_.front(), settings_.seed, "without " + hypothesis.name,
                       static_cast<std::uint64_t>(k), {hypothesis.name}))
          if (breaks_without(hypothesis.name, attempt)) return HypothesisCount::Need::needed;
      } catch (const InternalError&) {
        // Without the hypothesis the statement may have no meaning: that is no evidence.
      }
    }
    return HypothesisCount::Need::not_seen;
  }

  bool breaks_without(const std::string& hypothesis, const Attempt& attempt) const {
    const bool unmet = std::any_of(
        attempt.hypotheses.begin(), attempt.hypotheses.end(),
        [&](const Draws::Asked& asked) { return asked.hypothesis == hypothesis && asked.met == Truth::no; });
    if (!unmet || attempt.outcome.not_met || attempt.outcome.judgement.truth != Truth::no) return false;
    ReplayedDraws draws(attempt.inputs);
    draws.ignored = {hypothesis};
    const Outcome finest = judge(claim_, draws, chain_.back());
    return !finest.not_met && finest.judgement.truth == Truth::no;
  }

  /// The case in every backend.
  Judged everywhere(const Case& inputs) const {
    Judged judged{inputs, {}, chain_.back()};
    for (const std::string& backend : chain_) judged.by[backend] = judge(claim_, inputs, backend).judgement;
    return judged;
  }

  /// What is shown as the sharpest case that holds has to hold in the finest backend too.
  void confirm_tightest() {
    if (!tightest_ || tightest_->finest == chain_.back()) return;
    const Judged judged = everywhere(tightest_->inputs);
    if (judged.truth() == Truth::no) {
      confirmed_.push_back(judged);
      ++broken_;
      ++missed_;
    }
    tightest_ = judged;
    if (judged.truth() != Truth::yes) tightest_.reset();
  }

  Case shrunk(const Judged& judged) const {
    Shrinker shrink{claim_, std::nullopt, chain_.back()};
    // Cheap first, where the cheap one sees it.
    if (chain_.size() > 1 && judged.by.at(chain_.front()).truth == Truth::no) shrink.coarse = chain_.front();
    return shrink(judged.inputs);
  }

  void report_counterexample() {
    std::stable_sort(confirmed_.begin(), confirmed_.end(),
                     [](const Judged& a, const Judged& b) { return weight(a.inputs) < weight(b.inputs); });
    std::optional<Case> smallest;
    for (std::size_t i = 0; i < std::min(most_shrunk, confirmed_.size()); ++i) {
      const Case candidate = shrunk(confirmed_[i]);
      if (!smallest || weight(candidate) < weight(*smallest)) smallest = candidate;
    }
    result_.counterexample = finding(everywhere(*smallest));
    result_.note = result_.counterexample->judgement.note;
    if (result_.counterexample->judgement.plot)
      result_.plots.push_back(*result_.counterexample->judgement.plot);
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
    if (broken_ > 0 && !confirmed_.empty()) {
      result_.verdict = Verdict::suspect;
      result_.reason =
          fmt::format("violated on {} of {} inputs in floating point, not proved; {} of these judged in {}",
                      broken_, judged, confirmed_.size(), chain_.back());
      if (missed_ > 0)
        result_.reason += fmt::format("; {} did not show in {}, whose error estimate is too small there",
                                      missed_, chain_.front());
    } else if (judged == 0) {
      result_.verdict = Verdict::vacuous;
      result_.reason = fmt::format("the hypotheses were never met in {} attempts", result_.discarded);
      for (const HypothesisCount& hypothesis : result_.hypotheses)
        if (hypothesis.met == 0) result_.reason += fmt::format(": \"{}\" never held", hypothesis.name);
    } else if (10 * (unknown_ - ties_) > judged || unknown_ == judged) {
      result_.verdict = Verdict::undecided;
      result_.reason = fmt::format("undecided on {} of {} inputs", unknown_, judged) + open_cases();
    } else {
      result_.verdict = Verdict::observed;
      result_.reason = fmt::format("observed on {} inputs in floating point", judged - unknown_);
      if (unknown_ > 0) result_.reason += fmt::format(", {} undecided", unknown_) + open_cases();
    }
    if (result_.dismissed > 0)
      result_.reason += fmt::format("; {} violation{} in {} dismissed by a finer backend", result_.dismissed,
                                    result_.dismissed == 1 ? "" : "s", chain_.front());
  }

  /// What the undecided cases have in common.
  std::string open_cases() const {
    std::string text;
    if (ties_ > 0)
      text += fmt::format("; in {} of these both sides agree to all digits that were computed", ties_);
    if (unknown_ > ties_) text += ": " + most_frequent();
    return text;
  }

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
  std::vector<Judged> confirmed_;
  std::optional<Judged> tightest_;
  std::optional<Plot> first_plot_;
  long broken_ = 0, unknown_ = 0, ties_ = 0, missed_ = 0;
  std::map<std::string, long> why_unknown_;
};

}  // namespace

ClaimResult examine(const Claim& claim, const Settings& settings) {
  return Examination(claim, settings).run();
}

}  // namespace gronwall::verify
