#include "verify/checker/ode.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "verify/checker/outcome.hpp"

namespace gronwall::checker {

namespace {

constexpr int most_steps = 4000;

/// B with start + [0, tau] F(B) inside B, if a few attempts find one.
std::optional<Vector> picard_box(const Field& field, const Vector& start, const Interval& time) {
  const Interval more = Interval(9) / Interval(8);
  Vector box = start;
  for (int attempt = 0; attempt < 12; ++attempt) {
    const Vector slope = field.taylor(box, 1)[1];
    bool stays = true;
    Vector wider;
    for (std::size_t i = 0; i < start.size(); ++i) {
      const Interval change = time * slope[i];
      if (!change.bounded()) return std::nullopt;
      stays = stays && (start[i] + change).inside(box[i]);
      wider.push_back(hull(box[i], start[i] + change * more));
    }
    if (stays) return box;
    box = wider;
  }
  return std::nullopt;
}

/// tau with eight significant bits, rounded towards 0, so that exact times stay short.
mpq_class shortened(const mpq_class& tau) {
  int e = 0;
  const double m = std::frexp(tau.get_d(), &e);
  const mpq_class out(std::ldexp(std::trunc(std::ldexp(m, 8)), e - 8));
  return out > 0 ? out : tau;
}

/// The largest magnitude among the entries [from, to), as a power of two.
long size_of(const Vector& x, std::size_t from, std::size_t to) {
  long e = Interval(0).magnitude_exponent();
  for (std::size_t i = from; i < to; ++i) e = std::max(e, x[i].magnitude_exponent());
  return e;
}

/// One step of length tau, if there is a box and the remainder is small enough.
std::optional<Vector> step(const Field& field, const Vector& state, const Interval& tau, std::size_t order) {
  const auto box = picard_box(field, state, hull(0, tau));
  if (!box) return std::nullopt;
  const std::vector<Vector> terms = field.taylor(state, order - 1);
  const Vector last = field.taylor(*box, order)[order];
  const Interval tau_power = power(tau, static_cast<unsigned>(order));
  Vector out;
  for (std::size_t i = 0; i < state.size(); ++i) {
    const bool first_part = i < field.width();
    const long size =
        first_part ? size_of(*box, 0, field.width()) : size_of(*box, field.width(), state.size());
    const Interval remainder = last[i] * tau_power;
    const long allowed = std::max(size - 2 * working_bits() / 3, state[i].width_exponent() - 8);
    const bool vanishes = surely_at_most(abs(remainder), 0);
    if (!remainder.bounded() || (!vanishes && remainder.magnitude_exponent() > allowed)) return std::nullopt;
    Interval sum = remainder;
    Interval tau_i = 1;
    for (std::size_t k = 0; k < order; ++k) {
      sum += terms[k][i] * tau_i;
      tau_i *= tau;
    }
    out.push_back(sum);
  }
  return out;
}

}  // namespace

/// M u for the n entries of u from `from` on.
Vector Field::product(const Vector& u, std::size_t from) const {
  Vector out(n_);
  for (std::size_t i = 0; i < n_; ++i)
    for (std::size_t j = 0; j < n_; ++j) out[i] += m_[i * n_ + j] * u[from + j];
  return out;
}

std::vector<Vector> Field::taylor(const Vector& state, std::size_t order) const {
  const std::size_t columns = state.size() / n_ - 1;  // of Y
  std::vector<Vector> terms{state};
  std::vector<Lift> lifts(n_, Lift(phi_));
  std::vector<Vector> y(columns * n_);  // series of each entry of Y
  for (std::size_t i = 0; i < order; ++i) {
    const Vector& x = terms[i];
    Vector u(state.size());
    for (std::size_t k = 0; k < n_; ++k) {
      lifts[k].push(x[k]);
      u[k] = lifts[k].value()[i];
    }
    for (std::size_t k = 0; k < columns * n_; ++k) {
      y[k].push_back(x[n_ + k]);
      u[n_ + k] = product_at(lifts[k % n_].slope(), y[k], i);
    }
    Vector next;
    for (std::size_t c = 0; c <= columns; ++c) {
      Vector slope = product(u, c * n_);
      for (const Drive& drive : drives_)
        if (drive.column + 1 == c) slope[drive.i] += drive.strength * u[drive.k];
      for (const Interval& entry : slope) next.push_back(entry / Interval(static_cast<long>(i) + 1));
    }
    terms.push_back(std::move(next));
  }
  return terms;
}

Vector solve(const Field& field, Vector state, const mpq_class& duration) {
  const std::size_t order = static_cast<std::size_t>(std::max(12L, working_bits() / 6));
  mpq_class remaining = duration, tau = duration;
  for (int steps = 0; remaining > 0;) {
    tau = std::min(tau, remaining);
    if (++steps > most_steps) throw NotDecided("the solution needs more steps than this checker makes");
    if (auto next = step(field, state, Interval(tau), order)) {
      state = std::move(*next);
      remaining -= tau;
      if (steps % 2 == 0) tau = shortened(tau * mpq_class(5, 4));
    } else {
      tau = shortened(tau * mpq_class(3, 4));
      if (tau * 1000000 < duration) throw NotDecided("the enclosure of the solution gets too wide to go on");
    }
  }
  return state;
}

}  // namespace gronwall::checker
