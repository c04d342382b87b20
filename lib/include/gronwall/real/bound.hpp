#pragma once

#include <gronwall/real/ball.hpp>

namespace gronwall::real {

/// An upper bound of a number >= 0: arithmetic that rounds up, with 30 bits and exponents of any size (Arb's
/// mag_t). A tenth of the cost of a ball, for error bounds of which nothing but the size matters. Every
/// operation is monotone, so the result bounds the result of whatever the operands bound. Infinite where
/// nothing is known.
class Bound {
 public:
  Bound() { mag_init(x_); }
  /// Of |x|, for every point x of the ball; infinite where the ball is not known.
  explicit Bound(const Ball& x) {
    mag_init(x_);
    arb_get_mag(x_, x.raw());
  }
  /// x >= 0; throws DomainError for a negative number or NaN.
  explicit Bound(double x);
  Bound(const Bound& x) { mag_init_set(x_, x.x_); }
  Bound(Bound&& x) noexcept { mag_init(x_), mag_swap(x_, x.x_); }
  Bound& operator=(const Bound& x) { return mag_set(x_, x.x_), *this; }
  Bound& operator=(Bound&& x) noexcept { return mag_swap(x_, x.x_), *this; }
  ~Bound() { mag_clear(x_); }

  mag_ptr raw() { return x_; }
  mag_srcptr raw() const { return x_; }

  bool finite() const { return mag_is_inf(x_) == 0; }
  bool is_zero() const { return mag_is_zero(x_) != 0; }
  /// The bound itself as an exact ball.
  Ball ball() const;
  /// [-bound, bound].
  Ball around_zero() const { return Ball(Ball(), ball()); }
  /// About log2; -infinity for 0. For step sizes, not for proofs.
  double log2() const;

  Bound& operator+=(const Bound& y) { return mag_add(x_, x_, y.x_), *this; }
  Bound& operator*=(const Bound& y) { return mag_mul(x_, x_, y.x_), *this; }
  /// this + y z in one go.
  Bound& add_product(const Bound& y, const Bound& z) { return mag_addmul(x_, y.x_, z.x_), *this; }
  friend Bound operator+(Bound x, const Bound& y) { return x += y; }
  friend Bound operator*(Bound x, const Bound& y) { return x *= y; }
  /// The bounds themselves are compared, not what they bound.
  friend bool operator<(const Bound& x, const Bound& y) { return mag_cmp(x.x_, y.x_) < 0; }

 private:
  mag_t x_;
};

Bound sqrt(const Bound& x);
inline const Bound& max(const Bound& x, const Bound& y) { return x < y ? y : x; }
inline const Bound& min(const Bound& x, const Bound& y) { return y < x ? y : x; }

/// Of the Euclidean norm of n balls that lie `stride` apart.
Bound norm_bound(const Ball* x, long n, long stride = 1);

}  // namespace gronwall::real
