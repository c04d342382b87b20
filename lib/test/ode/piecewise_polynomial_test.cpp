#include <cmath>

#include <gronwall/linalg/product.hpp>
#include <gronwall/ode/piecewise_polynomial.hpp>

#include "problems.hpp"
#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::test {
namespace {

using ode::Piece;
using ode::PiecewisePolynomial;

/// Entries that are small integers: everything below is exact in every precision but for divisions.
template <class R>
Piece<R> some_piece(Random& random, int begin, int end, int centre, int degree, Eigen::Index rows,
                    Eigen::Index cols) {
  Piece<R> out{R(begin), R(end), R(centre), {}};
  for (int k = 0; k <= degree; ++k) {
    Matrix<R> coefficient(rows, cols);
    for (Eigen::Index e = 0; e < coefficient.size(); ++e) coefficient.data()[e] = R(random.below(9) - 4);
    out.coefficients.push_back(coefficient);
  }
  return out;
}

TEST(PiecewisePolynomial, IsTheSumOfItsPowers) {
  for_each_backend([]<class R>() {
    Random random(1);
    const PiecewisePolynomial<R> p(
        {some_piece<R>(random, 0, 1, 0, 3, 2, 2), some_piece<R>(random, 1, 4, 4, 2, 2, 2)});
    const auto expected = [](const Piece<R>& piece, const R& t, bool derivative) {
      Matrix<R> sum = Matrix<R>::Constant(2, 2, R(0));
      for (unsigned k = derivative ? 1 : 0; k < piece.coefficients.size(); ++k)
        sum += R((derivative ? R(static_cast<int>(k)) : R(1)) *
                 real::power<R>(R(t - piece.centre), derivative ? k - 1 : k)) *
               piece.coefficients[k];
      return sum;
    };
    for (int k = 0; k <= 32; ++k) {
      const R t = real::ratio<R>(k, 8);
      const Piece<R>& piece = p.pieces()[k < 8 ? 0 : 1];
      EXPECT_EQ(p.piece_of(t), k < 8 ? 0U : 1U);
      EXPECT_EQ(p.at(t), expected(piece, t, false)) << k;
      EXPECT_EQ(p.derivative_at(t), expected(piece, t, true)) << k;
    }
    EXPECT_EQ(p.begin(), R(0));
    EXPECT_EQ(p.end(), R(4));
  });
}

/// sum_k a_k u^k times sum_l b_l^T u^l, multiplied out and integrated power by power.
template <class R>
Matrix<R> multiplied_out(const Piece<R>& a, const Piece<R>& b) {
  std::vector<Matrix<R>> product(
      a.coefficients.size() + b.coefficients.size() - 1,
      Matrix<R>::Constant(a.coefficients[0].rows(), b.coefficients[0].rows(), R(0)));
  for (std::size_t k = 0; k < a.coefficients.size(); ++k)
    for (std::size_t l = 0; l < b.coefficients.size(); ++l)
      product[k + l] += linalg::multiply_transpose<R>(a.coefficients[k], b.coefficients[l]);
  Matrix<R> sum = Matrix<R>::Constant(product[0].rows(), product[0].cols(), R(0));
  for (unsigned m = 0; m < product.size(); ++m)
    sum += R((real::power<R>(R(a.end - a.centre), m + 1) - real::power<R>(R(a.begin - a.centre), m + 1)) /
             R(static_cast<int>(m + 1))) *
           product[m];
  return sum;
}

TEST(PiecewisePolynomial, IntegratesProductsExactly) {
  for_each_backend([]<class R>() {
    for (int k = 0; k < repetitions(20); ++k) {
      Random random(100U + static_cast<unsigned>(k));
      std::vector<Piece<R>> a, b;
      Matrix<R> expected = Matrix<R>::Constant(3, 2, R(0));
      int begin = 0;
      for (int i = 0; i < 3; ++i) {
        const int end = begin + random.below(3), centre = random.below(2) == 0 ? begin : end;
        a.push_back(some_piece<R>(random, begin, end, centre, random.below(5), 3, 2));
        b.push_back(some_piece<R>(random, begin, end, centre, random.below(5), 2, 2));
        expected += multiplied_out<R>(a.back(), b.back());
        begin = end;
      }
      const Matrix<R> computed =
          ode::integral_of_product<R>(PiecewisePolynomial<R>(a), PiecewisePolynomial<R>(b));
      const R unit = real::Backend<R>::unit_roundoff() * R(1000000);
      EXPECT_LE(distance<R>(computed, expected), unit) << "seed " << 100 + k;
    }
  });
}

TEST(PiecewisePolynomial, EnclosesInBalls) {
  using B = real::Ball;
  const real::Precision precision(64);
  Random random(7);
  const auto a = some_piece<B>(random, 0, 1, 0, 6, 2, 3), b = some_piece<B>(random, 0, 1, 0, 4, 2, 3);
  Random again(7);
  const auto c = some_piece<real::Mpfr<50>>(again, 0, 1, 0, 6, 2, 3),
             d = some_piece<real::Mpfr<50>>(again, 0, 1, 0, 4, 2, 3);
  const Matrix<B> enclosed = ode::integral_of_product<B>(a, b);
  const Matrix<real::Mpfr<50>> exact = multiplied_out<real::Mpfr<50>>(c, d);
  for (Eigen::Index e = 0; e < exact.size(); ++e) {
    // Integers over 1 ... 11: 27720 times the integral is an integer.
    const double integer = std::round(27720 * real::to_double<real::Mpfr<50>>(exact.data()[e]));
    const B scaled = B(27720) * enclosed.data()[e];
    EXPECT_TRUE(scaled.contains(B(integer))) << e;
    EXPECT_LT(real::to_double<B>(scaled.radius()), 1e-11) << "and is tight";
  }
}

TEST(PiecewisePolynomial, RefusesWhatIsNone) {
  Random random(3);
  using P = PiecewisePolynomial<double>;
  const auto piece = [&random](int begin, int end, Eigen::Index rows) {
    return some_piece<double>(random, begin, end, begin, 2, rows, 2);
  };
  EXPECT_THROW(P(std::vector<Piece<double>>{}), DomainError);
  EXPECT_THROW(P({Piece<double>{0, 1, 0, {}}}), DomainError);
  EXPECT_THROW(P({piece(0, 1, 2), piece(2, 3, 2)}), DomainError);
  EXPECT_THROW(P({piece(0, 1, 2), piece(1, 3, 3)}), DomainError);
  EXPECT_THROW(P({piece(1, 0, 2)}), DomainError);
  const P a({piece(0, 1, 2)}), b({piece(0, 2, 2)}), c({piece(0, 1, 2), piece(1, 2, 2)});
  EXPECT_THROW(ode::integral_of_product<double>(a, b), DomainError);
  EXPECT_THROW(ode::integral_of_product<double>(b, c), DomainError);
  EXPECT_THROW(a.at(1.5), DomainError);
}

}  // namespace
}  // namespace gronwall::test
