#pragma once

#include <vector>

#include "verify/checker/activation.hpp"
#include "verify/checker/exact.hpp"

/// Enclosures of solutions of h' = M phi(h), M = (sigma_w/sqrt n) W, and of what an adjoint needs, for few
/// unknowns.
namespace gronwall::checker {

using Vector = std::vector<Interval>;

/// The vector field h' = M phi(h) in R^n; and, for its derivative in the initial state, Y' = M diag(phi'(h))
/// Y.
class Field {
 public:
  Field(Activation phi, long n, Vector m) : phi_(phi), n_(static_cast<std::size_t>(n)), m_(std::move(m)) {}
  std::size_t width() const { return n_; }
  /// Column `column` of Y (from 0) is driven besides: + strength phi(h_k) e_i on the right.
  struct Drive {
    std::size_t column, i, k;
    Interval strength;
  };
  Field& driven(Drive drive) {
    drives_.push_back(std::move(drive));
    return *this;
  }
  /// Taylor coefficients 0 to `order` in time of the solution that starts at `state`: h alone (n entries), or
  /// h and Y column by column (n + n^2 entries).
  std::vector<Vector> taylor(const Vector& state, std::size_t order) const;

 private:
  Vector product(const Vector& u, std::size_t from) const;

  Activation phi_;
  std::size_t n_;
  Vector m_;  // row by row
  std::vector<Drive> drives_;
};

/// The state after time `duration` >= 0. Throws NotDecided when steps get too small or too many.
///
/// Interval Taylor method. A step from the box H of length tau: first a box B with H + [0, tau] F(B) inside
/// B, so that by Picard and Lindelöf every solution from H stays in B on [0, tau]; then, by Taylor's formula
/// with Lagrange's remainder in each component, the solution at tau is in sum_{i<p} c_i(H) tau^i + c_p(B)
/// tau^p, where c_i are the Taylor coefficients evaluated in intervals. Nothing fights the wrapping of boxes
/// but precision: the width grows as e^{|M| L t} from 2^-bits. tau is halved until the remainder is below
/// 2^(-2 bits/3) of the state, or the rounding of the state if that is more.
Vector solve(const Field& field, Vector state, const mpq_class& duration);

}  // namespace gronwall::checker
