// Linear algebra in balls: products, norms and eigenvalues contain what exact rationals and closed forms say,
// and not much more; bounds in double lie above balls, closely.
#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/linalg/approximation.hpp>
#include <gronwall/linalg/certified.hpp>
#include <gronwall/linalg/exact.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/error.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::ExactMatrix;
using linalg::Matrix;
using linalg::RationalMatrix;
using real::Ball;
using real::Precision;
using real::Rational;
using real::Truth;
using test::Random;
using BallMatrix = Matrix<Ball>;

constexpr long precisions[] = {53, 64, 128, 256, 512};

std::string text(const Ball& x) { return real::Backend<Ball>::to_hex(x); }

BallMatrix to_balls(const RationalMatrix& a) {
  return a.unaryExpr([](const Rational& x) { return real::from_rational<Ball>(x); });
}

/// The rational itself, and not what a ball made of it: x times its denominator is compared with its
/// numerator.
bool contains(const Ball& ball, const Rational& x) {
  const Precision guard(4000);
  return (ball * real::from_rational<Ball>(Rational(denominator(x))))
      .overlaps(real::from_rational<Ball>(Rational(numerator(x))));
}

/// The rational that an exact ball is.
Rational exact_value(const Ball& x) { return real::parse_rational(text(x)); }

RationalMatrix zero(Eigen::Index rows, Eigen::Index cols) {
  return RationalMatrix::Constant(rows, cols, Rational(0));
}

RationalMatrix product(const RationalMatrix& a, const RationalMatrix& b) {
  RationalMatrix c = zero(a.rows(), b.cols());
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j < b.cols(); ++j)
      for (Eigen::Index k = 0; k < a.cols(); ++k) c(i, j) += a(i, k) * b(k, j);
  return c;
}

RationalMatrix transposed(const RationalMatrix& a) {
  RationalMatrix t(a.cols(), a.rows());
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j < a.cols(); ++j) t(j, i) = a(i, j);
  return t;
}

RationalMatrix random_rationals(Random& random, Eigen::Index rows, Eigen::Index cols) {
  RationalMatrix a(rows, cols);
  for (Eigen::Index k = 0; k < a.size(); ++k)
    a.data()[k] = Rational(random.below(201) - 100) / Rational(1 + random.below(30));
  return a;
}

/// I - 2 v v^T / v^T v: orthogonal, symmetric and rational.
RationalMatrix reflection(Random& random, Eigen::Index n) {
  std::vector<int> v(static_cast<std::size_t>(n));
  int square = 0;
  for (int& x : v) x = random.below(9) - 4, square += x * x;
  if (square == 0) v[0] = square = 1;
  RationalMatrix q(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      q(i, j) =
          Rational(i == j ? 1 : 0) -
          Rational(2 * v[static_cast<std::size_t>(i)] * v[static_cast<std::size_t>(j)]) / Rational(square);
  return q;
}

RationalMatrix diagonal(const std::vector<Rational>& d) {
  const Eigen::Index n = static_cast<Eigen::Index>(d.size());
  RationalMatrix a = zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i) a(i, i) = d[static_cast<std::size_t>(i)];
  return a;
}

ExactMatrix random_matrix(Random& random, Eigen::Index rows, Eigen::Index cols, int low, int high) {
  ExactMatrix a(rows, cols);
  for (Eigen::Index k = 0; k < a.size(); ++k) a.data()[k] = random.spread(low, high);
  return a;
}

/// The radius of x is at most `size` 2^(lost - working_bits).
void expect_tight(const Ball& x, const Ball& size, int lost) {
  ASSERT_TRUE(x.known());
  EXPECT_EQ(leq(x.radius(), real::scaled(abs(size).upper(), lost - real::working_bits())), Truth::yes)
      << text(x) << " at " << real::working_bits() << " bits";
}

