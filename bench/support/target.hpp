#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gronwall::bench {

/// A row of the table that `./run bench` prints: a speed that is claimed, measured in the run that prints it.
/// Declared beside its benchmarks, in the function that registers them:
///
///     declare({.row = "product, n = 256, N = 16, 50 digits",
///              .against = "Eigen with Boost mpfr (heap)",
///              .ours = "product/mpfr50/block/n=256/N=16",
///              .baseline = "product/mpfr50/eigen-heap/n=256/N=16",
///              .at_least = 200});
///
/// A row whose benchmarks did not run is printed as not measured.
struct Target {
  std::string row;       ///< what is measured
  std::string against;   ///< what the baseline is
  std::string ours;      ///< a benchmark's name, KIND/BACKEND/METHOD/n=N/SETTING (the first five parts)
  std::string baseline;  ///< the same; empty where `recorded_ms` stands in
  double at_least;  ///< the ratio of the medians of their times, baseline over ours, that is to be reached
  double within_ms = 0;  ///< if positive: what our time may be at most, in milliseconds
  /// If positive: what the error that ours reached (its counter radius, error, difference or estimate) may be
  /// at most. A faster but coarser answer reaches nothing.
  double error = 0;
  /// Where the baseline cannot run beside ours (an earlier state of the whole program): its time, measured
  /// before; `against` says when and where.
  double recorded_ms = 0;
  /// Why `at_least` is not reached, where it is not: what the limit is, and how it was measured. Printed with
  /// a row that falls short, and only then.
  std::string limit = {};
};

inline std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

/// A diagram that `./run bench` draws, and whose slopes it fits: how the time grows with one variable. Each
/// method (and backend, where several fit) is a line.
///
///     draw({.title = "Tangent kernel, N = 16, L = 32",
///           .variable = "n",
///           .names = "tangent/double/*/n=*/N=16,L=32"});
struct Curve {
  std::string title;
  /// n, a variable of SETTING, `digits` (of the backend), `accuracy` (the digits asked for, D of tol=1e-D) or
  /// `error` (the one reached; no slope is fitted).
  std::string variable;
  std::string names;  ///< which benchmarks: five parts, * for anything within its part
  /// If not empty, the baseline's kind and method (five parts, of which the others are not read): drawn is
  /// then how many times longer the baseline takes at the same backend, width and setting.
  std::string over = {};
  /// If not empty, the diagram is drawn as FILE.svg, beside all others of that file, and not with the rest.
  std::string file = {};
};

inline std::vector<Curve>& curves() {
  static std::vector<Curve> all;
  return all;
}

/// Adds a row. Returns true, so that it can initialise a constant.
inline bool declare(Target target) {
  targets().push_back(std::move(target));
  return true;
}

/// Adds a diagram.
inline bool draw(Curve curve) {
  curves().push_back(std::move(curve));
  return true;
}

}  // namespace gronwall::bench
