#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/summary/measurement.hpp"
#include "support/target.hpp"

namespace gronwall::bench {

/// One line of a curve (support/target.hpp): the points of one method, or of one backend and method.
struct Line {
  std::string label;
  std::vector<std::pair<double, double>> points;  ///< by the variable; milliseconds, or a ratio of times
  std::optional<double> exponent;  ///< of y ~ x^exponent, by least squares on log-log; from three points on
};

struct Growth {
  Curve curve;
  std::vector<Line> lines;
};

/// The curves that the programs declared, with those of their lines that have two points at least.
std::vector<Growth> growths(const Results& results);
Json as_json(const std::vector<Growth>& growths);
std::string as_text(const std::vector<Growth>& growths);

/// "n^2.00"; "digits^1.50" for the digits asked for.
std::string power(const std::string& variable, double exponent);

/// The slope of log y against log x by least squares.
double fitted_exponent(const std::vector<std::pair<double, double>>& points);

}  // namespace gronwall::bench
