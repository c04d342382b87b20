#pragma once

#include <concepts>

#include <gronwall/linalg/matrix.hpp>
#include <gronwall/real/mpfr.hpp>

namespace gronwall::ode {

/// out = x y, rounded once; `out` may be a factor. Operators of MPFR numbers return their result, which is
/// then copied: as much work as the product.
template <real::Floating R>
void set_product(R& out, const R& x, const R& y) {
  if constexpr (std::floating_point<R>)
    out = x * y;
  else
    mpfr_mul(out.backend().data(), x.backend().data(), y.backend().data(), MPFR_RNDN);
}

/// out[i] = sum_k *factors[k] in[k][i], k ascending, for `size` entries; each product and each sum is rounded
/// once. `out` may be one of the inputs. No allocation, in MPFR no copies.
template <real::Floating R>
void add_up(R* out, const R* const* factors, const R* const* in, int terms, Eigen::Index size);

}  // namespace gronwall::ode
