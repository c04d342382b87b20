#pragma once

#include <gronwall/kernel/tangent.hpp>

/// Kernels of infinite width. W is shared by all layers (all times), so each pair of layers has a covariance
/// of its own: there is no recursion over single layers.
namespace gronwall::kernel {

/// What is left of a random network (entries of v, W, U independent standard Gaussians) as n -> infinity.
template <Real R>
struct Limit {
  activation::Activation phi;
  R sigma_v = R(1), sigma_w = R(1);
  R input_scale = R(1);  ///< s0 = sigma_u^2/d
  R horizon = R(1);      ///< T

  /// Throws DomainError, naming the field, unless all is finite, s0 >= 0 and T >= 0.
  void check() const;
};

/// The limit kernel and what it was computed from.
template <Real R>
struct InfiniteKernel {
  TangentKernel<R> kernel;  ///< K_infinity and its parts
  Approximation<R>
      covariance;             ///< c_{T,T}: N x N, the covariance of h_T(x_i) and h_T(x_j) in each coordinate
  Approximation<R> nngp;      ///< Sigma* = E[phi(h_T(x_i)) phi(h_T(x_j))]
  long nodes = 0;             ///< time nodes (the depth, for a ResNet)
  unsigned coefficients = 0;  ///< Hermite coefficients per node; 0 where closed forms were used
};

/// How E[phi(u) phi(ubar)] is computed.
enum class Route {
  automatic,    ///< closed form where phi has kinks, else the series
  series,       ///< Hermite series
  closed_form,  ///< gaussian/dual.hpp; DomainError where there is none
};

/// The depth-L ResNet of infinite width.
template <Real R>
InfiniteKernel<R> infinite_resnet(const Limit<R>& limit, const Matrix<R>& gram, long depth,
                                  Route route = Route::automatic);

/// The Neural ODE of infinite width.
template <real::Floating R>
InfiniteKernel<R> infinite_ode(const Limit<R>& limit, const Matrix<R>& gram, Route route = Route::automatic);

}  // namespace gronwall::kernel
