#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "normal.hpp"
#include "variants.hpp"

// The normal distribution in double, in one pass that compilers make vectors of: SLEEF's erfc takes longer
// than the C library's.
//
// With t = |x|, Phi(-t) = e^{-t^2/2} w F(w), w = 1/(1 + t/4), where F is smooth on w in [1/11, 1], t <= 40: a
// polynomial of degree 23 in w - 35/64, interpolated in Chebyshev's nodes, is within 3e-17 of it, relatively,
// and one of degree 10 within 2e-19 in the exponential (both with their coefficients rounded, checked at 80
// digits). What most steps round off is carried along; the last but one step of Horner's rule is not, and
// counts for a unit and a half just below Phi = 1/2. lib/test/activation/vector_kernel_test.cpp measures both
// results.
//
// Multiplications and additions are fused where it says so and nowhere else matters: widths agree bit for
// bit.
namespace gronwall::activation::vector {

namespace {

/// Of w F(w), by powers of w - 35/64, the lowest first.
constexpr std::array<double, 24> tail_coefficients = {
    0x1.a1b54fc17db37p-3, 0x1.5f0796d454ce0p-2,  0x1.c577b7dcd6b0bp-2,   0x1.ad9cbb8a4b4adp-2,
    0x1.03cb2e1a90436p-2, 0x1.5ab3a6aea7c38p-5,  -0x1.26fe83db3b487p-4,  -0x1.7e68003ae2582p-5,
    0x1.5290180d14d86p-6, 0x1.be317f972690dp-6,  -0x1.316d1239f9c70p-7,  -0x1.006991d0856fdp-6,
    0x1.dbc13d014665dp-8, 0x1.208774645c5f8p-7,  -0x1.cbfa698a7eec9p-8,  -0x1.05f47dc8fa2bap-8,
    0x1.adc17d91e6891p-8, 0x1.13816692566acp-12, -0x1.55fd7e4c9449ep-8,  0x1.28143262f2b92p-9,
    0x1.945a25dc76f68p-9, -0x1.794930adf19fap-9, -0x1.05eec3d9e22dcp-10, 0x1.8d587b432f065p-10};
/// What rounding took from the first.
constexpr double tail_rest = -0x1.97362b537077dp-57;
/// Of F', to 0.0006.
constexpr std::array<double, 5> slope_coefficients = {0.34281, 0.890911, 1.26183, 0.911403, 0.141411};
/// Of (e^h - 1 - h)/h^2, |h| <= log(2)/2.
constexpr std::array<double, 11> exponential_coefficients = {
    0x1.0000000000000p-1,  0x1.5555555555557p-3,  0x1.5555555555556p-5,  0x1.11111111100bep-7,
    0x1.6c16c16c162c3p-10, 0x1.a01a01abf85abp-13, 0x1.a01a01a6e1e2ap-16, 0x1.71de01fdbf9cap-19,
    0x1.27e4db46cddd1p-22, 0x1.af4e554377204p-26, 0x1.1f7340dbc337ep-29};

#define GRONWALL_INLINE inline __attribute__((always_inline))

/// Horner's rule for sum_k c[k + from] x^k, without a loop, of which compilers would not make vectors.
template <std::size_t from, std::size_t count>
GRONWALL_INLINE double polynomial(const std::array<double, count>& c, double x) {
  if constexpr (from + 1 == count)
    return c[from];
  else
    return __builtin_fma(polynomial<from + 1>(c, x), x, c[from]);
}

/// 2^-n for 0 <= n < 1023.
GRONWALL_INLINE double power_of_half(std::uint64_t n) { return std::bit_cast<double>((1023 - n) << 52); }

/// A number as high + low, |low| being some units of high at most.
struct Pair {
  double high, low;
};

/// e^{-t^2/2} 2^n for the n that makes it a number about 1.
GRONWALL_INLINE Pair scaled_bell(double t, std::uint64_t& n) {
  constexpr double log2_e = 0x1.71547652b82fep+0, to_integer = 0x1.8p+52;
  constexpr double log_2 = 0x1.62e42fefa3000p-1, log_2_rest = 0x1.3de6af278ece6p-42;  // n log_2 is exact
  const double square = t * t, square_rest = __builtin_fma(t, t, -square);
  const double shifted = __builtin_fma(square, 0.5 * log2_e, to_integer), k = shifted - to_integer;
  n = std::bit_cast<std::uint64_t>(shifted) - std::bit_cast<std::uint64_t>(to_integer);
  const double coarse = __builtin_fma(k, log_2, -0.5 * square);
  const double h = __builtin_fma(k, log_2_rest, coarse);
  const double h_rest = __builtin_fma(k, log_2_rest, coarse - h) - 0.5 * square_rest;
  const double above_1 = __builtin_fma(h * h, polynomial<0>(exponential_coefficients, h), h);
  const double high = 1 + above_1;
  return {high, __builtin_fma(high, h_rest, above_1 - (high - 1))};
}

/// Phi(-t) e^{t^2/2}.
GRONWALL_INLINE Pair mills_ratio(double t) {
  const double u = __builtin_fma(t, 0.25, 1.0), from_t = u - 1;
  const double u_rest = (1 - (u - from_t)) + __builtin_fma(t, 0.25, -from_t);
  const double w = 1 / u, w_rest = w * (__builtin_fma(-u, w, 1.0) - u_rest * w);
  const double s = w - 0.546875;
  const double rest = polynomial<1>(tail_coefficients, s);
  const double f = __builtin_fma(s, rest, tail_coefficients[0]);
  const double f_rest = __builtin_fma(s, rest, tail_coefficients[0] - f) + tail_rest +
                        w_rest * polynomial<0>(slope_coefficients, s);
  const double high = f * w;
  return {high, __builtin_fma(f, w, -high) + __builtin_fma(f_rest, w, f * w_rest)};
}

GRONWALL_INLINE void normal_at(double x, double& distribution, double& bell) {
  const double size = std::abs(x), t = size > 40 ? 40.0 : size;  // NaN stays
  std::uint64_t n = 0;
  const Pair e = scaled_bell(t, n), m = mills_ratio(t);
  const double first = power_of_half(n >> 1), second = power_of_half(n - (n >> 1));
  const double tail = e.high * m.high;
  const double tail_rest_too =
      __builtin_fma(e.high, m.high, -tail) + __builtin_fma(e.high, m.low, e.low * m.high);
  const double low = tail * first * second, low_rest = tail_rest_too * first * second;
  const double high = 1 - low, high_rest = ((1 - high) - low) - low_rest;
  bell = (e.high + e.low) * first * second;
  const double left = (tail + tail_rest_too) * first * second, right = high + high_rest;
  distribution = x < 0 ? left : right;
}

#undef GRONWALL_INLINE

void normal_plain(const double* x, double* distribution, double* bell, Index size) {
  for (Index k = 0; k < size; ++k) {
    const double at = x[k];  // which may be overwritten
    distribution[k] = normal::rounded_distribution<double>(normal::moderate(at));
    bell[k] = normal::rounded_exp_minus_square<double>(normal::moderate(at), 2);
  }
}

#if defined(__x86_64__)
// Through a piece of memory of their own, so that compilers need not ask what overlaps.
template <class Loop>
void normal_in_pieces(const double* x, double* distribution, double* bell, Index size, Loop loop) {
  in_pieces(size, [&](Index first, Index length) {
    Row at, phi, e;
    std::copy_n(x + first, length, at.data());
    loop(at.data(), phi.data(), e.data(), length);
    std::copy_n(phi.data(), length, distribution + first);
    std::copy_n(e.data(), length, bell + first);
  });
}
GRONWALL_AVX2 void loop_avx2(const double* __restrict x, double* __restrict distribution,
                             double* __restrict bell, Index size) {
  for (Index k = 0; k < size; ++k) normal_at(x[k], distribution[k], bell[k]);
}
GRONWALL_AVX512 void loop_avx512(const double* __restrict x, double* __restrict distribution,
                                 double* __restrict bell, Index size) {
  for (Index k = 0; k < size; ++k) normal_at(x[k], distribution[k], bell[k]);
}
void normal_avx2(const double* x, double* distribution, double* bell, Index size) {
  normal_in_pieces(x, distribution, bell, size, loop_avx2);
}
void normal_avx512(const double* x, double* distribution, double* bell, Index size) {
  normal_in_pieces(x, distribution, bell, size, loop_avx512);
}
#endif

}  // namespace

void normal(const double* x, double* distribution, double* bell, Index size) {
  using Loop = void (*)(const double*, double*, double*, Index);
#if defined(__x86_64__)
  constexpr Variants<Loop> variants{normal_plain, normal_avx2, normal_avx512};
#else
  constexpr Variants<Loop> variants{normal_plain, normal_plain, normal_plain};
#endif
  variants.best()(x, distribution, bell, size);
}

}  // namespace gronwall::activation::vector
