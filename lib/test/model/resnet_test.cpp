#include <gtest/gtest.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/model/resnet.hpp>
#include <gronwall/ode/integrator.hpp>

#include "model/networks.hpp"

namespace gronwall::test {
namespace {

using linalg::Matrix;
using model::Network;
using model::ResNet;
using R = real::Mpfr<50>;

class EveryActivation : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryActivation, testing::ValuesIn(activation::names()),
                         [](const auto& info) {
                           std::string name;
                           for (const char c : info.param)
                             name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           return name + "_" + std::to_string(info.index);
                         });

/// Each entry of the gradient against differences of the output in that entry of theta.
void expect_gradient(const Network<R>& f, const Matrix<R>& X, const Matrix<R>& c, long depth,
                     const R& tolerance) {
  const model::Gradient<R> gradient = ResNet<R>(f, depth).gradient(X, c);
  const R step = real::power(real::ratio<R>(1, 10), 4);
  const auto check = [&](Matrix<R> model::Parameters<R>::*part, const Matrix<R>& computed, const char* name) {
    for (Eigen::Index k = 0; k < computed.size(); ++k) {
      const R expected = difference<R>(
          [&](const R& h) {
            Network<R> moved = f;
            (moved.theta.*part).data()[k] += h;
            return weighted_output<R>(ResNet<R>(moved, depth), X, c);
          },
          step);
      EXPECT_LE(abs(R(expected - computed.data()[k])), tolerance) << name << " entry " << k;
    }
  };
  check(&model::Parameters<R>::v, gradient.v.value, "v");
  check(&model::Parameters<R>::W, gradient.W.value, "W");
  check(&model::Parameters<R>::U, gradient.U.value, "U");
}

TEST_P(EveryActivation, GradientIsThatOfTheOutput) {
  const activation::Activation phi = activation::find(GetParam());
  if (!phi.smooth()) GTEST_SKIP() << "differences across a kink say nothing";
  if (phi.degree().value_or(0) > 8) GTEST_SKIP() << "five layers leave the range of the numbers";
  const Network<R> f = some_network<R>(GetParam(), 3, 2, 5);
  expect_gradient(f, some_inputs<R>(2, 2, 5), some_inputs<R>(2, 1, 9), 5,
                  real::power(real::ratio<R>(1, 10), 20));
}

TEST(ResNetTest, WeightsAreLinearAndSamplesIndependent) {
  const Network<R> f = some_network<R>("tanh", 3, 2, 1);
  const Matrix<R> X = some_inputs<R>(2, 3, 1), c = some_inputs<R>(3, 1, 2);
  const ResNet<R> model(f, 7);
  const model::Gradient<R> together = model.gradient(X, c);
  Matrix<R> W = Matrix<R>::Constant(3, 3, R(0));
  for (Eigen::Index j = 0; j < 3; ++j) {
    const Matrix<R> one = Matrix<R>::Constant(1, 1, c(j, 0)), x = X.col(j);
    W += model.gradient(x, one).W.value;
  }
  EXPECT_LE(largest_entry<R>(Matrix<R>(W - together.W.value)), together.W.error);
}

TEST(ResNetTest, LinearNetworkHasItsClosedForm) {
  // n = 1, phi(x) = x: h^L = (1 + sigma_w w T/L)^L h_0.
  Network<R> f = some_network<R>("identity", 1, 1, 3);
  const Matrix<R> x = Matrix<R>::Constant(1, 1, R(1));
  const long L = 12;
  const R factor = R(1) + f.horizon / R(12) * f.sigma_w * f.theta.W(0, 0);
  const R expected = f.sigma_v * f.theta.v(0, 0) * real::power(factor, 12) * f.sigma_u * f.theta.U(0, 0);
  const linalg::Approximation<R> output = ResNet<R>(f, L).output(x);
  EXPECT_LE(abs(R(output.value(0, 0) - expected)), output.error);
  EXPECT_LE(output.error, real::power(real::ratio<R>(1, 10), 46)) << "the error estimate is tight";
}

/// The rounding estimate of double holds against 50 digits, and is not absurdly large.
TEST(ResNetTest, RoundingEstimateHoldsAndIsTight) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const Network<double> f = some_network<double>("softplus", 5, 2, seed);
    const Network<R> exact = some_network<R>("softplus", 5, 2, seed);
    const Matrix<double> X = some_inputs<double>(2, 3, seed), c = Matrix<double>::Constant(3, 1, 1.0);
    const model::Gradient<double> rough = ResNet<double>(f, 50).gradient(X, c);
    const model::Gradient<R> fine =
        ResNet<R>(exact, 50).gradient(linalg::from_exact<R>(X), Matrix<R>::Constant(3, 1, R(1)));
    const auto check = [](const linalg::Approximation<double>& a, const linalg::Approximation<R>& b,
                          const char* part) {
      const double off = linalg::to_double<R>(Matrix<R>(linalg::from_exact<R>(a.value) - b.value)).norm();
      EXPECT_LE(off, a.error) << part;
      EXPECT_LE(a.error, 1e-10 * (1 + a.value.norm())) << part;
    };
    check(rough.v, fine.v, "v");
    check(rough.W, fine.W, "W");
    check(rough.U, fine.U, "U");
  }
}

TEST(ResNetTest, BadInputIsRefusedByName) {
  const Network<double> f = some_network<double>("tanh", 2, 2, 0);
  EXPECT_THROW(ResNet<double>(f, 0), DomainError);
  Network<double> negative = f;
  negative.horizon = -1;
  EXPECT_THROW(ResNet<double>(negative, 3), DomainError);
  Network<double> empty = f;
  empty.theta = {Matrix<double>(0, 1), Matrix<double>(0, 0), Matrix<double>(0, 2)};
  EXPECT_THROW(ResNet<double>(empty, 3), DomainError);
  EXPECT_THROW(ResNet<double>(f, 3).output(Matrix<double>(2, 0)), DomainError);
  EXPECT_THROW(ResNet<double>(f, 3).output(Matrix<double>::Zero(3, 1)), DomainError);
  EXPECT_THROW(ResNet<double>(f, 3).gradient(Matrix<double>::Zero(2, 2), Matrix<double>::Zero(1, 1)),
               DomainError);
  Network<double> huge = some_network<double>("cube", 2, 2, 0);
  huge.theta.W *= 1e100;
  EXPECT_THROW(ResNet<double>(huge, 30).output(Matrix<double>::Constant(2, 1, 1e60)), ode::BlowUp);
}

}  // namespace
}  // namespace gronwall::test
