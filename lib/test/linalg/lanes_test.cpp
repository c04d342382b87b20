// Kernels on states whose samples lie in lanes, against loops.
#include "../../src/linalg/lanes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/linalg/matrix.hpp>
#include <gronwall/real/backends.hpp>

#include "../../src/linalg/aligned.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace {

using namespace gronwall;
namespace lanes = linalg::lanes;
using Eigen::Index;
using linalg::detail::AlignedDoubles;
using Matrix = linalg::ExactMatrix;

constexpr double unit_roundoff = 0x1p-53;

Matrix random_matrix(test::Random& random, Index rows, Index cols) {
  Matrix a(rows, cols);
  for (Index k = 0; k < a.size(); ++k) a.data()[k] = random.full<double>(-20, 20);
  return a;
}

/// A block of n rows from a matrix n x chunk, and the way back.
class Block {
 public:
  explicit Block(Index n) : n_(n), numbers_(n * lanes::chunk()) {}
  explicit Block(const Matrix& a) : Block(a.rows()) {
    lanes::from_columns(data(), a.data(), a.rows(), a.cols(), 0);
  }
  double* data() const { return numbers_.data(); }
  Matrix matrix() const {
    Matrix out(n_, lanes::chunk());
    for (Index i = 0; i < n_; ++i)
      for (Index j = 0; j < out.cols(); ++j) out(i, j) = data()[i * out.cols() + j];
    return out;
  }

 private:
  Index n_;
  AlignedDoubles numbers_;
};

/// |C - A^T B| <= (n + 3) u |A|^T |B|.
void expect_gram(const Matrix& c, const Matrix& a, const Matrix& b) {
  for (Index j = 0; j < c.cols(); ++j)
    for (Index i = 0; i < c.rows(); ++i) {
      long double sum = 0, size = 0;
      for (Index k = 0; k < a.rows(); ++k) {
        sum += static_cast<long double>(a(k, i)) * b(k, j);
        size += std::abs(static_cast<long double>(a(k, i)) * b(k, j));
      }
      const long double bound = static_cast<long double>(a.rows() + 3) * unit_roundoff * size;
      ASSERT_LE(std::abs(c(i, j) - sum), bound) << i << ", " << j;
    }
}

TEST(Lanes, ColumnsBeyondTheLastAreZero) {
  test::Random random(1);
  const Index chunk = lanes::chunk();
  const Matrix a = random_matrix(random, 5, chunk + 3);
  const Block whole(a);
  EXPECT_EQ(whole.matrix(), Matrix(a.leftCols(chunk)));
  lanes::from_columns(whole.data(), a.data(), 5, chunk + 3, chunk);
  EXPECT_EQ(Matrix(whole.matrix().leftCols(3)), Matrix(a.rightCols(3)));
  EXPECT_EQ(Matrix(whole.matrix().rightCols(chunk - 3)), Matrix::Zero(5, chunk - 3));
}

TEST(Lanes, ProductsOfAllShapes) {
  test::Random random(2);
  const Index chunk = lanes::chunk();
  for (const auto& [rows, cols] : {std::pair<Index, Index>{1, 1}, {7, 9}, {8, 257}, {300, 13}, {1030, 270}}) {
    const Matrix A = random_matrix(random, rows, cols), b = random_matrix(random, cols, chunk),
                 c = random_matrix(random, rows, chunk);
    Block out(rows), turned(cols);
    lanes::product(out.data(), A.data(), rows, cols, false, Block(b).data());
    expect_gram(out.matrix(), A.transpose(), b);
    lanes::product(turned.data(), A.data(), rows, cols, true, Block(c).data());
    expect_gram(turned.matrix(), A, c);
  }
}

TEST(Lanes, SumsAndTops) {
  test::Random random(3);
  for (int k = 0; k < test::repetitions(20); ++k) {
    const Matrix a = random_matrix(random, 1 + k, lanes::chunk());
    const Block block(a);
    std::vector<double> sums(static_cast<std::size_t>(a.cols())), tops = sums;
    lanes::squares(block.data(), a.rows(), sums.data());
    lanes::tops(block.data(), a.rows(), tops.data());
    for (Index j = 0; j < a.cols(); ++j) {
      const std::size_t lane = static_cast<std::size_t>(j);
      EXPECT_NEAR(sums[lane], a.col(j).squaredNorm(), 1e-12 * sums[lane]);
      EXPECT_EQ(tops[lane], a.col(j).cwiseAbs().maxCoeff());
    }
  }
}

TEST(Lanes, Steps) {
  test::Random random(4);
  const Index n = 37, chunk = lanes::chunk();
  const Matrix x = random_matrix(random, n, chunk), change = random_matrix(random, n, chunk),
               slope = random_matrix(random, n, chunk);
  const double step = 0.375;
  std::vector<double> sums(static_cast<std::size_t>(chunk)), expected = sums;
  const Block h(x), lambda(x), moved(change), slopes(slope);
  lanes::step_forwards(h.data(), moved.data(), step, n, sums.data());
  lanes::squares(h.data(), n, expected.data());
  EXPECT_EQ(sums, expected);
  // Whether a product is rounded before it is added depends on the processor and the compiler.
  const auto expect_sum = [](double sum, double a, double b) {
    EXPECT_NEAR(sum, a + b, 4 * unit_roundoff * (std::abs(a) + std::abs(b)));
  };
  for (Index e = 0; e < x.size(); ++e) expect_sum(h.matrix().data()[e], x.data()[e], step * change.data()[e]);
  lanes::step_backwards(lambda.data(), moved.data(), slopes.data(), step, n, sums.data());
  lanes::squares(lambda.data(), n, expected.data());
  EXPECT_EQ(sums, expected);
  EXPECT_EQ(slopes.matrix(), x) << "the old adjoint is kept";
  for (Index e = 0; e < x.size(); ++e)
    expect_sum(lambda.matrix().data()[e], x.data()[e], step * change.data()[e] * slope.data()[e]);
}

