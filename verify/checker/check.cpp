#include "verify/checker/check.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "verify/checker/claims.hpp"

namespace gronwall::checker {

namespace {

/// Do the certificate's own sides show what its verdict says? Words say nothing.
bool shows_its_verdict(const Certificate& c) {
  if (!c.lhs.is_number() || (c.rhs && !c.rhs->is_number())) return true;
  const Precision guard(4096);
  const Interval lhs = c.lhs.interval(), rhs = c.rhs ? c.rhs->interval() : Interval(0);
  const Interval tolerance(c.tolerance.value_or(0));
  if (c.relation == "<=") return c.refuted() ? surely_less(rhs, lhs) : surely_at_most(lhs, rhs);
  if (c.relation == "<") return c.refuted() ? surely_at_most(rhs, lhs) : surely_less(lhs, rhs);
  if (c.relation == "> 0") return c.refuted() ? surely_at_most(lhs, rhs) : surely_less(rhs, lhs);
  if (c.relation == "=") {
    const Interval apart = abs(lhs - rhs);
    return c.refuted() ? surely_less(tolerance, apart) : surely_at_most(apart, tolerance);
  }
  return false;
}

std::string decided(const Certificate& certificate) {
  const auto found = known_claims().find(certificate.claim);
  if (found == known_claims().end()) throw NotDecided("this checker does not know " + certificate.claim);
  const Known& known = found->second;
  if (certificate.statement != known.statement)
    throw NotConfirmed("the statement is not that of " + certificate.claim);
  const auto& relations = known.relations;
  if (std::find(relations.begin(), relations.end(), certificate.relation) == relations.end())
    throw NotConfirmed("the relation \"" + certificate.relation + "\" is not that of " + certificate.claim);
  if (!shows_its_verdict(certificate))
    throw NotConfirmed("the sides that the certificate gives do not show its verdict \"" +
                       certificate.verdict + "\"");
  const Finding finding = known.decide(certificate);
  if (finding.holds == certificate.refuted())
    throw NotConfirmed("the statement is " + std::string(finding.holds ? "true" : "false") +
                       " at these inputs: " + finding.said);
  if (finding.relation != certificate.relation)
    throw NotConfirmed("the relation \"" + certificate.relation + "\" does not decide here");
  if (finding.lhs) compare_side("left", certificate.lhs, *finding.lhs);
  if (finding.rhs) compare_side("right", certificate.rhs, *finding.rhs);
  return certificate.verdict + ": " + finding.said;
}

}  // namespace

const std::map<std::string, Known>& known_claims() {
  static const std::map<std::string, Known> known = [] {
    std::map<std::string, Known> claims;
    add_gradient(claims);
    add_growth(claims);
    add_growth_gradients(claims);
    add_growth_differences(claims);
    add_growth_normalisation(claims);
    add_hermite(claims);
    add_kernel(claims);
    add_model(claims);
    add_spd(claims);
    add_training(claims);
    add_training_runs(claims);
    return claims;
  }();
  return known;
}

/// "in [1, 2]", or "3".
static std::string place(const Interval& x) {
  const std::string text = x.text();
  return (text[0] == '[' ? "in " : "") + text;
}

void compare_side(const std::string& name, const std::optional<Side>& given, const Interval& own) {
  if (!own.bounded()) throw NotDecided("the enclosure of the " + name + " side is too wide");
  if (!given || !given->is_number()) return;
  if (!meet(given->interval(), own))
    throw NotConfirmed("the " + name + " side is " + place(own) + " by this checker, and " +
                       place(given->interval()) + " by the certificate");
}

Outcome check_text(const std::string& text) {
  // Tails of Gaussians underflow the default range.
  mpfr_set_emin(mpfr_get_emin_min());
  mpfr_set_emax(mpfr_get_emax_max());
  try {
    return {Answer::confirmed, decided(read_certificate(text))};
  } catch (const NotConfirmed& error) {
    return {Answer::not_confirmed, error.what()};
  } catch (const NotDecided& error) {
    return {Answer::not_decided, error.what()};
  } catch (const std::exception& error) {
    return {Answer::internal_error, error.what()};
  }
}

Outcome check_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) return {Answer::not_confirmed, "the file cannot be read"};
  return check_text(text);
}

}  // namespace gronwall::checker
