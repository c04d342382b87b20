// Observed order: the error of fixed steps under doubling, at 50 digits, where rounding cannot blur it.
#include <cmath>

#include <fmt/format.h>

#include "problems.hpp"

namespace gronwall::test {
namespace {

using R = real::Mpfr<50>;

class Order : public EveryIntegrator {};

double log2_error(const ode::Integrator<R>& integrator, const Problem<R>& problem, long steps) {
  ode::Control<R> control;
  control.steps = steps;
  const auto solution = integrator.integrate(problem.f, problem.y0, R(0), {problem.horizon}, control);
  EXPECT_EQ(solution.accepted, steps);
  return log2_of<R>(distance<R>(solution.states[0], problem.exact(problem.horizon)));
}

TEST_P(Order, IsWhatTheMethodSays) {
  const auto& method = integrator<R>();
  const int order = method.method().order;
  for (const auto& problem : {logistic<R>(), separable<R>(), riccati<R>()}) {
    // Successive doublings; the last two slopes count.
    double slopes[3];
    double last = log2_error(method, problem, 256);
    std::string shown;
    for (int k = 0; k < 3; ++k) {
      const double next = log2_error(method, problem, 512L << k);
      slopes[k] = last - next;
      last = next;
      shown += fmt::format(" {:.3f}", slopes[k]);
    }
    EXPECT_NEAR(slopes[1], order, 0.1) << problem.name << shown;
    EXPECT_NEAR(slopes[2], order, 0.1) << problem.name << shown;
  }
}

INSTANTIATE_TEST_SUITE_P(Ode, Order, ::testing::ValuesIn(ode::integrator_names()), method_name);

}  // namespace
}  // namespace gronwall::test
