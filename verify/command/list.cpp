#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "verify/command/command.hpp"
#include "verify/engine/select.hpp"
#include "verify/formats/json.hpp"

namespace gronwall::verify {

int list(const std::vector<std::string>& filters, bool json) {
  const std::vector<const Claim*> claims = selected(filters);
  if (json) {
    Json array = Json::array();
    for (const Claim* claim : claims) {
      const About& about = claim->about;
      array.push_back({{"id", about.id},
                       {"kind", name(about.kind)},
                       {"title", about.title},
                       {"source", about.source},
                       {"uses", about.uses},
                       {"repairs", about.repairs},
                       {"cases", about.cases}});
    }
    fmt::print("{}", to_text(array));
    return as_expected;
  }
  std::size_t width = 0;
  for (const Claim* claim : claims) width = std::max(width, claim->about.id.size());
  for (const Claim* claim : claims)
    fmt::print("{:{}}  {:10}  {}\n", claim->about.id, width, name(claim->about.kind), claim->about.title);
  return as_expected;
}

}  // namespace gronwall::verify
