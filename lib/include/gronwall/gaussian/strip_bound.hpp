#pragma once

#include <vector>

#include <gronwall/gaussian/expansion.hpp>
#include <gronwall/real/ball.hpp>

/// Bounds of activations on strips of the complex plane, on which the proved error of the trapezoidal rule
/// rests.
namespace gronwall::gaussian {

using real::Ball;

/// A polynomial with coefficients >= 0 that lies above the modulus of a function on a strip:
/// |phi(x + iy)| <= m(|x|) = sum_k c_k |x|^k for all real x and |y| <= b.
///
/// What makes it handy: for independent standard Gaussian X, Z and alpha, beta, gamma >= 0, with D the larger
/// of 1 and the degree,
///   sqrt(E[m(alpha + beta |X| + gamma |Z|)^2]) <= m(alpha + (beta + gamma) sqrt D).
/// Proof: by Minkowski in L^2 and then in L^{2k}, the left side is at most sum_k c_k (alpha + (beta + gamma)
/// ||X||_{2k})^k, and ||X||_{2k}^{2k} = (2k-1)!! <= k^k: the arithmetic mean of 1, 3, ..., 2k-1 is k.
class Majorant {
 public:
  explicit Majorant(std::vector<Ball> coefficients) : c_(std::move(coefficients)) {}
  /// m(x) for x >= 0.
  Ball operator()(const Ball& x) const;
  /// The right side of the inequality above.
  Ball mean(const Ball& alpha, const Ball& beta) const;
  /// D.
  int degree() const { return c_.size() < 2 ? 1 : static_cast<int>(c_.size()) - 1; }
  /// Every coefficient is a bounded ball; no bound is known otherwise.
  bool known() const;

 private:
  std::vector<Ball> c_;
};

/// The majorant of phi or phi' on |Im z| <= b, b >= 0. Not `known` unless the strip lies certainly inside the
/// one in which phi is analytic. The bound of every activation and its proof are in strip_bound.cpp. Throws
/// DomainError for activations with kinks and for those whose growth off the real line is not known there.
Majorant strip_majorant(const Activation& phi, Of of, const Ball& b);

}  // namespace gronwall::gaussian
