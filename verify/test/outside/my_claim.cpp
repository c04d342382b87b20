#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

/// phi(x) with a few units in its last place for error.
template <Real R>
Quantity<R> log_cosh(const R& x) {
  using real::abs;
  const R y = activation::find("log-cosh").template in<R>().value(x);
  return {y, R(8 * real::Backend<R>::unit_roundoff() * abs(y))};
}

/// log cosh x <= x^2/k: true from k = 2 down, since cosh x <= e^(x^2/2) term by term; false above, at any
/// small x.
template <Real R>
Judgement below_parabola(Any<R>& any, int k) {
  const R x = any.number("x", -64, 64);
  return at_most<R>(log_cosh<R>(x), Quantity<R>(x) * Quantity<R>(x) / Quantity<R>(k));
}

const auto as_stated = claim({.id = "outside.log-cosh.as-stated",
                              .kind = Kind::bound,
                              .title = "A bound on log cosh",
                              .states = R"(\log\cosh x \le x^2/3)",
                              .source = "This file",
                              .reading = "For every real number.",
                              .uses = {},
                              .repairs = "",
                              .proof = "",
                              .cases = 100},
                             []<Real R>(Any<R>& any) { return below_parabola<R>(any, 3); });

const auto repaired =
    claim({.id = "outside.log-cosh.repaired",
           .kind = Kind::bound,
           .title = "A bound on log cosh, repaired",
           .states = R"(\log\cosh x \le x^2/2)",
           .source = "This file",
           .reading = "For every real number.",
           .uses = {},
           .repairs = "outside.log-cosh.as-stated",
           .proof = R"($\cosh x = \sum x^{2k}/(2k)! \le \sum x^{2k}/(2^k k!) = e^{x^2/2}$.)",
           .cases = 100},
          []<Real R>(Any<R>& any) { return below_parabola<R>(any, 2); });

}  // namespace
}  // namespace gronwall::verify
