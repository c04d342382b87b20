#include "verify/claims/training/families.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\", drift of the Jacobian along one step";

const std::string families =
    R"($C$ bounds what the induction hypothesis bounds ($\|v\|, \|W\|, \|U\| \le C\sqrt n$) and depends on $\phi$ and the scales; $\sigma T$ and $\frac1{\sqrt n}$ stand beside it.
$\tilde\theta$ is any point of the segment; here its end $\theta^{k+1}$. Two families of one sample $x = 1$ with $W = 0$, $\eta = \frac1{16}$, and what $Ce^{C\sigma T}$ has to reach. Wide:
$v = \sqrt n\,e_1$, $U = u\,e_1$ with $\phi''(u) \ne 0$, $\sigma = T = 1$. Short horizons: one neuron, $v = 1$, $U = u$, $T = 1/m$.)";
const std::string growth =
    R"(Wide: $U_1$ moves by $-\eta r\phi'(u)$, $r = u^k - y$, and $h_1(T)$ in the same direction by as much or more (the first row of $W$ moves by $O(1/\sqrt n)$ in each entry,
which with $\phi(0) \ne 0$ adds $-\eta r\phi'(u)\phi(0)^2$ in the limit, and nothing else). So $\partial_{U_1}f$ moves from $\phi'(u)$ to a number whose distance from it stays above a positive
one as $n \to \infty$, and $\|\theta^k - \theta^{k+1}\|$ stays bounded, while $\frac1{\sqrt n}$ is all that the display allows: a factor $\max_i|v_i|$ was lost, which may be as large as $\|v\| = \sqrt n$.
Short horizons: as $T \to 0$ the left side tends to that of $f = v\phi(U)$, which is not 0, and $\|\theta^k - \theta^{k+1}\|$ stays bounded, so that the quotient by $\sigma T$ grows as $1/T$.)";

/// A study along one of the two families, of `needed(setting, run)`.
template <Real R, class Needed>
Judgement along_family(Any<R>& any, const std::string& what, Needed needed) {
  const bool widening = any.one_of("family", {"wide", "short horizons"}) == "wide";
  const activation::Activation phi = any.activation("phi", named_by_the_paper);
  const R label = any.number("y", -4, -1);
  if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
    throw Abstention{"balls prove what is needed"};
  FamilyStudy<R> study(widening ? "n" : "1/T");
  // Horizons have to be exact numbers.
  for (const int m : widening ? std::vector<int>{2, 3, 4, 6, 8} : std::vector<int>{1, 2, 4, 8, 16}) {
    const Setting<R> s = widening ? wide<R>(phi, m, label) : brief<R>(phi, m, label);
    study.add(widening ? m * m : m, needed(s, Run<R>(s, 1)));
  }
  return study.judge(what);
}

template <Real R>
Quantity<R> horizon(const Setting<R>& s) {
  return Quantity<R>(s.f.sigma_w) * Quantity<R>(s.f.horizon);
}

const auto as_stated = claim(
    {.id = "training.jacobian-drift.as-stated",
     .kind = Kind::uniformity,
     .title = "Drift of the Jacobian along one step",
     .states =
         R"(\Bigl\|\frac{\partial u^k}{\partial\theta} - \frac{\partial\tilde u}{\partial\theta}\Bigr\| \le (\sigma T)\frac{C}{\sqrt n}\|\theta^k - \tilde\theta\|e^{C\sigma T}\|X\|
\le (\sigma T)\frac{C}{\sqrt n}\|\theta^k - \theta^{k+1}\|e^{C\sigma T}\|X\|)",
     .source = slide,
     .reading = families,
     .uses = {"growth.gradient-difference-all.uniform.as-stated",
              "training.jacobian-drift.interpolation.as-stated"},
     .repairs = "",
     .proof = growth,
     .cases = 6},
    []<Real R>(Any<R>& any) -> Judgement {
      return along_family<R>(any, "sqrt(n) |J^k - J~|/(sigma T |theta^k - theta~| |X|)",
                             [](const Setting<R>& s, const Run<R>& run) {
                               return root<R>(s.f.width()) * run.drift() / (horizon<R>(s) * run.way());
                             });
    });

const auto interpolation = claim(
    {.id = "training.jacobian-drift.interpolation.as-stated",
     .kind = Kind::bound,
     .title = "An interpolated point is no further away than the end",
     .states =
         R"(\|\theta^k - \tilde\theta\| \le \|\theta^k - \theta^{k+1}\|, \qquad \tilde\theta = \alpha\theta^k + (1 - \alpha)\theta^{k+1},\ \alpha \in [0, 1])",
     .source = slide + ", second line",
     .reading = R"(For any step of gradient descent.)",
     .uses = {},
     .repairs = "",
     .proof = R"($\theta^k - \tilde\theta = (1 - \alpha)(\theta^k - \theta^{k+1})$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
      const Quantity<R> alpha(any.number("alpha", 0, 1)), eta(s.eta);
      const Tuple<R> gradient = Samples<R>(s.f, s.start(), s.X).loss_gradient(s.y);
      const Tuple<R> end = moved<R>(s.start(), eta, gradient);
      const Tuple<R> between =
          combination<R>({alpha, Quantity<R>(1) - alpha}, std::vector<Tuple<R>>{s.start(), end});
      return at_most<R>((between - s.start()).norm(), (end - s.start()).norm());
    });

