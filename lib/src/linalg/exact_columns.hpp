#pragma once

#include <cstdint>
#include <functional>

#include <gronwall/linalg/block_product.hpp>

namespace gronwall::linalg::detail {

/// A column of integers in balanced digits of 14 bits: entry i is sum_d at[d stride + i] 2^(14 d), d <
/// places.
struct HalfDigits {
  const std::int32_t* at;
  Block::Index stride;
  int places;
};
using TakeDigits = std::function<void(Block::Index column, const HalfDigits& digits)>;

/// W b without rounding, column by column: entry (i, j) in units of
/// 2^(w.row_exponent(i) + b.exponent(j) - 56 w.limbs()). Throws DomainError where inner dimensions differ.
void exact_columns(const BlockMatrix& w, const Block& b, const TakeDigits& take);

}  // namespace gronwall::linalg::detail
