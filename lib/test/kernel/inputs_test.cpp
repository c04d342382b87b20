#include <algorithm>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include <gronwall/kernel/input_registration.hpp>
#include <gronwall/kernel/inputs.hpp>
#include <gronwall/real/error.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::kernel {
namespace {

using real::Ball;
using real::Integer;

/// Rows of small fractions, with zeros, equal, parallel and opposite ones among them.
Inputs random_rows(test::Random& random, bool normalised) {
  const int n = 1 + random.below(6), d = 1 + random.below(4);
  Inputs inputs;
  inputs.normalised = normalised;
  for (int i = 0; i < n; ++i) {
    RationalVector x;
    for (int k = 0; k < d; ++k) x.emplace_back(random.below(7) - 3, 1 + random.below(3));
    if (i > 0 && random.below(2) == 0) {
      const Rational factor(random.below(2) == 0 ? 1 : -1, 1 + random.below(2));
      x = inputs.points[static_cast<std::size_t>(random.below(i))];
      for (Rational& entry : x) entry *= factor;
    }
    if (normalised && std::all_of(x.begin(), x.end(), [](const Rational& e) { return e == 0; })) x[0] = 1;
    inputs.points.push_back(x);
  }
  return inputs;
}

Rational inner(const RationalVector& x, const RationalVector& y) {
  Rational sum = 0;
  for (std::size_t k = 0; k < x.size(); ++k) sum += x[k] * y[k];
  return sum;
}

/// The entry of the Gram matrix enclosed at 1000 bits, straight from the formula.
Ball reference(const Inputs& inputs, std::size_t i, std::size_t j) {
  const RationalVector &x = inputs.points[i], &y = inputs.points[j];
  const Ball product = real::from_rational<Ball>(inner(x, y));
  if (!inputs.normalised) return product;
  return product /
         (sqrt(real::from_rational<Ball>(inner(x, x))) * sqrt(real::from_rational<Ball>(inner(y, y))));
}
Ball reference_entry(const Inputs& inputs, std::size_t i, std::size_t k) {
  const RationalVector& x = inputs.points[i];
  const Ball entry = real::from_rational<Ball>(x[k]);
  return inputs.normalised ? Ball(entry / sqrt(real::from_rational<Ball>(inner(x, x)))) : entry;
}

/// |x - y| <= (1 + 2^-50) u |y|, for the rounded x.
template <class R>
bool rounded(const R& x, const Ball& y) {
  const Ball at = real::Backend<Ball>::from_hex(real::Backend<R>::to_hex(x));
  const Ball unit =
      real::Backend<Ball>::from_hex(real::Backend<R>::to_hex(real::Backend<R>::unit_roundoff()));
  if (at.is_zero()) return y.midpoint().is_zero();
  return leq(abs(at - y), unit * (Ball(1) + Ball(0x1p-50)) * abs(y)) == real::Truth::yes;
}

TEST(Inputs, FloatingEntriesAreRounded) {
  const real::Precision precision(1000);
  test::Random random(1);
  for (int trial = 0; trial < test::repetitions(60); ++trial) {
    const Inputs inputs = random_rows(random, trial % 2 == 0);
    test::for_each_backend([&]<class R>() {
      const Matrix<R> gram = inputs.gram<R>(), x = inputs.matrix<R>();
      ASSERT_EQ(gram.rows(), inputs.count());
      ASSERT_EQ(x.rows(), inputs.dimension());
      for (Eigen::Index i = 0; i < gram.rows(); ++i) {
        for (Eigen::Index j = 0; j < gram.cols(); ++j)
          EXPECT_TRUE(rounded<R>(gram(i, j),
                                 reference(inputs, static_cast<std::size_t>(i), static_cast<std::size_t>(j))))
              << trial << ": " << i << ", " << j;
        for (Eigen::Index k = 0; k < x.rows(); ++k)
          EXPECT_TRUE(rounded<R>(
              x(k, i), reference_entry(inputs, static_cast<std::size_t>(i), static_cast<std::size_t>(k))))
              << trial << ": " << i << ", " << k;
      }
    });
  }
}

TEST(Inputs, BallsEncloseAndAreTight) {
  test::Random random(2);
  for (int trial = 0; trial < test::repetitions(60); ++trial) {
    const Inputs inputs = random_rows(random, trial % 2 == 0);
    const real::Precision precision(90);
    const Matrix<Ball> gram = inputs.gram<Ball>(), x = inputs.matrix<Ball>();
    const real::Precision finer(1000);
    const auto check = [&](const Ball& entry, const Ball& exact) {
      EXPECT_TRUE(arb_overlaps(entry.raw(), exact.raw()) != 0) << trial;
      EXPECT_EQ(leq(entry.radius(), Ball(0x1p-87) * abs(entry)), real::Truth::yes) << trial;
    };
    for (Eigen::Index i = 0; i < gram.rows(); ++i) {
      for (Eigen::Index j = 0; j < gram.cols(); ++j)
        check(gram(i, j), reference(inputs, static_cast<std::size_t>(i), static_cast<std::size_t>(j)));
      for (Eigen::Index k = 0; k < x.rows(); ++k)
        check(x(k, i), reference_entry(inputs, static_cast<std::size_t>(i), static_cast<std::size_t>(k)));
    }
  }
}

TEST(Inputs, DiagonalsAndParallelPointsAreExact) {
  Inputs inputs;
  inputs.normalised = true;
  inputs.points = {{1, 1, 1}, {-3, -3, -3}, {Rational(1, 7), Rational(1, 7), Rational(1, 7)}, {1, 1, 2}};
  const Matrix<Ball> gram = inputs.gram<Ball>();
  const int expected[3][3] = {{1, -1, 1}, {-1, 1, -1}, {1, -1, 1}};
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      EXPECT_TRUE(Ball(gram(i, j) - expected[i][j]).is_zero());
      EXPECT_TRUE(gram(i, j).exact());
      test::for_each_backend([&]<class R>() { EXPECT_EQ(inputs.gram<R>()(i, j), R(expected[i][j])); });
    }
  EXPECT_TRUE(Ball(gram(3, 3) - 1).is_zero());
  EXPECT_FALSE(gram(0, 3).exact());  // 4/sqrt(18)
}

