#pragma once

#include <vector>

#include "verify/checker/network.hpp"

namespace gronwall::checker {

/// Entries row by row, as intervals.
Vector intervals(const Matrix& a);

/// A ResNet h^l = h^{l-1} + M phi(h^{l-1}), l = 1, ..., L, read out as f = (sigma_v/sqrt n) v^T phi(h^L).
/// Derivatives are carried forwards through the layers; nothing runs backwards.
class Layers {
 public:
  /// M = (T/L)(sigma_w/sqrt n) W of the network.
  Layers(const Network& f, long depth);

  /// h^0, ..., h^L.
  std::vector<Vector> states(const Vector& start) const;
  /// df/dh^l_i, l layers from the input.
  Interval derivative_in_state(const Vector& start, long l, long i) const;
  /// df/dM_ik, M being that of all layers.
  Interval derivative_in_step(const Vector& start, long i, long k) const;
  /// f's slope at h^L in the direction xi.
  Interval read_out(const Vector& last, const Vector& xi) const;
  /// M x.
  Vector product(const Vector& x) const;

 private:
  Network f_;
  long depth_;
  Vector m_;
};

}  // namespace gronwall::checker
