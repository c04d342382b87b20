#include <algorithm>
#include <cmath>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <gronwall/kernel/tangent.hpp>
#include <gronwall/linalg/columns.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/bound.hpp>
#include <gronwall/real/error.hpp>

#include "tangent_lanes.hpp"

namespace gronwall::kernel {

namespace {

using model::FactoredGradients;
using model::Gradient;
using real::Ball;
using real::Bound;

template <class R>
R norm_of(const Matrix<R>& a) {
  return linalg::frobenius_norm<R>(a).value();
}

/// u times a number of operations.
template <class R>
R roundings(double count) {
  return real::Backend<R>::unit_roundoff() * real::from_double<R>(count);
}

template <class R>
void mirror(Matrix<R>& a) {
  for (Eigen::Index j = 0; j < a.cols(); ++j)
    for (Eigen::Index i = 0; i < j; ++i) a(i, j) = a(j, i);
}

/// a += P^T P, at least in the lower triangle.
template <class R>
void add_gram(Matrix<R>& a, const Matrix<R>& P) {
  if constexpr (std::is_same_v<R, double>) {
    a += linalg::transpose_multiply<R>(P, P);
  } else {
    R term;
    for (Eigen::Index j = 0; j < P.cols(); ++j)
      for (Eigen::Index i = j; i < P.cols(); ++i)
        for (Eigen::Index k = 0; k < P.rows(); ++k) {
          term = P(k, i);
          term *= P(k, j);
          a(i, j) += term;
        }
  }
}

template <class R>
R trace_of(const Matrix<R>& a) {
  R sum(0);
  for (Eigen::Index i = 0; i < a.rows(); ++i) sum += a(i, i);
  return sum;
}

/// What an error e of vectors g_1, ..., g_N (the root of the sum of the squares) makes of their inner
/// products, |g| being the root of the sum of the |g_i|^2: entry (i, j) errs by e_i |g_j| + |g_i| e_j + e_i
/// e_j.
template <class R>
R of_inner_products(const R& error, const R& size) {
  return R(2) * error * size + error * error;
}

// --- K^W from the factors

/// Factors by sample: the M columns of one, then those of the next.
template <class R>
Matrix<R> by_sample(const Matrix<R>& stacked, Eigen::Index samples) {
  const Eigen::Index M = stacked.cols() / samples;
  Matrix<R> out(stacked.rows(), stacked.cols());
  for (Eigen::Index j = 0; j < samples; ++j)
    for (Eigen::Index m = 0; m < M; ++m) out.col(j * M + m) = stacked.col(m * samples + j);
  return out;
}

/// sum_m |l_m| |r_m| over a sample's columns, which begin at `first`.
template <class R>
R sizes(const Matrix<R>& l, const Matrix<R>& r, Eigen::Index first, Eigen::Index M) {
  R sum(0);
  for (Eigen::Index m = first; m < first + M; ++m) sum += norm_of<R>(l.col(m)) * norm_of<R>(r.col(m));
  return sum;
}

/// sum_k a_k b_k over M x M matrices that begin there, column by column.
template <class R>
R entrywise(const R* a, const R* b, Eigen::Index M) {
  R sum(0), column;
  for (Eigen::Index m = 0; m < M; ++m) {
    if constexpr (std::is_same_v<R, double>) {
      using Column = Eigen::Map<const Eigen::VectorXd>;
      column = Column(a + m * M, M).dot(Column(b + m * M, M));
    } else {
      R term;
      column = 0;
      for (Eigen::Index k = m * M; k < (m + 1) * M; ++k) {
        term = a[k];
        term *= b[k];
        column += term;
      }
    }
    sum += column;
  }
  return sum;
}

/// One sample against itself and all that follow, in one product for the left factors and one for the right.
template <class R>
Matrix<R> by_grams(const Matrix<R>& left, const Matrix<R>& right, Eigen::Index samples) {
  const Eigen::Index M = left.cols() / samples;
  Matrix<R> out(samples, samples), a, b, one;
  for (Eigen::Index j = 0; j < samples; ++j) {
    const Eigen::Index first = j * M, count = left.cols() - first;
    a.resize(M, count);
    b.resize(M, count);
    one = left.middleCols(first, M);
    linalg::transpose_multiply_columns<R>(linalg::columns(a, 0, count), R(1), one,
                                          linalg::columns(left, first, count));
    one = right.middleCols(first, M);
    linalg::transpose_multiply_columns<R>(linalg::columns(b, 0, count), R(1), one,
                                          linalg::columns(right, first, count));
    for (Eigen::Index i = j; i < samples; ++i)
      out(i, j) = entrywise<R>(a.data() + (i - j) * M * M, b.data() + (i - j) * M * M, M);
  }
  mirror<R>(out);
  return out;
}

/// Rows in a panel.
Eigen::Index panel_rows(Eigen::Index n) { return std::min(n, std::clamp<Eigen::Index>(65536 / n, 8, 128)); }

template <class R>
Matrix<R> by_panels(const Matrix<R>& left, const Matrix<R>& right, Eigen::Index samples) {
  const Eigen::Index n = left.rows(), M = left.cols() / samples;
  Matrix<R> out = Matrix<R>::Constant(samples, samples, R(0)), panels, one, rows, columns;
  for (Eigen::Index first = 0; first < n; first += panel_rows(n)) {
    const Eigen::Index p = std::min(panel_rows(n), n - first);
    panels.resize(n * p, samples);
    for (Eigen::Index j = 0; j < samples; ++j) {
      rows = left.block(first, j * M, p, M).transpose();
      columns = right.middleCols(j * M, M);
      linalg::multiply_into<R>(one, columns, rows);  // n x p: the panel, transposed
      std::copy(one.data(), one.data() + one.size(), panels.data() + j * panels.rows());
    }
    add_gram<R>(out, panels);
  }
  mirror<R>(out);
  return out;
}

/// <sum_m l_{i,m} r_{i,m}^T, sum_m l_{j,m} r_{j,m}^T> with its rounding. The factors go on the way.
template <class R>
Approximation<R> contract(Matrix<R> left, Matrix<R> right, Eigen::Index samples, Contraction way) {
  const Eigen::Index n = left.rows(), M = left.cols() / samples;
  if (way == Contraction::automatic) way = cheaper_contraction(n, samples, M);
  left = by_sample<R>(left, samples);
  right = by_sample<R>(right, samples);
  R squares(0);
  for (Eigen::Index j = 0; j < samples; ++j) {
    const R size = sizes<R>(left, right, j * M, M);
    squares += size * size;
  }
  const double rows = static_cast<double>(panel_rows(n)), width = static_cast<double>(n),
               terms = static_cast<double>(M);
  if (way == Contraction::grams)
    return {by_grams<R>(left, right, samples), R(squares * roundings<R>(2 * width + 2 * terms + 8))};
  return {by_panels<R>(left, right, samples),
          R(squares * roundings<R>(2 * terms + rows * width + width / rows + 9))};
}

// --- K^v and K^U

template <class R>
Approximation<R> output_part(const FactoredGradients<R>& g) {
  Matrix<R> K = Matrix<R>::Constant(g.samples(), g.samples(), R(0));
  add_gram<R>(K, g.active.value);
  mirror<R>(K);
  const R square = g.scale_v * g.scale_v, size = norm_of<R>(g.active.value);
  const R rounded = size * size * roundings<R>(static_cast<double>(g.active.rows()) + 16);
  K *= square;
  return {K, R(square * (of_inner_products<R>(g.active.error, size) + rounded))};
}

template <class R>
Approximation<R> input_part(const FactoredGradients<R>& g, const Matrix<R>& X) {
  const Eigen::Index N = g.samples();
  Matrix<R> K = Matrix<R>::Constant(N, N, R(0)), inputs = K;
  add_gram<R>(K, g.adjoint.value);
  add_gram<R>(inputs, X);
  mirror<R>(K);
  mirror<R>(inputs);
  R longest(0);
  for (Eigen::Index j = 0; j < N; ++j) longest = real::maximum<R>(longest, inputs(j, j));
  using std::sqrt;
  longest = sqrt(longest);
  for (Eigen::Index k = 0; k < K.size(); ++k) K.data()[k] *= inputs.data()[k];
  const R square = g.scale_U * g.scale_U, size = norm_of<R>(g.adjoint.value) * longest;
  const R rounded = size * size * roundings<R>(static_cast<double>(g.adjoint.rows() + X.rows()) + 16);
  K *= square;
  return {K, R(square * (of_inner_products<R>(R(g.adjoint.error * longest), size) + rounded))};
}

template <class R>
TangentKernel<R> from_factors(FactoredGradients<R> g, const Matrix<R>& X, Contraction way) {
  TangentKernel<R> out;
  out.v = output_part<R>(g);
  out.U = input_part<R>(g, X);
  out.W = contract<R>(std::move(g.left), std::move(g.right), g.samples(), way);
  using std::sqrt;
  // The trace may be a rounding below 0 where the terms cancel.
  const R trace = real::maximum<R>(trace_of<R>(out.W.value), R(0));
  const R size = sqrt(R(trace + R(static_cast<int>(g.samples())) * out.W.error));
  const R square = g.scale_W * g.scale_W;
  out.W.error = square * (out.W.error + of_inner_products<R>(g.factor_error, size));
  out.W.value *= square;
  return out;
}

template <class R>
Matrix<R> ones(Eigen::Index samples) {
  return Matrix<R>::Constant(samples, 1, R(1));
}

// --- by the gradients of the samples

/// <g_i, g_j>, entry by entry of g.
template <class R>
Approximation<R> inner_products(const std::vector<const Approximation<R>*>& g) {
  const Eigen::Index N = static_cast<Eigen::Index>(g.size()), length = g[0]->value.size();
  Matrix<R> stacked(length, N);
  for (Eigen::Index j = 0; j < N; ++j) {
    const Matrix<R>& one = g[static_cast<std::size_t>(j)]->value;
    std::copy(one.data(), one.data() + length, stacked.data() + j * length);
  }
  Approximation<R> out{linalg::transpose_multiply<R>(stacked, stacked), R(0)};
  if constexpr (real::Enclosing<R>) {
    std::vector<Bound> sizes;
    for (const Approximation<R>* one : g) sizes.push_back(real::norm_bound(one->value.data(), length));
    for (Eigen::Index j = 0; j < N; ++j)
      for (Eigen::Index i = j; i < N; ++i) {
        const std::size_t row = static_cast<std::size_t>(i), col = static_cast<std::size_t>(j);
        const Bound e(g[row]->error), f(g[col]->error);
        out.value(i, j) = Ball(out.value(i, j), (e * sizes[col] + sizes[row] * f + e * f).ball());
      }
  } else {
    using std::sqrt;
    R errors(0);
    for (const Approximation<R>* one : g) errors += one->error * one->error;
    const R size = norm_of<R>(stacked);
    out.error = of_inner_products<R>(R(sqrt(errors)), size) +
                size * size * roundings<R>(static_cast<double>(length) + 8);
  }
  mirror<R>(out.value);
  return out;
}

template <class R>
TangentKernel<R> from_gradients(const std::vector<Gradient<R>>& gradients) {
  const auto part = [&gradients](Approximation<R> Gradient<R>::*which) {
    std::vector<const Approximation<R>*> parts;
    for (const Gradient<R>& one : gradients) parts.push_back(&(one.*which));
    return inner_products<R>(parts);
  };
  return {part(&Gradient<R>::v), part(&Gradient<R>::W), part(&Gradient<R>::U)};
}

/// grad f(x_j), each sample for itself.
template <class R, class Model>
std::vector<Gradient<R>> gradients_alone(const Model& model, const Matrix<R>& X) {
  model.network().check_inputs(X);
  std::vector<Gradient<R>> out;
  for (Eigen::Index j = 0; j < X.cols(); ++j) {
    const Matrix<R> x = X.col(j);
    out.push_back(model.gradient(x, ones<R>(1)));
  }
  return out;
}

/// The same from all samples with weights e_j.
template <class R, class Model>
std::vector<Gradient<R>> gradients_among_all(const Model& model, const Matrix<R>& X) {
  model.network().check_inputs(X);
  std::vector<Gradient<R>> out;
  for (Eigen::Index j = 0; j < X.cols(); ++j) {
    Matrix<R> unit = Matrix<R>::Constant(X.cols(), 1, R(0));
    unit(j, 0) = R(1);
    out.push_back(model.gradient(X, unit));
  }
  return out;
}

template <class R, class Model>
TangentKernel<R> by_gradients(const Model& model, const Matrix<R>& X) {
  if constexpr (real::Enclosing<R>)
    return from_gradients<R>(gradients_among_all<R>(model, X));
  else
    return from_gradients<R>(gradients_alone<R>(model, X));
}

}  // namespace

template <Real R>
Approximation<R> TangentKernel<R>::sum() const {
  Matrix<R> total = v.value + W.value;
  total += U.value;
  R error = v.error + W.error + U.error;
  if constexpr (real::Floating<R>)
    error += roundings<R>(2) * (norm_of<R>(v.value) + norm_of<R>(W.value) + norm_of<R>(U.value));
  return {total, error};
}

double multiply_adds(Contraction way, long width, long samples, long terms) {
  const double n = static_cast<double>(width), N = static_cast<double>(samples),
               M = static_cast<double>(terms);
  if (way == Contraction::automatic) way = cheaper_contraction(width, samples, terms);
  return way == Contraction::grams ? N * (N + 1) * M * M * n : n * n * N * M + n * n * N * (N + 1) / 2;
}

Contraction cheaper_contraction(long width, long samples, long terms) {
  return multiply_adds(Contraction::panels, width, samples, terms) <
                 multiply_adds(Contraction::grams, width, samples, terms)
             ? Contraction::panels
             : Contraction::grams;
}

template <Real R>
TangentKernel<R> tangent_kernel(const model::ResNet<R>& model, const Matrix<R>& X, Contraction way) {
  if constexpr (real::Enclosing<R>) {
    return from_gradients<R>(gradients_alone<R>(model, X));
  } else {
    if constexpr (std::is_same_v<R, double>) {
      if (way == Contraction::automatic)
        if (std::optional<TangentKernel<double>> K = detail::tangent_kernel_in_lanes(model, X)) return *K;
    }
    return from_factors<R>(model.factored_gradients(X, ones<R>(X.cols())), X, way);
  }
}

template <real::Floating R>
TangentKernel<R> tangent_kernel_run(const model::NeuralOde<R>& model, const Matrix<R>& X, Contraction way) {
  return from_factors<R>(model.factored_gradients(X, ones<R>(X.cols())), X, way);
}

template <Real R>
TangentKernel<R> tangent_kernel(const model::NeuralOde<R>& model, const Matrix<R>& X, Contraction way) {
  if constexpr (real::Enclosing<R>) {
    return from_gradients<R>(gradients_alone<R>(model, X));
  } else {
    const TangentKernel<R> fine = tangent_kernel_run<R>(model, X, way);
    const TangentKernel<R> coarse =
        from_factors<R>(model.factored_gradients(X, ones<R>(X.cols()), model::Tightness::looser), X, way);
    const auto judged = [&](const Approximation<R>& a, const Approximation<R>& b) {
      return Approximation<R>{a.value, R(R(2) * model.estimated(a.value, b.value).error + a.error)};
    };
    return {judged(fine.v, coarse.v), judged(fine.W, coarse.W), judged(fine.U, coarse.U)};
  }
}

template <Real R>
TangentKernel<R> tangent_kernel_by_gradients(const model::ResNet<R>& model, const Matrix<R>& X) {
  return by_gradients<R>(model, X);
}

template <Real R>
TangentKernel<R> tangent_kernel_by_gradients(const model::NeuralOde<R>& model, const Matrix<R>& X) {
  return by_gradients<R>(model, X);
}

#define GRONWALL_INSTANTIATE(...)                                                                       \
  template struct TangentKernel<__VA_ARGS__>;                                                           \
  template TangentKernel<__VA_ARGS__> tangent_kernel(const model::ResNet<__VA_ARGS__>&,                 \
                                                     const Matrix<__VA_ARGS__>&, Contraction);          \
  template TangentKernel<__VA_ARGS__> tangent_kernel(const model::NeuralOde<__VA_ARGS__>&,              \
                                                     const Matrix<__VA_ARGS__>&, Contraction);          \
  template TangentKernel<__VA_ARGS__> tangent_kernel_by_gradients(const model::ResNet<__VA_ARGS__>&,    \
                                                                  const Matrix<__VA_ARGS__>&);          \
  template TangentKernel<__VA_ARGS__> tangent_kernel_by_gradients(const model::NeuralOde<__VA_ARGS__>&, \
                                                                  const Matrix<__VA_ARGS__>&);
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)
#undef GRONWALL_INSTANTIATE
#define GRONWALL_INSTANTIATE(...)                                                              \
  template TangentKernel<__VA_ARGS__> tangent_kernel_run(const model::NeuralOde<__VA_ARGS__>&, \
                                                         const Matrix<__VA_ARGS__>&, Contraction);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::kernel
