#include <gronwall/kernel/tangent.hpp>
#include <gronwall/linalg/product.hpp>

#include "verify/claims/training/families.hpp"
#include "verify/claims/training/rationals.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/studies.hpp"

namespace gronwall::verify {
namespace {

const std::string conclusion = "Last slide of \"Consistently decreases\", the conclusion of the induction";

const auto hypothesis_as_stated = claim(
    {.id = "training.induction.hypothesis.as-stated",
     .kind = Kind::bound,
     .title = "The step proved does not give the hypothesis again",
     .states =
         R"(\|u^k - y\| \le (1 - q)^k\|u^0 - y\|,\ \|u^{k+1} - y\| \le (1 - \tfrac q8)\|u^k - y\| \implies \|u^{k+1} - y\| \le (1 - q)^{k+1}\|u^0 - y\|,\qquad q = \eta\alpha_0^2)",
     .source = "Slides \"Preliminaries and notation\" (hypothesis) and \"Consistently decreases\" (step)",
     .reading = R"($q \in (0, 1]$, residuals that attain both assumptions; exactly.)",
     .uses = {"training.contraction.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational q = any_exactly<R>(any, "q", least_rate, 1);
      const long k = any.integer("k", 0, 12);
      const Rational before = rational_power(Rational(1 - q), k);
      return at_most_exactly(Rational((1 - q / 8) * before), rational_power(Rational(1 - q), k + 1));
    });

/// The numbers of the repaired induction: alpha <= beta, eta beta^2 <= 1, 16 l beta r <= alpha^3.
struct Constants {
  Rational alpha, beta, eta, residual, lipschitz;
};
template <Real R>
Constants any_constants(Any<R>& any) {
  Constants c;
  c.beta = any_exactly<R>(any, "beta", least_rate, 16);
  c.alpha = c.beta * any_exactly<R>(any, "alpha_0/beta", least_rate, 1);
  c.eta = any_exactly<R>(any, "eta beta^2", least_rate, 1) / (c.beta * c.beta);
  c.residual = any_exactly<R>(any, "residual", least_rate, 16);
  c.lipschitz = any_exactly<R>(any, "16 l beta residual/alpha_0^3", 0, 1) * c.alpha * c.alpha * c.alpha /
                (16 * c.beta * c.residual);
  return c;
}

const auto hypothesis_repaired = claim(
    {.id = "training.induction.hypothesis.repaired",
     .kind = Kind::bound,
     .title = "The induction closes with a rate of 1 - q/8",
     .states =
         R"(\eta\beta^2 \le 1,\ 16\,\ell\beta\|u^0 - y\| \le \alpha_0^3:\quad \eta\beta\sum_{i \le k}\bigl(1 - \tfrac q8\bigr)^i\|u^0 - y\| \le \rho := \frac{8\beta\|u^0 - y\|}{\alpha_0^2},\quad
\alpha_0 - \ell\rho \ge \frac{\alpha_0}2,\quad 1 - \frac q4 + \frac{\eta^2\ell\beta^2}2\|u^0 - y\| \le 1 - \frac q8)",
     .source = "Slides \"Preliminaries and notation\" (hypothesis) and \"Consistently decreases\" (step)",
     .reading =
         R"(What the repaired induction has to show, $q = \eta\alpha_0^2$, $\alpha_0 = \sigma_{\min}(\partial u^0/\partial\theta) \le \beta$: $\beta$ and $\ell$ bound the Jacobian and its Lipschitz constant on the ball of radius
$\rho$ around $\theta^0$. The hypothesis is $\|u^i - y\| \le (1 - q/8)^i\|u^0 - y\|$ for $i \le k$. First: $\theta^{k+1}$ is in the ball. Second: $\sigma_{\min} \ge \alpha_0/2$ there (Weyl). Third: one more step
shrinks by $1 - q/8$, where $\|I - \eta J^\top J\| \le 1 - \eta\alpha_0^2/4$ (for which $\eta\beta^2 \le 1$) and Taylor's remainder is $\frac\ell2\|\theta^{k+1} - \theta^k\|^2 \le \frac{\eta^2\ell\beta^2}2\|u^k - y\|^2$. Exactly, over the
rationals, up to $k = 12$.)",
     .uses = {"training.step-length.repaired", "training.jacobian-drift.repaired",
              "training.linearised.repaired", "training.weyl.matrices.as-stated",
              "training.weyl.square.as-stated"},
     .repairs = "training.induction.hypothesis.as-stated",
     .proof =
         R"(First: the sum is at most $8/q$, so that the left side is at most $8\eta\beta\|u^0 - y\|/(\eta\alpha_0^2)$. Second: $\ell\rho = 8\ell\beta\|u^0 - y\|/\alpha_0^2 \le \alpha_0/2$. Third: $\eta\beta^2 \le 1$ and
$\ell\|u^0 - y\| \le \alpha_0^3/(16\beta) \le \alpha_0^2/16$, so that the remainder is at most $\eta\alpha_0^2/32 \le q/8$.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const Constants c = any_constants<R>(any);
      const long k = any.integer("k", 0, 12);
      const Rational square = c.alpha * c.alpha, q = c.eta * square;
      const Rational radius = 8 * c.beta * c.residual / square;
      return at_most_exactly(Rational(c.eta * c.beta * c.residual * geometric(Rational(1 - q / 8), k + 1)),
                             radius) &&
             at_most_exactly(Rational(c.alpha / 2), Rational(c.alpha - c.lipschitz * radius)) &&
             at_most_exactly(
                 Rational(1 - q / 4 + c.eta * c.eta * c.lipschitz * c.beta * c.beta * c.residual / 2),
                 Rational(1 - q / 8));
    });

const auto index_as_stated = claim(
    {.id = "training.induction.index.as-stated",
     .kind = Kind::bound,
     .title = "The conclusion's exponent is one too small",
     .states =
         R"(\|u^{k+1} - y\| \le (1 - p)^k\|u^0 - y\| \implies \|u^{k+1} - y\| \le (1 - p)^{k+1}\|u^0 - y\|,\qquad p = \frac{\eta\lambda_0}8)",
     .source = conclusion,
     .reading =
         R"(The conclusion, whose exponent is $k$, read as (3) of Lemma 16 at $k + 1$, which is what the induction has to show. $p \in (0, 1]$, a residual that attains the conclusion; exactly.)",
     .uses = {"training.contraction.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational p = any_exactly<R>(any, "p", least_rate, 1);
      const long k = any.integer("k", 0, 12);
      return at_most_exactly(rational_power(Rational(1 - p), k), rational_power(Rational(1 - p), k + 1));
    });

const auto index_repaired = claim(
    {.id = "training.induction.index.repaired",
     .kind = Kind::bound,
     .title = "The conclusion with its exponent",
     .states =
         R"(\|u^k - y\| \le (1 - p)^k\|u^0 - y\|,\ \|u^{k+1} - y\| \le (1 - p)\|u^k - y\| \implies \|u^{k+1} - y\| \le (1 - p)^{k+1}\|u^0 - y\|)",
     .source = conclusion,
     .reading = R"($p \in (0, 1]$, residuals that attain both assumptions; exactly.)",
     .uses = {},
     .repairs = "training.induction.index.as-stated",
     .proof = R"($(1 - p)(1 - p)^k = (1 - p)^{k+1}$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational p = any_exactly<R>(any, "p", least_rate, 1);
      const long k = any.integer("k", 0, 12);
      const Rational before = rational_power(Rational(1 - p), k);
      return at_most_exactly(Rational((1 - p) * before), rational_power(Rational(1 - p), k + 1));
    });

const auto norms_as_stated = claim(
    {.id = "training.induction.norms.as-stated",
     .kind = Kind::bound,
     .title = "One C on both sides",
     .states = R"(\|v^{k+1} - v^0\| \le C\sqrt n,\ \|v^0\| \le C\sqrt n \implies \|v^{k+1}\| \le C\sqrt n)",
     .source = "Slide \"Closed\", the norms of the parameters",
     .reading =
         R"(With the one $C$ of the induction hypothesis, which has to come out again. For $n = m^2$, $v^0 = Cm\,e_1$ and $v^{k+1} - v^0 = sCm\,e_1$, $|s| \le 1$; exactly.)",
     .uses = {"training.movement-v.as-stated", "training.movement-W.as-stated",
              "training.movement-U.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational C = any_exactly<R>(any, "C", least_rate, 16), s = any_exactly<R>(any, "s", -1, 1);
      const long m = any.integer("m", 1, 32);
      const Rational end = C * m * (1 + s);
      return at_most_exactly(end, Rational(C * m));
    });

const auto norms_repaired = claim(
    {.id = "training.induction.norms.repaired",
     .kind = Kind::bound,
     .title = "The norms of the parameters, with two constants",
     .states = R"(\|v^{k+1} - v^0\| \le C\sqrt n,\ \|v^0\| \le C\sqrt n \implies \|v^{k+1}\| \le 2C\sqrt n)",
     .source = "Slide \"Closed\", the norms of the parameters",
     .reading =
         R"(For $v^0$ and a movement of any direction in the plane of both; squares of norms, exactly. The hypothesis is then $\|v^i\|, \|W^i\|, \|U^i\| \le 2C\sqrt n$, and the constants of all bounds
are those of $2C$, while $C$ stays the constant of the start: the induction closes.)",
     .uses = {},
     .repairs = "training.induction.norms.as-stated",
     .proof = R"(The triangle inequality. $C$ is fixed by $\theta^0$ and does not grow from step to step.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational C = any_exactly<R>(any, "C", least_rate, 16), s = any_exactly<R>(any, "s", -1, 1),
                     r = any_exactly<R>(any, "r", -1, 1), slope = any_exactly<R>(any, "slope", -4, 4);
      const long m = any.integer("m", 1, 32);
      // v^0 = s C m e_1; the movement is r C m (cos, sin), a rational point of the circle.
      const Rational size = 1 + slope * slope, cosine = (1 - slope * slope) / size, sine = 2 * slope / size;
      const Rational x = C * m * (s + r * cosine), y = C * m * r * sine;
      const Rational bound = Rational(2) * C * m;
      return at_most_exactly(Rational(x * x + y * y), Rational(bound * bound));
    });

/// A network, one sample x, and both eigenvalues: K(x, x) = lambda_0 and K^v(x, x) = alpha_0^2.
template <Real R>
struct Eigenvalues {
  Quantity<R> whole, output;
  Eigenvalues(const Network<R>& f, const Matrix<R>& x) {
    const model::Gradient<R> g = gradient_at<model::NeuralOde<R>, R>(model::NeuralOde<R>(f), x);
    output = inner_product<R>(g.v, g.v);
    whole = kernel_entry<R>(g, g);
  }
};

const auto rate_as_stated = claim(
    {.id = "training.induction.rate.as-stated",
     .kind = Kind::bound,
     .title = "The rate proved is not the rate concluded",
     .states =
         R"(1 - \frac{\eta\alpha_0^2}8 \le 1 - \frac{\eta\lambda_0}8,\qquad \alpha_0 = \sigma_{\min}\Bigl(\frac{\sigma_v}{\sqrt n}\Phi^0\Bigr),\ \lambda_0 = \lambda_{\min}(K_{\theta^0}))",
     .source = conclusion,
     .reading =
         R"(The step proved shrinks the residual by $1 - \eta\alpha_0^2/8$; the conclusion has $\lambda_0$ for $\alpha_0^2$. That needs $\lambda_0 \le \alpha_0^2$. For $N = 1$, where both are numbers:
$K^v + K^W + K^U \le K^v$. $\eta \in (0, 1]$.)",
     .uses = {"training.contraction.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", named_by_the_paper), small_ode);
      const Eigenvalues<R> K(f, any_input<R>(any, "x", f.inputs(), 2));
      const Quantity<R> eighth = Quantity<R>(any.number("eta", least_rate, 1)) / Quantity<R>(8);
      return at_most<R>(Quantity<R>(1) - eighth * K.output, Quantity<R>(1) - eighth * K.whole);
    });

