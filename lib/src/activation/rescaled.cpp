#include <cmath>

#include <fmt/format.h>

#include <gronwall/activation/registration.hpp>

namespace gronwall::activation {
namespace {

using boost::multiprecision::abs;

/// alpha phi(beta x + gamma) + delta.
struct Coefficients {
  Rational alpha, beta, gamma, delta;
};

template <class R>
struct Rounded {
  R alpha, beta, gamma, delta;
};

/// (beta x + gamma)^k = sum_i binomial(k, i) beta^i gamma^(k-i) x^i.
std::vector<Rational> power_of_line(const Coefficients& c, int k) {
  std::vector<Rational> out{1};
  for (int j = 0; j < k; ++j) {
    std::vector<Rational> next(out.size() + 1, Rational(0));
    for (std::size_t i = 0; i < out.size(); ++i) {
      next[i] += c.gamma * out[i];
      next[i + 1] += c.beta * out[i];
    }
    out = std::move(next);
  }
  return out;
}

/// factor p(beta x + gamma, u).
SystemPolynomial substituted(const SystemPolynomial& p, const Coefficients& c, const Rational& factor) {
  SystemPolynomial out;
  for (const Monomial& m : p) {
    const std::vector<Rational> line = power_of_line(c, m.powers[0]);
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == 0) continue;
      Monomial term{factor * m.coefficient * line[i], m.powers};
      term.powers[0] = static_cast<int>(i);
      out.push_back(std::move(term));
    }
  }
  return out;
}

/// With v(x) = u(beta x + gamma): v' = beta P(beta x + gamma, v), and the value is alpha Q(beta x + gamma, v)
/// + delta.
DifferentialSystem substituted(const DifferentialSystem& system, const Coefficients& c) {
  DifferentialSystem out;
  for (const SystemPolynomial& p : system.derivatives) out.derivatives.push_back(substituted(p, c, c.beta));
  out.value = substituted(system.value, c, c.alpha);
  if (c.delta != 0) out.value.push_back({c.delta, std::vector<int>(system.derivatives.size() + 1, 0)});
  return out;
}

/// A smooth activation after a change of scale and place. The parameters are dyadic, so that every backend
/// has the same function.
class Rescaled {
 public:
  Rescaled(Activation inner, Coefficients coefficients)
      : inner_(std::move(inner)), exact_(std::move(coefficients)) {
    rounded_.for_each([this]<class R>(Rounded<R>& slot) {
      slot = {real::from_rational<R>(exact_.alpha), real::from_rational<R>(exact_.beta),
              real::from_rational<R>(exact_.gamma), real::from_rational<R>(exact_.delta)};
    });
  }