TEST(BallProducts, ContainThoseOfRationals) {
  Random random(401);
  // Beyond 32 rows the block product.
  for (const Eigen::Index large : {Eigen::Index{9}, Eigen::Index{44}})
    for (int run = test::repetitions(large > 9 ? 1 : 20); run > 0; --run) {
      const Precision guard(precisions[random.below(5)]);
      const auto size = [&] { return large > 9 ? large - random.below(10) : 1 + random.below(9); };
      const RationalMatrix a = random_rationals(random, size(), size()),
                           b = random_rationals(random, a.cols(), size());
      const RationalMatrix c = product(a, b);
      const BallMatrix x = to_balls(a), y = to_balls(b);
      const BallMatrix plain = linalg::multiply<Ball>(x, y);
      const BallMatrix left = linalg::transpose_multiply<Ball>(to_balls(transposed(a)), y);
      const BallMatrix right = linalg::multiply_transpose<Ball>(x, to_balls(transposed(b)));
      BallMatrix into(3, 2);
      linalg::multiply_into<Ball>(into, x, y);
      const linalg::Approximation<Ball> with_error = linalg::multiply_with_error<Ball>(x, y);
      EXPECT_TRUE(with_error.error.is_zero());
      const Ball size_of_terms = Ball(10000 * static_cast<int>(a.cols()));
      for (Eigen::Index j = 0; j < c.cols(); ++j)
        for (Eigen::Index i = 0; i < c.rows(); ++i)
          for (const BallMatrix& m : {plain, left, right, into, with_error.value}) {
            ASSERT_TRUE(contains(m(i, j), c(i, j))) << i << ", " << j << ": " << text(m(i, j));
            expect_tight(m(i, j), size_of_terms, 2);
          }
    }
}

/// The radii of the factors reach the product: it contains the product of any points.
TEST(BallProducts, OfWideBallsContainTheirPoints) {
  Random random(402);
  for (int run = test::repetitions(30); run > 0; --run) {
    const int n = run % 10 == 0 ? 35 : 1 + random.below(8);
    const Precision guard(precisions[random.below(4)]);
    const ExactMatrix a = random_matrix(random, n, n, -3, 3), b = random_matrix(random, n, n, -3, 3);
    BallMatrix x(n, n), y(n, n), p(n, n), q(n, n);
    for (Eigen::Index k = 0; k < a.size(); ++k) {
      const double r = std::abs(random.spread(-20, 0)), s = std::abs(random.spread(-20, 0));
      x.data()[k] = Ball(Ball(a.data()[k]), Ball(r)),
      p.data()[k] = Ball(a.data()[k]) + Ball(r) * Ball(random.symmetric());
      y.data()[k] = Ball(Ball(b.data()[k]), Ball(s)),
      q.data()[k] = Ball(b.data()[k]) + Ball(s) * Ball(random.symmetric());
    }
    const BallMatrix wide = linalg::multiply<Ball>(x, y), points = linalg::multiply<Ball>(p, q);
    for (Eigen::Index k = 0; k < wide.size(); ++k) {
      EXPECT_TRUE(wide.data()[k].overlaps(points.data()[k]));
      EXPECT_EQ(leq(wide.data()[k].radius(), Ball(0)), Truth::no);
    }
  }
}

TEST(BallProducts, EmptyAndMismatched) {
  const BallMatrix none = linalg::multiply<Ball>(BallMatrix(2, 0), BallMatrix(0, 3));
  ASSERT_EQ(none.size(), 6);
  for (Eigen::Index k = 0; k < 6; ++k) EXPECT_TRUE(none.data()[k].is_zero());
  EXPECT_EQ(linalg::transpose_multiply<Ball>(BallMatrix(0, 2), BallMatrix(0, 3)).rows(), 2);
  EXPECT_THROW(linalg::multiply<Ball>(BallMatrix(2, 3), BallMatrix(2, 3)), DomainError);
  EXPECT_THROW(linalg::transpose_multiply<Ball>(BallMatrix(2, 3), BallMatrix(3, 3)), DomainError);
  BallMatrix unknown = BallMatrix::Constant(2, 2, Ball(1));
  unknown(0, 1) = Ball(std::nan(""));
  const BallMatrix c = linalg::multiply<Ball>(unknown, unknown);
  EXPECT_FALSE(c(0, 0).known());
  EXPECT_FALSE(linalg::all_finite<Ball>(c));
}

BallMatrix from_rows(std::initializer_list<std::initializer_list<int>> rows) {
  BallMatrix a(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows.begin()->size()));
  Eigen::Index i = 0;
  for (const auto& row : rows) {
    Eigen::Index j = 0;
    for (const int x : row) a(i, j++) = Ball(x);
    ++i;
  }
  return a;
}