TEST(Inputs, NearlyParallelPointsAreNotTakenForParallel) {
  Inputs inputs;
  inputs.normalised = true;
  inputs.points = {{1, 1}, {1, Rational(Integer(1) + (Integer(1) << 200), Integer(1) << 200)}};
  EXPECT_TRUE(inputs.duplicates().empty());
  EXPECT_EQ(inputs.gram<double>()(0, 1), 1);  // correctly rounded
  const real::Precision precision(500);
  EXPECT_EQ(less(inputs.gram<Ball>()(0, 1), Ball(1)), real::Truth::yes);
}

TEST(Inputs, NormalisedPythagoreanPointsAreThoseThemselves) {
  Inputs tuples, points;
  tuples.normalised = true;
  tuples.points = {{3, 4}, {Rational(-5, 2), 6}, {0, 9}};
  points.points = {{Rational(3, 5), Rational(4, 5)}, {Rational(-5, 13), Rational(12, 13)}, {0, 1}};
  test::for_each_backend([&]<class R>() {
    EXPECT_EQ(tuples.matrix<R>(), points.matrix<R>());
    EXPECT_EQ(tuples.gram<R>(), points.gram<R>());
  });
  EXPECT_EQ(tuples.matrix<double>()(0, 0), 0.6);
  const Matrix<Ball> from_tuples = tuples.gram<Ball>(), from_points = points.gram<Ball>();
  for (Eigen::Index k = 0; k < from_points.size(); ++k)
    EXPECT_TRUE(arb_equal(from_tuples.data()[k].raw(), from_points.data()[k].raw()) != 0) << k;
  const auto gram = tuples.exact_gram();
  ASSERT_TRUE(gram.has_value());
  EXPECT_EQ((*gram)(0, 1), Rational(33, 65));
  EXPECT_EQ(*points.exact_gram(), *gram);
  tuples.points.push_back({1, 1});
  EXPECT_FALSE(tuples.exact_gram().has_value());
}

