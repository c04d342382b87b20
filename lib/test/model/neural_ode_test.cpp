#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>
#include <gronwall/ode/integrator.hpp>

#include "model/networks.hpp"

namespace gronwall::test {
namespace {

using linalg::Matrix;
using model::Accuracy;
using model::Gradient;
using model::Network;
using model::NeuralOde;
using model::ResNet;
using R = real::Mpfr<50>;

R digits(unsigned k) { return real::power(real::ratio<R>(1, 10), k); }

/// <a, b> over all three parts.
R pairing(const Matrix<R>& v, const Matrix<R>& W, const Matrix<R>& U, const model::Parameters<R>& b) {
  R sum(0);
  for (Eigen::Index k = 0; k < v.size(); ++k) sum += v.data()[k] * b.v.data()[k];
  for (Eigen::Index k = 0; k < W.size(); ++k) sum += W.data()[k] * b.W.data()[k];
  for (Eigen::Index k = 0; k < U.size(); ++k) sum += U.data()[k] * b.U.data()[k];
  return sum;
}

Network<R> moved(Network<R> f, const model::Parameters<R>& direction, const R& h) {
  f.theta.v += h * direction.v;
  f.theta.W += h * direction.W;
  f.theta.U += h * direction.U;
  return f;
}

/// The derivative of sum_j c_j f(x_j) along a direction, by differences of accurate solutions.
R directional_difference(const Network<R>& f, const model::Parameters<R>& direction, const Matrix<R>& X,
                         const Matrix<R>& c) {
  const Accuracy<R> accuracy{
      .method = "bulirsch-stoer", .tolerance = digits(32), .steps = {}, .substeps = {}};
  return difference<R>(
      [&](const R& h) { return weighted_output<R>(NeuralOde<R>(moved(f, direction, h), accuracy), X, c); },
      digits(3));
}

class EveryIntegrator : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryIntegrator, testing::ValuesIn(ode::integrator_names()),
                         [](const auto& info) {
                           std::string name;
                           for (const char c : info.param) name += c == '-' ? '_' : c;
                           return name;
                         });

/// Weights w_k that cancel the powers h^p, ..., h^{p+K-2} of the error of a method of order p from runs with
/// 1, 2, ..., K substeps: sum_k w_k = 1 and sum_k w_k k^{-j} = 0. Solved by elimination; exact enough at 50
/// digits.
std::vector<R> extrapolation_weights(int order, int runs) {
  std::vector<std::vector<R>> rows;
  for (int row = 0; row < runs; ++row) {
    std::vector<R> line;
    for (int k = 1; k <= runs; ++k)
      line.push_back(row == 0 ? R(1)
                              : R(real::power(real::ratio<R>(1, k), static_cast<unsigned>(order + row - 1))));
    line.push_back(R(row == 0 ? 1 : 0));
    rows.push_back(line);
  }
  for (int col = 0; col < runs; ++col) {
    int best = col;
    for (int row = col; row < runs; ++row)
      if (abs(rows[row][col]) > abs(rows[best][col])) best = row;
    std::swap(rows[col], rows[best]);
    for (int row = 0; row < runs; ++row) {
      if (row == col) continue;
      const R factor = rows[row][col] / rows[col][col];
      for (int k = col; k <= runs; ++k) rows[row][k] -= factor * rows[col][k];
    }
  }
  std::vector<R> weights;
  for (int k = 0; k < runs; ++k) weights.push_back(R(rows[k][runs] / rows[k][k]));
  return weights;
}

/// The gradient by the adjoint agrees with differences of the output to 1e-20, whatever the integrator: the
/// errors of a fixed-step method have an expansion in the step, which extrapolation removes.
TEST_P(EveryIntegrator, GradientAgreesWithDifferencesTo20Digits) {
  const Network<R> f = some_network<R>("tanh", 2, 1, 3);
  const Matrix<R> X = some_inputs<R>(1, 2, 3), c = some_inputs<R>(2, 1, 8);
  Numbers numbers(21);
  const model::Parameters<R> direction{linalg::from_exact<R>(numbers.matrix(2, 1)),
                                       linalg::from_exact<R>(numbers.matrix(2, 2)),
                                       linalg::from_exact<R>(numbers.matrix(2, 1))};
  const R expected = directional_difference(f, direction, X, c);
  R computed(0);
  const int order = ode::integrator<R>(GetParam()).method().order;
  if (GetParam() == "bulirsch-stoer") {  // adapts its order: no expansion in the step
    const auto run =
        NeuralOde<R>(f, {.method = GetParam(), .tolerance = digits(24), .steps = {}, .substeps = {}})
            .gradient_run(X, c);
    computed = pairing(run.v, run.W, run.U, direction);
  } else {
    const int runs = order == 1 ? 13 : order == 2 ? 12 : 8;
    const std::vector<R> weights = extrapolation_weights(order, runs);
    for (int k = 1; k <= runs; ++k) {
      Accuracy<R> accuracy{.method = GetParam(), .tolerance = R(0), .steps = {}, .substeps = {}};
      accuracy.substeps = GetParam() == "adams-bashforth-moulton" ? 8 * k : k;
      const auto run = NeuralOde<R>(f, accuracy).gradient_run(X, c);
      computed += weights[static_cast<std::size_t>(k - 1)] * pairing(run.v, run.W, run.U, direction);
    }
  }
  EXPECT_LE(abs(R(computed - expected)), digits(20));
}

TEST_P(EveryIntegrator, SolvesTheSeparableNetworkOfWidthOne) {
  // sinh h_t = e^{s w t} sinh h_0, in every method, to what its tolerance says.
  const Network<double> f = some_network<double>("tanh", 1, 1, 4);
  const Matrix<double> x = Matrix<double>::Constant(1, 1, 1.0);
  const int order = ode::integrator<double>(GetParam()).method().order;
  const double tolerance = order == 1 ? 1e-4 : order == 2 ? 1e-6 : 1e-10;
  const NeuralOde<double> model(f,
                                {.method = GetParam(), .tolerance = tolerance, .steps = {}, .substeps = {}});
  const double h0 = f.sigma_u * f.theta.U(0, 0);
  for (const double t : {0.0, 0.25, 0.75}) {
    const linalg::Approximation<double> h = model.hidden(x, t);
    const double expected = std::asinh(std::exp(f.sigma_w * f.theta.W(0, 0) * t) * std::sinh(h0));
    EXPECT_NEAR(h.value(0, 0), expected, h.error + 4e-16) << "t = " << t;
    EXPECT_LE(h.error, 1e4 * tolerance) << "the estimate is tight";
  }
}

class SmoothActivation : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registry, SmoothActivation, testing::ValuesIn(activation::names()),
                         [](const auto& info) {
                           std::string name;
                           for (const char c : info.param)
                             name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           return name + "_" + std::to_string(info.index);
                         });

