#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <gronwall/ode/taylor.hpp>
#include <gronwall/real/backends.hpp>

#include "interval.hpp"

/// How Taylor methods choose steps and judge them: shared by the plain one and the one on blocks.
namespace gronwall::ode::steps {

using real::Backend;

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// log2 |x| for x other than 0, in the range of the number's own exponent.
inline double log2_modulus(const double& x) { return std::log2(std::abs(x)); }
template <unsigned Digits>
double log2_modulus(const real::Mpfr<Digits>& x) {
  long exponent = 0;
  const double mantissa = mpfr_get_d_2exp(&exponent, x.backend().data(), MPFR_RNDN);
  return std::log2(std::abs(mantissa)) + static_cast<double>(exponent);
}
inline double log2_modulus(const real::Ball& x) {
  const real::Ball middle = x.midpoint();
  const long exponent = arf_abs_bound_lt_2exp_si(arb_midref(middle.raw()));
  return std::log2(std::abs(Backend<real::Ball>::to_double(real::scaled(middle, -exponent)))) +
         static_cast<double>(exponent);
}

template <Real R>
bool vanishes(const R& x) {
  if constexpr (real::Enclosing<R>)
    return arf_is_zero(arb_midref(x.raw())) != 0;
  else
    return x == R(0);
}

/// Entries that are compared by their moduli: log2 of the larger of two would cost a logarithm each.
template <Real R>
struct Largest {
  const R* entry = nullptr;

  void consider(const R& x) {
    if (entry == nullptr || above(x, *entry)) entry = &x;
  }
  static bool above(const R& x, const R& y) {
    using std::abs;
    if constexpr (real::Enclosing<R>)
      return arf_cmpabs(arb_midref(x.raw()), arb_midref(y.raw())) > 0;
    else
      return abs(x) > abs(y);
  }
};

template <Real R>
double log2_of(const R& x) {
  return vanishes<R>(x) ? -infinity : log2_modulus(x);
}

/// What log2_step demands of one column and one power.
inline double log2_step_of(double term, int k, double value, double slope, double log2_rtol,
                           double log2_atol) {
  if (term == -infinity) return infinity;
  const double by_value = (std::max(log2_rtol + value, log2_atol) - term) / k;
  const double by_slope = (log2_rtol + slope - term) / (k - 1);
  return std::max(by_value, by_slope);
}

/// 2^log2 as a step of at most `most`; 0 where that is below the range of double.
template <Real R>
R step_of(double log2, const R& most) {
  const double step = std::exp2(log2);
  if (!(step < std::numeric_limits<double>::max())) return most;
  const R out = real::from_double<R>(step);
  // What is left over may not be a sliver; the thousandth costs an error of 6 % at order 60.
  return out < most * real::ratio<R>(1023, 1024) ? out : most;
}

template <Real R>
void check_field(const HiddenField<R>& field, const Matrix<R>& y, const char* what) {
  if (!field.phi.smooth())
    throw DomainError(
        fmt::format("Taylor series need a smooth activation; {} has a kink.", field.phi.name()));
  if (field.A.rows() != field.A.cols() || field.A.rows() != y.rows())
    throw DomainError(fmt::format("A field of size {} x {} does not act on {} with {} rows.", field.A.rows(),
                                  field.A.cols(), what, y.rows()));
  if (y.size() == 0 || !linalg::all_finite<R>(y))
    throw DomainError(fmt::format("The {} of an ODE is empty or not finite.", what));
}

template <Real R>
void check_problem(const HiddenField<R>& field, const Matrix<R>& h0, const R& horizon) {
  check_field<R>(field, h0, "initial state");
  if (!Backend<R>::finite(horizon) || horizon < R(0))
    throw DomainError("The horizon of an ODE is negative or no number.");
}

/// A control with its numbers as the step rule reads them, and the products that are left.
template <real::Floating R>
struct Settings {
  Settings(const TaylorControl<R>& control, long width)
      : rtol(log2_of<R>(control.rtol)),
        atol(log2_of<R>(control.atol)),
        order(control.order),
        budget(control.budget) {
    Control<R> plain;
    plain.rtol = control.rtol;
    plain.atol = control.atol;
    plain.budget = control.budget;
    check_arguments<R>(Matrix<R>::Constant(1, 1, R(0)), R(0), {}, plain);
    if (order == 0) order = taylor_order(-(rtol == -infinity ? atol : rtol), width);
    if (order < 2) throw DomainError(fmt::format("A Taylor method of order {} was asked for.", order));
  }