TEST(Inputs, RelationsAgreeWithTheirDefinitions) {
  test::Random random(3);
  for (int trial = 0; trial < test::repetitions(200); ++trial) {
    const Inputs inputs = random_rows(random, trial % 2 == 0);
    // x and y have one direction if (x.y)^2 = x.x y.y and x.y > 0.
    const auto related = [&](const RationalVector& x, const RationalVector& y, int sign) {
      if (inputs.normalised)
        return inner(x, y) * inner(x, y) == inner(x, x) * inner(y, y) && sign * inner(x, y) > 0;
      if (sign < 0 && inner(x, x) == 0) return false;
      for (std::size_t k = 0; k < x.size(); ++k)
        if (x[k] != sign * y[k]) return false;
      return true;
    };
    std::vector<Pair> equal, opposite;
    std::vector<long> off, zero;
    for (long i = 0; i < inputs.count(); ++i) {
      const RationalVector& x = inputs.points[static_cast<std::size_t>(i)];
      for (const int sign : {1, -1})
        for (long j = 0; j < i; ++j)
          if (related(inputs.points[static_cast<std::size_t>(j)], x, sign)) {
            (sign > 0 ? equal : opposite).emplace_back(j, i);
            break;
          }
      if (inner(x, x) == 0) zero.push_back(i);
      if (inputs.normalised ? inner(x, x) == 0 : inner(x, x) != 1) off.push_back(i);
    }
    EXPECT_EQ(inputs.duplicates(), equal) << trial;
    EXPECT_EQ(inputs.opposite_pairs(), opposite) << trial;
    EXPECT_EQ(inputs.off_sphere(), off) << trial;
    EXPECT_EQ(inputs.zeros(), zero) << trial;
  }
}

TEST(Inputs, PlacesAreLinesWhereThereAreAny) {
  Inputs inputs;
  inputs.points = {{1}, {1}};
  EXPECT_EQ(inputs.place(1), "point 2");
  EXPECT_EQ(inputs.place(inputs.duplicates().front()), "points 1 and 2");
  inputs.lines = {3, 7};
  EXPECT_EQ(inputs.place(1), "line 7");
  EXPECT_EQ(inputs.place(inputs.duplicates().front()), "lines 3 and 7");
}

