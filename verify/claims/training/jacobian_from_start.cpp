#include <gronwall/real/rational.hpp>

#include "verify/claims/training/families.hpp"
#include "verify/claims/training/rationals.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\", drift of the Jacobian from the start";

const std::string family =
    R"($C$ bounds what the induction hypothesis bounds and depends on $\phi$, the scales and $\sigma T$; $\frac1{\sqrt n}$ stands beside it. The family of one sample $x = 1$: $v = \sqrt n\,e_1$, $U = u\,e_1$ with
$\phi''(u) \ne 0$, $W = 0$, $\sigma = T = 1$, $\eta = \frac1{16}$, at $k = 2$. What $Ce^{C\sigma T}$ has to reach.)";

template <Real R, class Needed>
Judgement along_widths(Any<R>& any, const std::string& what, Needed needed) {
  const activation::Activation phi = any.activation("phi", named_by_the_paper);
  const R label = any.number("y", -4, -1);
  if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
    throw Abstention{"balls prove what is needed"};
  FamilyStudy<R> study;
  for (const int m : {2, 3, 4, 6, 8}) {
    const Setting<R> s = wide<R>(phi, m, label);
    study.add(m * m, needed(s, Run<R>(s, 2)));
  }
  return study.judge(what);
}

const auto lipschitz_as_stated = claim(
    {.id = "training.jacobian-from-start.lipschitz.as-stated",
     .kind = Kind::uniformity,
     .title = "Drift of the Jacobian from the start, by the way gone",
     .states =
         R"(\Bigl\|\frac{\partial u^k}{\partial\theta} - \frac{\partial u^0}{\partial\theta}\Bigr\| \le (\sigma T)\frac{C}{\sqrt n}\|\theta^k - \theta^0\|e^{C\sigma T}\|X\|)",
     .source = slide + ", first line",
     .reading = family,
     .uses = {"growth.gradient-difference-all.uniform.as-stated"},
     .repairs = "",
     .proof =
         R"(As for training.jacobian-drift.as-stated: $\partial_{U_1}f$ moves by a multiple of $\phi''$ of the way gone that does not depend on $n$.)",
     .cases = 4},
    []<Real R>(Any<R>& any) -> Judgement {
      return along_widths<R>(any, "sqrt(n) |J^k - J^0|/(sigma T |theta^k - theta^0| |X|)",
                             [](const Setting<R>& s, const Run<R>& run) {
                               return root<R>(s.f.width()) * run.drift() / run.way();
                             });
    });

const auto triangle =
    claim({.id = "training.jacobian-from-start.triangle.as-stated",
           .kind = Kind::bound,
           .title = "The way gone is at most the sum of the steps",
           .states = R"(\|\theta^k - \theta^0\| \le \sum_{i=0}^{k-1}\|\theta^{i+1} - \theta^i\|)",
           .source = slide + ", second line",
           .reading = R"(For $k \le 3$ steps of gradient descent.)",
           .uses = {},
           .repairs = "",
           .proof = R"(The triangle inequality.)",
           .cases = 40},
          []<Real R>(Any<R>& any) -> Judgement {
            const Setting<R> s = any_setting<R>(
                any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
            const Run<R> run(s, static_cast<int>(any.integer("k", 1, 3)));
            return at_most<R>(run.way(), run.length());
          });

const auto residuals_as_stated = claim(
    {.id = "training.jacobian-from-start.residuals.as-stated",
     .kind = Kind::uniformity,
     .title = "Drift of the Jacobian from the start, by the residuals",
     .states =
         R"(\Bigl\|\frac{\partial u^k}{\partial\theta} - \frac{\partial u^0}{\partial\theta}\Bigr\| \le \eta(\sigma T)^2\frac{C}{\sqrt n}e^{C\sigma T}\|X\|^2\sum_{i=0}^{k-1}\|u^i - y\|)",
     .source = slide + ", third line",
     .reading = family,
     .uses = {"training.jacobian-from-start.lipschitz.as-stated",
              "training.jacobian-from-start.triangle.as-stated", "training.step-length.as-stated"},
     .repairs = "",
     .proof =
         R"(As for training.jacobian-drift.combined.as-stated: along the family nothing on the right depends on $n$ but $\frac1{\sqrt n}$, since $u$ and its gradient in $U_1$ do not, while the left side
does not become small.)",
     .cases = 4},
    []<Real R>(Any<R>& any) -> Judgement {
      return along_widths<R>(any, "sqrt(n) |J^k - J^0|/(eta (sigma T)^2 |X|^2 sum |u^i - y|)",
                             [](const Setting<R>& s, const Run<R>& run) {
                               return root<R>(s.f.width()) * run.drift() /
                                      (Quantity<R>(s.eta) * run.residuals(s.y));
                             });
    });

const std::string constants =
    R"(For $k \le 3$ steps of gradient descent, $N \le 2$, all scales and smooth activations. $\ell$ and $\beta$ are those of training.jacobian-drift.repaired and training.step-length.repaired, from the
norms of all iterates up to $k$.)";

