#include <cmath>
#include <utility>

#include <gronwall/ode/registration.hpp>

#include "interval.hpp"

namespace gronwall::ode {

namespace {

using real::Backend;

/// Equal steps between output times: `steps` over the whole span, each interval's share rounded up.
template <Real R>
std::vector<long> share_out(long steps, const R& t0, const std::vector<R>& times) {
  std::vector<long> counts;
  counts.reserve(times.size());
  const R span = times.back() - t0;
  R last = t0;
  for (const R& t : times) {
    const R length = t - last;
    long count = 0;
    if (length > R(0)) {
      const double share = real::to_double<R>(R(R(static_cast<double>(steps)) * length / span));
      // Rounding must not turn a share of exactly k into k + 1.
      count = std::max(1L, static_cast<long>(std::ceil(share * (1 - 0x1p-40))));
    }
    counts.push_back(count);
    last = t;
  }
  return counts;
}

/// `substeps` on each interval that is not empty.
template <Real R>
std::vector<long> every_interval(long substeps, const R& t0, const std::vector<R>& times) {
  std::vector<long> counts;
  const R* last = &t0;
  for (const R& t : times) {
    counts.push_back(*last < t ? substeps : 0);
    last = &t;
  }
  return counts;
}

/// One run with counts[i] equal steps on the i-th interval.
template <Real R>
std::vector<Matrix<R>> run_fixed(Stepper<R>& stepper, const System<R>& f, Matrix<R> y, const R& t0,
                                 const std::vector<R>& times, const std::vector<long>& counts) {
  std::vector<Matrix<R>> states;
  states.reserve(times.size());
  R start = t0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (counts[i] > 0) {
      const R length = times[i] - start;
      const R dt = length / R(static_cast<double>(counts[i]));
      stepper.restart();
      for (long k = 0; k < counts[i]; ++k) {
        const R t = start + R(static_cast<double>(k)) * dt;
        stepper.step(f, y, t, dt);
        if (out_of_range<R>(y)) throw_blow_up<R>(R(t + dt));
      }
    }
    start = times[i];
    states.push_back(y);
  }
  return states;
}

/// An adaptive run: carries the step size over the output times.
template <Real R>
class AdaptiveRun {
 public:
  AdaptiveRun(ControlledStepper<R>& stepper, const System<R>& f, const Matrix<R>& y0, const R& t0,
              const R& end, int order, const Control<R>& control)
      : stepper_(stepper), f_(f), end_(end), first_size_(largest_entry<R>(y0)) {
    stepper_.start(y0, t0);
    if (t0 < end) dt_ = largest_step_ = first_step<R>(f, y0, t0, R(end - t0), order, control);
  }

  /// Steps to `target` exactly.
  void step_to(const R& target) {
    while (stepper_.time() < target) {
      const R remaining = target - stepper_.time();
      const bool last = dt_ >= remaining;
      // Halving what is left avoids a last step of next to nothing.
      const R h = last ? remaining : R(2) * dt_ > remaining ? R(remaining / R(2)) : dt_;
      if (!last) check_size(h);
      if (step(h) && last) {
        stepper_.correct_time(target);
        dt_ = std::max<R>(dt_, before_);  // the last step was cut short, and so is what it proposes
      }
    }
  }
  /// One step of the method's own size, but not beyond `end`.
  void step_freely() {
    for (;;) {
      const R remaining = end_ - stepper_.time();
      const bool last = dt_ >= remaining;
      const R h = last ? remaining : dt_;
      if (!last) check_size(h);
      if (!step(h)) continue;
      // Dense extrapolation shortens a step it rejects, and so may stop before the end.
      if (last && meets(end_)) stepper_.correct_time(end_);
      return;
    }
  }

  long accepted() const { return accepted_; }
  long rejected() const { return rejected_ + stepper_.rejected_inside(); }

