#include "verify/command/console.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

#include "verify/engine/story.hpp"
#include "verify/formats/text.hpp"

namespace gronwall::verify {

namespace {

constexpr std::string_view reset = "\033[0m";

std::string_view colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved:
    case Verdict::holds:
    case Verdict::observed:
      return "\033[32m";
    case Verdict::refuted:
    case Verdict::contradicted:
    case Verdict::suspect:
      return "\033[31m";
    case Verdict::undecided:
    case Verdict::vacuous:
      return "\033[33m";
    case Verdict::assumed:
      return "\033[36m";
  }
  return "";
}

std::string painted(Verdict verdict, std::size_t width, bool colour) {
  const std::string word = fmt::format("{:{}}", name(verdict), width);
  return colour ? fmt::format("{}{}{}", colour_of(verdict), word, reset) : word;
}

}  // namespace

bool colours(bool no_color) {
  const char* variable = std::getenv("NO_COLOR");
  return !no_color && (variable == nullptr || *variable == '\0') && isatty(STDOUT_FILENO) == 1;
}

std::string readable(double x) { return std::isnan(x) ? "-" : fmt::format("{:.6g}", x); }

/// "1 234 567".
static std::string grouped(long count) {
  std::string digits = std::to_string(count);
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, 1, ' ');
  return digits;
}

static std::string inputs_in_all(const Report& report) {
  long all = 0, of_those_that_stand = 0, climbed = 0, hunted = 0;
  for (const ClaimResult& result : report.claims) {
    all += tried(result);
    climbed += result.climbed;
    hunted += result.hunted;
    if (stands(result.verdict)) of_those_that_stand += tried(result);
  }
  std::string out = fmt::format("{} inputs in total", grouped(all));
  if (climbed > 0) out += fmt::format(", {} of them climbed", grouped(climbed));
  if (hunted > 0) out += fmt::format(", {} of them hunted", grouped(hunted));
  return out +
         fmt::format("; {} on the claims that stand, none of them broken.", grouped(of_those_that_stand));
}

/// The story of the paper, a line for each numbered result; nothing where the run has fewer than two of them.
static std::string told(const Story& story) {
  if (story.results().size() < 2) return "";
  std::size_t width = 0, words = 0;
  for (const Chapter& chapter : story.results()) {
    width = std::max(width, chapter.name.size());
    words = std::max(words, as_written(chapter).size());
  }
  std::string out = "\n" + story.sentence() + "\n\n";
  for (const Chapter& chapter : story.results()) {
    std::string line = fmt::format("{:{}}  {:{}}", chapter.name, width, as_written(chapter), words);
    std::string_view separator = "  saved by ";
    for (const ClaimResult* claim : saviours(chapter)) {
      const std::string sharp = sharpness(*claim);
      line += fmt::format("{}{} ({}{}{})", separator, claim->about.id, name(claim->verdict),
                          sharp.empty() ? "" : ", ", sharp);
      separator = ", ";
    }
    std::string below;
    for (const Fallen& fallen : fallen_chapters(chapter.losses))
      below += fmt::format("{}{}", below.empty() ? ": " : ", ", fallen.chapter);
    if (!below.empty()) line += fmt::format("  footing {}{}", name(chapter.footing), below);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string summary(const Report& report, bool colour) {
  std::size_t width = 5;
  std::map<Verdict, int> counts;
  for (const ClaimResult& result : report.claims) {
    width = std::max(width, result.about.id.size());
    ++counts[result.verdict];
  }
  std::string out = fmt::format("{:12}  {:{}}  {:>5}  {:>6}  {:>8}  reason\n", "verdict", "claim", width,
                                "cases", "proved", "ratio");
  for (const ClaimResult& result : report.claims) {
    const std::optional<Finding>& shown = result.counterexample ? result.counterexample : result.tightest;
    const double ratio = shown ? shown->judgement.ratio : std::nan("");
    out += fmt::format("{}  {:{}}  {:>5}  {:>6}  {:>8}  {}\n", painted(result.verdict, 12, colour),
                       result.about.id, width, result.cases, result.proved + result.refuted,
                       std::isnan(ratio) ? "-" : fmt::format("{:.4g}", ratio), result.reason);
  }
  out += fmt::format("\n{} claims:", report.claims.size());
  std::string_view separator = " ";
  for (const auto& [verdict, count] : counts) {
    out += fmt::format("{}{} {}", separator, count, painted(verdict, 0, colour));
    separator = ", ";
  }
  out += "\n" + inputs_in_all(report) + "\n" + told(Story(report, ledger()));
  for (const ClaimResult& result : report.claims)
    if (result.counterexample)
      out += fmt::format("\n{} {} on\n  {}\n", result.about.id,
                         result.verdict == Verdict::refuted ? "is refuted" : "is violated",
                         one_line(result.counterexample->inputs));
  return out;
}

Progress::Progress() : shown_(isatty(STDERR_FILENO) == 1) {}

void Progress::show(const std::string& finished, std::size_t done, std::size_t all) {
  if (!shown_) return;
  constexpr std::size_t width = 30;
  const std::size_t full = all == 0 ? width : width * done / all;
  fmt::print(stderr, "\r\033[K[{}{}] {}/{} {}", std::string(full, '='), std::string(width - full, ' '), done,
             all, finished);
  std::fflush(stderr);
}

Progress::~Progress() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

static std::string readable(const Input& input) {
  if (const long* integer = std::get_if<long>(&input)) return std::to_string(*integer);
  if (const std::string* text = std::get_if<std::string>(&input)) return *text;
  const auto& a = std::get<linalg::ExactMatrix>(input);
  std::string out;
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j < a.cols(); ++j)
      out += fmt::format("{}{}", j > 0 ? " " : i > 0 ? "; " : "", a(i, j));
  return a.size() == 1 ? out : "[" + out + "]";
}

std::string readable(const Case& inputs) {
  std::string out;
  for (const auto& [name, input] : inputs.inputs) out += fmt::format("  {} = {}\n", name, readable(input));
  return out;
}

std::string one_line(const Case& inputs) {
  std::string out;
  for (const auto& [name, input] : inputs.inputs)
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", name, readable(input));
  return out;
}

}  // namespace gronwall::verify
