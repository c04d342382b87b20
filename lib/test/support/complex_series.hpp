#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/real/ball.hpp>
#if __has_include(<flint/acb_poly.h>)
#include <flint/acb_hypgeom.h>
#include <flint/acb_poly.h>
#else
#include <acb_hypgeom.h>
#include <acb_poly.h>
#endif

namespace gronwall::test {

/// Taylor series with complex balls for coefficients (Arb's acb_poly): activations once more, by Arb's own
/// functions of power series. The library shares nothing with them but Arb's arithmetic.
class ComplexSeries {
 public:
  static constexpr slong bits = 320;

  explicit ComplexSeries(slong orders) : orders_(orders) { acb_poly_init(p_); }
  ComplexSeries(const ComplexSeries& x) : orders_(x.orders_) { acb_poly_init(p_), acb_poly_set(p_, x.p_); }
  ComplexSeries& operator=(const ComplexSeries& x) {
    orders_ = x.orders_;
    acb_poly_set(p_, x.p_);
    return *this;
  }
  ~ComplexSeries() { acb_poly_clear(p_); }

  /// Adds (re + i im) t^k.
  void set(slong k, const real::Ball& re, const real::Ball& im) {
    acb_t c;
    acb_init(c);
    arb_set(acb_realref(c), re.raw()), arb_set(acb_imagref(c), im.raw());
    acb_poly_set_coeff_acb(p_, k, c);
    acb_clear(c);
  }
  real::Ball real(slong k) const { return part(k, true); }
  real::Ball imaginary(slong k) const { return part(k, false); }
  /// |coefficient k|.
  real::Ball modulus(slong k) const {
    real::Ball out;
    acb_t c;
    acb_init(c);
    acb_poly_get_coeff_acb(c, p_, k);
    acb_abs(out.raw(), c, bits);
    acb_clear(c);
    return out;
  }
  bool on_the_right() const {
    const real::Ball x = real(0);
    return arf_sgn(arb_midref(x.raw())) > 0;
  }

  ComplexSeries constant(const real::Ball& c) const {
    ComplexSeries out(orders_);
    out.set(0, c, real::Ball(0));
    return out;
  }
#define GRONWALL_OPERATOR(op, function)                                              \
  friend ComplexSeries operator op(const ComplexSeries& x, const ComplexSeries& y) { \
    ComplexSeries z(x.orders_);                                                      \
    function(z.p_, x.p_, y.p_, x.orders_, bits);                                     \
    return z;                                                                        \
  }
  GRONWALL_OPERATOR(+, acb_poly_add_series)
  GRONWALL_OPERATOR(-, acb_poly_sub_series)
  GRONWALL_OPERATOR(*, acb_poly_mullow)
  GRONWALL_OPERATOR(/, acb_poly_div_series)
#undef GRONWALL_OPERATOR
#define GRONWALL_FUNCTION(name, function) \
  ComplexSeries name() const {            \
    ComplexSeries z(orders_);             \
    function(z.p_, p_, orders_, bits);    \
    return z;                             \
  }
  GRONWALL_FUNCTION(exp, acb_poly_exp_series)
  GRONWALL_FUNCTION(log, acb_poly_log_series)
  GRONWALL_FUNCTION(sin, acb_poly_sin_series)
  GRONWALL_FUNCTION(cos, acb_poly_cos_series)
  GRONWALL_FUNCTION(atan, acb_poly_atan_series)
  GRONWALL_FUNCTION(erf, acb_hypgeom_erf_series)
  GRONWALL_FUNCTION(erfc, acb_hypgeom_erfc_series)
#undef GRONWALL_FUNCTION
  ComplexSeries operator-() const { return constant(real::Ball(0)) - *this; }

 private:
  real::Ball part(slong k, bool real) const {
    real::Ball out;
    acb_t c;
    acb_init(c);
    acb_poly_get_coeff_acb(c, p_, k);
    arb_set(out.raw(), real ? acb_realref(c) : acb_imagref(c));
    acb_clear(c);
    return out;
  }

  slong orders_;
  acb_poly_t p_;
};

/// phi(z(t)), for z(0) in a disc around a real centre that contains no singularity. Throws Error for an
/// activation that it does not know and that is no polynomial.
inline ComplexSeries composed(const activation::Activation& phi, const ComplexSeries& z) {
  const real::Precision guard(ComplexSeries::bits);
  const ComplexSeries one = z.constant(real::Ball(1)), two = z.constant(real::Ball(2));
  const bool right = z.on_the_right();
  const ComplexSeries e = right ? (-z).exp() : z.exp();
  const auto logistic = [&] { return right ? one / (one + e) : e / (one + e); };
  if (phi.traits().polynomial) {
    ComplexSeries sum = z.constant(real::Ball(0));
    const auto& c = *phi.traits().polynomial;
    for (std::size_t k = c.size(); k-- > 0;)
      sum = sum * z + z.constant(real::from_rational<real::Ball>(c[k]));
    return sum;
  }
  if (phi.name().rfind("rescaled:", 0) == 0) {
    // rescaled:INNER,alpha,beta,gamma,delta
    std::vector<std::string> parts;
    std::stringstream text(phi.name().substr(9));
    for (std::string part; std::getline(text, part, ',');) parts.push_back(part);
    const auto number = [&](std::size_t i) {
      return z.constant(real::from_rational<real::Ball>(real::parse_rational(parts.at(i))));
    };
    return number(1) * composed(activation::find(parts.at(0)), number(2) * z + number(3)) + number(4);
  }
  if (phi.name() == "tanh") return right ? (one - e * e) / (one + e * e) : (e * e - one) / (one + e * e);
  if (phi.name() == "sigmoid") return logistic();
  if (phi.name() == "softplus") return right ? z + (one + e).log() : (one + e).log();
  if (phi.name() == "silu") return z * logistic();
  if (phi.name() == "sin") return z.sin();
  if (phi.name() == "cos") return z.cos();
  if (phi.name() == "arctan") return z.atan();
  if (phi.name() == "erf") return z.erf();
  if (phi.name() == "gaussian") return (-(z * z / two)).exp();
  if (phi.name() == "gelu") return z / two * (-(z / z.constant(real::sqrt(real::Ball(2))))).erfc();
  throw Error("No complex series of '" + phi.name() + "' is known to the tests.");
}

}  // namespace gronwall::test
