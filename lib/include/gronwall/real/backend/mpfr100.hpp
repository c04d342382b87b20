#pragma once

#include <gronwall/real/mpfr.hpp>

namespace gronwall::real {

/// MPFR at 100 decimal digits.
template <>
struct Backend<Mpfr<100>> : MpfrBackend<100> {
  static constexpr std::string_view name = "mpfr100";
};

}  // namespace gronwall::real
