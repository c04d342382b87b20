// Norms and eigenvalues against closed forms, and against the finest precision on exact matrices.
#include <cmath>

#include <gtest/gtest.h>

#include <gronwall/linalg/approximation.hpp>
#include <gronwall/real/error.hpp>

#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
using linalg::ExactMatrix;
using linalg::Matrix;
using real::Backend;
using real::Quantity;
using real::Truth;
using test::Random;
using test::widen;

template <class R>
class NormLaws : public ::testing::Test {};
TYPED_TEST_SUITE(NormLaws, test::BackendTypes, test::BackendNames);

/// |q - truth| <= its error, and the error is below `units` u |q|.
template <class R>
void expect_close(const Quantity<R>& q, const R& truth, double units) {
  using std::abs;
  ASSERT_TRUE(q.known());
  const R u = Backend<R>::unit_roundoff();
  EXPECT_LE(abs(R(q.value() - truth)), q.error() + 2 * u * abs(truth))
      << q.value() << " +- " << q.error() << ", not " << truth;
  EXPECT_LE(q.error(), real::from_double<R>(units) * u * abs(q.value()));
}

template <class R>
Matrix<R> from_rows(std::initializer_list<std::initializer_list<int>> rows) {
  Matrix<R> a(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows.begin()->size()));
  Eigen::Index i = 0;
  for (const auto& row : rows) {
    Eigen::Index j = 0;
    for (const int x : row) a(i, j++) = R(x);
    ++i;
  }
  return a;
}

ExactMatrix random_matrix(Random& random, Eigen::Index rows, Eigen::Index cols, int low, int high) {
  ExactMatrix a(rows, cols);
  for (Eigen::Index k = 0; k < a.size(); ++k) a.data()[k] = random.spread(low, high);
  return a;
}

TYPED_TEST(NormLaws, ExactWhereTheArithmeticIs) {
  using R = TypeParam;
  const auto exactly = [](const Quantity<R>& q, int value) {
    EXPECT_EQ(q.value(), R(value));
    EXPECT_EQ(q.error(), 0);
  };
  exactly(linalg::frobenius_norm<R>(from_rows<R>({{3, 4}})), 5);
  exactly(linalg::frobenius_norm<R>(from_rows<R>({{-12}})), 12);
  exactly(linalg::frobenius_norm<R>(from_rows<R>({{1, 1}, {1, 1}})), 2);
  exactly(linalg::frobenius_norm<R>(from_rows<R>({{0, 0}, {0, 0}})), 0);
  exactly(linalg::spectral_norm<R>(from_rows<R>({{3, 4}})), 5);
  exactly(linalg::spectral_norm<R>(from_rows<R>({{5}, {12}})), 13);
  exactly(linalg::spectral_norm<R>(from_rows<R>({{0, -7, 0}, {2, 0, 0}, {0, 0, 5}})), 7);
  exactly(linalg::spectral_norm<R>(from_rows<R>({{0, 1, 0}, {0, 0, 1}, {0, 0, 0}})), 1);
  exactly(linalg::spectral_norm<R>(from_rows<R>({{0, 0}, {0, 0}})), 0);
}

