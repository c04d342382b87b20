// Extrapolation of the modified midpoint rule (see modified-midpoint.cpp) in powers of h^2 to h = 0.
//
// With T_{j,1} the rule over the step H in n_j substeps, Aitken and Neville's scheme
//
//   T_{j,k+1} = T_{j,k} + (T_{j,k} - T_{j-1,k}) / ((n_j/n_{j-k})^2 - 1),     T_{j,k} of order 2k,
//
// Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed., §II.9, p. 224-228, (9.10) and
// Theorem 9.1 ff.; order and step size together, p. 233-238.
//
//  - Adaptive: odeint's bulirsch_stoer, n_j = 2, 4, 6, ..., columns up to k = 9, chosen as it goes.
//  - Dense output: odeint's bulirsch_stoer_dense_out, n_j = 2, 6, 10, ..., which makes central differences of
//  f
//    meet in the middle of the step (Hairer and Ostermann, Numer. Math. 58 (1990); Solving ODEs I, pp.
//    237-239). odeint hides its rejected steps there: one is counted where there was at least one.
//  - Fixed steps: odeint's extrapolation_stepper<8>, T_{4,4} with n_j = 2, 4, 6, 8. Its order is 8: that is
//  the order
//    stated and tested.
#include <boost/math/special_functions/binomial.hpp>

#include <gronwall/ode/scalar.hpp>
#include <gronwall/real/backends.hpp>

// odeint's dense output needs binomial coefficients up to (18 over 9), which are exact in double.
namespace boost::math {
#define GRONWALL_BINOMIAL(...)                                                                        \
  template <>                                                                                         \
  inline gronwall::ode::Scalar<__VA_ARGS__> binomial_coefficient<gronwall::ode::Scalar<__VA_ARGS__>>( \
      unsigned n, unsigned k) {                                                                       \
    return binomial_coefficient<double>(n, k);                                                        \
  }
GRONWALL_FOR_EACH_FLOATING(GRONWALL_BINOMIAL)
#undef GRONWALL_BINOMIAL
}  // namespace boost::math

#include <boost/numeric/odeint/stepper/bulirsch_stoer.hpp>
#include <boost/numeric/odeint/stepper/bulirsch_stoer_dense_out.hpp>
#include <boost/numeric/odeint/stepper/extrapolation_stepper.hpp>

#include <gronwall/ode/odeint_controlled.hpp>
#include <gronwall/ode/registration.hpp>

namespace gronwall::ode {
namespace {

namespace odeint = boost::numeric::odeint;

template <class R>
class Extrapolating final : public TwoEnds<R> {
 public:
  Extrapolating(const R& rtol, const R& atol) : extrapolation_(atol, rtol, 1, 1) {}

  bool try_step(const System<R>& f, R& dt) override {
    this->know_slope(f);
    Scalar<R> t = this->t_;
    Scalar<R> h = dt;
    const bool ok =
        extrapolation_.try_step(Called<R>{f}, this->y_, this->slope_, t, this->new_y_, h) == odeint::success;
    dt = h.value();
    if (ok) this->accept(t.value());
    return ok;
  }

 private:
  OnMatrices<odeint::bulirsch_stoer, R> extrapolation_;
};

template <class R>
class DenseExtrapolating final : public ControlledStepper<R> {
 public:
  DenseExtrapolating(const R& rtol, const R& atol) : extrapolation_(atol, rtol, 1, 1, 0, true) {}

  void start(const Matrix<R>& y, const R& t) override {
    y_ = y;
    t_ = t;
    dt_ = R(0);
  }
  bool try_step(const System<R>& f, R& dt) override {
    // A size other than the one proposed begins a new run of odeint's, at the price of one evaluation.
    if (dt != dt_) extrapolation_.initialize(y_, t_, dt);
    try {
      extrapolation_.do_step(Called<R>{f});
    } catch (const odeint::step_adjustment_error&) {
      throw StepCollapse("The extrapolation found no step that keeps the tolerance.");
    }
    old_y_ = y_;
    old_t_ = t_;
    y_ = extrapolation_.current_state();
    t_ = extrapolation_.current_time().value();
    if (t_ - old_t_ < dt - dt / R(1 << 20)) ++rejected_;  // shorter than by rounding
    dt = dt_ = extrapolation_.current_time_step().value();
    return true;
  }
  void undo() override {
    y_ = old_y_;
    t_ = old_t_;
    dt_ = R(0);
  }
  const Matrix<R>& state() const override { return y_; }
  const R& time() const override { return t_; }
  void correct_time(const R& t) override { t_ = t; }
  long rejected_inside() const override { return rejected_; }
  void interpolate(const R& t, Matrix<R>& out) const override {
    out.resize(y_.rows(), y_.cols());
    extrapolation_.calc_state(t, out);
  }

 private:
  OnMatrices<odeint::bulirsch_stoer_dense_out, R> extrapolation_;
  Matrix<R> y_, old_y_;
  R t_ = R(0), old_t_ = R(0), dt_ = R(0);
  long rejected_ = 0;
};

struct BulirschStoer {
  static Method method() {
    return {"bulirsch-stoer", 8, true, true,
            "Bulirsch and Stoer 1966; Hairer, Norsett, Wanner, Solving ODEs I, 2nd ed., §II.9"};
  }
  template <class R>
  using Fixed =
      odeint::extrapolation_stepper<8, Matrix<R>, Scalar<R>, Matrix<R>, Scalar<R>, Entries, Operations>;
  template <class R>
  static std::unique_ptr<Stepper<R>> stepper() {
    return std::make_unique<PlainStepper<Fixed<R>, R>>();
  }
  template <class R>
  static std::unique_ptr<ControlledStepper<R>> controlled(const R& rtol, const R& atol) {
    return std::make_unique<Extrapolating<R>>(rtol, atol);
  }
  template <class R>
  static std::unique_ptr<ControlledStepper<R>> dense(const R& rtol, const R& atol) {
    return std::make_unique<DenseExtrapolating<R>>(rtol, atol);
  }
};
const Registration<BulirschStoer> registered;

}  // namespace
}  // namespace gronwall::ode
