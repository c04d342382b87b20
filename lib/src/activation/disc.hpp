#pragma once

#include <algorithm>
#include <optional>

#include <gronwall/activation/registration.hpp>
#include <gronwall/real/interval.hpp>

/// Bounds on complex discs. All of them are of the discs |z - c| <= rho with real centre; z = x + iy
/// throughout.
namespace gronwall::activation::disc {

using real::Interval;

/// The formulas below are for balls and for intervals of doubles, B.
template <class B>
struct Limits {
  B value, derivative, second_derivative;
};
template <>
struct Limits<Ball> : DiscBounds<Ball> {};
template <class B>
using BoundsIn = std::optional<Limits<B>>;
using Bounds = std::optional<DiscBounds<Ball>>;

/// Bits for bounds, which need no more than a few digits.
constexpr long bits = 64;

inline bool positive(const Ball& x) { return arb_is_positive(x.raw()) != 0; }
inline bool positive(const Interval& x) { return x.positive(); }
template <class B>
bool negative(const B& x) {
  return positive(-x);
}
inline Ball pi_like(const Ball&) { return real::ball_pi(); }
inline Interval pi_like(const Interval&) { return real::interval_pi(); }

/// The rectangle left <= x <= right, |y| <= height; exact numbers.
template <class B>
struct Rectangle {
  B left, right, height;
};

/// All discs |z - c| <= rho for an enclosure of centres: covered by `around`; |z| <= modulus.
template <class B>
struct Disc {
  Disc(const B& c, const B& rho)
      : centre(c),
        radius(rho.largest_modulus()),
        around{(c - radius).lower(), (c + radius).upper(), radius},
        modulus(max(around.left.largest_modulus(), around.right.largest_modulus()).upper()) {}
  bool known() const { return around.left.known() && around.right.known(); }

