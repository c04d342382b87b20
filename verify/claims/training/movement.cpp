#include "verify/claims/training/orthonormal.hpp"
#include "verify/claims/training/runs.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slides \"Closed\", the movement of ";

/// What the second line of each display says of one step: the gradient of the loss at any parameters, for any
/// residual r.
template <Real R>
struct Pulled {
  Network<R> f;
  Matrix<R> X, r;
  model::Gradient<R> gradient;

  explicit Pulled(Any<R>& any) {
    const activation::Activation phi = any.activation("phi", named_by_the_paper);
    any.suppose("phi is 1-Lipschitz", leq(few_ulp<R>(phi.template in<R>().lipschitz()), Quantity<R>(1)));
    f = any_normalised_network<R>(any, phi, trained_network);
    const long N = any.integer("N", 1, 3);
    X = any.matrix("X", f.inputs(), N, 2);
    r = any.matrix("u - y", N, 1, 4);
    gradient = model::NeuralOde<R>(f).gradient(X, r);
  }
  Quantity<R> sigma_T() const { return Quantity<R>(f.sigma_w) * Quantity<R>(f.horizon); }
  /// C e^{C sigma T} ||X|| ||u - y||.
  Quantity<R> claimed() const {
    const Quantity<R> C = least_constant<R>(f);
    return C * exp(C * sigma_T()) * linalg::spectral_norm<R>(X) * linalg::frobenius_norm<R>(r);
  }
};

std::string as_stated_reading(const std::string& factor) {
  return R"(Of the second inequality of the display, at any one parameters $\theta^i = \theta$, with $C = \max(\|v\|, \|W\|, \|U\|)/\sqrt n$, the hypothesis on the norms that the slide uses, $\|X\|$ spectral, and the normalisation of
the slide ($\sigma_v = \sigma_u/\sqrt d = 1$, $L_1 \le 1$). The first inequality is the triangle inequality, the third the hypothesis on the residuals, the last a geometric sum; each has )" +
         factor + R"( on both sides.)";
}

const auto v_as_stated = claim(
    {.id = "training.movement-v.as-stated",
     .kind = Kind::bound,
     .title = "Movement of v: the gradient of the loss",
     .states =
         R"(\Bigl\|\frac{\partial L(\theta^i)}{\partial v}\Bigr\| \le Ce^{C\sigma T}\,\|X\|\,\|u^i - y\|)",
     .source = slide + "v",
     .reading = as_stated_reading(R"($Ce^{C\sigma T}\|X\|$)"),
     .uses = {"gradient.loss.v.as-stated", "growth.gradient-v.closed.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Pulled<R> at(any);
      return at_most<R>(linalg::norm<R>(at.gradient.v), at.claimed());
    });

const auto v_spectral = claim(
    {.id = "training.movement-v.spectral.as-stated",
     .kind = Kind::uniformity,
     .title = "Movement of v: the spectral norm of the data",
     .states =
         R"(\phi(0) = 0 \implies \Bigl\|\frac{\partial L(\theta^i)}{\partial v}\Bigr\| \le C'\,\|X\|\,\|u^i - y\|, \text{ with one } C' \text{ for all } N)",
     .source = slide + "v",
     .reading =
         R"(The second inequality with $Ce^{C\sigma T}$ replaced by any $C'$ that depends on $\sigma$, $T$ and bounds of $\|v\|/\sqrt n$, $\|W\|/\sqrt n$, $\|U\|/\sqrt n$, for tanh, which vanishes at 0: what is left is whether $\|X\|$ may be
the spectral norm. The family has $N = d$ orthonormal inputs ($\|X\| = 1$), $W = 0$, $v = 0$, and in each column of $U$ a quarter of the entries is $3a$, the others are $-a$, with $\|U\| = a\sqrt{3n}$
(`verify/claims/training/orthonormal.hpp`); $u - y = (1, \dots, 1)$. What is shown is the square of $\|\partial L/\partial v\|/(\|X\|\|u - y\|)$.)",
     .uses = {"gradient.loss.v.as-stated", "growth.gradient-v.closed.as-stated"},
     .repairs = "",
     .proof =
         R"($\partial L/\partial v = \frac1{\sqrt n}\Phi\mathbf 1$ and $\frac1n\Phi^\top\Phi = m^2\mathbf 1\mathbf 1^\top + 3c^2I$, so the square is $Nm^2 + 3c^2$, $m = \frac14(\tanh 3a - 3\tanh a) < 0$. An odd contraction can raise the spectral norm
of a matrix, here of $U$, without bound; $\|\Phi\| \le \|\Phi\|_F$ gives $\|X\|_F$ (training.movement-v.repaired).)",
     .cases = 3},
    []<Real R>(Any<R>& any) -> Judgement {
      const Orthonormal<R> family(any, {"tanh"});
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"balls prove what is needed"};
      FamilyStudy<R> study("N");
      for (const long N : {1, 2, 5, 10}) {
        const Problem<R> problem = family.member(N, R(1));
        const model::Gradient<R> g = model::NeuralOde<R>(problem.start).gradient(problem.X, problem.labels);
        const Quantity<R> size = linalg::norm<R>(g.v);
        study.add(N, size * size / Quantity<R>(static_cast<int>(N)));
      }
      return study.judge("(|dL/dv|/(||X|| |u - y|))^2");
    });