TEST(BallNorms, ExactWhereTheArithmeticIs) {
  for (const long bits : precisions) {
    const Precision guard(bits);
    const auto exactly = [](const Ball& x, int value) {
      EXPECT_TRUE(x.exact() && (x - Ball(value)).is_zero()) << text(x);
    };
    exactly(linalg::frobenius_norm<Ball>(from_rows({{3, 4}})), 5);
    exactly(linalg::frobenius_norm<Ball>(from_rows({{-12}})), 12);
    exactly(linalg::frobenius_norm<Ball>(from_rows({{1, 1}, {1, 1}})), 2);
    exactly(linalg::frobenius_norm<Ball>(from_rows({{0, 0}, {0, 0}})), 0);
    exactly(linalg::frobenius_norm<Ball>(BallMatrix(0, 0)), 0);
    exactly(linalg::spectral_norm<Ball>(from_rows({{3, 4}})), 5);
    exactly(linalg::spectral_norm<Ball>(from_rows({{5}, {12}})), 13);
    exactly(linalg::spectral_norm<Ball>(from_rows({{0, -7, 0}, {2, 0, 0}, {0, 0, 5}})), 7);
    exactly(linalg::spectral_norm<Ball>(from_rows({{0, 1, 0}, {0, 0, 1}, {0, 0, 0}})), 1);
    exactly(linalg::spectral_norm<Ball>(from_rows({{0, 0}, {0, 0}})), 0);
    exactly(linalg::largest_eigenvalue(from_rows({{-3, 0}, {0, -2}})), -2);
    exactly(linalg::smallest_eigenvalue<Ball>(from_rows({{-3, 0}, {0, -2}})), -3);
    // One entry that is longer than the precision.
    const Ball third = [] {
      const Precision more(1000);
      return (Ball(1) / Ball(3)).midpoint();
    }();
    EXPECT_TRUE((linalg::frobenius_norm<Ball>(BallMatrix::Constant(1, 1, -third)) - third).contains_zero());
    EXPECT_TRUE(linalg::frobenius_norm<Ball>(BallMatrix::Constant(1, 1, -third)).exact());
  }
}

/// sqrt(top) times a power of two is the norm: rank one, all equal, a golden ratio, huge and tiny.
TEST(BallNorms, ClosedForms) {
  for (const long bits : precisions)
    for (const long e : {0L, 500L, -700L, 100000L, -100000L}) {
      const Precision guard(bits);
      const auto scaled_matrix = [e](BallMatrix a) {
        for (Eigen::Index k = 0; k < a.size(); ++k) a.data()[k] = real::scaled(a.data()[k], e);
        return a;
      };
      const auto is = [&](const BallMatrix& a, const Ball& norm) {
        const Ball got = linalg::spectral_norm<Ball>(scaled_matrix(a));
        EXPECT_TRUE(got.overlaps(real::scaled(norm, e))) << text(got) << " and " << text(norm);
        expect_tight(got, got, 3);
        const Ball turned = linalg::spectral_norm<Ball>(scaled_matrix(BallMatrix(a.transpose())));
        EXPECT_TRUE(turned.overlaps(got));
      };
      is(from_rows({{2, -4, 6}, {1, -2, 3}, {-5, 10, -15}, {7, -14, 21}}), sqrt(Ball(79 * 14)));
      is(BallMatrix::Constant(17, 17, Ball(1)), Ball(17));
      is(from_rows({{1, 1}, {0, 1}}), (Ball(1) + sqrt(Ball(5))) / Ball(2));
      is(from_rows({{1, 2}, {3, 4}}), sqrt((Ball(30) + sqrt(Ball(884))) / Ball(2)));
      is(from_rows({{1, 1, 1, 1}, {1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}}),
         Ball(2));  // all four the same
      const Ball frobenius = linalg::frobenius_norm<Ball>(scaled_matrix(from_rows({{1, 2}, {3, 4}})));
      EXPECT_TRUE(frobenius.overlaps(real::scaled(sqrt(Ball(30)), e)));
      expect_tight(frobenius, frobenius, 1);
    }
}

/// Entries of all sizes in one matrix.
TEST(BallNorms, Lopsided) {
  for (const long bits : precisions) {
    const Precision guard(bits);
    BallMatrix a = from_rows({{1, 1}, {1, 1}});
    a(0, 0) = Ball(1e300), a(1, 1) = Ball(1e-300), a(0, 1) = Ball(0x1p-1074);
    const Ball norm = linalg::spectral_norm<Ball>(a);
    EXPECT_NE(leq(norm, Ball(1e300)), Truth::yes);
    expect_tight(norm, Ball(1e300), 3);
  }
}

