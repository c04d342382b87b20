#include <algorithm>
#include <optional>

#include "verify/claims/training/step.hpp"
#include "verify/engine/claim.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\", first display";

/// A number between the two.
template <Real R>
Quantity<R> between(const Quantity<R>& low, const Quantity<R>& high) {
  if constexpr (real::Enclosing<R>) {
    return low.lower().hull(high.upper());
  } else {
    const R least = R(low.value() - low.error()), most = R(high.value() + high.error());
    return Quantity<R>(R((least + most) / R(2)), R((most - least) / R(2)));
  }
}

template <Real R>
Quantity<R> smaller(const Quantity<R>& a, const Quantity<R>& b) {
  return -max(-a, -b);
}

/// The segment from theta^k to theta^{k+1} = theta^k + Delta, Delta = -eta grad L.
template <Real R>
class Segment {
 public:
  explicit Segment(const Setting<R>& s) : s_(s), start_(s.start()) {
    const Samples<R> now(s.f, start_, s.X);
    gradient_ = now.loss_gradient(s.y);
    const Samples<R> then(s.f, moved<R>(start_, Quantity<R>(s.eta), gradient_), s.X);
    for (std::size_t i = 0; i < now.u.size(); ++i) change_.push_back(then.u[i] - now.u[i]);
  }

  /// R_i(alpha) = <grad f_i(theta^k + alpha Delta), Delta> - (u_i^{k+1} - u_i^k). In balls for all points
  /// alpha of the ball.
  std::vector<Quantity<R>> gaps(const R& alpha) const {
    const Quantity<R> eta(s_.eta);
    const Samples<R> at(s_.f, moved<R>(start_, Quantity<R>(alpha) * eta, gradient_), s_.X);
    std::vector<Quantity<R>> out;
    for (std::size_t i = 0; i < change_.size(); ++i)
      out.push_back(-eta * inner_product<R>(at.gradients[i], gradient_) - change_[i]);
    return out;
  }
  /// max_i |R_i(alpha)|.
  Quantity<R> gap(const R& alpha) const {
    Quantity<R> top(0);
    for (const Quantity<R>& one : gaps(alpha)) top = max(top, abs(one));
    return top;
  }

 private:
  Setting<R> s_;
  Tuple<R> start_, gradient_;
  std::vector<Quantity<R>> change_;
};

/// An estimate of the least max_i |R_i| on [0, 1]: between two points of a grid at which some R_i has the
/// same sign it is taken to be at least the smaller of their moduli.
template <real::Floating R>
Quantity<R> least_gap(const Segment<R>& segment) {
  constexpr int cells = 16;
  std::vector<Quantity<R>> before = segment.gaps(R(0));
  std::optional<Quantity<R>> low, high;
  for (int k = 1; k <= cells; ++k) {
    const std::vector<Quantity<R>> now = segment.gaps(real::ratio<R>(k, cells));
    Quantity<R> cell(0), here(0);
    for (std::size_t i = 0; i < now.size(); ++i) {
      here = max(here, abs(now[i]));
      const bool same_sign = less(Quantity<R>(0), now[i] * before[i]) == real::Truth::yes;
      if (same_sign) cell = max(cell, smaller<R>(abs(now[i]), abs(before[i])));
    }
    low = low ? smaller<R>(*low, cell) : cell;
    high = high ? smaller<R>(*high, here) : here;
    before = now;
  }
  return between<R>(*low, *high);
}

/// Encloses min over alpha in [0, 1] of max_i |R_i(alpha)|, by bisection: below, the least that a piece
/// leaves, alpha being all of the piece; above, the value at points. The piece that leaves the least is cut
/// until the enclosure is narrower than 1/8 of itself (what a certificate may have), or nothing is to be
/// hoped for.
Quantity<real::Ball> least_gap(const Segment<real::Ball>& segment) {
  using real::Ball;
  constexpr int most = 20;
  struct Piece {
    double from, to;
    Ball low;
  };
  Ball reached = segment.gap(Ball(0.5)).largest_modulus();
  const auto piece = [&segment](double from, double to) {
    return Piece{from, to, segment.gap(Ball(from).hull(Ball(to))).least_modulus()};
  };
  const auto below = [](const Piece& a, const Piece& b) { return less(a.low, b.low) == real::Truth::yes; };
  std::vector<Piece> pieces{piece(0, 0.5), piece(0.5, 1)};
  for (int cuts = 0;; ++cuts) {
    const auto least = std::min_element(pieces.begin(), pieces.end(), below);
    const bool sharp = leq(reached, least->low * (Ball(9) / Ball(8))) == real::Truth::yes;
    if (sharp || cuts == most) return between<Ball>(least->low, reached);
    const Piece cut = *least;
    const double middle = (cut.from + cut.to) / 2;
    reached = min(reached, segment.gap(Ball(middle)).largest_modulus());
    *least = piece(cut.from, middle);
    pieces.push_back(piece(middle, cut.to));
  }
}

