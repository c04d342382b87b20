#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <gronwall/kernel/infinite.hpp>
#include <gronwall/linalg/product.hpp>
#include <gronwall/ode/integrator.hpp>
#include <gronwall/real/error.hpp>

#include "assemble.hpp"
#include "chebyshev.hpp"
#include "moments.hpp"
#include "pairs.hpp"

namespace gronwall::kernel {
namespace {

constexpr int most_sweeps = 300;
/// Those of the second grid.
constexpr long least_nodes = 11;
/// Degrees of the collocation polynomials, one after the other until the kernel no longer moves.
const std::vector<long> degrees{6, 10, 16, 24, 36, 54, 80, 120};
/// Beyond this one activations with kinks are not followed: their kernels are not smooth at t = s, and
/// converge like a power of the degree.
constexpr long most_with_kinks = 54;

std::size_t at(Eigen::Index t) { return static_cast<std::size_t>(t); }

template <real::Floating R>
R largest_modulus(const Matrix<R>& a) {
  using std::abs;
  R out(0);
  for (Eigen::Index k = 0; k < a.size(); ++k) out = real::maximum<R>(out, R(abs(a.data()[k])));
  return out;
}

/// A grid on which the iteration does not come to rest.
struct Lost {};

/// No grid found a solution. Where phi is Lipschitz there is one.
template <real::Floating R>
[[noreturn]] void throw_lost(const Limit<R>& limit, long nodes) {
  const double T = real::to_double<R>(limit.horizon);
  if (real::Backend<R>::finite(limit.phi.template in<R>().lipschitz()))
    throw PrecisionError(fmt::format(
        "The covariance of the states of {} up to T = {} is not resolved by {} nodes in the precision {}.",
        limit.phi.name(), T, nodes, real::Backend<R>::name));
  throw ode::BlowUp(
      fmt::format("The covariance of the states of {} has no finite solution up to T = {} that {} nodes "
                  "resolve: it blows up before, or shortly after.",
                  limit.phi.name(), T, nodes));
}

/// What the system of all pairs looks like on one grid. Functions of two times hold t (of the first input) by
/// columns and s by rows, so that a row of times s is contiguous.
template <real::Floating R>
class Collocation {
 public:
  Collocation(const Limit<R>& limit, const Pairs<R>& pairs, Expectations<R>& expectations, long degree)
      : limit_(limit), pairs_(pairs), expectations_(expectations), grid_(degree, limit.horizon) {}

  /// Whether the iteration is carried on to the last digit. Polynomials of low degree are not worth it.
  bool complete() const { return tolerance() == R(8) * real::Backend<R>::unit_roundoff(); }

  /// Solves for the covariances, starting from the solution on a coarser grid where there is one.
  void solve(const Collocation* coarser) {
    const std::size_t count = pairs_.all().size(), classes = pairs_.norms().size();
    std::optional<Matrix<R>> up;
    if (coarser) up = grid_.from(coarser->grid_);
    for (std::size_t p = 0; p < count; ++p) {
      const auto& pair = pairs_.all()[p];
      Matrix<R> c = Matrix<R>::Constant(nodes(), nodes(), R(limit_.input_scale * pair.product));
      if (up) c = linalg::multiply_transpose<R>(linalg::multiply<R>(*up, coarser->covariances_[p]), *up);
      covariances_.push_back(std::move(c));
      iterate(p);
      if (p < classes) moments_.push_back(expectations_.at(variances(covariances_[p])));
    }
  }

  PairKernel<R> kernel(std::size_t p) const {
    const auto& pair = pairs_.all()[p];
    const Moments<R>&x = moments_[pair.a], &y = moments_[pair.b];
    const Eigen::Index last = nodes() - 1;
    const R v = limit_.sigma_v * limit_.sigma_v;
    const Matrix<R> F = values(x, y, covariances_[p], pair.self);
    const Matrix<R> slope = slopes(x, y, covariances_[p], pair.self);
    const Matrix<R> b = backward(slope, R(v * slope(last, last)));
    Matrix<R> product(nodes(), nodes());
    for (Eigen::Index k = 0; k < product.size(); ++k) product.data()[k] = F.data()[k] * b.data()[k];
    const Matrix<R> w = grid_.weights();
    const Matrix<R> sum = linalg::multiply_transpose<R>(linalg::multiply<R>(w, product), w);
    return {R(v * F(last, last)), R(limit_.sigma_w * limit_.sigma_w * sum(0, 0)),
            R(limit_.input_scale * pair.product * b(0, 0)), covariances_[p](last, last), F(last, last)};
  }

  std::vector<PairKernel<R>> kernels() const {
    std::vector<PairKernel<R>> out;
    for (std::size_t p = 0; p < pairs_.all().size(); ++p) out.push_back(kernel(p));
    return out;
  }

 private:
  Eigen::Index nodes() const { return grid_.degree() + 1; }

