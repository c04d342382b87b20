#include <algorithm>
#include <string>

#include <gronwall/gaussian/dual_registration.hpp>
#include <gronwall/real/functions.hpp>
#include <gronwall/real/rational.hpp>

// relu and leaky-relu.
namespace gronwall::gaussian {
namespace {

using real::Ball;
using real::Truth;

/// pi - theta, theta in [0, pi] the angle of the point (c, s), s >= 0, not both 0.
template <Real R>
R complement_of_angle(const R& c, const R& s, bool steep, bool left) {
  using real::atan;
  if (steep) return real::pi<R>() / R(2) + atan(R(c / s));
  return left ? R(-atan(R(s / c))) : R(real::pi<R>() - atan(R(s / c)));
}

/// For relu, phi(x) = max(x, 0), with r = sqrt(q qbar) and the angle theta = arccos(c/r):
///   dF/dc = P(u > 0, ubar > 0) = (pi - theta)/(2 pi)   (Sheppard 1899),
///   F = (r sin theta + c (pi - theta))/(2 pi)           (Cho and Saul, NIPS 2009, J_1 in their notation).
/// The first is the share of the angle: in coordinates in which (u, ubar) = (a.z, b.z) with z standard, a and
/// b enclose theta and the half-planes where they are positive meet in the angle pi - theta. For the second,
/// F = 0 at theta = pi, and along c = r cos theta the derivative of the right side is
///   (r cos theta dtheta + (pi - theta) dc - c dtheta)/(2 pi) = (pi - theta)/(2 pi) dc.
///
/// r sin theta = sqrt(q qbar - c^2) = s. An error e of s moves F by e s^2/(s^2 + c^2)/(2 pi), no more than
/// it.
template <real::Floating R>
Dual<R> relu_dual(const Covariance<R>& x) {
  using real::abs;
  using real::sqrt;
  const R s = sqrt(x.determinant), two_pi = R(2) * real::pi<R>();
  if (s == R(0) && x.c == R(0)) return {R(0), R(1) / R(4)};
  const R rest = complement_of_angle<R>(x.c, s, abs(x.c) <= s, x.c < R(0));
  return {R((s + x.c * rest) / two_pi), R(rest / two_pi)};
}

/// The same at exact r >= 0 and c, where r is possibly below |c|: then as if it were |c|.
Dual<Ball> relu_point(const Ball& r, const Ball& c) {
  if (leq(r, c) == Truth::yes) return {scaled(c, -1), scaled(Ball(1), -1)};
  if (leq(r, -c) == Truth::yes) return {Ball(0), Ball(0)};
  const Ball s = sqrt((r - c) * (r + c)), two_pi = scaled(real::ball_pi(), 1);
  const bool left = less(c, Ball(0)) == Truth::yes;
  const Ball rest = complement_of_angle<Ball>(c, s, leq(abs(c), s) == Truth::yes, left);
  return {(s + c * rest) / two_pi, rest / two_pi};
}

/// x for x >= 0 and a x for x < 0, that is a x + (1 - a) relu(x). Since E[u relu(ubar)] = c/2,
///   F = a^2 c + 2 a (1 - a) c/2 + (1 - a)^2 F_relu = a c + (1 - a)^2 F_relu,
///   dF/dc = a + (1 - a)^2 F'_relu.
template <Real R>
Dual<R> leaky(const R& a, const R& c, const Dual<R>& relu) {
  const R square = (R(1) - a) * (R(1) - a);
  return {R(a * c + square * relu.value), R(a + square * relu.slope)};
}

template <real::Floating R>
Dual<R> leaky_dual(const R& a, const Covariance<R>& x) {
  Dual<R> out = leaky<R>(a, x.c, relu_dual<R>(x));
  if (x.q == R(0) || x.qbar == R(0)) {
    // phi' is 1 where the variance is 0, and has mean (1 + a)/2 elsewhere.
    const R mean = (R(1) + a) / R(2);
    out.slope = (x.q == R(0) ? R(1) : mean) * (x.qbar == R(0) ? R(1) : mean);
  }
  return out;
}

/// Near |c| = r the formulas on balls would know s only to the root of what they know c. Instead: for relu
///   dF = (sin theta dr + (pi - theta) dc)/(2 pi)
/// (F = max(c, 0)/2 where r is below |c|), so that for every slope a F increases with r and is convex in c.
/// On [m - e, m + e] it lies below the larger of its values at the ends, and above its tangent at m. For relu
/// dF/dc increases with c/r.
Dual<Ball> leaky_dual(const Ball& a, const Covariance<Ball>& x) {
  Dual<Ball> out;
  {
    // r - c has to be good for s, so r is needed to twice the precision.
    const real::Precision guard(std::min(2 * real::working_bits() + 32, 100000L));
    const Ball r = sqrt(x.q * x.qbar), low = max(r.lower(), Ball(0)), high = r.upper();
    const Ball left = x.c.lower(), right = x.c.upper(), middle = x.c.midpoint();
    const auto at = [&a](const Ball& radius, const Ball& c) {
      return leaky<Ball>(a, c, relu_point(radius, c));
    };
    const Dual<Ball> tangent = at(low, middle);
    const Ball below = tangent.value - x.c.radius() * abs(tangent.slope);
    out.value = at(high, left).value.hull(at(high, right).value).hull(below);
    if (low.is_zero()) {
      // Any mean of products of two slopes.
      out.slope = a.hull(Ball(1)).hull(a * a);
    } else {
      const bool left_positive = leq(Ball(0), left) == Truth::yes;
      const bool right_positive = leq(Ball(0), right) == Truth::yes;
      out.slope =
          at(left_positive ? high : low, left).slope.hull(at(right_positive ? low : high, right).slope);
    }
  }
  return {out.value + Ball(0), out.slope + Ball(0)};  // rounded
}

template <Real R>
class LeakyReluDual final : public CheckedDual<R> {
 public:
  explicit LeakyReluDual(const R& a) : a_(a) {}

 private:
  Dual<R> formula(const Covariance<R>& x) const override { return leaky_dual(a_, x); }

  R a_;
};

const DualRegistration relu("relu", []<Real R>(const Activation&) {
  return std::make_unique<LeakyReluDual<R>>(R(0));
});

const DualRegistration leaky_relu("leaky-relu", []<Real R>(const Activation& phi) {
  const std::string slope = phi.name().substr(phi.name().find(':') + 1);
  return std::make_unique<LeakyReluDual<R>>(real::from_rational<R>(real::parse_rational(slope)));
});

}  // namespace
}  // namespace gronwall::gaussian
