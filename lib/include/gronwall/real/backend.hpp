#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace gronwall::real {

/// What the library has to know of a number type. A precision backend is one header in
/// `gronwall/real/backend/` that specialises this template; CMake finds it there. Members:
///
///  - `static constexpr std::string_view name`     what a person calls it ("double", "mpfr50")
///  - `static constexpr int digits`                decimal digits that survive a round trip
///  - `static constexpr bool referees`             true: the referee judges claims in it
///  - `static constexpr bool encloses`             true: its numbers enclose, and its decisions are proofs
///  - `using Quantity`                             a real number together with what is known of its error
///  - `static R from_double(double)`               exact
///  - `static double to_double(const R&)`          rounded to nearest
///  - `static R multiply_subtract(x, y, z)`         x y - z with a single rounding
///  - `static R unit_roundoff()`                   u: |fl(x op y) - (x op y)| <= u |x op y|
///  - `static bool finite(const R&)`
///  - `static std::string to_hex(const R&)`        exact, as C's "%a" writes it
///  - `static R from_hex(const std::string&)`      the exact inverse
template <class R>
struct Backend;

/// The number types of the library: `double`, `Mpfr<50>`, `Mpfr<100>`, `Mpfr<200>`, ..., `Ball`.
///
/// A model is a field with +, -, *, / and the functions of `functions.hpp`. The scalar `R` says
/// nothing of its own error; `Quantity<R>` does, and comparisons that a verdict rests on are
/// made on quantities, with three answers.
template <class R>
concept Real = requires(const R& x, double d, const std::string& s) {
  { Backend<R>::name } -> std::convertible_to<std::string_view>;
  { Backend<R>::digits } -> std::convertible_to<int>;
  { Backend<R>::referees } -> std::convertible_to<bool>;
  { Backend<R>::encloses } -> std::convertible_to<bool>;
  typename Backend<R>::Quantity;
  { Backend<R>::from_double(d) } -> std::same_as<R>;
  { Backend<R>::to_double(x) } -> std::same_as<double>;
  { Backend<R>::multiply_subtract(x, x, x) } -> std::same_as<R>;
  { Backend<R>::unit_roundoff() } -> std::same_as<R>;
  { Backend<R>::finite(x) } -> std::same_as<bool>;
  { Backend<R>::to_hex(x) } -> std::same_as<std::string>;
  { Backend<R>::from_hex(s) } -> std::same_as<R>;
  { x + x } -> std::convertible_to<R>;
  { x - x } -> std::convertible_to<R>;
  { x* x } -> std::convertible_to<R>;
  { x / x } -> std::convertible_to<R>;
  { -x } -> std::convertible_to<R>;
};

/// Numbers that are rounded, and ordered: double and MPFR.
template <class R>
concept Floating = Real<R> && !Backend<R>::encloses;
/// Numbers that enclose: balls.
template <class R>
concept Enclosing = Real<R> && Backend<R>::encloses;

/// A real number with an error: `Estimated<R>` for floating point, the ball itself for balls.
template <Real R>
using Quantity = typename Backend<R>::Quantity;

/// Exact conversion of a double.
template <Real R>
R from_double(double x) {
  return Backend<R>::from_double(x);
}

/// Nearest double.
template <Real R>
double to_double(const R& x) {
  return Backend<R>::to_double(x);
}

/// p/q, correctly rounded: the way to write a constant such as 1/10, whose double literal would
/// be wrong from the seventeenth digit on.
template <Real R>
R ratio(int p, int q) {
  return R(p) / R(q);
}

}  // namespace gronwall::real
