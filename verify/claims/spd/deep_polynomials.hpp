#pragma once

#include "verify/claims/spd/polynomials.hpp"

/// Kernels of infinite width for polynomial activations, exactly: polynomials in rho with rational
/// coefficients.
namespace gronwall::verify {

/// D_m(q) = E[p^(m)(sqrt(q) z)], z standard Gaussian: rational, since the moments of odd order vanish. So
/// E[p(u) p(ubar)] = sum_m D_m(q) D_m(qbar) c^m / m! (Price) for variances q, qbar and covariance c.
std::vector<real::Rational> mean_derivatives(const Polynomial& p, const real::Rational& q);

/// Scales of a kernel of infinite width, and its horizon.
struct ExactLimit {
  real::Rational input_scale = 1;  ///< s0 = sigma_u^2/d
  real::Rational sigma_w = 1, sigma_v = 1, horizon = 1;
};

/// K^L_infinity and its parts at unit vectors, as polynomials in rho; index = power.
struct DeepKernel {
  Polynomial v, W, U;
  Polynomial sum() const;
};
/// The ResNet of depth L by the recursion of CLAIMS §6 over the rationals, every c^{l,k} and b^{l,k} a
/// polynomial in rho. Exact.
DeepKernel exact_resnet(const Polynomial& p, const ExactLimit& limit, long depth);

/// The matrix with entries f(rho_ij).
RationalMatrix entrywise(const Polynomial& f, const RationalMatrix& rho);
/// The largest even and the largest odd power with a coefficient that is not 0; -1 where there is none.
LargestDegrees largest_powers(const Polynomial& f);

}  // namespace gronwall::verify
