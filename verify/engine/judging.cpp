#include "verify/engine/judging.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/escalation.hpp>

#include "verify/engine/sources.hpp"

namespace gronwall::verify {

std::vector<std::string> referees(const std::optional<std::string>& only) {
  std::vector<std::pair<int, std::string>> found;
  std::vector<std::string> others;
#define GRONWALL_COLLECT(...)                                                                 \
  if (real::Backend<__VA_ARGS__>::referees)                                                   \
    found.emplace_back(real::Backend<__VA_ARGS__>::digits, real::Backend<__VA_ARGS__>::name); \
  else                                                                                        \
    others.emplace_back(real::Backend<__VA_ARGS__>::name);
  GRONWALL_FOR_EACH_BACKEND(GRONWALL_COLLECT)
#undef GRONWALL_COLLECT
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  for (const auto& [digits, name] : found) names.push_back(name);
  if (!only) return names;

  const std::string wanted = *only == "mpfr" ? "mpfr50" : *only;
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return {wanted};
  const bool known = std::find(others.begin(), others.end(), wanted) != others.end();
  const std::string what =
      known ? "The backend '{}' does not judge claims" : "No precision backend is called '{}'";
  throw UnknownName(
      fmt::format(fmt::runtime(what + "; those that judge claims are {}."), *only, fmt::join(names, ", ")));
}

bool encloses(std::string_view backend) {
#define GRONWALL_IS_IT(...) \
  if (backend == real::Backend<__VA_ARGS__>::name) return real::Backend<__VA_ARGS__>::encloses;
  GRONWALL_FOR_EACH_BACKEND(GRONWALL_IS_IT)
#undef GRONWALL_IS_IT
  return false;
}

namespace {

Outcome not_decided(std::string why, const std::exception& error) {
  Outcome out;
  out.why_unknown = std::move(why);
  out.judgement.note = error.what();
  return out;
}

std::string why_unknown(const Judgement& judged, bool enclosed) {
  if (!enclosed) return "both sides lie within their errors";
  if (judged.note == disjoint_but_close) return judged.note;
  return std::isfinite(judged.lhs_error) && std::isfinite(judged.rhs_error) ? "the enclosures do not decide"
                                                                            : "an enclosure is unbounded";
}

/// Once, at the working precision of the moment.
Outcome judge_once(const Claim& claim, const std::function<Judgement(Draws&)>& statement, Draws& draws,
                   const std::string& backend) {
  const bool enclosed = encloses(backend);
  try {
    Outcome out;
    out.judgement = statement(draws);
    Judgement& judged = out.judgement;
    judged.proof = judged.proof && judged.truth != Truth::unknown &&
                   std::all_of(draws.hypotheses().begin(), draws.hypotheses().end(),
                               [](const Draws::Asked& asked) { return asked.certain; });
    if (judged.truth == Truth::unknown) out.why_unknown = why_unknown(judged, enclosed);
    return out;
  } catch (const HypothesisNotMet& hypothesis) {
    Outcome out;
    out.not_met = hypothesis.hypothesis;
    out.open = hypothesis.met == Truth::unknown;
    return out;
  } catch (const Abstention& abstention) {
    Outcome out;
    out.abstains = true;
    out.why_unknown = abstention.why;
    return out;
  } catch (const ode::BlowUp& error) {
    return not_decided("the solution blew up", error);
  } catch (const ode::StepCollapse& error) {
    return not_decided("the step size collapsed", error);
  } catch (const PrecisionError& error) {
    if (enclosed) return not_decided("the precision did not suffice", error);
    throw InternalError(fmt::format("{}, judged in {}: {}", claim.about.id, backend, error.what()));
  } catch (const std::exception& error) {
    throw InternalError(fmt::format("{}, judged in {}: {}", claim.about.id, backend, error.what()));
  }
}

/// How far apart both sides may still be from what is known of them; infinite where nothing is.
double width(const Outcome& outcome) {
  const double sum = outcome.judgement.lhs_error + outcome.judgement.rhs_error;
  const bool threw = outcome.judgement.relation.empty();
  return threw || std::isnan(sum) ? std::numeric_limits<double>::infinity() : sum;
}

/// An identity that no precision will decide: its sides are proved to differ, though by less than the
/// tolerance; or they leave no more room than those of a tie, a part of 2^-(bits/2), and so differ by what is
/// allowed to that part (by nothing, where nothing is).
bool settled(const Judgement& judged, long bits) {
  if (judged.note == disjoint_but_close) return true;
  if (judged.relation != "=") return false;
  const double errors = judged.lhs_error + judged.rhs_error;
  const double size = std::max(std::abs(judged.lhs), std::abs(judged.rhs));
  if (errors <= std::ldexp(size, static_cast<int>(-bits / 2))) return true;
  // Both sides may be 0, as far as their bits reach, of which a square root near 0 has half.
  return size <= errors && errors <= std::ldexp(1.0, static_cast<int>(-3 * bits / 8));
}

/// Whether a higher precision may tell more than this outcome at `bits`, after the one before it.
bool promising(const Outcome& now, const Outcome& before, long bits) {
  if (now.abstains) return false;
  if (now.not_met) return now.open;
  if (now.judgement.truth != Truth::unknown || now.judgement.tie) return false;
  if (bits < 256) return true;
  return std::isfinite(width(now)) && width(now) <= width(before) / 256 && !settled(now.judgement, bits);
}

Outcome judge_in_balls(const Claim& claim, const std::function<Judgement(Draws&)>& statement, Draws& draws,
                       const std::string& backend) {
  Outcome outcome;
  for (const long bits : real::escalation) {
    const real::Precision guard(bits);
    const Outcome before = std::move(outcome);
    if (bits == real::escalation.front()) {
      outcome = judge_once(claim, statement, draws, backend);
    } else {
      DrawnAgain again(draws);
      outcome = judge_once(claim, statement, again, backend);
      draws.hypotheses_of(again);
    }
    if (outcome.judgement.truth == Truth::unknown) outcome.judgement.bits = bits;
    if (!promising(outcome, before, bits)) break;
  }
  return outcome;
}

}  // namespace

Outcome judge(const Claim& claim, Draws& draws, const std::string& backend) {
  const auto statement = claim.judges.find(backend);
  if (statement == claim.judges.end())
    throw InternalError(fmt::format("{} cannot be judged in {}.", claim.about.id, backend));
  return encloses(backend) ? judge_in_balls(claim, statement->second, draws, backend)
                           : judge_once(claim, statement->second, draws, backend);
}

Outcome judge(const Claim& claim, const Case& inputs, const std::string& backend) {
  ReplayedDraws draws(inputs);
  return judge(claim, draws, backend);
}

}  // namespace gronwall::verify
