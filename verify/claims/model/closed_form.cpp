#include <gronwall/model/neural_ode.hpp>
#include <gronwall/ode/integrator.hpp>

#include "verify/claims/growth/bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
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

using Fifty = real::Mpfr<50>;

/// The state at f.horizon of a network of width 1 by a method of the library.
template <Real R>
R solved(const Network<R>& f, const std::string& method, const R& tolerance) {
  const Matrix<R> x = Matrix<R>::Constant(1, 1, R(1));
  const model::NeuralOde<R> ode(f, {.method = method, .tolerance = tolerance, .steps = {}, .substeps = {}});
  return ode.hidden(x, f.horizon).value(0, 0);
}

/// In balls the method at 50 digits is what is judged: its result is an exact number. It does not depend on
/// the precision of the balls, so the last one is kept for the next precision that asks.
template <>
real::Ball solved(const Network<real::Ball>& f, const std::string& method, const real::Ball& tolerance) {
  const auto exactly = [](const real::Ball& x) {
    return real::from_double<Fifty>(real::to_double<real::Ball>(x));
  };
  const std::vector<double> inputs = {
      real::to_double<real::Ball>(f.theta.W(0, 0)), real::to_double<real::Ball>(f.theta.U(0, 0)),
      real::to_double<real::Ball>(f.sigma_w), real::to_double<real::Ball>(f.horizon)};
  static std::optional<std::pair<std::pair<std::string, std::vector<double>>, real::Ball>> last;
  if (last && last->first.first == method && last->first.second == inputs) return last->second;
  Network<Fifty> g{f.phi,
                   {Matrix<Fifty>::Constant(1, 1, Fifty(1)), Matrix<Fifty>(1, 1), Matrix<Fifty>(1, 1)}};
  g.theta.W(0, 0) = exactly(f.theta.W(0, 0));
  g.theta.U(0, 0) = exactly(f.theta.U(0, 0));
  g.sigma_w = exactly(f.sigma_w);
  g.horizon = exactly(f.horizon);
  const Fifty state = solved<Fifty>(g, method, exactly(tolerance));
  last = {{method, inputs}, real::Backend<real::Ball>::from_hex(real::Backend<Fifty>::to_hex(state))};
  return last->second;
}

/// How near a method of this order is asked to come, in decimal digits.
unsigned wanted_digits(int order, bool double_precision) {
  if (order < 4) return 4;
  if (double_precision) return 8;
  return order == 4 ? 12 : 20;
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
$1 + |h_t|$; methods of low order, which cannot reach that in reasonable time, to $10^{-4}$ (order one and two) and to
$10^{-12}$ (order four, at 50 digits). In balls the closed form is enclosed, and the result at 50 digits is proved to be that
near.)",
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
      const R tenth = real::ratio<R>(1, 10);
      const int order = ode::integrator<double>(method).method().order;
      const R tolerance = real::power(tenth, wanted_digits(order, real::Backend<R>::digits < 20));
      // The solver is asked for a hundredth of what is allowed here: errors add up over the steps.
      const R computed = solved<R>(f, method, R(tolerance * tenth * tenth));
      const R expected =
          separated<R>(R(summand<R>("sigma_w W", Quantity<R>(R(f.sigma_w * f.theta.W(0, 0)))).value()),
                       f.theta.U(0, 0), f.horizon);
      using std::abs;
      const R scale = R(1) + abs(expected);
      return near<R>(Quantity<R>(R(computed / scale)), Quantity<R>(R(expected / scale)), tolerance);
    });

}  // namespace
}  // namespace gronwall::verify
