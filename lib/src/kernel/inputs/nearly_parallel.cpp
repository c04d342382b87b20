#include "../points.hpp"

namespace gronwall::kernel {
namespace {

/// The stereographic projections of 0 and of (gap/2) c e_k for c = 1, 2, ... along each of the d - 1 axes in
/// turn: near the south pole projection doubles lengths.
Inputs nearly_parallel(const InputArguments& arguments) {
  const long n = arguments.integer(0), d = arguments.integer(1);
  const Rational step = arguments.number(2) / 2;
  Inputs inputs;
  for (long i = 0; i < n; ++i) {
    RationalVector m(static_cast<std::size_t>(d - 1), Rational(0));
    if (i > 0) m[static_cast<std::size_t>((i - 1) % (d - 1))] = step * Rational(1 + (i - 1) / (d - 1));
    inputs.points.push_back(linalg::rational_unit_vector(m));
  }
  return inputs;
}

const InputRegistration registration(
    "nearly-parallel", "N points of R^d around one; the closest ones are about the gap apart.",
    {count(), dimension(), {"gap", Rational(real::Integer(1), real::Integer(1) << 200), 1, false}},
    nearly_parallel, "4,3,1e-6");

}  // namespace
}  // namespace gronwall::kernel
