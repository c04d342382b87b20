// Differential systems: they have to generate the activation they belong to.
#include <gtest/gtest.h>

#include <gronwall/activation/registration.hpp>

#include "arguments.hpp"
#include "size.hpp"
#include "support/backends.hpp"

namespace {

using namespace gronwall;
using activation::DifferentialSystem;
using activation::Monomial;
using activation::SystemPolynomial;
using real::Ball;
using real::Rational;

class ActivationSystem : public ::testing::TestWithParam<std::string> {
 protected:
  const activation::Activation phi = activation::find(GetParam());
};

/// p(x, u) and the sum of the moduli of its terms.
template <class R>
std::pair<R, R> evaluated(const SystemPolynomial& p, const R& x, const std::vector<R>& u) {
  using real::abs;
  R sum(0), size(0);
  for (const Monomial& m : p) {
    R term = real::from_rational<R>(m.coefficient) * real::power<R>(x, static_cast<unsigned>(m.powers[0]));
    for (std::size_t j = 0; j < u.size(); ++j)
      term = term * real::power<R>(u[j], static_cast<unsigned>(m.powers[j + 1]));
    sum = sum + term;
    size = size + R(abs(term));
  }
  return {sum, size};
}

TEST_P(ActivationSystem, GeneratesTheDerivatives) {
  const auto& system = phi.traits().system;
  if (!system) GTEST_SKIP() << "no system";
  SystemPolynomial q = system->value;
  for (int order = 0; order <= 2; ++order, q = activation::differentiated(*system, q)) {
    test::for_each_backend([&]<class R>() {
      using std::abs;
      const activation::Functions<R>& f = phi.in<R>();
      for (const double point : test::moderate_arguments(21)) {
        const R x = real::from_double<R>(point);
        std::vector<R> u;
        f.start(x, u);
        ASSERT_EQ(u.size(), system->derivatives.size());
        const auto [value, size] = evaluated<R>(q, x, u);
        const R expected = test::evaluate<R>(f, order, x);
        // Hermite polynomials are as good as their recurrence only.
        const R terms = phi.degree() ? test::size_of_terms<R>(*phi.traits().polynomial, order, x) : R(0);
        EXPECT_LE(R(abs(R(value - expected))), 64 * real::Backend<R>::unit_roundoff() * (size + terms))
            << "order " << order << " at " << point;
      }
    });
    const activation::Functions<Ball>& f = phi.in<Ball>();
    for (const double point : test::moderate_arguments(22)) {
      std::vector<Ball> u;
      f.start(Ball(point), u);
      const Ball value = evaluated<Ball>(q, Ball(point), u).first;
      EXPECT_TRUE(value.overlaps(test::evaluate<Ball>(f, order, Ball(point))))
          << "order " << order << " at " << point;
    }
  }
}

/// Each u_j' = P_j by itself, against a central difference of `start`.
TEST_P(ActivationSystem, IsSatisfiedByItsFunctions) {
  const auto& system = phi.traits().system;
  if (!system) GTEST_SKIP() << "no system";
  using R = real::Mpfr<100>;
  const activation::Functions<R>& f = phi.in<R>();
  const R h = R(1) / real::power<R>(R(10), 30);
  for (const double point : test::moderate_arguments(23)) {
    const R x = real::from_double<R>(point);
    std::vector<R> before, here, after;
    f.start(R(x - h), before), f.start(x, here), f.start(R(x + h), after);
    for (std::size_t j = 0; j < here.size(); ++j) {
      const R slope = (after[j] - before[j]) / (2 * h);
      const auto [expected, size] = evaluated<R>(system->derivatives[j], x, here);
      EXPECT_LE(R(abs(R(slope - expected))), (size + abs(here[j])) * R(1) / real::power<R>(R(10), 45))
          << "u_" << j + 1 << " at " << point;
    }
  }
}

TEST_P(ActivationSystem, IsThereWherePhiIsSmooth) {
  if (phi.name() == "test-isru") {
    EXPECT_FALSE(phi.traits().system.has_value());
    std::vector<Ball> u;
    EXPECT_THROW(phi.in<Ball>().start(Ball(1), u), DomainError);
  } else {
    EXPECT_EQ(phi.traits().system.has_value(), phi.smooth());
  }
}

TEST(System, IsDifferentiatedByTheChainRule) {
  // u' = 1 - u^2: (x u^2)' = u^2 + 2x u - 2x u^3.
  const DifferentialSystem tanh = *activation::find("tanh").traits().system;
  const SystemPolynomial q = activation::differentiated(tanh, {{1, {1, 2}}});
  ASSERT_EQ(q.size(), 3U);
  const auto expect = [](const Monomial& m, const Rational& coefficient, const std::vector<int>& powers) {
    EXPECT_EQ(m.coefficient, coefficient);
    EXPECT_EQ(m.powers, powers);
  };
  expect(q[0], 1, {0, 2});
  expect(q[1], 2, {1, 1});
  expect(q[2], -2, {1, 3});
  EXPECT_TRUE(activation::differentiated(tanh, {{7, {0, 0}}}).empty());
}

/// A formula with a system that does not fit, or without a start.
struct Broken {
  std::vector<int> powers;
  activation::Traits traits() const {
    activation::Traits t;
    t.name = "broken";
    t.system = DifferentialSystem{{{{1, {0, 1}}}}, {{1, powers}}};
    return t;
  }
  // In floating point only.
  template <real::Floating R>
  R value(const R& x) const {
    return x;
  }
  template <real::Floating R>
  R derivative(const R&) const {
    return R(1);
  }
  template <real::Floating R>
  R second_derivative(const R&) const {
    return R(0);
  }
  template <real::Floating R>
  R lipschitz() const {
    return R(1);
  }
  template <real::Floating R>
  R derivative_lipschitz() const {
    return R(0);
  }
  template <real::Floating R>
  R strip() const {
    return R(0);
  }
};

TEST(System, MustFitItsFormula) {
  EXPECT_THROW(activation::make(Broken{{1}}), Error);
  EXPECT_THROW(activation::make(Broken{{1, -1}}), Error);
  EXPECT_THROW(activation::make(Broken{{0, 1}}), Error);  // no start
}

struct FloatingOnly : Broken {
  activation::Traits traits() const {
    activation::Traits t;
    t.name = "floating-only";
    return t;
  }
};

TEST(System, AFormulaForFloatingPointOnlyProvesNothing) {
  const activation::Activation phi = activation::make(FloatingOnly{});
  EXPECT_EQ(phi.in<double>().value(2), 2);
  const activation::Functions<Ball>& f = phi.in<Ball>();
  for (int order = 0; order <= 2; ++order) EXPECT_FALSE(test::evaluate<Ball>(f, order, Ball(2)).known());
  EXPECT_FALSE(f.lipschitz().known());
  EXPECT_FALSE(f.derivative_lipschitz().known());
  EXPECT_FALSE(f.strip().known());
  EXPECT_FALSE(f.disc_bounds(Ball(0), Ball(1)).has_value());
}

INSTANTIATE_TEST_SUITE_P(Registry, ActivationSystem, ::testing::ValuesIn(activation::names()),
                         test::test_name);

}  // namespace
