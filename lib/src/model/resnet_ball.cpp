#include <gronwall/linalg/certified.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/model/resnet.hpp>

#include "enclosure.hpp"

namespace gronwall::model {

namespace {

/// kappa sigma_w/sqrt n.
Ball step_of(const Network<Ball>& f, long depth) {
  return f.horizon / Ball(static_cast<int>(depth)) * f.hidden_scale();
}

/// ||W||: tight for small matrices, within a percent for the others.
Bound norm_of_W(const Network<Ball>& f) {
  constexpr long narrow = 32;
  if (f.width() <= narrow) return Bound(linalg::spectral_norm<Ball>(f.theta.W));
  const linalg::ExactMatrix rounded = linalg::to_double<Ball>(f.theta.W);
  const Matrix<Ball> rest = f.theta.W - linalg::from_exact<Ball>(rounded);
  return Bound(linalg::spectral_norm_bound(rounded)) + size_of(rest);
}

}  // namespace

/// With c the midpoint of the enclosure of h^{l-1} and e its error, h^l = c + s W phi(c) + (h^{l-1} - c) +
/// s W (phi(h^{l-1}) - phi(c)), and the last two terms are at most (1 + s ||W|| max |phi'|) e.
template <>
std::vector<Approximation<Ball>> ResNet<Ball>::hidden(const Matrix<Ball>& X) const {
  network_.check_inputs(X);
  const activation::Functions<Ball>& phi = network_.phi.in<Ball>();
  const Ball step = step_of(network_, depth_);
  const Bound pull = Bound(step) * norm_of_W(network_);
  std::vector<Approximation<Ball>> h;
  h.reserve(static_cast<std::size_t>(depth_) + 1);
  h.push_back(condensed(initial_state_with_error<Ball>(network_, X)));
  Matrix<Ball> at_centre, change;
  for (long l = 1; l <= depth_; ++l) {
    const Approximation<Ball>& below = h.back();
    phi.value(below.value, at_centre);
    linalg::multiply_into<Ball>(change, network_.theta.W, at_centre);
    Approximation<Ball> here{below.value, Ball(0)};
    for (Eigen::Index k = 0; k < change.size(); ++k) here.value.data()[k] += step * change.data()[k];
    const Bound grown = Bound(below.error) + pull * largest_slope(phi, below) * Bound(below.error);
    here.error = grown.ball();
    h.push_back(condensed(here));
  }
  return h;
}

template <>
Approximation<Ball> ResNet<Ball>::output(const Matrix<Ball>& X) const {
  return enclosed_output(network_, hidden(X).back());
}

/// As for the state; phi'(h) - phi'(c) meets W^T lambda and adds s max |phi''| max_i |(W^T lambda)_i| e.
template <>
std::vector<Approximation<Ball>> ResNet<Ball>::backward(const std::vector<Approximation<Ball>>& h,
                                                        const Matrix<Ball>& c) const {
  const activation::Functions<Ball>& phi = network_.phi.in<Ball>();
  const Ball step = step_of(network_, depth_);
  const Bound norm = norm_of_W(network_), s(step);
  std::vector<Approximation<Ball>> lambda(h.size());
  lambda.back() = condensed(enclosed_final_adjoint(network_, h.back(), c));
  Matrix<Ball> slope, pulled;
  for (std::size_t l = h.size() - 1; l >= 1; --l) {
    const Approximation<Ball>&above = lambda[l], &below = h[l - 1];
    phi.derivative(below.value, slope);
    linalg::transpose_multiply_into<Ball>(pulled, network_.theta.W, above.value);
    Approximation<Ball> here{above.value, Ball(0)};
    Bound largest_pull;
    for (Eigen::Index k = 0; k < pulled.size(); ++k) {
      here.value.data()[k] += step * (slope.data()[k] * pulled.data()[k]);
      largest_pull = max(largest_pull, Bound(pulled.data()[k]));
    }
    const Bound own = Bound(above.error) + s * norm * largest_slope(phi, below) * Bound(above.error);
    const Bound carried = below.error.is_zero()
                              ? Bound()
                              : s * largest_curvature(phi, below) * largest_pull * Bound(below.error);
    here.error = (own + carried).ball();
    lambda[l - 1] = condensed(here);
  }
  return lambda;
}

/// s sum_l lambda^l phi(h^{l-1})^T; the errors of a product of two are those of its factors times the other's
/// size.
template <>
Gradient<Ball> ResNet<Ball>::gradient(const Matrix<Ball>& X, const Matrix<Ball>& c) const {
  check_weights(X, c);
  const std::vector<Approximation<Ball>> h = hidden(X), lambda = backward(h, c);
  const activation::Functions<Ball>& phi = network_.phi.in<Ball>();
  const Eigen::Index n = network_.width(), N = X.cols();
  Matrix<Ball> left(n, N * depth_), right(n, N * depth_);
  Bound error;
  for (long l = 1; l <= depth_; ++l) {
    const Approximation<Ball>& here = lambda[static_cast<std::size_t>(l)];
    const Approximation<Ball> below = active(phi, h[static_cast<std::size_t>(l - 1)]);
    left.middleCols((l - 1) * N, N) = here.value;
    right.middleCols((l - 1) * N, N) = below.value;
    error += Bound(here.error) * size_of(below) + size_of(here.value) * Bound(below.error);
  }
  const Ball step = step_of(network_, depth_);
  Gradient<Ball> out{enclosed_gradient_v(network_, h.back(), c),
                     {linalg::multiply_transpose<Ball>(left, right), (Bound(step) * error).ball()},
                     enclosed_gradient_U(network_, lambda.front(), X)};
  out.W.value *= step;
  return out;
}

}  // namespace gronwall::model
