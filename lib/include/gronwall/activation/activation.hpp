#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gronwall/activation/system.hpp>
#include <gronwall/linalg/matrix.hpp>
#include <gronwall/real/backends.hpp>
#include <gronwall/real/rational.hpp>

namespace gronwall::activation {

using linalg::Matrix;
using real::Real;

enum class Parity { even, odd, neither };

/// How often phi can be differentiated.
enum class Smoothness {
  continuous,  ///< Lipschitz at best, phi' jumps (relu)
  smooth,      ///< infinitely often, real-analytic in a strip around the real line
  entire       ///< analytic in the whole plane
};

/// What is known of an activation independently of precision.
struct Traits {
  /// As `find` takes it back, parameters in lowest terms: "tanh", "polynomial:0,0,1", "leaky-relu:1/16".
  std::string name;
  std::string formula;  ///< TeX
  Parity parity = Parity::neither;
  Smoothness smoothness = Smoothness::smooth;
  /// Exact coefficients c_0, c_1, ... of x^0, x^1, ... where phi is a polynomial: at least one, and no zeros
  /// behind the last other one.
  std::optional<std::vector<real::Rational>> polynomial;
  /// What generates phi by differential equations; none where phi has kinks or the formula gives none.
  /// Polynomials that give none have Q = phi and no u.
  std::optional<DifferentialSystem> system;
  /// Points where phi' jumps, ascending; empty for smooth activations.
  std::vector<double> kinks;
  std::string lipschitz_source;             ///< where L1 comes from: derivation or reference
  std::string derivative_lipschitz_source;  ///< where L2 comes from
};

/// An activation in one precision.
template <Real R>
class Functions {
 public:
  virtual ~Functions() = default;

  /// phi(x), phi'(x), phi''(x): relative error of a few units in the last place of R away from their zeros,
  /// absolute error of a few u times the largest intermediate otherwise; finite for every finite x for
  /// which the exact value is. At a kink phi' is the value from the right and phi'' is 0.
  ///
  /// On balls they enclose, whatever the ball, and are not `known` where x is not. phi' of a ball that
  /// touches a kink is the hull of the values from both sides.
  virtual R value(const R& x) const = 0;
  virtual R derivative(const R& x) const = 0;
  virtual R second_derivative(const R& x) const = 0;

  /// The same, entry by entry; `out` is resized to the shape of x and may not alias it.
  virtual void value(const Matrix<R>& x, Matrix<R>& out) const = 0;
  virtual void derivative(const Matrix<R>& x, Matrix<R>& out) const = 0;
  virtual void second_derivative(const Matrix<R>& x, Matrix<R>& out) const = 0;

  /// phi and phi' of `size` numbers in a row, together: what they share is computed once. phi' has here an
  /// absolute error of a few u times the larger of L1 and |phi'| (for tanh it is 1 - tanh^2). The three rows
  /// may not overlap.
  virtual void value_and_derivative(const R* x, R* value, R* derivative, Eigen::Index size) const = 0;

  /// L1 = sup |phi'| and L2 = the Lipschitz constant of phi' (sup |phi''| where phi is smooth), over
  /// the real line, to a few units in the last place; infinity where there is none. In balls an enclosure,
  /// exact where the constant is a dyadic number, and not `known` where there is none.
  virtual R lipschitz() const = 0;
  virtual R derivative_lipschitz() const = 0;

  /// Half-width a of the widest strip |Im z| < a in which phi is analytic; infinity for entire
  /// functions (in balls: not `known`), 0 for activations with kinks.
  virtual R strip() const = 0;

  /// u_1(x), ..., u_k(x) of `Traits::system`; `u` is resized. Throws DomainError where there is no system.
  virtual void start(const R& x, std::vector<R>& u) const = 0;

  /// In balls: upper bounds of |phi|, |phi'|, |phi''| on the closed complex disc |z - c| <= rho, for every c
  /// in the ball and every rho >= 0 in its. None where a disc touches a singularity, where c or rho is not
  /// `known`, or where nothing can be shown. Within a small factor of the suprema on discs of moderate size;
  /// where rho is a fraction of a large |c| below 1/2 or so, activations that grow like |x| are bounded by
  /// about |c| + rho and saturated ones by about their limit. In floating point: none.
  virtual std::optional<DiscBounds<R>> disc_bounds(const R& c, const R& rho) const = 0;
};

/// An activation in every precision; a small value type, immutable and safe to share between threads. One
/// that was default-constructed stands for none: its members throw Error until it is assigned to.
class Activation {
 public:
  Activation() = default;
  const Traits& traits() const;
  const std::string& name() const { return traits().name; }
  /// Degree as a polynomial (0 for a constant), none otherwise.
  std::optional<int> degree() const;
  bool smooth() const { return traits().smoothness != Smoothness::continuous; }

  /// The reference is good as long as this activation or a copy of it lives.
  template <Real R>
  const Functions<R>& in() const;

 private:
  template <class Formula>
  friend Activation make(Formula formula);
  struct Parts;  // one Functions<R> a backend; see registration.hpp
  std::shared_ptr<const Traits> traits_;
  std::shared_ptr<const Parts> parts_;
};

/// The activation of that name, with its parameters after a colon: "tanh", "leaky-relu:0.0625", "affine:1,2"
/// (1 + 2x), "polynomial:1,0,-1/2" (coefficients c_0,c_1,...), "hermite:3" (He_3),
/// "rescaled:tanh,2,1/2,0,1" (2 tanh(x/2 + 0) + 1). Parameters are read exactly, as integers, fractions,
/// decimals or hexadecimal floats. Throws UnknownName (listing the names) or DomainError (saying which
/// parameter is wrong).
Activation find(std::string_view name);

/// Every registered activation, families with parameters by their examples, sorted: what
/// law suites and generators run over.
std::vector<std::string> names();

}  // namespace gronwall::activation