TEST_P(SmoothActivation, GradientIsTheLimitOfTheResNets) {
  const activation::Activation phi = activation::find(GetParam());
  if (!phi.smooth()) GTEST_SKIP() << "no limit is claimed across a kink";
  if (phi.degree().value_or(0) > 8) GTEST_SKIP() << "the state leaves every bound within the horizon";
  Network<R> f = some_network<R>(GetParam(), 2, 2, 6);
  f.horizon = real::ratio<R>(1, 4);  // polynomials of high degree blow up soon
  const Matrix<R> X = some_inputs<R>(2, 2, 6), c = some_inputs<R>(2, 1, 7);
  const Gradient<R> limit = NeuralOde<R>(f).gradient(X, c);
  // Romberg's scheme on depths 2, 4, ..., 2^9: errors in all powers of 1/L.
  std::vector<Gradient<R>> row;
  for (int level = 0; level < 9; ++level) {
    row.push_back(ResNet<R>(f, 2L << level).gradient(X, c));
    for (int k = static_cast<int>(row.size()) - 2; k >= 0; --k) {
      const R factor = real::power(R(2), static_cast<unsigned>(static_cast<int>(row.size()) - 1 - k)) - R(1);
      const auto improve = [&](Matrix<R>& coarse, const Matrix<R>& fine) {
        const Matrix<R> step = (fine - coarse) / factor;
        coarse = fine + step;
      };
      Gradient<R>& here = row[static_cast<std::size_t>(k)];
      const Gradient<R>& next = row[static_cast<std::size_t>(k) + 1];
      improve(here.v.value, next.v.value);
      improve(here.W.value, next.W.value);
      improve(here.U.value, next.U.value);
    }
  }
  const R tolerance = digits(9);
  EXPECT_LE(largest_entry<R>(Matrix<R>(row[0].v.value - limit.v.value)), tolerance);
  EXPECT_LE(largest_entry<R>(Matrix<R>(row[0].W.value - limit.W.value)), tolerance);
  EXPECT_LE(largest_entry<R>(Matrix<R>(row[0].U.value - limit.U.value)), tolerance);
}

TEST(NeuralOdeTest, LinearNetworkHasItsClosedForm) {
  // n = 1, phi(x) = x: f = c e^{s w T} with c = sigma_v v sigma_u u x; df/dw = s T f, df/dv = f/v, df/du =
  // f/u.
  const Network<R> f = some_network<R>("identity", 1, 1, 2);
  const Matrix<R> one = Matrix<R>::Constant(1, 1, R(1));
  const Gradient<R> g = NeuralOde<R>(f, {.method = "", .tolerance = digits(30), .steps = {}, .substeps = {}})
                            .gradient(one, one);
  const R w = f.theta.W(0, 0), v = f.theta.v(0, 0), u = f.theta.U(0, 0);
  const R out = f.sigma_v * v * f.sigma_u * u * exp(R(f.sigma_w * w * f.horizon));
  EXPECT_LE(abs(R(g.v.value(0, 0) - out / v)), g.v.error);
  EXPECT_LE(abs(R(g.U.value(0, 0) - out / u)), g.U.error);
  EXPECT_LE(abs(R(g.W.value(0, 0) - f.sigma_w * f.horizon * out)), g.W.error);
  EXPECT_LE(g.W.error, digits(25)) << "the estimate is tight";
}

