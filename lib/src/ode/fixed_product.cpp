#include "fixed_product.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <gronwall/real/error.hpp>

namespace gronwall::ode {

namespace {

__extension__ using Wide = __int128;

/// Exponents of x beyond this are left to balls.
constexpr long largest_exponent = 1L << 30;

/// e with |x| < 2^e for the midpoint of x other than 0; none for exponents of many digits.
std::optional<long> exponent(const Ball& x) {
  const fmpz* e = ARF_EXPREF(arb_midref(x.raw()));
  if (COEFF_IS_MPZ(*e)) return std::nullopt;
  if (*e > largest_exponent || *e < -largest_exponent) return std::nullopt;
  return *e;
}

/// The midpoint of x over 2^unit, where its modulus is below 2^61 times that, to 5/8: half from rounding the
/// 64 leading bits, of which at least three are dropped, and at most an eighth from those behind them.
std::int64_t digits(const Ball& x, long exponent, long unit) {
  mp_srcptr limbs = nullptr;
  mp_size_t count = 0;
  ARF_GET_MPN_READONLY(limbs, count, arb_midref(x.raw()));
  const long dropped = 64 - (exponent - unit);
  if (dropped > 64) return 0;
  const std::uint64_t leading = limbs[count - 1];
  const std::uint64_t rounded = ((leading >> (dropped - 1)) + 1) >> 1;
  const auto size = static_cast<std::int64_t>(rounded);
  return ARF_SGNBIT(arb_midref(x.raw())) != 0 ? -size : size;
}

Bound power_of_two(long exponent) {
  Bound out(1.0);
  mag_mul_2exp_si(out.raw(), out.raw(), exponent);
  return out;
}

Wide inner_product(const std::int64_t* x, const std::int64_t* y, Eigen::Index n) {
  Wide sum = 0;
  for (Eigen::Index k = 0; k < n; ++k) sum += static_cast<Wide>(x[k]) * y[k];
  return sum;
}

/// x becomes sum 2^unit.
void set(Ball& x, Wide sum, long unit) {
  const bool negative = sum < 0;
  // Of modulus at most 2^126, so that -sum does not overflow.
  const Wide size = negative ? -sum : sum;
  mag_zero(arb_radref(x.raw()));
  arf_set_ui_2exp_si(arb_midref(x.raw()), static_cast<std::uint64_t>(size >> 64), 64);
  if (size >> 64 == 0)
    arf_set_ui(arb_midref(x.raw()), static_cast<std::uint64_t>(size));
  else
    arf_add_ui(arb_midref(x.raw()), arb_midref(x.raw()), static_cast<std::uint64_t>(size), ARF_PREC_EXACT,
               ARF_RND_DOWN);
  if (negative) arf_neg(arb_midref(x.raw()), arb_midref(x.raw()));
  arf_mul_2exp_si(arb_midref(x.raw()), arb_midref(x.raw()), unit);
}

}  // namespace

FixedMatrix::FixedMatrix(const ExactMatrix& w)
    : n_(w.rows()),
      // At most 61, so that `digits` drops three bits or more.
      bits_(std::min(61, (126 - static_cast<int>(std::bit_width(static_cast<std::size_t>(w.cols())))) / 2)),
      digits_(static_cast<std::size_t>(w.size())),
      units_(static_cast<std::size_t>(w.rows())) {
  if (!w.allFinite() || w.size() == 0 || w.rows() != w.cols())
    throw DomainError("Fixed point needs a square matrix with finite entries.");
  Bound squares;
  for (Eigen::Index i = 0; i < n_; ++i) {
    const double largest = w.row(i).cwiseAbs().maxCoeff();
    const int unit = largest == 0 ? 0 : std::ilogb(largest) + 1 - bits_;
    units_[static_cast<std::size_t>(i)] = unit;
    for (Eigen::Index k = 0; k < n_; ++k) {
      const double scaled = std::ldexp(w(i, k), -unit), rounded = std::nearbyint(scaled);
      digits_[static_cast<std::size_t>(i * n_ + k)] = static_cast<std::int64_t>(rounded);
      // The difference is exact, and so is `scaled` unless it lies below the normal numbers.
      const Bound lost =
          rounded == 0 ? Bound(std::abs(w(i, k))) : Bound(std::abs(scaled - rounded)) * power_of_two(unit);
      squares.add_product(lost, lost);
    }
  }
  rounding_ = real::sqrt(squares);
}

std::optional<FixedMatrix::Error> FixedMatrix::multiply(const Ball* x, Ball* out) const {
  std::optional<long> top;
  Error error;
  for (Eigen::Index k = 0; k < n_; ++k) {
    if (!x[k].known()) return std::nullopt;
    mag_addmul(error.rounded.raw(), arb_radref(x[k].raw()), arb_radref(x[k].raw()));
    if (arf_is_zero(arb_midref(x[k].raw())) != 0) continue;
    const std::optional<long> e = exponent(x[k]);
    if (!e) return std::nullopt;
    top = std::max(top.value_or(*e), *e);
  }
  error.rounded = real::sqrt(error.rounded);
  if (!top) {
    std::fill(out, out + n_, Ball());
    return error;
  }
  const long unit = *top - bits_;
  std::vector<std::int64_t> fixed(static_cast<std::size_t>(n_));
  for (Eigen::Index k = 0; k < n_; ++k)
    if (arf_is_zero(arb_midref(x[k].raw())) == 0)
      fixed[static_cast<std::size_t>(k)] = digits(x[k], *exponent(x[k]), unit);
  for (Eigen::Index i = 0; i < n_; ++i)
    set(out[i], inner_product(digits_.data() + i * n_, fixed.data(), n_),
        units_[static_cast<std::size_t>(i)] + unit);

  const Bound each = Bound(0.625) * power_of_two(unit);
  error.rounded += real::sqrt(Bound(static_cast<double>(n_))) * each;
  error.size = real::norm_bound(x, n_) + error.rounded;
  return error;
}

}  // namespace gronwall::ode
