#include "verify/engine/judging.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/backends.hpp>

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

static Outcome not_decided(std::string why, const std::exception& error) {
  Outcome out;
  out.why_unknown = std::move(why);
  out.judgement.note = error.what();
  return out;
}

Outcome judge(const Claim& claim, Draws& draws, const std::string& backend) {
  const auto statement = claim.judges.find(backend);
  if (statement == claim.judges.end())
    throw InternalError(fmt::format("{} cannot be judged in {}.", claim.about.id, backend));
  try {
    Outcome out;
    out.judgement = statement->second(draws);
    if (out.judgement.truth == Truth::unknown) out.why_unknown = "both sides lie within their errors";
    return out;
  } catch (const HypothesisNotMet& hypothesis) {
    Outcome out;
    out.not_met = hypothesis.hypothesis;
    return out;
  } catch (const ode::BlowUp& error) {
    return not_decided("the solution blew up", error);
  } catch (const ode::StepCollapse& error) {
    return not_decided("the step size collapsed", error);
  } catch (const std::exception& error) {
    throw InternalError(fmt::format("{}, judged in {}: {}", claim.about.id, backend, error.what()));
  }
}

Outcome judge(const Claim& claim, const Case& inputs, const std::string& backend) {
  ReplayedDraws draws(inputs);
  return judge(claim, draws, backend);
}

}  // namespace gronwall::verify
