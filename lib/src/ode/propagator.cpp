#include "propagator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <gronwall/linalg/certified.hpp>
#include <gronwall/linalg/norm.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::ode {

using real::less;
using real::Precision;
using real::Truth;
using real::working_bits;

namespace {

/// Up to this width ||W|| is enclosed tightly and logarithmic norms are computed at every step; beyond, their
/// n^3 operations would no longer vanish beside the n^2 N balls of a step.
constexpr Index narrow = 32;

/// From this width on, and up to this precision, W x is computed in fixed point: below, a step is made of
/// other things than products, and beyond, 58 bits are not enough.
constexpr Index wide = 16;
constexpr long fixed_bits = 64;

/// Bits that are worth computing: those of the working precision, but not many more than those to which W is
/// known. Where W is an interval of matrices (a bisection asks for that) all its solutions lie as far apart
/// as its radius makes them, and a remainder of 2^-16 of that adds nothing.
long useful_bits(const Matrix<Ball>& W) {
  Bound radius;
  for (Index i = 0; i < W.size(); ++i)
    mag_addmul(radius.raw(), arb_radref(W.data()[i].raw()), arb_radref(W.data()[i].raw()));
  const double known = real::norm_bound(W.data(), W.size()).log2() - real::sqrt(radius).log2();
  if (!(known < static_cast<double>(working_bits()))) return working_bits();
  return std::min(working_bits(), 16 + std::max(0L, std::lround(known)));
}

/// out = s (A x) for one sample, or s (A^T x): A is n x n.
enum class Side { rows, columns };
void products(const Matrix<Ball>& A, Side side, const Ball& s, const Ball* x, Ball* out) {
  const Index n = A.rows(), first = side == Side::rows ? 1 : n, step = side == Side::rows ? n : 1;
  for (Index i = 0; i < n; ++i) {
    arb_dot(out[i].raw(), nullptr, 0, A.data()[i * first].raw(), step, x->raw(), 1, n, working_bits());
    arb_mul(out[i].raw(), out[i].raw(), s.raw(), working_bits());
  }
}

/// ||W - rounded||_F.
Bound distance(const Matrix<Ball>& W, const ExactMatrix& rounded) {
  Bound squares;
  Ball apart;
  for (Index i = 0; i < W.size(); ++i) {
    const Ball& w = W.data()[i];
    if (w.exact() && arf_equal_d(arb_midref(w.raw()), rounded.data()[i]) != 0) continue;
    arb_sub(apart.raw(), w.raw(), Ball(rounded.data()[i]).raw(), working_bits());
    const Bound size(apart);
    squares.add_product(size, size);
  }
  return real::sqrt(squares);
}

}  // namespace

Propagator::Propagator(CertifiedField field, Index samples, const CertifiedControl& control)
    : field_(std::move(field)),
      control_(control),
      phi_(&field_.phi.in<Ball>()),
      n_(field_.W.rows()),
      samples_(samples),
      // Each order is to gain two bits (theta about 1/4): between the optimum e^-1 of wide networks, whose
      // cost is one product an order, and e^-2 of narrow ones, whose cost is the convolutions.
      order_(control.order.value_or(static_cast<int>(useful_bits(field_.W) / 2) + 4)),
      rounded_(linalg::to_double<Ball>(field_.W)) {
  if (order_ < 2 || !(control.fraction > 0 && control.fraction <= 1))
    throw DomainError(
        "Certified solutions need an order of at least 2 and a fraction of the step in (0, 1].");
  if (!field_.phi.traits().system)
    throw DomainError("Certified solutions need an activation that solves a differential equation; '" +
                      field_.phi.name() + "' does not.");
  rounding_error_ = distance(field_.W, rounded_);
  // That coefficients of high order are computed in few bits does not make fixed point enough for all.
  const bool may_be_fixed = n_ >= wide && working_bits() <= fixed_bits;
  const Precision low(64);
  if (n_ <= narrow) {
    matrix_norm_ = Bound(linalg::spectral_norm<Ball>(field_.W));
  } else {
    matrix_norm_ = Bound(linalg::spectral_norm_bound(rounded_)) + rounding_error_;
  }
  norm_ = Bound(field_.s) * matrix_norm_;
  if (may_be_fixed && rounded_.allFinite())
    fixed_.emplace(rounded_);
  else
    transposed_ = field_.W.transpose();
  lipschitz_ = Bound(phi_->lipschitz());
  curvature_ = Bound(phi_->derivative_lipschitz());
}

