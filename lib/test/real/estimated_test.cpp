// Estimated numbers: the error contains the truth (computed at the finest precision), is no larger than it
// must be, and comparisons claim nothing that the error does not allow.
#include <gtest/gtest.h>

#include <gronwall/real/estimated.hpp>
#include <gronwall/real/functions.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall::real;
using gronwall::test::FinerThan;
using gronwall::test::Random;
using gronwall::test::widen;

/// The finest precision, in which the truth is known far beyond any R below it.
using Exact = Mpfr<200>;

template <class R>
class EstimatedLaws : public ::testing::Test {};
TYPED_TEST_SUITE(EstimatedLaws, gronwall::test::BackendTypes, gronwall::test::BackendNames);

/// The truth beside its estimate.
template <class R>
struct Pair {
  Estimated<R> estimate;
  Exact truth;
};

template <class R>
Pair<R> input(double x) {
  return {Estimated<R>(from_double<R>(x)), Exact(x)};
}

template <class R>
bool contains(const Pair<R>& p) {
  using std::abs;
  if (!p.estimate.known()) return true;  // claims nothing
  const Exact e = widen<Exact>(p.estimate.error());
  const Exact distance = abs(Exact(widen<Exact>(p.estimate.value()) - p.truth));
  return distance <= e * (1 + Exact("1e-150")) + Exact("1e-180") * abs(p.truth);
}

/// Numbers on which rounding misbehaves: zeros, equal and nearly equal numbers, the ends of the range.
double structured(Random& random) {
  const double special[] = {0,           1,           -1,      3,       0x1p-53,
                            1 + 0x1p-52, 1 - 0x1p-53, 1e8 + 1, 1.0 / 3, 0x1p-1074,
                            0x1.8p-540,  0x1p-1022,   1e-200,  1e200,   0x1p500};
  switch (random.below(4)) {
    case 0:
      return special[random.below(static_cast<int>(std::size(special)))];
    case 1:
      return random.below(17) - 8;
    case 2:
      return 1 + std::ldexp(random.symmetric(), -random.below(52));
    default:
      return random.spread(-30, 30);
  }
}

template <class R>
Pair<R> combine(int operation, const Pair<R>& a, const Pair<R>& b) {
  using std::abs, std::exp, std::sqrt;
  switch (operation) {
    case 0:
      return {a.estimate + b.estimate, a.truth + b.truth};
    case 1:
      return {a.estimate - b.estimate, a.truth - b.truth};
    case 2:
      return {a.estimate * b.estimate, a.truth * b.truth};
    case 3:
      return {a.estimate / b.estimate, b.truth == 0 ? Exact(0) : Exact(a.truth / b.truth)};
    case 4:
      return {sqrt(gronwall::real::abs(a.estimate)), sqrt(Exact(abs(a.truth)))};
    case 5:
      return {max(a.estimate, b.estimate), a.truth < b.truth ? b.truth : a.truth};
    case 6:
      return {gronwall::real::abs(a.estimate), abs(a.truth)};
    default:
      return {gronwall::real::exp(a.estimate), exp(a.truth)};
  }
}

TYPED_TEST(EstimatedLaws, ContainTheTruth) {
  using R = TypeParam;
  if constexpr (!std::is_void_v<FinerThan<R>>) {
    Random random(31);
    const int runs = gronwall::test::repetitions(4000);
    int known = 0, claims = 0;
    for (int run = 0; run < runs; ++run) {
      std::vector<Pair<R>> numbers;
      for (int k = 0; k < 3; ++k) numbers.push_back(input<R>(structured(random)));
      for (int step = 0; step < 6; ++step) {
        const auto pick = [&] {
          return numbers[static_cast<std::size_t>(random.below(static_cast<int>(numbers.size())))];
        };
        const int operation = random.below(8);
        const Pair<R> a = pick(), b = pick();
        if (operation == 7 && abs(a.truth) > 2000) continue;  // the truth would leave every range
        const Pair<R> c = combine<R>(operation, a, b);
        ASSERT_TRUE(contains(c)) << "operation " << operation << " on "
                                 << Backend<R>::to_hex(a.estimate.value()) << " +- " << a.estimate.error()
                                 << " and " << Backend<R>::to_hex(b.estimate.value()) << " +- "
                                 << b.estimate.error() << " gave " << c.estimate.value() << " +- "
                                 << c.estimate.error() << ", not " << c.truth;
        known += c.estimate.known();
        ++claims;
        numbers.push_back(c);
        // No comparison contradicts the truth.
        const Pair<R>& d = numbers[static_cast<std::size_t>(random.below(static_cast<int>(numbers.size())))];
        const bool apart = abs(Exact(c.truth - d.truth)) > Exact("1e-150") * abs(c.truth);
        if (!apart) continue;
        if (c.truth < d.truth) {
          EXPECT_NE(leq(c.estimate, d.estimate), Truth::no);
          EXPECT_NE(less(c.estimate, d.estimate), Truth::no);
        } else {
          EXPECT_NE(leq(c.estimate, d.estimate), Truth::yes);
          EXPECT_NE(less(c.estimate, d.estimate), Truth::yes);
        }
        EXPECT_NE(equal(c.estimate, d.estimate, R(0)), Truth::yes);
      }
    }
    EXPECT_GT(known, claims / 2) << "an estimate that is never known contains everything";
  }
}

