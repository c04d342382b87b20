#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gronwall/linalg/matrix.hpp>

namespace gronwall::verify {

/// One exact input: an integer, a name (of an activation, say), or a matrix of dyadic numbers
/// (a vector is n x 1, a number 1 x 1).
using Input = std::variant<long, std::string, linalg::ExactMatrix>;

/// The inputs of one case, in the order in which the claim drew them. A case replays in every backend.
struct Case {
  std::vector<std::pair<std::string, Input>> inputs;
  /// The input of that name; nullptr if there is none.
  const Input* find(std::string_view name) const;
};

bool operator==(const Case& a, const Case& b);

}  // namespace gronwall::verify
