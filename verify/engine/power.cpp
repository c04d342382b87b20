#include "verify/engine/power.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "verify/engine/climb.hpp"
#include "verify/engine/drawing.hpp"
#include "verify/engine/judging.hpp"
#include "verify/engine/sources.hpp"
#include "verify/engine/workers.hpp"
#include "verify/formats/json.hpp"

namespace gronwall::verify {

std::string_view name(Fate fate) {
  switch (fate) {
    case Fate::killed:
      return "killed";
    case Fate::equivalent:
      return "equivalent";
    case Fate::survived:
      return "survived";
    case Fate::not_equivalent:
      return "not-equivalent";
    case Fate::failed:
      return "failed";
  }
  return "";
}

Claim mutant(const Claim& claim, const Mutation& mutation) {
  Claim changed{claim.about, {}, {}};
  for (const auto& [backend, statement] : claim.judges)
    changed.judges.emplace(backend, [statement = statement, mutation](Draws& draws) {
      if (mutation.op == Operator::hypothesis) {
        draws.ignored.insert(mutation.term);
        return statement(draws);
      }
      const Mutating guard(mutation);
      return statement(draws);
    });
  return changed;
}

namespace {

/// The backends that judge first and last.
struct Ends {
  std::string coarse, fine;
  Ends() {
    const std::vector<std::string> chain = referees();
    coarse = chain.front();
    fine = chain.back();
  }
};

int number_of_cases(const Claim& claim, const PowerSettings& settings) {
  return settings.cases.value_or(claim.about.cases);
}

/// Violated, and whether that is proved.
struct Violation {
  bool found = false, proved = false;
  bool open = false;  ///< seen in floating point, and the finest backend does not tell
  std::string backend;
  Judgement judgement;
};

bool broken(const Outcome& outcome) {
  return !outcome.not_met && !outcome.abstains && outcome.judgement.truth == Truth::no;
}

/// What the finest backend makes of an input of which the coarsest said `coarse`.
Violation escalated(const Claim& claim, const Case& inputs, const Outcome& coarse, const Ends& ends) {
  const Outcome fine = judge(claim, inputs, ends.fine);
  if (fine.abstains && broken(coarse)) return {true, false, false, ends.coarse, coarse.judgement};
  if (broken(fine)) return {true, fine.judgement.proof, false, ends.fine, fine.judgement};
  Violation none;
  none.open = broken(coarse) && !fine.not_met && !fine.abstains && fine.judgement.truth == Truth::unknown;
  return none;
}

/// The last attempt, if it met the hypotheses.
const Attempt* counts(const std::vector<Attempt>& attempts) {
  return attempts.empty() || attempts.back().outcome.not_met ? nullptr : &attempts.back();
}

/// The height of inputs on which the change changes nothing.
constexpr double nowhere = -1e6;

/// How near a mutant that held is to being violated: (lhs - rhs)/(gap between the right sides of mutant and
/// claim).
double height(const Judgement& mutant, const std::optional<Judgement>& claim) {
  if (mutant.relation != "<=" || !claim) return std::isnan(mutant.ratio) ? nowhere : mutant.ratio - 1;
  const double gap = claim->rhs - mutant.rhs;
  const double found = (mutant.lhs - mutant.rhs) / gap;
  const double noise = mutant.rhs_error + claim->rhs_error;
  return gap > 2 * noise && std::isfinite(found) ? std::max(found, nowhere) : nowhere;
}

/// The mutant as it is climbed, in the coarsest backend: `height` in the place of its sides.
Claim climbed_in(const Claim& claim, const Claim& changed, const Mutation& mutation,
                 const std::string& backend) {
  Claim out{claim.about, {}, {}};
  out.judges.emplace(backend, [&claim, &changed, mutation, backend](Draws& draws) {
    Judgement said = changed.judges.at(backend)(draws);
    if (said.truth == Truth::no) return said;
    double at = nowhere;
    if (mutation.op == Operator::hypothesis) {
      for (const Draws::Asked& asked : draws.hypotheses())
        if (asked.hypothesis == mutation.term && asked.met == Truth::no) at = height(said, {});
    } else {
      DrawnAgain again(draws);
      at = height(said, claim.judges.at(backend)(again));
    }
    said.relation = "<=";
    said.lhs = said.ratio = at;
    said.rhs = 1;
    said.lhs_error = said.rhs_error = 0;
    return said;
  });
  return out;
}

// A climb ends where the mutant is killed: only those that survive cost all of it.
constexpr std::size_t starts_of_a_climb = 6;
constexpr int effort = 1200;

class Hunt {
 public:
  Hunt(const Claim& claim, const Mutation& mutation, const PowerSettings& settings)
      : claim_(claim), changed_(mutant(claim, mutation)), settings_(settings) {
    result_.mutation = mutation;
  }

