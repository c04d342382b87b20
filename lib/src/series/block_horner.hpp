#pragma once

#include <cstdint>
#include <vector>

#include <gronwall/linalg/block.hpp>

namespace gronwall::series {

/// Polynomials around equidistant nodes: that of node m is
///
///     p(tau) = 2^{-28 limbs} sum_k c_{m,k} tau^k,      c_{m,k} integers of digits[k] balanced digits,
///
/// for tau = y - m, y the argument in units of the distance of two nodes.
struct NodeTable {
  static constexpr int most_limbs = 128;
  /// Where all `limbs` digits are in use, the highest may have so many more bits than 27.
  static constexpr int spare_bits = 3;

  int limbs = 0;  ///< of arguments and values
  /// Digits of the partial sums p_k = c_k + tau p_{k+1}: digits[0] = limbs, and each is its successor or
  /// one more.
  std::vector<int> digits;
  /// A node's coefficients from the highest order to the lowest, each from its lowest digit on, two
  /// digits a word.
  std::int64_t node_words = 0;
  const std::int64_t* words = nullptr;  ///< those of node 0; node m stands at words + m node_words
};

/// Evaluates the polynomials at `entries` arguments, a multiple of Block::padding: argument i is
/// 2^{index_bits - 28 limbs} sum_l x[l plane + i] 2^{28 l} in units of the nodes' distance, its node is
/// nodes[i], and 0 <= index_bits <= 20. Let |argument - node| <= theta = (1 + 2^-7)/2 and |p_k| <= 2^{28
/// digits[k] - 1} for all tau within theta (2^spare_bits times that where digits[k] = limbs). Then the sum
/// that comes out differs by no more than (theta^0 + theta^1 + ...)(1/2 + 0.26 limbs) units 2^{-28 limbs}
/// from the exact one.
void evaluate_polynomials(const NodeTable& table, const std::int32_t* x, std::int64_t plane, int index_bits,
                          const std::int32_t* nodes, std::int64_t entries, std::int32_t* out,
                          std::int64_t out_plane);

}  // namespace gronwall::series
