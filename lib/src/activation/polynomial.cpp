#include "polynomial.hpp"

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
  R sum = c.back();
  for (std::size_t k = c.size() - 1; k-- > 0;) sum = sum * x + c[k];
  return sum;
}

class Polynomial {
 public:
  Polynomial(std::string name, std::string formula, std::vector<Rational> coefficients)
      : name_(std::move(name)), formula_(std::move(formula)), exact_(trimmed(std::move(coefficients))) {
    const std::vector<Rational> first = differentiated(exact_), second = differentiated(first);
    rounded_.for_each([&]<class R>(Rounded<R>& slot) {
      slot = {rounded<R>(exact_), rounded<R>(first), rounded<R>(second)};
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
    return horner<R>(rounded_.in<R>().value, x);
  }
  template <class R>
  R derivative(const R& x) const {
    return horner<R>(rounded_.in<R>().derivative, x);
  }
  template <class R>
  R second_derivative(const R& x) const {
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

 private:
  std::string name_, formula_;
  std::vector<Rational> exact_;
  real::PerBackend<Rounded> rounded_;
};

}  // namespace

Activation make_polynomial(const std::string& name, const std::string& formula,
                           std::vector<Rational> coefficients) {
  return make(Polynomial(name, formula, std::move(coefficients)));
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
