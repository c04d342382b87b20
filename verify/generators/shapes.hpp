#pragma once

#include <string_view>
#include <vector>

#include "verify/generators/source.hpp"

namespace gronwall::verify {

/// One way to draw a matrix of any shape. Entries may be of any size: the generator scales them down.
struct Shape {
  std::string_view name;
  linalg::ExactMatrix (*draw)(Dice& dice, int size, long rows, long cols);
};

/// Those that break bounds: each is drawn as often as any other.
const std::vector<Shape>& adversarial_shapes();
/// Those without a structure.
const std::vector<Shape>& plain_shapes();

/// A number with the first two moments of a Gaussian: the sum of twelve uniform ones, a dyadic with `bits`
/// fractional bits. It needs no logarithm, so it is the same on every machine.
double nearly_gaussian(Dice& dice, int bits);

}  // namespace gronwall::verify