  /// Where the iteration ends, relative to the solution: a polynomial of degree n gives hardly more than 3n/2
  /// digits of anything.
  R tolerance() const {
    const R digits = real::power(real::ratio<R>(1, 10), static_cast<unsigned>(3 * grid_.degree() / 2));
    return real::maximum<R>(R(R(8) * real::Backend<R>::unit_roundoff()), digits);
  }

  static std::vector<R> variances(const Matrix<R>& c) {
    std::vector<R> out;
    for (Eigen::Index t = 0; t < c.rows(); ++t) out.push_back(c(t, t));
    return out;
  }

  /// E[phi(u_t) phi(ubar_s)] at column t, row s.
  Matrix<R> values(const Moments<R>& x, const Moments<R>& y, const Matrix<R>& c, bool self) const {
    return table(self, [&](Eigen::Index t, Eigen::Index first, R* out) {
      expectations_.value(x, at(t), y, at(first), at(nodes() - first), &c(first, t), out);
      if (self) out[0] = expectations_.value_at(x, at(t));
    });
  }
  Matrix<R> slopes(const Moments<R>& x, const Moments<R>& y, const Matrix<R>& c, bool self) const {
    return table(self, [&](Eigen::Index t, Eigen::Index first, R* out) {
      expectations_.slope(x, at(t), y, at(first), at(nodes() - first), &c(first, t), out);
      if (self) out[0] = expectations_.slope_at(x, at(t));
    });
  }

  /// A function of two times from its columns; that of an input with itself is symmetric, and `column` is
  /// asked for the rows from t on only.
  template <class Column>
  Matrix<R> table(bool self, const Column& column) const {
    Matrix<R> out(nodes(), nodes());
    for (Eigen::Index t = 0; t < nodes(); ++t) {
      const Eigen::Index first = self ? t : 0;
      column(t, first, &out(first, t));
      for (Eigen::Index s = first; self && s < nodes(); ++s) out(t, s) = out(s, t);
    }
    return out;
  }

  /// constant + sigma_w^2 J f J^T.
  Matrix<R> integrated(const Matrix<R>& J, const Matrix<R>& f, const R& constant) const {
    Matrix<R> out = linalg::multiply_transpose<R>(linalg::multiply<R>(J, f), J);
    const R weight = limit_.sigma_w * limit_.sigma_w;
    for (Eigen::Index k = 0; k < out.size(); ++k) out.data()[k] = constant + weight * out.data()[k];
    return out;
  }

  /// Picard's iteration for c = s0 <x, xbar> + sigma_w^2 int int F(c). The integral operator is of Volterra's
  /// type, so with a Lipschitz constant M of F the k-th change is at most (sigma_w^2 M T^2)^k / k!^2 times
  /// the first. It ends where the changes have become rounding, or no longer fall.
  void iterate(std::size_t p) {
    const auto& pair = pairs_.all()[p];
    Matrix<R>& c = covariances_[p];
    const R start = limit_.input_scale * pair.product;
    const R u = real::Backend<R>::unit_roundoff();
    R previous(-1);
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
      const Matrix<R> next = integrated(grid_.integral(), values_at(p, c), start);
      const Matrix<R> difference = next - c;
      const R change = largest_modulus<R>(difference), size = largest_modulus<R>(next);
      c = next;
      if (!(size <= blown_up())) throw Lost();
      if (change <= tolerance() * size) return;
      const bool falls = previous < R(0) || change < previous;
      if (!falls && change <= R(100000) * u * size) return;
      previous = change;
    }
    throw Lost();
  }

  Matrix<R> values_at(std::size_t p, const Matrix<R>& c) {
    const auto& pair = pairs_.all()[p];
    if (!pair.self) return values(moments_[pair.a], moments_[pair.b], c, false);
    for (const R& q : variances(c))
      if (!(q >= R(0)) || !(q <= expectations_.most_variance())) throw Lost();
    const Moments<R> now = expectations_.values_at(variances(c));
    return values(now, now, c, true);
  }

  /// b = last + sigma_w^2 int_t^T int_s^T F' b, by the same iteration; it is linear, and converges for every
  /// F'.
  Matrix<R> backward(const Matrix<R>& slope, const R& last) const {
    const R u = real::Backend<R>::unit_roundoff();
    Matrix<R> b = Matrix<R>::Constant(nodes(), nodes(), last), product(nodes(), nodes());
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
      for (Eigen::Index k = 0; k < b.size(); ++k) product.data()[k] = slope.data()[k] * b.data()[k];
      const Matrix<R> next = integrated(grid_.integral_to_end(), product, last);
      const Matrix<R> difference = next - b;
      b = next;
      if (largest_modulus<R>(difference) <= R(8) * u * largest_modulus<R>(b)) return b;
      if (!(largest_modulus<R>(b) <= blown_up())) throw Lost();
    }
    return b;
  }

  static R blown_up() { return real::power(R(2), 200); }

