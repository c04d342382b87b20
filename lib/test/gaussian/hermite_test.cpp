#include <random>

#include <gtest/gtest.h>

#include <gronwall/gaussian/hermite.hpp>
#include <gronwall/real/error.hpp>

#include "support/effort.hpp"

namespace gronwall::gaussian {
namespace {

/// He_k at a rational point from its coefficients.
Rational exact_value(unsigned k, const Rational& x) {
  const std::vector<Integer> c = hermite_coefficients(k);
  Rational sum = 0;
  for (std::size_t i = c.size(); i-- > 0;) sum = sum * x + Rational(c[i]);
  return sum;
}

TEST(ExactHermite, FirstOnesAreThoseOfTheTables) {
  EXPECT_EQ(hermite_coefficients(0), (std::vector<Integer>{1}));
  EXPECT_EQ(hermite_coefficients(1), (std::vector<Integer>{0, 1}));
  EXPECT_EQ(hermite_coefficients(2), (std::vector<Integer>{-1, 0, 1}));
  EXPECT_EQ(hermite_coefficients(5), (std::vector<Integer>{0, 15, 0, -10, 0, 1}));
}

TEST(ExactHermite, CoefficientsSatisfyTheRecurrence) {
  for (unsigned k = 1; k < 60; ++k) {
    std::vector<Integer> expected(k + 2, 0);
    const std::vector<Integer> here = hermite_coefficients(k), before = hermite_coefficients(k - 1);
    for (std::size_t i = 0; i < here.size(); ++i) expected[i + 1] += here[i];
    for (std::size_t i = 0; i < before.size(); ++i) expected[i] -= k * before[i];
    EXPECT_EQ(hermite_coefficients(k + 1), expected) << k;
  }
}

TEST(ExactHermite, AreOrthogonalWithNormsFactorial) {
  for (unsigned j = 0; j <= 24; ++j)
    for (unsigned k = 0; k <= 24; ++k)
      EXPECT_EQ(hermite_product_mean(j, k), j == k ? Rational(factorial(k)) : Rational(0)) << j << ' ' << k;
}

TEST(ExactHermite, MomentsOfAPairAgreeWithAnExpansionInIndependentVariables) {
  // u = z1, v = a z1 + b z2: E[u^j v^k] = sum_i binomial(k,i) a^i b^{k-i} E[z^{j+i}] E[z^{k-i}].
  const Rational a(3, 5), b(2, 7);
  for (unsigned j = 0; j < 9; ++j)
    for (unsigned k = 0; k < 9; ++k) {
      Rational expected = 0;
      for (unsigned i = 0; i <= k; ++i)
        expected += Rational(binomial(k, i)) * real::power<Rational>(a, i) * real::power<Rational>(b, k - i) *
                    Rational(gaussian_moment(j + i)) * Rational(gaussian_moment(k - i));
      EXPECT_EQ(gaussian_moment(j, k, 1, a * a + b * b, a), expected) << j << ' ' << k;
    }
}

TEST(ExactHermite, MehlerHoldsForPairs) {
  // E[He_j(u) He_k(v)] = k! c^k for unit variances.
  const Rational c(-2, 3);
  for (unsigned j = 0; j < 9; ++j)
    for (unsigned k = 0; k < 9; ++k) {
      const std::vector<Integer> a = hermite_coefficients(j), b = hermite_coefficients(k);
      const Polynomial p(a.begin(), a.end()), r(b.begin(), b.end());
      const Rational expected = j == k ? Rational(factorial(k)) * real::power<Rational>(c, k) : Rational(0);
      EXPECT_EQ(gaussian_mean(p, r, 1, 1, c), expected) << j << ' ' << k;
    }
}

TEST(ExactHermite, ConnectionRebuildsThePolynomial) {
  const Polynomial p{Rational(1, 2), -3, Rational(5, 7), 0, 2, Rational(-1, 3)};
  for (const Rational& q : {Rational(0), Rational(1), Rational(4, 9), Rational(5)}) {
    const Polynomial beta = hermite_connection(p, q);
    // sum_k beta_k q^{k/2} He_k(u/sqrt q), whose coefficients are those of He_k with q^m in place of 1.
    Polynomial sum(p.size(), 0);
    for (unsigned k = 0; k < beta.size(); ++k) {
      const std::vector<Integer> c = hermite_coefficients(k);
      for (unsigned i = 0; i <= k; ++i)
        if (c[i] != 0) sum[i] += beta[k] * Rational(c[i]) * real::power<Rational>(q, (k - i) / 2);
    }
    EXPECT_EQ(sum, p);
    Rational total = 0;
    for (const Rational& square : squared_coefficients(p, q)) total += square;
    EXPECT_EQ(total, gaussian_mean(p, p, q, q, q)) << "Parseval";
  }
  EXPECT_THROW(hermite_connection(p, -1), DomainError);
}

template <class R>
class Hermite : public testing::Test {};
using Backends = testing::Types<double, real::Mpfr<50>, real::Mpfr<100>, real::Mpfr<200>>;
TYPED_TEST_SUITE(Hermite, Backends);

TYPED_TEST(Hermite, RecurrenceStaysWithinItsErrorOfTheExactValues) {
  using R = TypeParam;
  using std::abs;
  using Fine = real::Mpfr<200>;
  std::mt19937_64 random(7);
  const unsigned count = 50;
  const Fine slack = Fine(1) + Fine(1) / Fine(1000);
  for (int i = 0; i < test::repetitions(20); ++i) {
    const double x = static_cast<double>(static_cast<long>(random() % 40001) - 20000) / 2048;
    const auto values = hermites<R>(count, real::from_double<R>(x));
    const auto normalised = normalised_hermites<R>(count, real::from_double<R>(x));
    for (unsigned k = 0; k < count; ++k) {
      const Fine exact = real::from_rational<Fine>(exact_value(k, Rational(x)));
      const Fine own = real::Backend<Fine>::unit_roundoff() * abs(exact) * 4;
      EXPECT_LE(abs(Fine(values[k].value()) - exact), Fine(values[k].error()) * slack + own) << x << ' ' << k;
      const Fine root = sqrt(real::from_rational<Fine>(Rational(factorial(k))));
      const Fine h = exact / root;
      EXPECT_LE(abs(Fine(normalised[k].value()) - h), Fine(normalised[k].error()) * slack + own / root)
          << x << ' ' << k;
      // Tight beyond the largest zero, where nothing cancels: an infinite estimate must not pass.
      if (std::abs(x) > 2 * std::sqrt(k) + 1) {
        EXPECT_LE(Fine(normalised[k].error()),
                  Fine(real::Backend<R>::unit_roundoff()) * abs(h) * Fine(500) * exp(Fine(k) / 4))
            << x << ' ' << k;
      }
    }
  }
}

TYPED_TEST(Hermite, NormalisedOnesAreTheOthersOverTheRootOfTheFactorial) {
  using R = TypeParam;
  using std::abs;
  using std::sqrt;
  const auto plain = hermites<R>(30, real::ratio<R>(7, 4));
  const auto normalised = normalised_hermites<R>(30, real::ratio<R>(7, 4));
  R factorial(1);
  for (unsigned k = 0; k < 30; ++k) {
    if (k > 0) factorial = factorial * R(k);
    const R expected = plain[k].value() / sqrt(factorial);
    EXPECT_LE(abs(R(normalised[k].value() - expected)), R(1000) * real::Backend<R>::unit_roundoff()) << k;
  }
  EXPECT_TRUE(hermites<R>(0, R(1)).empty());
}

}  // namespace
}  // namespace gronwall::gaussian
