#include <vector>

#include <gronwall/gaussian/dual_registration.hpp>
#include <gronwall/gaussian/hermite.hpp>

namespace gronwall::gaussian {
namespace {

/// phi(sqrt(q) z) = sum_k beta_k(q) q^{k/2} He_k(z) (`hermite_connection`), and for correlation rho
/// E[He_j(z) He_k(zbar)] = k! rho^k delta_jk (Mehler). With (q qbar)^{k/2} rho^k = c^k
///   F = sum_k k! beta_k(q) beta_k(qbar) c^k,  dF/dc = sum_k k k! beta_k(q) beta_k(qbar) c^{k-1},
/// beta_k(q) = sum_m p_{k+2m} (k+2m)!/(m! k! 2^m) q^m: polynomials in q, qbar and c, evaluated by Horner's
/// rule.
template <Real R>
class PolynomialDual final : public CheckedDual<R> {
 public:
  explicit PolynomialDual(const Polynomial& p) {
    for (unsigned k = 0; k < p.size(); ++k) {
      std::vector<R> in_q;
      for (unsigned m = 0; k + 2 * m < p.size(); ++m) {
        Rational c = p[k + 2 * m] * Rational(factorial(k + 2 * m));
        c /= Rational(factorial(m) * factorial(k) << m);
        in_q.push_back(real::from_rational<R>(c));
      }
      beta_.push_back(std::move(in_q));
      factorials_.push_back(real::from_rational<R>(Rational(factorial(k))));
    }
  }

 private:
  Dual<R> formula(const Covariance<R>& x) const override {
    std::vector<R> in_c;
    for (std::size_t k = 0; k < beta_.size(); ++k)
      in_c.push_back(factorials_[k] * at(beta_[k], x.q) * at(beta_[k], x.qbar));
    return {at(in_c, x.c), at(derivative(in_c), x.c)};
  }

  static std::vector<R> derivative(const std::vector<R>& p) {
    std::vector<R> out;
    for (std::size_t k = 1; k < p.size(); ++k) out.push_back(R(static_cast<int>(k)) * p[k]);
    return out;
  }

  static R horner(const std::vector<R>& p, const R& x) {
    R sum(0);
    for (std::size_t k = p.size(); k-- > 0;) sum = sum * x + p[k];
    return sum;
  }

  /// p(x). On a ball m +- r it is sum_k p^(k)(m)/k! (+-r)^k, since Horner's rule would widen the ball as if
  /// nothing cancelled.
  static R at(const std::vector<R>& p, const R& x) {
    if constexpr (real::Enclosing<R>) {
      if (x.exact()) return horner(p, x);
      const R m = x.midpoint();
      std::vector<R> taylor = p;
      for (std::size_t j = 0; j + 1 < p.size(); ++j)
        for (std::size_t k = p.size() - 1; k-- > j;) taylor[k] += m * taylor[k + 1];
      return horner(taylor, R(R(0), x.radius()));
    } else {
      return horner(p, x);
    }
  }

  std::vector<std::vector<R>> beta_;
  std::vector<R> factorials_;
};

const DualRegistration registration("polynomial", []<Real R>(const Activation& phi) {
  return std::make_unique<PolynomialDual<R>>(*phi.traits().polynomial);
});

}  // namespace
}  // namespace gronwall::gaussian
