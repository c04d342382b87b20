#pragma once

#include <string>

#include "verify/claims/spd/kernel.hpp"

/// What the claims on polynomial activations share. All of it is exact.
namespace gronwall::verify {

/// c_0, ..., c_degree, small integers and halves; the last one may vanish.
template <Real R>
Polynomial any_polynomial(Any<R>& any, long most) {
  const long degree = any.integer("degree", 0, most);
  Polynomial p;
  for (long k = 0; k <= degree; ++k) p.push_back(half_integer(any.integer(numbered("c", k), 0, 8)));
  return p;
}

/// The largest even and the largest odd n with a_n != 0 under unit variance; -1 where there is none.
struct LargestDegrees {
  long even = -1, odd = -1;
};
LargestDegrees largest_degrees(const Polynomial& p);

/// dim of the span of all x -> x^{(n)}, n with a_n != 0, as functions on the sphere of R^d: binomial(n+d-1,
/// d-1) for the largest even n and the same for the largest odd n, added up; nothing for one that is missing.
long rank_bound(const LargestDegrees& n, long d);

/// N x B: the monomials of the largest even and the largest odd degree at the points.
RationalMatrix monomials(const LargestDegrees& n, const Points& x);

/// N points of the sphere of R^d without obvious structure, from two integers.
Points scattered(long n, long d, long a, long b);

}  // namespace gronwall::verify
