// The classical Runge-Kutta method.
//
//    0  |
//   1/2 | 1/2
//   1/2 |  0  1/2
//    1  |  0   0   1
//   ----+-----------------
//       | 1/6 1/3 1/3 1/6
//
// Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed., §II.1, p. 138, Table 1.2;
// order 4.
#include <boost/numeric/odeint/stepper/runge_kutta4.hpp>

#include <gronwall/ode/odeint.hpp>
#include <gronwall/ode/registration.hpp>

namespace gronwall::ode {
namespace {

struct RungeKutta4 {
  static Method method() {
    return {"runge-kutta-4", 4, false, false,
            "Kutta 1901; Hairer, Norsett, Wanner, Solving ODEs I, 2nd ed., §II.1, p. 138"};
  }
  template <class R>
  static std::unique_ptr<Stepper<R>> stepper() {
    return std::make_unique<PlainStepper<OnMatrices<boost::numeric::odeint::runge_kutta4, R>, R>>();
  }
};
const Registration<RungeKutta4> registered;

}  // namespace
}  // namespace gronwall::ode
