#pragma once

#include <memory>

#include <gronwall/activation/activation.hpp>

/// The dual of an activation phi (Daniely, Frostig and Singer, Toward deeper understanding of neural
/// networks, NIPS 2016): F(q, qbar, c) = E[phi(u) phi(ubar)] for centred Gaussian (u, ubar) with variances q,
/// qbar and covariance c. For some activations it is an elementary function, which needs neither series nor
/// quadrature, and for those with kinks is the only way that is exact.
namespace gronwall::gaussian {

using activation::Activation;
using real::Real;

/// F and dF/dc, which by Price's theorem is E[phi'(u) phi'(ubar)] (Price, IRE Trans. Inform. Theory 4
/// (1958)).
template <Real R>
struct Dual {
  R value, slope;
};

/// The dual of one activation in one precision. Immutable and safe to share between threads.
template <Real R>
class ClosedDual {
 public:
  virtual ~ClosedDual() = default;

  /// F and dF/dc. Variances may be 0: then c is. Where phi' jumps at 0 and a variance is 0, the slope is the
  /// expectation with phi'(0) from the right, in balls the hull of what it is with either side.
  ///
  /// In floating point |c| > sqrt(q qbar) counts as a rounding: c is taken as the nearest covariance that
  /// there is. The arguments being exact, the errors are at most
  ///   64 u (1 + q + qbar) sqrt(F(q,q,q) F(qbar,qbar,qbar))   for the value,
  ///   64 u (1 + q + qbar) sqrt(F'(q,q,q) F'(qbar,qbar,qbar)) for the slope,
  /// without the factor 1 + q + qbar but for sin and cos; near |c| = sqrt(q qbar) too, since q qbar - c^2 is
  /// computed to 2u of itself. Polynomials p of degree n: 16 (n+1) u times F and F' of the polynomial with
  /// the coefficients |p_k| at |c| instead. (q qbar must not underflow or overflow, nor may sums and products
  /// of a few.)
  ///
  /// In balls both enclose, and what of c lies beyond sqrt(q qbar) is left out. The radius is that of the
  /// arguments times the derivatives, within a small factor where they are narrow, and about
  /// 2^-working_bits() times the scales above where they are exact. The coefficients of a polynomial and the
  /// slope of leaky-relu are as sharp as the precision at which the dual was made.
  ///
  /// Throws DomainError unless q and qbar are finite and >= 0 and c is finite (in balls: `known`, and unless
  /// certainly not so), and, in balls, where certainly |c| > sqrt(q qbar).
  virtual Dual<R> at(const R& q, const R& qbar, const R& c) const = 0;
};

/// Polynomials, relu, leaky-relu, erf, gaussian, sin, cos, and whatever else a file of lib/src/gaussian/dual/
/// registers (see dual_registration.hpp); the formulas and their derivations are in those files. Null where
/// no closed form is known.
template <Real R>
std::unique_ptr<ClosedDual<R>> closed_dual(const Activation& phi);

}  // namespace gronwall::gaussian