TYPED_TEST(NormLaws, ClosedForms) {
  using R = TypeParam;
  using std::cos, std::sqrt;
  // Rank one: |u| |v|.
  expect_close<R>(
      linalg::spectral_norm<R>(from_rows<R>({{2, -4, 6}, {1, -2, 3}, {-5, 10, -15}, {7, -14, 21}})),
      sqrt(R(79 * 14)), 64);
  // All ones, n x n: n.
  expect_close<R>(linalg::spectral_norm<R>(Matrix<R>::Constant(17, 17, R(1))), R(17), 17 * 10);
  // [[1, 1], [0, 1]]: the golden ratio.
  expect_close<R>(linalg::spectral_norm<R>(from_rows<R>({{1, 1}, {0, 1}})), R((1 + sqrt(R(5))) / 2), 32);
  // A Hadamard matrix of order 4 is 2 times an orthogonal one; scaled columns multiply the singular values.
  Matrix<R> hadamard = from_rows<R>({{1, 1, 1, 1}, {1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}});
  for (Eigen::Index j = 0; j < 4; ++j)
    for (Eigen::Index i = 0; i < 4; ++i) hadamard(i, j) *= R(static_cast<int>(3 * j + 1));
  expect_close<R>(linalg::spectral_norm<R>(hadamard), R(20), 64);
  expect_close<R>(linalg::frobenius_norm<R>(hadamard), R(2 * sqrt(R(1 + 16 + 49 + 100))), 64);
  // The second difference matrix: eigenvalues 2 - 2 cos(k pi/(n + 1)).
  const int n = 9;
  Matrix<R> second = Matrix<R>::Zero(n, n);
  for (int i = 0; i < n; ++i) {
    second(i, i) = R(2);
    if (i > 0) second(i, i - 1) = second(i - 1, i) = R(-1);
  }
  const R step = real::pi<R>() / R(n + 1);
  expect_close<R>(linalg::spectral_norm<R>(second), R(2 + 2 * cos(step)), 80);
  const auto smallest = linalg::smallest_eigenvalue<R>(second);
  EXPECT_LE(abs(R(smallest.value() - (2 - 2 * cos(step)))), smallest.error());
  const linalg::Vector<R> all = linalg::symmetric_eigenvalues<R>(second);
  for (int k = 1; k <= n; ++k)
    EXPECT_LE(abs(R(all(k - 1) - (2 - 2 * cos(R(R(k) * step))))), smallest.error()) << "eigenvalue " << k;
}

/// H D with H = I - 2vv^T/v^Tv for an integer v: its singular values are those of D.
TYPED_TEST(NormLaws, OrthogonalTimesDiagonal) {
  using R = TypeParam;
  Random random(61);
  for (int run = test::repetitions(8); run > 0; --run) {
    const int n = 2 + random.below(12);
    linalg::Vector<R> v(n), d(n);
    R square(0), top(0);
    for (int i = 0; i < n; ++i) {
      v(i) = R(1 + random.below(9));
      square += v(i) * v(i);
      d(i) = R(random.below(2001) - 1000);
      top = real::maximum<R>(top, R(abs(d(i))));
    }
    if (top == 0) continue;
    Matrix<R> a(n, n);
    for (int j = 0; j < n; ++j)
      for (int i = 0; i < n; ++i) a(i, j) = (R(i == j ? 1 : 0) - 2 * v(i) * v(j) / square) * d(j);
    const Quantity<R> norm = linalg::spectral_norm<R>(a);
    EXPECT_LE(abs(R(norm.value() - top)), norm.error() + R(8 * n) * Backend<R>::unit_roundoff() * top)
        << "n = " << n;
  }
}

TYPED_TEST(NormLaws, ErrorsContainTheFinerResult) {
  using R = TypeParam;
  using F = test::FinerThan<R>;
  if constexpr (!std::is_void_v<F>) {
    using std::abs;
    Random random(62);
    for (int run = test::repetitions(12); run > 0; --run) {
      const int rows = 1 + random.below(14), cols = 1 + random.below(14);
      ExactMatrix exact = random_matrix(random, rows, cols, -3, 3);
      switch (random.below(4)) {
        case 0:
          exact *= std::ldexp(1.0, 900 - 1800 * random.below(2));
          break;  // squares leave the range of double
        case 1:
          exact = exact.cwiseAbs();
          break;
        case 2:
          exact.col(0) *= 0x1p40;
          break;
        default:
          break;
      }
      SCOPED_TRACE(::testing::Message() << "run " << run << ", " << rows << " x " << cols);
      const auto contained = [&](const Quantity<R>& coarse, const Quantity<F>& fine) {
        ASSERT_TRUE(coarse.known());
        const F distance = abs(F(widen<F>(coarse.value()) - fine.value()));
        EXPECT_LE(distance, widen<F>(coarse.error()) + fine.error());
      };
      contained(linalg::frobenius_norm<R>(linalg::from_exact<R>(exact)),
                linalg::frobenius_norm<F>(linalg::from_exact<F>(exact)));
      contained(linalg::spectral_norm<R>(linalg::from_exact<R>(exact)),
                linalg::spectral_norm<F>(linalg::from_exact<F>(exact)));
      const ExactMatrix symmetric = random_matrix(random, rows, rows, -3, 3).selfadjointView<Eigen::Lower>();
      contained(linalg::smallest_eigenvalue<R>(linalg::from_exact<R>(symmetric)),
                linalg::smallest_eigenvalue<F>(linalg::from_exact<F>(symmetric)));
    }
  }
}