const auto lipschitz_repaired = claim(
    {.id = "training.jacobian-from-start.lipschitz.repaired",
     .kind = Kind::bound,
     .title = "Drift of the Jacobian from the start, by the way gone, with an explicit constant",
     .states =
         R"(\Bigl\|\frac{\partial u^k}{\partial\theta} - \frac{\partial u^0}{\partial\theta}\Bigr\|_F \le \ell\,\|\theta^k - \theta^0\|)",
     .source = slide + ", first line",
     .reading = constants,
     .uses = {"training.jacobian-drift.repaired"},
     .repairs = "training.jacobian-from-start.lipschitz.as-stated",
     .proof =
         R"(The norms that $\ell$ is made of are convex, so that it serves on the segment from $\theta^0$ to $\theta^k$ (`verify/claims/training/jacobian_bounds.hpp`).)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
      const Run<R> run(s, static_cast<int>(any.integer("k", 1, 3)));
      return at_most<R>(run.drift(), JacobianBoundsOf<R>(s.f, run.region(), s.X).lipschitz() * run.way());
    });

const auto residuals_repaired = claim(
    {.id = "training.jacobian-from-start.residuals.repaired",
     .kind = Kind::bound,
     .title = "Drift of the Jacobian from the start, by the residuals, with explicit constants",
     .states =
         R"(\Bigl\|\frac{\partial u^k}{\partial\theta} - \frac{\partial u^0}{\partial\theta}\Bigr\|_F \le \eta\,\ell\,\beta\sum_{i=0}^{k-1}\|u^i - y\|)",
     .source = slide + ", third line",
     .reading = constants,
     .uses = {"training.jacobian-from-start.lipschitz.repaired",
              "training.jacobian-from-start.triangle.as-stated", "training.step-length.repaired"},
     .repairs = "training.jacobian-from-start.residuals.as-stated",
     .proof = R"(The three claims that it uses, one after the other.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
      const Run<R> run(s, static_cast<int>(any.integer("k", 1, 3)));
      const JacobianBoundsOf<R> bounds(s.f, run.region(), s.X);
      return at_most<R>(run.drift(),
                        Quantity<R>(s.eta) * bounds.lipschitz() * bounds.beta() * run.residuals(s.y));
    });

// From here on arithmetic: q = eta alpha_0^2, in the rationals.

const auto decay_as_stated = claim(
    {.id = "training.jacobian-from-start.decay.as-stated",
     .kind = Kind::bound,
     .title = "The sum of the residuals, as displayed",
     .states =
         R"(\|u^i - y\| \le (1 - \eta\alpha_0^2)^i\|u^0 - y\|\ (i < k) \implies \sum_{i=0}^{k-1}\|u^i - y\| \le \sum_{i=0}^{k-1}(1 - \eta\alpha_0^2)\|u^0 - y\|)",
     .source = slide + ", fourth line",
     .reading =
         R"(The exponent $i$ is missing on the slide. $q = \eta\alpha_0^2 \in (0, 1]$, and residuals that attain the hypothesis; exactly. (What the display says grows with $k$, so that its next line does
not follow from it either.))",
     .uses = {"training.jacobian-from-start.residuals.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational q = any_exactly<R>(any, "q", least_rate, 1);
      const long k = any.integer("k", 1, 20);
      return at_most_exactly(geometric(Rational(1 - q), k), Rational(k * (1 - q)));
    });

const auto decay_repaired = claim(
    {.id = "training.jacobian-from-start.decay.repaired",
     .kind = Kind::bound,
     .title = "The sum of the residuals, with the exponent",
     .states =
         R"(\|u^i - y\| \le (1 - \eta\alpha_0^2)^i\|u^0 - y\|\ (i < k) \implies \sum_{i=0}^{k-1}\|u^i - y\| \le \frac{1 - (1 - \eta\alpha_0^2)^k}{\eta\alpha_0^2}\|u^0 - y\| \le \frac{\|u^0 - y\|}{\eta\alpha_0^2})",
     .source = slide + ", fourth and fifth line",
     .reading = R"($q = \eta\alpha_0^2 \in (0, 1]$, and residuals that attain the hypothesis; exactly.)",
     .uses = {"training.jacobian-from-start.residuals.repaired"},
     .repairs = "training.jacobian-from-start.decay.as-stated",
     .proof = R"(A geometric sum; $(1 - q)^k \ge 0$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational q = any_exactly<R>(any, "q", least_rate, 1);
      const long k = any.integer("k", 1, 20);
      const Rational left = Rational(1 - q), power = rational_power(left, k);
      return at_most_exactly(geometric(left, k), Rational((1 - power) / q)) &&
             at_most_exactly(geometric(left, k), Rational(1 / q));
    });

