// The tableaux against the steppers of the same names, which have their coefficients from elsewhere.
#include <algorithm>

#include <gtest/gtest.h>

#include <gronwall/ode/integrator.hpp>
#include <gronwall/ode/tableau.hpp>

#include "problems.hpp"

namespace gronwall::test {
namespace {

using R = real::Mpfr<100>;
using ode::Tableau;
using real::Rational;

class EveryTableau : public testing::TestWithParam<std::string> {
 protected:
  const Tableau& tableau() const { return ode::tableau(GetParam()); }
  /// c_i = sum_j a_ij.
  std::vector<Rational> nodes() const {
    std::vector<Rational> out;
    for (const auto& row : tableau().a) {
      Rational sum = 0;
      for (const Rational& entry : row) sum += entry;
      out.push_back(sum);
    }
    return out;
  }
};

/// sin(t) y^2 + (y_2, -y_1): depends on everything that a method may get wrong.
void field(const Matrix<R>& y, Matrix<R>& dy, const R& t) {
  dy(0, 0) = sin(t) * y(0, 0) * y(0, 0) + y(1, 0);
  dy(1, 0) = sin(t) * y(1, 0) * y(1, 0) - y(0, 0);
}

TEST_P(EveryTableau, StepsAsTheIntegratorDoes) {
  Matrix<R> y(2, 1);
  y << R(1) / R(3), R(2) / R(7);
  const R h = R(3) / R(11);
  ode::Control<R> control;
  control.steps = 1;
  const Matrix<R> expected = ode::integrator<R>(GetParam()).integrate(field, y, R(0), {h}, control).states[0];
  const std::vector<Rational> c = nodes();
  std::vector<Matrix<R>> K;
  Matrix<R> next = y, stage, slope(2, 1);
  for (std::size_t i = 0; i < tableau().stages(); ++i) {
    stage = y;
    for (std::size_t j = 0; j < i; ++j)
      stage += Matrix<R>(K[j] * R(h * real::from_rational<R>(tableau().a[i][j])));
    field(stage, slope, R(h * real::from_rational<R>(c[i])));
    K.push_back(slope);
    next += Matrix<R>(slope * R(h * real::from_rational<R>(tableau().b[i])));
  }
  for (Eigen::Index k = 0; k < 2; ++k)
    EXPECT_LE(abs(R(next(k, 0) - expected(k, 0))), R(1000) * real::Backend<R>::unit_roundoff());
  if (tableau().first_same_as_last()) {
    for (Eigen::Index k = 0; k < 2; ++k) EXPECT_EQ(stage(k, 0), next(k, 0));
  }
}

// The estimate is the difference of two solutions of which the lower has order p' >= 1: sum e_i c_i^k = 0 for
// k < p', and not for all k.
TEST_P(EveryTableau, EstimatesAreDifferencesOfTwoSolutions) {
  const Tableau& t = tableau();
  EXPECT_EQ(!t.error.empty(), ode::integrator<double>(GetParam()).method().adaptive);
  EXPECT_EQ(t.order, ode::integrator<double>(GetParam()).method().order);
  if (t.error.empty()) return;
  ASSERT_EQ(t.error.size(), t.stages());
  const std::vector<Rational> c = nodes();
  // Fehlberg's compares the slopes at both ends alone, and is 0 for all quadratures.
  const int lower = GetParam() == "fehlberg-78" ? 20 : t.order - 1;
  const auto moment = [&](int k) {
    Rational sum = 0;
    for (std::size_t i = 0; i < t.stages(); ++i) {
      Rational power = 1;
      for (int m = 0; m < k; ++m) power *= c[i];
      sum += t.error[i] * power;
    }
    return sum;
  };
  for (int k = 0; k < lower; ++k) EXPECT_EQ(moment(k), 0) << k;
  if (lower < 20) {
    EXPECT_NE(moment(lower), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Ode, EveryTableau, testing::ValuesIn(ode::tableau_names()), method_name);

TEST(Tableaux, StagesThatOnlyServeTheEstimate) {
  EXPECT_EQ(ode::tableau("dormand-prince-5").needed(), (std::vector<std::size_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(ode::tableau("fehlberg-78").needed(),
            (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12}));
  EXPECT_EQ(ode::tableau("runge-kutta-4").needed().size(), 4U);
  EXPECT_TRUE(ode::tableau("dormand-prince-5").first_same_as_last());
  EXPECT_FALSE(ode::tableau("fehlberg-78").first_same_as_last());
  EXPECT_FALSE(ode::tableau("euler").first_same_as_last());
}

TEST(Tableaux, OthersHaveNone) {
  EXPECT_THROW(ode::tableau("bulirsch-stoer"), UnknownName);
  EXPECT_THROW(ode::tableau("taylor"), UnknownName);
}

}  // namespace
}  // namespace gronwall::test
