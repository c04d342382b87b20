#pragma once

#include <cmath>

#include <boost/math/constants/constants.hpp>

#include <gronwall/real/ball.hpp>
#include <gronwall/real/mpfr.hpp>

/// The elementary functions every backend has, found by argument-dependent look-up or here. Each is
/// accurate to a few units in the last place of *its own* backend: nothing is computed in double
/// and widened.
namespace gronwall::real {

using boost::multiprecision::abs;
using std::abs;
using std::atan;
using std::cos;
using std::erf;
using std::erfc;
using std::exp;
using std::expm1;
using std::log;
using std::log1p;
using std::sin;
using std::sqrt;
using std::tanh;

/// Every backend's number supplies these by argument-dependent look-up; those that Boost would
/// compute by a generic series are sent to MPFR's correctly rounded ones.
#define GRONWALL_MPFR_FUNCTION(f)                                \
  template <unsigned Digits>                                     \
  Mpfr<Digits> f(const Mpfr<Digits>& x) {                        \
    Mpfr<Digits> y;                                              \
    mpfr_##f(y.backend().data(), x.backend().data(), MPFR_RNDN); \
    return y;                                                    \
  }
GRONWALL_MPFR_FUNCTION(erf)
GRONWALL_MPFR_FUNCTION(erfc)
GRONWALL_MPFR_FUNCTION(expm1)
GRONWALL_MPFR_FUNCTION(log1p)
#undef GRONWALL_MPFR_FUNCTION

/// pi, correctly rounded.
template <Real R>
R pi() {
  if constexpr (Enclosing<R>)
    return ball_pi();
  else
    return boost::math::constants::pi<R>();
}

/// x^k for k >= 0 by binary powering: relative error at most about 2 log2(k) + k roundings.
template <class R>
R power(R x, unsigned k) {
  R y(1);
  for (; k != 0; k >>= 1) {
    if ((k & 1U) != 0) y = y * x;
    x = x * x;
  }
  return y;
}

/// max(a, b); a where they are equal.
template <Floating R>
const R& maximum(const R& a, const R& b) {
  return a < b ? b : a;
}

}  // namespace gronwall::real
