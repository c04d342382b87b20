#pragma once

#include <optional>
#include <string>

#include "verify/engine/judgement.hpp"

namespace gronwall::verify {

/// The plot as an SVG element to stand inside an HTML page: no size of its own, colours of axes and text from
/// the page (currentColor), title and description from the plot's, every id prefixed by `id`. Drawn by
/// gnuplot, which runs as a process of its own. Points that an axis cannot show (NaN, infinite, not positive
/// on a logarithmic axis) are left out. Nothing where no point is left, or where gnuplot is missing or fails:
/// a report is not lost for want of a picture, and the caller shows the numbers as a table.
std::optional<std::string> draw(const Plot& plot, const std::string& id);

/// Text in HTML or XML, between tags or in a quoted attribute. Control characters become spaces.
std::string escape_html(const std::string& text);

}  // namespace gronwall::verify
