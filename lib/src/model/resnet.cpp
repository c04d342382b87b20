#include <cmath>
#include <random>
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

/// The largest |phi''| over the entries of h: what an error of h is multiplied with in phi'(h). Over many
/// entries that is the largest there is, or nearly.
template <class R>
R largest_curvature(const activation::Functions<R>& phi, const Matrix<R>& h) {
  constexpr Eigen::Index many = 1024;
  if (h.size() > many && real::Backend<R>::finite(phi.derivative_lipschitz()))
    return phi.derivative_lipschitz();
  Matrix<R> curvature;
  phi.second_derivative(h, curvature);
  return largest<R>(curvature);
}

/// phi(h) and phi'(h).
template <class R>
void evaluate(const activation::Functions<R>& phi, const Matrix<R>& h, Matrix<R>& active, Matrix<R>& slope) {
  active.resize(h.rows(), h.cols());
  slope.resize(h.rows(), h.cols());
  phi.value_and_derivative(h.data(), active.data(), slope.data(), h.size());
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

/// An estimate of ||W|| from above: the Frobenius norm, which is that for a narrow network, and about
/// sqrt(n)/2 times too large for a wide one of random weights. There power iteration is better:
/// ||(W^T W)^k x|| >= ||W||^2k |<x, e>| for the top right singular vector e, and of four directions x drawn
/// at random one has |<x, e>| >= |x|/(10 sqrt n) but for a chance of 10^-4. With k = 8 that is off by (10
/// sqrt n)^(1/16) < 1.6.
template <class R>
R size_of_weights(const Matrix<R>& W) {
  constexpr Eigen::Index narrow = 64, directions = 4;
  constexpr int iterations = 8;
  const R frobenius = norm_of<R>(W);
  if (W.rows() <= narrow || frobenius == R(0)) return frobenius;
  std::mt19937_64 engine(1);
  Matrix<R> x(W.cols(), directions), y;
  for (Eigen::Index k = 0; k < x.size(); ++k)
    x.data()[k] = real::from_double<R>(std::ldexp(static_cast<double>(engine() >> 11), -52) - 1);
  using std::exp;
  using std::log;
  R top(0), logarithm[directions];
  for (Eigen::Index j = 0; j < directions; ++j) {
    logarithm[j] = R(0);
    const R start = norm_of<R>(x.col(j));
    for (Eigen::Index i = 0; i < x.rows(); ++i) x(i, j) /= start;
  }
  for (int k = 0; k < iterations; ++k) {
    linalg::multiply_into<R>(y, W, x);
    linalg::transpose_multiply_into<R>(x, W, y);
    for (Eigen::Index j = 0; j < directions; ++j) {
      const R size = norm_of<R>(x.col(j));
      if (!(size > 0) || !real::Backend<R>::finite(size)) return frobenius;
      logarithm[j] += log(size);
      for (Eigen::Index i = 0; i < x.rows(); ++i) x(i, j) /= size;
    }
  }
  for (const R& sum : logarithm) {
    const R size = exp(R(sum / R(2 * iterations)));
    if (top < size) top = size;
  }
  const R missed = exp(R(log(R(R(100) * R(static_cast<int>(W.rows())))) / R(4 * iterations)));
  top *= missed;
  return top < frobenius ? top : frobenius;
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
  if constexpr (real::Floating<R>) {
    entries_of_W_ = norm_of<R>(network_.theta.W);
    size_of_W_ = size_of_weights<R>(network_.theta.W);
  }
}

template <Real R>
std::vector<Approximation<R>> ResNet<R>::hidden(const Matrix<R>& X) const {
  network_.check_inputs(X);
  const activation::Functions<R>& phi = network_.phi.template in<R>();
  const R step = network_.horizon / R(static_cast<int>(depth_)) * network_.hidden_scale();
  const R rounding = layer_rounding<R>(network_.width());
  std::vector<Approximation<R>> h;
  h.reserve(static_cast<std::size_t>(depth_) + 1);
  Matrix<R> state = initial_state<R>(network_, X), active, slope, change;
  R error = layer_rounding<R>(network_.inputs()) * network_.input_scale() * norm_of<R>(network_.theta.U) *
            norm_of<R>(X);
  h.push_back({state, error});
  for (long l = 1; l <= depth_; ++l) {
    evaluate<R>(phi, state, active, slope);
    linalg::multiply_into<R>(change, network_.theta.W, active);
    using std::abs;
    error = error * (R(1) + abs(step) * size_of_W_ * largest<R>(slope)) +
            rounding * (norm_of<R>(state) / R(8) + abs(step) * entries_of_W_ * norm_of<R>(active));
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
    const R reach = abs(step) * size_of_W_ * norm_of<R>(adjoint);
    error = error * (R(1) + abs(step) * size_of_W_ * largest<R>(slope)) +
            reach * largest_curvature<R>(phi, below.value) * below.error +
            rounding * (norm_of<R>(adjoint) / R(8) +
                        abs(step) * entries_of_W_ * norm_of<R>(adjoint) * largest<R>(slope));
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
FactoredGradients<R> ResNet<R>::factored_gradients(const Matrix<R>& X,
                                                   const Matrix<R>& c) const requires real::Floating<R> {
  if (c.rows() != X.cols() || c.cols() != 1)
    throw DomainError(fmt::format("The weights of {} samples must be {} x 1.", X.cols(), X.cols()));
  std::vector<Approximation<R>> h = hidden(X);
  std::vector<Approximation<R>> lambda = backward(h, c);
  const activation::Functions<R>& phi = network_.phi.template in<R>();
  const R rounding = layer_rounding<R>(0);  // of one value of phi
  FactoredGradients<R> out;
  out.scale_v = network_.output_scale();
  out.scale_W = network_.horizon / R(static_cast<int>(depth_)) * network_.hidden_scale();
  out.scale_U = network_.input_scale();
  out.adjoint = lambda.front();
  Matrix<R> slope;
  const auto activate = [&](const Approximation<R>& state, Approximation<R>& active) {
    evaluate<R>(phi, state.value, active.value, slope);
    active.error = largest<R>(slope) * state.error + rounding * norm_of<R>(active.value);
  };
  activate(h.back(), out.active);
  const Eigen::Index n = network_.width(), N = X.cols();
  out.left.resize(n, N * depth_);
  out.right.resize(n, N * depth_);
  Approximation<R> active;
  for (long l = 1; l <= depth_; ++l) {
    // Layers are let go of as their columns are filled: wide networks on many samples are large.
    const Approximation<R> below = std::move(h[static_cast<std::size_t>(l - 1)]);
    const Approximation<R> here = std::move(lambda[static_cast<std::size_t>(l)]);
    activate(below, active);
    out.left.middleCols((l - 1) * N, N) = here.value;
    out.right.middleCols((l - 1) * N, N) = active.value;
    out.factor_error += here.error * norm_of<R>(active.value) + norm_of<R>(here.value) * active.error;
  }
  return out;
}

template <Real R>
Gradient<R> ResNet<R>::gradient(const Matrix<R>& X, const Matrix<R>& c) const {
  const FactoredGradients<R> factors = factored_gradients(X, c);
  const Eigen::Index N = X.cols();
  const R rounding = layer_rounding<R>(network_.width() + depth_ * static_cast<long>(N));
  using std::abs;
  Gradient<R> out;
  out.v.value = linalg::multiply<R>(factors.active.value, c);
  out.v.value *= factors.scale_v;
  out.v.error = abs(factors.scale_v) * norm_of<R>(c) *
                (factors.active.error + rounding * norm_of<R>(factors.active.value));

  out.U.value = linalg::multiply_transpose<R>(factors.adjoint.value, X);
  out.U.value *= factors.scale_U;
  out.U.error = abs(factors.scale_U) * norm_of<R>(X) *
                (factors.adjoint.error + rounding * norm_of<R>(factors.adjoint.value));

  // One product over all layers and samples: [lambda^1 ... lambda^L] [phi(h^0) ... phi(h^{L-1})]^T.
  R reach(0);
  for (long l = 0; l < depth_; ++l)
    reach += norm_of<R>(factors.left.middleCols(l * N, N)) * norm_of<R>(factors.right.middleCols(l * N, N));
  out.W.value = linalg::multiply_transpose<R>(factors.left, factors.right);
  out.W.value *= factors.scale_W;
  out.W.error = abs(factors.scale_W) * (factors.factor_error + rounding * reach);
  return out;
}

#define GRONWALL_INSTANTIATE(...) template class ResNet<__VA_ARGS__>;
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

// The others are in resnet_ball.cpp.
template ResNet<real::Ball>::ResNet(Network<real::Ball>, long);
template std::vector<Approximation<real::Ball>> ResNet<real::Ball>::adjoint(const Matrix<real::Ball>&) const;

}  // namespace gronwall::model
