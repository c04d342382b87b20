#pragma once

#include <gronwall/training/descent.hpp>

#include "model/networks.hpp"

namespace gronwall::test {

/// A network with three samples in two dimensions and labels of order one: the same in every backend.
template <real::Real R>
training::Problem<R> some_problem(const std::string& activation, Eigen::Index n, unsigned seed,
                                  std::optional<long> depth = {}) {
  constexpr Eigen::Index d = 2, N = 3;
  return {some_network<R>(activation, n, d, seed),
          some_inputs<R>(d, N, seed),
          linalg::from_exact<R>(Numbers(seed + 991).matrix(N, 1)),
          false,
          R(1) / R(16),
          depth};
}

}  // namespace gronwall::test
