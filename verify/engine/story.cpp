#include "verify/engine/story.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gronwall::verify {

bool stands(Verdict verdict) {
  return verdict == Verdict::proved || verdict == Verdict::holds || verdict == Verdict::observed ||
         verdict == Verdict::assumed;
}

bool falls(Verdict verdict) { return verdict == Verdict::refuted || verdict == Verdict::contradicted; }

namespace {

constexpr std::array<std::string_view, 5> numbered{"Lemma ", "Proposition ", "Theorem ", "Corollary ",
                                                   "Assumption "};
constexpr std::string_view digits = "0123456789";

/// Length of "Lemma 17" where `text` begins with the like, 0 otherwise.
std::size_t numbered_prefix(std::string_view text) {
  for (std::string_view word : numbered) {
    if (text.substr(0, word.size()) != word) continue;
    const std::size_t end = std::min(text.find_first_not_of(digits, word.size()), text.size());
    if (end > word.size()) return end;
  }
  return 0;
}

bool by_id(const ClaimResult* a, const ClaimResult* b) { return a->about.id < b->about.id; }

/// The largest ratio of a bound; -1 where there is none.
double tightest_ratio(const ClaimResult& claim) {
  const Kind kind = claim.about.kind;
  const bool of_a_bound = kind == Kind::bound || kind == Kind::rate || kind == Kind::trajectory;
  const double ratio = claim.tightest && of_a_bound ? claim.tightest->judgement.ratio : std::nan("");
  return std::isfinite(ratio) ? ratio : -1;
}

/// "a.b.repaired" for "a.b.as-stated".
std::string namesake(const std::string& id) { return id.substr(0, id.rfind('.')) + ".repaired"; }

}  // namespace

std::string chapter(const About& about) {
  const std::string_view source = about.source;
  for (std::size_t at = 0; at < source.size(); ++at)
    if (const std::size_t length = numbered_prefix(source.substr(at)); length > 0)
      return std::string(source.substr(at, length));
  if (const std::size_t open = source.find('"'); open != source.npos)
    if (const std::size_t close = source.find('"', open + 1); close != source.npos)
      return std::string(source.substr(open + 1, close - open - 1));
  return std::string(source.substr(0, source.find_first_of(":,.;")));
}

bool is_numbered(std::string_view chapter) {
  return !chapter.empty() && numbered_prefix(chapter) == chapter.size();
}

bool beside_the_paper(const About& about) { return about.source.rfind("Not in the paper", 0) == 0; }

bool is_repair(const About& about) {
  return !about.repairs.empty() || about.id.find(".repaired") != std::string::npos;
}

std::string_view name(Standing standing) {
  switch (standing) {
    case Standing::stands:
      return "stands";
    case Standing::saved:
      return "stands repaired";
    case Standing::open:
      return "open";
    case Standing::fallen:
      return "falls";
    case Standing::absent:
      break;
  }
  return "not in this run";
}

std::string_view name(Footing footing) {
  switch (footing) {
    case Footing::firm:
      return "firm";
    case Footing::regained:
      return "regained";
    case Footing::open:
      return "open";
    case Footing::lost:
      break;
  }
  return "lost";
}