const auto combined = claim(
    {.id = "training.jacobian-drift.combined.as-stated",
     .kind = Kind::uniformity,
     .title = "Drift of the Jacobian along one step, by the residual",
     .states =
         R"(\Bigl\|\frac{\partial u^k}{\partial\theta} - \frac{\partial\tilde u}{\partial\theta}\Bigr\| \le \eta(\sigma T)^2\frac{C}{\sqrt n}e^{C\sigma T}\|X\|^2\|u^k - y\|)",
     .source = slide + ", combined with the length of the step",
     .reading = families,
     .uses = {"training.jacobian-drift.as-stated", "training.step-length.as-stated"},
     .repairs = "",
     .proof =
         growth +
         R"( The step itself, $\eta\|J^\top r\| \ge \eta|\phi'(u)||r|$, is of order 1 in both families, so that the factor $(\sigma T)^2$ loses twice.)",
     .cases = 6},
    []<Real R>(Any<R>& any) -> Judgement {
      return along_family<R>(any, "sqrt(n) |J^k - J~|/(eta (sigma T)^2 |X|^2 |u^k - y|)",
                             [](const Setting<R>& s, const Run<R>& run) {
                               const Quantity<R> span = horizon<R>(s);
                               return root<R>(s.f.width()) * run.drift() /
                                      (Quantity<R>(s.eta) * span * span * run.residuals(s.y));
                             });
    });

const std::string constants =
    R"($\ell$ is explicit: from bounds of $\|W\|$, $\|U\|$, $\|v\|$, $\max_i|v_i|$ and $\max_i\|We_i\|$ at the ends of the segment it bounds $D^2f(x_i)$, and the samples' constants are
summed as squares (`verify/claims/training/jacobian_bounds.hpp`). With $\max_i|v_i| = O(1)$ it is of order $1/\sqrt n$; along the spiked family it is not. Frobenius norms, which are
at least the spectral ones; all scales and smooth activations.)";

const auto repaired = claim(
    {.id = "training.jacobian-drift.repaired",
     .kind = Kind::bound,
     .title = "Drift of the Jacobian along one step, with an explicit constant",
     .states =
         R"(\Bigl\|\frac{\partial u^k}{\partial\theta} - \frac{\partial\tilde u}{\partial\theta}\Bigr\|_F \le \ell\,\|\theta^k - \tilde\theta\|)",
     .source = slide,
     .reading = constants,
     .uses = {"growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "training.jacobian-drift.as-stated",
     .proof =
         R"(The mean value inequality: $\ell$ bounds the norm of $D^2f$ on a convex set that contains the segment. The header writes $D^2f$ by the states' derivatives and the adjoint,
and bounds each term.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
      const Quantity<R> alpha(any.number("alpha", 0, 1)), eta(s.eta);
      const Samples<R> now(s.f, s.start(), s.X);
      const Tuple<R> between = moved<R>(s.start(), alpha * eta, now.loss_gradient(s.y));
      const JacobianBoundsOf<R> bounds(s.f, s.start().region().with(between.region()), s.X);
      return at_most<R>(jacobians_apart<R>(now, Samples<R>(s.f, between, s.X)),
                        factor<R>("l", bounds.lipschitz()) *
                            fraction<R>("||theta^k - theta~||", (between - s.start()).norm()));
    });

const auto combined_repaired = claim(
    {.id = "training.jacobian-drift.combined.repaired",
     .kind = Kind::bound,
     .title = "Drift of the Jacobian along one step, by the residual, with explicit constants",
     .states =
         R"(\Bigl\|\frac{\partial u^k}{\partial\theta} - \frac{\partial\tilde u}{\partial\theta}\Bigr\|_F \le \eta\,\ell\,\beta\,\|u^k - y\|)",
     .source = slide + ", combined with the length of the step",
     .reading = constants + R"( $\beta$ that of training.step-length.repaired.)",
     .uses = {"training.jacobian-drift.repaired", "training.step-length.repaired",
              "training.jacobian-drift.interpolation.as-stated"},
     .repairs = "training.jacobian-drift.combined.as-stated",
     .proof = R"(training.jacobian-drift.repaired and training.step-length.repaired.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 2);
      const Run<R> run(s, 1);
      const JacobianBoundsOf<R> bounds(s.f, run.region(), s.X);
      const JacobianBoundsOf<R> here(s.f, s.start().region(), s.X);
      return at_most<R>(run.drift(),
                        Quantity<R>(s.eta) * bounds.lipschitz() * here.beta() * run.residuals(s.y));
    });

}  // namespace
}  // namespace gronwall::verify
