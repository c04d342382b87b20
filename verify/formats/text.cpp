#include "verify/formats/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include <fmt/core.h>

#include <gronwall/real/dyadic.hpp>

namespace gronwall::verify {

std::string_view meaning(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved:
      return "An enclosure, or exact arithmetic, covers the whole stated domain.";
    case Verdict::holds:
      return "Held on exact inputs, on each proved in ball arithmetic or exactly.";
    case Verdict::observed:
      return "Held on every input tried, in floating point or statistically.";
    case Verdict::refuted:
      return "An exact counterexample, proved and checked by a second program.";
    case Verdict::contradicted:
      return "Certified instances along a family on which the constant would have to grow.";
    case Verdict::suspect:
      return "Violated in floating point and not proved, or proved and not confirmed by the checker.";
    case Verdict::undecided:
      return "Errors too wide on too many inputs, or time ran out.";
    case Verdict::vacuous:
      return "The hypotheses were never met.";
    case Verdict::assumed:
      return "A cited theorem.";
  }
  return "";
}

bool fails(Verdict verdict) {
  return verdict == Verdict::refuted || verdict == Verdict::contradicted || verdict == Verdict::suspect;
}

std::string topic(const About& about) { return about.id.substr(0, about.id.find('.')); }

std::string topic_title(const std::string& topic) {
  static const std::map<std::string, std::string> titles{
      {"activation", "Activations"},    {"gradient", "Gradients"}, {"growth", "Growth and sensitivity"},
      {"hermite", "Hermite expansion"}, {"kernel", "Kernels"},     {"model", "The model and its limits"},
      {"spd", "Positive definiteness"}, {"training", "Training"}};
  if (const auto known = titles.find(topic); known != titles.end()) return known->second;
  std::string title = topic;
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z')
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

Overview::Overview(const Report& report) {
  for (const ClaimResult& claim : report.claims) by_id_.emplace(claim.about.id, &claim);
  for (Verdict verdict : all_verdicts) {
    const auto given = [verdict](const auto& claim) { return claim.second->verdict == verdict; };
    const auto count = std::count_if(by_id_.begin(), by_id_.end(), given);
    if (count > 0) counts_.emplace_back(verdict, static_cast<int>(count));
  }
  for (const auto& [id, claim] : by_id_) {
    if (fails(claim->verdict)) failing_.push_back(claim);
    topics_[topic(claim->about)].push_back(claim);
  }
}

std::string Overview::sentence() const {
  std::string text = fmt::format("{} claim{}", claims(), claims() == 1 ? "" : "s");
  std::string_view separator = ": ";
  for (const auto& [verdict, count] : counts_) {
    text += fmt::format("{}{} {}", separator, count, name(verdict));
    separator = ", ";
  }
  return text + ".";
}

const ClaimResult* Overview::find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<const ClaimResult*> Overview::repairs_of(const std::string& id) const {
  std::vector<const ClaimResult*> repairs;
  for (const auto& [other, claim] : by_id_)
    if (claim->about.repairs.name(id)) repairs.push_back(claim);
  return repairs;
}

std::vector<const ClaimResult*> Overview::resting_on(const std::string& id) const {
  std::vector<const ClaimResult*> users;
  for (const auto& [other, claim] : by_id_)
    if (std::count(claim->about.uses.begin(), claim->about.uses.end(), id) > 0) users.push_back(claim);
  return users;
}

std::vector<Piece> pieces(const std::string& text) {
  std::vector<Piece> found;
  std::size_t begin = 0;
  bool tex = false;
  while (begin <= text.size()) {
    const std::size_t end = text.find('$', begin);
    const bool last = end == std::string::npos;
    std::string part = text.substr(begin, last ? std::string::npos : end - begin);
    if (last && tex) {  // the dollar sign that opened it was never closed
      part = "$" + part;
      tex = false;
    }
    if (!part.empty()) found.push_back({tex, part});
    if (last) break;
    begin = end + 1;
    tex = !tex;
  }
  return found;
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  if (std::string_view(".!?:").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

std::string measured(double x) {
  if (std::isnan(x)) return "\u2013";
  if (std::isinf(x)) return x > 0 ? "infinity" : "-infinity";
  return fmt::format("{:.6g}", x);
}

std::string exact_decimal(double x) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), x).ptr;
  const std::string shortest(buffer.data(), end);
  const auto digits =
      std::count_if(shortest.begin(), shortest.begin() + std::min(shortest.find('e'), shortest.size()),
                    [](char c) { return c >= '0' && c <= '9'; });
  if (digits <= 10) return shortest;
  std::string cut = fmt::format("{:.6g}", x);
  return cut.insert(std::min(cut.find('e'), cut.size()), "\u2026");
}

