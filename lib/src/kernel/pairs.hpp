#pragma once

#include <vector>

#include <gronwall/linalg/approximation.hpp>

/// Which pairs of inputs have to be computed: those that differ, each once.
namespace gronwall::kernel {

using linalg::Matrix;
using real::Real;

/// Inputs of one squared norm form a class: at infinite width they have the same variances at all times.
template <Real R>
class Pairs {
 public:
  struct Pair {
    std::size_t a, b;  ///< classes
    R product;         ///< <x, xbar>
    bool self;         ///< xbar = x
  };

  /// Throws DomainError unless `gram` is a symmetric N x N matrix, N >= 1, with entries that are finite,
  /// diagonal entries >= 0 and |g_ij| <= sqrt(g_ii g_jj) up to rounding.
  explicit Pairs(const Matrix<R>& gram);

  /// The squared norm of each class.
  const std::vector<R>& norms() const { return norms_; }
  /// The pair of each class with itself stands first, in the order of the classes.
  const std::vector<Pair>& all() const { return pairs_; }

  /// N x N: a value for each pair, at the places where it belongs.
  Matrix<R> spread(const std::vector<R>& values) const;

 private:
  std::vector<R> norms_;
  std::vector<Pair> pairs_;
  Eigen::MatrixXi index_;
};

}  // namespace gronwall::kernel