/// y = X Q and the squares of X - X Q Q^T, of blocks that lie apart.
TEST(Lanes, Transform) {
  test::Random random(5);
  const Index chunk = lanes::chunk();
  for (const auto& [n, terms, count] : {std::array<Index, 3>{3, 1, 1}, {11, 6, 5}, {20, 33, 9}}) {
    const Index stride = (n + 1) * chunk;
    const AlignedDoubles x(terms * stride), y(count * stride);
    std::fill_n(x.data(), terms * stride, 1e300);
    const Matrix weights = random_matrix(random, terms, count);
    std::vector<Matrix> blocks;
    for (Index l = 0; l < terms; ++l) {
      blocks.push_back(random_matrix(random, n, chunk));
      std::copy_n(Block(blocks.back()).data(), n * chunk, x.data() + l * stride);
    }
    std::vector<double> rest(static_cast<std::size_t>(chunk));
    lanes::transform(y.data(), x.data(), weights.data(), terms, count, n, stride, rest.data());
    const std::vector<double> once = rest;
    lanes::transform(y.data(), x.data(), weights.data(), terms, count, n, stride, rest.data());
    for (std::size_t j = 0; j < rest.size(); ++j)
      EXPECT_NEAR(rest[j], 2 * once[j], 1e-13 * rest[j]) << "added";
    rest = once;
    for (Index j = 0; j < chunk; ++j) {
      Matrix X(n, terms), Y(n, count);
      for (Index i = 0; i < n; ++i) {
        for (Index l = 0; l < terms; ++l) X(i, l) = blocks[static_cast<std::size_t>(l)](i, j);
        for (Index p = 0; p < count; ++p) Y(i, p) = y.data()[p * stride + i * chunk + j];
      }
      expect_gram(Y, X.transpose(), weights);
      const Matrix left = X - Y * weights.transpose();
      EXPECT_NEAR(std::sqrt(rest[static_cast<std::size_t>(j)]), left.norm(),
                  1e-14 * (X.norm() + Y.norm() * weights.norm()));
    }
  }
}

TEST(Lanes, Grams) {
  test::Random random(6);
  const Index chunk = lanes::chunk();
  for (const Index n : {1, 2, 77}) {
    const Matrix l = random_matrix(random, n, chunk), m = random_matrix(random, n, chunk),
                 r = random_matrix(random, n, chunk), s = random_matrix(random, n, chunk);
    const Block L(l), M(m), R(r), S(s);
    // Tiles go row by row.
    Matrix tile = Matrix::Zero(chunk, chunk), other = tile, both = Matrix::Ones(chunk, chunk);
    lanes::add_gram(tile.data(), L.data(), M.data(), n);
    lanes::add_gram(other.data(), R.data(), S.data(), n);
    expect_gram(tile.transpose(), l, m);
    lanes::add_product_of_grams(both.data(), L.data(), M.data(), R.data(), S.data(), n);
    for (Index e = 0; e < tile.size(); ++e) {
      const double product = tile.data()[e] * other.data()[e];
      EXPECT_NEAR(both.data()[e], 1 + product, 4 * unit_roundoff * (1 + std::abs(product)));
    }
  }
}

TEST(Aligned, LargePiecesBeginAtPagesAndSmallOnesAtVectors) {
  using linalg::detail::Aligned;
  using linalg::detail::large_page;
  const auto place = [](const void* p) { return reinterpret_cast<std::uintptr_t>(p); };
  for (const std::size_t bytes :
       {std::size_t(1), std::size_t(4096), 2 * large_page - 1, 2 * large_page, 3 * large_page + 17}) {
    Aligned<unsigned char> piece(bytes);
    EXPECT_EQ(place(piece.data()) % (bytes >= 2 * large_page ? large_page : 64), 0U) << bytes;
    piece.front() = 1;
    piece.back() = 2;
    Aligned<unsigned char> copy = piece, taken = std::move(piece);
    EXPECT_EQ(copy, taken);
    copy.resize(2 * bytes);
    EXPECT_EQ(copy[bytes - 1], 2);
  }
}

TEST(AlignedDoubles, ComeBackAndAreNeverShared) {
  AlignedDoubles a(1000);
  double* const first = a.data();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 64, 0U);
  {
    AlignedDoubles b(1000), c(500), d(2000), e(10);
    for (const AlignedDoubles* one : {&b, &c, &d, &e}) EXPECT_NE(one->data(), first);
    EXPECT_NE(b.data(), c.data());
    std::fill_n(d.data(), 2000, 1.0);
    const AlignedDoubles moved(std::move(d));
    EXPECT_EQ(moved.data()[1999], 1.0);
  }
  const AlignedDoubles again(2000), other(2000);
  EXPECT_NE(again.data(), other.data());
}

}  // namespace
