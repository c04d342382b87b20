#pragma once

#include <string>
#include <utility>
#include <vector>

#include "verify/checker/certificate.hpp"

/// Exact points of the unit sphere and polynomials, as claims draw them.
///
/// Points of the sphere are drawn as codes k of half-integers (0, 1/2, -1/2, 1, ...), one for each of the d -
/// 1 coordinates m of the plane that stereographic projection maps to the point (2m, |m|^2 - 1)/(|m|^2 + 1).
namespace gronwall::checker {

constexpr long largest_code = 1000000;

mpq_class half_integer(long code);
/// The point of the sphere over the point m of the plane, d x 1.
Matrix stereographic(const std::vector<mpq_class>& m);
/// The inputs "name.1", "name.2", ...
Matrix any_point(Inputs& in, const std::string& name, long d);
Matrix opposite(const Matrix& x);

/// Points x, of which p and -p for each of the drawn pairs come first.
struct Points {
  std::vector<Matrix> all;
  long dimension = 0;

  /// Throws NotConfirmed if a point is there twice.
  void suppose_distinct() const;
  mpq_class correlation(std::size_t i, std::size_t j) const { return (transposed(all[i]) * all[j])(0, 0); }
};

Points any_points(Inputs& in);
/// N points over ((a + (2k + 1) i + (b + k) i^2) mod 53 - 26)/(4 + k), k = 1, ..., d - 1, i = 0, ..., N - 1.
Points scattered(long count, long d, long a, long b);

/// Positions of points x and -x.
std::vector<std::pair<std::size_t, std::size_t>> opposite_pairs(const Points& x);

/// "(1, 0, -1/2)".
std::string text(const Matrix& c);

/// The coefficients c_0, c_1, ..., half-integers all of them: the inputs "degree", "c0", "c1", ...
std::vector<mpq_class> any_polynomial(Inputs& in);

}  // namespace gronwall::checker