TYPED_TEST(EstimatedLaws, AreTight) {
  using R = TypeParam;
  const R u = Backend<R>::unit_roundoff();
  Random random(32);
  for (int run = gronwall::test::repetitions(500); run > 0; --run) {
    const Estimated<R> x(random.full<R>(-20, 20)), y(random.full<R>(-20, 20));
    using std::abs;
    const auto within = [&](const Estimated<R>& z, int units) {
      return z.error() <= units * u * abs(z.value()) * (1 + 64 * u);
    };
    EXPECT_TRUE(within(x + y, 1));
    EXPECT_TRUE(within(x * y, 1));
    EXPECT_TRUE(within(x / y, 1));
    EXPECT_TRUE(within(sqrt(gronwall::real::abs(x)), 1));
    EXPECT_TRUE(within(exp(x / Estimated<R>(R(1 << 20))), 6));
  }
  // A sum of n terms: at most u times the sum of the moduli of the partial sums.
  Estimated<R> sum(R(0));
  R moduli(0);
  for (int k = 1; k <= 1000; ++k) {
    using std::abs;
    sum += Estimated<R>(R(1)) / Estimated<R>(k % 2 == 0 ? k : -k);
    moduli = moduli + abs(sum.value()) + ratio<R>(1, k);
  }
  EXPECT_GT(sum.error(), 0);
  EXPECT_LE(sum.error(), u * moduli * (1 + 10000 * u));
}

TYPED_TEST(EstimatedLaws, ExactOperationsHaveNoError) {
  using R = TypeParam;
  const Estimated<R> one(1), three(3), half(ratio<R>(1, 2));
  for (const Estimated<R>& z :
       {one + three, three - one, three * half, three / half, sqrt(Estimated<R>(9)), exp(Estimated<R>(0)),
        max(one, three), gronwall::real::abs(-three), Estimated<R>(0) * three, Estimated<R>(0) / three}) {
    EXPECT_EQ(z.error(), 0) << z.value();
  }
  EXPECT_GT((one / three).error(), 0);
  EXPECT_GT(sqrt(Estimated<R>(2)).error(), 0);
  // Associated differently, simple numbers still compare equal.
  EXPECT_EQ(equal((one + three) * half, Estimated<R>(2), R(0)), Truth::yes);
  EXPECT_EQ(equal(one / three, one / three, R(0)), Truth::unknown);
}

/// The larger of 1 and 1 +- u may be 1 + u, though 1 + u rounds to 1.
TYPED_TEST(EstimatedLaws, LargerOfTwoThatRoundTogether) {
  using R = TypeParam;
  const R u = Backend<R>::unit_roundoff();
  const Estimated<R> one(R(1)), rough(R(1), u);
  EXPECT_GE(max(one, rough).error(), u);
  EXPECT_GE(max(rough, one).error(), u);
  EXPECT_EQ(max(one, Estimated<R>(R(0), u)).error(), 0);
}

TYPED_TEST(EstimatedLaws, UnderflowIsAnError) {
  using R = TypeParam;
  // e^-1e30 is below every range, and yet not 0.
  const Estimated<R> gone = exp(Estimated<R>(from_double<R>(-1e30)));
  EXPECT_EQ(gone.value(), 0);
  EXPECT_GT(gone.error(), 0);
  EXPECT_EQ(leq(gone, Estimated<R>(0)), Truth::unknown);
  if constexpr (std::is_same_v<R, double>) {
    const Estimated<R> tiny(1e-200);
    EXPECT_EQ(leq(tiny * tiny, Estimated<R>(0)), Truth::unknown);
    EXPECT_EQ(leq(tiny / Estimated<R>(1e200), Estimated<R>(0)), Truth::unknown);
    // (1 + 2^-52) 2^-1074 rounds to 2^-1074, and the remainder underflows in the test for exactness.
    EXPECT_EQ(leq(Estimated<R>((1 + 0x1p-52) * 0x1p-1000) * Estimated<R>(0x1p-74), Estimated<R>(0x1p-1074)),
              Truth::unknown);
    // The product of two errors.
    EXPECT_GT((Estimated<R>(0.0, 1e-200) * Estimated<R>(0.0, 1e-200)).error(), 0);
  }
}

