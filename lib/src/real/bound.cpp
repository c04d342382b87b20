#include <limits>

#include <gronwall/real/bound.hpp>

namespace gronwall::real {

Bound::Bound(double x) {
  if (!(x >= 0)) throw DomainError("An upper bound must be a number that is not negative.");
  mag_init(x_);
  mag_set_d(x_, x);
}

Ball Bound::ball() const {
  Ball out;
  if (finite())
    arf_set_mag(arb_midref(out.raw()), x_);
  else
    arb_indeterminate(out.raw());
  return out;
}

double Bound::log2() const {
  if (is_zero()) return -std::numeric_limits<double>::infinity();
  return mag_get_d_log2_approx(x_);
}

Bound sqrt(const Bound& x) {
  Bound out;
  mag_sqrt(out.raw(), x.raw());
  return out;
}

Bound norm_bound(const Ball* x, long n, long stride) {
  Bound squares;
  for (long i = 0; i < n; ++i) {
    const Bound entry(x[i * stride]);
    squares.add_product(entry, entry);
  }
  return sqrt(squares);
}

}  // namespace gronwall::real
