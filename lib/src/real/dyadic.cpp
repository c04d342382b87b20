#include <cerrno>
#include <cmath>
#include <cstdlib>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/dyadic.hpp>

namespace gronwall::real {

double Backend<double>::from_hex(const std::string& text) {
  // MPFR reads hexadecimal floats exactly and says whether a rounding was needed.
  mpfr_t exact;
  mpfr_init2(exact, 53);
  char* end = nullptr;
  const int inexact = mpfr_strtofr(exact, text.c_str(), &end, 0, MPFR_RNDN);
  const double x = mpfr_get_d(exact, MPFR_RNDN);
  const bool same = mpfr_cmp_d(exact, x) == 0 || std::isnan(x);
  mpfr_clear(exact);
  if (text.empty() || *end != '\0') throw DomainError("'" + text + "' is not a hexadecimal number.");
  if (inexact != 0 || !same) throw PrecisionError("'" + text + "' has more digits than a double holds.");
  return x;
}

Dyadic::Dyadic(double x) : value_(x) {
  if (!std::isfinite(x)) throw DomainError("An exact input must be a finite number.");
}

Dyadic Dyadic::scaled(long m, int e) {
  const double rounded = static_cast<double>(m);
  const double x = std::ldexp(rounded, e);
  // 2^63, to which the largest integers round, would not convert back.
  const bool exact = std::abs(rounded) < 0x1p63 && static_cast<long>(rounded) == m;
  if (!exact || !std::isfinite(x) || std::ldexp(x, -e) != rounded)
    throw DomainError("m 2^e does not fit a double.");
  return Dyadic(x);
}

std::string Dyadic::to_hex() const { return Backend<double>::to_hex(value_); }

Dyadic Dyadic::from_hex(const std::string& text) { return Dyadic(Backend<double>::from_hex(text)); }

}  // namespace gronwall::real