  Traits traits() const {
    const Traits& of = inner_.traits();
    const auto text = [](const Rational& x) { return real::to_string(x); };
    Traits t;
    t.name = fmt::format("rescaled:{},{},{},{},{}", of.name, text(exact_.alpha), text(exact_.beta),
                         text(exact_.gamma), text(exact_.delta));
    t.formula = fmt::format(R"({}\,\phi({}\,x + {}) + {}, \quad \phi(x) = {})", text(exact_.alpha),
                            text(exact_.beta), text(exact_.gamma), text(exact_.delta), of.formula);
    const bool central = exact_.gamma == 0;
    if (central && (of.parity == Parity::even || (of.parity == Parity::odd && exact_.delta == 0)))
      t.parity = of.parity;
    t.smoothness = of.smoothness;
    if (of.system) t.system = substituted(*of.system, exact_);
    t.lipschitz_source = "|alpha beta| times that of " + of.name + ": " + of.lipschitz_source;
    t.derivative_lipschitz_source =
        "|alpha| beta^2 times that of " + of.name + ": " + of.derivative_lipschitz_source;
    return t;
  }
  template <class R>
  R value(const R& x) const {
    const Rounded<R>& c = in<R>();
    return at<R>(x, [&c, this](const R& y, const R& rest) {
      const Functions<R>& phi = inner_.in<R>();
      return R(c.alpha * corrected<R>(phi.value(y), rest, [&] { return phi.derivative(y); }) + c.delta);
    });
  }
  template <class R>
  R derivative(const R& x) const {
    const Rounded<R>& c = in<R>();
    return at<R>(x, [&c, this](const R& y, const R& rest) {
      const Functions<R>& phi = inner_.in<R>();
      return R(c.alpha * c.beta *
               corrected<R>(phi.derivative(y), rest, [&] { return phi.second_derivative(y); }));
    });
  }
  /// The third derivative is not known, so that the rounding of beta x + gamma is not corrected: a tail e^y
  /// of phi'' is off by |y| units, unless nothing is rounded (gamma = 0 and beta a power of two).
  template <class R>
  R second_derivative(const R& x) const {
    const Rounded<R>& c = in<R>();
    return at<R>(x, [&c, this](const R& y, const R&) {
      return R(c.alpha * c.beta * c.beta * inner_.in<R>().second_derivative(y));
    });
  }
  template <class R>
  R lipschitz() const {
    return real::from_rational<R>(abs(exact_.alpha * exact_.beta)) * inner_.in<R>().lipschitz();
  }
  template <class R>
  R derivative_lipschitz() const {
    return real::from_rational<R>(abs(exact_.alpha) * exact_.beta * exact_.beta) *
           inner_.in<R>().derivative_lipschitz();
  }
  template <class R>
  R strip() const {
    return inner_.in<R>().strip() / real::from_rational<R>(abs(exact_.beta));
  }
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    const Rounded<R>& c = in<R>();
    inner_.in<R>().start(R(c.beta * x + c.gamma), u);
  }
  /// The disc |z - c| <= rho is mapped onto |w - (beta c + gamma)| <= |beta| rho.
  std::optional<DiscBounds<Ball>> disc_bounds(const Ball& c, const Ball& rho) const {
    const Rounded<Ball>& k = in<Ball>();
    const Ball steep = abs(k.beta), size = abs(k.alpha);
    const auto inner = inner_.in<Ball>().disc_bounds(Ball(k.beta * c + k.gamma), Ball(steep * rho));
    if (!inner) return std::nullopt;
    const DiscBounds<Ball> out{Ball(size * inner->value + abs(k.delta)).upper(),
                               Ball(size * steep * inner->derivative).upper(),
                               Ball(size * steep * steep * inner->second_derivative).upper()};
    if (!out.value.known() || !out.derivative.known() || !out.second_derivative.known()) return std::nullopt;
    return out;
  }

 private:
  template <class R>
  const Rounded<R>& in() const {
    return rounded_.in<R>();
  }

  /// f(y, rest) with y + rest = beta x + gamma: in floating point y is the rounded one, and rest what both
  /// roundings left out, exactly (a fused product, and Knuth's sum of two). In balls y encloses.
  template <class R, class F>
  R at(const R& x, const F& f) const {
    const Rounded<R>& c = in<R>();
    if constexpr (real::Enclosing<R>) {
      return f(R(c.beta * x + c.gamma), R(0));
    } else {
      using B = real::Backend<R>;
      const R product = c.beta * x, y = product + c.gamma;
      const R back = y - product;
      const R of_sum = (product - (y - back)) + (c.gamma - back);
      const R rest = B::multiply_subtract(c.beta, x, product) + of_sum;
      return f(y, B::finite(rest) ? rest : R(0));
    }
  }
  /// f(y + rest) = f(y) + rest f'(y), to first order; so a tail e^y keeps its digits.
  template <class R, class Slope>
  static R corrected(const R& value, const R& rest, const Slope& slope) {
    if constexpr (real::Enclosing<R>) {
      return value;
    } else {
      return rest == 0 ? value : R(value + rest * slope());
    }
  }

  Activation inner_;
  Coefficients exact_;
  real::PerBackend<Rounded> rounded_;
};

/// A number that doubles hold.
Rational dyadic(const Parameters& parameters, std::size_t i, const std::string& called, bool may_vanish) {
  const Rational x = parameters.number(i, called);
  if (real::exact_rational(real::from_rational<double>(x)) != x)
    parameters.refuse(called, "It must be a dyadic number of at most 53 bits.");
  if (x != 0 ? std::abs(real::from_rational<double>(x)) > 1e100 ||
                   std::abs(real::from_rational<double>(x)) < 1e-100
             : !may_vanish)
    parameters.refuse(called,
                      "Its modulus must be from 1e-100 to 1e100" + std::string(may_vanish ? ", or 0." : "."));
  return x;
}

Activation parsed(const Parameters& parameters) {
  parameters.require({"phi", "alpha", "beta", "gamma", "delta"});
  const Activation inner = find(parameters.text(0));
  if (!inner.smooth() || inner.degree())
    parameters.refuse("phi", "It must be the name of a smooth activation that is no polynomial.");
  const Coefficients c{dyadic(parameters, 1, "alpha", false), dyadic(parameters, 2, "beta", false),
                       dyadic(parameters, 3, "gamma", true), dyadic(parameters, 4, "delta", true)};
  if (inner.name() == "sigmoid" && c.gamma == 0 && 2 * c.delta == -c.alpha)
    parameters.refuse("phi", "That is odd, a tanh: tanh(x/2)/2 = sigmoid(x) - 1/2.");
  return make(Rescaled(inner, c));
}

const Registration registration("rescaled", "<phi,alpha,beta,gamma,delta>", parsed,
                                {"tanh,1/2,2,0,1", "softplus,-2,-1/2,0,-1/4", "arctan,1,1,1,1/8"});

}  // namespace
}  // namespace gronwall::activation
