// Functions on blocks: against balls of higher precision and MPFR, for every activation, whatever the column.
#include <atomic>
#include <cmath>
#include <thread>

#include <flint/flint.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <gronwall/activation/registration.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/series/block_function.hpp>

#include "activation/arguments.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::Block;
using real::Ball;
using series::BlockFunction;
using Index = Block::Index;
using Fine = real::Mpfr<200>;

/// Entry (i, j), exactly.
Ball entry(const Block& x, Index i, Index j) {
  const real::Precision exact(28L * x.limbs() + 64);
  Ball sum(0);
  for (int l = x.limbs(); l-- > 0;) sum = scaled(sum, 28) + Ball(static_cast<int>(x.limb(l, j)[i]));
  return scaled(sum, x.log2_unit(j));
}

/// phi, phi' or u_j, in balls.
struct Function {
  activation::Activation phi;
  int derivative = 0, auxiliary = 0;

  BlockFunction on_blocks(int limbs) const {
    return auxiliary > 0 ? BlockFunction::auxiliary(phi, auxiliary, limbs)
                         : BlockFunction(phi, derivative, limbs);
  }
  Ball operator()(const Ball& x) const {
    if (auxiliary == 0) return derivative == 0 ? phi.in<Ball>().value(x) : phi.in<Ball>().derivative(x);
    std::vector<Ball> u;
    phi.in<Ball>().start(x, u);
    return u.at(static_cast<std::size_t>(auxiliary - 1));
  }
  std::string name() const {
    return phi.name() + (auxiliary > 0 ? ", u" + std::to_string(auxiliary) : std::string(derivative, '\''));
  }
};

/// All of them; of the 59 auxiliary functions of He_60 none, each of which is a composition with all the
/// others.
std::vector<Function> functions_of(const activation::Activation& phi) {
  std::vector<Function> all{{phi, 0, 0}, {phi, 1, 0}};
  const auto& system = phi.traits().system;
  for (int j = 1;
       system && j <= static_cast<int>(system->derivatives.size()) && system->derivatives.size() < 20; ++j)
    all.push_back({phi, 0, j});
  return all;
}

/// log2 of the largest modulus in a column of values, and the largest error in units.
struct Judged {
  double error = 0, log2_largest = -HUGE_VAL;
};

Judged judged(const Function& f, const Block& x, const Block& out, Index j) {
  Judged all;
  const long bits = 28L * x.limbs() + 200 + 3 * std::max(0L, x.exponent(j));
  for (Index i = 0; i < x.rows(); ++i) {
    const real::Precision fine(bits);
    const Ball at = entry(x, i, j);
    if (f.derivative == 1 && !f.phi.smooth() && at.is_zero()) continue;  // a kink
    const Ball exact = f(at), error = scaled(abs(entry(out, i, j) - exact), -out.log2_unit(j));
    mag_t bound;
    mag_init(bound);
    arb_get_mag(bound, error.raw());
    all.error = std::max(all.error, mag_get_d(bound));
    arb_get_mag(bound, exact.raw());
    if (mag_is_zero(bound) == 0) all.log2_largest = std::max(all.log2_largest, mag_get_d_log2_approx(bound));
    mag_clear(bound);
  }
  return all;
}

bool has_valid_digits(const Block& x, Index j) {
  for (int l = 0; l < x.limbs(); ++l)
    for (Index i = 0; i < x.stride(); ++i)
      if (std::abs(x.limb(l, j)[i]) > 1 << 27) return false;
  return true;
}

