#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gronwall/linalg/exact.hpp>
#include <gronwall/linalg/matrix.hpp>
#include <gronwall/real/backends.hpp>

/// The data on which kernels are asked for: exact points, so that whether two of them are equal, opposite or
/// of norm 1 is decided and not estimated.
namespace gronwall::kernel {

using linalg::Matrix;
using linalg::RationalVector;
using real::Rational;
using real::Real;

/// Two points by their numbers 0, 1, ..., the smaller one first.
using Pair = std::pair<long, long>;

/// N inputs of dimension d, exact. With `normalised` each stands for x/|x|, which may be irrational: what is
/// computed from it is then correctly rounded, and what is decided is decided exactly.
struct Inputs {
  std::vector<RationalVector> points;
  bool normalised = false;
  /// The lines of the file that the points were read from; empty where they come from no file.
  std::vector<long> lines{};

  long count() const { return static_cast<long>(points.size()); }
  long dimension() const { return points.empty() ? 0 : static_cast<long>(points.front().size()); }

  /// d x N. In floating point each entry is wrong by at most u(1 + 2^-60) of itself, infinite beyond the
  /// range of a double; rational entries (of normalised points too) are rounded to nearest. Balls enclose.
  template <Real R>
  Matrix<R> matrix() const;
  /// <x_i, x_j>: N x N, with the same accuracy; exactly symmetric. Where normalised it is
  /// rho_ij = <x_i, x_j>/sqrt(|x_i|^2 |x_j|^2), whose square is rational: the diagonal is exactly 1, and
  /// parallel points give exactly 1 or -1, also in balls.
  template <Real R>
  Matrix<R> gram() const;
  /// The same over the rationals; none where an entry is irrational.
  std::optional<linalg::RationalMatrix> exact_gram() const;

  /// |x_i| = 1. With `normalised`: x_i != 0.
  bool on_sphere() const { return off_sphere().empty(); }
  /// The points that are not on the unit sphere, in their order.
  std::vector<long> off_sphere() const;
  /// The points that are 0.
  std::vector<long> zeros() const;
  /// Every point i that equals an earlier one (with `normalised`: has its direction), as (first such, i). No
  /// pair where all points are distinct; fewer than N in any case.
  std::vector<Pair> duplicates() const;
  /// Every point i with an earlier one that is its negative (with `normalised`: has the opposite direction),
  /// as (first such, i). Zeros are opposite to nothing.
  std::vector<Pair> opposite_pairs() const;

  /// Throws DomainError unless there is a point, all have one dimension >= 1, and none is 0 where they are
  /// normalised.
  void check() const;
  /// "point 3", or "line 7" where it was read there; for two "points 1 and 3", "lines 2 and 7".
  std::string place(long i) const;
  std::string place(const Pair& pair) const;
};

/// What a registered generator of inputs is called and takes.
struct InputGenerator {
  std::string name;     ///< "random"
  std::string syntax;   ///< "random:<N>,<d>[,<seed>]"
  std::string makes;    ///< one sentence
  std::string example;  ///< "random:8,3,1"
};

/// The inputs of that name, with their parameters after a colon: "circle:8", "random:8,3,1",
/// "nearly-parallel:4,3,1e-6". All lie exactly on the sphere and are distinct; the same name gives the same
/// points on every machine. Throws UnknownName (listing the names) or DomainError (saying which parameter is
/// wrong).
Inputs find_inputs(std::string_view name);

/// Every registered generator, sorted by name.
std::vector<InputGenerator> input_generators();

}  // namespace gronwall::kernel
