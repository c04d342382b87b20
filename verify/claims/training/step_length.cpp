#include "verify/claims/training/step.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"
#include "verify/engine/terms.hpp"

namespace gronwall::verify {
namespace {

const std::string slide = "Slide \"Consistently decreases\", length of a step";

const auto identity = claim(
    {.id = "training.step-length.identity.as-stated",
     .kind = Kind::identity,
     .title = "The length of a step",
     .states =
         R"(\|\theta^{k+1} - \theta^k\| = \eta\Bigl\|\frac{\partial L(\theta^k)}{\partial\theta}\Bigr\| = \eta\Bigl\|\Bigl(\frac{\partial u^k}{\partial\theta}\Bigr)^{\!\top}(u^k - y)\Bigr\|)",
     .source = slide,
     .reading =
         R"(The gradient of the loss in one backward pass for all samples, against the sum of the samples' gradients times their residuals. To 30 bits. (The slide's
$\frac{\partial u}{\partial\theta}$ has a column for each sample where it is multiplied by $u - y$, so that its $\top$ is one too many here; read as the sum.))",
     .uses = {"gradient.loss.v.as-stated", "gradient.loss.W.repaired", "gradient.loss.U.repaired"},
     .repairs = "",
     .proof =
         R"($\theta^{k+1} - \theta^k = -\eta\,\partial L/\partial\theta$ by definition, and $\partial L/\partial\theta = \sum_i(u_i - y_i)\nabla f(x_i)$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 3);
      const Samples<R> now(s.f, s.start(), s.X);
      const std::vector<Quantity<R>> r = now.residual(s.y);
      const Quantity<R> step =
          (moved<R>(s.start(), Quantity<R>(s.eta), now.loss_gradient(s.y)) - s.start()).norm();
      Matrix<R> c(s.samples(), 1);
      for (std::size_t i = 0; i < r.size(); ++i) c(static_cast<Eigen::Index>(i), 0) = r[i].value();
      const Quantity<R> length =
          Quantity<R>(s.eta) * Tuple<R>(model::NeuralOde<R>(s.f).gradient(s.X, c)).norm();
      return equals<R>(step, length, R((R(1) + length.value()) * real::power<R>(real::ratio<R>(1, 2), 30)));
    });

const auto as_stated = claim(
    {.id = "training.step-length.as-stated",
     .kind = Kind::uniformity,
     .title = "The length of a step is at most of order sigma T",
     .states =
         R"(\eta\Bigl\|\Bigl(\frac{\partial u^k}{\partial\theta}\Bigr)^{\!\top}(u^k - y)\Bigr\| \le \eta(\sigma T)Ce^{C\sigma T}\|X\|\,\|u^k - y\|)",
     .source = slide,
     .reading =
         R"($C$ bounds what the induction hypothesis bounds ($\|v\|, \|W\|, \|U\| \le C\sqrt n$) and depends on $\phi$ and the scales; $\sigma T$ stands beside it. Two families,
with what $Ce^{C\sigma T}$ has to reach. Short horizons: one neuron and one sample, $W = 0$, $U = v = x = \sigma = 1$, $T = 1/m$. Many samples: $n = N = d = m$,
$X = I$, $U$ a Hadamard matrix, so that $\|X\| = 1$ (spectral norm) and $\|U\| = \sqrt n$, $v = W = 0$, $\sigma = T = 1$, and equal labels.)",
     .uses = {"growth.gradient-v.closed.as-stated", "growth.gradient-W.closed.as-stated",
              "growth.gradient-U.closed.as-stated"},
     .repairs = "",
     .proof =
         R"(Short horizons: $h$ stays at 1, and the part of $v$ alone is $\phi(1)|u - y|$ for every $T$, so $Ce^{C/m} \ge m\,\phi(1)$. (At $\sigma T = 0$ the right side is 0,
whatever $C$ is, and the left side is not.) Many samples: $\frac{1}{\sqrt n}\sum_i\phi(Ue_i)$ has $\phi(1)N/\sqrt n$ as its first entry and $\frac N{2\sqrt n}(\phi(1) + \phi(-1))$ as each
other one; $\phi(1) + \phi(-1) \ne 0$ for softplus and GELU, so that its norm over $\|u - y\| = \sqrt N$ grows as $\sqrt N$.)",
     .cases = 6},
    []<Real R>(Any<R>& any) -> Judgement {
      const std::string family = any.one_of("family", {"short horizons", "many samples"});
      const bool many = family == "many samples";
      const activation::Activation phi =
          many ? any.activation("phi", {"softplus", "gelu"}) : any.activation("phi", named_by_the_paper);
      const R label = any.number("y", -4, 0);
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"balls prove what is needed"};
      const auto all = [](long rows, long cols, int x) {
        return Matrix<R>(Matrix<R>::Constant(rows, cols, R(x)));
      };
      FamilyStudy<R> study(many ? "N" : "1/T");
      for (const int m : {2, 4, 8, 16}) {
        const int n = many ? m : 1;
        Network<R> f{phi, {all(n, 1, many ? 0 : 1), all(n, n, 0), all(n, n, 1)}};
        f.sigma_u = sqrt(R(n));
        Matrix<R> X = all(1, 1, 1);
        if (many) {
          X = all(n, n, 0);
          for (int i = 0; i < n; ++i) X(i, i) = R(1);
          // Sylvester's Hadamard matrix: the parity of i AND j.
          for (int j = 0; j < n; ++j)
            for (int i = 0; i < n; ++i)
              if (__builtin_parity(static_cast<unsigned>(i & j)) != 0) f.theta.U(i, j) = R(-1);
        } else {
          f.horizon = real::ratio<R>(1, m);
        }
        // The label, moved away from what a network with v = 0 says.
        const Matrix<R> y = Matrix<R>::Constant(n, 1, R(label - R(1)));
        const Samples<R> now(f, Tuple<R>(f.theta), X);
        study.add(m,
                  now.loss_gradient(y).norm() / (Quantity<R>(f.sigma_w) * Quantity<R>(f.horizon) *
                                                 linalg::spectral_norm<R>(X) * norm_of<R>(now.residual(y))));
      }
      return study.judge("|grad L|/(sigma T |X| |u - y|)");
    });

