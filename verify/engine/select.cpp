#include "verify/engine/select.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace gronwall::verify {

namespace {

bool glob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*')
    return glob(pattern.substr(1), text) || (!text.empty() && glob(pattern, text.substr(1)));
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) &&
         glob(pattern.substr(1), text.substr(1));
}

/// Insertions, deletions and replacements between the two (Levenshtein).
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

/// Where to look instead: the id that is meant, if one is near enough to be meant.
std::string hint(std::string_view name) {
  const auto& claims = all_claims();
  const auto best = std::min_element(claims.begin(), claims.end(), [name](const Claim* a, const Claim* b) {
    return edits(name, a->about.id) < edits(name, b->about.id);
  });
  const std::string& id = (*best)->about.id;
  if (2 * edits(name, id) > name.size()) return "`verify list` shows them all";
  return fmt::format("the closest is '{}'", id);
}

void require_claims() {
  if (all_claims().empty())
    throw NothingSelected("No claim is registered: this program was built without any.");
}

}  // namespace

bool matches(std::string_view filter, std::string_view id) {
  if (filter == id) return true;
  if (id.size() > filter.size() && id.substr(0, filter.size()) == filter && id[filter.size()] == '.')
    return true;
  return filter.find_first_of("*?") != std::string_view::npos && glob(filter, id);
}

std::vector<const Claim*> selected(const std::vector<std::string>& filters) {
  require_claims();
  if (filters.empty()) return all_claims();
  for (const std::string& filter : filters)
    if (std::none_of(all_claims().begin(), all_claims().end(),
                     [&](const Claim* claim) { return matches(filter, claim->about.id); }))
      throw NothingSelected(fmt::format("No claim matches '{}'; {}.", filter, hint(filter)));
  std::vector<const Claim*> out;
  std::copy_if(all_claims().begin(), all_claims().end(), std::back_inserter(out), [&](const Claim* claim) {
    return std::any_of(filters.begin(), filters.end(),
                       [&](const std::string& f) { return matches(f, claim->about.id); });
  });
  return out;
}

const Claim& find_claim(std::string_view id) {
  require_claims();
  for (const Claim* claim : all_claims())
    if (claim->about.id == id) return *claim;
  throw NothingSelected(fmt::format("No claim is called '{}'; {}.", id, hint(id)));
}

}  // namespace gronwall::verify
