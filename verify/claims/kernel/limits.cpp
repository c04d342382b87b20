#include "verify/claims/kernel/limits.hpp"

#include <gronwall/linalg/norm.hpp>

namespace gronwall::verify {

namespace {

using real::Ball;

/// Scales and horizons of the claims are positive, and beyond that they do not matter here.
std::optional<kernel::Singularity> singularity(const activation::Activation& phi,
                                               const kernel::Inputs& inputs, kernel::Part part) {
  kernel::Limit<Ball> any_positive;
  any_positive.phi = phi;
  return kernel::singular(any_positive, inputs, part);
}

Judgement from_below(const kernel::Limit<Ball>& limit, const kernel::Inputs& inputs, kernel::Part part) {
  const kernel::Definiteness found = kernel::kernel_definite(limit, inputs, part);
  Judgement out;
  if (found.definite == Truth::yes) {
    out = positive<Ball>(found.below);
    out.bits = std::max(out.bits, found.bits);
  }
  out.note = found.reason;
  return out;
}

template <real::Floating R>
Judgement as_computed(const kernel::Limit<R>& limit, const kernel::Inputs& inputs, kernel::Part part) {
  if constexpr (real::Backend<R>::digits > 20) throw Abstention{"the kernel takes minutes at this precision"};
  const kernel::InfiniteKernel<R> found = kernel::infinite_ode<R>(limit, inputs.gram<R>());
  const linalg::Approximation<R> K = part == kernel::Part::nngp ? found.nngp : found.kernel.sum();
  return positive<R>(linalg::smallest_eigenvalue<R>(K.value, K.error));
}

}  // namespace

template <Real R>
Judgement limit_definite(const kernel::Limit<R>& limit, const Points& x, kernel::Part part) {
  kernel::Inputs inputs;
  inputs.points = x;
  if (const auto found = singularity(limit.phi, inputs, part)) {
    Judgement singular = exactly(false, "> 0", "0", "");
    singular.note = found->reason + " Points: " + text(x) + ".";
    return singular;
  }
  if constexpr (real::Enclosing<R>)
    return from_below(limit, inputs, part);
  else
    return as_computed<R>(limit, inputs, part);
}

#define GRONWALL_INSTANTIATE(...)                                                                  \
  template Judgement limit_definite<__VA_ARGS__>(const kernel::Limit<__VA_ARGS__>&, const Points&, \
                                                 kernel::Part);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::verify
