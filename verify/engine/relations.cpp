#include "verify/engine/relations.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <gronwall/real/backends.hpp>
#include <gronwall/real/error.hpp>
#include <gronwall/real/functions.hpp>

#include "verify/engine/statistics.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {

namespace {

using real::Backend;
using real::Ball;
using real::to_double;

/// log x for x > 0 as a double; x itself may lie far below the range of doubles.
template <Real R>
double logarithm(const R& x) {
  using std::log;
  return to_double<R>(R(log(x)));
}

/// a < b, beyond doubt: for what people see, not for a truth.
template <real::Floating R>
bool surely_less(const R& a, const R& b) {
  return a < b;
}
bool surely_less(const Ball& a, const Ball& b) { return less(a, b) == Truth::yes; }

/// An upper bound of the error as a double.
template <class R>
double error_of(const real::Estimated<R>& x) {
  return to_double<R>(x.error());
}
double error_of(const Ball& x) {
  return x.known() ? arf_get_d(arb_midref(x.radius().raw()), ARF_RND_UP)
                   : std::numeric_limits<double>::infinity();
}

template <class R>
Bounds bounds_of(const real::Estimated<R>&) {
  return {};
}
/// With bits to spare, so that rounding outwards does not close a gap that decided.
Bounds bounds_of(const Ball& x) {
  if (!x.known()) return {};
  const real::Precision enough(real::working_bits() + 64);
  return {Backend<Ball>::to_hex(x.lower()), Backend<Ball>::to_hex(x.upper())};
}

/// Marks what was decided by enclosures as a proof.
template <Real R>
void rest_on_enclosures(Judgement& judged) {
  if constexpr (real::Enclosing<R>) {
    judged.bits = real::working_bits();
    judged.proof = judged.truth != Truth::unknown;
  }
}

template <Real R>
Judgement both_sides(Truth truth, std::string relation, const Quantity<R>& lhs, const Quantity<R>& rhs) {
  Judgement out;
  out.truth = truth;
  out.relation = std::move(relation);
  out.lhs = to_double<R>(lhs.value());
  out.rhs = to_double<R>(rhs.value());
  out.lhs_error = error_of(lhs);
  out.rhs_error = error_of(rhs);
  out.lhs_exact = Backend<R>::to_hex(lhs.value());
  out.rhs_exact = Backend<R>::to_hex(rhs.value());
  out.lhs_bounds = bounds_of(lhs);
  out.rhs_bounds = bounds_of(rhs);
  rest_on_enclosures<R>(out);
  return out;
}

/// Undecided, with errors that leave both sides no room to differ by more than a trifle.
template <class R>
bool tied(const real::Estimated<R>& lhs, const real::Estimated<R>& rhs) {
  using std::abs;
  if (!lhs.known() || !rhs.known()) return false;
  const R error = lhs.error() + rhs.error();
  const R size = std::max<R>(abs(lhs.value()), abs(rhs.value()));
  const R tenth = real::ratio<R>(1, 10);
  return error <= real::power(tenth, 12) * size || size + error <= real::power(tenth, 20);
}

bool tied(const Ball& lhs, const Ball& rhs) {
  const long bits = real::working_bits();
  if (bits < 256 || !lhs.known() || !rhs.known() || !lhs.overlaps(rhs)) return false;
  const Ball widths = lhs.radius() + rhs.radius();
  const Ball size = max(lhs.largest_modulus(), rhs.largest_modulus());
  if (leq(widths, scaled(size, -bits / 2)) == Truth::yes) return true;
  // A square root near 0 has half of the bits.
  return lhs.contains_zero() && rhs.contains_zero() &&
         leq(size, scaled(Ball(1), -3 * bits / 8)) == Truth::yes;
}

/// lhs/rhs for people; for balls that of the midpoints.
template <Real R>
double quotient(const R& lhs, const R& rhs) {
  if constexpr (real::Enclosing<R>)
    return to_double<R>(lhs.midpoint() / rhs.midpoint());
  else
    return to_double<R>(R(lhs / rhs));
}

}  // namespace

