#include <cmath>
#include <limits>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/estimated.hpp>
#include <gronwall/real/functions.hpp>

namespace gronwall::real {

namespace {

/// x + y = s without rounding: Knuth's two-sum, whose remainder is exact in any binary
/// round-to-nearest arithmetic (Knuth, TAOCP 2, 4.2.2, Theorem B).
template <class R>
bool exact_sum(const R& x, const R& y, const R& s) {
  const R b = s - x;
  const R rest = (x - (s - b)) + (y - b);
  return rest == 0;
}

/// The smallest positive number: what underflow may lose.
template <class R>
const R& smallest() {
  using Limits = std::numeric_limits<R>;
  static const R value = (Limits::denorm_min)() > 0 ? (Limits::denorm_min)() : (Limits::min)();
  return value;
}

/// From this size on neither a result nor the remainder of its rounding (a multiple of its u^2) can
/// underflow.
template <class R>
const R& safe_size() {
  static const R value =
      (std::numeric_limits<R>::min)() / Backend<R>::unit_roundoff() / Backend<R>::unit_roundoff();
  return value;
}

template <class R>
bool safe(const R& x) {
  return x >= safe_size<R>() || -x >= safe_size<R>();
}

/// x y = p without rounding, as far as that can be told: near underflow it is denied.
template <class R>
bool exact_product(const R& x, const R& y, const R& p) {
  if (x == 0 || y == 0) return p == 0;
  return safe<R>(p) && Backend<R>::multiply_subtract(x, y, p) == 0;
}

/// A bound of the rounding in a result that was rounded to nearest.
template <class R>
R rounding(const R& result, bool exact) {
  using std::abs;
  if (exact) return R(0);
  const R size = abs(result);
  const R relative = Backend<R>::unit_roundoff() * size;
  return safe<R>(size) ? relative : R(relative + smallest<R>());
}

/// a b for a, b >= 0, never less than the exact product by more than a rounding: 0 only where a factor is 0.
template <class R>
R product_of_sizes(const R& a, const R& b) {
  const R p = a * b;
  if (a == 0 || b == 0 || safe<R>(p)) return p;
  return p + smallest<R>();
}

/// The error sums below are themselves rounded; this factor covers the few roundings in them.
template <class R>
R inflated(const R& error) {
  return error == 0 ? error : R(error * (R(1) + R(8) * Backend<R>::unit_roundoff()));
}

}  // namespace

template <class R>
Estimated<R>::Estimated(const R& value, const R& error) : value_(value), error_(error) {
  if (!(error_ >= 0)) error_ = R(1) / R(0);
}

template <class R>
bool Estimated<R>::known() const {
  return Backend<R>::finite(value_) && Backend<R>::finite(error_);
}

template <class R>
Estimated<R> Estimated<R>::operator-() const {
  return Estimated(R(-value_), error_);
}

template <class R>
Estimated<R> Estimated<R>::add(const Estimated& x, const Estimated& y) {
  const R s = x.value_ + y.value_;
  const R e = x.error_ + y.error_ + rounding(s, exact_sum(x.value_, y.value_, s));
  return Estimated(s, inflated(e));
}

template <class R>
Estimated<R> Estimated<R>::multiply(const Estimated& x, const Estimated& y) {
  using std::abs;
  const R p = x.value_ * y.value_;
  const R ax = abs(x.value_), ay = abs(y.value_);
  const R e = product_of_sizes<R>(ax, y.error_) + product_of_sizes<R>(R(ay + y.error_), x.error_) +
              rounding(p, exact_product(x.value_, y.value_, p));
  return Estimated(p, inflated(e));
}

template <class R>
Estimated<R> Estimated<R>::divide(const Estimated& x, const Estimated& y) {
  using std::abs;
  const R q = x.value_ / y.value_;
  const R ay = abs(y.value_);
  const R lower = ay - y.error_;
  if (!(lower > 0)) return Estimated(q, R(R(1) / R(0)));
  const R aq = abs(q);
  const bool exact = exact_product(q, y.value_, x.value_) && (q == 0 || safe<R>(q));
  const R carried = x.error_ + product_of_sizes<R>(aq, y.error_);
  const R quotient = carried / lower;
  const R e = quotient + (carried == 0 || safe<R>(quotient) ? R(0) : smallest<R>()) + rounding(q, exact);
  return Estimated(q, inflated(e));
}

template <class R>
Estimated<R> exp(const Estimated<R>& x) {
  using std::exp;
  using std::expm1;
  const R y = exp(x.value());
  const bool exact = x.value() == 0;
  const R growth = x.error() == 0 ? R(0) : R(expm1(x.error()));
  // A library exponential may be off by a few units in the last place.
  const R r = R(4) * rounding(y, exact);
  return Estimated<R>(y, inflated(R((y + r) * growth + r)));
}

template <class R>
Estimated<R> sqrt(const Estimated<R>& x) {
  using std::sqrt;
  if (x.value() < 0) return sqrt(Estimated<R>(R(0), R(x.error())));
  const R y = sqrt(x.value());
  const R r = rounding(y, exact_product(y, y, x.value()));
  if (x.error() == 0) return Estimated<R>(y, r);
  // |sqrt(a) - sqrt(b)| = |a - b| / (sqrt a + sqrt b), largest where b = max(value - error, 0).
  const R low = x.value() - x.error();
  const R e = low > 0 ? R(x.error() / (y + sqrt(low))) : R(sqrt(x.value() + x.error()));
  return Estimated<R>(y, inflated(R(e + r)));
}

template <class R>
Estimated<R> abs(const Estimated<R>& x) {
  return x.value() < 0 ? -x : x;
}

template <class R>
Estimated<R> max(const Estimated<R>& x, const Estimated<R>& y) {
  if (!x.known()) return x;
  if (!y.known()) return y;
  const Estimated<R>& top = x.value() < y.value() ? y : x;
  const Estimated<R>& low = x.value() < y.value() ? x : y;
  // The sum of a value and its error would be rounded: the gap is compared with the errors.
  const R errors = top.error() + low.error(), gap = top.value() - low.value();
  const bool apart = errors == 0 ? gap >= 0 : inflated(errors) <= gap;
  return Estimated<R>(top.value(), apart || top.error() >= low.error() ? top.error() : low.error());
}

namespace {

/// e <= gap, in spite of the roundings in both: adding e to a number it is tiny against would lose it.
/// Without an error the sign of a rounded difference is that of the exact one.
template <class R>
bool fits(const R& e, const R& gap) {
  return e == 0 ? gap >= 0 : Backend<R>::finite(e) && inflated(e) <= gap;
}
/// e < gap, likewise.
template <class R>
bool fits_strictly(const R& e, const R& gap) {
  return e == 0 ? gap > 0 : Backend<R>::finite(e) && inflated(e) < gap;
}

}  // namespace

template <class R>
Truth leq(const Estimated<R>& x, const Estimated<R>& y) {
  if (!x.known() || !y.known()) return Truth::unknown;
  const R e = x.error() + y.error();
  if (fits<R>(e, R(y.value() - x.value()))) return Truth::yes;
  if (fits_strictly<R>(e, R(x.value() - y.value()))) return Truth::no;
  return Truth::unknown;
}

template <class R>
Truth less(const Estimated<R>& x, const Estimated<R>& y) {
  return !leq(y, x);
}

template <class R>
Truth equal(const Estimated<R>& x, const Estimated<R>& y, const R& tolerance) {
  using std::abs;
  const Estimated<R> d = x - y;
  if (!d.known() || !(tolerance >= 0)) return Truth::unknown;
  const R gap = abs(d.value());
  if (fits_strictly<R>(d.error(), R(gap - tolerance))) return Truth::no;
  if (fits<R>(d.error(), R(tolerance - gap))) return Truth::yes;
  return Truth::unknown;
}

#define GRONWALL_INSTANTIATE(...)                                                                    \
  template class Estimated<__VA_ARGS__>;                                                             \
  template Estimated<__VA_ARGS__> exp(const Estimated<__VA_ARGS__>&);                                \
  template Estimated<__VA_ARGS__> sqrt(const Estimated<__VA_ARGS__>&);                               \
  template Estimated<__VA_ARGS__> abs(const Estimated<__VA_ARGS__>&);                                \
  template Estimated<__VA_ARGS__> max(const Estimated<__VA_ARGS__>&, const Estimated<__VA_ARGS__>&); \
  template Truth leq(const Estimated<__VA_ARGS__>&, const Estimated<__VA_ARGS__>&);                  \
  template Truth less(const Estimated<__VA_ARGS__>&, const Estimated<__VA_ARGS__>&);                 \
  template Truth equal(const Estimated<__VA_ARGS__>&, const Estimated<__VA_ARGS__>&, const __VA_ARGS__&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::real