const auto W_as_stated = claim(
    {.id = "training.movement-W.as-stated",
     .kind = Kind::bound,
     .title = "Movement of W: the gradient of the loss",
     .states =
         R"(\Bigl\|\frac{\partial L(\theta^i)}{\partial W}\Bigr\| \le (\sigma T)\,Ce^{C\sigma T}\,\|X\|\,\|u^i - y\|)",
     .source = slide + "W",
     .reading = as_stated_reading(R"($(\sigma T)Ce^{C\sigma T}\|X\|$)"),
     .uses = {"gradient.loss.W.as-stated", "growth.gradient-W.closed.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Pulled<R> at(any);
      return at_most<R>(linalg::spectral_norm<R>(at.gradient.W), at.sigma_T() * at.claimed());
    });

const auto U_as_stated = claim(
    {.id = "training.movement-U.as-stated",
     .kind = Kind::bound,
     .title = "Movement of U: the gradient of the loss",
     .states =
         R"(\Bigl\|\frac{\partial L(\theta^i)}{\partial U}\Bigr\| \le Ce^{C\sigma T}\,\|X\|\,\|u^i - y\|)",
     .source = slide + "U",
     .reading = as_stated_reading(R"($Ce^{C\sigma T}\|X\|$)"),
     .uses = {"gradient.loss.U.as-stated", "growth.gradient-U.closed.as-stated"},
     .repairs = "",
     .proof =
         R"(This one is true: $\partial L/\partial U = \Lambda\,\mathrm{diag}(r)X^\top$ with $\Lambda$ the adjoints $\lambda_0(x_j)$ side by side, so its Frobenius norm is at most $\|\Lambda\,\mathrm{diag}(r)\|_F\|X\| \le \max_j\|\lambda_0(x_j)\|\,\|r\|\,\|X\|$,
and $\|\lambda_0(x_j)\| \le \frac{\|v\|}{\sqrt n}e^{\sigma T\|W\|/\sqrt n} \le Ce^{C\sigma T}$ by Lemma 17 with $L_1 \le 1$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Pulled<R> at(any);
      return at_most<R>(linalg::norm<R>(at.gradient.U), at.claimed());
    });

// --- repaired, along runs

/// eta sum_{i < k} beta(theta^i) ||u^i - y||.
template <Real R, class Beta>
Quantity<R> reach(const Problem<R>& problem, const std::vector<Iterate<R>>& run, const Beta& beta) {
  Quantity<R> sum(0);
  for (std::size_t i = 0; i + 1 < run.size(); ++i)
    sum = sum + beta(Region<R>::at(run[i].v, run[i].W, run[i].U)) * residual<R>(run[i]);
  return Quantity<R>(problem.eta) * sum;
}

const std::string repaired_reading =
    R"(Along any run of gradient descent, with any step size, whether the residuals shrink or not; for every smooth activation, all scales, any data. $\|X\|_F$ is the Frobenius norm. With $\|u^i - y\| \le (1 - q)^i\|u^0 - y\|$ the sum
is at most $\|u^0 - y\|/q$, which is the slide's last line with $\eta\alpha_0^2$ for $q$. )";

const auto v_repaired = claim(
    {.id = "training.movement-v.repaired",
     .kind = Kind::trajectory,
     .title = "Movement of v",
     .states =
         R"(\|v^k - v^0\| \le \eta\sum_{i<k}\Bigl(\sum_j\beta_v(\theta^i, x_j)^2\Bigr)^{\!1/2}\|u^i - y\|,\quad
\beta_v(\theta, x) = \frac{\sigma_v}{\sqrt n}e^{aL_1T}\Bigl(L_1\frac{\sigma_u}{\sqrt d}\|U\|\|x\| + |\phi(0)|\sqrt n\Bigr))",
     .source = slide + "v",
     .reading =
         repaired_reading +
         R"(For $\phi(0) = 0$ the bracket is $\le \frac{\|U\|}{\sqrt n}e^{aT}\|X\|_F$: the Frobenius norm, since an activation can raise the spectral norm of a matrix.)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired",
              "growth.lemma-17.state.repaired"},
     .repairs = {"training.movement-v.as-stated", "training.movement-v.spectral.as-stated"},
     .proof =
         R"(The triangle inequality, $\partial L/\partial v = \sum_jr_j\partial_vf(x_j)$, Cauchy's inequality, and $\|\phi(h_T)\| \le e^{aL_1T}(L_1\|h_0\| + |\phi(0)|\sqrt n)$ (repaired Lemma 17).)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Problem<R> problem = any_problem<R>(any, 0.25);
      const std::vector<Iterate<R>> run = iterates<R>(problem, any.integer("k", 1, 3));
      const Quantity<R> bound = reach<R>(problem, run, [&](const Region<R>& here) {
        return JacobianBoundsOf<R>(problem.start, here, problem.X).v();
      });
      return at_most<R>(Moved<R>::frobenius(run.front(), run.back()).v,
                        rough_factor<R>("eta sum beta_v |u^i - y|", bound));
    });