Story::Story(const Report& report, const Ledger& ledger) {
  for (const ClaimResult& claim : report.claims) by_id_.emplace(claim.about.id, &claim);
  find_footings();

  const auto place_of = [&ledger](const ClaimResult* claim) {
    const Row* row = ledger.of(claim->about.id);
    return row != nullptr ? ledger.place(*row) : ledger.rows.size();
  };
  std::map<std::string, std::pair<std::size_t, std::vector<const ClaimResult*>>> chapters;
  std::vector<std::vector<const ClaimResult*>> of_row(ledger.rows.size());
  for (const auto& [id, claim] : by_id_) {
    const std::size_t place = place_of(claim);
    if (place < ledger.rows.size()) of_row[place].push_back(claim);
    if (beside_the_paper(claim->about)) continue;
    auto& [first, claims] =
        chapters.try_emplace(chapter(claim->about), place, std::vector<const ClaimResult*>()).first->second;
    first = std::min(first, place);
    claims.push_back(claim);
  }
  using Entry = std::pair<std::size_t, Chapter>;
  std::vector<Entry> ordered;
  for (auto& [name, entry] : chapters) {
    std::stable_sort(entry.second.begin(), entry.second.end(),
                     [&](const ClaimResult* a, const ClaimResult* b) { return place_of(a) < place_of(b); });
    ordered.emplace_back(entry.first, told(name, entry.second));
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  for (auto& [place, told] : ordered)
    (is_numbered(told.name) ? results_ : statements_).push_back(std::move(told));
  for (const Row& row : ledger.rows) rows_.push_back(told(row.id, of_row[ledger.place(row)]));
}

std::vector<const ClaimResult*> Story::repairs_of(const std::string& id) const {
  std::vector<const ClaimResult*> repairs;
  for (const auto& [other, claim] : by_id_)
    if (claim->about.repairs.name(id)) repairs.push_back(claim);
  return repairs;
}

Footing Story::footing(const ClaimResult& claim) const { return footing_.at(claim.about.id); }

bool Story::is_better(const ClaimResult& a, const ClaimResult& b, const std::string& id) const {
  const auto rank = [&](const ClaimResult& claim) {
    return std::tuple(footing(claim), claim.about.id != namesake(id), -tightest_ratio(claim), claim.about.id);
  };
  return rank(a) < rank(b);
}

/// The claim that serves in place of one that fell; nullptr for none.
const ClaimResult* Story::serving(const ClaimResult& fallen) const {
  const ClaimResult* best = nullptr;
  for (const ClaimResult* repair : repairs_of(fallen.about.id)) {
    const Footing ground = footing(*repair);
    if (!stands(repair->verdict) || ground == Footing::open || ground == Footing::lost) continue;
    if (best == nullptr || is_better(*repair, *best, fallen.about.id)) best = repair;
  }
  return best;
}

Footing Story::worst_below(const ClaimResult& claim) const {
  Footing worst = Footing::firm;
  for (const std::string& id : claim.about.uses) {
    const auto found = by_id_.find(id);
    Footing ground = Footing::open;
    if (found != by_id_.end()) {
      const ClaimResult& used = *found->second;
      if (stands(used.verdict)) ground = footing(used);
      if (falls(used.verdict)) ground = serving(used) != nullptr ? Footing::regained : Footing::lost;
    }
    worst = std::max(worst, ground);
  }
  return worst;
}

/// From below: everything is lost that is not shown to be better. Each round can only improve, since what is
/// above improves with what is below, so that this ends; a circle never gets better, and what needs its own
/// help neither.
void Story::find_footings() {
  for (const auto& [id, claim] : by_id_) footing_[id] = Footing::lost;
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [id, claim] : by_id_) {
      const Footing found = worst_below(*claim);
      changed = changed || found != footing_[id];
      footing_[id] = found;
    }
  }
}

std::vector<Loss> Story::losses(const ClaimResult& claim) const {
  std::set<std::string> seen;
  std::vector<std::string> ahead(claim.about.uses.begin(), claim.about.uses.end());
  std::vector<Loss> found;
  while (!ahead.empty()) {
    const std::string id = ahead.back();
    ahead.pop_back();
    const auto used = by_id_.find(id);
    if (!seen.insert(id).second || used == by_id_.end()) continue;
    const ClaimResult* ground = used->second;
    if (falls(ground->verdict)) {
      const ClaimResult* serves = serving(*ground);
      found.push_back({ground, serves});
      ground = serves;
    } else if (!stands(ground->verdict)) {
      continue;
    }
    if (ground != nullptr) ahead.insert(ahead.end(), ground->about.uses.begin(), ground->about.uses.end());
  }
  std::sort(found.begin(), found.end(),
            [](const Loss& a, const Loss& b) { return by_id(a.fallen, b.fallen); });
  return found;
}

static Standing standing_of_all(const std::vector<Part>& parts) {
  if (parts.empty()) return Standing::absent;
  Standing worst = Standing::stands;
  for (const Part& part : parts) worst = std::max(worst, part.standing);
  return worst;
}

Chapter Story::told(const std::string& name, const std::vector<const ClaimResult*>& claims) const {
  Chapter out;
  out.name = name;
  for (const ClaimResult* claim : claims) {
    if (beside_the_paper(claim->about)) continue;
    if (is_repair(claim->about)) {
      out.repairs.push_back(claim);
      continue;
    }
    Part part{claim, Standing::open, {}};
    if (stands(claim->verdict)) part.standing = Standing::stands;
    if (falls(claim->verdict)) {
      for (const ClaimResult* repair : repairs_of(claim->about.id))
        if (stands(repair->verdict)) part.saved_by.push_back(repair);
      std::sort(part.saved_by.begin(), part.saved_by.end(), [&](const ClaimResult* a, const ClaimResult* b) {
        return is_better(*a, *b, claim->about.id);
      });
      part.standing = part.saved_by.empty() ? Standing::fallen : Standing::saved;
    }
    out.written.push_back(part);
    out.footing = std::max(out.footing, footing(*claim));
    for (const Loss& loss : losses(*claim))
      if (std::find(out.losses.begin(), out.losses.end(), loss) == out.losses.end())
        out.losses.push_back(loss);
    for (const std::string& id : claim->about.uses)
      if (by_id_.count(id) == 0 && std::find(out.missing.begin(), out.missing.end(), id) == out.missing.end())
        out.missing.push_back(id);
  }
  std::sort(out.losses.begin(), out.losses.end(),
            [](const Loss& a, const Loss& b) { return by_id(a.fallen, b.fallen); });
  out.standing = standing_of_all(out.written);
  return out;
}