/// Q1 D Q2 has the singular values |D|; Q D Q the eigenvalues D, however many are equal or nearly so.
TEST(BallEigenvalues, OfRotatedDiagonals) {
  Random random(403);
  for (int run = test::repetitions(40); run > 0; --run) {
    const Eigen::Index n = 2 + random.below(9);
    const Precision guard(precisions[run % 5]);
    std::vector<Rational> d;
    const int kind = random.below(4);
    for (Eigen::Index k = 0; k < n; ++k) {
      if (kind == 0)
        d.emplace_back(random.below(201) - 100);
      else if (kind == 1)
        d.emplace_back(random.below(2) == 0 ? 7 : 3);  // multiple
      else if (kind == 2)
        d.emplace_back(Rational(1) +
                       Rational(random.below(9)) / Rational(real::Integer(1) << static_cast<unsigned>(
                                                                40 * random.below(8))));  // clusters
      else
        d.emplace_back(Rational(random.below(9) - 4) / Rational(1 + random.below(1000)));
    }
    Rational top = d[0], bottom = d[0], modulus = 0;
    for (const Rational& x : d) {
      top = std::max(top, x), bottom = std::min(bottom, x);
      modulus = std::max(modulus, Rational(abs(x)));
    }
    const RationalMatrix q = reflection(random, n), p = reflection(random, n);
    const RationalMatrix symmetric = product(product(q, diagonal(d)), q);
    SCOPED_TRACE(::testing::Message() << "run " << run << ", n = " << n << ", kind " << kind);
    const BallMatrix a = to_balls(symmetric);
    const Ball largest = linalg::largest_eigenvalue(a), smallest = linalg::smallest_eigenvalue<Ball>(a);
    EXPECT_TRUE(contains(largest, top)) << text(largest);
    EXPECT_TRUE(contains(smallest, bottom)) << text(smallest);
    // Entries are balls of half a unit in the last place each.
    const Ball size = real::from_rational<Ball>(Rational(modulus + Rational(1) / 1000000));
    const int lost = 4 + static_cast<int>(std::ceil(std::log2(static_cast<double>(n))));
    expect_tight(largest, size, lost);
    expect_tight(smallest, size, lost);
    const Ball norm = linalg::spectral_norm<Ball>(to_balls(product(product(q, diagonal(d)), p)));
    EXPECT_TRUE(contains(norm, modulus)) << text(norm);
    expect_tight(norm, size, lost);
    // Signs that exact arithmetic sees.
    const linalg::Inertia inertia = linalg::exact_inertia(symmetric);
    const Truth definite = linalg::positive_definite(a);
    if (inertia.positive == n)
      EXPECT_EQ(definite, Truth::yes);
    else if (inertia.negative > 0)
      EXPECT_EQ(definite, Truth::no);
    else
      EXPECT_NE(definite, Truth::yes);
  }
}

/// Second differences, of eigenvalues 2 - 2 cos(k pi/(n + 1)).
TEST(BallEigenvalues, OfTridiagonalToeplitzMatrices) {
  for (const int n : {2, 3, 9, 24, 50})
    for (const long bits : precisions) {
      const Precision guard(bits);
      BallMatrix a(n, n);
      for (int i = 0; i < n; ++i) {
        a(i, i) = Ball(2);
        if (i > 0) a(i, i - 1) = a(i - 1, i) = Ball(-1);
      }
      const Ball step = real::ball_pi() / Ball(n + 1);
      const Ball largest = linalg::largest_eigenvalue(a), smallest = linalg::smallest_eigenvalue<Ball>(a);
      EXPECT_TRUE(largest.overlaps(Ball(2) + Ball(2) * cos(step)));
      EXPECT_TRUE(smallest.overlaps(Ball(2) - Ball(2) * cos(step)));
      EXPECT_TRUE(linalg::spectral_norm<Ball>(a).overlaps(largest));
      expect_tight(largest, Ball(4), 1);
      expect_tight(smallest, Ball(4), 1);
      EXPECT_EQ(linalg::positive_definite(a), Truth::yes);
      a(0, 0) = Ball(0);
      EXPECT_EQ(linalg::positive_definite(a), Truth::no) << "a zero on the diagonal";
      a(0, 0) = Ball(1), a(n - 1, n - 1) = Ball(1);  // now singular: the constants
      EXPECT_EQ(linalg::positive_definite(a), Truth::unknown);
      EXPECT_TRUE(linalg::smallest_eigenvalue<Ball>(a).contains_zero());
      a(n - 1, n - 1) = Ball(1) - Ball(0x1p-40);
      EXPECT_EQ(linalg::positive_definite(a), Truth::no);
    }
}

