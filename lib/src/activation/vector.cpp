#include "vector.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include "variants.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace gronwall::activation::vector {

namespace {

template <auto f>
void one_by_one(const double* x, double* out, Index size) {
  for (Index k = 0; k < size; ++k) out[k] = f(x[k]);
}

using Unary = Variants<void (*)(const double*, double*, Index)>;
using Ternary = Variants<void (*)(const double*, const double*, const double*, double*, Index)>;

#if defined(__x86_64__)

// sleef.h declares them only where the whole file is compiled for the processor. "finz": with fused
// multiply-adds, the same results in each width.
extern "C" {
#define GRONWALL_DECLARE(name, ulp)                   \
  __m256d Sleef_finz_##name##d4_##ulp##avx2(__m256d); \
  __m512d Sleef_finz_##name##d8_##ulp##avx512f(__m512d);
GRONWALL_DECLARE(tanh, u10)
GRONWALL_DECLARE(exp, u10)
GRONWALL_DECLARE(log1p, u10)
GRONWALL_DECLARE(erf, u10)
GRONWALL_DECLARE(erfc, u15)
GRONWALL_DECLARE(sin, u10)
GRONWALL_DECLARE(cos, u10)
GRONWALL_DECLARE(atan, u10)
#undef GRONWALL_DECLARE
}

/// What is left of a row takes part in a vector whose other lanes are 0.
template <auto f>
GRONWALL_AVX2 void four_lanes(const double* x, double* out, Index size) {
  Index k = 0;
  for (; k + 4 <= size; k += 4) _mm256_storeu_pd(out + k, f(_mm256_loadu_pd(x + k)));
  std::array<double, 4> rest{};
  for (Index i = k; i < size; ++i) rest[static_cast<std::size_t>(i - k)] = x[i];
  if (k < size) _mm256_storeu_pd(rest.data(), f(_mm256_loadu_pd(rest.data())));
  for (Index i = k; i < size; ++i) out[i] = rest[static_cast<std::size_t>(i - k)];
}

template <auto f>
GRONWALL_AVX512 void eight_lanes(const double* x, double* out, Index size) {
  Index k = 0;
  for (; k + 8 <= size; k += 8) _mm512_storeu_pd(out + k, f(_mm512_loadu_pd(x + k)));
  if (k == size) return;
  const __mmask8 rest = static_cast<__mmask8>((1U << (size - k)) - 1U);
  _mm512_mask_storeu_pd(out + k, rest, f(_mm512_maskz_loadu_pd(rest, x + k)));
}

// The compiler makes vectors of these.
GRONWALL_AVX2 void fused_avx2(const double* x, const double* y, const double* z, double* out, Index size) {
  for (Index k = 0; k < size; ++k) out[k] = __builtin_fma(x[k], y[k], -z[k]);
}
GRONWALL_AVX512 void fused_avx512(const double* x, const double* y, const double* z, double* out,
                                  Index size) {
  for (Index k = 0; k < size; ++k) out[k] = __builtin_fma(x[k], y[k], -z[k]);
}

#define GRONWALL_VARIANTS(name, ulp)                                         \
  {                                                                          \
    one_by_one<plain_##name>, four_lanes<Sleef_finz_##name##d4_##ulp##avx2>, \
        eight_lanes<Sleef_finz_##name##d8_##ulp##avx512f>                    \
  }
#else
#define GRONWALL_VARIANTS(name, ulp) \
  { one_by_one<plain_##name>, one_by_one<plain_##name>, one_by_one<plain_##name> }
#endif

void fused_plain(const double* x, const double* y, const double* z, double* out, Index size) {
  for (Index k = 0; k < size; ++k) out[k] = std::fma(x[k], y[k], -z[k]);
}

}  // namespace

#define GRONWALL_FUNCTION(name, ulp)                              \
  namespace {                                                     \
  double plain_##name(double x) { return std::name(x); }          \
  constexpr Unary name##_variants = GRONWALL_VARIANTS(name, ulp); \
  }                                                               \
  void name(const double* x, double* out, Index size) { name##_variants.best()(x, out, size); }
GRONWALL_FUNCTION(tanh, u10)
GRONWALL_FUNCTION(exp, u10)
GRONWALL_FUNCTION(log1p, u10)
GRONWALL_FUNCTION(erf, u10)
GRONWALL_FUNCTION(erfc, u15)
GRONWALL_FUNCTION(sin, u10)
GRONWALL_FUNCTION(cos, u10)
GRONWALL_FUNCTION(atan, u10)

void multiply_subtract(const double* x, const double* y, const double* z, double* out, Index size) {
#if defined(__x86_64__)
  constexpr Ternary variants{fused_plain, fused_avx2, fused_avx512};
#else
  constexpr Ternary variants{fused_plain, fused_plain, fused_plain};
#endif
  variants.best()(x, y, z, out, size);
}

}  // namespace gronwall::activation::vector
