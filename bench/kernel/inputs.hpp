#pragma once

#include <gronwall/model/initialisation.hpp>

#include "support/network.hpp"

/// The inputs of the kernel benchmarks: N random vectors of eight dimensions, normalised.
namespace gronwall::bench {

constexpr long dimension = 8;

/// Of length 1 up to rounding; d x N.
template <class R>
Matrix<R> unit_inputs(long N) {
  linalg::ExactMatrix X = model::gaussian_parameters(N, dimension, 2).U.transpose();
  for (Eigen::Index j = 0; j < X.cols(); ++j) X.col(j) /= X.col(j).norm();
  return linalg::from_exact<R>(X);
}

/// Their products: the same matrix, with ones on the diagonal, in every precision.
template <class R>
Matrix<R> unit_gram(long N) {
  const linalg::ExactMatrix X = unit_inputs<double>(N);
  linalg::ExactMatrix out = X.transpose() * X;
  for (Eigen::Index j = 0; j < out.cols(); ++j) {
    out(j, j) = 1;
    for (Eigen::Index i = 0; i < j; ++i) out(i, j) = out(j, i);
  }
  return linalg::from_exact<R>(out);
}

}  // namespace gronwall::bench
