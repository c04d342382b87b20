#pragma once

#include <string>
#include <vector>

#include "disc.hpp"

namespace gronwall::activation {

/// A polynomial with exact rational coefficients, evaluated by Horner's rule: absolute error at most about
/// 2(degree + 1) u sum_k |c_k x^k| (Higham, Accuracy and Stability, 2nd ed., (5.3)).
Activation make_polynomial(const std::string& name, const std::string& formula,
                           std::vector<Rational> coefficients);

/// even, odd or neither, from the coefficients; constants are even.
Parity parity_of(const std::vector<Rational>& coefficients);

/// TeX of c_0 + c_1 x + ...
std::string formula_of(const std::vector<Rational>& coefficients);

/// sup |phi'| and sup |phi''| of the polynomial: finite up to degree 1 and 2.
template <Real R>
R polynomial_lipschitz(const std::vector<Rational>& c) {
  if (c.size() > 2) return infinity<R>();
  return c.size() < 2 ? R(0) : R(abs(real::from_rational<R>(c[1])));
}
template <Real R>
R polynomial_derivative_lipschitz(const std::vector<Rational>& c) {
  if (c.size() > 3) return infinity<R>();
  return c.size() < 3 ? R(0) : R(2 * abs(real::from_rational<R>(c[2])));
}

/// Bounds on a disc from t_j >= |phi^(j)(c)|/j!, j = 0, ..., degree, for every centre c: |phi^(k)| is at most
/// sum_j t_j j(j - 1)...(j - k + 1) rho^{j-k}.
disc::Bounds polynomial_bounds(const std::vector<Ball>& t, const Ball& rho);

}  // namespace gronwall::activation
