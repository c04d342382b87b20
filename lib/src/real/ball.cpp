#include <cmath>

#include <fmt/format.h>
#include <mpfr.h>

#include <gronwall/real/backend/ball.hpp>
#include <gronwall/real/ball.hpp>

namespace gronwall::real {

namespace {

thread_local long bits_now = 128;

/// MPFR writes and reads hexadecimal text; this carries an Arb number there and back without rounding.
class Exact {
 public:
  explicit Exact(long bits) { mpfr_init2(x_, bits < 2 ? 2 : bits); }
  Exact(const Exact&) = delete;
  Exact& operator=(const Exact&) = delete;
  ~Exact() { mpfr_clear(x_); }
  mpfr_ptr raw() { return x_; }

 private:
  mpfr_t x_;
};

/// Any arf or mag that is to be freed again.
class Arf {
 public:
  Arf() { arf_init(x_); }
  Arf(const Arf&) = delete;
  Arf& operator=(const Arf&) = delete;
  ~Arf() { arf_clear(x_); }
  arf_ptr raw() { return x_; }

 private:
  arf_t x_;
};

/// MPFR's exponents end at 2^30; what lies beyond has no text.
bool has_text(const arf_t x) {
  return arf_is_zero(x) != 0 ||
         (arf_cmpabs_2exp_si(x, -(1L << 29)) > 0 && arf_cmpabs_2exp_si(x, 1L << 29) < 0);
}

std::string hex(const arf_t x) {
  Exact number(static_cast<long>(arf_bits(x)));
  arf_get_mpfr(number.raw(), x, MPFR_RNDN);
  char* text = nullptr;
  if (mpfr_asprintf(&text, "%Ra", number.raw()) < 0) throw Error("MPFR could not write a number.");
  std::string out(text);
  mpfr_free_str(text);
  return out;
}

void read_hex(arf_t out, const std::string& text, const std::string& whole) {
  // Four bits a digit hold whatever the text says.
  Exact number(4 * static_cast<long>(text.size()) + 64);
  char* end = nullptr;
  const int inexact = mpfr_strtofr(number.raw(), text.c_str(), &end, 16, MPFR_RNDN);
  // Beyond the range of MPFR's exponents a number is rounded too.
  if (text.find("0x") == std::string::npos || *end != '\0' || inexact != 0 ||
      mpfr_number_p(number.raw()) == 0)
    throw DomainError("'" + whole + "' is no ball (write 0x1.8p+1 or 0x1.8p+1 +/- 0x1p-60).");
  arf_set_mpfr(out, number.raw());
}

/// The radius of x becomes exactly r, which must be a number of at most 30 bits: those of a radius.
void set_radius(Ball& x, const arf_t r, const std::string& whole) {
  if (arf_sgn(r) < 0 || arf_bits(r) > 30)
    throw DomainError("'" + whole + "' has a radius that is negative or has more than 30 bits.");
  if (arf_is_zero(r) != 0) return;
  fmpz_t mantissa, exponent;
  fmpz_init(mantissa), fmpz_init(exponent);
  arf_get_fmpz_2exp(mantissa, exponent, r);
  // mag_set_ui rounds nothing of so few bits.
  mag_set_ui(arb_radref(x.raw()), fmpz_get_ui(mantissa));
  mag_mul_2exp_fmpz(arb_radref(x.raw()), arb_radref(x.raw()), exponent);
  fmpz_clear(mantissa), fmpz_clear(exponent);
}

}  // namespace

long working_bits() { return bits_now; }

Precision::Precision(long bits) : before_(bits_now) {
  if (bits < 2 || bits > 100000)
    throw PrecisionError(fmt::format("Balls have 2 to 100000 bits, not {}.", bits));
  bits_now = bits;
}

Precision::~Precision() { bits_now = before_; }

Ball::Ball(double x) {
  arb_init(x_);
  if (std::isfinite(x))
    arb_set_d(x_, x);
  else
    arb_indeterminate(x_);
}

Ball::Ball(const Ball& value, const Ball& error) {
  arb_init(x_);
  arb_set(x_, value.x_);
  arb_add_error(x_, error.x_);
}

Ball Ball::midpoint() const {
  Ball m;
  arb_get_mid_arb(m.x_, x_);
  return m;
}

Ball Ball::radius() const {
  Ball r;
  arb_get_rad_arb(r.x_, x_);
  return r;
}

Ball Ball::lower() const {
  Ball z;
  arb_get_lbound_arf(arb_midref(z.x_), x_, bits_now);
  return z;
}

Ball Ball::upper() const {
  Ball z;
  arb_get_ubound_arf(arb_midref(z.x_), x_, bits_now);
  return z;
}

Ball Ball::least_modulus() const {
  Ball z;
  arb_get_abs_lbound_arf(arb_midref(z.x_), x_, bits_now);
  return z;
}

Ball Ball::largest_modulus() const {
  Ball z;
  arb_get_abs_ubound_arf(arb_midref(z.x_), x_, bits_now);
  return z;
}

Ball Ball::hull(const Ball& y) const {
  Ball z;
  arb_union(z.x_, x_, y.x_, bits_now);
  return z;
}

Ball scaled(const Ball& x, long k) {
  Ball z;
  arb_mul_2exp_si(z.raw(), x.raw(), k);
  return z;
}

#define GRONWALL_BALL_FUNCTION(name, function)  \
  Ball name(const Ball& x) {                    \
    Ball z;                                     \
    function(z.raw(), x.raw(), working_bits()); \
    return z;                                   \
  }
GRONWALL_BALL_FUNCTION(exp, arb_exp)
GRONWALL_BALL_FUNCTION(expm1, arb_expm1)
GRONWALL_BALL_FUNCTION(log, arb_log)
GRONWALL_BALL_FUNCTION(log1p, arb_log1p)
GRONWALL_BALL_FUNCTION(sin, arb_sin)
GRONWALL_BALL_FUNCTION(cos, arb_cos)
GRONWALL_BALL_FUNCTION(tan, arb_tan)
GRONWALL_BALL_FUNCTION(atan, arb_atan)
GRONWALL_BALL_FUNCTION(sinh, arb_sinh)
GRONWALL_BALL_FUNCTION(asinh, arb_asinh)
GRONWALL_BALL_FUNCTION(cosh, arb_cosh)
GRONWALL_BALL_FUNCTION(tanh, arb_tanh)
GRONWALL_BALL_FUNCTION(erf, arb_hypgeom_erf)
GRONWALL_BALL_FUNCTION(erfc, arb_hypgeom_erfc)
#undef GRONWALL_BALL_FUNCTION

Ball sqrt(const Ball& x) {
  Ball z;
  // No point of a wholly negative ball can be the number that was promised: nothing is known of the root.
  if (arb_is_negative(x.raw()) != 0)
    arb_indeterminate(z.raw());
  else
    arb_sqrtpos(z.raw(), x.raw(), working_bits());
  return z;
}

Ball abs(const Ball& x) {
  Ball z;
  arb_abs(z.raw(), x.raw());
  return z;
}

Ball max(const Ball& x, const Ball& y) {
  Ball z;
  arb_max(z.raw(), x.raw(), y.raw(), working_bits());
  return z;
}

Ball min(const Ball& x, const Ball& y) {
  Ball z;
  arb_min(z.raw(), x.raw(), y.raw(), working_bits());
  return z;
}

// Arb's comparisons are false wherever NaN is involved, and exact otherwise.
Truth leq(const Ball& x, const Ball& y) {
  if (!x.known() || !y.known()) return Truth::unknown;
  if (arb_le(x.raw(), y.raw()) != 0) return Truth::yes;
  return arb_gt(x.raw(), y.raw()) != 0 ? Truth::no : Truth::unknown;
}

Truth less(const Ball& x, const Ball& y) { return !leq(y, x); }

Truth equal(const Ball& x, const Ball& y, const Ball& tolerance) {
  // Subtraction rounds: disjoint balls may have a difference that touches 0, so they are asked first.
  const bool exact_question = tolerance.is_zero();
  if (!x.known() || !y.known() || !tolerance.known()) return Truth::unknown;
  if (exact_question) {
    if (!x.overlaps(y)) return Truth::no;
    return x.exact() && y.exact() ? Truth::yes : Truth::unknown;
  }
  return leq(abs(x - y), tolerance);
}

Ball ball_pi() {
  Ball z;
  arb_const_pi(z.raw(), working_bits());
  return z;
}

double Backend<Ball>::to_double(const Ball& x) {
  return x.known() ? arf_get_d(arb_midref(x.raw()), ARF_RND_NEAR) : std::nan("");
}

Ball Backend<Ball>::unit_roundoff() { return scaled(Ball(1), -working_bits()); }

std::string Backend<Ball>::to_hex(const Ball& x) {
  if (!x.known()) return "nan";
  Arf radius;
  arf_set_mag(radius.raw(), arb_radref(x.raw()));
  if (!has_text(arb_midref(x.raw())) || !has_text(radius.raw())) return "nan";
  const std::string middle = hex(arb_midref(x.raw()));
  if (x.exact()) return middle;
  return middle + " +/- " + hex(radius.raw());
}

Ball Backend<Ball>::from_hex(const std::string& text) {
  static constexpr std::string_view separator = " +/- ";
  const std::size_t at = text.find(separator);
  Ball out;
  read_hex(arb_midref(out.raw()), text.substr(0, at), text);
  if (at == std::string::npos) return out;
  Arf radius;
  read_hex(radius.raw(), text.substr(at + separator.size()), text);
  set_radius(out, radius.raw(), text);
  return out;
}

}  // namespace gronwall::real
