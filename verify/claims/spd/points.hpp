#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gronwall/linalg/exact.hpp>

#include "verify/engine/any.hpp"

/// Exact points of the unit sphere and what the claims on positive definiteness ask of them.
namespace gronwall::verify {

using linalg::RationalMatrix;
using linalg::RationalVector;
using Points = std::vector<RationalVector>;

/// 0, 1/2, -1/2, 1, -1, ...: small codes are simple numbers.
real::Rational half_integer(long code);
/// The stereographic point whose coordinates have these codes; for no coordinates, the point -1 of S^0.
RationalVector grid_point(const std::vector<long>& codes);
RationalVector opposite(const RationalVector& x);

/// The name of an input: "x3".
std::string numbered(std::string name, long i);

bool distinct(const Points& x);
/// No point is there twice and no two are opposite: |rho_ij| < 1 for i != j.
bool pairwise_independent(const Points& x);
/// 1 at one and -1 at another of two equal points, if there are two: K c = 0 for every kernel K, exactly.
std::optional<RationalVector> equal_points(const Points& x);
/// "(1/2, 0), (0, 1)", for notes.
std::string text(const Points& x);
std::string text(const RationalVector& x);

/// One point of the sphere of R^d, from d - 1 drawn integers.
template <Real R>
RationalVector any_grid_point(Any<R>& any, const std::string& name, long d) {
  std::vector<long> codes;
  for (long k = 1; k < d; ++k) codes.push_back(any.integer(numbered(name + ".", k), 0, 12));
  return grid_point(codes);
}

/// Some antipodal pairs x, -x and some points besides, on the sphere of R^d with d = 1, 2 or 3; with `copies`
/// perhaps the first point once more, for claims that suppose that there are no equal ones and have to be
/// seen to fail without.
template <Real R>
Points any_points(Any<R>& any, long most_pairs = 4, long most_singles = 3, bool copies = false) {
  const long d = any.integer("d", 1, 3);
  const long pairs = any.integer("antipodal pairs", 0, d == 1 ? std::min(1L, most_pairs) : most_pairs);
  const long least = pairs == 0 ? 1 : 0;
  const long singles = any.integer("other points", least, d == 1 ? least : most_singles);
  Points x;
  for (long i = 1; i <= pairs; ++i) {
    x.push_back(any_grid_point<R>(any, numbered("p", i), d));
    x.push_back(opposite(x.back()));
  }
  for (long i = 1; i <= singles; ++i) x.push_back(any_grid_point<R>(any, numbered("x", i), d));
  if (copies && any.integer("copies of the first point", 0, 1) == 1) x.push_back(x.front());
  return x;
}

}  // namespace gronwall::verify
