#pragma once

#include <functional>

#include <gronwall/gaussian/strip_bound.hpp>

/// The trapezoidal rule against the standard normal density omega, with proved bounds of everything it leaves
/// out.
///
/// For f analytic in |Im z| < a, going to 0 there uniformly as |Re z| grows, and M >= the integral of
/// |f(. + iy)| for every |y| < a:
///   |h sum_{j in Z} f(jh) - integral of f| <= 2M/(e^{2 pi a/h} - 1)
/// (Trefethen and Weideman, SIAM Review 56 (2014), Theorem 5.1). Step, cut-off and half-width are chosen in
/// double: they decide how tight the bounds are, never whether they hold.
namespace gronwall::gaussian {

/// A bound of M as a function of a; not `known` where there is none.
using StripIntegral = std::function<Ball(const Ball& a)>;

/// A step h, exact and of few bits, and the bound of the discretisation error with it.
struct BallStep {
  double h;
  Ball error;
};

/// The largest step, over a in (0, widest), whose error is about 2^-bits. `widest` may be infinite. Throws
/// PrecisionError where no half-width tried has a bound.
BallStep ball_step(double widest, long bits, const StripIntegral& integral);
/// The bound for a step that is given, with the best half-width found.
BallStep ball_step_error(double widest, double h, const StripIntegral& integral);

/// The smallest n with (n h)^2 >= 4 degree and bound(n h) <= 2^-bits, about; bound decreases.
long last_node(double h, long bits, int degree, const std::function<Ball(const Ball& z)>& bound);

/// sqrt(E[|h_k(X + iy)|^2]) for |y| <= a: h_k(x + iy) = sum_j sqrt(binomial(k,j)/j!) (iy)^j h_{k-j}(x), so
/// the mean square is sum_j binomial(k,j) y^{2j}/j! = L_k(-y^2), which increases with k and |y|.
Ball hermite_on_line(unsigned k, const Ball& a);

/// Bounds of h sum_{|x| > z} g(x), x = jh, for a majorant m with z^2 >= 4 degree. Where g decreases beyond z
/// the sum is at most the integral from z on, on either side.
///
/// g = m(s|x|) |h_k(x)| omega(x), for all k: |h_k(x)| <= 1.09 e^{x^2/4} (Cramer; Abramowitz and Stegun
/// 22.14.17). x^k e^{-x^2/8} decreases for x^2 >= 4k, hence the integral of x^k e^{-x^2/4} over x >= z is at
/// most z^k e^{-z^2/8} (4/z) e^{-z^2/8}: together 2 (1.09/sqrt(2 pi)) (4/z) m(sz) e^{-z^2/4}.
Ball hermite_tail(const Majorant& m, const Ball& s, const Ball& z);
/// g = m1(s1|x| + r1) m2(s2|x| + r2) omega(x): x^k e^{-x^2/4} decreases for x^2 >= 2k, here k at most the sum
/// of both degrees; likewise 2 (1/sqrt(2 pi)) (2/z) m1 m2 e^{-z^2/2}. (m(s x + r)/m(s z + r) grows no faster
/// than (x/z)^degree, as r >= 0.)
Ball plain_tail(const Ball& majorants_at_z, const Ball& z);

/// h omega(x).
Ball node_weight(const Ball& h, const Ball& x);

/// Rounded to working_bits().
Ball rounded(const Ball& x);

/// Bits by which a value is larger than 1, about: a guess on which precision rests, nothing else.
double log2_size(const Ball& x);

}  // namespace gronwall::gaussian
