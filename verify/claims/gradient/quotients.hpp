#pragma once

#include <vector>

#include <gronwall/model/neural_ode.hpp>

#include "verify/claims/growth/bounds.hpp"

/// Derivatives of the output from values of the output alone: central difference quotients with a proved
/// remainder. They rest on the forward solution, and on none of the formulas that they are compared with.
///
/// For g twice differentiable, (g(e) - g(-e))/(2e) is the mean of g' over [-e, e], and |g'(s) - g'(0)| <= |s|
/// M with M = sup |g''|. Hence
///
///     |(g(e) - g(-e))/(2e) - g'(0)| <= e M/2.
///
/// M from the sensitivities of the flow, by Grönwall's inequality. Notation of growth/bounds.hpp, s =
/// sigma_w/sqrt n, o = sigma_v/sqrt n, D = diag(phi'(h)). Let p be what is moved, xi = dh/dp, zeta =
/// d^2h/dp^2, l = a L1, and tau the time that is left.
///
///  - p = an entry of the state at t = T - tau: xi' = s W D xi with ||xi|| = 1 at the start, so that
///    ||xi_r|| <= e^{l r} and X = e^{l tau}; zeta' = s W D zeta + s W (phi''(h) xi^2) from 0, and ||xi^2|| <=
///    ||xi||^2, so that ||zeta|| <= a L2 int e^{l (tau - r)} e^{2 l r} dr <= tau a L2 e^{2 l tau}.
///  - p = U_ij: the same from xi_0 = (sigma_u/sqrt d) x_j e_i. With c = |sigma_u x_j|/sqrt d, X = c e^{l T}
///  and
///    ||zeta|| <= T a L2 c^2 e^{2 l T}.
///  - p = W_ik: xi' = s W D xi + s phi(h_k) e_i from 0, so that ||xi|| <= X = s Phi T e^{l T} with ||phi(h)||
///    <= Phi; zeta' = s W D zeta + s W (phi''(h) xi^2) + 2 s phi'(h_k) xi_k e_i, so that ||zeta|| <= T e^{l
///    T} (a L2 X^2 + 2 s L1 X). Along the segment ||W|| grows by e at most, and a with it.
///
/// f = o v^T phi(h_T): |f'| <= o ||v|| L1 X and |f''| <= o ||v|| (L1 ||zeta|| + L2 X^2).
///
/// For a ResNet the same bounds serve, with its products of 1 + kappa l <= e^{kappa l} for e^{l tau}.
namespace gronwall::verify {

using linalg::Approximation;

/// Bounds of |g'| and |g''| on the segment that a quotient crosses.
template <Real R>
struct Slopes {
  Quantity<R> first, second;
};

/// The step e, a power of two: half of the bits that there are.
template <Real R>
R quotient_step() {
  if constexpr (real::Enclosing<R>)
    return scaled(R(1), -real::working_bits() / 2);
  else
    return real::power<R>(real::ratio<R>(1, 2), real::Backend<R>::digits < 20 ? 20 : 64);
}

/// To what a derivative of at most that size is compared: 40 bits in balls and at 50 digits, 14 in double.
template <Real R>
R resolution(const Quantity<R>& size) {
  const bool coarse = real::Floating<R> && real::Backend<R>::digits < 20;
  const Quantity<R> out = size * Quantity<R>(real::power<R>(real::ratio<R>(1, 2), coarse ? 14 : 40));
  if constexpr (real::Enclosing<R>)
    return out.upper();
  else
    return out.value();
}

/// q with an error of `by` >= 0 more.
template <Real R>
Quantity<R> widened(const Quantity<R>& q, const Quantity<R>& by) {
  if constexpr (real::Enclosing<R>)
    return R(q, by);
  else
    return Quantity<R>(q.value(), R(q.error() + by.value() + by.error()));
}

/// An entry of a matrix that is known within an error.
template <Real R>
Quantity<R> entry(const Approximation<R>& a, long i, long j) {
  return Quantity<R>(a.value(i, j), a.error);
}

/// How floating point solves for a quotient; balls need no saying.
template <Real R>
model::NeuralOde<R> solver(const Network<R>& f) {
  if constexpr (real::Enclosing<R>) {
    return model::NeuralOde<R>(f);
  } else {
    const R tenth = real::ratio<R>(1, 10);
    return model::NeuralOde<R>(f,
                               {.method = {},
                                .tolerance = real::power<R>(tenth, real::Backend<R>::digits < 20 ? 14 : 40),
                                .steps = {},
                                .substeps = {}});
  }
}

/// f(x).
template <Real R>
Quantity<R> output(const Network<R>& f, const Matrix<R>& x) {
  return entry<R>(solver<R>(f).output(x), 0, 0);
}

/// What a derivative of f at x is compared to: its bound, and |f|, whose rounding a quotient divides by e.
template <Real R>
R resolution(const Network<R>& f, const Matrix<R>& x, const Slopes<R>& slopes) {
  return resolution<R>(slopes.first + abs(output<R>(f, x)));
}

/// g'(0) for g(s) = at(centre + s).
template <Real R, class At>
Quantity<R> quotient(const At& at, const R& centre, const Quantity<R>& second) {
  const R e = quotient_step<R>(), above(centre + e), below(centre - e);
  const Quantity<R> across = Quantity<R>(above) - Quantity<R>(below);
  return widened<R>((at(above) - at(below)) / across, Quantity<R>(e) * second / Quantity<R>(2));
}

/// For a sensitivity whose start has norm c, over the time tau.
template <Real R>
Slopes<R> slopes_from_start(const Network<R>& f, const Quantity<R>& c, const Quantity<R>& tau) {
  const Quantity<R> grown = exp(f.growth() * lipschitz<R>(f) * tau), X = c * grown;
  const Quantity<R> out =
      abs(Quantity<R>(f.sigma_v)) / root<R>(f.width()) * linalg::frobenius_norm<R>(f.theta.v);
  const Quantity<R> L1 = lipschitz<R>(f), L2 = derivative_lipschitz<R>(f);
  return {out * L1 * X, out * L2 * X * X * (Quantity<R>(1) + L1 * tau * f.growth())};
}

template <Real R>
Slopes<R> slopes_in_U(const Network<R>& f, const Matrix<R>& x, long j) {
  return slopes_from_start<R>(f, abs(Quantity<R>(f.sigma_u) * Quantity<R>(x(j, 0))) / root<R>(f.inputs()),
                              Quantity<R>(f.horizon));
}

template <Real R>
Slopes<R> slopes_in_W(const Network<R>& f, const Matrix<R>& x) {
  const Quantity<R> T(f.horizon), L1 = lipschitz<R>(f), L2 = derivative_lipschitz<R>(f);
  const Quantity<R> s = abs(Quantity<R>(f.sigma_w)) / root<R>(f.width());
  const Quantity<R> a = f.growth() + s * Quantity<R>(quotient_step<R>());
  const Quantity<R> grown = exp(a * L1 * T);
  const Quantity<R> active = grown * (L1 * initial_norm<R>(f, x) + norm_at_zero<R>(f));
  const Quantity<R> X = s * active * T * grown;
  const Quantity<R> zeta = T * grown * (a * L2 * X * X + Quantity<R>(2) * s * L1 * X);
  const Quantity<R> out =
      abs(Quantity<R>(f.sigma_v)) / root<R>(f.width()) * linalg::frobenius_norm<R>(f.theta.v);
  return {out * L1 * X, out * (L1 * zeta + L2 * X * X)};
}

/// df/dv_i = f(v + e_i) - f(v), since f is linear in v.
template <Real R>
Quantity<R> derivative_in_v(const Network<R>& f, const Matrix<R>& x, long i) {
  Network<R> moved = f;
  moved.theta.v(i, 0) += R(1);
  return output<R>(moved, x) - output<R>(f, x);
}

template <Real R>
Quantity<R> derivative_in_W(const Network<R>& f, const Matrix<R>& x, long i, long k) {
  const auto at = [&](const R& entry) {
    Network<R> moved = f;
    moved.theta.W(i, k) = entry;
    return output<R>(moved, x);
  };
  return quotient<R>(at, f.theta.W(i, k), slopes_in_W<R>(f, x).second);
}

template <Real R>
Quantity<R> derivative_in_U(const Network<R>& f, const Matrix<R>& x, long i, long j) {
  const auto at = [&](const R& entry) {
    Network<R> moved = f;
    moved.theta.U(i, j) = entry;
    return output<R>(moved, x);
  };
  return quotient<R>(at, f.theta.U(i, j), slopes_in_U<R>(f, x, j).second);
}

/// f of the network that starts at the state h, and runs for the time `left`: the same v, W and scales, U =
/// I.
template <Real R>
Network<R> restarted(const Network<R>& f, const R& left) {
  Network<R> g = f;
  g.theta.U = Matrix<R>::Identity(f.width(), f.width());
  using std::sqrt;
  g.sigma_u = sqrt(R(static_cast<int>(f.width())));
  g.horizon = left;
  return g;
}

}  // namespace gronwall::verify
