#include <fmt/format.h>

#include "polynomial.hpp"

// The polynomials that people call by name. They need no formula of their own, so they share a file.
namespace gronwall::activation {
namespace {

const Registration identity("identity", [] { return make_polynomial("identity", "x", {0, 1}); });
const Registration square("square", [] { return make_polynomial("square", "x^2", {0, 0, 1}); });
const Registration cube("cube", [] { return make_polynomial("cube", "x^3", {0, 0, 0, 1}); });

/// a + b x, in the order of the powers.
Activation make_affine(const Parameters& parameters) {
  parameters.require({"a", "b"});
  const std::vector<Rational> c{parameters.number(0, "a"), parameters.number(1, "b")};
  return make_polynomial(fmt::format("affine:{},{}", real::to_string(c[0]), real::to_string(c[1])),
                         formula_of(c), c);
}

const Registration affine("affine", "<a>,<b>", make_affine, {"1,2", "-1/3,0x1.8p+1", "2,0"});

}  // namespace
}  // namespace gronwall::activation
