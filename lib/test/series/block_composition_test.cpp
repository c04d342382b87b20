// Compositions on blocks against compositions in MPFR numbers, in every instruction set.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/series/block_composition.hpp>
#include <gronwall/series/composition.hpp>

#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::Block;
using linalg::Matrix;
using series::BlockComposition;
using series::Composition;
using series::FixedMatrix;
using series::FixedScalar;
using Fine = real::Mpfr<200>;
using Index = Eigen::Index;

Matrix<Fine> random_matrix(test::Random& random, Index rows, Index cols, int low, int high) {
  Matrix<Fine> out(rows, cols);
  for (Index e = 0; e < out.size(); ++e) out.data()[e] = random.full<Fine>(low, high);
  return out;
}

double log2_of(const Fine& x) {
  long exponent = 0;
  const double mantissa = mpfr_get_d_2exp(&exponent, x.backend().data(), MPFR_RNDN);
  return std::log2(std::abs(mantissa)) + static_cast<double>(exponent);
}

/// log2 of the largest difference in a column.
double distance(const Matrix<Fine>& a, const Matrix<Fine>& b, Index column) {
  double out = -1e300;
  for (Index i = 0; i < a.rows(); ++i)
    if (a(i, column) != b(i, column)) out = std::max(out, log2_of(Fine(a(i, column) - b(i, column))));
  return out;
}

/// One composition in both ways: x of columns of very different sizes, x' given by coefficients that change
/// by 2^slope from order to order.
struct Both {
  Both(const std::string& name, int limbs, int orders, double slope, std::uint64_t seed)
      : phi(activation::find(name)),
        blocks(phi, rows, cols, orders, limbs),
        numbers(phi, rows * cols, 0, orders) {
    test::Random random(seed);
    Matrix<Fine> x = random_matrix(random, rows, cols, -2, 0);
    for (Index i = 0; i < rows; ++i) x(i, 0) = x(i, 0) * Fine(0x1p-60), x(i, 2) = x(i, 2) * Fine(24);
    // What both begin with are the numbers in the block.
    x = Block(x, limbs).as<Fine>();
    blocks.start<Fine>(x);
    numbers.start(x.data());
    for (int k = 1; k < orders; ++k) {
      Matrix<Fine> next = random_matrix(random, rows, cols, -2, 0);
      for (Index i = 0; i < rows; ++i) next(i, 0) = next(i, 0) * Fine(0x1p-60);
      for (Index e = 0; e < next.size(); ++e)
        next.data()[e] = next.data()[e] * real::from_double<Fine>(std::exp2(std::floor(slope * k)));
      const Block given(next, limbs);
      blocks.push(given, FixedScalar(real::Rational(3, 4), limbs));
      next = given.as<Fine>();
      for (Index e = 0; e < next.size(); ++e) next.data()[e] = next.data()[e] * Fine(3) / Fine(4 * k);
      numbers.push(next.data());
    }
  }

  /// The largest error of phi's coefficients in a column, log2 of it in units of log2_noise; sizes into
  /// `largest`.
  double error(Index column) const {
    double worst = -1e300;
    Block coefficient;
    for (int k = 0; k < blocks.known(); ++k) {
      blocks.coefficient(k, coefficient);
      const Matrix<Fine> exact = Eigen::Map<const Matrix<Fine>>(numbers.coefficient(0, k), rows, cols);
      worst = std::max(worst, distance(coefficient.as<Fine>(), exact, column));
    }
    return worst - static_cast<double>(blocks.log2_noise(column));
  }

  static constexpr Index rows = 19, cols = 3;
  activation::Activation phi;
  BlockComposition blocks;
  Composition<Fine> numbers;
};

const std::vector<std::string> activations = {"tanh",
                                              "softplus",
                                              "gelu",
                                              "silu",
                                              "sigmoid",
                                              "sin",
                                              "arctan",
                                              "erf",
                                              "cos",
                                              "hermite:5",
                                              "polynomial:1,0,-1/3",
                                              "rescaled:tanh,2,1/2,1/4,1"};

TEST(BlockComposition, AgreesWithCompositionsInNumbers) {
  for (int round = 0; round < test::repetitions(1); ++round)
    for (const std::string& name : activations)
      for (const int limbs : {2, 6, 16})  // 16: more than fit into registers
        for (const double slope : {-6.0, -0.5}) {
          const int orders = 16;
          const Both both(name, limbs, orders, slope, static_cast<std::uint64_t>(31 + round));
          for (Index j = 0; j < Both::cols; ++j)
            EXPECT_LE(both.error(j), std::log2(2.0 * orders * (limbs + 3)))
                << name << ", " << limbs << " limbs, slope " << slope << ", column " << j;
        }
}

