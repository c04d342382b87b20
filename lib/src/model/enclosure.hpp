#pragma once

#include <gronwall/model/network.hpp>
#include <gronwall/real/ball.hpp>
#include <gronwall/real/bound.hpp>

/// What phi makes of an enclosure. The true state is h; `h.value` encloses some c with ||h - c||_F <=
/// h.error.
namespace gronwall::model {

using real::Ball;
using real::Bound;

/// max |phi'| over all states of the enclosure: no larger than L1, and than what the entries allow.
Bound largest_slope(const activation::Functions<Ball>& phi, const Approximation<Ball>& h);
/// max |phi''|, likewise.
Bound largest_curvature(const activation::Functions<Ball>& phi, const Approximation<Ball>& h);

/// phi(h): at the values, and max |phi'| times the error.
Approximation<Ball> active(const activation::Functions<Ball>& phi, const Approximation<Ball>& h);

/// lambda_T = (sigma_v/sqrt n) phi'(h) * v, column j times c_j; the state's error enters through max |phi''|.
Approximation<Ball> enclosed_final_adjoint(const Network<Ball>& network, const Approximation<Ball>& h,
                                           const Matrix<Ball>& c);
/// (sigma_v/sqrt n) v^T phi(h): N x 1.
Approximation<Ball> enclosed_output(const Network<Ball>& network, const Approximation<Ball>& h);
/// (sigma_v/sqrt n) phi(h) c: n x 1.
Approximation<Ball> enclosed_gradient_v(const Network<Ball>& network, const Approximation<Ball>& h,
                                        const Matrix<Ball>& c);
/// (sigma_u/sqrt d) lambda X^T: n x d.
Approximation<Ball> enclosed_gradient_U(const Network<Ball>& network, const Approximation<Ball>& lambda,
                                        const Matrix<Ball>& X);

/// Of the Frobenius norm of all that a lies in.
Bound size_of(const Matrix<Ball>& a);
Bound size_of(const Approximation<Ball>& a);
/// Midpoints, and the radii moved into the error.
Approximation<Ball> condensed(const Approximation<Ball>& a);

/// Throws DomainError unless c is N x 1.
void check_weights(const Matrix<Ball>& X, const Matrix<Ball>& c);

}  // namespace gronwall::model