 private:
  bool step(R h) {
    before_ = dt_;
    const R tried = h;
    bool ok = stepper_.try_step(f_, h);
    dt_ = h;
    if (ok && out_of_range<R>(stepper_.state())) {
      stepper_.undo();
      dt_ = tried / R(8);
      overflowed_ = true;
      ok = false;
    }
    ++(ok ? accepted_ : rejected_);
    if (ok) {
      overflowed_ = false;
      if (largest_step_ < tried) largest_step_ = tried;
    }
    return ok;
  }

  bool meets(const R& t) const {
    using std::abs;
    return abs(R(stepper_.time() - t)) <= floor_size(t);
  }
  R floor_size(const R& t) const {
    using std::abs;
    return R(4) * Backend<R>::unit_roundoff() * std::max<R>(abs(t), abs(end_));
  }

  // A singularity at a finite time shows long before the numbers end: the state grows without bound while the
  // steps shrink without bound.
  void check_size(const R& h) const {
    const R& t = stepper_.time();
    const R growth = largest_entry<R>(stepper_.state()) / std::max<R>(first_size_, R(1));
    if (growth > R(1 << 30) && h * R(1 << 30) < largest_step_) throw_blow_up<R>(t);
    if (h > floor_size(t)) return;
    if (overflowed_) throw_blow_up<R>(t);
    throw StepCollapse("The step size collapsed at t = " + readable<R>(t) +
                       ": the tolerance cannot be kept in this precision.");
  }

  ControlledStepper<R>& stepper_;
  System<R> f_;
  R end_;
  R first_size_;
  R dt_ = R(0), before_ = R(0), largest_step_ = R(0);
  bool overflowed_ = false;
  long accepted_ = 0, rejected_ = 0;
};

template <Real R>
class SteppingIntegrator final : public Integrator<R> {
 public:
  SteppingIntegrator(Method method, Factories<R> factories)
      : method_(std::move(method)), factories_(std::move(factories)) {}

  const Method& method() const override { return method_; }

  Solution<R> integrate(const RightHandSide<R>& f, const Matrix<R>& y0, const R& t0,
                        const std::vector<R>& times, const Control<R>& control) const override {
    check_arguments<R>(y0, t0, times, control);
    Solution<R> out;
    if (times.empty()) return out;
    const System<R> system(f, control.budget, out.evaluations);
    if (times.back() == t0)
      out.states.assign(times.size(), y0);
    else if (control.substeps)
      fixed(system, y0, t0, times, every_interval(*control.substeps, t0, times), out);
    else if (control.steps)
      fixed(system, y0, t0, times, share_out<R>(*control.steps, t0, times), out);
    else if (control.dense && factories_.dense)
      dense(system, y0, t0, times, control, out);
    else if (factories_.controlled)
      adaptive(system, y0, t0, times, control, out);
    else
      doubling(system, y0, t0, times, control, out);
    return out;
  }

 private:
  void fixed(const System<R>& f, const Matrix<R>& y0, const R& t0, const std::vector<R>& times,
             const std::vector<long>& counts, Solution<R>& out) const {
    out.states = run_fixed<R>(*factories_.stepper(), f, y0, t0, times, counts);
    for (const long count : counts) out.accepted += count;
  }

  void adaptive(const System<R>& f, const Matrix<R>& y0, const R& t0, const std::vector<R>& times,
                const Control<R>& control, Solution<R>& out) const {
    const auto stepper = factories_.controlled(control.rtol, control.atol);
    AdaptiveRun<R> run(*stepper, f, y0, t0, times.back(), method_.order, control);
    for (const R& t : times) {
      run.step_to(t);
      out.states.push_back(stepper->state());
    }
    out.accepted = run.accepted();
    out.rejected = run.rejected();
  }