/// Hilbert's matrix: definite, although hardly. det = product of eigenvalues lies between powers of the ends.
TEST(BallEigenvalues, OfHilbertMatrices) {
  Truth before = Truth::unknown;
  for (const long bits : {53L, 128L, 256L, 512L}) {
    const Precision guard(bits);
    const int n = 20;
    RationalMatrix h(n, n);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) h(i, j) = Rational(1) / Rational(i + j + 1);
    const Ball smallest = linalg::smallest_eigenvalue<Ball>(to_balls(h)),
               largest = linalg::largest_eigenvalue(to_balls(h));
    expect_tight(smallest, Ball(1), 5);
    const Truth definite = linalg::positive_definite(to_balls(h));
    EXPECT_GE(definite, before);
    EXPECT_EQ(definite, bits > 53 ? Truth::yes : Truth::unknown);
    before = definite;
    const Ball determinant = real::from_rational<Ball>(linalg::exact_determinant(h));
    EXPECT_NE(leq(real::power<Ball>(smallest, n), determinant), Truth::no);
    EXPECT_NE(leq(determinant, smallest * real::power<Ball>(largest, n - 1)), Truth::no);
    // A little off the diagonal takes the definiteness away, exactly where the smallest eigenvalue ends.
    if (definite != Truth::yes) continue;
    for (const int sign : {-1, 1}) {
      RationalMatrix shifted = h;
      const Rational end = exact_value(sign < 0 ? smallest.lower() : smallest.upper());
      for (int i = 0; i < n; ++i) shifted(i, i) -= end;
      EXPECT_EQ(linalg::exactly_positive_definite(shifted), sign < 0);
    }
  }
}

TEST(BallEigenvalues, AgreeAcrossPrecisionsAndWithFloats) {
  Random random(404);
  for (int run = test::repetitions(15); run > 0; --run) {
    const Eigen::Index rows = 2 + random.below(12), cols = 2 + random.below(12);
    ExactMatrix a = random_matrix(random, rows, cols, -3, 3);
    if (random.below(3) == 0) a.col(0) *= 0x1p30;
    if (random.below(3) == 0) a *= 0x1p400;
    const ExactMatrix s = random_matrix(random, rows, rows, -3, 3).selfadjointView<Eigen::Lower>();
    Ball norm, frobenius, smallest;
    bool first = true;
    for (const long bits : precisions) {
      const Precision guard(bits);
      const BallMatrix x = linalg::from_exact<Ball>(a), y = linalg::from_exact<Ball>(s);
      const Ball n = linalg::spectral_norm<Ball>(x), f = linalg::frobenius_norm<Ball>(x);
      const Ball e = linalg::smallest_eigenvalue<Ball>(y);
      if (!first) {
        EXPECT_TRUE(n.overlaps(norm));
        EXPECT_TRUE(f.overlaps(frobenius));
        EXPECT_TRUE(e.overlaps(smallest));
      }
      expect_tight(n, n, 3);
      expect_tight(f, f, 1);
      EXPECT_NE(leq(n, f), Truth::no);
      norm = n, frobenius = f, smallest = e, first = false;
    }
    const Precision guard(512);
    const auto agree = [](const real::Estimated<double>& x, const Ball& y) {
      EXPECT_TRUE(Ball(Ball(x.value()), Ball(x.error())).overlaps(y));
    };
    agree(linalg::spectral_norm<double>(a), norm);
    agree(linalg::frobenius_norm<double>(a), frobenius);
    agree(linalg::smallest_eigenvalue<double>(s), smallest);
  }
}

/// The error estimates of the floats, against the truth; some have been too small for 3 x 3 matrices.
TEST(BallEigenvalues, JudgeTheEstimatesOfFloats) {
  Random random(408);
  for (int run = test::repetitions(60); run > 0; --run) {
    const Precision guard(1024);
    const Eigen::Index n = 2 + random.below(6);
    const ExactMatrix s = random_matrix(random, n, n, -3, 3).selfadjointView<Eigen::Lower>();
    const ExactMatrix w = random_matrix(random, n, 1 + random.below(8), -3, 3);
    const Ball smallest = linalg::smallest_eigenvalue<Ball>(linalg::from_exact<Ball>(s));
    const Ball norm = linalg::spectral_norm<Ball>(linalg::from_exact<Ball>(w));
    test::for_each_backend([&]<class R>() {
      const auto contained = [](const real::Quantity<R>& estimate, const Ball& truth) {
        const auto ball = [](const R& x) {
          return real::Backend<Ball>::from_hex(real::Backend<R>::to_hex(x));
        };
        EXPECT_TRUE(Ball(ball(estimate.value()), ball(estimate.error())).overlaps(truth)) << text(truth);
      };
      contained(linalg::smallest_eigenvalue<R>(linalg::from_exact<R>(s)), smallest);
      contained(linalg::spectral_norm<R>(linalg::from_exact<R>(w)), norm);
    });
  }
}

