#pragma once

#include <vector>

#include <gronwall/model/neural_ode.hpp>

#include "verify/claims/kernel/entry.hpp"
#include "verify/claims/training/jacobian_bounds.hpp"
#include "verify/engine/any.hpp"
#include "verify/generators/network.hpp"

/// One step of gradient descent, written out: what the claims on a single step need. It uses the gradients of
/// the samples one by one, and nothing of the library's room `training`.
namespace gronwall::verify {

using linalg::Approximation;

/// theta = (v, W, U), each part with its error in the Frobenius norm.
template <Real R>
struct Tuple {
  Approximation<R> v, W, U;

  Tuple() = default;
  explicit Tuple(const model::Parameters<R>& theta) : v{theta.v, R(0)}, W{theta.W, R(0)}, U{theta.U, R(0)} {}
  explicit Tuple(const model::Gradient<R>& g) : v(g.v), W(g.W), U(g.U) {}

  /// ||theta||, and of two tuples ||theta - thetabar||.
  Quantity<R> norm() const {
    const Quantity<R> of_v = linalg::norm<R>(v), of_W = linalg::norm<R>(W), of_U = linalg::norm<R>(U);
    return sqrt(of_v * of_v + of_W * of_W + of_U * of_U);
  }
  Tuple operator-(const Tuple& b) const {
    Tuple out;
    out.v = v - b.v, out.W = W - b.W, out.U = U - b.U;
    return out;
  }
  Region<R> region() const { return Region<R>::at(v, W, U); }
  R error() const { return R(v.error + W.error + U.error); }
};

/// sum_i c_i A_i, with the errors of both and of the sum.
template <Real R>
Approximation<R> combination(const std::vector<Quantity<R>>& c,
                             const std::vector<const Approximation<R>*>& terms) {
  Approximation<R> out{Matrix<R>::Constant(terms[0]->rows(), terms[0]->cols(), R(0)), R(0)};
  Quantity<R> off(0);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const R factor = c[i].value();
    for (Eigen::Index k = 0; k < out.value.size(); ++k)
      out.value.data()[k] += factor * terms[i]->value.data()[k];
    const Quantity<R> size = linalg::frobenius_norm<R>(terms[i]->value);
    off = off + abs(c[i]) * Quantity<R>(terms[i]->error) + Quantity<R>(c[i].error()) * size;
    if constexpr (real::Floating<R>)
      off = off + Quantity<R>(R(static_cast<int>(terms.size()) + 2)) *
                      Quantity<R>(real::Backend<R>::unit_roundoff()) * abs(c[i]) * size;
  }
  if constexpr (real::Enclosing<R>)
    out.error = off.largest_modulus();
  else
    out.error = R(off.value() + off.error());
  return out;
}

/// sum_i c_i g_i for tuples g_i.
template <Real R>
Tuple<R> combination(const std::vector<Quantity<R>>& c, const std::vector<Tuple<R>>& terms) {
  std::vector<const Approximation<R>*> v, W, U;
  for (const Tuple<R>& g : terms) v.push_back(&g.v), W.push_back(&g.W), U.push_back(&g.U);
  Tuple<R> out;
  out.v = combination<R>(c, v), out.W = combination<R>(c, W), out.U = combination<R>(c, U);
  return out;
}

/// f with the parameters theta. In balls they enclose theta with its error; in floating point the error is
/// lost.
template <Real R>
Network<R> network_at(const Network<R>& f, const Tuple<R>& theta) {
  Network<R> out = f;
  const auto part = [](const Approximation<R>& a) {
    Matrix<R> entries = a.value;
    if constexpr (real::Enclosing<R>)
      for (Eigen::Index k = 0; k < entries.size(); ++k) entries.data()[k] = R(entries.data()[k], a.error);
    return entries;
  };
  out.theta = {part(theta.v), part(theta.W), part(theta.U)};
  return out;
}

/// <A, B> over all parts.
template <Real R>
Quantity<R> inner_product(const Tuple<R>& a, const Tuple<R>& b) {
  return inner_product<R>(a.v, b.v) + inner_product<R>(a.W, b.W) + inner_product<R>(a.U, b.U);
}

/// x, known up to `more` besides.
template <Real R>
Quantity<R> loosened(const Quantity<R>& x, const Quantity<R>& more) {
  if constexpr (real::Enclosing<R>)
    return Quantity<R>(x, more.largest_modulus());
  else
    return Quantity<R>(x.value(), R(x.error() + more.value() + more.error()));
}

/// u_i = f(x_i) and grad f(x_i), for the columns x_i of X.
template <Real R>
struct Samples {
  std::vector<Quantity<R>> u;
  std::vector<Tuple<R>> gradients;

