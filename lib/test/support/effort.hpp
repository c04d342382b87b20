#pragma once

#include <cstdlib>

namespace gronwall::test {

/// How much effort randomised tests make: GRONWALL_TEST_MULTIPLIER, 1 by default. Quick in CI,
/// thorough over a night.
inline double multiplier() {
  const char* text = std::getenv("GRONWALL_TEST_MULTIPLIER");
  const double m = text == nullptr ? 1.0 : std::strtod(text, nullptr);
  return m > 0 ? m : 1.0;
}

/// `base` repetitions times the multiplier, at least one.
inline int repetitions(int base) {
  const double n = base * multiplier();
  return n < 1 ? 1 : static_cast<int>(n);
}

}  // namespace gronwall::test
