#include <array>
#include <cstddef>

#include <gronwall/real/interval.hpp>

namespace gronwall::real {

namespace {

constexpr double u = 0x1p-53, infinity = std::numeric_limits<double>::infinity();
/// e to this is below 2^1010.
constexpr double largest_exponent = 700;

/// An interval of all numbers within `relative` of those between f(low) and f(high), f increasing.
template <class F>
Interval increasing(const Interval& x, const F& f, double relative) {
  const double low = f(x.low()), high = x.low() == x.high() ? low : f(x.high());
  return {Interval::down(low - Interval::up(std::abs(low) * relative)),
          Interval::up(high + Interval::up(std::abs(high) * relative))};
}

/// 1/(first!), 1/((first + step)!), ..., each to a few u.
template <std::size_t Count>
constexpr std::array<double, Count> reciprocal_factorials(int first, int step) {
  std::array<double, Count> out{};
  double factorial = 1;
  int next = 1;
  for (std::size_t i = 0; i < Count; ++i) {
    for (; next <= first + static_cast<int>(i) * step; ++next) factorial *= next;
    out[i] = 1 / factorial;
  }
  return out;
}

/// By Horner's rule.
template <std::size_t Count>
double polynomial(const std::array<double, Count>& coefficients, double x) {
  double sum = coefficients[Count - 1];
  for (std::size_t i = Count - 1; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

/// log 2 in two parts: the first has 32 bits, so that its product with an integer below 2^21 is exact, and
/// their sum is off by less than 2^-85.
constexpr double log2_head = 0x1.62e42feep-1, log2_tail = 0x1.a39ef35793c76p-33;

/// e^x for |x| <= 700 to 2^-46: e^x = 2^k e^r, |r| <= 0.36. The error of r is below 4u |r| + 2^-74. The
/// Taylor polynomial of degree 14 omits less than 0.36^15/15! < 2^-61. Its coefficients are off by at most
/// 15u each, and by Horner's rule each term has at most 30 roundings: the error is below 45u e^0.36 < 66u,
/// beside e^r > 0.69.
double exponential(double x) {
  const double k = std::nearbyint(x * 0x1.71547652b82fep+0);
  const double r = (x - k * log2_head) - k * log2_tail;
  static constexpr auto coefficients = reciprocal_factorials<15>(0, 1);
  return std::ldexp(polynomial(coefficients, r), static_cast<int>(k));
}

/// 2 artanh(s) for |s| <= 0.18 to 12u of the result: 2s(1 + s^2/3 + s^4/5 + ...). What is omitted is below
/// 0.18^24/25/(1 - 0.18^2) < 2^-63, and all terms but the first are together below 0.012.
double twice_artanh(double s) {
  static constexpr std::array<double, 12> coefficients{1,        1.0 / 3,  1.0 / 5,  1.0 / 7,
                                                       1.0 / 9,  1.0 / 11, 1.0 / 13, 1.0 / 15,
                                                       1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23};
  return 2 * s * polynomial(coefficients, s * s);
}

/// log x for a positive normal number to 2^-46: x = 2^k m with 0.7 <= m < 1.42, log m = 2 artanh((m - 1)/(m +
/// 1)), where m - 1 is exact. Unless k = 0 the sum is at least 0.34, while its parts and their roundings are
/// at most 12u(0.7 |k| + 1).
double logarithm(double x) {
  int k = 0;
  double m = std::frexp(x, &k);
  if (m < 0.7071) m *= 2, --k;
  const double part = twice_artanh((m - 1) / (m + 1));
  return k == 0 ? part : k * log2_head + (part + k * log2_tail);
}

/// log(1 + x) for |x| <= 1/4 to 2^-46.
double logarithm_near_1(double x) { return twice_artanh(x / (2 + x)); }

/// sum_j (-1)^j x^(2j + odd)/(2j + odd)! for |x| <= 4, terms up to x^34. What is omitted is below 4^36/36!
/// < 2^-66. The sum of the moduli of all terms is at most cosh 4 < 28, each coefficient is off by at most
/// 36u, and by Horner's rule each term has at most 70 roundings: the error is below 28 * 106u < 2^-41. For x
/// <= 3/2 that sum is at most 2.4, and the error below 2.4 * 106u < 2^-45; of an odd sum the factor x can be
/// taken out, and the error is below 2^-45 |x|.
double alternating(double x, int odd) {
  static constexpr auto even = reciprocal_factorials<18>(0, 2);
  static constexpr auto uneven = reciprocal_factorials<18>(1, 2);
  return odd == 0 ? polynomial(even, -x * x) : x * polynomial(uneven, -x * x);
}

}  // namespace

Interval::Interval(const Ball& x) : Interval(whole()) {
  if (!x.known()) return;
  low_ = arf_get_d(arb_midref(x.lower().raw()), ARF_RND_FLOOR);
  high_ = arf_get_d(arb_midref(x.upper().raw()), ARF_RND_CEIL);
}

Interval scaled(const Interval& x, int k) {
  const double low = std::ldexp(x.low(), k), high = std::ldexp(x.high(), k);
  return {std::ldexp(low, -k) == x.low() ? low : Interval::down(low),
          std::ldexp(high, -k) == x.high() ? high : Interval::up(high)};
}

Interval sqrt(const Interval& x) {
  if (x.negative() || !x.known()) return Interval::whole();
  const double low = std::max(x.low(), 0.0);
  return {std::max(Interval::down(std::sqrt(low)), 0.0), Interval::up(std::sqrt(x.high()))};
}

Interval exp(const Interval& x) {
  const Interval inside(std::clamp(x.low(), -largest_exponent, largest_exponent),
                        std::clamp(x.high(), -largest_exponent, largest_exponent));
  const Interval e = increasing(inside, exponential, 0x1p-45);
  return {x.low() < -largest_exponent ? 0 : e.low(), x.high() > largest_exponent ? infinity : e.high()};
}

Interval cosh(const Interval& x) {
  const Interval e = exp(Interval(x.least_modulus().low(), x.largest_modulus().high()));
  // Increasing in e >= 1.
  const auto at = [](double end) { return (end + 1 / end) / 2; };
  return {std::max(1.0, Interval::down(at(std::max(1.0, e.low())) * (1 - 8 * u))),
          e.high() == infinity ? infinity : Interval::up(at(e.high()) * (1 + 8 * u))};
}

Interval log(const Interval& x) {
  if (!(x.low() >= std::numeric_limits<double>::min()) || !x.known()) return Interval::whole();
  return increasing(x, logarithm, 0x1p-45);
}

Interval log1p(const Interval& x) {
  if (x.low() >= -0.25 && x.high() <= 0.25) return increasing(x, logarithm_near_1, 0x1p-45);
  return log(x + Interval(1));
}

Interval cos(const Interval& x) {
  const double low = x.least_modulus().low(), high = x.largest_modulus().high();
  if (!(high <= 0x1.921fb54442d18p+1)) return {-1, 1};
  constexpr double error = 0x1p-40;
  return {std::max(-1.0, alternating(high, 0) - error), std::min(1.0, alternating(low, 0) + error)};
}

Interval tan(const Interval& x) {
  if (!(x.low() >= -1.5 && x.high() <= 1.5)) return Interval::whole();
  // cos 3/2 > 0.07: the errors 2^-45 of both are below 2^-41 of the quotient.
  return increasing(
      x, [](double t) { return alternating(t, 1) / alternating(t, 0); }, 0x1p-41);
}

Interval interval_pi() { return {0x1.921fb54442d18p+1, 0x1.921fb54442d19p+1}; }

Truth leq(const Interval& x, const Interval& y) {
  if (!x.known() || !y.known()) return Truth::unknown;
  if (x.high() <= y.low()) return Truth::yes;
  return x.low() > y.high() ? Truth::no : Truth::unknown;
}

Truth less(const Interval& x, const Interval& y) { return !leq(y, x); }

}  // namespace gronwall::real
