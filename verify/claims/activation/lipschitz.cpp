#include <algorithm>
#include <cmath>
#include <map>

#include "verify/claims/growth/bounds.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

using activation::Activation;

const std::string slides = R"(Slides "Assumption 1" (2, Smoothness) and "Conclusion")";

/// phi or phi' at an exact point.
template <Real R>
Quantity<R> at_point(const Activation& phi, const R& z, bool slope) {
  const auto& functions = phi.template in<R>();
  const R out = slope ? functions.derivative(z) : functions.value(z);
  if constexpr (real::Enclosing<R>)
    return out;
  else
    // A few units of the last place of the largest intermediate, which is about |z| + 1.
    return Quantity<R>(out, R(R(16) * real::Backend<R>::unit_roundoff() * (R(1) + real::abs(z))));
}

/// |psi(a) - psi(b)| <= K |a - b| for psi = phi, K = L1, or psi = phi', K = L2.
template <Real R>
Judgement judge_pair(const Activation& phi, const R& a, const R& b, bool slope) {
  const auto& functions = phi.template in<R>();
  const Quantity<R> constant = few_ulp<R>(slope ? functions.derivative_lipschitz() : functions.lipschitz());
  const Quantity<R> apart = abs(at_point<R>(phi, a, slope) - at_point<R>(phi, b, slope));
  const Quantity<R> marked = slope ? fraction<R>("L2", constant) : factor<R>("L1", constant);
  return at_most<R>(apart, marked * abs(Quantity<R>(a) - Quantity<R>(b)));
}

/// A point where |phi'| (or |phi''|) is nearly largest: a scan of [-40, 40], refined around the best. A
/// guess; what follows proves that it is good. It starts off 0, where kinks are.
double best_point(const std::string& name, bool slope) {
  static std::map<std::pair<std::string, bool>, double> known;
  const auto [found, fresh] = known.try_emplace({name, slope}, 0.0);
  if (!fresh) return found->second;
  const Activation phi = activation::find(name);
  const auto& functions = phi.in<double>();
  const auto height = [&](double z) {
    return std::abs(slope ? functions.second_derivative(z) : functions.derivative(z));
  };
  double centre = 1, reach = 40;
  for (int round = 0; round < 6; ++round) {
    double best = centre;
    for (int k = -1000; k <= 1000; ++k) {
      const double z = centre + reach * k / 1000;
      if (height(z) > height(best)) best = z;
    }
    centre = best;
    reach /= 250;
  }
  return found->second = std::ldexp(std::round(std::ldexp(centre, 20)), -20);
}

const std::string steep_value = "where |phi'| is large", steep_slope = "where |phi''| is large";

/// Two points: anywhere, close together, or close together where phi (or phi') is steepest.
template <Real R>
std::pair<R, R> any_points(Any<R>& any, const std::string& phi, const std::vector<std::string>& places) {
  const std::string place = any.one_of("a is", places);
  const R a = place == "anywhere" ? any.number("a", -32, 32)
                                  : real::from_double<R>(best_point(phi, place == steep_slope));
  if (any.one_of("b is", {"anywhere", "near a"}) == "anywhere") return {a, any.number("b", -32, 32)};
  return {a, R(a + any.number("b - a", -1.0 / 16, 1.0 / 16))};
}

const auto as_stated = claim(
    {.id = "activation.lipschitz.as-stated",
     .kind = Kind::bound,
     .title = "Softplus, tanh and GELU meet the smoothness assumption",
     .states =
         R"(\phi \in \{\text{softplus}, \tanh, \text{GELU}\}:\qquad |\phi(a) - \phi(b)| \le L_1|a - b|, \quad |\phi'(a) - \phi'(b)| \le L_2|a - b|)",
     .source = slides,
     .reading =
         R"("$\phi$ and its derivative are $L_1$ and $L_2$-Lipschitz": with the constants of this library, $L_1 = 1$, $L_2 = \frac14$ (softplus), $L_1 = 1$, $L_2 =
\frac{4}{3\sqrt3}$ (tanh), $L_1 = 1.1289\dots$, $L_2 = \sqrt{2/\pi}$ (GELU). That $L_1 = L_2 = 1$ is another claim (growth.normalisation). At $a, b \in
[-32, 32]$, also close together and where the slope is largest.)",
     .uses = {},
     .repairs = "",
     .proof =
         R"($L_1 = \sup|\phi'|$ and $L_2 = \sup|\phi''|$, derived in the files of the activations (`lib/src/activation`).)",
     .cases = 300},
    []<Real R>(Any<R>& any) -> Judgement {
      const Activation phi = any.activation("phi", named_by_the_paper);
      const auto [a, b] = any_points<R>(any, phi.name(), {"anywhere", steep_value, steep_slope});
      return judge_pair<R>(phi, a, b, false) && judge_pair<R>(phi, a, b, true);
    });

