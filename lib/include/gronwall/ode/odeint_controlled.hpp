#pragma once

#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>

#include <gronwall/ode/odeint.hpp>

namespace gronwall::ode {

/// What all controlled steppers keep: the states and slopes at both ends of the last accepted step.
template <Real R>
class TwoEnds : public ControlledStepper<R> {
 public:
  void start(const Matrix<R>& y, const R& t) override {
    y_ = old_y_ = new_y_ = y;
    slope_ = old_slope_ = Matrix<R>(y.rows(), y.cols());
    t_ = old_t_ = t;
    slope_known_ = false;
  }
  void undo() override {
    std::swap(y_, old_y_);
    std::swap(slope_, old_slope_);
    t_ = old_t_;
    slope_known_ = true;  // the slope at the start of a step is always evaluated
  }
  const Matrix<R>& state() const override { return y_; }
  const R& time() const override { return t_; }
  void correct_time(const R& t) override { t_ = t; }

 protected:
  void know_slope(const System<R>& f) {
    if (!slope_known_) f(y_, slope_, t_);
    slope_known_ = true;
  }

  /// new_y_ holds the state at time t: what was current becomes old.
  void accept(const R& t) {
    std::swap(old_slope_, slope_);
    slope_known_ = false;
    std::swap(old_y_, y_);
    std::swap(y_, new_y_);
    old_t_ = t_;
    t_ = t;
  }

  Matrix<R> y_, old_y_, new_y_;
  Matrix<R> slope_, old_slope_;
  R t_ = R(0), old_t_ = R(0);
  bool slope_known_ = false;
};

/// An odeint method with an embedded estimate under odeint's step-size control. The estimate
/// is kept below atol + rtol (|y|_j + dt |y'|_j), column by column.
template <class OdeintStepper, Real R>
class ControlledRungeKutta final : public TwoEnds<R> {
  using Checker = boost::numeric::odeint::default_error_checker<Scalar<R>, Entries, Operations>;
  using Controlled = boost::numeric::odeint::controlled_runge_kutta<OdeintStepper, Checker>;
  static constexpr bool first_same_as_last =
      std::is_same_v<typename OdeintStepper::stepper_category,
                     boost::numeric::odeint::explicit_error_stepper_fsal_tag>;

 public:
  ControlledRungeKutta(const R& rtol, const R& atol) : controlled_(Checker(atol, rtol, 1, 1)) {}

  bool try_step(const System<R>& f, R& dt) override {
    this->know_slope(f);
    Scalar<R> t = this->t_;
    Scalar<R> h = dt;
    bool ok = false;
    if constexpr (first_same_as_last) {
      if (new_slope_.size() == 0) new_slope_ = this->slope_;
      ok = controlled_.try_step(Called<R>{f}, this->y_, this->slope_, t, this->new_y_, new_slope_, h) ==
           succeeded;
    } else {
      ok = controlled_.try_step(Called<R>{f}, this->y_, this->slope_, t, this->new_y_, h) == succeeded;
    }
    dt = h.value();
    if (ok) this->accept(t.value());
    if (ok && first_same_as_last) {
      std::swap(this->slope_, new_slope_);
      this->slope_known_ = true;
    }
    return ok;
  }
  void interpolate(const R& t, Matrix<R>& out) const override {
    if constexpr (first_same_as_last) {
      out.resize(this->y_.rows(), this->y_.cols());
      controlled_.stepper().calc_state(Scalar<R>(t), out, this->old_y_, this->old_slope_,
                                       Scalar<R>(this->old_t_), this->y_, this->slope_, Scalar<R>(this->t_));
    } else {
      ControlledStepper<R>::interpolate(t, out);
    }
  }

 private:
  static constexpr auto succeeded = boost::numeric::odeint::success;

  Controlled controlled_;
  Matrix<R> new_slope_;
};

}  // namespace gronwall::ode