/// Errors within the bound, and exponents that fit the values.
void check(const Function& f, const Block& x, const std::string& what) {
  const BlockFunction g = f.on_blocks(x.limbs());
  Block out;
  g(x, out);
  ASSERT_EQ(out.rows(), x.rows());
  ASSERT_EQ(out.cols(), x.cols());
  for (Index j = 0; j < x.cols(); ++j) {
    SCOPED_TRACE(f.name() + ", " + std::to_string(x.limbs()) + " limbs, " + what + ", column " +
                 std::to_string(j));
    const Judged here = judged(f, x, out, j);
    EXPECT_LE(here.error, g.error_units());
    EXPECT_TRUE(has_valid_digits(out, j));
    if (here.log2_largest > -HUGE_VAL) {
      EXPECT_LE(static_cast<double>(out.exponent(j)), std::max(here.log2_largest + 29.01, -0x1p30 + 2));
    } else if (f.phi.smooth()) {
      EXPECT_EQ(out.exponent(j), 0);
    }
  }
}

linalg::Matrix<Fine> random_column(test::Random& random, Index rows, int low, int high) {
  linalg::Matrix<Fine> x(rows, 1);
  for (Index i = 0; i < rows; ++i) x(i, 0) = random.full<Fine>(low, high);
  return x;
}

/// Nodes, midpoints between them and their neighbours.
linalg::Matrix<Fine> nodes_and_midpoints(int limbs) {
  std::vector<Fine> all;
  const Fine little = real::from_double<Fine>(std::ldexp(1.0, 5 - 28 * limbs));
  for (const int k : {-256, -255, -129, -64, -3, -1, 0, 1, 2, 63, 128, 255, 256})
    for (const int side : {-1, 0, 1}) all.push_back(Fine(k) / 128 + side * little);
  linalg::Matrix<Fine> x(static_cast<Index>(all.size()), 1);
  for (std::size_t i = 0; i < all.size(); ++i) x(static_cast<Index>(i), 0) = all[i];
  return x;
}

/// The same numbers with an exponent that is too large by `shift` limbs and 9 bits.
Block loosened(const Block& x, int shift) {
  linalg::Matrix<Fine> entries = x.as<Fine>();
  linalg::Matrix<Fine> tall(x.rows() + 1, x.cols());
  tall.topRows(x.rows()) = entries;
  for (Index j = 0; j < x.cols(); ++j) {
    tall(x.rows(), j) = ldexp(Fine(1), static_cast<int>(x.exponent(j)) - 2 + 28 * shift + 9);
  }
  const Block with_giant(tall, x.limbs());
  Block out(x.rows(), x.cols(), x.limbs());
  for (Index j = 0; j < x.cols(); ++j) {
    out.set_exponent(j, with_giant.exponent(j));
    for (int l = 0; l < x.limbs(); ++l) std::copy_n(with_giant.limb(l, j), x.rows(), out.limb(l, j));
  }
  return out;
}

class BlockFunctionOf : public ::testing::TestWithParam<std::string> {
 protected:
  const activation::Activation phi = activation::find(GetParam());
};

TEST_P(BlockFunctionOf, ErrorsAreWithinTheirBound) {
  const auto all = functions_of(phi);
  for (const int limbs : {2, 7})
    for (const Function& f : all) {
      test::Random random(71);
      const int rows = test::repetitions(21);
      check(f, Block(random_column(random, rows, 1, 2), limbs), "moderate");
      check(f, Block(random_column(random, rows, -40, -39), limbs), "tiny");
      check(f, Block(random_column(random, 8, 6, 6), limbs), "far out");
      check(f, Block(nodes_and_midpoints(limbs), limbs), "nodes");
    }
}

TEST_P(BlockFunctionOf, ColumnsOfAllKinds) {
  const int limbs = 5;
  for (const Function& f : functions_of(phi)) {
    test::Random random(72);
    check(f, Block(random_column(random, 5, -300, 2), limbs), "mixed");
    check(f, Block(random_column(random, 5, -400, -300), limbs), "very small");
    check(f, Block(random_column(random, 3, 8, 20), limbs), "large");
    linalg::Matrix<Fine> giants(4, 1);
    giants << real::from_double<Fine>(1e3), real::from_double<Fine>(-1e300), real::from_double<Fine>(1e300),
        Fine(1);
    check(f, Block(giants, limbs), "giants");
    check(f, Block(linalg::Matrix<Fine>(giants.topRows(1)), limbs), "a thousand");
    check(f, Block(linalg::Matrix<Fine>(Fine(-1) * giants.topRows(1)), limbs), "minus a thousand");
    check(f, Block(3, 1, limbs), "zeros");
    linalg::Matrix<Fine> near_pi(1, 1);
    near_pi << real::pi<Fine>();
    check(f, Block(near_pi, limbs), "pi");
    const Block moderate(random_column(random, 5, 0, 1), limbs);
    for (const int shift : {0, 1, 3}) check(f, loosened(moderate, shift), "loose exponents");
  }
}

