#pragma once

#include <algorithm>
#include <optional>

#include <gronwall/activation/registration.hpp>

/// Bounds on complex discs. All of them are of the discs |z - c| <= rho with real centre; z = x + iy
/// throughout.
namespace gronwall::activation::disc {

using Bounds = std::optional<DiscBounds<Ball>>;

/// Bits for bounds, which need no more than a few digits.
constexpr long bits = 64;

/// The rectangle left <= x <= right, |y| <= height; exact balls.
struct Rectangle {
  Ball left, right, height;
};

/// All discs |z - c| <= rho for a ball of centres: covered by `around`; |z| <= modulus.
struct Disc {
  Disc(const Ball& c, const Ball& rho)
      : centre(c),
        radius(rho.largest_modulus()),
        around{(c - radius).lower(), (c + radius).upper(), radius},
        modulus(max(around.left.largest_modulus(), around.right.largest_modulus()).upper()) {}
  bool known() const { return around.left.known() && around.right.known(); }

  Ball centre, radius;
  Rectangle around;
  Ball modulus;
};

/// The bounds as exact balls, none where one is not known.
inline Bounds bounds(const Ball& value, const Ball& derivative, const Ball& second_derivative) {
  if (!value.known() || !derivative.known() || !second_derivative.known()) return std::nullopt;
  return DiscBounds<Ball>{value.upper(), derivative.upper(), second_derivative.upper()};
}

/// What bounds all discs that two bound together.
inline Bounds both(const Bounds& a, const Bounds& b) {
  if (!a || !b) return std::nullopt;
  return DiscBounds<Ball>{max(a->value, b->value).upper(), max(a->derivative, b->derivative).upper(),
                          max(a->second_derivative, b->second_derivative).upper()};
}

inline bool certainly_less(const Ball& a, const Ball& b) { return less(a, b) == real::Truth::yes; }

/// The smaller one of two upper bounds.
inline Ball smaller(const Ball& a, const Ball& b) {
  if (!a.known()) return b;
  return b.known() ? min(a, b) : a;
}

/// Largest value of y^2 - x^2 = -Re z^2 on the disc. On its boundary y^2 = rho^2 - (x - c)^2, so the value is
/// rho^2 - (x - c)^2 - x^2, a parabola in x with its top rho^2 - c^2/2 at x = c/2. That is on the circle
/// where |c| <= 2 rho (and an upper bound anyway); beyond, the nearest point x = |c| - rho is the best. Both
/// decrease in |c| there.
inline Ball largest_minus_square(const Disc& d) {
  const Ball c = d.centre.least_modulus();
  if (leq(scaled(d.radius, 1), c) != real::Truth::yes) return d.radius * d.radius - scaled(c * c, -1);
  const Ball nearest = c - d.radius;
  return -(nearest * nearest);
}

/// Whether the rectangle lies in |y| <= height or in |x| >= away.
inline bool is_within(const Rectangle& q, const Ball& height, const Ball& away) {
  return certainly_less(q.height, height) || certainly_less(away, q.left) || certainly_less(q.right, -away);
}

/// Bounds over a disc from bounds over rectangles: of the whole disc if `coarse` says that this is good
/// enough or, cut into vertical strips as narrow as it takes. The strip s <= x <= t lies within |y| <=
/// sqrt(rho^2 - delta^2), delta the distance of the centre from it.
template <class Coarse, class F>
Bounds in_strips(const Disc& d, const Coarse& coarse, const F& of_rectangle) {
  if (!d.known()) return std::nullopt;
  if (coarse(d.around)) return of_rectangle(d.around);
  for (const int strips : {8, 64}) {
    const Ball width = (d.around.right - d.around.left) / strips;
    Bounds sum;
    for (int k = 0; k < strips; ++k) {
      // Neighbours share a point: both ends are one ball, rounded to either side.
      const Ball from = k == 0 ? d.around.left : Ball(d.around.left + k * width).lower();
      const Ball to = k == strips - 1 ? d.around.right : Ball(d.around.left + (k + 1) * width).upper();
      const Ball delta = max(max(from - d.centre, d.centre - to), Ball(0)).lower();
      const Ball height = sqrt(max(d.radius * d.radius - delta * delta, Ball(0))).upper();
      const Bounds here = of_rectangle(Rectangle{from, to, height});
      sum = k == 0 ? here : both(sum, here);
      if (!sum) break;
    }
    if (sum) return sum;
  }
  return std::nullopt;
}

/// Least |x| in the rectangle, at most 2^20 (where every exponential has long met its limit).
inline Ball least_real(const Rectangle& q) {
  if (arb_is_positive(q.left.raw()) != 0) return min(q.left, Ball(1 << 20));
  if (arb_is_negative(q.right.raw()) != 0) return min(-q.right, Ball(1 << 20));
  return Ball(0);
}

/// Least value of cos y for |y| <= h.
inline Ball least_cosine(const Ball& h) {
  return certainly_less(h, real::ball_pi()) ? real::cos(h) : Ball(-1);
}

/// |tanh w| and |sech^2 w| on a rectangle of w = x + iy without poles. With A = cosh 2x and B = cos 2y,
/// |tanh w|^2 = (A - B)/(A + B) and |sech^2 w| = 2/(A + B), and the denominator vanishes at poles only. Both
/// decrease in B, so B counts at its least; then sech^2 decreases in A, and tanh decreases in A if B < 0, and
/// is at most 1 if B >= 0. Since the Taylor coefficients of tanh have the moduli of those of tan, |tanh w| <=
/// tan |w| for |w| < pi/2.
struct Hyperbolic {
  Ball tanh, sech_squared;
  bool bounded = false;
};

inline Hyperbolic hyperbolic(const Rectangle& q) {
  Hyperbolic out;
  const Ball a = cosh(scaled(least_real(q), 1)).lower(), b = least_cosine(scaled(q.height, 1)).lower();
  const Ball sum = a + b;
  out.bounded = certainly_less(Ball(0), sum);
  if (!out.bounded) return out;
  out.tanh = sqrt(max(Ball(1), (a - b) / sum));
  const Ball side = max(q.left.largest_modulus(), q.right.largest_modulus());
  const Ball modulus = sqrt(side * side + q.height * q.height).upper();
  if (certainly_less(modulus, scaled(Ball(3), -1))) out.tanh = smaller(out.tanh, tan(modulus));
  out.sech_squared = 2 / sum;
  return out;
}

/// The least value of |1 + w|^2 = 1 + 2 q cos y + q^2 over w = q e^{iy}, low <= q <= high, cos y >= least: at
/// cos y least, and there at the q nearest to -least.
inline Ball least_distance_squared(const Ball& low, const Ball& high, const Ball& least) {
  const Ball q = min(max(-least, low), high);
  return (1 + 2 * least * q + q * q).lower();
}

/// A bound of |log(1 + w)|, principal branch, over w = q e^{iy}, 0 <= q <= high <= 1, |y| <= height, 1 + w !=
/// 0: the smaller of -log(1 - high) and sqrt(a^2 + b^2), where a bounds log |1 + w|, which is at most log 2,
/// and b the argument: |arg(1 + w)| grows with q, is |y|/2 at q = 1 for |y| < pi, and is below pi/2 always.
inline Ball logarithm_bound(const Ball& low, const Ball& high, const Ball& height) {
  const Ball series = -real::log1p(-high);
  const Ball distance = least_distance_squared(low, high, least_cosine(height).lower());
  if (!certainly_less(Ball(0), distance)) return series;
  const Ball a = max(real::log(Ball(1) + high), -scaled(real::log(distance), -1));
  const Ball b = min(height, real::ball_pi()) / 2;
  return smaller(series, sqrt(a * a + b * b));
}

}  // namespace gronwall::activation::disc
