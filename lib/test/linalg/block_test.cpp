// Conversions to and from blocks against exact arithmetic.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <gronwall/linalg/block.hpp>
#include <gronwall/real/error.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/exact_block.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::Block;
using linalg::Matrix;
using test::dyadic;
using test::Dyadic;

constexpr std::int32_t half = 1 << (Block::limb_bits - 1);

template <class R>
R scaled(const R& x, int power) {
  using std::ldexp;
  return ldexp(x, power);
}

/// Zeros, exponents from -spread to spread within a column, a column of zeros now and then.
template <class R>
Matrix<R> random_matrix(test::Random& random, Eigen::Index rows, Eigen::Index cols, int spread) {
  Matrix<R> a(rows, cols);
  for (Eigen::Index j = 0; j < cols; ++j) {
    const bool zeros = random.below(5) == 0;
    for (Eigen::Index i = 0; i < rows; ++i)
      a(i, j) = zeros || random.below(6) == 0
                    ? R(0)
                    : scaled<R>(random.full<R>(0, 1), random.below(2 * spread + 1) - spread);
  }
  return a;
}

/// The column's exponent e is the smallest with |entry| < 2^(e - 1); 0 for zeros.
template <class R>
void expect_smallest_exponent(const Matrix<R>& a, const Block& b, Eigen::Index j) {
  bool zeros = true;
  long above = std::numeric_limits<long>::min();
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    if (a(i, j) != 0) zeros = false, above = std::max(above, dyadic(a(i, j)).above());
  EXPECT_EQ(b.exponent(j), zeros ? 0 : above + 1);
}

template <class R>
void expect_rounded(const Matrix<R>& a, int limbs) {
  const Block b(a, limbs);
  ASSERT_EQ(b.rows(), a.rows());
  ASSERT_EQ(b.cols(), a.cols());
  ASSERT_EQ(b.limbs(), limbs);
  ASSERT_EQ(b.stride() % Block::padding, 0);
  for (Eigen::Index j = 0; j < a.cols(); ++j) {
    expect_smallest_exponent<R>(a, b, j);
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
      EXPECT_LE((dyadic(b, i, j) - dyadic(a(i, j))).in_units(b.log2_unit(j)), 0.5) << a(i, j);
      for (int l = 0; l < limbs; ++l) EXPECT_LE(std::abs(b.limb(l, j)[i]), half);
    }
  }
}

template <class R>
class BlockConversions : public ::testing::Test {};
TYPED_TEST_SUITE(BlockConversions, test::BackendTypes, test::BackendNames);

TYPED_TEST(BlockConversions, RoundToHalfAUnit) {
  using R = TypeParam;
  test::Random random(611);
  for (int run = test::repetitions(60); run > 0; --run) {
    const Eigen::Index rows = random.below(40), cols = random.below(4);
    const int spread = 1 << random.below(9);
    expect_rounded<R>(random_matrix<R>(random, rows, cols, spread), 1 + random.below(30));
  }
}

TYPED_TEST(BlockConversions, HugeRangesOfExponents) {
  using R = TypeParam;
  const int most = std::is_same_v<R, double> ? 1020 : 200000;
  Matrix<R> a(4, 2);
  a << scaled<R>(R(1), most), scaled<R>(R(3), -most), scaled<R>(R(-1), -most), R(0), R(0),
      scaled<R>(R(-5), -most), R(1), scaled<R>(R(7), -most);
  for (const int limbs : {1, 2, 7}) expect_rounded<R>(a, limbs);
}

/// Just below and at powers of two, and halfway between multiples of the unit.
TYPED_TEST(BlockConversions, CornersOfRounding) {
  using R = TypeParam;
  for (const int limbs : {1, 2, 7, 24}) {
    const int bits = Block::limb_bits * limbs;
    Matrix<R> a(7, 1);
    const R tiny = scaled<R>(R(1), -bits), u = real::Backend<R>::unit_roundoff();
    a << R(1), R(1) - u, -(R(1) - u), R(-1), R(3) * tiny, -R(3) * tiny, tiny;
    expect_rounded<R>(a, limbs);
    const Matrix<R> below = a.middleRows(1, 2);
    expect_rounded<R>(below, limbs);
  }
}

