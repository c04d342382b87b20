#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/summary/measurement.hpp"
#include "support/target.hpp"

namespace gronwall::bench {

/// A row of the table (support/target.hpp) with what was measured of it.
struct Row {
  Target target;
  std::optional<double> baseline_ms, ours_ms, accuracy;
  std::string missing;  ///< which side was not measured, and why

  std::optional<double> ratio() const;
  /// Ratio, time limit and error, as far as the target asks for them. Nothing where a side is missing.
  std::optional<bool> reached() const;
  /// "reached", "not reached" with the limit that was declared, or "not measured: ..."
  std::string verdict() const;
};

/// The rows that the programs declared.
std::vector<Row> rows(const Results& results);
Json as_json(const std::vector<Row>& rows);
/// Tables, and how many rows stand where.
std::string as_text(const std::vector<Row>& rows);
std::string as_markdown(const std::vector<Row>& rows);

/// "0.123", "12.3", "1.23e+04".
std::string three_digits(double value);

}  // namespace gronwall::bench
