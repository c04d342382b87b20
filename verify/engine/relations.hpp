#pragma once

#include <gronwall/real/backend.hpp>
#include <gronwall/real/estimated.hpp>

#include "verify/engine/judgement.hpp"

/// The relations that claims are made of: each compares two quantities and keeps both sides for the report.
namespace gronwall::verify {

using real::Quantity;
using real::Real;

// In balls every decision below is a proof, and an undecided one a reason to ask again at a higher precision.

/// lhs <= rhs. In balls it is a tie where the two enclosures overlap at 256 bits or more, and are narrower
/// than half of the bits of the larger (both sides agree to that many), or both contain 0 and are below
/// 2^(-3/8 bits): a bound that is attained, which no precision can order.
template <Real R>
Judgement at_most(const Quantity<R>& lhs, const Quantity<R>& rhs);

/// |lhs - rhs| <= tolerance, where the tolerance is what the claim states that it can resolve: no
/// when the two are further apart than their errors and the tolerance; unknown while the errors exceed it.
///
/// In balls it is unknown as well where the enclosures are disjoint, but closer than the tolerance: the sides
/// are then proved to be different, which an identity may not be, and proved to differ by less than what the
/// claim resolves; the note says so. What a side leaves out (the rest of a series) belongs into its
/// enclosure.
inline constexpr std::string_view disjoint_but_close =
    "the enclosures of both sides are disjoint, though closer than the tolerance";
template <Real R>
Judgement equals(const Quantity<R>& lhs, const Quantity<R>& rhs, const R& tolerance);

/// |lhs - rhs| <= tolerance, where that is the statement, not the resolution of an identity: a computed
/// number near an exact one. Disjoint enclosures are no reason for doubt here.
template <Real R>
Judgement near(const Quantity<R>& lhs, const Quantity<R>& rhs, const R& tolerance);

/// x > 0, decided by the error of x.
template <Real R>
Judgement positive(const Quantity<R>& x);

/// An exact statement (integers, rationals): yes or no, with both sides as text. Always a proof. Sides that
/// are numbers should be written as such ("3/2"), so that a certificate of it can be checked.
Judgement exactly(bool holds, std::string relation, std::string lhs, std::string rhs);

/// Errors e(L) at a growing sequence of L: is e = O(L^-order), and below an explicit bound? Judged from at
/// least four values of L, each about twice the last:
///  - the bound, where one was given, must hold at each L;
///  - the slope of log e against log L over the last four points, with its 95 % confidence interval
///    (Student's t with two degrees of freedom), must reach `order` within 0.1.
/// Errors that are zero, or smaller than their own error estimate, satisfy the rate and are left out of the
/// fit; if fewer than four points remain, the rate rests on the bound alone and the note says so.
///
/// In balls a bound that is broken is a proved `no`, and a rate that rests on bounds alone a proved `yes`;
/// whatever rests on a fit is no proof, yes or no.
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
