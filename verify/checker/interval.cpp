#include "verify/checker/interval.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <regex>

#include "verify/checker/outcome.hpp"

namespace gronwall::checker {

namespace {
thread_local long bits = 128;
constexpr long lowest = std::numeric_limits<long>::min() / 4;
}  // namespace

std::string name(Answer answer) {
  switch (answer) {
    case Answer::confirmed:
      return "confirmed";
    case Answer::not_confirmed:
      return "not confirmed";
    case Answer::not_decided:
      return "not decided";
    case Answer::internal_error:
      break;
  }
  return "internal error";
}

long working_bits() { return bits; }

Precision::Precision(long b) : before_(bits) { bits = b; }
Precision::~Precision() { bits = before_; }

Endpoint::Endpoint() {
  mpfr_init2(x_, 53);
  mpfr_set_zero(x_, 1);
}
Endpoint::Endpoint(mpfr_srcptr x) {
  mpfr_init2(x_, mpfr_get_prec(x));
  mpfr_set(x_, x, MPFR_RNDN);
}
Endpoint::Endpoint(const Endpoint& other) : Endpoint(other.x_) {}
Endpoint& Endpoint::operator=(const Endpoint& other) {
  if (this == &other) return *this;
  mpfr_set_prec(x_, mpfr_get_prec(other.x_));
  mpfr_set(x_, other.x_, MPFR_RNDN);
  return *this;
}

Endpoint Endpoint::from_hex(const std::string& text, const std::string& field) {
  static const std::regex undefined("[-+]?(nan|NaN|NAN)"), infinite("[-+]?(inf|Inf|INF|infinity|Infinity)");
  static const std::regex hex("-?0[xX][0-9a-fA-F]{1,1000}(\\.[0-9a-fA-F]{1,1000})?([pP][-+]?[0-9]{1,18})?");
  if (std::regex_match(text, undefined)) throw NotConfirmed("the field " + field + " is not a number (NaN)");
  if (std::regex_match(text, infinite)) throw NotConfirmed("the field " + field + " is infinite");
  if (!std::regex_match(text, hex))
    throw NotConfirmed("the field " + field + " holds \"" + text.substr(0, 60) +
                       "\", which is no hexadecimal float");
  Endpoint out;
  mpfr_set_prec(out.x_, static_cast<mpfr_prec_t>(4 * text.size() + 64));
  mpfr_clear_flags();
  const int inexact = mpfr_strtofr(out.x_, text.c_str(), nullptr, 0, MPFR_RNDN);
  if (inexact != 0 || !mpfr_number_p(out.x_))
    throw NotConfirmed("the field " + field + " is beyond the range of numbers");
  return out;
}

mpq_class Endpoint::rational(const std::string& field) const {
  if (!mpfr_zero_p(x_) && (mpfr_get_exp(x_) > 1024 || mpfr_get_exp(x_) < -1100))
    throw NotConfirmed("the field " + field + " is beyond the range of a double");
  mpq_class q;
  mpfr_get_q(q.get_mpq_t(), x_);
  return q;
}

Interval::Interval() {
  mpfi_init2(x_, static_cast<mpfr_prec_t>(bits));
  mpfi_set_si(x_, 0);
}
Interval::Interval(long k) {
  mpfi_init2(x_, static_cast<mpfr_prec_t>(bits));
  mpfi_set_si(x_, k);
}
Interval::Interval(const mpq_class& q) {
  mpfi_init2(x_, static_cast<mpfr_prec_t>(bits));
  mpfi_set_q(x_, q.get_mpq_t());
}
Interval Interval::between(const Endpoint& a, const Endpoint& b) {
  Interval out;
  mpfi_interv_fr(out.x_, a.get(), b.get());
  return out;
}
Interval::Interval(const Interval& other) {
  mpfi_init2(x_, mpfi_get_prec(other.x_));
  mpfi_set(x_, other.x_);
}
Interval::Interval(Interval&& other) noexcept {
  mpfi_init2(x_, MPFR_PREC_MIN);
  mpfi_swap(x_, other.x_);
}
Interval& Interval::operator=(Interval other) noexcept {
  mpfi_swap(x_, other.x_);
  return *this;
}

namespace {

/// f(x), f(x, y) of MPFI, at the working precision.
template <class F, class... X>
Interval apply(F f, const X&... x) {
  Interval out;
  f(out.get(), x.get()...);
  return out;
}

/// Of a function that rises (or falls) on the whole line, from its ends rounded outwards.
template <class F>
Interval monotone(F f, bool rises, const Interval& x) {
  Interval out;
  mpfr_srcptr low = &x.get()->left;
  mpfr_srcptr high = &x.get()->right;
  f(&out.get()->left, rises ? low : high, MPFR_RNDD);
  f(&out.get()->right, rises ? high : low, MPFR_RNDU);
  return out;
}

}  // namespace

Interval& Interval::operator+=(const Interval& b) {
  mpfi_add(x_, x_, b.x_);
  return *this;
}
Interval& Interval::operator-=(const Interval& b) {
  mpfi_sub(x_, x_, b.x_);
  return *this;
}
Interval& Interval::operator*=(const Interval& b) {
  mpfi_mul(x_, x_, b.x_);
  return *this;
}
Interval& Interval::operator/=(const Interval& b) {
  mpfi_div(x_, x_, b.x_);
  return *this;
}
Interval Interval::operator-() const { return apply(mpfi_neg, *this); }

Interval operator+(Interval a, const Interval& b) { return a += b; }
Interval operator-(Interval a, const Interval& b) { return a -= b; }
Interval operator*(Interval a, const Interval& b) { return a *= b; }
Interval operator/(Interval a, const Interval& b) { return a /= b; }

bool Interval::inside(const Interval& outer) const {
  return bounded() && outer.bounded() && mpfi_is_inside(x_, outer.x_) > 0;
}

long Interval::magnitude_exponent() const {
  if (!bounded()) return std::numeric_limits<long>::max() / 4;
  long e = lowest;
  for (mpfr_srcptr end : {&x_->left, &x_->right})
    if (!mpfr_zero_p(end)) e = std::max(e, static_cast<long>(mpfr_get_exp(end)));
  return e;
}
long Interval::width_exponent() const {
  if (!bounded()) return std::numeric_limits<long>::max() / 4;
  mpfr_t width;
  mpfr_init2(width, 53);
  mpfi_diam_abs(width, x_);
  const long e = mpfr_zero_p(width) ? lowest : static_cast<long>(mpfr_get_exp(width));
  mpfr_clear(width);
  return e;
}

std::string Interval::text() const {
  char low[64], high[64];
  mpfr_snprintf(low, sizeof low, "%.12RDg", &x_->left);
  mpfr_snprintf(high, sizeof high, "%.12RUg", &x_->right);
  if (mpfr_zero_p(&x_->right)) std::snprintf(high, sizeof high, "0");  // MPFI writes [0, -0]
  if (std::string(low) == high) return low;
  return "[" + std::string(low) + ", " + high + "]";
}

bool surely_less(const Interval& a, const Interval& b) {
  return a.bounded() && b.bounded() && mpfr_less_p(&a.get()->right, &b.get()->left) != 0;
}
bool surely_at_most(const Interval& a, const Interval& b) {
  return a.bounded() && b.bounded() && mpfr_lessequal_p(&a.get()->right, &b.get()->left) != 0;
}
bool meet(const Interval& a, const Interval& b) {
  return a.bounded() && b.bounded() && !surely_less(a, b) && !surely_less(b, a);
}

Interval sqr(const Interval& x) { return apply(mpfi_sqr, x); }
Interval sqrt(const Interval& x) {
  Interval positive = x;
  if (x.bounded() && mpfr_sgn(&x.get()->left) < 0 && mpfr_sgn(&x.get()->right) >= 0)
    mpfr_set_zero(&positive.get()->left, 1);
  return apply(mpfi_sqrt, positive);
}
Interval exp(const Interval& x) { return apply(mpfi_exp, x); }
Interval log1p(const Interval& x) { return apply(mpfi_log1p, x); }
Interval tanh(const Interval& x) { return apply(mpfi_tanh, x); }
Interval cosh(const Interval& x) { return apply(mpfi_cosh, x); }
Interval sin(const Interval& x) { return apply(mpfi_sin, x); }
Interval cos(const Interval& x) { return apply(mpfi_cos, x); }
Interval atan(const Interval& x) { return apply(mpfi_atan, x); }
Interval erf(const Interval& x) { return monotone(mpfr_erf, true, x); }
Interval erfc(const Interval& x) { return monotone(mpfr_erfc, false, x); }
Interval abs(const Interval& x) { return apply(mpfi_abs, x); }

Interval max(const Interval& a, const Interval& b) {
  Interval out;
  if (!a.bounded() || !b.bounded()) return Interval(1) / Interval(0);
  mpfr_max(&out.get()->left, &a.get()->left, &b.get()->left, MPFR_RNDD);
  mpfr_max(&out.get()->right, &a.get()->right, &b.get()->right, MPFR_RNDU);
  return out;
}
Interval hull(const Interval& a, const Interval& b) { return apply(mpfi_union, a, b); }
Interval pi() {
  Interval out;
  mpfi_const_pi(out.get());
  return out;
}
Interval power(const Interval& x, unsigned k) {
  Interval out = 1, base = x;
  for (; k > 0; k /= 2) {
    if (k % 2 == 1) out *= base;
    base = sqr(base);
  }
  return out;
}
Interval ball(long e) {
  const Interval end = scaled(Interval(1), e);
  return hull(-end, end);
}
Interval scaled(const Interval& x, long e) {
  Interval out;
  mpfi_mul_2si(out.get(), x.get(), e);
  return out;
}

}  // namespace gronwall::checker