TYPED_TEST(EstimatedLaws, ComparisonsHaveThreeAnswers) {
  using R = TypeParam;
  using E = Estimated<R>;
  const R e = ratio<R>(1, 8), zero(0), one(1), two(2);
  EXPECT_EQ(leq(E(1), E(1)), Truth::yes);
  EXPECT_EQ(less(E(1), E(1)), Truth::no);
  EXPECT_EQ(leq(E(1), E(2)), Truth::yes);
  EXPECT_EQ(leq(E(2), E(1)), Truth::no);
  EXPECT_EQ(less(E(1), E(2)), Truth::yes);
  EXPECT_EQ(less(E(2), E(1)), Truth::no);
  // With errors: apart, touching, overlapping.
  EXPECT_EQ(leq(E(one, e), E(two, e)), Truth::yes);
  EXPECT_EQ(leq(E(two, e), E(one, e)), Truth::no);
  EXPECT_EQ(leq(E(one, R(one / 2)), E(two, R(one / 2 + e))), Truth::unknown);
  EXPECT_EQ(leq(E(two, one), E(one, one)), Truth::unknown);
  EXPECT_EQ(less(E(two, one), E(one, one)), Truth::unknown);
  EXPECT_EQ(leq(E(one, e), E(one, e)), Truth::unknown);
  // An error that addition would swallow still counts.
  const R speck = from_double<R>(0x1p-900);
  EXPECT_EQ(leq(E(one, speck), E(one)), Truth::unknown);
  EXPECT_EQ(leq(E(one), E(one, speck)), Truth::unknown);
  EXPECT_EQ(less(E(one, speck), E(one)), Truth::unknown);
  EXPECT_EQ(equal(E(one, speck), E(one), zero), Truth::unknown);
  EXPECT_EQ(equal(E(one, speck), E(two), one), Truth::unknown);
  // Equality.
  EXPECT_EQ(equal(E(1), E(1), zero), Truth::yes);
  EXPECT_EQ(equal(E(1), E(2), zero), Truth::no);
  EXPECT_EQ(equal(E(1), E(2), one), Truth::yes);
  EXPECT_EQ(equal(E(one, e), E(1), e), Truth::unknown);
  EXPECT_EQ(equal(E(one, e), E(1), R(2 * e)), Truth::yes);
  EXPECT_EQ(equal(E(one, e), E(2), R(e / 2)), Truth::no);
  EXPECT_EQ(equal(E(1), E(1), R(-one)), Truth::unknown) << "a negative tolerance asks nothing";
}

TYPED_TEST(EstimatedLaws, NoVerdictOnWhatIsNotANumber) {
  using R = TypeParam;
  using E = Estimated<R>;
  const R infinity = R(1) / R(0), nan = infinity - infinity;
  const E one(1);
  for (const E& bad : {E(infinity), E(R(-infinity)), E(nan), E(R(1), infinity), E(R(1), nan), E(R(1), R(-1)),
                       one / E(0), one / E(R(1), R(2)), exp(E(from_double<R>(1e300))),
                       E(infinity) - E(infinity), E(0) * E(infinity), sqrt(E(nan)), max(E(nan), one),
                       max(one, E(nan)), sqrt(E(infinity)), one + E(nan), exp(E(R(0), infinity))}) {
    EXPECT_FALSE(bad.known()) << bad.value() << " +- " << bad.error();
    for (const Truth t : {leq(bad, one), leq(one, bad), less(bad, one), less(one, bad), equal(bad, one, R(1)),
                          leq(bad, bad), equal(bad, bad, infinity)})
      EXPECT_EQ(t, Truth::unknown) << bad.value() << " +- " << bad.error();
  }
}

TYPED_TEST(EstimatedLaws, SquareRootNearZero) {
  using R = TypeParam;
  using E = Estimated<R>;
  const R e = ratio<R>(1, 4);
  const E below = sqrt(E(R(-e / 2), e));  // the number is known to be in [0, e/2]
  EXPECT_TRUE(below.known());
  EXPECT_GE(below.value() + below.error(), sqrt(R(e / 2)));
  EXPECT_LE(below.value() - below.error(), 0);
  const E at_zero = sqrt(E(R(0), e));
  EXPECT_LE(at_zero.error(), (1 + 32 * Backend<R>::unit_roundoff()) / 2);
  EXPECT_EQ(sqrt(E(0)).error(), 0);
  const E reaching = sqrt(E(R(1), R(1)));  // the number is in [0, 2]
  EXPECT_LE(reaching.value() - reaching.error(), 0);
  EXPECT_GE(reaching.value() + reaching.error(), sqrt(R(2)));
}

}  // namespace
