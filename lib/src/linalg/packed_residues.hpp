#pragma once

#include "residue_tables.hpp"

namespace gronwall::linalg::detail {

/// A left operand's residues, times the inverses that the Chinese remainder theorem wants, in the order in
/// which the product reads them: for each modulus, for each panel of 16 rows, for each pair of neighbouring
/// columns k, k + 1, the pairs of these 16 rows. Zeros beyond rows and cols.
struct PackedResidues {
  using Index = Block::Index;
  static constexpr Index panel_rows = 16;

  std::shared_ptr<const ResidueTables> tables;
  Index rows = 0, cols = 0;
  Index panels = 0;  ///< of rows
  Index pairs = 0;   ///< of columns
  Aligned<std::int32_t> residues;
  std::vector<long> exponents;  ///< of the rows
  long largest_exponent = 0;
  /// largest_exponent - exponent of each row (0 for rows of zeros and beyond the last), as 14 drop_places +
  /// drop_bits with drop_bits < 14.
  Aligned<std::int32_t> drop_places, drop_bits;

  const std::int32_t* panel(int modulus, Index p) const {
    return residues.data() + (modulus * panels + p) * pairs * panel_rows;
  }
  std::int32_t* panel(int modulus, Index p) {
    return residues.data() + (modulus * panels + p) * pairs * panel_rows;
  }
};

}  // namespace gronwall::linalg::detail
