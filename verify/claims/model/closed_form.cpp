#include <gronwall/model/neural_ode.hpp>
#include <gronwall/ode/integrator.hpp>

#include "verify/claims/growth/bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

using std::asinh;
using std::exp;
using std::sinh;

/// h' = s w tanh(h) separates: sinh h_t = e^{s w t} sinh h_0.
template <Real R>
R separated(const R& rate, const R& start, const R& t) {
  const R power = exp(R(rate * t));
  const R initial = sinh(start);
  return asinh(R(power * initial));
}

const auto closed_form = claim(
    {.id = "model.closed-form",
     .kind = Kind::identity,
     .title = "The instrument: every integrator solves the Neural ODE of width 1",
     .states = R"(n = 1,\ \phi = \tanh:\qquad \sinh h_t = e^{\sigma_w W t}\sinh h_0)",
     .source = "Not in the paper: a check of this suite's own solvers, on which all other claims rest",
     .reading =
         R"(For every integrator of the library, $h_0 \in [-3, 3]$, $\sigma_w \in [0, 2]$, $W \in [-2, 2]$, $t \in [0, 2]$: the
computed state agrees with the closed form to $10^{-8}$ in double precision and to $10^{-20}$ at 50 digits, relative to
$1 + |h_t|$; methods of order one and two, which cannot reach that in reasonable time, to $10^{-4}$.)",
     .uses = {},
     .repairs = "",
     .proof = "",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string method = any.one_of("method", ode::integrator_names());
      Network<R> f{activation::find("tanh"),
                   {Matrix<R>::Constant(1, 1, R(1)), Matrix<R>(1, 1), Matrix<R>(1, 1)}};
      f.theta.W(0, 0) = any.number("W", -2, 2);
      f.theta.U(0, 0) = any.number("U", -3, 3);
      f.sigma_w = any.number("sigma", 0, 2);
      f.horizon = any.number("t", 0, 2);
      const Matrix<R> x = Matrix<R>::Constant(1, 1, R(1));
      const bool low_order = ode::integrator<R>(method).method().order < 4;
      const R tenth = real::ratio<R>(1, 10);
      const unsigned digits = low_order ? 4 : real::Backend<R>::digits > 15 ? 20 : 8;
      const R tolerance = real::power(tenth, digits);
      // The solver is asked for a hundredth of what is allowed here: errors add up over the steps.
      const model::NeuralOde<R> ode(
          f, {.method = method, .tolerance = R(tolerance * tenth * tenth), .steps = {}, .substeps = {}});
      const R expected = separated<R>(R(f.sigma_w * f.theta.W(0, 0)), f.theta.U(0, 0), f.horizon);
      const R computed = ode.hidden(x, f.horizon).value(0, 0);
      using std::abs;
      const R scale = R(1) + abs(expected);
      return equals<R>(Quantity<R>(R(computed / scale)), Quantity<R>(R(expected / scale)), tolerance);
    });

}  // namespace
}  // namespace gronwall::verify