std::string Story::sentence() const {
  const auto count = [this](auto what) { return std::count_if(results_.begin(), results_.end(), what); };
  const auto of = [&count](Standing standing) {
    return count([standing](const Chapter& c) { return c.standing == standing; });
  };
  const auto verb = [](long n, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", n, n == 1 ? one : many);
  };
  std::vector<std::string> parts;
  const auto add = [&parts](long n, const std::string& text) {
    if (n > 0) parts.push_back(text);
  };
  add(of(Standing::stands), verb(of(Standing::stands), "stands as written", "stand as written"));
  add(of(Standing::saved), verb(of(Standing::saved), "stands only repaired", "stand only repaired"));
  add(of(Standing::fallen), verb(of(Standing::fallen), "falls", "fall"));
  add(of(Standing::open), verb(of(Standing::open), "is open", "are open"));
  add(of(Standing::absent), verb(of(Standing::absent), "is here only repaired", "are here only repaired"));
  if (parts.empty()) return "No numbered result of a paper is in this run.";
  std::string out = fmt::format(
      "Of {}, {}", verb(static_cast<long>(results_.size()), "numbered result", "numbered results"),
      fmt::join(parts, ", "));
  const long lost = count([](const Chapter& c) { return c.footing == Footing::lost; });
  const long regained = count([](const Chapter& c) { return c.footing == Footing::regained; });
  if (lost + regained > 0) {
    out += fmt::format("; {} on something that fell", verb(lost + regained, "rests", "rest"));
    if (regained > 0 && lost > 0)
      out += fmt::format(", and for {} of them a repair serves in its place", regained);
    else
      out += regained > 0 ? ", in whose place a repair serves" : ", with nothing in its place";
  }
  return out + ".";
}

namespace {

/// The circle that `id` is on, "a, b, c"; empty if there is none. Depth first; `done` holds what leads to
/// none.
std::string circle_from(const std::string& id, const std::map<std::string, const About*>& by_id,
                        std::vector<std::string>& path, std::set<std::string>& done) {
  if (done.count(id) > 0) return "";
  if (const auto seen = std::find(path.begin(), path.end(), id); seen != path.end())
    return fmt::format("{}", fmt::join(seen, path.end(), ", "));
  const auto about = by_id.find(id);
  if (about == by_id.end()) return "";
  path.push_back(id);
  for (const std::string& used : about->second->uses)
    if (std::string circle = circle_from(used, by_id, path, done); !circle.empty()) return circle;
  path.pop_back();
  done.insert(id);
  return "";
}

}  // namespace

std::vector<std::string> faulty_references(const std::vector<About>& claims) {
  std::map<std::string, const About*> by_id;
  for (const About& about : claims) by_id.emplace(about.id, &about);
  std::vector<std::string> faults;
  for (const About& about : claims)
    for (const auto& [verb, ids] : {std::pair("uses", &about.uses), std::pair("repairs", &about.repairs)}) {
      std::set<std::string> seen;
      for (const std::string& id : *ids) {
        if (by_id.count(id) == 0)
          faults.push_back(fmt::format("{} {} \"{}\", which is no claim", about.id, verb, id));
        else if (id == about.id)
          faults.push_back(fmt::format("{} {} itself", about.id, verb));
        if (!seen.insert(id).second) faults.push_back(fmt::format("{} {} {} twice", about.id, verb, id));
      }
    }
  std::set<std::string> done;
  for (const About& about : claims) {
    std::vector<std::string> path;
    const std::string circle = circle_from(about.id, by_id, path, done);
    if (circle.find(", ") != std::string::npos)
      faults.push_back(fmt::format("{} use each other in a circle", circle));
    done.insert(path.begin(), path.end());
  }
  return faults;
}

}  // namespace gronwall::verify