  B centre, radius;
  Rectangle<B> around;
  B modulus;
};

/// The bounds as exact numbers, none where one is not known.
template <class B>
BoundsIn<B> bounds(const B& value, const B& derivative, const B& second_derivative) {
  if (!value.known() || !derivative.known() || !second_derivative.known()) return std::nullopt;
  return Limits<B>{value.upper(), derivative.upper(), second_derivative.upper()};
}

/// What bounds all discs that two bound together.
template <class B>
BoundsIn<B> both(const BoundsIn<B>& a, const BoundsIn<B>& b) {
  if (!a || !b) return std::nullopt;
  return Limits<B>{max(a->value, b->value).upper(), max(a->derivative, b->derivative).upper(),
                   max(a->second_derivative, b->second_derivative).upper()};
}

template <class B>
bool certainly_less(const B& a, const B& b) {
  return less(a, b) == real::Truth::yes;
}

/// The smaller one of two upper bounds.
template <class B>
B smaller(const B& a, const B& b) {
  if (!a.known()) return b;
  return b.known() ? min(a, b) : a;
}

/// The bounds that `find` gives on the disc |z - c| <= rho: in doubles, where |z| <= 2^300 lets no square
/// overflow, else in balls. Both prove what they say; doubles cost a fiftieth.
template <class F>
Bounds in_doubles_or_balls(const Ball& c, const Ball& rho, const F& find) {
  const Disc<Interval> d{Interval(c), Interval(rho)};
  if (d.known() && d.modulus.high() <= 0x1p300) {
    const BoundsIn<Interval> found = find(d);
    if (!found) return std::nullopt;
    return DiscBounds<Ball>{Ball(found->value.high()), Ball(found->derivative.high()),
                            Ball(found->second_derivative.high())};
  }
  const real::Precision guard(bits);
  return find(Disc<Ball>(c, rho));
}

/// Largest value of y^2 - x^2 = -Re z^2 on the disc. On its boundary y^2 = rho^2 - (x - c)^2, so the value is
/// rho^2 - (x - c)^2 - x^2, a parabola in x with its top rho^2 - c^2/2 at x = c/2. That is on the circle
/// where |c| <= 2 rho (and an upper bound anyway); beyond, the nearest point x = |c| - rho is the best. Both
/// decrease in |c| there.
inline Ball largest_minus_square(const Disc<Ball>& d) {
  const Ball c = d.centre.least_modulus();
  if (leq(scaled(d.radius, 1), c) != real::Truth::yes) return d.radius * d.radius - scaled(c * c, -1);
  const Ball nearest = c - d.radius;
  return -(nearest * nearest);
}

/// Whether the rectangle lies in |y| <= height or in |x| >= away.
template <class B>
bool is_within(const Rectangle<B>& q, const B& height, const B& away) {
  return certainly_less(q.height, height) || certainly_less(away, q.left) || certainly_less(q.right, -away);
}

/// Bounds over a disc from bounds over rectangles: of the whole disc if `coarse` says that this is good
/// enough or, cut into vertical strips as narrow as it takes. The strip s <= x <= t lies within |y| <=
/// sqrt(rho^2 - delta^2), delta the distance of the centre from it.
template <class B, class Coarse, class F>
BoundsIn<B> in_strips(const Disc<B>& d, const Coarse& coarse, const F& of_rectangle) {
  if (!d.known()) return std::nullopt;
  if (coarse(d.around)) return of_rectangle(d.around);
  for (const int strips : {8, 64}) {
    const B width = (d.around.right - d.around.left) / strips;
    BoundsIn<B> sum;
    for (int k = 0; k < strips; ++k) {
      // Neighbours share a point: both ends are one enclosure, rounded to either side.
      const B from = k == 0 ? d.around.left : B(d.around.left + k * width).lower();
      const B to = k == strips - 1 ? d.around.right : B(d.around.left + (k + 1) * width).upper();
      const B delta = max(max(B(from - d.centre), B(d.centre - to)), B(0)).lower();
      const B height = sqrt(max(B(d.radius * d.radius - delta * delta), B(0))).upper();
      const BoundsIn<B> here = of_rectangle(Rectangle<B>{from, to, height});
      sum = k == 0 ? here : both<B>(sum, here);
      if (!sum) break;
    }
    if (sum) return sum;
  }
  return std::nullopt;
}

/// Least |x| in the rectangle, at most 2^20 (where every exponential has long met its limit).
template <class B>
B least_real(const Rectangle<B>& q) {
  if (positive(q.left)) return min(q.left, B(1 << 20));
  if (negative(q.right)) return min(-q.right, B(1 << 20));
  return B(0);
}

/// Least value of cos y for |y| <= h.
template <class B>
B least_cosine(const B& h) {
  return certainly_less(h, pi_like(h)) ? real::cos(h) : B(-1);
}

/// |tanh w| and |sech^2 w| on a rectangle of w = x + iy without poles. With A = cosh 2x and B = cos 2y,
/// |tanh w|^2 = (A - B)/(A + B) and |sech^2 w| = 2/(A + B), and the denominator vanishes at poles only. Both
/// decrease in B, so B counts at its least; then sech^2 decreases in A, and tanh decreases in A if B < 0, and
/// is at most 1 if B >= 0. Since the Taylor coefficients of tanh have the moduli of those of tan, |tanh w| <=
/// tan |w| for |w| < pi/2.
template <class B>
struct Hyperbolic {
  B tanh, sech_squared;
  bool bounded = false;
};

template <class B>
Hyperbolic<B> hyperbolic(const Rectangle<B>& q) {
  Hyperbolic<B> out;
  const B a = cosh(scaled(least_real(q), 1)).lower(), b = least_cosine(scaled(q.height, 1)).lower();
  const B sum = a + b;
  out.bounded = certainly_less(B(0), sum);
  if (!out.bounded) return out;
  out.tanh = sqrt(max(B(1), B((a - b) / sum)));
  const B side = max(q.left.largest_modulus(), q.right.largest_modulus());
  const B modulus = sqrt(side * side + q.height * q.height).upper();
  if (certainly_less(modulus, scaled(B(3), -1))) out.tanh = smaller<B>(out.tanh, tan(modulus));
  out.sech_squared = 2 / sum;
  return out;
}

/// The least value of |1 + w|^2 = 1 + 2 q cos y + q^2 over w = q e^{iy}, low <= q <= high, cos y >= least: at
/// cos y least, and there at the q nearest to -least.
template <class B>
B least_distance_squared(const B& low, const B& high, const B& least) {
  const B q = min(max(B(-least), low), high);
  return B(1 + 2 * least * q + q * q).lower();
}

/// A bound of |log(1 + w)|, principal branch, over w = q e^{iy}, 0 <= q <= high <= 1, |y| <= height, 1 + w !=
/// 0: the smaller of -log(1 - high) and sqrt(a^2 + b^2), where a bounds log |1 + w|, which is at most log 2,
/// and b the argument: |arg(1 + w)| grows with q, is |y|/2 at q = 1 for |y| < pi, and is below pi/2 always.
template <class B>
B logarithm_bound(const B& low, const B& high, const B& height) {
  const B series = -real::log1p(-high);
  const B distance = least_distance_squared<B>(low, high, least_cosine(height).lower());
  if (!certainly_less(B(0), distance)) return series;
  const B a = max(real::log(B(1) + high), B(-scaled(real::log(distance), -1)));
  const B b = min(height, pi_like(height)) / 2;
  return smaller<B>(series, sqrt(B(a * a + b * b)));
}

}  // namespace gronwall::activation::disc
