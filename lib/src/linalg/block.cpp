#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/multiprecision/gmp.hpp>
#include <fmt/format.h>

#include <gronwall/linalg/block.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::linalg {

namespace {

using Index = Block::Index;
using Integer = boost::multiprecision::mpz_int;

constexpr std::int64_t base = std::int64_t{1} << Block::limb_bits;

/// x = out * 2^exponent, exactly.
long split(const double& x, Integer& out) {
  int exponent = 0;
  out = static_cast<std::int64_t>(std::ldexp(std::frexp(x, &exponent), 53));
  return exponent - 53L;
}
template <unsigned Digits>
long split(const real::Mpfr<Digits>& x, Integer& out) {
  if (mpfr_zero_p(x.backend().data())) return out = 0, 0;
  return mpfr_get_z_2exp(out.backend().data(), x.backend().data());
}

/// x * 2^exponent, rounded to nearest.
void join(double& out, const Integer& x, long exponent) {
  mpfr_t rounded;
  mpfr_init2(rounded, 53);
  mpfr_set_z_2exp(rounded, x.backend().data(), exponent, MPFR_RNDN);
  out = mpfr_get_d(rounded, MPFR_RNDN);
  mpfr_clear(rounded);
}
template <unsigned Digits>
void join(real::Mpfr<Digits>& out, const Integer& x, long exponent) {
  mpfr_set_z_2exp(out.backend().data(), x.backend().data(), exponent, MPFR_RNDN);
}

/// The smallest e with |x| < 2^e; x is not 0.
template <class R>
long exponent_above(const R& x) {
  Integer mantissa;
  const long exponent = split(x, mantissa);
  return exponent + static_cast<long>(mpz_sizeinbase(mantissa.backend().data(), 2));
}

template <unsigned Digits>
long exponent_above(const real::Mpfr<Digits>& x) {
  return mpfr_get_exp(x.backend().data());
}

/// x/2^shift to nearest, ties upwards.
void round_right(Integer& x, unsigned long shift) {
  if (shift == 0) return;
  if (shift > mpz_sizeinbase(x.backend().data(), 2) + 1) return void(x = 0);
  mpz_fdiv_q_2exp(x.backend().data(), x.backend().data(), shift - 1);
  x += 1;
  mpz_fdiv_q_2exp(x.backend().data(), x.backend().data(), 1);
}

/// The balanced digits of x, |x| <= base^limbs/2, into every `step`-th place from `out` on.
void write_digits(const Integer& x, std::int32_t* out, Index step, int limbs,
                  std::vector<std::uint32_t>& work) {
  std::fill(work.begin(), work.end(), 0U);
  std::size_t count = 0;
  mpz_export(work.data(), &count, -1, sizeof(std::uint32_t), 0, 32 - Block::limb_bits, x.backend().data());
  const int sign = mpz_sgn(x.backend().data());
  std::int64_t carry = 0;
  for (int l = 0; l < limbs; ++l) {
    std::int64_t digit = sign * static_cast<std::int64_t>(work[static_cast<std::size_t>(l)]) + carry;
    carry = 0;
    if (l + 1 < limbs && digit >= base / 2) digit -= base, carry = 1;
    if (l + 1 < limbs && digit < -base / 2) digit += base, carry = -1;
    out[l * step] = static_cast<std::int32_t>(digit);
  }
}

/// The integer whose digits stand there.
Integer read_digits(const std::int32_t* in, Index step, int limbs, std::vector<std::uint32_t>& work) {
  int sign = 0;  // that of the highest digit other than 0 decides
  for (int l = limbs; l-- > 0 && sign == 0;) sign = (in[l * step] > 0) - (in[l * step] < 0);
  std::int64_t carry = 0;
  for (int l = 0; l < limbs; ++l) {
    std::int64_t digit = sign * static_cast<std::int64_t>(in[l * step]) + carry;
    carry = digit < 0 ? -1 : 0;
    work[static_cast<std::size_t>(l)] = static_cast<std::uint32_t>(digit - carry * base);
  }
  Integer out;
  mpz_import(out.backend().data(), static_cast<std::size_t>(limbs), -1, sizeof(std::uint32_t), 0,
             32 - Block::limb_bits, work.data());
  return sign < 0 ? Integer(-out) : out;
}

}  // namespace

Block::Block(Index rows, Index cols, int limbs) {
  if (rows < 0 || cols < 0 || limbs < 1)
    throw DomainError(
        fmt::format("A block of {} x {} numbers of {} limbs was asked for.", rows, cols, limbs));
  resize(rows, cols, limbs);
  std::fill(digits_.begin(), digits_.end(), 0);
}

template <real::Floating R>
Block::Block(const Matrix<R>& a, int limbs) : Block(a.rows(), a.cols(), limbs) {
  if (!all_finite<R>(a)) throw DomainError("A block was asked for of entries that are not finite.");
  std::vector<std::uint32_t> work(static_cast<std::size_t>(limbs));
  Integer mantissa;
  for (Index j = 0; j < cols_; ++j) {
    long above = std::numeric_limits<long>::min();
    for (Index i = 0; i < rows_; ++i)
      if (a(i, j) != R(0)) above = std::max(above, exponent_above(a(i, j)));
    if (above == std::numeric_limits<long>::min()) continue;
    set_exponent(j, above + 1);
    for (Index i = 0; i < rows_; ++i) {
      const long shift = split(a(i, j), mantissa) - log2_unit(j);
      if (shift < 0)
        round_right(mantissa, static_cast<unsigned long>(-shift));
      else
        mantissa <<= static_cast<unsigned long>(shift);
      write_digits(mantissa, limb(0, j) + i, plane(), limbs_, work);
    }
  }
}

int Block::limbs_for(long bits) { return static_cast<int>(std::max(1L, (bits + 1 + limb_bits) / limb_bits)); }

void Block::resize(Index rows, Index cols, int limbs) {
  rows_ = rows;
  cols_ = cols;
  limbs_ = limbs;
  stride_ = (rows + padding - 1) / padding * padding;
  digits_.resize(static_cast<std::size_t>(stride_ * cols * limbs));
  exponents_.resize(static_cast<std::size_t>(cols));
}

template <real::Floating R>
void Block::to(Matrix<R>& out) const {
  std::vector<std::uint32_t> work(static_cast<std::size_t>(limbs_));
  out.resize(rows_, cols_);
  for (Index j = 0; j < cols_; ++j)
    for (Index i = 0; i < rows_; ++i)
      join(out(i, j), read_digits(limb(0, j) + i, plane(), limbs_, work), log2_unit(j));
}

double Block::log2_largest(Index column) const {
  double largest = 0;
  int top = limbs_ - 1;
  const auto vanishes = [&](int l) {
    return std::all_of(limb(l, column), limb(l, column) + rows_, [](std::int32_t d) { return d == 0; });
  };
  while (top > 0 && vanishes(top)) --top;
  for (Index i = 0; i < rows_; ++i) {
    double x = 0;
    for (int l = top; l >= std::max(0, top - 2); --l)
      x += std::ldexp(static_cast<double>(limb(l, column)[i]), limb_bits * (l - top));
    largest = std::max(largest, std::abs(x));
  }
  return std::log2(largest) +
         static_cast<double>(exponent(column) + static_cast<long>(limb_bits) * (top - limbs_));
}

#define GRONWALL_INSTANTIATE(...)                         \
  template Block::Block(const Matrix<__VA_ARGS__>&, int); \
  template void Block::to<__VA_ARGS__>(Matrix<__VA_ARGS__>&) const;
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::linalg
