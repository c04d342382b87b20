#include <cmath>

#include <fmt/format.h>

#include <gronwall/linalg/product.hpp>

#include "propagator.hpp"

namespace gronwall::ode {

using real::less;
using real::Truth;
using real::working_bits;

namespace {

/// The Taylor polynomial of the adjoint around an exact lambda, beside an expansion of the state.
struct AdjointExpansion {
  Matrix<Ball> coefficients;    ///< q: m x (N + 1), exact
  Matrix<Ball> pulled;          ///< y = s W^T q: m x (N + 1)
  std::vector<Bound> rounding;  ///< as in Expansion
};

class BackwardSteps {
 public:
  BackwardSteps(const Propagator& propagator, const CertifiedSolution& forward, const Matrix<Ball>& start,
                std::vector<Bound> error, bool gradient)
      : propagator_(propagator),
        forward_(forward),
        active_(propagator.composition(1)),
        lambda_(start),
        error_(std::move(error)),
        wanted_(gradient) {
    if (wanted_) gradient_ = Matrix<Ball>::Constant(n(), n(), Ball(0));
  }

  /// The piece that ends at `from` and is at most `from` long.
  CertifiedPiece step(const Ball& from) {
    Matrix<Ball> state;
    const std::vector<Ball> outer = forward_.at(from, state);
    state_error_ = radii(state, n());
    for (std::size_t k = 0; k < outer.size(); ++k) state_error_[k] += Bound(outer[k]);
    const Expansion e = propagator_.expand(midpoints(state), active_);
    const AdjointExpansion a = expand(e);
    const std::optional<Choice> choice = choose(e, a, from);
    if (!choice)
      throw StepCollapse(
          fmt::format("No step of the adjoint can be certified at t = {}.", real::to_double<Ball>(from)));
    Ball length = choice->length;
    for (int halved = 0; halved < 60; ++halved) {
      require_progress(length, from, from);
      if (std::optional<CertifiedPiece> piece = certified(e, a, *choice, from, length))
        return std::move(*piece);
      length = real::scaled(length, -1);
    }
    throw BlowUp(fmt::format("No bound of the adjoint closes at t = {}.", real::to_double<Ball>(from)));
  }

  const Matrix<Ball>& gradient() const { return gradient_; }
  const Bound& gradient_error() const { return gradient_error_; }

 private:
  struct Choice {
    Disc disc;
    std::vector<Bound> product_norm;  ///< ||G Y|| for each sample
    Ball radius, length;
  };

  Index n() const { return propagator_.width(); }
  Index samples() const { return propagator_.samples(); }

  /// q_{j+1} = -(1/(j+1)) sum_{k <= j} phi'(p)_k y_{j-k}.
  AdjointExpansion expand(const Expansion& e) const {
    const Index m = propagator_.components(), N = e.order();
    AdjointExpansion a;
    a.coefficients.resize(m, N + 1);
    a.pulled.resize(m, N + 1);
    a.coefficients.col(0) = lambda_;
    a.rounding.resize(static_cast<std::size_t>((N + 1) * samples()));
    std::vector<long> bits;
    for (Index j = 0; j <= N; ++j) bits.push_back(propagator_.bits_of_order(j));
    for (Index j = 0; j <= N; ++j) {
      const real::Precision enough(bits[static_cast<std::size_t>(j)]);
      propagator_.multiply_transposed(a.coefficients.data() + j * m, a.pulled.data() + j * m);
      if (j == N) break;
      for (Index k = 0; k < samples(); ++k) {
        Bound squares;
        for (Index i = k * n(); i < (k + 1) * n(); ++i) {
          Ball c;
          // phi'(p)_0 y_j + ... + phi'(p)_j y_0: the slopes lie m apart, as the pulled coefficients do.
          arb_dot(c.raw(), nullptr, 1, slopes(e, i), m, (a.pulled.data() + j * m + i)->raw(), -m, j + 1,
                  working_bits());
          arb_div_ui(c.raw(), c.raw(), static_cast<ulong>(j + 1), working_bits());
          mag_addmul(squares.raw(), arb_radref(c.raw()), arb_radref(c.raw()));
          arb_get_mid_arb(a.coefficients(i, j + 1).raw(), c.raw());
        }
        a.rounding[static_cast<std::size_t>((j + 1) * samples() + k)] = real::sqrt(squares);
      }
    }
    return a;
  }

  static arb_srcptr slopes(const Expansion& e, Index i) { return e.active->coefficient(1, 0)[i].raw(); }

  /// ||G Y|| for |t| <= R.
  std::vector<Bound> product_norms(const AdjointExpansion& a, const Disc& disc, const Ball& radius) const {
    std::vector<Bound> y = reach(a.pulled, radius, 0);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] *= disc.slope[i];
    std::vector<Bound> out;
    for (Index k = 0; k < samples(); ++k) out.push_back(norm_of(y, k * n(), n()));
    return out;
  }

