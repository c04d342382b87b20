#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gronwall/gaussian/hermite.hpp>
#include <gronwall/kernel/infinite.hpp>
#include <gronwall/kernel/inputs.hpp>

/// When kernels are singular, decided exactly.
namespace gronwall::kernel {

using gaussian::Polynomial;
using real::Ball;
using real::Rational;

/// A kernel at infinite width, or a part of one.
enum class Part {
  nngp,  ///< Sigma* = E[phi(u_T) phi(ubar_T)]
  v,     ///< K^v = sigma_v^2 Sigma*
  W,     ///< K^W
  U,     ///< K^U
  all    ///< K = K^v + K^W + K^U
};
/// "Sigma*", "K^v", "K^W", "K^U", "K".
std::string name(Part part);

/// Why a kernel matrix is singular.
struct Singularity {
  std::string reason;  ///< one sentence
  /// c != 0 with K c = 0, exactly; none where no such vector is known to be rational. Inputs that are
  /// `normalised` stand for x/|x| here too.
  std::optional<RationalVector> null_vector;
};

/// A proof that the kernel of infinite width is singular on these inputs, if one is known: for the Neural ODE
/// of horizon T (wherever it exists until then), and for the ResNet of every depth with the same T.
///
/// Let f(x; theta) be the network. K and its parts are limits (in probability, as n grows) of matrices of
/// inner products of the gradients of f in theta, in v, in W or in U. So if sum_i c_i f(x_i; theta) = 0 for
/// all theta (of every width), then sum_i c_i grad f(x_i) = 0 and K c = K^v c = K^W c = K^U c = 0; and Sigma*
/// c = 0, since K^v = sigma_v^2 Sigma* and Sigma* does not depend on sigma_v. This happens in the following
/// cases.
///
///  - Two inputs are equal: c = 1 at one and -1 at the other. (Assumption 1 excludes it.)
///  - sigma_u = 0 and there are two inputs: f does not see its input.
///  - phi is odd and two inputs are opposite: h_t(-x) = -h_t(x) and f(-x) = -f(x); c = 1 at both. With x = 0,
///    f(0) = 0: c = 1 there.
///  - phi(x) = a + b x: h_t(x) and f(x) are affine in x for every theta, and linear if a = 0; so sum_i c_i
///    x_i = 0 is enough if also sum_i c_i = 0 or a = 0. There is such a c if N > d + 1, or N > d and a = 0.
///    With b = 0, f is constant and sum_i c_i = 0 is enough.
///  - sigma_w T = 0 ("frozen": h_T = U x): sum_i c_i phi(<x_i, w>) = 0 for all w in R^d, see
///    `frozen_null_vector`. In particular phi even and two opposite inputs (c = 1 and -1). For sigma_w T > 0
///    the latter is no null vector: h_T(-x) = -U x + (what an even phi makes the same for both), and with phi
///    = cos, say, K is definite (`kernel_definite` proves it).
///
/// Besides, single parts vanish on a vector in these cases.
///
///  - phi(0) = 0 and an input is 0: h_t(0) = 0 for all t and theta, so c = 1 there for all parts: the
///    gradients in v and W are outer products with phi(h_t) = 0, the one in U with x = 0. For any phi the
///    latter holds for K^U.
///  - sigma_v = 0: K and all its parts are 0 (not Sigma*). sigma_w T = 0: K^W = 0. sigma_u = 0: K^U = 0.
///
/// Sigmas, s0 and T count as 0 only where their balls are exactly 0. None says nothing: the kernel may be
/// singular for another reason. Throws DomainError as `Inputs::check` does.
std::optional<Singularity> singular(const Limit<Ball>& limit, const Inputs& inputs, Part part = Part::all);

/// The inputs, or x/|x| where they are `normalised`; none where an |x| that is needed is irrational.
std::optional<std::vector<RationalVector>> exact_points(const Inputs& inputs);

/// phi = even part + odd part; either is given where it is a polynomial.
///
/// Polynomials have both, odd and even functions one (0). softplus, gelu and silu are x/2 plus an even
/// function: log(1 + e^x) - log(1 + e^{-x}) = x, and x F(x) - (-x) F(-x) = x (F(x) + F(-x)) = x for F = Phi
/// and for the logistic function F, both of which satisfy F(x) + F(-x) = 1; by the same identity the logistic
/// function is 1/2 plus an odd one. Of other activations nothing is known.
struct ParityParts {
  std::optional<Polynomial> even, odd;
};
ParityParts parity_parts(const activation::Activation& phi);

/// Some c != 0 with sum_i c_i phi(<x_i, w>) = 0 for all w in R^d, if one is found; exact.
///
/// For a polynomial phi this says P c = 0 with P_ij = E[phi(<x_i, w>) phi(<x_j, w>)], w standard Gaussian,
/// rational for rational points: a null vector is found if there is one (unless the matrix is too expensive:
/// more than 2000 = count times degree, or inputs off the unit sphere and a degree above 12).
///
/// Otherwise let the points contain pairs (x_k, -x_k). If phi has a polynomial odd part p, then with c_k at
/// x_k and -c_k at -x_k the sum is 2 sum_k c_k p(<x_k, w>), 0 for all w exactly when P c = 0 with P the
/// matrix above for p at the x_k. In the same way for a polynomial even part, with c_k at both. On the unit
/// sphere there is no other way: if infinitely many even a_n(q) are non-zero, c^T rho^{on} c -> sum over
/// lines of (c_x + c_{-x})^2 along even n, so c is antisymmetric on every pair and 0 elsewhere; and likewise
/// for odd ones.
std::optional<RationalVector> frozen_null_vector(const activation::Activation& phi,
                                                 const std::vector<RationalVector>& points);

}  // namespace gronwall::kernel
