#include <gronwall/linalg/product.hpp>

#include "verify/claims/gradient/quotients.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

constexpr NetworkSize small{.width = 3, .inputs = 3, .sigma = 2, .horizon = 2, .weight = 1, .outer = 4};

const std::string slide = "Slide \"Preliminaries and notation\", gradient of f";
const std::string how =
    R"( On the left the derivative from values of $f$ alone (difference quotients with a bounded remainder, see
`verify/claims/gradient/quotients.hpp`); they agree within $2^{-40}$ of $|f|$ and a bound of the derivative together, and their enclosures meet.)";
/// Why the formulas hold, by variation of the constants.
const std::string proof = R"(Move a parameter $p$. The derivative $\xi_t = \partial h_t/\partial p$ obeys
$\dot\xi = \frac{\sigma_w}{\sqrt n}W\,\mathrm{diag}(\phi'(h))\xi + g_t$ with $g_t = \frac{\sigma_w}{\sqrt n}\phi(h_{t,k})e_i$ for $p = W_{ik}$ and $0$ for $p = U_{ij}$,
where $\xi_0 = \frac{\sigma_u}{\sqrt d}x_je_i$. By the adjoint equation $\frac{d}{dt}\langle\lambda_t, \xi_t\rangle = \langle\lambda_t, g_t\rangle$, so
$\partial_pf = \langle\lambda_T, \xi_T\rangle = \langle\lambda_0, \xi_0\rangle + \int_0^T\langle\lambda_t, g_t\rangle dt$: the entry
$\int\frac{\sigma_w}{\sqrt n}\lambda_{t,i}\phi(h_{t,k})dt$ at $(i, k)$, and $\frac{\sigma_u}{\sqrt d}\lambda_{0,i}x_j$ at $(i, j)$.)";

template <Real R>
model::Gradient<R> gradient(const Network<R>& f, const Matrix<R>& x) {
  return solver<R>(f).gradient(x, Matrix<R>::Constant(1, 1, R(1)));
}

/// phi(h_{T,i}).
template <Real R>
Quantity<R> final_activation(const Network<R>& f, const Matrix<R>& x, long i) {
  const Approximation<R> h = solver<R>(f).hidden(x, f.horizon);
  const Quantity<R> at = few_ulp<R>(f.phi.template in<R>().value(h.value(i, 0)));
  return widened<R>(at, lipschitz<R>(f) * Quantity<R>(h.error));
}

const auto output_part = claim(
    {.id = "gradient.output.as-stated",
     .kind = Kind::identity,
     .title = "The derivative of f in v",
     .states = R"(\partial_vf_\theta(x) = \frac{\sigma_v}{\sqrt n}\,\phi(h_T))",
     .source = slide,
     .reading = R"(In entry $i$.)" + how,
     .uses = {"model.closed-form"},
     .repairs = "",
     .proof = R"($f$ is linear in $v$.)",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
      const long i = any.integer("i", 1, f.width()) - 1;
      const Quantity<R> formula = Quantity<R>(f.sigma_v) / root<R>(f.width()) * final_activation<R>(f, x, i);
      // The difference of two outputs is as exact as these are large.
      const Quantity<R> size = abs(formula) + abs(output<R>(f, x));
      return equals<R>(derivative_in_v<R>(f, x, i), formula, resolution<R>(size));
    });

/// The slide's integral at (i, k), read as a (x) b = a b^T or as its transpose.
template <Real R>
Judgement judge_hidden(Any<R>& any, const std::vector<std::string>& among, bool transposed) {
  const Network<R> f = any_network<R>(any, any.activation("phi", among), small);
  const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
  const long i = any.integer("i", 1, f.width()) - 1, k = any.integer("k", 1, f.width()) - 1;
  // The library's W is in the layout of the parameters: lambda phi^T.
  const Approximation<R> W = gradient<R>(f, x).W;
  const Quantity<R> here = entry<R>(W, i, k), across = entry<R>(W, k, i);
  return equals<R>(derivative_in_W<R>(f, x, i, k),
                   transposed ? norm_or<R>("lambda phi^T", here, across) : across,
                   resolution<R>(f, x, slopes_in_W<R>(f, x)));
}

