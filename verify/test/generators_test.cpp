#include <cmath>
#include <map>
#include <set>

#include <Eigen/LU>
#include <gtest/gtest.h>

#include "support/effort.hpp"
#include "verify/engine/seed.hpp"
#include "verify/engine/sources.hpp"
#include "verify/generators/shapes.hpp"

namespace gronwall::verify {
namespace {

using linalg::ExactMatrix;

template <class T = ExactMatrix>
T draw(const Generator& generator, std::uint64_t k) {
  return std::get<T>(generator.source().generate(rc::Random(derived_seed(7, "generators", k)), case_size(k)));
}

/// Every way down from `input`: each shrink is accepted, and the way ends.
template <class T = ExactMatrix>
int longest_way_down(const Generator& generator, Input input) {
  int steps = 0;
  for (;; ++steps) {
    const std::vector<Input> simpler = generator.source().shrinks(input);
    for (const Input& each : simpler)
      EXPECT_TRUE(generator.source().accepts(each)) << generator.source().wanted();
    if (simpler.empty() || steps > 1000) return steps;
    input = simpler.back();  // the least that can be gained
  }
}

TEST(Integers, ReachBothEndsAndShrinkToTheLowOne) {
  const Generator generator = integers(2, 9);
  std::set<long> seen;
  for (std::uint64_t k = 0; k < 300; ++k) {
    const long x = draw<long>(generator, k);
    EXPECT_TRUE(generator.source().accepts(x));
    seen.insert(x);
    EXPECT_LT(longest_way_down<long>(generator, x), 10);
    const std::vector<Input> simpler = generator.source().shrinks(x);
    if (x > 2) {
      EXPECT_EQ(std::get<long>(simpler.front()), 2);
      EXPECT_EQ(std::get<long>(simpler.back()), x - 1);
    }
  }
  EXPECT_EQ(seen.size(), 8U);
  EXPECT_THROW(integers(2, 1), DomainError);
}

TEST(Choices, ReachEveryNameAndShrinkToTheFirst) {
  const Generator generator = choices({"a", "b", "c"});
  std::set<std::string> seen;
  for (std::uint64_t k = 0; k < 100; ++k) seen.insert(draw<std::string>(generator, k));
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_EQ(generator.source().shrinks(std::string("c")).size(), 2U);
  EXPECT_TRUE(generator.source().shrinks(std::string("a")).empty());
  EXPECT_FALSE(generator.source().accepts(std::string("d")));
  EXPECT_THROW(choices({}), DomainError);
}

TEST(Numbers, StayInRangeAndReachWhatMatters) {
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{
           {-8, 8}, {0, 2}, {0.25, 0.75}, {-3, -1}, {0, 0}, {-1024, 1024}}) {
    const Generator generator = numbers(low, high);
    std::set<double> seen;
    for (std::uint64_t k = 0; k < 600; ++k) {
      const double x = draw(generator, k)(0, 0);
      EXPECT_TRUE(low <= x && x <= high) << x;
      EXPECT_FALSE(x == 0 && std::signbit(x));
      seen.insert(x);
      EXPECT_LT(longest_way_down(generator, ExactMatrix::Constant(1, 1, x)), 200) << x;
    }
    EXPECT_TRUE(seen.count(low) == 1 && seen.count(high) == 1) << low << " " << high;
    if (low < high) {
      EXPECT_GT(seen.size(), 60U);
    }
    if (low < 0 && high > 0) {
      for (const double x : {0.0, 1.0, -1.0, 0.5}) EXPECT_EQ(seen.count(x), 1U) << x;
    }
  }
  EXPECT_THROW(numbers(1, 0), DomainError);
  EXPECT_THROW(numbers(0, INFINITY), DomainError);
}

TEST(Numbers, ShrinkToIntegersFirstThenToShortDyadics) {
  EXPECT_EQ(simpler_numbers(0.7265625, -8, 8).front(), 0);
  EXPECT_EQ(complexity(0), 0);
  EXPECT_LT(complexity(1), complexity(3));
  EXPECT_LT(complexity(3), complexity(-3));
  EXPECT_LT(complexity(-3), complexity(0.375));
  EXPECT_LT(complexity(0.375), complexity(0.1));
  for (const double y : simpler_numbers(5.3, 2, 8))
    EXPECT_TRUE(2 <= y && y <= 8 && complexity(y) < complexity(5.3)) << y;
}

long rank(const ExactMatrix& a) { return Eigen::FullPivLU<ExactMatrix>(a).setThreshold(1e-13).rank(); }

/// What a drawn matrix looks like, found without knowing which shape drew it.
std::set<std::string> traits(const ExactMatrix& a) {
  std::set<std::string> out;
  const ExactMatrix m = a.cwiseAbs();
  const double top = m.maxCoeff();
  const bool square = a.rows() == a.cols();
  if (top == 0) return {"zero"};
  if ((a.array() > 0).all() || (a.array() < 0).all()) out.insert("one-sided");
  if (m.minCoeff() > 100000) out.insert("huge");
  if (top < 1e-2) out.insert("tiny");
  if (a == ExactMatrix::Constant(a.rows(), a.cols(), a(0, 0)))
    out.insert("all equal");
  else if (rank(a) == 1)
    out.insert("rank one");
  if ((m.array() * 4 < top).any() && (m.array() >= 8).any() && rank(a) > 1) out.insert("spiked");
  if ((a.array() != 0).count() == 1) out.insert("single entry");
  if (a.cols() > 1 && a.col(0) == -a.col(1)) out.insert("opposite");
  if (a.cols() > 1 && a.col(0) != a.col(1) && (a.col(0) - a.col(1)).norm() < 1e-3 * a.col(0).norm())
    out.insert("nearly parallel");
  if (square && a == -a.transpose()) out.insert("skew");
  const ExactMatrix gram = a.transpose() * a;
  if (square && gram == ExactMatrix(gram.diagonal().asDiagonal()) && gram(0, 0) > 0 &&
      gram == ExactMatrix::Identity(a.rows(), a.cols()) * gram(0, 0))
    out.insert((a.array() != 0).count() == a.rows()
                   ? a.isDiagonal() && a(0, 0) == a(1, 1) ? "scaled identity" : "signed permutation"
                   : "orthogonal");
  if (square) {
    ExactMatrix power = a;
    for (long k = 1; k < a.rows(); ++k) power = (power * a).eval();
    if (power.isZero(0)) out.insert("nilpotent");
    if ((a * a.transpose() - gram).norm() > gram.norm() / 4) out.insert("non-normal");
  }
  return out;
}

TEST(Matrices, EveryAdversarialShapeIsReached) {
  const Generator generator = matrices(4, 4);
  std::map<std::string, int> seen;
  for (std::uint64_t k = 0; k < 1000; ++k)
    for (const std::string& trait : traits(draw(generator, k))) ++seen[trait];
  for (const Shape& shape : adversarial_shapes()) EXPECT_GE(seen[std::string(shape.name)], 5) << shape.name;
}

TEST(Matrices, AreFiniteDyadicBoundedAndOfTheRightShape) {
  const int repeats = test::repetitions(200);
  for (const auto& [rows, cols] : std::vector<std::pair<long, long>>{{1, 1}, {1, 5}, {5, 1}, {2, 3}, {6, 6}})
    for (const double largest : {0.25, 2.0, 1000.0, 1048576.0}) {
      const Generator generator = matrices(rows, cols, largest);
      for (int k = 0; k < repeats; ++k) {
        const ExactMatrix a = draw(generator, static_cast<std::uint64_t>(k));
        ASSERT_TRUE(a.rows() == rows && a.cols() == cols && a.allFinite() &&
                    a.cwiseAbs().maxCoeff() <= largest)
            << a;
        ASSERT_TRUE(generator.source().accepts(a));
        for (Eigen::Index i = 0; i < a.size(); ++i) {
          ASSERT_FALSE(a.data()[i] == 0 && std::signbit(a.data()[i]));
          ASSERT_LE(complexity(a.data()[i]), 2 * 60 + 0.5)
              << "more digits than a person can read: " << a.data()[i];
        }
      }
    }
  EXPECT_THROW(matrices(0, 1), DomainError);
  EXPECT_THROW(matrices(1, 1, 0), DomainError);
}

TEST(Matrices, ShrinkAcceptablyAndTheWayEnds) {
  const Generator generator = matrices(3, 2, 16);
  for (std::uint64_t k = 0; k < 60; ++k) {
    const ExactMatrix a = draw(generator, k);
    const std::vector<Input> simpler = generator.source().shrinks(a);
    if (a.isZero(0)) {
      EXPECT_TRUE(simpler.empty());
    } else {
      EXPECT_TRUE(std::get<ExactMatrix>(simpler.front()).isZero(0));
    }
    EXPECT_LT(longest_way_down(generator, a), 1000);
  }
}

TEST(Matrices, FitBySubmatricesAndZeros) {
  ExactMatrix a(3, 3);
  a << 1, 2, 3, 4, 5, 6, 7, 8, 9;
  ExactMatrix without_second(2, 2);
  without_second << 1, 3, 7, 9;
  EXPECT_EQ(std::get<ExactMatrix>(matrices(2, 2).source().fit(a, 1)), without_second);
  EXPECT_EQ(std::get<ExactMatrix>(matrices(2, 2).source().fit(a, -1)), a.topLeftCorner(2, 2));
  EXPECT_EQ(std::get<ExactMatrix>(matrices(3, 2).source().fit(a, 0)), a.rightCols(2));
  EXPECT_EQ(std::get<ExactMatrix>(matrices(1, 1).source().fit(a, 2)), a.topLeftCorner(1, 1));
  EXPECT_EQ(std::get<ExactMatrix>(matrices(4, 4).source().fit(a, 0)).topLeftCorner(3, 3), a);
  EXPECT_EQ(std::get<ExactMatrix>(matrices(3, 3, 5).source().fit(a, 0)).maxCoeff(), 5);
}

TEST(Matrices, NearlyGaussianNumbersHaveItsMoments) {
  Dice dice(rc::Random(11));
  const int count = 40000;
  double mean = 0, square = 0, fourth = 0;
  for (int i = 0; i < count; ++i) {
    const double x = nearly_gaussian(dice, 6);
    mean += x / count;
    square += x * x / count;
    fourth += x * x * x * x / count;
  }
  // Standard errors 1/200, sqrt(2)/200 and about sqrt(80)/200; kurtosis 3 - 6/(5 * 12).
  EXPECT_NEAR(mean, 0, 0.02);
  EXPECT_NEAR(square, 1, 0.03);
  EXPECT_NEAR(fourth, 2.9, 0.2);
}

Input varied(const Generator& generator, const Input& input, std::uint64_t k, double step) {
  const auto vary = [&] {
    return generator.source().vary(input, rc::Random(derived_seed(7, "vary", k)), step);
  };
  const Input beside = vary();
  EXPECT_TRUE(generator.source().accepts(beside)) << generator.source().wanted();
  EXPECT_EQ(vary(), beside) << "the same stream, another input";
  return beside;
}

TEST(Vary, IntegersGoOneStepOrAnywhere) {
  const Generator generator = integers(2, 40);
  std::set<long> seen;
  int steps = 0;
  for (std::uint64_t k = 0; k < 300; ++k) {
    const long x = std::get<long>(varied(generator, 20L, k, 0.5));
    seen.insert(x);
    if (std::abs(x - 20) == 1) ++steps;
  }
  EXPECT_GT(steps, 150);
  EXPECT_GT(seen.size(), 10U);
  for (std::uint64_t k = 0; k < 20; ++k) EXPECT_EQ(std::get<long>(varied(integers(3, 3), 3L, k, 1)), 3);
}

TEST(Vary, ChoicesChange) {
  const Generator generator = choices({"a", "b", "c"});
  std::set<std::string> seen;
  for (std::uint64_t k = 0; k < 50; ++k)
    seen.insert(std::get<std::string>(varied(generator, std::string("b"), k, 0.1)));
  EXPECT_EQ(seen, (std::set<std::string>{"a", "c"}));
  EXPECT_EQ(varied(choices({"a"}), std::string("a"), 1, 0.1), Input(std::string("a")));
}

TEST(Vary, NumbersMoveByTheStepAndReachTheEnds) {
  const Generator generator = numbers(-3, 5);
  const ExactMatrix from = ExactMatrix::Constant(1, 1, 1.5);
  for (const double step : {1.0, 0.25, 0x1p-10, 0x1p-26}) {
    std::set<double> seen;
    int near = 0, nearer = 0, as_short = 0;
    for (std::uint64_t k = 0; k < 400; ++k) {
      const double x = std::get<ExactMatrix>(varied(generator, from, k, step))(0, 0);
      seen.insert(x);
      EXPECT_FALSE(x == 0 && std::signbit(x));
      const double moved = std::abs(x - 1.5);
      if (moved > 0 && moved <= 4 * step) ++near;
      if (moved > 0 && moved >= step / 16) ++nearer;
      // Two bits before the point, and six below the step and its quarter.
      if (complexity(x) <= 2 + 2 * (6 - std::log2(step)) + 0.5) ++as_short;
    }
    EXPECT_TRUE(seen.count(-3) == 1 && seen.count(5) == 1);
    EXPECT_GT(near, 200) << step;
    EXPECT_GT(nearer, 200) << step;
    EXPECT_GT(as_short, 200) << step;
  }
  // A long number loses what lies far below the move.
  int shorter = 0;
  for (std::uint64_t k = 0; k < 400; ++k)
    if (complexity(
            std::get<ExactMatrix>(varied(generator, ExactMatrix::Constant(1, 1, 0.1), k, 0.25))(0, 0)) < 24)
      ++shorter;
  EXPECT_GT(shorter, 250);
}

TEST(Vary, MatricesMoveInEntriesLinesAndAsAWhole) {
  const Generator generator = matrices(3, 2, 16);
  ExactMatrix from(3, 2);
  from << 1, -2, 0, 0.5, 16, 3;
  int entries = 0, whole = 0, small = 0, scaled = 0;
  for (std::uint64_t k = 0; k < 600; ++k) {
    const ExactMatrix a = std::get<ExactMatrix>(varied(generator, from, k, 0x1p-8));
    const auto changed = (a.array() != from.array()).count();
    if (changed == 1) ++entries;
    if (changed >= 4) ++whole;
    if (changed > 0 && (a - from).cwiseAbs().maxCoeff() <= 16 * 0x1p-6) ++small;
    if (a == ExactMatrix(from / 2)) ++scaled;
    for (Eigen::Index i = 0; i < a.size(); ++i) EXPECT_FALSE(a.data()[i] == 0 && std::signbit(a.data()[i]));
  }
  EXPECT_GT(entries, 200);
  EXPECT_GT(whole, 50);
  EXPECT_GT(small, 200);
  EXPECT_GT(scaled, 5);
  // Where everything is 0 there is a way out, and no number goes to nothing.
  int left = 0;
  for (std::uint64_t k = 0; k < 100; ++k) {
    const ExactMatrix a =
        std::get<ExactMatrix>(varied(generator, ExactMatrix(ExactMatrix::Zero(3, 2)), k, 0.5));
    if (!a.isZero(0)) ++left;
    for (Eigen::Index i = 0; i < a.size(); ++i)
      EXPECT_TRUE(a.data()[i] == 0 || std::abs(a.data()[i]) >= 0x1p-80) << a.data()[i];
  }
  EXPECT_GT(left, 30);
}

TEST(Vary, AnyInputThatIsDrawnCanBeVaried) {
  for (const Generator& generator : {matrices(1, 1), matrices(4, 4, 0x1p-60), matrices(2, 5, 1e300),
                                     numbers(0, 0), numbers(0, 0x1p-70), numbers(-1e300, 1e300)}) {
    Input input = generator.source().simplest();
    for (std::uint64_t k = 0; k < 200; ++k) {
      varied(generator, draw(generator, k), k, std::ldexp(1.0, -static_cast<int>(k % 27)));
      input = varied(generator, input, k, 1);
    }
  }
}

TEST(Dice, AreFair) {
  Dice dice(rc::Random(3));
  std::map<long, int> seen;
  for (int i = 0; i < 6000; ++i) ++seen[dice.between(-1, 4)];
  EXPECT_EQ(seen.size(), 6U);
  for (const auto& [face, count] : seen) EXPECT_NEAR(count, 1000, 150) << face;
}

TEST(Seed, SizesOfTheFirstCasesAreSpread) {
  EXPECT_EQ(case_size(0), 0);
  for (const std::uint64_t count : {8U, 40U, 200U}) {
    int small = 0, most = 0;
    for (std::uint64_t k = 0; k < count; ++k) {
      const int size = case_size(k);
      EXPECT_TRUE(0 <= size && size <= 100);
      if (size < 50) ++small;
      most = std::max(most, size);
    }
    EXPECT_NEAR(small, static_cast<double>(count) / 2, 2);
    EXPECT_GE(most, 85);
  }
}

TEST(Seed, DependsOnEverythingItIsDerivedFrom) {
  const std::uint64_t seed = derived_seed(1, "a", 0);
  EXPECT_EQ(seed, derived_seed(1, "a", 0));
  EXPECT_NE(seed, derived_seed(2, "a", 0));
  EXPECT_NE(seed, derived_seed(1, "b", 0));
  EXPECT_NE(seed, derived_seed(1, "a", 1));
}

/// Draws n, a W of that width and a name; what a claim would do.
std::pair<long, ExactMatrix> inputs(Draws& draws) {
  const long n = std::get<long>(draws.next("n", integers(1, 4)));
  const ExactMatrix W = std::get<ExactMatrix>(draws.next("W", matrices(n, n)));
  draws.next("phi", choices({"tanh", "gelu"}));
  return {n, W};
}

TEST(Draws, ReplayIsExactAndComplainsByName) {
  ExactMatrix W(2, 2);
  W << 1, 0.5, -0.25, 3;
  const Case from{{{"n", 2L}, {"W", W}, {"phi", std::string("gelu")}}};
  ReplayedDraws draws(from);
  EXPECT_EQ(inputs(draws).second, W);
  EXPECT_EQ(draws.drawn(), from);

  const auto complaint = [](const Case& broken) {
    ReplayedDraws replayed(broken);
    try {
      inputs(replayed);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(complaint({{{"n", 2L}}}), "The case has no input 'W', which the claim draws.");
  EXPECT_NE(complaint({{{"n", 9L}}}).find("'n' of the case is not an integer from 1 to 4"),
            std::string::npos);
  EXPECT_NE(complaint({{{"n", 3L}, {"W", W}}}).find("'W' of the case is not a 3 x 3 matrix"),
            std::string::npos);
  EXPECT_NE(complaint({{{"n", 2L}, {"W", W}, {"phi", std::string("relu")}}}).find("'tanh', 'gelu'"),
            std::string::npos);
}

TEST(Draws, FittedCasesReplay) {
  ExactMatrix W(3, 3);
  W << 1, 2, 3, 4, 5, 6, 7, 8, 9;
  const Case from{{{"n", 2L}, {"W", W}}};
  FittedDraws draws(from, {0, std::nullopt});
  EXPECT_EQ(inputs(draws).second, W.bottomRightCorner(2, 2));
  EXPECT_EQ(std::get<std::string>(*draws.drawn().find("phi")), "tanh");
  ReplayedDraws again(draws.drawn());
  EXPECT_EQ(inputs(again).second, W.bottomRightCorner(2, 2));
}

TEST(Draws, TwoInputsOfOneNameAreRefused) {
  FittedDraws draws(Case{});
  draws.next("n", integers(1, 2));
  EXPECT_THROW(draws.next("n", integers(1, 2)), Error);
}

}  // namespace
}  // namespace gronwall::verify
