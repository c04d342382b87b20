#include <algorithm>
#include <cmath>
#include <thread>

#include <gronwall/ode/trajectory.hpp>

#include "problems.hpp"
#include "support/backends.hpp"

namespace gronwall::test {
namespace {

template <class R>
R tolerance_of() {
  using std::pow;
  return pow(R(10), -std::min(real::Backend<R>::digits - 5, 24));
}

template <class R>
ode::Trajectory<R> trajectory(const Problem<R>& problem, const R& tolerance,
                              const std::string& method = "fehlberg-78") {
  ode::Control<R> control;
  control.rtol = tolerance;
  return ode::Trajectory<R>(ode::integrator<R>(method), problem.f, problem.y0, problem.horizon, control,
                            tolerance);
}

TEST(Trajectory, FollowsTheSolutionBetweenItsNodes) {
  for_each_backend([]<class R>() {
    const R tolerance = tolerance_of<R>();
    for (const auto& problem : all_problems<R>()) {
      const auto path = trajectory<R>(problem, tolerance);
      Matrix<R> y;
      R worst(0);
      for (int k = 0; k <= 97; ++k) {
        const R t = problem.horizon * R(k) / R(97);
        path.at(t, y);
        worst = std::max<R>(worst, distance<R>(y, problem.exact(t)));
      }
      EXPECT_LT(real::to_double<R>(R(worst / tolerance)), 500) << problem.name;
      EXPECT_LE(path.interpolation_error(), R(10) * tolerance) << problem.name;
      EXPECT_LE(path.cost().evaluations, path.total_evaluations());
      // At the nodes it is the solver's value, bit for bit.
      for (std::size_t k = 0; k < path.nodes().size(); k += 7)
        EXPECT_EQ(distance<R>(path.at(path.nodes()[k]), path.state(k)), R(0));
      EXPECT_EQ(distance<R>(path.initial_state(), problem.y0), R(0));
      EXPECT_EQ(path.nodes().back(), problem.horizon);
      EXPECT_EQ(path.nodes().size(), static_cast<std::size_t>(path.panels() * path.degree() + 1));
    }
  });
}

TEST(Trajectory, IntegratesOverItsNodes) {
  for_each_backend([]<class R>() {
    const R tolerance = tolerance_of<R>();
    const auto problem = separable<R>();
    const auto path = trajectory<R>(problem, tolerance);
    // The weights integrate 1, t, ..., exactly up to the degree, and y' = f(y) to y(T) - y(0).
    for (int power = 0; power <= path.degree(); power += 3) {
      R sum(0);
      for (std::size_t k = 0; k < path.nodes().size(); ++k)
        sum += path.weights()[k] * real::power<R>(path.nodes()[k], static_cast<unsigned>(power));
      const R exact = real::power<R>(problem.horizon, static_cast<unsigned>(power + 1)) / R(power + 1);
      EXPECT_LT(error_in_units<R>(sum, exact, exact, real::Backend<R>::unit_roundoff()), 200) << power;
    }
    Matrix<R> slope = problem.y0, sum = mapped<R>(problem.y0, [](const R&) { return R(0); });
    for (std::size_t k = 0; k < path.nodes().size(); ++k) {
      problem.f(path.state(k), slope, path.nodes()[k]);
      for (Eigen::Index i = 0; i < sum.size(); ++i) sum.data()[i] += path.weights()[k] * slope.data()[i];
    }
    const Matrix<R> change = path.final_state() - problem.y0;
    EXPECT_LT(real::to_double<R>(R(distance<R>(sum, change) / tolerance)), 100);
    for (const R& w : path.weights()) EXPECT_GT(w, R(0));
    EXPECT_TRUE(std::is_sorted(path.nodes().begin(), path.nodes().end()));
  });
}

class Trajectories : public EveryIntegrator {};

TEST_P(Trajectories, TakeAnyIntegrator) {
  const auto problem = separable<double>();
  const auto& method = integrator<double>();
  const double tolerance = method.method().order < 3 ? 1e-4 : 1e-7;
  ode::Control<double> adaptive, dense, fixed, regular;
  adaptive.rtol = dense.rtol = tolerance;
  dense.dense = true;
  fixed.steps = 4000;
  regular.substeps = 200;
  for (const auto& control : {adaptive, dense, fixed, regular}) {
    const ode::Trajectory<double> path(method, problem.f, problem.y0, problem.horizon, control, tolerance);
    for (int k = 0; k <= 50; ++k)
      EXPECT_LT(distance<double>(path.at(k / 50.0), problem.exact(k / 50.0)), 1000 * tolerance) << k;
  }
}

TEST(Trajectory, CutsWhatIsSharpIntoPanels) {
  // y = atan(50 (t - 1/2)) + const: poles at distance 1/50 from the axis.
  const ode::RightHandSide<double> f = [](const Matrix<double>&, Matrix<double>& dy, const double& t) {
    dy(0, 0) = 50 / (1 + 2500 * (t - 0.5) * (t - 0.5));
  };
  ode::Control<double> control;
  control.rtol = 1e-11;
  const ode::Trajectory<double> path(ode::integrator<double>("dormand-prince-5"), f,
                                     matrix<double>(1, 1, {1}), 1, control, 1e-10);
  EXPECT_GE(path.panels(), 8);
  for (int k = 0; k <= 1000; ++k) {
    const double t = k / 1000.0;
    EXPECT_NEAR(path.at(t)(0, 0), 1 + std::atan(50 * (t - 0.5)) + std::atan(25.0), 1e-8) << t;
  }
}

TEST(Trajectory, IsAPointWithoutTime) {
  for_each_backend([]<class R>() {
    const auto problem = logistic<R>();
    ode::Control<R> control;
    control.rtol = R(1) / R(1000);
    const ode::Trajectory<R> path(ode::integrator<R>("runge-kutta-4"), problem.f, problem.y0, R(0), control,
                                  R(1) / R(1000));
    ASSERT_EQ(path.nodes().size(), 1U);
    EXPECT_EQ(path.weights()[0], R(0));
    EXPECT_EQ(distance<R>(path.at(R(0)), problem.y0), R(0));
    EXPECT_EQ(path.horizon(), R(0));
  });
}

TEST(Trajectory, MayBeReadByManyThreads) {
  const auto problem = linear<double>();
  const auto path = trajectory<double>(problem, 1e-8);
  std::vector<double> worst(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < worst.size(); ++i)
    threads.emplace_back([&, i] {
      Matrix<double> y;
      for (int k = 0; k <= 200; ++k) {
        path.at(k / 100.0, y);
        worst[i] = std::max(worst[i], distance<double>(y, problem.exact(k / 100.0)));
      }
    });
  for (auto& thread : threads) thread.join();
  for (const double error : worst) EXPECT_EQ(error, worst[0]);
  EXPECT_LT(worst[0], 1e-6);
}

TEST(Trajectory, RefusesBadArguments) {
  const auto problem = linear<double>();
  const auto path = trajectory<double>(problem, 1e-8);
  EXPECT_THROW(path.at(-0.1), DomainError);
  EXPECT_THROW(path.at(2.1), DomainError);
  EXPECT_THROW(path.at(NAN), DomainError);
  ode::Control<double> control;
  control.rtol = 1e-8;
  const auto& method = ode::integrator<double>("fehlberg-78");
  const auto make = [&](double horizon, double tolerance) {
    ode::Trajectory<double>(method, problem.f, problem.y0, horizon, control, tolerance);
  };
  EXPECT_THROW(make(-1, 1e-8), DomainError);
  EXPECT_THROW(make(INFINITY, 1e-8), DomainError);
  EXPECT_THROW(make(1, -1e-8), DomainError);
  EXPECT_THROW(make(1, 1e-17), PrecisionError);
  // A solution that blows up says so.
  const ode::RightHandSide<double> square = [](const Matrix<double>& y, Matrix<double>& dy, const double&) {
    dy(0, 0) = y(0, 0) * y(0, 0);
  };
  EXPECT_THROW(ode::Trajectory<double>(method, square, matrix<double>(1, 1, {1}), 2, control, 1e-8),
               ode::BlowUp);
}

INSTANTIATE_TEST_SUITE_P(Ode, Trajectories, ::testing::ValuesIn(ode::integrator_names()), method_name);

}  // namespace
}  // namespace gronwall::test
