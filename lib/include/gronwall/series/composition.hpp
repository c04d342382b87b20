#pragma once

#include <vector>

#include <gronwall/activation/activation.hpp>

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
    return at(outputs_[static_cast<std::size_t>(derivative)], order);
  }
  /// That of x, as it was given.
  const R* argument(int order) const { return at(0, order); }

  /// Convolutions a component and order.
  int products() const;

 private:
  /// A series of every component; number i of the list is stored in coefficients_, order by order.
  struct Product {
    int left, right, out;
  };
  struct Term {
    int series;
    int sign;  ///< 1 or -1 where the coefficient is that, else 0
    R coefficient;
  };
  struct Sum {
    std::vector<Term> terms;
    R constant;
    int out;
  };
  /// u' = (slope) x'.
  struct Integral {
    int slope, out;
  };
  /// A series that is phi, phi' or phi'', whether it was asked for or is some P_j.
  struct KnownAtStart {
    int derivative, series;
  };
  class Planner;

  R* at(int series, int order) {
    return coefficients_.data() + (static_cast<long>(series) * orders_ + order) * components_;
  }
  const R* at(int series, int order) const {
    return coefficients_.data() + (static_cast<long>(series) * orders_ + order) * components_;
  }
  void convolve(R* out, int left, int right, int order);
  void integrate(const Integral& u, int order);
  void multiply(const Product& p, int order);
  void add(const Sum& sum, int order);
  void algebra(int order);

  activation::Activation phi_;
  long components_;
  int orders_;
  int known_ = 0;
  int velocity_ = 0;  // the series (k + 1) x_{k+1} of x'
  std::vector<int> outputs_;
  std::vector<KnownAtStart> known_at_start_;
  // In the order of their computation, after the integrals: sums may feed nothing but integrals and outputs.
  std::vector<Integral> integrals_;
  std::vector<Product> products_;
  std::vector<Sum> sums_;
  std::vector<R> coefficients_;
};

}  // namespace gronwall::series
