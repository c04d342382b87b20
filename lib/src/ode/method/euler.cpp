// Euler's method: y1 = y0 + h f(t0, y0).
//
//   0 |
//   --+---
//     | 1
//
// Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed., §II.1, p. 133 (1.3); order 1.
// On the Neural ODE with L equal steps it is the depth-L ResNet.
#include <boost/numeric/odeint/stepper/euler.hpp>

#include <gronwall/ode/odeint.hpp>
#include <gronwall/ode/registration.hpp>

namespace gronwall::ode {
namespace {

struct Euler {
  static Method method() {
    return {"euler", 1, false, false, "Euler 1768; Hairer, Norsett, Wanner, Solving ODEs I, 2nd ed., §I.7"};
  }
  template <class R>
  static std::unique_ptr<Stepper<R>> stepper() {
    return std::make_unique<PlainStepper<OnMatrices<boost::numeric::odeint::euler, R>, R>>();
  }
};
const Registration<Euler> registered;

}  // namespace
}  // namespace gronwall::ode
