#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gronwall/real/error.hpp>

#include "verify/engine/claim.hpp"

namespace gronwall::verify {

/// Nothing to do: no claim matches, or none is registered.
class NothingSelected : public Error {
 public:
  using Error::Error;
};

/// Whether the filter names the id: exactly; as a topic ("growth", "growth.lemma-17" for
/// "growth.lemma-17.state..."); or as a pattern in which * stands for any characters and ? for one.
bool matches(std::string_view filter, std::string_view id);

/// The claims that any of the filters names, sorted by id; all of them without a filter. Throws
/// NothingSelected for a filter that names none (with the closest id) and for an empty registry.
std::vector<const Claim*> selected(const std::vector<std::string>& filters);

/// The claim of that id; throws NothingSelected with the closest one.
const Claim& find_claim(std::string_view id);

}  // namespace gronwall::verify