  Samples(const Network<R>& f, const Tuple<R>& theta, const Matrix<R>& X) {
    const model::NeuralOde<R> ode(network_at<R>(f, theta));
    for (Eigen::Index i = 0; i < X.cols(); ++i) {
      const Matrix<R> x = X.col(i);
      gradients.emplace_back(gradient_at<model::NeuralOde<R>, R>(ode, x));
      // f is linear in v, so that f = <d_v f, v>.
      u.push_back(inner_product<R>(gradients.back().v, theta.v));
      if constexpr (real::Floating<R>) {
        // Parameters that are not exact were rounded to exact ones.
        const JacobianBounds<R> bounds(f, theta.region(), x);
        const Quantity<R> off(theta.error());
        u.back() = loosened<R>(u.back(), bounds.beta() * off);
        const auto more = [&off](const Quantity<R>& constant) {
          const Quantity<R> moved = constant * off;
          return R(moved.value() + moved.error());
        };
        gradients.back().v.error += more(bounds.lipschitz_v());
        gradients.back().W.error += more(bounds.lipschitz_W());
        gradients.back().U.error += more(bounds.lipschitz_U());
      }
    }
  }

  /// u - y.
  std::vector<Quantity<R>> residual(const Matrix<R>& y) const {
    std::vector<Quantity<R>> r;
    for (std::size_t i = 0; i < u.size(); ++i)
      r.push_back(u[i] - Quantity<R>(y(static_cast<Eigen::Index>(i), 0)));
    return r;
  }
  /// The gradient of the loss, sum_i (u_i - y_i) grad f(x_i).
  Tuple<R> loss_gradient(const Matrix<R>& y) const { return combination<R>(residual(y), gradients); }
};

template <Real R>
Quantity<R> norm_of(const std::vector<Quantity<R>>& r) {
  Quantity<R> sum(0);
  for (const Quantity<R>& entry : r) sum = sum + entry * entry;
  return sqrt(sum);
}

/// theta - eta g.
template <Real R>
Tuple<R> moved(const Tuple<R>& theta, const Quantity<R>& eta, const Tuple<R>& g) {
  return combination<R>({Quantity<R>(1), -eta}, std::vector<Tuple<R>>{theta, g});
}

/// ||J - Jbar|| in the Frobenius norm, J the Jacobian of u.
template <Real R>
Quantity<R> jacobians_apart(const Samples<R>& a, const Samples<R>& b) {
  std::vector<Quantity<R>> each;
  for (std::size_t i = 0; i < a.gradients.size(); ++i)
    each.push_back((a.gradients[i] - b.gradients[i]).norm());
  return norm_of<R>(each);
}

/// The matrix of inner products <a_i, b_j>, its errors in `error` (Frobenius).
template <Real R>
Approximation<R> gram(const std::vector<Tuple<R>>& a) {
  const Eigen::Index count = static_cast<Eigen::Index>(a.size());
  Approximation<R> out{Matrix<R>(count, count), R(0)};
  Quantity<R> off(0);
  for (Eigen::Index i = 0; i < count; ++i)
    for (Eigen::Index j = 0; j < count; ++j) {
      const Quantity<R> entry =
          inner_product<R>(a[static_cast<std::size_t>(i)], a[static_cast<std::size_t>(j)]);
      out.value(i, j) = entry.value();
      off = off + Quantity<R>(entry.error()) * Quantity<R>(entry.error());
    }
  if constexpr (real::Floating<R>) out.error = R(sqrt(off).value() + sqrt(off).error());
  return out;
}

/// What is trained: a network, its samples, labels and step size.
template <Real R>
struct Setting {
  Network<R> f;
  Matrix<R> X, y;  ///< d x N, N x 1
  R eta;

  long samples() const { return static_cast<long>(X.cols()); }
  Tuple<R> start() const { return Tuple<R>(f.theta); }
};

/// Small enough to be solved at every step, and for the checker.
inline constexpr NetworkSize small_network{
    .width = 3, .inputs = 2, .sigma = 1, .horizon = 1, .weight = 2, .outer = 2};

/// The same with positive scales and T, for counterexamples that are Neural ODEs proper.
inline constexpr NetworkSize small_ode{
    .width = 3, .inputs = 2, .sigma = 1, .horizon = 1, .weight = 2, .outer = 2, .least = 0.125};

/// Any setting with `least` to `most` samples around the network, and labels up to `label`.
template <Real R>
Setting<R> any_setting(Any<R>& any, const Network<R>& f, long least, long most, double label = 4) {
  const long count = any.integer("N", least, most);
  const Matrix<R> X = any.matrix("X", f.inputs(), count, 2), y = any.matrix("y", count, 1, label);
  return {f, X, y, any.number("eta", 0, 1)};
}

}  // namespace gronwall::verify
