#include "../points.hpp"

namespace gronwall::kernel {
namespace {

Inputs random(const InputArguments& arguments) {
  const long n = arguments.integer(0), d = arguments.integer(1);
  Draws draws(arguments.seed(2));
  DistinctPoints out;
  for (long i = 0; i < n; ++i) out.add([&] { return on_sphere(draws.direction(d)); });
  return {out.points()};
}

const InputRegistration registration(
    "random", "N random points, nearly uniform on the sphere of R^d, none opposite to another.",
    {count(), dimension(), seed()}, random, "8,3,1");

}  // namespace
}  // namespace gronwall::kernel
