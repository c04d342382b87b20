// What Integrator::integrate promises, for every registered integrator and in every precision.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "problems.hpp"
#include "support/backends.hpp"

namespace gronwall::test {
namespace {

class Integration : public EveryIntegrator {};
class EmbeddedEstimate : public EveryIntegrator {};
class DenseOutput : public EveryIntegrator {};

/// A relative tolerance that the method reaches in a second at most.
template <class R>
R affordable(const ode::Method& method) {
  using std::pow;
  const int digits =
      std::min(real::Backend<R>::digits - 4, method.adaptive ? 3 * method.order : (3 * method.order) / 2 + 1);
  return pow(R(10), -digits);
}

template <class R>
ode::Control<R> to_tolerance(const R& rtol, bool dense = false) {
  ode::Control<R> control;
  control.rtol = rtol;
  control.dense = dense;
  control.budget = 1'000'000;  // a broken method fails in seconds, not in hours
  return control;
}

template <class R>
std::vector<R> quarters(const R& horizon) {
  std::vector<R> times;
  for (int k = 0; k <= 4; ++k) times.push_back(R(horizon * R(k) / R(4)));
  return times;
}

template <class R>
R worst_error(const Problem<R>& problem, const std::vector<R>& times, const ode::Solution<R>& solution) {
  R worst(0);
  EXPECT_EQ(solution.states.size(), times.size());
  for (std::size_t k = 0; k < times.size(); ++k)
    worst = std::max<R>(worst, distance<R>(solution.states[k], problem.exact(times[k])));
  return worst;
}

// Local errors below the tolerance add up over the steps; the problems are stable or grow by a small factor.
TEST_P(Integration, KeepsToleranceOnClosedForms) {
  for_each_backend([this]<class R>() {
    const auto& method = integrator<R>();
    const R rtol = affordable<R>(method.method());
    for (const auto& problem : all_problems<R>()) {
      const auto times = quarters<R>(problem.horizon);
      const auto solution = method.integrate(problem.f, problem.y0, R(0), times, to_tolerance<R>(rtol));
      const double ratio = real::to_double<R>(R(worst_error<R>(problem, times, solution) / rtol));
      EXPECT_LT(ratio, 200) << problem.name;
      EXPECT_EQ(distance<R>(solution.states[0], problem.y0), R(0)) << "the state at t0 is the initial one";
      // A hundred times tighter helps, but for what precision allows.
      const R tighter = R(rtol / R(100));
      if (!method.method().adaptive || tighter < R(1000) * real::Backend<R>::unit_roundoff()) continue;
      const auto finer = method.integrate(problem.f, problem.y0, R(0), times, to_tolerance<R>(tighter));
      EXPECT_LT(worst_error<R>(problem, times, finer), R(200) * tighter) << problem.name;
      EXPECT_GT(finer.evaluations, solution.evaluations) << problem.name;
    }
  });
}

// The estimate must also not be hopelessly pessimistic: the work at 25 digits is bounded. A slip in one
// weight of an embedded estimate makes it one of order 0, and this impossible.
TEST_P(EmbeddedEstimate, ReachesTightTolerancesWithItsOrder) {
  using R = real::Mpfr<50>;
  const auto& method = integrator<R>();
  const auto problem = separable<R>();
  long evaluations[2];
  const int digits[2] = {16, 22};
  for (int k = 0; k < 2; ++k) {
    using std::pow;
    auto control = to_tolerance<R>(pow(R(10), -digits[k]));
    control.budget = 400'000;
    evaluations[k] = method.integrate(problem.f, problem.y0, R(0), {R(1)}, control).evaluations;
  }
  // Work grows like tol^(-1/q) with q the order of the estimate, order - 1 at least.
  const double expected = std::pow(10.0, 6.0 / method.method().order);
  const double observed = static_cast<double>(evaluations[1]) / static_cast<double>(evaluations[0]);
  EXPECT_LT(observed, 1.6 * expected);
}

TEST_P(DenseOutput, IsAsAccurateAsTheSteps) {
  for_each_backend([this]<class R>() {
    const auto& method = integrator<R>();
    const R rtol = affordable<R>(method.method());
    for (const auto& problem : all_problems<R>()) {
      std::vector<R> times;
      for (int k = 0; k <= 300; ++k) times.push_back(R(problem.horizon * R(k) / R(300)));
      const auto dense = method.integrate(problem.f, problem.y0, R(0), times, to_tolerance<R>(rtol, true));
      EXPECT_LT(real::to_double<R>(R(worst_error<R>(problem, times, dense) / rtol)), 1000) << problem.name;
      EXPECT_EQ(distance<R>(dense.states[0], problem.y0), R(0));
      // Output times cost nothing: the steps are those of a run to the end alone.
      const auto alone =
          method.integrate(problem.f, problem.y0, R(0), {problem.horizon}, to_tolerance<R>(rtol, true));
      EXPECT_EQ(dense.evaluations, alone.evaluations);
      // The end is stepped to, not interpolated.
      EXPECT_EQ(distance<R>(dense.states.back(), alone.states.back()), R(0));
    }
  });
}

TEST_P(Integration, CountsWhatItDoes) {
  for_each_backend([this]<class R>() {
    const auto& method = integrator<R>();
    const auto problem = logistic<R>();
    long calls = 0;
    const ode::RightHandSide<R> f = [&](const Matrix<R>& y, Matrix<R>& dy, const R& t) {
      ++calls;
      problem.f(y, dy, t);
    };
    for (const bool dense : {false, true}) {
      calls = 0;
      const auto adaptive = method.integrate(f, problem.y0, R(0), quarters<R>(problem.horizon),
                                             to_tolerance<R>(R(1) / R(1000), dense));
      EXPECT_EQ(adaptive.evaluations, calls);
      EXPECT_GT(adaptive.accepted, 0);
    }
    calls = 0;
    ode::Control<R> control;
    control.steps = 40;
    // 40 steps over [0, 2]: 10 for [0, 1/2], 30 for [1/2, 2].
    const auto fixed = method.integrate(f, problem.y0, R(0), {R(R(1) / R(2)), R(2)}, control);
    EXPECT_EQ(fixed.evaluations, calls);
    EXPECT_EQ(fixed.accepted, 40);
    EXPECT_EQ(fixed.rejected, 0);
    control.steps.reset();
    control.substeps = 7;
    EXPECT_EQ(method.integrate(f, problem.y0, R(0), {R(R(1) / R(2)), R(2)}, control).accepted, 14);
  });
}

TEST_P(Integration, ReproducesItselfBitForBit) {
  for_each_backend([this]<class R>() {
    const auto problem = riccati<R>();
    const auto control = to_tolerance<R>(R(R(1) / R(100000)));
    const auto times = quarters<R>(problem.horizon);
    const auto a = integrator<R>().integrate(problem.f, problem.y0, R(0), times, control);
    const auto b = integrator<R>().integrate(problem.f, problem.y0, R(0), times, control);
    EXPECT_EQ(a.evaluations, b.evaluations);
    for (std::size_t k = 0; k < times.size(); ++k) EXPECT_EQ(distance<R>(a.states[k], b.states[k]), R(0));
  });
}

TEST_P(Integration, CostsNothingWhereNothingHappens) {
  const auto problem = logistic<double>();
  for (const bool fixed : {false, true}) {
    ode::Control<double> control = to_tolerance<double>(1e-6);
    if (fixed) control.steps = 3;
    const auto still = integrator<double>().integrate(problem.f, problem.y0, 1.5, {1.5, 1.5}, control);
    EXPECT_EQ(still.evaluations, 0);
    ASSERT_EQ(still.states.size(), 2U);
    EXPECT_EQ(distance<double>(still.states[1], problem.y0), 0);
    EXPECT_TRUE(integrator<double>().integrate(problem.f, problem.y0, 0, {}, control).states.empty());
    // Equal times give equal states.
    const auto twice = integrator<double>().integrate(problem.f, problem.y0, 0, {0, 1, 1}, control);
    EXPECT_EQ(distance<double>(twice.states[1], twice.states[2]), 0);
  }
}

// An entry that starts at zero needs no absolute tolerance, and y = 0 stays.
TEST_P(Integration, ManagesZeroWithoutAbsoluteTolerance) {
  const ode::RightHandSide<double> f = [](const Matrix<double>& y, Matrix<double>& dy, const double&) {
    dy(0, 0) = 1 - y(0, 0);
    dy(1, 0) = y(0, 0);
    dy(0, 1) = dy(1, 1) = 0;
  };
  const auto solution =
      integrator<double>().integrate(f, matrix<double>(2, 2, {0, 0, 0, 0}), 0, {1.0},
                                     to_tolerance<double>(affordable<double>(integrator<double>().method())));
  EXPECT_NEAR(solution.states[0](0, 0), -std::expm1(-1.0), 0.01);
  EXPECT_NEAR(solution.states[0](1, 0), std::exp(-1.0), 0.01);
  EXPECT_EQ(solution.states[0](0, 1), 0);
}

TEST_P(Integration, ReportsBlowUp) {
  for_each_backend([this]<class R>() {
    const ode::RightHandSide<R> square = [](const Matrix<R>& y, Matrix<R>& dy, const R&) {
      dy = mapped<R>(y, [](const R& x) { return R(x * x); });
    };
    const Matrix<R> one = matrix<R>(1, 1, {R(1)});
    ode::Control<R> fixed;
    fixed.steps = 200;
    for (const auto& control : {fixed, to_tolerance<R>(R(R(1) / R(10000)))}) {
      // y = 1/(1 - t).
      try {
        integrator<R>().integrate(square, one, R(0), {R(2)}, control);
        ADD_FAILURE() << "integrated beyond the singularity";
      } catch (const ode::BlowUp& error) {
        EXPECT_NE(std::string(error.what()).find("t = "), std::string::npos) << error.what();
      }
      EXPECT_NO_THROW(integrator<R>().integrate(square, one, R(0), {R(R(1) / R(2))}, control));
    }
  });
}

TEST_P(Integration, ReportsAStepThatCollapses) {
  // y' follows from the last bits of y and t: no step is small enough.
  const ode::RightHandSide<double> chatter = [](const Matrix<double>& y, Matrix<double>& dy,
                                                const double& t) {
    const auto bits = std::bit_cast<std::uint64_t>(y(0, 0)) * 0x9E3779B97F4A7C15U ^
                      std::bit_cast<std::uint64_t>(t) * 0xD1B54A32D192ED03U;
    dy(0, 0) = std::ldexp(static_cast<double>((bits * 0x9E3779B97F4A7C15U) >> 11), -52) - 1;
  };
  auto control = to_tolerance<double>(1e-12);
  control.budget = 2'000'000;
  EXPECT_THROW(integrator<double>().integrate(chatter, matrix<double>(1, 1, {0.25}), 0, {1.0}, control),
               ode::StepCollapse);
  // And a budget that is too small.
  const auto problem = linear<double>();
  control = to_tolerance<double>(1e-9);
  control.budget = 20;
  EXPECT_THROW(integrator<double>().integrate(problem.f, problem.y0, 0, {2.0}, control), ode::StepCollapse);
  control.steps = 100;
  EXPECT_THROW(integrator<double>().integrate(problem.f, problem.y0, 0, {2.0}, control), ode::StepCollapse);
}

TEST_P(Integration, RefusesBadArguments) {
  const auto& method = integrator<double>();
  const auto problem = linear<double>();
  const auto run = [&](const std::vector<double>& times, const ode::Control<double>& control) {
    return method.integrate(problem.f, problem.y0, 0, times, control);
  };
  const auto good = to_tolerance<double>(1e-3);
  EXPECT_THROW(run({1.0, 0.5}, good), DomainError);
  EXPECT_THROW(run({-1.0}, good), DomainError);
  EXPECT_THROW(run({std::numeric_limits<double>::quiet_NaN()}, good), DomainError);
  EXPECT_THROW(run({std::numeric_limits<double>::infinity()}, good), DomainError);
  EXPECT_THROW(run({1.0}, to_tolerance<double>(-1e-3)), DomainError);
  EXPECT_THROW(run({1.0}, to_tolerance<double>(std::numeric_limits<double>::quiet_NaN())), DomainError);
  EXPECT_THROW(run({1.0}, {}), DomainError) << "no steps and no tolerance";
  EXPECT_THROW(run({1.0}, to_tolerance<double>(1e-16)), PrecisionError);
  auto control = good;
  control.atol = -1;
  EXPECT_THROW(run({1.0}, control), DomainError);
  control = good;
  control.steps = 0;
  EXPECT_THROW(run({1.0}, control), DomainError);
  control = good;
  control.substeps = 0;
  EXPECT_THROW(run({1.0}, control), DomainError);
  control = good;
  control.budget = 0;
  EXPECT_THROW(run({1.0}, control), DomainError);
  EXPECT_THROW(method.integrate(problem.f, Matrix<double>(0, 0), 0, {1.0}, good), DomainError);
  EXPECT_THROW(method.integrate(problem.f, matrix<double>(2, 1, {1, NAN}), 0, {1.0}, good), DomainError);
}

TEST(Integrators, AreFoundByName) {
  const auto names = ode::integrator_names();
  for (const char* name : {"euler", "modified-midpoint", "runge-kutta-4", "cash-karp-54", "dormand-prince-5",
                           "fehlberg-78", "bulirsch-stoer", "adams-bashforth-moulton"})
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names)
    for_each_backend([&name]<class R>() {
      const auto& method = ode::integrator<R>(name).method();
      EXPECT_EQ(method.name, name);
      EXPECT_GE(method.order, 1);
      EXPECT_FALSE(method.source.empty());
    });
  try {
    ode::integrator<double>("dormand-price-5");
    ADD_FAILURE();
  } catch (const UnknownName& error) {
    EXPECT_NE(std::string(error.what()).find("dormand-prince-5"), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Ode, Integration, ::testing::ValuesIn(ode::integrator_names()), method_name);
INSTANTIATE_TEST_SUITE_P(Ode, EmbeddedEstimate, ::testing::ValuesIn(integrators_with(&ode::Method::adaptive)),
                         method_name);
INSTANTIATE_TEST_SUITE_P(Ode, DenseOutput, ::testing::ValuesIn(integrators_with(&ode::Method::dense)),
                         method_name);

}  // namespace
}  // namespace gronwall::test
