#pragma once

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/functions.hpp>

namespace gronwall::test {

using linalg::Matrix;

/// An initial value problem from t = 0 with its solution in closed form.
template <class R>
struct Problem {
  std::string name;
  ode::RightHandSide<R> f;
  Matrix<R> y0;
  R horizon;
  std::function<Matrix<R>(const R& t)> exact;
};

/// Entry by entry.
template <class R, class F>
Matrix<R> mapped(const Matrix<R>& a, F f) {
  Matrix<R> out(a.rows(), a.cols());
  for (Eigen::Index i = 0; i < a.size(); ++i) out.data()[i] = f(a.data()[i]);
  return out;
}

template <class R>
Matrix<R> matrix(Eigen::Index rows, Eigen::Index cols, const std::vector<R>& entries) {
  Matrix<R> out(rows, cols);
  for (Eigen::Index i = 0; i < out.size(); ++i) out.data()[i] = entries[static_cast<std::size_t>(i)];
  return out;
}

/// y' = A y with A = [[-1, 2], [-2, -1]]: a rotation that shrinks; y passes through zero.
template <class R>
Problem<R> linear() {
  const Matrix<R> y0 = matrix<R>(2, 1, {R(1), R(1) / R(2)});
  return {"linear",
          [](const Matrix<R>& y, Matrix<R>& dy, const R&) {
            dy(0, 0) = R(2) * y(1, 0) - y(0, 0);
            dy(1, 0) = -R(2) * y(0, 0) - y(1, 0);
          },
          y0, R(2),
          [y0](const R& t) {
            using std::cos, std::exp, std::sin;
            const R c = exp(R(-t)) * cos(R(R(2) * t)), s = exp(R(-t)) * sin(R(R(2) * t));
            return matrix<R>(2, 1, {R(c * y0(0, 0) + s * y0(1, 0)), R(c * y0(1, 0) - s * y0(0, 0))});
          }};
}

/// y' = y (1 - y), three samples in a row.
template <class R>
Problem<R> logistic() {
  const Matrix<R> y0 = matrix<R>(1, 3, {R(1) / R(4), R(1) / R(2), R(2)});
  return {"logistic",
          [](const Matrix<R>& y, Matrix<R>& dy, const R&) {
            dy = mapped<R>(y, [](const R& x) { return R(x * (R(1) - x)); });
          },
          y0, R(2),
          [y0](const R& t) {
            using std::exp;
            const R decay = exp(R(-t));
            return mapped<R>(y0, [&decay](const R& x) { return R(x / (x + (R(1) - x) * decay)); });
          }};
}

/// The Neural ODE of width 1: h' = w tanh(h) with w = 3/2, so sinh h(t) = e^{w t} sinh h(0).
template <class R>
Problem<R> separable() {
  const Matrix<R> y0 = matrix<R>(1, 2, {R(1) / R(3), R(-1)});
  return {"separable",
          [](const Matrix<R>& y, Matrix<R>& dy, const R&) {
            using std::tanh;
            dy = mapped<R>(y, [](const R& x) { return R(R(3) * tanh(x) / R(2)); });
          },
          y0, R(1),
          [y0](const R& t) {
            using std::exp, std::sinh, std::sqrt, std::log;
            const R growth = exp(R(R(3) * t / R(2)));
            return mapped<R>(y0, [&growth](const R& x) {
              const R s = growth * sinh(x);
              using std::asinh;
              return R(asinh(s));
            });
          }};
}

/// The matrix equation Y' = -2 t Y^2: not autonomous, entries coupled; Y = Y0 (I + t^2 Y0)^{-1}.
template <class R>
Problem<R> riccati() {
  const Matrix<R> y0 = matrix<R>(2, 2, {R(1), R(1) / R(2), R(-1) / R(4), R(3) / R(2)});
  return {"riccati",
          [](const Matrix<R>& y, Matrix<R>& dy, const R& t) {
            for (Eigen::Index i = 0; i < 2; ++i)
              for (Eigen::Index j = 0; j < 2; ++j)
                dy(i, j) = -R(2) * t * (y(i, 0) * y(0, j) + y(i, 1) * y(1, j));
          },
          y0, R(1),
          [y0](const R& t) {
            // Y0 (I + s Y0)^{-1} with the inverse by Cramer's rule; Y0 and the inverse commute.
            const R s = t * t;
            const R a = R(1) + s * y0(0, 0), b = s * y0(0, 1), c = s * y0(1, 0), d = R(1) + s * y0(1, 1);
            const R det = a * d - b * c;
            Matrix<R> out(2, 2);
            out(0, 0) = (y0(0, 0) * d - y0(0, 1) * c) / det;
            out(0, 1) = (y0(0, 1) * a - y0(0, 0) * b) / det;
            out(1, 0) = (y0(1, 0) * d - y0(1, 1) * c) / det;
            out(1, 1) = (y0(1, 1) * a - y0(1, 0) * b) / det;
            return out;
          }};
}

template <class R>
std::vector<Problem<R>> all_problems() {
  return {linear<R>(), logistic<R>(), separable<R>(), riccati<R>()};
}

template <class R>
R distance(const Matrix<R>& a, const Matrix<R>& b) {
  using std::abs;
  R worst(0);
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    const R apart = abs(R(a.data()[i] - b.data()[i]));
    if (!(apart <= worst)) worst = apart;
  }
  return worst;
}

template <class R>
double log2_of(const R& x) {
  using std::log;
  return real::to_double<R>(R(log(x) / log(R(2))));
}

/// "dormand_prince_5": gtest takes no hyphens.
inline std::string method_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

/// The names of the integrators with a feature: &Method::adaptive, &Method::dense.
inline std::vector<std::string> integrators_with(bool ode::Method::*feature) {
  std::vector<std::string> out;
  for (const std::string& name : ode::integrator_names())
    if (ode::integrator<double>(name).method().*feature) out.push_back(name);
  return out;
}

/// A suite over every registered integrator.
class EveryIntegrator : public ::testing::TestWithParam<std::string> {
 protected:
  template <class R>
  const ode::Integrator<R>& integrator() const {
    return ode::integrator<R>(GetParam());
  }
};

}  // namespace gronwall::test