const auto hidden_as_stated = claim(
    {.id = "gradient.hidden.as-stated",
     .kind = Kind::identity,
     .title = "The derivative of f in W",
     .states =
         R"(\partial_Wf_\theta(x) = \int_0^T\frac{\sigma_w}{\sqrt n}\,(\phi(h_t) \otimes \lambda_t)\,dt, \qquad (a \otimes b)_{ik} = a_ib_k)",
     .source = slide,
     .reading =
         R"(In the layout of the parameters: entry $(i, k)$ of the left side is $\partial f/\partial W_{ik}$, and $a \otimes b = ab^\top$, the usual meaning of the sign.)" +
         how,
     .uses = {"gradient.adjoint.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 300},
    []<Real R>(Any<R>& any) -> Judgement { return judge_hidden<R>(any, named_by_the_paper, false); });

const auto hidden_repaired = claim(
    {.id = "gradient.hidden.repaired",
     .kind = Kind::identity,
     .title = "The derivative of f in W, in the layout of W",
     .states = R"(\partial_Wf_\theta(x) = \int_0^T\frac{\sigma_w}{\sqrt n}\,\lambda_t\,\phi(h_t)^\top\,dt)",
     .source = slide + ", transposed",
     .reading =
         R"(Entry $(i, k)$. It is the slide's formula where $a \otimes b$ stands for $ba^\top$.)" + how,
     .uses = {"gradient.adjoint.as-stated"},
     .repairs = "gradient.hidden.as-stated",
     .proof = proof,
     .cases = 300},
    []<Real R>(Any<R>& any) -> Judgement { return judge_hidden<R>(any, smooth_and_lipschitz, true); });

/// lambda(0): n x 1, each entry with its error.
template <Real R>
Quantity<R> input_formula(const Network<R>& f, const Approximation<R>& lambda, const Matrix<R>& x, long i,
                          long j) {
  return Quantity<R>(f.sigma_u) / root<R>(f.inputs()) * entry<R>(lambda, i, 0) * Quantity<R>(x(j, 0));
}

const auto input_as_stated = claim(
    {.id = "gradient.input.as-stated",
     .kind = Kind::identity,
     .title = "The derivative of f in U",
     .states =
         R"(\partial_Uf_\theta(x) = \frac{\sigma_u}{\sqrt d}\,[x \otimes \lambda(0)], \qquad (a \otimes b)_{ij} = a_ib_j)",
     .source = slide,
     .reading =
         R"(In the layout of the parameters: entry $(i, j)$ of the left side is $\partial f/\partial U_{ij}$, and $a \otimes b = ab^\top$. So read, the right side
is $d \times n$ where $U$ is $n \times d$; only $n = d$, where both shapes agree, is tried.)" +
         how,
     .uses = {"gradient.adjoint.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 300},
    []<Real R>(Any<R>& any) -> Judgement {
      const activation::Activation phi = any.activation("phi", named_by_the_paper);
      const long n = any.integer("n", 1, small.width);
      Network<R> f{phi, any_parameters<R>(any, "", n, n, small)};
      f.sigma_w = any.number("sigma", 0, small.sigma);
      f.horizon = any.number("T", 0, small.horizon);
      f.sigma_v = any.number("sigma_v", 0, small.sigma);
      f.sigma_u = any.number("sigma_u", 0, small.sigma);
      const Matrix<R> x = any_input<R>(any, "x", n, 2);
      const long i = any.integer("i", 1, n) - 1, j = any.integer("j", 1, n) - 1;
      // x_i lambda_j: what the transposed matrix has at (j, i).
      const Quantity<R> formula = input_formula<R>(f, solver<R>(f).adjoint(x, R(0)), x, j, i);
      const Quantity<R> size = max(slopes_in_U<R>(f, x, j).first, slopes_in_U<R>(f, x, i).first);
      return equals<R>(derivative_in_U<R>(f, x, i, j), formula, resolution<R>(size + abs(output<R>(f, x))));
    });

const auto input_repaired = claim(
    {.id = "gradient.input.repaired",
     .kind = Kind::identity,
     .title = "The derivative of f in U, in the layout of U",
     .states = R"(\partial_Uf_\theta(x) = \frac{\sigma_u}{\sqrt d}\,\lambda(0)\,x^\top)",
     .source = slide + ", transposed",
     .reading =
         R"(Entry $(i, j)$, any $n$ and $d$. It is the slide's formula where $a \otimes b$ stands for $ba^\top$.)" +
         how,
     .uses = {"gradient.adjoint.as-stated"},
     .repairs = "gradient.input.as-stated",
     .proof = proof,
     .cases = 300},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small);
      const Matrix<R> x = any_input<R>(any, "x", f.inputs(), 2);
      const long i = any.integer("i", 1, f.width()) - 1, j = any.integer("j", 1, f.inputs()) - 1;
      const Quantity<R> formula = input_formula<R>(f, solver<R>(f).adjoint(x, R(0)), x, i, j);
      return equals<R>(derivative_in_U<R>(f, x, i, j), formula, resolution<R>(f, x, slopes_in_U<R>(f, x, j)));
    });

}  // namespace
}  // namespace gronwall::verify
