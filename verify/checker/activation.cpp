#include "verify/checker/activation.hpp"

#include <array>
#include <utility>

#include "verify/checker/outcome.hpp"

namespace gronwall::checker {

namespace {

using Series = std::vector<Interval>;

constexpr std::array<std::pair<const char*, Activation>, 11> names{{{"identity", Activation::identity},
                                                                    {"tanh", Activation::tanh},
                                                                    {"sin", Activation::sin},
                                                                    {"cos", Activation::cos},
                                                                    {"arctan", Activation::arctan},
                                                                    {"erf", Activation::erf},
                                                                    {"gaussian", Activation::gaussian},
                                                                    {"sigmoid", Activation::sigmoid},
                                                                    {"softplus", Activation::softplus},
                                                                    {"silu", Activation::silu},
                                                                    {"gelu", Activation::gelu}}};

Interval half(const Interval& x) { return scaled(x, -1); }
Interval logistic(const Interval& x) { return Interval(1) / (Interval(1) + exp(-x)); }
/// 1/cosh^2 = 1 - tanh^2, without the cancellation.
Interval sech_squared(const Interval& x) { return Interval(1) / sqr(cosh(x)); }
Interval bell(const Interval& x) { return exp(-half(sqr(x))); }
Interval density(const Interval& x) { return bell(x) / sqrt(scaled(pi(), 1)); }
Interval distribution(const Interval& x) { return half(erfc(-x / sqrt(Interval(2)))); }
Interval two_over_root_pi() { return Interval(2) / sqrt(pi()); }

/// Coefficient i >= 1 of the integral of y dx: (1/i) sum_k k x_k y_{i-k}.
Interval integral_at(const Series& y, const Series& x, std::size_t i) {
  Interval sum, term;
  for (std::size_t k = 1; k <= i; ++k) {
    mpfi_mul(term.get(), x[k].get(), y[i - k].get());
    mpfi_mul_ui(term.get(), term.get(), k);
    sum += term;
  }
  return sum / Interval(static_cast<long>(i));
}

/// The largest slope of silu. With s the logistic function phi'' = s (1 - s) (2 - x tanh(x/2)), so on x > 0
/// phi' rises until x tanh(x/2) = 2 and falls afterwards; phi'(-x) = 1 - phi'(x), so -phi' stays below that
/// maximum. The place is bisected by the sign of x tanh(x/2) - 2, which rises on x > 0.
Interval silu_lipschitz() {
  Interval low = 2, high = 3;
  for (long k = 0; k < working_bits(); ++k) {
    const Interval x = half(low + high);
    const Interval f = x * tanh(half(x));
    if (surely_less(f, 2))
      low = x;
    else if (surely_less(2, f))
      high = x;
    else
      break;
  }
  return derivative(Activation::silu, hull(low, high));
}

}  // namespace

Interval product_at(const Series& a, const Series& b, std::size_t i) {
  Interval sum, term;
  for (std::size_t k = 0; k <= i; ++k) {
    mpfi_mul(term.get(), a[k].get(), b[i - k].get());
    sum += term;
  }
  return sum;
}

std::optional<Activation> activation(const std::string& name) {
  for (const auto& [known, phi] : names)
    if (name == known) return phi;
  return std::nullopt;
}

Interval value(Activation phi, const Interval& x) {
  switch (phi) {
    case Activation::identity:
      return x;
    case Activation::tanh:
      return tanh(x);
    case Activation::sin:
      return sin(x);
    case Activation::cos:
      return cos(x);
    case Activation::arctan:
      return atan(x);
    case Activation::erf:
      return erf(x);
    case Activation::gaussian:
      return bell(x);
    case Activation::sigmoid:
      return logistic(x);
    case Activation::softplus:
      return log1p(exp(x));
    case Activation::silu:
      return x * logistic(x);
    case Activation::gelu:
      return x * distribution(x);
  }
  throw std::logic_error("an activation without a value");
}

Interval derivative(Activation phi, const Interval& x) {
  switch (phi) {
    case Activation::identity:
      return 1;
    case Activation::tanh:
      return sech_squared(x);
    case Activation::sin:
      return cos(x);
    case Activation::cos:
      return -sin(x);
    case Activation::arctan:
      return Interval(1) / (Interval(1) + sqr(x));
    case Activation::erf:
      return two_over_root_pi() * exp(-sqr(x));
    case Activation::gaussian:
      return -x * bell(x);
    case Activation::sigmoid:
      return logistic(x) * logistic(-x);
    case Activation::softplus:
      return logistic(x);
    case Activation::silu:
      return logistic(x) + x * logistic(x) * logistic(-x);
    case Activation::gelu:
      return distribution(x) + x * density(x);
  }
  throw std::logic_error("an activation without a derivative");
}

Interval lipschitz(Activation phi) {
  switch (phi) {
    case Activation::identity:
    case Activation::tanh:
    case Activation::sin:
    case Activation::cos:
    case Activation::arctan:
    case Activation::softplus:
      return 1;
    case Activation::erf:
      return two_over_root_pi();
    case Activation::gaussian:  // |x| e^{-x^2/2} at 1
      return exp(-half(1));
    case Activation::sigmoid:  // s (1 - s) at s = 1/2
      return Interval(1) / Interval(4);
    case Activation::silu:
      return silu_lipschitz();
    case Activation::gelu:  // phi'' = p (2 - x^2), so the extrema of phi' are at +-sqrt 2
      return derivative(Activation::gelu, sqrt(Interval(2)));
  }
  throw std::logic_error("an activation without a Lipschitz constant");
}

Interval derivative_lipschitz(Activation phi) {
  switch (phi) {
    case Activation::identity:
      return 0;
    case Activation::sin:
    case Activation::cos:
      return 1;
    case Activation::tanh:  // 2 y (1 - y^2) at y^2 = 1/3
      return Interval(4) / (Interval(3) * sqrt(Interval(3)));
    case Activation::arctan:  // 2 x/(1 + x^2)^2 at x^2 = 1/3
      return Interval(9) / (Interval(8) * sqrt(Interval(3)));
    case Activation::erf:  // (4/sqrt pi) x e^{-x^2} at x^2 = 1/2
      return two_over_root_pi() * sqrt(Interval(2)) * exp(-half(1));
    case Activation::gaussian:  // |x^2 - 1| e^{-x^2/2} at 0
      return 1;
    case Activation::sigmoid:  // s (1 - s) |1 - 2s| at (1 - 2s)^2 = 1/3
      return Interval(1) / (Interval(6) * sqrt(Interval(3)));
    case Activation::softplus:
      return Interval(1) / Interval(4);
    case Activation::silu:  // 2 s'(0)
      return Interval(1) / Interval(2);
    case Activation::gelu:  // p |2 - x^2| at 0
      return sqrt(Interval(2) / pi());
  }
  throw std::logic_error("an activation without a second Lipschitz constant");
}

void Lift::push(const Interval& x) {
  x_.push_back(x);
  x_.size() == 1 ? start() : next();
}

void Lift::start() {
  const Interval& x = x_[0];
  value_.push_back(checker::value(phi_, x));
  slope_.push_back(derivative(phi_, x));
  switch (phi_) {
    case Activation::tanh:  // a = value slope
      a_.push_back(value_[0] * slope_[0]);
      break;
    case Activation::softplus:
    case Activation::sigmoid:
    case Activation::silu:  // a = s, b = 1 - s, c = s (1 - s)
      a_.push_back(logistic(x));
      b_.push_back(logistic(-x));
      c_.push_back(a_[0] * b_[0]);
      break;
    case Activation::gelu:  // a = p, b = x p, c = Phi
      a_.push_back(density(x));
      b_.push_back(x * a_[0]);
      c_.push_back(distribution(x));
      break;
    case Activation::erf:  // a = x slope
      a_.push_back(x * slope_[0]);
      break;
    case Activation::arctan:  // a = 1 + x^2
      a_.push_back(Interval(1) + sqr(x));
      break;
    case Activation::identity:
    case Activation::sin:
    case Activation::cos:
    case Activation::gaussian:
      break;
  }
}

void Lift::next() {
  const std::size_t i = x_.size() - 1;
  const auto integral = [&](const Series& y) { return integral_at(y, x_, i); };
  switch (phi_) {
    case Activation::identity:
      value_.push_back(x_[i]);
      slope_.push_back(0);
      break;
    case Activation::tanh:  // y' = z x', z' = -2 y z x'
      value_.push_back(integral(slope_));
      slope_.push_back(Interval(-2) * integral(a_));
      a_.push_back(product_at(value_, slope_, i));
      break;
    case Activation::sin: {  // sin' = cos x', cos' = -sin x'
      const Interval s = integral(slope_), c = -integral(value_);
      value_.push_back(s);
      slope_.push_back(c);
      break;
    }
    case Activation::cos: {  // slope = -sin: cos' = slope x', slope' = -cos x'
      const Interval c = integral(slope_), s = -integral(value_);
      value_.push_back(c);
      slope_.push_back(s);
      break;
    }
    case Activation::arctan: {  // (1 + x^2) y = 1
      a_.push_back(product_at(x_, x_, i));
      Interval sum;
      for (std::size_t k = 1; k <= i; ++k) sum += a_[k] * slope_[i - k];
      value_.push_back(integral(slope_));
      slope_.push_back(-sum / a_[0]);
      break;
    }
    case Activation::erf:  // slope' = -2 x slope x'
      value_.push_back(integral(slope_));
      slope_.push_back(Interval(-2) * integral(a_));
      a_.push_back(product_at(x_, slope_, i));
      break;
    case Activation::gaussian:  // slope = -x value, value' = slope x'
      value_.push_back(integral(slope_));
      slope_.push_back(-product_at(x_, value_, i));
      break;
    case Activation::gelu:
      a_.push_back(-integral(b_));
      c_.push_back(integral(a_));
      b_.push_back(product_at(x_, a_, i));
      value_.push_back(product_at(x_, c_, i));
      slope_.push_back(c_[i] + b_[i]);
      break;
    case Activation::softplus:
    case Activation::sigmoid:
    case Activation::silu: {  // s' = s (1 - s) x'
      const Interval s = integral(c_);
      const Interval softplus = integral(a_);
      a_.push_back(s);
      b_.push_back(-s);
      c_.push_back(product_at(a_, b_, i));
      const bool silu = phi_ == Activation::silu, sigmoid = phi_ == Activation::sigmoid;
      value_.push_back(silu ? product_at(x_, a_, i) : sigmoid ? s : softplus);
      slope_.push_back(silu ? s + product_at(x_, c_, i) : sigmoid ? c_[i] : s);
      break;
    }
  }
}

}  // namespace gronwall::checker
