#pragma once

#include <memory>

#include <gronwall/ode/stepper.hpp>
#include <gronwall/real/backends.hpp>

/// Adding an integrator is one file in lib/src/ode/method/:
///
///     struct Heun {
///       static Method method() { return {"heun", 2, false, false, "..."}; }
///       template <class R>
///       static std::unique_ptr<Stepper<R>> stepper();
///     };
///     const Registration<Heun> registered;
///
/// with two more members where the method has them,
///
///       template <class R>                                   // an embedded error estimate
///       static std::unique_ptr<ControlledStepper<R>> controlled(const R& rtol, const R& atol);
///       template <class R>                                   // dense output
///       static std::unique_ptr<ControlledStepper<R>> dense(const R& rtol, const R& atol);
///
/// `controlled` and `dense` keep the local error of a step, in the largest norm over one column of the state,
/// below atol + rtol |y|. The typed suite of lib/test/ode tests every registered integrator.
namespace gronwall::ode {

/// How the steppers of one method are made; an empty function where it has no such stepper.
template <Real R>
struct Factories {
  std::function<std::unique_ptr<Stepper<R>>()> stepper;
  std::function<std::unique_ptr<ControlledStepper<R>>(const R& rtol, const R& atol)> controlled;
  std::function<std::unique_ptr<ControlledStepper<R>>(const R& rtol, const R& atol)> dense;
};

/// An integrator that steps by these.
template <Real R>
std::unique_ptr<Integrator<R>> stepping(Method method, Factories<R> factories);

/// Makes the integrator known by its name. Throws Error when the name is taken: at the start of the program,
/// since registrations are static objects.
template <Real R>
void enter(std::unique_ptr<Integrator<R>> integrator);

template <class Family>
class Registration {
 public:
  Registration() {
#define GRONWALL_ENTER(...) \
  enter<__VA_ARGS__>(stepping<__VA_ARGS__>(Family::method(), factories<__VA_ARGS__>()));
    GRONWALL_FOR_EACH_FLOATING(GRONWALL_ENTER)
#undef GRONWALL_ENTER
  }

 private:
  template <Real R>
  static Factories<R> factories() {
    Factories<R> out;
    out.stepper = [] { return Family::template stepper<R>(); };
    if constexpr (requires(const R& r) { Family::template controlled<R>(r, r); })
      out.controlled = [](const R& rtol, const R& atol) {
        return Family::template controlled<R>(rtol, atol);
      };
    if constexpr (requires(const R& r) { Family::template dense<R>(r, r); })
      out.dense = [](const R& rtol, const R& atol) { return Family::template dense<R>(rtol, atol); };
    return out;
  }
};

}  // namespace gronwall::ode
