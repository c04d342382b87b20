#pragma once

#include <gronwall/ode/integrator.hpp>

/// What a time-stepping method has to be able to do. The driver (lib/src/ode/drive.cpp) does the rest: output
/// times, choice of the first step, rejections, counting, blow-up.
namespace gronwall::ode {

/// The right-hand side as steppers call it: it counts, and throws StepCollapse when the budget is spent. A
/// small value type that may be copied freely; f and the counter must outlive it.
template <Real R>
class System {
 public:
  System(const RightHandSide<R>& f, long budget, long& evaluations)
      : f_(&f), budget_(budget), evaluations_(&evaluations) {}

  void operator()(const Matrix<R>& y, Matrix<R>& dydt, const R& t) const {
    if (*evaluations_ >= budget_) spent(t);
    ++*evaluations_;
    (*f_)(y, dydt, t);
  }

 private:
  [[noreturn]] void spent(const R& t) const;

  const RightHandSide<R>* f_;
  long budget_;
  long* evaluations_;
};

/// The largest modulus in the matrix; infinity as soon as one entry is not finite.
template <Real R>
R largest_entry(const Matrix<R>& a);

/// Steps whose size the caller chooses.
template <Real R>
class Stepper {
 public:
  virtual ~Stepper() = default;
  /// y(t) -> y(t + dt), in place.
  virtual void step(const System<R>& f, Matrix<R>& y, const R& t, const R& dt) = 0;
  /// Forgets the past: multistep methods start anew.
  virtual void restart() {}
};

/// Steps whose size the method proposes.
template <Real R>
class ControlledStepper {
 public:
  virtual ~ControlledStepper() = default;
  /// Begins at y(t).
  virtual void start(const Matrix<R>& y, const R& t) = 0;
  /// Tries a step of size dt from time(). True: accepted, state() and time() have moved. In either case dt
  /// becomes the size proposed next.
  virtual bool try_step(const System<R>& f, R& dt) = 0;
  /// Takes the last accepted step back.
  virtual void undo() = 0;
  virtual const Matrix<R>& state() const = 0;
  virtual const R& time() const = 0;
  /// Says that time() is `t`, which it missed by rounding.
  virtual void correct_time(const R& t) = 0;
  /// Steps rejected inside try_step, as far as the method lets them be seen.
  virtual long rejected_inside() const { return 0; }
  /// Dense output within the last accepted step.
  virtual void interpolate(const R&, Matrix<R>&) const {
    throw Error("A method without dense output was asked for it.");
  }
};

}  // namespace gronwall::ode
