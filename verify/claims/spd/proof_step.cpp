#include <algorithm>
#include <cmath>

#include "verify/claims/spd/points.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

using real::Rational;

/// Which n the constraints are given for, with a_n != 0 there.
enum class Indices { odd, even, all };

Indices indices(const std::string& name) {
  return name == "odd" ? Indices::odd : name == "even" ? Indices::even : Indices::all;
}

/// A vector c != 0 with c^T rho^{on} c = 0 for all n of the set, if two points are equal, or opposite and the
/// set has one parity: c is 1 at x and 1 (n odd) or -1 (n even) at -x, since c^T rho^{on} c = 2 + 2 c_x
/// c_{-x}
/// (-1)^n.
std::optional<RationalVector> solution(Indices n, const Points& x) {
  if (const auto c = equal_points(x)) return c;
  if (n == Indices::all) return std::nullopt;
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (x[i] == opposite(x[j])) {
        RationalVector c(x.size(), 0);
        c[j] = 1;
        c[i] = n == Indices::odd ? 1 : -1;
        return c;
      }
  return std::nullopt;
}

/// The smallest n beyond which rho^{on} is strictly diagonally dominant but for the entries of modulus 1,
/// hence c^T rho^{on} c = 0 has no solutions but those that opposite points make; exact. At least 1: 0^0 = 1.
long dominant_from(const RationalMatrix& rho) {
  Rational largest = 0;
  for (Eigen::Index j = 0; j < rho.cols(); ++j)
    for (Eigen::Index i = 0; i < j; ++i) {
      const Rational size = abs(rho(i, j));
      if (size < 1 && size > largest) largest = size;
    }
  Rational power = 1;
  long n = 0;
  for (; Rational(static_cast<long>(rho.rows())) * power >= Rational(1, 2) && largest != 0; ++n)
    power *= largest;
  return std::max(n, 1L);
}

Rational squared_norm(const RationalVector& c) {
  Rational sum = 0;
  for (const Rational& entry : c) sum += entry * entry;
  return sum;
}

/// No c != 0 satisfies the constraints: decided at one odd and one even n beyond which the limit holds.
Judgement decide(Indices n, const Points& x) {
  if (const auto c = solution(n, x)) {
    Judgement broken = exactly(false, "=", squared_norm(*c).str(), "0");
    broken.note =
        "c = " + text(*c) + " satisfies every constraint at the points " + text(x) + ", and |c|^2 is not 0.";
    return broken;
  }
  const RationalMatrix rho = linalg::gram(x);
  const unsigned from = static_cast<unsigned>(dominant_from(rho));
  const unsigned even = from + from % 2, odd = even + 1;
  RationalMatrix sum(rho.rows(), rho.cols());
  for (Eigen::Index j = 0; j < rho.cols(); ++j)
    for (Eigen::Index i = 0; i < rho.rows(); ++i)
      sum(i, j) = (n == Indices::odd ? Rational(0) : real::power<Rational>(rho(i, j), even)) +
                  (n == Indices::even ? Rational(0) : real::power<Rational>(rho(i, j), odd));
  const long positive = linalg::exact_inertia(sum).positive;
  Judgement out = exactly(positive == static_cast<long>(x.size()), "=", std::to_string(positive),
                          std::to_string(x.size()));
  // Only a solution for all n of the set refutes; a form that is not definite at these two does not.
  if (out.truth == Truth::no) out.truth = Truth::unknown, out.proof = false;
  out.note = "Positive eigenvalues of the sum of the constraints at n = " + std::to_string(even) + " and " +
             std::to_string(odd) + ", of as many as there are points.";
  return out;
}

const auto as_stated = claim(
    {.id = "spd.theorem-11.proof-step.as-stated",
     .kind = Kind::spectrum,
     .title = "Theorem 11, last step of the proof idea",
     .states = R"(c^\top \rho^{\circ n} c = 0 \text{ for infinitely many } n \implies c = 0)",
     .source = "Slide \"Step 4: Theorem 11\", Proof Idea",
     .reading =
         R"($\rho_{ij} = \langle x_i, x_j\rangle$ for distinct unit vectors (Assumption 1); the $n$ are those with $a_n \ne 0$: all odd
ones (as for tanh), all even ones, or all. Exact: a solution $c \ne 0$ where there is one; otherwise the sum of two constraints is a
positive definite form.)",
     .uses = {},
     .repairs = "",
     .proof = "",
     .cases = 120},
    []<Real R>(Any<R>& any) -> Judgement {
      const Indices n = indices(any.one_of("n", {"odd", "even", "all"}));
      const Points x = any_points<R>(any, 2, 3);
      any.suppose("the points are distinct", distinct(x));
      return decide(n, x);
    });

const auto repaired = claim(
    {.id = "spd.theorem-11.proof-step.repaired",
     .kind = Kind::spectrum,
     .title = "Theorem 11, last step of the proof idea, repaired",
     .states = R"(c^\top \rho^{\circ n} c = 0 \text{ for infinitely many } n \implies c = 0, \quad
\text{if } |\rho_{ij}| < 1 \text{ for } i \ne j, \text{ or if infinitely many even and odd } n \text{ are among them})",
     .source = "Slide \"Step 4: Theorem 11\", Proof Idea",
     .reading = R"(As stated, with either of the two hypotheses. Exact.)",
     .uses = {},
     .repairs = "spd.theorem-11.proof-step.as-stated",
     .proof =
         R"(If $|\rho_{ij}| < 1$ for $i \ne j$, then $c^\top\rho^{\circ n}c \to \|c\|^2$ as $n \to \infty$. Otherwise the limits along even
and odd $n$ are $\sum(c_x + c_{-x})^2$ and $\sum(c_x - c_{-x})^2$ over the lines $\{x, -x\}$; both are 0, so $c = 0$.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Indices n = indices(any.one_of("n", {"odd", "even", "all"}));
      const Points x = any_points<R>(any, 2, 3, true);
      any.suppose("the points are distinct", distinct(x));
      any.suppose("no two points are opposite, or n of both parities occur",
                  n == Indices::all || pairwise_independent(x));
      return decide(n, x);
    });

}  // namespace
}  // namespace gronwall::verify
