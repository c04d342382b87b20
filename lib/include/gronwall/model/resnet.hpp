#pragma once

#include <vector>

#include <gronwall/model/factored_gradient.hpp>

namespace gronwall::model {

/// The depth-L ResNet of the slide "This Paper's Strategy", with kappa = T/L:
///   h^l = h^{l-1} + kappa (sigma_w/sqrt n) W phi(h^{l-1}),  f^L = (sigma_v/sqrt n) v^T phi(h^L).
/// It is the explicit Euler method on the Neural ODE. Backward pass, the exact derivative of the above:
///   lambda^{l-1} = lambda^l + kappa (sigma_w/sqrt n) diag(phi'(h^{l-1})) W^T lambda^l,
///   lambda^L = (sigma_v/sqrt n) phi'(h^L) * v,
///   df/dW = sum_{l=1}^L kappa (sigma_w/sqrt n) lambda^l phi(h^{l-1})^T.
///
/// The only error is rounding. Its estimate is a running first-order bound: each layer adds
/// u (|h| + (n + 8) kappa (sigma_w/sqrt n) ||W|| ||phi(h)||) (||W||_F up to n = 64, an estimate of the
/// spectral norm beyond), and errors already there grow by 1 + kappa a max |phi'| (the adjoint's likewise,
/// with the state's error entering through max |phi''|).
///
/// In balls the same recursions are proofs: each layer is evaluated at the midpoint of its enclosure, what is
/// lost there is measured, and max |phi'| is taken over the enclosure.
template <Real R>
class ResNet {
 public:
  /// Throws DomainError unless depth >= 1 and the network checks.
  ResNet(Network<R> network, long depth);

  const Network<R>& network() const { return network_; }
  long depth() const { return depth_; }
  /// ||W||_F, and an estimate of ||W|| from above, as the errors take them; 0 in balls.
  const R& weight_frobenius_norm() const { return entries_of_W_; }
  const R& weight_norm() const { return size_of_W_; }

  /// h^0, ..., h^L: n x N each. Throws ode::BlowUp where a layer leaves the range of numbers.
  std::vector<Approximation<R>> hidden(const Matrix<R>& X) const;
  /// f^L: N x 1.
  Approximation<R> output(const Matrix<R>& X) const;
  /// lambda^0, ..., lambda^L with column j = df(x_j)/dh^l: n x N each.
  std::vector<Approximation<R>> adjoint(const Matrix<R>& X) const;
  /// sum_j c_j grad f^L(x_j), c: N x 1.
  Gradient<R> gradient(const Matrix<R>& X, const Matrix<R>& c) const;
  /// The gradients of the samples apart, c_j grad f^L(x_j).
  FactoredGradients<R> factored_gradients(const Matrix<R>& X,
                                          const Matrix<R>& c) const requires real::Floating<R>;

 private:
  std::vector<Approximation<R>> backward(const std::vector<Approximation<R>>& h, const Matrix<R>& c) const;

  Network<R> network_;
  long depth_;
  R entries_of_W_ = R(0), size_of_W_ = R(0);  ///< the Frobenius norm, and an estimate of ||W|| from above
};

template <>
std::vector<Approximation<real::Ball>> ResNet<real::Ball>::hidden(const Matrix<real::Ball>& X) const;
template <>
Approximation<real::Ball> ResNet<real::Ball>::output(const Matrix<real::Ball>& X) const;
template <>
Gradient<real::Ball> ResNet<real::Ball>::gradient(const Matrix<real::Ball>& X,
                                                  const Matrix<real::Ball>& c) const;
template <>
std::vector<Approximation<real::Ball>> ResNet<real::Ball>::backward(
    const std::vector<Approximation<real::Ball>>& h, const Matrix<real::Ball>& c) const;

}  // namespace gronwall::model
