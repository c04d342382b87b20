#pragma once

#include <gronwall/real/ball.hpp>

namespace gronwall::real {

/// Arb's balls: midpoint and radius, at the precision of the moment (`Precision`). Comparisons that are
/// decided are proofs.
template <>
struct Backend<Ball> {
  using Quantity = Ball;
  static constexpr std::string_view name = "ball";
  /// Of the highest precision that questions escalate to (1024 bits).
  static constexpr int digits = 308;
  static constexpr bool referees = true;
  static constexpr bool encloses = true;

  static Ball from_double(double x) { return Ball(x); }
  /// The midpoint, rounded to nearest; NaN where the ball is not known.
  static double to_double(const Ball& x);
  static Ball multiply_subtract(const Ball& x, const Ball& y, const Ball& z) { return x * y - z; }
  /// 2^-working_bits().
  static Ball unit_roundoff();
  static bool finite(const Ball& x) { return x.known(); }
  /// Exact: "0x1.8p+1" for an exact ball, else midpoint and radius, "0x1.8p+1 +/- 0x1p-60". "nan" for a ball
  /// that is not known, or whose numbers lie beyond 2^(+-2^29).
  static std::string to_hex(const Ball& x);
  /// The exact inverse; DomainError on anything else.
  static Ball from_hex(const std::string& text);
};

}  // namespace gronwall::real
