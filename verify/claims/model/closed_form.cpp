#include <array>
#include <map>
#include <type_traits>
#include <utility>

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

/// How near a method of this order is asked to come, in decimal digits.
int wanted_digits(int order, bool double_precision) {
  if (order < 4) return 4;
  if (double_precision) return 8;
  return order == 4 ? 12 : order < 8 ? 16 : 20;
}

int order_of(const std::string& method) { return ode::integrator<double>(method).method().order; }

template <Real R>
R power_of_tenth(int digits) {
  return real::power(real::ratio<R>(1, 10), static_cast<unsigned>(digits));
}

/// The state at f.horizon of a network of width 1 by a method of the library. The solver is asked for a
/// hundredth of what is allowed: errors add up over the steps. Of a method of order one, where each digit
/// costs ten times the steps, a tenth: its two runs, the second of half the steps, differ by the whole error.
template <Real R>
R solved(const Network<R>& f, const std::string& method) {
  const int order = order_of(method);
  const int digits = wanted_digits(order, real::Backend<R>::digits < 20) + (order == 1 ? 1 : 2);
  const Matrix<R> x = Matrix<R>::Constant(1, 1, R(1));
  const model::NeuralOde<R> ode(
      f, {.method = method, .tolerance = power_of_tenth<R>(digits), .steps = {}, .substeps = {}});
  return ode.hidden(x, f.horizon).value(0, 0);
}

/// What determines a case: the method, and W, U, sigma_w, T.
using Case = std::pair<std::string, std::array<double, 4>>;

template <Real R>
Case case_of(const Network<R>& f, const std::string& method) {
  return {method,
          {real::to_double<R>(f.theta.W(0, 0)), real::to_double<R>(f.theta.U(0, 0)),
           real::to_double<R>(f.sigma_w), real::to_double<R>(f.horizon)}};
}

/// The state at 50 digits, which balls of every precision ask for after 50 digits did: the last ones are
/// kept.
Fifty solved_at_fifty(const Case& one) {
  constexpr std::size_t most = 1024;
  static std::map<Case, Fifty> known;
  const auto found = known.find(one);
  if (found != known.end()) return found->second;
  const auto& [W, U, sigma_w, horizon] = one.second;
  Network<Fifty> f{activation::find("tanh"),
                   {Matrix<Fifty>::Constant(1, 1, Fifty(1)), Matrix<Fifty>::Constant(1, 1, Fifty(W)),
                    Matrix<Fifty>::Constant(1, 1, Fifty(U))}};
  f.sigma_w = Fifty(sigma_w);
  f.horizon = Fifty(horizon);
  if (known.size() >= most) known.clear();
  return known.emplace(one, solved<Fifty>(f, one.first)).first->second;
}

/// The state that is judged. In balls it is that at 50 digits, which is an exact number.
template <Real R>
R judged(const Network<R>& f, const std::string& method) {
  if constexpr (real::Enclosing<R>)
    return real::Backend<R>::from_hex(real::Backend<Fifty>::to_hex(solved_at_fifty(case_of<R>(f, method))));
  else if constexpr (std::is_same_v<R, Fifty>)
    return solved_at_fifty(case_of<R>(f, method));
  else
    return solved<R>(f, method);
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
$1 + |h_t|$; methods of low order, which cannot reach that in reasonable time, to $10^{-4}$ (order one and two), and at 50
digits to $10^{-12}$ (order four) and $10^{-16}$ (order five). In balls the closed form is enclosed, and the result at 50
digits is proved to be that near.)",
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
      const R tolerance = power_of_tenth<R>(wanted_digits(order_of(method), real::Backend<R>::digits < 20));
      const R computed = judged<R>(f, method);
      const R expected =
          separated<R>(R(summand<R>("sigma_w W", Quantity<R>(R(f.sigma_w * f.theta.W(0, 0)))).value()),
                       f.theta.U(0, 0), f.horizon);
      using std::abs;
      const R scale = R(1) + abs(expected);
      return near<R>(Quantity<R>(R(computed / scale)), Quantity<R>(R(expected / scale)), tolerance);
    });

}  // namespace
}  // namespace gronwall::verify
