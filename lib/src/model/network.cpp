#include <fmt/format.h>

#include <gronwall/linalg/norm.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/model/network.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::model {

namespace {

template <class R>
R over_root(const R& sigma, long count) {
  using std::sqrt;
  const R root = sqrt(R(static_cast<int>(count)));
  return R(sigma / root);
}

template <class R>
void require_finite(const Matrix<R>& a, const char* field) {
  if (!linalg::all_finite<R>(a))
    throw DomainError(fmt::format("{} has an entry that is not a finite number.", field));
}

template <class R>
void require_finite(const R& x, const char* field) {
  if (!real::Backend<R>::finite(x)) throw DomainError(fmt::format("{} must be a finite number.", field));
}

}  // namespace

template <Real R>
R Network<R>::output_scale() const {
  return over_root(sigma_v, width());
}
template <Real R>
R Network<R>::hidden_scale() const {
  return over_root(sigma_w, width());
}
template <Real R>
R Network<R>::input_scale() const {
  return over_root(sigma_u, inputs());
}

template <Real R>
Quantity<R> Network<R>::growth() const {
  return Quantity<R>(sigma_w) * linalg::spectral_norm<R>(theta.W) /
         sqrt(Quantity<R>(static_cast<int>(width())));
}

template <Real R>
void Network<R>::check() const {
  const long n = width(), d = inputs();
  if (n < 1) throw DomainError(fmt::format("The width n must be at least 1, not {}.", n));
  if (d < 1) throw DomainError(fmt::format("The input dimension d must be at least 1, not {}.", d));
  if (theta.W.cols() != n)
    throw DomainError(fmt::format("W must be square: it is {} x {}.", theta.W.rows(), theta.W.cols()));
  if (theta.v.rows() != n || theta.v.cols() != 1)
    throw DomainError(fmt::format("v must be {} x 1: it is {} x {}.", n, theta.v.rows(), theta.v.cols()));
  if (theta.U.rows() != n)
    throw DomainError(fmt::format("U must have {} rows, as W has: it has {}.", n, theta.U.rows()));
  require_finite<R>(theta.v, "v");
  require_finite<R>(theta.W, "W");
  require_finite<R>(theta.U, "U");
  require_finite<R>(sigma_v, "sigma_v");
  require_finite<R>(sigma_w, "sigma_w");
  require_finite<R>(sigma_u, "sigma_u");
  require_finite<R>(horizon, "The horizon T");
  if (less(Quantity<R>(horizon), Quantity<R>(0)) == real::Truth::yes)
    throw DomainError(
        fmt::format("The horizon T must not be negative: it is {}.", real::to_double<R>(horizon)));
}

template <Real R>
void Network<R>::check_inputs(const Matrix<R>& X) const {
  if (X.cols() < 1) throw DomainError("The number of samples N must be at least 1.");
  if (X.rows() != inputs())
    throw DomainError(fmt::format("The inputs have dimension {}, the network takes {}.", X.rows(), inputs()));
  require_finite<R>(X, "X");
}

template <Real R>
Matrix<R> initial_state(const Network<R>& network, const Matrix<R>& X) {
  Matrix<R> h = linalg::multiply<R>(network.theta.U, X);
  h *= network.input_scale();
  return h;
}

template <Real R>
Approximation<R> initial_state_with_error(const Network<R>& network, const Matrix<R>& X) {
  using std::abs;
  const Approximation<R> product = linalg::multiply_with_error<R>(network.theta.U, X);
  const Quantity<R> scale =
      Quantity<R>(network.sigma_u) / sqrt(Quantity<R>(static_cast<int>(network.inputs())));
  Approximation<R> h{product.value, R(0)};
  Quantity<R> rounded = Quantity<R>(R(scale.error() + abs(scale.value()))) * Quantity<R>(product.error);
  for (Eigen::Index k = 0; k < h.value.size(); ++k) {
    const Quantity<R> entry = Quantity<R>(product.value.data()[k]) * scale;
    h.value.data()[k] = entry.value();
    rounded += Quantity<R>(entry.error());
  }
  h.error = rounded.value() + rounded.error();
  return h;
}

template <Real R>
Matrix<R> read_out(const Network<R>& network, const Matrix<R>& h) {
  Matrix<R> active;
  network.phi.template in<R>().value(h, active);
  Matrix<R> f = linalg::transpose_multiply<R>(active, network.theta.v);
  f *= network.output_scale();
  return f;
}

template <Real R>
Matrix<R> final_adjoint(const Network<R>& network, const Matrix<R>& h, const Matrix<R>& c) {
  Matrix<R> lambda;
  network.phi.template in<R>().derivative(h, lambda);
  const R scale = network.output_scale();
  for (Eigen::Index j = 0; j < lambda.cols(); ++j) {
    const R weight = scale * c(j, 0);
    for (Eigen::Index i = 0; i < lambda.rows(); ++i) lambda(i, j) *= weight * network.theta.v(i, 0);
  }
  return lambda;
}

#define GRONWALL_INSTANTIATE(...)                                                                        \
  template struct Network<__VA_ARGS__>;                                                                  \
  template Matrix<__VA_ARGS__> initial_state<__VA_ARGS__>(const Network<__VA_ARGS__>&,                   \
                                                          const Matrix<__VA_ARGS__>&);                   \
  template Approximation<__VA_ARGS__> initial_state_with_error<__VA_ARGS__>(const Network<__VA_ARGS__>&, \
                                                                            const Matrix<__VA_ARGS__>&); \
  template Matrix<__VA_ARGS__> read_out<__VA_ARGS__>(const Network<__VA_ARGS__>&,                        \
                                                     const Matrix<__VA_ARGS__>&);                        \
  template Matrix<__VA_ARGS__> final_adjoint<__VA_ARGS__>(                                               \
      const Network<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::model