TYPED_TEST(NormLaws, ScaledThroughTheWholeRange) {
  using R = TypeParam;
  // Beyond the range of double, where R reaches.
  const int exponent = std::is_same_v<R, double> ? 1000 : 5000;
  for (const int e : {-exponent, exponent}) {
    const R scale = ldexp(R(1), e);
    const Matrix<R> a = from_rows<R>({{1, 2}, {3, 4}}) * scale;
    expect_close<R>(linalg::frobenius_norm<R>(a), R(sqrt(R(30)) * scale), 16);
    expect_close<R>(linalg::spectral_norm<R>(a), R(sqrt(R((30 + sqrt(R(884))) / 2)) * scale), 32);
  }
  // An entry that vanishes beside another is no longer exact.
  Matrix<R> lopsided = from_rows<R>({{1, 1}});
  lopsided(0, 0) = real::from_double<R>(1e300);
  lopsided(0, 1) = real::from_double<R>(1e-300);
  const Quantity<R> norm = linalg::frobenius_norm<R>(lopsided);
  EXPECT_EQ(leq(norm, Quantity<R>(real::from_double<R>(1e300))), Truth::unknown);
}

TYPED_TEST(NormLaws, BadMatrices) {
  using R = TypeParam;
  EXPECT_THROW(linalg::spectral_norm<R>(Matrix<R>(0, 3)), DomainError);
  EXPECT_THROW(linalg::symmetric_eigenvalues<R>(Matrix<R>(0, 0)), DomainError);
  EXPECT_THROW(linalg::symmetric_eigenvalues<R>(Matrix<R>::Zero(2, 3)), DomainError);
  EXPECT_THROW(linalg::smallest_eigenvalue<R>(Matrix<R>::Zero(1, 3)), DomainError);
  Matrix<R> bad = Matrix<R>::Constant(2, 2, R(1));
  bad(0, 0) = R(1) / R(0);
  EXPECT_THROW(linalg::symmetric_eigenvalues<R>(bad), DomainError);
  EXPECT_FALSE(linalg::frobenius_norm<R>(bad).known());
  EXPECT_FALSE(linalg::spectral_norm<R>(bad).known());
  bad(0, 0) = bad(0, 0) - bad(0, 0);
  EXPECT_FALSE(linalg::frobenius_norm<R>(bad).known());
  EXPECT_FALSE(linalg::spectral_norm<R>(bad).known());
  EXPECT_EQ(linalg::frobenius_norm<R>(Matrix<R>(0, 0)).value(), 0);
}

TYPED_TEST(NormLaws, OnlyTheLowerTriangleOfASymmetricMatrixIsRead) {
  using R = TypeParam;
  const linalg::Vector<R> all = linalg::symmetric_eigenvalues<R>(from_rows<R>({{2, 99}, {1, 2}}));
  const R u = Backend<R>::unit_roundoff();
  EXPECT_LE(abs(R(all(0) - 1)), 16 * u);
  EXPECT_LE(abs(R(all(1) - 3)), 16 * u);
  const Quantity<R> loose = linalg::smallest_eigenvalue<R>(from_rows<R>({{2, 0}, {1, 2}}), R(R(1) / 2));
  EXPECT_GE(loose.error(), R(1) / 2) << "the error of the entries is added";
}

