#include <cmath>

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include <gronwall/kernel/infinite.hpp>
#include <gronwall/linalg/certified.hpp>
#include <gronwall/model/initialisation.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/training/infinite.hpp>
#include <gronwall/training/record.hpp>

#include "support/backends.hpp"
#include "training/problems.hpp"

namespace gronwall::training {
namespace {

using real::Ball;

Matrix<double> some_kernel(unsigned seed) {
  const Matrix<double> a = test::Numbers(seed).matrix(4, 6);
  return a * a.transpose();
}

TEST(LinearDynamics, AreThoseOfTheEigenvectors) {
  const Matrix<double> K = some_kernel(1), r0 = test::Numbers(2).matrix(4, 1);
  const double eta = 0.25;
  const LinearDynamics<double> d = linear_dynamics<double>({K, 0.0}, r0, eta, 40);
  ASSERT_EQ(d.residuals.size(), 41U);
  const Eigen::SelfAdjointEigenSolver<Matrix<double>> eigen(K);
  double rate = 0;
  for (Eigen::Index i = 0; i < 4; ++i) rate = std::max(rate, std::abs(1 - eta * eigen.eigenvalues()(i)));
  EXPECT_NEAR(d.rate.value(), rate, 1e-12);
  for (int k = 0; k <= 40; ++k) {
    const Eigen::VectorXd powers = (1 - eta * eigen.eigenvalues().array()).pow(k);
    const Matrix<double> expected =
        eigen.eigenvectors() * powers.asDiagonal() * eigen.eigenvectors().transpose() * r0;
    EXPECT_LT((d.residuals[static_cast<std::size_t>(k)].value - expected).norm(), 1e-12);
    EXPECT_LE(d.residuals[static_cast<std::size_t>(k)].value.norm(), std::pow(rate, k) * r0.norm() + 1e-12);
  }
}

TEST(LinearDynamics, ErrorsContainTheFinerResult) {
  using Fine = real::Mpfr<50>;
  const Matrix<double> K = some_kernel(3), r0 = test::Numbers(4).matrix(4, 1);
  const double off = 1e-6;
  Matrix<double> other = K;
  other(1, 2) += off;
  const double eta = 0.375;
  const LinearDynamics<double> d = linear_dynamics<double>({other, off}, r0, eta, 30);
  const LinearDynamics<Fine> truth = linear_dynamics<Fine>({linalg::from_exact<Fine>(K), Fine(0)},
                                                           linalg::from_exact<Fine>(r0), Fine(eta), 30);
  const LinearDynamics<Ball> balls = linear_dynamics<Ball>({linalg::from_exact<Ball>(other), Ball(off)},
                                                           linalg::from_exact<Ball>(r0), Ball(eta), 30);
  const LinearDynamics<double> rounded = linear_dynamics<double>({K, 0.0}, r0, eta, 30);
  for (std::size_t k = 0; k < d.residuals.size(); ++k) {
    const Matrix<double> exact = linalg::to_double<Fine>(truth.residuals[k].value);
    EXPECT_LE((d.residuals[k].value - exact).norm(), d.residuals[k].error + 1e-30);
    EXPECT_LE((rounded.residuals[k].value - exact).norm(), rounded.residuals[k].error + 1e-30);
    EXPECT_LT(rounded.residuals[k].error, 1e-12);
    EXPECT_LT(d.residuals[k].error, 1e-3);
    for (Eigen::Index i = 0; i < 4; ++i) {
      EXPECT_TRUE(balls.residuals[k].value(i, 0).overlaps(Ball(exact(i, 0)))) << k;
      EXPECT_LT(real::to_double<Ball>(balls.residuals[k].value(i, 0).radius()), 1e-2);
    }
  }
}

TEST(LinearDynamics, RefuseWhatDoesNotFit) {
  const Matrix<double> K = some_kernel(1), r0 = Matrix<double>::Ones(4, 1);
  EXPECT_THROW(linear_dynamics<double>({K, 0.0}, r0, 0.1, -1), DomainError);
  EXPECT_THROW(linear_dynamics<double>({K, 0.0}, Matrix<double>::Ones(3, 1), 0.1, 1), DomainError);
  EXPECT_THROW(linear_dynamics<double>({Matrix<double>(K.topRows(2)), 0.0}, r0, 0.1, 1), DomainError);
}

/// The mean over networks of max_k ||r^k - (I - eta K_inf)^k r^0||, at width n.
double distance_from_the_limit(long n) {
  constexpr long steps = 12, networks = 4;
  const Matrix<double> X = (Matrix<double>(2, 3) << 1, 0.6, -0.8, 0, 0.8, 0.6).finished();
  kernel::Limit<double> limit{activation::find("tanh")};
  limit.input_scale = 0.5;  // sigma_u = 1, d = 2
  const Approximation<double> K =
      kernel::infinite_ode<double>(limit, Matrix<double>(X.transpose() * X)).kernel.sum();
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= networks; ++seed) {
    Problem<double> problem{{activation::find("tanh"), model::gaussian_parameters(n, 2, seed)},
                            X,
                            (Matrix<double>(3, 1) << 0.5, -0.25, 0.75).finished()};
    problem.labels_at_start = true;
    problem.eta = 0.25;
    Schedule<double> schedule;
    schedule.steps = steps;
    schedule.spectra = false;
    schedule.accuracy.method = "dormand-prince-5";
    schedule.accuracy.tolerance = 1e-7;
    const Training<double> t = train<double>(problem, schedule);
    const LinearDynamics<double> d = linear_dynamics<double>(K, problem.labels, problem.eta, steps);
    double far = 0;
    for (std::size_t k = 0; k < t.records.size(); ++k) {
      const Matrix<double> residual = t.records[k].output - t.records[0].output + problem.labels;
      far = std::max(far, (residual - d.residuals[k].value).norm());
    }
    sum += far;
  }
  return sum / networks;
}

TEST(InfiniteWidth, TrainingComesCloserAsTheWidthGrows) {
  const double narrow = distance_from_the_limit(16), wider = distance_from_the_limit(64),
               wide = distance_from_the_limit(256);
  // The kernel fluctuates by 1/sqrt n: a factor of two each time.
  EXPECT_LT(wider, narrow / 1.4);
  EXPECT_LT(wide, wider / 1.4);
  EXPECT_LT(wide, 0.05);
  EXPECT_GT(wide, 1e-4);
}

}  // namespace
}  // namespace gronwall::training