const auto as_stated = claim(
    {.id = "training.mean-value.as-stated",
     .kind = Kind::identity,
     .title = "One interpolated point for all samples",
     .states =
         R"(\exists\,\alpha \in [0, 1]:\quad u^{k+1} - u^k = \Bigl(\frac{\partial u}{\partial\theta}(\tilde\theta)\Bigr)^{\!\top}(\theta^{k+1} - \theta^k),
\quad \tilde\theta = \alpha\theta^k + (1 - \alpha)\theta^{k+1})",
     .source = slide,
     .reading =
         R"(For a step of gradient descent with $\eta \le 1/\|X\|^2$ on $N = 2$ samples (for one sample it is the mean value theorem: training.mean-value.repaired). The
left side of the certificate is $\min_\alpha\max_i|R_i(\alpha)|$, $R_i$ the difference of both sides in sample $i$; it is enclosed by bisection of $[0, 1]$. That it is 0 no enclosure can show.)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired"},
     .repairs = "",
     .proof = "",
     .cases = 60,
     .most_undecided = 0.5},
    []<Real R>(Any<R>& any) -> Judgement {
      NetworkSize tiny = small_network;
      tiny.width = 2;
      tiny.least = 0.25;
      tiny.outer = 4;
      const Setting<R> s =
          any_setting<R>(any, any_network<R>(any, any.activation("phi", named_by_the_paper), tiny), 2, 2, 16);
      const Quantity<R> size = linalg::spectral_norm<R>(s.X), eta(s.eta);
      any.suppose("eta <= 1/||X||^2", leq(eta * size * size, Quantity<R>(1)));
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"balls prove what is needed, and are faster"};
      if constexpr (real::Enclosing<R>)
        if (real::working_bits() > 64)
          throw Abstention{"what bisection leaves open is not a matter of precision"};
      return at_most<R>(least_gap(Segment<R>(s)), Quantity<R>(0));
    });

const auto repaired = claim(
    {.id = "training.mean-value.repaired",
     .kind = Kind::identity,
     .title = "An interpolated point for each sample",
     .states =
         R"(\forall i\ \exists\,\alpha_i \in [0, 1]:\quad u_i^{k+1} - u_i^k = \langle\nabla_\theta f(x_i; \tilde\theta_i), \theta^{k+1} - \theta^k\rangle,
\quad \tilde\theta_i = \alpha_i\theta^k + (1 - \alpha_i)\theta^{k+1})",
     .source = slide + ", sample by sample",
     .reading =
         R"(For any step size, $N \le 2$, every smooth activation, all scales. Shown by a change of sign of the difference of both sides over $\alpha = 0, \frac18, \dots, 1$; where
$f(x_i)$ is affine on the segment the difference is 0 throughout, which enclosures cannot tell from a sign.)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired"},
     .repairs = "training.mean-value.as-stated",
     .proof =
         R"(The mean value theorem for $\alpha \mapsto f(x_i; \alpha\theta^k + (1 - \alpha)\theta^{k+1})$. The points differ from sample to sample, so no single Jacobian serves; what the
proof of Lemma 16 needs of it is a bound of the difference of Jacobians along the whole segment, which the repaired drift bounds give.)",
     .cases = 24},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
      const Segment<R> segment(s);
      constexpr int cells = 8;
      std::vector<Quantity<R>> low, high;
      for (int k = 0; k <= cells; ++k) {
        const std::vector<Quantity<R>> gaps = segment.gaps(real::ratio<R>(k, cells));
        for (std::size_t i = 0; i < gaps.size(); ++i) {
          if (k == 0) {
            low.push_back(gaps[i]), high.push_back(-gaps[i]);
          } else {
            low[i] = -max(-low[i], -gaps[i]);
            high[i] = -max(-high[i], gaps[i]);
          }
        }
      }
      // min R <= 0 and min (-R) <= 0.
      std::optional<Judgement> all;
      for (std::size_t i = 0; i < low.size(); ++i) {
        const Judgement here = at_most<R>(low[i], Quantity<R>(0)) && at_most<R>(high[i], Quantity<R>(0));
        all = all ? *all && here : here;
      }
      return *all;
    });

}  // namespace
}  // namespace gronwall::verify