/// Exponents are raised where they have to be, and log2_noise with them.
TEST(BlockComposition, GrowthCostsPlacesAndNothingElse) {
  for (const std::string name : {"tanh", "gelu", "sin"}) {
    const Both level(name, 8, 20, 0, 5), growing(name, 8, 20, 1.5, 5);
    for (Index j = 0; j < Both::cols; ++j) {
      EXPECT_LE(growing.error(j), std::log2(2.0 * 20 * 11)) << name << ", column " << j;
      EXPECT_GT(growing.blocks.log2_noise(j), level.blocks.log2_noise(j) + 10);
    }
  }
}

/// The noise is that of the numbers, not of a column that lost everything: the units are as small as the
/// largest coefficient allows, but for some bits.
TEST(BlockComposition, NoiseIsSmall) {
  for (const std::string name : {"tanh", "softplus", "erf"}) {
    const Both both(name, 6, 24, -2, 7);
    Block first;
    both.blocks.coefficient(0, first);
    for (Index j = 0; j < Both::cols; ++j)
      EXPECT_LE(static_cast<double>(both.blocks.log2_noise(j)), first.log2_largest(j) - 6 * 28 + 12) << name;
  }
}

TEST(BlockComposition, MultipliesByMatrices) {
  test::Random random(3);
  for (const Index n : {1, 16, 17, 40})
    for (const int limbs : {3, 6, 15}) {
      const Matrix<Fine> w = Block(random_matrix(random, n * n, 1, -3, 0), limbs).as<Fine>();
      Matrix<Fine> matrix = w;
      matrix.resize(n, n);
      BlockComposition x(activation::find("identity"), n, 2, 3, limbs);
      x.start<Fine>(random_matrix(random, n, 2, -20, 0));
      const FixedMatrix fixed(matrix, limbs);
      Block product, factor;
      for (int order = 0; order < 2; ++order) {
        x.multiply(fixed, order, product);
        x.coefficient(order, factor);
        const Matrix<Fine> exact = linalg::multiply<Fine>(matrix, factor.as<Fine>());
        for (Index j = 0; j < 2; ++j) {
          const double unit = static_cast<double>(fixed.exponent() + factor.exponent(j) - 28L * limbs);
          EXPECT_LE(distance(product.as<Fine>(), exact, j),
                    std::max(unit + std::log2(static_cast<double>(n * limbs) / 4 + 1),
                             static_cast<double>(product.log2_unit(j))));
        }
        x.push(product, FixedScalar(real::Rational(1, 1 << 30), limbs));  // fewer digits are in use now
      }
    }
}

TEST(BlockComposition, EvaluatesItsPolynomials) {
  const Both both("tanh", 6, 20, -1, 9);
  for (const real::Rational& tau : {real::Rational(1), real::Rational(1, 3), real::Rational(0)}) {
    const Fine t = real::from_rational<Fine>(tau);
    Matrix<Fine> x = Matrix<Fine>::Constant(Both::rows, Both::cols, Fine(0));
    Fine power(1);
    Block coefficient;
    for (int k = 0; k < both.blocks.known(); ++k) {
      both.blocks.argument(k, coefficient);
      const Matrix<Fine> number = coefficient.as<Fine>();
      for (Index e = 0; e < x.size(); ++e) {
        x.data()[e] = x.data()[e] + number.data()[e] * power;
      }
      power = power * t;
    }
    Block at;
    both.blocks.argument_at(FixedScalar(tau, 6), at);
    for (Index j = 0; j < Both::cols; ++j)
      EXPECT_LE(distance(at.as<Fine>(), x, j), static_cast<double>(both.blocks.log2_unit(j)) + 5);
    // x' against the difference of x.
    const real::Rational step(1, 1 << 20);
    Block left, right, slope;
    both.blocks.argument_at(FixedScalar(real::Rational(tau - step), 6), left);
    both.blocks.argument_at(FixedScalar(real::Rational(tau + step), 6), right);
    both.blocks.velocity_at(FixedScalar(tau, 6), slope);
    Matrix<Fine> difference = right.as<Fine>() - left.as<Fine>();
    for (Index e = 0; e < difference.size(); ++e) difference.data()[e] = difference.data()[e] * Fine(1 << 19);
    for (Index j = 0; j < Both::cols; ++j)
      EXPECT_LE(distance(difference, slope.as<Fine>(), j), both.blocks.log2_argument(1, j) - 28);
  }
}

