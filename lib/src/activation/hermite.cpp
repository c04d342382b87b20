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
    if (degree_ >= 4) t.system = system();
    t.lipschitz_source = "phi' is constant up to degree 1 and unbounded beyond";
    t.derivative_lipschitz_source = "phi'' is constant up to degree 2 and unbounded beyond";
    return t;
  }
  template <class R>
  R value(const R& x) const {
    return he_near<R>(degree_, x);
  }
  /// He_k' = k He_{k-1}.
  template <class R>
  R derivative(const R& x) const {
    return degree_ < 1 ? zero(x) : R(degree_ * he_near<R>(degree_ - 1, x));
  }
  template <class R>
  R second_derivative(const R& x) const {
    return degree_ < 2 ? zero(x) : R(degree_ * (degree_ - 1) * he_near<R>(degree_ - 2, x));
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
  /// He_2(x), ..., He_k(x) from degree 4 on.
  template <class R>
  void start(const R& x, std::vector<R>& u) const {
    u.clear();
    for (int j = 2; j <= degree_ && degree_ >= 4; ++j) u.push_back(he_near<R>(j, x));
  }
  /// The Taylor coefficients at c are He_k^(j)(c)/j! = binomial(k, j) He_{k-j}(c).
  disc::Bounds disc_bounds(const Ball& c, const Ball& rho) const {
    const real::Precision guard(disc::bits + 2 * degree_);
    if (!c.known()) return std::nullopt;
    std::vector<Ball> t(static_cast<std::size_t>(degree_) + 1);
    Ball binomial(1);
    for (int j = 0; j <= degree_; ++j) {
      t[static_cast<std::size_t>(j)] = binomial * he_near<Ball>(degree_ - j, c);
      binomial = binomial * (degree_ - j) / (j + 1);
    }
    return polynomial_bounds(t, rho);
  }

 private:
  template <class R>
  static R zero(const R& x) {
    return where_known(x, [](const R&) { return R(0); });
  }

  /// u_j = He_{j+1}, u_j' = (j + 1) He_j, for j = 1, ..., k - 1. The sum of the powers would do with half the
  /// products, but cancels.
  DifferentialSystem system() const {
    const std::size_t variables = static_cast<std::size_t>(degree_);
    DifferentialSystem out;
    for (std::size_t j = 1; j < variables; ++j) {
      std::vector<int> before(variables, 0);
      before[j - 1] = 1;
      out.derivatives.push_back({{static_cast<int>(j) + 1, before}});
    }
    std::vector<int> last(variables, 0);
    last.back() = 1;
    out.value = {{1, last}};
    return out;
  }

  /// On a ball m ± r the smaller one of two enclosures: the recurrence on the ball, whose radius grows with
  /// it as if nothing cancelled, and He_k(m) ± r k |He_{k-1}| (mean value theorem). He_k(m) is computed with
  /// 2k bits more, so that the cancellation between its zeros costs nothing.
  template <class R>
  static R he_near(int k, const R& x) {
    if constexpr (real::Enclosing<R>) {
      const real::Precision guard(std::min(real::working_bits() + 2 * k, 100000L));
      const R everywhere = where_known(x, [k](const R& y) { return he<R>(k, y); });
      if (x.exact() || !x.known() || k == 0) return everywhere;
      const R near(he<R>(k, x.midpoint()), R(x.radius() * (k * he<R>(k - 1, x))));
      return is_sharper(near, everywhere) ? near : everywhere;
    } else {
      return he<R>(k, x);
    }
  }
  static bool is_sharper(const Ball& a, const Ball& b) {
    return mag_cmp(arb_radref(a.raw()), arb_radref(b.raw())) < 0;
  }

  template <class R>
  static R he(int k, const R& x) {
    R before(0), now(1);
    for (int j = 0; j < k; ++j) {
      const R next = x * now - j * before;
      // Beyond the zeros the sign is that of x^k; going on would subtract infinities.
      if constexpr (!real::Enclosing<R>) {
        if (!real::Backend<R>::finite(next)) return x < 0 && k % 2 == 1 ? R(-infinity<R>()) : infinity<R>();
      }
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