const auto repaired = claim(
    {.id = "training.step-length.repaired",
     .kind = Kind::bound,
     .title = "The length of a step, with an explicit constant",
     .states =
         R"(\|\theta^{k+1} - \theta^k\| \le \eta\,\beta\,\|u^k - y\|,\qquad \beta^2 = \sum_i\bigl(\beta_{v,i}^2 + \beta_{W,i}^2 + \beta_{U,i}^2\bigr))",
     .source = slide + ", with all three parts of the gradient",
     .reading =
         R"($\beta_{p,i}$ the bound of $\|\partial_pf(x_i)\|_F$ from Lemma 17: with $q_i = L_1\frac{\sigma_u}{\sqrt d}\|U\|\|x_i\| + |\phi(0)|\sqrt n$ and $E = e^{aL_1T}$, $\beta_{v,i} = \frac{\sigma_v}{\sqrt n}q_iE$,
$\beta_{W,i} = \frac{\sigma_wT}{\sqrt n}\frac{\sigma_v}{\sqrt n}L_1\|v\|q_iE$, $\beta_{U,i} = \frac{\sigma_u}{\sqrt d}\|x_i\|\frac{\sigma_v}{\sqrt n}L_1\|v\|E$. Only the part of $W$ is of order $\sigma T$, and the sum over samples is that of Frobenius, not the
spectral norm of $X$.)",
     .uses = {"growth.lemma-17.state.repaired", "growth.lemma-17.adjoint.repaired"},
     .repairs = "training.step-length.as-stated",
     .proof =
         R"($\|\sum_ir_i\nabla f(x_i)\| \le \sum_i|r_i|\|\nabla f(x_i)\| \le \|r\|\,(\sum_i\|\nabla f(x_i)\|^2)^{1/2}$, and the three parts of $\nabla f(x_i)$ are orthogonal.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Setting<R> s = any_setting<R>(
          any, any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network), 1, 3);
      const Samples<R> now(s.f, s.start(), s.X);
      const Quantity<R> eta(s.eta);
      const Tuple<R> step = moved<R>(s.start(), eta, now.loss_gradient(s.y)) - s.start();
      const JacobianBoundsOf<R> bounds(s.f, s.start().region(), s.X);
      return at_most<R>(step.norm(), fraction<R>("eta", eta) * factor<R>("beta", bounds.beta()) *
                                         factor<R>("residual", norm_of<R>(now.residual(s.y))));
    });

}  // namespace
}  // namespace gronwall::verify
