#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verify/checker/claims.hpp"
#include "verify/checker/ode.hpp"

/// The model, as claims draw it: h_0 = (sigma_u/sqrt d) U x, h' = (sigma_w/sqrt n) W phi(h), f =
/// (sigma_v/sqrt n) v^T phi(h_T), lambda_T = (sigma_v/sqrt n) phi'(h_T) * v and lambda' = -(sigma_w/sqrt n)
/// phi'(h) * W^T lambda. All matrix norms are spectral unless they say otherwise.
namespace gronwall::checker {

extern const std::vector<std::string> named_by_the_paper, all_activations;

struct Network {
  Activation phi = Activation::identity;
  long n = 0, d = 0;
  Matrix v, W, U;
  mpq_class sigma_v = 1, sigma_w = 1, horizon;
  /// None stands for sqrt d, the normalisation of the slide "Closed".
  std::optional<mpq_class> sigma_u;

  Interval root_n() const { return sqrt(Interval(n)); }
  /// sigma_u/sqrt d.
  Interval input_scale() const { return sigma_u ? Interval(*sigma_u) / sqrt(Interval(d)) : Interval(1); }
  /// a = sigma_w ||W||/sqrt n.
  Interval growth() const { return Interval(sigma_w) * spectral_norm(W) / root_n(); }
  Interval L1() const { return lipschitz(phi); }
  /// |phi(0)| sqrt n.
  Interval norm_at_zero() const { return abs(value(phi, 0)) * root_n(); }
};

// Inputs, in the order in which claims draw them.
Activation any_activation(Inputs& in, const std::vector<std::string>& among);
Network any_normalised_network(Inputs& in, Activation phi);
Network any_network(Inputs& in, Activation phi);
/// The network thetabar, equal to f but for what "differs".
Network any_other(Inputs& in, const Network& f);
mpq_class any_time(Inputs& in, const Network& f);

// Hypotheses: NotConfirmed where they are not met.
void suppose_one_lipschitz(Activation phi);
void suppose_zero_at_zero(Activation phi);

Vector initial_state(const Network& f, const Matrix& x);
Vector hidden(const Network& f, const Matrix& x, const mpq_class& t);
/// lambda_t = Y^T lambda_T, where Y' = (sigma_w/sqrt n) W diag(phi'(h)) Y from Y_t = I: (Y^T lambda)' = 0.
/// Nothing runs backwards.
Vector adjoint(const Network& f, const Matrix& x, const mpq_class& t);

/// df/dv (n entries), df/dU and df/dW (row by row).
struct Gradient {
  Vector v, W, U;
  /// ||df/dW||, spectral; the others have the norms of vectors.
  Interval spectral_W;
};
/// df/dv and df/dU from h_T and lambda_0. df/dW_ik = (sigma_v/sqrt n) v^T (phi'(h_T) * Z_T) without any
/// lambda, from Z' = (sigma_w/sqrt n) (W diag(phi'(h)) Z + phi(h_k) e_i), Z_0 = 0: forwards, one solution for
/// each entry of W.
Gradient gradient(const Network& f, const Matrix& x);

Interval norm(const Vector& x);
/// Of an n x n matrix that is known entry by entry, row by row: the spectral norm of its middle, give or take
/// the Frobenius norm of the rest.
Interval spectral_norm(const Vector& a, long n);
Interval inner_product(const Vector& a, const Vector& b);
Vector difference(const Vector& a, const Vector& b);

/// ||theta - thetabar||, with Frobenius norms.
Interval distance(const Network& f, const Network& bar);

/// The repaired (6): e^{m L1 t} [||h_0 - hbar_0|| + (sigma_w t/sqrt n) ||W - Wbar|| (L1 ||hbar_0|| + |phi(0)|
/// sqrt n)].
Interval state_difference_bound(const Network& f, const Network& bar, const Matrix& x, const mpq_class& t);
/// The repaired (5) at t = 0: a bound of ||lambda_t|| for all t.
Interval adjoint_bound(const Network& f);
Interval largest_entry(const Matrix& a);
/// max_j ||W e_j||.
Interval largest_column(const Matrix& W);

struct Sides {
  Interval lhs, rhs;
};
using Evaluate = std::function<Sides(Inputs&)>;

/// Makes a claim lhs <= rhs known, which is decided by the checker's own enclosures at growing precision.
void add_bound(std::map<std::string, Known>& claims, const std::string& id, const std::string& statement,
               const Evaluate& evaluate);
/// The same for lhs = rhs: broken where they differ by more than the tolerance of the certificate, for
/// certain.
void add_identity(std::map<std::string, Known>& claims, const std::string& id, const std::string& statement,
                  const Evaluate& evaluate);

}  // namespace gronwall::checker
