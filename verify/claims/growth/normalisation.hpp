#pragma once

#include <fmt/format.h>

#include "verify/claims/growth/gradient_bounds.hpp"
#include "verify/claims/kernel/entry.hpp"
#include "verify/engine/any.hpp"
#include "verify/engine/relations.hpp"
#include "verify/engine/terms.hpp"

/// "Without loss of generality": a network f, the network g that has one of its constants normalised and the
/// same output for every x, and what becomes of the tangent kernel. Where theta' = S theta with one factor
/// for each part, f(theta) = g(S theta) and the chain rule give d_p f = s_p d_p g, hence K_f = s_v^2 K_g^v +
/// s_W^2 K_g^W + s_U^2 K_g^U.
namespace gronwall::verify {

template <Real R>
struct Normalised {
  Network<R> f, g;
  Quantity<R> v, W, U;  ///< s_v^2, s_W^2, s_U^2
};

inline constexpr NetworkSize normal_size{
    .width = 4, .inputs = 2, .sigma = 2, .horizon = 1, .weight = 2, .outer = 4, .least = 0.125};

/// Any activation that can be rescaled: smooth, and no polynomial.
inline const std::vector<std::string> rescalable = {"tanh", "softplus", "gelu",   "sin",      "cos",
                                                    "silu", "sigmoid",  "arctan", "gaussian", "erf"};

/// v' = sigma_v v in place of sigma_v.
template <Real R>
Normalised<R> without_sigma_v(Any<R>& any) {
  const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), normal_size);
  Normalised<R> out{f, f, Quantity<R>(f.sigma_v) * Quantity<R>(f.sigma_v), Quantity<R>(1), Quantity<R>(1)};
  for (Eigen::Index i = 0; i < f.theta.v.size(); ++i) out.g.theta.v(i, 0) = f.sigma_v * f.theta.v(i, 0);
  out.g.sigma_v = R(1);
  return out;
}

/// U' = (sigma_u/sqrt d) U in place of sigma_u.
template <Real R>
Normalised<R> without_sigma_u(Any<R>& any) {
  using std::sqrt;
  const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), normal_size);
  const int d = static_cast<int>(f.inputs());
  Normalised<R> out{f, f, Quantity<R>(1), Quantity<R>(1),
                    Quantity<R>(f.sigma_u) * Quantity<R>(f.sigma_u) / Quantity<R>(d)};
  const R root_d = sqrt(R(d));
  for (Eigen::Index i = 0; i < f.theta.U.size(); ++i)
    out.g.theta.U.data()[i] = f.sigma_u * f.theta.U.data()[i] / root_d;
  out.g.sigma_u = root_d;
  return out;
}

/// phi/c in place of phi, with v' = c v and sigma_w' = c sigma_w: the Lipschitz constant L1/c. c = 2^k.
template <Real R>
Normalised<R> with_slope(Any<R>& any) {
  const std::string phi = any.one_of("phi", rescalable);
  const long k = any.integer("k", -2, 2);
  const R c = real::from_double<R>(std::ldexp(1.0, static_cast<int>(k)));
  const Network<R> f = any_network<R>(any, activation::find(phi), normal_size);
  Normalised<R> out{f, f, Quantity<R>(c) * Quantity<R>(c), Quantity<R>(1), Quantity<R>(1)};
  out.g.phi =
      activation::find(fmt::format("rescaled:{},{},1,0,0", phi, std::ldexp(1.0, -static_cast<int>(k))));
  for (Eigen::Index i = 0; i < f.theta.v.size(); ++i) out.g.theta.v(i, 0) = c * f.theta.v(i, 0);
  out.g.sigma_w = R(c * f.sigma_w);
  return out;
}

