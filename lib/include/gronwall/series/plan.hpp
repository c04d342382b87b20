#pragma once

#include <vector>

#include <gronwall/activation/activation.hpp>
#include <gronwall/real/rational.hpp>

namespace gronwall::series {

/// How the Taylor coefficients of phi(x(t)) and of its derivatives come from those of x(t), whatever the
/// numbers: the differential system of phi laid out in series, each the product or a combination of others or
/// the integral of one, each computed once, whoever uses it.
///
/// Series number 0 is x, 1 to k are the u_1 to u_k of the system, k + 1 is x', then come products and sums as
/// they are needed. For each order: integrals first, then products and sums as they stand here. Sums feed
/// nothing but integrals and outputs.
struct Plan {
  struct Product {
    int left, right, out;
  };
  struct Term {
    int series;
    real::Rational coefficient;
  };
  /// constant + sum of coefficient * series.
  struct Sum {
    std::vector<Term> terms;
    real::Rational constant;
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

  /// For phi and so many of its derivatives. Throws DomainError where phi has no differential system, and
  /// unless 0 <= derivatives <= 2.
  Plan(const activation::Activation& phi, int derivatives);

  /// x and the u.
  int variables() const { return velocity; }
  /// Convolutions an order.
  int convolutions() const { return static_cast<int>(products.size() + integrals.size()); }

  int velocity = 0;  ///< the series (k + 1) x_{k+1} of x'
  int count = 0;     ///< of all series
  std::vector<Integral> integrals;
  std::vector<Product> products;
  std::vector<Sum> sums;
  std::vector<int> outputs;  ///< phi and its derivatives
  std::vector<KnownAtStart> known_at_start;
};

}  // namespace gronwall::series
