#pragma once

#include <string_view>

#include "verify/formats/format.hpp"

namespace gronwall::verify {

/// The contents of a file that was embedded when the program was built (verify/formats/assets.cmake), by its
/// name without a directory: "style.css", "katex.min.js", "report.schema.json". Throws FormatError on any
/// other name.
std::string_view asset(std::string_view name);

}  // namespace gronwall::verify