const auto rate_repaired = claim(
    {.id = "training.induction.rate.repaired",
     .kind = Kind::bound,
     .title = "The rate that is proved",
     .states =
         R"(1 - \frac{\eta\lambda_0}8 \le 1 - \frac{\eta\alpha_0^2}8,\qquad \text{and equality if } \alpha_0 := \sigma_{\min}\Bigl(\frac{\partial u^0}{\partial\theta}\Bigr))",
     .source = conclusion,
     .reading =
         R"(The conclusion holds with $\alpha_0^2$ in place of $\lambda_0$, which is weaker; or with $\lambda_0$, if $\alpha_0$ is defined from the start by the whole Jacobian, whose drift and smallest singular value
are what the proof follows. For $N \le 2$ and all scales: the inequality, and $\lambda_{\min}(K_{\theta^0}) = \sigma_{\min}(\partial u^0/\partial\theta)^2$, the kernel once by the library's `tangent_kernel` and once by gradients, to 20 bits.)",
     .uses = {"kernel.decomposition.order", "training.weyl.square.as-stated"},
     .repairs = "training.induction.rate.as-stated",
     .proof = R"($K_{\theta^0} = J^\top J \succeq K^v$, $J = \partial u^0/\partial\theta$.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network);
      const long count = any.integer("N", 1, 2);
      const Matrix<R> X = any.matrix("X", f.inputs(), count, 2);
      const Quantity<R> eighth = Quantity<R>(any.number("eta", least_rate, 1)) / Quantity<R>(8);
      const kernel::TangentKernel<R> K = kernel::tangent_kernel(model::NeuralOde<R>(f), X);
      const Approximation<R> sum = K.sum(), jacobian = gram<R>(Samples<R>(f, Tuple<R>(f.theta), X).gradients);
      const Quantity<R> whole = linalg::smallest_eigenvalue<R>(sum.value, sum.error),
                        output = linalg::smallest_eigenvalue<R>(K.v.value, K.v.error),
                        square = linalg::smallest_eigenvalue<R>(jacobian.value, jacobian.error);
      const R tolerance =
          R((R(1) + linalg::frobenius_norm<R>(sum.value).value()) * real::power<R>(real::ratio<R>(1, 2), 20));
      return at_most<R>(Quantity<R>(1) - eighth * whole, Quantity<R>(1) - eighth * output) &&
             equals<R>(whole, square, tolerance);
    });