/// With W~ and x~ for what is multiplied in fixed point, W x - W~ x~ = W (x - x~) + (W - W~) x~.
std::vector<Bound> Propagator::multiply(const Ball* x, Ball* out, int divisor) const {
  std::vector<Bound> lost(static_cast<std::size_t>(samples_));
  Ball factor;
  arb_div_ui(factor.raw(), field_.s.raw(), static_cast<ulong>(divisor), working_bits() + 32);
  for (Index k = 0; k < samples_; ++k) {
    const Ball* from = x + k * n_;
    Ball* to = out + k * n_;
    const bool fast = fixed_ && working_bits() <= fixed_bits;
    const std::optional<FixedMatrix::Error> error = fast ? fixed_->multiply(from, to) : std::nullopt;
    if (!error) {
      if (transposed_.size() > 0)
        products(transposed_, Side::columns, factor, from, to);
      else
        products(field_.W, Side::rows, factor, from, to);
      continue;
    }
    for (Index i = 0; i < n_; ++i) to[i] *= factor;
    lost[static_cast<std::size_t>(k)] =
        Bound(factor) *
        (matrix_norm_ * error->rounded + (rounding_error_ + fixed_->rounding()) * error->size);
  }
  return lost;
}

void Propagator::multiply_transposed(const Ball* x, Ball* out) const {
  for (Index k = 0; k < samples_; ++k) products(field_.W, Side::columns, field_.s, x + k * n_, out + k * n_);
}

long Propagator::bits_of_order(Index j) const {
  constexpr long guard = 20;
  const long bits = working_bits();
  const double fallen = static_cast<double>(j) * target_bits() / static_cast<double>(order_ + 1);
  return std::min(bits, std::max(64L, bits + guard - static_cast<long>(fallen)));
}

Ball Propagator::step_length(double log2_proposed, const Ball& remaining) const {
  const double length = log2_proposed + std::log2(control_.fraction);
  if (length >= Bound(remaining).log2() + 4) return remaining;
  const Ball proposed = few_bits(length);
  return less(proposed, remaining) == Truth::yes ? proposed : remaining;
}

series::Composition<Ball> Propagator::composition(int derivatives) const {
  return series::Composition<Ball>(field_.phi, components(), derivatives, order_);
}

Expansion Propagator::expand(const Matrix<Ball>& p0, series::Composition<Ball>& active) const {
  const Index m = components();
  Expansion e;
  e.coefficients.resize(m, order_ + 1);
  e.coefficients.col(0) = p0;
  e.rounding.resize(static_cast<std::size_t>((order_ + 1) * samples_));
  e.active = &active;
  active.start(e.coefficients.data());
  std::vector<long> bits;
  for (Index j = 0; j <= order_; ++j) bits.push_back(bits_of_order(j));
  for (int j = 0; j < order_; ++j) {
    const Precision enough(bits[static_cast<std::size_t>(j) + 1]);
    Ball* next = e.coefficients.data() + (j + 1) * m;
    const std::vector<Bound> lost = multiply(active.coefficient(0, j), next, j + 1);
    std::optional<Matrix<Ball>> disturbed;
    if (control_.disturb) {
      disturbed = midpoints(e.coefficients.col(j + 1));
      control_.disturb(j + 1, *disturbed);
    }
    for (Index k = 0; k < samples_; ++k) {
      Bound squares;
      for (Index i = k * n_; i < (k + 1) * n_; ++i) {
        const Bound apart(disturbed ? (next[i] - disturbed->data()[i]) : next[i].radius());
        squares.add_product(apart, apart);
        if (disturbed) next[i] = disturbed->data()[i];
        mag_zero(arb_radref(next[i].raw()));
      }
      e.rounding[static_cast<std::size_t>((j + 1) * samples_ + k)] =
          real::sqrt(squares) + lost[static_cast<std::size_t>(k)];
    }
    if (j + 1 < order_) active.push(next);
  }
  return e;
}

