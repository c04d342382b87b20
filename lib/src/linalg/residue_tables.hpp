#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <gronwall/linalg/block_product.hpp>

#include "aligned.hpp"

namespace gronwall::linalg::detail {

/// Two 16-bit numbers in one 32-bit one, as the multiply-add-pairs instructions read them: `low` first.
constexpr std::int32_t pair_up(std::int32_t low, std::int32_t high) {
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(high) << 16) |
                                   (static_cast<std::uint32_t>(low) & 0xffffU));
}

/// What the residue product of numbers of `limbs` digits of 28 bits needs to know in advance.
///
/// An operand's integer has balanced digits, |x| <= 2^(28 limbs - 1) (1 + 2^-27); so a sum X of `inner`
/// products of two has |X| <= inner 2^(56 limbs - 2) (1 + 2^-25). The moduli are primes below 2^12, as many
/// that their product M is at least inner 2^(56 limbs + 1), hence
///
///     |X| < M/7.
///
/// All else is a dot product of 16-bit numbers accumulated in 32 bits, reduced by a quotient found in float:
/// that leaves |r| <= p/2 + |x| 2^-22 of a sum x (`Modulus::reduce`).
///
///  - Residues of an operand, from its digits of 14 bits (|digit| <= 2^13) and the powers of 2^14 modulo p,
///    balanced (at most p/2): |x| <= limbs 2^13 p < 2^31, hence |r| <= (1/2 + limbs/512) p. The left
///    operand's are then balanced exactly.
///  - The product, reduced after each `chunk` = 512 terms: |x| <= 512 (p/2) (1/2 + limbs/512) p, which is
///    less than 2^31 for p^2 (1 + limbs/256) < 2^24. The primes are the largest ones below that.
///  - The Chinese remainder theorem. With W_p = M/p and c_p congruent to X W_p^-1 modulo p,
///    X = sum_p c_p W_p - q M for some integer q: the sum of the c_p / p is q + X/M. The factor W_p^-1 is
///    multiplied into the left residues beforehand (`left_powers`), so that the product yields the c_p, with
///    |c_p| <= p/2 + 2^9. Rounding 2^22/p to integers costs |c_p|/2 each, 2^-12 count in all < 1/8 after
///    division by 2^22 (count < 400), and |X/M| + 1/8 < 1/2: the rounded sum is q. Then each digit of X is a
///    dot product of the c_p and q with the digits of the W_p and of -M, up to carries; that these sums stay
///    below 2^31 is verified from the digits themselves when the tables are made.
struct ResidueTables {
  /// Throws DomainError unless 1 <= limbs <= `most_limbs` and 0 <= inner <= 2^20.
  ResidueTables(int limbs, Block::Index inner);

  static constexpr int most_limbs = BlockMatrix::most_limbs;
  static constexpr Block::Index chunk = 512;
  static constexpr int half_bits = Block::limb_bits / 2;
  static constexpr int reciprocal_bits = 22;

  int limbs;
  int count;   ///< of the moduli
  int pairs;   ///< of the moduli and the quotient q, which stands behind them
  int places;  ///< of X in digits of 14 bits: |X| < 2^(14 places - 1)
  std::vector<std::int32_t> primes;
  std::vector<float> inverses;        ///< 1/p
  Aligned<std::int32_t> powers;       ///< count x limbs: 2^(28 l) and 2^(28 l + 14) mod p
  Aligned<std::int32_t> left_powers;  ///< the same times W_p^-1
  Aligned<std::int32_t> weights;      ///< places x pairs: a digit of W_p for two p, at the end -M's
  Aligned<std::int32_t> reciprocals;  ///< pairs: 2^22/p for two p, to nearest; 0 for q
};

/// The tables, made once for each `limbs` and size of `inner`. Safe to call from several threads.
std::shared_ptr<const ResidueTables> residue_tables(int limbs, Block::Index inner);

}  // namespace gronwall::linalg::detail