TYPED_TEST(BlockConversions, BackAreExactWhereDigitsSuffice) {
  using R = TypeParam;
  test::Random random(612);
  // 4 bits per 15 digits are more than enough, and two limbs for the spread.
  const int limbs = Block::limbs_for(4L * real::Backend<R>::digits + 60);
  for (int run = test::repetitions(20); run > 0; --run) {
    const Matrix<R> a = random_matrix<R>(random, 1 + random.below(20), 1 + random.below(3), 4);
    const Matrix<R> back = Block(a, limbs).as<R>();
    for (Eigen::Index k = 0; k < a.size(); ++k) EXPECT_EQ(a.data()[k], back.data()[k]);
  }
}

/// Any digits, redundant ones too: to the nearest number of R.
TYPED_TEST(BlockConversions, BackRoundToNearest) {
  using R = TypeParam;
  test::Random random(613);
  for (int run = test::repetitions(20); run > 0; --run)
    for (const test::Fill fill : test::fills) {
      const Block b = test::random_block(random, 1 + random.below(20), 2, 1 + random.below(30), 100, fill);
      const Matrix<R> a = b.as<R>();
      const R u = real::Backend<R>::unit_roundoff();
      for (Eigen::Index j = 0; j < b.cols(); ++j)
        for (Eigen::Index i = 0; i < b.rows(); ++i) {
          const Dyadic exact = dyadic(b, i, j), unit = dyadic(u) * exact;
          const Dyadic error = dyadic(a(i, j)) - exact;
          if (exact.mantissa == 0) {
            EXPECT_EQ(a(i, j), 0);
          } else {
            EXPECT_LE(error.in_units(0), unit.in_units(0));
          }
        }
    }
}

TYPED_TEST(BlockConversions, RefuseWhatIsNotFinite) {
  using R = TypeParam;
  Matrix<R> a = Matrix<R>::Constant(3, 2, R(1));
  a(2, 1) = std::numeric_limits<R>::infinity();
  EXPECT_THROW(Block(a, 7), DomainError);
  a(2, 1) = std::numeric_limits<R>::quiet_NaN();
  EXPECT_THROW(Block(a, 7), DomainError);
  a(2, 1) = R(1);
  EXPECT_THROW(Block(a, 0), DomainError);
}

TEST(Blocks, RefuseShapesThatAreNone) {
  EXPECT_THROW(Block(-1, 2, 3), DomainError);
  EXPECT_THROW(Block(1, -2, 3), DomainError);
  EXPECT_THROW(Block(1, 2, 0), DomainError);
  EXPECT_NO_THROW(Block(0, 0, 1));
}

TEST(Blocks, LimbsForBitsAreEnoughAndNotTooMany) {
  EXPECT_EQ(Block::limbs_for(0), 1);
  EXPECT_EQ(Block::limbs_for(-5), 1);
  for (long bits = 1; bits < 1000; ++bits) {
    // The largest entry is at least a quarter of 2^exponent.
    const long held = static_cast<long>(Block::limb_bits) * Block::limbs_for(bits) - 2;
    EXPECT_GE(held, bits);
    EXPECT_LT(held, bits + Block::limb_bits);
  }
}

TEST(Blocks, TellTheirLargestEntry) {
  test::Random random(614);
  for (int run = test::repetitions(100); run > 0; --run) {
    const test::Fill fill = test::fills[random.below(5)];
    Block b = test::random_block(random, 1 + random.below(20), 1, 1 + random.below(30), 1000, fill);
    double largest = -std::numeric_limits<double>::infinity();
    for (Eigen::Index i = 0; i < b.rows(); ++i) {
      const Dyadic x = dyadic(b, i, 0);
      if (x.mantissa == 0) continue;
      const long above = x.above();
      largest = std::max(largest, static_cast<double>(above) + std::log2(x.in_units(above)));
    }
    if (std::isinf(largest))
      EXPECT_EQ(b.log2_largest(0), largest);
    else
      EXPECT_NEAR(b.log2_largest(0), largest, 0x1p-20);
  }
}

}  // namespace
