#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include <gronwall/real/backend.hpp>

namespace gronwall::test {

/// Random numbers that are the same on every platform. A test prints the drawn arguments it fails on, in
/// hexadecimal, so that nothing else is needed to reproduce it.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// 0 <= k < n.
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
  /// Uniform in [-1, 1), a multiple of 2^-52.
  double symmetric() { return std::ldexp(static_cast<double>(engine_() >> 11), -52) - 1; }
  /// Any size from 2^low to 2^high, any sign.
  double spread(int low, int high) { return std::ldexp(symmetric(), low + below(high - low + 1)); }
  /// As `spread`, with every digit of R drawn.
  template <class R>
  R full(int low, int high) {
    R x = real::from_double<R>(symmetric());
    R weight(1);
    for (int digits = 15; digits < real::Backend<R>::digits; digits += 15) {
      weight = weight * real::from_double<R>(0x1p-52);
      x = x + weight * real::from_double<R>(symmetric());
    }
    return x * real::from_double<R>(std::ldexp(1.0, low + below(high - low + 1)));
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace gronwall::test
