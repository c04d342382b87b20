#pragma once

#include <limits>

#include <Eigen/Core>

#include <gronwall/real/backend/ball.hpp>
#include <gronwall/real/functions.hpp>

/// Eigen needs to know Boost's MPFR numbers. boost/multiprecision/eigen.hpp of Boost 1.74 lacks
/// infinity and quiet_NaN, so its NumTraits do not do for the eigenvalue solvers.
namespace Eigen {
template <unsigned Digits>
struct NumTraits<gronwall::real::Mpfr<Digits>> : GenericNumTraits<gronwall::real::Mpfr<Digits>> {
  using R = gronwall::real::Mpfr<Digits>;
  using Real = R;
  using NonInteger = R;
  using Nested = R;
  using Literal = R;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 10,
    AddCost = 20,
    MulCost = 40
  };
  static R epsilon() { return R(2) * gronwall::real::Backend<R>::unit_roundoff(); }
  static R dummy_precision() { return R(1000) * epsilon(); }
  static R highest() { return (std::numeric_limits<R>::max)(); }
  static R lowest() { return -highest(); }
  static R infinity() { return std::numeric_limits<R>::infinity(); }
  static R quiet_NaN() { return std::numeric_limits<R>::quiet_NaN(); }
  static int digits10() { return static_cast<int>(Digits); }
};

/// Balls as coefficients: storage, +, -, * and what is made of them. Whatever has to order numbers (pivots,
/// norms, maxima) does not compile, since balls have no operator <.
template <>
struct NumTraits<gronwall::real::Ball> : GenericNumTraits<gronwall::real::Ball> {
  using R = gronwall::real::Ball;
  using Real = R;
  using NonInteger = R;
  using Nested = R;
  using Literal = R;
  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 10,
    AddCost = 20,
    MulCost = 40
  };
  static R epsilon() { return R(2) * gronwall::real::Backend<R>::unit_roundoff(); }
  static R dummy_precision() { return R(1000) * epsilon(); }
  static int digits10() { return gronwall::real::Backend<R>::digits; }
};
}  // namespace Eigen

namespace gronwall::linalg {

using real::Real;

template <Real R>
using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;
template <Real R>
using Vector = Eigen::Matrix<R, Eigen::Dynamic, 1>;
/// Exact inputs: every entry a finite double, hence dyadic.
using ExactMatrix = Eigen::MatrixXd;
using ExactVector = Eigen::VectorXd;

/// Exact conversion of each entry.
template <Real R>
Matrix<R> from_exact(const ExactMatrix& a) {
  return a.unaryExpr([](double x) { return real::from_double<R>(x); });
}
/// Nearest doubles.
template <Real R>
ExactMatrix to_double(const Matrix<R>& a) {
  return a.unaryExpr([](const R& x) { return real::to_double<R>(x); });
}

/// True if every entry is finite.
template <Real R>
bool all_finite(const Matrix<R>& a) {
  for (Eigen::Index j = 0; j < a.cols(); ++j)
    for (Eigen::Index i = 0; i < a.rows(); ++i)
      if (!real::Backend<R>::finite(a(i, j))) return false;
  return true;
}

}  // namespace gronwall::linalg
