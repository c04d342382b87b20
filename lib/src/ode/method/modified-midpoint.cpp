// Gragg's modified midpoint rule with two substeps of h/2 and the smoothing step:
//
//   z0 = y0,  z1 = z0 + (h/2) f(t0, z0),  z2 = z0 + h f(t0 + h/2, z1),
//   y1 = (z1 + z2 + (h/2) f(t0 + h, z2)) / 2.
//
// As a tableau,
//
//    0  |
//   1/2 | 1/2
//    1  |  0   1
//   ----+-------------
//       | 1/4 1/2 1/4
//
// Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed., §II.9, pp. 227-228, (9.13);
// order 2, with an error expansion in even powers of h alone, on which Bulirsch and Stoer's extrapolation
// rests.
#include <boost/numeric/odeint/stepper/modified_midpoint.hpp>

#include <gronwall/ode/odeint.hpp>
#include <gronwall/ode/registration.hpp>

namespace gronwall::ode {
namespace {

struct ModifiedMidpoint {
  static Method method() {
    return {"modified-midpoint", 2, false, false,
            "Gragg 1965; Hairer, Norsett, Wanner, Solving ODEs I, 2nd ed., §II.9"};
  }
  template <class R>
  static std::unique_ptr<Stepper<R>> stepper() {
    return std::make_unique<PlainStepper<OnMatrices<boost::numeric::odeint::modified_midpoint, R>, R>>();
  }
};
const Registration<ModifiedMidpoint> registered;

}  // namespace
}  // namespace gronwall::ode