  /// Heuristic, as for the state: both tails below 2^-bits of what they belong to.
  double log2_length(const Expansion& e, const AdjointExpansion& a, const Disc& disc,
                     const std::vector<Bound>& products, double log2_radius) const {
    double theta = std::log2(0.6);
    const Index m = propagator_.components();
    for (Index k = 0; k < samples(); ++k) {
      const auto limit = [&](const Bound& tail, const Matrix<Ball>& c) {
        if (!std::isfinite(tail.log2())) return;
        const double start = real::norm_bound(c.data() + k * n(), n()).log2();
        const double speed = real::norm_bound(c.data() + m + k * n(), n()).log2();
        const double target = std::max(start, speed + log2_radius - 2) - propagator_.target_bits();
        theta = std::min(theta, log2_theta(tail.log2(), log2_radius, target, e.order()));
      };
      limit(propagator_.norm() * disc.moved_norm[static_cast<std::size_t>(k)], e.coefficients);
      limit(products[static_cast<std::size_t>(k)], a.coefficients);
    }
    return log2_radius + theta;
  }

  std::optional<Choice> choose(const Expansion& e, const AdjointExpansion& a, const Ball& remaining) const {
    const double all = Bound(remaining).log2();
    std::optional<Choice> best;
    double longest = -INFINITY;
    for (const double radius : candidate_radii(e.coefficients, all)) {
      const Ball R = few_bits(radius);
      std::optional<Disc> disc = propagator_.disc(e, R);
      if (!disc) continue;
      std::vector<Bound> products = product_norms(a, *disc, R);
      double length = log2_length(e, a, *disc, products, radius);
      length = log2_accurate_length(e.rounding, e.coefficients, samples(), length);
      length = log2_accurate_length(a.rounding, a.coefficients, samples(), length);
      if (length <= longest) break;
      longest = length;
      best = Choice{std::move(*disc), std::move(products), R, propagator_.step_length(length, remaining)};
      if (length >= all) break;
    }
    return best;
  }

  std::optional<CertifiedPiece> certified(const Expansion& e, const AdjointExpansion& a, const Choice& choice,
                                          const Ball& from, const Ball& length) {
    CertifiedPiece piece{from, length, {}, {}};
    std::vector<Bound> after, throughout;
    std::vector<Carried> states;
    const Bound H(length), tail = tail_factor(length, choice.radius, e.order());
    for (Index k = 0; k < samples(); ++k) {
      const std::size_t sample = static_cast<std::size_t>(k);
      const auto state =
          propagator_.carry(e, choice.disc, k, state_error_[sample], length, choice.radius, true);
      if (!state) return std::nullopt;
      const std::vector<Bound> pull = reach(a.pulled.middleRows(k * n(), n()), length, 0);
      Bound largest_pull;
      for (const Bound& entry : pull) largest_pull = max(largest_pull, entry);
      const Bound source =
          H * propagator_.curvature(e, k, state->throughout, length) * state->throughout * largest_pull;
      const Bound defect =
          rounding_sum(a.rounding, samples(), k, length) + tail * choice.product_norm[sample];
      const Carried own = carried(error_[sample], state->slopes.growth, source + defect, length);
      if (!own.throughout.finite()) return std::nullopt;
      piece.error.push_back(own.error);
      throughout.push_back(own.throughout);
      after.push_back(own.at_end);
      states.push_back(*state);
    }
    if (wanted_) add_to_gradient(e, a, choice, length, states, throughout);
    const Matrix<Ball> end = evaluate(a.coefficients, -length);
    const std::vector<Bound> lost = radii(end, n());
    for (std::size_t k = 0; k < lost.size(); ++k) error_[k] = after[k] + lost[k];
    lambda_ = midpoints(end);
    piece.coefficients = a.coefficients;
    return piece;
  }

  /// b_i = int_{-H}^0 t^i dt = -(-H)^{i+1}/(i+1), i < count.
  static std::vector<Ball> moments(const Ball& length, Index count) {
    std::vector<Ball> b(static_cast<std::size_t>(count));
    Ball power(-1);
    for (std::size_t i = 0; i < b.size(); ++i) {
      power *= -length;
      arb_div_ui(b[i].raw(), power.raw(), static_cast<ulong>(i + 1), working_bits());
    }
    return b;
  }

  /// sum_k f_k b_{j+k} in column j = 0, ..., N, f_k the coefficients of phi(p) for one sample: n x (N + 1).
  /// Entry by entry where matrices are so small that to bring them into shape for a product would be most of
  /// the work.
  Matrix<Ball> weighted(const Expansion& e, Index sample, const std::vector<Ball>& b) const {
    constexpr Index few = 8;
    const Index N = e.order(), m = propagator_.components();
    const Ball* const f = e.active->coefficient(0, 0) + sample * n();
    if (n() > few) {
      Matrix<Ball> hankel(N, N + 1), values(n(), N);
      for (Index k = 0; k < N; ++k) {
        for (Index j = 0; j <= N; ++j) hankel(k, j) = b[static_cast<std::size_t>(j + k)];
        for (Index i = 0; i < n(); ++i) values(i, k) = f[k * m + i];
      }
      return linalg::multiply<Ball>(values, hankel);
    }
    Matrix<Ball> out(n(), N + 1);
    for (Index j = 0; j <= N; ++j)
      for (Index i = 0; i < n(); ++i)
        arb_dot(out(i, j).raw(), nullptr, 0, f[i].raw(), m, b[static_cast<std::size_t>(j)].raw(), 1, N,
                working_bits());
    return out;
  }