const auto W_repaired = claim(
    {.id = "training.movement-W.repaired",
     .kind = Kind::trajectory,
     .title = "Movement of W",
     .states =
         R"(\|W^k - W^0\|_F \le \eta\sum_{i<k}\Bigl(\sum_j\beta_W(\theta^i, x_j)^2\Bigr)^{\!1/2}\|u^i - y\|,\quad
\beta_W(\theta, x) = \frac{\sigma_wT}{\sqrt n}\frac{\sigma_v}{\sqrt n}L_1\|v\|e^{aL_1T}\Bigl(L_1\frac{\sigma_u}{\sqrt d}\|U\|\|x\| + |\phi(0)|\sqrt n\Bigr))",
     .source = slide + "W",
     .reading =
         repaired_reading +
         R"(For $\phi(0) = 0$ and the normalisation of the slide it is $(\sigma T)\frac{\|U\|}{\sqrt n}\frac{\|v\|}{\sqrt n}e^{aT}\|X\|_F$, with $C^2$ where the slide has $C$.)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired",
              "growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "training.movement-W.as-stated",
     .proof =
         R"(As for $v$, with $\|\partial_Wf(x)\|_F \le \int_0^T\frac{\sigma_w}{\sqrt n}\|\lambda_t\|\|\phi(h_t)\|dt$, where the exponentials of both bounds multiply to $e^{aL_1T}$ at every $t$.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Problem<R> problem = any_problem<R>(any, 0.25);
      const std::vector<Iterate<R>> run = iterates<R>(problem, any.integer("k", 1, 3));
      const Quantity<R> bound = reach<R>(problem, run, [&](const Region<R>& here) {
        return JacobianBoundsOf<R>(problem.start, here, problem.X).W();
      });
      return at_most<R>(Moved<R>::frobenius(run.front(), run.back()).W,
                        rough_fraction<R>("eta sum beta_W |u^i - y|", bound));
    });

const auto U_repaired = claim(
    {.id = "training.movement-U.repaired",
     .kind = Kind::trajectory,
     .title = "Movement of U",
     .states =
         R"(\|U^k - U^0\|_F \le \eta\sum_{i<k}\frac{\sigma_u}{\sqrt d}\frac{\sigma_v}{\sqrt n}L_1\|v^i\|e^{a_iL_1T}\,\|X\|\,\|u^i - y\|)",
     .source = slide + "U",
     .reading =
         repaired_reading +
         R"(Here $\|X\|$ is the spectral norm, as on the slide, whose bound of one step is right (training.movement-U.as-stated).)",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired",
              "growth.lemma-17.adjoint.repaired"},
     .repairs = "",
     .proof =
         R"($\partial L/\partial U = \frac{\sigma_u}{\sqrt d}\Lambda\,\mathrm{diag}(r)X^\top$, so $\|\partial L/\partial U\|_F \le \frac{\sigma_u}{\sqrt d}\max_j\|\lambda_0(x_j)\|\,\|r\|\,\|X\|$, and the repaired Lemma 17, (5).)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Problem<R> problem = any_problem<R>(any, 0.25);
      const std::vector<Iterate<R>> run = iterates<R>(problem, any.integer("k", 1, 3));
      const Quantity<R> size = linalg::spectral_norm<R>(problem.X);
      const Matrix<R> unit = Matrix<R>::Constant(problem.X.rows(), 1, R(0));
      const Quantity<R> bound = reach<R>(problem, run, [&](const Region<R>& here) {
        // Of an input of norm 1: the bound is s_u ||x|| s_v L1 ||v|| E.
        Matrix<R> x = unit;
        x(0, 0) = R(1);
        return JacobianBounds<R>(problem.start, here, x).U() * size;
      });
      return at_most<R>(Moved<R>::frobenius(run.front(), run.back()).U,
                        rough_factor<R>("eta sum beta_U |u^i - y|", bound));
    });

}  // namespace
}  // namespace gronwall::verify