/// Balls of some width: eigenvalues of every matrix in them.
TEST(BallEigenvalues, OfWideMatricesContainTheirPoints) {
  Random random(405);
  for (int run = test::repetitions(40); run > 0; --run) {
    const Precision guard(precisions[random.below(4)]);
    const Eigen::Index n = 2 + random.below(7);
    const int exponent = -random.below(40) + 2;
    BallMatrix wide(n, n), point(n, n);
    for (Eigen::Index j = 0; j < n; ++j)
      for (Eigen::Index i = j; i < n; ++i) {
        const Ball middle(random.spread(-3, 3)), radius = abs(Ball(std::ldexp(random.symmetric(), exponent)));
        wide(i, j) = wide(j, i) = Ball(middle, radius);
        point(i, j) = point(j, i) = middle + radius * Ball(random.below(3) - 1);
      }
    const Ball all = linalg::largest_eigenvalue(wide), one = linalg::largest_eigenvalue(point);
    EXPECT_TRUE(all.overlaps(one)) << text(all) << " and " << text(one);
    EXPECT_TRUE(linalg::smallest_eigenvalue<Ball>(wide).overlaps(linalg::smallest_eigenvalue<Ball>(point)));
    EXPECT_TRUE(linalg::spectral_norm<Ball>(wide).overlaps(linalg::spectral_norm<Ball>(point)));
    EXPECT_TRUE(linalg::frobenius_norm<Ball>(wide).overlaps(linalg::frobenius_norm<Ball>(point)));
    // ||R|| <= n max r.
    const Ball most = Ball(static_cast<int>(n)) * Ball(std::ldexp(1.0, exponent)) + Ball(0x1p-30);
    EXPECT_EQ(leq(all.radius(), most), Truth::yes);
    EXPECT_EQ(leq(linalg::spectral_norm<Ball>(wide).radius(), most), Truth::yes);
    const Truth definite = linalg::positive_definite(wide), inside = linalg::positive_definite(point);
    EXPECT_TRUE(definite != Truth::yes || inside == Truth::yes);
    EXPECT_TRUE(definite != Truth::no || inside != Truth::yes);
    // An error of all entries together shifts the smallest eigenvalue.
    const Ball shifted = linalg::smallest_eigenvalue<Ball>(point, Ball(0.5));
    EXPECT_TRUE(shifted.contains(linalg::smallest_eigenvalue<Ball>(point).midpoint() + Ball(0.499)));
  }
}

TEST(BallEigenvalues, BadMatrices) {
  EXPECT_THROW(linalg::spectral_norm<Ball>(BallMatrix(0, 3)), DomainError);
  EXPECT_THROW(linalg::largest_eigenvalue(BallMatrix(0, 0)), DomainError);
  EXPECT_THROW(linalg::largest_eigenvalue(BallMatrix(2, 3)), DomainError);
  EXPECT_THROW(linalg::smallest_eigenvalue<Ball>(BallMatrix(1, 3)), DomainError);
  EXPECT_THROW(linalg::positive_definite(BallMatrix(1, 3)), DomainError);
  EXPECT_THROW(linalg::positive_definite(BallMatrix(0, 0)), DomainError);
  for (const Ball& bad : {Ball(std::nan("")), Ball(1) / Ball(0), Ball(HUGE_VAL)}) {
    BallMatrix a = from_rows({{2, 1}, {1, 2}});
    a(1, 0) = bad;
    EXPECT_FALSE(linalg::spectral_norm<Ball>(a).known());
    EXPECT_FALSE(linalg::frobenius_norm<Ball>(a).known());
    EXPECT_FALSE(linalg::largest_eigenvalue(a).known());
    EXPECT_FALSE(linalg::smallest_eigenvalue<Ball>(a).known());
    EXPECT_EQ(linalg::positive_definite(a), Truth::unknown);
    a = from_rows({{2, 1}, {1, 2}});
    a(0, 1) = bad;
    EXPECT_EQ(linalg::positive_definite(a), Truth::yes) << "only the lower triangle is read";
  }
  // Nothing but radii.
  const BallMatrix fog = BallMatrix::Constant(3, 3, Ball(0, Ball(1)));
  EXPECT_TRUE(linalg::spectral_norm<Ball>(fog).contains(Ball(2)));
  EXPECT_TRUE(linalg::largest_eigenvalue(fog).contains(Ball(0)));
  EXPECT_EQ(linalg::positive_definite(fog), Truth::unknown);
  EXPECT_EQ(linalg::positive_definite(from_rows({{1, 2}, {2, 1}})), Truth::no);
  EXPECT_EQ(linalg::positive_definite(from_rows({{-1}})), Truth::no);
  EXPECT_EQ(linalg::positive_definite(from_rows({{0}})), Truth::no);
  EXPECT_EQ(linalg::positive_definite(from_rows({{1}})), Truth::yes);
}

