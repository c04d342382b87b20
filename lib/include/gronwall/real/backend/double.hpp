#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include <gronwall/real/backend.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/estimated.hpp>

namespace gronwall::real {

/// IEEE 754 binary64.
template <>
struct Backend<double> {
  using Quantity = Estimated<double>;
  static constexpr std::string_view name = "double";
  static constexpr int digits = 15;
  static constexpr bool referees = true;
  static constexpr bool encloses = false;

  static double from_double(double x) { return x; }
  static double to_double(const double& x) { return x; }
  static double multiply_subtract(double x, double y, double z) { return std::fma(x, y, -z); }
  static double unit_roundoff() { return std::numeric_limits<double>::epsilon() / 2; }
  static bool finite(const double& x) { return std::isfinite(x); }
  static std::string to_hex(const double& x) {
    char text[40];
    std::snprintf(text, sizeof text, "%a", x);
    return text;
  }
  /// Exact: a text with more than 53 significant bits is refused, not rounded.
  static double from_hex(const std::string& text);
};

}  // namespace gronwall::real
