#include <fmt/format.h>
#include <fmt/ranges.h>

#include "verify/command/command.hpp"
#include "verify/engine/judging.hpp"
#include "verify/engine/select.hpp"

namespace gronwall::verify {

static void print(std::string_view what, const std::string& text) {
  if (!text.empty()) fmt::print("\n{}\n  {}\n", what, text);
}

int explain(const std::string& id) {
  const Claim& claim = find_claim(id);
  const About& about = claim.about;
  std::vector<std::string> repaired_by, used_by;
  for (const Claim* other : all_claims()) {
    if (other->about.repairs.name(id)) repaired_by.push_back(other->about.id);
    for (const std::string& used : other->about.uses)
      if (used == id) used_by.push_back(other->about.id);
  }
  fmt::print("{}\n  {}\n", about.id, about.title);
  print("Claim", about.states);
  print("Kind", std::string(name(about.kind)));
  print("Source", about.source);
  print("Read as", about.reading);
  print("Rests on", fmt::format("{}", fmt::join(about.uses, ", ")));
  print("Carries", fmt::format("{}", fmt::join(used_by, ", ")));
  print("Repairs", fmt::format("{}", fmt::join(about.repairs, ", ")));
  print("Repaired by", fmt::format("{}", fmt::join(repaired_by, ", ")));
  print("Proof", about.proof);
  print("Judged", fmt::format("on {} inputs, in {}", about.cases, fmt::join(referees(), ", ")));
  print("Check it", "verify run " + about.id);
  return as_expected;
}

}  // namespace gronwall::verify
