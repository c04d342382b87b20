// The Neural ODE by Taylor series against the same by extrapolation, which shares no solver with it.
#include <algorithm>

#include <gtest/gtest.h>

#include <gronwall/model/neural_ode.hpp>
#include <gronwall/ode/integrator.hpp>

#include "model/networks.hpp"

namespace gronwall::test {
namespace {

using linalg::Approximation;
using linalg::Matrix;
using model::Accuracy;
using model::Network;
using model::NeuralOde;
using R = real::Mpfr<50>;

R digits(unsigned k) { return real::power(real::ratio<R>(1, 10), k); }

Accuracy<R> by(const std::string& method, unsigned k) {
  return {.method = method, .tolerance = digits(k), .steps = {}, .substeps = {}};
}

void expect_near(const Approximation<R>& taylor, const Matrix<R>& other, const char* what) {
  const R distance = linalg::frobenius_norm<R>(Matrix<R>(taylor.value - other)).value();
  const R size = linalg::frobenius_norm<R>(other).value();
  EXPECT_LE(distance, R(digits(22) * size)) << what;
  EXPECT_LE(distance, R(taylor.error + digits(23) * size)) << what << ": the estimate holds";
  EXPECT_LE(taylor.error, R(digits(25) * size)) << what << ": the estimate is tight";
}

TEST(TaylorNeuralOde, AgreesWithExtrapolationInEverything) {
  for (const char* name : {"tanh", "softplus", "gelu", "erf", "sin", "polynomial:1,0,-1/2"}) {
    SCOPED_TRACE(name);
    Network<R> f = some_network<R>(name, 3, 2, 5);
    f.horizon = real::ratio<R>(1, 2);
    const Matrix<R> X = some_inputs<R>(2, 2, 5), c = some_inputs<R>(2, 1, 6);
    const NeuralOde<R> taylor(f, by("taylor", 28)), other(f, by("bulirsch-stoer", 24));
    const std::vector<R> up{R(0), real::ratio<R>(1, 5), f.horizon},
        down{f.horizon, real::ratio<R>(1, 3), R(0)};
    const auto h = taylor.hidden(X, up), h_other = other.hidden(X, up);
    const auto lambda = taylor.adjoint(X, down), lambda_other = other.adjoint(X, down);
    for (std::size_t k = 0; k < 3; ++k) {
      expect_near(h[k], h_other[k].value, "h");
      expect_near(lambda[k], lambda_other[k].value, "lambda");
    }
    expect_near(taylor.output(X), other.output(X).value, "f");
    const auto gradient = taylor.gradient(X, c), gradient_other = other.gradient(X, c);
    expect_near(gradient.v, gradient_other.v.value, "v");
    expect_near(gradient.W, gradient_other.W.value, "W");
    expect_near(gradient.U, gradient_other.U.value, "U");
    const auto run = taylor.gradient_run(X, c);
    EXPECT_EQ(run.W, gradient.W.value);
    EXPECT_GT(run.forward_evaluations, 0);
    EXPECT_GT(run.backward_evaluations, 0);
    expect_near(taylor.output(X), run.output, "f of the gradient's run");
  }
}

TEST(TaylorNeuralOde, IsTheDefaultWhereItAppliesAndWins) {
  const Network<R> smooth = some_network<R>("tanh", 2, 2, 1), kink = some_network<R>("relu", 2, 2, 1);
  EXPECT_EQ(NeuralOde<R>(smooth).accuracy().method, "taylor");
  EXPECT_EQ(NeuralOde<R>(kink).accuracy().method, "bulirsch-stoer");
  EXPECT_EQ(NeuralOde<R>(smooth, {"", R(0), 8, {}}).accuracy().method, "bulirsch-stoer");
  EXPECT_EQ(NeuralOde<R>(smooth, {"", R(0), {}, 8}).accuracy().method, "bulirsch-stoer");
  EXPECT_EQ(NeuralOde<double>(some_network<double>("tanh", 2, 2, 1)).accuracy().method, "fehlberg-78");
  const auto names = model::method_names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(names.size(), ode::integrator_names().size() + 1);
  EXPECT_EQ(std::count(names.begin(), names.end(), "taylor"), 1);
}

TEST(TaylorNeuralOde, RefusesWhatItCannotDo) {
  EXPECT_THROW(NeuralOde<R>(some_network<R>("relu", 2, 2, 1), by("taylor", 20)), DomainError);
  const Network<R> f = some_network<R>("tanh", 2, 2, 1);
  EXPECT_THROW(NeuralOde<R>(f, {"taylor", R(0), 8, {}}), DomainError);
  EXPECT_THROW(NeuralOde<R>(f, {"taylor", R(0), {}, 8}), DomainError);
  EXPECT_THROW(NeuralOde<R>(f, by("taylor", 51)), PrecisionError);
}

}  // namespace
}  // namespace gronwall::test