std::optional<Disc> Propagator::disc(const Expansion& e, const Ball& radius) const {
  const Precision low(64);
  const std::vector<Bound> moves = reach(e.coefficients, radius, 1);
  const std::size_t m = static_cast<std::size_t>(components());
  Disc out;
  out.moved.resize(m), out.slope.resize(m), out.moved_norm.resize(static_cast<std::size_t>(samples_));
  for (std::size_t i = 0; i < m; ++i) {
    if (!moves[i].finite()) return std::nullopt;
    const auto bounds = phi_->disc_bounds(e.coefficients.data()[i], moves[i].ball());
    if (!bounds) return std::nullopt;
    out.slope[i] = Bound(bounds->derivative);
    // On a convex set phi moves by at most its largest slope times the way.
    out.moved[i] = min(moves[i] * out.slope[i], Bound(bounds->value) + Bound(e.active->coefficient(0, 0)[i]));
    if (!out.moved[i].finite() || !out.slope[i].finite()) return std::nullopt;
  }
  for (Index k = 0; k < samples_; ++k)
    out.moved_norm[static_cast<std::size_t>(k)] = norm_of(out.moved, k * n_, n_);
  return out;
}

std::vector<Ball> Propagator::states(const Expansion& e, Index k, const std::vector<Bound>& moves,
                                     const Bound& error) const {
  std::vector<Ball> out;
  out.reserve(moves.size());
  for (Index i = 0; i < n_; ++i)
    out.emplace_back(e.coefficients(k * n_ + i, 0), (moves[static_cast<std::size_t>(i)] + error).ball());
  return out;
}

std::vector<Bound> Propagator::moves_of(const Expansion& e, Index k, const Ball& length) const {
  return reach(e.coefficients.middleRows(k * n_, n_), length, 1);
}

Slopes Propagator::slopes(const std::vector<Ball>& states, bool backwards) const {
  std::vector<Ball> d;
  Slopes out;
  for (const Ball& h : states) {
    d.push_back(phi_->derivative(h));
    out.largest = max(out.largest, Bound(d.back()));
  }
  out.largest = min(out.largest, lipschitz_);
  out.growth = out.backward = (norm_ * out.largest).ball();
  if (n_ > narrow || !out.largest.finite()) return out;
  for (const int sign : {1, -1}) {
    if (sign < 0 && !backwards) break;
    Ball& rate = sign > 0 ? out.growth : out.backward;
    const std::optional<Ball> sharper = logarithmic_growth(d, out.largest, sign);
    if (sharper && less(*sharper, rate) == Truth::yes) rate = *sharper;
  }
  return out;
}

/// s (mu(+-W D_c) + ||W|| max |D - D_c|). With W~ for W rounded, W D - W~ D_c = W (D - D_c) + (W - W~) D_c,
/// and |D_c| is at most max |D| + max |D - D_c|. The product W D_c is rounded entry by entry, by 2^-53 of its
/// size and 2^-1074.
std::optional<Ball> Propagator::logarithmic_growth(const std::vector<Ball>& slopes, const Bound& largest,
                                                   int sign) const {
  if (less(Ball(), field_.s) != Truth::yes) return std::nullopt;
  ExactMatrix scaled = rounded_;
  Bound apart;
  for (Index j = 0; j < n_; ++j) {
    const Ball& d = slopes[static_cast<std::size_t>(j)];
    const double centre = real::to_double<Ball>(d);
    scaled.col(j) *= sign * centre;
    apart = max(apart, Bound(d - Ball(centre)));
  }
  if (!scaled.allFinite() || !apart.finite()) return std::nullopt;
  Bound squares;
  for (Index i = 0; i < scaled.size(); ++i) {
    const Bound entry(Ball(scaled.data()[i]));
    squares.add_product(entry, entry);
  }
  const Bound rounding =
      real::sqrt(squares) * Bound(0x1p-52) + Bound(0x1p-1074) * Bound(static_cast<double>(n_));
  const Bound extra = matrix_norm_ * apart + rounding_error_ * (largest + apart) + rounding;
  const double mu = linalg::logarithmic_norm_bound(scaled);
  if (!std::isfinite(mu) || !extra.finite()) return std::nullopt;
  return (field_.s * (Ball(mu) + extra.ball())).upper();
}