/// beta phi(x/beta) in place of phi, with U' = beta U, v' = v/beta and h' = beta h: L1 stays, L2 becomes
/// L2/beta. beta = 2^k.
template <Real R>
Normalised<R> with_curvature(Any<R>& any) {
  const std::string phi = any.one_of("phi", rescalable);
  const long k = any.integer("k", -2, 2);
  const double up = std::ldexp(1.0, static_cast<int>(k)), down = std::ldexp(1.0, -static_cast<int>(k));
  const R beta = real::from_double<R>(up);
  const Network<R> f = any_network<R>(any, activation::find(phi), normal_size);
  const Quantity<R> square = Quantity<R>(beta) * Quantity<R>(beta);
  Normalised<R> out{f, f, Quantity<R>(1) / square, Quantity<R>(1), square};
  out.g.phi = activation::find(fmt::format("rescaled:{},{},{},0,0", phi, up, down));
  for (Eigen::Index i = 0; i < f.theta.v.size(); ++i) out.g.theta.v(i, 0) = f.theta.v(i, 0) / beta;
  for (Eigen::Index i = 0; i < f.theta.U.size(); ++i) out.g.theta.U.data()[i] = beta * f.theta.U.data()[i];
  return out;
}

/// To 30 bits of `size`, what both sides are at most (or of 2^-60).
template <Real R>
Judgement same(const Quantity<R>& left, const Quantity<R>& right, const Quantity<R>& size) {
  const R half = real::ratio<R>(1, 2);
  const R most = R(size.value() + real::power<R>(half, 60));
  return equals<R>(left, right, R(most * real::power<R>(half, 30)));
}

/// The entry of a 1 x 1 matrix, with its error.
template <Real R>
Quantity<R> entry(const linalg::Approximation<R>& a) {
  return Quantity<R>(a.value(0, 0)) + Quantity<R>(R(0), a.error);
}

/// f(x) = g(x).
template <Real R>
Judgement same_output(Any<R>& any, const Normalised<R>& pair) {
  const Matrix<R> x = any_input<R>(any, "x", pair.f.inputs(), 4);
  const Quantity<R> size = Quantity<R>(pair.f.sigma_v) * output_size<R>(pair.f) *
                           activation_bound<R>(pair.f, initial_norm<R>(pair.f, x), pair.f.horizon);
  return same<R>(entry<R>(model::NeuralOde<R>(pair.f).output(x)),
                 entry<R>(model::NeuralOde<R>(pair.g).output(x)), size);
}

/// Two gradients of one network, and the parts of K(x, xbar); |K(x, xbar)| <= |grad f(x)| |grad f(xbar)|.
template <Real R>
struct KernelParts {
  Quantity<R> v, W, U, size;
};
template <Real R>
KernelParts<R> kernel_parts(const Network<R>& f, const Matrix<R>& x, const Matrix<R>& xbar) {
  const model::Gradient<R> a = gradient_of<R>(f, x), b = gradient_of<R>(f, xbar);
  return {inner_product<R>(a.v, b.v), inner_product<R>(a.W, b.W), inner_product<R>(a.U, b.U),
          whole_norm<R>(a) * whole_norm<R>(b)};
}

/// In a statement; 1 where the change leaves the part alone.
template <Real R>
Quantity<R> weight(std::string_view name, const std::optional<Quantity<R>>& square) {
  return square ? factor<R>(name, *square) : Quantity<R>(1);
}

/// K_f(x, xbar) = K_g(x, xbar), the parts of the latter weighted, or not.
template <Real R>
Judgement same_kernel(Any<R>& any, const Normalised<R>& pair, bool weighted) {
  const Matrix<R> x = any_input<R>(any, "x", pair.f.inputs(), 4),
                  xbar = any_input<R>(any, "xbar", pair.f.inputs(), 4);
  const KernelParts<R> f = kernel_parts<R>(pair.f, x, xbar), g = kernel_parts<R>(pair.g, x, xbar);
  const Quantity<R> right =
      weighted ? weight<R>("s_v^2", pair.v) * g.v + pair.W * g.W + weight<R>("s_U^2", pair.U) * g.U
               : g.v + g.W + g.U;
  return same<R>(f.v + f.W + f.U, right, max(f.size, g.size));
}

}  // namespace gronwall::verify
