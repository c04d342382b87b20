#include <fmt/format.h>

#include <gronwall/activation/registration.hpp>

namespace gronwall::activation {
namespace {

template <class R>
struct Slope {
  R a;
};

/// A control with a kink: x for x >= 0 and a x for x < 0.
class LeakyRelu {
 public:
  explicit LeakyRelu(Rational slope) : exact_(std::move(slope)) {
    rounded_.for_each([this]<class R>(Slope<R>& slot) { slot.a = real::from_rational<R>(exact_); });
  }

  Traits traits() const {
    Traits t;
    t.name = fmt::format("leaky-relu:{}", real::to_string(exact_));
    t.formula = fmt::format(R"(\max(x, 0) + {}\min(x, 0))", real::to_string(exact_));
    t.parity = exact_ == -1 ? Parity::even : Parity::neither;
    t.smoothness = Smoothness::continuous;
    t.kinks = {0.0};
    t.lipschitz_source = "phi' is 1 or the slope";
    t.derivative_lipschitz_source = "phi' jumps at 0";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return by_sign(
        x, [this](const R& y) { return R(this->slope<R>() * negative(y)); },
        [](const R& y) { return positive(y); });
  }
  template <class R>
  R derivative(const R& x) const {
    return by_sign(
        x, [this](const R&) { return this->slope<R>(); }, [](const R&) { return R(1); });
  }
  template <class R>
  R second_derivative(const R&) const {
    return R(0);
  }
  template <class R>
  R lipschitz() const {
    const Rational size = boost::multiprecision::abs(exact_);
    return real::from_rational<R>(size < 1 ? Rational(1) : size);
  }
  template <class R>
  R derivative_lipschitz() const {
    return infinity<R>();
  }
  template <class R>
  R strip() const {
    return R(0);
  }

 private:
  /// In balls at the precision of the moment.
  template <class R>
  R slope() const {
    if constexpr (real::Enclosing<R>)
      return real::from_rational<R>(exact_);
    else
      return rounded_.in<R>().a;
  }
  /// The points of x at or below 0, and at or above, where there are any.
  template <class R>
  static R negative(const R& x) {
    if constexpr (real::Enclosing<R>)
      return min(x, R(0));
    else
      return x;
  }
  template <class R>
  static R positive(const R& x) {
    if constexpr (real::Enclosing<R>)
      return max(x, R(0));
    else
      return x;
  }

  Rational exact_;
  real::PerBackend<Slope> rounded_;
};

Activation parsed(const Parameters& parameters) {
  parameters.require({"slope"});
  const Rational slope = parameters.number(0, "slope");
  if (slope == 1) parameters.refuse("slope", "With slope 1 there is no kink; that is the identity.");
  return make(LeakyRelu(slope));
}

const Registration registration("leaky-relu", "<slope>", parsed, {"1/16", "0.1", "-1", "-0x1.8p+1"});

}  // namespace
}  // namespace gronwall::activation
