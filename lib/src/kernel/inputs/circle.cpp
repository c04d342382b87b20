#include "../points.hpp"

namespace gronwall::kernel {
namespace {

using R = real::Mpfr<50>;

/// x 2^40, rounded.
Integer fixed(const R& x) {
  Integer out;
  const R scaled = ldexp(x, 40);
  mpfr_get_z(out.backend().data(), scaled.backend().data(), MPFR_RNDN);
  return out;
}

/// The second half is minus the first where N is even.
Inputs circle(const InputArguments& arguments) {
  const long n = arguments.integer(0);
  Inputs inputs;
  for (long k = 0; k < n; ++k) {
    if (n % 2 == 0 && 2 * k >= n) {
      inputs.points.push_back(negative(inputs.points[static_cast<std::size_t>(k - n / 2)]));
      continue;
    }
    const R angle = 2 * real::pi<R>() * static_cast<int>(k) / static_cast<int>(n);
    inputs.points.push_back(on_sphere({fixed(cos(angle)), fixed(sin(angle))}));
  }
  return inputs;
}

const InputRegistration registration(
    "circle",
    "N points of the circle, evenly spread to within 2^-18; exactly opposite pairs if N is even, else none.",
    {count()}, circle, "8");

}  // namespace
}  // namespace gronwall::kernel