/// The activations of the library with a finite L1 (or L2).
std::vector<std::string> with_constant(bool slope) {
  std::vector<std::string> out;
  for (const std::string& name : activation::names()) {
    const Activation phi = activation::find(name);
    const auto& functions = phi.in<double>();
    if (std::isfinite(slope ? functions.derivative_lipschitz() : functions.lipschitz())) out.push_back(name);
  }
  return out;
}
const std::vector<std::string>& lipschitz_ones() {
  static const std::vector<std::string> names = with_constant(false);
  return names;
}
const std::vector<std::string>& smooth_ones() {
  static const std::vector<std::string> names = with_constant(true);
  return names;
}

const std::string constants =
    "Not in the paper: L1 and L2 of every activation of the library, as used by all bounds";

const auto value_of_all =
    claim({.id = "activation.lipschitz.L1",
           .kind = Kind::bound,
           .title = "L1 of every activation of the library",
           .states = R"(|\phi(a) - \phi(b)| \le L_1|a - b|)",
           .source = constants,
           .reading = R"(Every registered activation with a finite $L_1$, at $a, b \in [-32, 32]$.)",
           .uses = {},
           .repairs = "",
           .proof = R"($L_1 = \sup|\phi'|$, derived in the files of the activations.)",
           .cases = 1000},
          []<Real R>(Any<R>& any) -> Judgement {
            const Activation phi = any.activation("phi", lipschitz_ones());
            const auto [a, b] = any_points<R>(any, phi.name(), {"anywhere", steep_value});
            return judge_pair<R>(phi, a, b, false);
          });

const auto slope_of_all =
    claim({.id = "activation.lipschitz.L2",
           .kind = Kind::bound,
           .title = "L2 of every activation of the library",
           .states = R"(|\phi'(a) - \phi'(b)| \le L_2|a - b|)",
           .source = constants,
           .reading = R"(Every registered activation with a finite $L_2$, at $a, b \in [-32, 32]$.)",
           .uses = {},
           .repairs = "",
           .proof = R"($L_2 = \sup|\phi''|$, derived in the files of the activations.)",
           .cases = 1000},
          []<Real R>(Any<R>& any) -> Judgement {
            const Activation phi = any.activation("phi", smooth_ones());
            const auto [a, b] = any_points<R>(any, phi.name(), {"anywhere", steep_slope});
            return judge_pair<R>(phi, a, b, true);
          });

const auto sharp = claim(
    {.id = "activation.lipschitz.sharp",
     .kind = Kind::bound,
     .title = "L1 and L2 are the exact suprema",
     .states =
         R"(\text{there are } z, z' \text{ with } |\phi'(z)| \ge (1 - 2^{-20})L_1 \text{ and } |\phi''(z')| \ge (1 - 2^{-20})L_2)",
     .source = constants,
     .reading =
         R"(Every registered activation; only $L_1$ where $L_2$ is infinite. The points are sought in double and judged as exact numbers.)",
     .uses = {"activation.lipschitz.L1", "activation.lipschitz.L2"},
     .repairs = "",
     .proof =
         R"(Two points close to $z$ show that no smaller constant does, up to the factor $1 - 2^{-20}$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string name = any.one_of("phi", lipschitz_ones());
      const Activation phi = activation::find(name);
      const auto& functions = phi.template in<R>();
      const R part = R(1) - real::power<R>(real::ratio<R>(1, 2), 20);
      const R z = real::from_double<R>(best_point(name, false));
      Judgement out = at_most<R>(few_ulp<R>(functions.lipschitz()) * Quantity<R>(part),
                                 abs(few_ulp<R>(functions.derivative(z))));
      const std::vector<std::string>& smooth = smooth_ones();
      if (std::find(smooth.begin(), smooth.end(), name) == smooth.end()) return out;
      const R y = real::from_double<R>(best_point(name, true));
      return out && at_most<R>(few_ulp<R>(functions.derivative_lipschitz()) * Quantity<R>(part),
                               abs(few_ulp<R>(functions.second_derivative(y))));
    });

}  // namespace
}  // namespace gronwall::verify
