#pragma once

#include <string>
#include <vector>

#include <gronwall/model/network.hpp>

#include "verify/engine/any.hpp"

namespace gronwall::verify {

/// The activations that the paper names on the slide "Conclusion".
inline const std::vector<std::string> named_by_the_paper = {"tanh", "softplus", "gelu"};
/// Smooth activations with finite L1 and L2: what repaired bounds must hold for.
inline const std::vector<std::string> smooth_and_lipschitz = {
    "tanh", "softplus", "gelu", "identity", "sin", "cos", "silu", "sigmoid", "arctan", "gaussian", "erf"};

/// These; c + b x, for which bounds in L1 and phi(0) are attained, with L1 = 1 and 2; and sin 2x, with L1 =
/// 2, L2 = 4.
inline const std::vector<std::string> smooth_or_affine = [] {
  std::vector<std::string> names = smooth_and_lipschitz;
  names.insert(names.end(), {"polynomial:1,1", "polynomial:1,-2", "rescaled:sin,1,2,0,0"});
  return names;
}();

/// For claims that suppose that phi is 1-Lipschitz; a multiple of x and sin(2x)/2 (L2 = 2) make it count.
inline const std::vector<std::string> one_lipschitz_or_not = {
    "tanh",           "identity",       "sin",
    "arctan",         "softplus",       "gelu",
    "polynomial:1,1", "polynomial:0,2", "rescaled:sin,1/2,2,0,0"};

/// How large a drawn network may be. Entries of W are at most 2^4, so that an ODE with them is not stiff
/// beyond use; U and v may be as large as the generator likes.
struct NetworkSize {
  long width = 6;
  long inputs = 3;
  double sigma = 2;     ///< sigma_w in [0, sigma]
  double horizon = 2;   ///< T in [0, horizon]
  double weight = 16;   ///< largest entry of W
  double outer = 1024;  ///< largest entry of U and v
  double least =
      0;  ///< smallest sigma and T; above 0 where a claim says nothing of a network without dynamics
};

/// Any theta = (v, W, U) of width n and input dimension d; `name` is put before each input's name.
template <Real R>
model::Parameters<R> any_parameters(Any<R>& any, const std::string& name, long n, long d,
                                    const NetworkSize& size = {}) {
  model::Parameters<R> theta;
  theta.W = any.matrix(name + "W", n, n, size.weight);
  theta.U = any.matrix(name + "U", n, d, size.outer);
  theta.v = any.matrix(name + "v", n, 1, size.outer);
  return theta;
}

/// Any network with that activation, normalised as on the slide "Closed": sigma_v = sigma_u/sqrt(d) = 1,
/// sigma_w = sigma.
template <Real R>
model::Network<R> any_normalised_network(Any<R>& any, const activation::Activation& phi,
                                         const NetworkSize& size = {}) {
  using std::sqrt;
  const long n = any.integer("n", 1, size.width);
  const long d = any.integer("d", 1, size.inputs);
  model::Network<R> f{phi, any_parameters<R>(any, "", n, d, size)};
  f.sigma_w = any.number("sigma", size.least, size.sigma);
  f.sigma_u = sqrt(R(static_cast<int>(d)));
  f.horizon = any.number("T", size.least, size.horizon);
  return f;
}

/// Any network with that activation and any scales sigma_v, sigma_w, sigma_u.
template <Real R>
model::Network<R> any_network(Any<R>& any, const activation::Activation& phi, const NetworkSize& size = {}) {
  model::Network<R> f = any_normalised_network<R>(any, phi, size);
  f.sigma_v = any.number("sigma_v", size.least, size.sigma);
  f.sigma_u = any.number("sigma_u", size.least, size.sigma);
  return f;
}

/// A time in [0, T]: the fraction of T is the input, so that shrinking T keeps it legal.
template <Real R>
R any_time(Any<R>& any, const std::string& name, const R& horizon) {
  return R(any.number(name + "/T", 0, 1) * horizon);
}

/// An input x: d x 1.
template <Real R>
linalg::Matrix<R> any_input(Any<R>& any, const std::string& name, long d, double largest = 1024) {
  return any.matrix(name, d, 1, largest);
}

}  // namespace gronwall::verify
