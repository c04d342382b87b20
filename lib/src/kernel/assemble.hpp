#pragma once

#include <vector>

#include <gronwall/kernel/infinite.hpp>

#include "pairs.hpp"

namespace gronwall::kernel {

/// The numbers of one pair of inputs.
template <Real R>
struct PairKernel {
  R v, W, U, covariance, nngp;
};

/// The matrices of all pairs. `relative` is the error of an entry relative to the largest one of its matrix,
/// `absolute` what is added for each part (empty in balls, which enclose).
template <Real R>
InfiniteKernel<R> assemble(const Pairs<R>& pairs, const std::vector<PairKernel<R>>& found, const R& relative,
                           const PairKernel<R>& absolute);

/// How much an error of the expectations can grow on the way to the kernel: e^{2 sigma_w L1 T}, the growth of
/// a product of two states; 1000 where that says nothing.
template <real::Floating R>
R amplification(const Limit<R>& limit);

}  // namespace gronwall::kernel