TEST(NeuralOdeTest, AdjointIsTheDerivativeInTheState) {
  // lambda_t = df/dh_t: restart the ODE from h_t with U = that state and T - t to go.
  const Network<R> f = some_network<R>("gelu", 2, 2, 11);
  const Matrix<R> x = some_inputs<R>(2, 1, 11);
  const NeuralOde<R> model(f, {.method = "", .tolerance = digits(28), .steps = {}, .substeps = {}});
  const R t = f.horizon * real::ratio<R>(1, 3);
  const Matrix<R> h = model.hidden(x, t).value;
  const linalg::Approximation<R> lambda = model.adjoint(x, t);
  for (Eigen::Index i = 0; i < 2; ++i) {
    const R expected = difference<R>(
        [&](const R& step) {
          Network<R> rest{f.phi, {f.theta.v, f.theta.W, h}};
          rest.theta.U(i, 0) += step;
          rest.sigma_v = f.sigma_v;
          rest.sigma_w = f.sigma_w;
          rest.horizon = f.horizon - t;
          return R(NeuralOde<R>(rest, {.method = "", .tolerance = digits(32), .steps = {}, .substeps = {}})
                       .output(Matrix<R>::Constant(1, 1, R(1)))
                       .value(0, 0));
        },
        digits(3));
    EXPECT_LE(abs(R(lambda.value(i, 0) - expected)), digits(20));
  }
}

TEST(NeuralOdeTest, EstimateHoldsAgainstFiftyDigits) {
  int held = 0, asked = 0;
  for (unsigned seed = 0; seed < 30; ++seed) {
    const Network<double> f = some_network<double>("softplus", 3, 2, seed);
    const Matrix<double> X = some_inputs<double>(2, 2, seed);
    const linalg::Approximation<double> rough = NeuralOde<double>(f).hidden(X, f.horizon);
    const Matrix<R> fine =
        NeuralOde<R>(some_network<R>("softplus", 3, 2, seed), {"", digits(20), {}, {}})
            .hidden(linalg::from_exact<R>(X), R(some_network<R>("softplus", 3, 2, seed).horizon))
            .value;
    const double off = linalg::to_double<R>(Matrix<R>(linalg::from_exact<R>(rough.value) - fine)).norm();
    ++asked;
    if (off <= rough.error) ++held;
    EXPECT_LE(rough.error, 1e-7 * (1 + rough.value.norm())) << "the estimate is tight, seed " << seed;
  }
  EXPECT_EQ(held, asked);
}

TEST(NeuralOdeTest, WithoutTimeThereAreNoDynamics) {
  Network<double> f = some_network<double>("softplus", 3, 2, 1);
  f.horizon = 0;
  const Matrix<double> X = some_inputs<double>(2, 2, 1), c = Matrix<double>::Constant(2, 1, 1.0);
  const Gradient<double> g = NeuralOde<double>(f).gradient(X, c);
  EXPECT_TRUE(g.W.value.isZero(0));
  const Matrix<double> h0 = model::initial_state<double>(f, X);
  EXPECT_EQ(NeuralOde<double>(f).hidden(X, 0.0).value, h0);
  EXPECT_TRUE(g.v.value.isApprox(ResNet<double>(f, 3).gradient(X, c).v.value, 1e-14));
  EXPECT_TRUE(g.U.value.isApprox(ResNet<double>(f, 3).gradient(X, c).U.value, 1e-14));
}

TEST(NeuralOdeTest, BadInputIsRefusedByName) {
  const Network<double> f = some_network<double>("tanh", 2, 2, 0);
  EXPECT_THROW(
      NeuralOde<double>(f, {.method = "no-such-method", .tolerance = 0, .steps = {}, .substeps = {}}),
      UnknownName);
  EXPECT_THROW(NeuralOde<double>(f, {.method = "", .tolerance = 1e-30, .steps = {}, .substeps = {}}),
               PrecisionError);
  EXPECT_THROW(NeuralOde<double>(f, {.method = "", .tolerance = -1e-3, .steps = {}, .substeps = {}}),
               DomainError);
  EXPECT_THROW(NeuralOde<double>(f, {.method = "", .tolerance = 0, .steps = 0, .substeps = {}}), DomainError);
  EXPECT_THROW(NeuralOde<double>(f).hidden(Matrix<double>::Zero(2, 1), 2.0), DomainError);
  Network<double> negative = f;
  negative.horizon = -0.5;
  EXPECT_THROW(NeuralOde<double>{negative}, DomainError);
  // phi(x) = x^2 from h_0 = 1 with sigma_w W = 1 blows up at t = 1.
  Network<double> square{activation::find("square"),
                         {Matrix<double>::Constant(1, 1, 1.0), Matrix<double>::Constant(1, 1, 1.0),
                          Matrix<double>::Constant(1, 1, 1.0)}};
  square.horizon = 4;
  EXPECT_THROW(NeuralOde<double>(square).output(Matrix<double>::Constant(1, 1, 1.0)), Error);
}

}  // namespace
}  // namespace gronwall::test
