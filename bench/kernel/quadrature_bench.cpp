// The baseline of the kernel of infinite width: the same equations (kernel/infinite.hpp), collocated in time,
// with each expectation by quadrature in two dimensions, for each pair of inputs, each pair of nodes and each
// sweep of Picard's iteration. Compared with the library's kernel.
#include <cmath>
#include <vector>

#include <Eigen/LU>
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <gronwall/activation/activation.hpp>
#include <gronwall/kernel/infinite.hpp>

#include "kernel/inputs.hpp"
#include "support/memory.hpp"
#include "support/network.hpp"
#include "support/profile.hpp"
#include "support/target.hpp"

namespace gronwall::bench {
namespace {

using Array = Matrix<double>;

/// Chebyshev points on [0, 1], and the matrices that integrate the interpolating polynomial from 0 to each of
/// them, and from each of them to 1.
struct Time {
  explicit Time(Eigen::Index degree) : up(degree + 1, degree + 1), down(degree + 1, degree + 1) {
    const Eigen::Index n = degree + 1;
    Array x(n, 1), T(n, n + 1), primitive(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
      x(i, 0) = -std::cos(std::acos(-1.0) * static_cast<double>(i) / static_cast<double>(degree));
      T(i, 0) = 1, T(i, 1) = x(i, 0);
      for (Eigen::Index k = 2; k <= n; ++k) T(i, k) = 2 * x(i, 0) * T(i, k - 1) - T(i, k - 2);
      primitive(i, 0) = x(i, 0), primitive(i, 1) = x(i, 0) * x(i, 0) / 2;
      for (Eigen::Index k = 2; k < n; ++k) {
        const double order = static_cast<double>(k);
        primitive(i, k) = T(i, k + 1) / (2 * (order + 1)) - T(i, k - 1) / (2 * (order - 1));
      }
    }
    const Array from_start = primitive.rowwise() - primitive.row(0);
    up = T.leftCols(n).transpose().partialPivLu().solve(from_start.transpose()).transpose() / 2;
    down = (-up).rowwise() + up.row(n - 1);
  }
  Eigen::Index nodes() const { return up.rows(); }
  Array up, down;
};

/// E[f(u) f(ubar)] of a Gaussian pair, by the trapezoidal rule in both of its independent coordinates.
class Plane {
 public:
  Plane() {
    constexpr int half = 30;
    constexpr double step = 0.25;
    for (int k = -half; k <= half; ++k) {
      const double z = step * k;
      nodes_.push_back(z);
      weights_.push_back(step * std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)));
    }
    const Eigen::Index count = static_cast<Eigen::Index>(nodes_.size());
    u_.resize(count, 1);
    ubar_.resize(count, count);
  }

  template <class Function>
  double expectation(const Function& f, double variance, double other, double covariance) {
    const double a = std::sqrt(variance), b = a > 0 ? covariance / a : 0,
                 rest = std::sqrt(std::max(0.0, other - b * b));
    for (Eigen::Index i = 0; i < u_.rows(); ++i) {
      u_(i, 0) = a * node(i);
      for (Eigen::Index k = 0; k < u_.rows(); ++k) ubar_(k, i) = b * node(i) + rest * node(k);
    }
    f(u_, f_u_);
    f(ubar_, f_ubar_);
    double sum = 0;
    for (Eigen::Index i = 0; i < u_.rows(); ++i) {
      double inner = 0;
      for (Eigen::Index k = 0; k < u_.rows(); ++k) inner += weight(k) * f_ubar_(k, i);
      sum += weight(i) * f_u_(i, 0) * inner;
    }
    return sum;
  }

 private:
  double node(Eigen::Index k) const { return nodes_[static_cast<std::size_t>(k)]; }
  double weight(Eigen::Index k) const { return weights_[static_cast<std::size_t>(k)]; }

  std::vector<double> nodes_, weights_;
  Array u_, ubar_, f_u_, f_ubar_;
};

/// tanh, all scales 1, T = 1, unit vectors with the products `gram`.
class Quadrature {
 public:
  Quadrature(Array gram, Eigen::Index degree)
      : gram_(std::move(gram)), time_(degree), tanh_(activation::find("tanh")), phi_(tanh_.in<double>()) {}

