// The error estimates of ode::solve: honest, and not hopelessly large.
#include <cmath>
#include <cstdio>

#include <gronwall/ode/solve.hpp>

#include "problems.hpp"
#include "support/backends.hpp"
#include "support/effort.hpp"
#include "support/random.hpp"

namespace gronwall::test {
namespace {

template <class R>
R norm_of_difference(const Matrix<R>& a, const Matrix<R>& b) {
  const Matrix<R> apart = a - b;
  return linalg::frobenius_norm<R>(apart).value();
}

class EstimatedSolves : public EveryIntegrator {};

TEST_P(EstimatedSolves, StatesErrorsThatHoldAndAreTight) {
  int cases = 0, wrong = 0, loose = 0;
  for_each_backend([&]<class R>() {
    const auto& method = integrator<R>();
    using std::pow;
    for (const int digits : {2, 3, 5, 8, 11, 20, 30}) {
      if (digits + 4 > real::Backend<R>::digits) break;
      if (digits > (method.method().adaptive ? 3 * method.method().order : method.method().order + 1)) break;
      for (const auto& problem : all_problems<R>()) {
        const std::vector<R> times{R(problem.horizon / R(3)), problem.horizon};
        const auto solution =
            ode::solve<R>(method, problem.f, problem.y0, R(0), times, R(pow(R(10), -digits)));
        for (std::size_t k = 0; k < times.size(); ++k) {
          const R error = norm_of_difference<R>(solution.states[k].value, problem.exact(times[k]));
          const R& estimate = solution.states[k].error;
          ++cases;
          if (error > estimate) {
            ++wrong;
            std::printf("%s %s 1e-%d at %g: error %g, estimate %g\n", method.method().name.c_str(),
                        problem.name.c_str(), digits, real::to_double<R>(times[k]), real::to_double<R>(error),
                        real::to_double<R>(estimate));
          }
          // In units of the tolerance asked for: an estimate far beyond it would be of no use.
          if (estimate > R(300) * pow(R(10), -digits)) ++loose;
        }
      }
    }
  });
  EXPECT_LE(wrong, cases / 50) << cases << " cases";
  EXPECT_LE(loose, cases / 50) << cases << " cases";
}

// Random Neural ODEs of small width against a run in the next finer backend.
TEST(EstimatedSolve, HoldsOnRandomNetworks) {
  using R = double;
  using F = FinerThan<R>;
  int wrong = 0;
  const int cases = repetitions(40);
  for (int k = 0; k < cases; ++k) {
    Random random(20240700U + static_cast<unsigned>(k));
    const int n = 1 + random.below(6), N = 1 + random.below(3);
    Matrix<R> W(n, n), y0(n, N);
    for (Eigen::Index i = 0; i < W.size(); ++i) W.data()[i] = 3 * random.symmetric();
    for (Eigen::Index i = 0; i < y0.size(); ++i) y0.data()[i] = random.symmetric();
    const auto run = [&]<class T>(const ode::Integrator<T>& method, const T& rtol) {
      const ode::RightHandSide<T> f = [&](const Matrix<T>& y, Matrix<T>& dy, const T&) {
        using std::tanh;
        const Matrix<T> a = mapped<T>(y, [](const T& x) { return T(tanh(x)); });
        for (Eigen::Index j = 0; j < N; ++j)
          for (Eigen::Index i = 0; i < n; ++i) {
            T sum(0);
            for (Eigen::Index l = 0; l < n; ++l) sum += widen<T>(W(i, l)) * a(l, j);
            dy(i, j) = sum;
          }
      };
      return ode::solve<T>(method, f,
                           mapped<T>(Matrix<T>(linalg::from_exact<T>(y0)), [](const T& x) { return x; }),
                           T(0), {T(2)}, rtol);
    };
    const auto solution = run.template operator()<R>(ode::integrator<R>(ode::default_method<R>()), 1e-9);
    const auto reference =
        run.template operator()<F>(ode::integrator<F>("fehlberg-78"), F(1) / F(10000000) / F(1000000));
    const double error =
        norm_of_difference<R>(solution.states[0].value, linalg::to_double<F>(reference.states[0].value));
    if (error > solution.states[0].error) ++wrong;
  }
  EXPECT_LE(wrong, cases / 20) << "of " << cases << ", seeds from 20240700";
}

TEST(EstimatedSolve, TakesTheInitialStateForExactAndStopsAtThePrecision) {
  const auto problem = logistic<double>();
  const auto& method = ode::integrator<double>(ode::default_method<double>());
  const auto solution = ode::solve<double>(method, problem.f, problem.y0, 0, {0, 1}, 4e-15);
  EXPECT_EQ(solution.states[0].value, problem.y0);
  EXPECT_LE(solution.states[0].error, 1e-14);
  EXPECT_GT(solution.states[1].error, 0);
  EXPECT_LT(solution.states[1].error, 1e-10);
  EXPECT_GT(solution.evaluations, 0);
  EXPECT_GT(solution.accepted, 0);
  EXPECT_THROW(ode::solve<double>(method, problem.f, problem.y0, 0, {1}, 0), DomainError);
  EXPECT_THROW(ode::solve<double>(method, problem.f, problem.y0, 0, {1}, -1), DomainError);
  EXPECT_THROW(ode::solve<double>(method, problem.f, problem.y0, 0, {1}, 1e-17), PrecisionError);
}

INSTANTIATE_TEST_SUITE_P(Ode, EstimatedSolves, ::testing::ValuesIn(ode::integrator_names()), method_name);

}  // namespace
}  // namespace gronwall::test
