#pragma once

#include <string>

#include <fmt/format.h>

#include <gronwall/real/mpfr.hpp>
#include <gronwall/real/rational.hpp>

#include "verify/command/command.hpp"

/// Numbers on the command line.
namespace gronwall::verify {

/// Exactly what was written. Throws UsageError, which names the option.
inline real::Rational number(const char* option, const std::string& text) {
  try {
    return real::parse_rational(text);
  } catch (const Error& error) {
    throw UsageError(fmt::format("{}: {}", option, error.what()));
  }
}

/// Throws UsageError unless 1 <= value <= most.
inline void require(const char* option, long value, long most) {
  if (value < 1 || value > most)
    throw UsageError(fmt::format("{} must be from 1 to {}, not {}", option, most, value));
}

/// To so many significant digits.
inline std::string text(double x, int digits) { return fmt::format("{:.{}g}", x, digits); }
template <unsigned Digits>
std::string text(const real::Mpfr<Digits>& x, int digits) {
  return x.str(static_cast<std::streamsize>(digits));
}

}  // namespace gronwall::verify
