#pragma once

#include <optional>
#include <string>

#include "verify/engine/result.hpp"

namespace gronwall::verify {

/// A finding in a file of its own: what `replay` takes.
///
///     {"schema": "gronwall-case/1", "claim": "growth.lemma-17...", "finding": {"inputs": ..., "judgement":
///     ...}}
struct CaseFile {
  std::string claim;
  Finding finding;
  /// From a certificate, of which the finding has the inputs alone: what it says, and of which statement.
  std::optional<Verdict> certified{};
  std::string statement{};
};

/// Writes the whole file or nothing; throws FormatError.
void write_case(const CaseFile& file, const std::string& path);

/// From such a file, from a certificate, or from a report.json: the counterexample of `claim`, or its
/// tightest case where it has none. Throws FormatError, which names the file and what is missing from it.
CaseFile read_case(const std::string& path, const std::optional<std::string>& claim);

}  // namespace gronwall::verify
