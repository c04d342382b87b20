#include <gronwall/linalg/escalation.hpp>
#include <gronwall/real/bound.hpp>

namespace gronwall::linalg {

using real::Ball;
using real::Bound;

Ball relative_radius(const Approximation<Ball>& a) {
  Bound radii;
  Ball squares;
  for (Eigen::Index k = 0; k < a.value.size(); ++k) {
    const Bound radius(a.value.data()[k].radius());
    radii.add_product(radius, radius);
    const Ball middle = a.value.data()[k].midpoint();
    squares += middle * middle;
  }
  const Ball radius = (real::sqrt(radii) + Bound(a.error)).ball();
  return radius.is_zero() ? radius : (radius / sqrt(squares)).upper();
}

}  // namespace gronwall::linalg
