#pragma once

#include <optional>

#include <gronwall/model/network.hpp>
#include <gronwall/ode/tableau.hpp>

namespace gronwall::model::detail {

/// How a discretised network steps: so many equal steps, or by the method's own estimate of the local error,
/// kept below atol + rtol (|h|_j + dt |h'|_j) in each column.
template <Real R>
struct Stepping {
  std::optional<long> steps;
  R rtol = R(0);
};

/// Of one run: h_T, lambda_0, and the number of products with W and with W^T.
template <Real R>
struct StageEnds {
  Matrix<R> last_state, first_adjoint;
  long forward = 0, backward = 0;
};

/// What one run knows of the gradients: in blocks of N columns, one for every stage of every step, the
/// adjoint kappa of its slope K = s W phi(Y) and phi(Y), s = sigma_w/sqrt n. The W-gradient is s sum kappa
/// phi(Y)^T.
template <Real R>
struct StageFactors {
  Matrix<R> left, right;
  StageEnds<R> ends;
};

/// The W-gradient itself.
struct StageSum {
  Matrix<double> W;
  StageEnds<double> ends;
};

/// sum_j c_j f(x_j) of the network whose hidden ODE is replaced by the steps of the method, from h_0 =
/// `start`, differentiated backwards through these steps. With y+ = y + h sum b_i K_i, K_i = s W phi(Y_i),
/// Y_i = y + h sum_j a_ij K_j, and mu_i, kappa_i, lambda the derivatives in Y_i, K_i and y,
///
///   kappa_i = h (b_i lambda+ + sum_{j>i} a_ji mu_j),  mu_i = s phi'(Y_i) * (W^T kappa_i),  lambda = lambda+
///   + sum mu_i
///
/// (Hairer, Lubich, Wanner, Geometric Numerical Integration, 2nd ed., §VI.4, has this as Bock's adjoint). So
/// each stage costs one product with W and one with W^T, and nothing of size n x n is kept or summed.
///
/// Throws DomainError for a tolerance where the method estimates no error, ode::BlowUp and ode::StepCollapse
/// as integrators do; StepCollapse, too, where the stages would fill more than some gigabytes.
template <real::Floating R>
StageFactors<R> differentiate_stages(const Network<R>& network, const ode::Tableau& method,
                                     const Stepping<R>& stepping, const Matrix<R>& start, const Matrix<R>& c);

/// The same, summed step by step, which needs less memory. Beyond double one product at the end costs less.
StageSum sum_stages(const Network<double>& network, const ode::Tableau& method,
                    const Stepping<double>& stepping, const Matrix<double>& start, const Matrix<double>& c);

}  // namespace gronwall::model::detail
