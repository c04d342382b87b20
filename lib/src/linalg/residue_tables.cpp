#include "residue_tables.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

#include <boost/multiprecision/gmp.hpp>
#include <fmt/format.h>

#include <gronwall/real/error.hpp>

namespace gronwall::linalg::detail {

namespace {

using Integer = boost::multiprecision::mpz_int;

bool is_prime(std::int32_t n) {
  for (std::int32_t d = 2; d * d <= n; ++d)
    if (n % d == 0) return false;
  return n > 1;
}

/// x mod p in [-(p-1)/2, (p-1)/2].
std::int32_t balanced(const Integer& x, std::int32_t p) {
  const auto r = static_cast<std::int32_t>(mpz_fdiv_ui(x.backend().data(), static_cast<unsigned long>(p)));
  return r > p / 2 ? r - p : r;
}

std::int32_t inverse_modulo(const Integer& x, std::int32_t p) {
  Integer out;
  const Integer modulus(p);
  mpz_invert(out.backend().data(), x.backend().data(), modulus.backend().data());
  return balanced(out, p);
}

/// The lowest `places` balanced digits of x to the base 2^14: in [-2^13, 2^13).
std::vector<std::int32_t> balanced_digits(Integer x, int places) {
  constexpr std::int32_t base = 1 << ResidueTables::half_bits;
  std::vector<std::int32_t> out;
  for (int d = 0; d < places; ++d) {
    const auto low = static_cast<std::int32_t>(mpz_fdiv_ui(x.backend().data(), base));
    out.push_back(low >= base / 2 ? low - base : low);
    x -= out.back();
    mpz_fdiv_q_2exp(x.backend().data(), x.backend().data(), ResidueTables::half_bits);
  }
  return out;
}

}  // namespace

ResidueTables::ResidueTables(int limbs_asked, Block::Index inner) : limbs(limbs_asked) {
  if (limbs < 1 || limbs > most_limbs || inner < 0 || inner > (Block::Index{1} << 20))
    throw DomainError(fmt::format(
        "A product of blocks of {} limbs (1 to {}) and inner dimension {} (at most 2^20) was asked for.",
        limbs, most_limbs, inner));

  const Integer bound = Integer(std::max<Block::Index>(inner, 1)) << (2 * Block::limb_bits * limbs + 1);
  Integer M(1);
  for (std::int32_t p = (1 << 12) - 1; M < bound; --p)
    if (is_prime(p) && std::int64_t{p} * p * (256 + limbs) < (std::int64_t{1} << 32)) {
      primes.push_back(p);
      inverses.push_back(1.0F / static_cast<float>(p));
      M *= p;
    }
  count = static_cast<int>(primes.size());
  pairs = count / 2 + 1;
  // |X| <= inner 2^(56 limbs - 2) (1 + 2^-25) < bound/4.
  places = static_cast<int>(mpz_sizeinbase(bound.backend().data(), 2)) / half_bits + 1;

  // Digits of the weights, in columns: count of them, then perhaps nothing, then -M's.
  std::vector<std::vector<std::int32_t>> digits;
  for (const std::int32_t p : primes) {
    const Integer weight = M / p;
    digits.push_back(balanced_digits(weight, places));
    const Integer inverse(inverse_modulo(weight, p));
    for (int l = 0; l < limbs; ++l) {
      const Integer low = Integer(1) << (Block::limb_bits * l), high = low << half_bits;
      powers.push_back(pair_up(balanced(low, p), balanced(high, p)));
      left_powers.push_back(pair_up(balanced(low * inverse, p), balanced(high * inverse, p)));
    }
  }
  digits.push_back(balanced_digits(-M, places));
  digits.resize(static_cast<std::size_t>(2 * pairs),
                std::vector<std::int32_t>(static_cast<std::size_t>(places)));
  for (std::size_t d = 0; d < static_cast<std::size_t>(places); ++d) {
    // |c_p| <= p/2 + 2^9 <= 3 p/4, so |q| <= 3 count/4 + 1; a carry is at most 2^17 + 1; 2^13 is added to
    // round.
    std::int64_t largest =
        (3 * count / 4 + 2) * std::abs(std::int64_t{digits[static_cast<std::size_t>(count)][d]}) +
        (std::int64_t{1} << 18);
    for (std::size_t i = 0; i < primes.size(); ++i)
      largest += std::abs(std::int64_t{digits[i][d]}) * (primes[i] / 2 + (1 << 9));
    if (largest > std::numeric_limits<std::int32_t>::max() || primes.back() < (1 << 11))
      throw Error(fmt::format("Sums of digits overflow in products of blocks of {} limbs.", limbs));
    for (std::size_t i = 0; i < digits.size(); i += 2)
      weights.push_back(pair_up(digits[i][d], digits[i + 1][d]));
  }

  std::vector<std::int32_t> nearest(static_cast<std::size_t>(2 * pairs));
  for (std::size_t i = 0; i < primes.size(); ++i) nearest[i] = ((2 << reciprocal_bits) / primes[i] + 1) / 2;
  for (std::size_t i = 0; i < nearest.size(); i += 2)
    reciprocals.push_back(pair_up(nearest[i], nearest[i + 1]));
}

std::shared_ptr<const ResidueTables> residue_tables(int limbs, Block::Index inner) {
  // One table for all inner dimensions between two powers of two.
  Block::Index rounded = 1;
  while (rounded < inner) rounded *= 2;
  static std::mutex mutex;
  static std::map<std::pair<int, Block::Index>, std::shared_ptr<const ResidueTables>> made;
  const std::lock_guard<std::mutex> lock(mutex);
  std::shared_ptr<const ResidueTables>& out = made[{limbs, rounded}];
  if (!out) out = std::make_shared<const ResidueTables>(limbs, rounded);
  return out;
}

}  // namespace gronwall::linalg::detail
