// Fehlberg's pair of orders 7 and 8 with 13 stages. As odeint has it, the solution of order 8 is advanced
// (local extrapolation), and the difference to the one of order 7, (41/840) h (k12 + k13 - k1 - k11), steers
// the step.
//
//    0    |
//   2/27  | 2/27
//   1/9   | 1/36        1/12
//   1/6   | 1/24        0  1/8
//   5/12  | 5/12        0 -25/16  25/16
//   1/2   | 1/20        0  0      1/4       1/5
//   5/6   | -25/108     0  0      125/108  -65/27    125/54
//   1/6   | 31/300      0  0      0         61/225  -2/9      13/900
//   2/3   | 2           0  0     -53/6      704/45  -107/9    67/90     3
//   1/3   | -91/108     0  0      23/108   -976/135  311/54  -19/60     17/6   -1/12
//    1    | 2383/4100   0  0     -341/164   4496/1025 -301/82 2133/4100 45/82   45/164  18/41
//    0    | 3/205       0  0      0         0       -6/41    -3/205    -3/41    3/41     6/41   0
//    1    | -1777/4100  0  0     -341/164   4496/1025 -289/82 2193/4100 51/82   33/164  12/41   0  1
//   ------+----------------------------------------------------------------------------------------------
//   b (8) | 0           0  0      0         0        34/105   9/35      9/35    9/280    9/280  0  41/840
//   41/840 b^(7) | 41/840      0  0      0         0        34/105   9/35      9/35    9/280    9/280  41/840
//   0  0
//
// Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, 2nd ed., §II.5, p. 180, Table 5.3.
//
// The estimate compares slopes at the two ends of a step only. Where f depends on t alone it is 0 whatever
// the error: a pure quadrature is no problem for this method (p. 180 there says so, too).
#include <boost/numeric/odeint/stepper/runge_kutta_fehlberg78.hpp>

#include <gronwall/ode/odeint_controlled.hpp>
#include <gronwall/ode/registration.hpp>

namespace gronwall::ode {
namespace {

struct Fehlberg78 {
  template <class R>
  using Pair = OnMatrices<boost::numeric::odeint::runge_kutta_fehlberg78, R>;

  static Method method() {
    return {"fehlberg-78", 8, true, false,
            "Fehlberg 1968; Hairer, Norsett, Wanner, Solving ODEs I, 2nd ed., §II.5, p. 180"};
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
const Registration<Fehlberg78> registered;

}  // namespace
}  // namespace gronwall::ode
