#include "interval.hpp"

#include <fmt/format.h>

#include <gronwall/real/backends.hpp>

namespace gronwall::ode {

using real::Backend;

template <Real R>
void System<R>::spent(const R& t) const {
  throw StepCollapse(fmt::format("The budget of {} evaluations of the right-hand side ran out at t = {}.",
                                 budget_, readable<R>(t)));
}

namespace {

template <Real R>
void check_control(const Control<R>& control) {
  if (control.budget < 1) throw DomainError("The budget of an integration is below 1.");
  if (control.substeps) {
    if (*control.substeps < 1)
      throw DomainError(
          fmt::format("{} steps an interval were asked for; at least 1 is needed.", *control.substeps));
    return;
  }
  if (control.steps) {
    if (*control.steps < 1)
      throw DomainError(fmt::format("{} steps were asked for; at least 1 is needed.", *control.steps));
    return;
  }
  const R& rtol = control.rtol;
  const R& atol = control.atol;
  if (!Backend<R>::finite(rtol) || !Backend<R>::finite(atol) || rtol < R(0) || atol < R(0))
    throw DomainError("A tolerance of an integration is negative or no number.");
  if (rtol == R(0) && atol == R(0))
    throw DomainError("An integration needs a number of steps, or a tolerance above 0.");
  if (atol == R(0) && rtol < R(16) * Backend<R>::unit_roundoff())
    throw PrecisionError(fmt::format("The tolerance {} is beyond the {} digits of {}.", readable<R>(rtol),
                                     Backend<R>::digits, Backend<R>::name));
}

}  // namespace

template <Real R>
void check_arguments(const Matrix<R>& y0, const R& t0, const std::vector<R>& times,
                     const Control<R>& control) {
  check_control<R>(control);
  if (y0.size() == 0) throw DomainError("The initial state of an ODE is empty.");
  if (!linalg::all_finite<R>(y0)) throw DomainError("The initial state of an ODE is not finite.");
  const R* last = &t0;
  if (!Backend<R>::finite(t0)) throw DomainError("The initial time of an ODE is not finite.");
  for (const R& t : times) {
    if (!Backend<R>::finite(t)) throw DomainError("An output time of an ODE is not finite.");
    if (t < *last)
      throw DomainError(fmt::format("The output time {} comes before {}: times have to ascend.",
                                    readable<R>(t), readable<R>(*last)));
    last = &t;
  }
}

template <Real R>
bool out_of_range(const Matrix<R>& y) {
  static const R limit = real::from_double<R>(0x1p1000);
  return !(largest_entry<R>(y) <= limit);
}

template <Real R>
std::string readable(const R& t) {
  return fmt::format("{:.6g}", real::to_double<R>(t));
}

template <Real R>
void throw_blow_up(const R& t) {
  throw BlowUp(fmt::format("The solution of the ODE blows up near t = {}.", readable<R>(t)));
}

template <Real R>
R first_step(const System<R>& f, const Matrix<R>& y0, const R& t0, const R& length, int order,
             const Control<R>& control) {
  using std::pow;
  Matrix<R> slope(y0.rows(), y0.cols()), later(y0.rows(), y0.cols());
  f(y0, slope, t0);
  const R y = largest_entry<R>(y0);
  const R dy = largest_entry<R>(slope);
  if (!Backend<R>::finite(dy)) throw_blow_up<R>(t0);
  // A hundredth of the time in which y could change as much as it is large.
  R h = length / R(100);
  if (y != R(0) && dy != R(0)) h = std::min<R>(h, y / (R(100) * dy));
  Matrix<R> moved = y0;
  for (Eigen::Index i = 0; i < y0.size(); ++i) moved.data()[i] += h * slope.data()[i];
  f(moved, later, t0 + h);
  for (Eigen::Index i = 0; i < y0.size(); ++i) later.data()[i] -= slope.data()[i];
  const R bend = largest_entry<R>(later) / h;
  if (!Backend<R>::finite(bend)) return h / R(1000);
  R allowed = control.atol + control.rtol * largest_entry<R>(moved);
  if (allowed == R(0)) allowed = control.rtol;
  const R rate = std::max<R>(dy, bend) / allowed;
  R out = R(100) * h;
  // The step at which a method of this order errs by a hundredth of what is allowed.
  if (rate > R(0)) out = std::min<R>(out, pow(R(R(1) / (R(100) * rate)), R(R(1) / R(order + 1))));
  return std::min<R>(out, length);
}

#define GRONWALL_INSTANTIATE(...)                                                                           \
  template class System<__VA_ARGS__>;                                                                       \
  template void check_arguments<__VA_ARGS__>(const Matrix<__VA_ARGS__>&, const __VA_ARGS__&,                \
                                             const std::vector<__VA_ARGS__>&, const Control<__VA_ARGS__>&); \
  template bool out_of_range<__VA_ARGS__>(const Matrix<__VA_ARGS__>&);                                      \
  template std::string readable<__VA_ARGS__>(const __VA_ARGS__&);                                           \
  template void throw_blow_up<__VA_ARGS__>(const __VA_ARGS__&);                                             \
  template __VA_ARGS__ first_step<__VA_ARGS__>(const System<__VA_ARGS__>&, const Matrix<__VA_ARGS__>&,      \
                                               const __VA_ARGS__&, const __VA_ARGS__&, int,                 \
                                               const Control<__VA_ARGS__>&);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