TEST(BallNorms, Approximations) {
  const linalg::Approximation<Ball> a{from_rows({{4}, {6}}), real::ratio<Ball>(1, 8)};
  const linalg::Approximation<Ball> b{from_rows({{1}, {2}}), real::ratio<Ball>(1, 4)};
  const linalg::Approximation<Ball> c = a - b;
  EXPECT_TRUE(c.error.contains(real::ratio<Ball>(3, 8)));
  const Ball norm = linalg::norm(c);
  EXPECT_TRUE(norm.contains(Ball(5) + real::ratio<Ball>(3, 8)) &&
              norm.contains(Ball(5) - real::ratio<Ball>(3, 8)));
  EXPECT_EQ(leq(norm, Ball(5.376)), Truth::yes);
  EXPECT_TRUE(linalg::spectral_norm(c).contains(Ball(5)));
  const linalg::Approximation<Ball> exact = linalg::exact<Ball>(a.value) - linalg::exact<Ball>(b.value);
  EXPECT_TRUE(exact.error.is_zero());
  EXPECT_TRUE((linalg::norm(exact) - Ball(5)).is_zero());
  EXPECT_THROW(a - linalg::exact<Ball>(BallMatrix(1, 2)), DomainError);
  EXPECT_THROW(linalg::multiply_with_error<Ball>(BallMatrix(1, 2), BallMatrix(1, 2)), DomainError);
}

/// bound >= truth, and at most `excess` times `size` above it.
void expect_bound(double bound, const Ball& truth, const Ball& size, double excess) {
  ASSERT_TRUE(std::isfinite(bound));
  ASSERT_TRUE(truth.known());
  EXPECT_EQ(leq(truth.lower(), Ball(bound)), Truth::yes) << bound << " is below " << text(truth);
  EXPECT_EQ(leq(Ball(bound), truth.upper() + Ball(excess) * size + Ball(0x1p-1074)), Truth::yes)
      << bound << " is far above " << text(truth);
}

void expect_bounds(const ExactMatrix& w) {
  const BallMatrix balls = linalg::from_exact<Ball>(w);
  const Ball norm = linalg::spectral_norm<Ball>(balls);
  expect_bound(linalg::spectral_norm_bound(w), norm, norm.upper(), 0.01);
  const ExactMatrix turned = w.transpose();
  expect_bound(linalg::spectral_norm_bound(turned), norm, norm.upper(), 0.01);
  if (w.rows() != w.cols()) return;
  BallMatrix symmetric(w.rows(), w.cols());
  for (Eigen::Index j = 0; j < w.cols(); ++j)
    for (Eigen::Index i = 0; i < w.rows(); ++i) symmetric(i, j) = real::scaled(balls(i, j) + balls(j, i), -1);
  const Ball radius =
      max(abs(linalg::largest_eigenvalue(symmetric)), abs(linalg::smallest_eigenvalue<Ball>(symmetric)));
  expect_bound(linalg::logarithmic_norm_bound(w), linalg::largest_eigenvalue(symmetric), radius.upper(),
               0.01);
}

TEST(NormBounds, LieAboveTheNormOfRandomMatrices) {
  Random random(406);
  for (int run = test::repetitions(60); run > 0; --run) {
    const Eigen::Index rows = 1 + random.below(20), cols = random.below(2) == 0 ? rows : 1 + random.below(20);
    ExactMatrix w = random_matrix(random, rows, cols, -3, 3);
    switch (random.below(8)) {
      case 0:
        w *= 0x1p500;
        break;
      case 1:
        w *= 0x1p-1060;
        break;
      case 2:
        w.col(0) *= 0x1p300;
        break;
      case 3:
        w = (w.col(0) * w.row(0)).eval();  // of rank one
        break;
      case 4:
        w = w.unaryExpr([](double x) { return x < 0 ? 0.0 : 1.0; });
        break;
      case 5:
        w.diagonal().array() -= 40;  // a negative logarithmic norm
        break;
      default:
        break;
    }
    SCOPED_TRACE(::testing::Message() << "run " << run << ", " << rows << " x " << cols);
    expect_bounds(w);
  }
}

