#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include <gronwall/kernel/input_registration.hpp>

/// Exact points of the sphere near given directions, in integers alone, so that every machine makes the same.
namespace gronwall::kernel {

using real::Integer;
/// Any vector but 0, for its direction.
using Direction = std::vector<Integer>;

/// Fractional bits of a stereographic coordinate: points are then within 2^-18 of where they should be, with
/// denominators below 2^40, and exact arithmetic stays cheap.
inline constexpr unsigned usual_bits = 19;

bool is_zero(const Direction& g);

/// A rational point of the sphere within sqrt(d) 2^-bits of g/|g|, with denominators below 2^{2 bits + 2}.
///
/// It is the stereographic projection of m = (g_1, ..., g_{d-1})/(|g| + |g_d|), each coordinate rounded to a
/// multiple of 2^-bits. The pole lies on the other side of g, so |m| <= 1, where the projection stretches by
/// at most 2. g must not be 0.
RationalVector on_sphere(const Direction& g, unsigned bits = usual_bits);

RationalVector negative(RationalVector x);

/// Random numbers of a seed, the same everywhere.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : engine_(seed) {}
  /// d numbers, each the sum of twelve uniform ones of 16 bits around 0 (nearly Gaussian, with standard
  /// deviation 2^16); never all 0.
  Direction direction(long d);

 private:
  Integer number();
  std::mt19937_64 engine_;
};

/// Points, none of which is equal or opposite to another.
class DistinctPoints {
 public:
  /// Adds what `draw()` returns as soon as it differs from all there is. Throws DomainError where a hundred
  /// draws give nothing new.
  template <class Draw>
  void add(Draw draw) {
    for (int attempt = 0; attempt < 100; ++attempt)
      if (insert(draw())) return;
    refuse();
  }
  const std::vector<RationalVector>& points() const { return points_; }

 private:
  bool insert(const RationalVector& x);
  [[noreturn]] void refuse() const;
  std::vector<RationalVector> points_;
};

}  // namespace gronwall::kernel
