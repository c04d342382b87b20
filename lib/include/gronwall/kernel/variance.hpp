#pragma once

#include <vector>

#include <gronwall/kernel/infinite.hpp>

/// The law of a single hidden coordinate at infinite width, enclosed: what lower bounds of kernels rest on.
namespace gronwall::kernel {

using real::Ball;

/// At infinite width the coordinates of h_t(x) are independent copies of one Gaussian process u_t with
///   u_t = sqrt(s_0) g + sigma_w int_0^t Z_s ds,   Cov(Z_t, Z_s) = E[phi(u_t) phi(u_s)],   s_0 = s0 |x|^2,
/// g standard Gaussian and independent of Z (CLAIMS §6: c_{t,s} = Cov(u_t, u_s)). A ResNet replaces the
/// integral by sums. What matters of it:
struct HiddenLaw {
  Ball variance;  ///< q_T = Var u_T; at least s_0

  /// b_m = <int_0^T phi(u_t) dt, h_m(g)> = int_0^T E[phi(u_t) h_m(g)] dt, m = 0, 1, ...: how much of the
  /// integral depends on the input alone.
  std::vector<Ball> projections;

  /// A bound of ||u_T - u~_T||_{L^2}, u~ being the discrete process that was computed; 0 for a ResNet.
  Ball distance;
  long nodes = 0;  ///< points at which E[phi phi] was evaluated
};

/// The law for the Neural ODE of infinite width, by `steps` steps of the explicit midpoint rule (in balls, on
/// the Gaussian process: it is a ResNet with two kinds of layers, whose covariances are finite sums), and a
/// proved bound of what separates it from the process itself.
///
/// Proof of the bound. Write psi_t = phi(u_t), an element of the Hilbert space L^2 of the randomness, and
/// psi~_j = phi(u~_j). Both processes are limits of the same network, run in two ways with the same
/// parameters, so they live on one probability space, and since Cov(Z_a, Z_b) = <psi_a, psi_b> for any two
/// times or nodes,
///   ||u_t - u~_j|| = sigma_w ||int_0^t psi - sum_i w_ji psi~_i||.
/// Let ||u_s|| <= Q on a step of length h and A = sup ||psi_s||. With derivatives in s, u' = sigma_w Z and
/// u'' = sigma_w Z', so ||u'|| <= sigma_w A and ||u''|| = sigma_w ||psi'|| (both follow from the covariance),
/// and
///   psi' = phi'(u) u',             ||psi'||  <= M1 = L sigma_w A,
///   psi'' = phi''(u) u'^2 + phi'(u) u'',  ||psi''|| <= M2 = sigma_w^2 (B A^2 + L^2 A).
/// L = sup |phi'| and B = sqrt(3) sup |phi''| where these are finite (u' is Gaussian: ||u'^2|| = sqrt(3)
/// ||u'||^2). For polynomials Hölder's inequality gives L = 3^{1/4} ||phi'(Q z)||_4 and B = 105^{1/4}
/// ||phi''(Q z)||_4 instead, with z a standard Gaussian and every coefficient made positive: Gaussians have
/// ||u'||_4 = 3^{1/4} ||u'||_2 and ||u'^2||_4 = 105^{1/4} ||u'||_2^2. In the same way ||phi(u) - phi(u~)|| <=
/// L ||u - u~|| if both deviations are at most Q. With D = ||u - u~|| / sigma_w, from the beginning of a step
/// (0) to its middle (1/2) and its end (1),
///   D_{1/2} <= D_0 + (h/2) L sigma_w D_0 + (h^2/8) M1,
///   D_1     <= D_0 + h L sigma_w D_{1/2} + (h^3/24) M2,
/// the errors of the left-point and the midpoint rule in a Hilbert space. Q is any number with ||u_0|| + h
/// sigma_w S(Q) < Q, S(Q) >= sup_{s <= Q} ||phi(s z)||: the deviation cannot reach Q within the step, by
/// continuity. So | sqrt(q_T) - sqrt(q~_T) | <= sigma_w D, |b_m - b~_m| <= D (a projection on a unit vector),
/// of second order in h; and q_T >= s_0.
///
/// `coefficients` is the number of Hermite coefficients per node; what Mehler's series leaves out is in the
/// balls. Costs about 2 steps^2 coefficients products.
///
/// Throws PrecisionError where Q is not found (steps that are too long, or a blow-up of the system: CLAIMS
/// §6), DomainError for activations with kinks and whatever `gaussian::expand<Ball>` refuses, and unless s0,
/// |x|^2 and T are >= 0, all of it finite, and steps >= 1.
HiddenLaw hidden_law_ode(const Limit<Ball>& limit, const Ball& square_norm, long steps,
                         unsigned coefficients = 64);

/// The law for the ResNet of depth L: u^{l+1} = u^l + (T/L) sigma_w Z^l. Nothing is left out but the tail of
/// Mehler's series; b_m = (T/L) sum_l E[phi(u^l) h_m(g)]. Throws as above.
HiddenLaw hidden_law_resnet(const Limit<Ball>& limit, const Ball& square_norm, long depth,
                            unsigned coefficients = 64);

/// a_0, ..., a_{count-1} with a_m = q^{-m/2} E[phi(sqrt(q) z) h_m(z)] = E[phi^(m)(sqrt(q) z)] / sqrt(m!) for
/// every q > 0 in the ball: the coefficients of E[phi(u) phi(ubar)] = sum_m a_m(q) a_m(qbar) c^m in the
/// covariance c.
///
/// From one expansion at the midpoint of the ball, however wide the ball: with A_m(q) = E[phi^(m)(sqrt(q) z)]
/// the heat equation says A_m' = A_{m+2}/2, so
///   A_m(q + delta) = sum_{j<J} (delta/2)^j / j! A_{m+2j}(q) + R,
///   |R| <= (|delta|/2)^J / J! sup |A_{m+2J}|,   |A_k(r)| <= sqrt(k!) r^{-k/2} sqrt(E[phi(sqrt(r) z)^2]),
/// the last by Cauchy and Schwarz, and R = 0 beyond the degree of a polynomial. Coefficients that vanish by
/// parity are exactly 0. Throws DomainError unless q > 0.
std::vector<Ball> covariance_coefficients(const activation::Activation& phi, const Ball& q, unsigned count);

}  // namespace gronwall::kernel