TEST(NormBounds, OfSpecialMatrices) {
  const Precision guard(64);
  const int n = 30;
  expect_bounds(ExactMatrix::Constant(n, n, 0.1));
  expect_bounds(ExactMatrix::Constant(n, n, 0x1p500));
  expect_bounds(ExactMatrix::Constant(3, 3, 0x1p1021));
  expect_bounds(ExactMatrix::Constant(n, n, 0x1p-1074));
  expect_bounds(ExactMatrix::Identity(n, n) / 3);
  expect_bounds(-ExactMatrix::Identity(n, n));
  expect_bounds(ExactMatrix::Constant(1, 1, -3));
  ExactMatrix nilpotent = ExactMatrix::Zero(n, n);
  for (int i = 0; i + 1 < n; ++i) nilpotent(i, i + 1) = 1;
  expect_bounds(nilpotent);
  ExactMatrix lopsided = ExactMatrix::Identity(n, n);
  for (int i = 0; i < n; ++i) lopsided(i, i) = std::ldexp(1.0, 30 * (i - n));
  lopsided(0, n - 1) = 0x1p-20;
  expect_bounds(lopsided);
  ExactMatrix clustered = ExactMatrix::Identity(n, n);
  for (int i = 0; i < n; ++i) clustered(i, i) = 1 + 1e-4 * i;
  clustered(0, 1) = 0x1p-30;
  expect_bounds(clustered);
  const ExactMatrix skew = nilpotent - nilpotent.transpose();
  expect_bounds(skew);
  EXPECT_GE(linalg::logarithmic_norm_bound(skew), 0);
  EXPECT_EQ(linalg::spectral_norm_bound(ExactMatrix::Zero(4, 7)), 0);
  EXPECT_EQ(linalg::logarithmic_norm_bound(ExactMatrix::Zero(4, 4)), 0);
  EXPECT_LT(linalg::logarithmic_norm_bound(-ExactMatrix::Identity(n, n)), -0.99);
  EXPECT_GE(linalg::logarithmic_norm_bound(ExactMatrix::Constant(1, 1, -0x1.fffffffffffffp+1023)),
            -0x1.fffffffffffffp+1023);
  EXPECT_TRUE(std::isinf(linalg::spectral_norm_bound(ExactMatrix::Constant(2, 2, 0x1p1023))))
      << "2^1024 is no double";
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    EXPECT_EQ(linalg::spectral_norm_bound(ExactMatrix::Constant(2, 2, bad)), HUGE_VAL);
    EXPECT_EQ(linalg::logarithmic_norm_bound(ExactMatrix::Constant(2, 2, bad)), HUGE_VAL);
  }
  EXPECT_THROW(linalg::spectral_norm_bound(ExactMatrix(0, 3)), DomainError);
  EXPECT_THROW(linalg::logarithmic_norm_bound(ExactMatrix(0, 0)), DomainError);
  EXPECT_THROW(linalg::logarithmic_norm_bound(ExactMatrix(2, 3)), DomainError);
}

/// The guess that the proof is built on starts with the vector q below. Here the top direction v is
/// orthogonal to it and everything else an eigenspace, so the guess is wrong; what is not proved must not be
/// returned.
TEST(NormBounds, DoNotTrustTheirGuess) {
  const Precision guard(64);
  const int n = 12;
  linalg::ExactVector q(n), v = linalg::ExactVector::Zero(n);
  for (int i = 0; i < n; ++i) q(i) = 1 + 0.5 * std::sin(i * i + 1.0);
  v(0) = q(1), v(1) = -q(0);
  v.normalize();
  for (const double top : {1.01, 1.5, 30.0})
    expect_bounds(ExactMatrix::Identity(n, n) + (top - 1) * (v * v.transpose()));
}

TEST(NormBounds, OfLargeMatrices) {
  const Precision guard(64);
  Random random(407);
  const int n = 200;
  const ExactMatrix w = random_matrix(random, n, n, 0, 0);
  expect_bounds(w);
  expect_bounds(w * 0x1p500);
  expect_bounds((w.col(0) * w.row(3)).eval());
}

}  // namespace
