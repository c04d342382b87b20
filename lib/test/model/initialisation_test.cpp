#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>

#include <gtest/gtest.h>

#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/error.hpp>

#include "support/effort.hpp"

namespace gronwall::test {
namespace {

using linalg::Matrix;
using model::gaussian_parameters;
using model::Parameters;

long width() { return std::lround(1000 * std::sqrt(multiplier())); }

/// Standard deviations by which a mean over `count` samples of the given variance may differ: such a test
/// fails once in a hundred million seeds, and its seed is fixed.
double allowed(double variance, double count) { return 6 * std::sqrt(variance / count); }

TEST(Initialisation, MomentsAreThoseOfTheGaussian) {
  const long n = width();
  const Parameters<double> theta = gaussian_parameters(n, 3, 1);
  double power[9] = {};
  for (Eigen::Index k = 0; k < theta.W.size(); ++k) {
    double x = 1;
    for (double& sum : power) sum += x, x *= theta.W.data()[k];
  }
  const double count = static_cast<double>(theta.W.size());
  // E z^{2m} = (2m - 1)!!; the variance of z^m is E z^{2m} - (E z^m)^2.
  const double moment[] = {1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395, 0, 135135, 0, 2027025};
  for (int m = 1; m <= 8; ++m)
    EXPECT_NEAR(power[m] / count, moment[m], allowed(moment[2 * m] - moment[m] * moment[m], count)) << m;
}

TEST(Initialisation, DistributionIsThatOfTheGaussian) {
  const Parameters<double> theta = gaussian_parameters(width(), 1, 2);
  const double count = static_cast<double>(theta.W.size());
  // Every quarter from -4.5 to 4.5, so inside cells, at the joints of the integer part, and in both tails.
  for (int cut = -18; cut <= 18; ++cut) {
    const double x = cut / 4.0;
    const double expected = std::erfc(-x / std::sqrt(2.0)) / 2;
    const double below = static_cast<double>((theta.W.array() < x).count()) / count;
    EXPECT_NEAR(below, expected, allowed(expected * (1 - expected), count)) << "P(z < " << x << ")";
  }
  // Some number lies beyond 4.2 (P = 2.7e-5 of a million), none beyond 8.
  EXPECT_GT(theta.W.cwiseAbs().maxCoeff(), 4.2);
  EXPECT_LT(theta.W.cwiseAbs().maxCoeff(), 8);
}

double correlation(const Matrix<double>& a, const Matrix<double>& b) {
  return a.cwiseProduct(b).sum() / static_cast<double>(a.size());
}

TEST(Initialisation, PartsSeedsAndNeighboursAreIndependent) {
  const long n = width();
  const Parameters<double> theta = gaussian_parameters(n, n, 3), next = gaussian_parameters(n, n, 4);
  const double tolerance = allowed(1, static_cast<double>(n * n));
  EXPECT_LE(std::abs(correlation(theta.W, theta.U)), tolerance);
  EXPECT_LE(std::abs(correlation(theta.W, next.W)), tolerance);
  EXPECT_LE(std::abs(correlation(theta.U, next.U)), tolerance);
  EXPECT_LE(std::abs(correlation(theta.W, next.U)), tolerance);
  EXPECT_LE(std::abs(correlation(theta.W, theta.W.transpose())),
            1.0 / static_cast<double>(n) + 2 * tolerance);
  for (int lag = 1; lag <= 3; ++lag) {
    EXPECT_LE(std::abs(correlation(theta.W.rightCols(n - lag), theta.W.leftCols(n - lag))), 1.1 * tolerance);
    EXPECT_LE(std::abs(correlation(theta.W.bottomRows(n - lag), theta.W.topRows(n - lag))), 1.1 * tolerance);
  }
  const double vector = allowed(1, static_cast<double>(n));
  EXPECT_LE(std::abs(correlation(theta.v, theta.U.col(0))), vector);
  EXPECT_LE(std::abs(correlation(theta.v, theta.W.col(0))), vector);
  EXPECT_LE(std::abs(correlation(theta.v, next.v)), vector);
  // In the order in which they are drawn: two parts, or two seeds' parts, with one stream would be equal.
  const Matrix<double> first = theta.U.row(0).transpose(), drawn = theta.U.transpose();
  EXPECT_LE(std::abs(correlation(theta.v, first)), vector);
  EXPECT_LE(std::abs(correlation(next.v, first)), vector);
  EXPECT_LE(std::abs(correlation(next.v, theta.W.col(0))), vector);
  EXPECT_LE(std::abs(correlation(theta.W, drawn)), tolerance);
  EXPECT_LE(std::abs(correlation(next.W, drawn)), tolerance);
}

TEST(Initialisation, PartsHaveTheirOwnStreams) {
  const Parameters<double> small = gaussian_parameters(5, 3, 7), wide = gaussian_parameters(9, 3, 7),
                           deep = gaussian_parameters(5, 6, 7);
  EXPECT_EQ(wide.v.topRows(5), small.v);
  EXPECT_EQ(wide.U.topRows(5), small.U);
  EXPECT_EQ(deep.v, small.v);
  EXPECT_EQ(deep.W, small.W);
  EXPECT_NE(wide.W.topLeftCorner(5, 5), small.W);
  EXPECT_NE(gaussian_parameters(5, 3, 8).v, small.v);
}

TEST(Initialisation, NumbersAreMultiplesOfTwoToMinus32) {
  const Parameters<double> theta = gaussian_parameters(100, 2, 5);
  for (Eigen::Index k = 0; k < theta.W.size(); ++k) {
    const double scaled = std::ldexp(theta.W.data()[k], 32);
    EXPECT_EQ(scaled, std::floor(scaled));
    EXPECT_NE(std::fmod(scaled, 2), 0.0);
  }
}

using Word = std::uint64_t;

Word hash(Word z) {
  z += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/// The method as it is documented, by the standard library's generator.
class PlainStream {
 public:
  PlainStream(Word seed, Word part) : engine_(hash(hash(seed) + part)) {}

  double next() {
    static const std::array<Word, 9> table{0x92025b19482ce72bU, 0xea91798547a0ef93U, 0xfe5415c6e9da4baeU,
                                           0xfff3523319908c11U, 0xffffdc31b8ef5942U, 0xffffffdaa2d72344U,
                                           0xfffffffff1a20da4U, 0xfffffffffffdf76cU, 0xffffffffffffffe4U};
    for (;;) {
      const Word u = engine_();
      int k = 0;
      while (k < 9 && u >= table[static_cast<std::size_t>(k)]) ++k;
      const Word word = engine_();
      const Word x = (word >> 33 << 1) | 1U;
      bool accepted = true;
      for (int factor = 0; accepted && factor < k; ++factor) accepted = exponential(x << 32);
      if (!accepted || !exponential(x * x >> 1)) continue;
      const double size = k + std::ldexp(static_cast<double>(x), -32);
      return (word & 1U) != 0 ? -size : size;
    }
  }

 private:
  bool exponential(Word p) {
    bool even = true;
    for (Word u = engine_(); u < p; p = u, u = engine_()) even = !even;
    return even;
  }
  std::mt19937_64 engine_;
};

TEST(Initialisation, IsTheDocumentedMethodBitForBit) {
  const long n = std::max(20L, width() / 4);  // thousands of blocks of the generator
  for (const Word seed : {Word{0}, Word{1}, Word{77}, ~Word{0}}) {
    const Parameters<double> theta = gaussian_parameters(n, 3, seed);
    PlainStream v(seed, 1), W(seed, 2), U(seed, 3);
    for (long i = 0; i < n; ++i) ASSERT_EQ(theta.v(i, 0), v.next()) << seed << ", " << i;
    for (Eigen::Index k = 0; k < n * n; ++k) ASSERT_EQ(theta.W.data()[k], W.next()) << seed << ", " << k;
    for (long i = 0; i < n; ++i)
      for (long j = 0; j < 3; ++j) ASSERT_EQ(theta.U(i, j), U.next()) << seed << ", " << i;
  }
}

/// What a seed stands for may not change: reports name seeds.
TEST(Initialisation, FirstValuesAreFixed) {
  const Parameters<double> theta = gaussian_parameters(2, 2, 1);
  EXPECT_EQ(theta.v, (Matrix<double>(2, 1) << -0x1.bf024729p+0, 0x1.d4374c8fp+0).finished());
  EXPECT_EQ(theta.W,
            (Matrix<double>(2, 2) << -0x1.763633cfp+0, -0x1.c8856993p+0, -0x1.043ed69dp+0, -0x1.5e28efa2p-1)
                .finished());
  EXPECT_EQ(theta.U,
            (Matrix<double>(2, 2) << 0x1.57f004b8p-3, -0x1.e36cb6b8p-3, -0x1.3ad6cde2p-1, 0x1.a380f4ddp+0)
                .finished());
}

TEST(Initialisation, BadShapesAreRefused) {
  EXPECT_THROW(gaussian_parameters(0, 1, 1), DomainError);
  EXPECT_THROW(gaussian_parameters(1, 0, 1), DomainError);
}

}  // namespace
}  // namespace gronwall::test
