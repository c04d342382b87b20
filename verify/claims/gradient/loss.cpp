#include "verify/claims/gradient/quotients.hpp"
#include "verify/engine/claim.hpp"
#include "verify/engine/terms.hpp"
#include "verify/generators/network.hpp"

namespace gronwall::verify {
namespace {

constexpr NetworkSize small{.width = 3, .inputs = 3, .sigma = 2, .horizon = 2, .weight = 1, .outer = 4};
constexpr long most_samples = 2;

const std::string slide = "Slide \"Gradients of the loss function\"";
const std::string how =
    R"( On the left the derivative of $L(\theta) = \sum_i\frac12(f_\theta(x_i) - y_i)^2$ from its values alone, for $N \le 2$ samples (difference quotients
with a bounded remainder, see `verify/claims/gradient/loss.cpp`); both agree within $2^{-40}$ of $L$ and a bound of the derivative together, and their
enclosures meet.)";
const std::string proof =
    R"(The chain rule, $\partial L = \sum_i(f_\theta(x_i) - y_i)\,\partial f_\theta(x_i)$, with the derivatives of $f$ in the layout of the
parameters.)";

/// (x_i, y_i), i = 1, ..., N: X is d x N, y is N x 1.
template <Real R>
struct Samples {
  Matrix<R> X, y;
  Matrix<R> x(long m) const { return X.col(m); }
  long count() const { return static_cast<long>(X.cols()); }
};

template <Real R>
Samples<R> any_samples(Any<R>& any, long d) {
  const long count = any.integer("N", 1, most_samples);
  return {any.matrix("X", d, count, 2), any.matrix("y", count, 1, 4)};
}

/// f(x_m) - y_m.
template <Real R>
std::vector<Quantity<R>> residuals(const Network<R>& f, const Samples<R>& data) {
  const Approximation<R> u = solver<R>(f).output(data.X);
  std::vector<Quantity<R>> out;
  for (long m = 0; m < data.count(); ++m) out.push_back(entry<R>(u, m, 0) - Quantity<R>(data.y(m, 0)));
  return out;
}

template <Real R>
Quantity<R> loss(const Network<R>& f, const Samples<R>& data) {
  Quantity<R> sum(0);
  for (const Quantity<R>& r : residuals<R>(f, data)) sum += r * r / Quantity<R>(2);
  return sum;
}

/// With g_m the output at x_m, |g_m'| <= B_m and |g_m''| <= M_m: L' = sum g_m' r_m, L'' = sum g_m'^2 + g_m''
/// r_m, and |r_m| grows by e B_m at most along the segment.
template <Real R, class Of>
Slopes<R> slopes_of_loss(const Network<R>& f, const Samples<R>& data, const Of& of) {
  const std::vector<Quantity<R>> r = residuals<R>(f, data);
  Slopes<R> out{Quantity<R>(0), Quantity<R>(0)};
  for (long m = 0; m < data.count(); ++m) {
    const Slopes<R> here = of(data.x(m));
    const Quantity<R> most =
        abs(r[static_cast<std::size_t>(m)]) + Quantity<R>(quotient_step<R>()) * here.first;
    out.first += here.first * most;
    out.second += here.first * here.first + here.second * most;
  }
  return out;
}

template <Real R>
Quantity<R> loss_derivative_in_W(const Network<R>& f, const Samples<R>& data, long i, long k,
                                 const Slopes<R>& slopes) {
  const auto at = [&](const R& entry) {
    Network<R> moved = f;
    moved.theta.W(i, k) = entry;
    return loss<R>(moved, data);
  };
  return quotient<R>(at, f.theta.W(i, k), slopes.second);
}

template <Real R>
Quantity<R> loss_derivative_in_U(const Network<R>& f, const Samples<R>& data, long i, long j,
                                 const Slopes<R>& slopes) {
  const auto at = [&](const R& entry) {
    Network<R> moved = f;
    moved.theta.U(i, j) = entry;
    return loss<R>(moved, data);
  };
  return quotient<R>(at, f.theta.U(i, j), slopes.second);
}

