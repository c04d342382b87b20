#include "enclosure.hpp"

#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::model {

namespace {

Ball moved(const Ball& entry, const Ball& error) { return Ball(entry, error); }

}  // namespace

Bound largest_slope(const activation::Functions<Ball>& phi, const Approximation<Ball>& h) {
  Bound top;
  for (Eigen::Index k = 0; k < h.value.size(); ++k)
    top = max(top, Bound(phi.derivative(moved(h.value.data()[k], h.error))));
  return min(top, Bound(phi.lipschitz()));
}

Bound largest_curvature(const activation::Functions<Ball>& phi, const Approximation<Ball>& h) {
  Bound top;
  for (Eigen::Index k = 0; k < h.value.size(); ++k)
    top = max(top, Bound(phi.second_derivative(moved(h.value.data()[k], h.error))));
  return min(top, Bound(phi.derivative_lipschitz()));
}

Approximation<Ball> active(const activation::Functions<Ball>& phi, const Approximation<Ball>& h) {
  Approximation<Ball> out;
  phi.value(h.value, out.value);
  out.error = (largest_slope(phi, h) * Bound(h.error)).ball();
  return out;
}

Approximation<Ball> enclosed_final_adjoint(const Network<Ball>& network, const Approximation<Ball>& h,
                                           const Matrix<Ball>& c) {
  Bound largest_v, largest_c;
  for (Eigen::Index i = 0; i < network.theta.v.size(); ++i)
    largest_v = max(largest_v, Bound(network.theta.v.data()[i]));
  for (Eigen::Index j = 0; j < c.size(); ++j) largest_c = max(largest_c, Bound(c.data()[j]));
  const Bound factor = Bound(network.output_scale()) * largest_v * largest_c;
  const Bound curvature = h.error.is_zero() ? Bound() : largest_curvature(network.phi.in<Ball>(), h);
  return {final_adjoint<Ball>(network, h.value, c), (factor * curvature * Bound(h.error)).ball()};
}

Approximation<Ball> enclosed_output(const Network<Ball>& network, const Approximation<Ball>& h) {
  const Bound slope = largest_slope(network.phi.in<Ball>(), h);
  return {read_out<Ball>(network, h.value),
          (Bound(network.output_scale()) * size_of(network.theta.v) * slope * Bound(h.error)).ball()};
}

Approximation<Ball> enclosed_gradient_v(const Network<Ball>& network, const Approximation<Ball>& h,
                                        const Matrix<Ball>& c) {
  const Approximation<Ball> phi_h = active(network.phi.in<Ball>(), h);
  const Ball scale = network.output_scale();
  Approximation<Ball> out{linalg::multiply<Ball>(phi_h.value, c),
                          (Bound(scale) * size_of(c) * Bound(phi_h.error)).ball()};
  out.value *= scale;
  return out;
}

Approximation<Ball> enclosed_gradient_U(const Network<Ball>& network, const Approximation<Ball>& lambda,
                                        const Matrix<Ball>& X) {
  const Ball scale = network.input_scale();
  Approximation<Ball> out{linalg::multiply_transpose<Ball>(lambda.value, X),
                          (Bound(scale) * size_of(X) * Bound(lambda.error)).ball()};
  out.value *= scale;
  return out;
}

Bound size_of(const Matrix<Ball>& a) { return real::norm_bound(a.data(), a.size()); }

Bound size_of(const Approximation<Ball>& a) { return size_of(a.value) + Bound(a.error); }

Approximation<Ball> condensed(const Approximation<Ball>& a) {
  Approximation<Ball> out = a;
  Bound squares;
  for (Eigen::Index k = 0; k < a.value.size(); ++k) {
    const Bound radius(a.value.data()[k].radius());
    squares.add_product(radius, radius);
    out.value.data()[k] = a.value.data()[k].midpoint();
  }
  out.error = (Bound(a.error) + real::sqrt(squares)).ball();
  return out;
}

void check_weights(const Matrix<Ball>& X, const Matrix<Ball>& c) {
  if (c.rows() != X.cols() || c.cols() != 1)
    throw DomainError(fmt::format("The weights of {} samples must be {} x 1.", X.cols(), X.cols()));
}

}  // namespace gronwall::model
