#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/model/resnet.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/backends.hpp>

namespace gronwall::model {

namespace {

template <class R>
R norm_of(const Matrix<R>& a) {
  return linalg::frobenius_norm<R>(a).value();
}

template <class R>
R largest(const Matrix<R>& a) {
  using std::abs;
  R top(0);
  for (Eigen::Index k = 0; k < a.size(); ++k) {
    const R size = abs(a.data()[k]);
    if (size > top) top = size;
  }
  return top;
}

/// The largest |phi''| over the entries of h: what an error of h is multiplied with in phi'(h).
template <class R>
R largest_curvature(const activation::Functions<R>& phi, const Matrix<R>& h) {
  using std::abs;
  R top(0);
  for (Eigen::Index k = 0; k < h.size(); ++k) {
    const R size = abs(phi.second_derivative(h.data()[k]));
    if (size > top) top = size;
  }
  return top;
}

template <class R>
void multiply_entries(Matrix<R>& a, const Matrix<R>& b) {
  for (Eigen::Index k = 0; k < a.size(); ++k) a.data()[k] *= b.data()[k];
}

/// y += s x
template <class R>
void add_scaled(Matrix<R>& y, const R& s, const Matrix<R>& x) {
  for (Eigen::Index k = 0; k < y.size(); ++k) y.data()[k] += s * x.data()[k];
}

/// Relative rounding of one inner product of length n and the few operations around it.
template <class R>
R layer_rounding(long n) {
  return real::Backend<R>::unit_roundoff() * R(static_cast<int>(n + 8));
}

}  // namespace

template <Real R>
ResNet<R>::ResNet(Network<R> network, long depth) : network_(std::move(network)), depth_(depth) {
  network_.check();
  if (depth < 1) throw DomainError(fmt::format("The depth L must be at least 1, not {}.", depth));
}

template <Real R>
std::vector<Approximation<R>> ResNet<R>::hidden(const Matrix<R>& X) const {
  network_.check_inputs(X);
  const activation::Functions<R>& phi = network_.phi.template in<R>();
  const R step = network_.horizon / R(static_cast<int>(depth_)) * network_.hidden_scale();
  const R size_of_W = norm_of<R>(network_.theta.W);
  const R rounding = layer_rounding<R>(network_.width());
  std::vector<Approximation<R>> h;
  h.reserve(static_cast<std::size_t>(depth_) + 1);
  Matrix<R> state = initial_state<R>(network_, X), active, slope, change;
  R error = layer_rounding<R>(network_.inputs()) * network_.input_scale() * norm_of<R>(network_.theta.U) *
            norm_of<R>(X);
  h.push_back({state, error});
  for (long l = 1; l <= depth_; ++l) {
    phi.value(state, active);
    phi.derivative(state, slope);
    linalg::multiply_into<R>(change, network_.theta.W, active);
    using std::abs;
    error = error * (R(1) + abs(step) * size_of_W * largest<R>(slope)) +
            rounding * (norm_of<R>(state) / R(8) + abs(step) * size_of_W * norm_of<R>(active));
    add_scaled<R>(state, step, change);
    if (!linalg::all_finite<R>(state))
      throw ode::BlowUp(fmt::format("The ResNet leaves the range of {} numbers in layer {} of {}.",
                                    real::Backend<R>::name, l, depth_));
    h.push_back({state, error});
  }
  return h;
}

template <Real R>
Approximation<R> ResNet<R>::output(const Matrix<R>& X) const {
  const Approximation<R> last = hidden(X).back();
  const R slope = [&] {
    Matrix<R> d;
    network_.phi.template in<R>().derivative(last.value, d);
    return largest<R>(d);
  }();
  Matrix<R> active;
  network_.phi.template in<R>().value(last.value, active);
  using std::abs;
  const R size = abs(network_.output_scale()) * norm_of<R>(network_.theta.v);
  return {read_out<R>(network_, last.value),
          R(size * (slope * last.error + layer_rounding<R>(network_.width()) * norm_of<R>(active)))};
}

template <Real R>
std::vector<Approximation<R>> ResNet<R>::backward(const std::vector<Approximation<R>>& h,
                                                  const Matrix<R>& c) const {
  const activation::Functions<R>& phi = network_.phi.template in<R>();
  const R step = network_.horizon / R(static_cast<int>(depth_)) * network_.hidden_scale();
  const R size_of_W = norm_of<R>(network_.theta.W);
  const R rounding = layer_rounding<R>(network_.width());
  std::vector<Approximation<R>> lambda(h.size());
  Matrix<R> adjoint = final_adjoint<R>(network_, h.back().value, c), slope, change;
  using std::abs;
  R error = rounding * norm_of<R>(adjoint) + abs(network_.output_scale()) * largest<R>(network_.theta.v) *
                                                 largest<R>(c) * largest_curvature<R>(phi, h.back().value) *
                                                 h.back().error;
  lambda.back() = {adjoint, error};
  for (long l = depth_; l >= 1; --l) {
    const Approximation<R>& below = h[static_cast<std::size_t>(l - 1)];
    phi.derivative(below.value, slope);
    linalg::transpose_multiply_into<R>(change, network_.theta.W, adjoint);
    const R reach = abs(step) * size_of_W * norm_of<R>(adjoint);
    error = error * (R(1) + abs(step) * size_of_W * largest<R>(slope)) +
            reach * largest_curvature<R>(phi, below.value) * below.error +
            rounding * (norm_of<R>(adjoint) / R(8) + reach * largest<R>(slope));
    multiply_entries<R>(change, slope);
    add_scaled<R>(adjoint, step, change);
    if (!linalg::all_finite<R>(adjoint))
      throw ode::BlowUp(
          fmt::format("The backward pass of the ResNet leaves the range of {} numbers in layer {}.",
                      real::Backend<R>::name, l));
    lambda[static_cast<std::size_t>(l - 1)] = {adjoint, error};
  }
  return lambda;
}

template <Real R>
std::vector<Approximation<R>> ResNet<R>::adjoint(const Matrix<R>& X) const {
  return backward(hidden(X), Matrix<R>::Constant(X.cols(), 1, R(1)));
}

template <Real R>
Gradient<R> ResNet<R>::gradient(const Matrix<R>& X, const Matrix<R>& c) const {
  if (c.rows() != X.cols() || c.cols() != 1)
    throw DomainError(fmt::format("The weights of {} samples must be {} x 1.", X.cols(), X.cols()));
  const std::vector<Approximation<R>> h = hidden(X);
  const std::vector<Approximation<R>> lambda = backward(h, c);
  const activation::Functions<R>& phi = network_.phi.template in<R>();
  const R rounding = layer_rounding<R>(network_.width() + depth_ * static_cast<long>(X.cols()));
  using std::abs;
  Gradient<R> out;
  Matrix<R> active, slope;

  const Approximation<R>& top = h.back();
  phi.value(top.value, active);
  phi.derivative(top.value, slope);
  const R scale_v = network_.output_scale();
  out.v.value = linalg::multiply<R>(active, c);
  out.v.value *= scale_v;
  out.v.error =
      abs(scale_v) * norm_of<R>(c) * (largest<R>(slope) * top.error + rounding * norm_of<R>(active));

  const R scale_U = network_.input_scale();
  out.U.value = linalg::multiply_transpose<R>(lambda.front().value, X);
  out.U.value *= scale_U;
  out.U.error =
      abs(scale_U) * norm_of<R>(X) * (lambda.front().error + rounding * norm_of<R>(lambda.front().value));

  // One product over all layers and samples: [lambda^1 ... lambda^L] [phi(h^0) ... phi(h^{L-1})]^T.
  const Eigen::Index n = network_.width(), N = X.cols();
  Matrix<R> left(n, N * depth_), right(n, N * depth_);
  R error(0);
  for (long l = 1; l <= depth_; ++l) {
    const Approximation<R>& below = h[static_cast<std::size_t>(l - 1)];
    const Approximation<R>& here = lambda[static_cast<std::size_t>(l)];
    phi.value(below.value, active);
    phi.derivative(below.value, slope);
    left.middleCols((l - 1) * N, N) = here.value;
    right.middleCols((l - 1) * N, N) = active;
    const R size = norm_of<R>(active), reach = norm_of<R>(here.value);
    error += here.error * size + reach * largest<R>(slope) * below.error + rounding * reach * size;
  }
  const R step = network_.horizon / R(static_cast<int>(depth_)) * network_.hidden_scale();
  out.W.value = linalg::multiply_transpose<R>(left, right);
  out.W.value *= step;
  out.W.error = abs(step) * error;
  return out;
}

#define GRONWALL_INSTANTIATE(...) template class ResNet<__VA_ARGS__>;
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

// The others are in resnet_ball.cpp.
template ResNet<real::Ball>::ResNet(Network<real::Ball>, long);
template std::vector<Approximation<real::Ball>> ResNet<real::Ball>::adjoint(const Matrix<real::Ball>&) const;

}  // namespace gronwall::model