/// sum_m r_m grad f(x_m), from the library.
template <Real R>
model::Gradient<R> formula(const Network<R>& f, const Samples<R>& data) {
  Matrix<R> weights(data.count(), 1);
  const std::vector<Quantity<R>> r = residuals<R>(f, data);
  // Of floating point the error of r is left out here: it is far below the resolution.
  for (long m = 0; m < data.count(); ++m) weights(m, 0) = r[static_cast<std::size_t>(m)].value();
  return solver<R>(f).gradient(data.X, weights);
}

/// Of the slopes and of L together.
template <Real R>
R fine(const Network<R>& f, const Samples<R>& data, const Slopes<R>& slopes) {
  return resolution<R>(slopes.first + loss<R>(f, data));
}

const auto part_v = claim(
    {.id = "gradient.loss.v.as-stated",
     .kind = Kind::identity,
     .title = "The derivative of the loss in v",
     .states =
         R"(\frac{\partial L(\theta)}{\partial v} = \sum_{i=1}^N\frac{\sigma_v}{\sqrt n}\,\phi(h_T(x_i))\,(f_\theta(x_i) - y_i))",
     .source = slide,
     .reading = R"(In each entry; $L$ is a quadratic polynomial in $v$, so that no remainder is left.)" + how,
     .uses = {"gradient.output.as-stated"},
     .repairs = "",
     .proof = proof,
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small);
      const Samples<R> data = any_samples<R>(any, f.inputs());
      const long i = any.integer("i", 1, f.width()) - 1;
      Network<R> above = f, below = f;
      above.theta.v(i, 0) += R(1);
      below.theta.v(i, 0) -= R(1);
      const Quantity<R> derivative = (loss<R>(above, data) - loss<R>(below, data)) / Quantity<R>(2);
      const std::vector<Quantity<R>> r = residuals<R>(f, data);
      const model::NeuralOde<R> ode = solver<R>(f);
      Quantity<R> sum(0);
      for (long m = 0; m < data.count(); ++m) {
        const Approximation<R> h = ode.hidden(data.x(m), f.horizon);
        const Quantity<R> active = widened<R>(few_ulp<R>(f.phi.template in<R>().value(h.value(i, 0))),
                                              lipschitz<R>(f) * Quantity<R>(h.error));
        sum += Quantity<R>(f.sigma_v) / root<R>(f.width()) * active * r[static_cast<std::size_t>(m)];
      }
      return equals<R>(derivative, sum,
                       resolution<R>(loss<R>(f, data) + loss<R>(above, data) + loss<R>(below, data)));
    });

template <Real R>
Judgement judge_W(Any<R>& any, const std::vector<std::string>& among, bool transposed) {
  const Network<R> f = any_network<R>(any, any.activation("phi", among), small);
  const Samples<R> data = any_samples<R>(any, f.inputs());
  const long i = any.integer("i", 1, f.width()) - 1, k = any.integer("k", 1, f.width()) - 1;
  const Slopes<R> slopes =
      slopes_of_loss<R>(f, data, [&](const Matrix<R>& x) { return slopes_in_W<R>(f, x); });
  const Approximation<R> W = formula<R>(f, data).W;
  const Quantity<R> here = entry<R>(W, i, k), across = entry<R>(W, k, i);
  return equals<R>(loss_derivative_in_W<R>(f, data, i, k, slopes),
                   transposed ? norm_or<R>("lambda phi^T", here, across) : across, fine<R>(f, data, slopes));
}

