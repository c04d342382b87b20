#pragma once

#include <cmath>
#include <string>

#include <boost/multiprecision/mpfr.hpp>
#include <mpfr.h>

#include <gronwall/real/backend.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/estimated.hpp>

namespace gronwall::real {

/// A correctly rounded MPFR number of `Digits` decimal digits. Its limbs lie on the stack, and its
/// operators return values, not expression templates, so that Eigen's kernels work and inner
/// loops allocate nothing.
template <unsigned Digits>
using Mpfr = boost::multiprecision::number<
    boost::multiprecision::mpfr_float_backend<Digits, boost::multiprecision::allocate_stack>,
    boost::multiprecision::et_off>;

/// The members that all `Backend<Mpfr<Digits>>` share.
template <unsigned Digits>
struct MpfrBackend {
  using R = Mpfr<Digits>;
  using Quantity = Estimated<R>;
  static constexpr int digits = static_cast<int>(Digits);
  static constexpr bool referees = false;
  static constexpr bool encloses = false;

  static R from_double(double x) { return R(x); }
  static double to_double(const R& x) { return mpfr_get_d(x.backend().data(), MPFR_RNDN); }
  static R multiply_subtract(const R& x, const R& y, const R& z) {
    R out;
    mpfr_fms(out.backend().data(), x.backend().data(), y.backend().data(), z.backend().data(), MPFR_RNDN);
    return out;
  }
  static R unit_roundoff() {
    R u(1);
    mpfr_mul_2si(u.backend().data(), u.backend().data(),
                 -static_cast<long>(mpfr_get_prec(u.backend().data())), MPFR_RNDN);
    return u;
  }
  static bool finite(const R& x) { return mpfr_number_p(x.backend().data()) != 0; }
  static std::string to_hex(const R& x) {
    char* text = nullptr;
    if (mpfr_asprintf(&text, "%Ra", x.backend().data()) < 0) throw Error("MPFR could not write a number.");
    std::string out(text);
    mpfr_free_str(text);
    return out;
  }
  static R from_hex(const std::string& text) {
    R x;
    char* end = nullptr;
    const int inexact = mpfr_strtofr(x.backend().data(), text.c_str(), &end, 0, MPFR_RNDN);
    if (text.empty() || *end != '\0') throw DomainError("'" + text + "' is not a hexadecimal number.");
    if (inexact != 0)
      throw PrecisionError("'" + text + "' has more digits than " + std::to_string(Digits) +
                           "-digit numbers hold.");
    return x;
  }
};

}  // namespace gronwall::real