std::optional<Carried> Propagator::carry(const Expansion& e, const Disc& disc, Index k, const Bound& error,
                                         const Ball& length, const Ball& radius, bool backwards) const {
  const Precision low(64);
  const Bound defect =
      rounding_sum(e.rounding, samples_, k, length) +
      norm_ * disc.moved_norm[static_cast<std::size_t>(k)] * tail_factor(length, radius, e.order());
  if (!defect.finite()) return std::nullopt;
  const std::vector<Bound> moves = moves_of(e, k, length);
  Bound guess = (error + defect) * Bound(2.0);
  for (int attempt = 0; attempt < 12; ++attempt) {
    const Slopes here = slopes(states(e, k, moves, guess), backwards);
    Carried out = carried(error, backwards ? here.backward : here.growth, defect, length);
    out.slopes = here;
    // Without any error at the start and in the equation there is none at all.
    if (out.throughout < guess || out.throughout.is_zero()) return out;
    if (!out.throughout.finite()) return std::nullopt;
    guess = out.throughout * Bound(attempt < 3 ? 1.25 : 4.0);
  }
  return std::nullopt;
}

Carried carried(const Bound& error, const Ball& growth, const Bound& source, const Ball& length) {
  const Precision low(64);
  const Bound grown(exp(growth * length));
  const Bound added = max(grown, Bound(1.0)) * source;
  return {{error.ball(), growth, added.ball()}, max(error, grown * error) + added, grown * error + added, {}};
}

Ball CertifiedError::at(const Ball& t) const {
  const Precision low(64);
  return (Bound(exp(growth * t)) * Bound(initial) + Bound(added)).ball();
}

Bound Propagator::curvature(const Expansion& e, Index k, const Bound& error, const Ball& length) const {
  if (curvature_.finite()) return curvature_;
  const Precision low(64);
  Bound out;
  for (const Ball& h : states(e, k, moves_of(e, k, length), error))
    out = max(out, Bound(phi_->second_derivative(h)));
  return out;
}

Bound rounding_sum(const std::vector<Bound>& rounding, Index samples, Index k, const Ball& length) {
  const Bound H(length);
  Bound power(1.0), sum;
  for (std::size_t at = static_cast<std::size_t>(samples + k); at < rounding.size();
       at += static_cast<std::size_t>(samples)) {
    power *= H;
    sum.add_product(rounding[at], power);
  }
  return sum;
}

double log2_accurate_length(const std::vector<Bound>& rounding, const Matrix<Ball>& coefficients,
                            Index samples, double log2_length) {
  const Index m = coefficients.rows(), n = m / samples;
  double length = log2_length;
  for (Index k = 0; k < samples; ++k) {
    const double size = real::norm_bound(coefficients.data() + k * n, n).log2();
    const double speed = real::norm_bound(coefficients.data() + m + k * n, n).log2();
    const auto lost = [&](double at) { return rounding_sum(rounding, samples, k, few_bits(at)).log2(); };
    for (int tries = 0; tries < 40; ++tries) {
      const double allowed = std::max(size, speed + length) - static_cast<double>(working_bits()) + 6;
      const double now = lost(length);
      // Shorter steps pay only where coefficients of high order are what is lost.
      if (now <= allowed || now - lost(length - 0.5) < 3) break;
      length -= 0.5;
    }
  }
  return length;
}

std::vector<Bound> reach(const Rows& coefficients, const Ball& radius, Index first) {
  const Bound R(radius);
  std::vector<Bound> sums(static_cast<std::size_t>(coefficients.rows()));
  Bound power(1.0);
  for (Index j = 0; j < coefficients.cols(); ++j) {
    if (j > 0) power *= R;
    if (j < first) continue;
    for (Index i = 0; i < coefficients.rows(); ++i)
      sums[static_cast<std::size_t>(i)].add_product(Bound(coefficients(i, j)), power);
  }
  return sums;
}

Bound norm_of(const std::vector<Bound>& entries, Index from, Index count) {
  Bound squares;
  for (Index i = from; i < from + count; ++i)
    squares.add_product(entries[static_cast<std::size_t>(i)], entries[static_cast<std::size_t>(i)]);
  return real::sqrt(squares);
}

Bound tail_factor(const Ball& length, const Ball& radius, Index order) {
  const Precision low(64);
  const Ball theta = length / radius;
  const Ball left = Ball(1) - theta;
  if (less(Ball(), left) != Truth::yes) return Bound(std::numeric_limits<double>::infinity());
  return Bound(length * real::power<Ball>(theta, static_cast<unsigned>(order)) /
               (Ball(static_cast<int>(order) + 1) * left));
}

