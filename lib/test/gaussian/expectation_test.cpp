#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include <gronwall/gaussian/expectation.hpp>
#include <gronwall/real/error.hpp>

#include "support/effort.hpp"

namespace gronwall::gaussian {
namespace {

using activation::find;
using real::Backend;
using real::from_double;
using real::Mpfr;
using real::Quantity;
using real::ratio;
using real::to_double;
using real::Truth;

template <class R>
Quantity<R> series(const std::string& phi, const R& q, const std::string& psi, const R& qbar, const R& rho,
                   unsigned count) {
  return mehler<R>(expand<R>(find(phi), q, count), expand<R>(find(psi), qbar, count), Quantity<R>(rho));
}

template <class R>
void expect_close(const Quantity<R>& x, const R& exact, double tolerance, const std::string& where) {
  using std::abs;
  const R slack = R(64) * Backend<R>::unit_roundoff() * (R(1) + abs(exact));
  EXPECT_LE(abs(R(x.value() - exact)), x.error() + slack) << where;
  EXPECT_LE(to_double<R>(x.error()), tolerance) << where << ": error estimate";
}

/// 1 + E[phi^2]: the scale on which errors count.
double largest(const std::string& name, double q) {
  return 1 + expand<double>(find(name), q, 1).second_moment.value();
}

template <class R>
class Expectation : public testing::Test {
 public:
  /// 10^-(digits - 4)
  static double fine() { return std::pow(10.0, 4 - Backend<R>::digits); }
};
using Backends = testing::Types<double, Mpfr<50>>;
TYPED_TEST_SUITE(Expectation, Backends);

TYPED_TEST(Expectation, SeriesAndQuadratureAgreeForEveryActivation) {
  using R = TypeParam;
  const int digits = std::min(Backend<R>::digits, 16);
  for (const std::string& name : activation::names()) {
    if (find(name).degree().value_or(0) > 12) continue;
    const bool smooth = find(name).smooth();
    for (const auto& [rho, q, qbar] : {std::array{0.5, 1.0, 1.0}, std::array{-0.75, 0.25, 2.0}}) {
      if (!smooth && !std::is_same_v<R, double>) continue;  // see ArcCosine
      const R r = from_double<R>(rho), a = from_double<R>(q), b = from_double<R>(qbar);
      const auto by_sum = expectation_by_quadrature<R>(find(name), a, find(name), b, r, digits);
      const auto by_series = series<R>(name, a, name, b, r, 120);
      EXPECT_NE(equal(by_sum, by_series, R(0)), Truth::no)
          << name << ' ' << rho << ": " << by_sum.value() << " +- " << by_sum.error() << ", "
          << by_series.value() << " +- " << by_series.error();
      EXPECT_LE(to_double<R>(by_sum.error()), 1e-10 * std::sqrt(largest(name, q) * largest(name, qbar)))
          << name;
    }
  }
}

TYPED_TEST(Expectation, MixedPairs) {
  using R = TypeParam;
  const R rho = ratio<R>(3, 5), q = ratio<R>(1, 2), qbar = R(3);
  for (const auto& [phi, psi] :
       {std::pair{"tanh", "sin"}, {"gelu", "softplus"}, {"cube", "erf"}, {"cos", "square"}}) {
    const auto by_sum = expectation_by_quadrature<R>(find(phi), q, find(psi), qbar, rho, 18);
    EXPECT_NE(equal(by_sum, series<R>(phi, q, psi, qbar, rho, 150), R(0)), Truth::no) << phi << ' ' << psi;
    const auto exchanged = expectation_by_quadrature<R>(find(psi), qbar, find(phi), q, rho, 18);
    EXPECT_NE(equal(by_sum, exchanged, R(0)), Truth::no) << phi << ' ' << psi;
  }
}

TYPED_TEST(Expectation, ClosedForms) {
  using R = TypeParam;
  using std::asin;
  using std::cosh;
  using std::exp;
  using std::sinh;
  using std::sqrt;
  const R q = ratio<R>(3, 2), qbar = ratio<R>(1, 2);
  const int digits = std::min(Backend<R>::digits, 30);
  for (const double correlation : {0.5, -0.875, 0.0}) {
    const R rho = from_double<R>(correlation), c = rho * sqrt(R(q * qbar));
    const std::string where = "rho = " + std::to_string(correlation);
    // Williams, Computation with infinite neural networks, Neural Computation 10 (1998), (11).
    const R arcsine =
        R(2) / real::pi<R>() * asin(R(R(2) * c / sqrt(R((R(1) + R(2) * q) * (R(1) + R(2) * qbar)))));
    // sin u sin v = (cos(u - v) - cos(u + v)) / 2.
    const R decay = exp(R(-(q + qbar) / R(2)));
    const struct {
      const char* name;
      R exact;
    } rows[] = {{"erf", arcsine},
                {"sin", R(decay * sinh(c))},
                {"cos", R(decay * cosh(c))},
                {"square", R(q * qbar + R(2) * c * c)},
                {"cube", R(c * (R(9) * q * qbar + R(6) * c * c))}};
    for (const auto& row : rows) {
      expect_close<R>(series<R>(row.name, q, row.name, qbar, rho, 400), row.exact, 100 * TestFixture::fine(),
                      where + ' ' + row.name);
      expect_close<R>(expectation_by_quadrature<R>(find(row.name), q, find(row.name), qbar, rho, digits),
                      row.exact, std::pow(10.0, 6 - digits), where + ' ' + row.name + " by quadrature");
    }
  }
}

TYPED_TEST(Expectation, ArcCosine) {
  // Cho and Saul, Kernel methods for deep learning, 2009, (6): E[relu relu] = sqrt(q qbar) (sin t + (pi - t)
  // cos t) / 2 pi.
  using R = TypeParam;
  using std::acos;
  using std::sin;
  using std::sqrt;
  const R q(2), qbar = ratio<R>(1, 2);
  for (const double correlation : {0.5, -0.75, 0.9375}) {
    const R rho = from_double<R>(correlation), t = acos(rho);
    const R exact = sqrt(R(q * qbar)) * (sin(t) + (real::pi<R>() - t) * rho) / (R(2) * real::pi<R>());
    const int digits = std::min(Backend<R>::digits, 20);
    expect_close<R>(expectation_by_quadrature<R>(find("relu"), q, find("relu"), qbar, rho, digits), exact,
                    1e-9, "quadrature at " + std::to_string(correlation));
    expect_close<R>(series<R>("relu", q, "relu", qbar, rho, 300), exact, 1e-6, "series");
  }
}

TYPED_TEST(Expectation, TailBoundCoversWhatIsLeftOut) {
  // Few terms: what is left out is far above any rounding, and has to be in the error.
  using R = TypeParam;
  using std::abs;
  for (const char* name : {"tanh", "gelu", "cos", "cube"})
    for (const unsigned count : {1U, 2U, 5U})
      for (const double correlation : {0.75, -0.5}) {
        const R rho = from_double<R>(correlation), q = ratio<R>(3, 2);
        const auto full = series<R>(name, q, name, q, rho, 200),
                   few = series<R>(name, q, name, q, rho, count);
        EXPECT_LE(abs(R(full.value() - few.value())), full.error() + few.error()) << name << ' ' << count;
        // Cauchy and Schwarz give equality only in the limit, but the first power of rho is shared by all
        // terms.
        const auto e = expand<R>(find(name), q, count);
        EXPECT_LE(few.error(),
                  R(real::power<R>(abs(rho), count) * e.tail.value() * ratio<R>(11, 10) + full.error()))
            << name << ' ' << count;
      }
}

TYPED_TEST(Expectation, EndPoints) {
  using R = TypeParam;
  for (const std::string& name : activation::names()) {
    const R q = ratio<R>(5, 4);
    const auto e = expand<R>(find(name), q, 4);
    const auto same = expectation_by_quadrature<R>(find(name), q, find(name), q, R(1));
    const auto opposite = expectation_by_quadrature<R>(find(name), q, find(name), q, R(-1));
    EXPECT_NE(equal(kernel<R>(e, Quantity<R>(R(1))), same, R(0)), Truth::no) << name;
    EXPECT_NE(equal(kernel<R>(e, Quantity<R>(R(-1))), opposite, R(0)), Truth::no) << name;
    EXPECT_LE(same.error(), from_double<R>(TestFixture::fine()) * (R(10) + same.value()));
    // Continuous up to the end, by another branch of the code.
    if (std::is_same_v<R, double>) {
      const auto near =
          expectation_by_quadrature<R>(find(name), q, find(name), q, R(1) - ratio<R>(1, 1048576));
      EXPECT_NEAR(to_double<R>(near.value()), to_double<R>(same.value()),
                  1e-4 * (1 + to_double<R>(same.value())))
          << name;
    }
  }
  EXPECT_THROW(expectation_by_quadrature<R>(find("tanh"), R(1), find("tanh"), R(1), R(2)), DomainError);
  EXPECT_THROW(expectation_by_quadrature<R>(find("tanh"), R(-1), find("tanh"), R(1), R(0)), DomainError);
  EXPECT_THROW(
      mehler<R>(expand<R>(find("tanh"), R(1), 3), expand<R>(find("tanh"), R(1), 3), Quantity<R>(R(2))),
      DomainError);
}

TYPED_TEST(Expectation, PolynomialsAgreeWithExactMoments) {
  using R = TypeParam;
  const Rational q(3, 2), qbar(1, 2), c(-1, 3);
  using std::sqrt;
  const R variance = real::from_rational<R>(q), other = real::from_rational<R>(qbar);
  const R rho = real::from_rational<R>(c) / sqrt(R(variance * other));
  const Activation phi = find("polynomial:1,-2,0,1/3"), psi = find("hermite:4");
  const R exact =
      real::from_rational<R>(gaussian_mean(*phi.traits().polynomial, *psi.traits().polynomial, q, qbar, c));
  expect_close<R>(expectation_by_quadrature<R>(phi, variance, psi, other, rho), exact,
                  1e4 * TestFixture::fine(), "quadrature");
  expect_close<R>(mehler<R>(expand<R>(phi, variance, 6), expand<R>(psi, other, 6), Quantity<R>(rho)), exact,
                  100 * TestFixture::fine(), "series");
}

TYPED_TEST(Expectation, KernelMatrix) {
  using R = TypeParam;
  using std::abs;
  linalg::Approximation<R> rho{linalg::Matrix<R>(3, 3), R(0)};
  rho.value << R(1), ratio<R>(1, 2), R(-1), ratio<R>(1, 2), R(1), ratio<R>(-1, 2), R(-1), ratio<R>(-1, 2),
      R(1);
  const auto e = expand<R>(find("softplus"), R(1), 150);
  const auto k = kernel<R>(e, rho);
  EXPECT_EQ(k.value(0, 0), e.second_moment.value());
  EXPECT_EQ(k.value(0, 2), e.antipodal.value());
  EXPECT_EQ(k.value(2, 1), k.value(1, 2));
  const auto direct =
      expectation_by_quadrature<R>(find("softplus"), R(1), find("softplus"), R(1), ratio<R>(1, 2), 18);
  EXPECT_LE(abs(R(direct.value() - k.value(0, 1))), direct.error() + k.error);
  // An error of the correlations comes through with the slope q L1^2.
  rho.error = ratio<R>(1, 1000);
  const auto blurred = kernel<R>(e, rho);
  EXPECT_GE(blurred.error, R(k.error + rho.error));
  EXPECT_LE(blurred.error, R(k.error + R(2) * rho.error));
  EXPECT_THROW(kernel<R>(e, linalg::Approximation<R>{linalg::Matrix<R>(2, 3), R(0)}), DomainError);
}

TEST(ExactKernel, IsTheExactMeanOfProducts) {
  const Polynomial p{Rational(1, 2), -3, 1, Rational(2, 5)};
  linalg::RationalMatrix rho(2, 2);
  rho(0, 0) = rho(1, 1) = 1;
  rho(0, 1) = rho(1, 0) = Rational(-3, 5);
  for (const Rational& q : {Rational(1), Rational(2, 3)}) {
    const linalg::RationalMatrix k = exact_kernel(p, rho, q);
    EXPECT_EQ(k(0, 0), gaussian_mean(p, p, q, q, q));
    EXPECT_EQ(k(0, 1), gaussian_mean(p, p, q, q, q * rho(0, 1)));
  }
}

}  // namespace
}  // namespace gronwall::gaussian
