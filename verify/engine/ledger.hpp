#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gronwall::verify {

/// One row of reports/ledger.json: something that the paper says, and that the suite owes a verdict.
struct Row {
  std::string
      id;  ///< "growth.lemma-17.state": the claims of the row are this and whatever begins with it and a dot
  std::string slide;  ///< where the paper says it
  std::string kind;   ///< as `Kind` calls it; several with commas between
};

/// What the paper claims, row by row in its order.
struct Ledger {
  std::vector<Row> rows;

  /// The row of a claim: the longest whose id is the claim's, or begins it before a dot. nullptr for none.
  const Row* of(std::string_view claim_id) const;
  /// Place in `rows`.
  std::size_t place(const Row& row) const { return static_cast<std::size_t>(&row - rows.data()); }
};

/// The ledger of reports/ledger.json, which is built into the program. Throws FormatError where it is no
/// ledger.
const Ledger& ledger();
/// `text` as reports/ledger.json has it. Throws FormatError that names `origin` and the field: one that is
/// missing, or of the wrong type, an id that is there twice, or a kind that there is not.
Ledger read_ledger(std::string_view text, const std::string& origin);

}  // namespace gronwall::verify