INSTANTIATE_TEST_SUITE_P(Registered, BlockFunctionOf, ::testing::ValuesIn(activation::names()),
                         test::test_name);

TEST(BlockFunction, AnyNumberOfLimbs) {
  for (const char* name : {"tanh", "gelu"})
    for (const int limbs : {2, 3, 4, 6, 8, 9, 10, 12, 26}) {
      test::Random random(73);
      check({activation::find(name), 0, 0}, Block(random_column(random, limbs < 20 ? 19 : 6, 1, 2), limbs),
            "");
    }
}

/// The fast way and MPFR's functions share nothing but the formula's name.
TEST(BlockFunction, AgreesWithMpfr) {
  for (const char* name : {"tanh", "softplus", "gelu", "sigmoid", "erf", "sin", "arctan"})
    for (const int derivative : {0, 1}) {
      const activation::Activation phi = activation::find(name);
      test::Random random(74);
      const Block x(random_column(random, 40, 1, 3), 7);
      const BlockFunction f(phi, derivative, 7);
      Block out;
      f(x, out);
      linalg::Matrix<Fine> exact;
      const linalg::Matrix<Fine> at = x.as<Fine>(), ours = out.as<Fine>();
      derivative == 0 ? phi.in<Fine>().value(at, exact) : phi.in<Fine>().derivative(at, exact);
      const Fine unit = ldexp(Fine(1), static_cast<int>(out.log2_unit(0)));
      const Fine largest = Fine((ours - exact).cwiseAbs().maxCoeff()) / unit;
      EXPECT_LE(largest.convert_to<double>(), f.error_units()) << name << derivative;
      EXPECT_GE(largest.convert_to<double>(), f.error_units() / 16) << name << derivative << ": not tight";
    }
}

/// tanh(2^-40 x) to 7 limbs, relative to itself; and so where x has few digits left of a large exponent.
TEST(BlockFunction, SmallColumnsKeepTheirAccuracy) {
  test::Random random(75);
  const Block x(random_column(random, 20, -40, -39), 7);
  for (const Block& y : {x, loosened(x, 1)}) {
    Block out;
    BlockFunction(activation::find("tanh"), 0, 7)(y, out);
    EXPECT_LE(out.exponent(0), x.exponent(0) + 1);
  }
}

TEST(BlockFunction, IsTheSameOnEveryInstructionSet) {
  test::Random random(76);
  linalg::Matrix<Fine> entries(37, 3);
  for (Index j = 0; j < 3; ++j)
    entries.col(j) = random_column(random, 37, static_cast<int>(j) - 1, static_cast<int>(j));
  for (const int limbs : {2, 7, 11}) {
    const Block x(entries, limbs);
    const BlockFunction f(activation::find("gelu"), 0, limbs);
    Block best;
    f(x, best);
    const std::int64_t supported = hwy::SupportedTargets();
    for (std::int64_t rest = supported; rest != 0; rest &= rest - 1) {
      hwy::SetSupportedTargetsForTest(rest & -rest);
      Block other;
      f(x, other);
      for (Index j = 0; j < 3; ++j) {
        EXPECT_EQ(other.exponent(j), best.exponent(j));
        for (int l = 0; l < limbs; ++l)
          EXPECT_TRUE(std::equal(best.limb(l, j), best.limb(l, j) + 37, other.limb(l, j)))
              << hwy::TargetName(rest & -rest) << ", limb " << l << ", column " << j;
      }
    }
    hwy::SetSupportedTargetsForTest(0);
  }
}

