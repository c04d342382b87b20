#pragma once

#include <gronwall/kernel/tangent.hpp>

/// Kernels of infinite width.
///
/// W is shared by all layers (all times), so each pair of layers has a covariance of its own, and the
/// textbook recursion over single layers, with independent weights, does not apply. Let (u_t, ubar_s) be the
/// centred Gaussian pair that one coordinate of h_t(x), h_s(xbar) becomes: variances c_{t,t}(x,x),
/// c_{s,s}(xbar,xbar), covariance c_{t,s}(x,xbar). With s0 = sigma_u^2/d,
///
///     c_{t,s} = s0 <x,xbar> + sigma_w^2 int_0^t int_0^s E[phi(u_t') phi(ubar_s')] dt' ds',
///     b_{t,s} = sigma_v^2 E[phi'(u_T) phi'(ubar_T)]
///               + sigma_w^2 int_t^T int_s^T E[phi'(u_t') phi'(ubar_s')] b_{t',s'} dt' ds',
///     K^v = sigma_v^2 E[phi(u_T) phi(ubar_T)],  K^U = s0 <x,xbar> b_{0,0},
///     K^W = sigma_w^2 int_0^T int_0^T E[phi(u_t) phi(ubar_s)] b_{t,s} dt ds.
///
/// Where it comes from: h_t = h_0 + (sigma_w/sqrt n) int W phi(h), and given the past the coordinates of
/// (sigma_w/sqrt n) W g(t) for several vectors g are Gaussian with covariance sigma_w^2 <g(t), g(s)>/n, which
/// tends to the integrand of c; lambda runs back through W^T in the same way, and (sigma_v/sqrt n) v makes it
/// start at b_{T,T}. That W and W^T may be taken for independent is the theorem of Yang (Tensor Programs II,
/// 2020); here it is checked against networks of finite width (lib/test/kernel/infinite_test.cpp).
/// The ResNet of depth L has sums (T/L) sum over layers for the integrals, states of layers 0, ..., L - 1 in
/// those of c, and b of the layer above in those of b and K^W.
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

/// The depth-L ResNet of infinite width, for inputs with the Gram matrix <x_i, x_j>, N x N, of any norms;
/// every backend. Work: two sums of Hermite series (M terms) for each pair of inputs that differs and each
/// pair of layers, 2 M L^2 a pair.
///
/// The error of a part is N e^{2 sigma_w L1 T} times what the expectations leave out (64 roundings and the
/// end of the series) times its largest entry: an estimate. In balls every entry encloses, with the rest of
/// each series as a radius, and the Gram matrix may be one of balls.
///
/// Throws DomainError for a limit that is none (Limit::check), a depth below 1, a Gram matrix that is none
/// and a route that the activation does not have; ode::BlowUp where the variance leaves the range of numbers;
/// PrecisionError where it exceeds 4096 and phi is neither a polynomial nor taken in closed form.
template <Real R>
InfiniteKernel<R> infinite_resnet(const Limit<R>& limit, const Matrix<R>& gram, long depth,
                                  Route route = Route::automatic);

/// The Neural ODE of infinite width, likewise, in floating point.
///
/// The system of c is of Goursat's type with smooth data; it is collocated at n + 1 Chebyshev points in t and
/// in s, where integrals are matrices, and solved by Picard's iteration (of Volterra's type: the k-th change
/// falls like 1/k!^2). First each input with itself, whose c_{t,t} gives the variances, then all pairs that
/// differ, then b, which is linear. n grows by about a half (7 to 121 nodes), each grid starting from the
/// one before, until no part of the kernel moves by more than 512 u of its largest entry, or until the
/// changes fall so fast that the next one would not. The error of a part is the last change (or the one that
/// is foreseen, times ten) and what infinite_resnet names. Activations with kinks have kernels that are not
/// smooth at t = s: there convergence is algebraic and 55 nodes are the most.
///
/// With fewer than 121 `most_nodes` (11 at least, DomainError) finer grids are left out, and the error says
/// so.
///
/// Throws as above; where no two grids in a row find a finite solution, ode::BlowUp if phi is not Lipschitz
/// (for polynomials of degree 2 and more the system has none beyond a finite horizon), else PrecisionError (a
/// horizon too long for one polynomial in time).
template <real::Floating R>
InfiniteKernel<R> infinite_ode(const Limit<R>& limit, const Matrix<R>& gram, Route route = Route::automatic,
                               long most_nodes = 121);

}  // namespace gronwall::kernel