double log2_theta(double log2_size, double log2_radius, double target, Index order) {
  const double steps = static_cast<double>(order + 1);
  const double theta = (target - log2_size - log2_radius + std::log2(steps)) / steps;
  return std::min(theta, std::log2(0.6));
}

std::vector<double> candidate_radii(const Matrix<Ball>& coefficients, double log2_longest) {
  const Index N = coefficients.cols() - 1;
  const auto size = [&coefficients](Index j) {
    return real::norm_bound(coefficients.data() + j * coefficients.rows(), coefficients.rows()).log2();
  };
  const double first = size(1);
  double rho = log2_longest + 3;
  for (Index j = std::max<Index>(2, N - 2); j <= N; ++j)
    if (std::isfinite(size(j))) rho = std::min(rho, (first - size(j)) / static_cast<double>(j - 1));
  std::vector<double> out;
  for (const double below : {0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 13.0, 20.0, 40.0, 80.0})
    out.push_back(rho - below);
  return out;
}

Ball few_bits(double x) {
  const double whole = std::floor(x);
  const double mantissa = std::floor(std::exp2(x - whole + 7));
  return real::scaled(Ball(mantissa), static_cast<long>(whole) - 7);
}

Matrix<Ball> midpoints(const Matrix<Ball>& x) {
  return x.unaryExpr([](const Ball& entry) { return entry.midpoint(); });
}

std::vector<Bound> radii(const Matrix<Ball>& x, Index n) {
  std::vector<Bound> out;
  for (Index from = 0; from < x.size(); from += n) {
    Bound squares;
    for (Index i = from; i < from + n; ++i)
      mag_addmul(squares.raw(), arb_radref(x.data()[i].raw()), arb_radref(x.data()[i].raw()));
    out.push_back(real::sqrt(squares));
  }
  return out;
}

Matrix<Ball> evaluate(const Matrix<Ball>& coefficients, const Ball& t) {
  const Index m = coefficients.rows(), count = coefficients.cols();
  std::vector<Ball> powers(static_cast<std::size_t>(count));
  powers[0] = Ball(1);
  for (std::size_t j = 1; j < powers.size(); ++j) powers[j] = powers[j - 1] * t;
  Matrix<Ball> out(m, 1);
  for (Index i = 0; i < m; ++i)
    arb_dot(out(i, 0).raw(), nullptr, 0, coefficients.data()[i].raw(), m, powers[0].raw(), 1, count,
            working_bits());
  return out;
}

std::vector<CertifiedError> constant_errors(const std::vector<Bound>& error) {
  std::vector<CertifiedError> out;
  for (const Bound& e : error) out.push_back({e.ball(), Ball(), Ball()});
  return out;
}

void add_enclosure(Matrix<Ball>& x, const Matrix<Ball>& y) {
  if (x.size() == 0) {
    x = y;
    return;
  }
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = x.data()[i].hull(y.data()[i]);
}

void require_progress(const Ball& length, const Ball& remaining, const Ball& t) {
  constexpr double shortest = -200;  // log2 of the part of what remains
  if (Bound(length).log2() >= Bound(remaining).log2() + shortest) return;
  throw StepCollapse(fmt::format("Certified steps vanish at t = {}.", real::to_double<Ball>(t)));
}

Ball exact_sum(const Ball& x, const Ball& y) {
  Ball out;
  arb_add(out.raw(), x.raw(), y.raw(), ARF_PREC_EXACT);
  return out;
}

Ball exact_difference(const Ball& x, const Ball& y) {
  Ball out;
  arb_sub(out.raw(), x.raw(), y.raw(), ARF_PREC_EXACT);
  return out;
}

std::optional<Ball> within(const Ball& t, const Ball& length) {
  if (!t.known() || less(t, Ball()) == Truth::yes || less(length, t) == Truth::yes) return std::nullopt;
  if (leq(Ball(), t) == Truth::yes && leq(t, length) == Truth::yes) return t;
  const Ball low = max(Ball(), t.lower()), high = min(length, t.upper());
  return low.hull(high);
}

Matrix<Ball> as_batch(const Matrix<Ball>& column, Index n) {
  return Eigen::Map<const Matrix<Ball>>(column.data(), n, column.size() / n);
}

Matrix<Ball> as_column(const Matrix<Ball>& batch) {
  return Eigen::Map<const Matrix<Ball>>(batch.data(), batch.size(), 1);
}

}  // namespace gronwall::ode
