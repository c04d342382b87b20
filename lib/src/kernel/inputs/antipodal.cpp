#include "../points.hpp"

namespace gronwall::kernel {
namespace {

/// Odd activations have singular kernels on these.
Inputs antipodal(const InputArguments& arguments) {
  const long pairs = arguments.integer(0), d = arguments.integer(1);
  Draws draws(arguments.seed(2));
  DistinctPoints out;
  for (long i = 0; i < pairs; ++i) out.add([&] { return on_sphere(draws.direction(d)); });
  Inputs inputs;
  for (const RationalVector& x : out.points()) {
    inputs.points.push_back(x);
    inputs.points.push_back(negative(x));
  }
  return inputs;
}

const InputRegistration registration("antipodal", "x_1, -x_1, x_2, -x_2, ... for random points of R^d.",
                                     {{"pairs", 1, 2048}, dimension(), seed()}, antipodal, "3,4,1");

}  // namespace
}  // namespace gronwall::kernel