  const Limit<R>& limit_;
  const Pairs<R>& pairs_;
  Expectations<R>& expectations_;
  ChebyshevGrid<R> grid_;
  std::vector<Matrix<R>> covariances_;
  std::vector<Moments<R>> moments_;
};

/// The largest change of each part, and the largest entry of the kernel.
template <real::Floating R>
PairKernel<R> changes(const std::vector<PairKernel<R>>& a, const std::vector<PairKernel<R>>& b) {
  using std::abs;
  PairKernel<R> out{R(0), R(0), R(0), R(0), R(0)};
  for (std::size_t p = 0; p < a.size(); ++p)
    for (R PairKernel<R>::*part : {&PairKernel<R>::v, &PairKernel<R>::W, &PairKernel<R>::U,
                                   &PairKernel<R>::covariance, &PairKernel<R>::nngp})
      out.*part = real::maximum<R>(out.*part, R(abs(R(a[p].*part - b[p].*part))));
  return out;
}

/// What is left to move, where each change was so much smaller than the one before it: collocation of an
/// analytic function converges geometrically in the degree, which grows by half, so the next ratio would be
/// smaller still. Ten times that, and at most twelve digits better than the last change.
template <real::Floating R>
PairKernel<R> continued(const PairKernel<R>& before, const PairKernel<R>& now) {
  PairKernel<R> out = now;
  for (R PairKernel<R>::*part : {&PairKernel<R>::v, &PairKernel<R>::W, &PairKernel<R>::U,
                                 &PairKernel<R>::covariance, &PairKernel<R>::nngp}) {
    if (!(now.*part < before.*part)) continue;
    const R ratio = real::maximum<R>(R(now.*part / before.*part), real::power(real::ratio<R>(1, 10), 12));
    out.*part = R(10) * ratio * now.*part;
  }
  return out;
}

/// Whether each part has settled to `tolerance`, relative to its largest value.
template <real::Floating R>
bool settled(const PairKernel<R>& moved, const std::vector<PairKernel<R>>& found, const R& tolerance) {
  using std::abs;
  for (R PairKernel<R>::*part :
       {&PairKernel<R>::v, &PairKernel<R>::W, &PairKernel<R>::U, &PairKernel<R>::covariance}) {
    R size(0);
    for (const PairKernel<R>& pair : found) size = real::maximum<R>(size, R(abs(pair.*part)));
    if (moved.*part > tolerance * size) return false;
  }
  return true;
}

}  // namespace

template <real::Floating R>
InfiniteKernel<R> infinite_ode(const Limit<R>& limit, const Matrix<R>& gram, Route route, long most_nodes) {
  limit.check();
  if (most_nodes < least_nodes)
    throw DomainError(
        fmt::format("An error estimate takes {} nodes at least, not {}.", least_nodes, most_nodes));
  const Pairs<R> pairs(gram);
  Expectations<R> expectations(limit.phi, route);
  const R tolerance = R(512) * real::Backend<R>::unit_roundoff();
  std::optional<Collocation<R>> coarse;
  std::vector<PairKernel<R>> found;
  PairKernel<R> moved{R(0), R(0), R(0), R(0), R(0)};
  long reached = 0;
  bool compared = false;  // with the grid before: without that nothing is known of the error
  for (const long degree : degrees) {
    if (degree >= most_nodes || (!limit.phi.smooth() && degree > most_with_kinks)) break;
    Collocation<R> fine(limit, pairs, expectations, degree);
    reached = degree;
    const std::vector<PairKernel<R>> before = std::exchange(found, {});
    try {
      fine.solve(coarse ? &*coarse : nullptr);
      found = fine.kernels();
    } catch (const Lost&) {
      // A coarse grid can lose a solution that exists: what the finest one says counts.
      coarse.reset();
      compared = false;
      moved = {R(0), R(0), R(0), R(0), R(0)};
      continue;
    }
    const bool complete = fine.complete();
    coarse.emplace(std::move(fine));
    if (before.empty()) continue;
    const std::optional<PairKernel<R>> earlier = degree > degrees[1] ? std::optional(moved) : std::nullopt;
    moved = changes<R>(before, found);
    compared = true;
    if (complete && settled<R>(moved, found, tolerance)) break;
    if (complete && earlier && limit.phi.smooth()) {
      const PairKernel<R> ahead = continued<R>(*earlier, moved);
      if (settled<R>(ahead, found, tolerance)) {
        moved = ahead;
        break;
      }
    }
  }
  if (!compared) throw_lost<R>(limit, reached + 1);
  InfiniteKernel<R> out =
      assemble<R>(pairs, found, R(expectations.relative_error() * amplification<R>(limit)), moved);
  out.nodes = reached + 1;
  out.coefficients = expectations.coefficients();
  return out;
}

#define GRONWALL_INSTANTIATE(...)                                                           \
  template InfiniteKernel<__VA_ARGS__> infinite_ode<__VA_ARGS__>(const Limit<__VA_ARGS__>&, \
                                                                 const Matrix<__VA_ARGS__>&, Route, long);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::kernel