const auto eigenvalue_as_stated = claim(
    {.id = "training.induction.eigenvalue.as-stated",
     .kind = Kind::uniformity,
     .title = "lambda_0 for alpha_0^2, up to a constant",
     .states = R"(\frac{\|X\|\,\|u^0 - y\|}{\alpha_0^2} \le C\,\frac{\|X\|\,\|u^0 - y\|}{\lambda_0})",
     .source = conclusion,
     .reading =
         R"(The movement is bounded by $1/\alpha_0^2$, the conclusion by $1/\lambda_0$, with a constant $C$ that depends on $L_1, L_2$, the scales and $T$; likewise $n = \Omega(\|X\|^4\|u^0 - y\|^2/\lambda_0^3)$ stands for
$\alpha_0^6$. $C$ has to reach $\lambda_0/\alpha_0^2$. The family: one neuron, one sample $x = 1$, $v = 1$, $U = 1/m$, $W = 0$, all scales and $T$ 1, tanh or GELU; the parameter is $1/U$.)",
     .uses = {"training.movement-v.as-stated", "training.movement-W.as-stated",
              "training.movement-U.as-stated"},
     .repairs = "",
     .proof =
         R"($\alpha_0^2 = \phi(1/m)^2 \to 0$ for $\phi(0) = 0$, while $\lambda_0 \ge K^U = \phi'(1/m)^2 \to \phi'(0)^2 > 0$: the quotient grows as $m^2$.)",
     .cases = 4},
    []<Real R>(Any<R>& any) -> Judgement {
      const activation::Activation phi = any.activation("phi", {"tanh", "gelu"});
      const R v = any.number("v", 0.5, 4);
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"balls prove what is needed"};
      FamilyStudy<R> study("1/U");
      for (const int m : {1, 2, 4, 8, 16}) {
        const Network<R> f{
            phi, {constant<R>(1, 1, v), constant<R>(1, 1, R(0)), constant<R>(1, 1, real::ratio<R>(1, m))}};
        const Eigenvalues<R> K(f, constant<R>(1, 1, R(1)));
        study.add(m, K.whole / K.output);
      }
      return study.judge("lambda_0/alpha_0^2");
    });

