// Cash and Karp's pair of orders 5 and 4; the fifth-order solution b is advanced, b - b^ estimates its error.
//
//    0   |
//   1/5  | 1/5
//   3/10 | 3/40         9/40
//   3/5  | 3/10        -9/10     6/5
//    1   | -11/54       5/2     -70/27       35/27
//   7/8  | 1631/55296  175/512  575/13824    44275/110592  253/4096
//   -----+--------------------------------------------------------------------
//    b   | 37/378       0       250/621      125/594        0         512/1771
//    b^  | 2825/27648   0       18575/48384  13525/55296   277/14336  1/4
//
// Cash and Karp, ACM Transactions on Mathematical Software 16 (1990), p. 206; the pair is of the kind of
// Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed., §II.4.
#include <boost/numeric/odeint/stepper/runge_kutta_cash_karp54.hpp>

#include <gronwall/ode/odeint_controlled.hpp>
#include <gronwall/ode/registration.hpp>

namespace gronwall::ode {
namespace {

struct CashKarp54 {
  template <class R>
  using Pair = OnMatrices<boost::numeric::odeint::runge_kutta_cash_karp54, R>;

  static Method method() {
    return {"cash-karp-54", 5, true, false, "Cash and Karp, ACM Trans. Math. Software 16 (1990), p. 206"};
  }
  template <class R>
  static std::unique_ptr<Stepper<R>> stepper() {
    return std::make_unique<PlainStepper<Pair<R>, R>>();
  }
  template <class R>
  static std::unique_ptr<ControlledStepper<R>> controlled(const R& rtol, const R& atol) {
    return std::make_unique<ControlledRungeKutta<Pair<R>, R>>(rtol, atol);
  }
};
const Registration<CashKarp54> registered;

}  // namespace
}  // namespace gronwall::ode