std::string tex_decimal(const std::string& decimal) {
  std::string mantissa = decimal.substr(0, decimal.find('e'));
  if (const std::size_t dots = mantissa.find("\u2026"); dots != std::string::npos)
    mantissa.replace(dots, std::string_view("\u2026").size(), "\\ldots");
  if (mantissa == decimal || decimal.find('e') == std::string::npos) return mantissa;
  std::string exponent = decimal.substr(decimal.find('e') + 1);
  const bool negative = exponent[0] == '-';
  exponent.erase(0, std::min(exponent.find_first_not_of("+-0"), exponent.size() - 1));
  return fmt::format("{}\\cdot10^{{{}{}}}", mantissa, negative ? "-" : "", exponent);
}

std::string tex_name(const std::string& name) {
  static const std::set<std::string> greek{"alpha", "beta",   "gamma", "delta", "epsilon", "eta",   "theta",
                                           "kappa", "lambda", "mu",    "nu",    "xi",      "rho",   "sigma",
                                           "tau",   "phi",    "psi",   "omega", "Sigma",   "Theta", "Phi"};
  const std::size_t underscore = name.find('_');
  std::string base = name.substr(0, underscore);
  const bool bar = base.size() > 3 && base.compare(base.size() - 3, 3, "bar") == 0;
  if (bar) base.resize(base.size() - 3);
  std::string tex = greek.count(base) > 0 ? "\\" + base : base.size() == 1 ? base : "\\mathit{" + base + "}";
  if (bar) tex = "\\bar{" + tex + "}";
  if (underscore != std::string::npos && underscore + 1 < name.size()) {
    std::string below = name.substr(underscore + 1);
    std::replace(below.begin(), below.end(), '_', ',');
    tex += "_{" + (below.size() == 1 ? below : "\\mathit{" + below + "}") + "}";
  }
  return tex;
}

bool written_out(const linalg::ExactMatrix& a) { return a.rows() <= 8 && a.cols() <= 8; }

std::string tex_input(const std::string& name, const Input& value) {
  const std::string left = tex_name(name);
  if (const long* integer = std::get_if<long>(&value)) return fmt::format("{} = {}", left, *integer);
  if (const std::string* text = std::get_if<std::string>(&value)) {
    std::string escaped;
    for (char c : *text) {
      if (std::string_view("\\^~").find(c) != std::string_view::npos) c = '-';
      if (std::string_view("_#$%&{}").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
    return fmt::format("{} = \\text{{{}}}", left, escaped);
  }
  const auto& a = std::get<linalg::ExactMatrix>(value);
  if (a.size() == 1) return fmt::format("{} = {}", left, tex_decimal(exact_decimal(a(0, 0))));
  if (!written_out(a) || a.size() == 0)
    return fmt::format("{} \\in \\mathbb{{R}}^{{{} \\times {}}}", left, a.rows(), a.cols());
  std::string tex = left + " = \\begin{bmatrix}";
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    if (i > 0) tex += " \\\\ ";
    for (Eigen::Index j = 0; j < a.cols(); ++j)
      tex += (j > 0 ? " & " : "") + tex_decimal(exact_decimal(a(i, j)));
  }
  return tex + "\\end{bmatrix}";
}

std::string hexadecimal_input(const std::string& name, const Input& value) {
  if (const long* integer = std::get_if<long>(&value)) return fmt::format("{} = {}", name, *integer);
  if (const std::string* text = std::get_if<std::string>(&value)) return name + " = " + *text;
  const auto& a = std::get<linalg::ExactMatrix>(value);
  if (!written_out(a))
    return fmt::format("{}: {} x {}, written out in report.json", name, a.rows(), a.cols());
  std::string line = name + " = [";
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    if (i > 0) line += "; ";
    for (Eigen::Index j = 0; j < a.cols(); ++j) line += (j > 0 ? " " : "") + real::Dyadic(a(i, j)).to_hex();
  }
  return line + "]";
}

