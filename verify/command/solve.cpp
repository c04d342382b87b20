#include <fmt/format.h>

#include <gronwall/model/neural_ode.hpp>
#include <gronwall/model/resnet.hpp>
#include <gronwall/real/dispatch.hpp>
#include <gronwall/real/rational.hpp>

#include "verify/command/number.hpp"
#include "verify/engine/seed.hpp"
#include "verify/generators/shapes.hpp"

namespace gronwall::verify {

namespace {

constexpr long most = 4096;

/// Entries nearly Gaussian; the same in every backend.
template <real::Real R>
linalg::Matrix<R> random_matrix(std::uint64_t seed, const char* name, long rows, long cols) {
  Dice dice(rc::Random(derived_seed(seed, name, 0)));
  linalg::ExactMatrix a(rows, cols);
  for (Eigen::Index k = 0; k < a.size(); ++k) a.data()[k] = nearly_gaussian(dice, 10);
  return linalg::from_exact<R>(a);
}

template <real::Real R>
std::string with_error(const real::Quantity<R>& x) {
  return fmt::format("{} (error {:.1e})", text(x.value(), real::Backend<R>::digits),
                     real::to_double<R>(x.error()));
}

template <real::Real R>
void print(const char* what, const linalg::Approximation<R>& ode, const linalg::Approximation<R>& resnet) {
  fmt::print("  {}\n    Neural ODE  {}\n    ResNet      {}\n    difference  {}\n", what,
             with_error<R>(linalg::norm<R>(ode)), with_error<R>(linalg::norm<R>(resnet)),
             with_error<R>(linalg::norm<R>(ode - resnet)));
}

template <real::Real R>
void solve_in(const SolveOptions& o) {
  model::Network<R> network;
  network.phi = activation::find(o.activation);
  network.theta.W = random_matrix<R>(o.seed, "W", o.width, o.width);
  network.theta.U = random_matrix<R>(o.seed, "U", o.width, o.inputs);
  network.theta.v = random_matrix<R>(o.seed, "v", o.width, 1);
  network.horizon = real::from_rational<R>(number("--horizon", o.horizon));
  const linalg::Matrix<R> X = random_matrix<R>(o.seed, "X", o.inputs, o.samples);
  const linalg::Matrix<R> ones = linalg::Matrix<R>::Constant(o.samples, 1, R(1));

  model::Accuracy<R> accuracy;
  accuracy.method = o.method;
  if (o.tolerance) accuracy.tolerance = real::from_rational<R>(number("--tolerance", *o.tolerance));
  const model::NeuralOde<R> ode(network, accuracy);
  const model::ResNet<R> resnet(network, o.depth);
  const linalg::Approximation<R> f = ode.output(X), f_resnet = resnet.output(X);
  const model::Gradient<R> gradient = ode.gradient(X, ones), gradient_resnet = resnet.gradient(X, ones);

  fmt::print("{}, n = {}, d = {}, N = {}, L = {}, T = {}, in {}\n\n", network.phi.name(), o.width, o.inputs,
             o.samples, o.depth, o.horizon, real::Backend<R>::name);
  constexpr int digits = real::Backend<R>::digits;
  for (Eigen::Index j = 0; j < f.rows(); ++j)
    fmt::print("  f(x_{})\n    Neural ODE  {}\n    ResNet      {}\n", j + 1, text(f.value(j, 0), digits),
               text(f_resnet.value(j, 0), digits));
  print<R>("norm of f", f, f_resnet);
  fmt::print("\n  Gradients of the sum of f over the samples, Frobenius norms\n");
  print<R>("v", gradient.v, gradient_resnet.v);
  print<R>("W", gradient.W, gradient_resnet.W);
  print<R>("U", gradient.U, gradient_resnet.U);
}

}  // namespace

int solve(const SolveOptions& options) {
  require("--width", options.width, most);
  require("--inputs", options.inputs, most);
  require("--samples", options.samples, most);
  if (options.depth < 1) throw UsageError(fmt::format("--depth must be at least 1, not {}", options.depth));
  if (number("--horizon", options.horizon) < 0)
    throw UsageError(fmt::format("--horizon must not be negative, but is {}", options.horizon));
  if (options.tolerance && number("--tolerance", *options.tolerance) <= 0)
    throw UsageError(fmt::format("--tolerance must be positive, but is {}", *options.tolerance));
  try {
    real::with_backend(options.backend, [&options]<real::Real R>() {
      if constexpr (real::Floating<R>)
        solve_in<R>(options);
      else
        throw UsageError("--backend: solve shows numbers of a fixed precision, double or mpfr");
    });
  } catch (const Error& error) {
    // Whatever the library refuses, it refuses because of what was asked for.
    throw UsageError(error.what());
  }
  return as_expected;
}

}  // namespace gronwall::verify
