// Products in fixed point, against balls of 400 bits: the error is no larger than is said, and near it.
#include "../../src/ode/fixed_product.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::ExactMatrix;
using ode::FixedMatrix;
using real::Ball;
using real::Bound;
using real::Precision;

/// ||W~ x~ - W x|| <= ||W||_F ||x - x~|| + ||W - W~||_F ||x~||, and the two parts are told apart by matrices
/// and vectors that fixed point holds exactly.
TEST(FixedProduct, ErrorIsWhatIsSaid) {
  const Precision precision(400);
  test::Random random(80);
  for (int k = test::repetitions(200); k > 0; --k) {
    const int n = 1 + random.below(40);
    const bool exact_w = random.below(2) == 0;
    ExactMatrix w(n, n);
    std::vector<Ball> x(static_cast<std::size_t>(n)), out(x.size());
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j)
        w(i, j) = exact_w ? std::round(8 * random.symmetric()) : random.spread(-90, 0);
      const Ball third = Ball(random.symmetric()) / Ball(3);
      x[static_cast<std::size_t>(i)] = exact_w ? third.midpoint() : Ball(std::round(64 * random.symmetric()));
    }
    const FixedMatrix fixed(w);
    const auto error = fixed.multiply(x.data(), out.data());
    ASSERT_TRUE(error.has_value());
    Bound apart, norm;
    for (int i = 0; i < n; ++i) {
      Ball truth;
      for (int j = 0; j < n; ++j) truth += Ball(w(i, j)) * x[static_cast<std::size_t>(j)];
      const Bound here(Ball(truth - out[static_cast<std::size_t>(i)]));
      apart.add_product(here, here);
      for (int j = 0; j < n; ++j) norm.add_product(Bound(Ball(w(i, j))), Bound(Ball(w(i, j))));
    }
    const Bound limit = real::sqrt(norm) * error->rounded + fixed.rounding() * error->size;
    EXPECT_FALSE(limit < real::sqrt(apart)) << "n = " << n;
    const double per_entry = error->rounded.log2() - std::log2(n) / 2;
    EXPECT_LE(per_entry, exact_w ? -56 : -48) << "n = " << n;
    EXPECT_TRUE(!exact_w || fixed.rounding().is_zero());
  }
}

/// Products with unit vectors are the columns of what is multiplied with.
TEST(FixedProduct, RoundingOfTheMatrixIsWhatIsSaid) {
  const Precision precision(2500);
  test::Random random(81);
  for (int k = test::repetitions(20); k > 0; --k) {
    const int n = 1 + random.below(20);
    ExactMatrix w(n, n);
    for (Eigen::Index i = 0; i < w.size(); ++i) w.data()[i] = random.spread(k % 2 == 0 ? -90 : -1070, 0);
    const FixedMatrix fixed(w);
    Bound apart;
    for (int j = 0; j < n; ++j) {
      std::vector<Ball> x(static_cast<std::size_t>(n)), out(x.size());
      x[static_cast<std::size_t>(j)] = Ball(1);
      ASSERT_TRUE(fixed.multiply(x.data(), out.data()).has_value());
      for (int i = 0; i < n; ++i) {
        const Bound here(Ball(Ball(w(i, j)) - out[static_cast<std::size_t>(i)]));
        apart.add_product(here, here);
      }
    }
    EXPECT_FALSE(fixed.rounding() < real::sqrt(apart) * Bound(0.999)) << "n = " << n;
  }
}

}  // namespace
