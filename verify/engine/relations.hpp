#pragma once

#include <gronwall/real/backend.hpp>
#include <gronwall/real/estimated.hpp>

#include "verify/engine/judgement.hpp"

/// The relations that claims are made of: each compares two quantities and keeps both sides for the report.
namespace gronwall::verify {

using real::Quantity;
using real::Real;

/// lhs <= rhs.
template <Real R>
Judgement at_most(const Quantity<R>& lhs, const Quantity<R>& rhs);

/// |lhs - rhs| <= tolerance, where the tolerance is what the claim states that it can resolve: no
/// when the two are further apart than their errors and the tolerance; unknown while the errors exceed it.
template <Real R>
Judgement equals(const Quantity<R>& lhs, const Quantity<R>& rhs, const R& tolerance);

/// x > 0, decided by the error of x.
template <Real R>
Judgement positive(const Quantity<R>& x);

/// An exact statement (integers, rationals): yes or no, with both sides as text.
Judgement exactly(bool holds, std::string relation, std::string lhs, std::string rhs);

/// Errors e(L) at a growing sequence of L: is e = O(L^-order), and below an explicit bound? Judged from at
/// least four values of L, each about twice the last:
///  - the bound, where one was given, must hold at each L;
///  - the slope of log e against log L over the last four points, with its 95 % confidence interval
///    (Student's t with two degrees of freedom), must reach `order` within 0.1.
/// Errors that are zero, or smaller than their own error estimate, satisfy the rate and are left out of the
/// fit; if fewer than four points remain, the rate rests on the bound alone and the note says so.
template <Real R>
class RateStudy {
 public:
  explicit RateStudy(double order) : order_(order) {}
  /// `error` >= 0 with its own error; `bound` the explicit bound at this L, if any.
  void add(long L, const Quantity<R>& error);
  void add(long L, const Quantity<R>& error, const Quantity<R>& bound);
  Judgement judge(const std::string& what) const;

 private:
  struct Point {
    long L;
    Quantity<R> error;
    std::optional<Quantity<R>> bound;
  };
  double order_;
  std::vector<Point> points_;
};

}  // namespace gronwall::verify