template <Real R>
Judgement at_most(const Quantity<R>& lhs, const Quantity<R>& rhs) {
  Judgement out = both_sides<R>(leq(lhs, rhs), "<=", lhs, rhs);
  out.tie = out.truth == Truth::unknown && tied(lhs, rhs);
  if (rhs.known() && lhs.known()) {
    const R zero(0);
    const bool none = !surely_less(zero, rhs.value()) && !surely_less(rhs.value(), zero);
    if (surely_less(zero, rhs.value())) out.ratio = quotient<R>(lhs.value(), rhs.value());
    if (none && surely_less(zero, lhs.value())) out.ratio = std::numeric_limits<double>::infinity();
  }
  return out;
}

namespace {

/// A proof in balls is one for every number that the tolerance may stand for: the least for a yes, the
/// largest for a no.
std::string tolerance_text(const Ball& tolerance, Truth truth) {
  if (!tolerance.known()) return "";
  return Backend<Ball>::to_hex(truth == Truth::yes ? tolerance.lower() : tolerance.upper());
}
template <real::Floating R>
std::string tolerance_text(const R& tolerance, Truth) {
  return Backend<R>::to_hex(tolerance);
}

bool disjoint(const Ball& lhs, const Ball& rhs) { return !lhs.overlaps(rhs); }
template <class R>
bool disjoint(const real::Estimated<R>&, const real::Estimated<R>&) {
  return false;
}

}  // namespace

template <Real R>
Judgement near(const Quantity<R>& left, const Quantity<R>& rhs, const R& tolerance) {
  const Quantity<R> lhs = marks::equality<R>(left);
  Judgement out = both_sides<R>(equal(lhs, rhs, tolerance), "=", lhs, rhs);
  if (!lhs.known() || !rhs.known()) return out;
  using std::abs;
  const R apart = abs(R(lhs.value() - rhs.value()));
  if (surely_less(R(0), tolerance)) {
    out.ratio = quotient<R>(apart, tolerance);
    out.tolerance = tolerance_text(tolerance, out.truth);
  } else {
    out.ratio = !surely_less(R(0), apart) ? 0 : std::numeric_limits<double>::infinity();
  }
  return out;
}

template <Real R>
Judgement equals(const Quantity<R>& lhs, const Quantity<R>& rhs, const R& tolerance) {
  Judgement out = near<R>(lhs, rhs, tolerance);
  if (out.truth == Truth::yes && disjoint(lhs, rhs)) {
    out.truth = Truth::unknown;
    out.proof = false;
    out.note = disjoint_but_close;
  }
  return out;
}

template <Real R>
Judgement positive(const Quantity<R>& x) {
  Judgement out = both_sides<R>(less(Quantity<R>(0), x), "> 0", x, Quantity<R>(0));
  out.rhs = std::numeric_limits<double>::quiet_NaN();
  out.rhs_exact.clear();
  out.rhs_bounds = {};
  return out;
}

Judgement exactly(bool holds, std::string relation, std::string lhs, std::string rhs) {
  Judgement out;
  out.truth = real::truth(holds);
  out.proof = true;
  out.relation = std::move(relation);
  out.lhs_exact = std::move(lhs);
  out.rhs_exact = std::move(rhs);
  return out;
}

namespace {

constexpr std::size_t fitted = 4;
/// An interval wider than this on either side says nothing about the order.
constexpr double widest_interval = 0.5;

}  // namespace

template <Real R>
void RateStudy<R>::add(long L, const Quantity<R>& error) {
  points_.push_back({L, error, std::nullopt});
}

template <Real R>
void RateStudy<R>::add(long L, const Quantity<R>& error, const Quantity<R>& bound) {
  points_.push_back({L, error, bound});
}

