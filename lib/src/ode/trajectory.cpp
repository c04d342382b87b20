#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <gronwall/ode/trajectory.hpp>
#include <gronwall/real/backends.hpp>

#include "in_place.hpp"
#include "interval.hpp"

namespace gronwall::ode {

using real::Backend;

namespace {

constexpr long most_panels = 4096;
constexpr int most_degree = 64;

/// The barycentric weight of node j of 0, ..., degree.
double weight_of(int j, int degree) {
  const double size = j == 0 || j == degree ? 0.5 : 1;
  return j % 2 == 0 ? size : -size;
}

/// cos(pi j/N), as the sine of the complement, which is odd about the middle to the last bit.
template <Real R>
R chebyshev_cosine(int j, int N) {
  using std::sin;
  return sin(R(real::pi<R>() * R(N - 2 * j) / R(2 * N)));
}

/// Clenshaw-Curtis weights on [-1, 1] for even N (Trefethen, Spectral Methods in MATLAB, p. 128):
///   w_j = (c_j/N) (1 - sum_{k=1}^{N/2} b_k cos(2 pi j k/N)/(4k^2 - 1)),
/// with c_j = 1 at the ends and 2 inside, b_k = 1 for k = N/2 and 2 else.
template <Real R>
std::vector<R> clenshaw_curtis(int N) {
  std::vector<R> weights;
  for (int j = 0; j <= N; ++j) {
    R sum(1);
    for (int k = 1; k <= N / 2; ++k)
      sum -= R(k == N / 2 ? 1 : 2) * chebyshev_cosine<R>(2 * j * k % (2 * N), N) / R(4 * k * k - 1);
    weights.push_back(R(sum * R(j == 0 || j == N ? 1 : 2) / R(N)));
  }
  return weights;
}

/// The degree on a panel: even, and roughly what a panel of a tenth of the solution's scale of variation
/// needs.
template <Real R>
int degree_for(const R& tolerance) {
  const double digits = -std::log10(std::max(real::to_double<R>(tolerance), 1e-290));
  const int degree = 2 * static_cast<int>(std::ceil((4 + digits * 0.8) / 2));
  return std::min(most_degree, std::max(8, degree));
}

}  // namespace

template <Real R>
void Trajectory<R>::place_nodes(const R& horizon) {
  const std::vector<R> rule = clenshaw_curtis<R>(degree_);
  const R panels = R(static_cast<double>(panels_));
  nodes_.clear();
  weights_.clear();
  for (long p = 0; p < panels_; ++p) {
    const R left = horizon * R(static_cast<double>(p)) / panels;
    const R right = p + 1 == panels_ ? horizon : R(horizon * R(static_cast<double>(p + 1)) / panels);
    const R middle = (left + right) / R(2);
    const R radius = (right - left) / R(2);
    for (int j = 0; j <= degree_; ++j) {
      const std::size_t k = static_cast<std::size_t>(j);
      if (j == 0 && p > 0) {
        weights_.back() += radius * rule[k];
        continue;
      }
      nodes_.push_back(j == 0         ? left
                       : j == degree_ ? right
                                      : R(middle - radius * chebyshev_cosine<R>(j, degree_)));
      weights_.push_back(R(radius * rule[k]));
    }
  }
}

/// The largest of the last three Chebyshev coefficients, over all entries and panels.
template <Real R>
R Trajectory<R>::tail() const {
  using std::abs;
  std::vector<R> cosines;  // cos(pi m/N), m = 0 ... 2N - 1
  for (int m = 0; m < 2 * degree_; ++m) cosines.push_back(chebyshev_cosine<R>(m, degree_));
  R worst(0);
  for (long p = 0; p < panels_; ++p) {
    const std::size_t first = static_cast<std::size_t>(p * degree_);
    for (Eigen::Index i = 0; i < states_[0].size(); ++i)
      for (int k = degree_ - 2; k <= degree_; ++k) {
        R sum(0);
        for (int j = 0; j <= degree_; ++j) {
          const R term = states_[first + static_cast<std::size_t>(j)].data()[i] *
                         cosines[static_cast<std::size_t>(static_cast<long>(j) * k % (2 * degree_))];
          sum += j == 0 || j == degree_ ? R(term / R(2)) : term;
        }
        const R coefficient = abs(sum) * R(k == degree_ ? 1 : 2) / R(degree_);
        if (worst < coefficient) worst = coefficient;
      }
  }
  return worst;
}

template <Real R>
Trajectory<R>::Trajectory(const Integrator<R>& integrator, const RightHandSide<R>& f, const Matrix<R>& y0,
                          const R& horizon, const Control<R>& control, const R& tolerance) {
  if (!Backend<R>::finite(horizon) || horizon < R(0))
    throw DomainError("The horizon of a trajectory is negative or no number.");
  if (!Backend<R>::finite(tolerance) || tolerance < R(0))
    throw DomainError("The tolerance of an interpolation is negative or no number.");
  if (tolerance < R(16) * Backend<R>::unit_roundoff())
    throw PrecisionError(fmt::format("An interpolation to {} is beyond the {} digits of {}.",
                                     readable<R>(tolerance), Backend<R>::digits, Backend<R>::name));
  if (horizon == R(0)) {
    check_arguments<R>(y0, R(0), {}, control);
    nodes_ = {R(0)};
    weights_ = {R(0)};
    states_ = {y0};
    return;
  }
  degree_ = degree_for<R>(tolerance);
  int idle = 0;  // doublings that hardly helped
  R last_error(0);
  for (panels_ = 1; panels_ <= most_panels; panels_ *= 2) {
    place_nodes(horizon);
    cost_ = integrator.integrate(f, y0, R(0), nodes_, control);
    states_ = std::move(cost_.states);
    cost_.states.clear();
    total_evaluations_ += cost_.evaluations;
    R scale(0);
    for (const Matrix<R>& state : states_) scale = real::maximum<R>(scale, largest_entry<R>(state));
    interpolation_error_ = R(4) * tail();
    // A grid that is part of what was asked for is not refined behind the caller's back.
    if (control.substeps || interpolation_error_ <= tolerance * scale) return;
    // Close to the solver's own error, which is not smooth at the nodes, more panels do not help.
    idle = panels_ > 1 && last_error < R(4) * interpolation_error_ ? idle + 1 : 0;
    if (idle >= 2 && interpolation_error_ < scale / R(1000)) return;
    last_error = interpolation_error_;
  }
  throw StepCollapse(fmt::format("{} panels do not resolve the solution of the ODE to {}.", most_panels,
                                 readable<R>(tolerance)));
}

template <Real R>
void Trajectory<R>::at(const R& t, Matrix<R>& out) const {
  if (!(t >= R(0)) || nodes_.back() < t)
    throw DomainError(
        fmt::format("The time {} is outside [0, {}].", readable<R>(t), readable<R>(nodes_.back())));
  if (panels_ == 0) {
    out = states_[0];
    return;
  }
  const double guess = real::to_double<R>(R(t / nodes_.back())) * static_cast<double>(panels_);
  long p = std::min(panels_ - 1, static_cast<long>(guess));
  const auto node = [this](long k) -> const R& { return nodes_[static_cast<std::size_t>(k)]; };
  while (p > 0 && t < node(p * degree_)) --p;
  while (p + 1 < panels_ && node((p + 1) * degree_) < t) ++p;
  const long first = p * degree_;
  // sum_j q_j y_j / sum_j q_j with q_j = w_j/(t - t_j), w_j = (-1)^j, halved at the ends.
  std::array<R, most_degree + 1> quotients;
  std::array<const R*, most_degree + 1> factors, states;
  R sum(0);
  for (int j = 0; j <= degree_; ++j) {
    const std::size_t k = static_cast<std::size_t>(j);
    R& q = quotients[k];
    q = t;
    q -= node(first + j);
    if (q == 0) {
      out = states_[static_cast<std::size_t>(first + j)];
      return;
    }
    q = weight_of(j, degree_) / q;
    sum += q;
    factors[k] = &q;
    states[k] = states_[static_cast<std::size_t>(first + j)].data();
  }
  for (int j = 0; j <= degree_; ++j) quotients[static_cast<std::size_t>(j)] /= sum;
  out.resize(states_[0].rows(), states_[0].cols());
  add_up<R>(out.data(), factors.data(), states.data(), degree_ + 1, out.size());
}

template <Real R>
Matrix<R> Trajectory<R>::at(const R& t) const {
  Matrix<R> out;
  at(t, out);
  return out;
}

#define GRONWALL_INSTANTIATE(...) template class Trajectory<__VA_ARGS__>;
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