  MutantResult run() {
    // Few inputs fail to meet one hypothesis and meet all others.
    const int cases =
        number_of_cases(claim_, settings_) * (result_.mutation.op == Operator::hypothesis ? 4 : 1);
    for (int k = 0; k < cases && !killed(); ++k) one_case(k);
    // What the coarsest backend does not tell is dear, and seldom a violation.
    for (std::size_t i = 0; i < undecided_.size() && !killed(); ++i)
      tell([&] { ask(undecided_[i].inputs, undecided_[i].outcome); });
    if (!killed()) climb();
    if (!killed() && result_.cases == 0 && !result_.reason.empty()) result_.fate = Fate::failed;
    return std::move(result_);
  }

 private:
  bool killed() const { return result_.fate == Fate::killed; }

  /// A mutant may make no sense on an input: that is no evidence.
  template <class Step>
  void tell(const Step& step) {
    try {
      step();
    } catch (const InternalError& error) {
      result_.reason = error.what();
    }
  }

  void one_case(int k) {
    tell([&] {
      const std::vector<Attempt> attempts =
          draw_case(changed_, ends_.coarse, settings_.seed, "", static_cast<std::uint64_t>(k));
      const Attempt* last = counts(attempts);
      if (last == nullptr) return;
      ++result_.cases;
      const Judgement& said = last->outcome.judgement;
      if (last->outcome.abstains || said.truth == Truth::unknown)
        undecided_.push_back(*last);
      else if (said.truth == Truth::no)
        ask(last->inputs, last->outcome);
      else
        held(last->inputs, said);
    });
  }

  void held(const Case& inputs, const Judgement& said) {
    if (!(said.ratio <= result_.closest) && !std::isnan(said.ratio)) result_.closest = said.ratio;
    held_.push_back(inputs);
  }

  void climb() {
    const Claim climbed = climbed_in(claim_, changed_, result_.mutation, ends_.coarse);
    std::vector<Foothold> starts;
    for (const Case& inputs : held_)
      tell([&] {
        const Judgement said = judge(climbed, inputs, ends_.coarse).judgement;
        if (said.truth == Truth::yes && said.ratio > nowhere) starts.push_back({inputs, said, said.ratio});
      });
    Climb way(climbed, ends_.coarse, settings_.seed, "power " + result_.mutation.name());
    way(distinct_starts(std::move(starts), starts_of_a_climb), effort,
        [this](const Case& inputs, const Judgement&) {
          tell([&] { ask(inputs, judge(changed_, inputs, ends_.coarse)); });
          return killed() ? Climb::Ruling::end : Climb::Ruling::reject;
        });
    result_.climbed = way.judged();
  }

  void ask(const Case& inputs, const Outcome& coarse) {
    const Violation violation = escalated(changed_, inputs, coarse, ends_);
    if (violation.open) ++result_.open;
    if (!violation.found || broken(judge(claim_, inputs, violation.backend))) return;
    result_.fate = Fate::killed;
    result_.proved = violation.proved;
    result_.reason.clear();
    result_.violation = Finding{inputs, violation.backend, violation.judgement, {}};
    result_.violation->judgement.plot.reset();
  }

