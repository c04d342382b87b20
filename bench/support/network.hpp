#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <random>

#include <gronwall/activation/activation.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/model/network.hpp>
#include <gronwall/ode/integrator.hpp>

namespace gronwall::bench {

using linalg::Matrix;

constexpr int samples = 16;

/// Close to normal (twelve uniform numbers, less six), the same on every platform, in multiples of 2^-20, so
/// that every backend holds it exactly.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : engine_(seed) {}
  linalg::ExactMatrix normal(int rows, int cols) {
    linalg::ExactMatrix out(rows, cols);
    for (Eigen::Index i = 0; i < out.size(); ++i) {
      double sum = -6;
      for (int k = 0; k < 12; ++k) sum += std::ldexp(static_cast<double>(engine_() >> 44), -20);
      out.data()[i] = sum;
    }
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

/// The network all benchmarks run: width n, phi = tanh, all sigmas 1, T = 1, inputs of 8 dimensions on 16
/// samples, weights drawn once per width.
struct Setting {
  explicit Setting(int width) : n(width) {
    Draws draws(static_cast<std::uint64_t>(width));
    W = draws.normal(n, n);
    U = draws.normal(n, 8);
    v = draws.normal(n, 1);
    X = draws.normal(8, samples);
  }

  template <real::Real R>
  model::Network<R> network() const {
    model::Network<R> out;
    out.phi = activation::find("tanh");
    out.theta = {linalg::from_exact<R>(v), linalg::from_exact<R>(W), linalg::from_exact<R>(U)};
    return out;
  }
  template <real::Real R>
  Matrix<R> inputs() const {
    return linalg::from_exact<R>(X);
  }

  int n;
  linalg::ExactMatrix W, U, v, X;
};

/// h' = (sigma_w/sqrt n) W phi(h).
template <real::Real R>
ode::RightHandSide<R> right_hand_side(const model::Network<R>& network) {
  const R scale = network.hidden_scale();
  const auto weights = std::make_shared<Matrix<R>>(network.theta.W);
  for (Eigen::Index i = 0; i < weights->size(); ++i) weights->data()[i] *= scale;
  const auto phi_of_h = std::make_shared<Matrix<R>>();
  return [weights, phi_of_h, phi = network.phi](const Matrix<R>& h, Matrix<R>& dh, const R&) {
    phi.template in<R>().value(h, *phi_of_h);
    linalg::multiply_into<R>(dh, *weights, *phi_of_h);
  };
}

/// |a - b|_F / |b|_F in double, for references.
inline double relative_error(const linalg::ExactMatrix& a, const linalg::ExactMatrix& b) {
  return (a - b).norm() / b.norm();
}

}  // namespace gronwall::bench