template <class F>
std::string complaint(F f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(Inputs, BadOnesAreRefused) {
  EXPECT_EQ(complaint([] { Inputs().gram<double>(); }),
            "A kernel needs at least one input point; there is none.");
  Inputs inputs;
  inputs.points = {{}};
  EXPECT_EQ(complaint([&] { inputs.check(); }), "Input points need at least one coordinate.");
  inputs.points = {{1, 2}, {3}};
  EXPECT_EQ(complaint([&] { inputs.check(); }),
            "The input of point 1 has dimension 2, that of point 2 dimension 1.");
  inputs.points = {{1, 2}, {0, 0}};
  EXPECT_NO_THROW(inputs.check());
  inputs.normalised = true;
  inputs.lines = {2, 5};
  for (const std::string& said :
       {complaint([&] { inputs.check(); }), complaint([&] { inputs.gram<double>(); }),
        complaint([&] { inputs.matrix<Ball>(); })})
    EXPECT_EQ(said, "The input of line 5 is 0, which has no direction to normalise.");
}

// Generators.

TEST(InputGenerators, EachMakesDistinctPointsOfTheSphere) {
  const std::vector<InputGenerator> all = input_generators();
  std::set<std::string> names;
  for (const InputGenerator& generator : all) {
    SCOPED_TRACE(generator.example);
    names.insert(generator.name);
    EXPECT_EQ(generator.makes.back(), '.');
    const Inputs inputs = find_inputs(generator.example);
    EXPECT_NO_THROW(inputs.check());
    EXPECT_FALSE(inputs.normalised);
    EXPECT_TRUE(inputs.on_sphere());
    EXPECT_TRUE(inputs.duplicates().empty());
    EXPECT_EQ(find_inputs(generator.example).points, inputs.points);
    for (const RationalVector& x : inputs.points)
      for (const Rational& entry : x) EXPECT_LT(denominator(entry), Integer(1) << 64);
  }
  for (const char* name : {"antipodal", "circle", "clustered", "nearly-parallel", "pythagorean", "random"})
    EXPECT_EQ(names.count(name), 1U) << name;
}

TEST(InputGenerators, HaveTheCountAndDimensionAskedFor) {
  struct {
    const char* name;
    long count, dimension;
    std::size_t opposite;
  } const cases[] = {{"random:1,2", 1, 2, 0},
                     {"random:200,2,5", 200, 2, 0},
                     {"random:20,50,18446744073709551615", 20, 50, 0},
                     {"circle:1", 1, 2, 0},
                     {"circle:2", 2, 2, 1},
                     {"circle:12", 12, 2, 6},
                     {"circle:301", 301, 2, 0},
                     {"antipodal:5,3", 10, 3, 5},
                     {"nearly-parallel:7,2,1/1000", 7, 2, 0},
                     {"nearly-parallel:40,5,1", 40, 5, 0},
                     {"clustered:30,3,4,1e-9", 30, 3, 0},
                     {"clustered:3,2,1,1", 3, 2, 0},
                     {"pythagorean:50", 50, 2, 0},
                     {"pythagorean:60,7", 60, 7, 0},
                     {"pythagorean:3,4096", 3, 4096, 0}};
  for (const auto& [name, count, dimension, opposite] : cases) {
    SCOPED_TRACE(name);
    const Inputs inputs = find_inputs(name);
    EXPECT_NO_THROW(inputs.check());
    EXPECT_EQ(inputs.count(), count);
    EXPECT_EQ(inputs.dimension(), dimension);
    EXPECT_TRUE(inputs.on_sphere());
    EXPECT_TRUE(inputs.duplicates().empty());
    EXPECT_EQ(inputs.opposite_pairs().size(), opposite);
  }
}

TEST(InputGenerators, TheCircleIsEvenlySpread) {
  for (const int n : {1, 2, 3, 4, 5, 8, 100, 333}) {
    const Matrix<double> x = find_inputs("circle:" + std::to_string(n)).matrix<double>();
    for (int k = 0; k < n; ++k) {
      const double angle = 2 * real::pi<double>() * k / n;
      EXPECT_NEAR(x(0, k), std::cos(angle), 0x1p-18) << n << ", " << k;
      EXPECT_NEAR(x(1, k), std::sin(angle), 0x1p-18) << n << ", " << k;
    }
  }
  const Inputs four = find_inputs("circle:4");
  EXPECT_EQ(four.points, (std::vector<RationalVector>{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}));
}

TEST(InputGenerators, RandomPointsHaveNoPreferredDirectionAndShortDenominators) {
  const Inputs inputs = find_inputs("random:2000,3,4");
  const Matrix<double> x = inputs.matrix<double>();
  for (int k = 0; k < 3; ++k) {
    EXPECT_NEAR(x.row(k).mean(), 0, 5 / std::sqrt(3.0 * 2000));
    EXPECT_NEAR(x.row(k).array().square().mean(), 1.0 / 3, 5 * 0.3 / std::sqrt(2000.0));
  }
  for (const RationalVector& point : inputs.points)
    for (const Rational& entry : point) EXPECT_LT(denominator(entry), Integer(1) << 40);
  EXPECT_NE(find_inputs("random:3,3,1").points, find_inputs("random:3,3,2").points);
  EXPECT_EQ(find_inputs("random:3,3").points, find_inputs("random:3,3,1").points);
}

/// Fixed for all time: a seed of a paper's table has to give the same points on the next machine.
TEST(InputGenerators, ASeedMeansThePointsItAlwaysMeant) {
  std::string text;
  for (const RationalVector& x : find_inputs("random:2,3,7").points)
    for (const Rational& entry : x) text += real::to_string(entry) + " ";
  EXPECT_EQ(text,
            "115014107136/122577220961 39699611648/122577220961 -14861732511/122577220961 "
            "55911120896/100578476061 75041865728/100578476061 -36860477411/100578476061 ");
}

TEST(InputGenerators, GapsAndSpreadsAreThoseAskedFor) {
  const auto distance = [](const Inputs& inputs, long i, long j) {
    const RationalVector &x = inputs.points[static_cast<std::size_t>(i)],
                         &y = inputs.points[static_cast<std::size_t>(j)];
    return std::sqrt(real::from_rational<double>(Rational(2 - 2 * inner(x, y))));
  };
  const Inputs near = find_inputs("nearly-parallel:6,3,1e-9");
  double closest = 1, farthest = 0;
  for (long i = 0; i < near.count(); ++i)
    for (long j = 0; j < i; ++j) {
      closest = std::min(closest, distance(near, i, j));
      farthest = std::max(farthest, distance(near, i, j));
    }
  EXPECT_NEAR(closest, 1e-9, 1e-15);
  EXPECT_LT(farthest, 5e-9);

  const Inputs clusters = find_inputs("clustered:30,4,3,1e-4,2");
  for (long i = 0; i < 30; ++i)
    for (long j = 0; j < i; ++j) {
      const double d = distance(clusters, i, j);
      if (i % 3 == j % 3)
        EXPECT_LT(d, 1e-3);
      else
        EXPECT_GT(d, 1e-2);
      EXPECT_GT(d, 1e-6);
    }
  const Inputs pairs = find_inputs("antipodal:3,4,1");
  for (const Pair& pair : pairs.opposite_pairs()) EXPECT_EQ(pair.second, pair.first + 1);
}

TEST(InputGenerators, PythagoreanTuplesComeBySize) {
  const Inputs plane = find_inputs("pythagorean:6");
  EXPECT_EQ(plane.points, (std::vector<RationalVector>{{1, 0},
                                                       {Rational(4, 5), Rational(3, 5)},
                                                       {Rational(3, 5), Rational(4, 5)},
                                                       {Rational(12, 13), Rational(5, 13)},
                                                       {Rational(8, 17), Rational(15, 17)},
                                                       {Rational(24, 25), Rational(7, 25)}}));
  const Inputs space = find_inputs("pythagorean:40,3");
  for (const RationalVector& x : space.points)
    for (const Rational& entry : x) {
      EXPECT_GE(entry, 0);
      EXPECT_LT(denominator(entry), 60);
    }
}

TEST(InputGenerators, WrongNamesAndParametersAreNamed) {
  struct {
    const char* name;
    const char* says;
  } const cases[] = {
      {"square:3", "No inputs are called 'square'; there are: antipodal:<pairs>,<d>[,<seed>], circle:<N>, "},
      {"", "No inputs are called ''"},
      {"circle", "The inputs 'circle' need their parameters: circle:<N>."},
      {"circle:", "The inputs 'circle' need their parameters: circle:<N>."},
      {"circle:x", "Parameter N of the inputs 'circle': 'x' is not a number"},
      {"circle:0", "Parameter N of the inputs 'circle' must be an integer from 1 to 4096; '0' was given."},
      {"circle:-1", "'-1' was given"},
      {"circle:5000", "'5000' was given"},
      {"circle:1.5", "must be an integer from 1 to 4096; '1.5' was given"},
      {"circle:8,2", "The inputs 'circle' take 1 parameter: circle:<N>; 2 were given."},
      {"random:8", "The inputs 'random' need their parameter d: random:<N>,<d>[,<seed>]."},
      {"random:8,1", "Parameter d of the inputs 'random' must be an integer from 2 to 4096"},
      {"random:8,3,-1",
       "Parameter seed of the inputs 'random' must be an integer from 0 to 18446744073709551615"},
      {"random:8,3,18446744073709551616", "Parameter seed"},
      {"random:8,,1", "Parameter d of the inputs 'random': '' is not a number"},
      {"nearly-parallel:3,3,0", "Parameter gap of the inputs 'nearly-parallel' must be a number from 1/"},
      {"nearly-parallel:3,3,2", "Parameter gap"},
      {"clustered:3,3,0,1", "Parameter clusters"},
      {"pythagorean:0", "Parameter N"},
  };
  for (const auto& [name, says] : cases) {
    const char* const wanted = name;
    const std::string said = complaint([wanted] { find_inputs(wanted); });
    EXPECT_NE(said.find(says), std::string::npos) << name << " says: " << said;
    EXPECT_EQ(said.back(), '.') << said;
  }
  EXPECT_THROW(find_inputs("square:3"), UnknownName);
  EXPECT_THROW(find_inputs("circle:x"), DomainError);
  EXPECT_THROW(InputRegistration(
                   "circle", "Twice.", {count()}, [](const InputArguments&) { return Inputs(); }, "1"),
               Error);
}

TEST(InputGenerators, TooManyPointsForThePlaneEndInAComplaintNotInALoop) {
  // In the plane 2^19 stereographic coordinates leave room for all that the parameters allow.
  const Inputs many = find_inputs("random:4096,2");  // equal or opposite ones are drawn a few times
  EXPECT_EQ(many.count(), 4096);
  EXPECT_TRUE(many.duplicates().empty());
  EXPECT_TRUE(many.opposite_pairs().empty());
  EXPECT_EQ(find_inputs("pythagorean:4096").count(), 4096);
}

}  // namespace
}  // namespace gronwall::kernel
