#pragma once

#include <string>

#include <gronwall/model/network.hpp>

namespace gronwall::test {

/// Dyadic numbers in (-1, 1) with 10 bits, from a linear congruence modulo 2^31 (Park and Miller's successor
/// constant 48271 would do as well): the same on every machine.
class Numbers {
 public:
  explicit Numbers(unsigned seed) : state_(seed * 2654435761U + 12345U) {}
  double next() {
    state_ = state_ * 1103515245U + 12345U;
    return (static_cast<int>((state_ >> 16) & 2047U) - 1023) / 1024.0;
  }
  linalg::ExactMatrix matrix(Eigen::Index rows, Eigen::Index cols) {
    linalg::ExactMatrix a(rows, cols);
    for (Eigen::Index k = 0; k < a.size(); ++k) a.data()[k] = next();
    return a;
  }

 private:
  unsigned state_;
};

/// A network of width n with d inputs, entries of order one and scales far from 1.
template <real::Real R>
model::Network<R> some_network(const std::string& activation, Eigen::Index n, Eigen::Index d, unsigned seed) {
  Numbers numbers(seed);
  const auto draw = [&](Eigen::Index rows, Eigen::Index cols) {
    return linalg::from_exact<R>(2 * numbers.matrix(rows, cols));
  };
  model::Network<R> f{activation::find(activation), {draw(n, 1), draw(n, n), draw(n, d)}};
  f.sigma_v = real::ratio<R>(3, 2);
  f.sigma_w = real::ratio<R>(5, 4);
  f.sigma_u = real::ratio<R>(3, 4);
  f.horizon = real::ratio<R>(3, 4);
  return f;
}

template <real::Real R>
linalg::Matrix<R> some_inputs(Eigen::Index d, Eigen::Index samples, unsigned seed) {
  return linalg::from_exact<R>(Numbers(seed + 77).matrix(d, samples));
}

/// sum_j c_j f(x_j).
template <real::Real R, class Model>
R weighted_output(const Model& model, const linalg::Matrix<R>& X, const linalg::Matrix<R>& c) {
  const linalg::Matrix<R> f = model.output(X).value;
  R sum(0);
  for (Eigen::Index j = 0; j < f.rows(); ++j) sum += c(j, 0) * f(j, 0);
  return sum;
}

/// d/dh g(h) at 0 by central differences of order 8 (Fornberg, Mathematics of Computation 51 (1988), Table
/// 1).
template <real::Real R, class F>
R difference(const F& g, const R& step) {
  const R weights[] = {real::ratio<R>(4, 5), real::ratio<R>(-1, 5), real::ratio<R>(4, 105),
                       real::ratio<R>(-1, 280)};
  R sum(0);
  for (int k = 1; k <= 4; ++k) {
    const R h = step * R(k);
    sum += weights[k - 1] * (g(h) - g(R(-h)));
  }
  return R(sum / step);
}

template <real::Real R>
R largest_entry(const linalg::Matrix<R>& a) {
  using std::abs;
  R top(0);
  for (Eigen::Index k = 0; k < a.size(); ++k)
    if (abs(a.data()[k]) > top) top = abs(a.data()[k]);
  return top;
}

}  // namespace gronwall::test