const auto geometric_as_stated = claim(
    {.id = "training.jacobian-from-start.geometric.as-stated",
     .kind = Kind::bound,
     .title = "eta stays, though the sum takes it away",
     .states = R"(\eta\sum_{i=0}^{k-1}(1 - \eta\alpha_0^2)^i \le \frac{\eta}{\alpha_0^2})",
     .source = slide + ", from the fourth line to the fifth",
     .reading =
         R"(With the exponent that the fourth line has lost, and $\sigma_0 = \alpha_0$. $\eta \in (0, 1]$ and $\alpha_0 > 0$ with $\eta\alpha_0^2 \le 1$; exactly. True where $\eta \ge 1$ only. (The bounds of the
movement, slide "Closed", divide by $\alpha_0^2$ without $\eta$, as they should.))",
     .uses = {"training.jacobian-from-start.decay.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational eta = any_exactly<R>(any, "eta", least_rate, 1),
                     alpha = any_exactly<R>(any, "alpha_0", least_rate, 4);
      const long k = any.integer("k", 1, 20);
      const Rational q = eta * alpha * alpha;
      any.suppose("eta alpha_0^2 <= 1", bool(q <= 1));
      return at_most_exactly(Rational(eta * geometric(Rational(1 - q), k)), Rational(eta / (alpha * alpha)));
    });

const auto geometric_repaired = claim(
    {.id = "training.jacobian-from-start.geometric.repaired",
     .kind = Kind::bound,
     .title = "The sum takes eta away",
     .states = R"(\eta\sum_{i=0}^{k-1}(1 - \eta\alpha_0^2)^i \le \frac{1}{\alpha_0^2})",
     .source = slide + ", from the fourth line to the fifth",
     .reading = R"(For $\eta, \alpha_0 > 0$ with $\eta\alpha_0^2 \le 1$; exactly.)",
     .uses = {"training.jacobian-from-start.decay.repaired"},
     .repairs = "training.jacobian-from-start.geometric.as-stated",
     .proof = R"(training.jacobian-from-start.decay.repaired, times $\eta$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational eta = any_exactly<R>(any, "eta", least_rate, 1),
                     alpha = any_exactly<R>(any, "alpha_0", least_rate, 4);
      const long k = any.integer("k", 1, 20);
      const Rational q = eta * alpha * alpha;
      any.suppose("eta alpha_0^2 <= 1", bool(q <= 1));
      return at_most_exactly(Rational(eta * geometric(Rational(1 - q), k)), Rational(1 / (alpha * alpha)));
    });

const auto half_as_stated = claim(
    {.id = "training.jacobian-from-start.half.as-stated",
     .kind = Kind::bound,
     .title = "The width that keeps the Jacobian within half of alpha_0",
     .states =
         R"(\sqrt n \ge \frac{A}{\alpha_0^3} \implies \frac{\eta A}{\sqrt n\,\alpha_0^2} \le \frac{\alpha_0}2,\qquad A = C(\sigma T)^2e^{C\sigma T}\|X\|^2\|u^0 - y\|)",
     .source = slide + ", last line",
     .reading =
         R"(With one $C$ in the assumption and in the display, and a step size of at most 1, which $\eta \le 1/\|X\|^2$ allows for $\|X\| = 1$. Exactly, for $\sqrt n = s A/\alpha_0^3$, $s \ge 1$. The
exponent 3 of $\alpha_0$ is right; the $\frac12$ is missing unless $\eta \le \frac12$.)",
     .uses = {"training.jacobian-from-start.geometric.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational eta = any_exactly<R>(any, "eta", least_rate, 1),
                     alpha = any_exactly<R>(any, "alpha_0", least_rate, 4),
                     A = any_exactly<R>(any, "A", least_rate, 16), s = any_exactly<R>(any, "s", 1, 4);
      const Rational square = alpha * alpha, width = s * A / (square * alpha);
      return at_most_exactly(Rational(eta * A / (width * square)), Rational(alpha / 2));
    });

const auto half_repaired = claim(
    {.id = "training.jacobian-from-start.half.repaired",
     .kind = Kind::bound,
     .title = "The width that keeps the Jacobian within half of alpha_0, repaired",
     .states =
         R"(\sqrt n \ge \frac{2A}{\alpha_0^3} \implies \frac{A}{\sqrt n\,\alpha_0^2} \le \frac{\alpha_0}2,\qquad A = C(\sigma T)^2e^{C\sigma T}\|X\|^2\|u^0 - y\|)",
     .source = slide + ", last line",
     .reading =
         R"(With the sum that training.jacobian-from-start.geometric.repaired gives, which has no $\eta$, and twice the width. Exactly.)",
     .uses = {"training.jacobian-from-start.geometric.repaired"},
     .repairs = "training.jacobian-from-start.half.as-stated",
     .proof = R"($\frac{A}{\sqrt n\,\alpha_0^2} \le \frac{A}{\alpha_0^2}\cdot\frac{\alpha_0^3}{2A}$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational alpha = any_exactly<R>(any, "alpha_0", least_rate, 4),
                     A = any_exactly<R>(any, "A", least_rate, 16), s = any_exactly<R>(any, "s", 1, 4);
      const Rational square = alpha * alpha, width = 2 * s * A / (square * alpha);
      return at_most_exactly(Rational(A / (width * square)), Rational(alpha / 2));
    });

}  // namespace
}  // namespace gronwall::verify