std::string compared(const Judgement& judgement) {
  if (std::isnan(judgement.lhs)) return "";
  std::string relation = judgement.relation;
  if (relation == "<=") relation = "\u2264";
  if (relation == ">=") relation = "\u2265";
  const std::string left = measured(judgement.lhs) + " " + relation;
  return std::isnan(judgement.rhs) ? left : left + " " + measured(judgement.rhs);
}

std::string reproduction(const Report& report, const ClaimResult& claim) {
  const std::string& profile = report.provenance.profile;
  const bool number = !profile.empty() && profile.find_first_not_of("0123456789") == std::string::npos;
  return fmt::format("verify run {} --seed {}{}", claim.about.id, report.provenance.seed,
                     number ? " --cases " + profile : "");
}

std::string decided(const ClaimResult& claim) {
  return fmt::format("{} proved, {} refuted, {} undecided, {} tie{}.", claim.proved, claim.refuted,
                     claim.undecided, claim.ties, claim.ties == 1 ? "" : "s");
}

std::string decided_at(const ClaimResult& claim) {
  std::string text;
  for (const auto& [bits, cases] : claim.decided_at)
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ",
                        bits == 0 ? "exactly" : fmt::format("at {} bits", bits), cases);
  return text.empty() ? "" : "Decided " + text + ".";
}

std::string checked(const ClaimResult& claim) {
  const auto with = [&claim](const std::string& verb) {
    return claim.check.says.empty() ? verb + "." : sentence(verb + ": " + claim.check.says);
  };
  switch (claim.check.answer) {
    case Check::Answer::none:
      return claim.check.says.empty() ? "" : with("Not checked again");
    case Check::Answer::confirmed:
      return with("Confirmed by verify-check");
    case Check::Answer::not_confirmed:
      return with("Not confirmed by verify-check");
    case Check::Answer::not_decided:
      return with("Not decided by verify-check");
    case Check::Answer::failed:
      return with("verify-check failed");
  }
  return "";
}

std::string answer(const Judgement& judgement) {
  std::string text(real::name(judgement.truth));
  if (judgement.tie) text += " (a tie)";
  if (judgement.proof) text += judgement.bits == 0 ? ", proved exactly" : ", proved";
  if (judgement.bits > 0) text += fmt::format(" at {} bits", judgement.bits);
  return text;
}

static std::string exact_side(const char* side, const std::string& exact, const Bounds& bounds) {
  if (!bounds.lower.empty())
    return fmt::format("{} from {}\n{:>{}} {}\n", side, bounds.lower, "to", std::string_view(side).size() + 5,
                       bounds.upper);
  return exact.empty() ? "" : fmt::format("{} = {}\n", side, exact);
}

std::string exact_sides(const Judgement& judgement) {
  return exact_side("left side", judgement.lhs_exact, judgement.lhs_bounds) +
         exact_side("right side", judgement.rhs_exact, judgement.rhs_bounds) +
         (judgement.tolerance.empty() ? "" : "tolerance = " + judgement.tolerance + "\n");
}

