#pragma once

#include <gronwall/real/mpfr.hpp>

namespace gronwall::real {

/// MPFR at 50 decimal digits.
template <>
struct Backend<Mpfr<50>> : MpfrBackend<50> {
  static constexpr std::string_view name = "mpfr50";
  static constexpr bool referees = true;
};

}  // namespace gronwall::real
