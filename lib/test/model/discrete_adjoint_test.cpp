// Gradients of discretised models: against differences of their outputs, against the ResNet, and against the
// Neural ODE to which they converge.
#include <gtest/gtest.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>
#include <gronwall/ode/tableau.hpp>

#include "model/networks.hpp"

namespace gronwall::test {
namespace {

using linalg::Matrix;
using model::Accuracy;
using model::Adjoint;
using model::GradientRun;
using model::Network;
using model::NeuralOde;
using Fine = real::Mpfr<50>;

template <class R>
Accuracy<R> in_steps(const std::string& method, long steps) {
  Accuracy<R> out;
  out.method = method;
  out.steps = steps;
  out.adjoint = Adjoint::discrete;
  return out;
}
template <class R>
Accuracy<R> to_tolerance(const std::string& method, const R& tolerance, Adjoint adjoint = Adjoint::discrete) {
  Accuracy<R> out;
  out.method = method;
  out.tolerance = tolerance;
  out.adjoint = adjoint;
  return out;
}

template <class R>
R distance(const Matrix<R>& a, const Matrix<R>& b) {
  return largest_entry<R>(Matrix<R>(a - b));
}

class EveryTableau : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryTableau, testing::ValuesIn(ode::tableau_names()),
                         [](const auto& info) {
                           std::string name;
                           for (const char c : info.param) name += c == '-' ? '_' : c;
                           return name;
                         });

// Three steps are far from the Neural ODE; the gradient is that of what is computed all the same.
TEST_P(EveryTableau, GradientIsTheDerivativeOfTheDiscreteOutput) {
  using R = Fine;
  const Network<R> f = some_network<R>("softplus", 3, 2, 31);
  const Matrix<R> X = some_inputs<R>(2, 2, 32), c = some_inputs<R>(2, 1, 33);
  const Accuracy<R> accuracy = in_steps<R>(GetParam(), 3);
  const GradientRun<R> run = NeuralOde<R>(f, accuracy).gradient_run(X, c);
  const auto output = [&](const Network<R>& g) {
    const Matrix<R> all = NeuralOde<R>(g, accuracy).gradient_run(X, c).output;
    return R(all(0, 0) * c(0, 0) + all(1, 0) * c(1, 0));
  };
  const auto expect_derivative = [&](const Matrix<R>& gradient, const auto& part) {
    for (Eigen::Index k = 0; k < gradient.size(); ++k) {
      const R expected = difference<R>(
          [&](const R& h) {
            Network<R> g = f;
            part(g).data()[k] += h;
            return output(g);
          },
          real::power(real::ratio<R>(1, 10), 3));
      EXPECT_LE(abs(R(gradient.data()[k] - expected)), real::power(real::ratio<R>(1, 10), 20)) << k;
    }
  };
  expect_derivative(run.v, [](Network<R>& g) -> Matrix<R>& { return g.theta.v; });
  expect_derivative(run.W, [](Network<R>& g) -> Matrix<R>& { return g.theta.W; });
  expect_derivative(run.U, [](Network<R>& g) -> Matrix<R>& { return g.theta.U; });
}

// With the order of the method. At 50 digits neither rounding nor the reference hides the eighth.
TEST_P(EveryTableau, ManyStepsAreTheNeuralOde) {
  using R = real::Mpfr<50>;
  const Network<R> f = some_network<R>("tanh", 5, 2, 34);
  const Matrix<R> X = some_inputs<R>(2, 3, 35), c = some_inputs<R>(3, 1, 36);
  const GradientRun<R> exact = NeuralOde<R>(f).gradient_run(X, c);
  const int order = ode::tableau(GetParam()).order;
  const auto error = [&](long steps) {
    const GradientRun<R> run = NeuralOde<R>(f, in_steps<R>(GetParam(), steps)).gradient_run(X, c);
    return real::to_double<R>(
        R(distance<R>(run.W, exact.W) + distance<R>(run.U, exact.U) + distance<R>(run.v, exact.v)));
  };
  const double coarse = error(32), fine = error(64);
  EXPECT_LE(fine, order == 1 ? 0.1 : order == 2 ? 2e-3 : 1e-6);
  EXPECT_GE(std::log2(coarse / fine), order - 0.2);
  EXPECT_LE(std::log2(coarse / fine), order + 0.6);
}

TEST(DiscreteAdjoint, EulersIsTheResNet) {
  const Network<double> f = some_network<double>("gelu", 20, 3, 37);
  const Matrix<double> X = some_inputs<double>(3, 4, 38), c = some_inputs<double>(4, 1, 39);
  const GradientRun<double> run = NeuralOde<double>(f, in_steps<double>("euler", 7)).gradient_run(X, c);
  const model::ResNet<double> resnet(f, 7);
  const model::Gradient<double> expected = resnet.gradient(X, c);
  EXPECT_LE(distance<double>(run.output, resnet.output(X).value), 1e-13);
  EXPECT_LE(distance<double>(run.v, expected.v.value), 1e-13);
  EXPECT_LE(distance<double>(run.W, expected.W.value), 1e-13);
  EXPECT_LE(distance<double>(run.U, expected.U.value), 1e-13);
  EXPECT_EQ(run.forward_evaluations, 7);
  EXPECT_EQ(run.backward_evaluations, 7);
}

// Widths as they occur, where OpenBLAS computes the products; steps chosen by the tolerance, with rejections.
TEST(DiscreteAdjoint, ToleranceGovernsTheError) {
  for (const Eigen::Index n : {6, 48}) {
    Network<double> f = some_network<double>("tanh", n, 3, 40);
    f.horizon = 3;
    const Matrix<double> X = some_inputs<double>(3, 16, 41), c = some_inputs<double>(16, 1, 42);
    const GradientRun<double> exact =
        NeuralOde<double>(f, to_tolerance<double>("fehlberg-78", 1e-12, Adjoint::continuous))
            .gradient_run(X, c);
    for (const char* method : {"cash-karp-54", "dormand-prince-5", "fehlberg-78"})
      for (const double tolerance : {1e-4, 1e-7, 1e-10}) {
        const GradientRun<double> run =
            NeuralOde<double>(f, to_tolerance<double>(method, tolerance)).gradient_run(X, c);
        const auto relative = [](const Matrix<double>& a, const Matrix<double>& b) {
          return (a - b).norm() / b.norm();
        };
        EXPECT_LE(relative(run.W, exact.W), 50 * tolerance) << method << ", " << tolerance << ", n = " << n;
        EXPECT_LE(relative(run.U, exact.U), 50 * tolerance) << method << ", " << tolerance;
        EXPECT_LE(relative(run.output, exact.output), 50 * tolerance) << method << ", " << tolerance;
      }
    EXPECT_LT(NeuralOde<double>(f, to_tolerance<double>("dormand-prince-5", 1e-4))
                  .gradient_run(X, c)
                  .forward_evaluations,
              NeuralOde<double>(f, to_tolerance<double>("dormand-prince-5", 1e-8))
                  .gradient_run(X, c)
                  .forward_evaluations);
  }
}

TEST(DiscreteAdjoint, ErrorsAreEstimatedFromTwoRuns) {
  const Network<double> f = some_network<double>("tanh", 4, 2, 43);
  const Matrix<double> X = some_inputs<double>(2, 2, 44), c = some_inputs<double>(2, 1, 45);
  const model::Gradient<double> discrete =
      NeuralOde<double>(f, to_tolerance<double>("", 1e-8)).gradient(X, c);
  const model::Gradient<double> continuous = NeuralOde<double>(f).gradient(X, c);
  EXPECT_GT(discrete.W.error, 0);
  EXPECT_LE((discrete.W.value - continuous.W.value).norm(), discrete.W.error + continuous.W.error);
  EXPECT_LE(discrete.W.error, 1e-4);
}

TEST(DiscreteAdjoint, FactorsAreThoseOfTheGradient) {
  const Network<double> f = some_network<double>("erf", 6, 2, 46);
  const Matrix<double> X = some_inputs<double>(2, 3, 47), c = some_inputs<double>(3, 1, 48);
  const NeuralOde<double> model(f, to_tolerance<double>("dormand-prince-5", 1e-6));
  const GradientRun<double> run = model.gradient_run(X, c);
  const model::FactoredGradients<double> factors = model.factored_gradients(X, c);
  EXPECT_EQ(factors.left.cols(), factors.right.cols());
  EXPECT_EQ(factors.left.cols(), 3 * factors.terms());
  EXPECT_LE(distance<double>(
                factors.scale_W * linalg::multiply_transpose<double>(factors.left, factors.right), run.W),
            1e-14);
}

TEST(DiscreteAdjoint, WithoutDynamics) {
  Network<double> f = some_network<double>("tanh", 3, 2, 49);
  const Matrix<double> X = some_inputs<double>(2, 2, 50), c = some_inputs<double>(2, 1, 51);
  f.horizon = 0;
  const GradientRun<double> still =
      NeuralOde<double>(f, to_tolerance<double>("fehlberg-78", 1e-8)).gradient_run(X, c);
  EXPECT_EQ(still.W, Matrix<double>(Matrix<double>::Zero(3, 3)));
  f.horizon = 1;
  f.theta.W.setZero();
  const GradientRun<double> idle =
      NeuralOde<double>(f, to_tolerance<double>("fehlberg-78", 1e-8)).gradient_run(X, c);
  EXPECT_LE(distance<double>(idle.U, still.U), 1e-15);
  EXPECT_EQ(idle.output, still.output);
}

TEST(DiscreteAdjoint, BlowUpAndCollapseAreSaid) {
  Network<double> f = some_network<double>("polynomial:0,0,1", 1, 1, 52);
  f.theta.W(0, 0) = 4;
  f.theta.U(0, 0) = 2;
  f.horizon = 10;
  const Matrix<double> one = Matrix<double>::Constant(1, 1, 1.0);
  EXPECT_THROW(NeuralOde<double>(f, to_tolerance<double>("dormand-prince-5", 1e-8)).gradient_run(one, one),
               ode::BlowUp);
  EXPECT_THROW(NeuralOde<double>(f, in_steps<double>("runge-kutta-4", 50)).gradient_run(one, one),
               ode::BlowUp);
}

TEST(DiscreteAdjoint, NeedsAMethodWithStages) {
  const Network<double> f = some_network<double>("tanh", 2, 1, 53);
  EXPECT_THROW(NeuralOde<double>(f, to_tolerance<double>("taylor", 1e-8)), UnknownName);
  EXPECT_THROW(NeuralOde<double>(f, to_tolerance<double>("bulirsch-stoer", 1e-8)), UnknownName);
  EXPECT_THROW(NeuralOde<double>(f, to_tolerance<double>("runge-kutta-4", 1e-8)), DomainError);
  Accuracy<double> accuracy = in_steps<double>("dormand-prince-5", 4);
  accuracy.steps.reset();
  accuracy.substeps = 4;
  EXPECT_THROW(NeuralOde<double>(f, accuracy), DomainError);
}

}  // namespace
}  // namespace gronwall::test