/// n = d = count + 1 = m, a power of two; U Sylvester's Hadamard matrix, x_i = (e_i + e_0)/sqrt 2 for i = 1,
/// ..., N. Then sqrt 2 U x_i has the entries 0 and 2, and K^v = c (I + 1 1^T) with c = (phi(sqrt 2) -
/// phi(0))^2/4 for phi(0) = 0.
template <Real R>
struct Correlated {
  Network<R> f;
  Matrix<R> X;
  Correlated(const activation::Activation& phi, int m)
      : f{phi, {constant<R>(m, 1, R(0)), constant<R>(m, m, R(0)), constant<R>(m, m, R(1))}},
        X(constant<R>(m, m - 1, R(0))) {
    for (int j = 0; j < m; ++j)
      for (int i = 0; i < m; ++i)
        if (__builtin_parity(static_cast<unsigned>(i & j)) != 0) f.theta.U(i, j) = R(-1);
    const R half = sqrt(real::ratio<R>(1, 2));
    for (int i = 1; i < m; ++i) X(0, i - 1) = X(i, i - 1) = half;
    f.sigma_u = sqrt(R(m));
  }
};

const auto width_as_stated = claim(
    {.id = "training.induction.width.as-stated",
     .kind = Kind::uniformity,
     .title = "The width of the lemma is not the width that its proof needs",
     .states =
         R"(n \ge C\,\frac{\|X\|^4\|u^0 - y\|^2}{\alpha_0^6} \implies \sqrt n \ge 8\,\frac{\|X\|^3\|u^0 - y\|}{\alpha_0^2})",
     .source = "Lemma 16, and the slide of \"Consistently decreases\" that ends with 1 - eta alpha_0^2/8",
     .reading =
         R"($n = \Omega(\cdot)$ of the lemma, with $\alpha_0^2$ for $\lambda_0$, against the second assumption on the width that the proof makes on its way, its $C(\sigma T)^3e^{C\sigma T}$ taken as 1. $C$ has to reach $64\|X\|^2\alpha_0^2$. (The
first assumption, $\sqrt n \ge C\|X\|^2\|u^0 - y\|/\alpha_0^3$, does follow.) The family: $n = d = N + 1$, $U$ a Hadamard matrix, $x_i = (e_i + e_0)/\sqrt2$, $W = v = 0$: unit inputs of pairwise correlation $\frac12$.)",
     .uses = {"training.jacobian-from-start.half.as-stated", "training.contraction.as-stated"},
     .repairs = "",
     .proof =
         R"($X^\top X = \frac12(I + 11^\top)$, so that $\|X\|^2 = (N + 1)/2$. The entries of $Ux_i$ are $0$ and $\sqrt2$, which two of a row's signs decide, and the rows of a Hadamard matrix are orthogonal: $K^v = \frac14\phi(\sqrt2)^2(I + 11^\top)$ for