template <Real R>
Judgement RateStudy<R>::judge(const std::string& what) const {
  if (points_.size() < fitted) throw Error("A study of a rate needs at least four values of L.");
  std::optional<Judgement> bounds;
  Plot plot;
  plot.title = what;
  plot.x_label = "L";
  plot.y_label = what;
  plot.log_x = plot.log_y = true;
  Series errors{what, {}, {}, false}, limits{"explicit bound", {}, {}, true};
  std::vector<double> x, y;
  bool known = true, bounded = true;
  for (const Point& point : points_) {
    if (point.bound) {
      const Judgement here = at_most<R>(point.error, *point.bound);
      bounds = bounds ? *bounds && here : here;
      limits.x.push_back(static_cast<double>(point.L));
      limits.y.push_back(to_double<R>(point.bound->value()));
    }
    known = known && point.error.known();
    bounded = bounded && point.bound;
    // Below its own error the point carries no order: it is as small as can be seen.
    if (!point.error.known() || less(Quantity<R>(0), point.error) != Truth::yes) continue;
    x.push_back(std::log(static_cast<double>(point.L)));
    y.push_back(logarithm<R>(point.error.value()));
    errors.x.push_back(static_cast<double>(point.L));
    errors.y.push_back(to_double<R>(point.error.value()));
  }

  Judgement rate;
  if constexpr (real::Enclosing<R>) rate.bits = real::working_bits();
  rate.relation = ">=";
  rate.rhs = order_;
  if (!known) {
    rate.note = "an error is not known";
  } else if (x.size() < fitted) {
    rate.truth = bounds || x.empty() ? Truth::yes : Truth::unknown;
    rate.proof = real::Enclosing<R> && bounded;
    rate.note = x.empty() ? "every error is zero or below rounding"
                : bounds  ? "too few errors above rounding to fit an order: the rate rests on the bound alone"
                          : "too few errors above rounding to fit an order";
  } else {
    const Line line = fit({x.end() - fitted, x.end()}, {y.end() - fitted, y.end()});
    const double order = -line.slope;
    rate.lhs = order;
    rate.lhs_error = line.half_width;
    if (order >= order_ - 0.1 && line.half_width <= widest_interval)
      rate.truth = Truth::yes;
    else if (order + line.half_width < order_ - 0.1)
      rate.truth = Truth::no;
    rate.note = fmt::format("observed order {:.3f} ± {:.3f}", order, line.half_width);
    Series line_drawn{fmt::format("order {:g}", order_), {}, {}, true};
    for (const double L : {errors.x.front(), errors.x.back()}) {
      line_drawn.x.push_back(L);
      line_drawn.y.push_back(errors.y.back() * std::pow(errors.x.back() / L, order_));
    }
    plot.series.push_back(line_drawn);
  }

  Judgement out = bounds ? *bounds && rate : rate;
  out.note = rate.note;
  if (bounds) out.ratio = bounds->ratio;
  if (!errors.x.empty()) {
    plot.caption = what + " against L: " + rate.note +
                   (limits.x.empty() ? "." : "; the explicit bound lies above every error that it bounds.");
    if (bounds && bounds->truth != Truth::yes)
      plot.caption = what + " against L, with the explicit bound: " + rate.note + ".";
    plot.series.insert(plot.series.begin(), errors);
    if (!limits.x.empty()) plot.series.push_back(limits);
    out.plot = plot;
  }
  return out;
}

#define GRONWALL_INSTANTIATE(...)                                                                      \
  template Judgement at_most<__VA_ARGS__>(const Quantity<__VA_ARGS__>&, const Quantity<__VA_ARGS__>&); \
  template Judgement equals<__VA_ARGS__>(const Quantity<__VA_ARGS__>&, const Quantity<__VA_ARGS__>&,   \
                                         const __VA_ARGS__&);                                          \
  template Judgement near<__VA_ARGS__>(const Quantity<__VA_ARGS__>&, const Quantity<__VA_ARGS__>&,     \
                                       const __VA_ARGS__&);                                            \
  template Judgement positive<__VA_ARGS__>(const Quantity<__VA_ARGS__>&);                              \
  template class RateStudy<__VA_ARGS__>;
GRONWALL_FOR_EACH_BACKEND(GRONWALL_INSTANTIATE)

}  // namespace gronwall::verify