TEST(BlockFunction, AnyNumberOfThreadsMayCall) {
  const auto phi = activation::find("rescaled:arctan,1,1/2,0,0");
  test::Random random(77);
  const Block x(random_column(random, 300, 1, 4), 4);
  std::vector<Block> out(4);
  std::vector<std::thread> threads;
  for (Block& mine : out)
    threads.emplace_back([&] {
      BlockFunction(phi, 0, 4)(x, mine);
      flint_cleanup();  // numbers that a thread's balls keep for the next ones
    });
  for (std::thread& t : threads) t.join();
  for (const Block& mine : out) {
    EXPECT_EQ(mine.exponent(0), out[0].exponent(0));
    for (int l = 0; l < 4; ++l)
      EXPECT_TRUE(std::equal(mine.limb(l, 0), mine.limb(l, 0) + 300, out[0].limb(l, 0)));
  }
}

/// Two formulas of one name are two functions.
struct Line {
  real::Rational slope;
  activation::Traits traits() const {
    activation::Traits t;
    t.name = "line";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return real::from_rational<R>(slope) * x;
  }
  template <class R>
  R derivative(const R&) const {
    return real::from_rational<R>(slope);
  }
  template <class R>
  R second_derivative(const R&) const {
    return R(0);
  }
  template <class R>
  R lipschitz() const {
    return real::from_rational<R>(slope);
  }
  template <class R>
  R derivative_lipschitz() const {
    return R(0);
  }
  template <class R>
  R strip() const {
    return R(0);
  }
};
/// Nothing is known of it in balls.
struct Unknown : Line {
  template <real::Floating R>
  R value(const R& x) const {
    return x;
  }
};

TEST(BlockFunction, WithoutASystem) {
  test::Random random(78);
  const Block x(random_column(random, 5, 0, 1), 3);
  check({activation::make(Line{real::Rational(1, 3)}), 0, 0}, x, "without a system");
  Block out;
  EXPECT_THROW(BlockFunction(activation::make(Unknown{}), 0, 3)(x, out), PrecisionError);
}

TEST(BlockFunction, KinksCountFromTheRight) {
  linalg::Matrix<Fine> x(3, 1);
  x << Fine(-1), Fine(0), Fine(1);
  Block out;
  BlockFunction(activation::find("relu"), 1, 2)(Block(x, 2), out);
  EXPECT_EQ(out.as<double>()(0, 0), 0);
  EXPECT_EQ(out.as<double>()(1, 0), 1);
  BlockFunction(activation::find("relu"), 0, 2)(Block(x, 2), out);
  EXPECT_EQ(out.as<double>()(0, 0), 0);
  EXPECT_EQ(out.as<double>()(2, 0), 1);
}

TEST(BlockFunction, RefusesWhatItCannotDo) {
  const auto tanh = activation::find("tanh");
  EXPECT_THROW(BlockFunction(tanh, 2, 5), DomainError);
  EXPECT_THROW(BlockFunction(tanh, -1, 5), DomainError);
  EXPECT_THROW(BlockFunction(tanh, 0, 1), DomainError);
  EXPECT_THROW(BlockFunction(tanh, 0, 129), DomainError);
  EXPECT_THROW(BlockFunction::auxiliary(tanh, 0, 5), DomainError);
  EXPECT_THROW(BlockFunction::auxiliary(tanh, 2, 5), DomainError);
  EXPECT_THROW(BlockFunction::auxiliary(activation::find("relu"), 1, 5), DomainError);
  Block out;
  EXPECT_THROW(BlockFunction(tanh, 0, 5)(Block(2, 2, 4), out), DomainError);
  out = Block(2, 2, 5);
  EXPECT_THROW(BlockFunction(tanh, 0, 5)(out, out), DomainError);
  BlockFunction(tanh, 0, 5)(Block(0, 3, 5), out);
  EXPECT_EQ(out.rows(), 0);
  EXPECT_EQ(out.cols(), 3);
}

}  // namespace
