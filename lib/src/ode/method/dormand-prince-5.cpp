// Dormand and Prince's pair of orders 5 and 4. The fifth-order solution b is advanced; its last stage is the
// first of the next step; b - b^ estimates its error.
//
//    0   |
//   1/5  | 1/5
//   3/10 | 3/40         9/40
//   4/5  | 44/45       -56/15       32/9
//   8/9  | 19372/6561  -25360/2187  64448/6561  -212/729
//    1   | 9017/3168   -355/33      46732/5247   49/176   -5103/18656
//    1   | 35/384       0           500/1113     125/192  -2187/6784     11/84
//   -----+--------------------------------------------------------------------------
//    b   | 35/384       0           500/1113     125/192  -2187/6784     11/84      0
//    b^  | 5179/57600   0           7571/16695   393/640  -92097/339200  187/2100  1/40
//
// Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed., §II.5, p. 178, Table 5.2.
// Dense output: the polynomial of degree 4 and order 4 that Shampine chose, §II.6, p. 191-192.
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <gronwall/ode/odeint_controlled.hpp>
#include <gronwall/ode/registration.hpp>

namespace gronwall::ode {
namespace {

struct DormandPrince5 {
  template <class R>
  using Pair = OnMatrices<boost::numeric::odeint::runge_kutta_dopri5, R>;

  static Method method() {
    return {"dormand-prince-5", 5, true, true,
            "Dormand and Prince 1980; Hairer, Norsett, Wanner, Solving ODEs I, 2nd ed., §II.5, p. 178"};
  }
  template <class R>
  static std::unique_ptr<Stepper<R>> stepper() {
    return std::make_unique<PlainStepper<Pair<R>, R>>();
  }
  template <class R>
  static std::unique_ptr<ControlledStepper<R>> controlled(const R& rtol, const R& atol) {
    return std::make_unique<ControlledRungeKutta<Pair<R>, R>>(rtol, atol);
  }
  template <class R>
  static std::unique_ptr<ControlledStepper<R>> dense(const R& rtol, const R& atol) {
    return controlled<R>(rtol, atol);
  }
};
const Registration<DormandPrince5> registered;

}  // namespace
}  // namespace gronwall::ode
