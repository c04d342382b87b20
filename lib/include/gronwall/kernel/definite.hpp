#pragma once

#include <string>
#include <vector>

#include <gronwall/kernel/singular.hpp>
#include <gronwall/kernel/variance.hpp>

/// Certified statements on the smallest eigenvalue of the kernels of infinite width.
namespace gronwall::kernel {

using real::Truth;

/// An answer with its proof.
struct Definiteness {
  Truth definite = Truth::unknown;  ///< is the matrix positive definite?
  std::string reason;               ///< one sentence: how it is known, or why not
  Ball below;                       ///< 0 <= below <= lambda_min; exact
  Ball above;                       ///< lambda_min <= above; exact, not `known` where no bound was computed
  std::optional<RationalVector> null_vector;  ///< where singular and known
  long bits = 0;                              ///< working precision that decided, or was last tried
};

/// Is the kernel (or its part) positive definite, for the Neural ODE of infinite width and horizon T?
///
/// "no" comes from `singular`, "yes" from a positive `loewner_below`, with precision (real::escalation),
/// terms of the series and time steps raised until it is positive; never from rounded numbers. `above` comes
/// from a test vector and the enclosed matrix (`infinite_resnet<Ball>`): for ResNets whose (N depth)^2 is at
/// most 20000, and where sigma_w T = 0; none otherwise.
///
/// Unknown where neither succeeds: polynomials at many points, inputs that are closer than 1024 bits can
/// tell, activations with kinks (unless singular), horizons at which the system cannot be bounded. Inputs of
/// different norms get fewer attempts, since the radius of q_T then widens the matrix: three, or two beyond
/// eight norms. Throws DomainError for bad inputs (`Inputs::check`), a bad limit (`Limit::check`) or depth,
/// and what `gaussian::expand<Ball>` refuses.
Definiteness kernel_definite(const Limit<Ball>& limit, const Inputs& inputs, Part part = Part::all);
/// The same for the ResNet of infinite width and that depth.
Definiteness kernel_definite(const Limit<Ball>& limit, const Inputs& inputs, long depth,
                             Part part = Part::all);

/// Is Sigma*_ij = E[phi(u_i) phi(u_j)] positive definite, u centred Gaussian with covariance variance <x_i,
/// x_j>? With variance 1 and unit vectors the Sigma* of the slides. As above with T = 0;
/// a polynomial's null vector is found wherever there is one and the inputs are rational.
Definiteness sigma_star_definite(const activation::Activation& phi, const Rational& variance,
                                 const Inputs& inputs);

/// A matrix that lies below the kernel (or its part) in the Loewner order, from the laws of its inputs: one
/// law for all, if all have the same norm, or one for each. `gram` holds <x_i, x_j>. Sums over m < terms.
///
/// Proof. (1) C = (c_{T,T}(x_i, x_j)) = s0 G + sigma_w^2 M with M_ij = <I_i, I_j>, I_i = int phi(u_t(x_i))
/// dt. The projections of I_i on h_m(g_i), g_i the normalised U x_i, are b_m(i), and E[h_m(g_i) h_k(g_j)] =
/// delta_mk cos_ij^m. So M is the Gram matrix of P I_i = sum_m b_m(i) h_m(g_i) and of what is left, provided
/// that the two are uncorrelated across inputs: E[phi(u_t(x_i)) h_m(g_j)] = <phi(u_t(x_i)), h_m(g_i)>
/// cos_ij^m, because (u_t(x_i), g_j) is Gaussian with correlation Corr(u_t(x_i), g_i) cos_ij (g is
/// independent of Z). Hence M >= (b_m(i) b_m(j) cos_ij^m) summed over any set of m, and
///   C >= C' = s0 G + sigma_w^2 sum_m (b_m(i) b_m(j) cos_ij^m) >= 0.
/// (2) By Schur, A >= B >= 0 and A' >= B' >= 0 imply A o A' >= B o B' entry by entry, so powers of C lie
/// above those of C'. With a_m(i) = `covariance_coefficients` at q_T(x_i), Mehler's series gives
///   Sigma* = S(C),  E[phi'(u_T) phi'(ubar_T)] = S'(C),
///   S(C)_ij = sum_m a_m(i) a_m(j) C_ij^m,  S'(C)_ij = sum_m m a_m(i) a_m(j) C_ij^{m-1};
/// every term is positive semidefinite, so terms may be left out. (3) b_{t,s} = sigma_v^2 S'(C) + sigma_w^2
/// int int ... >= sigma_v^2 S'(C), as kernels of times and inputs: the integrand is a Schur product of
/// positive semidefinite kernels. So K^U = s0 G o b_{0,0} >= sigma_v^2 s0 G o S'(C), K^W = sigma_w^2 int int
/// E[phi phi] o b >= sigma_v^2 (C - s0 G) o S'(C), and together
///   K >= sigma_v^2 (S(C) + C o S'(C)) = sigma_v^2 sum_m (1 + m) a_m a_m C^{om}.
/// The same holds layer by layer for a ResNet.
///
/// With one law, numbers that are only known to lie in a ball (a_m^2, b_m^2, s0, sigma) are replaced by their
/// lower ends, which keeps the bound and lets the matrix be as sharp as the working precision, however wide
/// q_T is. With several they are balls, and so are the entries.
linalg::Matrix<Ball> loewner_below(const Limit<Ball>& limit, const linalg::Matrix<Ball>& gram,
                                   const std::vector<HiddenLaw>& laws, Part part, unsigned terms);

/// sum_m w_m max(0, 1 - (N - 1) r^m): a lower bound, rounded down, of the smallest eigenvalue of sum_m w_m
/// rho^{om} for w_m >= 0, unit diagonal and |rho_ij| <= r for i != j. By Schur each rho^{om} is positive
/// semidefinite, and by Gershgorin its eigenvalues are at least 1 - (N-1) r^m. Positive if r < 1 and
/// infinitely many w_m are: the explicit form of spd.theorem-11. Throws DomainError unless w_m >= 0, N >= 1
/// and 0 <= r <= 1.
Ball gershgorin_below(const std::vector<Ball>& weights, long count, const Ball& r);

}  // namespace gronwall::kernel
