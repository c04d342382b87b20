#pragma once

#include <vector>

#include <gronwall/model/neural_ode.hpp>

#include "verify/claims/growth/bounds.hpp"

/// The largest entries that curvature (L2) meets.
namespace gronwall::verify {

/// max_i ||W e_i||: the largest column.
template <Real R>
Quantity<R> largest_column(const Matrix<R>& W) {
  Quantity<R> top(R(0));
  for (Eigen::Index j = 0; j < W.cols(); ++j) top = max(top, linalg::frobenius_norm<R>(Matrix<R>(W.col(j))));
  return top;
}

/// sup_t max_i |(W^T lambda_t)_i| over [0, T], from a grid of times. Between two times of the grid the entry
/// moves by at most (largest column) * sup ||lambda'|| * (half the gap) from the nearer one, so the supremum
/// lies in [grid, grid + slack], and the quantity says just that.
template <Real R>
Quantity<R> largest_pull(const Network<R>& f, const Matrix<R>& x) {
  constexpr int gaps = 32;
  std::vector<R> times;
  for (int k = gaps; k >= 0; --k) times.push_back(R(f.horizon * real::ratio<R>(k, gaps)));
  Quantity<R> grid(R(0));
  const Quantity<R> column = largest_column<R>(f.theta.W);
  for (const linalg::Approximation<R>& lambda : model::NeuralOde<R>(f).adjoint(x, times)) {
    const linalg::Approximation<R> pull =
        linalg::multiply_with_error<R>(Matrix<R>(f.theta.W.transpose()), lambda.value);
    const Quantity<R> entry = largest_entry<R>(pull.value);
    const Quantity<R> carried = column * Quantity<R>(lambda.error);
    grid = max(grid,
               Quantity<R>(entry.value(), R(entry.error() + pull.error + carried.value() + carried.error())));
  }
  const Quantity<R> slack = column * f.growth() * lipschitz<R>(f) * adjoint_bound<R>(f, R(0)) *
                            Quantity<R>(f.horizon) / Quantity<R>(2 * gaps);
  const R half = (slack.value() + slack.error()) / R(2);
  return Quantity<R>(R(grid.value() + half), R(grid.error() + half));
}

}  // namespace gronwall::verify
