#pragma once

#include <map>
#include <string>
#include <vector>

#include "verify/engine/result.hpp"

namespace gronwall::verify {

/// The verdicts that a version of the suite stands by (reports/expected.json): a record that a run is
/// compared with, never an input to a verdict.
///
///     {"schema": "gronwall-expected/1", "verdicts": {"growth.lemma-17.state.as-stated": "refuted", ...}}
class Expected {
 public:
  /// Throws FormatError, which names the file and the field.
  static Expected read(const std::string& path);
  static Expected of(const std::vector<ClaimResult>& results);
  /// Sets the verdicts of these results, and leaves those of other claims.
  void update(const std::vector<ClaimResult>& results);
  /// Writes the whole file or nothing; throws FormatError.
  void write(const std::string& path) const;

  /// One sentence for every claim whose verdict is another than expected or not expected at all, and, with
  /// `whole_suite`, for every claim expected that is not there.
  std::vector<std::string> disagreements(const std::vector<ClaimResult>& results, bool whole_suite) const;

 private:
  std::map<std::string, std::string> verdicts_;
};

}  // namespace gronwall::verify
