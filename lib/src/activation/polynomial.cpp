#include "polynomial.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gronwall::activation {
namespace {

std::vector<Rational> trimmed(std::vector<Rational> c) {
  while (c.size() > 1 && c.back() == 0) c.pop_back();
  return c;
}

std::vector<Rational> differentiated(const std::vector<Rational>& c) {
  std::vector<Rational> d{Rational(0)};
  if (c.size() > 1) d.resize(c.size() - 1);
  for (std::size_t k = 1; k < c.size(); ++k) d[k - 1] = c[k] * static_cast<int>(k);
  return d;
}

/// The coefficients of phi, phi' and phi'' in one backend.
template <class R>
struct Rounded {
  std::vector<R> value, derivative, second_derivative;
};

template <class R>
std::vector<R> rounded(const std::vector<Rational>& exact) {
  std::vector<R> out;
  for (const Rational& c : exact) out.push_back(real::from_rational<R>(c));
  return out;
}

template <class R>
R horner(const std::vector<R>& c, const R& x) {
  return where_known(x, [&c](const R& y) {
    R sum = c.back();
    for (std::size_t k = c.size() - 1; k-- > 0;) sum = sum * y + c[k];
    return sum;
  });
}

class Polynomial {
 public:
  Polynomial(std::string name, std::string formula, std::vector<Rational> coefficients)
      : name_(std::move(name)), formula_(std::move(formula)), exact_(trimmed(std::move(coefficients))) {
    const std::vector<Rational> first = differentiated(exact_), second = differentiated(first);
    derivatives_ = {exact_, first, second};
    rounded_.for_each([&]<class R>(Rounded<R>& slot) {
      if constexpr (!real::Enclosing<R>) slot = {rounded<R>(exact_), rounded<R>(first), rounded<R>(second)};
    });
  }

  Traits traits() const {
    Traits t;
    t.name = name_;
    t.formula = formula_;
    t.parity = parity_of(exact_);
    t.smoothness = Smoothness::entire;
    t.polynomial = exact_;
    t.lipschitz_source = "phi' is constant up to degree 1 and unbounded beyond";
    t.derivative_lipschitz_source = "phi'' is constant up to degree 2 and unbounded beyond";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    if constexpr (real::Enclosing<R>)
      return horner<R>(rounded<R>(derivatives_[0]), x);
    else
      return horner<R>(rounded_.in<R>().value, x);
  }
  template <class R>
  R derivative(const R& x) const {
    if constexpr (real::Enclosing<R>)
      return horner<R>(rounded<R>(derivatives_[1]), x);
    else
      return horner<R>(rounded_.in<R>().derivative, x);
  }
  template <class R>
  R second_derivative(const R& x) const {
    if constexpr (real::Enclosing<R>)
      return horner<R>(rounded<R>(derivatives_[2]), x);
    else
      return horner<R>(rounded_.in<R>().second_derivative, x);
  }
  template <class R>
  R lipschitz() const {
    return polynomial_lipschitz<R>(exact_);
  }
  template <class R>
  R derivative_lipschitz() const {
    return polynomial_derivative_lipschitz<R>(exact_);
  }
  template <class R>
  R strip() const {
    return infinity<R>();
  }
  /// From the Taylor coefficients at the centre, by repeated synthetic division: sharp on small discs.
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    const real::Precision guard(disc::bits + 2 * static_cast<long>(exact_.size()));
    if (!c.known()) return std::nullopt;
    std::vector<Ball> t = rounded<Ball>(exact_);
    for (std::size_t j = 0; j + 1 < t.size(); ++j)
      for (std::size_t k = t.size() - 1; k-- > j;) t[k] += c * t[k + 1];
    return polynomial_bounds(t, rho);
  }

 private:
  std::string name_, formula_;
  std::vector<Rational> exact_;
  std::array<std::vector<Rational>, 3> derivatives_;
  // Not of balls, whose coefficients are as good as the precision of the moment.
  real::PerBackend<Rounded> rounded_;
};

}  // namespace

Activation make_polynomial(const std::string& name, const std::string& formula,
                           std::vector<Rational> coefficients) {
  return make(Polynomial(name, formula, std::move(coefficients)));
}

disc::Bounds polynomial_bounds(const std::vector<Ball>& t, const Ball& rho) {
  const Ball radius = rho.largest_modulus();
  if (!radius.known()) return std::nullopt;
  DiscBounds<Ball> sum;
  for (std::size_t j = t.size(); j-- > 0;) {
    // Horner's rule, with the derivatives of the sum carried along.
    sum.second_derivative = sum.second_derivative * radius + 2 * sum.derivative;
    sum.derivative = sum.derivative * radius + sum.value;
    sum.value = sum.value * radius + t[j].largest_modulus();
  }
  return disc::bounds(sum.value, sum.derivative, sum.second_derivative);
}

Parity parity_of(const std::vector<Rational>& coefficients) {
  bool even = true, odd = true;
  for (std::size_t k = 0; k < coefficients.size(); ++k)
    if (coefficients[k] != 0) (k % 2 == 0 ? odd : even) = false;
  return even ? Parity::even : odd ? Parity::odd : Parity::neither;
}

std::string formula_of(const std::vector<Rational>& coefficients) {
  std::string out;
  for (std::size_t k = 0; k < coefficients.size(); ++k) {
    const Rational& c = coefficients[k];
    if (c == 0) continue;
    const Rational size = abs(c);
    if (!out.empty() || c < 0) out += c < 0 ? (out.empty() ? "-" : " - ") : " + ";
    if (size != 1 || k == 0) {
      const std::string above = numerator(size).str(), below = denominator(size).str();
      out += below == "1" ? above : fmt::format(R"(\tfrac{{{}}}{{{}}})", above, below);
      if (k > 0) out += R"(\,)";
    }
    if (k == 1) out += "x";
    if (k > 1) out += fmt::format("x^{{{}}}", k);
  }
  return out.empty() ? "0" : out;
}

namespace {

constexpr std::size_t most_coefficients = 101;

Activation parsed(const Parameters& parameters) {
  if (parameters.size() > most_coefficients) parameters.refuse("c", "The degree may be at most 100.");
  std::vector<Rational> c;
  for (std::size_t k = 0; k < parameters.size(); ++k)
    c.push_back(parameters.number(k, fmt::format("c_{}", k)));
  c = trimmed(std::move(c));
  // phi'' multiplies the coefficients; its own must be numbers in every backend.
  for (std::size_t k = 0; k < c.size(); ++k)
    if (abs(real::from_rational<double>(c[k])) > 1e300)
      parameters.refuse(fmt::format("c_{}", k), "Its modulus may be at most 1e300.");
  std::vector<std::string> texts;
  for (const Rational& x : c) texts.push_back(real::to_string(x));
  return make_polynomial(fmt::format("polynomial:{}", fmt::join(texts, ",")), formula_of(c), c);
}

const Registration registration("polynomial", "<c_0,c_1,...>", parsed,
                                {"0", "-3/4", "1,0,-1/2", "0,0,0,0,0x1.8p-3", "0,1,0,-1/6,0,1/120",
                                 "0.1,-0.2,1e-3,7"});

}  // namespace
}  // namespace gronwall::activation
