#pragma once

#include <gronwall/real/mpfr.hpp>

namespace gronwall::real {

/// MPFR at 200 decimal digits.
template <>
struct Backend<Mpfr<200>> : MpfrBackend<200> {
  static constexpr std::string_view name = "mpfr200";
};

}  // namespace gronwall::real
