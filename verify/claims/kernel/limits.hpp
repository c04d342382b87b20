#pragma once

#include <string>

#include <gronwall/kernel/definite.hpp>

#include "verify/claims/spd/points.hpp"
#include "verify/engine/relations.hpp"

/// What the claims on kernels of infinite width share.
namespace gronwall::verify {

/// Any scales sigma_v, sigma_u in [1/8, 2], sigma_w in [1/8, 3/2] and any horizon in [1/8, `horizon`]: all
/// positive, as the claims suppose.
template <Real R>
kernel::Limit<R> any_limit(Any<R>& any, const activation::Activation& phi, long d, double horizon = 1) {
  kernel::Limit<R> limit;
  limit.phi = phi;
  limit.sigma_v = any.number("sigma_v", 0.125, 2);
  limit.sigma_w = any.number("sigma_w", 0.125, 1.5);
  const R sigma_u = any.number("sigma_u", 0.125, 2);
  limit.input_scale = sigma_u * sigma_u / R(static_cast<int>(d));
  limit.horizon = any.number("T", 0.125, horizon);
  return limit;
}

/// Is K_infinity of the Neural ODE, or its Sigma* (Part::nngp), positive definite at these points?
///
/// No, exactly, where a vector c with sum_i c_i f(x_i; theta) = 0 for all theta is known
/// (kernel/singular.hpp); what is compared with 0 is then c^T K_infinity c. Else, in balls, by a lower bound
/// of the smallest eigenvalue (kernel/definite.hpp); in double by the smallest eigenvalue of the matrix that
/// was computed. At 50 digits the statement abstains: that matrix takes minutes there.
template <Real R>
Judgement limit_definite(const kernel::Limit<R>& limit, const Points& x,
                         kernel::Part part = kernel::Part::all);

}  // namespace gronwall::verify