/// The Hilbert matrix of order 12 times lcm(1, ..., 23), integers all. Its condition number is 1.7e16.
template <class R>
Matrix<R> scaled_hilbert() {
  Matrix<R> h(12, 12);
  for (int j = 0; j < 12; ++j)
    for (int i = 0; i < 12; ++i) h(i, j) = real::from_double<R>(5354228880.0 / (i + j + 1));
  return h;
}

template <class R>
R binomial(int n, int k) {
  R c(1);
  for (int j = 1; j <= k; ++j) c = c * R(n - k + j) / R(j);
  return c;
}

/// Its unscaled inverse (Savage and Lukacs, NBS Applied Mathematics Series 39, 1954).
template <class R>
Matrix<R> inverse_hilbert() {
  const int n = 12;
  Matrix<R> b(n, n);
  for (int i = 1; i <= n; ++i)
    for (int j = 1; j <= n; ++j) {
      const R middle = binomial<R>(i + j - 2, i - 1);
      const R size =
          R(i + j - 1) * binomial<R>(n + i - 1, n - j) * binomial<R>(n + j - 1, n - i) * middle * middle;
      b(i - 1, j - 1) = (i + j) % 2 == 0 ? size : R(-size);
    }
  return b;
}

/// The smallest eigenvalue of the Hilbert matrix is positive: double cannot tell, and knows that it cannot;
/// fifty digits can.
TEST(SmallestEigenvalue, OfTheHilbertMatrix) {
  const Quantity<double> coarse = linalg::smallest_eigenvalue<double>(scaled_hilbert<double>());
  EXPECT_EQ(less(Quantity<double>(0), coarse), Truth::unknown);
  using Fine = real::Mpfr<50>;
  using Finest = real::Mpfr<200>;
  const Quantity<Fine> fine = linalg::smallest_eigenvalue<Fine>(scaled_hilbert<Fine>());
  EXPECT_EQ(less(Quantity<Fine>(0), fine), Truth::yes);
  const Quantity<Finest> finest = linalg::smallest_eigenvalue<Finest>(scaled_hilbert<Finest>());
  EXPECT_LE(abs(Finest(widen<Finest>(fine.value()) - finest.value())), widen<Finest>(fine.error()));
  EXPECT_LE(abs(Finest(Finest(coarse.value()) - finest.value())), Finest(coarse.error()));
  // The other way round: the largest eigenvalue of the inverse, whose entries are integers in closed form.
  const Quantity<Finest> inverse = linalg::spectral_norm<Finest>(inverse_hilbert<Finest>());
  const Finest product = inverse.value() * finest.value() / Finest(5354228880.0);
  EXPECT_LE(abs(Finest(product - 1)), Finest("1e-170"));
}

TYPED_TEST(NormLaws, Approximations) {
  using R = TypeParam;
  const linalg::Approximation<R> a{from_rows<R>({{4}, {6}}), real::ratio<R>(1, 8)};
  const linalg::Approximation<R> b{from_rows<R>({{1}, {2}}), real::ratio<R>(1, 4)};
  const linalg::Approximation<R> c = a - b;
  EXPECT_GE(c.error, real::ratio<R>(3, 8));
  EXPECT_LE(c.error, real::ratio<R>(3, 8) + 16 * Backend<R>::unit_roundoff());
  const Quantity<R> norm = linalg::norm(c);
  EXPECT_EQ(norm.value(), 5);
  EXPECT_GE(norm.error(), c.error);
  EXPECT_EQ(leq(norm, Quantity<R>(5)), Truth::unknown);
  EXPECT_EQ(leq(norm, Quantity<R>(6)), Truth::yes);
}

}  // namespace
