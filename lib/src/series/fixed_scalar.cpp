#include <algorithm>
#include <limits>

#include <gronwall/series/fixed_scalar.hpp>

namespace gronwall::series {

using real::Integer;
using real::Rational;

namespace {

constexpr int limb_bits = 28;
constexpr std::int64_t base = std::int64_t{1} << limb_bits;

/// floor(a/b) for b > 0.
long floor_of(long a, long b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

FixedScalar::FixedScalar(const Rational& x, int count) {
  if (x == 0) return;
  Integer p = numerator(x), q = denominator(x);
  const auto size = [](const Integer& n) { return static_cast<long>(mpz_sizeinbase(n.backend().data(), 2)); };
  // |x| >= 2^bits, and x/2^{28 place} has more than 28 count bits.
  const long bits = size(p) - size(q) - 1;
  place = floor_of(bits, limb_bits) - count;
  if (place > 0)
    q <<= static_cast<unsigned long>(limb_bits * place);
  else
    p <<= static_cast<unsigned long>(-limb_bits * place);
  Integer rest;
  mpz_fdiv_q(rest.backend().data(), p.backend().data(), q.backend().data());
  while (rest != 0) {
    std::int64_t digit = static_cast<std::int64_t>(mpz_fdiv_ui(rest.backend().data(), base));
    if (digit >= base / 2) digit -= base;
    rest -= digit;
    mpz_fdiv_q_2exp(rest.backend().data(), rest.backend().data(), limb_bits);
    if (digit == 0 && digits.empty())
      ++place;
    else
      digits.push_back(static_cast<std::int32_t>(digit));
  }
}

FixedScalar FixedScalar::reciprocal(int k, int count) {
  FixedScalar out;
  out.place = -count;
  out.digits.resize(static_cast<std::size_t>(count) + 1);
  std::int64_t rest = 1;  // long division, from the highest digit on
  for (std::size_t m = out.digits.size(); m-- > 0; rest = rest % k * base)
    out.digits[m] = static_cast<std::int32_t>(rest / k);
  for (std::size_t m = 0; m + 1 < out.digits.size(); ++m)
    if (out.digits[m] >= base / 2) {
      out.digits[m] -= static_cast<std::int32_t>(base);
      ++out.digits[m + 1];
    }
  while (out.digits.back() == 0) out.digits.pop_back();
  return out;
}

FixedScalar FixedScalar::shifted(long bits) const {
  FixedScalar out;
  const long places = floor_of(bits, limb_bits), rest = bits - limb_bits * places;
  out.place = place + places;
  std::int64_t carry = 0;
  for (const std::int32_t digit : digits) {
    const std::int64_t sum = (std::int64_t{digit} << rest) + carry;
    carry = (sum + base / 2) >> limb_bits;
    out.digits.push_back(static_cast<std::int32_t>(sum - (carry << limb_bits)));
  }
  if (carry != 0) out.digits.push_back(static_cast<std::int32_t>(carry));
  return out;
}

long FixedScalar::log2_above() const {
  if (digits.empty()) return std::numeric_limits<long>::min() / 4;
  std::int64_t top = std::abs(std::int64_t{digits.back()}) + (digits.size() > 1 ? 1 : 0);
  long bits = limb_bits * (place + static_cast<long>(digits.size()) - 1);
  for (; top > 1; top = (top + 1) / 2) ++bits;
  return bits;
}

template <real::Floating R>
Rational exact(const R& x) {
  if constexpr (std::is_same_v<R, double>) {
    return Rational(x);
  } else {
    Rational out;
    mpfr_get_q(out.backend().data(), x.backend().data());
    return out;
  }
}

#define GRONWALL_INSTANTIATE(...) template Rational exact<__VA_ARGS__>(const __VA_ARGS__&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)
#undef GRONWALL_INSTANTIATE

}  // namespace gronwall::series
