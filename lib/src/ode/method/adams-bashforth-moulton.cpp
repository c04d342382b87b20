// Adams methods with eight values of f as predictor and corrector, evaluated twice a step (PECE).
//
//   predict  p    = y_n + h (16083 f_n/4480 - 1152169 f_{n-1}/120960 + 242653 f_{n-2}/13440 - 296053
//   f_{n-3}/13440
//                   + 2102243 f_{n-4}/120960 - 115747 f_{n-5}/13440 + 32863 f_{n-6}/13440 - 5257
//                   f_{n-7}/17280)
//   correct  y'   = y_n + h (5257 f(p)/17280 + 139849 f_n/120960 - 4511 f_{n-1}/4480 + 123133 f_{n-2}/120960
//                   - 88547 f_{n-3}/120960 + 1537 f_{n-4}/4480 - 11351 f_{n-5}/120960 + 275 f_{n-6}/24192)
//
// Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed., §III.1, p. 358-360; PECE p.
// 360, §III.8.
//
// Order. odeint's adams_moulton<k> takes k values of f, the new one among them, hence is of order k (not k +
// 1, as its documentation says of the whole), and so is the predictor; PECE of the two is of order 8, which
// is what the tests measure.
//
// The past. The first seven steps are Fehlberg's of order 8: odeint's default, the classical Runge-Kutta
// method, would leave errors of h^5. The past is dropped at every output time, where the step size changes.
#include <boost/numeric/odeint/stepper/adams_bashforth_moulton.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_fehlberg78.hpp>

#include <gronwall/ode/odeint.hpp>
#include <gronwall/ode/registration.hpp>

namespace gronwall::ode {
namespace {

namespace odeint = boost::numeric::odeint;

struct AdamsBashforthMoulton {
  template <class R>
  using Multistep = odeint::adams_bashforth_moulton<8, Matrix<R>, Scalar<R>, Matrix<R>, Scalar<R>, Entries,
                                                    Operations, odeint::initially_resizer,
                                                    OnMatrices<odeint::runge_kutta_fehlberg78, R>>;

  static Method method() {
    return {"adams-bashforth-moulton", 8, false, false,
            "Bashforth 1883, Moulton 1926; Hairer, Norsett, Wanner, Solving ODEs I, 2nd ed., §III.1"};
  }
  template <class R>
  static std::unique_ptr<Stepper<R>> stepper() {
    return std::make_unique<PlainStepper<Multistep<R>, R>>();
  }
};
const Registration<AdamsBashforthMoulton> registered;

}  // namespace
}  // namespace gronwall::ode