  const Claim& claim_;
  const Claim changed_;
  const PowerSettings& settings_;
  const Ends ends_;
  MutantResult result_;
  std::vector<Attempt> undecided_;
  std::vector<Case> held_;
};

}  // namespace

Survey survey(const Claim& claim, const PowerSettings& settings) {
  const Ends ends;
  Survey found;
  std::vector<Mutation> hypotheses;
  const Recording recording;
  for (int k = 0; k < number_of_cases(claim, settings); ++k) {
    const std::vector<Attempt> attempts =
        draw_case(claim, ends.coarse, settings.seed, "", static_cast<std::uint64_t>(k));
    for (const Attempt& attempt : attempts)
      for (const Draws::Asked& asked : attempt.hypotheses) {
        const Mutation without{asked.hypothesis, Operator::hypothesis};
        if (std::find(hypotheses.begin(), hypotheses.end(), without) == hypotheses.end())
          hypotheses.push_back(without);
      }
    const Attempt* last = counts(attempts);
    if (last == nullptr) continue;
    ++found.cases;
    if (!broken(last->outcome)) continue;
    const Violation violation = escalated(claim, last->inputs, last->outcome, ends);
    if (violation.found || violation.open) {
      found.falls = violation.proved ? "it is violated itself" : "it is violated itself in floating point";
      return found;
    }
  }
  if (found.cases == 0) found.falls = "its hypotheses were never met";
  found.mutations = recording.found();
  found.mutations.insert(found.mutations.end(), hypotheses.begin(), hypotheses.end());
  return found;
}

MutantResult hunt(const Claim& claim, const Mutation& mutation, const PowerSettings& settings) {
  return Hunt(claim, mutation, settings).run();
}

MutantResult explained(const Claim& claim, MutantResult result) {
  const auto why = std::find_if(claim.equivalent.begin(), claim.equivalent.end(),
                                [&](const auto& said) { return said.mutant == result.mutation.name(); });
  if (why == claim.equivalent.end()) return result;
  if (result.fate == Fate::survived || result.fate == Fate::failed) {
    result.fate = Fate::equivalent;
    result.reason = why->why;
  } else if (result.fate == Fate::killed) {
    result.fate = Fate::not_equivalent;
    result.reason = "the claim says that it is still true: " + why->why;
  }
  return result;
}

bool sees_all(const PowerReport& report) {
  return std::all_of(report.claims.begin(), report.claims.end(), [](const ClaimPower& claim) {
    return claim.idle.empty() &&
           std::all_of(claim.mutants.begin(), claim.mutants.end(), [](const MutantResult& mutant) {
             return mutant.fate == Fate::killed || mutant.fate == Fate::equivalent;
           });
  });
}

namespace {

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }
double number(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

Json to_json(const Mutation& mutation) { return {{"term", mutation.term}, {"operator", name(mutation.op)}}; }
Mutation mutation_from_json(const Json& json) {
  Mutation mutation{json.at("term").get<std::string>(), Operator::drop};
  for (int op = 0; op <= static_cast<int>(Operator::equality); ++op)
    if (json.at("operator") == name(static_cast<Operator>(op))) mutation.op = static_cast<Operator>(op);
  return mutation;
}

/// From the process that found it.
Json to_json(const Survey& survey) {
  Json mutations = Json::array();
  for (const Mutation& mutation : survey.mutations) mutations.push_back(to_json(mutation));
  return {{"falls", survey.falls}, {"cases", survey.cases}, {"mutations", mutations}};
}
Survey survey_from_json(const Json& json) {
  Survey survey{json.at("falls").get<std::string>(), json.at("cases").get<long>(), {}};
  for (const Json& mutation : json.at("mutations")) survey.mutations.push_back(mutation_from_json(mutation));
  return survey;
}

Json to_json(const MutantResult& found) {
  return {{"fate", static_cast<int>(found.fate)},
          {"proved", found.proved},
          {"cases", found.cases},
          {"climbed", found.climbed},
          {"open", found.open},
          {"closest", number(found.closest)},
          {"violation", found.violation ? verify::to_json(*found.violation) : Json(nullptr)},
          {"reason", found.reason}};
}
MutantResult mutant_from_json(const Json& json, const Mutation& mutation) {
  MutantResult found;
  found.mutation = mutation;
  found.fate = static_cast<Fate>(json.at("fate").get<int>());
  found.proved = json.at("proved").get<bool>();
  found.cases = json.at("cases").get<long>();
  found.climbed = json.at("climbed").get<long>();
  found.open = json.at("open").get<long>();
  found.closest = number(json.at("closest"));
  if (!json.at("violation").is_null()) found.violation = finding_from_json(json.at("violation"));
  found.reason = json.at("reason").get<std::string>();
  return found;
}

/// A mutant by the places of its claim and of itself.
struct Place {
  std::size_t claim, mutant;
};

class Power {
 public:
  Power(const std::vector<const Claim*>& claims, const PowerRun& how) : claims_(claims), how_(how) {}

  PowerOutcome run() {
    outcome_.report.claims.resize(claims_.size());
    for (std::size_t i = 0; i < claims_.size(); ++i) outcome_.report.claims[i].id = claims_[i]->about.id;
    outcome_.interrupted = !survey_all() || !hunt_all();
    if (outcome_.interrupted) leave_out_what_was_not_hunted();
    for (std::size_t i = 0; i < claims_.size() && !outcome_.interrupted; ++i)
      find_idle(*claims_[i], outcome_.report.claims[i]);
    std::sort(outcome_.internal_errors.begin(), outcome_.internal_errors.end());
    return std::move(outcome_);
  }

 private:
  bool survey_all() {
    std::size_t done = 0;
    return work_off(
        claims_.size(), [&](std::size_t i) { return to_line(to_json(survey(*claims_[i], how_.settings))); },
        how_.jobs, how_.time_limit,
        [&](const Worked& worked) {
          surveyed(worked);
          if (how_.progress) how_.progress(claims_[worked.task]->about.id, ++done, claims_.size());
        });
  }

  void surveyed(const Worked& worked) {
    ClaimPower& claim = outcome_.report.claims[worked.task];
    if (!worked.failure.empty()) {
      claim.falls = worked.failure;
      outcome_.internal_errors.push_back(claim.id + ": " + worked.failure);
      return;
    }
    const Survey found = survey_from_json(parse_json(worked.said, claim.id));
    claim.falls = found.falls;
    claim.cases = found.cases;
    if (!found.falls.empty()) return;
    for (const Mutation& mutation : found.mutations) {
      MutantResult result;
      result.mutation = mutation;
      claim.mutants.push_back(std::move(result));
    }
  }

  bool hunt_all() {
    for (std::size_t i = 0; i < claims_.size(); ++i)
      for (std::size_t j = 0; j < outcome_.report.claims[i].mutants.size(); ++j) places_.push_back({i, j});
    hunted_.assign(places_.size(), false);
    std::size_t done = 0;
    return work_off(
        places_.size(),
        [&](std::size_t k) {
          return to_line(
              to_json(hunt(*claims_[places_[k].claim], result_at(places_[k]).mutation, how_.settings)));
        },
        how_.jobs, how_.time_limit,
        [&](const Worked& worked) {
          hunted(worked);
          const std::string& id = outcome_.report.claims[places_[worked.task].claim].id;
          if (how_.progress) how_.progress(id, ++done, places_.size());
        });
  }

  MutantResult& result_at(const Place& place) {
    return outcome_.report.claims[place.claim].mutants[place.mutant];
  }

  void hunted(const Worked& worked) {
    const Place& place = places_[worked.task];
    MutantResult& result = result_at(place);
    if (worked.failure.empty()) {
      result = mutant_from_json(parse_json(worked.said, claims_[place.claim]->about.id), result.mutation);
    } else {
      result.fate = Fate::failed;
      result.reason = worked.failure;
    }
    result = explained(*claims_[place.claim], std::move(result));
    result.seconds = worked.seconds;
    hunted_[worked.task] = true;
  }

  void leave_out_what_was_not_hunted() {
    std::size_t k = places_.size();
    // From behind, so that places stay right.
    while (k-- > 0)
      if (!hunted_[k]) {
        auto& mutants = outcome_.report.claims[places_[k].claim].mutants;
        mutants.erase(mutants.begin() + static_cast<std::ptrdiff_t>(places_[k].mutant));
      }
    if (places_.empty())
      for (ClaimPower& claim : outcome_.report.claims) claim.mutants.clear();
  }

  /// Where a claim falls it has no mutants, and its explanations wait.
  static void find_idle(const Claim& claim, ClaimPower& power) {
    if (!power.falls.empty()) return;
    for (const Equivalent& said : claim.equivalent)
      if (std::none_of(power.mutants.begin(), power.mutants.end(),
                       [&](const MutantResult& result) { return result.mutation.name() == said.mutant; }))
        power.idle.push_back(said.mutant);
  }

  const std::vector<const Claim*>& claims_;
  const PowerRun& how_;
  std::vector<Place> places_;
  std::vector<bool> hunted_;
  PowerOutcome outcome_;
};

Json record(const MutantResult& found) {
  Json violation = nullptr;
  if (found.violation) {
    const Judgement& judged = found.violation->judgement;
    violation = {{"backend", found.violation->backend},
                 {"relation", judged.relation},
                 {"lhs", number(judged.lhs)},
                 {"rhs", number(judged.rhs)},
                 {"lhs_exact", judged.lhs_exact},
                 {"rhs_exact", judged.rhs_exact},
                 {"bits", judged.bits},
                 {"inputs", verify::to_json(found.violation->inputs)}};
  }
  return {
      {"name", found.mutation.name()}, {"term", found.mutation.term}, {"operator", name(found.mutation.op)},
      {"fate", name(found.fate)},      {"proved", found.proved},      {"cases", found.cases},
      {"climbed", found.climbed},      {"open", found.open},          {"closest", number(found.closest)},
      {"violation", violation},        {"reason", found.reason},      {"seconds", number(found.seconds)}};
}

Json record(const ClaimPower& claim) {
  Json mutants = Json::array();
  for (const MutantResult& found : claim.mutants) mutants.push_back(record(found));
  return {{"id", claim.id},
          {"cases", claim.cases},
          {"falls", claim.falls},
          {"mutants", mutants},
          {"idle", claim.idle}};
}

}  // namespace

PowerOutcome power(const std::vector<const Claim*>& claims, const PowerRun& how) {
  return Power(claims, how).run();
}

std::string power_text(const PowerReport& report) {
  Json claims = Json::array();
  for (const ClaimPower& claim : report.claims) claims.push_back(record(claim));
  const Json provenance = verify::to_json(Report{report.provenance, {}}).at("provenance");
  return to_text(Json{{"schema", power_schema}, {"provenance", provenance}, {"claims", claims}});
}

}  // namespace gronwall::verify