$\phi(0) = 0$, and $\alpha_0^2 = \frac14\phi(\sqrt2)^2$ for all $N$. So $64\|X\|^2\alpha_0^2 = 8(N + 1)\phi(\sqrt2)^2$.)",
     .cases = 2},
    []<Real R>(Any<R>& any) -> Judgement {
      const activation::Activation phi = any.activation("phi", {"tanh", "gelu"});
      if constexpr (real::Floating<R> && real::Backend<R>::digits > 20)
        throw Abstention{"balls prove what is needed"};
      FamilyStudy<R> study("N");
      for (const int m : {4, 8, 16, 32}) {
        const Correlated<R> at(phi, m);
        // W = 0 and v = 0: h_T = U x, and the states are known without an ODE.
        Approximation<R> active = model::initial_state_with_error<R>(at.f, at.X);
        const Quantity<R> moved = lipschitz<R>(at.f) * Quantity<R>(active.error);
        Matrix<R> phi_of;
        phi.template in<R>().value(active.value, phi_of);
        const Quantity<R> n(m), size = linalg::frobenius_norm<R>(phi_of);
        const Matrix<R> square = linalg::transpose_multiply<R>(phi_of, phi_of);
        R off(0);
        if constexpr (real::Floating<R>)
          off = R((size *
                   (Quantity<R>(2) * moved + size * Quantity<R>(R(100) * real::Backend<R>::unit_roundoff())))
                      .value());
        const Quantity<R> alpha_squared = linalg::smallest_eigenvalue<R>(square, off) / n;
        const Quantity<R> norm = linalg::spectral_norm<R>(at.X);
        study.add(m - 1, Quantity<R>(64) * norm * norm * alpha_squared);
      }
      return study.judge("64 |X|^2 alpha_0^2");
    });