  /// int_{-H}^0 s lambda phi(h)^T dt: with q_j and f_k the coefficients of q and of phi(p),
  /// s sum_{j,k} q_j f_k^T b_{j+k}, and a bound of the rest.
  void add_to_gradient(const Expansion& e, const AdjointExpansion& a, const Choice& choice,
                       const Ball& length, const std::vector<Carried>& states,
                       const std::vector<Bound>& errors) {
    const Index N = e.order();
    const std::vector<Ball> b = moments(length, 2 * N + 1);
    const Bound H(length), tail = tail_factor(length, choice.radius, N), s(propagator_.scale());
    for (Index k = 0; k < samples(); ++k) {
      const std::size_t sample = static_cast<std::size_t>(k);
      const Matrix<Ball> q = a.coefficients.middleRows(k * n(), n());
      const Matrix<Ball> weighted = this->weighted(e, k, b);
      const Matrix<Ball> part = linalg::multiply_transpose<Ball>(q, weighted);
      for (Index i = 0; i < part.size(); ++i) gradient_.data()[i] += propagator_.scale() * part.data()[i];

      const Bound q_norm = norm_of(reach(q, length, 0), 0, n());
      const Bound moves = norm_of(reach(e.coefficients.middleRows(k * n(), n()), length, 1), 0, n());
      const Bound slope = states[sample].slopes.largest, apart = states[sample].throughout;
      const Bound active =
          real::norm_bound(e.active->coefficient(0, 0) + k * n(), n()) + slope * (moves + apart);
      const Bound per_time = errors[sample] * active + q_norm * slope * apart;
      gradient_error_ += s * (H * per_time + q_norm * choice.disc.moved_norm[sample] * tail);
    }
  }

  const Propagator& propagator_;
  const CertifiedSolution& forward_;
  series::Composition<Ball> active_;
  Matrix<Ball> lambda_;
  std::vector<Bound> error_, state_error_;
  bool wanted_;
  Matrix<Ball> gradient_;
  Bound gradient_error_;
};

}  // namespace

CertifiedAdjoint::CertifiedAdjoint(const CertifiedSolution& forward, const Approximation<Ball>& final,
                                   bool gradient)
    : forward_(forward) {
  const Index n = forward.width();
  if (final.value.rows() != n || final.value.cols() != forward.samples())
    throw DomainError(fmt::format("lambda_T must be {} x {}: it is {} x {}.", n, forward.samples(),
                                  final.value.rows(), final.value.cols()));
  const Matrix<Ball> start = as_column(final.value);
  if (!real::norm_bound(start.data(), start.size()).finite())
    throw DomainError("lambda_T has an entry that is not a finite number.");
  std::vector<Bound> error = radii(start, n);
  for (Bound& e : error) e += Bound(final.error);
  if (gradient) gradient_ = {Matrix<Ball>::Constant(n, n, Ball(0)), Ball(0)};

  Ball t = forward.horizon();
  if (less(Ball(), t) != Truth::yes) {
    pieces_.push_back({Ball(), Ball(), midpoints(start), constant_errors(error)});
    return;
  }
  BackwardSteps steps(*forward.propagator_, forward, midpoints(start), std::move(error), gradient);
  while (less(Ball(), t) == Truth::yes) {
    if (pieces_.size() == most_steps)
      throw StepCollapse(fmt::format("{} certified steps of the adjoint did not reach 0.", most_steps));
    pieces_.push_back(steps.step(t));
    products_ += static_cast<long>((2 * forward.propagator_->order() + 1) * forward.samples());
    t = exact_difference(t, pieces_.back().length);
  }
  if (gradient) gradient_ = {steps.gradient(), steps.gradient_error().ball()};
}

Approximation<Ball> CertifiedAdjoint::at(const Ball& t) const {
  Matrix<Ball> value;
  Bound error;
  for (const CertifiedPiece& piece : pieces_) {
    // Backwards: piece k covers [start - length, start]; its own time runs from 0 down to -length.
    const std::optional<Ball> local = within(piece.start - t, piece.length);
    if (!local) continue;
    Bound squares;
    for (const CertifiedError& one : piece.error) {
      const Bound apart(one.at(*local));
      squares.add_product(apart, apart);
    }
    error = max(error, real::sqrt(squares));
    add_enclosure(value, evaluate(piece.coefficients, -*local));
  }
  if (value.size() == 0)
    throw DomainError(fmt::format("The time {} lies outside [0, {}].", real::to_double<Ball>(t),
                                  real::to_double<Ball>(forward_.horizon())));
  return {as_batch(value, forward_.width()), error.ball()};
}

}  // namespace gronwall::ode
