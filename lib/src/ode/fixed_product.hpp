#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <gronwall/linalg/matrix.hpp>
#include <gronwall/real/bound.hpp>

namespace gronwall::ode {

using linalg::ExactMatrix;
using real::Ball;
using real::Bound;

/// Products W x to some 58 bits at the cost of a multiplication of integers an entry, a twentieth of that of
/// a ball: row i of W is 2^{w_i} times integers of at most `bits` bits, x is 2^e times such integers, and
/// their inner products are exact in 128 bits, since n 2^{2 bits} <= 2^126.
class FixedMatrix {
 public:
  /// Throws DomainError for a matrix with an entry that is not finite.
  explicit FixedMatrix(const ExactMatrix& w);

  /// Of ||W - W~||_F, W~ what is multiplied with.
  const Bound& rounding() const { return rounding_; }

  struct Error {
    Bound rounded;  ///< of ||x - x~||: rounding and the radii of x
    Bound size;     ///< of ||x~||
  };
  /// out = W~ x~, exact: both have n entries. None where x has an entry that is not known, or a size that is
  /// beyond 2^(+-2^30).
  std::optional<Error> multiply(const Ball* x, Ball* out) const;

 private:
  Eigen::Index n_;
  int bits_;
  std::vector<std::int64_t> digits_;  ///< row by row
  std::vector<long> units_;           ///< w_i
  Bound rounding_;
};

}  // namespace gronwall::ode