  void require_budget(long spent, const R& t) const {
    if (spent >= budget)
      throw StepCollapse(
          fmt::format("The budget of {} matrix products ran out at t = {}.", budget, readable<R>(t)));
  }

  double rtol, atol;
  int order;
  long budget;
};

/// Tells a solution that blows up from a tolerance that cannot be kept, as the other integrators do: before a
/// singularity the state grows without bound while the steps shrink without bound.
template <real::Floating R>
class StepGuard {
 public:
  StepGuard(const Matrix<R>& start, const R& horizon)
      : first_size_(largest_entry<R>(start)), floor_(R(4) * Backend<R>::unit_roundoff() * horizon) {}

  void check(const R& step, const Matrix<R>& y, const R& t) {
    if (largest_ < step) largest_ = step;
    const R growth = largest_entry<R>(y) / std::max<R>(first_size_, R(1));
    if (growth > R(1 << 30) && step * R(1 << 30) < largest_) throw_blow_up<R>(t);
    if (step > floor_) return;
    throw StepCollapse("The step size collapsed at t = " + readable<R>(t) +
                       ": the tolerance cannot be kept in this precision.");
  }

 private:
  R first_size_, floor_;
  R largest_ = R(0);
};

/// What decides of a step, in one column; logarithms to base 2 of largest moduli.
struct StepSizes {
  double start = -infinity, end = -infinity;     ///< the state
  double slope = -infinity, active = -infinity;  ///< A phi(h) and phi(h) at the end
  double defect = -infinity;                     ///< |p' - A phi(p)| there
};

/// Decides whether the polynomial of a step solves the equation at the step's end.
template <real::Floating R>
class DefectTest {
 public:
  DefectTest(const HiddenField<R>& field, const Settings<R>& settings) : settings_(settings) {
    using std::abs;
    R top(0);
    for (Eigen::Index i = 0; i < field.A.rows(); ++i) {
      R sum(0);
      for (Eigen::Index k = 0; k < field.A.cols(); ++k) sum += abs(field.A(i, k));
      if (top < sum) top = sum;
    }
    norm_ = log2_of<R>(top);
    // What a product with A may lose to rounding per unit of |phi(h)|, and some.
    const R lost = R(8) * R(static_cast<int>(field.A.cols()) + 4) * Backend<R>::unit_roundoff();
    rounding_ = log2_of<R>(lost) + norm_;
  }

  /// log2 of the norm of A that belongs to the largest entry.
  double norm() const { return norm_; }

  /// For a polynomial of `terms` coefficients and a step of 2^log2_step. With the first term left out, e =
  /// |h_{K+1}| step^{K+1}, the defect is (K + 1) e/step to first order, and e is what `allowed` bounds.
  bool allows(const StepSizes& column, double log2_step, std::size_t terms) const {
    const double factor = std::log2(8.0 * static_cast<double>(terms));
    const double size = std::max({column.start, column.end, log2_step + column.slope});
    const double allowed = std::max(settings_.rtol + size, settings_.atol) + factor;
    const double floor = rounding_ + log2_step + column.active + factor;
    return !(column.defect + log2_step > std::max(allowed, floor));
  }

  /// `slope` = A phi(h) and `active` = phi(h) at the state h = piece.at(piece.end).
  bool passes(const Piece<R>& piece, const Matrix<R>& h, const Matrix<R>& slope, const R* active) {
    piece.derivative_at(piece.end, defect_);
    for (Eigen::Index e = 0; e < defect_.size(); ++e) defect_.data()[e] -= slope.data()[e];
    const double step = log2_of<R>(R(piece.end - piece.begin));
    for (Eigen::Index j = 0; j < h.cols(); ++j) {
      Largest<R> top;
      for (Eigen::Index i = 0; i < h.rows(); ++i) top.consider(active[j * h.rows() + i]);
      const StepSizes column{log2_largest<R>(piece.coefficients[0], j), log2_largest<R>(h, j),
                             log2_largest<R>(slope, j), log2_of<R>(*top.entry), log2_largest<R>(defect_, j)};
      if (!allows(column, step, piece.coefficients.size())) return false;
    }
    return true;
  }

 private:
  const Settings<R>& settings_;
  double norm_ = 0, rounding_ = 0;
  Matrix<R> defect_;
};

}  // namespace gronwall::ode::steps