  void dense(const System<R>& f, const Matrix<R>& y0, const R& t0, const std::vector<R>& times,
             const Control<R>& control, Solution<R>& out) const {
    const auto stepper = factories_.dense(control.rtol, control.atol);
    AdaptiveRun<R> run(*stepper, f, y0, t0, times.back(), method_.order, control);
    for (const R& t : times) {
      while (stepper->time() < t) run.step_freely();
      out.states.push_back(stepper->state());
      if (stepper->time() != t && t0 < t) stepper->interpolate(t, out.states.back());
      if (t == t0) out.states.back() = y0;
    }
    out.accepted = run.accepted();
    out.rejected = run.rejected();
  }

  // Doubles the number of steps until two runs agree. A coarse run may blow up where the solution does not;
  // one that still does after being refined 64-fold is believed.
  void doubling(const System<R>& f, const Matrix<R>& y0, const R& t0, const std::vector<R>& times,
                const Control<R>& control, Solution<R>& out) const {
    auto counts = share_out<R>(8, t0, times);
    std::vector<Matrix<R>> coarse;
    int blown_up = 0;
    long last_cost = 0;
    for (int run = 0;; ++run) {
      if (out.evaluations + 2 * last_cost > control.budget) give_up(control, out);
      const long before = out.evaluations;
      const auto stepper = factories_.stepper();
      std::vector<Matrix<R>> fine;
      try {
        fine = run_fixed<R>(*stepper, f, y0, t0, times, counts);
        blown_up = 0;
      } catch (const BlowUp&) {
        if (++blown_up > 6) throw;
      }
      last_cost = out.evaluations - before;
      if (!fine.empty() && !coarse.empty()) {
        const double excess = disagreement(coarse, fine, control);
        if (excess <= 1) {
          out.states = std::move(fine);
          for (const long count : counts) out.accepted += count;
          return;
        }
        // Even at twice the rate at which the method converges the budget would not do.
        const double more = std::exp2(std::log2(excess) / (2.0 * method_.order));
        if (run > 3 && static_cast<double>(last_cost) * more > static_cast<double>(control.budget))
          give_up(control, out);
      }
      coarse = std::move(fine);
      for (long& count : counts) count *= 2;
    }
  }

  [[noreturn]] void give_up(const Control<R>& control, const Solution<R>& out) const {
    throw StepCollapse("The method " + method_.name + " does not reach the tolerance within its budget of " +
                       std::to_string(control.budget) + " evaluations; it gave up after " +
                       std::to_string(out.evaluations) + ".");
  }

  /// max over all entries of |fine - coarse| / (atol + rtol |fine|_j), |fine|_j the largest entry of the
  /// column.
  static double disagreement(const std::vector<Matrix<R>>& coarse, const std::vector<Matrix<R>>& fine,
                             const Control<R>& control) {
    using std::abs;
    double worst = 0;
    for (std::size_t k = 0; k < fine.size(); ++k)
      for (Eigen::Index j = 0; j < fine[k].cols(); ++j) {
        R top(0), apart(0);
        for (Eigen::Index i = 0; i < fine[k].rows(); ++i) {
          top = std::max<R>(top, abs(fine[k](i, j)));
          apart = std::max<R>(apart, abs(R(fine[k](i, j) - coarse[k](i, j))));
        }
        if (apart > R(0))
          worst = std::max(worst, real::to_double<R>(R(apart / (control.atol + control.rtol * top))));
      }
    return worst;
  }

  Method method_;
  Factories<R> factories_;
};

}  // namespace

template <Real R>
std::unique_ptr<Integrator<R>> stepping(Method method, Factories<R> factories) {
  return std::make_unique<SteppingIntegrator<R>>(std::move(method), std::move(factories));
}

#define GRONWALL_INSTANTIATE(...) \
  template std::unique_ptr<Integrator<__VA_ARGS__>> stepping<__VA_ARGS__>(Method, Factories<__VA_ARGS__>);
GRONWALL_FOR_EACH_FLOATING(GRONWALL_INSTANTIATE)

}  // namespace gronwall::ode