const auto width_repaired = claim(
    {.id = "training.induction.width.repaired",
     .kind = Kind::bound,
     .title = "One condition on the width serves both ends",
     .states =
         R"(\sqrt n \ge \frac{16\,a\,b\,\|X\|^2\|u^0 - y\|}{\alpha_0^3},\quad \eta b^2\|X\|^2 \le 1,\ \alpha_0 \le b\|X\| \implies \eta\,\frac{a\,b^2}{2\sqrt n}\|X\|^3\|u^0 - y\| \le \frac{\alpha_0^2}8)",
     .source = "Lemma 16, and the slide of \"Consistently decreases\" that ends with 1 - eta alpha_0^2/8",
     .reading =
         R"($\ell = a\|X\|/\sqrt n$ and $\beta = b\|X\|$ in training.induction.hypothesis.repaired, $\|X\|$ the Frobenius norm. The proof had let go of the $\eta$ of its remainder; with it, one power of $\|X\|$ is
enough in place of three, and $n = \Omega(\|X\|^4\|u^0 - y\|^2/\alpha_0^6)$ suffices. Exactly.)",
     .uses = {"training.induction.hypothesis.repaired"},
     .repairs = "training.induction.width.as-stated",
     .proof =
         R"($\eta\frac{ab^2}{2\sqrt n}\|X\|^3\|u^0 - y\| \le \frac{a\|X\|\|u^0 - y\|}{2\sqrt n} \le \frac{\alpha_0^3}{32\,b\|X\|} \le \frac{\alpha_0^2}{32}$.)",
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Rational a = any_exactly<R>(any, "a", least_rate, 16),
                     b = any_exactly<R>(any, "b", least_rate, 16),
                     X = any_exactly<R>(any, "||X||", 0.125, 32),
                     r = any_exactly<R>(any, "residual", least_rate, 16), s = any_exactly<R>(any, "s", 1, 4);
      const Rational alpha = b * X * any_exactly<R>(any, "alpha_0/(b ||X||)", least_rate, 1);
      const Rational eta = any_exactly<R>(any, "eta b^2 ||X||^2", least_rate, 1) / (b * b * X * X);
      const Rational width = s * 16 * a * b * X * X * r / (alpha * alpha * alpha);
      return at_most_exactly(Rational(eta * a * b * b * X * X * X * r / (2 * width)),
                             Rational(alpha * alpha / 8));
    });

const auto eigenvalue_repaired = claim(
    {.id = "training.induction.eigenvalue.repaired",
     .kind = Kind::bound,
     .title = "lambda_0 for alpha_0^2, the other way",
     .states =
         R"(\alpha_0^2 \le \lambda_0, \qquad\text{so}\qquad \frac{1}{\lambda_0} \le \frac1{\alpha_0^2})",
     .source = conclusion,
     .reading =
         R"(What follows from $K \succeq K^v$: the conclusion with $\alpha_0^2$, which is the weaker one; or that with $\lambda_0$ and $\alpha_0$ redefined (training.induction.rate.repaired). $N = 1$, all scales.)",
     .uses = {"kernel.decomposition.order"},
     .repairs = "training.induction.eigenvalue.as-stated",
     .proof = R"($K = K^v + K^W + K^U$ and each is at least 0.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small_network);
      const Eigenvalues<R> K(f, any_input<R>(any, "x", f.inputs(), 2));
      return at_most<R>(K.output, K.whole);
    });

}  // namespace
}  // namespace gronwall::verify