const auto W_as_stated = claim(
    {.id = "gradient.loss.W.as-stated",
     .kind = Kind::identity,
     .title = "The derivative of the loss in W",
     .states =
         R"(\frac{\partial L(\theta)}{\partial W} = \sum_{i=1}^N\Bigl[\int_0^T\frac{\sigma_w}{\sqrt n}\,(\phi(h_t(x_i)) \otimes \lambda_t(x_i))\,dt\Bigr](f_\theta(x_i) - y_i),
\qquad (a \otimes b)_{jk} = a_jb_k)",
     .source = slide,
     .reading =
         R"(In the layout of the parameters, $a \otimes b = ab^\top$, as for gradient.hidden.as-stated.)" +
         how,
     .uses = {"gradient.hidden.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 250},
    []<Real R>(Any<R>& any) -> Judgement { return judge_W<R>(any, named_by_the_paper, false); });

const auto W_repaired = claim(
    {.id = "gradient.loss.W.repaired",
     .kind = Kind::identity,
     .title = "The derivative of the loss in W, in the layout of W",
     .states =
         R"(\frac{\partial L(\theta)}{\partial W} = \sum_{i=1}^N\Bigl[\int_0^T\frac{\sigma_w}{\sqrt n}\,\lambda_t(x_i)\,\phi(h_t(x_i))^\top\,dt\Bigr](f_\theta(x_i) - y_i))",
     .source = slide + ", transposed",
     .reading = R"(In each entry.)" + how,
     .uses = {"gradient.hidden.repaired"},
     .repairs = "gradient.loss.W.as-stated",
     .proof = proof,
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement { return judge_W<R>(any, smooth_and_lipschitz, true); });

const auto U_as_stated = claim(
    {.id = "gradient.loss.U.as-stated",
     .kind = Kind::identity,
     .title = "The derivative of the loss in U",
     .states =
         R"(\frac{\partial L(\theta)}{\partial U} = \sum_{i=1}^N\frac{\sigma_u}{\sqrt d}\,[x_i \otimes \lambda(0)(x_i)]\,(f_\theta(x_i) - y_i), \qquad (a \otimes b)_{jk} = a_jb_k)",
     .source = slide,
     .reading =
         R"(In the layout of the parameters, $a \otimes b = ab^\top$; where the shapes fit, $n = d$, as for gradient.input.as-stated.)" +
         how,
     .uses = {"gradient.input.as-stated"},
     .repairs = "",
     .proof = "",
     .cases = 150},
    []<Real R>(Any<R>& any) -> Judgement {
      const activation::Activation phi = any.activation("phi", named_by_the_paper);
      const long n = any.integer("n", 1, small.width);
      Network<R> f{phi, any_parameters<R>(any, "", n, n, small)};
      f.sigma_w = any.number("sigma", 0, small.sigma);
      f.horizon = any.number("T", 0, small.horizon);
      f.sigma_v = any.number("sigma_v", 0, small.sigma);
      f.sigma_u = any.number("sigma_u", 0, small.sigma);
      const Samples<R> data = any_samples<R>(any, n);
      const long j = any.integer("j", 1, n) - 1, k = any.integer("k", 1, n) - 1;
      const Slopes<R> slopes =
          slopes_of_loss<R>(f, data, [&](const Matrix<R>& x) { return slopes_in_U<R>(f, x, k); });
      const Slopes<R> across =
          slopes_of_loss<R>(f, data, [&](const Matrix<R>& x) { return slopes_in_U<R>(f, x, j); });
      // x_j lambda_k is what the library's lambda x^T has at (k, j).
      return equals<R>(loss_derivative_in_U<R>(f, data, j, k, slopes), entry<R>(formula<R>(f, data).U, k, j),
                       resolution<R>(slopes.first + across.first + loss<R>(f, data)));
    });

const auto U_repaired = claim(
    {.id = "gradient.loss.U.repaired",
     .kind = Kind::identity,
     .title = "The derivative of the loss in U, in the layout of U",
     .states =
         R"(\frac{\partial L(\theta)}{\partial U} = \sum_{i=1}^N\frac{\sigma_u}{\sqrt d}\,\lambda(0)(x_i)\,x_i^\top\,(f_\theta(x_i) - y_i))",
     .source = slide + ", transposed",
     .reading = R"(In each entry, any $n$ and $d$.)" + how,
     .uses = {"gradient.input.repaired"},
     .repairs = "gradient.loss.U.as-stated",
     .proof = proof,
     .cases = 100},
    []<Real R>(Any<R>& any) -> Judgement {
      const Network<R> f = any_network<R>(any, any.activation("phi", smooth_and_lipschitz), small);
      const Samples<R> data = any_samples<R>(any, f.inputs());
      const long j = any.integer("j", 1, f.width()) - 1, k = any.integer("k", 1, f.inputs()) - 1;
      const Slopes<R> slopes =
          slopes_of_loss<R>(f, data, [&](const Matrix<R>& x) { return slopes_in_U<R>(f, x, k); });
      return equals<R>(loss_derivative_in_U<R>(f, data, j, k, slopes), entry<R>(formula<R>(f, data).U, j, k),
                       fine<R>(f, data, slopes));
    });

}  // namespace
}  // namespace gronwall::verify
