#pragma once

#include <gronwall/real/functions.hpp>

/// How a formula is evaluated on balls. In floating point each of these just evaluates it; on a ball it uses
/// what is known of the shape of the function, so that a wide argument does not blow up because it stands
/// several times in the formula.
namespace gronwall::activation {

using real::Real;

/// Nothing is known of f(x) where nothing is known of x: the ball that says so, though f may be bounded.
template <Real R, class F>
R where_known(const R& x, const F& f) {
  if constexpr (real::Enclosing<R>) {
    if (!x.known()) return R(1) / R(0);
  }
  return f(x);
}

/// f(x) for a function that is monotone on the whole line, in either direction: on a ball the hull of its
/// values at the two ends.
template <Real R, class F>
R monotone(const R& x, const F& f) {
  if constexpr (real::Enclosing<R>) {
    if (!x.known() || x.exact()) return where_known(x, f);
    return f(x.lower()).hull(f(x.upper()));
  } else {
    return f(x);
  }
}

/// f(|x|) for a function that is monotone on [0, infinity).
template <Real R, class F>
R monotone_in_modulus(const R& x, const F& f) {
  using real::abs;
  if constexpr (real::Enclosing<R>) {
    if (!x.known() || x.exact()) return where_known(R(abs(x)), f);
    return f(x.least_modulus()).hull(f(x.largest_modulus()));
  } else {
    return f(R(abs(x)));
  }
}

/// left(x) for x < 0, else right(x). On a ball that reaches 0 from either side both apply, and the result is
/// their hull: left and right must each enclose on the whole ball.
template <Real R, class Left, class Right>
R by_sign(const R& x, const Left& left, const Right& right) {
  if constexpr (real::Enclosing<R>) {
    if (arb_is_negative(x.raw()) != 0) return left(x);
    if (arb_is_positive(x.raw()) != 0) return right(x);
    return where_known(x, [&](const R& y) { return R(left(y)).hull(right(y)); });
  } else {
    return x < 0 ? R(left(x)) : R(right(x));
  }
}

/// A value that is known to lie in [-bound(), bound()]: on a wide ball the part of the enclosure that does.
template <Real R, class Bound>
R within(const R& value, const Bound& bound) {
  if constexpr (real::Enclosing<R>) {
    if (mag_cmp_2exp_si(arb_radref(value.raw()), -8) < 0 || !value.known()) return value;
    const R most = R(bound()).upper();
    R out;
    // Without a point in common the bound is wrong, and the enclosure stays as it is.
    return arb_intersection(out.raw(), value.raw(), (-most).hull(most).raw(), real::working_bits()) != 0
               ? out
               : value;
  } else {
    return value;
  }
}

/// Whether x < 0; of a ball, whether its midpoint is. Only for choosing between two formulas of the same
/// number.
template <Real R>
bool leans_left(const R& x) {
  if constexpr (real::Enclosing<R>)
    return arf_sgn(arb_midref(x.raw())) < 0;
  else
    return x < 0;
}

}  // namespace gronwall::activation