  /// K. Each input with itself first, which gives the variances of all others.
  Array kernel() {
    const Eigen::Index N = gram_.rows();
    variances_.assign(static_cast<std::size_t>(N), {});
    Array K(N, N);
    for (Eigen::Index j = 0; j < N; ++j) K(j, j) = entry(j, j);
    for (Eigen::Index j = 0; j < N; ++j)
      for (Eigen::Index i = 0; i < j; ++i) K(i, j) = K(j, i) = entry(i, j);
    return K;
  }

 private:
  template <class Function>
  Array table(const Function& f, const std::vector<double>& x, const std::vector<double>& y, const Array& c) {
    Array out(c.rows(), c.cols());
    for (Eigen::Index t = 0; t < c.cols(); ++t)
      for (Eigen::Index s = 0; s < c.rows(); ++s)
        out(s, t) =
            plane_.expectation(f, x[static_cast<std::size_t>(t)], y[static_cast<std::size_t>(s)], c(s, t));
    return out;
  }

  static std::vector<double> diagonal(const Array& c) {
    std::vector<double> out;
    for (Eigen::Index t = 0; t < c.rows(); ++t) out.push_back(std::max(0.0, c(t, t)));
    return out;
  }

  double entry(Eigen::Index i, Eigen::Index j) {
    constexpr double tolerance = 1e-12;
    const auto value = [this](const Array& at, Array& out) { phi_.value(at, out); };
    const auto slope = [this](const Array& at, Array& out) { phi_.derivative(at, out); };
    std::vector<double>&x = variances_[static_cast<std::size_t>(i)],
    &y = variances_[static_cast<std::size_t>(j)];
    const Eigen::Index n = time_.nodes(), last = n - 1;
    Array c = Array::Constant(n, n, gram_(i, j)), F;
    for (double moved = 1; moved > tolerance;) {
      if (i == j) x = diagonal(c);
      F = table(value, x, y, c);
      const Array next = (time_.up * F * time_.up.transpose()).array() + gram_(i, j);
      moved = (next - c).cwiseAbs().maxCoeff();
      c = next;
    }
    const Array D = table(slope, x, y, c);
    Array b = Array::Constant(n, n, D(last, last));
    for (double moved = 1; moved > tolerance;) {
      const Array next = (time_.down * D.cwiseProduct(b) * time_.down.transpose()).array() + D(last, last);
      moved = (next - b).cwiseAbs().maxCoeff();
      b = next;
    }
    const double through_W = (time_.up.row(last) * F.cwiseProduct(b) * time_.up.row(last).transpose())(0, 0);
    return F(last, last) + through_W + gram_(i, j) * b(0, 0);
  }

  Array gram_;
  Time time_;
  Plane plane_;
  activation::Activation tanh_;
  const activation::Functions<double>& phi_;
  std::vector<std::vector<double>> variances_;
};

void quadrature(benchmark::State& state, long N) {
  const Array gram = unit_gram<double>(N);
  Array K;
  const PeakMemory memory;
  for (auto _ : state) {
    K = Quadrature(gram, 14).kernel();
    benchmark::DoNotOptimize(K.data());
  }
  memory.report(state);
  kernel::Limit<double> limit;
  limit.phi = activation::find("tanh");
  state.counters["difference"] =
      relative_error(K, kernel::infinite_ode<double>(limit, gram).kernel.sum().value);
}

const bool registered = [] {
  for (const long N : {2, 32})
    dear(benchmark::RegisterBenchmark(fmt::format("infinite/double/quadrature/n=0/N={}", N).c_str(),
                                      [=](benchmark::State& state) { quadrature(state, N); }));
  return declare({.row = "K_inf for 32 unit inputs, double, error 1e-10",
                  .against = "two-dimensional quadrature per pair and node",
                  .ours = "infinite/double/ode/n=0/N=32",
                  .baseline = "infinite/double/quadrature/n=0/N=32",
                  .at_least = 100,
                  .within_ms = 100,
                  .error = 1e-10});
}();

}  // namespace
}  // namespace gronwall::bench