TEST(BlockComposition, IsTheSameInEveryInstructionSet) {
  std::vector<Matrix<Fine>> first;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    std::vector<Matrix<Fine>> all;
    Block coefficient;
    for (const int limbs : {6, 15}) {
      Both both("gelu", limbs, 16, -1, 13);
      for (int k = 0; k < both.blocks.known(); ++k) {
        both.blocks.coefficient(k, coefficient);
        all.push_back(coefficient.as<Fine>());
      }
      test::Random random(1);
      both.blocks.multiply(FixedMatrix(random_matrix(random, Both::rows, Both::rows, -1, 0), limbs), 0,
                           coefficient);
      all.push_back(coefficient.as<Fine>());
      both.blocks.argument_at(FixedScalar(real::Rational(2, 3), limbs), coefficient);
      all.push_back(coefficient.as<Fine>());
    }
    if (first.empty()) first = all;
    EXPECT_TRUE(all == first);
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

TEST(BlockComposition, RestartsWhereItBegan) {
  Both both("softplus", 5, 12, 1, 17);
  BlockComposition other(both.phi, Both::rows, Both::cols, 12, 5);
  other.start(both.blocks);
  both.blocks.restart();
  EXPECT_EQ(both.blocks.known(), 1);
  Block a, b;
  for (int part = 0; part < 2; ++part) {
    part == 0 ? both.blocks.coefficient(0, a) : both.blocks.argument(0, a);
    part == 0 ? other.coefficient(0, b) : other.argument(0, b);
    EXPECT_EQ(a.as<Fine>(), b.as<Fine>());
  }
}

TEST(BlockComposition, RefusesWhatDoesNotFit) {
  const activation::Activation tanh = activation::find("tanh");
  EXPECT_THROW(BlockComposition(activation::find("relu"), 2, 1, 3, 3), DomainError);
  EXPECT_THROW(BlockComposition(tanh, 0, 1, 3, 3), DomainError);
  EXPECT_THROW(BlockComposition(tanh, 2, 1, 0, 3), DomainError);
  EXPECT_THROW(BlockComposition(tanh, 2, 1, 3, BlockComposition::most_limbs + 1), DomainError);
  BlockComposition x(tanh, 2, 1, 3, 3);
  const FixedScalar one(1, 1);
  EXPECT_THROW(x.restart(), DomainError);
  EXPECT_THROW(x.push(Block(2, 1, 3), one), DomainError);
  EXPECT_THROW(x.start<double>(Matrix<double>::Constant(3, 1, 0.5)), DomainError);
  EXPECT_THROW(x.start<double>(Matrix<double>::Constant(2, 1, HUGE_VAL)), DomainError);
  x.start<double>(Matrix<double>::Constant(2, 1, 0.5));
  EXPECT_THROW(x.push(Block(3, 1, 3), one), DomainError);
  Block out;
  EXPECT_THROW(x.multiply(FixedMatrix(Matrix<double>(Matrix<double>::Constant(3, 3, 1)), 3), 0, out),
               DomainError);
  x.push_last(Block(2, 1, 3), one);
  EXPECT_THROW(x.push(Block(2, 1, 3), one), DomainError);
}

real::Rational two_to(long exponent) {
  const real::Integer power = real::Integer(1) << static_cast<unsigned>(std::abs(exponent));
  return exponent < 0 ? real::Rational(1, power) : real::Rational(power);
}

real::Rational value_of(const FixedScalar& x) {
  real::Rational sum = 0;
  for (std::size_t m = 0; m < x.digits.size(); ++m) {
    EXPECT_LE(std::abs(std::int64_t{x.digits[m]}), std::int64_t{1} << 27);
    sum += x.digits[m] * two_to(28 * (static_cast<long>(m) + x.place));
  }
  return sum;
}

TEST(FixedScalar, KeepsItsDigits) {
  test::Random random(21);
  for (int i = 0; i < test::repetitions(200); ++i) {
    const int sign = random.below(2) == 0 ? 1 : -1;
    const real::Rational x(sign * (1 + random.below(1 << 20)), 1 + random.below(1 << 20));
    const int count = 1 + random.below(8);
    const long shift = random.below(200) - 100;
    const FixedScalar scalar = FixedScalar(x, count).shifted(shift);
    const real::Rational value = value_of(scalar), wanted = x * two_to(shift);
    EXPECT_LE(abs(real::Rational(value - wanted)), real::Rational(abs(wanted) * two_to(-28L * count)));
    EXPECT_LE(abs(value), two_to(scalar.log2_above()));
    EXPECT_GE(abs(value), two_to(scalar.log2_above() - 2));
  }
  for (const int k : {1, 2, 3, 28, 1000, 123456})
    for (const int count : {1, 3, 9})
      EXPECT_LE(abs(real::Rational(value_of(FixedScalar::reciprocal(k, count)) - real::Rational(1, k))),
                two_to(-28L * count));
}

}  // namespace