std::string_view tightest_heading(const Finding& tightest) {
  return std::isnan(tightest.judgement.ratio) ? "A case that holds" : "Tightest case";
}

std::string_view need_in_words(HypothesisCount::Need need) {
  switch (need) {
    case HypothesisCount::Need::needed:
      return "yes, it breaks without";
    case HypothesisCount::Need::not_seen:
      return "not seen";
    case HypothesisCount::Need::untested:
      break;
  }
  return "not tested";
}

std::string sharpness(const ClaimResult& claim) {
  const Kind kind = claim.about.kind;
  if (!claim.tightest || kind == Kind::identity || kind == Kind::spectrum || kind == Kind::limit) return "";
  const Judgement& judged = claim.tightest->judgement;
  if (judged.relation != "<=" || !std::isfinite(judged.ratio) || judged.ratio < 0) return "";
  if (judged.ratio >= 0.999999) return "attained";
  if (judged.ratio >= 0.5) return fmt::format("within {:.2g} % of its bound", 100 * (1 - judged.ratio));
  return fmt::format("up to {:.2g} of its bound", judged.ratio);
}

std::string hunt(const ClaimResult& claim) {
  std::string text;
  if (claim.climbed > 0) {
    const double before = claim.ratio_before_climb;
    const double after = claim.tightest ? claim.tightest->judgement.ratio : std::nan("");
    if (after > before)
      text = fmt::format("Climbed from ratio {:.4g} to {:.4g} over {} inputs.", before, after, claim.climbed);
    else
      text = fmt::format("Climbing over {} inputs found no larger ratio.", claim.climbed);
  }
  if (claim.hunted > 0)
    text += fmt::format("{}{} more inputs in the coarsest precision; {} of a sample proved.",
                        text.empty() ? "" : " ", claim.hunted, claim.hunted_proved);
  return text;
}

std::string inputs_tried(const Report& report) {
  long inputs = 0;
  for (const ClaimResult& claim : report.claims) inputs += tried(claim);
  std::string digits = std::to_string(inputs);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, "\u00a0");
  return digits + (inputs == 1 ? " input" : " inputs");
}

std::string as_written(const Chapter& chapter) {
  const auto all = static_cast<long>(chapter.written.size());
  const auto count = [&chapter](auto... of) {
    return std::count_if(chapter.written.begin(), chapter.written.end(),
                         [=](const Part& part) { return ((part.standing == of) || ...); });
  };
  const long fallen = count(Standing::saved, Standing::fallen), open = count(Standing::open);
  if (fallen > 0) return fallen == all ? "falls" : fmt::format("falls in part ({} of {})", fallen, all);
  if (open > 0) return all == 1 ? "open" : fmt::format("open ({} of {})", open, all);
  return all > 0 ? "stands" : "not in this run";
}

std::vector<Fallen> fallen_chapters(const std::vector<Loss>& losses) {
  std::vector<Fallen> found;
  for (const Loss& loss : losses) {
    const std::string name = chapter(loss.fallen->about);
    const auto known = std::find_if(found.begin(), found.end(),
                                    [&name](const Fallen& fallen) { return fallen.chapter == name; });
    if (known == found.end())
      found.push_back({name, loss.fallen, loss.serves != nullptr});
    else
      known->served = known->served && loss.serves != nullptr;
  }
  return found;
}

std::string chapter_in_words(const std::string& name) {
  return is_numbered(name) ? name : "\u201c" + name + "\u201d";
}

std::vector<const ClaimResult*> saviours(const Chapter& chapter) {
  std::vector<const ClaimResult*> found;
  for (const Part& part : chapter.written)
    if (!part.saved_by.empty() && std::count(found.begin(), found.end(), part.saved_by.front()) == 0)
      found.push_back(part.saved_by.front());
  return found;
}

}  // namespace gronwall::verify
