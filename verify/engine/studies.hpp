#pragma once

#include <string>
#include <utility>
#include <vector>

#include "verify/engine/relations.hpp"

/// Statements on more than one instance: a constant that may not depend on the width, a limit in probability.
/// (For rates see `RateStudy`.)
namespace gronwall::verify {

/// A claim says that one constant C serves every width n. C(n) is the smallest number that serves the
/// instance of width n of a family, or a lower bound of it. What grows along the family may be another
/// parameter than the width (1/T, |phi(0)|, N, ...): `parameter` names it, and n below stands for it.
///
/// A statement "whatever n = Omega(q), the conclusion follows" hides its constant in Omega. An instance at
/// which the conclusion is proved to fail shows that the constant has to be above n/q: so n/q is added there.
///
/// No: the claim is broken along the family, if each C(n) is above the one before it and the exponent of
/// growth (the slope of log C against log n, all points) is above 1/10 with its whole 95 % confidence
/// interval (Student's t with two degrees of freedom less than there are points). In balls the instances are
/// certified then: the judgement is a proof of a family (`Judgement::family`), which contradicts the claim.
///
/// Yes, and never a proof: the interval lies below 1/10, or C(n) is at the last n not above the first.
/// Unknown otherwise, and where a C(n) is not known to three digits.
template <Real R>
class FamilyStudy {
 public:
  explicit FamilyStudy(std::string parameter = "n") : parameter_(std::move(parameter)) {}
  /// Ascending n; constant > 0.
  void add(long n, const Quantity<R>& constant);
  /// Throws Error with fewer than four widths.
  Judgement judge(const std::string& what) const;

 private:
  struct Point {
    long n;
    Quantity<R> constant;
  };
  std::string parameter_;
  std::vector<Point> points_;
};

/// The exponent of growth from which a family says that a constant depends on n.
inline constexpr double least_growth = 0.1;

/// K_n -> K in probability as the width n grows, where K_n depends on a random network: watched on
/// independent networks at growing n. Doubles only, and no proof, neither way: what decides is statistics.
///
///  - The limit. The mean of K_n - K has an expansion a + b/n + ...; a is fitted to the means at all widths
///  but
///    the smallest (where what follows matters most), weighted by their standard errors, and must be 0 within
///    its confidence band: Student's t with as many degrees of freedom as the smallest of these samples has,
///    times the standard error of a, plus the errors of K_n and K. Student's t is exact for Gaussian
///    deviations of known relative sizes, and by the central limit theorem close for means of many others.
///  - The order of the fluctuations. The slope of log s(n) against log n, s the standard deviation over the
///    networks, must be -order within its confidence interval and `finite_width` besides, and the interval
///    must exclude 0. Its width is from Var(log s) = (kurtosis - 1)/(4m) over m networks, with the larger of
///    the kurtosis found and that of a Gaussian.
///
/// Together they give K_n -> K in probability (Chebyshev). A true limit is found broken with probability
/// `false_alarm` at most, half of it for each part; the note says so.
class LimitStudy {
 public:
  /// What terms of smaller order may add to the slope at the widths that can be had.
  static constexpr double finite_width = 0.1;

  explicit LimitStudy(double false_alarm = 1e-5, double order = 0.5)
      : false_alarm_(false_alarm), order_(order) {}
  /// Ascending n; K_n - K for eight or more networks, each known within `error`.
  void add(long n, std::vector<double> deviations, double error = 0);
  /// Throws Error with fewer than four widths.
  Judgement judge(const std::string& what) const;

 private:
  struct Point {
    long n;
    std::vector<double> deviations;
    double error;
  };
  Judgement judge_limit() const;
  Judgement judge_order() const;
  double false_alarm_, order_;
  std::vector<Point> points_;
};

}  // namespace gronwall::verify
