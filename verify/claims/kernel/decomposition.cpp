#include <gronwall/kernel/tangent.hpp>

#include "verify/claims/kernel/entry.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

using linalg::Approximation;

const std::string slide = "Slide \"Step 1: NTK Decomposition\"";
constexpr NetworkSize moderate{.width = 4, .inputs = 2, .sigma = 1, .horizon = 1, .weight = 2, .outer = 4};

template <Real R>
Quantity<R> squared(const Quantity<R>& x) {
  return x * x;
}

/// c^T K c, with K's error in the Frobenius norm times |c|^2 and N^2 + 1 roundings.
template <Real R>
Quantity<R> form(const Approximation<R>& K, const Matrix<R>& c) {
  R sum(0);
  for (Eigen::Index j = 0; j < c.size(); ++j)
    for (Eigen::Index i = 0; i < c.size(); ++i) sum += c(i, 0) * K.value(i, j) * c(j, 0);
  const Quantity<R> square = squared<R>(linalg::frobenius_norm<R>(c)),
                    carried = Quantity<R>(K.error) * square;
  if constexpr (real::Enclosing<R>) {
    return Quantity<R>(sum, carried.largest_modulus());
  } else {
    const R roundings = R(static_cast<int>(c.size() * c.size()) + 3) * real::Backend<R>::unit_roundoff();
    const R size = linalg::frobenius_norm<R>(K.value).value() * square.value();
    return Quantity<R>(sum, R(carried.value() + carried.error() + roundings * size));
  }
}

/// Both routes to |sum_j c_j d_p f(x_j)|^2, up to 2^-30 of their size.
template <Real R>
Judgement same_form(const Approximation<R>& part, const Approximation<R>& gradient, const Matrix<R>& c) {
  const Quantity<R> left = form<R>(part, c), right = squared<R>(linalg::norm<R>(gradient));
  const Quantity<R> size = Quantity<R>(1) + abs(right) +
                           linalg::frobenius_norm<R>(part.value) * squared<R>(linalg::frobenius_norm<R>(c));
  return equals<R>(left, right, R(size.value() * real::power<R>(real::ratio<R>(1, 2), 30)));
}

const auto identity = claim(
    {.id = "kernel.decomposition.as-stated",
     .kind = Kind::identity,
     .title = "The tangent kernel is the sum of three positive semidefinite parts",
     .states = R"(K_\theta = K^v + K^W + K^U, \qquad
c^\top K^p c = \Bigl\|\sum_j c_j\,\partial_p f(x_j)\Bigr\|^2 \ge 0,\quad p \in \{v, W, U\})",
     .source = slide,
     .reading =
         R"(The slide says it of $K_\infty$, as a limit of kernels of which it holds at every width $n$; judged there, for any $\theta$, any $N \le 3$ inputs
and any $c$. Two routes: the kernel as an inner product over times (`kernel/tangent.hpp`), and the gradient of $\sum_jc_jf(x_j)$. To 30 bits.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof = R"($K^p_{ij} = \langle\partial_pf(x_i), \partial_pf(x_j)\rangle$ is a Gram matrix.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), moderate);
      const long count = any.integer("N", 1, 3);
      const Matrix<R> X = any.matrix("X", f.inputs(), count, 2), c = any.matrix("c", count, 1, 2);
      const model::NeuralOde<R> ode(f);
      const kernel::TangentKernel<R> K = kernel::tangent_kernel(ode, X);
      const model::Gradient<R> gradient = ode.gradient(X, c);
      return same_form<R>(K.v, gradient.v, c) && same_form<R>(K.W, gradient.W, c) &&
             same_form<R>(K.U, gradient.U, c);
    });

const auto order = claim(
    {.id = "kernel.decomposition.order",
     .kind = Kind::spectrum,
     .title = "The kernel is at least its output part",
     .states =
         R"(K_\theta \succeq K^v \quad\text{and}\quad \lambda_{\min}(K_\theta) \ge \lambda_{\min}(K^v))",
     .source = slide,
     .reading =
         R"("If $K^v_\infty$ is SPD, then $K_\infty$ is also SPD", at every width $n$; both smallest eigenvalues enclosed. Where both matrices are singular both
sides are 0, which no enclosure can order.)",
     .uses = {"kernel.decomposition.as-stated"},
     .repairs = "",
     .proof =
         R"($c^\top Kc = c^\top K^vc + c^\top K^Wc + c^\top K^Uc \ge c^\top K^vc$, and $\lambda_{\min}$ is the least value on unit vectors. Limits keep both.)",
     .cases = 40},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), moderate);
      const long count = any.integer("N", 1, 3);
      const Matrix<R> X = any.matrix("X", f.inputs(), count, 2);
      const kernel::TangentKernel<R> K = kernel::tangent_kernel(model::NeuralOde<R>(f), X);
      const Approximation<R> whole = K.sum();
      return at_most<R>(linalg::smallest_eigenvalue<R>(K.v.value, K.v.error),
                        linalg::smallest_eigenvalue<R>(whole.value, whole.error));
    });

const auto output_part = claim(
    {.id = "kernel.output-part.as-stated",
     .kind = Kind::identity,
     .title = "The output part at width n",
     .states =
         R"(K^v(x, \bar x) = \frac{\sigma_v^2}{n}\sum_{i=1}^n \phi(h_T^{(i)}(x))\,\phi(h_T^{(i)}(\bar x)))",
     .source = "Slide \"Step 2: K^v and NNGP Kernel\"",
     .reading =
         R"($K^v = \langle\partial_vf(x), \partial_vf(\bar x)\rangle$ from the gradient, against the formula at the state $h_T$. To 30 bits.)",
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof = R"($f = \frac{\sigma_v}{\sqrt n}v^\top\phi(h_T)$ is linear in $v$.)",
     .cases = 60},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), moderate);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2),
                      xbar = any_input<R>(any, "xbar", f.inputs(), 2);
      const model::NeuralOde<R> ode(f);
      const Quantity<R> kernel = inner_product<R>(gradient_at<model::NeuralOde<R>, R>(ode, x).v,
                                                  gradient_at<model::NeuralOde<R>, R>(ode, xbar).v);
      const auto active = [&f, &ode](const Matrix<R>& at) {
        const Approximation<R> h = ode.hidden(at, f.horizon);
        const Quantity<R> moved = lipschitz<R>(f) * Quantity<R>(h.error);
        Approximation<R> out;
        f.phi.template in<R>().value(h.value, out.value);
        out.error = R(moved.value() + moved.error());
        if constexpr (real::Floating<R>)
          out.error +=
              R(8) * real::Backend<R>::unit_roundoff() * linalg::frobenius_norm<R>(out.value).value();
        return out;
      };
      const Quantity<R> formula = factor<R>("sigma_v^2", squared<R>(Quantity<R>(f.sigma_v))) /
                                  divisor<R>("n", Quantity<R>(static_cast<int>(f.width()))) *
                                  inner_product<R>(active(x), active(xbar));
      const R tolerance = R((R(1) + abs(formula).value()) * real::power<R>(real::ratio<R>(1, 2), 30));
      return equals<R>(kernel, formula, tolerance);
    });

}  // namespace
}  // namespace gronwall::verify
