#pragma once

#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/series/plan.hpp>

namespace gronwall::series {

using real::Real;

/// The Taylor coefficients of phi(x(t)), phi'(x(t)) and phi''(x(t)) for m independent components x(t), found
/// one order at a time while those of x become known: what a Taylor integrator of h' = W phi(h) needs.
///
/// phi comes from its differential system u_j' = P_j(x, u), phi = Q(x, u) (activation/system.hpp). Along
/// x(t),
///
///     (k + 1) u_{j,k+1} = sum_{i=0}^{k} (i + 1) x_{i+1} P_{j,k-i},
///
/// and P_j, Q and its derivatives are sums of products of series, each product needed once, whoever uses it.
/// A product costs one convolution, so order k costs O(k) operations times the number of products (two for
/// tanh with its derivative: u^2 and P x'; four for gelu).
///
/// Coefficients 0 of phi, phi' and phi'' are those of `activation::Functions`, to its accuracy; the following
/// ones have an absolute error of a few u k times the largest product that occurs. In balls everything
/// encloses: if every coefficient of x contains the true one, so does every result. Constants are those of
/// the working precision at construction, everything else is computed at that of the call. Nothing is
/// allocated by `push` (balls beyond 128 bits keep the memory they once took).
template <Real R>
class Composition {
 public:
  /// Coefficients of order 0, ..., most_orders - 1 of phi and so many of its derivatives (0, 1 or 2). Throws
  /// DomainError where phi has no differential system, and unless components >= 0, 0 <= derivatives <= 2,
  /// most_orders >= 1.
  Composition(const activation::Activation& phi, long components, int derivatives, int most_orders);

  /// Begins (again) with coefficient 0 of x: `components` numbers.
  void start(const R* x);
  /// The next coefficient of x. Throws DomainError before `start` and beyond most_orders.
  void push(const R* x);

  /// How many coefficients of everything are known: 0 before `start`, 1 after it, one more with each push.
  int known() const { return known_; }
  long components() const { return components_; }
  /// Coefficient `order` < known() of phi (derivative 0), phi' (1) or phi'' (2): `components` numbers,
  /// component by component. Valid until the object is changed or destroyed.
  const R* coefficient(int derivative, int order) const {
    return at(plan_.outputs[static_cast<std::size_t>(derivative)], order);
  }
  /// That of the system's function u_j, 1 <= j <= k.
  const R* auxiliary(int j, int order) const { return at(j, order); }
  /// That of x, as it was given.
  const R* argument(int order) const { return at(0, order); }

  /// Convolutions a component and order.
  int products() const { return plan_.convolutions(); }

 private:
  /// The coefficient of a term.
  struct Factor {
    int sign;  ///< 1 or -1 where it is that, else 0
    R value;
  };
  /// The numbers of one of the plan's sums.
  struct Constants {
    R constant;
    std::vector<Factor> factors;
  };

  R* at(int series, int order) {
    return coefficients_.data() + (static_cast<long>(series) * orders_ + order) * components_;
  }
  const R* at(int series, int order) const {
    return coefficients_.data() + (static_cast<long>(series) * orders_ + order) * components_;
  }
  void convolve(R* out, int left, int right, int order);
  void integrate(const Plan::Integral& u, int order);
  void multiply(const Plan::Product& p, int order);
  void add(const Plan::Sum& sum, const Constants& in, int order);
  void algebra(int order);

  activation::Activation phi_;
  long components_;
  int orders_;
  int known_ = 0;
  Plan plan_;
  std::vector<Constants> constants_;  ///< of the plan's sums, one by one
  std::vector<R> coefficients_;       ///< series by series, order by order
};

}  // namespace gronwall::series
