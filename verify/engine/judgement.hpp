#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gronwall/real/truth.hpp>

namespace gronwall::verify {

using real::Truth;

/// One curve of a plot: points (x_i, y_i).
struct Series {
  std::string name;
  std::vector<double> x, y;
  bool line = true;  ///< joined by a line, or points alone
};

struct Plot {
  std::string title;
  std::string caption;  ///< what to see in it: also its text alternative
  std::string x_label, y_label;
  bool log_x = false, log_y = false;
  std::vector<Series> series;
};

/// Numbers below and above a true value.
struct Bounds {
  std::string lower, upper;
};

/// What one evaluation of a claim on one case found.
struct Judgement {
  Truth truth = Truth::unknown;
  /// The relation that decided, as a person writes it: "<=", "=", "> 0".
  std::string relation;
  /// Both sides rounded to double, with their errors, for people and for the ratio; NaN where there is none.
  double lhs = std::numeric_limits<double>::quiet_NaN();
  double rhs = std::numeric_limits<double>::quiet_NaN();
  double lhs_error = 0, rhs_error = 0;
  /// Both sides in full: hexadecimal floats of the backend that judged, or the text of exact values.
  std::string lhs_exact, rhs_exact;
  /// Of sides that were enclosed: exact hexadecimal floats below and above, rounded outwards. Empty
  /// otherwise.
  Bounds lhs_bounds{}, rhs_bounds{};
  /// Of an identity that is judged up to a tolerance: a hexadecimal float; empty otherwise.
  std::string tolerance;
  /// The answer is a proof: it rests on enclosures or on exact arithmetic alone. Never true of `unknown`.
  bool proof = false;
  /// What decides is a family of instances along which a constant grows that the claim says is one for all
  /// (`FamilyStudy`). A `no` that is proved is then one of certified instances: no counterexample at one
  /// input that could be checked again, so the claim is contradicted, not refuted.
  bool family = false;
  /// Working precision of the balls that it rests on; 0 where it rests on none.
  long bits = 0;
  /// How close the case comes to breaking the claim: lhs/rhs for a bound (above 1: broken), |lhs - rhs|
  /// over the tolerance for an identity; NaN where there is no such number. The engine keeps the largest.
  double ratio = std::numeric_limits<double>::quiet_NaN();
  /// Unknown only because both sides are equal as far as they can be told apart. In floating point: they
  /// agree to twelve digits, or are both below 1e-20. In balls: see `at_most`. A bound that is attained looks
  /// like this in any precision.
  bool tie = false;
  /// A note for people ("observed order 0.98 +- 0.01"); may be empty.
  std::string note;
  std::optional<Plot> plot;
};

/// Thrown by a statement in a backend in which it says nothing: a Monte Carlo experiment is one of doubles,
/// whatever the precision, and is not repeated in others. The other backends judge the case; where none does
/// it stays open.
struct Abstention {
  std::string why;
};

/// Both hold: the truth is the conjunction, everything else comes from the one that is worse (the
/// smaller truth, of two that are `no` the one that is proved, then the larger ratio); a plot survives from
/// either. A `no` is proved if the one that decides is, a `yes` if both are; it then rests on the balls of
/// both.
Judgement operator&&(const Judgement& a, const Judgement& b);

}  // namespace gronwall::verify
