#include <fmt/format.h>

#include "polynomial.hpp"

namespace gronwall::activation {
namespace {

/// Of the degrees up to here no value overflows a double between the zeros.
constexpr int highest_degree = 100;

/// The coefficients of He_k from He_{j+1} = x He_j - j He_{j-1}.
std::vector<Rational> coefficients(int k) {
  std::vector<Rational> before{0}, now{1};
  for (int j = 0; j < k; ++j) {
    std::vector<Rational> next(now.size() + 1, Rational(0));
    for (std::size_t i = 0; i < now.size(); ++i) next[i + 1] = now[i];
    for (std::size_t i = 0; i < before.size(); ++i) next[i] -= j * before[i];
    before = std::move(now);
    now = std::move(next);
  }
  return now;
}

/// He_k(x) = (-1)^k e^{x^2/2} (d/dx)^k e^{-x^2/2}, the probabilists' Hermite polynomial (DLMF 18.3), not
/// normalised. Evaluated by its recurrence, which loses far fewer digits than the alternating sum of the
/// powers: the absolute error is a modest multiple of u sqrt(k!) e^{x^2/4} between the zeros.
class Hermite {
 public:
  explicit Hermite(int degree) : degree_(degree) {}

  Traits traits() const {
    Traits t;
    t.name = fmt::format("hermite:{}", degree_);
    t.formula = fmt::format(R"(\mathrm{{He}}_{{{}}}(x))", degree_);
    t.parity = degree_ % 2 == 0 ? Parity::even : Parity::odd;
    t.smoothness = Smoothness::entire;
    t.polynomial = coefficients(degree_);
    t.lipschitz_source = "phi' is constant up to degree 1 and unbounded beyond";
    t.derivative_lipschitz_source = "phi'' is constant up to degree 2 and unbounded beyond";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return he<R>(degree_, x);
  }
  /// He_k' = k He_{k-1}.
  template <class R>
  R derivative(const R& x) const {
    return degree_ < 1 ? R(0) : R(degree_ * he<R>(degree_ - 1, x));
  }
  template <class R>
  R second_derivative(const R& x) const {
    return degree_ < 2 ? R(0) : R(degree_ * (degree_ - 1) * he<R>(degree_ - 2, x));
  }
  template <class R>
  R lipschitz() const {
    return polynomial_lipschitz<R>(coefficients(degree_));
  }
  template <class R>
  R derivative_lipschitz() const {
    return polynomial_derivative_lipschitz<R>(coefficients(degree_));
  }
  template <class R>
  R strip() const {
    return infinity<R>();
  }

 private:
  template <class R>
  static R he(int k, const R& x) {
    R before(0), now(1);
    for (int j = 0; j < k; ++j) {
      const R next = x * now - j * before;
      // Beyond the zeros the sign is that of x^k; going on would subtract infinities.
      if (!real::Backend<R>::finite(next)) return x < 0 && k % 2 == 1 ? R(-infinity<R>()) : infinity<R>();
      before = now;
      now = next;
    }
    return now;
  }

  int degree_;
};

Activation parsed(const Parameters& parameters) {
  parameters.require({"k"});
  return make(Hermite(parameters.integer(0, "k", 0, highest_degree)));
}

const Registration registration("hermite", "<k>", parsed, {"0", "1", "2", "3", "4", "9", "60"});

}  // namespace
}  // namespace gronwall::activation
