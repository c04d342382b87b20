#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gronwall/linalg/approximation.hpp>
#include <gronwall/linalg/matrix.hpp>
#include <gronwall/real/error.hpp>

namespace gronwall::ode {

using linalg::Matrix;
using real::Real;

/// The solution left the range of numbers before the end: the ODE (or its discretisation) blows up.
class BlowUp : public Error {
 public:
  using Error::Error;
};
/// The step size fell below what the precision can resolve, or the step budget ran out.
class StepCollapse : public Error {
 public:
  using Error::Error;
};

/// dy/dt = f(y, t) for a matrix state: writes f into `dydt`, which has the shape of y.
template <Real R>
using RightHandSide = std::function<void(const Matrix<R>& y, Matrix<R>& dydt, const R& t)>;

/// How to step.
template <Real R>
struct Control {
  /// A number of equal steps over each interval between output times, in proportion to its length and at
  /// least one; none: adaptive.
  std::optional<long> steps;
  /// In place of `steps`: so many equal steps in every interval between output times. With the output times
  /// fixed, the error of a method has an expansion in 1/substeps, which extrapolation can use.
  std::optional<long> substeps;
  /// Adaptive: local error per step below atol + rtol |y|, entry by entry. Methods without an embedded
  /// estimate double their number of steps until two runs agree to atol + rtol |y|.
  R rtol = R(0);
  R atol = R(0);
  /// Let methods that have one use their dense output at the inner output times. The last is always stepped
  /// to.
  bool dense = false;
  /// Evaluations of f after which StepCollapse is thrown.
  long budget = 50'000'000;
};

/// What a method is.
struct Method {
  std::string name;       ///< "dormand-prince-5"
  int order = 0;          ///< global order of the solution that is advanced
  bool adaptive = false;  ///< has an embedded error estimate
  bool dense = false;     ///< has dense output
  std::string source;     ///< book, page, tableau
};

template <Real R>
struct Solution {
  std::vector<Matrix<R>> states;  ///< one for every output time
  long evaluations = 0;           ///< of the right-hand side
  long accepted = 0;              ///< steps
  long rejected = 0;
};

/// One time-stepping method in one precision.
template <Real R>
class Integrator {
 public:
  virtual ~Integrator() = default;
  virtual const Method& method() const = 0;
  /// The states at `times` (ascending, times[0] >= t0; equal times are legal and cost nothing) of
  /// y' = f(y, t), y(t0) = y0.
  /// Throws DomainError (times out of order, steps < 1, a tolerance that is negative or both zero),
  /// PrecisionError (rtol below 16 u while atol = 0), BlowUp, StepCollapse.
  virtual Solution<R> integrate(const RightHandSide<R>& f, const Matrix<R>& y0, const R& t0,
                                const std::vector<R>& times, const Control<R>& control) const = 0;
};

/// The integrator of that name; throws UnknownName with the names that exist.
template <Real R>
const Integrator<R>& integrator(std::string_view name);

/// Names of all integrators, sorted.
std::vector<std::string> integrator_names();

}  // namespace gronwall::ode
